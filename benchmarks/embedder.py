"""What the fast path of an embedder costs and gives: int8 and float32 ONNX against sentence-transformers itself.

    python -m benchmarks.embedder FILE.json [FILE.json ...] [--model NAME-OR-FOLDER] [--json]

Of every SQuAD-format file: nDCG@10 and R@1 of its questions on its paragraphs by cosine alone, texts a second, the
time of one question (p50 and p95, milliseconds) and the peak memory of the process that encodes. "int8 questions"
asks the eight-bit model of vectors that sentence-transformers made, as where a graphics card embeds the passages.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import platformdirs

from benchmarks import squad
from kb.inference import export
from kb.inference.catalog import model_path
from kb.inference.embedder import Backend, FolderBackend, OnnxBackend
from kb.inference.protocol import Vectors
from kb.inference.recipe import Recipe, read_recipe

WAYS = ("int8", "float32", "sentence-transformers")
TIMED = 300
"""Questions whose time is taken, one by one."""


def main() -> None:
    """Measure each way in a process of its own and print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--model", default="all-minilm-l6-v2")
    parser.add_argument("--cache", type=Path, default=Path(platformdirs.user_cache_dir("repaso", appauthor=False)))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    folder = model_path(given.model, given.cache)
    if given.way:
        print(json.dumps(measure(given.way, folder, given.files, given.work, given.threads)))
        return
    with tempfile.TemporaryDirectory() as work:
        write_graphs(folder, Path(work))
        report = {}
        for way in WAYS:
            command = [sys.executable, "-m", "benchmarks.embedder", *map(str, given.files), "--model", str(folder)]
            command += ["--way", way, "--work", work, "--threads", str(given.threads)]
            report[way] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        report["int8 questions"] = {"files": mixed(given.files, Path(work))}
    print(json.dumps(report, indent=2) if given.json else table(report))


def write_graphs(folder: Path, work: Path) -> None:
    """Export both graphs of a model, whatever its own export kept."""
    with export._quiet():
        model, inputs = export._load(folder)
        export._export_float(model, inputs, work / "model.onnx")
        export._quantise(work / "model.onnx", work / "model_int8.onnx")


def measure(way: str, folder: Path, files: Sequence[Path], work: Path, threads: int) -> dict[str, object]:
    """Encode everything one way; return its figures and leave the vectors in `work`."""
    recipe = read_recipe(folder, folder.name)
    backend = opened(way, folder, recipe, work, threads)
    figures, took = {}, []
    count, seconds = 0, 0.0
    for file in files:
        material = squad.read(file)
        texts = [one.text for one in material.paragraphs]
        asked = [one.text for one in material.questions]
        started = time.perf_counter()
        passages = encoded(backend, texts, recipe.prefixes["passage"])
        seconds += time.perf_counter() - started
        count += len(texts)
        questions = encoded(backend, asked, recipe.prefixes["query"])
        took += timed(lambda text: backend.encode([text], recipe.prefixes["query"]), asked[:TIMED])
        np.savez(work / f"{way}-{file.name}.npz", passages=passages, questions=questions)
        figures[file.name] = ranked(questions, passages, [one.paragraph for one in material.questions])
    return {
        "files": figures,
        "texts_per_s": count / seconds,
        "query_p50_ms": float(np.percentile(took, 50)),
        "query_p95_ms": float(np.percentile(took, 95)),
        "peak_mb": peak_mb(),
    }


def peak_mb() -> float:
    """Return the most memory this process held (Linux); getrusage would tell its parent's, which fork passes on."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else 0.0


def opened(way: str, folder: Path, recipe: Recipe, work: Path, threads: int) -> Backend:
    """Open the model one way."""
    if way == "sentence-transformers":
        return FolderBackend(folder, threads)
    return OnnxBackend(work / ("model_int8.onnx" if way == "int8" else "model.onnx"), recipe, threads)


def encoded(backend: Backend, texts: Sequence[str], prefix: str) -> Vectors:
    """Encode texts as the worker does, shorter ones first."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    vectors = np.zeros((len(texts), backend.dimension), np.float32)
    for start in range(0, len(order), backend.batch):
        chosen = order[start : start + backend.batch]
        vectors[chosen] = backend.encode([texts[index] for index in chosen], prefix)
    return vectors


def timed(encode: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Return the milliseconds that each text takes alone."""
    took = []
    for text in texts:
        started = time.perf_counter()
        encode(text)
        took.append((time.perf_counter() - started) * 1000)
    return took


def ranked(questions: Vectors, passages: Vectors, gold: Sequence[int]) -> dict[str, float]:
    """Return nDCG@10 and R@1 with one right paragraph a question (Järvelin and Kekäläinen, TOIS 20, 2002)."""
    cosines = questions @ passages.T
    right = cosines[np.arange(len(gold)), gold]
    ranks = 1 + (cosines > right[:, None]).sum(axis=1)
    return {
        "ndcg_at_10": float(np.mean(np.where(ranks <= 10, 1 / np.log2(ranks + 1), 0.0))),
        "r_at_1": float(np.mean(ranks == 1)),
    }


def mixed(files: Sequence[Path], work: Path) -> dict[str, dict[str, float]]:
    """Return the figures of int8 questions on the passages of sentence-transformers."""
    found = {}
    for file in files:
        with (
            np.load(work / f"int8-{file.name}.npz") as ours,
            np.load(work / f"sentence-transformers-{file.name}.npz") as theirs,
        ):
            gold = [one.paragraph for one in squad.read(file).questions]
            found[file.name] = ranked(ours["questions"], theirs["passages"], gold)
    return found


def table(report: dict[str, dict[str, object]]) -> str:
    """Return the report for people."""
    lines = []
    for way, row in report.items():
        files = row["files"]
        assert isinstance(files, dict)
        scores = "  ".join(
            f"{name} nDCG@10 {one['ndcg_at_10']:.4f} R@1 {one['r_at_1']:.3f}" for name, one in files.items()
        )
        costs = (
            f"  {row['texts_per_s']:.1f} passages/s, question p50 {row['query_p50_ms']:.1f} ms "
            f"p95 {row['query_p95_ms']:.1f} ms, {row['peak_mb']:.0f} MB"
            if "peak_mb" in row
            else ""
        )
        lines.append(f"{way:<22}{scores}{costs}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
