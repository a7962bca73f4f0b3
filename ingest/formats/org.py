"""Org (Emacs): its outline as Markdown, or the slides of a deck for Beamer or reveal.js.

Read line by line: what orgparse gives lacks the lines of blocks, and on a date that is none it fails.
Source: the Org syntax (orgmode.org/worg/org-syntax.html).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.clean import one_line
from ingest.formats.blocks import Slide, Slides, Text
from ingest.formats.decode import decode
from ingest.formats.markdown.front_matter import Header, metadata_of_header
from ingest.formats.markdown.pandoc_deck import cover_of
from ingest.formats.markdown.slide import Piece, slide_of
from ingest.formats.options import PLAIN, ReadOptions

_HEADLINE = re.compile(r"(\*+)[ \t]+(.*)")
_TODO = re.compile(r"(?:TODO|DONE|NEXT|WAITING|HOLD|CANCELLED|CANCELED|PENDIENTE|HECHO)(?:[ \t]+|$)")
_PRIORITY = re.compile(r"\[#[A-Za-z0-9]\][ \t]*")
_TAGS = re.compile(r"[ \t]+(:[\w@#%:]{1,200}:)[ \t]*$")
_KEYWORD = re.compile(r"[ \t]*#\+([\w-]+)(?:\[[^\[\]\n]*\])?:[ \t]*(.*)")
_COMMENT = re.compile(r"[ \t]*#(?:[ \t].*)?")
_DRAWER = re.compile(r"[ \t]*:([\w-]+):[ \t]*")
_PLANNING = re.compile(r"[ \t]*(?:SCHEDULED|DEADLINE|CLOSED|CLOCK):.*")
_BEGIN = re.compile(r"[ \t]*#\+begin_(\w+)[ \t]*(.*)", re.IGNORECASE)
_END = re.compile(r"[ \t]*#\+end_(\w+)[ \t]*", re.IGNORECASE)
_FIXED = re.compile(r"[ \t]*:(?: (.*)|)")
_TABLE_RULE = re.compile(r"[ \t]*\|[-+]+\|?[ \t]*")
_BULLET = re.compile(r"([ \t]*)(?:[-+]|(?<=[ \t])\*)[ \t]+(?:\[[ xX-]\][ \t]+)?(.*)")
_TERM = re.compile(r"(.{1,100}?)[ \t]+::(?:[ \t]+(.*))?")
_RULE = re.compile(r"[ \t]*-{5,}[ \t]*")
_LINK = re.compile(r"\[\[([^\[\]\n]+)\](?:\[([^\[\]\n]+)\])?\]")
_PICTURE = re.compile(r"(?:file:|\.{0,2}/)?\S*\.(?:png|jpe?g|svg|gif|pdf|webp)", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\[fn:[\w-]{0,60}\]")
_VERBATIM = re.compile(r"(?:(?<=^)|(?<=[\s('\"{\[-]))([=~])(\S|\S[^\n]{0,300}?\S)\1(?=$|[\s)'\"}\].,;:!?-])")
_BOLD = re.compile(r"(?:(?<=^)|(?<=[\s('\"{\[-]))\*(\S|\S[^*\n]{0,300}?\S)\*(?=$|[\s)'\"}\].,;:!?-])")
_ITALIC = re.compile(r"(?:(?<=^)|(?<=[\s('\"{\[-]))/(\S|\S[^/\n]{0,300}?\S)/(?=$|[\s)'\"}\].,;:!?-])")
_STAMP = re.compile(r"[<\[]\d{4}-\d{2}-\d{2}[^<>\[\]\n]{0,40}[>\]]")
_MACRO = re.compile(r"\{\{\{[^{}\n]{0,200}\}\}\}")
_SNIPPET = re.compile(r"@@[\w-]{1,20}:[^@\n]{0,300}@@")
_CODE_PARTS = re.compile(r"(`[^`\n]+`|\$\$[^$]+\$\$|\$[^$\n]+\$|\\\([^\n]{1,500}?\\\)|\\\[[^\n]{1,500}?\\\])")
_FENCED_BLOCKS = ("src", "example", "verbatim")
_EXPORT_BLOCKS = ("export", "html", "latex", "beamer", "comment")
_NOTES_BLOCKS = ("notes", "note")
_KEPT_KEYWORDS = frozenset(["title", "author", "date", "subtitle", "institute"])
_DECK_KEYS = re.compile(r"(?:reveal|beamer|oer_reveal)[_-].*|reveal", re.IGNORECASE)
_OPTION_LEVEL = re.compile(r"(?:^|\s)H:(\d)")
_REVEAL_LEVEL = 3
_MOST_LEVELS = 6


@dataclass(slots=True)
class _Entry:
    """A headline and what stands below it; the first entry is the text before any headline (level 0)."""

    level: int
    title: str
    tags: frozenset[str] = frozenset()
    comment: bool = False
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Made:
    """A slide that is being gathered from a headline and those below its level."""

    number: int
    title: str
    lines: list[str]
    notes: list[str]


def read_org(data: bytes, path: str, _options: ReadOptions = PLAIN) -> Text | Slides:
    """Return the file's outline as Markdown, or the slides of one that is written to be shown.

    Raises UnsupportedFile when the bytes are no text.
    """
    text, notices = decode(data, path)
    lines = text.replace("\f", "\n").split("\n")
    keywords = _keywords(lines)
    header: Header = {key: " ".join(values) for key, values in keywords.items() if key in _KEPT_KEYWORDS}
    entries = _entries(lines)
    metadata = metadata_of_header(header)
    if _is_deck(keywords):
        return Slides(tuple(_slides(entries, keywords, header)), metadata, notices)
    kept = [entry for entry in entries if not entry.comment]
    return Text("\n\n".join(filter(None, (_outlined(entry) for entry in kept))), metadata, notices)


def _keywords(lines: Sequence[str]) -> dict[str, list[str]]:
    """Return the file's `#+KEY: value` lines, keys in lower case; a key may stand on several."""
    found: dict[str, list[str]] = {}
    for line in lines:
        match = _KEYWORD.fullmatch(line)
        if match:
            found.setdefault(match[1].lower(), []).append(match[2].strip())
    return found


