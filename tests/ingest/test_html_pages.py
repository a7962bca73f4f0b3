"""Web pages as students save them: their text as Markdown, without what surrounds it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import read
from ingest.errors import EmptyFile
from ingest.formats.blocks import Text, as_text
from ingest.formats.html import read_html
from ingest.formats.mathml import MathNode, latex_of
from ingest.model import Document, Kind

PAGE = """<!doctype html>
<html lang="es"><head><meta charset="utf-8">
<title>Redes recurrentes | Curso de PLN</title>
<meta name="author" content="Lucía Herrera"><meta property="article:published_time" content="2024-03-05T10:00">
<link rel="canonical" href="https://curso.example/rnn">
<style>p { color: red }</style><script>var oculto = "<p>no</p>";</script></head>
<body>
<header><nav><a href="/">Inicio</a> <a href="/cursos">Cursos</a></nav></header>
<div class="cookie-banner">Usamos cookies</div>
<main>
<h1>Redes recurrentes</h1>
<p>Leen <b>una palabra</b> cada vez&nbsp;y la re&shy;cuerdan.<br>Por eso
   <em>olvidan</em>: ver <a href="https://curso.example/lstm">LSTM</a> y <a href="#arriba">arriba</a>.</p>
<h2>Partes</h2>
<ol><li>Entrada<ul><li>palabras</li><li><p>vectores</p><p>densos</p></li></ul></li><li>Salida</li></ol>
<table><caption>Modelos</caption><tr><th>Modelo</th><th>Año</th></tr>
<tr><td>LSTM</td><td>1997 | 2000</td></tr></table>
<blockquote><p>Una cita</p></blockquote>
<pre><code class="language-python"><span>import</span> numpy

x = 1  # <b>nada</b>
</code></pre>
<p style="display: none">No se ve</p>
<img src="red.png" alt="Esquema de una red recurrente"><img src="x.png" alt="x.png">
<p># no es un título</p>
<button class="copy-btn">Copiar</button>
</main>
<aside>Artículos parecidos</aside>
<footer>Aviso legal</footer>
</body></html>"""

MARKDOWN = """# Redes recurrentes

