"""A library of any size with the tables that adding files would give, for measuring speed: its words mean nothing.

Words are made of Spanish syllables and drawn by Zipf's law with Mandelbrot's shift, function words and course terms
among the most frequent. Phrases of them, some ten thousand, are what passages are made of, so that their terms and
vectors need no analysis and no model; half of a document's phrases are its subject's, and each passage has words of
its own. Vectors are the sum of a part that all share, of the subject and of the phrases, spread as those of texts.
"""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb import chunk, rows, store
from kb.db import Database
from kb.model import Kind, Locator, LocatorType
from kb.search.language import ANALYSIS, TAIL, indexed

MODEL, DIMENSION = "synthetic", 384
"""Whose vectors the library says it has; as many components as all-MiniLM-L6-v2."""

BYTES_PER_PASSAGE = 12_000
"""Room that a passage needs on the disk while the library is made, its log and what is derived of it included."""

FUNCTION_WORDS = """
de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin sobre este
ya entre cuando todo esta ser son dos también fue había era muy años hasta desde está mi porque qué sólo
"""
COURSE_WORDS = """
modelo atención token red neurona capa vector embedding transformer BERT GPT-4 LoRA RLHF corpus entrenamiento
fine-tuning pre-training gradiente pérdida softmax probabilidad lenguaje palabra secuencia decodificador codificador
tokenización perplejidad precisión recuerdo F1-score clasificación traducción resumen pregunta respuesta alucinación
contexto ventana memoria recurrente convolución regularización dropout Adam tasa época
"""

_VOCABULARY, _RARE_WORDS, _PHRASES, _SUBJECTS = 40_000, 60_000, 30_000, 500
_FUNCTION_WORDS = len(FUNCTION_WORDS.split())
_MOST_PHRASES, _OF_A_SUBJECT = 24, 300
_PER_DOCUMENT, _PER_SECTION = 100, 5
_CACHE_KIB, _HASH_BYTES = 256 * 1024, 1024 * 1024  # for filling; FTS5's own default
_FADING = 0.35
"""How the deviation of vectors fades over their principal components, the k-th having k to the power of minus this:
so do 29,000 texts embedded with all-MiniLM-L6-v2 (1, 0.50, 0.41, 0.33, 0.25, 0.19 at k = 1, 6, 11, 21, 51, 101)."""
_SYLLABLES = [
    a + b for a in (*"bcdfglmnprstv", "ll", "br", "tr", "pr", "ch") for b in (*"aeiou", "ía", "ie", "an", "en")
]
_ENDINGS = ["", "s", "ción", "dad", "mente", "ado", "ando", "ar", "ico", "es", "ista", "aje"]
_KINDS = ((Kind.TRANSCRIPT, LocatorType.TIME), (Kind.SLIDES, LocatorType.PAGE), (Kind.NOTES, LocatorType.SECTION))


@dataclass(frozen=True, slots=True)
class Phrases:
    """What passages are made of: text, terms in order, terms after the tail's mark, count of words, vectors."""

    texts: list[str]
    orders: tuple[str, ...]
    tails: tuple[frozenset[str], ...]
    lengths: NDArray[np.int64]
    vectors: NDArray[np.float32]


