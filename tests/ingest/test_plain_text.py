"""Plain text: wrapped, paged, without spaces or without an end, it keeps its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import read
from ingest.formats.blocks import Pages, Text
from ingest.formats.text import read_text


def text_of(text: str) -> Text:
    blocks = read_text(text.encode(), "apuntes.txt")
    assert isinstance(blocks, Text)
    return blocks


def test_words_cut_at_the_end_of_a_line_are_whole_again_and_told() -> None:
    blocks = text_of("La inteli-\ngencia artificial y las redes neuro-\n  nales, que crecen.\nLa mon-\ntaña\n")

    assert blocks.text == "La inteligencia\nartificial y las redes neuronales,\nque crecen.\nLa montaña\n"
    assert [(notice.code, dict(notice.params)) for notice in blocks.notices] == [("words_rejoined", {"count": "3"})]


@pytest.mark.parametrize(
    "text", ["el fine-\ntuning de redes", "teórico-\npráctico", "sobre-\ntodo", "1-\n2", "x-\ny", "- uno\n-\ndos"]
)
def test_a_hyphen_that_may_belong_to_the_word_stays(text: str) -> None:
    blocks = text_of(text)

    assert (blocks.text, blocks.notices) == (text, ())


def test_form_feeds_part_pages_and_empty_pages_keep_their_number() -> None:
    blocks = read_text("uno\n\f\f\tdos\r\ntres\f".encode("utf-16"), "apuntes.txt")

    assert isinstance(blocks, Pages)
    assert [(page.number, page.text) for page in blocks.pages] == [(1, "uno"), (3, "\tdos\ntres")]


@pytest.mark.parametrize(
    "piece", ["á", "abc", "¿Qué", "palabra", "-", "_", "*", "#", "|", "`", "<", "(", ".", "ab-\n", "$"]
)
def test_half_a_million_characters_without_a_space_lose_none(tmp_path: Path, piece: str) -> None:
    text = piece * (500_000 // len(piece))
    (tmp_path / "apuntes.txt").write_text(f"Principio {text} final\n", encoding="utf-8")

    (document,) = read(tmp_path / "apuntes.txt")

    words = "".join(section.text for section in document.sections) or document.sections[0].title
    assert "Principio" in words and "final" in words
    assert len("".join(words.split())) >= len("".join(text.split()))
