"""Fits and tests the decision whether the material answers a question, on a SQuAD-format file.

Every question is asked twice: of a library with all paragraphs, and of one without its article. The weights are
fitted by logistic regression on half of the articles and reported on the other half. Questions may come from the
same data set in another language; questions and paragraphs are then joined by their ids.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import platformdirs

from ingest.language import language_of_question
from ingest.model import Document, Kind, Locator, LocatorType, Section
from kb import store
from kb.answer.lexicon import Lexicon
from kb.answer.relevance import Signals, signals
from kb.inference import Encoder, Role, Vectors, open_encoder
from kb.library import Library
from kb.search.language import stems
from kb.search.translation import stems_abroad

HITS = 8


@dataclass(frozen=True, slots=True)
class Case:
    """A question's signals, the half its article belongs to, and whether the library could answer it."""

    half: int
    answerable: bool
    measured: Signals


class Remembering:
    """An encoder that computes each text once."""

    def __init__(self, encoder: Encoder) -> None:
        self.inner = encoder
        self.known: dict[tuple[str, Role], np.ndarray] = {}

    @property
    def name(self) -> str:
        """The model's name."""
        return self.inner.name

    @property
    def source(self) -> str:
        """What opens it again."""
        return self.inner.source

    def fingerprint(self) -> str:
        """Return what its weights are known by."""
        return self.inner.fingerprint()

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return unit vectors, from memory where it has them."""
        new = [text for text in dict.fromkeys(texts) if (text, role) not in self.known]
        if new:
            for text, vector in zip(new, self.inner.encode(new, role), strict=True):
                self.known[text, role] = vector
        return np.stack([self.known[text, role] for text in texts])

    def close(self) -> None:
        """End the model's process."""


def articles(path: Path, asked: Path) -> list[tuple[Document, list[str]]]:
    """Return each article as a document, a section a paragraph, with its questions as the other file asks them."""
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    wording = {
        qa["id"]: qa["question"]
        for article in json.loads(asked.read_text(encoding="utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    }
    found = []
    for article in data:
        sections = tuple(
            Section("", Locator(LocatorType.SECTION, n, n), paragraph["context"])
            for n, paragraph in enumerate(article["paragraphs"], 1)
        )
        questions = [wording[qa["id"]] for paragraph in article["paragraphs"] for qa in paragraph["qas"]]
        title = article.get("title", str(len(found)))
        found.append(
            (
                Document(f"{len(found)}.txt", "", Kind.NOTES, title, sections, language="es", content_hash=title),
                questions,
            )
        )
    return found


def measure(library: Library, questions: Sequence[str]) -> Iterator[Signals]:
    """Yield each question's signals."""
    for question in questions:
        lexicon = Lexicon(stems, library._weigh, language_of_question(question), stems_abroad)
        yield signals(question, library.search(question, limit=HITS).hits, lexicon)


def cases(path: Path, asked: Path, encoder: Encoder) -> list[Case]:
    """Ask every question of the whole library and of the library without its article."""
    everything = articles(path, asked)
    found: list[Case] = []
    with tempfile.TemporaryDirectory() as folder:
        whole = open_with([document for document, _ in everything], Path(folder) / "all.db", encoder)
        for n, (document, questions) in enumerate(everything):
            found += [Case(n % 2, True, each) for each in measure(whole, questions)]
            rest = [other for other, _ in everything if other is not document]
            without = open_with(rest, Path(folder) / f"{n}.db", encoder)
            found += [Case(n % 2, False, each) for each in measure(without, questions)]
            without.database.close()
        whole.database.close()
    return found


def open_with(documents: Sequence[Document], path: Path, encoder: Encoder) -> Library:
    """Return a library of these documents, embedded."""
    library = Library.open(path, encoder=encoder, generator=None, clock=time.perf_counter)
    with library.database.transaction() as db:
        for document in documents:
            store.put(db, document, store.Place("", document.title), lambda _path: False)
    library.embed_pending()
    return library


def fit(train: Sequence[Case], ridge: float = 1e-3) -> np.ndarray:
    """Return logistic regression weights, the bias last, by Newton's method."""
    x = np.array([[*row(case.measured), 1.0] for case in train])
    y = np.array([case.answerable for case in train], dtype=float)
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (p - y) + ridge * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(x.shape[1])
        weights -= np.linalg.solve(hessian, gradient)
    return weights


def row(measured: Signals) -> list[float]:
    """Return the signals in the order of their fields."""
    return [getattr(measured, field.name) for field in fields(Signals)]


def auc(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the area under the ROC curve (the Mann-Whitney statistic)."""
    ranks = np.argsort(np.argsort(scores)) + 1
    positive = labels.sum()
    return float((ranks[labels].sum() - positive * (positive + 1) / 2) / (positive * (len(labels) - positive)))


def report(test: Sequence[Case], scores: np.ndarray, threshold: float) -> dict[str, float]:
    """Return refusal on unanswerable, wrong refusal on answerable, and AUC."""
    labels = np.array([case.answerable for case in test])
    refused = scores < threshold
    return {
        "refusal_unanswerable": float(refused[~labels].mean()),
        "refusal_answerable": float(refused[labels].mean()),
        "auc": auc(scores, labels),
    }


def no_cosine(known: Sequence[Case]) -> list[Case]:
    """Return the cases as they are where there is no embedder."""
    return [replace(case, measured=replace(case.measured, cosine=0.0)) for case in known]


def fitted_and_tested(train: Sequence[Case], test: Sequence[Case]) -> dict[str, object]:
    """Return the weights fitted on one half and what they do on the other."""
    weights = fit(train)
    scores = np.array([1 / (1 + math.exp(-float(np.dot([*row(case.measured), 1.0], weights)))) for case in test])
    return {
        "weights": {f.name: round(float(w), 2) for f, w in zip(fields(Signals), weights, strict=False)},
        "bias": round(float(weights[-1]), 2),
        "at_threshold": {f"{t:.2f}": report(test, scores, t) for t in (0.3, 0.4, 0.5, 0.6)},
    }


def main() -> None:
    """Print the weights fitted on one half of the articles and what they do on the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("squad", type=Path)
    parser.add_argument("--model", default="all-minilm-l6-v2")
    parser.add_argument("--questions", type=Path, help="the same data set with its questions in another language")
    arguments = parser.parse_args()
    cache = Path(platformdirs.user_cache_dir("repaso", appauthor=False))
    encoder = Remembering(open_encoder(arguments.model, cache))
    found = cases(arguments.squad, arguments.questions or arguments.squad, encoder)
    encoder.inner.close()
    train, test = ([case for case in found if case.half == half] for half in (0, 1))
    result = {
        "with_meaning": fitted_and_tested(train, test),
        "words_alone": fitted_and_tested(*map(no_cosine, (train, test))),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
