"""What transcribers write as data: Whisper's JSON in its dialects, YouTube's timed text, rows of start, end and text.

Times are in seconds in OpenAI's Whisper, faster-whisper, WhisperX, stable-ts and the API's `verbose_json`, in
milliseconds in whisper.cpp's `offsets`, YouTube's json3, and Whisper's TSV. `avg_logprob` is the mean log probability
of a segment's tokens and `no_speech_prob` the probability of silence (openai/whisper, `decoding.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.clean import clean, one_line, repair_encoding
from ingest.formats.blocks import Cues, Metadata
from ingest.formats.subtitles.cues import finished
from ingest.formats.subtitles.shown import Line, Shown
from ingest.formats.subtitles.stamps import seconds_of

# Speech is near 2.5 words a second, so a file's numbers are milliseconds when it has a thousandth of that in one. The
# bound lies between the two on a logarithmic scale.
_LEAST_WORDS_A_SECOND = 0.08
# Words that come one by one are gathered to cues that end with a sentence, at a pause, or after so many seconds.
_PAUSE_SECONDS = 1.0
_CUE_SECONDS = 12.0
_LISTS = (
    "segments",
    "transcription",
    "chunks",
    "utterances",
    "captions",
    "subtitles",
    "cues",
    "words",
    "word_segments",
)
_START = ("start", "start_time", "from", "inicio", "begin")
_END = ("end", "end_time", "to", "fin")
_TEXT = ("text", "word", "texto", "punctuated_word", "utf8")
_SPEAKER = ("speaker", "speaker_id", "hablante", "speaker_label")
# A table with one of these has the talks of a programme, with when they start and end.
_TITLES = ("title", "titulo", "título", "charla", "talk", "nombre", "name", "video")
_AUTHORS = ("author", "autor", "autora", "ponente", "channel", "uploader")
_MOST_SEGMENTS = 500_000

Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Segment:
    start: float | None
    end: float | None
    text: str
    speaker: str = ""
    confidence: float = 1.0
    silence: float = 0.0


def cues_of_json(value: object) -> Cues | None:
    """Return the cues of a transcriber's JSON value, or None when it is not one."""
    metadata = _metadata(value) if isinstance(value, dict) else Metadata()
    found = _transcription(value)
    if found is None:
        return None
    segments = [segment for segment in found if segment.text]
    shown = [
        Shown(each.start, each.end, (Line(each.text, each.speaker),), each.confidence, each.silence)
        for each in segments
    ]
    return finished(shown, metadata) if shown else None


def cues_of_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Cues | None:
    """Return the cues of a table with columns of starts, ends and texts, or None when it is no such table."""
    names = [one_line(name).casefold() for name in columns]
    places = [next((names.index(name) for name in wanted if name in names), -1) for wanted in (_START, _END, _TEXT)]
    speaker = next((names.index(name) for name in _SPEAKER if name in names), -1)
    if min(places) < 0 or not rows or any(name in _TITLES for name in names):
        return None
    scores = {name: names.index(name) for name in ("avg_logprob", "no_speech_prob") if name in names}
    records: list[Record] = [
        {
            "start": _stamp(row[places[0]]),
            "end": _stamp(row[places[1]]),
            "text": row[places[2]],
            "speaker": row[speaker] if speaker >= 0 else "",
            **{name: _stamp(row[place]) for name, place in scores.items()},
        }
        for row in rows
    ]
    if sum(record["start"] is not None for record in records) * 2 < len(records):
        return None
    return cues_of_json(records)


def _transcription(value: object) -> list[_Segment] | None:
    """Return a value's segments in seconds, None when it has none."""
    if isinstance(value, dict):
        events = value.get("events")
        if isinstance(events, list) and any(isinstance(e, dict) and "tStartMs" in e for e in events):
            return list(_youtube(_records(events)))
        for name in _LISTS:
            records = _records(value.get(name))
            if records and (segments := _segments(records, words="word" in name, declared=name == "segments")):
                return segments
        return _transcription(value["results"]) if isinstance(value.get("results"), dict) else None
    records = _records(value)
    return _segments(records, words=False, declared=False) if records else None


def _metadata(value: Record) -> Metadata:
    title, author, url = (_first(value, names, _text) for names in (_TITLES, _AUTHORS, ("url", "link", "enlace")))
    return Metadata(title=title, author=author, url=url if url.startswith(("http://", "https://")) else "")


def _records(value: object) -> list[Record]:
    """Return a list's objects, none of them when it holds anything else."""
    if not isinstance(value, list) or not value or len(value) > _MOST_SEGMENTS:
        return []
    records = [each for each in value if isinstance(each, dict)]
    return records if len(records) == len(value) else []


def _segments(records: Sequence[Record], *, words: bool, declared: bool) -> list[_Segment]:
    """Read segments; `declared`: their numbers are known to be seconds. None when fewer than half have a time."""
    segments = [_segment(record) for record in records]
    timed = [each for each in segments if each.start is not None or each.end is not None]
    if len(timed) * 2 < len(segments) or not any(each.text for each in timed):
        return []
    if not declared and not any("offsets" in record for record in records) and _are_milliseconds(timed):
        segments = [_scaled(segment) for segment in segments]
    return _gathered(segments) if words else segments


