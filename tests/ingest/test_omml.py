"""Formulas of Office as LaTeX."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.office.xml import parse_xml
from ingest.formats.omml import latex_of

M = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def latex(inner: str, name: str = "oMath") -> str:
    parsed = parse_xml(f'<m:{name} xmlns:m="{M}">{inner}</m:{name}>'.encode())
    assert parsed is not None
    return latex_of(parsed.root)


def r(text: str, look: str = "") -> str:
    return f"<m:r><m:rPr>{look}</m:rPr><m:t>{text}</m:t></m:r>"


def e(inner: str, name: str = "e") -> str:
    return f"<m:{name}>{inner}</m:{name}>"


def tag(name: str, inner: str, **properties: str) -> str:
    values = "".join(f'<m:{key} m:val="{value}"/>' for key, value in properties.items())
    return f"<m:{name}><m:{name}Pr>{values}</m:{name}Pr>{inner}</m:{name}>"


def frac(above: str, below: str, **properties: str) -> str:
    return tag("f", e(above, "num") + e(below, "den"), **properties)


def sub(base: str, below: str) -> str:
    return tag("sSub", e(base) + e(below, "sub"))


MATRIX = tag("m", e(e(r("a")) + e(r("b")), "mr") + e(e(r("c")) + e(r("d")), "mr"))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r("x=1"), "x=1"),
        (r("α+β≤∞"), r"\alpha +\beta \leq \infty"),
        (r("αx"), r"\alpha x"),
        (r("ℝ") + r("𝑓") + r("𝐱") + r("𝛼"), r"\mathbb{R}f\mathbf{x}\alpha"),
        (r("si ", "<m:nor/>") + r("x"), r"\text{si}\ x"),
        (r("50% {a} $1", "<m:nor/>"), r"\text{50\% \{a\} \$1}"),
        (r("x", '<m:sty m:val="b"/>'), r"\mathbf{x}"),
        (r("L", '<m:scr m:val="script"/>'), r"\mathcal{L}"),
        (r("50%"), r"50\%"),
        (frac(r("a+1"), r("b")), r"\frac{a+1}{b}"),
        (frac(r("a"), r("b"), type="lin"), "a/b"),
        (frac(r("n"), r("k"), type="noBar"), r"\binom{n}{k}"),
        (tag("sSup", e(r("x")) + e(r("2"), "sup")), "x^2"),
        (tag("sSup", e(r("x+y")) + e(r("10"), "sup")), "{x+y}^{10}"),
        (sub(r("x"), r("i")), "x_i"),
        (tag("sSubSup", e(r("x")) + e(r("i"), "sub") + e(r("2"), "sup")), "x_i^2"),
        (tag("sPre", e(r("X")) + e(r("n"), "sub") + e(r("m"), "sup")), "{}_n^mX"),
        (tag("nary", e(r("i=1"), "sub") + e(r("n"), "sup") + e(sub(r("x"), r("i"))), chr="∑"), r"\sum_{i=1}^n x_i"),
        (tag("nary", e(r("0"), "sub") + e(r("1"), "sup") + e(r("x dx"))), r"\int_0^1 x dx"),
        (tag("rad", e("", "deg") + e(r("2")), degHide="1"), r"\sqrt{2}"),
        (tag("rad", e(r("3"), "deg") + e(r("x"))), r"\sqrt[3]{x}"),
        (tag("d", e(r("x"))), "(x)"),
        (tag("d", e(r("x")) + e(r("y")), begChr="[", endChr="]", sepChr=","), "[x, y]"),
        (tag("d", e(r("x")), begChr="{", endChr="}"), r"\{x\}"),
        (tag("d", e(r("x")), begChr="⟨", endChr="⟩"), r"\langle x \rangle"),
        (tag("d", e(frac(r("a"), r("b")))), r"\left( \frac{a}{b} \right)"),
        (tag("d", e(MATRIX)), r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}"),
        (tag("d", e(MATRIX), begChr="{", endChr=""), r"\begin{cases} a & b \\ c & d \end{cases}"),
        (tag("acc", e(r("y"))), r"\hat{y}"),
        (tag("acc", e(r("v")), chr="\u20d7"), r"\vec{v}"),
        (tag("acc", e(r("AB")), chr="\u20d7"), r"\overrightarrow{AB}"),
        (tag("acc", e(r("θ")), chr="\u0302"), r"\hat{\theta}"),
        (tag("bar", e(r("x")), pos="top"), r"\overline{x}"),
        (tag("func", e(r("log", '<m:sty m:val="p"/>'), "fName") + e(r("x"))), r"\log x"),
        (tag("func", e(r("softmax", '<m:sty m:val="p"/>'), "fName") + e(r("z"))), r"\operatorname{softmax} z"),
        (tag("func", e(tag("limLow", e(r("lim")) + e(r("n→∞"), "lim")), "fName") + e(sub(r("a"), r("n")))),
         r"\lim_{n\to \infty} a_n"),
        (tag("limLow", e(r("argmax")) + e(r("θ"), "lim")), r"\operatorname*{argmax}_{\theta}"),
        (tag("groupChr", e(r("a+b")), chr="⏟", pos="bot"), r"\underbrace{a+b}"),
        (tag("eqArr", e(r("a=1")) + e(r("b=2"))), r"\begin{matrix} a=1 \\ b=2 \end{matrix}"),
        (tag("phant", e(r("x")), show="0"), ""),
        ("<m:ctrlPr/>" + r("x"), "x"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_formula_is_latex(formula: str, expected: str) -> None:
    assert latex(formula) == expected


def test_formulas_of_one_paragraph_are_lines() -> None:
    assert latex(e(r("a"), "oMath") + e(r("b"), "oMath"), "oMathPara") == r"a \\ b"


@pytest.mark.parametrize("depth", [30, 80, 3000])
def test_formulas_nested_without_end_keep_what_can_be_read(depth: int) -> None:
    nested = "<m:f><m:num>" * depth + r("x") + "</m:num><m:den/></m:f>" * depth

    assert depth > 100 or "x" in latex(r("y") + nested)
    assert latex(r("y") + nested).startswith("y")


NAMES = ("r", "t", "f", "num", "den", "e", "sub", "sup", "nary", "d", "m", "mr", "acc", "func", "fName", "lim",
         "limLow",
         "rad", "deg", "naryPr", "chr", "dPr", "sSup", "bar", "groupChr", "eqArr", "sPre", "phant")  # fmt: skip
TREES = st.recursive(
    st.sampled_from(("x", "∑", "{", "\\", "$", " ", "ñ")),
    lambda inner: st.tuples(st.sampled_from(NAMES), st.lists(inner, max_size=4)).map(
        lambda pair: f"<m:{pair[0]}>{''.join(pair[1])}</m:{pair[0]}>"
    ),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_any_tree_is_latex_with_its_braces_in_pairs(tree: str) -> None:
    found = latex(tree).replace(r"\{", "").replace(r"\}", "")

    assert found.count("{") == found.count("}")
    assert "$" not in found.replace(r"\$", "")
