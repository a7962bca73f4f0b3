"""Subtitles as programs and people leave them: scrolling, out of order, in old encodings, with broken edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DamagedFile
from ingest.formats.blocks import Cue, Cues
from ingest.formats.subtitles import read_subtitles


def cues_of(text: str, encoding: str = "utf-8") -> Cues:
    return read_subtitles(text.encode(encoding), "charla.srt")


def said(text: str) -> list[tuple[float, float, str, str]]:
    return [(cue.start, cue.end, cue.speaker, cue.text) for cue in cues_of(text).cues]


def told(cues: Cues) -> dict[str, str]:
    return {notice.code: dict(notice.params).get("count", "") for notice in cues.notices}


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("00:00:01,500", 1.5), ("0:00:01.500", 1.5), ("1:2:3,4", 3723.4), ("01:02", 62.0), ("75:30.25", 4530.25),
        ("123:00:00.000", 442800.0), ("00:00:01.123456", 1.123),
    ],
)  # fmt: skip
def test_stamps_with_and_without_hours_dot_or_comma_are_read(stamp: str, seconds: float) -> None:
    assert said(f"1\n{stamp} --> 200:00:00,000\nHola.\n") == [(seconds, 720000.0, "", "Hola.")]


def test_a_file_may_switch_form_half_way() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nUno.\n\n2\n0:03.5 -> 0:04\nDos.\n\n0:00:05.000,0:00:06.000\nTres.\n"

    assert said(text) == [(1.0, 2.0, "", "Uno."), (3.5, 4.0, "", "Dos."), (5.0, 6.0, "", "Tres.")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_line_end_gives_the_same_cues(encoding: str, end: str) -> None:
    lines = ["1", "00:00:01,000 --> 00:00:02,000", "¿Qué año? El español, la montaña.", "", "2"]
    text = end.join([*lines, "00:00:02,000 --> 00:00:03,000", "Más razón.", ""])

    assert cues_of(text, encoding).cues == (
        Cue(1.0, 2.0, "", "¿Qué año? El español, la montaña."),
        Cue(2.0, 3.0, "", "Más razón."),
    )


def test_captions_of_youtube_come_out_once_with_their_times() -> None:
    text = """WEBVTT
Kind: captions
Language: es

00:00:00.160 --> 00:00:02.389 align:start position:0%
 
hola<00:00:00.400><c> a</c><00:00:00.560><c> todos</c>

00:00:02.389 --> 00:00:02.399 align:start position:0%
hola a todos
 

00:00:02.399 --> 00:00:04.500 align:start position:0%
hola a todos
hoy<00:00:02.700><c> vemos</c><00:00:03.000><c> ríos</c>

00:00:04.500 --> 00:00:04.510 align:start position:0%
hoy vemos ríos
 
"""  # noqa: W293 (the lines of a space are what YouTube writes)

    cues = cues_of(text)

    assert [(c.start, c.end, c.text) for c in cues.cues] == [
        (0.16, 2.389, "hola a todos"), (2.399, 4.5, "hoy vemos ríos")
    ]  # fmt: skip
    assert told(cues) == {"captions_rolling": "3"}


def test_a_two_line_scroll_whose_last_line_grows_is_read_once() -> None:
    text = """WEBVTT

00:01.000 --> 00:02.000
el agua baja

00:02.000 --> 00:03.000
el agua baja
por la

00:03.000 --> 00:04.000
el agua baja
por la ladera

