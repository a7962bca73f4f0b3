"""`repaso models bench`: how fast the chat models are on this machine."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.errors import KbError
from tui.commands.framework import Command, argument, command, option
from tui.commands.interrupt import stop_between_items
from tui.commands.invocation import Invocation
from tui.commands.models_list import MEGABYTE
from tui.config import Config
from tui.locale import Messages
from tui.printing import print_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kb.inference.bench import Step
    from kb.inference.machine import Machine
    from kb.inference.speeds import Speed

INTERRUPTED = 130
COLUMNS = ("model", "threads", "load", "prompt", "answer", "memory")


def build_bench(messages: Messages) -> Command:
    """Return `models bench`."""
    params = [
        argument(messages, "name", "model", default=""),
        option(messages, "--threads", text="bench_threads", is_flag=True),
    ]
    return command("models bench", messages, params, run_bench)


def run_bench(invocation: Invocation, name: str, threads: bool) -> int:
    """Measure one chat model, or all that are here; 1 when there is none or one failed, 130 when stopped."""
    from kb.inference.bench import BenchStopped
    from kb.inference.cards_seen import cards_in_child
    from kb.inference.cores import physical_cores
    from kb.inference.machine import this_machine

    config = invocation.config
    machine = this_machine(cards_in_child())
    wanted = list(range(1, physical_cores() + 1)) if threads else [config.threads]
    done: list[dict[str, Any]] = []
    failed = stopped = False
    with stop_between_items(lambda: invocation.note(invocation.text("models.bench_stopping"))) as stopping:
        for each, path in _chosen(name, config):
            try:
                speeds = _measured(invocation, each, path, wanted, stopping)
            except BenchStopped:
                stopped = True
                break
            except KbError as error:
                print_error(invocation.messages.error(error))
                failed = True
                continue
            finally:
                invocation.status.clear()
            best = _keep_best(path, config, machine, speeds)
            done.append({"name": each, "path": str(path), "best": best, "speeds": [asdict(one) for one in speeds]})
    _show(invocation, done)
    if not done and not failed and not stopped:
        invocation.note(invocation.text("models.nothing_to_bench"))
    return INTERRUPTED if stopped else 1 if failed or not done else 0


def _chosen(name: str, config: Config) -> list[tuple[str, Path]]:
    """Return names and files: the one that is named, else every chat model that is here. Raises ModelMissing."""
    from kb.inference.catalog import CATALOG, Purpose, installed, model_path

    if name:
        return [(name, model_path(name, config.cache))]
    found = [model.name for model in installed(config.cache) if model.purpose is Purpose.CHAT]
    known = {model.name for model in CATALOG}
    if config.chat_model not in known:
        found.append(config.chat_model)
    return [(each, model_path(each, config.cache)) for each in found]


def _measured(
    invocation: Invocation, model: str, path: Path, threads: Sequence[int], stopping: Callable[[], bool]
) -> tuple[Speed, ...]:
    from kb.inference.bench import bench

    def show(step: Step) -> None:
        invocation.status.show(invocation.text(f"models.bench_{step.name}", model=model, threads=step.threads))

    layers = invocation.config.gpu_layers
    return bench(
        model, path, date.today(), threads=threads, gpu_layers=layers, progress=show, should_stop=stopping
    )  # fmt: skip


def _keep_best(path: Path, config: Config, machine: Machine, speeds: Sequence[Speed]) -> int:
    """Keep the measurement that would answer soonest; return its place among them."""
    from kb.inference.bench import ANSWER_TOKENS, PROMPT_TOKENS
    from kb.inference.speeds import keep, model_file_key

    def seconds(place: int) -> float:
        speed = speeds[place]
        return PROMPT_TOKENS / speed.prompt_speed + ANSWER_TOKENS / speed.answer_speed

    best = min(range(len(speeds)), key=seconds)
    keep(config.cache, model_file_key(path), machine.key, speeds[best])
    return best


def _show(invocation: Invocation, done: Sequence[dict[str, Any]]) -> None:
    if invocation.json:
        invocation.print_json({"models": list(done)})
        return
    if not done:
        return
    columns = [invocation.text(f"column.{name}") for name in COLUMNS]
    rows = [_cells(invocation, model["name"], speed) for model in done for speed in model["speeds"]]
    invocation.printer.table(columns, rows)
    for model in done:
        if len(model["speeds"]) > 1:
            threads = model["speeds"][model["best"]]["threads"]
            invocation.printer.line(invocation.text("models.best_threads", model=model["name"], threads=threads))


def _cells(invocation: Invocation, name: str, speed: dict[str, Any]) -> tuple[str, ...]:
    rate = "models.tokens_a_second"
    return (
        name,
        str(speed["threads"]),
        f"{speed['load_seconds']:.1f} s",
        invocation.text(rate, speed=f"{speed['prompt_speed']:.0f}"),
        invocation.text(rate, speed=f"{speed['answer_speed']:.1f}"),
        f"{speed['memory'] // MEGABYTE} MB" if speed["memory"] else "",
    )
