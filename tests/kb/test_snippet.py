from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.model import Reading
from kb.search.lookout import Lookout
from kb.search.snippet import LENGTH
from kb.search.snippet import snippet as cut

FILLER = "Esta frase no dice nada de lo que se busca y solo ocupa sitio en el texto. "


def snippet(
    text: str, weights: dict[str, float], readings: tuple[Reading, ...] = ()
) -> tuple[str, tuple[tuple[int, int], ...]]:
    return cut(text, weights, Lookout(weights), readings)


def test_a_snippet_starts_at_the_sentence_of_the_best_match() -> None:
    text = FILLER * 6 + "La atención pondera cada palabra. " + FILLER * 6
    shown, highlights = snippet(text, {"atencion": 2.0, "palabr": 1.0})
    assert shown.startswith("La atención pondera")
    assert [shown[start:end] for start, end in highlights] == ["atención", "palabra"]
    assert shown.endswith("…")


def test_a_match_deep_in_an_endless_sentence_is_shown() -> None:
    text = "bueno pues entonces " * 100 + "aparece la atención aquí " + "y seguimos hablando " * 50
    shown, highlights = snippet(text, {"atencion": 1.0})
    assert [shown[start:end] for start, end in highlights] == ["atención"]
    assert shown.startswith("…")


@given(st.permutations([f"palabra{letter}" for letter in "abcdefghijkl"]), st.randoms(use_true_random=False))
def test_of_places_with_the_same_words_in_another_order_the_first_is_shown(words: list[str], chance: Random) -> None:
    weights = {word: chance.random() for word in sorted(words)}
    text = f"{' '.join(sorted(words)).capitalize()}. {FILLER * 6}{' '.join(words).capitalize()}."
    assert snippet(text, weights)[0].startswith("Palabraa palabrab")


def test_a_passage_found_by_meaning_alone_shows_its_beginning() -> None:
    assert snippet("Una frase.\n\nOtra   frase.", {"nada": 1.0}) == ("Una frase. Otra frase.", ())


def test_a_later_sentence_with_more_of_the_words_is_shown() -> None:
    text = f"Un gato. {FILLER * 6}El gato vio la red. {FILLER * 4}"
    assert snippet(text, {"gat": 1.0, "red": 1.0})[0].startswith("El gato vio la red.")


@given(st.text(max_size=1500), st.sets(st.sampled_from(["a", "gat", "red", "0"]), max_size=3))
@settings(deadline=None)
def test_any_text_gives_a_short_line_with_highlights_inside(text: str, stems: set[str]) -> None:
    shown, highlights = snippet(text, dict.fromkeys(stems, 1.0))
    assert len(shown) <= LENGTH + 2
    assert "\n" not in shown
    assert all(0 <= start < end <= len(shown) for start, end in highlights)
