"""What is prepared while a question is typed serves the question that is asked, and can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kb.answer.answerer import Answerer
from kb.answer.gather import Asking
from kb.answer.modes import NOTHING_KNOWN
from kb.inference.protocol import ChatPrompt, Sampling
from kb.library import Library
from kb.model import Answering, AnswerMode, Finished, Hit

LORA = (
    "LoRA congela los pesos originales y añade dos matrices de rango bajo en cada capa. "
    "Su ventaja es que se entrenan muy pocos parámetros."
)


@dataclass
class Reader:
    """A language model that notes what it reads ahead and what it is asked."""

    name: str = "reader"
    ahead: list[ChatPrompt] = field(default_factory=list)
    asked: list[ChatPrompt] = field(default_factory=list)
    warmed: int = 0
    cancelled: int = 0
    obeys: bool = True
    began: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    slow: bool = False

    def warm(self) -> None:
        self.warmed += 1

    def prefill(self, prompt: ChatPrompt) -> bool:
        self.ahead.append(prompt)
        self.began.set()
        if self.slow:
            self.let_go.wait(10)
        return self.obeys

    def generate(self, prompt: ChatPrompt, sampling: Sampling) -> Iterator[str]:
        self.asked.append(prompt)
        yield "LoRA congela los pesos originales."

    def cancel_prefill(self) -> None:
        self.let_go.set()

    def cancel(self) -> None:
        self.cancelled += 1

    def close(self) -> None: ...


Build = Callable[..., Answerer]


@pytest.fixture
def answerer(hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], object]) -> Build:
    def build(reader: Reader | None, texts: Sequence[str] = (LORA,)) -> Answerer:
        found = [hit(text, heading="¿Qué es LoRA?", question=n, n=n) for n, text in enumerate(texts, 47)]
        lexicon = lexicon_of(found)
        made = Answerer(
            lambda _text, _filters, _limit, _rerank: found,
            lexicon.weigh,  # type: ignore[attr-defined]
            lambda: NOTHING_KNOWN,
            lambda: 0.0,
            None,
            reader,
            Answering(),
            lambda _passage: (),
        )
        made._lexicon = lexicon  # type: ignore[assignment]  # its stems are those of the made-up word weights
        return made

    return build


def test_the_question_that_was_prepared_goes_on_from_what_was_read(answerer: Build) -> None:
    reader = Reader()
    made = answerer(reader)
    assert made.prepare(Asking("¿Qué es LoRA"))
    events = list(made.answer(Asking("¿Qué es LoRA?"), use_model=True))
    assert isinstance(events[-1], Finished)
    assert reader.asked[0].system == reader.ahead[0].system
    assert reader.asked[0].user.startswith(reader.ahead[0].user)


def test_the_same_evidence_is_not_read_twice(answerer: Build) -> None:
    reader = Reader()
    made = answerer(reader)
    assert made.prepare(Asking("¿Qué es LoR"))
    assert made.prepare(Asking("¿Qué es LoRA?"))
    assert len(reader.ahead) == 1


def test_nothing_is_prepared_for_what_the_material_does_not_answer(answerer: Build, hit: Callable[..., Hit]) -> None:
    reader = Reader()
    made = answerer(reader, texts=())
    assert not made.prepare(Asking("¿Cuál es la capital de Mongolia?"))
    assert reader.ahead == []


def test_quotes_need_no_preparation(answerer: Build) -> None:
    reader = Reader()
    assert not answerer(reader).prepare(Asking("¿Qué es LoRA?", AnswerMode.QUOTES))
    assert reader.ahead == []


def test_a_preparation_that_was_stopped_is_not_taken_for_read(answerer: Build) -> None:
    reader = Reader(obeys=False)
    made = answerer(reader)
    assert not made.prepare(Asking("¿Qué es LoRA?"))
    reader.obeys = True
    assert made.prepare(Asking("¿Qué es LoRA?"))
    assert len(reader.ahead) == 2


def test_an_answer_goes_on_from_where_a_preparation_was_stopped(answerer: Build) -> None:
    twins = (
        "LoRA añade dos matrices de rango bajo en cada capa del modelo.",
        "LoRA añade latencia cero en cada capa del modelo al usarlo.",
    )
    reader = Reader(obeys=False)
    made = answerer(reader, texts=twins)
    assert not made.prepare(Asking("¿Qué matrices añade LoRA en cada capa del modelo?"))
    list(made.answer(Asking("¿Qué latencia añade LoRA en cada capa del modelo?"), use_model=True))
    begun, asked = (prompt.user.split("\n")[1:3] for prompt in (reader.ahead[0], reader.asked[0]))
    assert asked == begun


def test_a_preparation_can_be_stopped_and_a_second_one_does_not_wait_for_it(answerer: Build) -> None:
    reader = Reader(slow=True)
    made = answerer(reader)
    thread = threading.Thread(target=made.prepare, args=(Asking("¿Qué es LoRA?"),))
    thread.start()
    assert reader.began.wait(10)
    assert not made.prepare(Asking("¿Qué es LoRA y qué ventajas tiene?"))
    made.cancel_preparing()
    thread.join(10)
    assert not thread.is_alive()


def test_stopping_a_preparation_stops_no_answer(answerer: Build) -> None:
    reader = Reader(slow=True)
    made = answerer(reader)
    thread = threading.Thread(target=made.prepare, args=(Asking("¿Qué es LoRA?"),))
    thread.start()
    assert reader.began.wait(10)
    made.cancel_preparing()
    thread.join(10)
    assert reader.cancelled == 0


def test_what_is_stopped_while_its_evidence_is_looked_for_is_not_read(
    answerer: Build, hit: Callable[..., Hit]
) -> None:
    reader = Reader()
    made = answerer(reader)
    found = made._find

    def find(*asked: object) -> Sequence[Hit]:
        made.cancel_preparing()
        return found(*asked)  # type: ignore[arg-type]

    made._find = find
    assert not made.prepare(Asking("¿Qué es LoRA?"))
    assert reader.ahead == []


def test_without_a_model_there_is_nothing_to_prepare(answerer: Build) -> None:
    made = answerer(None)
    made.warm()
    made.cancel_preparing()
    assert not made.prepare(Asking("¿Qué es LoRA?"))


@dataclass
class OnProcessor(Reader):
    """A reader whose model did not get on the card."""

    notice: str = "card_failed"


def test_a_library_tells_how_its_model_runs_and_stops_nothing_where_nothing_was_begun(tmp_path: Path) -> None:
    for reader, notice in ((OnProcessor(), "card_failed"), (Reader(), ""), (None, "")):
        library = Library.open(tmp_path / "library.db", encoder=None, generator=reader, clock=lambda: 0.0)
        assert library.model_notice() == notice
        library.cancel_preparing()
        assert "_answerer" not in library.__dict__, "stopping waits for nothing to be made"
        library.close()
