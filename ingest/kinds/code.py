"""Code that stands in a text without a fence: told from prose line by line. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

# A statement, call, assignment, bracket or comment: what no sentence of an answer looks like.
_CODE = re.compile(
    r"[ \t]*(?:#|//|@\w|>>>|\$ |import [\w.]+|from [\w.]+ import\b|def \w|class \w[^.]*:?$|return\b|print\b|SELECT\b"
    r"|(?:const|let|var) \w+|(?:for|while|if|elif|else|try|except|with)\b.*:$|[\w.'\"-]+\(.*|[\])},]+$|.*[;{}]$"
    r"|[\w.\[\]'\"]+(?:,[ \t]*\w+)*[ \t]*[-+*/]?=(?:[ \t]|$)|.*\w=\S.*[\])]$)"
)
_PROSE_END = re.compile(r"[^\W\d_]{2,}[.:!?]$")
# A line that only code begins with; a page of code has one.
_STRONG = re.compile(
    r"[ \t]*(?:import [\w.]+(?: as \w+)?$|from [\w.]+ import\b|def \w+ ?\(|class \w+ ?[(:]|#include\b)"
)
# On such a page a line with any of these is likely code too, however OCR has split its names.
_LIKELY = re.compile(r"[=(){}\[\]]|\w_\w|:$|^(?:    |\t)|[ \t]*(?:def|return|else|try|pass|print)\b")
_MIN_LINES = 3
_MIN_SHARE = 0.6


def is_code(line: str) -> bool:
    """Say whether a line reads like a statement, call, assignment, bracket or comment, and not like a sentence."""
    return bool(_CODE.match(line)) and not _PROSE_END.search(line)


def fence(code: Sequence[str]) -> list[str]:
    """Return lines of code between fences longer than any run of backticks in them."""
    longest = max((len(run) for line in code for run in re.findall(r"`{3,}", line)), default=2)
    ticks = "`" * max(3, longest + 1)
    return [ticks, *code, ticks]


def with_code_fenced(text: str) -> str:
    """Return a page whose code stands in one fence, from its first sure line of code to its last likely one.

    A page with fewer than three lines of code, or with more prose than code between them, stays as it is.
    """
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if _STRONG.match(line)), len(lines))
    if "```" in text or start == len(lines):
        return text
    likely = [i for i in range(start, len(lines)) if is_code(lines[i]) or _LIKELY.search(lines[i])]
    end = likely[-1] + 1 if likely else start
    written = sum(bool(line.strip()) for line in lines[start:end])
    if len(likely) < _MIN_LINES or len(likely) < _MIN_SHARE * written:
        return text
    before = [*lines[:start], *([""] if start and lines[start - 1].strip() else [])]
    after = [*([""] if end < len(lines) and lines[end].strip() else []), *lines[end:]]
    return "\n".join([*before, *fence(lines[start:end]), *after])
