"""Export a sentence-transformers folder to ONNX once, so that day-to-day encoding needs no torch.

`python -m kb.inference.export FOLDER` writes `FOLDER/onnx/model_int8.onnx` (or `model.onnx` where eight bits lose
too much) and prints its path. The graph takes `input_ids`, `attention_mask` and, where the model has them,
`token_type_ids` (int64, batch x tokens) and returns `last_hidden_state` (float32, batch x tokens x d); pooling and
normalisation are the encoder's.
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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import ModelUnavailable

MIN_COSINE_INT8 = 0.97
"""Mean cosine to the float model under which eight-bit weights are not kept (measured 0.99 for MiniLM)."""

MIN_COSINE_FLOAT = 0.999
"""Mean cosine to the float model under which the export itself is wrong."""

FILES = ("model_int8.onnx", "model.onnx")
"""What an export may leave in `onnx/`, the better first."""

SENTENCES = (
    "¿Qué es el sobreajuste y cómo se detecta?",
    "La atención reparte el peso entre las palabras de la frase.",
    "El gradiente descendente ajusta los parámetros poco a poco.",
    "Una base de datos guarda los pasajes de cada clase.",
    "What does a tokenizer do before the model sees the text?",
    "Dropout switches off random units while the network learns.",
    "Precision counts how many of the answers given were right.",
    "A vector store finds the passages nearest to a question, even when no word is shared between them.",
)


class NotAnEmbedder(ModelUnavailable):
    """The folder is not a sentence-transformers one; parameter `model`."""

    code = "not_an_embedder"


class ExportDiffers(ModelUnavailable):
    """The exported graph gives other vectors than the model; parameter `model`."""

    code = "export_differs"


class ExportFailed(ModelUnavailable):
    """The libraries could not load or convert the model; parameters `model` and `reason`, their own words."""

    code = "export_failed"


def exported(folder: Path) -> Path | None:
    """Return the finished export of a model's folder, or None where there is none yet."""
    return next((path for name in FILES if (path := folder / "onnx" / name).is_file()), None)


def export_onnx(folder: Path) -> Path:
    """Export the model of `folder` and return the file to use: int8, or float32 where int8 is too far off.

    A finished export is returned as it is. Raises NotAnEmbedder, ExportFailed or ExportDiffers, and leaves no
    half-written file.
    """
    if (done := exported(folder)) is not None:
        return done
    if not (folder / "modules.json").is_file():
        raise NotAnEmbedder(model=folder, reason="not_an_embedder")
    target = folder / "onnx"
    target.mkdir(exist_ok=True)
    drafts = {name: target / f".{os.getpid()}-{name}" for name in FILES}
    try:
        with _quiet():
            model, inputs = _load(folder)
            _export_float(model, inputs, drafts["model.onnx"])
            _quantise(drafts["model.onnx"], drafts["model_int8.onnx"])
            reference = model.encode(list(SENTENCES), show_progress_bar=False)
            for name, least in (("model_int8.onnx", MIN_COSINE_INT8), ("model.onnx", MIN_COSINE_FLOAT)):
                if _mean_cosine(_sentence_vectors(model, drafts[name], inputs), reference) >= least:
                    drafts[name].replace(target / name)
                    return target / name
    except (OSError, ValueError, KeyError, RuntimeError) as error:  # what torch and transformers raise
        reason = (str(error).strip().splitlines() or [""])[0]
        raise ExportFailed(model=folder.name, reason=f"{type(error).__name__}: {reason}"[:300]) from error
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
    raise ExportDiffers(model=folder.name, reason="export_differs")


def export_in_child(folder: Path, python: str = sys.executable) -> Path:
    """Export in a process of its own, so that the caller imports no torch. Raises ExportFailed."""
    command = [python, "-m", "kb.inference.export", str(folder)]
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
        raise ExportFailed(model=folder.name, reason=told[-1] if told else f"exit status {child.returncode}")
    return Path(told[-1])


Inputs = dict[str, NDArray[np.int64]]
Rows = NDArray[np.float32]


def _load(folder: Path) -> tuple[Any, Inputs]:
    """Open the model with sentence-transformers, on the CPU; return it and its inputs for the test sentences."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    tokens = model.tokenizer(list(SENTENCES), padding=True, truncation=True, return_tensors="np")
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


def _sentence_vectors(model: Any, graph: Path, inputs: Inputs) -> Rows:
    """Return the graph's sentence vectors: its token states through the model's own pooling and later modules."""
    import onnxruntime
    import torch

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    (states,) = session.run(["last_hidden_state"], dict(inputs))
    features = {
        "token_embeddings": torch.from_numpy(states),
        "attention_mask": torch.from_numpy(inputs["attention_mask"]),
    }
    with torch.no_grad():
        for module in list(model)[1:]:
            features = module(features)
    return np.asarray(features["sentence_embedding"].numpy(), np.float32)


def _mean_cosine(ours: Rows, theirs: Rows) -> float:
    """Return the mean cosine of two batches of vectors, row by row."""
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    return float(np.mean(np.sum(ours * theirs, axis=1) / np.maximum(lengths, 1e-12)))


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
    """Export the folder named on the command line; print the graph's path, or the error on stderr."""
    try:
        path = export_onnx(Path(arguments[0]))
    except ModelUnavailable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