def _is_deck(keywords: dict[str, list[str]]) -> bool:
    said = " ".join([*keywords.get("latex_class", ()), *keywords.get("startup", ())]).lower()
    options = " ".join(keywords.get("options", ())).lower()
    return "beamer" in said or "reveal_" in options or any(_DECK_KEYS.fullmatch(key) for key in keywords)


def _entries(lines: Sequence[str]) -> list[_Entry]:
    """Part lines into headlines with their bodies as Markdown; a headline ends every block that is left open."""
    entries = [_Entry(0, "")]
    body: list[str] = []
    level_of_comment = 0
    for line in [*lines, "* "]:
        match = _HEADLINE.fullmatch(line)
        if match is None:
            body.append(line)
            continue
        entries[-1].lines, entries[-1].notes = _body(body)
        body = []
        entry = _headline(len(match[1]), match[2])
        level_of_comment = level_of_comment if level_of_comment and entry.level > level_of_comment else 0
        if entry.comment and not level_of_comment:
            level_of_comment = entry.level
        entry.comment = bool(level_of_comment)
        entries.append(entry)
    return entries[:-1]


def _headline(level: int, words: str) -> _Entry:
    tags = _TAGS.search(words) or re.fullmatch(r"(:[\w@#%:]{1,200}:)[ \t]*", words)
    held = frozenset(tags[1].strip(":").split(":")) if tags else frozenset()
    words = words[: tags.start()] if tags else words
    words = _PRIORITY.sub("", _TODO.sub("", words, count=1), count=1)
    comment = words == "COMMENT" or words.startswith("COMMENT ")
    return _Entry(level, one_line(_inline(words)), held, comment)


class _Body:
    """An entry's lines while they are read, as Markdown."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.notes: list[str] = []
        self.drawer = False
        self.block = ""  # the block that is open
        self._fixed = False

    def add(self, line: str) -> None:
        """Read a line outside blocks and drawers."""
        fixed = _FIXED.fullmatch(line)
        if bool(fixed) != self._fixed:
            self._fixed = bool(fixed)
            self.lines.append("```")
        if fixed:
            self.lines.append(fixed[1] or "")
        elif not (_PLANNING.fullmatch(line) or _COMMENT.fullmatch(line) or _RULE.fullmatch(line)):
            self._prose(line)

    def _prose(self, line: str) -> None:
        if _TABLE_RULE.fullmatch(line):
            columns = line.count("+") + 1
            above = self.lines[-1].lstrip() if self.lines else ""
            first = above.startswith("|") and (len(self.lines) < 2 or not self.lines[-2].lstrip().startswith("|"))
            self.lines += ["|" + " --- |" * columns] if first else []
            return
        bullet = _BULLET.fullmatch(line)
        if bullet:
            term = _TERM.fullmatch(bullet[2])
            words = f"**{_inline(term[1])}**: {_inline(term[2] or '')}".rstrip() if term else _inline(bullet[2])
            self.lines.append(f"{bullet[1]}- {words}")
        else:
            self.lines.append(_inline(line))

    def close(self) -> None:
        """End what is left open."""
        if self._fixed:
            self.lines.append("```")
        if self.block in _FENCED_BLOCKS:
            self.lines.append("```")


def _body(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return lines as Markdown, and those of notes to the speaker."""
    body = _Body()
    for line in lines:
        if body.drawer:
            body.drawer = line.strip().lower() != ":end:"
        elif body.block:
            _in_block(body, line)
        elif begin := _BEGIN.fullmatch(line):
            body.block = begin[1].lower()
            if body.block in _FENCED_BLOCKS:
                language = begin[2].split(None, 1)[0] if body.block == "src" and begin[2].strip() else ""
                body.lines.append(
                    f"```{language if re.fullmatch(r'[A-Za-z][A-Za-z0-9+#_-]{0,20}', language) else ''}"
                )
        elif _KEYWORD.fullmatch(line):
            continue
        elif _DRAWER.fullmatch(line) and line.strip().lower() != ":end:":
            body.drawer = True
        else:
            body.add(line)
    body.close()
    return body.lines, body.notes


