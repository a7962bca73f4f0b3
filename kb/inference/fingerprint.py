"""What tells the weights of an embedder's folder from others of the same name, without reading all of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

WEIGHTS = (".safetensors", ".bin")
SETTINGS = (".json", ".txt", ".model")
"""Endings of the files that decide a vector: weights, tokenizer, pooling, prompts."""

WHOLE = 1 << 18
"""Bytes up to which a file is read whole."""

SAMPLES, SAMPLE = 32, 1 << 12
"""Stretches of a larger file that are read, evenly spread, and the bytes of each: training changes every weight."""


def fingerprint(folder: Path) -> str:
    """Return 16 hexadecimal digits of a sentence-transformers folder; a copy of it has the same. Raises OSError."""
    digest = hashlib.sha256()
    for path in deciding_files(folder):
        digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode("utf-8", "replace"))
        for block in sampled(path):
            digest.update(block)
    return digest.hexdigest()[:16]


def deciding_files(folder: Path) -> list[Path]:
    """Return the files that a model's vectors follow from: those of the folder and of its modules (`1_Pooling`)."""
    modules = sorted(place for place in folder.iterdir() if place.is_dir() and place.name[:1].isdigit())
    found = (path for place in (folder, *modules) for path in sorted(place.iterdir()))
    return [path for path in found if path.suffix in (*WEIGHTS, *SETTINGS) and path.is_file()]


def sampled(path: Path) -> Iterator[bytes]:
    """Yield what tells a file from others: all of a small one, evenly spread stretches of a large. Raises OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= WHOLE:
            yield file.read()
            return
        for number in range(SAMPLES):
            file.seek(number * (size - SAMPLE) // (SAMPLES - 1))
            yield file.read(SAMPLE)


GRAPHS = ("model_int8.onnx", "model.onnx")
"""What an export may leave, the better first."""

MADE_OF = "made_of.txt"
"""Beside a graph: the fingerprint of the folder it was exported from."""


def graphs_of(folder: Path, cache: Path) -> Path:
    """Return where the ONNX export of a model's folder is or belongs: in it, else in the cache if it is read-only."""
    inside = folder / "onnx"
    if graph_in(inside, folder) is not None or not folder.is_dir():
        return inside
    apart = cache / "exports" / f"{folder.name}-{fingerprint(folder)}"
    there = inside if inside.is_dir() else folder
    return inside if not apart.is_dir() and os.access(there, os.W_OK) else apart


def graph_in(place: Path, folder: Path) -> Path | None:
    """Return the graph that an export of a model's folder left in `place`, None where there is none of its weights.

    Graphs without a note are our own of old where they are int8; a `model.onnx` may have come with the folder.
    """
    try:
        made_of = (place / MADE_OF).read_text("ascii").strip()
    except (OSError, ValueError):
        made_of = ""
    known = GRAPHS if made_of else GRAPHS[:1]
    found = next((path for name in known if (path := place / name).is_file()), None)
    return found if found is None or not made_of or made_of == fingerprint(folder) else None
