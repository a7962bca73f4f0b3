"""Summaries in the shapes that students give them: names, marks, order, several sessions, other formats."""

from __future__ import annotations

import pytest

from ingest.errors import WrongKind
from ingest.formats.blocks import Metadata, Page, Pages, Slide, Slides, Text
from ingest.kinds.summary import SUMMARY_PARTS, build_summaries, is_summary, part_of
from ingest.model import Document

NAMES = [part.name for part in SUMMARY_PARTS]
ENOUGH = {part.name: " ".join(["palabra"] * part.minimum_words) + "." for part in SUMMARY_PARTS}
SPANISH = ["Motivación", "¿Cómo funciona?", "Resultados", "¿Por qué importa?", "Conclusiones y reflexiones"]


def read(text: str) -> tuple[Document, ...]:
    return build_summaries(Text(text), "resumen.md")


def parts(document: Document) -> list[str]:
    return [section.title for section in document.sections]


@pytest.mark.parametrize(
    "heading",
    ["# {}", "## {}:", "**{}**", "{}:", "### 1. {}", "1. **{}**", "■ {}", "- **{}**", "# ■ **{}**", "{} -", "__{}__"],
)
def test_five_spanish_parts_are_known_under_any_marks(heading: str) -> None:
    text = "\n\n".join(f"{heading.format(name)}\n\nEsto va de ríos y puentes." for name in SPANISH)

    (document,) = read(text)

    assert is_summary(text)
    assert parts(document) == NAMES
    assert all(section.text == "Esto va de ríos y puentes." for section in document.sections)


@pytest.mark.parametrize("line", ["{}: esto va de ríos.", "{} - esto va de ríos.", "**{}:** esto va de ríos."])
def test_the_text_may_stand_on_the_headings_line(line: str) -> None:
    names = ["Motivación", "Cómo funciona", "Resultados", "Por qué importa", "Para llevar"]

    (document,) = read("\n".join(line.format(name) for name in names))

    assert parts(document) == NAMES
    assert {section.text for section in document.sections} == {"esto va de ríos."}


def test_names_alone_between_empty_lines_are_headings_where_nothing_is_marked() -> None:
    (document,) = read("\n\n".join(f"{name}\n\nTexto sobre ríos." for name in SPANISH))

    assert parts(document) == NAMES


def test_a_line_of_the_text_is_no_heading_where_the_headings_are_marked() -> None:
    text = "".join(f"# {name}\n\nTexto.\n\n" for name in NAMES[:3]) + "Resultados: ninguno.\n\nMotivación\n\nalta\n"

    (document,) = read(text)

    assert parts(document) == NAMES[:3]
    assert document.sections[2].text.endswith("Resultados: ninguno.\n\nMotivación\n\nalta")


def test_parts_come_in_any_order_and_keep_it() -> None:
    order = [NAMES[3], NAMES[0], NAMES[4], NAMES[2], NAMES[1]]

    (document,) = read("".join(f"## {name}\n\n{ENOUGH[name]}\n\n" for name in order))

    assert parts(document) == order
    assert document.notices == ()


@pytest.mark.parametrize(
    "line",
    [
        "- MOTIVATION: al menos 40 palabras",
        "# RESULTS: al menos 70 palabras sobre lo obtenido",
        "**WHY IT MATTERS?**: mínimo 40 palabras",
        "TAKE AWAYS: at least 50 words",
        "- RESULTS",
        "Resultados preliminares de la encuesta",
        "Motivacional",
    ],
)
def test_the_tasks_own_list_of_parts_opens_none(line: str) -> None:
    assert part_of(line) is None


def test_notes_that_share_headings_with_a_summary_are_none() -> None:
    assert not is_summary("# Motivación\n\nx\n\n# Resultados\n\ny\n\n# Conclusiones\n\nz\n")
    assert not is_summary("# Resultados\n\nx\n\n# Conclusiones\n\ny\n")
    assert is_summary("# Motivación\n\nx\n\n# Funcionamiento\n\ny\n\n# Resultados\n\nz\n\n# Conclusiones\n\nw\n")


def test_a_part_that_comes_twice_is_kept_twice_and_told() -> None:
    text = "# Nieve\n\n" + "".join(f"## {name}\n\n{ENOUGH[name]}\n\n" for name in [*NAMES[:3], NAMES[2], *NAMES[3:]])

    (document,) = read(text)

    assert parts(document) == [*NAMES[:3], NAMES[2], *NAMES[3:]]
    assert [(n.code, dict(n.params)) for n in document.notices] == [
        ("summary_part_repeated", {"title": "Nieve", "part": "RESULTS", "times": "2"})
    ]


def test_a_part_below_its_least_words_is_doubted_with_its_numbers() -> None:
    texts = ENOUGH | {"RESULTS": "Salió bien, con 3 pruebas."}

    (document,) = read("# Nieve\n\n" + "".join(f"## {name}\n\n{texts[name]}\n\n" for name in NAMES))

    assert [(n.code, dict(n.params)) for n in document.notices] == [
        ("summary_part_short", {"title": "Nieve", "part": "RESULTS", "words": "5", "minimum": "70"})
    ]


def test_sessions_follow_one_another_with_and_without_titles() -> None:
    body = "".join(f"## {name}\n\nalgo\n\n" for name in NAMES)

    titled = read(f"# Nieve <https://a.example/1>\n\n{body}# Hielo\n\n<https://a.example/2>\n\n{body}")
    bare = read(body * 2)

    assert [(d.title, d.url) for d in titled] == [("Nieve", "https://a.example/1"), ("Hielo", "https://a.example/2")]
    assert [len(d.sections) for d in bare] == [5, 5]
    assert [d.part for d in bare] == ["(1)", "(2)"]


def test_a_session_that_lacks_its_first_part_begins_at_its_title() -> None:
    first = "".join(f"## {name}\n\nalgo\n\n" for name in NAMES)
    second = "".join(f"## {name}\n\nalgo\n\n" for name in NAMES[1:])

    documents = read(f"# Nieve\n\n{first}# Hielo\n\n{second}")

    assert [d.title for d in documents] == ["Nieve", "Hielo"]
    assert [len(d.sections) for d in documents] == [5, 4]


def test_slides_and_pages_have_their_titles_for_headings() -> None:
    slides = Slides(tuple(Slide(n, name, f"Texto {n}") for n, name in enumerate(["Nieve", *SPANISH], 1)))
    pages = Pages((Page(1, "".join(f"{name}:\nTexto\n" for name in SPANISH), title="Nieve"),), Metadata(author="Eva"))

    for blocks in (slides, pages):
        (document,) = build_summaries(blocks, "a")
        assert document.title == "Nieve"
        assert parts(document) == NAMES


def test_a_file_without_any_part_is_of_another_kind() -> None:
    with pytest.raises(WrongKind):
        read("# Nieve\n\nSolo texto.\n")


@pytest.mark.parametrize(
    "text", ["# MOTIVATION\n" * 20_000, "MOTIVATION: " * 40_000, "■" * 300_000, "#" * 300_000], ids=range(4)
)
def test_hostile_headings_are_read_in_time_that_grows_with_them(text: str) -> None:
    is_summary(text)
