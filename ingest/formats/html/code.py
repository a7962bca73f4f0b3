"""Code on a page: its lines, whatever elements they are made of, and its language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.formats.html.tree import attribute, is_furniture, is_unseen, names_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_LANGUAGE = re.compile(
    r"(?:^|\s)(?:language-|lang-|highlight-(?:source-)?|sourceCode\s+|brush:\s*)([A-Za-z][\w+#-]*)"
)
_NO_LANGUAGES = frozenset(["text", "plaintext", "none", "default", "output", "plain", "numbersource", "code"])
_LINE_BLOCKS = frozenset(["div", "p", "li", "tr"])


def language_of_code(node: LexborNode) -> str:
    """Return the language that code, or what is around it, is marked with, "" where it is not."""
    code = node.css_first("code")
    parent = node.parent
    around = (node, *((code,) if code else ()), *((parent,) if parent else ()))
    for each in around:
        named = attribute(each, "data-lang") or attribute(each, "data-language")
        found = _LANGUAGE.search(f"{names_of(each)} ")
        language = (named or (found[1] if found else "")).lower()
        if re.fullmatch(r"[a-z][\w+#-]{0,20}", language) and language not in _NO_LANGUAGES:
            return language
    return ""


def verbatim(root: LexborNode) -> str:
    """Return code with its lines: those of its text, and those that the page makes of elements."""
    pieces: list[str] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_text_node:
            pieces.append(node.text(deep=False))
        elif node.tag == "br":
            pieces.append("\n")
        elif node.is_element_node and not is_unseen(node) and not is_furniture(node):
            if node.tag in _LINE_BLOCKS and pieces and not pieces[-1].endswith("\n"):
                pieces.append("\n")
            stack += reversed(list(node.iter(include_text=True)))
    lines = "".join(pieces).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")
