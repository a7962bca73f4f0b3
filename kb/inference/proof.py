"""Prove that this machine's build of llama.cpp works: a child process loads a model and generates eight tokens.

Native code built with the wrong instructions dies at the first token and takes its process with it (llama.cpp
issue 20824), so the proof is never run in the caller's process. `python -m kb.inference.proof MODEL` runs the
proof and prints its result as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.inference.cores import SPIN

TOKENS = 8
PROMPT = "Three ideas of the lecture on neural networks that every student should remember are these:"
"""Long enough to be read as a batch: the kernels for one token are not the ones for many."""

TIMEOUT_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Proved:
    """It generated that many tokens."""

    tokens: int


@dataclass(frozen=True, slots=True)
class Died:
    """The process was ended by a signal (4 illegal instruction, 6 abort, 9 killed, 11 segmentation fault)."""

    signal: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The library could not be imported or the model not loaded; `reason` is the program's own words."""

    reason: str


@dataclass(frozen=True, slots=True)
class TookTooLong:
    """It gave no eight tokens in that many seconds."""

    seconds: float


Proof = Proved | Died | Refused | TookTooLong


def prove_llama(model: Path, python: str = sys.executable, timeout: float = TIMEOUT_SECONDS) -> Proof:
    """Generate eight tokens with the GGUF file in a child of that Python."""
    command = [python, "-m", "kb.inference.proof", "--child", str(model)]
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    environment = {**SPIN, **os.environ, "PYTHONPATH": path}
    try:
        child = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return TookTooLong(timeout)
    if child.returncode < 0:
        return Died(-child.returncode)
    lines = child.stdout.decode("utf-8", "replace").split()
    if child.returncode == 0 and lines and lines[-1].isdigit() and int(lines[-1]) > 0:
        return Proved(int(lines[-1]))
    told = child.stderr.decode("utf-8", "replace").strip().splitlines()
    return Refused(told[-1][:300] if told else f"exit status {child.returncode}")


def _generate(model: Path) -> int:
    """Load the model in this process and return how many tokens it generated, at most eight."""
    import contextlib

    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from llama_cpp import Llama

    llama = Llama(str(model), n_ctx=256, n_threads=2, n_threads_batch=2, verbose=False)
    tokens = llama.tokenize(PROMPT.encode())
    made = 0
    for _ in llama.generate(tokens, temp=0.0):
        made += 1
        if made == TOKENS:
            break
    return made


def describe(proof: Proof) -> dict[str, object]:
    """Return the proof as a JSON object: `result` and its one value."""
    match proof:
        case Proved(tokens):
            return {"result": "proved", "tokens": tokens}
        case Died(signal):
            return {"result": "died", "signal": signal}
        case Refused(reason):
            return {"result": "refused", "reason": reason}
        case TookTooLong(seconds):
            return {"result": "too_long", "seconds": seconds}


def main(arguments: Sequence[str]) -> int:
    """Run the proof, or with `--child` be the process that is put to the proof."""
    if arguments[0] == "--child":
        sys.stdout.write(f"{_generate(Path(arguments[1]))}\n")
        return 0
    proof = prove_llama(Path(arguments[0]))
    sys.stdout.write(json.dumps(describe(proof)) + "\n")
    return 0 if isinstance(proof, Proved) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
