"""Repair of decoded text, shared by every format. Pure.

A form feed survives as the page break it is; the format that knows pages takes it out.
"""

from __future__ import annotations

import re
import unicodedata

# ECMA-48 control sequences: CSI, the string sequences (OSC, DCS, SOS, PM, APC) up to their end on the same line, and
# the two-character escapes. A string sequence that never ends loses only its introducer.
_ESCAPE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\n]{0,4096}(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[ -/]*[0-~]"
)
_ESCAPES = re.compile("[\x1b\x90\x98\x9b\x9d-\x9f]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Controls but for tab, newline and form feed; soft hyphen and other invisible marks; bidirectional overrides, which
# can make a terminal show other words than the file has; tag characters; surrogates; non-characters. Zero-width
# joiners stay: emoji and several scripts need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_PRESENTATION = {
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "st",
    "ﬆ": "st",
    "\uf0b7": "•",  # the bullets of the Symbol and Wingdings fonts, which have no Unicode of their own
    "\uf0a7": "▪",
    "\uf0d8": "▸",
}
_PRESENTED = re.compile(f"[{''.join(_PRESENTATION)}]")
_STARRED = re.compile(r"\*{1,3}([^*\n]+)\*{1,3}")
_UNDERSCORED = re.compile(r"(?<!\w)_{1,3}([^_\n]+)_{1,3}(?!\w)")
# UTF-8 read as cp1252, Mac Roman, a DOS page or cp1250 has one of these; only then is it worth asking ftfy.
_MISREAD = re.compile("[ÂÃâ√¬├┬Ă]")
_MOJIBAKE = re.compile(
    "[ÂÃ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|[√¬][±°©≠∫≥¢£§•¶ß®∞ëøÅç]|[├┬][^\\s\\w]|[├┬][íóúñ]|Ă[ˇ©­łş±]|Â[ż]"
)
# ftfy knows the DOS page of the United States; Windows consoles in Spanish write that of Western Europe.
_DOS = re.compile("[├┬]")


def clean(text: str) -> str:
    """Return `text` in NFC with newlines only, plain spaces, and nothing invisible or meant for a terminal.

    Keeps tabs, newlines and form feeds. Cleaning cleaned text changes nothing.
    """
    if _ESCAPES.search(text):
        text = _ESCAPE.sub("", text)
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", _SPACES.sub(" ", text))
    return unicodedata.normalize("NFC", _PRESENTED.sub(lambda match: _PRESENTATION[match[0]], text))


def repair_encoding(text: str) -> str:
    """Return `text` with UTF-8 that was once (or twice) read as another encoding set right, as `explicaciÃ³n`."""
    return repaired_lines(text)[0]


def repaired_lines(text: str) -> tuple[str, int]:
    """Return `text` with the encoding of its lines set right, and how many lines that changed.

    Each line is judged by itself: a file may join pieces of which some were read wrongly.
    """
    if not _MISREAD.search(text) or not _MOJIBAKE.search(text):
        return text, 0
    import ftfy

    lines = text.split("\n")
    changed = 0
    for number, line in enumerate(lines):
        if _MOJIBAKE.search(line):
            fixed = ftfy.fix_encoding(line)
            fixed = _from_dos(fixed) if _DOS.search(fixed) else fixed
            changed += fixed != line
            lines[number] = fixed
    return "\n".join(lines), changed


def _from_dos(line: str) -> str:
    try:
        return line.encode("cp850").decode("utf-8")
    except UnicodeError:
        return line


def one_line(text: str) -> str:
    """Return `text` with every run of white space as one space, for titles and names."""
    return " ".join(text.split())


def without_marks(text: str) -> str:
    """Return a line of Markdown without heading, quote and emphasis marks, for titles."""
    line = one_line(text).lstrip("#> ").rstrip("#").strip()
    return _UNDERSCORED.sub(r"\1", _STARRED.sub(r"\1", line)).strip()


def folded(text: str) -> str:
    """Return `text` in lower case without accents, for comparing words; `ñ` becomes `n`."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
