"""A GGUF file is believed nothing: whatever it holds, it is read within bounds or refused with a reason."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.inference import gguf_header
from kb.inference.engine import EngineError
from kb.inference.gguf_header import MAX_KEYS, Numbers, read_header

Writer = Callable[..., Path]

REASONS = {"missing", "is_folder", "unreadable", "not_gguf", "gguf_version", "damaged", "truncated"}

FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)


def refused(path: Path) -> EngineError:
    with pytest.raises(EngineError) as caught:
        read_header(path)
    return caught.value


def head(keys: int = 0, tensors: int = 0, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys)


def key(name: bytes, kind: int) -> bytes:
    return struct.pack("<Q", len(name)) + name + struct.pack("<I", kind)


def test_a_header_is_read_as_it_was_written(write_gguf: Writer) -> None:
    path = write_gguf(general__name="Prueba ñ", general__kept=True, llama__lists=[7, -8])

    header = read_header(path)

    assert (header.architecture, header.text("general.name")) == ("llama", "Prueba ñ")
    assert header.number("llama.block_count") == 1
    assert header.metadata["general.kept"] is True
    assert header.metadata["llama.lists"] == Numbers(2, (7, -8))
    assert header.count("tokenizer.ggml.tokens") == 262
    assert header.text("llama.block_count") == header.text("no.such.key") == ""
    assert header.number("general.name", 5) == 5
    last = max(header.tensors, key=lambda tensor: tensor.offset)
    assert header.weights_at + last.offset + last.bytes == header.bytes == path.stat().st_size


def test_the_tensors_of_a_real_model_end_where_its_file_ends(small_model: Path) -> None:
    header = read_header(small_model)

    assert (header.architecture, len(header.tensors)) == ("llama", 272)
    assert max(header.weights_at + tensor.offset + tensor.bytes for tensor in header.tensors) == header.bytes


def test_a_file_without_its_end_is_known_by_its_tensors(write_gguf: Writer) -> None:
    error = refused(write_gguf(cut=1))

    assert error.reason == "truncated"
    assert error.params == ("expected", "1", "found", "0")


def test_every_cut_of_a_file_is_refused(write_gguf: Writer, tmp_path: Path) -> None:
    data = write_gguf(tokenizer__ggml__tokens=["a", "b"]).read_bytes()
    path = tmp_path / "cut.gguf"
    for length in (*range(1500), len(data) - 1):
        path.write_bytes(data[:length])
        assert refused(path).reason == ("not_gguf" if length < 4 else "truncated")


@FIXTURE
@given(data=st.binary(max_size=400))
def test_noise_after_the_magic_is_refused_with_a_reason(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "noise.gguf"
    path.write_bytes(head(1, 1) + data)
    assert refused(path).reason in REASONS


@FIXTURE
@given(changes=st.lists(st.tuples(st.integers(4, 6000), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_file_with_wrong_bytes_is_read_or_refused(
    write_gguf: Writer, tmp_path: Path, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(write_gguf().read_bytes())
    for place, byte in changes:
        data[place] = byte
    path = tmp_path / "changed.gguf"
    path.write_bytes(data)
    try:
        assert read_header(path).bytes == len(data)
    except EngineError as error:
        assert error.reason in REASONS


ENORMOUS = 2**63
HOSTILE = {
    "keys": head(keys=ENORMOUS) + bytes(64),
    "keys within the file": head(keys=MAX_KEYS + 1) + bytes(2**18),
    "tensors": head(tensors=ENORMOUS) + bytes(64),
    "name": head(1) + struct.pack("<Q", ENORMOUS) + bytes(64),
    "text": head(1) + key(b"a", 8) + struct.pack("<Q", ENORMOUS) + bytes(64),
    "text within the file": head(1) + key(b"a", 8) + struct.pack("<Q", 2**21) + bytes(2**21),
    "numbers": head(1) + key(b"a", 9) + struct.pack("<IQ", 4, ENORMOUS) + bytes(64),
    "texts": head(1) + key(b"a", 9) + struct.pack("<IQ", 8, ENORMOUS) + bytes(64),
    "texts of nothing": head(1) + key(b"a", 9) + struct.pack("<IQ", 8, 2**40) + bytes(2**16),
    "a text in texts": head(1) + key(b"a", 9) + struct.pack("<IQQ", 8, 2, ENORMOUS) + bytes(64),
    "lists in lists": head(1) + key(b"a", 9) + struct.pack("<IQ", 9, 1) + bytes(64),
    "kind": head(1) + key(b"a", 77) + bytes(64),
    "kind in a list": head(1) + key(b"a", 9) + struct.pack("<IQ", 13, 1) + bytes(64),
    "dimensions": head(0, 1) + struct.pack("<Q", 1) + b"t" + struct.pack("<I", 2**31) + bytes(64),
    "size": head(0, 1) + struct.pack("<Q", 1) + b"t" + struct.pack("<I4QIQ", 4, *[2**63] * 4, 0, 0) + bytes(64),
    "offset": head(0, 1) + struct.pack("<Q", 1) + b"t" + struct.pack("<IQIQ", 1, 1, 0, ENORMOUS) + bytes(64),
    "alignment": head(1) + key(b"general.alignment", 4) + struct.pack("<I", 0) + bytes(64),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_takes_no_memory(name: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.gguf"
    path.write_bytes(HOSTILE[name])
    tracemalloc.start()
    try:
        error = refused(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.reason in {"damaged", "truncated"}
    assert most < 4 * 2**20


def test_many_short_texts_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    text = key(b"", 8) + struct.pack("<Q", 2**20) + bytes(2**20)
    path = tmp_path / "texts.gguf"
    path.write_bytes(head(20) + text * 20)
    assert refused(path).reason == "damaged"


def test_lists_of_more_texts_than_any_model_has_are_refused(
    write_gguf: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_gguf(tokenizer__ggml__tokens=["a"] * 6, more__texts=["b"] * 5)
    monkeypatch.setattr(gguf_header, "MAX_ITEMS", 11)
    assert read_header(path).count("more.texts") == 5
    monkeypatch.setattr(gguf_header, "MAX_ITEMS", 10)
    assert refused(path).reason == "damaged"


@pytest.mark.parametrize("version", [0, 1, 4, 3 << 24])
def test_other_versions_and_other_byte_orders_are_refused(version: int, tmp_path: Path) -> None:
    path = tmp_path / "version.gguf"
    path.write_bytes(head(version=version) + bytes(64))
    assert refused(path).reason == "gguf_version"


def test_what_is_no_file_of_ours_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "zip.gguf").write_bytes(b"PK\x03\x04" + bytes(100))
    assert refused(tmp_path / "zip.gguf").reason == "not_gguf"
    assert refused(tmp_path).reason == "is_folder"
    assert refused(tmp_path / "none.gguf").reason == "missing"


def test_a_tensor_of_an_unknown_type_claims_no_size(tmp_path: Path) -> None:
    path = tmp_path / "new.gguf"
    tensor = struct.pack("<Q", 1) + b"t" + struct.pack("<IQIQ", 1, 10**12, 99, 0)
    path.write_bytes(head(0, 1) + tensor + bytes(64))
    assert read_header(path).tensors[0].bytes == 0


def test_a_file_that_the_system_does_not_let_read_is_told_apart(
    write_gguf: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_gguf()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert refused(path).reason == "unreadable"
