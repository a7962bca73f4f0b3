"""Transcripts in plain text as services copy them: times, speakers, headers, nothing lost."""

from __future__ import annotations

import pytest

from ingest.formats.blocks import Cue, Cues, Text
from ingest.kinds.stamped import stamped
from ingest.kinds.transcript import build_transcript, has_turns, is_timed
from ingest.kinds.voices import one_name_each
from ingest.model import Document, LocatorType


def read(text: str) -> Document:
    return build_transcript(Text(text), "charla.txt")[0]


def said(document: Document) -> list[tuple[str, float, float, str]]:
    result = []
    for section in document.sections:
        ends = [mark.offset for mark in section.marks[1:]] + [len(section.text)]
        for mark, end in zip(section.marks, ends, strict=True):
            words = section.text[mark.offset : end].strip()
            result.append((mark.speaker, mark.locator.start, mark.locator.end, words))
    return result


OTTER = "Ana Ruiz  0:03\nBuenos días a todas.\n\nLuis Mora  0:09\nHola, Ana.\n\nAna Ruiz  1:00\nEmpezamos.\n"
TEAMS = (
    "0:0:3.0 --> 0:0:9.0\nAna Ruiz\nBuenos días a todas.\n0:0:9.0 --> 0:1:0.0\nLuis Mora\nHola, Ana.\n"
    "0:1:0.0 --> 0:1:0.0\nAna Ruiz\nEmpezamos.\n"
)
ZOOM = (
    "[Ana Ruiz] 00:00:03\nBuenos días a todas.\n[Luis Mora] 00:00:09\nHola, Ana.\n[Ana Ruiz] 00:01:00\nEmpezamos.\n"
)
BRACKETS = "[00:00:03] Ana Ruiz: Buenos días a todas.\n(00:09) Luis Mora: Hola, Ana.\n(1:00) Ana Ruiz: Empezamos.\n"
AFTER = "Ana Ruiz (00:03): Buenos días a todas.\nLuis Mora (00:09): Hola, Ana.\nAna Ruiz [00:01:00]: Empezamos.\n"
MARKDOWN = (
    "**Ana Ruiz** [00:03]\n\nBuenos días a todas.\n\n**Luis Mora** [00:09]\n\nHola, Ana.\n\n"
    "**Ana Ruiz** [01:00]\n\nEmpezamos.\n"
)


@pytest.mark.parametrize(
    "text",
    [OTTER, TEAMS, ZOOM, BRACKETS, AFTER, MARKDOWN],
    ids=["otter", "teams", "zoom", "brackets", "after", "bold"],
)
def test_times_and_speakers_of_every_service_are_read(text: str) -> None:
    assert is_timed(text)
    assert said(read(text)) == [
        ("Ana Ruiz", 3, 9, "Buenos días a todas."),
        ("Luis Mora", 9, 60, "Hola, Ana."),
        ("Ana Ruiz", 60, 60, "Empezamos."),
    ]


def test_a_copied_page_of_captions_has_times_on_lines_of_their_own() -> None:
    text = (
        "0:03\n3 segundos\nhoy vamos a ver\n0:07\n7 segundos\ncómo crece un río\n1:02\n1 minuto y 2 segundos\nfin\n"
    )

    assert said(read(text)) == [("", 3, 7, "hoy vamos a ver"), ("", 7, 62, "cómo crece un río"), ("", 62, 62, "fin")]


def test_a_range_of_times_ends_where_it_says() -> None:
    text = "00:00:03 - 00:00:05 uno\n00:00:10 – 00:00:12,500 dos\n[00:01:00 --> 00:01:02] tres\n"

    assert [(start, end) for _, start, end, _ in said(read(text))] == [(3, 5), (10, 12.5), (60, 62)]


def test_talks_longer_than_an_hour_count_minutes_or_hours() -> None:
    minutes = read("59:30 antes de la hora\n61:03 después de la hora\n125:00 al final\n")
    hours = read("0:59:30 antes de la hora\n1:01:03 después de la hora\n2:05:00 al final\n")

    assert (
        [start for _, start, _, _ in said(minutes)] == [start for _, start, _, _ in said(hours)] == [3570, 3663, 7500]
    )


def test_lines_without_a_time_go_on_with_the_words_before() -> None:
    assert said(read("0:01 uno\ndos\n0:05 tres\n0:09 cuatro\n"))[0] == ("", 1, 5, "uno dos")


def test_a_line_that_begins_with_an_earlier_time_is_words() -> None:
    lines = [f"{n // 60}:{n % 60:02} frase {n}" for n in range(0, 900, 30)]
    lines.insert(20, "0:10 fue cuando lo dijimos")

    document = read("\n".join(lines))

    assert "frase 570 0:10 fue cuando lo dijimos" in document.sections[1].text


