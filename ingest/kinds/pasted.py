"""Text pasted from a chat assistant's page, whose buttons, labels and citation marks came along. Pure.

Code arrives as a label ("python", alone, glued to the caption or in a fence of its own), the button's caption
("Copiar código"), then the code, some of it in fences and some not. The label and the caption go; what reads like
code becomes one fence. The label is a guess of the page (it calls Spanish prose "rust"), so the fence
carries no language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.clean import folded
from ingest.formats.markdown.read import fenced
from ingest.kinds.code import fence, is_code

_CAPTIONS = ("copiar codigo", "copiar", "copy code", "copy", "editar", "edit")
_MAIN_CAPTIONS = ("copiar codigo", "copy code")
_LABEL_NAMES = (
    "python rust bash shell sh console javascript js typescript ts java c c++ cpp csharp c# go r sql json yaml "
    "yml xml html css latex tex markdown md plaintext text txt makefile arduino vbnet scss perl php ruby kotlin "
    "swift scala julia matlab lua diff ini toml dockerfile powershell mathematica less vb objectivec graphql "
    "excel"
)
_LABELS = frozenset(_LABEL_NAMES.split())
_FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})(.*)")
# Lines that cannot be a caption are told by their first letters, because every line is asked.
_BEGINNINGS = frozenset(caption[:2] for caption in _CAPTIONS)
_MAX_CAPTION = 60
_LONE_BULLET = re.compile(r"[ \t]*[•●◦○∘▪■][ \t]*")
_GLUED = re.compile(r"[ \t]*([a-z+#]{1,12})[ \t]*(?:Copiar código|Copiar|Copy code)[ \t]*")
# What the page says around an answer, folded, as whole lines.
_PAGE_WORDS = (
    "chatgpt said:;chatgpt dijo:;chatgpt ha dicho:;you said:;dijiste:;has dicho:;tu dijiste:;regenerate response;"
    "regenerar respuesta;stop generating;chatgpt can make mistakes. check important info.;"
    "chatgpt puede cometer errores. comprueba la informacion importante.;was this response better or worse?"
)
_PAGE_LINES = frozenset(_PAGE_WORDS.split(";"))
_PAGE_BEGINNINGS = frozenset(["tú", "pe", "ra", "th", *(line[:2] for line in _PAGE_LINES)])
_MAX_PAGE_LINE = 120
_THOUGHT = re.compile(
    r"(?:thought for|penso durante|razono durante) (?:a few seconds|unos segundos|\d{1,4} ?\w{1,10})"
)
_CITATION = re.compile(
    r"[ \t]?(?::contentReference\[oaicite:\d{1,4}\](?:\{index=\d{1,4}\})?|\[oaicite:\d{1,4}\](?:\{index=\d{1,4}\})?"
    r"|\[oai_citation:\d{1,4}[^\[\]\n]{0,200}\](?:\([^()\n]{0,500}\))?|【\d{1,4}[^【】\n]{0,80}】"
    r"|\[cite(?:_start)?(?::[ \d,]{1,40})?\]|[\ue200-\ue2ff](?:cite|[\w\ue200-\ue2ff]){0,80})"
)


@dataclass(frozen=True, slots=True)
class Unpasted:
    """A text without marks of pasting, and how many there were."""

    text: str
    count: int


def without_paste_marks(text: str) -> Unpasted:
    """Return Markdown without the page's captions, labels and citation marks, pasted code in whole fences."""
    text, cited = _without_page_words(text)
    lines = _unglued(text.split("\n"))
    result: list[str] = []
    count = i = 0
    while i < len(lines):
        if _is_caption(lines[i]) and (_is_main_caption(lines[i]) or _ends_with_label(result)):
            count += 1
            i = _last_caption(lines, i)
            _drop_label(result)
            code, i = _code_behind(lines, i + 1)
            code = [line for line in code if not _LONE_BULLET.fullmatch(line)]
            if code:
                result += [*([""] if result and result[-1].strip() else []), *fence(code), ""]
        else:
            result.append(lines[i])
            i += 1
    return Unpasted("\n".join(result), count + cited)


