"""Whatever bytes a file has, reading it gives documents that keep their promises, or an IngestError."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(suffix: str, data: bytes) -> None:
    check(data, suffix, None)


@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_behind_a_pdf_header_are_read_or_refused(data: bytes) -> None:
    check(b"%PDF-1.7\n" + data, ".pdf", None)


@settings(max_examples=300, deadline=None)
@given(data=MADE, suffix=st.sampled_from([s for s in SUFFIXES if s != ".pdf"]), kind=st.sampled_from([None, *Kind]))
def test_any_mixture_of_what_we_look_for_is_read_or_refused(data: bytes, suffix: str, kind: Kind | None) -> None:
    check(data, suffix, kind)
