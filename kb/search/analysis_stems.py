"""Stems and stop words of Spanish and English: Whoosh's Snowball, mended where it fails whole classes of words. Pure.

A word's own shape tells which stemmer it goes to: the Spanish one, unless it has an English ending or the Spanish one
leaves it alone. A query's words, whose language nobody knows, so meet a text's, and a mixed text is no special case.

What stays merged though it differs, since only a lexicon could tell: género and generar, universo and universidad,
importar and importante, rápido and rapar, transformer and transformar. What stays apart: irregular preterites (hizo),
augmentatives (cochazo, grandote), and leer, creer and their like, whose root is too short to be cut.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Protocol

from kb.search.analysis_words import fold

# Forms of "estar", "sentir" and "tener" in Snowball's stop words that are nouns in lecture text (Estados Unidos).
_NOUNS = {"estado", "estada", "estados", "estadas", "sentido", "sentida", "sentidos", "sentidas"} | {
    *("tenido", "tenida", "tenidos", "tenidas")
}
_QUESTION_WORDS = {"cual", "cuales", "cuanto", "cuanta", "cuantos", "cuantas", "quienes", "adonde"}

_USING = ("ar", "a", "as", "an", "amos", "o", "os", "ado", "ada", "ados", "adas", "ando", "aba", "aban", "aron", "en")

_IRREGULAR = (
    dict.fromkeys(["use", "uses", "used", "using", "user", "users", *(f"us{ending}" for ending in _USING)], "use")
    | {
        "corpora": "corpus",
        "criteria": "criteri",
        "criterion": "criteri",
        "phenomena": "phenomenon",
        "human": "human",
    }
    | {"analysis": "analysi", "analyses": "analysi", "hypothesis": "hypothesi", "hypotheses": "hypothesi"}
    | {"matrix": "matric", "vertex": "vertic", "index": "indic", "children": "child", "embed": "embed"}
    | {"gpus": "gpu", "cpus": "cpu", "tpus": "tpu", "built": "build", "learnt": "learn", "taught": "teach"}
    | {"understood": "understand", "contraste": "contrast", "contrastes": "contrast"}
    | {"entiendo": "entend", "atiendo": "atend", "extiendo": "extend", "defiendo": "defend", "recomiendo": "recomend"}
    | {word: word for word in ("interes", "ingles", "frances", "portugues", "japones", "estres", "primer", "tercer")}
    | {"alfa": "alpha", "alfas": "alpha"}  # the letter, as Spanish writes it
)
"""Stems of words that no rule reaches."""

_APART = {
    f"{word}{plural}": word
    for word in (
        *("caso", "casa", "modo", "moda", "plazo", "plaza", "puerto", "puerta", "libro", "libra", "ramo", "rama"),
        *("tramo", "trama", "punto", "punta", "cero", "cera", "foro", "marco", "medio", "media", "serie", "serio"),
        *("banco", "hilo", "suelo", "suela"),
    )
    for plural in ("", "s")
}
"""Nouns that only their last vowel tells from others; Snowball takes it off ("la moda", "el modo")."""

_VOWEL_CHANGES = (
    {"entiend": "entend", "recuerd": "record", "encuentr": "encontr", "prueb": "prob", "piens": "pens"}
    | {"quier": "quer", "prefier": "prefer", "infier": "infer", "refier": "refer", "requier": "requer"}
    | {"adquier": "adquir", "conviert": "convert", "resuelv": "resolv", "devuelv": "devolv", "pierd": "perd"}
    | {"muev": "mov", "comienz": "comenz", "empiez": "empez", "sirv": "serv", "elig": "eleg", "corrig": "correg"}
    | {"consig": "consegu", "pued": "pod", "transfier": "transfer", "sugier": "suger", "difier": "difer"}
    | {"demuestr": "demostr", "predec": "predic", "atiend": "atend", "extiend": "extend", "defiend": "defend"}
    | {"recomiend": "recomend"}
)
"""Stems of verbs whose vowel changes under the stress, with the stem of their infinitive."""

# Whoosh's Spanish stemmer knows these endings with their accent only; its list lacks the bare forms people type.
_ACCENT_LOST = re.compile(r"(?<=[cs])io(?=n$)|(?<=log)i(?=as?$)")
_ACCENTED = {"io": "ió", "i": "í"}

# Neither stemmer takes the s off "LLMs": they look for a vowel.
_ACRONYMS = re.compile(r"([^\W\d_aeiou]{2,})(?<!s)s")

_FOREIGN_PLURAL = re.compile(r".{2,}[^\W\d_aeious]s")  # tokens, layers: no Spanish plural follows a consonant so

# Plurals whose singular fares otherwise: Snowball cuts "imagen" to "imag" but leaves "imágenes" at "imagen", and only
# the English stemmer knows the ending of "neuronal".
_PLURAL = re.compile(r".(?:.*[ea]n|.*[lgni]ar|.*[^\W\d_hfi]er|.*or|.*[dt]ad|.*[aeiou]l)es")

_ADVERB = re.compile(r"(.{2,}(?:a|[bd]le|nte|[aei]l|[ao]r|[aoi]z|ve|rte|rme)|simple)mente")
_SUPERLATIVE = re.compile(r"(.{3,})isim[oa]s?")
_DIMINUTIVE = re.compile(r"(.{3,}(?:[ltj]|ch))it([oa])s?")
_DERIVED = ("mente", "nes", "res", "des", "les", "simo", "sima", "simos", "simas", "ito", "ita", "itos", "itas")
"""How words end that one of the four above may be."""

# The other way round: these look like "vivimos", "cantara" and "entrenaste" and are none.
_ADJECTIVES = re.compile(r"((?:prox|min|max|ult|opt|sinon|anton|homon|acron|anon|legit)im|extrem|suprem)os")
_ROOT_IN_AR = re.compile(r"((?:com|pre|se|re|dis)par|(?:de|a)clar|(?:en)?mascar)(?:a|as|an|e|es|en|o)")

_SUBJUNCTIVE = re.compile(r"(.{2,}(?:[aiu]l|[aeo]r|[ao]n|[ao]t)i)ce(?:n|s|mos)?")  # utilice, normalicen

_NOUN_OF_VERB = re.compile(r"(?:(.+duc)(?:cion(?:es)?|tor(?:a|es|as)?)|(.+stru)ccion(?:es)?|(predic)cion(?:es)?)")

_CUTS = ((_NOUN_OF_VERB, ""), (_ADJECTIVES, ""), (_ROOT_IN_AR, ""), (_SUBJUNCTIVE, "z"))
"""What is cut otherwise than Snowball does, and what is added to the rest."""

_ENGLISH = re.compile(
    r".{2,}(?:ings?|[^\W\d_aeiou]ed|i[sz]ed|ize|izes|izers?|(?<!s)tions?|ssions?|tives?|ness|ments?|ity|ly)"
)
_SPANISH_ED = {"cesped", "huesped", "usted", "merced"}

_SPANISH_ENDINGS = frozenset("adenors")
"""The last letters of what the Spanish stemmer takes off."""

_LONGEST_KEPT = 3
"""Letters of a stem that keeps an e at its end (idea)."""

_IC_APART = re.compile(r"(?:[^aeiou]*[aeiou]+[^aeiou]){2}.*ic")  # "ic" lies in Snowball's region R2

_ACCENT_TELLS = re.compile(r"(?:ía(?:s|n|mos|is)?|ió|r(?:á[sn]?|é|éis)|á[br]amos|ásemos|ié[rs]amos|iésemos|[áé]is)$")


_DYING = {"dying": "die", "lying": "lie", "tying": "tie"}
"""What Snowball's English stemmer changes at a word's beginning (its list of exceptions)."""

_TOLD_BY = 2
"""Letters at its beginning that a word keeps in any stem but the changed ones above."""

_WRITTEN_AS = {"c": "cz", "i": "iy", "l": "li", "t": "tc", "z": "zc"}
"""By a stem's last letter, what a word may have in its place: parec, parezca; possibl, possibility."""

