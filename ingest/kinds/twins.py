"""Questions of one guide that ask nearly the same. Pure.

What a stem is about is the set of the content words of its first question, folded and without endings: "¿Qué es la
atención?" and "Explica qué es la atención" are the same set of one word. Words of asking that change nothing
("explica", "qué es") go; those that change the answer ("cómo", "por qué", "cuándo", "no", "ventajas") stay. Two stems
are twins when their sets are equal, or when one holds the other and what it holds besides weighs little: each word
weighs as much as it is rare in the guide (inverse document frequency), and their weighted Jaccard index reaches 0.8.
A word that only one has and another that only the other has make two questions ("ventajas", "desventajas").
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ingest.clean import folded

_WORD = re.compile(r"[^\W_]+(?:\+\+|#)?")
_PARENTHESES = re.compile(r"\([^()]*\)")
_SPLIT = re.compile(
    r"(?<=[?.])\s+|,\s*(?=(?:y\s+)?(?:como|cual|cuales|que|por que|para que|cuando|donde|how|what|why|when)\b)"
    r"|\s+(?:y|e|and)\s+(?=(?:como|cual|cuales|que|por que|para que|cuando|donde|how|what|why|when)\b)"
)
_ASKS = re.compile(
    r"[¿?]|\b(?:que|cual|cuales|como|por que|cuando|donde|quien|what|which|how|why|when|where|who)\b"
    r"|^(?:explica|explique|explain|describ[aei]|defin[aei]|define|compara|compare|menciona|enumera|resume|list)\b"
)
# Phrases that ask the same whatever stands in them, and those that ask something of their own.
_INTENTS = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), token)
    for pattern, token in (
        (r"por que|why|a que se debe|cual es (?:la razon|el motivo)", "whyq"),
        (r"para que|what for", "forq"),
        (
            r"(?:de |que |cuales |alguna? |alguno?s? )?(?:tecnicas?|formas?|maneras?|metodos?)"
            r"(?: (?:conoces?|existen|hay))?",
            "howq",
        ),
        (r"como|how", "howq"),
        (r"cuando|when", "whenq"),
        (r"donde|where", "whereq"),
        (r"quien|quienes|who", "whoq"),
        (r"cuantos?|cuantas?|how many|how much", "manyq"),
    )
)
_EMPTY_WORDS = (
    "a al ante con de del desde e el ella ellos en entre es esta este esto estos estas esas eso fue ha han hay la "
    "las le les lo los me mi o os para pero por que se ser si son su sus te tu tus u un una uno unas unos y ya cual "
    "cuales an and are as at be by can could do does for from i in into is it its of on or that the their there "
    "these this to was what which with you your explica explique explicar explicame explain describe describi "
    "describa define defini defina definir menciona mencione enumera enumere lista nombra indica senala detalla "
    "resume comenta habla di dime cuenta cuentame podes puedes podrias puede hacer haz overview sabes conoces "
    "entiende entiendes entendes entiendo significa significado consiste consisten definicion llama llaman denomina "
    "conceptualmente concepto conceptos brevemente breve palabras propias general generales principal principales "
    "mechanism mecanismo mecanismos proceso procesos paradigma intuicion intuitivamente etc detalle mention list "
    "name give short briefly mean means concept meaning define own words tell me about acerca sobre respecto"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())
# "Una arquitectura encoder-decoder" is an encoder-decoder; "la arquitectura de BERT" is not BERT.
_CLASS = re.compile(
    r"\b(?:arquitecturas?|modelos?|red|redes|sistemas?|algoritmos?|tecnica|metodo)\s+"
    r"(?=[^\W\d_]{3,})(?!de\b|del\b|con\b|que\b|para\b|en\b|y\b|es\b|son\b|se\b)"
)
_ENDINGS_LIST = (
    "aciones amientos imientos amiento imiento acion iciones icion ciones cion adores ador mente ando iendo ados "
    "adas idos idas ado ada ido ida ing ces es an en ar er ir as os s a o e"
)
_ENDINGS = tuple(_ENDINGS_LIST.split())
_MIN_STEM = 3
_MIN_LIKENESS = 0.8
MAX_TWINS = 8
"""A question is linked with at most so many others."""
_MAX_COMPARED = 400


def twins_of(stems: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Return for each stem the ordinals (from 0) of those that ask nearly the same, ascending and mutual."""
    same: dict[frozenset[str], list[int]] = defaultdict(list)
    for i, stem in enumerate(stems):
        about = content_of(stem)
        if about:
            same[about].append(i)
    found: list[set[int]] = [set() for _ in stems]
    for members in same.values():
        for k, a in enumerate(members):
            for b in members[k + 1 : k + 1 + MAX_TWINS]:
                _link(found, a, b)
    for one, other in _alike(list(same), len(stems)):
        for a in same[one][:MAX_TWINS]:
            for b in same[other][:MAX_TWINS]:
                _link(found, a, b)
    return tuple(tuple(sorted(others)) for others in found)


def _link(found: list[set[int]], a: int, b: int) -> None:
    if len(found[a]) < MAX_TWINS and len(found[b]) < MAX_TWINS:
        found[a].add(b)
        found[b].add(a)


def _alike(sets: Sequence[frozenset[str]], count: int) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return pairs of sets of which one holds the other and weighs little more."""
    frequency = Counter(word for words in sets for word in words)
    weight = {word: math.log(1 + count / times) for word, times in frequency.items()}
    holding: dict[str, list[frozenset[str]]] = defaultdict(list)
    for words in sets:
        for word in words:
            holding[word].append(words)
    pairs: list[tuple[frozenset[str], frozenset[str]]] = []
    for words in sets:
        rarest = min(words, key=lambda word: (frequency[word], word))
        total = sum(map(weight.__getitem__, words))
        for other in holding[rarest][:_MAX_COMPARED]:
            if words < other and total >= _MIN_LIKENESS * sum(map(weight.__getitem__, other)):
                pairs.append((words, other))
    return pairs


def content_of(stem: str) -> frozenset[str]:
    """Return the stems of the words that say what the first question of a stem is about and what it wants to know."""
    whole = folded(stem[:1000]).replace("*", "").replace("`", "")
    bare = _PARENTHESES.sub(" ", whole)
    text = _main(bare if _words(bare) else whole)
    for pattern, token in _INTENTS:
        text = pattern.sub(f" {token} ", text)
    return frozenset(_words(_CLASS.sub(" ", text)) or _words(text))


def _main(text: str) -> str:
    """Return a stem up to the end of its first question."""
    taken = ""
    for piece in _SPLIT.split(text):
        taken = f"{taken} {piece}".strip()
        asks = _ASKS.search(taken) or not _ASKS.search(text)
        if asks and _words(taken):
            return taken
    return text


def _words(text: str) -> list[str]:
    return [_stemmed(word) for word in _WORD.findall(text) if word not in _EMPTY]


def _stemmed(word: str) -> str:
    """Return a word without the ending of number, gender, tense or of a noun made from a verb; jargon stays whole."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            return word[: -len(ending)]
    return word