def _segment(record: Record) -> _Segment:
    start, end = _times(record)
    text = _first(record, _TEXT, _text)
    if not text:
        text = one_line("".join(_spoken(word) for word in _records(record.get("words"))))
    logprob, silence = _number(record.get("avg_logprob")), _number(record.get("no_speech_prob"))
    confidence = 1.0 if logprob is None else math.exp(min(logprob, 0.0))
    speaker = _first(record, _SPEAKER, _text)
    return _Segment(start, end, text, speaker, confidence, min(max(silence or 0.0, 0.0), 1.0))


def _times(record: Record) -> tuple[float | None, float | None]:
    """Return a segment's times as its dialect writes them: offsets, a pair, a duration, a start and an end."""
    offsets, pair = record.get("offsets"), record.get("timestamp")
    if isinstance(offsets, dict):
        start, end = _number(offsets.get("from")), _number(offsets.get("to"))
        return _thousandth(start), _thousandth(end)
    if isinstance(pair, list) and len(pair) == 2:
        return _number(pair[0]), _number(pair[1])
    start, end = (_first_time(record, names) for names in (_START, _END))
    length = _number(record.get("duration", record.get("dur")))
    if end is None and start is not None and length is not None and length >= 0:
        end = round(start + length, 3)
    return start, end


def _youtube(events: Sequence[Record]) -> Iterator[_Segment]:
    """Yield the captions of json3; each stands until it scrolls off, so it ends where the next begins."""
    shown = [(event, "".join(_raw(seg.get("utf8")) for seg in _records(event.get("segs")))) for event in events]
    said = [(event, one_line(clean(text))) for event, text in shown if text.strip()]
    starts = [_thousandth(_number(event.get("tStartMs"))) for event, _ in said]
    for (event, text), start, following in zip(said, starts, [*starts[1:], None], strict=True):
        length = _thousandth(_number(event.get("dDurationMs")))
        end = round(start + length, 3) if start is not None and length is not None else None
        if end is not None and following is not None and start is not None and start < following < end:
            end = following
        yield _Segment(start, end, text)


def _gathered(words: Sequence[_Segment]) -> list[_Segment]:
    """Join words to cues: until a sentence or a pause ends, another speaks, or the cue is long."""
    result: list[_Segment] = []
    for word in words:
        last = result[-1] if result else None
        start = word.start if word.start is not None else last.end if last else None
        joins = (
            last is not None
            and last.speaker == word.speaker
            and not last.text.endswith((".", "?", "!", "…"))
            and (start or 0.0) - (last.end or 0.0) <= _PAUSE_SECONDS
            and (start or 0.0) - (last.start or 0.0) <= _CUE_SECONDS
        )
        if last is not None and joins:
            end = word.end if word.end is not None else last.end
            result[-1] = _Segment(last.start, end, f"{last.text} {word.text}".strip(), last.speaker)
        else:
            result.append(_Segment(start, word.end, word.text, word.speaker))
    return result


def _are_milliseconds(segments: Sequence[_Segment]) -> bool:
    lasting = [
        (each.end - each.start, each.text) for each in segments if each.start is not None and each.end is not None
    ]
    seconds = sum(length for length, _ in lasting if length > 0)
    words = sum(len(text.split()) for _, text in lasting)
    return seconds > 0 and words < _LEAST_WORDS_A_SECOND * seconds


def _scaled(segment: _Segment) -> _Segment:
    return _Segment(_thousandth(segment.start), _thousandth(segment.end), segment.text, segment.speaker)


def _thousandth(number: float | None) -> float | None:
    return None if number is None else number / 1000


def _first(record: Record, names: Sequence[str], read: Callable[[object], str]) -> str:
    return next((found for name in names if (found := read(record.get(name)))), "")


def _first_time(record: Record, names: Sequence[str]) -> float | None:
    found = (_stamp(record[name]) for name in names if name in record)
    return next((number for number in found if number is not None), None)


def _stamp(value: object) -> float | None:
    """Return a number, or the seconds of a time written `00:01:02.5`; None for anything else."""
    if isinstance(value, str):
        try:
            return _number(float(value.replace(",", ".", 1)))
        except ValueError:
            return seconds_of(value)
    return _number(value)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    # Nothing that was recorded lasts longer than a year in milliseconds.
    return number if math.isfinite(number) and abs(number) <= 366 * 86_400_000 else None


def _spoken(word: Record) -> str:
    """Return a word with the space that goes before it; Whisper's own words have theirs."""
    text = _first(word, ("word", "text", "punctuated_word"), _raw)
    return text if text.startswith(" ") else f" {text}"


def _raw(value: object) -> str:
    return value if isinstance(value, str) else ""


def _text(value: object) -> str:
    return one_line(clean(repair_encoding(_raw(value))))
