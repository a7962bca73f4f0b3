"""The words that carry a question's meaning: stemmed, accents folded, without the words every question has (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kb.search.language import fold as fold
from kb.search.language import is_stop
from kb.search.language import stem as _stem

WORD = re.compile(r"\w+(?:[-'’./]\w+)*", re.UNICODE)
"""A word as a reader sees it; `Self-Attention`, `n-gram` and `Word2Vec` are one each."""

_ASKING_WORDS = """
explica explicame explicar describe describi describir define defini definir diseña diseñarias diseñar menciona
enumera compara cuenta cuentame contame indica señala dime di da detalla resume sabes conoces podes puedes podrias
harias relacionas acuerdas llama llaman entiende significa significan consiste consisten sirve sirven utiliza
utilizan usa usan usar uso hace hacen hacer funciona funcionan funcionamiento intuicion ventaja ventajas desventaja
desventajas diferencia diferencias diferencian relacion relaciones rol papel funcion importancia importante
importantes importa importan ejemplo ejemplos tipo tipos forma formas manera maneras motivo razon razones principal
principales caracteristica caracteristicas conceptualmente conceptual concepto brevemente terminos general idea
conocida efectiva pro pros contras problema problemas objetivo objetivos proposito tecnica tecnicas conviene
explain describe define outline list name compare give tell mean means work works used use uses using role purpose
difference differences between advantage advantages disadvantage disadvantages example examples kind kinds type
types main important importance idea concept term briefly
"""
_EMPTY_WORDS = """
aquel aquella aquello asi aun aunque bajo cada casi cualquier mediante mientras mismo misma mismos mismas ningun
ninguna poder puede pueden podria segun ser si sino solo sola solamente suele suelen tal tales tan tras vez veces
could may might must need should would also
"""
_ASKING = frozenset(_ASKING_WORDS.split())
_EMPTY = frozenset(_EMPTY_WORDS.split())
_JOINED_PREFIXES = frozenset(
    ["pre", "pos", "post", "re", "sub", "auto", "multi", "semi", "bi", "uni", "anti", "inter"]
)
_BOTH_WAYS = {
    "attention": "atencion",
    "pretraining": "preentrenamiento",
    "pretrained": "preentrenado",
    "training": "entrenamiento",
    "encoder": "codificador",
    "encoders": "codificador",
    "decoder": "decodificador",
    "decoders": "decodificador",
    "distillation": "destilacion",
    "distill": "destilar",
    "hallucination": "alucinacion",
    "hallucinations": "alucinacion",
    "learning": "aprendizaje",
    "transfer": "transferencia",
    "language": "lenguaje",
    "network": "red",
    "networks": "red",
    "instruction": "instruccion",
    "reward": "recompensa",
    "quantization": "cuantizacion",
}
"""Jargon that Spanish course material says in both languages, sometimes in one answer."""


def parts(word: str) -> tuple[str, ...]:
    """Return the words a compound is compared by: `Self-Attention` as self, attention; `pre-training` as one."""
    pieces = [piece for piece in re.split(r"[-'’./_]", fold(word)) if piece]
    if len(pieces) > 1 and pieces[0] in _JOINED_PREFIXES:
        return (pieces[0] + pieces[1], *pieces[2:])
    return tuple(pieces)


def stem(word: str) -> str:
    """Return the stem of a folded word, the same for the Spanish and the English word for a thing."""
    return _stem(_BOTH_WAYS.get(word, word))


@lru_cache(maxsize=4_000)
def content(text: str) -> frozenset[str]:
    """Return the stems of the words that mean something by themselves."""
    return frozenset(map(stem, _meant(text)))


@lru_cache(maxsize=4_000)
def focus(question: str) -> frozenset[str]:
    """Return the stems of what a question is about: its content words without the words of asking."""
    about = frozenset(stem(piece) for piece in _meant(question) if piece not in _ASKING)
    return about or content(question)


def containment(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of the smaller set that the larger holds (overlap coefficient), 0 when either is empty."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the shared share of both sets together, 0 when both are empty."""
    return len(a & b) / len(a | b) if a or b else 0.0


def _meant(text: str) -> Iterator[str]:
    """Yield the folded words that carry meaning; within a compound (`few-shot`) even a stop word does."""
    for match in WORD.finditer(text):
        pieces = parts(match.group())
        for piece in pieces:
            if len(piece) > 1 and (len(pieces) > 1 or (piece not in _EMPTY and not is_stop(piece))):
                yield piece
