"""What transcribers write as data: segments with their confidence, speakers, words; in seconds or milliseconds."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import IngestError
from ingest.formats.blocks import Cue, Cues
from ingest.formats.json_file import read_json
from ingest.formats.table import read_table
from ingest.formats.whisper import cues_of_json


def cues_of(value: object) -> tuple[Cue, ...]:
    blocks = read_json(json.dumps(value).encode(), "charla.json")
    assert isinstance(blocks, Cues)
    return blocks.cues


def test_confidence_and_silence_are_those_that_whisper_gives() -> None:
    segments = [
        {"start": 0.0, "end": 2.0, "text": " Hola.", "avg_logprob": -0.25, "no_speech_prob": 0.02},
        {"start": 2.0, "end": 4.0, "text": " Gracias por ver el video.", "avg_logprob": -1.5, "no_speech_prob": 0.9},
        {"start": 4.0, "end": 5.0, "text": " Sin datos."},
    ]

    sure, doubtful, silent = cues_of({"text": "...", "segments": segments, "language": "es"})

    assert (sure.text, sure.confidence, sure.silence) == ("Hola.", math.exp(-0.25), 0.02)
    assert (doubtful.confidence, doubtful.silence) == (math.exp(-1.5), 0.9)
    assert (silent.confidence, silent.silence) == (1.0, 0.0)


def test_speakers_of_whisperx_are_kept() -> None:
    segments = [
        {
            "start": 0.031,
            "end": 1.5,
            "text": " ¿Empezamos?",
            "speaker": "SPEAKER_00",
            "words": [{"word": "¿Empezamos?"}],
        },
        {"start": 1.5, "end": 2.0, "text": " Sí.", "speaker": "SPEAKER_01"},
    ]

    assert cues_of({"segments": segments, "word_segments": [{"word": "¿Empezamos?"}]}) == (
        Cue(0.031, 1.5, "SPEAKER_00", "¿Empezamos?"),
        Cue(1.5, 2.0, "SPEAKER_01", "Sí."),
    )


def test_words_alone_are_gathered_to_sentences_and_parted_at_pauses_and_speakers() -> None:
    spoken = [("El", 0.0), ("río", 0.5), ("crece.", 1.0), ("Mucho", 1.5), ("más", 4.0)]
    words: list[dict[str, object]] = [{"word": word, "start": at, "end": at + 0.4} for word, at in spoken]
    words.append({"word": "¿Cuánto?", "start": 4.5, "end": 5.0, "speaker": "Luis"})

    assert cues_of({"text": "...", "words": words}) == (
        Cue(0.0, 1.4, "", "El río crece."),
        Cue(1.5, 1.9, "", "Mucho"),
        Cue(4.0, 4.4, "", "más"),
        Cue(4.5, 5.0, "Luis", "¿Cuánto?"),
    )


def test_a_segment_without_text_has_that_of_its_words() -> None:
    segments = [{"start": 0, "end": 1, "words": [{"word": " Hola"}, {"word": " a"}, {"word": " todas"}]}]

    assert cues_of({"segments": segments}) == (Cue(0.0, 1.0, "", "Hola a todas"),)


def test_captions_of_youtube_end_where_the_next_begin() -> None:
    events: list[dict[str, object]] = [
        {"tStartMs": 0, "dDurationMs": 900000, "id": 1},
        {"tStartMs": 160, "dDurationMs": 4000, "segs": [{"utf8": "hoy"}, {"utf8": " vemos", "tOffsetMs": 400}]},
        {"tStartMs": 2390, "dDurationMs": 10, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 2400, "dDurationMs": 3000, "segs": [{"utf8": "ríos"}]},
    ]

    assert cues_of({"wireMagic": "pb3", "events": events}) == (
        Cue(0.16, 2.4, "", "hoy vemos"),
        Cue(2.4, 5.4, "", "ríos"),
    )


@pytest.mark.parametrize("factor", [1, 1000])
def test_whether_numbers_are_seconds_or_milliseconds_shows_in_how_fast_one_speaks(factor: int) -> None:
    said = [(0, 4, "Hoy vemos cómo crece un río."), (4, 7, "Y por qué baja después.")]
    rows = "\n".join(f"{a * factor},{b * factor},{words}" for a, b, words in said)

    blocks = read_table(f"start,end,text\n{rows}\n".encode(), "charla.csv")

    assert isinstance(blocks, Cues)
    assert [(cue.start, cue.end, cue.text) for cue in blocks.cues] == said


def test_whispers_tsv_does_not_quote_and_its_texts_may_begin_with_a_quote() -> None:
    rows = ['0\t1000\t"Hola, dijo', "1000\t2000\tel río", '2000\t3000\ty se fue".', "3000\t4000\t"]

    blocks = read_table("\n".join(["start\tend\ttext", *rows]).encode(), "charla.tsv")

    assert isinstance(blocks, Cues)
    assert [cue.text for cue in blocks.cues] == ['"Hola, dijo', "el río", 'y se fue".']


def test_segments_a_line_are_a_transcript_too() -> None:
    lines = [{"start": n, "end": n + 1, "text": f"Frase {n}."} for n in range(3)]

    blocks = read_json("\n".join(json.dumps(line) for line in lines).encode(), "charla.jsonl")

    assert isinstance(blocks, Cues)
    assert [cue.start for cue in blocks.cues] == [0, 1, 2]


def test_a_missing_end_is_set_right_and_text_that_is_escaped_is_cleaned() -> None:
    segments = [
        {"start": 0.0, "end": None, "text": "Ho\u200bla\u001b[31m."},
        {"start": 2.0, "end": 3.0, "text": "explicaci\u00c3\u00b3n"},
    ]

    assert cues_of({"segments": segments}) == (Cue(0.0, 2.0, "", "Hola."), Cue(2.0, 3.0, "", "explicación"))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["segments", "words", "text", "word", "start", "end", "timestamp", "offsets", "from", "to"]
            )
            | st.sampled_from(["events", "segs", "utf8", "tStartMs", "dDurationMs", "duration", "results", "speaker"])
            | st.sampled_from(["avg_logprob", "no_speech_prob", "title", "row", "rows", "data", "columns", "x"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(JSON)
def test_any_json_value_is_cues_with_sound_times_or_none(value: object) -> None:
    found = cues_of_json(value)

    for cue in found.cues if found else ():
        assert 0 <= cue.start <= cue.end < float("inf")
        assert 0 <= cue.confidence <= 1
        assert 0 <= cue.silence <= 1


@given(JSON)
def test_any_json_file_is_read_or_refused(value: object) -> None:
    try:
        blocks = read_json(json.dumps(value).encode(), "a.json")
    except IngestError:
        return
    assert isinstance(blocks, Cues) or all(len(row) == len(blocks.columns) for row in blocks.rows)
