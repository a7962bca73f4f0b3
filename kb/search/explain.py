"""Why a passage was found: which of the words asked it has, in which forms. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.model import Reading
from kb.model import Via, WordFound
from kb.search.expansion import Asked
from kb.search.language import fold, stems
from kb.search.lookout import Sighting

MOST_FORMS = 6
"""Forms of a word that are told."""

_FIRST_TOLD = (Via.SAME, Via.FORM, Via.PREFIX, Via.SPELLING, Via.TRANSLATION, Via.SYNONYM)


def shares(asked: Sequence[Asked], idfs: Sequence[float]) -> dict[str, float]:
    """Return, by word, what each counts of all that was asked: its idf and weight over the sum of all of them."""
    counted: dict[str, float] = {}
    for one, idf in zip(asked, idfs, strict=True):
        counted[one.word] = counted.get(one.word, 0.0) + one.weight * idf
    total = sum(counted.values())
    return {word: value / total if total else 0.0 for word, value in counted.items()}


def told_by(asked: Sequence[Asked]) -> dict[str, tuple[str, Via]]:
    """Return, by term, the word asked that it stands for first, and how."""
    return {one.term: (each.word, one.via) for each in reversed(asked) for one in reversed(each.alternatives)}


def words_found(
    share: Mapping[str, float],
    told: Mapping[str, tuple[str, Via]],
    texts: Sequence[tuple[str, Sequence[Sighting]]],
    readings: Sequence[Reading] = (),
) -> tuple[WordFound, ...]:
    """Return each word asked, in order, with the forms of it that any of the texts has; readings are of the first.

    `share` has every word asked, `told` every term that stands for one. Each text comes with where it has the terms.
    """
    forms: dict[str, dict[str, Via]] = {word: {} for word in share}

    def take(written: str, term: str) -> None:
        if term in told:
            word, via = told[term]
            if via is Via.SAME and fold(written) != fold(word):
                via = Via.FORM
            before = forms[word].get(written, via)
            forms[word][written] = min(before, via, key=_FIRST_TOLD.index)

    for written, term in dict.fromkeys((text[at:end], term) for text, seen in texts for at, end, term in seen):
        take(written, term)
    for reading in readings:
        for stem in stems(reading.text):
            take(texts[0][0][reading.start : reading.end], stem)
    return tuple(_told(word, found, share[word]) for word, found in forms.items())


def _told(word: str, found: Mapping[str, Via], share: float) -> WordFound:
    distinct: dict[str, str] = {}
    for written in found:
        distinct.setdefault(fold(written), written)
    via = min(found.values(), key=_FIRST_TOLD.index, default=Via.SAME)
    return WordFound(word, tuple(distinct.values())[:MOST_FORMS], via, share)
