"""Text of any encoding is read as what it says, and what was repaired or lost is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import IngestError, UnsupportedFile
from ingest.formats.decode import decode
from ingest.formats.text import read_text

LECTURE = "¿Qué es un año? La máquina aprende con ejemplos; el español y la montaña también.\n"
SHORT = ("Mañana\n", "¿Qué?\n", "Introducción\n", "El árbol más alto está aquí, según Núñez; fin.\n")
WESTERN = ("cp1252", "latin-1", "cp850", "mac_roman")
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


def told(data: bytes) -> dict[str, str]:
    return {notice.code: dict(notice.params)["count"] for notice in decode(data, "a.txt")[1]}


@pytest.mark.parametrize("encoding", [*UNICODE, *WESTERN])
@pytest.mark.parametrize("text", [LECTURE, LECTURE * 200, *SHORT])
def test_spanish_is_read_in_any_encoding_however_short(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), "a.txt") == (text, ())


def test_other_scripts_are_still_recognised() -> None:
    text = "これは日本語の講義です。川はどのように成長するのか、今日はそれを見ていきます。\n" * 5

    assert decode(text.encode("shift_jis"), "a.txt")[0] == text


@pytest.mark.parametrize("wrong", ["cp1252", "latin-1", "mac_roman", "cp437", "cp850"])
def test_text_that_was_decoded_wrongly_is_set_right_and_told(wrong: str) -> None:
    text = LECTURE * 3 + "Esta línea → siempre estuvo bien.\n"
    misread = LECTURE.encode().decode(wrong) * 3 + "Esta línea → siempre estuvo bien.\n"

    assert decode(misread.encode(), "a.txt")[0] == text
    assert told(misread.encode()) == {"encoding_repaired": "3"}


def test_text_that_was_decoded_wrongly_twice_is_set_right() -> None:
    twice = LECTURE.encode().decode("latin-1").encode().decode("latin-1")

    assert decode(twice.encode(), "a.txt")[0] == LECTURE


def test_zeros_that_a_program_left_are_taken_out_and_told() -> None:
    data = LECTURE.encode() * 3

    assert decode(data + bytes(4096), "a.txt")[0] == LECTURE * 3
    assert told(data + bytes(4096)) == {"zeros_removed": "4096"}
    assert told(data[:9] + b"\x00" + data[9:]) == {"zeros_removed": "1"}


def test_a_cut_letter_at_the_end_is_told() -> None:
    data = (LECTURE * 20).encode()[:-1] + "ñ".encode()[:1]

    assert told(data) == {"bytes_replaced": "1"}


@pytest.mark.parametrize(
    "data",
    [
        b"\x00" * 100,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
        b"ID3\x04\x00\x00\x00" * 50,
        b"\x7fELF\x02\x01" * 9,
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedFile):
        decode(data, "a.txt")


def test_a_log_in_colours_has_its_words() -> None:
    log = "\x1b[32mINFO\x1b[0m época 1 \x1b[1;31mpérdida 0.52\x1b[0m\r\n\x1b[2K\x1b[1Gépoca 2\r\n"

    assert decode(log.encode(), "a.txt")[0] == "INFO época 1 pérdida 0.52\népoca 2\n"


def test_line_ends_of_every_kind_may_be_mixed() -> None:
    assert decode(b"a\r\nb\rc\nd\x0be\xc2\x85f", "a.txt")[0] == "a\nb\nc\nd\ne\nf"


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text, _ = decode(data, "a.txt")
    except IngestError as error:
        assert error.params["path"] == "a.txt"
        return
    text.encode("utf-8")


@given(st.text(alphabet=st.characters(codec="cp1252", categories=["L", "P", "Zs"]), max_size=60))
def test_utf_8_is_never_taken_for_anything_else(text: str) -> None:
    assert decode((text + "ñ").encode(), "a.txt")[0] == decode(("\ufeff" + text + "ñ").encode(), "a.txt")[0]


@pytest.mark.parametrize(
    "piece", ["Ã", "Ã©", "â€", "├í", "\x1b[", "\x9d", "\x1b]", "a", "ñ", "\u0301", "\r", "\u202e"]
)
def test_half_a_million_repeats_are_read_in_one_pass(piece: str) -> None:
    read_text((piece * (500_000 // len(piece))).encode() + b"fin", "a.txt")
    read_text((piece * (500_000 // len(piece))).encode("cp1252", "ignore") + b"\xf1 fin", "a.txt")
