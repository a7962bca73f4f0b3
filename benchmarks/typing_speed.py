"""How long after a key the app's search shows what the query finds by then, and after which time meaning has joined.

    python -m benchmarks.typing_speed [--passages 20000] [--keep FOLDER] [--json]
    python -m benchmarks.typing_speed --corpus FOLDER [--keep FOLDER] [--json]
    python -m benchmarks.typing_speed --library LIBRARY.db --queries FILE [--json]

Runs the real app without a terminal, on a library that is made for the purpose (benchmarks/synthetic.py) or of what
benchmarks.peers.corpus wrote, and types queries at a person's speed from another thread, as a terminal's driver does.
Everything counts from the moment the key is sent, whether or not the app was free to take it. What the terminal would
get is made too, and goes nowhere. A query's vector lies between two passages of the library: no model is loaded.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import RenderableType
from textual import events
from textual._compositor import CompositorUpdate
from textual.keys import _character_to_key
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

import tui.app
from benchmarks.search_speed import VectorsBetween, folder, made
from kb.library import Library
from kb.model import SearchMode
from kb.search.matrix import Vector
from quizzes.bank import Bank
from quizzes.quiz import QuizMaster
from tui.app import RepasoApp
from tui.config import Config
from tui.locale import Messages
from tui.screens import search
from tui.screens.base import RepasoScreen
from tui.screens.search import Asked, SearchScreen
from tui.services import Services, now
from tui.widgets.hit_list import HitList

SIZES = ((120, 40), (80, 24))
"""Columns and lines of the terminal."""

LONGEST = 48
"""Characters of a query that is typed; longer ones are cut at a word."""

GAPS, BREAKS = (0.09, 0.25), (0.15, 0.5)
"""Seconds between two keys and after a space, drawn evenly: some 60 words a minute."""

WAIT = 1.2
"""Seconds after a query's last key, in which meaning joins, and before the first."""

LIMIT_MS = 50
"""What is asked: from a key to the hits of the query as it is then."""

FIRST_LINE = 1
"""The list's first line, under its border."""

TICK = 0.005
"""Seconds between two looks at how late the event loop is."""

PARTS = {
    "taken": "key sent, the search told of it",
    "started": "told, the search's thread at work",
    "searched": "the search",
    "posted": "searched, the screen has the result",
    "shown": "the screen changes the widgets",
    "painted": "changed, laid out and painted",
}


@dataclass(slots=True)
class Stroke:
    """One key: the query with it, and when it was sent and each thing happened, in seconds.

    `cpu` are CPU seconds of the thread that did it; `busy` and `spent` are those of the whole process, when the key
    was sent and from then until its hits were painted.
    """

    query: str
    sent: float
    busy: float
    spent: float = 0.0
    at: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    meant: float = 0.0

    def parts(self) -> Iterator[tuple[str, float]]:
        """Yield each part with the milliseconds it took."""
        before = self.sent
        for part in PARTS:
            yield part, (self.at[part] - before) * 1000
            before = self.at[part]


class Log:
    """What is known of the keys so far; the newest key of a query counts."""

    def __init__(self) -> None:
        self.strokes: list[Stroke] = []
        self.blocked: list[float] = []
        self._by_query: dict[str, Stroke] = {}

    def sent(self, query: str, at: float) -> None:
        """A key is on its way that makes this the query."""
        stroke = Stroke(query, at, time.process_time())
        self.strokes.append(stroke)
        self._by_query[query] = stroke

    def note(self, query: str, part: str) -> None:
        """Keep when a part ended."""
        stroke = self._by_query.get(query)
        if stroke is not None and part not in stroke.at:
            stroke.at[part] = time.perf_counter()
            stroke.cpu[part] = time.thread_time()
            stroke.spent = time.process_time() - stroke.busy

    def joined(self, query: str) -> None:
        """Keep when the hits by meaning were painted."""
        stroke = self._by_query.get(query)
        if stroke is not None:
            stroke.meant = stroke.meant or time.perf_counter()


