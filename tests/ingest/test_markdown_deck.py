"""Markdown decks, notes in Markdown and plain notes."""

from __future__ import annotations

from pathlib import Path

from ingest import read
from ingest.model import Document, Kind, Locator, LocatorType

DECK = """---
marp: true
title: "Sesión 2. Puentes"
author: Iván Soto
style: |
  section { color: red }
---

<!-- _class: lead -->

# Puentes

![bg right:40%](puente.png)

<!--
Saludar y
pasar lista.
-->

---

## Tipos *clásicos*

| Tipo | Luz |
|---|---|
| Arco | 40 m |

![Un arco](arco.png)

---

```python
# no es un título
---
x = 1  <!-- código -->
```

Subrayado
---

$$F = m a$$
"""


def document_of(folder: Path, text: str, name: str = "a.md", kind: Kind | None = None) -> Document:
    (folder / name).write_text(text, encoding="utf-8")
    (document,) = read(folder / name, kind)
    return document


def test_a_deck_in_markdown_is_read_slide_by_slide_with_its_notes(tmp_path: Path) -> None:
    deck = document_of(tmp_path, DECK)

    assert (deck.kind, deck.title, deck.author, deck.session) == (
        Kind.SLIDES, "Sesión 2. Puentes", "Iván Soto", "Sesión 2. Puentes"
    )  # fmt: skip
    numbered = [(s.title, s.locator.start) for s in deck.sections]
    assert numbered == [("Puentes", 1), ("Tipos clásicos", 2), ("Subrayado", 3)]
    assert [s.notes for s in deck.sections] == ["Saludar y\npasar lista.", "", ""]
    assert deck.sections[0].text == ""
    assert deck.sections[1].text == "| Tipo | Luz |\n| --- | --- |\n| Arco | 40 m |\n\nUn arco"
    assert "# no es un título\n---\nx = 1  <!-- código -->" in deck.sections[2].text
    assert deck.sections[2].text.endswith("```\n\n$$F = m a$$")


def test_rules_alone_make_a_deck_when_the_pieces_are_short_and_headed(tmp_path: Path) -> None:
    assert document_of(tmp_path, "# A\n\nuno\n\n---\n\n# B\n\ndos\n\n---\n\n# C\n\ntres").kind is Kind.SLIDES
    assert document_of(tmp_path, "uno\n\n---\n\ndos\n\n---\n\ntres").kind is Kind.NOTES


def test_steps_of_an_animation_are_indexed_once_and_told(tmp_path: Path) -> None:
    steps = "---\nmarp: true\n---\n# Pasos\n\n- cortar ramas\n\n---\n\n# Pasos\n\n- cortar ramas\n- lijar bordes\n"

    deck = document_of(tmp_path, steps)

    assert [section.locator.start for section in deck.sections] == [2]
    assert [dict(n.params) for n in deck.notices] == [{"slide": "1", "kept": "2"}]


def test_a_repeat_with_its_own_notes_stays(tmp_path: Path) -> None:
    deck = document_of(
        tmp_path,
        "---\nmarp: true\n---\n# Pasos de hoy\n\n<!-- Una. -->\n\n---\n\n# Pasos de hoy\n\n<!-- Otra cosa. -->\n",
    )

    assert [section.notes for section in deck.sections] == ["Una.", "Otra cosa."]


def test_notes_are_cut_at_their_headings_and_keep_their_markdown(tmp_path: Path) -> None:
    notes = document_of(
        tmp_path,
        "Antes.\n\n# Ríos\n\n- **ancho**\n- hondo\n\n```\n# comentario\n```\n\n"
        "## Vacío\n\n## Lagos\n\n$a^2$ <!-- oculto -->\n",
    )

    assert notes.kind is Kind.NOTES
    assert [(s.title, s.text) for s in notes.sections] == [
        ("", "Antes."),
        ("Ríos", "- **ancho**\n- hondo\n\n```\n# comentario\n```"),
        ("Lagos", "$a^2$"),
    ]
    assert notes.sections[1].locator == Locator(LocatorType.SECTION, 2, 2, "Ríos")


def test_plain_notes_know_the_lines_of_their_paragraphs(tmp_path: Path) -> None:
    notes = document_of(tmp_path, "uno\ndos\n\n\n• tres\n", "a.txt")

    (section,) = notes.sections
    assert section.text == "uno\ndos\n\n- tres"
    assert [(m.offset, m.locator.start, m.locator.end) for m in section.marks] == [(0, 1, 2), (9, 5, 5)]


def test_a_numbered_list_of_steps_is_no_study_guide(tmp_path: Path) -> None:
    text = "Receta\n\n" + "\n\n".join(f"{i}. Añadir el ingrediente {i} y mezclar." for i in range(1, 9))

    assert document_of(tmp_path, text, "a.txt").kind is Kind.NOTES


def test_a_front_matter_that_is_none_stays_text(tmp_path: Path) -> None:
    notes = document_of(tmp_path, "---\nuna frase suelta\n---\n\nfin")

    assert "una frase suelta" in notes.sections[0].text