def _last_caption(lines: Sequence[str], i: int) -> int:
    """Return the last of the captions that follow each other from line `i` on ("Copiar", "Editar")."""
    following = next((k for k in range(i + 1, min(i + 3, len(lines))) if lines[k].strip()), len(lines))
    while following < len(lines) and _is_caption(lines[following]) and not _is_main_caption(lines[following]):
        i = following
        following = next((k for k in range(i + 1, min(i + 3, len(lines))) if lines[k].strip()), len(lines))
    return i


def _without_page_words(text: str) -> tuple[str, int]:
    """Return a text without whole lines of the page's own and without citation marks, and how many went."""
    lines = text.split("\n")
    kept: list[str] = []
    count = 0
    for line, in_code in zip(lines, fenced(lines), strict=True):
        if not in_code and _is_of_page(line):
            count += 1
            continue
        bare, found = (line, 0) if in_code else _CITATION.subn("", line)
        count += found
        kept.append(bare)
    return "\n".join(kept), count


def _is_of_page(line: str) -> bool:
    bare = line.strip("#*_ \t") if len(line) < _MAX_PAGE_LINE else ""
    if bare[:2].lower() not in _PAGE_BEGINNINGS:
        return False
    words = folded(bare)
    return words in _PAGE_LINES or _THOUGHT.fullmatch(words) is not None


def _unglued(lines: Sequence[str]) -> list[str]:
    """Return lines with the label before its caption on a line of its own ("pythonCopiar código")."""
    parted: list[str] = []
    for line in lines:
        match = _GLUED.fullmatch(line) if len(line) < 60 else None
        parted += [match[1], "Copiar código"] if match and match[1] in _LABELS else [line]
    return parted


def _ends_paragraph(line: str) -> bool:
    return not line.strip() or _is_caption(line) or _FENCE.fullmatch(line) is not None


def _is_caption(line: str) -> bool:
    return len(line) < _MAX_CAPTION and line.lstrip()[:2].lower() in _BEGINNINGS and folded(line.strip()) in _CAPTIONS


def _is_main_caption(line: str) -> bool:
    return _is_caption(line) and folded(line.strip()) in _MAIN_CAPTIONS


def _ends_with_label(lines: Sequence[str]) -> bool:
    words = [line.strip() for line in lines[-5:] if line.strip() and not _FENCE.fullmatch(line)]
    return bool(words) and words[-1].lower() in _LABELS


def _drop_label(lines: list[str]) -> None:
    """Drop a label at the end of `lines`, with the fence it may stand in."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    fence = _FENCE.fullmatch(lines[end - 1]) if end else None
    at = end - 1 if fence and not fence[1].strip() else end
    if at < 1 or lines[at - 1].strip().lower() not in _LABELS:
        return
    start = at - 1
    if at < end:
        opening = _FENCE.fullmatch(lines[start - 1]) if start else None
        if opening is None:
            return
        start -= 1
    del lines[start:]


def _code_behind(lines: Sequence[str], i: int) -> tuple[list[str], int]:
    """Return the code that begins at line `i`, without fences, and the index of the first line behind it."""
    code: list[str] = []
    while i < len(lines):
        start = i
        while i < len(lines) and not lines[i].strip():
            i += 1
        if i < len(lines) and _FENCE.fullmatch(lines[i]):
            end = next((k for k in range(i + 1, len(lines)) if _FENCE.fullmatch(lines[k])), -1)
            if end < 0:
                return code, start
            code += [*([""] * (i - start) if code else []), *lines[i + 1 : end]]
            i = end + 1
            continue
        end = next((k for k in range(i, len(lines)) if _ends_paragraph(lines[k])), len(lines))
        paragraph = lines[i:end]
        if not paragraph or not all(map(is_code, paragraph)):
            return code, start
        code += [*([""] * (i - start) if code else []), *paragraph]
        i = end
    return code, i
