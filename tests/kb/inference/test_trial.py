"""A file is tried before it becomes the chat model; cards are asked for where a driver is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import ModelUnavailable
from kb.inference import cards_seen, trial
from kb.inference.cards_seen import cards_in_child
from kb.inference.children import ChildFailed
from kb.inference.footprint import CONTEXT, footprint, shape_of
from kb.inference.gguf_header import read_header
from kb.inference.placement import Card
from kb.inference.trial import try_chat_model

Writer = Callable[..., Path]


def refused(path: Path) -> dict[str, str]:
    with pytest.raises(ModelUnavailable) as caught:
        try_chat_model("mine", path)
    return caught.value.params


def test_a_chat_model_passes(write_gguf: Writer, small_model: Path) -> None:
    assert try_chat_model("mine", write_gguf()).header.architecture == "llama"
    tried = try_chat_model("mine", small_model)
    assert tried.place.in_memory == tried.need.total > small_model.stat().st_size
    assert tried.place.layers == 0


def test_an_architecture_that_llama_cpp_does_not_know_is_refused(write_gguf: Writer) -> None:
    assert refused(write_gguf(general__architecture="from-the-future"))["reason"] == "unsupported"


def test_a_vocabulary_that_cannot_be_read_is_refused(write_gguf: Writer) -> None:
    assert refused(write_gguf(tokenizer__ggml__model="of-nobody"))["reason"] == "damaged"


def test_what_the_header_tells_is_told_without_a_process(
    write_gguf: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "documents", lambda *_: pytest.fail("a process was started"))

    assert refused(write_gguf(cut=4)) == {
        "model": "mine", "reason": "truncated", "detail": "", "expected": "1", "found": "0",
    }  # fmt: skip
    assert refused(tmp_path)["reason"] == "is_folder"
    assert refused(write_gguf(general__architecture="nomic-bert"))["reason"] == "is_embedder"


def test_what_does_not_fit_is_refused_with_both_numbers(write_gguf: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "free_memory", lambda: 10**6)

    params = refused(write_gguf())

    assert params["reason"] == "does_not_fit"
    assert int(params["needed"]) > int(params["free"]) == 1


def test_what_does_not_fit_into_memory_may_fit_on_a_card(write_gguf: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_gguf()
    need = footprint(shape_of(read_header(path)), path.stat().st_size, CONTEXT)
    monkeypatch.setattr(trial, "free_memory", lambda: need.total - 1)
    assert refused(path)["reason"] == "does_not_fit"

    monkeypatch.setattr(trial, "cards_in_child", lambda: (Card("made up", 10**10, 10**10),))
    try_chat_model("mine", path)


def test_a_child_that_dies_is_told_of(write_gguf: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise ChildFailed("exit status -11")

    monkeypatch.setattr(trial, "documents", dies)
    assert refused(write_gguf())["reason"] == "crashed"


def test_cards_are_not_asked_for_where_no_driver_sees_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards_seen, "documents", lambda *_: pytest.fail("a process was started"))
    assert cards_in_child(sees_card=lambda: False, platform="linux") == ()


def test_cards_come_from_a_process_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [{"name": "Tarjeta", "free": 5, "total": 8}]
    monkeypatch.setattr(cards_seen, "documents", lambda *_: iter(told))
    assert cards_in_child(sees_card=lambda: True) == (Card("Tarjeta", 5, 8),)
    assert cards_in_child(sees_card=lambda: False, platform="darwin") == (Card("Tarjeta", 5, 8),)


def test_a_build_without_a_card_has_none_though_there_is_a_driver() -> None:
    import llama_cpp

    if llama_cpp.llama_supports_gpu_offload():
        pytest.skip("this build of llama.cpp uses a card")
    assert cards_in_child(sees_card=lambda: True) == ()


def test_cards_that_cannot_be_asked_for_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise ChildFailed("exit status 1")

    monkeypatch.setattr(cards_seen, "documents", dies)
    assert cards_in_child(sees_card=lambda: True) == ()
