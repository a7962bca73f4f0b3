"""Sessions by the names of files and folders: those there are are found, and nothing else is taken for one."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.naming import SessionName, named_session, same_session

LABELS = ("Sesión", "sesion", "CLASE", "Lección", "Semana", "Tema", "Unidad", "Módulo", "Lecture", "Week", "Session")
SEPARATORS = (" ", "_", "-", "", " - ", ". ", " nº ")


@pytest.mark.parametrize(
    ("path", "number", "title", "iso"),
    [
        ("2025-03-14_sesion03_atencion.pdf", 3, "atencion", "2025-03-14"),
        ("Clase 3 - Transformers (transcripción).txt", 3, "Transformers", ""),
        ("S03_slides.pptx", 3, "", ""),
        ("S3_diapositivas.pdf", 3, "", ""),
        ("03 - RAG/diapositivas.pdf", 3, "RAG", ""),
        ("03/slides.pdf", 3, "", ""),
        ("04. Embeddings.pdf", 4, "Embeddings", ""),
        ("4. Embeddings.pdf", 4, "Embeddings", ""),
        ("semana_4/lectura previa.pdf", 4, "", ""),
        ("Lecture 5.vtt", 5, "", ""),
        ("lec05.pdf", 5, "", ""),
        ("Tema IV.pdf", 4, "", ""),
        ("Unidad II - Redes recurrentes.odp", 2, "Redes recurrentes", ""),
        ("apuntes de la clase 3.md", 3, "", ""),
        ("PLN - Sesión 7 - Atención v2 (1).pdf", 7, "PLN - Atención", ""),
        ("clase-03-fine-tuning-de-llms.pdf", 3, "fine tuning de llms", ""),
        ("Clase 3 - Repaso de la clase 2.pdf", 3, "Repaso de la clase 2", ""),
        ("Clase 3 - Transformers/Clase 3.pdf", 3, "Transformers", ""),
        ("01_slides/03 - RAG.pdf", 3, "RAG", ""),
        ("Clase 6.zip/audio/transcripcion.vtt", 6, "", ""),
        ("14-03-2025.vtt", 0, "", "2025-03-14"),
        ("14.3.2025 RAG.vtt", 0, "RAG", "2025-03-14"),
        ("20250314.vtt", 0, "", "2025-03-14"),
        ("GMT20250314-150012_Recording.transcript.vtt", 0, "", "2025-03-14"),
        ("14 de marzo de 2025.txt", 0, "", "2025-03-14"),
        ("March 14, 2025 - RAG.txt", 0, "RAG", "2025-03-14"),
        ("PLN 2025/14 de marzo.txt", 0, "", "2025-03-14"),
        ("Módulo 2/2025-03-14.pdf", 2, "", "2025-03-14"),
    ],
)
def test_a_name_that_tells_of_a_session_is_understood(path: str, number: int, title: str, iso: str) -> None:
    assert named_session(path) == SessionName(number, title, iso)
    assert named_session(PurePath(path)) == SessionName(number, title, iso)


@pytest.mark.parametrize(
    "name",
    [
        "", "2025", "80 preguntas", "80_preguntas", "10 cosas", "guia_v2", "bert-2018", "COVID-19", "p3", "GPT-4",
        "guia parcial 2", "02_parcial", "Llama 3 - resumen", "T5", "L2 regularization", "S3 y buckets", "7-Zip",
        "10-K", "3.5 turbo", "3D", "24-7", "tema 12.5", "Tema vil", "Clase 0", "Clase magistral", "clases 1 a 5",
        "Clases 3-4", "Clase 3-4", "Clase 3 y 4", "31-02-2025", "2025-13-01", "03-14-2025", "14 de marzo", "s03e04",
        "20230101_20231231", "subclase 3", "1706.03762", "notas", "599", "3", "tema 2024",
    ],
)  # fmt: skip
def test_a_name_that_tells_of_none_is_left_alone(name: str) -> None:
    assert named_session(name + ".pdf") == SessionName()


def test_a_class_within_a_week_is_another_than_that_of_the_next_week() -> None:
    one, other = named_session("Semana 4/Clase 2/slides.pdf"), named_session("Semana 5/Clase 2/slides.pdf")
    assert one == SessionName(0, "Semana 4 · Clase 2")
    assert same_session(one, named_session("semana_4_clase_02.txt"))
    assert not same_session(one, other)


@pytest.mark.parametrize("name", ["001_3873fbd8c12d0c8d.txt", "02-5a0f1b2c-99aa-4b1d.md", "3 deadbeef01.pdf"])
def test_a_number_that_a_program_gave_is_no_session(name: str) -> None:
    assert named_session(name) == SessionName()


def test_two_years_in_a_path_date_nothing() -> None:
    assert named_session("2024/curso 2025/14 de marzo.txt").date == ""


def test_names_in_either_form_of_unicode_are_the_same() -> None:
    assert named_session("Sesio\u0301n 3 - Atencio\u0301n.pdf") == SessionName(3, "Atención", "")


@given(st.sampled_from(LABELS), st.sampled_from(SEPARATORS), st.integers(1, 99), st.booleans())
def test_every_way_to_write_a_label_and_a_number_is_read(label: str, between: str, number: int, pad: bool) -> None:
    name = f"{label}{between}{number:02}" if pad else f"{label}{between}{number}"
    for path in (f"{name}.pdf", f"{name}/slides.pdf", f"resumen_{name}.md", f"{name} - Redes.vtt"):
        assert named_session(path).number == number


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_date_is_read_in_every_way_to_write_it(day: date) -> None:
    for pattern in ("%Y-%m-%d", "%Y_%m_%d", "%Y%m%d", "%d-%m-%Y", "%d.%m.%Y", "%d_%m_%Y"):
        assert named_session(f"grabacion {day.strftime(pattern)}.vtt").date == day.isoformat()


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1990, 2099))
def test_no_date_is_read_that_is_none(day: int, month: int, year: int) -> None:
    found = named_session(f"clase_{day:02}-{month:02}-{year}.vtt").date
    assert found in ("", f"{year}-{month:02}-{day:02}")


@given(
    st.text(st.characters(exclude_characters="/\0"), max_size=60), st.text("clase 3S0-_.()IVdemarzo2025", max_size=40)
)
def test_any_name_gives_a_session_that_can_be_shown(folder: str, name: str) -> None:
    found = named_session(f"{folder}/{name}.pdf")
    assert 0 <= found.number <= 99
    assert found.title == " ".join(found.title.split())
    assert found.date == "" or date.fromisoformat(found.date)


@pytest.mark.parametrize(
    "name", ["clase " * 100_000, "3-" * 250_000, "(" * 500_000, "iv" * 250_000, "1 de " * 100_000]
)
def test_a_name_of_half_a_megabyte_costs_no_time(name: str) -> None:
    assert named_session(name).date == ""


class TestSameSession:
    def test_is_by_number_where_dates_agree(self) -> None:
        three = SessionName(3, "Atención", "2025-03-14")
        assert same_session(three, SessionName(3))
        assert same_session(three, SessionName(3, "slides", "2025-03-14"))
        assert not same_session(three, SessionName(3, "Atención", "2024-03-14"))
        assert not same_session(three, SessionName(4, "Atención", "2025-03-14"))

    def test_is_by_date_where_a_number_is_missing(self) -> None:
        assert same_session(SessionName(3, "", "2025-03-14"), SessionName(0, "RAG", "2025-03-14"))
        assert not same_session(SessionName(3), SessionName(0, "", "2025-03-14"))
        assert not same_session(SessionName(0, "RAG", "2025-03-14"), SessionName(0, "RAG", "2025-03-21"))

    def test_is_of_nothing_with_nothing(self) -> None:
        assert not same_session(SessionName(), SessionName())

    @given(
        *[st.builds(SessionName, st.integers(0, 2), st.sampled_from(["", "a"]), st.sampled_from(["", "2025-01-01"]))]
        * 2
    )
    def test_does_not_depend_on_the_order(self, one: SessionName, other: SessionName) -> None:
        assert same_session(one, other) == same_session(other, one)
        assert same_session(one, one) == (one != SessionName())
