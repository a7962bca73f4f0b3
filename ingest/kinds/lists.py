"""Lists and tables that lost their Markdown on the way through a clipboard or a converter, set right. Pure."""

from __future__ import annotations

import re

from ingest.formats.markdown.read import fenced

# A print's bullet, or the letter that stands for one where the bullet's font was lost ("o Ejemplo", "- o Ejemplo").
_BULLET = re.compile(
    r"^([ \t]*)(?:[-*+][ \t]+)?(?:[•●◦○∘▪■▸►‣⁃·][ \t]*|o[ \t]+(?=[*_\"'“(\[¿¡]{0,4}[A-ZÁÉÍÓÚÑ0-9]))(?=\S)(.*)"
)
_EMPTY_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)]|[•●◦○∘▪■▸►‣⁃·])[ \t]*")
# Converters write "- 1. Corregir" for an item of a numbered list.
_DOUBLE = re.compile(r"^([ \t]*)[-*+][ \t]+(\d{1,3}[.)][ \t]+\S.*)")


def with_markdown_bullets(text: str) -> str:
    """Return Markdown whose bullets are all `-`, without items that have no text; code stays as it is."""
    lines = text.split("\n")
    result = []
    for line, is_code in zip(lines, fenced(lines), strict=True):
        if is_code:
            result.append(line)
        elif not (line.strip() and _EMPTY_ITEM.fullmatch(line)):
            result.append(_BULLET.sub(r"\1- \2", _DOUBLE.sub(r"\1\2", line)))
    return "\n".join(result)


def with_markdown_tables(text: str) -> str:
    """Return Markdown in which runs of lines with the same number of tabs have become tables.

    A single tabbed line is no table; tabs in code stay.
    """
    lines = text.split("\n")
    code = list(fenced(lines))
    result: list[str] = []
    i = 0
    while i < len(lines):
        tabs = lines[i].strip().count("\t")
        end = i
        while end < len(lines) and not code[end] and tabs and lines[end].strip().count("\t") == tabs:
            end += 1
        if end - i < 2:
            result.append(lines[i])
            i += 1
            continue
        rows = [[cell.strip().replace("|", "\\|") for cell in line.strip().split("\t")] for line in lines[i:end]]
        table = ["| " + " | ".join(row) + " |" for row in rows]
        table.insert(1, "|" + " --- |" * (tabs + 1))
        if result and result[-1].strip():
            result.append("")
        result += table
        i = end
    return "\n".join(result)
