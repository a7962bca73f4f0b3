"""What a chat assistant's page leaves in a pasted text is taken out and counted; everything else stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.blocks import Text
from ingest.kinds.build import build
from ingest.kinds.copied_formulas import without_copied_formulas
from ingest.kinds.pasted import without_paste_marks

CODE = "from mar import Boya\nboya = Boya(3)\nprint(boya.altura)"
FENCED = f"```\n{CODE}\n```"


@pytest.mark.parametrize(
    "head",
    [
        "python\n\nCopiar código\n\n",
        "python\nCopy code\n",
        "pythonCopiar código\n",
        "pythonCopy code\n",
        "python\nCopiar\nEditar\n",
        "python\n\nCopiar\n\nEditar\n\n",
        "```\npython\n```\n\nCopiar código\n\n",
        "Copiar código\n",
        "Python\nCopy\nEdit\n",
    ],
)
def test_the_caption_of_pasted_code_goes_and_the_code_is_fenced(head: str) -> None:
    unpasted = without_paste_marks(f"Así se usa:\n\n{head}{CODE}\n\nY ya está.")

    assert [line for line in unpasted.text.split("\n") if line] == ["Así se usa:", *FENCED.split("\n"), "Y ya está."]
    assert unpasted.count >= 1


@pytest.mark.parametrize(
    "mark",
    [
        "【12†source】",
        "【3:0†apuntes.pdf】",
        ":contentReference[oaicite:0]{index=0}",
        "[oaicite:3]",
        "[oai_citation:1‡mar.org](https://mar.org)",
        " [cite: 3, 4]",
        "[cite_start]",
        "\ue200cite\ue202turn0search1\ue201",
    ],
)
def test_marks_of_citation_go(mark: str) -> None:
    unpasted = without_paste_marks(f"La marea sube dos veces{mark}. Y baja{mark}.")

    assert unpasted.text == "La marea sube dos veces. Y baja."
    assert unpasted.count == 2


@pytest.mark.parametrize(
    "line",
    [
        "ChatGPT said:",
        "ChatGPT dijo:",
        "You said:",
        "**Dijiste:**",
        "Regenerate response",
        "Pensó durante 12 segundos",
        "ChatGPT can make mistakes. Check important info.",
        "##### ChatGPT ha dicho:",
    ],
)
def test_lines_of_the_page_go(line: str) -> None:
    assert without_paste_marks(f"Antes.\n{line}\nDespués.").text == "Antes.\nDespués."


@pytest.mark.parametrize(
    "text",
    [
        "Hay que copiar código con cuidado.",
        "Editar",
        "Copiar",
        "```\n【1†x】\n```\n[1] Véase [dos](x).",
        "Pensó durante horas.",
        "Lista [1], [2] y 【nota】.",
        "Python\n\nEs un lenguaje.",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert (without_paste_marks(text).text, without_paste_marks(text).count) in ((text, 0), (text, 1))


def test_a_guide_says_how_many_remains_it_lost() -> None:
    text = (
        f"1. ¿Cómo se usa?\n\npython\n\nCopiar código\n\n{CODE}\n\n2. ¿Sube?\n\nSí【1†x】.\n\n3. ¿Baja?\n\nTambién.\n"
    )

    (document,) = build(Text(text), "guia.md", None)

    assert [section.text for section in document.sections] == [FENCED, "Sí.", "También."]
    assert [(n.code, n.params) for n in document.notices] == [("paste_marks_removed", (("count", "2"),))]


THREEFOLD = (
    ("Vale P(w∣h)P(w \\mid h)P(w∣h) siempre.", "Vale $P(w \\mid h)$ siempre."),
    ("El vector xix_ixi, y ya.", "El vector $x_i$, y ya."),
    ("La tasa α\\alphaα sube.", "La tasa $\\alpha$ sube."),
    ("Se divide entre dk\\sqrt{d_k}dk.", "Se divide entre $\\sqrt{d_k}$."),
    ("P(w)=1NP(w) = \\frac{1}{N}P(w)=N1", "$$P(w) = \\frac{1}{N}$$"),
    ("P(w)=1N\nP(w) = \\frac{1}{N}\nP(w)=N1", "$$P(w) = \\frac{1}{N}$$"),
    ("P\n(\nw\n)\n=\n1\nN\nP(w) = \\frac{1}{N}\nP(w)=N1", "$$P(w) = \\frac{1}{N}$$"),
    ("Queda f(x)=2f(x)=2f(x)=2.", "Queda f(x)=2."),
    ("Con QQQ, KKK y f(x)=2f(x)=2f(x)=2.", "Con Q, K y f(x)=2."),
)
ONCE = (
    "$$P(w \\mid h)$$",
    "Vale $x_i$ y $x_i$ y $x_i$.",
    "a_b a_b a_b",
    "snake_case_name y otra_cosa",
    "jajaja",
    "111",
    "III y XXX",
    "| x_i | x_i | x_i |",
    "sí sí sí",
    "uno\ndos\ntres",
    "\\frac{1}{N}",
    "(a)(a)(b)",
    "```\nxix_ixi\n```",
    "QQQ",
    "http://a.b/c_d",
)


@pytest.mark.parametrize(("copied", "once"), THREEFOLD)
def test_a_formula_copied_three_times_stays_once_as_latex(copied: str, once: str) -> None:
    assert without_copied_formulas(copied).text == once
    assert without_copied_formulas(copied).count >= 1


@pytest.mark.parametrize("text", ONCE)
def test_a_formula_that_stands_once_stays(text: str) -> None:
    assert without_copied_formulas(text).text == text
    assert without_copied_formulas(text).count == 0


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            ["x", "_", "{", "}", "\\a", "\\", " ", "(", ")", "=", "\n", "1", "Q", "$", "```\n", "α", ","]
        ),
        max_size=60,
    ).map("".join)
)
def test_reading_formulas_never_fails_and_again_changes_nothing_else(text: str) -> None:
    single = without_copied_formulas(text)

    assert single.count or single.text == text


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                "Copiar código\n",
                "python\n",
                "Editar\n",
                "```\n",
                "x = 1\n",
                "Prosa que sigue.\n",
                "\n",
                "【1†x】",
                "[oaicite:0]",
                "• \n",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_no_prose_is_lost_with_the_marks(text: str) -> None:
    unpasted = without_paste_marks(text)

    assert unpasted.text.count("Prosa que sigue.") == text.count("Prosa que sigue.")
    assert unpasted.text.count("x = 1") == text.count("x = 1")
