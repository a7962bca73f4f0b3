"""From a question to a checked answer, with the model's words scripted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from kb.answer.answer import answer_question
from kb.answer.gather import Asking, Tools
from kb.answer.lexicon import Lexicon
from kb.answer.modes import NOTHING_KNOWN
from kb.errors import ModelUnavailable
from kb.inference.protocol import ChatPrompt, Sampling
from kb.model import Answer, Answering, AnswerMode, AnswerStatus, EvidenceFound, Finished, Hit, Token

NOT_FOUND = AnswerStatus.NOT_FOUND

LORA = (
    "LoRA congela los pesos originales y añade dos matrices de rango bajo en cada capa. "
    "Su ventaja es que se entrenan muy pocos parámetros."
)


@dataclass
class Scripted:
    """A language model that says what it is told, and remembers what it was asked."""

    reply: str
    name: str = "scripted"
    asked: list[ChatPrompt] = field(default_factory=list)
    dies: bool = False
    again: str = ""

    def generate(self, prompt: ChatPrompt, sampling: Sampling) -> Iterator[str]:
        self.asked.append(prompt)
        if self.dies:
            raise ModelUnavailable(model=self.name, reason="crashed")
        reply = self.again if self.again and len(self.asked) > 1 else self.reply
        for word in reply.split(" "):
            yield word + " "

    def cancel(self) -> None: ...

    def close(self) -> None: ...


Ask = Callable[..., tuple[list[object], Answer]]


@pytest.fixture
def ask(hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]) -> Ask:
    def run(
        question: str,
        model: Scripted | None = None,
        hits: Sequence[Hit] | None = None,
        mode: AnswerMode = AnswerMode.AUTO,
        answering: Answering = Answering(),  # noqa: B008 (frozen)
    ) -> tuple[list[object], Answer]:
        found = [hit(LORA, heading="¿Qué es LoRA?", question=47)] if hits is None else list(hits)
        ticks = iter(range(1000))
        tools = Tools(
            lambda _q, _n, _f: found,
            lexicon_of(found),
            lambda: next(ticks) / 1000,
            lambda _t: "es",
            lambda: NOTHING_KNOWN,
            None,
            model,
            answering,
        )
        events = list(answer_question(Asking(question, mode), tools))
        last = events[-1]
        assert isinstance(last, Finished)
        return events, last.answer

    return run


def test_a_supported_answer_is_grounded_and_cites_its_passage(ask: Ask) -> None:
    events, answer = ask("¿Qué es LoRA?", Scripted("LoRA congela los pesos originales y añade dos matrices."))
    assert isinstance(events[0], EvidenceFound)
    assert answer.status is AnswerStatus.GROUNDED
    assert answer.sentences[0].citations == (1,)
    assert answer.citations[0].quote in LORA
    assert "".join(event.text for event in events if isinstance(event, Token)).strip() == answer.text


INVENTED = "LoRA congela los pesos originales y añade dos matrices. Lo inventó Cervantes en 1605."


def test_an_invented_sentence_is_left_out_and_the_answer_is_partial(ask: Ask) -> None:
    _, answer = ask("¿Qué es LoRA?", Scripted(INVENTED))
    assert answer.status is AnswerStatus.PARTIAL
    assert answer.text == "LoRA congela los pesos originales y añade dos matrices."
    assert answer.removed == 1


def test_an_invented_sentence_is_shown_as_such_where_that_is_wanted(ask: Ask) -> None:
    _, answer = ask("¿Qué es LoRA?", Scripted(INVENTED), answering=Answering(strike=True))
    assert answer.status is AnswerStatus.PARTIAL
    assert [sentence.supported for sentence in answer.sentences] == [True, False]
    assert answer.sentences[1].citations == ()
    assert answer.removed == 0


def test_what_nothing_says_is_asked_for_once_more(ask: Ask) -> None:
    again = "Su ventaja es que se entrenan muy pocos parámetros."
    model = Scripted(INVENTED, again=again)
    _, answer = ask("¿Qué es LoRA?", model)
    assert answer.status is AnswerStatus.GROUNDED
    assert answer.text == f"LoRA congela los pesos originales y añade dos matrices.\n{again}"
    assert len(model.asked) == 2


def test_what_the_material_does_not_have_is_not_asked_of_the_model(ask: Ask, hit: Callable[..., Hit]) -> None:
    model = Scripted("Ulán Bator.")
    _, answer = ask("¿Cuál es la capital de Mongolia?", model, hits=[hit(LORA, score=0.02)])
    assert answer.status is AnswerStatus.NOT_FOUND
    assert model.asked == []
    assert answer.nearest


def test_nothing_retrieved_is_not_found(ask: Ask) -> None:
    assert ask("¿Qué es LoRA?", hits=[])[1].status is AnswerStatus.NOT_FOUND


def test_a_true_sentence_that_does_not_answer_is_no_answer(ask: Ask, hit: Callable[..., Hit]) -> None:
    weak = [hit(LORA, score=0.38)]
    model = Scripted("LoRA congela los pesos originales y añade dos matrices.")
    question = "¿Qué pesos originales usó en Londres el equipo de Amberes?"
    _, answer = ask(question, model, hits=weak)
    assert model.asked
    assert answer.status is AnswerStatus.NOT_FOUND


def test_what_a_model_copies_is_no_answer_where_the_notes_hardly_have_one(ask: Ask, hit: Callable[..., Hit]) -> None:
    question = "¿Qué pesos originales congela un escultor?"
    model = Scripted("LoRA congela los pesos originales.")
    assert ask(question, model, hits=[hit(LORA, score=0.38)])[1].status is not NOT_FOUND
    hardly = Scripted("LoRA congela los pesos originales.")
    assert ask(question, hardly, hits=[hit(LORA, score=0.25)])[1].status is NOT_FOUND
    assert hardly.asked


def test_a_reason_answers_for_what_the_sentence_before_it_says(ask: Ask, hit: Callable[..., Hit]) -> None:
    text = (
        "El faro de Punta Gris fue difícil de reparar en invierno. El viento arrancaba los andamios cada noche. "
        "El pueblo vive de la pesca. El mercado abre los martes. Las gaviotas anidan en las rocas."
    )
    question, hits = "¿Por qué fue difícil de reparar el faro de Punta Gris?", [hit(text, score=0.3)]
    assert ask(question, Scripted("El viento arrancaba los andamios cada noche."), hits)[1].status is not NOT_FOUND
    assert ask(question, Scripted("Las gaviotas anidan en las rocas."), hits)[1].status is NOT_FOUND


def test_what_is_worth_asking_a_model_may_not_be_worth_quoting(ask: Ask, hit: Callable[..., Hit]) -> None:
    weak = [hit(LORA, score=0.38)]
    _, answer = ask("¿Qué pesos originales usó en Londres el equipo de Amberes?", hits=weak)
    assert answer.status is AnswerStatus.NOT_FOUND


def test_a_model_that_says_it_is_not_there_is_believed(ask: Ask) -> None:
    _, answer = ask("¿Qué matrices de rango bajo añade LoRA en Londres y París?", Scripted("NO ESTÁ EN LOS APUNTES."))
    assert answer.status is AnswerStatus.NOT_FOUND


def test_a_model_is_not_believed_where_the_notes_have_the_whole_question(ask: Ask) -> None:
    _, answer = ask("¿Qué matrices de rango bajo añade LoRA?", Scripted("NO ESTÁ EN LOS APUNTES."))
    assert answer.status is AnswerStatus.PARTIAL
    assert answer.model == ""
    assert all(sentence.text in LORA for sentence in answer.sentences)


def test_a_wholly_invented_answer_is_replaced_by_quotes(ask: Ask) -> None:
    _, answer = ask("¿Qué es LoRA?", Scripted("Es un pueblo de Murcia con castillo medieval."))
    assert answer.status is AnswerStatus.PARTIAL
    assert answer.model == ""
    assert all(sentence.supported and sentence.text in LORA for sentence in answer.sentences)


def test_a_free_retelling_is_replaced_by_the_sentence_it_was_made_from(ask: Ask, hit: Callable[..., Hit]) -> None:
    text = f"{LORA} Lo propuso Edward Hu en 2021."
    model = Scripted("Fue creada hacia 2021 por investigadores.", again="Hacia 2021, seguramente.")
    _, answer = ask("¿En qué año propuso Edward Hu la LoRA?", model, hits=[hit(text, score=0.3)])
    assert answer.status is AnswerStatus.PARTIAL
    assert answer.model == ""
    assert answer.citations[0].quote == answer.text
    assert "Lo propuso Edward Hu en 2021." in answer.text
    assert "muy pocos parámetros" not in answer.text.split("Lo propuso")[1]


def test_a_name_that_no_cited_passage_has_is_no_answer(ask: Ask, hit: Callable[..., Hit]) -> None:
    model = Scripted("LoRA congela los pesos originales y añade dos matrices de rango bajo.")
    doubtful, found = [hit(LORA, score=0.38)], [hit(LORA, score=0.9)]
    assert ask("¿Qué pesos originales congela LoRA?", model, hits=doubtful)[1].status is AnswerStatus.GROUNDED
    elsewhere = "¿Qué pesos originales congela LoRA en Atenas?"
    assert ask(elsewhere, model, hits=doubtful)[1].status is AnswerStatus.NOT_FOUND
    assert ask(elsewhere, model, hits=found)[1].status is AnswerStatus.GROUNDED


def test_a_model_that_thinks_again_is_believed_where_the_notes_may_not_answer(
    ask: Ask, hit: Callable[..., Hit]
) -> None:
    text = f"{LORA} Lo propuso Edward Hu en 2021."
    question, first = "¿En qué año propuso Edward Hu la LoRA?", "Hacia 2021, seguramente."
    no = "NO ESTÁ EN LOS APUNTES."
    weak, strong = [hit(text, score=0.25)], [hit(text, score=0.36)]
    assert ask(question, Scripted(first, again=first), hits=weak)[1].status is AnswerStatus.PARTIAL
    assert ask(question, Scripted(first, again=no), hits=weak)[1].status is AnswerStatus.NOT_FOUND
    assert ask(question, Scripted(first, again=no), hits=strong)[1].status is AnswerStatus.PARTIAL


def test_no_quote_answers_how_many_without_a_number(ask: Ask) -> None:
    invented = Scripted("Un pueblo de Murcia con castillo medieval.")
    assert ask("¿Qué matrices de rango bajo añade LoRA?", invented)[1].status is AnswerStatus.PARTIAL
    _, answer = ask("¿Cuántos parámetros se entrenan con LoRA?", invented)
    assert answer.status is AnswerStatus.NOT_FOUND


def test_without_a_model_the_best_sentences_answer_themselves(ask: Ask) -> None:
    _, answer = ask("¿Qué ventajas tiene LoRA?")
    assert answer.status is AnswerStatus.GROUNDED
    assert answer.model == ""
    assert all(sentence.citations == (1,) and sentence.text in LORA for sentence in answer.sentences)


def test_the_system_prompt_is_the_same_for_every_question(ask: Ask) -> None:
    model = Scripted("LoRA congela los pesos originales.")
    ask("¿Qué es LoRA?", model)
    ask("¿Qué ventajas tiene LoRA?", model)
    first, second = model.asked
    assert first.system == second.system


def test_a_dead_model_is_an_error_after_the_evidence(
    hit: Callable[..., Hit], lexicon_of: Callable[[Sequence[Hit]], Lexicon]
) -> None:
    found = [hit(LORA, heading="¿Qué es LoRA?")]
    tools = Tools(
        lambda _q, _n, _f: found,
        lexicon_of(found),
        lambda: 0.0,
        lambda _t: "es",
        lambda: NOTHING_KNOWN,
        None,
        Scripted("", dies=True),
    )
    events = answer_question(Asking("¿Qué es LoRA?"), tools)
    assert isinstance(next(events), EvidenceFound)
    with pytest.raises(ModelUnavailable):
        next(events)