class Maker:
    """Draws documents; the same seed gives the same ones."""

    def __init__(
        self, seed: int = 1, words: int = _VOCABULARY, rare: int = _RARE_WORDS, phrases: int = _PHRASES
    ) -> None:
        self._random = np.random.default_rng(seed)
        made = self._words(words + rare)
        self._courses = COURSE_WORDS.split()
        self.words = [*FUNCTION_WORDS.split(), *self._courses, *made[:words]]
        odds = 1.0 / (np.arange(1, len(self.words) + 1) + 2.7) ** 1.07
        self._odds = odds / odds.sum()
        spectrum = np.arange(1, DIMENSION + 1) ** -_FADING
        directions = np.linalg.qr(self._random.normal(size=(DIMENSION, DIMENSION)))[0]
        self._spread = (spectrum / np.linalg.norm(spectrum))[:, None] * directions
        self._phrases = self._made_phrases(phrases)
        self._rare = [(word, *_analysed(word)) for word in made[words:]]
        self._shared = self._vectors(1)[0]
        self._subjects = self._vectors(_SUBJECTS)
        self._of_subject = self._random.integers(0, phrases, (_SUBJECTS, _OF_A_SUBJECT))

    def word(self, at: int) -> str:
        """Return a word that is no function word, whatever the number."""
        return self.words[_FUNCTION_WORDS + at % (len(self.words) - _FUNCTION_WORDS)]

    def queries(self, count: int) -> list[str]:
        """Return questions and rows of 3 to 12 words, drawn as the texts' words are, so that common ones occur."""
        asked = []
        for n in range(count):
            drawn = self._drawn(int(self._random.integers(3, 13)))
            term = self._courses[int(self._random.integers(len(self._courses)))]
            kinds = (f"¿Qué es {term} y para qué sirve {drawn[0]}?", " ".join(drawn), " ".join([term, *drawn[1:]]))
            asked.append(kinds[n % 3])
        return asked

    def passages(self, subject: int, count: int) -> Iterator[tuple[str, str, NDArray[np.float32]]]:
        """Yield text, terms and vector of passages on a subject, of 120 to 220 words."""
        held, shape = self._phrases, (count, _MOST_PHRASES)
        own = self._of_subject[subject][self._random.integers(0, _OF_A_SUBJECT, shape)]
        drawn = np.where(self._random.random(shape) < 0.5, own, self._random.integers(0, len(held.texts), shape))
        wanted = self._random.integers(120, 221, count)
        lasting = (np.cumsum(held.lengths[drawn], axis=1) < wanted[:, None]).sum(axis=1) + 1
        rare = self._random.integers(0, len(self._rare), count)
        for row, length, last in zip(drawn, lasting.tolist(), rare.tolist(), strict=True):
            chosen = row[:length].tolist()
            word, order, tail = self._rare[last]
            tails = sorted(tail.union(*(held.tails[n] for n in chosen)))
            terms = " ".join(filter(None, (*(held.orders[n] for n in chosen), order, TAIL, *tails)))
            vector = 2.0 * self._shared + 0.7 * self._subjects[subject] + 0.5 * held.vectors[chosen].sum(axis=0)
            text = " ".join((*(held.texts[n] for n in chosen), f"{word}."))
            yield text, terms, vector / np.linalg.norm(vector)

    def _drawn(self, count: int) -> list[str]:
        return [self.words[n] for n in self._random.choice(len(self.words), count, p=self._odds)]

    def _words(self, count: int) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < count:
            lengths = self._random.integers(1, 4, count)
            syllables = self._random.integers(0, len(_SYLLABLES), (count, 3))
            endings = self._random.integers(0, len(_ENDINGS), count)
            for length, which, end in zip(lengths.tolist(), syllables.tolist(), endings.tolist(), strict=True):
                found["".join(_SYLLABLES[n] for n in which[:length]) + _ENDINGS[end]] = None
        return list(found)[:count]

    def _made_phrases(self, count: int) -> Phrases:
        lengths = self._random.integers(6, 15, count)
        drawn = iter(self._drawn(int(lengths.sum())))
        rows_of_words = [" ".join(itertools.islice(drawn, length)) for length in lengths.tolist()]
        texts = [f"{words[:1].upper()}{words[1:]}." for words in rows_of_words]
        orders, tails = zip(*map(_analysed, texts), strict=True)
        return Phrases(texts, orders, tails, lengths, self._vectors(count))

    def _vectors(self, count: int) -> NDArray[np.float32]:
        return np.asarray(self._random.normal(size=(count, DIMENSION)) @ self._spread, np.float32)


def _analysed(text: str) -> tuple[str, frozenset[str]]:
    """Return the terms of a text in order, and those after the tail's mark."""
    order, _, tail = indexed(text, language="es").partition(TAIL)
    return order.strip(), frozenset(tail.split())


