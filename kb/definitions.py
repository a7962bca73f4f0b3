"""Which sentence says what a thing is, and which query asks for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from kb import sentences
from kb.search.language import stems

LATEST_SUBJECT = 4
"""Content words of a sentence among which what it defines must begin: "En redes neuronales, la atención es…"."""

WIDEST_GAP = 40
"""Characters between the term and the verb that defines it: an apposition or what its letters stand for."""

_ASKED = re.compile(
    r"^\W*(?:qué|que|what|what's|what’s)\s+(?:es|son|significan?|is|are|does)\s+(?:(?:el|la|los|las|un|una|the|an?)\s+)?"
    r"(?P<name>[^?.;:]{2,60}?)(?:\s+mean)?\s*\??\s*$"
    r"|^\W*(?:defin(?:e|ición de|ition of)|concepto de|en qué consisten?|qué se entiende por)\s+"
    r"(?:(?:el|la|los|las|un|una|the|an?)\s+)?(?P<other>[^?.;:]{2,60}?)\s*\??\s*$",
    re.IGNORECASE,
)
_SAYS_WHAT = re.compile(
    r"\b(?:(?:no\s+)?(?:es|son|era|fue)\s+(?:una?|el|la|los|las|lo|aquel|aquella|cualquier|cuando|como|decir)\b"
    r"|se\s+(?:define|definen|refiere|refieren|llama|llaman|denomina|denominan|conoce|conocen|entiende)\b"
    r"|consisten?\s+en\b|significan?\b|quiere\s+decir\b|permite\b|mide\b|sirve\b"
    r"|(?:is|are|was)\s+(?:an?|the|when|how|any)\b|refers?\s+to\b|means?\b|denotes?\b|is\s+(?:called|defined|known)\b)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\W{0,6}(?P<label>[^:\n]{2,60}?)\W{0,3}:\s+\S", re.UNICODE)
_CALLED = re.compile(  # in lower case alone: LLaMA is a name
    r"\b(?:(?:se\s+)?(?:les?\s+)?(?:llamamos|llaman?|denomina|denominamos|conoce\s+como|define\s+como)"
    r"|(?:is|are)\s+(?:called|known\s+as)|we\s+call)\b",
)


def asked_name(query: str) -> str:
    """Return the name of the thing that a query asks to define, "" where it asks something else."""
    found = _ASKED.match(" ".join(query.split()))
    return ((found["name"] or found["other"]) if found else "").strip(" \"'«»*_`")


def definitions(text: str, name: Collection[str]) -> tuple[sentences.Span, ...]:
    """Return the sentences that define the thing with these stems, in order.

    A sentence defines what it begins with and then says to be something ("La atención es un mecanismo…"), a label
    before a colon ("Token: la unidad…") and what it says something is called ("A esto lo llamamos atención").
    """
    wanted = frozenset(name)
    return tuple(span for span in sentences.split(text) if wanted and _defines(span.of(text), wanted))


def _defines(sentence: str, wanted: frozenset[str]) -> bool:
    if not wanted <= frozenset(stems(sentence)):
        return False
    label = _LABEL.match(sentence)
    if label and frozenset(stems(label["label"])) == wanted:
        return True
    for verb in _SAYS_WHAT.finditer(sentence):
        before = stems(sentence[: verb.start()])
        near = frozenset(stems(sentence[max(0, verb.start() - WIDEST_GAP - 60) : verb.start()]))
        if wanted <= frozenset(before[: LATEST_SUBJECT + len(wanted)]) and wanted <= near:
            return True
        if len(before) > LATEST_SUBJECT + len(wanted):
            break
    return any(
        wanted <= frozenset(stems(sentence[called.end() :])[: len(wanted) + 1])
        for called in _CALLED.finditer(sentence)
    )
