"""Cleaning of what a machine wrote down: inventions, loops and noise leave the text that is indexed. Pure.

Nothing is lost: what was written stays beside what is kept, and each kind of cleaning has a notice that says how
much, where and what. The rules are safe for what people wrote down: every one of them needs a sign that nobody spoke.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.clean import one_line
from ingest.kinds.loops import dropped_spans, loops, stutters, words_of
from ingest.kinds.phrases import Phrase, credits_inside, phrase_of, same_phrase
from ingest.model import Locator, LocatorType, Notice

# Whisper's own thresholds (Radford and others 2022, section 4.5; openai/whisper, transcribe.py): it gives a segment
# up when the mean logarithm of its tokens' probabilities is below -1 and that of nobody speaking above 0.6.
LOW_CONFIDENCE = math.exp(-1.0)
HIGH_SILENCE = 0.6

# A farewell that comes so often, or a courtesy that does so in a row, was said at most once.
_FAREWELLS = 3
_COURTESIES = 4
# Seconds without speech before and after a phrase, or that a few words take, in which nobody spoke.
_GAP = 5.0
_SLOW = 10.0
_FEW_WORDS = 8

_PLACES, _QUOTES, _QUOTE = 6, 3, 60
_SOUND = re.compile(
    r"[\[(][ \t]*(?:(?:la |sound of )?(?:m[uú]sica|music|aplausos?|applause|risas?|laughter|laughs|ruido|noise"
    r"|silencio|silence|tos|cough|inaudible|ininteligible|crosstalk|blank_audio|sonido|sound))\b"
    r"[^\[\]()\n]{0,40}[\])]|[♪♫♬]+",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]{0,3}\s+")


@dataclass(frozen=True, slots=True)
class Said:
    """Words of one speaker from one place: `text` is what is kept of what was `written`."""

    text: str
    locator: Locator
    speaker: str = ""
    confidence: float = 1.0
    silence: float = 0.0
    written: str = ""


@dataclass(frozen=True, slots=True)
class _Event:
    """What was done to one utterance: a notice's code, the words it is about and how many times."""

    code: str
    utterance: int
    words: str
    count: int = 1


def said(text: str, locator: Locator, speaker: str = "", confidence: float = 1.0, silence: float = 0.0) -> Said:
    """Return words as they were written down, on one line."""
    text = one_line(text)
    return Said(text, locator, speaker, confidence, silence, text)


def cleaned(talk: Sequence[Said]) -> tuple[list[Said], tuple[Notice, ...]]:
    """Return the utterances of a talk with what is kept of each ("" where nothing is), and what was done to them."""
    events: list[_Event] = []
    kept = list(talk)
    for step in (_without_sounds, _without_phrases, _without_silence, _without_loops):
        kept = step(kept, events)
    return kept, tuple(notices(talk, events_by_code(events)))


def events_by_code(events: Iterable[_Event]) -> dict[str, list[_Event]]:
    """Return events by their code, in the order of the talk."""
    listed = sorted(events, key=lambda event: (event.code, event.utterance))
    return {code: list(group) for code, group in groupby(listed, key=lambda event: event.code)}


def notices(talk: Sequence[Said], events: dict[str, list[_Event]]) -> Iterator[Notice]:
    """Yield a notice for each kind of event: how many, where and which words, both shortened."""
    for code, group in events.items():
        count = str(sum(event.count for event in group))
        if code == "sounds_left_out":
            yield Notice(code, params=(("count", count),))
            continue
        yield notice(
            code, count, [talk[event.utterance].locator for event in group], [event.words for event in group]
        )


def notice(code: str, count: str, places: Sequence[Locator], words: Iterable[str]) -> Notice:
    """Return the notice of one kind of cleaning; `where` is its first place."""
    named = list(dict.fromkeys(map(place_of, places)))
    shown = ", ".join(named[:_PLACES]) + (", …" if len(named) > _PLACES else "")
    quotes = list(dict.fromkeys(map(_shortened, words)))
    quoted = " | ".join(quotes[:_QUOTES]) + (" | …" if len(quotes) > _QUOTES else "")
    return Notice(code, named[0] if named else "", (("count", count), ("places", shown), ("words", quoted)))


def place_of(locator: Locator) -> str:
    """Return a place that needs no language: 00:41:20 for a time, § 3 for a part."""
    if locator.type is not LocatorType.TIME:
        return f"§ {int(locator.start)}"
    whole = int(locator.start)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _shortened(words: str) -> str:
    words = one_line(words)
    return words if len(words) <= _QUOTE else words[: _QUOTE - 1].rstrip() + "…"


def _without_sounds(talk: list[Said], events: list[_Event]) -> list[Said]:
    result = []
    for number, one in enumerate(talk):
        text, count = _SOUND.subn(" ", one.text)
        if count:
            events.append(_Event("sounds_left_out", number, "", count))
        result.append(replace(one, text=one_line(text)) if count else one)
    return result


