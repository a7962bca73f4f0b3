"""Runs every benchmark one after the other and writes docs/benchmarks.md.

    python -m benchmarks.run [--material FOLDER] [--xquad FOLDER] [--peers CORPUS] [--answers RAW]
        [--only TITLE ...] [--output FILE]

The material is any folder of lecture files; XQuAD is a folder with xquad.es.json and xquad.en.json; the corpus is
what benchmarks.peers.corpus wrote. RAW is a folder of what benchmarks.answers wrote, apart because asking takes an
hour. What is not measured this time stays on the page as it was.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
SHARED = Path(__file__).parent.parent.parent / "shared"


ASKED_OF_ANSWERS = (
    "of the default model: refused without the article 0.95, with the passage near 0.50, wrongly refused at most"
    " 0.06, of the near kind 0.15; answers that hold the right one 0.70, sentences that cite the right passage 0.95,"
    " any 0.99;"
    " evidence within 150 ms, first word within 1 s typed and 4 s cold, median answer within 8 s"
)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One benchmark: what it shows, what is asked of it, and the module with its arguments."""

    title: str
    asked: str
    arguments: tuple[str, ...]


def measurements(
    material: Path, xquad: Path, peers: Sequence[Path], answers: Sequence[Path]
) -> Iterator[Measurement]:
    """Yield what is measured, quick things first."""
    spanish, english = str(xquad / "xquad.es.json"), str(xquad / "xquad.en.json")
    yield Measurement("First screen", "first paint under 600 ms, `--help` under 200 ms", ("first_paint",))
    yield Measurement(
        "Reading",
        "letters 99 %, titles 98 %, 100 pages/s, an hour under 0.3 s, 2,000 files under 2 minutes, again under 5 s,"
        " 400 MB",
        ("ingest",),
    )
    yield Measurement("Adding", "under 3 s without embedding", ("adding", str(material)))
    yield Measurement(
        "Search speed",
        "p95 under 15 ms at 20,000 passages, 40 ms at 100,000, 150 ms at 1,000,000, the embedding of a query apart",
        ("search_speed", "--passages", "20000", "100000"),
    )
    yield Measurement(
        "Typing in the app's search",
        "hits within 50 ms of a key at 20,000 passages, p95; meaning joins when it is ready",
        ("typing_speed",),
    )
    above = "hybrid not below the better of its parts"
    yield Measurement(
        "Search, Spanish", f"hybrid nDCG@10 at least 0.970, R@1 at least 0.94; {above}", ("retrieval", spanish)
    )
    yield Measurement(
        "Search, English questions on Spanish text",
        f"hybrid nDCG@10 at least 0.77; {above}",
        ("retrieval", spanish, english),
    )
    yield Measurement(
        "Search, Spanish questions on English text",
        f"hybrid nDCG@10 at least 0.77; {above}",
        ("retrieval", english, spanish),
    )
    yield Measurement(
        "Search, 120 questions on the sample course", "hybrid not below the better of its parts", ("gold",)
    )
    yield Measurement("Second look at uncertain results", "hybrid nDCG@10 with it above 0.976", ("rerank", spanish))
    for corpus in peers:
        yield Measurement(
            "Search beside others", "better found than by each and sooner", ("peers.compare", str(corpus))
        )
    yield Measurement("Embedder", "a query under 8 ms", ("embedder", spanish))
    yield Measurement("Is it in the material?", "no figure is set yet", ("answerable", spanish))
    if answers:
        yield Measurement("Answers", ASKED_OF_ANSWERS, ("answers", "--read", *map(str, answers)))
    yield Measurement("Language model", "within 3 % of a bare llama_cpp loop", ("llm_speed",))


def main() -> None:
    """Run all and write the page; a benchmark that fails is told and ends with status 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--material", type=Path, default=SHARED / "seeds")
    parser.add_argument("--xquad", type=Path, default=SHARED / "eval")
    parser.add_argument("--peers", type=Path, nargs="*", default=[])
    parser.add_argument("--answers", type=Path, nargs="*", default=[], metavar="RAW")
    parser.add_argument("--only", nargs="*", default=[], metavar="TITLE")
    parser.add_argument("--output", type=Path, default=PAGE)
    arguments = parser.parse_args()
    sections = read(arguments.output)
    failed = False
    for each in measurements(arguments.material, arguments.xquad, arguments.peers, arguments.answers):
        if arguments.only and each.title not in arguments.only:
            continue
        print(f"== {each.title}", flush=True)
        status, text = run(each)
        failed |= status != 0
        print(text, flush=True)
        sections[each.title] = section(each, text)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    told = f"Written by `make bench` on {cores} cores. Figures side by side are of one run."
    head = f"# Benchmarks\n\n{told}\n"
    every = measurements(arguments.material, arguments.xquad, [PAGE], [PAGE])
    order = {each.title: place for place, each in enumerate(every)}
    shown = sorted(sections, key=lambda title: order.get(title, len(order)))
    arguments.output.write_text("\n".join([head, *map(sections.__getitem__, shown)]), encoding="utf-8")
    sys.exit(1 if failed else 0)


def read(page: Path) -> dict[str, str]:
    """Return the sections of a page by their titles, none where there is no page."""
    text = page.read_text("utf-8") if page.exists() else ""
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in text.split("\n## ")[1:]}


def run(each: Measurement) -> tuple[int, str]:
    """Run a benchmark in its own process; return its status and what it printed."""
    module, *rest = each.arguments
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *rest], capture_output=True, text=True, cwd=PAGE.parent.parent
    )
    return done.returncode, done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def section(each: Measurement, text: str) -> str:
    """Return one benchmark as Markdown; paths stay out of the page."""
    module = each.arguments[0].replace(".", "/")
    source = f"benchmarks/{module}" + ("" if (PAGE.parent.parent / "benchmarks" / module).is_dir() else ".py")
    return f"## {each.title}\n\nAsked: {each.asked}. `{source}`\n\n```\n{text}\n```\n"


if __name__ == "__main__":
    main()
