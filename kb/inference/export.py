"""Export a sentence-transformers folder to ONNX once, so that day-to-day encoding needs no torch.

`python -m kb.inference.export FOLDER [CACHE]` writes `FOLDER/onnx/model_int8.onnx` (or `model.onnx` where eight bits
lose too much) and prints its path; with a cache folder, the export of a read-only model lies there. The graph takes
`input_ids`, `attention_mask` and, where the model has them, `token_type_ids` (int64, batch x tokens) and returns
`last_hidden_state` (float32, batch x tokens x d); pooling and normalisation are the encoder's.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from kb.errors import ModelUnavailable
from kb.inference.embedder import OnnxBackend
from kb.inference.engine import EngineError
from kb.inference.fingerprint import GRAPHS, MADE_OF, fingerprint, graph_in, graphs_of
from kb.inference.protocol import Vectors
from kb.inference.recipe import Recipe, read_recipe
from kb.inference.yardstick import PASSAGES, QUESTIONS

MIN_AGREEMENT = 0.995
"""nDCG@10 of a graph's order of the built-in passages, with the model's own cosines as gains, under which it is not
kept: half a point below the model's own order, which has 1 (Järvelin and Kekäläinen, TOIS 20, 2002)."""

MIN_COSINE_INT8 = 0.95
"""Least cosine of a text's vector to the model's under which eight-bit weights are not kept."""

MIN_COSINE_FLOAT = 0.999
"""The same for float weights, under which the export itself is wrong."""

Inputs = dict[str, NDArray[np.int64]]
Encodings = tuple[Vectors, Vectors]
"""The vectors of the built-in questions and of the built-in passages."""


class NotAnEmbedder(ModelUnavailable):
    """The folder is not a sentence-transformers one; parameter `model`."""

    code = "not_an_embedder"


class ExportDiffers(ModelUnavailable):
    """The exported graph gives other vectors than the model; parameter `model`."""

    code = "export_differs"


class ExportFailed(ModelUnavailable):
    """The libraries could not load or convert the model; parameters `model` and `reason`, their own words."""

    code = "export_failed"


class NoFastPath(ModelUnavailable):
    """The model has more to it than a transformer, a pooling and a tokenizer of today's format; parameter `model`."""

    code = "no_fast_path"


def exported(folder: Path, cache: Path | None = None) -> Path | None:
    """Return the finished export of a model's folder, in it or in the cache folder, or None where there is none."""
    return graph_in(graphs_of(folder, cache) if cache else folder / "onnx", folder)


def export_onnx(folder: Path, cache: Path | None = None) -> Path:
    """Export the model of `folder` and return the file to use: int8, or float32 where int8 is too far off.

    It lies beside the model, or in the cache folder where the model's own is read-only. A finished export is returned
    as it is. Raises NotAnEmbedder, NoFastPath, ExportFailed or ExportDiffers, and leaves no half-written file.
    """
    if (done := exported(folder, cache)) is not None:
        return done
    recipe = _recipe(folder)
    target = graphs_of(folder, cache) if cache else folder / "onnx"
    drafts = {name: target / f".{os.getpid()}-{name}" for name in GRAPHS}
    try:
        target.mkdir(parents=True, exist_ok=True)
        with _quiet():
            kept = _best(folder, recipe, drafts)
        if kept is not None:
            for name in GRAPHS:  # before the note, which would vouch for them
                (target / name).unlink(missing_ok=True)
            (target / MADE_OF).write_text(fingerprint(folder), "ascii")
            drafts[kept].replace(target / kept)
            return target / kept
    except (OSError, ValueError, KeyError, RuntimeError) as error:  # what torch and transformers raise
        reason = (str(error).strip().splitlines() or [""])[0]
        raise ExportFailed(model=folder.name, reason=f"{type(error).__name__}: {reason}"[:300]) from error
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
    raise ExportDiffers(model=folder.name, reason="export_differs")


def _recipe(folder: Path) -> Recipe:
    try:
        recipe = read_recipe(folder, folder.name)
    except EngineError as error:
        if error.reason == "not_an_embedder":
            raise NotAnEmbedder(model=folder, reason=error.reason) from error
        raise ExportFailed(model=folder.name, reason=str(error)) from error
    if not recipe.exportable:
        raise NoFastPath(model=folder.name, reason="no_fast_path")
    return recipe


def _best(folder: Path, recipe: Recipe, drafts: dict[str, Path]) -> str | None:
    """Write both graphs and return the name of the better one that is good enough."""
    model, inputs = _load(folder)
    _export_float(model, inputs, drafts["model.onnx"])
    _quantise(drafts["model.onnx"], drafts["model_int8.onnx"])
    theirs = _reference(model, recipe)
    for name, least in (("model_int8.onnx", MIN_COSINE_INT8), ("model.onnx", MIN_COSINE_FLOAT)):
        ours = _produced(OnnxBackend(drafts[name], recipe, 2), recipe)
        if agreement(ours, theirs) >= MIN_AGREEMENT and least_cosine(ours, theirs) >= least:
            return name
    return None


