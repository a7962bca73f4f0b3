"""Text set right: accents drawn apart from their letters, letters of TeX's encodings, words cut by lines. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from statistics import median_low

from ingest.formats.pdf.model import Word
from ingest.words import is_word, share_of_words

# Spacing accents, as fonts draw them, and the combining marks that they mean.
_MARKS = {
    "´": "\u0301",
    "`": "\u0300",
    "¨": "\u0308",
    "˜": "\u0303",
    "~": "\u0303",
    "ˆ": "\u0302",
    "^": "\u0302",
    "¸": "\u0327",
    "ˇ": "\u030c",
    "˚": "\u030a",
    "˙": "\u0307",
    "¯": "\u0304",
}
# These have other uses in plain text, so that they are an accent only where a word comes out.
_ORDINARY = "`~^"
_SURE = "".join(mark for mark in _MARKS if mark not in _ORDINARY)
# Letters with marks beyond Latin Extended-A are of no language that TeX's accents were made for: "rock´" has none.
_LAST_LETTER = "\u017f"
_DOTLESS = str.maketrans("ıȷ", "ij")
_COMBINED_DOTLESS = re.compile("([ıȷ])(?=[\u0300-\u030c\u0327])")
_BEFORE = re.compile(f"([{_SURE}])[ ]?([^\\W\\d_])")
_AFTER = re.compile(f"([^\\W\\d_])([{_SURE}])")
# A grave accent in a word is one where the text has others drawn apart from their letters.
_GRAVE = re.compile("(?<=[^\\W\\d_]|’|')`([aeiouAEIOU])")
_ORDINARY_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]*(?:[`~^][^\W\d_]+)+")
# The Cork encoding (T1) of TeX where it is not Latin-1, and the original one (OT1), by the codes a font has.
_CORK = dict(zip(range(0x0D, 0x20), "‚‹›“”„«»–—\u200b0ıȷﬀﬁﬂﬃﬄ", strict=True)) | dict(
    zip(range(13), "`´ˆ˜¨˝˚ˇ˘¯˙¸˛", strict=True)
)
_CORK |= {
    0x27: "’",
    0x60: "‘",
    0x7F: "-",
    0xBD: "¡",
    0xBE: "¿",
    0xBF: "£",
    0xD7: "Œ",
    0xDF: "SS",
    0xF7: "œ",
    0xFF: "ß",
}
_OT1 = dict(zip(range(0x0B, 0x20), "ﬀﬁﬂﬃﬄıȷ`´ˇ˘¯˚¸ßæœøÆŒØ", strict=True))
_OT1 |= {0x27: "’", 0x3C: "¡", 0x3E: "¿", 0x5C: "“", 0x5E: "ˆ", 0x5F: "˙", 0x60: "‘", 0x7B: "–", 0x7C: "—", 0x7D: "˝"}
_OT1 |= {0x7E: "˜", 0x7F: "¨", 0xA8: "¨", 0xB4: "´", 0x22: "”"}
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"})
_ENCODINGS = (_CORK, _OT1)
# How much of the letters another encoding must turn into words for it to be the right one.
_CLEARLY = 0.02
_SAMPLE = 2000
_MAX_LONE = 200
# A line of so many single letters is one word or more, set wide, if so much of it is then in words; gaps between its
# words are so many times as wide as between its letters.
_SPACED = 5
_SPACED_WORDS = 0.6
_WIDER = 1.8
# Words with one of these differ between the encodings.
_TELLING = re.compile("[\x00-\x1f\x7f<>~`^´¨½¾]")
_ODD = re.compile("[\x00-\x1f\x7f]|[½¾<>](?=[^\\W\\d_])")
_JOINED_HYPHEN = re.compile(r"(?<![^\W\d_])([^\W\d_]+)-$")
# Parts of a compound are at least this long, but for what English writes with a hyphen.
_LONG_PART = 4
_SHORT_PARTS = frozenset(["pre", "non", "few", "one", "two", "log", "top", "out", "all", "low", "end", "co"])
_FIRST_LETTERS = re.compile(r"[^\W\d_]+")


def encoding_of(words: Iterable[str]) -> dict[int, str]:
    """Return the table that turns letters of an unnamed encoding into words best; empty where they are right.

    TeX's fonts drawn as pictures (Type 3) do not say what their codes mean, so that a code passes for its letter.
    """
    sample = " ".join(islice((word for word in words if _TELLING.search(word)), _SAMPLE))
    best, table = _sense(sample) + _CLEARLY, dict[int, str]()
    for encoding in _ENCODINGS:
        sense = _sense(decoded(sample, encoding))
        if sense > best:
            best, table = sense, encoding
    return table


def _sense(text: str) -> float:
    """Return the share of a text's letters in words, less what no text has: controls, ¾ or > before a letter."""
    odd = len(_ODD.findall(text))
    return share_of_words(accented(text)[0]) - odd / max(1, len(text))


