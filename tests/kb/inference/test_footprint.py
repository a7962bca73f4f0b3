"""What a model is said to take is what llama.cpp then takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.inference.footprint import BATCH, Footprint, Shape, footprint, shape_of, weights_of
from kb.inference.gguf_header import read_header

Writer = Callable[..., Path]
MIB = 2**20


@pytest.mark.parametrize("context", [512, 2048])
def test_the_numbers_are_those_of_llama_cpp_itself(small_model: Path, context: int) -> None:
    import llama_cpp

    log: list[str] = []

    @llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
    def keep(_level: int, text: bytes, _data: object) -> None:
        log.append(text.decode())

    llama_cpp.llama_log_set(keep, None)
    llama_cpp.Llama(str(small_model), n_ctx=context, n_batch=BATCH, verbose=False).close()
    said = dict(re.findall(r"(KV|compute) buffer size =\s+([\d.]+) MiB", "".join(log)))
    header = read_header(small_model)

    need = footprint(shape_of(header), header.bytes, context)

    assert need.cache / MIB == pytest.approx(float(said["KV"]), abs=0.1)
    assert need.buffers / MIB == pytest.approx(float(said["compute"]), rel=0.02)
    assert need.total == need.weights + need.cache + need.buffers + need.runtime


def test_each_layer_may_have_heads_of_its_own(write_gguf: Writer) -> None:
    path = write_gguf(llama__block_count=3, llama__attention__head_count=4, llama__attention__head_count_kv=[1, 2, 4])

    assert shape_of(read_header(path)).cache_width == (1 + 2 + 4) * (32 // 4) * 2


def test_lengths_that_a_file_gives_come_before_those_worked_out(write_gguf: Writer) -> None:
    path = write_gguf(llama__attention__key_length=64, llama__attention__value_length=16, llama__vocab_size=9)

    assert shape_of(read_header(path)) == Shape(layers=1, width=32, heads=2, cache_width=2 * (64 + 16), vocabulary=9)


def test_a_file_that_says_nothing_takes_its_weights_alone(write_gguf: Writer) -> None:
    path = write_gguf(general__architecture="unheard-of", tokenizer__ggml__tokens=None)
    header = read_header(path)

    assert footprint(shape_of(header), header.bytes, 2048) == Footprint(header.bytes, 0, 0)


def test_a_file_that_claims_too_many_layers_takes_no_time(write_gguf: Writer) -> None:
    assert shape_of(read_header(write_gguf(llama__block_count=2**32 - 1))).layers == 2**32 - 1


def test_weights_are_sorted_by_where_llama_cpp_puts_them(write_gguf: Writer) -> None:
    weights = weights_of(read_header(write_gguf()))

    table = 32 * 262 * 4
    assert weights.layers == (4 * (2 * 32 + 4 * 32 * 32 + 3 * 32 * 64),)
    assert (weights.kept, weights.output) == (table, table + 32 * 4)


def test_a_model_without_an_output_of_its_own_copies_the_table_of_words(small_model: Path) -> None:
    weights = weights_of(read_header(small_model))

    assert len(weights.layers) == 30
    assert weights.output == weights.kept + 576 * 4
