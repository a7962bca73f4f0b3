"""The sentences of the program, in Spanish and English, and how a place in a source is named.

Each language is a folder of TOML files, one an owner, merged table by table; a message's key is `table.name`.
Parameters are data: they fill a sentence's `{placeholders}` and are never read as a template themselves.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.errors import RepasoError
    from ingest.model import Locator, Notice

FOLDER = Path(__file__).parent


class _Params(dict[str, object]):
    """A sentence's parameters; one that was not given shows as an ellipsis rather than breaking the sentence."""

    def __missing__(self, key: str) -> str:
        return "…"


class Messages:
    """The sentences of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def text(self, key: str, /, **params: object) -> str:
        """Return the sentence `table.name` with its placeholders filled; raises KeyError on an unknown key."""
        return catalogue(self.language)[key].format_map(_Params(params))

    def has(self, key: str) -> bool:
        """Say whether there is such a sentence."""
        return key in catalogue(self.language)

    def error(self, error: RepasoError) -> str:
        """Return an error's sentence: that of its code, else of the nearest base class that has one."""
        for kind in type(error).__mro__:
            key = f"error.{getattr(kind, 'code', 'unexpected')}"
            if self.has(key):
                return self.text(key, **self._spelt_out(error.params))
        return str(error)

    def _spelt_out(self, params: Mapping[str, str]) -> dict[str, str]:
        """Return an error's parameters, a reason that is a code replaced by its sentence."""
        reason = f"reason.{params.get('reason', '')}"
        return {**params, "reason": self.text(reason, **params)} if self.has(reason) else dict(params)

    def notice(self, notice: Notice) -> str:
        """Return a reader's remark as a sentence; its place is the placeholder `{where}`."""
        key = f"notice.{notice.code}"
        if not self.has(key):
            return notice.code.replace("_", " ")
        return self.text(key, **{"where": notice.where, **dict(notice.params)})


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return every sentence of a language by `table.name`; a key given twice is an error."""
    sentences: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        for table, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for name, sentence in entries.items():
                key = f"{table}.{name}"
                if key in sentences:
                    raise ValueError(f"{path.name}: {key} is already defined")
                sentences[key] = sentence
    return sentences


def label(locator: Locator, messages: Messages) -> str:
    """Name a place as a person would: "diapositiva 12", "p. 3", "00:41:20–00:41:58", "sección RESULTS"."""
    if locator.type.value == "time":
        start, end = clock_time(locator.start), clock_time(locator.end)
        return start if start == end else f"{start}–{end}"
    start, end = str(int(locator.start)), str(int(locator.end))
    if locator.type.value == "section" and locator.name:
        return messages.text("locator.section_named", name=locator.name)
    if start == end:
        return messages.text(f"locator.{locator.type.value}", start=start)
    return messages.text(f"locator.{locator.type.value}_range", start=start, end=end)


def clock_time(seconds: float) -> str:
    """Return whole seconds as HH:MM:SS."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
