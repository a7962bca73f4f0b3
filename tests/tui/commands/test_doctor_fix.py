"""`repaso doctor --fix` puts right what it names, and says what it cannot."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest


def states(ran: Any) -> dict[str, bool]:
    return {check["name"]: check["ok"] for check in ran.json["checks"]}


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("DELETE FROM passage_terms WHERE rowid = 1", "index"),
        ("DELETE FROM passage_terms_data WHERE id > 10", "index"),
        ("UPDATE passages SET analysis = 1", "analysis"),
    ],
)
def test_what_is_out_of_step_is_named_and_put_right(
    filled: Any, environ: dict[str, str], statement: str, name: str
) -> None:
    assert states(filled("doctor", "--json"))[name]
    library = sqlite3.connect(environ["REPASO_LIBRARY"])
    with library:
        library.execute(statement)
    library.close()
    broken = states(filled("doctor", "--json"))
    assert not broken[name]
    assert broken["library"]
    assert "doctor --fix" in filled("doctor").out
    assert states(filled("doctor", "--fix", "--json"))[name]
    assert states(filled("doctor", "--json"))[name]


def test_meanings_without_an_embedder_stay_behind_and_the_reason_is_told(filled: Any) -> None:
    (check,) = [one for one in filled("doctor", "--fix", "--json").json["checks"] if one["name"] == "meanings"]
    assert not check["ok"]
    assert "all-minilm-l6-v2" in check["message"]
    assert "models pull" in check["advice"]


def test_there_is_nothing_to_fix_where_there_is_no_library(repaso: Any) -> None:
    assert "index" not in states(repaso("doctor", "--fix", "--json"))
