"""Decks in Markdown as five families of tools write them: their slides, numbers, notes and marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import read
from ingest.formats.markdown.front_matter import header_of, metadata_of_header, split_header
from ingest.formats.markdown.marks import without_marks_of_tools
from ingest.model import Document, Kind

REMARK = """class: center, middle

# Sesión 4. Atención
.footnote[Lucía Herrera]
---
layout: true
.pie[PLN]
---
name: pasos
.left-column[
## Consultas
]
.right-column[
- pregunta
--

- clave
--

- valor .rojo[*ojo*] y a[1]
]
???
Explicar despacio.
---
layout: false
# Código
```python
---
x.shape[0]
```
---
exclude: true
# Escondida
---
template: pasos

Otra vez
"""

QUARTO = """---
title: "Atención y Transformers"
subtitle: Tema 2
author:
  - name: Lucía Herrera
    affiliation: UNAM
  - Iván Soto
date: 5 de marzo de 2024
sesión: 2
format:
  revealjs:
    slide-level: 2
    theme: moon
---

# Introducción {background-color="black"}

## Redes recurrentes {.smaller #sec-rnn}

::: {.incremental}
- LSTM
- GRU
:::

. . .

Al [final]{.red}

::: {.notes}
Contar la historia.
:::

---

:::: {.columns}
::: {.column width="40%"}
Izquierda
:::
::: {.column width="60%"}
![Un diagrama de atención](a.png){width=80%}
:::
::::

## Código

```{python}
#| echo: true
#| label: fig-x
import numpy as np
```

```{python}
#| echo: false
escondido = 1
```

{{< video x.mp4 >}}

## Escondida {visibility="hidden"}

Solo para mí
"""

SLIDEV = """---
theme: seriph
title: Bienvenida
mdc: true
---

# Atención

<!--
Saludar.
-->

---
transition: fade
layout: two-cols
---

# Consultas

<v-clicks>

- query
- key

</v-clicks>

::right::

```ts {all|1}
const x = 1
```

---
hide: true
---

# Borrador

---

