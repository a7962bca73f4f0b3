"""What was asked and what came back, kept a line of JSON each, so that a run can go on and be judged again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Kind(StrEnum):
    """Whether a question's library answers it."""

    ANSWERABLE = "answerable"
    LEFT_OUT = "left out"
    """Its article is not in the library."""
    NEAR = "near"
    """The passage it is about is there and does not answer it."""


class Start(StrEnum):
    """How ready the model was when the question was asked."""

    WARM = "warm"
    COLD = "cold"
    """In a new process, nothing loaded."""
    TYPED = "typed"
    """Warm, and prepared while the question was typed at human speed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its kind, the texts of right answers (none: nothing answers), and the half of the set it is in.

    `paragraph` is the ordinal of the paragraph it is about, `article` that paragraph's; -1 where passages are known
    by their words only.
    """

    id: str
    kind: Kind
    text: str
    gold: tuple[str, ...] = ()
    held_out: bool = False
    article: int = -1
    paragraph: int = -1


@dataclass(frozen=True, slots=True)
class Passage:
    """A cited passage, whole, with the words quoted of it; `gold` says that it is the right one."""

    n: int
    id: str
    heading: str
    text: str
    quote: str
    gold: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of an answer; `supported` is what it was shown as."""

    text: str
    citations: tuple[int, ...]
    supported: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the model: its tokens, and milliseconds to its first piece and its end."""

    what: str
    prompt: str
    reply: str
    prompt_tokens: int
    reused_tokens: int
    tokens: int
    first_ms: float
    total_ms: float


@dataclass(frozen=True, slots=True)
class Record:
    """One answer. Milliseconds count from the question to the evidence, the first token and the end, 0 for none.

    `status` is an AnswerStatus's value; `error` names what went wrong instead of an answer, else "".
    """

    asked: Asked
    start: Start
    status: str
    sentences: tuple[Said, ...] = ()
    citations: tuple[Passage, ...] = ()
    evidence: tuple[Passage, ...] = ()
    calls: tuple[Call, ...] = ()
    mode: str = ""
    missing: tuple[str, ...] = ()
    evidence_ms: float = 0.0
    first_ms: float = 0.0
    total_ms: float = 0.0
    error: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What one run asks once."""
        return self.asked.id, self.asked.kind, self.start


@dataclass(frozen=True, slots=True)
class Run:
    """What a file of records is of: the data's name, its other wording's or "", who answered, and with what."""

    data: str
    questions: str
    method: str
    model: str
    embedder: str
    seed: int
    cores: int


class WrongRecords(Exception):
    """A file is no file of records, or one of another run."""


class Kept:
    """A file of records that grows: its first line is the run, each other one an answer, written at once."""

    def __init__(self, path: Path, run: Run, resume: bool) -> None:
        """Begin a file, or go on with one of the same run. Raises WrongRecords and OSError."""
        self._path = path
        self.records: list[Record] = []
        if resume and path.exists():
            known, records = read(path)
            if known != run:
                raise WrongRecords(f"{path}: is of another run ({known}); choose another --out")
            self.records += records
            _rewritten(path, run, self.records)
        elif path.exists():
            raise WrongRecords(f"{path}: exists; go on with it by --resume, or choose another --out")
        else:
            _rewritten(path, run, ())

    def append(self, record: Record) -> None:
        """Write an answer to its end before anything else is asked."""
        self.records.append(record)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(record))


def read(path: Path) -> tuple[Run, tuple[Record, ...]]:
    """Return a file's run and records; a last line that was cut short is left out. Raises WrongRecords, OSError."""
    try:
        first, *lines = path.read_text("utf-8").split("\n")
        whole, _cut_short = lines[:-1], lines[-1:]
        return Run(**json.loads(first)), tuple(_record(json.loads(line)) for line in whole)
    except (ValueError, KeyError, TypeError) as error:
        raise WrongRecords(f"{path}: not a file of answers ({type(error).__name__}: {error})") from error


def _rewritten(path: Path, run: Run, records: Sequence[Record]) -> None:
    path.write_text(_line(run) + "".join(map(_line, records)), encoding="utf-8")


def _line(value: Run | Record) -> str:
    return json.dumps(asdict(value), ensure_ascii=False) + "\n"


def _record(entry: dict[str, Any]) -> Record:
    asked = entry["asked"]
    lists = {
        "asked": Asked(**{**asked, "kind": Kind(asked["kind"]), "gold": tuple(asked["gold"])}),
        "start": Start(entry["start"]),
        "sentences": tuple(Said(**{**one, "citations": tuple(one["citations"])}) for one in entry["sentences"]),
        "citations": tuple(_passages(entry["citations"])),
        "evidence": tuple(_passages(entry["evidence"])),
        "calls": tuple(Call(**one) for one in entry["calls"]),
        "missing": tuple(entry["missing"]),
    }
    return Record(**{**entry, **lists})


def _passages(entries: Sequence[dict[str, Any]]) -> Iterator[Passage]:
    return (Passage(**one) for one in entries)
