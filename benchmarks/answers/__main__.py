"""Asks questions with and without an answer, keeps what comes back, and tells how far it can be trusted.

    python -m benchmarks.answers FILE.json --out RAW.jsonl [--resume] [--method ours|quotes|plain] [--model NAME]
        [--answerable N] [--left-out N] [--near N] [--seed S] [--questions OTHER.json] [--cold N] [--typed N]
    python -m benchmarks.answers benchmarks/gold/hard.json --out RAW.jsonl [--material FOLDER ...]
    python -m benchmarks.answers --read RAW.jsonl ... | FOLDER

FILE is in the SQuAD format: answerable questions are asked of all its paragraphs, others without their article, and
those that SQuAD 2 marks impossible of all (`near`). Or it is a file of pairs (benchmarks/gold/README.md), asked of a
folder of lecture files. An answer is written to RAW as soon as it is there; `--resume` goes on with what is missing.
`--cold` asks some again, each in a new process; `--typed` some, typed at human speed and prepared meanwhile.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from benchmarks import squad
from benchmarks.answers.ask import Method, Prepares, ask
from benchmarks.answers.cold import Models, ask_cold
from benchmarks.answers.questions import Wanted, of_pairs, of_squad, pairs
from benchmarks.answers.record import Asked, Kept, Kind, Run, Start, WrongRecords, read
from benchmarks.answers.shelf import Shelf
from benchmarks.answers.table import Answered, tables
from benchmarks.gold import SAMPLES
from kb.inference.cores import physical_cores
from kb.library import Library


def main() -> None:
    """Ask or read, and print the table."""
    given = arguments()
    try:
        if given.read:
            print(tables(list(answered(given.read))))
            return
        asked_all(given)
        print(tables(list(answered([given.out]))))
    except (squad.WrongFile, WrongRecords, OSError) as error:
        sys.exit(str(error))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--out", type=Path, metavar="RAW.jsonl")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--read", type=Path, nargs="+", metavar="RAW", help="tell what was kept; ask nothing")
    parser.add_argument("--method", type=Method, choices=list(Method), default=Method.OURS)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="a catalogue name or the path of a GGUF file")
    parser.add_argument("--embedder", default="all-minilm-l6-v2")
    parser.add_argument("--cache", type=Path, default=Path(platformdirs.user_cache_dir("repaso", appauthor=False)))
    parser.add_argument("--threads", type=int, default=0, help="0: one a physical core")
    parser.add_argument("--answerable", type=int, default=200, metavar="N")
    parser.add_argument("--left-out", "--unanswerable", type=int, default=200, metavar="N")
    parser.add_argument("--near", type=int, default=200, metavar="N")
    parser.add_argument("--cold", type=int, default=0, metavar="N")
    parser.add_argument("--typed", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--questions", type=Path, metavar="OTHER.json", help="the same ids in another language")
    parser.add_argument("--material", "--gold", type=Path, nargs="+", default=[SAMPLES], metavar="FOLDER")
    given = parser.parse_args()
    if not given.read and (given.file is None or given.out is None):
        parser.error("needs FILE and --out, or --read")
    return given


def answered(paths: list[Path]) -> Iterator[Answered]:
    """Read files of records, and all those of a folder. Raises WrongRecords and OSError."""
    for path in itertools.chain.from_iterable(
        sorted(one.glob("*.jsonl")) if one.is_dir() else [one] for one in paths
    ):
        yield Answered(*read(path))


def asked_all(given: argparse.Namespace) -> None:
    """Ask what is not yet in the file of records."""
    wanted = Wanted(given.answerable, given.left_out, given.near, given.seed)
    known = None if is_pairs(given.file) else squad.read(given.file, given.questions, impossible=True)
    asked = of_squad(known, wanted) if known else of_pairs(pairs(given.file), wanted)
    models = Models(given.model, given.embedder, given.cache, given.threads)
    kept = Kept(given.out, _run(given), given.resume)
    done = {record.key for record in kept.records if not record.error}
    todo = [
        (one, start) for one, start in plan(asked, given.cold, given.typed) if (one.id, one.kind, start) not in done
    ]
    if any(start is Start.TYPED for _, start in todo) and not issubclass(Library, Prepares):
        sys.exit("--typed: this library prepares nothing while a question is typed")
    with tempfile.TemporaryDirectory() as folder, models.opened() as (encoder, generator):
        shelf = Shelf(Path(folder), encoder, generator)
        truth = shelf.put(known.paragraphs) if known else shelf.add(given.material)
        for n, (one, start) in enumerate(todo, 1):
            if start is Start.COLD:
                path = shelf.path(one)
                shelf.close()
                generator.close()
                record = ask_cold(path, models, one, given.method, truth)
            else:
                record = ask(shelf.library(one), generator, one, given.method, truth, start)
            kept.append(record)
            told = record.error or record.status
            print(
                f"{n}/{len(todo)} {start} {one.kind} {told} {record.total_ms / 1000:.1f} s",
                file=sys.stderr,
                flush=True,
            )
        shelf.close()


def plan(asked: tuple[Asked, ...], cold: int, typed: int) -> Iterator[tuple[Asked, Start]]:
    """Yield every question warm, then so many answerable ones typed and so many cold."""
    answerable = [one for one in asked if one.kind is Kind.ANSWERABLE]
    yield from ((one, Start.WARM) for one in asked)
    yield from ((one, Start.TYPED) for one in answerable[:typed])
    yield from ((one, Start.COLD) for one in answerable[:cold])


def is_pairs(path: Path) -> bool:
    """Say whether a file holds a list, as a file of pairs does and one in the SQuAD format does not."""
    with path.open(encoding="utf-8") as file:
        return file.read(64).lstrip().startswith("[")


def _run(given: argparse.Namespace) -> Run:
    other = given.questions.name if given.questions else ""
    model = "" if given.method is Method.QUOTES else Path(given.model).name
    return Run(given.file.name, other, given.method.value, model, given.embedder, given.seed, physical_cores())


if __name__ == "__main__":
    main()
