"""Measures a chat model on this machine: seconds to load, tokens a second of a prompt and of an answer, memory.

`python -m kb.inference.bench MODEL CONTEXT GPU_LAYERS THREADS...` does it in a process of its own, a bare loop over
llama.cpp without anything of ours around it, and prints each step as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from kb.errors import ModelUnavailable
from kb.inference.children import ChildFailed, ChildSilent, documents, never
from kb.inference.engine import EngineError
from kb.inference.footprint import CONTEXT
from kb.inference.messages import AUTO_LAYERS, LoadLanguageModel
from kb.inference.speeds import Speed

PROMPT_TOKENS = 384
"""About as long as a question with its evidence, in one batch."""

ANSWER_TOKENS = 48

WARM_UP_TOKENS = 8
"""Evaluated before anything is measured: the first batch also brings the weights from the disk."""

SILENCE = 300.0
"""Seconds without a word after which a measurement counts as hung: a large model on a slow disk loads for minutes."""


class BenchStopped(Exception):
    """It was stopped on request."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is being measured now: "load", "prompt" or "answer", the latter two with so many `threads`."""

    name: str
    threads: int


def bench(
    model: str,
    path: Path,
    day: date,
    *,
    threads: Sequence[int],
    gpu_layers: int = AUTO_LAYERS,
    progress: Callable[[Step], None] = lambda _step: None,
    should_stop: Callable[[], bool] = never,
) -> tuple[Speed, ...]:
    """Measure a file with each number of threads in turn (0: one a physical core), loading it once.

    Raises ModelUnavailable, and BenchStopped when it should stop.
    """
    arguments = [str(path), str(CONTEXT), str(gpu_layers), *map(str, threads)]
    found: list[Speed] = []
    try:
        for said in documents("kb.inference.bench", arguments, SILENCE, should_stop):
            match said["step"]:
                case "failed":
                    raise ModelUnavailable(**{**said["params"], "model": model, "reason": said["reason"]})
                case "measured":
                    found.append(Speed(day.isoformat(), **said["speed"]))
                case "end":
                    return tuple(replace(each, memory=int(said["memory"])) for each in found)
                case step:
                    progress(Step(step, int(said["threads"])))
    except ChildSilent as error:
        raise ModelUnavailable(model=model, reason="hung") from error
    except ChildFailed as error:
        raise ModelUnavailable(model=model, reason="crashed", detail=error) from error
    if should_stop():
        raise BenchStopped
    raise ModelUnavailable(model=model, reason="crashed")


def main(arguments: Sequence[str]) -> int:
    """Measure in this process."""
    path, context, layers, *threads = arguments
    try:
        _measure(LoadLanguageModel(path, int(threads[0]), int(context), int(layers)), [int(each) for each in threads])
    except EngineError as error:
        params = dict(zip(error.params[::2], error.params[1::2], strict=True))
        _say("failed", reason=error.reason, params={**params, "detail": error.detail})
    return 0


def _measure(load: LoadLanguageModel, threads: Sequence[int]) -> None:
    from kb.inference.cores import physical_cores
    from kb.inference.opening import open_llama

    _say("load", threads=threads[0] or physical_cores())
    start = time.perf_counter()
    opened = open_llama(load)
    loaded = time.perf_counter() - start
    llama = opened.llama
    tokens = _prompt(llama)
    llama.eval(tokens[:WARM_UP_TOKENS])
    for each in threads:
        count = each or physical_cores()
        prompt, answer = _speeds(llama, tokens, count)
        speed = {
            "load_seconds": round(loaded, 3),
            "prompt_speed": round(prompt, 2),
            "answer_speed": round(answer, 2),
            "memory": 0,
            "threads": count,
            "gpu_layers": opened.ready.gpu_layers,
        }
        _say("measured", speed=speed)
    _say("end", memory=_most_memory())


def _prompt(llama: Any) -> list[int]:
    """Return tokens of an ordinary text, as many as are measured or as the model can take."""
    text = "Un modelo de lenguaje predice la palabra que sigue, y de esa predicción sale todo lo demás. "
    tokens: list[int] = llama.tokenize(text.encode())
    room = llama.n_ctx() - ANSWER_TOKENS - 1
    return (tokens * (PROMPT_TOKENS // len(tokens) + 1))[: min(PROMPT_TOKENS, room)]


def _speeds(llama: Any, tokens: list[int], threads: int) -> tuple[float, float]:
    """Return tokens a second of a prompt and of an answer, which goes on whatever the model would end it with."""
    import llama_cpp

    llama_cpp.llama_set_n_threads(llama.ctx, threads, threads)
    _say("prompt", threads=threads)
    llama.reset()
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(llama.ctx), True)
    start = time.perf_counter()
    llama.eval(tokens)
    read = time.perf_counter() - start
    _say("answer", threads=threads)
    start = time.perf_counter()
    for _ in range(ANSWER_TOKENS):
        llama.eval([llama.sample(temp=0.0)])
    written = time.perf_counter() - start
    return len(tokens) / read, ANSWER_TOKENS / written


def _most_memory() -> int:
    """Return the most memory that this process held at once, mapped weights included (getrusage(2)), 0 unknown."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most if sys.platform == "darwin" else most * 1024)


def _say(step: str, **told: object) -> None:
    sys.stdout.write(json.dumps({"step": step, **told}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
