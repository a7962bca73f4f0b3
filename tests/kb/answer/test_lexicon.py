"""What a question is about weighs more than the words that only ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kb.answer.lexicon import Lexicon, coverage
from kb.model import Hit

Build = Callable[..., Hit]
LexiconOf = Callable[[Sequence[Hit]], Lexicon]


def lexicon(hit: Build, lexicon_of: LexiconOf) -> Lexicon:
    return lexicon_of([hit("LoRA tiene ventajas"), hit("LoRA congela los pesos"), hit("LoRA en la sesión")])


def test_a_name_weighs_more_than_a_rarer_word_that_only_asks(hit: Build, lexicon_of: LexiconOf) -> None:
    asked = lexicon(hit, lexicon_of).asked("¿Qué ventajas tiene LoRA?")
    assert asked["lora"] > asked["ventaja"]


def test_words_that_only_ask_weigh_at_most_half_of_the_rest(hit: Build, lexicon_of: LexiconOf) -> None:
    asked = lexicon(hit, lexicon_of).asked("¿Para qué sirve y qué ventajas y diferencias da congelar pesos?")
    known = lexicon(hit, lexicon_of)
    frame = sum(weight for stem, weight in asked.items() if stem in known.stems("sirve ventajas diferencias"))
    assert frame <= 0.5 * (sum(asked.values()) - frame) + 1e-9


def test_a_question_of_words_that_only_ask_keeps_them(hit: Build, lexicon_of: LexiconOf) -> None:
    known = lexicon(hit, lexicon_of)
    assert known.asked("¿Qué ventajas?") == known.weighted("¿Qué ventajas?")
    assert known.topic("¿Qué ventajas?") == "¿Qué ventajas?"


def test_the_topic_leaves_out_what_only_asks(hit: Build, lexicon_of: LexiconOf) -> None:
    assert lexicon(hit, lexicon_of).topic("¿Qué ventajas tiene LoRA?").split()[-1] == "LoRA"
    assert "ventajas" not in lexicon(hit, lexicon_of).topic("¿Qué ventajas tiene LoRA?")


def test_a_denial_reaches_the_next_words_of_its_clause_only(hit: Build, lexicon_of: LexiconOf) -> None:
    assert lexicon(hit, lexicon_of).denied("No congela los pesos, añade latencia.", "es") == {"congela", "peso"}


def test_each_of_two_things_joined_by_ni_is_denied(hit: Build, lexicon_of: LexiconOf) -> None:
    assert lexicon(hit, lexicon_of).denied("Ni congela pesos ni añade latencia.", "es") == lexicon(
        hit, lexicon_of
    ).denied("No congela pesos; no añade latencia.", "es")


def test_nothing_asked_is_not_covered() -> None:
    assert coverage({}, {"lora"}) == 0.0