def fill(database: Database, maker: Maker, passages: int) -> None:
    """Write documents of a hundred passages each, `passages` in all, into a new library."""
    db = database.connection
    for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
        db.execute(f"PRAGMA {pragma}")  # a library that is half made is thrown away
    _set_hash_size(db, _CACHE_KIB * 1024)
    for start in range(0, passages, 100 * _PER_DOCUMENT):
        with database.transaction() as db:
            for first in range(start, min(passages, start + 100 * _PER_DOCUMENT), _PER_DOCUMENT):
                _document(db, maker, first, min(_PER_DOCUMENT, passages - first))
            store.touch(db)
    with database.transaction() as db:
        db.execute("INSERT INTO embedders (model, source, dimension) VALUES (?, ?, ?)", (MODEL, MODEL, DIMENSION))
        store.touch(db)
    _set_hash_size(db, _HASH_BYTES)
    db.execute("PRAGMA journal_mode = WAL")


def _set_hash_size(db: sqlite3.Connection, size: int) -> None:
    """Let FTS5 gather this many bytes of terms before it writes them (sqlite.org/fts5.html, 6.10)."""
    db.execute("INSERT INTO passage_terms (passage_terms, rank) VALUES ('hashsize', ?)", (size,))


def _document(db: sqlite3.Connection, maker: Maker, first: int, count: int) -> None:
    """Write one document whose passages are numbered from `first` + 1, a session having three documents."""
    n = first // _PER_DOCUMENT
    kind, unit = _KINDS[n % len(_KINDS)]
    id = f"{n:010x}"
    course, session = f"Curso {n // 90}", f"Sesión {n // 3 % 30 + 1}"
    title = f"{maker.word(7 * n).capitalize()} {n}"
    date = f"2024-{n // 3 % 12 + 1:02d}-{n % 28 + 1:02d}"
    db.execute(
        """INSERT INTO documents (id, course, session, path, part, kind, title, author, url, language, content_hash,
            session_content, date) VALUES (?, ?, ?, ?, '', ?, ?, '', '', 'es', ?, ?, ?)""",
        (id, course, session, f"/curso/{n}.txt", kind.value, title, id, session, date),
    )
    made = list(maker.passages(n * 13 % _SUBJECTS, count))
    sections, listed, terms = [], [], []
    for section, start in enumerate(range(0, count, _PER_SECTION)):
        heading = " ".join(maker.word((first + start) * k) for k in (3, 5)).capitalize()
        place = rows.as_json(rows.locator_parts(Locator(unit, section + 1, section + 1)))
        line = chunk.context(course, session, title, heading)
        at, head = 0, indexed(line)
        for ordinal, (text, words, _) in enumerate(made[start : start + _PER_SECTION], start):
            number = first + ordinal + 1
            speaker = f"Docente {(n + section) % 12}" if kind is Kind.TRANSCRIPT else ""
            key = hashlib.blake2b(f"{id} {ordinal}".encode(), digest_size=8).hexdigest()
            where = (section, ordinal, heading, place, speaker, at, at + len(text))
            listed.append((number, key, id, *where, line, text, ANALYSIS))
            terms.append((number, head, words))
            at += len(text) + 2
        text = "\n\n".join(one[0] for one in made[start : start + _PER_SECTION])
        sections.append((id, section, heading, place, text))
    _insert(db, first, sections, listed, terms, [vector for *_, vector in made])


def _insert(
    db: sqlite3.Connection,
    first: int,
    sections: Sequence[tuple[object, ...]],
    passages: Sequence[tuple[object, ...]],
    terms: Sequence[tuple[int, str, str]],
    vectors: Sequence[NDArray[np.float32]],
) -> None:
    db.executemany(
        """INSERT INTO sections (document, ordinal, title, locator, text, notes, marks, language)
            VALUES (?, ?, ?, ?, ?, '', '[]', 'es')""",
        sections,
    )
    stamp = store.revision(db) + 1
    db.executemany(
        f"""INSERT INTO passages (number, id, document, section, ordinal, heading, locator, speaker, start, stop,
            context, text, analysis, stamp) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {stamp:d})""",  # noqa: S608
        passages,
    )
    db.executemany("INSERT INTO passage_terms (rowid, heading, body) VALUES (?, ?, ?)", terms)
    db.executemany(
        "INSERT INTO vectors (passage, model, vector, stamp) VALUES (?, ?, ?, ?)",
        [(first + n, MODEL, one.astype("<f4").tobytes(), stamp) for n, one in enumerate(vectors, 1)],
    )
