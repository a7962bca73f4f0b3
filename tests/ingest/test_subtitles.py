"""WebVTT and SubRip become transcripts with exact times and speakers."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import read
from ingest.model import Document, Kind, Locator, LocatorType


def transcript(folder: Path, text: str, name: str = "charla.vtt") -> Document:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (document,) = read(path)
    return document


def said(document: Document) -> list[tuple[str, float, float, str]]:
    """Every mark with its words: (speaker, start, end, text)."""
    result = []
    for section in document.sections:
        ends = [mark.offset for mark in section.marks[1:]] + [len(section.text)]
        for mark, end in zip(section.marks, ends, strict=True):
            place = mark.locator
            result.append((mark.speaker, place.start, place.end, section.text[mark.offset : end].strip()))
    return result


def told(document: Document) -> list[tuple[str, dict[str, str]]]:
    return [(notice.code, dict(notice.params)) for notice in document.notices]


def test_stamps_voices_tags_identifiers_and_entities_are_read(tmp_path: Path) -> None:
    document = transcript(
        tmp_path,
        """WEBVTT - prueba

STYLE
::cue { color: red }

intro
01:02.500 --> 01:04.000 align:start position:0%
<v Ana Ruiz>Hola <i>a</i> <c.rojo>todas</c> &amp; todos</v>

2
01:00:00.000 --> 01:00:02.000
<v.fuerte Luis>Gracias<00:00:01.000>, Ana
""",
    )

    assert said(document) == [
        ("Ana Ruiz", 62.5, 64.0, "Hola a todas & todos"),
        ("Luis", 3600.0, 3602.0, "Gracias, Ana"),
    ]


def test_the_header_of_a_note_names_the_session_and_who_speaks(tmp_path: Path) -> None:
    document = transcript(
        tmp_path,
        "WEBVTT\n\nNOTE\nTítulo: Sesión 4. Ríos: el caudal\nCurso: Agua\nDocente: Eva Mora\n\n"
        "00:01.000 --> 00:02.000\nHola\n",
    )

    assert (document.title, document.session) == ("Sesión 4. Ríos: el caudal", "Sesión 4. Ríos: el caudal")
    assert document.author == "Eva Mora"
    assert document.kind is Kind.TRANSCRIPT


def test_rolling_captions_are_not_read_twice(tmp_path: Path) -> None:
    document = transcript(
        tmp_path,
        """WEBVTT

00:00.000 --> 00:02.000
hoy vamos a ver

00:02.000 --> 00:04.000
hoy vamos a ver
cómo crece un río

00:04.000 --> 00:06.000
cómo crece un río
después de la lluvia

00:06.000 --> 00:06.010
después de la lluvia

00:07.000 --> 00:08.000
y ahora

00:08.000 --> 00:09.000
y ahora el mapa
""",
    )

    assert document.sections[0].text == "hoy vamos a ver cómo crece un río después de la lluvia y ahora el mapa"
    assert said(document)[-1] == ("", 7.0, 9.0, "y ahora el mapa")


def test_subrip_times_and_names_before_colons_are_read(tmp_path: Path) -> None:
    document = transcript(
        tmp_path,
        """1
00:00:01,500 --> 00:00:03,000
{\\an8}ANA RUIZ: Empezamos.

2
00:00:03,000 --> 00:00:05,250
Ejemplo: un puente.

3
00:00:05,250 --> 00:00:06,000
JOSÉ DE LA O: ¿Cuál?
4
00:00:06,000 --> 00:00:07,000
- El de piedra.
""",
        "charla.srt",
    )

    assert said(document) == [
        ("ANA RUIZ", 1.5, 3.0, "Empezamos."),
        ("ANA RUIZ", 3.0, 5.25, "Ejemplo: un puente."),
        ("JOSÉ DE LA O", 5.25, 6.0, "¿Cuál?"),
        ("", 6.0, 7.0, "El de piedra."),
    ]


def test_a_cue_without_any_time_is_skipped_and_told(tmp_path: Path) -> None:
    document = transcript(tmp_path, "WEBVTT\n\n00:xx --> 00:yy\nmal\n\n00:10.000 --> 00:11.000\nbien\n")

    assert document.sections[0].text == "bien"
    assert told(document) == [("cues_damaged", {"count": "1"})]


def test_times_that_are_missing_negative_or_backwards_are_set_right_and_told(tmp_path: Path) -> None:
    document = transcript(
        tmp_path,
        """WEBVTT

