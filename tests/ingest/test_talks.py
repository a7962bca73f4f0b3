"""Tables of talks copied from a data set's page."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import read
from ingest.errors import TalksTruncated

HEAD = "title\nstringlengths\n5\n40\nauthor\nstringclasses\n3 values\ntranscript\nstringlengths\n100\n9k\n"


def test_columns_are_known_by_name_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "talks.txt"
    path.write_text(
        HEAD + "Rivers\nAda\nwater goes down\nLakes\nBob\nwater stays put\n\nMade by hand\n", encoding="utf-8"
    )

    assert [(d.title, d.author, d.session, d.sections[0].text) for d in read(path)] == [
        ("Rivers", "Ada", "Rivers", "water goes down"),
        ("Lakes", "Bob", "Lakes", "water stays put"),
    ]


def test_a_truncated_talk_is_reported_and_not_indexed(tmp_path: Path) -> None:
    path = tmp_path / "talks.txt"
    path.write_text(
        HEAD + 'Rivers\nAda\n"water\\ngoes(...TRUNCATED)\nLakes\nBob\nwater stays put\n', encoding="utf-8"
    )

    (document,) = read(path)

    assert document.title == "Lakes"
    assert [(n.code, dict(n.params)) for n in document.notices] == [
        ("talk_truncated", {"title": "Rivers", "author": "Ada"})
    ]
    assert "goes" not in document.sections[0].text


def test_a_page_that_cut_every_talk_is_an_error_that_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "talks.txt"
    path.write_text(HEAD + 'Rivers\nAda\n"water\\ngoes(...TRUNCATED)\n', encoding="utf-8")

    with pytest.raises(TalksTruncated) as caught:
        read(path)

    assert caught.value.params["count"] == "1"
