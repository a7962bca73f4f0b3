"""How the real engine writes: guessed tokens, thoughts, sampling, and the end of the context."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.inference import writing
from kb.inference.drafting import Costs
from kb.inference.engine import EngineError, StopFlag
from kb.inference.evaluation import Evaluation, Logits
from kb.inference.llm import LanguageModel
from kb.inference.messages import Alive, Finished, Generate, LoadLanguageModel, Piece
from kb.inference.protocol import MODELS_OWN

NOTES = (
    "- LoRA congela los pesos del modelo y entrena dos matrices pequeñas de rango bajo.\n"
    "- El ajuste fino completo cambia todos los pesos del modelo y necesita mucha memoria.\n"
    "- La destilación entrena un modelo pequeño con las salidas de uno grande."
)
QUESTIONS = (
    "Copia la primera frase.",
    "Repite los apuntes enteros, palabra por palabra.",
    "¿Qué entrena LoRA?",
    "Write the numbers from one to thirty, one a line.",
    "Di «el río baja al mar» veinte veces.",
    "¿En qué se diferencian LoRA y la destilación?",
)


class Bold(Costs):
    """Has it that guessing always pays, whatever the machine."""

    @property
    def ratio(self) -> float:
        return 1.0


class Shy(Costs):
    """Has it that guessing never pays."""

    @property
    def ratio(self) -> float:
        return float("inf")


@pytest.fixture(scope="module")
def model(small_model: Path) -> LanguageModel:
    return LanguageModel(LoadLanguageModel(str(small_model), 1, 2048), StopFlag())


def ask(user: str, max_tokens: int = 80, temperature: float = 0.0, seed: int = 0) -> Generate:
    return Generate(1, "Responde con las palabras de los apuntes.", user, max_tokens, temperature, seed, ())


def answer(model: LanguageModel, request: Generate) -> tuple[str, Finished]:
    *pieces, finished = [reply for reply in model.run(request) if not isinstance(reply, Alive)]
    assert isinstance(finished, Finished)
    return "".join(piece.text for piece in pieces if isinstance(piece, Piece)), finished


class OneByOne:
    """Evaluates the tokens of a batch each by itself, so that how many there are changes nothing of the numbers."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._extend, self._logits = evaluation.extend, evaluation.logits
        self._rows: list[Logits] = []

    def extend(self, tokens: Sequence[int], _wanted: int) -> None:
        self._rows = []
        for token in tokens:
            self._extend([token], 0)
            self._rows.append(self._logits().copy())

    def logits(self, place: int = -1) -> Logits:
        return self._rows[place]


@pytest.mark.parametrize("question", QUESTIONS)
def test_guessing_ahead_changes_no_word(model: LanguageModel, monkeypatch: pytest.MonkeyPatch, question: str) -> None:
    one_by_one = OneByOne(model.evaluation)
    monkeypatch.setattr(model.evaluation, "extend", lambda tokens, wanted: one_by_one.extend(tokens, wanted))
    monkeypatch.setattr(model.evaluation, "logits", one_by_one.logits)
    request = ask(f"Apuntes:\n{NOTES}\n\nPregunta: {question}")
    monkeypatch.setattr(model, "costs", Shy())
    plain, slow = answer(model, request)
    monkeypatch.setattr(model, "costs", Bold())
    drafted, quick = answer(model, request)
    assert drafted == plain
    assert (quick.tokens, quick.prompt_tokens) == (slow.tokens, slow.prompt_tokens)
    assert slow.drafted_tokens == slow.accepted_tokens == 0
    assert quick.drafted_tokens > 0


TIE = 1.0
"""Difference of two logits that evaluating several tokens at once can turn round: llama.cpp multiplies a batch with
other kernels than a token, and SmolLM2's logits then differ by up to 0.8 at random."""


