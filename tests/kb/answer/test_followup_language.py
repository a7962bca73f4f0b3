"""A follow-up question is in its own language where it shows one, else in that of its conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.language import language_of_question
from kb.answer.answer import answer_question
from kb.answer.followup import standalone
from kb.answer.followup_abroad import language_in
from kb.answer.gather import Asking, Tools
from kb.answer.lexicon import Lexicon
from kb.answer.modes import NOTHING_KNOWN
from kb.answer.prompts import ENGLISH, SPANISH, Wording
from kb.inference.protocol import ChatPrompt, Sampling
from kb.model import Exchange, Finished, Hit


def asked(question: str, earlier: str) -> str:
    exchanges = [Exchange(earlier, "")]
    return standalone(question, exchanges, language_in(question, exchanges, language_of_question))


@pytest.mark.parametrize(
    ("question", "earlier", "language"),
    [
        ("¿Y BERT?", ("What is GPT?",), "es"),
        ("and BERT?", ("¿Qué es GPT?",), "en"),
        ("BERT?", ("What is GPT?",), "en"),
        ("BERT?", ("¿Qué es GPT?",), "es"),
        ("BERT?", ("¿Qué es LoRA?", "What is GPT?", "LSTM"), "en"),
        ("BERT?", (), ""),
    ],
)
def test_the_language_is_the_questions_own_else_the_conversations(
    question: str, earlier: Sequence[str], language: str
) -> None:
    assert language_in(question, [Exchange(one, "") for one in earlier], language_of_question) == language


@pytest.mark.parametrize(
    ("earlier", "question", "understood"),
    [
        ("What is GPT?", "¿Y BERT?", "¿Qué es BERT?"),
        ("What is GPT?", "¿Y el Transformer?", "¿Qué es el Transformer?"),
        ("What are the advantages of the Transformer?", "¿Y las LSTM?", "¿Qué ventajas tienen las LSTM?"),
        ("What are GPT's advantages?", "¿Y BERT?", "¿Qué ventajas tiene BERT?"),
        ("How does softmax work?", "¿Y la atención?", "¿Cómo funciona la atención?"),
        ("What is attention used for?", "¿Y los embeddings?", "¿Para qué sirven los embeddings?"),
        ("Why is the softmax important?", "¿Y BPE?", "¿Por qué es importante BPE?"),
        ("¿Qué es la atención?", "and BERT?", "What is BERT?"),
        ("¿Qué es la atención?", "what about embeddings?", "What are embeddings?"),
        ("¿Cuáles son las desventajas del Transformer?", "and LSTMs?", "What are the disadvantages of LSTMs?"),
        ("¿Cómo funciona el Transformer?", "and the LSTM?", "How does the LSTM work?"),
        ("¿Para qué sirven los embeddings?", "and LoRA?", "What is LoRA used for?"),
    ],
)
def test_another_thing_is_asked_of_in_the_language_that_it_is_named_in(
    earlier: str, question: str, understood: str
) -> None:
    assert asked(question, earlier) == understood


@pytest.mark.parametrize(
    ("earlier", "question", "understood"),
    [
        ("How did GPT change translation?", "¿Y el Transformer?", "How did Transformer change translation?"),
        ("What is the vocabulary of GPT?", "¿Y BERT?", "What is the vocabulary of BERT?"),
        ("What is GPT's vocabulary?", "¿Y BERT?", "What is BERT's vocabulary?"),
        ("¿Reduce LoRA la memoria?", "and QLoRA?", "¿Reduce QLoRA la memoria?"),
    ],
)
def test_a_question_of_no_known_form_stays_in_its_language(earlier: str, question: str, understood: str) -> None:
    assert asked(question, earlier) == understood


@pytest.mark.parametrize(
    ("earlier", "question", "understood"),
    [
        ("What is GPT?", "¿Y en BERT?", "¿Y en BERT? (sobre GPT)"),
        ("What is GPT?", "explícalo", "explícalo (sobre GPT)"),
        ("Does LoRA reduce memory?", "¿Por qué?", "¿Por qué? (sobre does LoRA reduce memory)"),
        ("¿Reduce LoRA la memoria?", "why?", "why? (about reduce LoRA la memoria)"),
    ],
)
def test_words_of_two_languages_do_not_become_one_sentence(earlier: str, question: str, understood: str) -> None:
    assert asked(question, earlier) == understood


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=3))
def test_the_language_of_anything_is_one_that_somebody_spoke(question: str, earlier: Sequence[str]) -> None:
    spoken = {language_of_question(each) for each in (question, *earlier)}
    assert language_in(question, [Exchange(each, "") for each in earlier], language_of_question) in spoken


class Listening:
    """A language model that writes one sentence and remembers what it was asked."""

    name = "listening"

    def __init__(self) -> None:
        self.asked: list[ChatPrompt] = []

    def generate(self, prompt: ChatPrompt, sampling: Sampling) -> Iterator[str]:
        self.asked.append(prompt)
        yield "BERT es un codificador que lee en ambas direcciones."

    def cancel(self) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("earlier", "question", "words", "said"),
    [
        ("What is GPT?", "¿Y BERT?", SPANISH, "Pregunta: ¿Qué es BERT?"),
        ("How did GPT change reading?", "¿Y BERT?", SPANISH, "Pregunta: How did BERT change reading?"),
        ("What is GPT?", "BERT?", ENGLISH, "Question: BERT?"),
        ("¿Qué es GPT?", "and BERT?", ENGLISH, "Question: What is BERT?"),
    ],
)
def test_the_answer_is_asked_for_in_the_language_of_the_follow_up(
    hit: Callable[..., Hit],
    lexicon_of: Callable[[Sequence[Hit]], Lexicon],
    earlier: str,
    question: str,
    words: Wording,
    said: str,
) -> None:
    found = [hit("BERT es un codificador que lee en ambas direcciones.", heading="¿Qué es BERT?")]
    model = Listening()
    tools = Tools(
        lambda _q, _n, _f: found,
        lexicon_of(found),
        lambda: 0.0,
        language_of_question,
        lambda: NOTHING_KNOWN,
        None,
        model,
    )

    last = list(answer_question(Asking(question, earlier=(Exchange(earlier, ""),)), tools))[-1]

    assert isinstance(last, Finished)
    assert model.asked[0].system == words.system
    assert said in model.asked[0].user
