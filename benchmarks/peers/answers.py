"""Another system's answers to the same questions, from the same model file and embedder, as records of ours.

    python -m benchmarks.peers.answers FILE.json --out RAW.jsonl [--python .venv-peers/answers/bin/python] [--resume]
        [--answerable N] [--left-out N] [--near N] [--seed S] [--model NAME]

The sample is that of `benchmarks.answers` with the same numbers and seed, so that `--read` puts both side by side
(benchmarks/peers/README.md says what is installed). The system gets every paragraph as one passage; an article is
left out by its own filter. What it cites, it cites for the whole answer: each sentence counts as citing all of it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from benchmarks import squad
from benchmarks.answers.judged import refuses
from benchmarks.answers.questions import Wanted, of_squad
from benchmarks.answers.record import Asked, Call, Kept, Kind, Passage, Record, Run, Said, Start, WrongRecords
from benchmarks.answers.table import Answered, tables
from kb.inference.cores import physical_cores
from kb.model import AnswerStatus
from kb.sentences import split

METHOD = "haiku.rag"
PROJECT = Path(__file__).parent.parent.parent


def main() -> None:
    """Ask what is not yet in the file, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, required=True, metavar="RAW.jsonl")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--python", type=Path, default=PROJECT / ".venv-peers" / "answers" / "bin" / "python")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--embedder", default="all-minilm-l6-v2")
    parser.add_argument("--answerable", type=int, default=200, metavar="N")
    parser.add_argument("--left-out", "--unanswerable", type=int, default=200, metavar="N")
    parser.add_argument("--near", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    try:
        known = squad.read(given.file, impossible=True)
        asked = of_squad(known, Wanted(given.answerable, given.left_out, given.near, given.seed))
        run = Run(given.file.name, "", METHOD, given.model, given.embedder, given.seed, physical_cores())
        kept = Kept(given.out, run, given.resume)
        done = {record.key for record in kept.records if not record.error}
        todo = [one for one in asked if (one.id, one.kind, Start.WARM) not in done]
        with peer(given.python, given.model, given.embedder, known.paragraphs) as (questions, replies):
            for n, one in enumerate(todo, 1):
                without = one.article if one.kind is Kind.LEFT_OUT else -1
                told = told_by(questions, replies, {"text": one.text, "without": without})
                kept.append(record(one, told, known.paragraphs))
                print(
                    f"{n}/{len(todo)} {one.kind} {told['error'] or told['text'][:60]!r}", file=sys.stderr, flush=True
                )
    except (squad.WrongFile, WrongRecords, OSError) as error:
        sys.exit(str(error))
    print(tables([Answered(run, tuple(kept.records))]))


@contextmanager
def peer(
    python: Path, model: str, embedder: str, paragraphs: Sequence[squad.Paragraph]
) -> Iterator[tuple[IO[str], IO[str]]]:
    """Start the server of models and the system with its paragraphs; yield where it is asked and answers."""
    if not python.exists():
        raise FileNotFoundError(f"{python}: no such environment (benchmarks/peers/README.md says how it is made)")
    serve = [sys.executable, "-m", "benchmarks.peers.model_server", "--model", model, "--embedder", embedder]
    with tempfile.TemporaryDirectory() as folder, running(serve) as server:
        port = int(read_line(server))
        texts = Path(folder, "paragraphs.json")
        texts.write_text(json.dumps([(one.article, one.text) for one in paragraphs]), "utf-8")
        base = f"http://127.0.0.1:{port}"
        with running([str(python), "-m", "benchmarks.peers.haiku", str(texts), base, folder]) as system:
            read_line(system)
            assert system.stdin is not None
            assert system.stdout is not None
            yield system.stdin, system.stdout


@contextmanager
def running(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a program that is ended at the end; what it says of itself stays on the screen."""
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def read_line(process: subprocess.Popen[str]) -> str:
    """Return the first line that a program prints. Raises OSError when it ends without one."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise OSError(f"{process.args!r} ended before it was ready")
    return line


def told_by(questions: IO[str], replies: IO[str], asked: dict[str, Any]) -> dict[str, Any]:
    """Ask the system one question. Raises OSError when it has ended."""
    questions.write(json.dumps(asked) + "\n")
    questions.flush()
    line = replies.readline()
    if not line:
        raise OSError("the system has ended; go on with --resume")
    told: dict[str, Any] = json.loads(line)
    return told


def record(asked: Asked, told: dict[str, Any], paragraphs: Sequence[squad.Paragraph]) -> Record:
    """Return an answer as a record: each sentence cites all that the answer cites."""
    cited = tuple(dict.fromkeys(told["cited"]))
    numbers = tuple(range(1, len(cited) + 1))
    refused = refuses(told["text"])
    return Record(
        asked,
        Start.WARM,
        (AnswerStatus.NOT_FOUND if refused else AnswerStatus.GROUNDED).value,
        sentences=() if refused else tuple(Said(one.of(told["text"]), numbers, True) for one in split(told["text"])),
        citations=tuple(
            Passage(n, str(at), "", paragraphs[at].text, "", asked.paragraph == at)
            for n, at in zip(numbers, cited, strict=True)
        ),
        calls=tuple(
            Call(
                "generate", "", one["reply"], one["prompt_tokens"], 0, one["completion_tokens"], 0.0, one["total_ms"]
            )
            for one in told["calls"]
        ),
        total_ms=told["total_ms"],
        error=told["error"],
    )


if __name__ == "__main__":
    main()