def _in_block(body: _Body, line: str) -> None:
    end = _END.fullmatch(line)
    if end and end[1].lower() == body.block:
        if body.block in _FENCED_BLOCKS:
            body.lines.append("```")
        body.block = ""
    elif body.block in _FENCED_BLOCKS:
        body.lines.append(re.sub(r"^([ \t]*),(?=[*,]|#\+)", r"\1", line))
    elif body.block in _NOTES_BLOCKS:
        body.notes.append(_inline(line))
    elif body.block == "quote":
        body.lines.append(f"> {_inline(line)}")
    elif body.block not in _EXPORT_BLOCKS and not _KEYWORD.fullmatch(line) and not _BEGIN.fullmatch(line):
        body.add(line)


def _inline(text: str) -> str:
    """Return a line's marks as Markdown's: emphasis, code and links; stamps, footnote marks and macros go."""
    text = _VERBATIM.sub(r"`\2`", text) if "=" in text or "~" in text else text
    parts = _CODE_PARTS.split(text)
    for i in range(0, len(parts), 2):
        part = _SNIPPET.sub("", _MACRO.sub("", _FOOTNOTE.sub("", _STAMP.sub("", parts[i]))))
        part = _ITALIC.sub(r"*\1*", _BOLD.sub(r"**\1**", part))
        parts[i] = _LINK.sub(_link, part)
    for i in range(1, len(parts), 2):
        parts[i] = re.sub(r"^\\\((.*)\\\)$", r"$\1$", re.sub(r"^\\\[(.*)\\\]$", r"$$\1$$", parts[i]))
    return "".join(parts)


def _link(match: re.Match[str]) -> str:
    target, words = match[1].strip(), (match[2] or "").strip()
    if _PICTURE.fullmatch(target):
        return "" if not words or _PICTURE.fullmatch(words) else words
    if not target.startswith(("http://", "https://")):
        return words or target.lstrip("*#")
    return f"[{words}]({target})" if words and words != target else target


def _outlined(entry: _Entry) -> str:
    heading = f"{'#' * min(entry.level, _MOST_LEVELS)} {entry.title}" if entry.level and entry.title else ""
    notes = "\n".join(entry.notes).strip("\n")
    return "\n\n".join(filter(None, [heading, "\n".join(entry.lines).strip("\n"), notes]))


def _slides(entries: Sequence[_Entry], keywords: dict[str, list[str]], header: Header) -> list[Slide]:
    """Return a deck's slides with the numbers that its exporter gives them; a title and contents slide come first."""
    beamer = "beamer" in " ".join([*keywords.get("latex_class", ()), *keywords.get("startup", ())]).lower()
    options = " ".join(keywords.get("options", ()))
    level = _OPTION_LEVEL.search(options)
    deepest = int(level[1]) if level else 1 if beamer else _REVEAL_LEVEL
    cover = cover_of(header)
    number = bool(cover) + ("toc:nil" not in options)
    made: list[_Made] = []
    for entry in entries:
        shown = not entry.comment and not entry.tags & {"noexport", "ignore"}
        has_text = any(line.strip() for line in entry.lines)
        # Beamer makes a section, not a frame, of a headline above the frames' level.
        is_section = beamer and entry.level < deepest and not has_text
        if not shown or is_section or not (entry.title or has_text):
            continue
        if entry.level > deepest and made:
            made[-1].lines += ["", f"**{entry.title}**", "", *entry.lines]
            made[-1].notes += ["", *entry.notes]
        else:
            number += 1
            made.append(_Made(number, entry.title, [*entry.lines], [*entry.notes]))
    pieces = [Piece(m.number, "\n".join(m.lines), m.title, "\n".join(m.notes).strip()) for m in made]
    slides = map(slide_of, [cover, *pieces] if cover else pieces)
    return [slide for slide in slides if slide.title or slide.text or slide.notes]
