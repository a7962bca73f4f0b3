from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from kb.inference.stream import TextStream


def streamed(tokens: Iterable[bytes], stops: Iterable[str] = ()) -> list[str]:
    stream = TextStream(tuple(stops))
    return [*(stream.feed(token) for token in tokens), stream.flush()]


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


SIZES = st.lists(st.integers(min_value=0, max_value=5), max_size=40)
SHORT = st.text(alphabet="abñ🎉", min_size=1, max_size=4)


@given(st.text(), SIZES)
def test_characters_split_over_tokens_come_out_whole(text: str, sizes: list[int]) -> None:
    pieces = streamed(cut(text.encode(), sizes))
    assert "".join(pieces) == text
    assert all("\ufffd" not in piece for piece in pieces) or "\ufffd" in text


@given(st.text(alphabet="abñ🎉", max_size=30), SIZES, SHORT)
def test_the_answer_ends_before_its_stop_string(text: str, sizes: list[int], stop: str) -> None:
    assert "".join(streamed(cut(text.encode(), sizes), [stop])) == text.split(stop)[0]


@given(st.text(alphabet="abñ🎉", max_size=30), SIZES, st.lists(SHORT, max_size=3))
def test_with_several_stop_strings_none_is_ever_shown(text: str, sizes: list[int], stops: list[str]) -> None:
    shown = "".join(streamed(cut(text.encode(), sizes), stops))
    assert text.startswith(shown)
    assert not any(stop in shown for stop in stops)


def test_an_emoji_waits_for_its_last_byte() -> None:
    data = "🎉".encode()
    assert streamed([data[:2], data[2:3], data[3:]]) == ["", "", "🎉", ""]


def test_a_partial_stop_string_is_held_back_until_it_is_none() -> None:
    assert streamed([b"uno ", b"FI", b"EL"], ["FIN"]) == ["uno ", "", "FIEL", ""]


def test_a_stop_string_split_over_tokens_is_found() -> None:
    stream = TextStream(["FIN"])
    assert [stream.feed(token) for token in (b"uno F", b"I", b"N dos")] == ["uno ", "", ""]
    assert stream.stopped
    assert stream.feed(b"tres") == ""
    assert stream.flush() == ""


def test_what_was_held_at_the_end_is_not_lost() -> None:
    assert "".join(streamed([b"uno FI"], ["FIN"])) == "uno FI"


def test_broken_bytes_become_the_replacement_character() -> None:
    assert "".join(streamed([b"a\xff", "ñ".encode()[:1]])) == "a\ufffd\ufffd"
