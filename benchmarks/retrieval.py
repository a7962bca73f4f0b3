"""How well passages are found: R@1, nDCG@10 and MRR by words, by meaning and by both, on SQuAD-format files.

    python -m benchmarks.retrieval PASSAGES.json [QUESTIONS.json] [--json]

The questions are asked of the paragraphs through the product's own store and search; a paragraph ranks where its best
passage does. A second file with the same ids asks in another language. The semantic weight is tuned on the questions
of every other article and reported on the rest. `--semantic-floor` applies what keeps weak passages from students.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from ingest.model import Document, Kind, Locator, LocatorType, Section
from kb import store
from kb.db import Database
from kb.inference import open_encoder
from kb.inference.protocol import Encoder, Role
from kb.search import engine, keyword, vectors
from kb.search.fusion import SEMANTIC_WEIGHT, Scored, by_cosine, fuse
from kb.search.query import understand

WEIGHTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's evidence: passage numbers with keyword scores and cosines, the right paragraph and its article."""

    gold: int
    article: int
    paragraphs: dict[int, int]
    by_words: dict[int, float]
    by_meaning: dict[int, float]


def main() -> None:
    """Measure one pair of files and print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path)
    parser.add_argument("questions", type=Path, nargs="?")
    parser.add_argument("--model", default="all-minilm-l6-v2")
    parser.add_argument("--cache", type=Path, default=Path(platformdirs.user_cache_dir("repaso", appauthor=False)))
    parser.add_argument("--semantic-floor", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    encoder = open_encoder(given.model, given.cache)
    try:
        with tempfile.TemporaryDirectory() as folder:
            asked = gather(
                Path(folder, "library.db"),
                given.passages,
                given.questions or given.passages,
                encoder,
                given.semantic_floor,
            )
    finally:
        encoder.close()
    report = measure(asked)
    print(json.dumps(report, indent=2) if given.json else table(report))


def gather(library: Path, passages: Path, questions: Path, encoder: Encoder, floor: bool) -> list[Asked]:
    """Index the passages, ask every question, and keep what each kind of evidence said of it."""
    database = Database(library)
    gold, paragraphs = index(database, json.loads(passages.read_text("utf-8"))["data"], encoder)
    texts = {
        qa["id"]: qa["question"]
        for article in json.loads(questions.read_text("utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
        if qa["id"] in gold
    }
    ids = list(texts)
    meanings = np.concatenate(
        [encoder.encode([texts[id] for id in ids[at : at + 64]], Role.QUERY) for at in range(0, len(ids), 64)]
    )
    cache = vectors.VectorCache()
    asked = []
    with database.reading() as db:
        for id, meaning in zip(ids, meanings, strict=True):
            by_words = keyword.ranked(db, understand(texts[id]), None, engine.CANDIDATES)
            matrix = cache.matrix(db, encoder.name, len(meaning))
            assert matrix is not None
            by_meaning = (
                engine.nearest(matrix, meaning, None, by_words.keys())
                if floor
                else dict(zip(matrix.numbers.tolist(), matrix.cosines(meaning).tolist(), strict=True))
            )
            asked.append(Asked(*gold[id], paragraphs, by_words, by_meaning))
    database.close()
    return asked


def index(
    database: Database, articles: Sequence[dict[str, Any]], encoder: Encoder
) -> tuple[dict[str, tuple[int, int]], dict[int, int]]:
    """Store and embed each paragraph; return each question's (paragraph, article) and each passage's paragraph."""
    gold: dict[str, tuple[int, int]] = {}
    paragraphs: dict[int, int] = {}
    place = Locator(LocatorType.SECTION, 1, 1)
    for number, article in enumerate(articles):
        for at, paragraph in enumerate(article["paragraphs"]):
            section = Section("", place, paragraph["context"])
            document = Document(f"/article{number}", str(at), Kind.NOTES, "", (section,))
            ordinal = len(set(paragraphs.values()))
            with database.transaction() as db:
                made = store.put(db, document, store.Place(""), lambda _path: True)
                for row in db.execute("SELECT number FROM passages WHERE document = ?", (made.id,)):
                    paragraphs[row["number"]] = ordinal
            gold |= {qa["id"]: (ordinal, number) for qa in paragraph["qas"]}
    with database.transaction() as db:
        waiting = vectors.pending(db, encoder.name)
        for at in range(0, len(waiting), 16):
            batch = waiting[at : at + 16]
            vectors.save(db, encoder.name, batch, encoder.encode([item.text for item in batch], Role.PASSAGE))
    return gold, paragraphs


def measure(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return the figures of all questions, and the weight that is best on one half with its figures on the other."""
    tuning = [one for one in asked if one.article % 2 == 0]
    held_out = [one for one in asked if one.article % 2 == 1]
    best = max(WEIGHTS, key=lambda weight: figures(tuning, hybrid(weight))["ndcg_at_10"])
    return {
        "questions": len(asked),
        "keyword": figures(asked, by_keyword),
        "semantic": figures(asked, by_meaning),
        "hybrid": figures(asked, hybrid(SEMANTIC_WEIGHT)),
        "weight": SEMANTIC_WEIGHT,
        "weights": {str(weight): figures(asked, hybrid(weight)) for weight in WEIGHTS},
        "tuned": {
            "weight": best,
            "held_out_questions": len(held_out),
            "keyword": figures(held_out, by_keyword),
            "hybrid": figures(held_out, hybrid(best)),
        },
    }