_ADDED = "aeou"
"""Last letters of a stem that a word need not have."""


class _Stemmer(Protocol):
    """What Whoosh's stemmers are to us."""

    def stem(self, word: str) -> str: ...


def is_stop(word: str) -> bool:
    """Say whether a folded word is one that carries no content, in either language."""
    return word in _stop_words()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return a folded word's stem, itself folded: the same whatever language the text around it is in."""
    if not word.isalpha():
        return word
    known = _IRREGULAR.get(word) or _APART.get(word)
    if known:
        return known
    if word[-1] == "s":
        acronyms = _ACRONYMS.fullmatch(word)
        if acronyms:
            return acronyms[1]
        if _FOREIGN_PLURAL.fullmatch(word):
            return stem(word[:-1])
    base = _base(word) if word.endswith(_DERIVED) else ""
    if base:
        return stem(base)
    if _ENGLISH.fullmatch(word) and word not in _SPANISH_ED:
        return english_stem(word)
    return _spanish_stem(word)


@lru_cache(maxsize=65536)
def english_stem(word: str) -> str:
    """Return a folded word's stem by the English rules alone."""
    return _IRREGULAR.get(word) or fold(_stemmers()[1].stem(word))


def beginnings(found: str) -> frozenset[str]:
    """Return how the folded words begin whose stem, by any of these rules, is `found`: each with one of these.

    Two letters stay, or all of the stem but its last letter: endings are cut, and at most the letter before them
    changes. Words that change within are listed.
    """
    kept, last = found[: max(_TOLD_BY, len(found) - 1)], found[_TOLD_BY:][-1:]
    letters = [""] if last in _ADDED else _WRITTEN_AS.get(last, last)
    return _changed().get(found, frozenset()) | {kept + letter for letter in letters}