class WatchedScreen(SearchScreen):
    """The search as it is, telling a log what it does when."""

    CSS_PATH = Path(search.__file__).with_name("search.tcss")
    strokes: Log
    _awaited: SearchScreen.Found | None = None

    def _ask(self, asked: Asked, most: int) -> None:
        self.strokes.note(asked.query, "taken")
        super()._ask(asked, most)

    def _search(self, asked: Asked, mode: SearchMode, most: int) -> None:
        if mode is SearchMode.KEYWORD:
            self.strokes.note(asked.query, "started")
        super()._search(asked, mode, most)

    def post_message(self, message: Message) -> bool:
        """Post as ever; a result that leaves the search's thread is noted."""
        if isinstance(message, SearchScreen.Found) and not message.settled:
            self.strokes.note(message.asked.query, "searched")
        return super().post_message(message)

    def on_search_screen_found(self, event: SearchScreen.Found) -> None:
        """Show what was found, and look when it is painted."""
        event.prevent_default()  # Textual would call the method of the class above after this one
        if not event.settled:
            self.strokes.note(event.asked.query, "posted")
        super().on_search_screen_found(event)
        if not event.settled:
            self.strokes.note(event.asked.query, "shown")
        if self.found is event:
            self._awaited = event
            self.displayed()  # hits that look as before are not painted again

    def displayed(self) -> None:
        """Note the hits that are shown, if the terminal has been told of them.

        Textual's `call_after_refresh` may be too early: a screen learns late which of its widgets want to be painted.
        """
        event = self._awaited
        if event is None:
            return
        hits = self.query_one(HitList)
        if hits._styles_cache.is_dirty(FIRST_LINE):
            return
        self._awaited = None
        if self.found is not event:
            return  # a newer query has taken its place
        shown = [row.hit for row in hits.rows if hasattr(row, "hit")]
        assert list(dict.fromkeys(map(id, shown))) == list(map(id, event.result.hits))
        if event.settled:
            self.strokes.joined(event.asked.query)
        else:
            self.strokes.note(event.asked.query, "painted")


class WatchedApp(RepasoApp):
    """The app with the watched search, whose terminal is nowhere; what would be written to it is made."""

    CSS_PATH = Path(tui.app.__file__).with_name("app.tcss")

    def __init__(self, services: Services, messages: Messages, log: Log) -> None:
        super().__init__(services, messages)
        self.strokes = log

    def _make(self, mode: str) -> RepasoScreen:
        if mode != "search":
            return super()._make(mode)
        made = WatchedScreen(self.services, self.messages)
        made.strokes = self.strokes
        self._made[mode] = made
        return made

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, CompositorUpdate):
            renderable.render_segments(self.console)
        super()._display(screen, renderable)
        if isinstance(screen, WatchedScreen):
            screen.displayed()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, help="where libraries that are made stay for the next time")
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if (given.library is None) != (given.queries is None):
        parser.error("--library and --queries go together")
    with folder(given.keep) as place:
        if given.corpus is not None:
            library, lines = of_corpus(given.corpus, place)
        elif given.library is not None:
            library, lines = given.library, given.queries.read_text("utf-8").splitlines()
        else:
            library, asked, _ = made(place, given.passages, 200)
            lines = asked.read_text("utf-8").splitlines()
        queries = chosen(lines, given.count)
        for size in SIZES:
            report = measured(library, place, queries, size)
            print(json.dumps(report) if given.json else table(report), flush=True)


def of_corpus(corpus: Path, place: Path) -> tuple[Path, list[str]]:
    """Return a library of a corpus's passages, kept or made, and its questions."""
    import numpy as np

    from benchmarks.peers.ours import Repaso
    from benchmarks.peers.worker import Entry, lines

    built = place / f"corpus-{corpus.resolve().name}"
    if not (built / "done").exists():
        shutil.rmtree(built, ignore_errors=True)
        built.mkdir()
        entries = [Entry(one["document"], one["heading"], one["text"]) for one in lines(corpus / "passages.jsonl")]
        Repaso().build(built, entries, np.load(corpus / "passages.npy"))
        (built / "done").touch()
    return built / "library.db", [str(one["text"]) for one in lines(corpus / "questions.jsonl")]


def chosen(lines: Sequence[str], count: int) -> list[str]:
    """Return so many different queries, each as long as a person types."""
    cut = (textwrap.shorten(line, LONGEST, placeholder="") for line in lines if line.strip())
    return list(dict.fromkeys(cut))[:count]


def measured(path: Path, place: Path, queries: Sequence[str], size: tuple[int, int]) -> dict[str, object]:
    """Type the queries into the app over a library, in a terminal of this size; return what was measured."""
    log, encoder = Log(), VectorsBetween(path)
    derived = place / f"{path.stem}.derived"
    config = Config(path, place / "cache", place / "settings.toml", "es")
    library = Library.open(
        path, encoder=encoder if encoder.name else None, generator=None, clock=time.perf_counter, derived=derived
    )
    passages = sum(info.passages for info in library.documents())
    library.search(queries[0])  # what is derived of the library is made now: benchmarks.search_speed tells how long
    services = Services(config, lambda _config: library, lambda opened: QuizMaster(Bank(opened.database), _none, now))
    app = WatchedApp(services, Messages("es"), log)
    started = time.process_time()
    asyncio.run(typed(app, queries, size, log))
    spent = time.process_time() - started
    library.close()
    return {"passages": passages, "size": size, "cpu_ms_per_key": 1000 * spent / len(log.strokes), **figures(log)}