@pytest.mark.parametrize("question", QUESTIONS)
def test_in_real_batches_only_near_ties_turn_out_otherwise(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    request = ask(f"Apuntes:\n{NOTES}\n\nPregunta: {question}")
    prompt = model.tokens(request.system, request.user)
    monkeypatch.setattr(model, "costs", Shy())
    answer(model, request)
    plain = model.evaluation.tokens[len(prompt) :]
    monkeypatch.setattr(model, "costs", Bold())
    answer(model, request)
    drafted = model.evaluation.tokens[len(prompt) :]
    shared = next((at for at, (a, b) in enumerate(zip(plain, drafted, strict=False)) if a != b), None)
    if shared is not None:
        before = prompt + plain[:shared]
        model.evaluation.keep(before)
        model.evaluation.extend(before[len(model.evaluation.tokens) :], 0)
        row = model.evaluation.logits()
        assert float(row.max() - row[plain[shared]]) < TIE
        assert float(row.max() - row[drafted[shared]]) < TIE


def test_what_is_copied_is_guessed_rightly(model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "costs", Bold())
    _, finished = answer(model, ask(f"Apuntes:\n{NOTES}\n\nPregunta: {QUESTIONS[1]}"))
    assert finished.tokens / 3 < finished.accepted_tokens <= finished.drafted_tokens


def test_no_guess_goes_beyond_the_limit_or_the_context(small_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = LanguageModel(LoadLanguageModel(str(small_model), 1, 256), StopFlag())
    monkeypatch.setattr(tiny, "costs", Bold())
    again = "Di «el río baja al mar» cien veces."
    _, finished = answer(tiny, ask(again, max_tokens=500))
    assert finished.prompt_tokens + finished.tokens <= 256
    assert finished.drafted_tokens > 0
    for limit in (1, 2, 17, 33):
        assert answer(tiny, ask(again, max_tokens=limit))[1].tokens <= limit


def test_a_drawn_answer_is_never_guessed(model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "costs", Bold())
    request = ask("Di «el río baja al mar» veinte veces.", temperature=0.7, seed=3)
    assert answer(model, request)[1].drafted_tokens == 0


def test_a_model_whose_file_recommends_no_sampling_is_greedy_by_its_own_wish(model: LanguageModel) -> None:
    greedy = ask("¿Qué es un río?")
    answer(model, greedy)
    assert answer(model, ask("¿Qué es un río?", temperature=MODELS_OWN, seed=1)) == answer(model, greedy)


def thinking(model: LanguageModel, monkeypatch: pytest.MonkeyPatch, tokens: int) -> None:
    """Let the model's next words be a thought: its first token reads as the mark, and it may think so long."""
    monkeypatch.setattr(writing, "THOUGHT_TOKENS", tokens)
    read = model.bytes_of
    first = iter([b"<think>"])

    def bytes_of(token: int, marks: bool = False) -> bytes:
        return next(first, read(token, marks))

    monkeypatch.setattr(model, "bytes_of", bytes_of)


def test_a_thought_that_goes_on_for_too_long_is_closed_and_the_answer_follows(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ask("Cuenta un cuento largo sobre un río.", max_tokens=20)
    thinking(model, monkeypatch, 6)
    replies = list(model.run(request))
    text = "".join(reply.text for reply in replies if isinstance(reply, Piece))
    finished = replies[-1]
    assert isinstance(finished, Finished)
    assert text
    assert finished.tokens == 6 + 20, "the answer has all of its tokens, the thought its own"
    closing = model.special("\n</think>\n\n")
    start = finished.prompt_tokens + 6
    assert model.evaluation.tokens[start : start + len(closing)] == closing
    after = b"".join(model.bytes_of(token) for token in model.evaluation.tokens[start + len(closing) :])
    assert text.startswith(after.decode("utf-8", "ignore").lstrip()), "none of the thought comes out"
    assert replies.count(Alive()) >= 6


def test_a_thought_that_fills_the_context_is_an_error_and_not_an_answer(
    small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = LanguageModel(LoadLanguageModel(str(small_model), 1, 256), StopFlag())
    thinking(tiny, monkeypatch, 10_000)
    with pytest.raises(EngineError) as caught:
        list(tiny.run(ask("Cuenta un cuento largo.", max_tokens=500)))
    assert caught.value.reason == "only_thoughts"
