"""Whole files of the shapes that students have, in our own words, against what a correct reading gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest import read
from ingest.model import Document

GOLDEN = Path(__file__).parent / "golden"


def as_json(document: Document) -> dict[str, object]:
    """Everything a reading gives but for the path and the hash, short enough to review."""
    return {
        "kind": document.kind.value,
        "title": document.title,
        "part": document.part,
        "author": document.author,
        "url": document.url,
        "session": document.session,
        "language": document.language,
        "sections": [
            {
                "title": section.title,
                "locator": f"{section.locator.type.value} {section.locator.start:g}-{section.locator.end:g}",
                "text": section.text.split("\n"),
                "marks": [f"{mark.offset}: {mark.locator.start:g}" for mark in section.marks],
            }
            for section in document.sections
        ],
        "notices": [f"{n.code} {dict(n.params)}" for n in document.notices],
    }


@pytest.mark.parametrize("name", ["summaries", "deck_outline", "deck_ocr", "guide", "talks"])
def test_a_file_of_a_known_shape_is_read_exactly(name: str) -> None:
    documents = [as_json(document) for document in read(GOLDEN / f"{name}.txt")]

    assert documents == json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
