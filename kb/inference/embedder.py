"""An embedder in a sentence-transformers folder: its ONNX export run by onnxruntime, else the folder itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.inference.cores import physical_cores
from kb.inference.engine import EngineError, StopFlag
from kb.inference.messages import Alive, Cancelled, Encode, Encoded, LoadEmbedder, Reply, Request
from kb.inference.protocol import Role, Vectors

FOLDER_BATCH = 16
"""Texts that sentence-transformers evaluates at once; more gain nothing on a CPU and make a cancellation wait."""

LONGEST_INPUT = 512
"""Tokens read of a text when the folder does not say: the positions of a BERT."""

E5_PREFIXES = {Role.QUERY.value: "query: ", Role.PASSAGE.value: "passage: "}
"""What E5 models were trained with and their folders do not say (model card of intfloat/multilingual-e5-small)."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a folder's model is used: tokens read, lower case first, pooling by "mean" or "cls", prefix by role."""

    max_tokens: int
    lower: bool
    pooling: str
    prefixes: dict[str, str]


class Backend(Protocol):
    """Whatever turns a few prefixed texts into vectors."""

    dimension: int
    batch: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, n x d."""
        ...


class Embedder:
    """A loaded embedder."""

    def __init__(self, load: LoadEmbedder, stop: StopFlag) -> None:
        folder = Path(load.path)
        self._stop = stop
        self._recipe = read_recipe(folder, load.name)
        threads = load.threads or min(2, physical_cores())
        self._backend = _open(folder, self._recipe, threads)

    def run(self, request: Request) -> Iterator[Reply | Alive]:
        """Yield one Encoded with the vectors in the order of the texts; shorter texts are run first."""
        if not isinstance(request, Encode):
            raise EngineError("not_a_language_model")
        prefix = self._recipe.prefixes.get(request.role, "")
        # A lone surrogate, as in a wrongly decoded file name, cannot be tokenised.
        texts = [(prefix + text).encode("utf-8", "replace").decode() for text in request.texts]
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        vectors = np.zeros((len(texts), self._backend.dimension), np.float32)
        for start in range(0, len(order), self._backend.batch):
            if self._stop.is_set():
                yield Cancelled(request.request)
                return
            chosen = order[start : start + self._backend.batch]
            vectors[chosen] = self._backend.encode([texts[index] for index in chosen])
            yield Alive()
        yield Encoded(request.request, self._backend.dimension, vectors.tobytes())


class OnnxBackend:
    """The exported model: tokenizers, onnxruntime, then pooling and normalisation here.

    One text at a time: the eight-bit model scales its activations over a whole batch, so that a text's vector would
    depend on its neighbours (cosine 0.989 to itself), and on a CPU a batch of passages is no faster (20 ms a passage
    alone, 27 ms in batches of 16, two cores).
    """

    batch = 1

    def __init__(self, folder: Path, file: Path, recipe: Recipe, threads: int) -> None:
        import onnxruntime
        import tokenizers

        self._recipe = recipe
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.encode_special_tokens = True  # "[SEP]" in a text is five characters, not the end of it
        self._tokenizer.enable_truncation(recipe.max_tokens)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Threads that spin between operators take the cores from the screen and from the language model.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._output = self._session.get_outputs()[0].name
        self.dimension = int(self.encode(["a"]).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, n x d."""
        given = [text.lower() for text in texts] if self._recipe.lower else list(texts)
        encodings = self._tokenizer.encode_batch(given)
        mask = np.array([encoding.attention_mask for encoding in encodings], np.int64)
        feeds = {
            "input_ids": np.array([encoding.ids for encoding in encodings], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([encoding.type_ids for encoding in encodings], np.int64),
        }
        fed = {name: value for name, value in feeds.items() if name in self._inputs}
        states = self._session.run([self._output], fed)[0]
        return pooled(np.asarray(states, np.float32), mask, self._recipe.pooling)


class FolderBackend:
    """The folder as sentence-transformers runs it: seconds to import, for models without an export."""

    batch = FOLDER_BATCH

    def __init__(self, folder: Path, recipe: Recipe, threads: int) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(threads)
        self._recipe = recipe
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self.dimension = int(self.encode(["a"]).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, n x d."""
        vectors = self._model.encode(
            list(texts), batch_size=FOLDER_BATCH, prompt="", normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)


def pooled(states: NDArray[np.float32], mask: NDArray[np.int64], pooling: str) -> Vectors:
    """Pool token states (n x t x d) under a mask (n x t) and scale to length 1, as sentence-transformers does."""
    if pooling == "cls":
        vectors = states[:, 0]
    else:
        weights = mask[:, :, None].astype(np.float32)
        vectors = (states * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
    unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit.astype(np.float32)


def read_recipe(folder: Path, name: str) -> Recipe:
    """Read how the model is used from the folder's own files. Raises EngineError for what is not an embedder."""
    if not (folder / "modules.json").is_file():
        raise EngineError("not_an_embedder", str(folder))
    sentence = _object(folder / "sentence_bert_config.json")
    pooling = _object(folder / "1_Pooling" / "config.json")
    modules = json.dumps(_json(folder / "modules.json"))
    simple = set(re.findall(r"models\.(\w+)", modules)) <= {"Transformer", "Pooling", "Normalize"}
    mean, cls = bool(pooling.get("pooling_mode_mean_tokens")), bool(pooling.get("pooling_mode_cls_token"))
    kind = {(True, False): "mean", (False, True): "cls"}.get((mean, cls), "other") if simple else "other"
    longest = sentence.get("max_seq_length")
    return Recipe(
        max_tokens=longest if isinstance(longest, int) and longest > 2 else LONGEST_INPUT,
        lower=bool(sentence.get("do_lower_case")),
        pooling=kind,
        prefixes=_prefixes(folder, name),
    )


def _prefixes(folder: Path, name: str) -> dict[str, str]:
    """What goes before a query and before a passage, by the folder's prompts, or as E5 wants it."""
    prompts = _object(folder / "config_sentence_transformers.json").get("prompts")
    given = {key: text for key, text in prompts.items() if isinstance(text, str)} if isinstance(prompts, dict) else {}
    passage = given.get("passage") or given.get("document") or ""
    found = {Role.QUERY.value: given.get("query", ""), Role.PASSAGE.value: passage}
    if not any(found.values()) and re.search(r"(^|[-_/])e5[-_]", f"{name} {folder.name}".replace(" ", "/")):
        return E5_PREFIXES
    return found


def _open(folder: Path, recipe: Recipe, threads: int) -> Backend:
    """Open the best there is of a folder. Raises EngineError, reason "damaged" when it cannot be read."""
    files = [folder / "onnx" / name for name in ("model_int8.onnx", "model.onnx")]
    exported = [file for file in files if file.is_file()]
    fast = exported and recipe.pooling != "other" and (folder / "tokenizer.json").is_file()
    try:
        return OnnxBackend(folder, exported[0], recipe, threads) if fast else FolderBackend(folder, recipe, threads)
    except MemoryError:
        raise
    except Exception as error:
        raise EngineError("damaged", f"{type(error).__name__}: {error}"[:500]) from error


def _json(path: Path) -> object:
    """Read a JSON file; raises EngineError, reason "damaged" when it is none."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError("damaged", f"{path.name}: {error}") from error


def _object(path: Path) -> dict[str, Any]:
    """Read a JSON object; an absent file is an empty one."""
    value = _json(path) if path.is_file() else {}
    return value if isinstance(value, dict) else {}
