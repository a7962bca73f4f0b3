"""The words that carry a question's meaning: stemmed, accents folded, without the words every question has (pure)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"\w+(?:[-'’./]\w+)*", re.UNICODE)
"""A word as a reader sees it; `Self-Attention`, `n-gram` and `Word2Vec` are one each."""

_PREFIXES = "pre pos post re sub auto multi semi bi uni anti inter non hiper meta"
_STOP_WORDS = """
a al ante aquel aquella aquellas aquellos así aún aunque bajo bien cada casi como cómo con contra cual cuál
cuales cuáles cualquier cuando cuándo cuanto cuánto de del desde donde dónde dos durante e el ella ellas ellos
en entre era eran es esa esas ese eso esos esta está están estas este esto estos fue fueron ha haber había han
hasta hay la las le les lo los más me mediante menos mi mientras mismo misma mismos mismas muy nada ni no nos
nuestra nuestro o os otra otras otro otros para pero poco por porque pues puede pueden que qué quien quién
según se sea sean ser será si sí sido sin sino sobre solo sólo son su sus suele suelen también tan tanto te
tener tiene tienen toda todas todo todos tras tu u un una unas uno unos vez y ya yo the an and are as at be
been but by can could did do does for from had has have how if in into is it its may might more most of on
only or other our should so some such than that their them then there these they this those to was we were
what when where which while who why will with would you your not
"""
_ASKING_WORDS = """
explica explicá explicame explicar describe describí describir define definí definir diseña diseñarías diseñar
menciona enumera compara cuenta cuéntame contame indica señala dime di da detalla resume sabes sabés conoces
conocés podés puedes podrías harías relacionas acuerdas llama llaman entiende significa significan consiste
consisten sirve sirven utiliza utilizan usa usan usar uso hace hacen hacer funciona funcionan funcionamiento
intuición ventaja ventajas desventaja desventajas diferencia diferencias diferencian relación relaciones rol
papel función importancia importante importantes importa importan ejemplo ejemplos tipo tipos forma formas
manera maneras motivo razón razones principal principales característica características conceptualmente
conceptual concepto brevemente términos general idea conocida efectiva pro pros contras problema problemas
objetivo objetivos propósito técnica técnicas explain describe define outline list name compare give tell mean
means work works used use uses using role purpose difference differences between advantage advantages
disadvantage disadvantages example examples kind kinds type types main important importance idea concept term
briefly
"""


_BOTH_WAYS = {
    "attention": "atencion",
    "pretraining": "preentrenamiento",
    "pretrained": "preentrenado",
    "training": "entrenamiento",
    "encoder": "codificador",
    "decoder": "decodificador",
    "distillation": "destilacion",
    "distill": "destilar",
    "hallucination": "alucinacion",
    "hallucinations": "alucinacion",
    "learning": "aprendizaje",
    "transfer": "transferencia",
    "language": "lenguaje",
    "model": "modelo",
    "models": "modelo",
    "network": "red",
    "networks": "red",
    "instruction": "instruccion",
    "reward": "recompensa",
    "quantization": "cuantizacion",
}
"""Jargon that Spanish course material says in both languages, sometimes in one answer."""


def fold(text: str) -> str:
    """Return the text in lower case without accents, `ñ` kept."""
    kept = text.lower().replace("ñ", "\0")
    plain = "".join(c for c in unicodedata.normalize("NFD", kept) if not unicodedata.combining(c))
    return plain.replace("\0", "ñ")


_STOP = frozenset(fold(_STOP_WORDS).split())
_ASKING = frozenset(fold(_ASKING_WORDS).split())
_JOINED_PREFIXES = frozenset(_PREFIXES.split())


def parts(word: str) -> tuple[str, ...]:
    """Return the words a compound is compared by: `Self-Attention` as self, attention; `pre-training` as one."""
    pieces = [piece for piece in re.split(r"[-'’./_]", fold(word)) if piece]
    if len(pieces) > 1 and pieces[0] in _JOINED_PREFIXES:
        return (pieces[0] + pieces[1], *pieces[2:])
    return tuple(pieces)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the Snowball stem (Spanish) of a folded word; an English plural loses its `s` first."""
    from whoosh.lang.snowball.spanish import SpanishStemmer

    word = _BOTH_WAYS.get(word, word)
    singular = word[:-1] if re.search(r"[bcdfghklmnprtvwxyz]s$", word) and len(word) > 3 else word
    return str(SpanishStemmer().stem(singular)) or singular


@lru_cache(maxsize=4_000)
def content(text: str) -> frozenset[str]:
    """Return the stems of the words that mean something by themselves."""
    pieces = (piece for match in WORD.finditer(text) for piece in parts(match.group()))
    return frozenset(stem(piece) for piece in pieces if piece not in _STOP and len(piece) > 1)


@lru_cache(maxsize=4_000)
def focus(stem_text: str) -> frozenset[str]:
    """Return the stems of what a question is about: its content words without the words of asking."""
    pieces = (piece for match in WORD.finditer(stem_text) for piece in parts(match.group()))
    meant = [piece for piece in pieces if piece not in _STOP and len(piece) > 1]
    about = frozenset(stem(piece) for piece in meant if piece not in _ASKING)
    return about or frozenset(stem(piece) for piece in meant)


def containment(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of the smaller set that the larger holds (overlap coefficient), 0 when either is empty."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the shared share of both sets together, 0 when both are empty."""
    return len(a & b) / len(a | b) if a or b else 0.0
