"""The sample course that ships with the product reads without a remark."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import is_supported, read
from ingest.kinds.summary import SUMMARY_PARTS
from ingest.model import Kind, LocatorType
from ingest.report import warnings

SAMPLES = Path(__file__).parents[2] / "samples"
SESSIONS = ["Sesión 1. ", "Sesión 2. ", "Sesión 3. "]


@pytest.mark.parametrize(
    "path", [p for p in sorted(SAMPLES.rglob("*")) if p.is_file() and is_supported(p)], ids=lambda p: p.name
)
def test_every_sample_is_spanish_or_english_and_loses_nothing(path: Path) -> None:
    draft = path == SAMPLES / "sesion-3" / "resumen.md"
    for document in read(path):
        short = [dict(notice.params)["part"] for notice in document.notices if notice.code == "summary_part_short"]
        assert short == (["RESULTS"] if draft else [])
        assert len(warnings(document.notices)) == len(short)
        assert path.name == "README.md" or document.language == "es"


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_sessions_three_documents_agree_on_its_name(number: int) -> None:
    folder = SAMPLES / f"sesion-{number}"
    (deck,) = read(next(folder.glob("diapositivas.*")))
    (summary,) = read(folder / "resumen.md")
    (talk,) = read(folder / "transcripcion.vtt")

    assert {deck.session, summary.session, talk.session} == {talk.title}
    assert talk.session.startswith(f"Sesión {number}. ")
    assert (deck.kind, summary.kind, talk.kind) == (Kind.SLIDES, Kind.SUMMARY, Kind.TRANSCRIPT)
    assert deck.author == talk.author != ""
    assert [s.locator.start for s in deck.sections] == list(range(1, len(deck.sections) + 1))
    assert len(deck.sections) >= 10
    assert [s.title for s in summary.sections] == [part.name for part in SUMMARY_PARTS]
    assert all(mark.speaker for section in talk.sections for mark in section.marks)


def test_the_guide_has_its_eighty_questions_in_three_groups() -> None:
    (guide,) = read(SAMPLES / "guia_de_estudio.md")

    assert guide.kind is Kind.STUDY_GUIDE
    assert [s.locator.start for s in guide.sections] == list(range(1, 81))
    assert all(s.locator.type is LocatorType.QUESTION and "?" in s.title and s.text for s in guide.sections)
    groups = sorted({s.locator.name for s in guide.sections})
    assert [name[:10] for name in groups] == [name[:10] for name in SESSIONS]
    assert not [s.title for s in guide.sections if "## Sesión" in s.text]
