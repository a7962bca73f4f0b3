"""Evidence is the few sentences that bear on the question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.answer.evidence import choose
from kb.answer.lexicon import Lexicon
from kb.model import Hit

LORA = "LoRA añade matrices de rango bajo.\n\nVentajas:\n\n- Usa poca memoria y entrena deprisa.\n- Se combina bien."
ATTENTION = "La atención pesa cada palabra. Sus ventajas: procesa en paralelo la frase entera."

Build = Callable[..., Hit]
LexiconOf = Callable[[Sequence[Hit]], Lexicon]


def no_meaning(texts: Sequence[str]) -> list[float]:
    return [0.0] * len(texts)


def test_a_passage_that_shares_only_a_common_word_is_left_out(hit: Build, lexicon_of: LexiconOf) -> None:
    hits = [hit(LORA, heading="¿Qué es LoRA?", n=1), hit(ATTENTION, n=2, score=0.6)]
    found = choose("¿Qué ventajas tiene LoRA?", hits, lexicon_of(hits), no_meaning)
    assert [citation.passage.id for citation in found.citations] == ["p1"]


def test_a_line_that_announces_is_read_with_what_follows(hit: Build, lexicon_of: LexiconOf) -> None:
    hits = [hit(LORA, heading="¿Qué es LoRA?")]
    found = choose("¿Qué ventajas tiene LoRA?", hits, lexicon_of(hits), no_meaning)
    assert any(each.text.startswith("Ventajas: - Usa poca memoria") for each in found.sentences)


def test_a_question_is_read_with_its_answer_and_never_alone(hit: Build, lexicon_of: LexiconOf) -> None:
    hits = [
        hit("¿Para qué sirve la atención? Sirve para mirar las palabras que importan. ¿Y en la atención algo más?")
    ]
    found = choose("¿Para qué sirve la atención?", hits, lexicon_of(hits), no_meaning)
    assert [each.text for each in found.sentences] == [
        "¿Para qué sirve la atención? Sirve para mirar las palabras que importan."
    ]


def test_notes_keep_the_order_of_the_source(hit: Build, lexicon_of: LexiconOf) -> None:
    hits = [hit(LORA, heading="¿Qué es LoRA?")]
    (text,) = choose("¿Qué ventajas tiene LoRA?", hits, lexicon_of(hits), no_meaning).notes()
    assert text.startswith("¿Qué es LoRA?: ")
    assert text.index("matrices") < text.index("memoria")


def test_quotes_are_exact(hit: Build, lexicon_of: LexiconOf) -> None:
    hits = [hit(LORA, heading="¿Qué es LoRA?")]
    (citation,) = choose("¿Qué ventajas tiene LoRA?", hits, lexicon_of(hits), no_meaning).citations
    assert citation.quote in LORA


def test_nothing_found_is_no_evidence(lexicon_of: LexiconOf) -> None:
    assert choose("¿Qué es LoRA?", (), lexicon_of(()), no_meaning).citations == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(budget=st.integers(0, 400))
def test_the_budget_is_kept_and_every_sentence_has_its_citation(
    hit: Build, lexicon_of: LexiconOf, budget: int
) -> None:
    hits = [hit(LORA, heading="¿Qué es LoRA?", n=1), hit(f"LoRA también: {ATTENTION}", n=2)]
    lexicon = lexicon_of(hits)
    found = choose("¿Qué ventajas tiene LoRA?", hits, lexicon, no_meaning, budget)
    assert sum(len(each.text) for each in found.sentences) <= budget
    assert {each.n for each in found.sentences} == {citation.n for citation in found.citations}
    assert [citation.n for citation in found.citations] == list(range(1, len(found.citations) + 1))
