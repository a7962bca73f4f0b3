"""JSON text is what any parser reads back, and holds nothing a terminal would obey."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tui.json_output import dumps


@given(st.dictionaries(st.text(), st.text(st.characters())))
def test_json_reads_back_as_it_was_and_encodes_as_utf8(shape: dict[str, str]) -> None:
    text = dumps(dict(shape))
    assert json.loads(text) == shape
    text.encode("utf-8")
    assert not set(text) & set(map(chr, (*range(10), *range(11, 32), *range(127, 160))))


def test_letters_stay_letters() -> None:
    assert dumps({"a": "año €"}, indent=None) == '{"a": "año €"}'


def test_lone_surrogates_of_odd_file_names_are_escaped() -> None:
    assert "\\udc80" in dumps({"path": "x\udc80"})