-00:01.000 --> 00:02.000
Desde antes.

00:05.000 --> 00:03.000
Al revés.

00:08.000 -->
Sin final.

00:xx --> 00:30.000
Sin principio.
""",
    )

    assert said(document) == [
        ("", 0.0, 2.0, "Desde antes."),
        ("", 5.0, 8.0, "Al revés."),
        ("", 8.0, 8.0, "Sin final."),
        ("", 30.0, 30.0, "Sin principio."),
    ]
    assert told(document) == [("times_repaired", {"count": "4"})]


def test_sounds_that_a_machine_noted_are_not_words(tmp_path: Path) -> None:
    document = transcript(
        tmp_path,
        "WEBVTT\n\n00:01.000 --> 00:02.000\n[MÚSICA]\n\n"
        "00:02.000 --> 00:03.000\n♪ Hola (risas del público) a todas [Aplausos]\n"
        "\n00:03.000 --> 00:04.000\nver [3] y (música de Falla, véase el programa de la página doce del libro)\n",
    )

    assert (
        document.sections[0].text
        == "Hola a todas ver [3] y (música de Falla, véase el programa de la página doce del libro)"
    )


def test_a_long_talk_is_cut_every_five_minutes_where_a_sentence_ends(tmp_path: Path) -> None:
    cues = "".join(
        f"{s // 60:02}:{s % 60:02}.000 --> {(s + 9) // 60:02}:{(s + 9) % 60:02}.000\n"
        f"palabras del segundo {s}{'.' if s % 20 == 0 else ''}\n\n"
        for s in range(0, 1000, 10)
    )

    document = transcript(tmp_path, f"WEBVTT\n\n{cues}")

    assert [section.locator.start for section in document.sections] == [0, 310, 610, 910]
    assert all(section.text.endswith((".", "990")) for section in document.sections)
    assert document.sections[1].locator == Locator(LocatorType.TIME, 310, 609)


@pytest.mark.parametrize(
    "text",
    [
        "[00:00:05] Ana: Buenos días.\n[00:00:09] Ana: Hoy hay mapas.\n[00:01:00] Luis: ¿Cuáles?\n",
        "00:05 Ana: Buenos días.\n\n0:09 Ana: Hoy hay mapas.\n\n1:00 - Luis: ¿Cuáles?\n",
    ],
)
def test_a_plain_text_whose_lines_begin_with_times_is_a_timed_transcript(tmp_path: Path, text: str) -> None:
    document = transcript(tmp_path, text, "charla.txt")

    assert document.kind is Kind.TRANSCRIPT
    assert said(document) == [
        ("Ana", 5, 9, "Buenos días."),
        ("Ana", 9, 60, "Hoy hay mapas."),
        ("Luis", 60, 60, "¿Cuáles?"),
    ]


def test_turns_without_times_are_counted_in_parts_of_a_minute(tmp_path: Path) -> None:
    text = "Ana: " + "uno dos tres cuatro cinco. " * 40 + "\nLuis: Vale.\nAna: Sigo.\nLuis: Fin.\n"

    document = transcript(tmp_path, text, "charla.txt")

    assert [(speaker, start) for speaker, start, _, _ in said(document)] == [
        ("Ana", 1), ("Ana", 2), ("Luis", 2), ("Ana", 2), ("Luis", 2)
    ]  # fmt: skip
    assert document.sections[0].locator == Locator(LocatorType.SECTION, 1, 2)


def test_one_enormous_line_loses_no_word(tmp_path: Path) -> None:
    words = [f"palabra{i}" for i in range(60_000)]

    document = transcript(tmp_path, " ".join(words), "charla.txt")

    assert document.kind is Kind.TRANSCRIPT
    assert " ".join(section.text for section in document.sections).split() == words
    assert document.sections[-1].locator.end == 400