00:04.000 --> 00:05.000
por la ladera
hasta el mar
"""

    assert said(text) == [
        (1.0, 2.0, "", "el agua baja"), (2.0, 4.0, "", "por la ladera"), (4.0, 5.0, "", "hasta el mar")
    ]  # fmt: skip


def test_what_is_said_twice_in_a_file_that_does_not_scroll_stays() -> None:
    text = "".join(
        f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{words}\n\n"
        for n, words in enumerate(["Hola.", "Sí.", "Sí.", "Gracias.", "Gracias.", "Gracias."], start=1)
    )

    assert [words for *_, words in said(text)] == ["Hola.", "Sí.", "Sí.", "Gracias.", "Gracias.", "Gracias."]


def test_cues_a_little_out_of_order_are_sorted_and_told() -> None:
    text = "".join(f"00:00:{s:02}.000,00:00:{s + 2:02}.000\nfrase {s}\n\n" for s in (1, 5, 3, 8))

    cues = cues_of(text)

    assert [cue.start for cue in cues.cues] == [1.0, 3.0, 5.0, 8.0]
    assert told(cues) == {"cues_reordered": "1"}


def test_halves_of_a_talk_in_the_wrong_order_are_sorted() -> None:
    minutes = [*range(30, 40), *range(10)]
    text = "".join(f"0:{m:02}:00.000,0:{m:02}:30.000\nminuto {m}\n\n" for m in minutes)

    cues = cues_of(text)

    assert [cue.start for cue in cues.cues] == [60.0 * m for m in sorted(minutes)]
    assert told(cues) == {"cues_reordered": "1"}


def test_two_recordings_in_a_file_stay_one_after_the_other_and_are_told() -> None:
    text = "".join(f"0:{m:02}:00.000,0:{m:02}:30.000\nparte {n}\n\n" for n in (1, 2) for m in range(10))

    cues = cues_of(text)

    assert [cue.text for cue in cues.cues] == ["parte 1"] * 10 + ["parte 2"] * 10
    assert told(cues) == {"times_restart": "1"}


def test_overlapping_cues_of_two_people_both_stay() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:05.000\n<v Ana>Empiezo.\n\n00:02.000 --> 00:03.000\n<v Luis>Espera.\n"

    assert said(text) == [(1.0, 5.0, "Ana", "Empiezo."), (2.0, 3.0, "Luis", "Espera.")]


def test_the_dashes_of_a_dialogue_are_turns_of_people_without_a_name() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:03,000\n- ¿Llueve?\n-Sí, mucho.\n\n"
        "2\n00:00:03,000 --> 00:00:04,000\n-5 grados hoy.\n"
    )

    assert said(text) == [
        (1.0, 3.0, "", "¿Llueve?"), (1.0, 3.0, "", "Sí, mucho."), (3.0, 4.0, "", "-5 grados hoy.")
    ]  # fmt: skip


def test_chevrons_change_the_speaker_and_may_name_who_is_next() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:03,000\n>> ANA RUIZ: Empezamos.\n>> ¿Ya? >> ANA RUIZ: Ya.\n\n"
        "2\n00:00:03,000 --> 00:00:04,000\nPrimera parte.\n\n3\n00:00:04,000 --> 00:00:05,000\n&gt;&gt; Bien.\n"
    )

    assert said(text) == [
        (1.0, 3.0, "ANA RUIZ", "Empezamos."),
        (1.0, 3.0, "", "¿Ya?"),
        (1.0, 3.0, "ANA RUIZ", "Ya."),
        (3.0, 4.0, "ANA RUIZ", "Primera parte."),
        (4.0, 5.0, "", "Bien."),
    ]


def test_names_in_brackets_and_numbered_speakers_are_speakers() -> None:
    lines = [
        "[Ana] Hola.",
        "[SPEAKER_01]: Buenas.",
        "[Ana] ¿Qué tal?",
        "[SPEAKER_01]: Bien.",
        "Hablante 2: Yo también.",
    ]
    text = "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{line}\n\n" for n, line in enumerate(lines, 1))

    assert [(who, words) for _, _, who, words in said(text)] == [
        ("Ana", "Hola."), ("SPEAKER_01", "Buenas."), ("Ana", "¿Qué tal?"), ("SPEAKER_01", "Bien."),
        ("Hablante 2", "Yo también."),
    ]  # fmt: skip


def test_words_before_a_colon_that_every_lecture_has_are_no_speakers() -> None:
    lines = ["Ejemplo: un puente.", "Y otro.", "Ejemplo: una presa.", "Nota: es difícil.", "Nota: muy difícil."]
    text = "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{line}\n\n" for n, line in enumerate(lines, 1))

    assert [(who, words) for _, _, who, words in said(text)] == [("", line) for line in lines]


def test_a_meeting_names_people_as_they_call_themselves() -> None:
    lines = ["ana (UNAM): hola", "iPhone de Luis: buenas", "ana (UNAM): ¿empezamos?", "iPhone de Luis: sí: ya"]
    text = "WEBVTT\n\n" + "".join(
        f"{n}\n00:00:{n:02}.000 --> 00:00:{n + 1:02}.000\n{line}\n\n" for n, line in enumerate(lines, 1)
    )

    assert [(who, words) for _, _, who, words in said(text)] == [
        ("ana (UNAM)", "hola"), ("iPhone de Luis", "buenas"), ("ana (UNAM)", "¿empezamos?"),
        ("iPhone de Luis", "sí: ya"),
    ]  # fmt: skip


def test_the_identifiers_of_a_meeting_are_no_words() -> None:
    text = (
        "WEBVTT\n\n3f2a9c1e-11d2-4b6a-9d55-0c1d2e3f4a5b/12-0\n00:01.000 --> 00:02.000\n<v Ana Ruiz>Hola.</v>\n\n"
        "3f2a9c1e-11d2-4b6a-9d55-0c1d2e3f4a5b/13-0\n00:02.000 --> 00:03.000\n<v Luis Gil>Buenas.</v>\n"
    )

    assert said(text) == [(1.0, 2.0, "Ana Ruiz", "Hola."), (2.0, 3.0, "Luis Gil", "Buenas.")]


def test_sounds_are_left_out_and_counted() -> None:
    lines = ["[MÚSICA]", "(risas)", "♪ la la la ♪", "*Aplausos*", "Hola [3] (véase el mapa).", "[BLANK_AUDIO]"]
    text = "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{line}\n\n" for n, line in enumerate(lines, 1))

    cues = cues_of(text)

    assert [cue.text for cue in cues.cues] == ["Hola [3] (véase el mapa)."]
    assert told(cues) == {"sounds_left_out": "5"}


def test_notes_styles_regions_and_settings_are_no_words() -> None:
    text = """WEBVTT

