"""What the language model's second look at uncertain results gains and costs, on SQuAD-format files.

    python -m benchmarks.rerank PASSAGES.json [QUESTIONS.json] [--questions N] [--judged FILE] [--choice] [--json]

The order is the product's own search; the hits whose order is uncertain are judged as the product judges them, by how
likely the model would ask the question after reading each, and with `--choice` also by how likely it says yes when it
is asked whether the passage answers. Figures are of all questions and of those held out: weights are chosen on
articles with an even number. Times are of the judging alone, tokens are those really read. Numbers are kept in the
file of `--judged`, so that a run can be broken off, gone on with and looked at again without the model.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import platformdirs

from benchmarks import squad
from benchmarks.ranking import DEPTH, Figures, figures, heading, one_right, row
from benchmarks.retrieval import PASSAGES, sampled
from ingest.language import language_of_question
from kb.errors import ModelUnavailable
from kb.inference import ChildGenerator, open_encoder, open_generator
from kb.inference.protocol import Choice, Judgement
from kb.library import Library
from kb.model import Filters, Hit, SearchMode
from kb.search.rerank import WEIGHT, combined, judgement, uncertain

WEIGHTS = (0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.5)
"""What a number may count against a fused score."""


@dataclass(frozen=True, slots=True)
class Number:
    """What the model said of one hit: `key` tells model, question, text and measure; the tokens are a mean."""

    key: str
    number: float
    seconds: float
    tokens: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its hits as searched, each hit's paragraph, and what was said of the first ones by measure."""

    question: squad.Question
    article: int
    hits: tuple[Hit, ...]
    paragraphs: tuple[int, ...]
    numbers: dict[str, tuple[Number, ...]]


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by set of questions and way to count the numbers, the ways' weights, and the cost by measure."""

    figures: dict[str, Figures]
    weights: dict[str, dict[str, float]]
    cost: dict[str, dict[str, float]]


def main() -> None:
    """Measure one pair of files and print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path)
    parser.add_argument("questions_file", type=Path, nargs="?", metavar="questions")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="a chat model's name, or the path of its file")
    parser.add_argument("--embedder", default="all-minilm-l6-v2")
    parser.add_argument("--cache", type=Path, default=Path(platformdirs.user_cache_dir("repaso", appauthor=False)))
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--questions", type=int, default=0, metavar="N", help="ask only so many, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--judged", type=Path, default=None, metavar="FILE", help="numbers to use again and to add to"
    )
    parser.add_argument("--choice", action="store_true", help="also ask the model yes or no")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        read = squad.read(given.passages, given.questions_file)
    except (squad.WrongFile, OSError) as error:
        sys.exit(str(error))
    found = searched(read, sampled(read.questions, given.questions, given.seed), given.embedder, given.cache)
    measures = ("wording", "choice") if given.choice else ("wording",)
    model = open_generator(given.model, given.cache, given.threads)
    try:
        judge_all(found, model, measures, given.judged)
    except ModelUnavailable as error:
        sys.exit(str(error))
    finally:
        model.close()
    report = measured(found, measures)
    print(json.dumps(asdict(report), indent=2) if given.json else table(report))


def searched(read: squad.Squad, questions: Sequence[squad.Question], embedder: str, cache: Path) -> list[Asked]:
    """Index the paragraphs and ask the questions; nothing is judged yet."""
    with tempfile.TemporaryDirectory() as folder:
        encoder = open_encoder(embedder, cache)
        library = Library.open(Path(folder, "library.db"), encoder=encoder, generator=None, clock=time.perf_counter)
        try:
            ordinals = squad.index(library, read.paragraphs)
            library.embed_pending()
            found = []
            for one in questions:
                hits = library.search(one.text, Filters(), PASSAGES, SearchMode.HYBRID).hits
                paragraphs = tuple(ordinals[hit.passage.id] for hit in hits)
                found.append(Asked(one, read.paragraphs[one.paragraph].article, hits, paragraphs, {}))
        finally:
            library.close()
    return found


def judge_all(found: Sequence[Asked], model: ChildGenerator, measures: Sequence[str], kept: Path | None) -> None:
    """Fill in the numbers of every uncertain question, from `kept` where it has them, and add the others to it."""
    lines = kept.read_text("utf-8").splitlines() if kept is not None and kept.exists() else []
    known = {one.key: one for one in (Number(**json.loads(line)) for line in lines)}
    for asked in found:
        first = asked.hits[: uncertain([hit.score for hit in asked.hits])]
        for measure in measures if first else ():
            asking = judgement(asked.question.text, first, language_of_question(asked.question.text))
            asking = yes_or_no(asked.question.text, asking) if measure == "choice" else asking
            keys = [key(model.name, asked.question, measure, text) for text in asking.texts]
            if not all(one in known for one in keys):
                made = _judge(keys, asking, model)
                known |= {one.key: one for one in made}
                _keep(kept, made)
            asked.numbers[measure] = tuple(known[one] for one in keys)


def key(model: str, question: squad.Question, measure: str, text: str) -> str:
    """Return what tells a judgement from all others."""
    return hashlib.sha256("\0".join((model, measure, question.text, text)).encode()).hexdigest()


def _judge(keys: Sequence[str], asking: Judgement, model: ChildGenerator) -> list[Number]:
    at = [time.perf_counter()]
    numbers = []
    for number in model.judge(asking):
        numbers.append(number)
        at.append(time.perf_counter())
    tokens = (model.usage.prompt_tokens - model.usage.reused_tokens) / len(numbers)
    seconds = [after - before for before, after in pairwise(at)]
    return [Number(*each, tokens) for each in zip(keys, numbers, seconds, strict=True)]


def yes_or_no(question: str, wording: Judgement) -> Judgement:
    """Return the same texts with the question before them, to be answered by one word."""
    if language_of_question(question) == "en":
        return Judgement(
            "Say whether the passage answers the question. Answer only Yes or No.",
            f"Question: {question}\n\nPassage: ",
            wording.texts,
            "\n\nDoes the passage answer the question?",
            Choice("Yes", "No"),
            wording.longest,
        )
    return Judgement(
        "Di si el pasaje contesta la pregunta. Responde solo Sí o No.",
        f"Pregunta: {question}\n\nPasaje: ",
        wording.texts,
        "\n\n¿Contesta el pasaje la pregunta?",
        Choice("Sí", "No"),
        wording.longest,
    )


def _keep(kept: Path | None, made: Sequence[Number]) -> None:
    if kept is not None:
        with kept.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(one)) + "\n" for one in made)


def measured(found: Sequence[Asked], measures: Sequence[str]) -> Report:
    """Return the figures before and after by set of questions and weights, the weights, and the cost by measure."""
    halves = {"all": list(found), "held out": [asked for asked in found if asked.article % 2]}
    tuning = [asked for asked in found if asked.article % 2 == 0] or found
    ways: dict[str, dict[str, float]] = {"search": {}, "product": {"wording": WEIGHT}}
    for measure in measures:
        ways[f"{measure} tuned"] = chosen(tuning, [{measure: weight} for weight in WEIGHTS])
    if len(measures) > 1:
        pairs = itertools.product(WEIGHTS, WEIGHTS)
        ways["both tuned"] = chosen(tuning, [dict(zip(measures, pair, strict=True)) for pair in pairs])
    return Report(
        {
            f"{half}, {way}": figures_of(part, weights)
            for half, part in halves.items()
            if part
            for way, weights in ways.items()
        },
        ways,
        {measure: cost(found, measure) for measure in measures},
    )


def chosen(asked: Sequence[Asked], ways: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the weights with the best nDCG@10, of equals the first."""
    return max(ways, key=lambda weights: figures_of(asked, weights).ndcg_at_10)


