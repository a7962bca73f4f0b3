"""Small models of many shapes give the vectors of sentence-transformers, by the fast path or through it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.errors import ModelUnavailable
from kb.inference import Role, embedder, export, open_encoder
from kb.inference.devices import driver_sees_card
from kb.inference.embedder import CARD_AFTER, Embedder
from kb.inference.engine import EngineError, StopFlag
from kb.inference.messages import Encode, Encoded, LoadEmbedder
from kb.inference.protocol import Vectors
from kb.inference.recipe import Pooling, read_recipe

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TEXTS = ("un gato duerme", "", "The CAT sat", "palabra " * 60, "¿qué es eso?", "a\x00b", "x" * 1_000_000)


def make(folder: Path, *, kind: str = "bert", pooling: str = "mean", extra: str = "", **settings: Any) -> Path:
    """Save a model of two layers with random weights as sentence-transformers does."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast, DistilBertConfig, DistilBertModel

    torch.manual_seed(7)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    shape = {"vocab_size": len(words), "max_position_embeddings": 64}
    if kind == "bert":
        sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
        bare: Any = BertModel(BertConfig(**shape, **sizes))
    else:
        bare = DistilBertModel(DistilBertConfig(**shape, dim=32, n_layers=2, n_heads=2, hidden_dim=64))
    plain = folder.with_name(f"{folder.name}-plain")
    plain.mkdir(parents=True)
    (plain / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    bare.save_pretrained(plain)
    BertTokenizerFast(str(plain / "vocab.txt"), do_lower_case=False).save_pretrained(plain)
    modules: list[Any] = [Transformer(str(plain)), Pooling(32, pooling)]
    modules += [Dense(32, 16)] if extra == "dense" else []
    modules += [Normalize()] if extra != "raw" else []
    SentenceTransformer(modules=modules, device="cpu", prompts=settings.pop("prompts", None)).save(str(folder))
    own = folder / "sentence_bert_config.json"
    own.write_text(json.dumps({**json.loads(own.read_text()), **settings}))
    return folder


def theirs(folder: Path, role: Role) -> Vectors:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    encode = model.encode_query if role is Role.QUERY else model.encode_document
    return np.asarray(encode(list(TEXTS), normalize_embeddings=True, show_progress_bar=False), np.float32)


def ours(folder: Path, role: Role) -> tuple[Vectors, str]:
    engine = Embedder(LoadEmbedder(str(folder), "x", 1), StopFlag())
    (made,) = [reply for reply in engine.run(Encode(1, TEXTS, role.value)) if isinstance(reply, Encoded)]
    return np.frombuffer(made.data, np.float32).reshape(len(TEXTS), made.dimension), made.runs


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain model with its export, made once; nothing may change it."""
    folder = make(tmp_path_factory.mktemp("models") / "modelo")
    export.export_onnx(folder)
    return folder


@pytest.mark.parametrize(
    "shape",
    [
        {"kind": "distilbert", "pooling": "cls"},
        {
            "extra": "raw",
            "max_seq_length": 16,
            "do_lower_case": True,
            "prompts": {"query": "pregunta: ", "document": "texto: "},
        },
    ],
    ids=["cls", "prompts"],
)
def test_the_float_graph_gives_the_vectors_of_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: dict[str, Any]
) -> None:
    folder = make(tmp_path / "modelo", **shape)
    monkeypatch.setattr(export, "MIN_COSINE_INT8", 1.1)
    assert export.export_onnx(folder).name == "model.onnx"
    found = {}
    for role in Role:
        found[role], runs = ours(folder, role)
        assert runs == "float32"
        assert (found[role] * theirs(folder, role)).sum(axis=1).min() > 0.999
    if "prompts" in shape:
        assert (found[Role.QUERY] * found[Role.PASSAGE]).sum(axis=1).min() < 0.999


@pytest.mark.parametrize("shape", [{"extra": "dense"}, {"pooling": "lasttoken"}, {"pooling": "max"}], ids=str)
def test_what_does_more_is_left_to_sentence_transformers(tmp_path: Path, shape: dict[str, Any]) -> None:
    folder = make(tmp_path / "modelo", **shape, prompts={"query": "pregunta: ", "document": ""})
    assert read_recipe(folder, "x").pooling is Pooling.OTHER
    with pytest.raises(export.NoFastPath):
        export.export_onnx(folder)
    made, runs = ours(folder, Role.QUERY)
    assert runs == "torch"
    assert (made * theirs(folder, Role.QUERY)).sum(axis=1).min() > 0.999


def test_an_embedder_with_an_export_imports_no_torch(model: Path) -> None:
    code = """if True:
        import sys
        from kb.inference.embedder import Embedder
        from kb.inference.engine import StopFlag
        from kb.inference.messages import Encode, LoadEmbedder
        engine = Embedder(LoadEmbedder(sys.argv[1], "x", 1), StopFlag())
        replies = list(engine.run(Encode(1, ("un gato",) * 3, "passage")))
        print(replies[-1].runs, sorted({"torch", "transformers", "sentence_transformers"} & set(sys.modules)))
        """
    ran = subprocess.run([sys.executable, "-c", code, str(model)], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "int8 []"


class Card:
    """Stands in for sentence-transformers on a graphics card."""

    made = 0

    def __init__(self, folder: Path, threads: int) -> None:
        Card.made += 1
        self.runs, self.batch, self.dimension = "cuda", 256, 32

    def encode(self, texts: Any, prefix: str) -> Vectors:
        return np.tile(np.eye(32, dtype=np.float32)[0], (len(texts), 1))


@pytest.mark.parametrize(("device", "expected"), [("cuda", "cuda"), ("cpu", "int8")])
def test_many_passages_go_to_the_card_and_questions_do_not(
    model: Path, monkeypatch: pytest.MonkeyPatch, device: str, expected: str
) -> None:
    import torch

    monkeypatch.setattr(embedder, "driver_sees_card", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: device == "cuda")
    monkeypatch.setattr(embedder, "FolderBackend", Card)
    Card.made = 0
    engine = Embedder(LoadEmbedder(str(model), "x", 1), StopFlag())

    def runs(role: str, count: int) -> str:
        replies = list(engine.run(Encode(1, ("un gato",) * count, role)))
        assert isinstance(replies[-1], Encoded)
        return replies[-1].runs

    assert runs("passage", CARD_AFTER - 1) == "int8"
    assert runs("query", 3) == "int8"
    assert Card.made == 0
    assert runs("passage", 1) == expected
    assert runs("passage", 5) == expected
    assert runs("query", 1) == "int8"
    assert Card.made == (1 if device == "cuda" else 0)


def test_sentence_transformers_is_given_the_card_where_torch_sees_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sentence_transformers
    import torch

    asked: list[str] = []

    class Model:
        def __init__(self, folder: str, device: str, local_files_only: bool) -> None:
            asked.append(device)

        def encode(self, texts: list[str], **settings: Any) -> Vectors:
            asked.append(str(settings["batch_size"]))
            return np.ones((len(texts), 4), np.float32)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", Model)
    assert embedder.FolderBackend(tmp_path, 1).runs == "cuda"
    assert asked == ["cuda", "256"]


@pytest.mark.parametrize(
    ("init", "cards", "seen"), [(0, 1, True), (0, 0, False), (100, 1, False)], ids=["card", "no card", "no driver"]
)
def test_a_card_is_counted_by_its_driver(init: int, cards: int, seen: bool) -> None:
    class Driver:
        def cuInit(self, flags: int) -> int:  # noqa: N802 (the driver's name)
            return init

        def cuDeviceGetCount(self, count: Any) -> int:  # noqa: N802 (the driver's name)
            count._obj.value = cards
            return 0

    def load(name: str) -> Driver:
        if name != "nvcuda.dll":
            raise OSError(name)
        return Driver()

    assert driver_sees_card(load) is seen


def test_vectors_that_are_no_numbers_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    folder = make(tmp_path / "modelo", pooling="max")
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    weights["embeddings.LayerNorm.weight"] = torch.full_like(weights["embeddings.LayerNorm.weight"], float("nan"))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EngineError) as caught:
        ours(folder, Role.PASSAGE)
    assert caught.value.reason == "bad_vectors"


def test_a_cut_graph_is_damaged_and_what_is_no_embedder_is_refused(
    model: Path, tmp_path: Path, small_model: Path
) -> None:
    folder = tmp_path / "modelo"
    shutil.copytree(model, folder)
    graph = folder / "onnx" / "model_int8.onnx"
    graph.write_bytes(graph.read_bytes()[:1000])
    cases = {str(folder): "damaged", str(small_model): "not_an_embedder", str(tmp_path): "not_an_embedder"}
    for source, reason in {**cases, str(tmp_path / "nowhere"): "missing"}.items():
        encoder = open_encoder(source, tmp_path)
        try:
            with pytest.raises(ModelUnavailable) as caught:
                encoder.encode(["a"], Role.QUERY)
            assert caught.value.params["reason"] == reason
        finally:
            encoder.close()
