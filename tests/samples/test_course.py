"""The sample course is what a student would have: well-formed, true to its own titles and worth searching."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from pypdf import PdfReader

PROJECT = Path(__file__).resolve().parents[2]
SAMPLES = PROJECT / "samples"
SLIDE_MAKER = PROJECT / "tools" / "make_sample_slides.py"
PDF_DECK = SAMPLES / "sesion-2" / "diapositivas.pdf"
COURSE = "Procesamiento del lenguaje natural"
LECTURER = "Lucía Herrera"
TITLES = {
    1: "Sesión 1. Del texto a los vectores",
    2: "Sesión 2. Atención y Transformers",
    3: "Sesión 3. Adaptar y alinear modelos grandes",
}
MINIMUM_WORDS = {
    "MOTIVATION": 40,
    "HOW IT WORKS": 70,
    "RESULTS": 70,
    "WHY IT MATTERS?": 40,
    "TAKE AWAYS AND WHAT WE ARE THINKING?": 50,
}
TOLD_ONLY_IN_CLASS = [
    (1, "11,362 consonantes"),
    (1, "Miles Hanley: 260,430 palabras"),
    (1, "The C Users Journal"),
    (1, "los mejores anos de nuestra vida"),
    (1, "1,826,213 días"),
    (1, "1,000,653 palabras"),
    (1, "5,574 mensajes"),
    (1, "o bir hemşire"),
    (2, "seis reglas gramaticales"),
    (2, "25.9 a 30.6"),
    (2, "RNNSearch"),
    (2, "Nadaraya y Watson"),
    (2, "38 de 48"),
    (2, "2019 brazil traveler to usa"),
    (2, "arroz con leche"),
    (3, "17 problemas"),
    (3, "apenas 200 números"),
    (3, "98.6 por ciento de los treses"),
    (3, "CoastRunners"),
    (3, "una enciclopedia de 32 tomos"),
    (3, "812.02 dólares"),
    (3, "Su secretaria"),
    (3, "433 megavatios hora"),
    (3, "59 terabytes"),
]
DRAFT = (3, "RESULTS")  # a student's draft: the one section that a linter of summaries has to point at
STAMP = r"(\d{2}):([0-5]\d):([0-5]\d)\.(\d{3})"
CUE = re.compile(rf"{STAMP} --> {STAMP}\n<v ([^>\n]+)>([^\n]+)")

every_session = pytest.mark.parametrize("session", TITLES)


@dataclass(frozen=True)
class Cue:
    """One caption: milliseconds from the start of the class, who speaks and what is said."""

    start: int
    end: int
    speaker: str
    text: str


def folder(session: int) -> Path:
    return SAMPLES / f"sesion-{session}"


def transcript_blocks(session: int) -> list[str]:
    return (folder(session) / "transcripcion.vtt").read_text(encoding="utf-8").strip().split("\n\n")


def milliseconds(hours: str, minutes: str, seconds: str, rest: str) -> int:
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest)


def cues(session: int) -> list[Cue]:
    found = []
    for block in transcript_blocks(session)[2:]:
        match = CUE.fullmatch(block)
        assert match, f"not a cue: {block!r}"
        found.append(Cue(milliseconds(*match.groups()[:4]), milliseconds(*match.groups()[4:8]), match[9], match[10]))
    return found


def markdown_deck(session: int) -> tuple[str, list[str]]:
    text = (folder(session) / "diapositivas.md").read_text(encoding="utf-8")
    opening, front_matter, body = text.split("---\n", 2)
    assert opening == ""
    return front_matter, [slide.strip() for slide in re.split(r"^---$", body, flags=re.MULTILINE)]


@cache
def pdf_pages() -> tuple[str, ...]:
    return tuple(page.extract_text() for page in PdfReader(PDF_DECK).pages)


def summary_sections(session: int) -> tuple[str, dict[str, str]]:
    text = (folder(session) / "resumen.md").read_text(encoding="utf-8")
    head, *parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return head, dict(zip(parts[::2], parts[1::2], strict=True))


@every_session
def test_a_transcript_says_which_session_course_and_lecturer_it_is(session: int) -> None:
    signature, note = transcript_blocks(session)[:2]
    assert signature == "WEBVTT"
    assert note == f"NOTE\nTítulo: {TITLES[session]}\nCurso: {COURSE}\nDocente: {LECTURER}"


@every_session
def test_captions_follow_one_another_without_overlap_for_a_whole_class(session: int) -> None:
    said = cues(session)
    assert all(5_000 <= cue.end - cue.start <= 15_000 for cue in said)
    assert all(earlier.end <= later.start for earlier, later in pairwise(said))
    assert said[-1].end - said[0].start >= 40 * 60_000


@every_session
def test_a_class_is_a_lecture_with_questions_from_students(session: int) -> None:
    said = cues(session)
    words = dict.fromkeys({cue.speaker for cue in said}, 0)
    for cue in said:
        words[cue.speaker] += len(cue.text.split())
    assert 2 <= len(words) <= 3
    assert 2_000 <= sum(words.values()) <= 3_000
    assert words[LECTURER] > sum(words.values()) / 2
    assert any(cue.speaker != LECTURER and "¿" in cue.text for cue in said)


@pytest.mark.parametrize(("session", "fact"), TOLD_ONLY_IN_CLASS)
def test_what_was_told_only_in_class_has_one_minute_and_no_other_source(session: int, fact: str) -> None:
    assert len([cue for cue in cues(session) if fact in cue.text]) == 1
    others = [path for path in SAMPLES.rglob("*.md") if fact in path.read_text(encoding="utf-8")]
    assert others == []
    assert not any(fact in page for page in pdf_pages())


@pytest.mark.parametrize("session", [1, 3])
def test_a_markdown_deck_has_titled_slides_with_a_table_a_formula_code_and_notes(session: int) -> None:
    front_matter, slides = markdown_deck(session)
    assert f'title: "{TITLES[session]}"' in front_matter
    assert f"author: {LECTURER}" in front_matter
    assert 14 <= len(slides) <= 18
    assert all(re.match(r"# \S", slide) for slide in slides)
    assert len({slide.splitlines()[0] for slide in slides}) == len(slides)
    whole = "\n".join(slides)
    for needed in ("\n- ", "\n|---|", "\n$$\n", "\n```python\n", "\n<!--\n"):
        assert needed in whole


def test_the_pdf_deck_shows_every_title_with_its_accents_and_every_page_its_number() -> None:
    titles = [slide.title for slide in runpy.run_path(str(SLIDE_MAKER))["SLIDES"]]
    assert 14 <= len(titles) <= 18
    assert len(set(titles)) == len(titles)
    assert [page.splitlines()[0] for page in pdf_pages()] == titles
    assert any("ó" in title for title in titles)
    for number, page in enumerate(pdf_pages(), 1):
        assert page.splitlines()[-1] == f"{TITLES[2]} · {LECTURER} {number} / {len(titles)}"


def test_the_pdf_deck_names_its_session_and_lecturer() -> None:
    told = PdfReader(PDF_DECK).metadata
    assert told is not None
    assert (told.title, told.author) == (TITLES[2], LECTURER)


def test_the_pdf_deck_is_what_its_script_writes_byte_for_byte(tmp_path: Path) -> None:
    again = tmp_path / "deck.pdf"
    subprocess.run([sys.executable, SLIDE_MAKER, again], check=True, capture_output=True)
    assert again.read_bytes() == PDF_DECK.read_bytes(), "run tools/make_sample_slides.py and commit its PDF"


@every_session
def test_a_summary_has_a_title_a_link_and_the_five_sections_long_enough_but_for_the_draft(session: int) -> None:
    head, sections = summary_sections(session)
    assert head.splitlines()[0] == f"# {TITLES[session]}"
    assert re.search(r"^<https://example\.org/\S+>$", head, flags=re.MULTILINE)
    assert list(sections) == list(MINIMUM_WORDS)
    short = [(session, name) for name, text in sections.items() if len(text.split()) < MINIMUM_WORDS[name]]
    assert short == ([DRAFT] if session == DRAFT[0] else [])


def test_the_draft_section_is_only_a_little_short() -> None:
    session, name = DRAFT
    missing = MINIMUM_WORDS[name] - len(summary_sections(session)[1][name].split())
    assert 1 <= missing <= 15