def figures_of(asked: Sequence[Asked], weights: dict[str, float]) -> Figures:
    """Return the figures with each number counting by its measure's weight."""
    return figures([one_right(order(one, weights), one.question.paragraph) for one in asked])


def order(asked: Asked, weights: dict[str, float]) -> tuple[int, ...]:
    """Return each paragraph once, where its best passage is."""
    given = [
        [weight * one.number for one in asked.numbers[measure]]
        for measure, weight in weights.items()
        if measure in asked.numbers
    ]
    numbers = [sum(parts) for parts in zip(*given, strict=True)]
    places = combined([hit.score for hit in asked.hits[: len(numbers)]], numbers, 1.0)
    moved = [asked.paragraphs[place] for place in places]
    return tuple(dict.fromkeys((*moved, *asked.paragraphs[len(numbers) :])))[:DEPTH]


def cost(found: Sequence[Asked], measure: str) -> dict[str, float]:
    """Return the share of questions judged and, for each of these, its hits, tokens and seconds."""
    spent = [asked.numbers[measure] for asked in found if measure in asked.numbers]
    if not spent:
        return {"share_judged": 0.0}
    seconds = [sum(one.seconds for one in numbers) for numbers in spent]
    return {
        "share_judged": len(spent) / len(found),
        "hits": statistics.fmean(len(numbers) for numbers in spent),
        "tokens": statistics.fmean(sum(one.tokens for one in numbers) for numbers in spent),
        "seconds_p50": statistics.median(seconds),
        "seconds_mean": statistics.fmean(seconds),
    }


def table(report: Report) -> str:
    """Return the report for people."""
    lines = [heading("")]
    lines += [row(name, one) for name, one in report.figures.items()]
    lines += [f"{way}: {weights}" for way, weights in report.weights.items() if weights]
    for measure, spent in report.cost.items():
        lines.append(f"{measure}: " + ", ".join(f"{name} {number:.2f}" for name, number in spent.items()))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