def by_keyword(one: Asked) -> list[int]:
    """Return the paragraphs in the order of their words."""
    return ranked_paragraphs(one, fuse(one.by_words, {}, 0.0))


def by_meaning(one: Asked) -> list[int]:
    """Return the paragraphs in the order of their cosines."""
    return ranked_paragraphs(one, by_cosine(one.by_meaning, {}))


def hybrid(weight: float) -> Callable[[Asked], list[int]]:
    """Return the order by both, at a weight."""
    return lambda one: ranked_paragraphs(one, fuse(one.by_words, one.by_meaning, weight))


def ranked_paragraphs(one: Asked, found: Sequence[Scored]) -> list[int]:
    """Return each paragraph once, where its best passage is."""
    return list(dict.fromkeys(one.paragraphs[scored.number] for scored in found))


def figures(asked: Sequence[Asked], order: Callable[[Asked], list[int]]) -> dict[str, float]:
    """Return R@1, nDCG@10 and MRR@10 with one right passage a question (Järvelin and Kekäläinen, TOIS 20, 2002)."""
    ranks = [found.index(one.gold) + 1 if one.gold in (found := order(one)[:10]) else 0 for one in asked]
    return {
        "r_at_1": sum(rank == 1 for rank in ranks) / len(ranks),
        "ndcg_at_10": sum(1 / math.log2(rank + 1) for rank in ranks if rank) / len(ranks),
        "mrr": sum(1 / rank for rank in ranks if rank) / len(ranks),
    }


def table(report: dict[str, Any]) -> str:
    """Return the report for people."""

    def line(name: str, row: dict[str, float]) -> str:
        return f"{name:<22}{row['r_at_1']:>8.3f}{row['ndcg_at_10']:>10.3f}{row['mrr']:>8.3f}"

    lines = [f"{report['questions']} questions{'R@1':>17}{'nDCG@10':>10}{'MRR':>8}"]
    lines += [line(name, report[name]) for name in ("keyword", "semantic")]
    lines += [line(f"hybrid {weight}", row) for weight, row in report["weights"].items()]
    tuned: dict[str, dict[str, float]] = report["tuned"]
    lines.append(f"held-out half, weight {tuned['weight']} tuned on the other:")
    lines += [line(name, tuned[name]) for name in ("keyword", "hybrid")]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