@cache
def _changed() -> dict[str, frozenset[str]]:
    """Return how words begin that have a stem of another beginning, by the stem."""
    changed: dict[str, frozenset[str]] = {}
    for written, found in (_IRREGULAR | _VOWEL_CHANGES | _DYING).items():
        changed[found] = changed.get(found, frozenset()) | {written[:-1]}
    return changed


def stem_by_accent(word: str) -> str:
    """Return the stem that only the accent of a verb's ending shows ("aprendió", "teníamos"), "" where none does.

    `word` is in lower case and composed. Most people type no accents, so that this stem stands beside the other.
    """
    if word.isascii() or not _ACCENT_TELLS.search(word):
        return ""
    found = fold(_stemmers()[0].stem(word))
    return _VOWEL_CHANGES.get(found, found)


def _base(word: str) -> str:
    """Return the word that an adverb, a superlative, a diminutive or a plural is made of, "" where it is none."""
    if adverb := _ADVERB.fullmatch(word):
        return adverb[1]
    if diminutive := _DIMINUTIVE.fullmatch(word):
        return diminutive[1] + diminutive[2]
    if superlative := _SUPERLATIVE.fullmatch(word):
        return superlative[1] + ("e" if superlative[1].endswith("nt") else "o")
    return word[:-2] if _PLURAL.fullmatch(word) else ""


def _spanish_stem(word: str) -> str:
    for rule, ending in _CUTS:
        if cut := rule.fullmatch(word):
            return f"{cut[cut.lastindex or 0]}{ending}"
    if word[-1] == "z" and len(word) > 2:  # matriz, matrices
        return f"{word[:-1]}c"
    if word[-1] not in _SPANISH_ENDINGS:
        return english_stem(word)
    written = _ACCENT_LOST.sub(lambda bare: _ACCENTED[bare.group()], word)
    found = fold(_stemmers()[0].stem(written))
    if found == word == written:
        return english_stem(word)
    if found.endswith("ic") and _IC_APART.fullmatch(found):  # cut from "clasificación", left at "clasificar"
        found = found[:-2]
    if found.endswith("zc"):  # conozco
        found = f"{found[:-2]}c"
    if found[-1] == "e" and len(found) > _LONGEST_KEPT:  # "plantea" as "plantear"
        found = found[:-1]
    return _VOWEL_CHANGES.get(found, found)


@cache
def _stop_words() -> frozenset[str]:
    from whoosh.lang.stopwords import stoplists

    return frozenset(fold(word) for word in stoplists["es"] | stoplists["en"]) - _NOUNS | _QUESTION_WORDS


@cache
def _stemmers() -> tuple[_Stemmer, _Stemmer]:
    from whoosh.lang.snowball.english import EnglishStemmer
    from whoosh.lang.snowball.spanish import SpanishStemmer

    return SpanishStemmer(), EnglishStemmer()
