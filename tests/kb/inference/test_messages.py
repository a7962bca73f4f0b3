from __future__ import annotations

import io
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.inference import messages
from kb.inference.messages import Message, PipeClosed, ProtocolError, receive, send

VALUES = {
    "str": st.text(),
    "int": st.integers(),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bytes": st.binary(max_size=64),
    "tuple[str, ...]": st.lists(st.text()).map(tuple),
    "tuple[int, ...]": st.lists(st.integers()).map(tuple),
}


def kinds() -> list[type]:
    return [
        inner for kind in get_args(Message) for inner in (get_args(kind) or (kind,))
    ]  # fmt: skip


def any_message() -> st.SearchStrategy[Message]:
    def build(kind: type) -> st.SearchStrategy[Message]:
        return st.builds(kind, **{name: VALUES[of] for name, of in kind.__annotations__.items()})

    return st.one_of([build(kind) for kind in kinds()])


@given(st.lists(any_message(), max_size=4))
def test_messages_come_out_of_the_pipe_as_they_went_in(sent: list[Message]) -> None:
    pipe = io.BytesIO()
    for message in sent:
        send(pipe, message)
    pipe.seek(0)
    assert [receive(pipe) for _ in sent] == sent
    with pytest.raises(PipeClosed):
        receive(pipe)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused_and_nothing_else_happens(data: bytes) -> None:
    with pytest.raises((ProtocolError, PipeClosed)):
        receive(io.BytesIO(data))


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"Piece","request":1}\n',
        b'{"type":"Piece","request":"1","text":"a"}\n',
        b'{"type":"Piece","request":1,"text":"a","more":1}\n',
        b'{"type":"Encoded","request":1,"dimension":2,"data":-1}\n',
        b'{"type":"Encoded","request":1,"dimension":2,"data":99999999999}\n',
        b'{"type":"Nothing"}\n',
        b'{"type":"Piece","request":1,"text":"cut',
        b"[" * 100_000 + b"\n",
        b"[]\n",
    ],
)
def test_a_malformed_message_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        receive(io.BytesIO(line))


def test_a_cut_body_is_a_closed_pipe() -> None:
    with pytest.raises(PipeClosed):
        receive(io.BytesIO(b'{"type":"Encoded","request":1,"dimension":1,"data":8,"runs":""}\nabc'))


def test_a_message_above_the_limit_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_LINE", 64)
    pipe = io.BytesIO()
    with pytest.raises(ProtocolError):
        send(pipe, messages.Piece(1, "x" * 100))
    assert pipe.getvalue() == b""


def test_a_line_above_the_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.BytesIO()
    send(pipe, messages.Piece(1, "x" * 100))
    pipe.seek(0)
    monkeypatch.setattr(messages, "MAX_LINE", 64)
    with pytest.raises(ProtocolError):
        receive(pipe)
