from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from kb.inference import export
from kb.inference.embedder import OnnxBackend
from kb.inference.export import (
    ExportDiffers,
    NoFastPath,
    NotAnEmbedder,
    export_in_child,
    export_onnx,
    exported,
)
from kb.inference.fingerprint import MADE_OF, fingerprint
from kb.inference.recipe import read_recipe

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def exported_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder of a BERT of two layers with random weights, exported once."""
    folder = tmp_path_factory.mktemp("embedder")
    make_embedder(folder)
    export_onnx(folder)
    return folder


def make_embedder(folder: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(7)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=128,
    )
    bare = folder / "bare"
    bare.mkdir(parents=True)
    (bare / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertModel(config).save_pretrained(bare)
    BertTokenizerFast(str(bare / "vocab.txt")).save_pretrained(bare)
    transformer = Transformer(str(bare), max_seq_length=128)
    SentenceTransformer(modules=[transformer, Pooling(64, "mean"), Normalize()], device="cpu").save(str(folder))
    shutil.rmtree(bare)


def test_the_graph_takes_any_number_of_texts_of_any_length(exported_folder: Path) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(exported_folder / "onnx" / "model_int8.onnx"))

    assert {entry.name for entry in session.get_inputs()} == {"input_ids", "attention_mask", "token_type_ids"}
    for batch, length in ((1, 1), (1, 30), (7, 3)):
        ids = np.full((batch, length), 9, np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (states,) = session.run(["last_hidden_state"], feed)
        assert states.shape == (batch, length, 64)
        assert states.dtype == np.float32


def test_its_vectors_are_those_of_the_model(exported_folder: Path) -> None:
    model, _ = export._load(exported_folder)
    recipe = read_recipe(exported_folder, "x")
    theirs = export._reference(model, recipe)

    ours = export._produced(OnnxBackend(exported_folder / "onnx" / "model_int8.onnx", recipe, 1), recipe)

    assert export.least_cosine(ours, theirs) > 0.97
    assert export.agreement(ours, theirs) > 0.999


def test_agreement_is_one_for_the_same_order_and_falls_with_what_is_lost() -> None:
    questions = np.eye(4, dtype=np.float32)
    passages = np.vstack([np.eye(4), np.full((8, 4), 0.5)]).astype(np.float32)
    assert export.agreement((questions, passages), (questions, passages)) == pytest.approx(1.0)
    worse = passages[::-1].copy()
    assert export.agreement((questions, worse), (questions, passages)) < 0.9


def test_a_finished_export_is_not_made_again(exported_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_load", lambda folder: pytest.fail("it was exported again"))

    assert export_onnx(exported_folder) == exported_folder / "onnx" / "model_int8.onnx" == exported(exported_folder)


def test_where_eight_bits_lose_too_much_the_float_graph_is_kept(
    exported_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(exported_folder, folder, ignore=shutil.ignore_patterns("onnx"))
    monkeypatch.setattr(export, "MIN_COSINE_INT8", 1.1)

    assert export_onnx(folder) == folder / "onnx" / "model.onnx" == exported(folder)
    assert sorted(path.name for path in (folder / "onnx").iterdir()) == [MADE_OF, "model.onnx"]

    (folder / "onnx" / "model.onnx").unlink()
    monkeypatch.setattr(export, "MIN_COSINE_FLOAT", 1.1)
    with pytest.raises(ExportDiffers):
        export_onnx(folder)
    assert [path.name for path in (folder / "onnx").iterdir()] == [MADE_OF]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAnEmbedder):
        export_onnx(tmp_path)


def test_a_broken_folder_is_refused_with_the_librarys_words_and_left_as_it_was(
    exported_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(exported_folder, folder, ignore=shutil.ignore_patterns("onnx"))
    (folder / "config.json").unlink()

    status = export.main([str(folder)])

    told = capsys.readouterr().err
    assert status == 1
    assert told.startswith("export_failed: model=broken")
    assert told.count("\n") == 1
    assert list((folder / "onnx").iterdir()) == []


def test_a_child_gives_the_finished_export_or_says_why_there_is_none(exported_folder: Path, tmp_path: Path) -> None:
    assert export_in_child(exported_folder) == exported_folder / "onnx" / "model_int8.onnx"
    with pytest.raises(NotAnEmbedder):
        export_in_child(tmp_path)


def test_a_read_only_model_is_exported_into_the_cache(
    exported_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, cache = tmp_path / "modelo", tmp_path / "cache"
    shutil.copytree(exported_folder, folder, ignore=shutil.ignore_patterns("onnx"))
    monkeypatch.setattr(
        "os.access", lambda path, mode: folder not in (path, *path.parents)
    )  # root may write anywhere

    path = export_onnx(folder, cache)

    assert path == cache / "exports" / f"modelo-{fingerprint(folder)}" / "model_int8.onnx" == exported(folder, cache)
    assert exported(folder) is None
    assert not (folder / "onnx").exists()


def test_an_export_of_other_weights_or_of_another_hand_is_not_used(exported_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "modelo"
    shutil.copytree(exported_folder, folder)
    assert exported(folder) is not None
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[:-4] + b"\x01\x02\x03\x04")
    assert exported(folder) is None
    (folder / "onnx" / MADE_OF).unlink()
    (folder / "onnx" / "model_int8.onnx").rename(folder / "onnx" / "model.onnx")
    assert exported(folder) is None


def test_a_model_with_more_than_pooling_is_not_exported(exported_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "modelo"
    shutil.copytree(exported_folder, folder, ignore=shutil.ignore_patterns("onnx"))
    (folder / "1_Pooling" / "config.json").write_text('{"embedding_dimension": 64, "pooling_mode": "lasttoken"}')
    with pytest.raises(NoFastPath):
        export_onnx(folder)
    with pytest.raises(NoFastPath):
        export_in_child(folder)
    assert not (folder / "onnx").exists()


def test_the_real_embedder_was_exported_to_eight_bits(model_cache: Path) -> None:
    assert exported(model_cache / "models" / "all-minilm-l6-v2") is not None
