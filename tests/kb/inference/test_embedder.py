"""The embedder's engine: pooling, prefixes, damaged folders, and the same vectors as sentence-transformers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from kb.inference import Role, open_encoder
from kb.inference.embedder import FOLDER_BATCH, Embedder, pooled
from kb.inference.engine import EngineError, StopFlag
from kb.inference.messages import Alive, Cancelled, Encode, Encoded, Generate, LoadEmbedder
from kb.inference.protocol import Vectors
from kb.inference.recipe import read_recipe

TEXTS = (
    "El descenso de gradiente ajusta los pesos poco a poco.",
    "¿Qué es el sobreajuste?",
    "A tokenizer cuts a text into pieces that the model knows.",
    "",
    "palabra " * 1000,
    "Las transformaciones lineales conservan la suma y el producto por un número.",
)


def write(folder: Path, name: str, value: object) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(value), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "un-modelo"
    places = {"Transformer": "", "Pooling": "1_Pooling", "Normalize": "2_Normalize"}
    modules = [{"type": f"sentence_transformers.models.{name}", "path": path} for name, path in places.items()]
    write(folder, "modules.json", modules)
    write(folder, "1_Pooling/config.json", {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False})
    return folder


def test_the_folder_says_how_its_model_is_used(folder: Path) -> None:
    write(folder, "sentence_bert_config.json", {"max_seq_length": 256, "do_lower_case": True})
    write(folder, "config_sentence_transformers.json", {"prompts": {"query": "q: ", "document": "d: "}})
    recipe = read_recipe(folder, "un-modelo")
    assert (recipe.max_tokens, recipe.lower, recipe.pooling) == (256, True, "mean")
    assert recipe.prefixes == {"query": "q: ", "passage": "d: "}


def test_what_the_folder_does_not_say_has_a_default(folder: Path) -> None:
    recipe = read_recipe(folder, "un-modelo")
    assert (recipe.max_tokens, recipe.lower) == (512, False)
    assert recipe.prefixes == {"query": "", "passage": ""}


@pytest.mark.parametrize(
    ("name", "known"), [("multilingual-e5-small", True), ("e5-base", True), ("all-minilm", False), ("made5-x", False)]
)
def test_e5_models_get_the_prefixes_they_were_trained_with(folder: Path, name: str, known: bool) -> None:
    prefixes = read_recipe(folder, name).prefixes
    assert prefixes == ({"query": "query: ", "passage": "passage: "} if known else {"query": "", "passage": ""})


def test_a_model_with_more_than_pooling_is_left_to_sentence_transformers(folder: Path) -> None:
    write(folder, "modules.json", [{"type": "sentence_transformers.models.Dense"}])
    assert read_recipe(folder, "un-modelo").pooling == "other"


def test_a_folder_that_is_no_embedder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        read_recipe(tmp_path, "x")
    assert caught.value.reason == "not_an_embedder"


def test_a_damaged_folder_is_refused(folder: Path, embedder_folder: Path) -> None:
    (folder / "sentence_bert_config.json").write_text("{", encoding="utf-8")
    with pytest.raises(EngineError) as caught:
        read_recipe(folder, "x")
    assert caught.value.reason == "damaged"
    (folder / "sentence_bert_config.json").unlink()
    shutil.copy(embedder_folder / "tokenizer.json", folder)
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model_int8.onnx").write_bytes(b"not a graph")
    with pytest.raises(EngineError) as caught:
        Embedder(LoadEmbedder(str(folder), "x", 1), StopFlag())
    assert caught.value.reason == "damaged"


def test_pooling_takes_the_mean_of_the_real_tokens_and_scales_to_one() -> None:
    states = np.array([[[3.0, 0.0], [0.0, 4.0], [100.0, 100.0]]], np.float32)
    mask = np.array([[1, 1, 0]], np.int64)
    assert np.allclose(pooled(states, mask, "mean"), [[0.6, 0.8]])
    assert np.allclose(pooled(states, mask, "cls"), [[1.0, 0.0]])
    assert np.allclose(pooled(np.zeros((1, 1, 2), np.float32), np.ones((1, 1), np.int64), "mean"), [[0.0, 0.0]])


def test_a_request_is_stopped_between_batches(embedder_folder: Path) -> None:
    stop = StopFlag()
    embedder = Embedder(LoadEmbedder(str(embedder_folder), "all-minilm-l6-v2", 1), stop)
    replies = embedder.run(Encode(7, ("hola",) * (2 * FOLDER_BATCH), "query"))
    assert next(replies) == Alive()
    stop.set()
    assert list(replies) == [Cancelled(7)]


def test_an_embedder_writes_no_text(embedder_folder: Path) -> None:
    embedder = Embedder(LoadEmbedder(str(embedder_folder), "all-minilm-l6-v2", 1), StopFlag())
    with pytest.raises(EngineError) as caught:
        list(embedder.run(Generate(1, "", "", 1, 0.0, 0, ())))
    assert caught.value.reason == "not_a_language_model"


def encoded(folder: Path, texts: tuple[str, ...]) -> Vectors:
    embedder = Embedder(LoadEmbedder(str(folder), "x", 1), StopFlag())
    (vectors,) = [reply for reply in embedder.run(Encode(1, texts, "passage")) if isinstance(reply, Encoded)]
    return np.frombuffer(vectors.data, np.float32).reshape(len(texts), vectors.dimension)


def test_the_export_gives_the_vectors_of_sentence_transformers(embedder_folder: Path, tmp_path: Path) -> None:
    if not any((embedder_folder / "onnx" / name).is_file() for name in ("model_int8.onnx", "model.onnx")):
        pytest.skip("needs the ONNX export of all-minilm-l6-v2 (make setup)")
    bare = tmp_path / "plain"  # a name that is not given glosses
    bare.mkdir()
    for entry in embedder_folder.iterdir():
        if entry.name != "onnx":
            (bare / entry.name).symlink_to(entry)
    encoder = open_encoder(str(bare), tmp_path, threads=1)
    expected = encoder.encode(TEXTS, Role.PASSAGE)
    encoder.close()
    cosines = (encoded(embedder_folder, TEXTS) * expected).sum(axis=1)
    assert cosines.min() >= 0.97, cosines
    assert np.allclose(np.linalg.norm(expected, axis=1), 1.0, atol=1e-5)


def test_special_tokens_in_a_text_are_mere_characters(embedder_folder: Path) -> None:
    if not (embedder_folder / "onnx").is_dir():
        pytest.skip("needs the ONNX export of all-minilm-l6-v2 (make setup)")
    plain, special = encoded(embedder_folder, ("un río", "un [SEP] río"))
    assert float(plain @ special) < 0.999
    ended, whole = encoded(embedder_folder, ("un [PAD] río [PAD]", "un río"))
    assert float(ended @ whole) < 0.999