def decoded(text: str, encoding: dict[int, str]) -> str:
    """Return letters of an encoding as what they mean, ligatures as their letters."""
    return text.translate(encoding).translate(_LIGATURES) if encoding else text


def accented(text: str) -> tuple[str, int]:
    """Return text with accents given to their letters ("m´aquinas"), and to how many."""
    if not any(mark in text for mark in _MARKS) and "ı" not in text:
        return text, 0
    count = 0

    def composed(mark: str, letter: str, whole: str) -> str:
        nonlocal count
        one = compose(letter, mark)
        count += bool(one)
        return one or whole

    text = _COMBINED_DOTLESS.sub(lambda match: match[1].translate(_DOTLESS), text)
    text = _BEFORE.sub(lambda match: composed(match[1], match[2], match[0]), text)
    text = _AFTER.sub(lambda match: composed(match[2], match[1], match[0]), text)
    if count:
        text = _GRAVE.sub(lambda match: composed("`", match[1], match[0]), text)
    text = _ORDINARY_WORD.sub(lambda match: _if_word(match[0]), text)
    return unicodedata.normalize("NFC", text), count


def compose(letter: str, mark: str) -> str:
    """Return a letter with a spacing accent as one character, "" where there is none."""
    one = unicodedata.normalize("NFC", letter.translate(_DOTLESS) + _MARKS[mark])
    return one if len(one) == 1 and one <= _LAST_LETTER else ""


def _if_word(text: str) -> str:
    found = re.sub(r"([`~^])([^\W\d_])", lambda match: compose(match[2], match[1]) or match[0], text)
    return found if len(found) > 2 and is_word(found) else text


def with_raised_accents(words: Sequence[Word]) -> tuple[Word, ...]:
    """Give accents that stand above a capital on a baseline of their own, read as words, to the letter below them."""
    lone = [word for word in words if len(word.text) == 1 and word.text in _SURE]
    if not 0 < len(lone) <= _MAX_LONE:
        return tuple(words)
    changed: dict[int, Word] = {}
    gone: set[Word] = set()
    for accent in lone:
        middle = (accent.x0 + accent.x1) / 2
        for i, word in enumerate(words):
            below = word.y - accent.y
            if word.x0 <= middle <= word.x1 and 0.05 * word.size < below < word.size and word is not accent:
                text = _with_accent(changed.get(i, word), accent.text, middle)
                if text:
                    changed[i] = word._replace(text=text)
                    gone.add(accent)
                break
    result = []
    breaks = False
    for i, word in enumerate(words):
        if word in gone:
            breaks = breaks or word.breaks
            continue
        word = changed.get(i, word)
        result.append(word._replace(breaks=True) if breaks else word)
        breaks = False
    return tuple(result)


def _with_accent(word: Word, mark: str, middle: float) -> str:
    """Return a word with the accent on the capital nearest to the place, as far as even widths tell; "" for none."""
    width = max(word.x1 - word.x0, 0.1) / len(word.text)
    places = [
        (abs(word.x0 + (i + 0.5) * width - middle), i, one)
        for i, letter in enumerate(word.text)
        if letter.isupper() and (one := compose(letter, mark))
    ]
    if not places:
        return ""
    _, i, one = min(places)
    return word.text[:i] + one + word.text[i + 1 :]


def without_letter_spacing(words: Sequence[Word]) -> Sequence[Word]:
    """Return a line set letter by letter ("A P R E N D E R") as words, parted where gaps are wider; else itself."""
    single = sum(len(word.text) == 1 for word in words)
    if single < _SPACED or single < 0.8 * len(words):
        return words
    gaps = [after.x0 - before.x1 for before, after in pairwise(words)]
    usual = max(median_low(gaps), 0.01 * words[0].size)
    found = [words[0]]
    for word, gap in zip(words[1:], gaps, strict=True):
        if gap <= _WIDER * usual:
            found[-1] = found[-1]._replace(text=found[-1].text + word.text, x1=word.x1)
        else:
            found.append(word)
    return found if share_of_words(" ".join(word.text for word in found)) >= _SPACED_WORDS else words


def joined(first: str, second: str) -> str | None:
    """Return two lines as one where the first ends in a hyphen that cuts a word, else None.

    The hyphen stays where both parts are words and the whole is not ("fine-" and "tuning").
    """
    match = _JOINED_HYPHEN.search(first)
    after = _FIRST_LETTERS.match(second)
    if not match or not after or not second[0].islower():
        return None
    head, tail = match[1], after[0]
    before = first[: match.start()]
    is_compound = before.endswith("-") or (
        is_word(head)
        and is_word(tail)
        and not is_word(head + tail)
        and (min(len(head), len(tail)) >= _LONG_PART or head.lower() in _SHORT_PARTS)
    )
    return first + second if is_compound else first[:-1] + second