# Fin de la charla
"""


def deck_of(folder: Path, text: str, name: str = "a.md") -> Document:
    (folder / name).write_text(text, encoding="utf-8")
    (deck,) = read(folder / name)
    assert deck.kind is Kind.SLIDES
    return deck


def slides_of(deck: Document) -> list[tuple[int, str, str]]:
    return [(int(section.locator.start), section.title, section.text) for section in deck.sections]


def test_remark_counts_each_step_and_the_last_one_stands_for_all(tmp_path: Path) -> None:
    deck = deck_of(tmp_path, REMARK)

    assert slides_of(deck) == [
        (1, "Sesión 4. Atención", "Lucía Herrera"),
        (4, "Consultas", "PLN\n\n- pregunta\n- clave\n- valor *ojo* y a[1]"),
        (5, "Código", "```python\n---\nx.shape[0]\n```"),
        (5, "Escondida", ""),
        (6, "Consultas", "PLN\n\n- pregunta\n- clave\n- valor *ojo* y a[1]\n\nOtra vez"),
    ]
    assert deck.sections[1].notes == "Explicar despacio."
    assert [(n.code, dict(n.params)) for n in deck.notices if n.code.startswith("slide")][:2] == [
        ("slide_unshown", {"slide": "5", "title": "Escondida"}),
        ("slide_steps", {"first": "2", "last": "3", "kept": "4"}),
    ]


def test_quarto_counts_its_title_and_section_slides_and_shows_no_marks(tmp_path: Path) -> None:
    deck = deck_of(tmp_path, QUARTO, "a.qmd")

    assert (deck.title, deck.author, deck.date, deck.session) == (
        "Atención y Transformers", "Lucía Herrera, Iván Soto", "2024-03-05", "Sesión 2"
    )  # fmt: skip
    assert slides_of(deck) == [
        (1, "Atención y Transformers", "Tema 2\n\nLucía Herrera, Iván Soto\n\n5 de marzo de 2024"),
        (2, "Introducción", ""),
        (3, "Redes recurrentes", "- LSTM\n- GRU\n\nAl final"),
        (4, "", "Izquierda\n\nUn diagrama de atención"),
        (5, "Código", "```python\nimport numpy as np\n```"),
        (5, "Escondida", "Solo para mí"),
    ]
    assert deck.sections[2].notes == "Contar la historia."
    assert [n.code for n in deck.notices] == ["slide_unshown"]


def test_slidevs_headers_between_slides_are_not_text(tmp_path: Path) -> None:
    deck = deck_of(tmp_path, SLIDEV)

    assert deck.title == "Bienvenida"
    assert slides_of(deck) == [
        (1, "Atención", ""),
        (2, "Consultas", "- query\n- key\n\n```ts\nconst x = 1\n```"),
        (2, "Borrador", ""),
        (3, "Fin de la charla", ""),
    ]
    assert deck.sections[0].notes == "Saludar."


def test_reveals_vertical_slides_count_and_its_notes_are_not_text(tmp_path: Path) -> None:
    deck = deck_of(tmp_path, "## Uno\n\n- a\n\nNote: decir esto\ny esto\n\n---\n\n## Dos\n\n--\n\n### Abajo\n\nx\n")

    assert slides_of(deck) == [(1, "Uno", "- a"), (2, "Dos", ""), (3, "Abajo", "x")]
    assert deck.sections[0].notes == "decir esto\ny esto"


def test_marps_heading_divider_parts_slides_and_empty_slides_count(tmp_path: Path) -> None:
    text = (
        "---\nmarp: true\nheadingDivider: 2\n---\n# Título\n\n## A\nx\n\n---\n\n---\n\n## B\n\n### b\n\n"
        "* uno\n    * dos\n"
    )

    assert slides_of(deck_of(tmp_path, text)) == [
        (1, "Título", ""),
        (2, "A", "x"),
        (4, "B", "### b\n\n- uno\n  - dos"),
    ]


def test_a_rule_within_a_note_parts_no_slide(tmp_path: Path) -> None:
    deck = deck_of(tmp_path, "---\nmarp: true\n---\n# Uno\n\n<!--\nantes\n---\ndespués\n-->\n\n---\n\n# Dos\n")

    assert [(s.title, s.notes) for s in deck.sections] == [("Uno", "antes\n---\ndespués"), ("Dos", "")]


def test_pandocs_slide_level_is_told_from_the_headings(tmp_path: Path) -> None:
    text = (
        "% Un título\n% Ana Ruiz; Luis Gil\n% 2024-03-01\n\n# Parte\n\n## Uno\n\na\n\n. . .\n\nb\n\n### c\n\n"
        "## Dos\n\n\\pause\n\nd\n"
    )

    deck = deck_of(tmp_path, text)

    assert (deck.title, deck.author, deck.date) == ("Un título", "Ana Ruiz, Luis Gil", "2024-03-01")
    assert [(n, title) for n, title, _ in slides_of(deck)] == [(1, "Un título"), (2, "Parte"), (3, "Uno"), (4, "Dos")]
    assert slides_of(deck)[2][2] == "a\n\nb\n\n### c"


def test_beamers_commands_in_markdown_are_not_text(tmp_path: Path) -> None:
    text = (
        "---\ntitle: T\ntheme: Madrid\naspectratio: 169\n---\n\n# Uno\n\n\\begin{columns}[T]\n"
        "\\begin{column}{0.5\\textwidth}\n- a \\pause\n- b\n\\end{column}\n\\end{columns}\n\\vspace{1cm}\n\n"
        "\\note{Decirlo}\n\n$$\\frac{a}{b}$$\n"
    )

    deck = deck_of(tmp_path, text)

    assert "\\begin{column" not in deck.sections[1].text
    assert deck.sections[1].text.endswith("$$\\frac{a}{b}$$")
    assert "\\pause" not in deck.sections[1].text
    assert deck.sections[1].notes == "Decirlo"


@pytest.mark.parametrize("output", ["html_document", "pdf_document"])
def test_a_report_in_r_markdown_is_no_deck(tmp_path: Path, output: str) -> None:
    (tmp_path / "a.Rmd").write_text(f"---\ntitle: T\noutput: {output}\ntheme: cosmo\n---\n# Uno\n\na\n\n# Dos\n\nb\n")

    assert read(tmp_path / "a.Rmd")[0].kind is Kind.NOTES


def test_marks_of_tools_go_and_code_and_formulas_stay() -> None:
    text = (
        "# Título {#uno .dos}\n# Conjunto {a, b}\n::: nota Para casa\nuno<br>dos <b>tres</b> &amp; `<i>` $a<b>c$\n"
        ":::\n[//]: # (nada)\n![Una foto del aula](data:image/png;base64,AAAA)\n```{=latex}\n\\foo\n```\n"
        "~~~ {.python}\n<div>\n~~~\n"
    )

    assert without_marks_of_tools(text) == (
        "# Título\n# Conjunto {a, b}\nPara casa\nuno dos tres & `<i>` $a<b>c$\n\nUna foto del aula\n"
        "~~~python\n<div>\n~~~\n"
    )


def test_a_header_that_is_nearly_yaml_is_read_by_its_lines() -> None:
    header, body = split_header("---\ntitle: Sesión 2: Puentes\nautora: Ana\n---\ntexto")

    assert (header["title"], header["autora"], body) == ("Sesión 2: Puentes", "Ana", "texto")


def test_a_header_of_aliases_does_not_grow() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x]\n" + "\n".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 8)}]" for i in range(8)
    )

    assert len(str(header_of(bomb))) < 5_000


@pytest.mark.parametrize(
    "head",
    ["a: " + "[" * 20_000, "a: " + "{" * 20_000, "? " * 20_000, "a: !!python/object:os.system x", "- a\n- b"],
    ids=lambda head: head[:12],
)
def test_a_hostile_header_gives_no_error_and_no_object(head: str) -> None:
    assert all(isinstance(value, (str, list, dict)) for value in header_of(head).values())


def test_a_number_alone_names_a_session_with_its_key() -> None:
    assert metadata_of_header(header_of("clase: 3\ndate: 3/4/2024")).session == "Clase 3"
    assert metadata_of_header(header_of("clase: 3\ndate: 3/4/2024")).date == "2024-04-03"


PIECES = (
    "{", "#{a} ", "{.a ", '{a="', "[", "[a]{", "<img ", "<div ", "&", "&amp", "$", "`a", ":", " ", "\\vspace{a}",
    "<br ", "{{<", "<style>", "- ", "--\n", "???\n", ".a[", "---\na: b\n", "* - ", "> ", "# a\n", "```\n",
    "<!--", "| a |\n",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_line_of_marks_is_read(tmp_path: Path, piece: str) -> None:
    deck = deck_of(tmp_path, "---\nmarp: true\n---\n# Hola\n\n" + piece * (100_000 // len(piece)) + "x\n")

    assert deck.sections[0].title == "Hola"
