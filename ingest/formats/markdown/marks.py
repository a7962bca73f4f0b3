"""Marks that only a tool reads, taken out of Markdown: attributes, fenced divs, HTML tags, options, layout. Pure.

Pandoc, Quarto, R Markdown and the slide tools each add marks to Markdown that a reader of the rendered page never
sees. Code in fences stays as it is, but for the options of a chunk that is run.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from ingest.clean import clean
from ingest.formats.markdown.read import fenced

_TAGS = (
    "a abbr address area article aside audio b base big blockquote body button canvas center cite col colgroup dd "
    "del details dfn div dl dt em embed fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hr html "
    "i iframe img input ins kbd label legend li link main mark meta nav object ol p param picture pre q s samp "
    "section small source span strike strong sub summary sup svg table tbody td template text tfoot th thead time tr "
    "track tt u ul video wbr v-click v-clicks v-after transform arrow tabs tab-item slot"
)
_TAG = re.compile(rf"</?(?:{'|'.join(_TAGS.split())})(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE)
_BREAK = re.compile(r"<br[ \t]*/?>(\n?)", re.IGNORECASE)
_IMAGE_TAG = re.compile(r"<img\s[^<>]{0,2000}>", re.IGNORECASE)
_ALT = re.compile(r"\salt[ \t]*=[ \t]*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_STYLE = re.compile(r"(</?(?:style|script)\b[^<>\n]*>)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});(?!!--)")
# Code and formulas within a line, where a tag's signs are what they are.
_VERBATIM = re.compile(r"(`[^`\n]+`|\$\$[^$]+\$\$|\$[^$\n]+\$)")

_ATTRIBUTE = r"(?:[#.][^\s{}\"'=]+|[\w:.-]+=(?:\"[^\"{}\n]*\"|'[^'{}\n]*'|[^\s{}\"']+)|-)"
ATTRIBUTES = rf"\{{:?[ \t]*{_ATTRIBUTE}(?:[ \t]+{_ATTRIBUTE})*[ \t]*\}}"
"""Pandoc's and kramdown's attributes: `{#sec-uno .unnumbered width="50%"}`."""
_HEADING_ATTRIBUTES = re.compile(
    rf"(?m)^( {{0,3}}#{{1,6}}[ \t][^\n{{}}]*(?:\{{[^\n{{}}]*\}}[^\n{{}}]*)*?)[ \t]*{ATTRIBUTES}[ \t]*$"
)
_SPAN = re.compile(rf"(!?)\[([^\[\]\n]*)\]{ATTRIBUTES}")
_AFTER_LINK = re.compile(rf"(?<=[)`]){ATTRIBUTES}")
_LONE_ATTRIBUTES = re.compile(rf"(?m)^[ \t]*{ATTRIBUTES}[ \t]*\n?")
_SHORTCODE = re.compile(r"\{\{[<%][^\n{}]{0,500}[%>]\}\}")
_DIV = re.compile(r"[ \t]*:{3,}[ \t]*(.*)")
_DIV_TITLE = re.compile(r"\btitle=\"([^\"{}\n]*)\"")
_DIV_ATTRIBUTES = re.compile(r"\{[^{}\n]*\}|:{3,}")
_COMMENT_LINK = re.compile(r"[ \t]*\[(?://|comment|_)\]:[ \t]*(?:#|<>).*", re.IGNORECASE)
_DATA_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\(data:[^()\s]*\)|<data:[^<>\s]*>")
_DATA_LINK = re.compile(r"(?m)^[ \t]*\[[^\[\]\n]+\]:[ \t]*<?data:\S*[^\n]*\n?")

# Commands of LaTeX that only lay a slide out, alone on their line.
_LAYOUT_NAMES = (
    "pause newpage pagebreak clearpage cleardoublepage centering raggedright vfill hfill bigskip medskip smallskip "
    "tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge noindent maketitle titlepage "
    "tableofcontents printbibliography columnbreak newline linebreak par appendix frontmatter mainmatter"
)
_LAYOUT = re.compile(
    rf"[ \t]*(?:\\(?:{'|'.join(_LAYOUT_NAMES.split())})\b(?:<[^<>\n]*>)?(?:\[[^\[\]\n]*\])?(?:\{{[^{{}}\n]*\}})?"
    r"|\\(?:vspace|hspace|setlength|addtolength|includegraphics|column|onslide|uncover|only|visible|label|input"
    r"|bibliography|bibliographystyle|usepackage|setbeamer\w*|renewcommand|newcommand)\b\*?(?:<[^<>\n]*>)?"
    r"(?:\[[^\[\]\n]*\]|\{[^{}\n]*\})*"
    r"|\\(?:begin|end)\{(?:columns?|center|figure|minipage|overprint|onlyenv|frame|flushleft|flushright|multicols)\*?\}"
    r"(?:<[^<>\n]*>)?(?:\[[^\[\]\n]*\]|\{[^{}\n]*\})*)[ \t]*"
)
_INLINE_PAUSE = re.compile(r"\\pause\b(?:\[\d*\])?")
_BEAMER_BLOCK = re.compile(r"[ \t]*\\begin\{(?:alert|example)?block\}(?:<[^<>\n]*>)?\{([^{}\n]*)\}[ \t]*")
_BLOCK_END = re.compile(r"[ \t]*\\end\{(?:alert|example)?block\}[ \t]*")

_CHUNK = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*\{([^{}\n]*)\}[ \t]*")
_RAW = re.compile(r"[ \t]*(?:`{3,}|~{3,})[ \t]*\{=[\w-]+\}[ \t]*")
_OPTION = re.compile(r"[ \t]*(?:#|//|--|%%?)\|(?:[ \t]|$)")
# Which lines a tool lights up: "```js {1,3}".
_SHOWN_LINES = re.compile(r"(?<=[`~\w])[ \t]*\{[^{}`\n]*\}[ \t]*$")
_UNSEEN_CHUNK = re.compile(r"\b(?:echo|include)[ \t]*[=:][ \t]*(?:false|FALSE|F)\b")
_LANGUAGE = re.compile(r"\.?([A-Za-z][\w+-]*)")


def without_marks_of_tools(text: str) -> str:
    """Return Markdown without the marks that only a tool reads; HTML comments stay, because they may be notes."""
    lines = text.split("\n")
    kept: list[str] = []
    run: list[str] = []
    code = False
    for line, is_code in zip(lines, fenced(lines), strict=True):
        if is_code != code or (is_code and run and _opens(line) and _closed(run)):
            kept += _written(run, code)
            run, code = [], is_code
        run.append(line)
    kept += _written(run, code)
    return "\n".join(kept)


def without_styles(text: str) -> str:
    """Return Markdown without its style sheets and scripts; one that is not closed stays."""
    kept: list[str] = []
    held: list[str] = []
    for piece in _STYLE.split(text):
        if held:
            held.append(piece)
            if piece.startswith("</") and _STYLE.fullmatch(piece):
                held.clear()
        elif piece.startswith("<") and _STYLE.fullmatch(piece) and not piece.startswith("</"):
            held.append(piece)
        else:
            kept.append(piece)
    return "".join(kept + held)


def _opens(line: str) -> bool:
    return line.lstrip().startswith(("```", "~~~"))


def _closed(run: list[str]) -> bool:
    """Say whether a run of code ends in its closing fence, so that a fence right after it opens another."""
    return len(run) > 1 and bool(re.fullmatch(r"[ \t]*(?:`{3,}|~{3,})[ \t]*", run[-1]))


def _written(run: list[str], code: bool) -> list[str]:
    if not run:
        return []
    return _code(run) if code else _prose(run)


def _code(run: list[str]) -> list[str]:
    """Return a fence with a plain language, or nothing where its tool shows none: a raw block, `echo: false`."""
    if _RAW.fullmatch(run[0]):
        return []
    chunk = _CHUNK.fullmatch(run[0])
    if chunk is None:
        return [_SHOWN_LINES.sub("", run[0]), *run[1:]]
    options = [line for line in run[1:] if _OPTION.match(line)]
    if any(map(_UNSEEN_CHUNK.search, [chunk[3], *options])):
        return []
    language = _LANGUAGE.match(chunk[3].strip())
    opening = f"{chunk[1]}{chunk[2]}{language[1] if language else ''}"
    return [opening, *(line for line in run[1:] if not _OPTION.match(line))]


def _prose(run: list[str]) -> list[str]:
    lines = []
    for line in run:
        div = _DIV.fullmatch(line)
        if div:
            line = _title_of_div(div[1])
        if _COMMENT_LINK.fullmatch(line) or _BLOCK_END.fullmatch(line) or _LAYOUT.fullmatch(line):
            continue
        block = _BEAMER_BLOCK.fullmatch(line)
        lines += [f"**{block[1]}**", ""] if block else [line]
    text = "\n".join(lines)
    for sign, change in _CHANGES:
        text = change(text) if sign in text else text
    return text.split("\n") if lines else []


def _title_of_div(opening: str) -> str:
    """Return the title of a fenced div: `::: nota Para casa`, `::: {.callout-tip title="Para casa"}`."""
    named = _DIV_TITLE.search(opening)
    words = _DIV_ATTRIBUTES.sub(" ", opening).split()
    return named[1] if named else " ".join(words[1:])


def _without_attributes(text: str) -> str:
    text = _SHORTCODE.sub("", text)
    text = _HEADING_ATTRIBUTES.sub(lambda found: found[1].rstrip(), text)
    text = _LONE_ATTRIBUTES.sub("", text)
    return _AFTER_LINK.sub("", _SPAN.sub(r"\2", text))


def _without_tags(text: str) -> str:
    """Drop HTML tags outside code and formulas; a picture's description stays and a break ends its line."""
    pieces = _VERBATIM.split(text)
    for i in range(0, len(pieces), 2):
        piece = _IMAGE_TAG.sub(_alternative, pieces[i])
        piece = _BREAK.sub(lambda found: "\n" if found[1] else " ", piece)
        pieces[i] = _TAG.sub("", piece)
    return "".join(pieces)


def _alternative(match: re.Match[str]) -> str:
    found = _ALT.search(match[0])
    return (found[1] or found[2] or "") if found else ""


def _without_entities(text: str) -> str:
    pieces = _VERBATIM.split(text)
    pieces[::2] = [_ENTITY.sub(lambda found: html.unescape(found[0]), piece) for piece in pieces[::2]]
    return clean("".join(pieces))


def _without_data(text: str) -> str:
    return _DATA_LINK.sub("", _DATA_IMAGE.sub(r"\1", text))


_CHANGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("<", without_styles),
    ("data:", _without_data),
    ("{", _without_attributes),
    ("\\pause", lambda text: _INLINE_PAUSE.sub("", text)),
    ("<", _without_tags),
    ("&", _without_entities),
)