def _without_phrases(talk: list[Said], events: list[_Event]) -> list[Said]:
    """Leave out credits, and farewells and courtesies where nobody spoke; doubt the other farewells."""
    sentences = [SENTENCE_END.split(one.text) for one in talk]
    classes = [[phrase_of(sentence) for sentence in parts] for parts in sentences]
    farewells = Counter(
        same_phrase(sentence)
        for parts, found in zip(sentences, classes, strict=True)
        for sentence, phrase in zip(parts, found, strict=True)
        if phrase is Phrase.FAREWELL
    )
    alone = [found[0] if len(set(found)) == 1 else Phrase.SPEECH for found in classes]
    silent = _silent(talk, alone)
    repeated = _repeated_courtesies(talk, alone)
    result = []
    for number, one in enumerate(talk):
        kept = []
        for sentence, phrase in zip(sentences[number], classes[number], strict=True):
            unsaid = phrase is Phrase.CREDIT or (
                phrase is Phrase.FAREWELL and (silent(number) or farewells[same_phrase(sentence)] >= _FAREWELLS)
            )
            unsaid = unsaid or (phrase is Phrase.COURTESY and _is_courtesy_unsaid(one, number, alone, repeated))
            if phrase is Phrase.FAREWELL and not unsaid:
                events.append(_Event("silence_phrase_doubted", number, sentence))
            if unsaid:
                events.append(_Event("silence_phrases_dropped", number, sentence))
            else:
                kept.append(sentence)
        result.append(_without_credits(_keeping(one, kept, sentences[number]), number, events))
    return result


def _keeping(one: Said, kept: list[str], sentences: list[str]) -> Said:
    return one if len(kept) == len(sentences) else replace(one, text=" ".join(kept))


def _without_credits(one: Said, number: int, events: list[_Event]) -> Said:
    text = one.text
    if "mara.org" not in text:
        return one
    for start, end in reversed(credits_inside(text)):
        events.append(_Event("silence_phrases_dropped", number, text[start:end]))
        text = f"{text[:start]} {text[end:].lstrip('.!… ')}"
    return one if text == one.text else replace(one, text=one_line(text))


def _is_courtesy_unsaid(one: Said, number: int, alone: Sequence[Phrase], repeated: frozenset[int]) -> bool:
    return number in repeated or (alone[number] is Phrase.COURTESY and one.silence > HIGH_SILENCE)


def _repeated_courtesies(talk: Sequence[Said], alone: Sequence[Phrase]) -> frozenset[int]:
    """Return the utterances that are one courtesy over and over, but for the first of each run."""
    repeated: list[int] = []

    def form(number: int) -> str:
        return same_phrase(talk[number].text) if alone[number] is Phrase.COURTESY else ""

    for courtesy, group in groupby(range(len(talk)), key=form):
        run = list(group)
        if courtesy and len(run) >= _COURTESIES:
            repeated += run[1:]
    return frozenset(repeated)


def _silent(talk: Sequence[Said], alone: Sequence[Phrase]) -> Callable[[int], bool]:
    """Return what says of an utterance that is nothing but phrases whether nobody spoke when it was written."""
    timed = bool(talk) and talk[0].locator.type is LocatorType.TIME
    speech = [phrase is Phrase.SPEECH and bool(one.text) for phrase, one in zip(alone, talk, strict=True)]
    ends = [0.0] * len(talk)  # when the speech before each utterance ended
    starts = [-1.0] * len(talk)  # when the speech after it starts, -1 for never
    for number in range(1, len(talk)):
        ends[number] = talk[number - 1].locator.end if speech[number - 1] else ends[number - 1]
    for number in range(len(talk) - 2, -1, -1):
        starts[number] = talk[number + 1].locator.start if speech[number + 1] else starts[number + 1]

    def silent(number: int) -> bool:
        one = talk[number]
        if alone[number] is Phrase.SPEECH:
            return False
        if one.silence > HIGH_SILENCE or not timed:
            return one.silence > HIGH_SILENCE
        start, end = one.locator.start, one.locator.end
        slow = end - start >= _SLOW and len(one.text.split()) <= _FEW_WORDS
        return slow or (start - ends[number] >= _GAP and 0 <= end + _GAP <= starts[number])

    return silent


def _without_silence(talk: list[Said], events: list[_Event]) -> list[Said]:
    """Leave out what Whisper itself would give up, and doubt what it is unsure of."""
    result = []
    for number, one in enumerate(talk):
        unsure = bool(one.text) and one.confidence < LOW_CONFIDENCE
        silent = unsure and one.silence > HIGH_SILENCE
        if unsure:
            events.append(_Event("silence_dropped" if silent else "confidence_low", number, one.text))
        result.append(replace(one, text="") if silent else one)
    return result


def _without_loops(talk: list[Said], events: list[_Event]) -> list[Said]:
    """Keep the first time of what comes again and again; the words left out are counted."""
    texts = [one.text for one in talk]
    words = words_of(texts)
    spans: dict[int, list[tuple[int, int]]] = {}
    for loop in loops([word.form for word in words]):
        first = words[loop.first]
        quote = " ".join(
            texts[word.utterance][word.start : word.end] for word in words[loop.first : loop.first + loop.period]
        )
        events.append(_Event("loops_dropped", first.utterance, f"{quote} ×{loop.times}", loop.last - loop.first))
        for utterance, start, end in dropped_spans(loop, words):
            spans.setdefault(utterance, []).append((start, len(texts[utterance]) if end < 0 else end))
    for number, text in enumerate(texts):
        for start, end in stutters(text):
            events.append(_Event("loops_dropped", number, text[max(0, start - 12) : end], 1))
            spans.setdefault(number, []).append((start, end))
    return [_cut(one, spans.get(number, ())) for number, one in enumerate(talk)]


def _cut(one: Said, spans: Iterable[tuple[int, int]]) -> Said:
    text, at = "", 0
    for start, end in sorted(spans):
        text += one.text[at : max(at, start)]
        at = max(at, end)
    return replace(one, text=one_line(text + one.text[at:])) if at else one
