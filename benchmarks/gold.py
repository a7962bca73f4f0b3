"""How well the search answers 120 questions of five kinds on the sample course (benchmarks/gold/README.md).

    python -m benchmarks.gold [--model NAME] [--missed] [--json]

The course is added and asked as a student would: through the library, by words, by meaning and by both. Figures are
given by kind, for the half on which the product's constants may be chosen and for the half held out.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from benchmarks.ranking import ANSWERS, DEPTH, Figures, Ranking, figures, heading, row
from kb.inference import open_encoder
from kb.library import Library
from kb.model import Filters, Hit, Passage, SearchMode, SearchResult

SAMPLES = Path(__file__).parent.parent / "samples"
QUESTIONS = Path(__file__).parent / "gold" / "questions.json"
KINDS = ("term", "paraphrase", "english", "misspelt", "fact")
MODES = (SearchMode.KEYWORD, SearchMode.SEMANTIC, SearchMode.HYBRID)

Grades = Mapping[str, int]
"""Passage ids with their grades."""

Report = dict[str, dict[str, dict[str, Figures]]]
"""Figures by half, mode and kind."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Where an answer stands: a document of the samples, a place in it, words of its passage, and its grade.

    `at` lies within the passage's locator, in the unit of its kind: a slide, a question, a section, seconds.
    """

    document: str
    part: str
    locator: str
    at: float
    quote: str
    grade: int

    def is_in(self, passage: Passage) -> bool:
        """Say whether a passage of the right document is the one that is meant."""
        place = passage.locator
        there = place.type.value == self.locator and place.start <= self.at <= place.end
        return there and self.quote in " ".join(passage.text.split())


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the gold set with its answers, the fullest first."""

    id: str
    kind: str
    held_out: bool
    question: str
    answers: tuple[Answer, ...]


def main() -> None:
    """Measure and print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="all-minilm-l6-v2", help="an embedder's name, or the path of its folder")
    parser.add_argument("--cache", type=Path, default=Path(platformdirs.user_cache_dir("repaso", appauthor=False)))
    parser.add_argument("--missed", action="store_true", help="list the tuning half's questions not answered first")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    questions = read()
    with tempfile.TemporaryDirectory() as folder:
        encoder = open_encoder(given.model, given.cache)
        library = Library.open(Path(folder, "library.db"), encoder=encoder, generator=None, clock=time.perf_counter)
        try:
            library.add([SAMPLES])
            grades = judged(library, questions)
            results = {
                mode: [library.search(one.question, Filters(), DEPTH, mode) for one in questions] for mode in MODES
            }
        finally:
            library.close()
    report = measure(questions, grades, results)
    print(json.dumps(as_json(report), indent=2) if given.json else table(report))
    if given.missed:
        print(*missed(questions, grades, results[SearchMode.HYBRID]), sep="\n")


def read(path: Path = QUESTIONS) -> tuple[Question, ...]:
    """Return the questions."""
    entries = json.loads(path.read_text("utf-8"))
    return tuple(
        Question(**{**entry, "answers": tuple(Answer(**answer) for answer in entry["answers"])}) for entry in entries
    )


def judged(library: Library, questions: Sequence[Question]) -> tuple[Grades, ...]:
    """Return each question's graded passages. Raises LookupError where an answer is not exactly one passage."""
    samples = {
        (Path(info.path).relative_to(SAMPLES).as_posix(), info.part): library.document(info.id).passages
        for info in library.documents()
    }
    return tuple({_meant(samples, one, answer): answer.grade for answer in one.answers} for one in questions)


def _meant(samples: Mapping[tuple[str, str], Sequence[Passage]], question: Question, answer: Answer) -> str:
    there = [one.id for one in samples.get((answer.document, answer.part), ()) if answer.is_in(one)]
    if len(there) != 1:
        raise LookupError(f"{question.id}: {len(there)} passages of {answer.document} hold «{answer.quote}»")
    return there[0]


def graded(result: SearchResult, grades: Grades) -> Ranking:
    """Return how a result ranks.

    A hit counts by the best grade of its passage and the near-duplicates behind it; those that it stands for cannot
    be found once more.
    """
    behind = [sorted((grades.get(id, 0) for id in passages(hit)), reverse=True) for hit in result.hits]
    spent = {id for hit in result.hits for id in passages(hit)}
    possible = [best for best, *_ in behind if best] + [grade for id, grade in grades.items() if id not in spent]
    return Ranking(tuple(best for best, *_ in behind), tuple(possible))


def passages(hit: Hit) -> tuple[str, ...]:
    """Return the ids of a hit's passage and of those that stand behind it."""
    return (hit.passage.id, *(like.passage.id for like in hit.alike))


def measure(
    questions: Sequence[Question], grades: Sequence[Grades], results: Mapping[SearchMode, Sequence[SearchResult]]
) -> Report:
    """Return the figures by half, mode and kind."""
    report: Report = {}
    for half, held_out in (("tuning", False), ("held out", True)):
        report[half] = {}
        for mode, found in results.items():
            rankings = [
                (one.kind, graded(result, known))
                for one, known, result in zip(questions, grades, found, strict=True)
                if one.held_out is held_out
            ]
            by_kind = {kind: [ranking for of, ranking in rankings if of == kind] for kind in KINDS}
            by_kind["total"] = [ranking for _, ranking in rankings]
            report[half][mode.value] = {kind: figures(of_kind) for kind, of_kind in by_kind.items()}
    return report


def missed(questions: Sequence[Question], grades: Sequence[Grades], results: Sequence[SearchResult]) -> Iterator[str]:
    """Yield the tuning half's questions whose first hit does not answer, with the rank of the first hit that does."""
    for one, known, result in zip(questions, grades, results, strict=True):
        ranks = [rank for rank, grade in enumerate(graded(result, known).grades, 1) if grade == ANSWERS]
        if not one.held_out and ranks[:1] != [1]:
            yield f"{one.id:<16}{ranks[0] if ranks else '-':>3}  {one.question}"


def as_json(report: Report) -> dict[str, object]:
    """Return the report for programs."""
    return {
        half.replace(" ", "_"): {
            mode: {kind: asdict(one) for kind, one in by_kind.items()} for mode, by_kind in of_half.items()
        }
        for half, of_half in report.items()
    }


def table(report: Report) -> str:
    """Return the report for people."""
    lines: list[str] = []
    for half, of_half in report.items():
        lines.append(heading(half))
        lines += [row(f"{mode}, {kind}", one) for mode, by_kind in of_half.items() for kind, one in by_kind.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
