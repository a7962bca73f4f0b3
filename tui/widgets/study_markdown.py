"""Markdown from lectures and models: formatted, but with nothing in it that can be followed or that commands.

Two things may be added to it by us alone, with characters of Unicode's private use area that are taken out of every
foreign text: the mark of a citation, which can be clicked, and the stretch that no note supports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from textual.await_complete import AwaitComplete
from textual.widgets import Markdown

from tui.printing import clean

_CITE = "\ue000{n}\ue001"
_DOUBT, _SURE = "\ue002", "\ue003"
_OURS = re.compile(r"\ue000(\d+)\ue001|([\ue002\ue003])")
_PRIVATE = re.compile("[\ue000-\uf8ff]")

REFUSED = (
    *("link", "image", "autolink", "linkify", "reference"),  # something to follow
    *("html_inline", "html_block"),  # text that would be hidden
    *("strikethrough", "code", "lheading"),  # meant by few: ~~ is ours, talks are indented, slides end in a rule
)
"""Rules of markdown-it that are off; what they would match is shown as it is written."""


def citation_mark(n: int) -> str:
    """Return what shows as a clickable [n]."""
    return _CITE.format(n=n)


def doubtful(text: str) -> str:
    """Return the text marked as supported by nothing."""
    return f"{_DOUBT}{text}{_SURE}"


def foreign(text: str) -> str:
    """Return a text without terminal sequences and without our own marks; for every text that we did not write."""
    return _PRIVATE.sub("", clean(text))


def parser() -> MarkdownIt:
    """Return a parser of tables, lists and emphasis that follows nothing and knows our marks."""
    made = MarkdownIt("gfm-like").disable(REFUSED)
    made.core.ruler.push("repaso_marks", _read_marks)
    return made


class StudyMarkdown(Markdown):
    """A Markdown text of a document or a model; it can be read and not followed."""

    DEFAULT_CSS = """
    StudyMarkdown { margin: 0; padding: 0; }
    StudyMarkdown MarkdownBlock { link-color: $accent; link-style: bold; link-background-hover: $accent; }
    StudyMarkdown MarkdownBlock > .s { text-style: strike; color: $text-warning; }
    StudyMarkdown MarkdownHeader { margin: 1 0 0 0; padding: 0; width: 1fr; content-align: left middle; }
    StudyMarkdown > MarkdownHeader:first-child { margin: 0; }
    StudyMarkdown MarkdownHeader { background: transparent; color: $accent; text-style: bold; }
    StudyMarkdown MarkdownParagraph { margin: 0; }
    StudyMarkdown > MarkdownParagraph { margin: 0 0 1 0; }
    StudyMarkdown > MarkdownBulletList, StudyMarkdown > MarkdownOrderedList { margin: 0 0 1 0; padding: 0; }
    StudyMarkdown > MarkdownParagraph:last-child, StudyMarkdown > MarkdownBulletList:last-child { margin: 0; }
    StudyMarkdown > MarkdownOrderedList:last-child, StudyMarkdown > MarkdownFence:last-child { margin: 0; }
    """

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(foreign(text), id=id, classes=classes, parser_factory=parser, open_links=False)

    def update(self, markdown: str) -> AwaitComplete:
        """Show a foreign text."""
        return super().update(foreign(markdown))

    def append(self, markdown: str) -> AwaitComplete:
        """Add to a foreign text."""
        return super().append(foreign(markdown))

    def show_marked(self, markdown: str) -> AwaitComplete:
        """Show a text with marks of ours, its foreign parts already passed through `foreign`."""
        return super().update(markdown)


def _read_marks(state: StateCore) -> None:
    """Turn our marks into tokens, wherever they stand; in code they become plain text."""
    for token in state.tokens:
        if token.type in ("fence", "code_block"):
            token.content = _plain(token.content)
        if token.type == "inline" and token.children:
            token.children = [piece for child in token.children for piece in _pieces(child)]
            _close(token.children)


def _pieces(token: Token) -> Iterator[Token]:
    if token.type == "code_inline":
        token.content = _plain(token.content)
    if token.type != "text":
        yield token
        return
    at = 0
    for mark in _OURS.finditer(token.content):
        yield _text(token.content[at : mark.start()])
        at = mark.end()
        if mark[1]:
            yield Token("link_open", "a", 1, attrs={"href": f"cite:{mark[1]}"})
            yield _text(f"[{mark[1]}]")
            yield Token("link_close", "a", -1)
        else:
            yield Token("s_open", "s", 1) if mark[2] == _DOUBT else Token("s_close", "s", -1)
    yield _text(token.content[at:])


def _close(tokens: list[Token]) -> None:
    """Balance the doubtful stretches of one block: each opens and closes inside it, nested in nothing of its text.

    A stretch may begin inside an emphasis that ends after it; Textual closes styles in the order of a stack.
    """
    stack: list[str] = []
    balanced: list[Token] = []
    for token in tokens:
        if token.nesting == 1:
            stack.append(token.type.removesuffix("_open"))
        elif token.nesting == -1:
            name = token.type.removesuffix("_close")
            if not stack or stack[-1] != name:
                continue
            stack.pop()
        balanced.append(token)
    balanced += [Token(f"{name}_close", "", -1) for name in reversed(stack)]
    tokens[:] = balanced


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _plain(text: str) -> str:
    return _OURS.sub(lambda mark: f"[{mark[1]}]" if mark[1] else "", text)
