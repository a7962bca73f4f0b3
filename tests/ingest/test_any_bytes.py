"""Whatever bytes a file has, reading it gives documents that keep their promises, or an IngestError.

The bytes are drawn at random, put together from what each format is made of, or those of a good file of each format
with something cut, doubled or overwritten: in the file itself, and inside the archives that Office files are.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from docx import Document as Docx
from fpdf import FPDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odfdo import Document as Odf
from odfdo import DrawPage, Frame, Header, Paragraph
from pptx import Presentation
from pyarrow import parquet, table

from ingest import SUFFIXES, read
from ingest.errors import IngestError
from ingest.model import Kind

PIECES = (
    "1. ¿Qué?\n\n", "2. Explica.\n\n", "# ", "## RESULTS\n", "MOTIVATION x\n", "---\n", "\n\n\n\n", "```\n",
    "<!--", "-->", "00:01.000 --> 00:02.000\n", "<v Ana>", "WEBVTT\n\n", "NOTE\n", "Copiar código\n",
    "python\n", "a\tb\n", "x\nstringlengths\n1\n2\n", "Transcripción\nstringlengths\n",
    "Nombre\nstringlengths\n", "(...TRUNCATED)", "https://a.b/c?", " d=1", "\x0c", "\x1b[31m", "ñ", "palabra ",
    "Ana: hola\n", "[00:01] ", " 7\n", "- ", "•", "{\\an8}", "&amp;", "import x\n", "\u0301", "**", "| a |\n",
    " ",
)  # fmt: skip
FRAGMENTS = {
    (".vtt", ".srt", ".sbv"): (
        "1\n", "00:01.000 --> 00:02.000\n", "00:02,0 --> 00:01,0\n", "0:00:01.0,0:00:02.0\n", "00:05.0 -->\n", "\n",
        "-00:00:01,000 --> 00:00:00,500\n", "99:99:99.999 --> 9999:00:00.0\n", "<v ", "<c>", ">> ", "- ",
        "[RISAS]\n", "♪", "Ana: ", "[Ana] ", "hola\n", "hola a todos\n", "NOTE\n", "STYLE\n", "WEBVTT\n", " \n",
        "&#27;", "\\N",
    ),
    (".csv", ".tsv"): (
        '"', '""', ",", ";", "\t", "|", "\n", "\r", "titulo", "texto", "start\tend\ttext\n", "0\t1000\thola\n",
        "sep=;\n", "12/05/2024", "https://a.b", "WEBVTT\n\n00:01.0 --> 00:02.0\nhola", "palabra " * 60, "\x00",
        "(...TRUNCATED)",
    ),
    (".json", ".jsonl", ".ndjson", ".ipynb"): (
        "{", "}", "[", "]", ",", ":", '"', '"segments":', '"text":', '"start":', '"end":', '"timestamp":[0,1]',
        "1e999", "null", "true", "-1", "NaN", '"titulo":"a"', '"rows":', '"row":', '"cells":',
        '"cell_type":"markdown"', "\n", '"source":["# a"]', '"nbformat":4', '"outputs":', '"words":', '"events":',
        '"tStartMs":1', '"segs":', "\\u001b", '{"start":1,"end":2,"text":"hola"}',
        '{"titulo":"a","texto":"' + "palabra " * 60 + '"}',
    ),
    (".html", ".htm", ".md", ".org", ".txt"): (
        "<p>", "</p>", "<h1>", "<table><tr><td>", "</table>", "<section class=slide>", "<div>", "<script>", "<!--",
        "-->", "<math>", "<svg", "<pre><code>", "&#x1b;", "&nbsp;", "* ", "** TODO ", "#+TITLE: a\n",
        "#+BEGIN_SRC\n", ":END:\n", "---\n", "title: a\n", "::: notes\n", "class: center\n", "$$", "\n", "hola ",
        "|a|b|\n", "[[a][b]]", "1. ¿Qué?\n",
    ),
}  # fmt: skip
MADE = st.lists(st.sampled_from(PIECES), max_size=60).map(lambda pieces: "".join(pieces).encode())


def check(data: bytes, suffix: str, kind: Kind | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        try:
            documents = read(path, kind)
        except IngestError as error:
            assert error.params["path"] == str(path)
            return
    assert documents
    for document in documents:
        assert document.sections
        assert document.title
        assert len(document.content_hash) == 64
        for section in document.sections:
            offsets = [mark.offset for mark in section.marks]
            assert offsets == sorted(set(offsets))
            assert all(0 <= offset < len(section.text) for offset in offsets)
            assert section.locator.start <= section.locator.end
            assert "\x1b" not in section.text + section.title


# The shared cases keep each example small and their number low: a run of all is a matter of seconds.
def examples(count: int) -> settings:
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("suffix", SUFFIXES)
@examples(25)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(suffix: str, data: bytes) -> None:
    check(data, suffix, None)


@pytest.mark.parametrize(
    "head", [b"%PDF-1.7\n", b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b"]
)
@examples(20)
@given(data=st.binary(max_size=300), suffix=st.sampled_from(SUFFIXES))
def test_any_bytes_behind_the_mark_of_a_format_are_read_or_refused(head: bytes, data: bytes, suffix: str) -> None:
    check(head + data, suffix, None)


@examples(200)
@given(data=MADE, suffix=st.sampled_from([".txt", ".md", ".vtt", ".srt"]), kind=st.sampled_from([None, *Kind]))
def test_any_mixture_of_what_we_look_for_is_read_or_refused(data: bytes, suffix: str, kind: Kind | None) -> None:
    check(data, suffix, kind)


@pytest.mark.parametrize("family", FRAGMENTS)
@examples(80)
@given(data=st.data(), kind=st.sampled_from([None, None, *Kind]))
def test_any_mixture_of_a_formats_pieces_is_read_or_refused(
    family: tuple[str, ...], data: st.DataObject, kind: Kind | None
) -> None:
    pieces = data.draw(st.lists(st.sampled_from(FRAGMENTS[family]), max_size=40))
    suffix = data.draw(st.sampled_from([suffix for suffix in family if suffix in SUFFIXES]))
    check("".join(pieces).encode(), suffix, kind)


def pptx() -> bytes:
    deck = Presentation()
    for title in ("Cómo crece un río", "Gracias"):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "La lluvia\nLa nieve"
        slide.notes_slide.notes_text_frame.text = "Preguntar antes de seguir."
    return saved(deck.save)


def docx() -> bytes:
    document = Docx()
    document.add_heading("Los ríos", 1)
    document.add_paragraph("El agua baja de la montaña.")
    document.add_table(2, 2).cell(0, 0).text = "caudal"
    return saved(document.save)


def odt() -> bytes:
    document = Odf("text")
    document.body.append(Header(1, "Los ríos"))
    document.body.append(Paragraph("El agua baja de la montaña."))
    return saved(document.save)


def odp() -> bytes:
    document = Odf("presentation")
    page = DrawPage("page1", name="Los ríos")
    page.append(Frame.text_frame(["El agua baja de la montaña."], size=("10cm", "5cm"), position=("1cm", "1cm")))
    document.body.clear()
    document.body.append(page)
    return saved(document.save)


def pdf() -> bytes:
    document = FPDF()
    document.set_font("helvetica", size=14)
    for page in ("Los ríos crecen.", "El agua baja de la montaña al llano."):
        document.add_page()
        document.multi_cell(0, 8, page)
    return bytes(document.output())


def notebook() -> bytes:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Los ríos\n", "El caudal."]},
        {"cell_type": "code", "metadata": {}, "source": "print(1)", "execution_count": 1,
         "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]},
    ]  # fmt: skip
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def columns() -> bytes:
    talks = table({"titulo": ["Ríos", "Lagos"], "texto": ["El agua baja. " * 40, "El agua se queda. " * 40]})
    return saved(lambda file: parquet.write_table(talks, file))


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


HTML = (
    "<!doctype html><html><head><title>Ríos</title></head><body><section><h1>Los ríos</h1><p>El agua &amp; la nieve."
    "<table><tr><th>mes<th>caudal<tr><td>mayo<td>3</table><pre><code>x = 1</code></pre></section></body></html>"
)
ORG = "#+TITLE: Ríos\n* Caudal\nEl agua baja.\n** Lluvia\n- una\n- dos\n#+BEGIN_SRC python\nx = 1\n#+END_SRC\n"
MARKDOWN = (
    "---\ntitle: Ríos\nmarp: true\n---\n\n# Los ríos\n\nEl agua.\n\n---\n\n"
    "## Caudal\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
)
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ana>Hola.</v>\n\n00:02.000 --> 00:04.000\n<v Luis>El agua baja.\n"
CSV = 'titulo,texto,fecha\n"Ríos, lagos","El agua\nbaja.",3/5/2024\nMares,"' + "La sal. " * 60 + '",4/5/2024\n'
SEGMENTS = [
    {"start": 0.0, "end": 1.5, "text": " Hola.", "avg_logprob": -0.2},
    {"start": 1.5, "end": 2.0, "text": " El agua baja.", "speaker": "A"},
]
GOOD: dict[str, Callable[[], bytes]] = {
    ".pptx": pptx,
    ".docx": docx,
    ".odt": odt,
    ".odp": odp,
    ".pdf": pdf,
    ".ipynb": notebook,
    ".parquet": columns,
    ".html": HTML.encode,
    ".org": ORG.encode,
    ".md": MARKDOWN.encode,
    ".vtt": VTT.encode,
    ".csv": CSV.encode,
    ".json": json.dumps({"text": "...", "segments": SEGMENTS}).encode,
}
READ = [suffix for suffix in GOOD if suffix in SUFFIXES]
PACKED = [suffix for suffix in READ if suffix in (".pptx", ".docx", ".odt", ".odp")]


@cache
def good(suffix: str) -> bytes:
    return GOOD[suffix]()


@st.composite
def spoilt(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes with up to four slices cut out, doubled, overwritten or moved, or with their end cut off."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(len(data) - 1, 0)))
        stop = min(start + draw(st.sampled_from([1, 2, 8, 64, 512])), len(data))
        piece = data[start:stop]
        match draw(st.sampled_from(["cut", "double", "write", "flip", "end", "many"])):
            case "cut":
                data = data[:start] + data[stop:]
            case "double":
                data = data[:stop] + piece + data[stop:]
            case "write":
                data = data[:start] + draw(st.binary(max_size=8)) + data[stop:]
            case "flip":
                data = data[:start] + bytes(byte ^ 0x55 for byte in piece) + data[stop:]
            case "end":
                data = data[: max(start, 1)]
            case "many":
                data = data[:start] + piece[:16] * 200 + data[stop:]
    return data


@pytest.mark.parametrize("suffix", READ)
def test_the_good_files_are_read(suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(good(suffix))
        documents = read(path)

    words = " ".join(f"{section.title} {section.text}" for document in documents for section in document.sections)
    assert "agua" in words or "caudal" in words or "río" in words


@pytest.mark.parametrize("suffix", READ)
@examples(40)
@given(data=st.data())
def test_a_good_file_with_something_spoilt_is_read_or_refused(suffix: str, data: st.DataObject) -> None:
    check(data.draw(spoilt(good(suffix))), suffix, None)


@pytest.mark.parametrize("suffix", PACKED)
@examples(40)
@given(data=st.data())
def test_a_good_archive_with_a_spoilt_member_is_read_or_refused(suffix: str, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(good(suffix))) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    name = data.draw(st.sampled_from(sorted(name for name in members if name.endswith((".xml", ".rels")))))
    members[name] = data.draw(spoilt(members[name]))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    check(packed.getvalue(), suffix, None)
