"""Bytes of a text file to clean text, whatever its encoding."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from ingest.clean import clean, repaired_lines
from ingest.errors import UnsupportedFile
from ingest.model import Notice

_BOMS = (  # UTF-32's begins with UTF-16's, so it is asked first
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A text has next to no control characters; a picture or an archive is full of them.
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\r\f\x0b\x1b"))
_MAX_CONTROL_SHARE = 0.01
_FEW_CONTROLS = 4  # a short text may have a pasted escape sequence or two
# Broken bytes that a UTF-8 file may have and still be a UTF-8 file: a cut end, a pasted line of another encoding.
_MAX_BROKEN_SHARE = 0.002
# The one-byte encodings that Spanish comes in: Windows and Latin-1, the old Mac, the console of Windows.
_WESTERN = ("cp1252", "mac_roman", "cp850")
_LETTERS = re.compile(r"[^\W\d_]+")
_SPANISH = frozenset("áéíóúüñÁÉÍÓÚÜÑ")
_PUNCTUATION = frozenset("¿¡«»“”‘’–—…·•ºª°€±×÷²³½¼\u00a0")
# What a character that is not ASCII says for an encoding: in a word of the list, in an unknown word of Spanish
# letters, as punctuation, as another letter, as anything else.
_IN_WORD, _IN_NAME, _AS_MARK, _FOREIGN, _ODD = 2.0, 0.5, 1.0, -0.5, -2.0
_SAMPLE = 200_000


def decode(data: bytes, path: str) -> tuple[str, tuple[Notice, ...]]:
    """Return the clean text of `data` and what was lost or repaired.

    Raises UnsupportedFile when the bytes are no text.
    """
    text, notices = decode_raw(data, path)
    return clean(text), notices


def decode_raw(data: bytes, path: str) -> tuple[str, tuple[Notice, ...]]:
    """Return the text of `data` as a parser needs it: its pieces are still to be cleaned.

    Raises UnsupportedFile when the bytes are no text.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text, notices = _with_losses(data, encoding)
            break
    else:
        text, notices = _without_bom(data, path)
    text, repaired = repaired_lines(text)
    return text, (*notices, *_counted("encoding_repaired", repaired))


def _without_bom(data: bytes, path: str) -> tuple[str, tuple[Notice, ...]]:
    """Decode bytes that do not say how: UTF-8, then UTF-16 by its zero bytes, then by the letters it makes."""
    zeros = data.count(0)
    if zeros and (encoding := _utf16(data)):
        return _with_losses(data, encoding)
    if zeros:
        # Zeros at the end are space that was set aside for a file and never written.
        padding = len(data) - len(data.rstrip(b"\x00"))
        if padding == len(data) or zeros - padding > _MAX_CONTROL_SHARE * (len(data) - padding):
            raise UnsupportedFile(path=path)
        data = data.replace(b"\x00", b"")
    text, notices = _one_byte_or_utf8(data, path)
    return text, (*notices, *_counted("zeros_removed", zeros))


def _one_byte_or_utf8(data: bytes, path: str) -> tuple[str, tuple[Notice, ...]]:
    _refuse_binary(data, path)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if broken <= _MAX_BROKEN_SHARE * len(text) and len(data) - len(text) > broken:
        return text, _counted("bytes_replaced", broken)
    return _guessed(data, path), ()


def _guessed(data: bytes, path: str) -> str:
    """Decode a Western encoding by the words it makes, others by what charset-normalizer makes of them."""
    from charset_normalizer import from_bytes

    score, best = max((_score(data, encoding), -rank) for rank, encoding in enumerate(_WESTERN))
    if score > 0:
        return data.decode(_WESTERN[-best], errors="replace")
    found = from_bytes(
        data[:_SAMPLE], cp_isolation=["cp1252", "cp1250", "cp1251", "mac_roman", "cp850", "shift_jis", "gb18030"]
    ).best()
    encoding = found.encoding if found is not None else "cp1252"
    text = data.decode(encoding, errors="replace")
    if text.count("\ufffd") > _MAX_CONTROL_SHARE * len(text):
        raise UnsupportedFile(path=path)
    return text


def _score(data: bytes, encoding: str) -> float:
    """Return how far an encoding makes Spanish or English of the bytes that are not ASCII; above 0 it does.

    charset-normalizer alone takes "Mañana" in Windows-1252 for "Mańana", and Mac Roman for Windows-1252.
    """
    from ingest.words import is_word

    text = data[:_SAMPLE].decode(encoding, errors="replace")
    words = Counter(word for word in _LETTERS.findall(text) if not word.isascii())
    score = 0.0
    for word, times in words.items():
        others = [char for char in word if not char.isascii()]
        known = all(char in _SPANISH for char in others) and is_word(word)
        score += times * sum(_IN_WORD if known else _of(char) for char in others)
    return score + sum(_of(char) for char in _LETTERS.sub("", text) if not char.isascii())


def _of(char: str) -> float:
    if char in _SPANISH:
        return _IN_NAME
    return _AS_MARK if char in _PUNCTUATION else _FOREIGN if char.isalpha() else _ODD


def _utf16(data: bytes) -> str:
    """Return which UTF-16 data without a mark is, "" for none: in Western text every other byte is zero."""
    half = len(data) // 2
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _with_losses(data: bytes, encoding: str) -> tuple[str, tuple[Notice, ...]]:
    text = data.decode(encoding, errors="replace")
    return text, _counted("bytes_replaced", text.count("\ufffd"))


def _counted(code: str, count: int) -> tuple[Notice, ...]:
    return (Notice(code, params=(("count", str(count)),)),) if count else ()


def _refuse_binary(data: bytes, path: str) -> None:
    controls = len(data) - len(data.translate(None, _CONTROL_BYTES))
    if controls > max(_FEW_CONTROLS, _MAX_CONTROL_SHARE * len(data)):
        raise UnsupportedFile(path=path)
