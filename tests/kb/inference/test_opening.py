"""A chat model's file is looked at before it is loaded, and a card that fails is done without."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.errors import ModelUnavailable
from kb.inference import ChatPrompt, Sampling, models, open_generator, opening
from kb.inference.chat_file import chat_header
from kb.inference.engine import EngineError
from kb.inference.footprint import footprint, shape_of
from kb.inference.messages import LoadLanguageModel, Ready
from kb.inference.opening import Opening, open_llama, planned
from kb.inference.placement import CARD_FAILED, NO_CARD, Card

Writer = Callable[..., Path]

CARD = Card("made up", 24 * 10**9, 24 * 10**9)


def reason(path: Path) -> str:
    with pytest.raises(EngineError) as caught:
        open_llama(LoadLanguageModel(str(path), 1, 256))
    return caught.value.reason


def test_a_made_up_model_opens(write_gguf: Writer) -> None:
    opened = open_llama(LoadLanguageModel(str(write_gguf()), 1, 256))

    assert opened.ready == Ready(0, "")
    assert opened.llama.n_ctx() == 256
    opened.llama.close()


BAD: dict[str, dict[str, Any]] = {
    "truncated": {"cut": 4},
    "unsupported": {"general__architecture": "from-the-future"},
    "is_embedder": {"general__architecture": "bert"},
    "no_chat_template": {"tokenizer__chat_template": None},
    "part_of_model": {"general__type": "adapter"},
    "damaged": {"llama__embedding_length": 64},
}


@pytest.mark.parametrize("expected", BAD)
def test_each_bad_file_has_its_reason(expected: str, write_gguf: Writer) -> None:
    assert reason(write_gguf("bad.gguf", **BAD[expected])) == expected


@pytest.mark.parametrize("pooling", [1, 2, 3, 4])
def test_a_model_that_pools_makes_vectors_whatever_its_architecture(pooling: int, write_gguf: Writer) -> None:
    assert reason(write_gguf(llama__pooling_type=pooling)) == "is_embedder"
    chat_header(write_gguf(llama__pooling_type=0))


@pytest.mark.parametrize("changes", [{"general__architecture": None}, {"general__architecture": "clip"}])
def test_what_sees_pictures_for_a_model_is_a_part_of_one(changes: dict[str, Any], write_gguf: Writer) -> None:
    assert reason(write_gguf(**changes)) == "part_of_model"


def test_an_empty_template_is_none(write_gguf: Writer) -> None:
    assert reason(write_gguf(tokenizer__chat_template=" \n")) == "no_chat_template"


def test_a_model_in_several_files_is_counted_whole(write_gguf: Writer) -> None:
    first = write_gguf("model-00001-of-00002.gguf", split__count=2)
    with pytest.raises(EngineError) as caught:
        chat_header(first)
    assert (caught.value.reason, caught.value.params) == ("part_missing", ("part", "model-00002-of-00002.gguf"))

    second = write_gguf("model-00002-of-00002.gguf", split__count=2)
    header = chat_header(first)

    assert header.bytes == first.stat().st_size + second.stat().st_size
    assert len(header.tensors) == 2 * 12
    assert reason(second) == "part_of_model"
    assert reason(write_gguf("renamed.gguf", split__count=2)) == "part_of_model"


def test_a_model_larger_than_the_free_memory_is_refused(write_gguf: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "free_memory", lambda: 64_000_000)

    assert reason(write_gguf()) == "does_not_fit"


def test_on_a_card_it_needs_no_memory_of_the_machine(write_gguf: Writer) -> None:
    path = write_gguf()
    load, header = LoadLanguageModel(str(path), 3, 256), chat_header(path)
    tight = footprint(shape_of(header), header.bytes, 256).total - 1

    with pytest.raises(EngineError):
        planned(load, header, (), tight)
    assert planned(load, header, (CARD,), tight) == Opening(str(path), 256, 3, 2)


def failing_on_cards(reason: str, calls: list[Opening]) -> Callable[[Opening], object]:
    def opened(how: Opening) -> object:
        calls.append(how)
        if how.layers:
            raise EngineError(reason)
        return "a model"

    return opened


def test_what_a_card_cannot_load_the_processor_does_and_it_is_said(
    write_gguf: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Opening] = []
    monkeypatch.setattr(opening, "cards", lambda: (CARD,))
    monkeypatch.setattr(opening, "_opened", failing_on_cards("no_memory", calls))

    opened = open_llama(LoadLanguageModel(str(write_gguf()), 1, 256))

    assert [(call.layers, call.flash_attention) for call in calls] == [(2, True), (0, False)]
    assert opened.ready == Ready(0, CARD_FAILED)


def test_a_card_that_works_is_told_of(write_gguf: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "cards", lambda: (CARD,))
    monkeypatch.setattr(opening, "_opened", lambda how: "a model")

    assert open_llama(LoadLanguageModel(str(write_gguf()), 1, 256)).ready == Ready(2, "")
    assert open_llama(LoadLanguageModel(str(write_gguf()), 1, 256, gpu_layers=1)).ready == Ready(1, "")


def test_layers_wished_for_where_there_is_no_card_are_answered_with_a_notice(
    write_gguf: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_opened", lambda how: "a model")

    assert open_llama(LoadLanguageModel(str(write_gguf()), 1, 256, gpu_layers=7)).ready == Ready(0, NO_CARD)
    assert open_llama(LoadLanguageModel(str(write_gguf()), 1, 256, gpu_layers=0)).ready == Ready(0, "")


def test_the_reason_and_its_numbers_reach_the_program(write_gguf: Writer, tmp_path: Path) -> None:
    generator = open_generator(str(write_gguf("short.gguf", cut=32)), tmp_path)
    try:
        with pytest.raises(ModelUnavailable) as caught:
            list(generator.generate(ChatPrompt("", "hola"), Sampling(max_tokens=1)))
    finally:
        generator.close()

    assert caught.value.params["reason"] == "truncated"
    assert (caught.value.params["expected"], caught.value.params["found"]) == ("1", "0")


def test_a_process_that_dies_while_loading_on_a_card_is_followed_by_one_without(
    write_gguf: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., bool]
) -> None:
    monkeypatch.setattr(models, "driver_sees_card", lambda: True)
    generator = open_generator(str(write_gguf()), tmp_path, 1, context=256)
    prompt, sampling = ChatPrompt("", "hola"), Sampling(max_tokens=1)
    try:
        generator.warm()
        assert wait_until(lambda: bool(generator.process.pids))
        os.kill(generator.process.pids[0], signal.SIGABRT)
        assert wait_until(lambda: not generator.process.pids)
        assert generator.notice == ""

        list(generator.generate(prompt, sampling))

        assert generator.process.died_loading
        assert generator.notice == CARD_FAILED
        monkeypatch.setattr(models, "driver_sees_card", lambda: False)
        assert generator.notice == ""
    finally:
        generator.close()


def test_one_that_dies_at_work_gets_its_card_again(
    write_gguf: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., bool]
) -> None:
    monkeypatch.setattr(models, "driver_sees_card", lambda: True)
    generator = open_generator(str(write_gguf()), tmp_path, 1, context=256)
    prompt, sampling = ChatPrompt("", "hola"), Sampling(max_tokens=1)
    try:
        list(generator.generate(prompt, sampling))
        os.kill(generator.process.pids[0], signal.SIGABRT)
        assert wait_until(lambda: not generator.process.pids)
        list(generator.generate(prompt, sampling))

        assert not generator.process.died_loading
        assert generator.notice == ""
    finally:
        generator.close()
