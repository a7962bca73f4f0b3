"""Does a model in its own process lose speed? Our generator and a bare llama_cpp loop, side by side.

    python -m benchmarks.llm_speed [MODEL.gguf or catalogue name] [--tokens 64] [--rounds 5] [--threads N] [--json]

Both read the same prompt and write the same number of tokens, greedily, in turns (ours, bare, bare, ours, ...), each
round with another prompt of the same length so that neither finds it in its cache. Prompt speed is prompt tokens by
the time to the first piece; generation speed is the tokens after the first piece by the time from there to the last.
The bare loop runs in its own process, as ours does, with llama_cpp's own defaults; only one of them works at a time.
With the time to cancel (from `cancel()` to the iterator's end, and until the next request's first piece).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import time
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import platformdirs

from kb.inference import ChatPrompt, ChildGenerator, Sampling, open_generator
from kb.inference.catalog import model_path

FILLER = "El río baja de la montaña, cruza el valle, riega los huertos y llega despacio al mar. "


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second of one run."""

    prompt_tokens: int
    tokens: int
    prompt_speed: float
    speed: float


@dataclass(frozen=True, slots=True)
class Report:
    """Medians over all rounds; `loss` is how much slower ours writes, as a fraction (negative when faster)."""

    model: str
    threads: int
    rounds: int
    ours: Speed
    bare: Speed
    loss: float
    cancel_ms: float
    after_cancel_ms: float


def prompt(number: int) -> ChatPrompt:
    """A prompt that shares no beginning with that of another number, about 300 tokens long."""
    return ChatPrompt(
        f"{number}. Eres un narrador y nunca dejas de escribir.", f"{FILLER * 12}\nSigue la historia, larga."
    )


def ours(generator: ChildGenerator, number: int, tokens: int) -> Speed:
    """Time one answer as the rest of the program sees it."""
    start = time.perf_counter()
    times = [time.perf_counter() for _ in generator.generate(prompt(number), Sampling(max_tokens=tokens))]
    usage = generator.usage
    return Speed(
        usage.prompt_tokens,
        usage.tokens,
        usage.prompt_tokens / (times[0] - start),
        (usage.tokens - 1) / (times[-1] - times[0]),
    )


def bare_loop(pipe: Connection, path: str, threads: int) -> None:
    """Serve (prompt as text, tokens) until the pipe closes: tokenise, generate, detokenise, nothing else."""
    import llama_cpp

    llama = llama_cpp.Llama(path, n_ctx=2048, n_threads=threads, n_threads_batch=threads, verbose=False)
    eos = llama.token_eos()
    pipe.send("ready")
    while True:
        try:
            text, limit = pipe.recv()
        except EOFError:
            return
        start = time.perf_counter()
        given = llama.tokenize(text.encode(), add_bos=False, special=True)
        times: list[float] = []
        for token in llama.generate(given, temp=0.0, repeat_penalty=1.0):
            if token == eos:
                break
            llama.detokenize([token])
            times.append(time.perf_counter())
            if len(times) == limit:
                break
        speed = (len(times) - 1) / (times[-1] - times[0])
        pipe.send(Speed(len(given), len(times), len(given) / (times[0] - start), speed))


def cancelling(generator: ChildGenerator) -> tuple[float, float]:
    """Milliseconds from cancel() to the answer's end, and to the first piece of a short next answer."""
    answer = generator.generate(prompt(-1), Sampling(max_tokens=200))
    next(answer)
    start = time.perf_counter()
    generator.cancel()
    list(answer)
    ended = time.perf_counter()
    next(generator.generate(prompt(-1), Sampling(max_tokens=1)))
    return (ended - start) * 1000, (time.perf_counter() - start) * 1000


def chatml(asked: ChatPrompt) -> str:
    """The prompt as the default models' template writes it."""
    return (
        f"<|im_start|>system\n{asked.system}<|im_end|>\n<|im_start|>user\n{asked.user}<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def median(runs: list[Speed]) -> Speed:
    """The median of each figure."""
    return Speed(
        runs[0].prompt_tokens,
        runs[0].tokens,
        statistics.median(run.prompt_speed for run in runs),
        statistics.median(run.speed for run in runs),
    )


def measure(model: str, cache: Path, threads: int, tokens: int, rounds: int) -> Report:
    """Run all rounds; the first of each side is a warm-up and is not counted."""
    path = str(model_path(model, cache))
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=bare_loop, args=(there, path, threads), daemon=True)
    process.start()
    there.close()
    here.recv()
    generator = open_generator(model, cache, threads)
    runs: dict[str, list[Speed]] = {"ours": [], "bare": []}
    for number in range(rounds + 1):
        for side in ("ours", "bare") if number % 2 else ("bare", "ours"):
            if side == "ours":
                runs[side].append(ours(generator, number, tokens))
            else:
                here.send((chatml(prompt(number)), tokens))
                runs[side].append(here.recv())
    cancels = [cancelling(generator) for _ in range(rounds)]
    generator.close()
    here.close()
    process.join()
    mine, plain = median(runs["ours"][1:]), median(runs["bare"][1:])
    cancel, after = (statistics.median(times) for times in zip(*cancels, strict=True))
    return Report(generator.name, threads, rounds, mine, plain, 1 - mine.speed / plain.speed, cancel, after)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("model", nargs="?", default="qwen2.5-coder-1.5b")
    parser.add_argument("--cache", type=Path, default=Path(platformdirs.user_cache_dir("repaso", appauthor=False)))
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    report = measure(given.model, given.cache, given.threads, given.tokens, given.rounds)
    if given.json:
        print(json.dumps(asdict(report), indent=1))
        return
    print(f"{report.model}, {report.threads} threads, median of {report.rounds} rounds")
    for name, speed in (("ours", report.ours), ("bare", report.bare)):
        print(
            f"{name}: prompt {speed.prompt_speed:7.1f} tok/s ({speed.prompt_tokens} tokens), "
            f"answer {speed.speed:6.1f} tok/s ({speed.tokens} tokens)"
        )
    print(f"ours writes {report.loss:+.1%} slower")
    print(f"cancel: {report.cancel_ms:.1f} ms, next answer's first piece after {report.after_cancel_ms:.0f} ms")


if __name__ == "__main__":
    main()