@pytest.mark.parametrize(
    "text",
    [
        "Horario:\n9:00 café\n",
        "un texto sin tiempos\n" * 20,
        "3:10 uno\n2:10 dos\n1:10 tres\n",
        "0:01 uno\n" + "mucho texto sin tiempos\n" * 40 + "0:05 dos\n0:09 tres\n",
        "",
    ],
)
def test_other_texts_are_not_timed(text: str) -> None:
    assert not is_timed(text)
    assert stamped(text).cues == ()


def test_a_header_above_the_times_names_the_talk_and_nothing_is_lost() -> None:
    document = read(
        "Título: Sesión 4. Ríos\nFecha: 2024-03-05\nDocente: Eva Mora\nCurso: Agua\n0:01 Hola\n0:05 Ya\n0:07 Fin\n"
    )

    assert (document.title, document.session, document.author) == ("Sesión 4. Ríos", "Sesión 4. Ríos", "Eva Mora")
    assert document.date == "2024-03-05"
    assert said(document)[0] == ("", 0, 1, "Curso: Agua")


def test_a_heading_or_a_short_line_above_is_the_title() -> None:
    assert read("# Sesión 2: Lagos\n\n0:01 Hola\n0:05 Adiós\n0:09 Fin\n").title == "Sesión 2: Lagos"
    assert read("Los lagos de montaña\n0:01 Hola\n0:05 Adiós\n0:09 Fin\n").title == "Los lagos de montaña"


def test_a_speaker_named_like_a_key_is_no_header() -> None:
    document = read("Profesora: Hola a todas.\nAlumno: Hola.\nProfesora: Empezamos.\nAlumno: Vale.\n")

    assert document.author == ""
    assert [speaker for speaker, *_ in said(document)] == ["Profesora", "Alumno", "Profesora", "Alumno"]


def test_untimed_turns_keep_their_header_and_speakers() -> None:
    document = read("Título: Los lagos\n\nAna: Hola.\nLuis: Hola, Ana.\nAna: Empezamos.\nLuis: Vale.\n")

    assert document.title == "Los lagos"
    assert said(document)[0] == ("Ana", 1, 1, "Hola.")


@pytest.mark.parametrize(
    ("names", "joined"),
    [
        (["ANA RUIZ", "Ana Ruiz", "Ana"], {"ANA RUIZ": "Ana Ruiz", "Ana Ruiz": "Ana Ruiz", "Ana": "Ana Ruiz"}),
        (["Ana", "Ana Ruiz", "Ana Soto"], {"Ana": "Ana", "Ana Ruiz": "Ana Ruiz", "Ana Soto": "Ana Soto"}),
        (["ANA RUIZ", "LUIS"], {"ANA RUIZ": "ANA RUIZ", "LUIS": "LUIS"}),
        (["Jose Mora", "José Mora"], {"Jose Mora": "José Mora", "José Mora": "José Mora"}),
        (["SPEAKER_00", "SPEAKER_01"], {"SPEAKER_00": "SPEAKER_00", "SPEAKER_01": "SPEAKER_01"}),
        (["Speaker 1", "Speaker 11", ""], {"Speaker 1": "Speaker 1", "Speaker 11": "Speaker 11"}),
        (["Ana", "Ana Ruiz", "Ana Ruiz Soto"], dict.fromkeys(["Ana", "Ana Ruiz", "Ana Ruiz Soto"], "Ana Ruiz Soto")),
    ],
)
def test_a_person_has_one_name_where_it_is_clear_who_is_meant(names: list[str], joined: dict[str, str]) -> None:
    assert one_name_each(names) == joined


def test_joined_names_are_told() -> None:
    cues = (Cue(0, 1, "ANA RUIZ", "Hola."), Cue(1, 2, "Luis", "Hola."), Cue(2, 3, "Ana Ruiz", "Sigo."))

    (document,) = build_transcript(Cues(cues), "a.vtt")

    assert [speaker for speaker, *_ in said(document)] == ["Ana Ruiz", "Luis", "Ana Ruiz"]
    assert [(n.code, dict(n.params)) for n in document.notices] == [
        ("speakers_joined", {"names": "ANA RUIZ → Ana Ruiz"})
    ]


def test_without_times_a_part_is_a_minute_of_speech() -> None:
    document = read(" ".join(f"palabra{n}" for n in range(400)))

    assert document.sections[0].locator.type is LocatorType.SECTION
    assert [(start, len(words.split())) for _, start, _, words in said(document)] == [(1, 150), (2, 150), (3, 100)]


def test_turns_are_told_from_lists_of_terms() -> None:
    assert has_turns("Ana: Hola.\nLuis: Hola.\nAna: Sigo.\nLuis: Vale.\n")
    assert not has_turns("Token: una palabra.\nCorpus: textos.\nVector: números.\nModelo: función.\n")


@pytest.mark.parametrize(
    "text",
    ["0:0" * 100_000, "[" * 300_000, "Ana " * 100_000 + "0:01", "00:00 " * 80_000, "1:01\n" * 60_000],
    ids=range(5),
)
def test_hostile_lines_are_read_in_time_that_grows_with_them(text: str) -> None:
    stamped(text)