def _none(_document: str) -> dict[int, Vector]:
    """There are no quizzes."""
    return {}


async def typed(app: WatchedApp, queries: Sequence[str], size: tuple[int, int], log: Log) -> None:
    """Open the search and type each query, a first one to warm up."""
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2")
        line = app.screen.query_one(Input)
        late = asyncio.create_task(watch(log))
        for number, query in enumerate((queries[-1], *queries)):
            line.value = ""
            await asyncio.sleep(WAIT)
            if number == 1:
                log.strokes.clear()
                log.blocked.clear()
            await asyncio.to_thread(type_in, app, query, log)
            await asyncio.sleep(WAIT)
        late.cancel()


async def watch(log: Log) -> None:
    """Keep how late the event loop comes round."""
    while True:
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        log.blocked.append(time.perf_counter() - due)


def type_in(app: WatchedApp, query: str, log: Log) -> None:
    """Send a query key by key, as the driver of a terminal does from its thread."""
    gaps = random.Random(query)
    due = time.perf_counter()
    for end in range(1, len(query) + 1):
        due += gaps.uniform(*(BREAKS if query[end - 2 : end - 1] == " " else GAPS))
        time.sleep(max(0.0, due - time.perf_counter()))
        asked = query[:end].strip()
        if asked != query[: end - 1].strip():
            log.sent(asked, time.perf_counter())
        key = query[end - 1]
        assert app._driver is not None
        app._driver.send_message(events.Key(_character_to_key(key), key))


def figures(log: Log) -> dict[str, object]:
    """Return milliseconds of everything that was kept."""
    whole = [stroke for stroke in log.strokes if "painted" in stroke.at]
    parts: dict[str, list[float]] = {part: [] for part in PARTS}
    for stroke in whole:
        for part, took in stroke.parts():
            parts[part].append(took)
    cpu = {
        "app": [1000 * (one.cpu["painted"] - one.cpu["taken"]) for one in whole],
        "both": [1000 * one.spent for one in whole],
        "search": [1000 * (one.cpu["searched"] - one.cpu["started"]) for one in whole],
    }
    return {
        "keys": len(log.strokes),
        "overtaken": len(log.strokes) - len(whole),
        "shown": spread([1000 * (stroke.at["painted"] - stroke.sent) for stroke in whole]),
        "meaning": spread([1000 * (stroke.meant - stroke.sent) for stroke in whole if stroke.meant]),
        "blocked": spread([1000 * late for late in log.blocked]),
        "parts": {part: spread(took) for part, took in parts.items()},
        "cpu": {where: spread(took) for where, took in cpu.items()},
    }


def spread(took: Sequence[float]) -> dict[str, float]:
    """Return the median, the 95th percentile and the longest; nothing of nothing."""
    if not took:
        return {}
    return {"p50": median(took), "p95": sorted(took)[int(len(took) * 0.95)], "max": max(took)}


def table(report: dict[str, Any]) -> str:
    """Return the report for people."""
    columns, lines = report["size"]
    told = [
        f"{report['passages']} passages, {columns}x{lines}, {report['keys']} keys, {report['overtaken']} of them"
        f" overtaken by the next; {report['cpu_ms_per_key']:.0f} ms of CPU a key; limit p95 {LIMIT_MS} ms",
        f"{'milliseconds':<44}{'p50':>8}{'p95':>8}{'max':>8}",
    ]
    rows = {
        "key to hits painted": report["shown"],
        "last key to meaning painted": report["meaning"],
        "event loop late": report["blocked"],
        **{f"  {PARTS[part]}": took for part, took in report["parts"].items()},
        "  CPU of the app's thread, told to painted": report["cpu"]["app"],
        "  CPU of the search's thread": report["cpu"]["search"],
        "  CPU of the process, sent to painted": report["cpu"]["both"],
    }
    told += [f"{name:<44}" + "".join(f"{value:>8.1f}" for value in took.values()) for name, took in rows.items()]
    return "\n".join(told)


if __name__ == "__main__":
    main()