REGION
id:uno
width:40%

STYLE
::cue { color: lime }

NOTE esto lo escribió
quien transcribió

00:01.000 --> 00:02.000 region:uno line:85% position:50% align:start
{\\an8}{\\pos(10,20)}Hola,\\Nmundo &lt;real&gt; &amp; a < b <u>y</u> <font color="#fff">c</font>

NOTE final
"""

    assert said(text) == [(1.0, 2.0, "", "Hola, mundo <real> & a < b y c")]


def test_an_entity_cannot_bring_back_what_cleaning_takes_out() -> None:
    assert said("1\n00:00:01,000 --> 00:00:02,000\nHo&shy;la&#27;&#8203; &#x202e;tú\n") == [(1.0, 2.0, "", "Hola tú")]


def test_an_empty_line_inside_a_cue_loses_no_words() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nPrimera línea.\n\nSegunda línea.\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\n1984\n"
    )

    assert said(text) == [(1.0, 2.0, "", "Primera línea. Segunda línea."), (2.0, 3.0, "", "1984")]


def test_lines_before_the_first_cue_are_counted() -> None:
    cues = cues_of("Transcripción automática\nde la clase\n\n1\n00:00:01,000 --> 00:00:02,000\nHola.\n")

    assert [cue.text for cue in cues.cues] == ["Hola."]
    assert told(cues) == {"lines_outside_cues": "2"}


def test_an_arrow_in_speech_is_no_timing_line() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nDe A --> B, de 00:10 -> 00:20 en el eje.\n"

    assert said(text) == [(1.0, 2.0, "", "De A --> B, de 00:10 -> 00:20 en el eje.")]


def test_a_file_of_which_no_time_can_be_read_is_damaged_and_says_where() -> None:
    with pytest.raises(DamagedFile) as caught:
        cues_of("1\n00:aa:bb,cc --> 00:zz\nHola.\n")

    assert caught.value.params["reason"] == "00:aa:bb,cc --> 00:zz"


LINES = st.sampled_from([
    "", " ", "1", "2", "00:01.000 --> 00:02.000", "00:02,000 --> 00:01,000", "0:00:03.000,0:00:04.000",
    "00:05.000 -->",
    "-00:01.0 --> 00:00.5", "00:xx --> 00:yy", "hola", "hola a todos", "a todos", "- sí", ">> no", "ANA RUIZ: ya",
    "[Ana] bien", "<v Ana>voz", "♪", "[RISAS]", "NOTE x", "WEBVTT", "&#27;", "\\N", "{\\an8}",
])  # fmt: skip


@given(st.lists(LINES, max_size=40))
def test_any_lines_give_cues_with_sound_times_or_are_refused(lines: list[str]) -> None:
    try:
        cues = cues_of("\n".join(lines) + "\n").cues
    except DamagedFile:
        return
    assert all(0 <= cue.start <= cue.end and cue.text.strip() == cue.text != "" for cue in cues)


@pytest.mark.parametrize("piece", [
    "<v ", "<c ", "<v Ana>", ">>", ">> ", "- ", "♪", "[", "[música ", "(", "&", "&gt;", "{\\", "A: ", "Ana Ana ",
    "-->", "00:01.000 --> ", "--> ", "0:0:0.0,", "Ana:", "ÁÉ.", "[Ana] ", "<", "a b ",
])  # fmt: skip
def test_half_a_million_repeats_of_any_mark_are_read_in_one_pass(piece: str) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nhola\n" + piece * (500_000 // len(piece)) + "\n"

    assert cues_of(text).cues[0].text.startswith("hola")
