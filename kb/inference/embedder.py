"""An embedder in a sentence-transformers folder: its ONNX export run by onnxruntime, else the folder itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.inference.cores import physical_cores
from kb.inference.devices import CPU, CUDA, driver_sees_card, torch_device
from kb.inference.engine import EngineError, StopFlag
from kb.inference.fingerprint import graph_in
from kb.inference.messages import Alive, Cancelled, Encode, Encoded, LoadEmbedder, Ready, Reply, Request
from kb.inference.protocol import Role, Vectors
from kb.inference.recipe import Pooling, Recipe, read_recipe

FOLDER_BATCH = 16
"""Texts that sentence-transformers evaluates at once; more gain nothing on a CPU and make a cancellation wait."""

CARD_BATCH = 256
"""The same on a graphics card, which a few texts leave idle."""

CARD_AFTER = 512
"""Passages that one process encodes on the CPU before it asks for a graphics card: what importing torch and moving
the model there costs in time (six seconds and more against 15 ms a passage)."""


class Backend(Protocol):
    """Whatever turns a few texts into vectors; `runs` names how: int8, float32, torch or cuda."""

    runs: str
    dimension: int
    batch: int

    def encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        """Return unit vectors, n x d."""
        ...


class Embedder:
    """A loaded embedder; where there is a graphics card, it moves there once there is much to encode."""

    ready = Ready()

    def __init__(self, load: LoadEmbedder, stop: StopFlag) -> None:
        self._folder = Path(load.path)
        self._stop = stop
        self._recipe = read_recipe(self._folder, load.name)
        self._threads = load.threads or min(2, physical_cores())
        graph = graph_in(Path(load.graphs) if load.graphs else self._folder / "onnx", self._folder)
        self._backend = _open(self._folder, self._recipe, self._threads, graph)
        self._card: Backend | None = None
        fast = isinstance(self._backend, OnnxBackend)
        self._until_card = CARD_AFTER if fast and driver_sees_card() else 0

    def run(self, request: Request) -> Iterator[Reply | Alive]:
        """Yield one Encoded with the vectors in the order of the texts; shorter texts are run first."""
        if not isinstance(request, Encode):
            raise EngineError("not_a_language_model")
        backend = self._choose(request)
        prefix = self._recipe.prefixes.get(request.role, "")
        # A lone surrogate, as in a wrongly decoded file name, cannot be tokenised.
        texts = [text.encode("utf-8", "replace").decode() for text in request.texts]
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        vectors = np.zeros((len(texts), backend.dimension), np.float32)
        for start in range(0, len(order), backend.batch):
            if self._stop.is_set():
                yield Cancelled(request.request)
                return
            chosen = order[start : start + backend.batch]
            vectors[chosen] = backend.encode([texts[index] for index in chosen], prefix)
            yield Alive()
        if not np.isfinite(vectors).all():
            raise EngineError("bad_vectors")
        yield Encoded(request.request, backend.dimension, vectors.tobytes(), backend.runs)

    def _choose(self, request: Encode) -> Backend:
        """Return what to encode with: questions stay where they answer at once, many passages go to the card."""
        if request.role != Role.PASSAGE.value:
            return self._backend
        if self._until_card > 0:
            self._until_card -= len(request.texts)
            if self._until_card <= 0 and torch_device() == CUDA:
                self._card = _open(self._folder, self._recipe, self._threads, None)
        return self._card or self._backend


class OnnxBackend:
    """The exported model: tokenizers, onnxruntime, then pooling and normalisation here.

    One text at a time: the eight-bit model scales its activations over a whole batch, so that a text's vector would
    depend on its neighbours (cosine 0.982 to itself), and on a CPU a batch is no faster. Measured with MiniLM on two
    busy cores, milliseconds of processor time a passage of 225 tokens: int8 alone 26; float32 alone 44, in batches of
    eight 51; eight-bit weights with a scale a row of activations (MatMulNBits), which no batch changes, alone 43, in
    batches 54. Two streams of one thread each take as long as one of two threads.
    """

    batch = 1

    def __init__(self, file: Path, recipe: Recipe, threads: int) -> None:
        import onnxruntime
        import tokenizers

        self.runs = "int8" if "int8" in file.name else "float32"
        self._recipe = recipe
        self._tokenizer = tokenizers.Tokenizer.from_file(str(recipe.transformer / "tokenizer.json"))
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
        self.dimension = int(self.encode(["a"], "").shape[1])

    def encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        """Return unit vectors, n x d, of texts that have as many tokens as each other."""
        prefixed = [prefix + text for text in texts]
        given = [text.lower() for text in prefixed] if self._recipe.lower else prefixed
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
    """The folder as sentence-transformers runs it: seconds to import, for models without an export and for a card."""

    def __init__(self, folder: Path, threads: int) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        device = torch_device()
        self.runs = CUDA if device == CUDA else "torch"
        self.batch = CARD_BATCH if device == CUDA else FOLDER_BATCH
        if device == CPU:
            torch.set_num_threads(threads)
        self._model = SentenceTransformer(str(folder), device=device, local_files_only=True)
        self.dimension = int(self.encode(["a"], "").shape[1])

    def encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        """Return unit vectors, n x d."""
        vectors = self._model.encode(
            list(texts), batch_size=self.batch, prompt=prefix, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)


def pooled(states: NDArray[np.float32], mask: NDArray[np.int64], pooling: str) -> Vectors:
    """Pool token states (n x t x d) under a mask (n x t) and scale to length 1, as sentence-transformers does."""
    if pooling == Pooling.CLS:
        vectors = states[:, 0]
    else:
        weights = mask[:, :, None].astype(np.float32)
        vectors = (states * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
    unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit.astype(np.float32)


def _open(folder: Path, recipe: Recipe, threads: int, graph: Path | None) -> Backend:
    """Open the best there is of a folder. Raises EngineError, reason "damaged" when it cannot be read."""
    try:
        if graph is not None and recipe.exportable:
            return OnnxBackend(graph, recipe, threads)
        return FolderBackend(folder, threads)
    except MemoryError:
        raise
    except Exception as error:
        raise EngineError("damaged", f"{type(error).__name__}: {error}"[:500]) from error
