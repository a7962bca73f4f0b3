"""How well passages are found: R@1, nDCG@10 and MRR by words, by meaning and by both, on SQuAD-format files.

    python -m benchmarks.retrieval PASSAGES.json [QUESTIONS.json] [--questions N] [--json]

The questions are asked of the paragraphs through the product's own store and search, so that what is measured is what
students see; a paragraph ranks where its best passage does. A second file with the same ids asks in another language.
The product's constants are chosen on articles with an even number, so the others are reported apart as held out. Ends
with status 1 when both kinds of evidence together find less than the better one alone.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import platformdirs

from benchmarks import squad
from benchmarks.ranking import DEPTH, Figures, figures, heading, one_right, row
from kb.inference import open_encoder
from kb.library import Library
from kb.model import Filters, SearchMode, SearchResult

MODES = (SearchMode.KEYWORD, SearchMode.SEMANTIC, SearchMode.HYBRID)

PASSAGES = 3 * DEPTH
"""Results to ask for: a paragraph may be three passages, and DEPTH paragraphs are ranked."""

TOLERANCE = 0.0005
"""What a figure of three decimals may be below another and still print the same."""

Report = dict[str, dict[str, Figures]]


def main() -> None:
    """Measure one pair of files and print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path)
    parser.add_argument("questions_file", type=Path, nargs="?", metavar="questions")
    parser.add_argument("--model", default="all-minilm-l6-v2", help="an embedder's name, or the path of its folder")
    parser.add_argument("--cache", type=Path, default=Path(platformdirs.user_cache_dir("repaso", appauthor=False)))
    parser.add_argument("--questions", type=int, default=0, metavar="N", help="ask only so many, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        read = squad.read(given.passages, given.questions_file)
    except (squad.WrongFile, OSError) as error:
        sys.exit(str(error))
    questions = sampled(read.questions, given.questions, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        encoder = open_encoder(given.model, given.cache)
        library = Library.open(Path(folder, "library.db"), encoder=encoder, generator=None, clock=time.perf_counter)
        try:
            report = measure(library, read.paragraphs, questions)
        finally:
            library.close()
    better = not_below_its_parts(report)
    print(json.dumps(as_json(report, better), indent=2) if given.json else table(report, better))
    sys.exit(0 if better else 1)


def sampled(questions: Sequence[squad.Question], number: int, seed: int) -> tuple[squad.Question, ...]:
    """Return so many of the questions in their order, all for 0."""
    if not 0 < number < len(questions):
        return tuple(questions)
    chosen = sorted(random.Random(seed).sample(range(len(questions)), number))
    return tuple(questions[at] for at in chosen)


def measure(library: Library, paragraphs: Sequence[squad.Paragraph], questions: Sequence[squad.Question]) -> Report:
    """Index the paragraphs, ask the questions, and return the figures by questions ("all", "held out") and mode."""
    ordinals = squad.index(library, paragraphs)
    library.embed_pending()
    halves = {"all": list(questions), "held out": [one for one in questions if paragraphs[one.paragraph].article % 2]}
    report: Report = {name: {} for name, asked in halves.items() if asked}
    for mode in MODES:
        rankings = {
            one.id: one_right(ranked(library.search(one.text, Filters(), PASSAGES, mode), ordinals), one.paragraph)
            for one in questions
        }
        for name, of_mode in report.items():
            of_mode[mode.value] = figures([rankings[one.id] for one in halves[name]])
    return report


def ranked(result: SearchResult, ordinals: Mapping[str, int]) -> tuple[int, ...]:
    """Return each paragraph once, where its best passage is; a hit's near-duplicates stand where it does."""
    passages = [one.id for hit in result.hits for one in (hit.passage, *(like.passage for like in hit.alike))]
    return tuple(dict.fromkeys(ordinals[passage] for passage in passages))[:DEPTH]


def not_below_its_parts(report: Report) -> bool:
    """Say whether hybrid search reaches the better of its parts in nDCG@10, over all questions and the held out."""
    return all(
        of_mode["hybrid"].ndcg_at_10 >= max(of_mode[part].ndcg_at_10 for part in ("keyword", "semantic")) - TOLERANCE
        for of_mode in report.values()
    )


def as_json(report: Report, better: bool) -> dict[str, object]:
    """Return the report for programs."""
    figures_of = {name: {mode: asdict(one) for mode, one in of_mode.items()} for name, of_mode in report.items()}
    return {**{name.replace(" ", "_"): one for name, one in figures_of.items()}, "not_below_its_parts": better}


def table(report: Report, better: bool) -> str:
    """Return the report for people."""
    lines = [heading("")]
    for name, of_mode in report.items():
        lines += [row(f"{name}, {mode}", one) for mode, one in of_mode.items()]
    lines.append(f"hybrid is {'not below' if better else 'BELOW'} the better of its parts")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
