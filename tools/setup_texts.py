"""What set-up says, in Spanish and English.

The sentences lie in JSON because a Python too old for set-up must still be able to read the one that says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

TEXTS: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def language(environ: Mapping[str, str]) -> str:
    """Return "en" where the environment's language is English, else "es", as the program itself does.

    `REPASO_LANG` goes first; then LC_ALL, LC_MESSAGES and LANG, the first that is set, in POSIX's order.
    """
    for name in ("REPASO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "es"
    return "es"


class SetupFailed(Exception):
    """Set-up cannot go on; `code` names its sentence, `values` fill it in."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(code)


def sentence(code: str, spoken: str, **values: object) -> str:
    """Return a sentence in a language, filled in."""
    return TEXTS[spoken][code].format(**values)