Leen **una palabra** cada vez y la recuerdan.
Por eso *olvidan*: ver [LSTM](https://curso.example/lstm) y arriba.

## Partes

1. Entrada
  - palabras
  - vectores

    densos

2. Salida

Modelos

| Modelo | Año |
| --- | --- |
| LSTM | 1997 \\| 2000 |

> Una cita

```python
import numpy

x = 1  # nada
```

Esquema de una red recurrente

\\# no es un título"""


def text_of(html: str) -> str:
    blocks = read_html(html.encode(), "a.html")
    assert isinstance(blocks, Text)
    return blocks.text


def page_of(folder: Path, data: str | bytes) -> Document:
    (folder / "a.html").write_bytes(data if isinstance(data, bytes) else data.encode())
    (page,) = read(folder / "a.html")
    return page


def test_a_page_gives_its_text_and_nothing_around_it() -> None:
    assert text_of(PAGE) == MARKDOWN


def test_a_pages_header_names_it_without_the_site(tmp_path: Path) -> None:
    page = page_of(tmp_path, PAGE)

    assert (page.kind, page.title, page.author, page.date, page.url) == (
        Kind.NOTES, "Redes recurrentes", "Lucía Herrera", "2024-03-05", "https://curso.example/rnn"
    )  # fmt: skip
    assert [(n.code, dict(n.params)) for n in page.notices] == [
        ("pictures_counted", {"count": "2"}),
        ("hidden_text_left_out", {"count": "1"}),
    ]


@pytest.mark.parametrize(
    ("html", "latex"),
    [
        (
            '<span class="katex"><span class="katex-mathml"><math><semantics><mrow><mi>x</mi></mrow>'
            '<annotation encoding="application/x-tex">x^2</annotation></semantics></math></span>'
            '<span class="katex-html" aria-hidden="true">x2</span></span>',
            "$x^2$",
        ),
        ('<span class="math inline">\\(\\alpha\\)</span>', "$\\alpha$"),
        ('<span class="math display">\\[\\frac{a}{b}\\]</span>', "$$\\frac{a}{b}$$"),
        ("<span class='math inline'><em>Q</em><sup>2</sup></span>", "$Q^2$"),
        ('<span class="MathJax_Preview">a</span><span class="MathJax" id="M-1">a</span>'
         '<script type="math/tex">a_1</script>', "$a_1$"),
        ('<mjx-container display="true"><mjx-math aria-hidden="true">ab</mjx-math><mjx-assistive-mml><math><mi>a</mi>'
         "<mo>≤</mo><mi>b</mi></math></mjx-assistive-mml></mjx-container>", "$$a\\leq b$$"),
        ('<math alttext="{\\displaystyle {a}+{b}}"><mi>a</mi></math>', "${a}+{b}$"),
        ("<p>Sea \\(x\\) con \\[y\\]</p>", "Sea $x$ con $$y$$"),
        ("<p>x<sub>i</sub> y 10<sup>-3</sup> y 1<sup>er</sup></p>", "x_i y 10^{-3} y 1er"),
    ],
)  # fmt: skip
def test_a_formula_comes_once_and_as_latex(html: str, latex: str) -> None:
    assert text_of(f"<body>{html}</body>") == latex


def test_mathml_without_a_source_becomes_latex() -> None:
    def node(name: str, *inside: MathNode | str) -> MathNode:
        text = "".join(each for each in inside if isinstance(each, str))
        return MathNode(name, text, tuple(each for each in inside if isinstance(each, MathNode)))

    start = node("mrow", node("mi", "i"), node("mo", "="), node("mn", "1"))
    formula = node(
        "math",
        node("munderover", node("mo", "∑"), start, node("mi", "n")),
        node("mfrac", node("mi", "α"), node("msqrt", node("mi", "x"))),
        node("msup", node("mi", "softmax"), node("mn", "12")),
    )  # fmt: skip

    assert latex_of(formula) == "\\sum_{i=1}^n\\frac{\\alpha}{\\sqrt{x}}{\\operatorname{softmax}}^{12}"


@pytest.mark.parametrize(
    "data",
    [
        "<meta charset=iso-8859-1><p>año – “cosa”".encode("cp1252"),
        '<?xml version="1.0" encoding="windows-1252"?><p>año – “cosa”'.encode("cp1252"),
        "<meta charset=iso-8859-1><p>año – “cosa”".encode(),
        "\ufeff<p>año – “cosa”".encode("utf-16-le"),
        "<meta charset=utf-7><p>año – “cosa”".encode(),
        "<meta charset=no-existe><p>año – “cosa”".encode("cp1252"),
    ],
)
def test_a_page_is_decoded_as_it_says_unless_it_is_utf8(tmp_path: Path, data: bytes) -> None:
    assert page_of(tmp_path, data).sections[0].text == "año – “cosa”"


@pytest.mark.parametrize(
    "how", ["hidden", "aria-hidden='true'", "style='color: red; display:none'", "style='visibility: hidden'"]
)
def test_what_a_page_hides_is_left_out_and_counted(tmp_path: Path, how: str) -> None:
    page = page_of(tmp_path, f"<p>Se ve</p><div {how}><p>No se ve</p></div>")

    assert page.sections[0].text == "Se ve"
    assert [(n.code, dict(n.params)) for n in page.notices] == [("hidden_text_left_out", {"count": "1"})]


def test_a_page_of_menus_only_is_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        page_of(tmp_path, "<nav>Inicio</nav><script>1</script><!-- nada -->")


def test_names_that_look_like_a_banners_do_not_cost_the_text() -> None:
    assert text_of(
        "<div class='has-sidebar layout'><div class='sidebar'>menú</div><p>El texto de la clase.</p></div>"
    ) == ("El texto de la clase.")


def test_a_table_that_lays_out_a_page_is_no_table() -> None:
    assert text_of("<table><tr><td><h2>Uno</h2><p>a</p></td><td><p>b</p></td></tr></table>") == "## Uno\n\na\n\nb"


def test_very_deep_pages_keep_their_text_and_say_that_they_were_flattened(tmp_path: Path) -> None:
    page = page_of(tmp_path, "<div>" * 100_000 + "hola" + "</div>" * 100_000)

    assert page.sections[0].text == "hola"
    assert [n.code for n in page.notices] == ["page_flattened"]


@pytest.mark.parametrize(
    "html",
    [
        "<b><div>" * 30_000 + "hola",
        "<ul><li>" * 30_000 + "hola",
        "<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">hola",
        f"<p title='{'x' * 3_000_000}'>hola</p>",
        "<table>" * 20_000 + "hola",
        "<a <b" * 50_000 + "> hola",
        "<blockquote>" * 20_000 + "hola",
        "<math>" + "<mrow>" * 20_000 + "<mi>x</mi></math><p>hola",
        "<meta charset='" + "x" * 100_000 + "'><p>hola",
        "&#27;[31mhola&#x202e;&#0;",
    ],
    ids=lambda html: html[:12],
)
def test_hostile_pages_are_read(html: str) -> None:
    text = text_of(html)

    assert "hola" in text
    assert not any(sign in text for sign in ("\x1b", "\u202e", "\x00"))


PIECES = (
    "<p>", "</p>", "<ul><li>", "</li></ul>", "<table><tr><td>", "</td></tr></table>", "<pre><code>", "</pre>", "<b>",
    "</b>", "<a href='https://a.example'>", "</a>", "<h2>", "</h2>", "<math><mfrac><mi>a</mi>", "</math>", "<br>",
    "<section>", "</section>", "<div class='slide'>", "<div class='reveal'><div class='slides'>", "</div>", "<svg>",
    "<textarea id='source'>", "</textarea>", "---\n", "<blockquote>", "<sup>2</sup>", "<img alt='una foto'>", "<!--",
    "-->", "&lt;", "palabra ", "|", "# x\n", "```\n", "<aside class='notes'>", "<template>", "<span class='katex'>",
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_mixture_of_elements_is_read(pieces: list[str]) -> None:
    blocks = read_html("".join(pieces).encode(), "a.html")

    assert as_text(blocks).count("palabra") <= pieces.count("palabra ")