def _reference(model: Any, recipe: Recipe) -> Encodings:
    """Return the built-in questions and passages as sentence-transformers encodes them."""
    questions, passages = (
        model.encode(list(texts), prompt=recipe.prefixes[role], normalize_embeddings=True, show_progress_bar=False)
        for role, texts in (("query", QUESTIONS), ("passage", PASSAGES))
    )
    return np.asarray(questions, np.float32), np.asarray(passages, np.float32)


def _produced(backend: OnnxBackend, recipe: Recipe) -> Encodings:
    """Return the same as the graph is used from day to day: one text at a time, our tokens, pooling and prefixes."""
    questions, passages = (
        np.concatenate([backend.encode([text], recipe.prefixes[role]) for text in texts])
        for role, texts in (("query", QUESTIONS), ("passage", PASSAGES))
    )
    return questions, passages


def agreement(ours: Encodings, theirs: Encodings) -> float:
    """Return the mean nDCG@10 of our order of the passages for each question, their cosines being the gains."""
    gains = np.maximum(theirs[0] @ theirs[1].T, 0.0)
    discounts = 1.0 / np.log2(np.arange(2, 12))
    order = np.argsort(-(ours[0] @ ours[1].T), axis=1, kind="stable")[:, :10]
    reached = np.take_along_axis(gains, order, axis=1) @ discounts
    best = -np.sort(-gains, axis=1)[:, :10] @ discounts
    return float(np.mean(reached / np.maximum(best, 1e-12)))


def least_cosine(ours: Encodings, theirs: Encodings) -> float:
    """Return the least cosine of a text's two vectors, all of unit length."""
    pairs = zip(ours, theirs, strict=True)
    return min(float(np.min(np.sum(mine * other, axis=1))) for mine, other in pairs)


def export_in_child(folder: Path, cache: Path | None = None, python: str = sys.executable) -> Path:
    """Export in a process of its own, so that the caller imports no torch. Raises what `export_onnx` does."""
    command = [python, "-P", "-m", "kb.inference.export", str(folder), *([str(cache)] if cache else [])]
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    child = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )
    told = (child.stdout if child.returncode == 0 else child.stderr).strip().splitlines()
    if child.returncode != 0 or not told:
        _raise_told(folder, told[-1] if told else f"exit status {child.returncode}")
    return Path(told[-1])


def _raise_told(folder: Path, told: str) -> NoReturn:
    """Raise the error that a child told in its last line, as `main` writes it."""
    for kind in (NotAnEmbedder, NoFastPath, ExportDiffers):
        if told.startswith(f"{kind.code}:"):
            raise kind(model=folder.name, reason=kind.code)
    raise ExportFailed(model=folder.name, reason=told)


def _load(folder: Path) -> tuple[Any, Inputs]:
    """Open the model with sentence-transformers, on the CPU; return it and its inputs for a few questions."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    tokens = model.tokenizer(list(QUESTIONS), padding=True, truncation=True, return_tensors="np")
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in tokens]
    return model, {name: np.asarray(tokens[name], np.int64) for name in names}


def _export_float(model: Any, inputs: Inputs, draft: Path) -> None:
    """Write the float32 graph of the model's transformer, with free batch and token dimensions."""
    import torch

    free = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens")}
    with torch.no_grad():
        torch.onnx.export(
            _wrapper(model[0].auto_model.eval(), list(inputs)),
            tuple(torch.from_numpy(values) for values in inputs.values()),
            str(draft),
            input_names=list(inputs),
            output_names=["last_hidden_state"],
            dynamic_shapes=(tuple(free for _ in inputs),),
            dynamo=True,
            verbose=False,
            external_data=False,
        )


def _wrapper(transformer: Any, names: Sequence[str]) -> Any:
    """Return a module over the named inputs that gives nothing but `last_hidden_state`."""
    import torch

    class LastHiddenState(torch.nn.Module):  # type: ignore[misc]  # torch is untyped here
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, *inputs: Any) -> Any:
            return self.transformer(**dict(zip(names, inputs, strict=True)), return_dict=True).last_hidden_state

    return LastHiddenState().eval()


def _quantise(source: Path, target: Path) -> None:
    """Write the graph with int8 weights, a scale per output channel."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(str(source), str(target), weight_type=QuantType.QInt8, per_channel=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence progress bars, warnings and log lines of the libraries while they export."""
    saved = {name: os.environ.get(name) for name in ("TQDM_DISABLE", "TRANSFORMERS_VERBOSITY", "HF_HUB_OFFLINE")}
    os.environ.update(TQDM_DISABLE="1", TRANSFORMERS_VERBOSITY="error", HF_HUB_OFFLINE="1")
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def main(arguments: Sequence[str]) -> int:
    """Export `FOLDER [CACHE]`; print the graph's path, or the error on stderr."""
    try:
        path = export_onnx(*map(Path, arguments[:2]))
    except ModelUnavailable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
