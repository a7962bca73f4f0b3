from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from kb.inference import export
from kb.inference.export import (
    SENTENCES,
    ExportDiffers,
    ExportFailed,
    NotAnEmbedder,
    export_in_child,
    export_onnx,
    exported,
)

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
    model, inputs = export._load(exported_folder)
    theirs = model.encode(list(SENTENCES), show_progress_bar=False)

    ours = export._sentence_vectors(model, exported_folder / "onnx" / "model_int8.onnx", inputs)

    assert ours.shape == theirs.shape
    assert np.min(np.sum(ours * theirs, axis=1)) > 0.97


def test_a_finished_export_is_not_made_again(exported_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_load", lambda folder: pytest.fail("it was exported again"))

    assert export_onnx(exported_folder) == exported_folder / "onnx" / "model_int8.onnx" == exported(exported_folder)


def test_where_eight_bits_lose_too_much_the_float_graph_is_kept(
    exported_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(exported_folder, folder, ignore=shutil.ignore_patterns("onnx"))
    monkeypatch.setattr(export, "MIN_COSINE_INT8", 1.1)

    assert export_onnx(folder) == folder / "onnx" / "model.onnx"
    assert [path.name for path in (folder / "onnx").iterdir()] == ["model.onnx"]

    (folder / "onnx" / "model.onnx").unlink()
    monkeypatch.setattr(export, "MIN_COSINE_FLOAT", 1.1)
    with pytest.raises(ExportDiffers):
        export_onnx(folder)
    assert list((folder / "onnx").iterdir()) == []


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAnEmbedder):
        export_onnx(tmp_path)


def test_a_broken_folder_is_refused_with_the_librarys_words_and_left_as_it_was(
    exported_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(exported_folder, folder, ignore=shutil.ignore_patterns("onnx", "config.json"))

    status = export.main([str(folder)])

    told = capsys.readouterr().err
    assert status == 1
    assert told.startswith("export_failed: model=broken")
    assert told.count("\n") == 1
    assert list((folder / "onnx").iterdir()) == []


def test_a_child_gives_the_finished_export_or_says_why_there_is_none(exported_folder: Path, tmp_path: Path) -> None:
    assert export_in_child(exported_folder) == exported_folder / "onnx" / "model_int8.onnx"
    with pytest.raises(ExportFailed) as caught:
        export_in_child(tmp_path)
    assert "not_an_embedder" in caught.value.params["reason"]


def test_the_real_embedder_was_exported_to_eight_bits(model_cache: Path) -> None:
    assert exported(model_cache / "models" / "all-minilm-l6-v2") is not None
