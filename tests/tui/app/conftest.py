"""A small course in memory with the facade's own signatures, and the app over it."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ingest.model import Kind, Locator, LocatorType, Notice
from kb.adding import AddOptions
from kb.conversations.conversations import Conversations
from kb.db import Database
from kb.errors import EmptyQuery, ModelUnavailable, NotFound
from kb.model import (
    AddEvent,
    AddResult,
    AddStatus,
    Alike,
    Answer,
    AnswerEvent,
    AnswerMode,
    AnswerStatus,
    Checking,
    Citation,
    DocumentInfo,
    DocumentView,
    EvidenceFound,
    Exchange,
    Facet,
    FacetField,
    Filters,
    Finished,
    Hit,
    Looser,
    Passage,
    PastSearch,
    SearchMode,
    SearchResult,
    Section,
    Sentence,
    SessionInfo,
    Timings,
    Token,
    Via,
    Why,
    WordFound,
)
from kb.search.looser import loosened
from quizzes.model import CardState, Due, Flashcard, MultipleChoice, Origin, Question, QuizItem, QuizKind, Stats
from quizzes.session import Outcome, QuizState, Reply, answer, start
from tui.app import RepasoApp
from tui.config import Config
from tui.locale import Messages
from tui.services import Services

COURSE = "Redes neuronales"
SESSION = "Sesión 1. Perceptrones"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def info(id: str, kind: Kind, title: str, session: str = SESSION, questions: int = 0) -> DocumentInfo:
    return DocumentInfo(id, f"/apuntes/{id}.md", "", kind, title, "", "", COURSE, session, "es", 2, questions, "h")


DOCUMENTS = (
    info("slides", Kind.SLIDES, "Perceptrones"),
    info("talk", Kind.TRANSCRIPT, "Clase grabada del lunes"),
    info("guide", Kind.STUDY_GUIDE, "Guía de estudio", session="", questions=3),
)


def passage(id: str, document: str, heading: str, locator: Locator, text: str, speaker: str = "") -> Passage:
    return Passage(id, document, 0, 0, heading, locator, speaker, 0, len(text), text)


PASSAGES = (
    passage(
        "p1",
        "slides",
        "La neurona artificial",
        Locator(LocatorType.SLIDE, 4, 4),
        "Una **neurona artificial** suma sus entradas pesadas y aplica una función de activación.\n\n"
        "- Los pesos se aprenden\n- El sesgo desplaza el umbral",
    ),
    passage(
        "p2",
        "talk",
        "",
        Locator(LocatorType.TIME, 754, 801),
        "El perceptrón de Rosenblatt aprendía a separar dos clases con una línea recta, y nada más que eso.",
        "Ana Ruiz",
    ),
    passage(
        "p3",
        "guide",
        "¿Qué hace la función de activación?",
        Locator(LocatorType.QUESTION, 1, 1),
        "Decide cuánto responde la neurona a la suma de sus entradas; sin ella, la red sería lineal.",
    ),
)

QUESTIONS = tuple(
    Question(
        f"q{n}",
        n,
        stem,
        reply,
        Origin.GUIDE,
        COURSE,
        "",
        "guide",
        Locator(LocatorType.QUESTION, n, n),
        "p3" if n == 1 else "p1",
    )
    for n, stem, reply in (
        (1, "¿Qué hace la función de activación?", "Decide cuánto responde la neurona a la suma de sus entradas."),
        (2, "¿Qué separa un perceptrón?", "Dos clases, con una línea recta."),
        (3, "¿Para qué sirve el sesgo?", "Desplaza el umbral de la neurona."),
    )
)


def facet(field: FacetField, values: list[str]) -> Facet:
    return Facet(field, tuple(Counter(value for value in values if value).most_common()))


class FakeLibrary:
    """Answers like kb.library.Library, at once or when a gate opens."""

    def __init__(self, database: Database) -> None:
        self.conversations = Conversations(database)
        self.asked: list[tuple[str, bool, AnswerMode, tuple[Exchange, ...]]] = []
        self.prepared: list[str] = []
        self.prepare_gate = threading.Event()
        self.preparing_stopped = 0
        self.warmed = 0
        self.notice = ""
        self.missing: tuple[str, ...] = ()
        self.understood = ""
        self.failure: Exception | None = None
        self.check_gate = threading.Event()
        self.stored: list[DocumentInfo] = list(DOCUMENTS)
        self.passages = {one.id: one for one in PASSAGES}
        self.pieces: tuple[str, ...] = ("La neurona suma sus entradas. ", "Y además ", "vuela.")
        self.model_missing = False
        self.pending = 0
        self.adds_slowly = False
        self.notices: tuple[Notice, ...] = ()
        self.meaning_gate = threading.Event()
        self.token_gate = threading.Event()
        self.add_gate = threading.Event()
        self.cancelled = threading.Event()
        self.closed = False
        self.searched: list[tuple[str, SearchMode]] = []
        self.passed_over: tuple[Path, ...] = ()
        self.related: tuple[str, ...] = ()
        self.alike: dict[str, tuple[Alike, ...]] = {}
        self.past: list[PastSearch] = []
        self.history_error: Exception | None = None
        self.drawn: list[tuple[str, int]] = []
        self.picture = b""
        self.picture_error: Exception | None = None
        for gate in self.gates:
            gate.set()

    @property
    def gates(self) -> tuple[threading.Event, ...]:
        return self.meaning_gate, self.token_gate, self.add_gate, self.prepare_gate, self.check_gate

    def add(
        self,
        paths: Sequence[Path],
        options: AddOptions = AddOptions(),  # noqa: B008
        progress: Callable[[AddEvent], None] = lambda event: None,
        should_stop: Callable[[], bool] = lambda: False,
        passed_over: Callable[[tuple[Path, ...]], None] = lambda files: None,
    ) -> tuple[AddResult, ...]:
        passed_over(self.passed_over)
        results = []
        files = [file for path in paths for file in (sorted(path.rglob("*.*")) if path.is_dir() else [path])]
        for number, path in enumerate(files):
            progress(AddEvent("read", str(path), number, len(files)))
            while not self.add_gate.wait(0.01):
                if should_stop():
                    return tuple(results)
            if not path.exists():
                results.append(AddResult(str(path), AddStatus.FAILED, error=NotFound(key=str(path))))
                continue
            added = replace(info(path.stem, Kind.NOTES, path.stem), course=options.course or COURSE)
            self.stored.append(added)
            results.append(AddResult(str(path), AddStatus.ADDED, added, self.notices))
        return tuple(results)

    def catch_up(
        self,
        progress: Callable[[AddEvent], None] = lambda event: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> int:
        for done in range(0, self.pending, 32):
            progress(AddEvent("embed", "minilm", done, self.pending))
            while not self.add_gate.wait(0.01):
                if should_stop():
                    return done
        done, self.pending = self.pending, 0
        return done

    def documents(self, course: str = "", kind: str = "") -> tuple[DocumentInfo, ...]:
        return tuple(self.stored)

    def sessions(self, course: str = "") -> tuple[SessionInfo, ...]:
        titles = dict.fromkeys(one.session for one in self.stored if one.session)
        return tuple(SessionInfo(COURSE, title, 2) for title in titles)

    def document(self, key: str) -> DocumentView:
        found = [one for one in self.stored if one.id == key]
        if not found:
            raise NotFound(key=key)
        texts = [one for one in self.passages.values() if one.document == key]
        sections = tuple(Section(one.heading, one.locator, one.text) for one in texts)
        return DocumentView(found[0], sections, tuple(texts), self.notices)

    def page_picture(self, document_id: str, page: int, pixels: tuple[int, int], password: str = "") -> bytes:
        self.drawn.append((document_id, page))
        if self.picture_error is not None:
            raise self.picture_error
        return self.picture

    def passage(self, id: str) -> Passage:
        if id not in self.passages:
            raise NotFound(key=id)
        return self.passages[id]

    def neighbours(self, passage_id: str, before: int = 1, after: int = 1) -> tuple[Passage, ...]:
        it = self.passage(passage_id)
        near = [one for one in self.passages.values() if one.document == it.document and one.id != passage_id]
        return tuple(one for one in near if it.ordinal - before <= one.ordinal <= it.ordinal + after)

    def remember_search(self, query: str, asked_at: str) -> None:
        if self.history_error is not None:
            raise self.history_error
        self.past = [PastSearch(query, asked_at), *(one for one in self.past if one.query != query)]

    def past_searches(self, limit: int = 50) -> tuple[PastSearch, ...]:
        if self.history_error is not None:
            raise self.history_error
        return tuple(self.past[:limit])

    def search(
        self,
        query: str,
        filters: Filters = Filters(),  # noqa: B008
        limit: int = 10,
        mode: SearchMode = SearchMode.HYBRID,
        rerank: bool = False,
    ) -> SearchResult:
        self.searched.append((query, mode))
        if mode is not SearchMode.KEYWORD:
            self.meaning_gate.wait(30)
        hits = [hit for one in self.passages.values() if (hit := self._hit(one, query, filters)) is not None]
        facets = (
            facet(FacetField.KIND, [hit.document.kind.value for hit in hits]),
            facet(FacetField.SESSION, [hit.document.session for hit in hits]),
            facet(FacetField.SPEAKER, [hit.passage.speaker for hit in hits]),
        )
        suggestion = "neurona" if query == "neurna" else ""
        model = "" if mode is SearchMode.KEYWORD else "minilm"
        shown = tuple(hits[:limit])
        return SearchResult(query, mode, shown, suggestion, 7.0, len(hits), facets, self.related, model)

    def _hit(self, one: Passage, query: str, filters: Filters) -> Hit | None:
        document = next((each for each in self.stored if each.id == one.document), None)
        start = one.text.casefold().find(query.casefold())
        asked = (filters.kind, document.kind.value if document else ""), (filters.speaker, one.speaker)
        if document is None or start < 0 or any(want not in ("", has) for want, has in asked):
            return None
        found = WordFound(query, (one.text[start : start + len(query)],), Via.SAME, 0.75)
        why = Why((found, WordFound("ausente", (), Via.SAME, 0.25)), 0.5, bool(one.heading), False)
        marks = ((start, start + len(query)),)
        return Hit(one, document, 0.9, 0.9, 0.5, one.text, marks, self.alike.get(one.id, ()), why)

    def loosened(
        self,
        query: str,
        filters: Filters = Filters(),  # noqa: B008
        mode: SearchMode = SearchMode.HYBRID,
    ) -> tuple[Looser, ...]:
        return loosened(lambda words, wider: self.search(words, wider, 1, mode).total, query, filters)

    def ask(
        self,
        question: str,
        filters: Filters = Filters(),  # noqa: B008
        use_model: bool = True,
        mode: AnswerMode = AnswerMode.AUTO,
        earlier: Sequence[Exchange] = (),
    ) -> Iterator[AnswerEvent]:
        self.asked.append((question, use_model, mode, tuple(earlier)))
        self.cancelled.clear()
        if not any(map(str.isalnum, question)):
            raise EmptyQuery()
        if "ballenas" in question:
            nearest = self._hit(PASSAGES[0], "neurona", filters)
            status = AnswerStatus.NOT_FOUND
            yield Finished(Answer(question, "", status, (), (), "", Timings(), (nearest,) if nearest else ()))
            return
        sources = tuple(
            Citation(
                n, self.passages[id], next(one for one in self.stored if one.id == self.passages[id].document), quote
            )
            for n, id, quote in ((1, "p1", "suma sus entradas pesadas"), (2, "p2", "separar dos clases"))
        )
        taken = AnswerMode.SHORT if mode is AnswerMode.AUTO else mode
        yield EvidenceFound(sources, taken, self.understood)
        if use_model and self.model_missing:
            raise ModelUnavailable(model="qwen", reason="missing")
        for piece in self.pieces if use_model else ():
            while not self.token_gate.wait(0.01):
                if self.cancelled.is_set():
                    return
            yield Token(piece)
            if self.failure is not None:
                raise self.failure
        yield from self._checked(question, taken, sources) if use_model else [Finished(quoted(question, sources))]

    def _checked(
        self, question: str, mode: AnswerMode, sources: tuple[Citation, ...]
    ) -> Iterator[Checking | Finished]:
        yield Checking()
        while not self.check_gate.wait(0.01):
            if self.cancelled.is_set():
                return
        answer = written(question, sources)
        if "pesos" in question:
            answer = replace(answer, sentences=answer.sentences[:2], status=AnswerStatus.GROUNDED)
        yield Finished(replace(answer, mode=mode, understood=self.understood, missing=self.missing))

    def prepare(
        self,
        question: str,
        filters: Filters = Filters(),  # noqa: B008
        mode: AnswerMode = AnswerMode.AUTO,
        earlier: Sequence[Exchange] = (),
    ) -> bool:
        self.prepared.append(question)
        if self.model_missing:
            raise ModelUnavailable(model="qwen", reason="missing")
        return self.prepare_gate.wait(30)

    def cancel_preparing(self) -> None:
        self.preparing_stopped += 1

    def warm(self) -> None:
        self.warmed += 1

    def model_notice(self) -> str:
        return self.notice

    def cancel_answer(self) -> None:
        self.cancelled.set()

    def section_vectors(self, document: str) -> dict[int, object]:
        return {}

    def remove(self, document_id: str) -> None:
        self.stored = [one for one in self.stored if one.id != document_id]

    def close(self) -> None:
        self.end_models()

    def end_models(self) -> None:
        self.closed = True
        for gate in self.gates:
            gate.set()


def written(question: str, sources: tuple[Citation, ...]) -> Answer:
    sentences = (
        Sentence("La **neurona** suma sus entradas pesadas.", (1,), True),
        Sentence("El perceptrón separa dos clases.", (1, 2), True),
        Sentence("Y además vuela.", (), False),
    )
    text = " ".join(one.text for one in sentences)
    return Answer(question, text, AnswerStatus.PARTIAL, sentences, sources, "qwen", Timings(5, 900, 2400))


def quoted(question: str, sources: tuple[Citation, ...]) -> Answer:
    sentences = tuple(Sentence(f"Dice: {source.quote}.", (source.n,), True) for source in sources)
    return Answer(question, "", AnswerStatus.GROUNDED, sentences, sources, "", Timings(5, 0, 6))


class FakeQuizzes:
    """Plays like quizzes.quiz.QuizMaster over three questions; the disk is a list."""

    def __init__(self) -> None:
        self.written: list[tuple[str, Reply]] = []
        self.disk_gate = threading.Event()
        self.disk_gate.set()
        self.failure: Exception | None = None

    def sync(self) -> bool:
        return False

    def due(self) -> Due:
        return Due(1, len(QUESTIONS) - 1, NOON)

    def stats(self) -> Stats:
        return Stats(len(QUESTIONS), 1, 4, 0.75, (("2026-03-01", 3), ("2026-03-02", 1)))

    def start(
        self, count: int = 10, kind: QuizKind | None = None, course: str = "", session: str = "", seed: int = 0
    ) -> QuizState:
        if self.failure is not None:
            raise self.failure
        items: list[QuizItem] = [Flashcard(one) for one in QUESTIONS]
        if kind is QuizKind.MULTIPLE_CHOICE:
            options = ("Una línea curva", "Dos clases, con una línea recta.", "Tres colores", "Ninguna")
            items = [MultipleChoice(one, options, 1, ("q1", "q2", "q3", "q1")) for one in QUESTIONS]
        return start(items[:count])

    def answer(self, state: QuizState, reply: Reply, elapsed_ms: int = 0) -> tuple[QuizState, Outcome, CardState]:
        self.disk_gate.wait(30)
        if self.failure is not None:
            raise self.failure
        after, outcome = answer(state, reply)
        self.written.append((outcome.item.question.id, reply))
        return after, outcome, CardState(outcome.item.question.id, NOON + timedelta(days=3), 1, 0, "")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[FakeLibrary]:
    database = Database(tmp_path / "talks.db")
    yield FakeLibrary(database)
    for thread in threading.enumerate():
        if thread.name.startswith("repaso"):
            thread.join(60)
    database.close()


@pytest.fixture
def quizzes() -> FakeQuizzes:
    return FakeQuizzes()


class FixedServices(Services):
    """Services whose day and chance never change."""

    def today(self) -> str:
        return NOON.date().isoformat()

    def time(self) -> str:
        return NOON.isoformat()

    def seed(self) -> int:
        return 7


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(tmp_path / "library.db", tmp_path / "cache", tmp_path / "config.toml", "es")


@pytest.fixture
def make_app(library: FakeLibrary, quizzes: FakeQuizzes, config: Config) -> Callable[..., RepasoApp]:
    """Makes the app over the small course, in Spanish unless told otherwise."""

    def make(language: str = "es") -> RepasoApp:
        services = FixedServices(config, lambda _config: library, lambda _library: quizzes)  # type: ignore[arg-type]
        return RepasoApp(services, Messages(language))

    return make


@pytest.fixture
def settle() -> Callable[[Pilot[None]], Awaitable[None]]:
    """Waits until nothing works behind the screen and everything that was posted is shown."""

    async def wait(pilot: Pilot[None]) -> None:
        for _ in range(3):
            await pilot.pause()
            await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    return wait


@pytest.fixture
def shown() -> Callable[[RepasoApp], str]:
    """Reads the terminal's text off the current screen."""

    def read(app: RepasoApp) -> str:
        return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())

    return read


@pytest.fixture
def words(shown: Callable[[RepasoApp], str]) -> Callable[[RepasoApp], str]:
    """Reads the current screen as running words, whatever its frames and line breaks."""

    def read(app: RepasoApp) -> str:
        return re.sub(r"[\s\u2500-\u259f]+", " ", shown(app))

    return read


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    """Waits for something to come true, looking again and again for two minutes at least: a machine may be busy."""

    async def wait(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
        for _ in range(12000):
            if condition():
                return
            await pilot.pause(0.01)
        raise AssertionError("it never came true")

    return wait
