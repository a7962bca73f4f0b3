"""Bytes of a text file to clean text, whatever its encoding."""

from __future__ import annotations

import codecs

from ingest.clean import clean, repair_encoding
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
# Broken bytes that a UTF-8 file may have and still be a UTF-8 file: a cut end, a pasted line of another encoding.
_MAX_BROKEN_SHARE = 0.002


def decode(data: bytes, path: str) -> tuple[str, tuple[Notice, ...]]:
    """Return the clean text of `data` and what was lost.

    Raises UnsupportedFile when the bytes are no text.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text, notices = _with_losses(data, encoding)
            break
    else:
        text, notices = _without_bom(data, path)
    return clean(repair_encoding(text)), notices


def _without_bom(data: bytes, path: str) -> tuple[str, tuple[Notice, ...]]:
    """Decode bytes that do not say how: UTF-8, then UTF-16 by its zero bytes, then by the letters it makes."""
    if b"\x00" in data:
        return _utf16(data, path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        _refuse_binary(data, path)
        return text, ()
    _refuse_binary(data, path)
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if broken <= _MAX_BROKEN_SHARE * len(text) and len(data) - len(text) > broken:
        return text, (_broken(broken),)
    return _guessed(data, path), ()


def _guessed(data: bytes, path: str) -> str:
    """Decode one-byte and East Asian encodings by what reads best; Windows' Western one where nothing does better."""
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=["cp1252", "cp1250", "mac_roman", "cp850", "shift_jis", "gb18030"]).best()
    if best is not None:
        return str(best)
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UnsupportedFile(path=path) from error


def _utf16(data: bytes, path: str) -> tuple[str, tuple[Notice, ...]]:
    """Decode UTF-16 without a mark: in Western text every other byte is zero, and on one side only."""
    half = len(data) // 2
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return _with_losses(data, "utf-16-le")
    if even > 0.4 * half and odd < 0.05 * half:
        return _with_losses(data, "utf-16-be")
    raise UnsupportedFile(path=path)


def _with_losses(data: bytes, encoding: str) -> tuple[str, tuple[Notice, ...]]:
    text = data.decode(encoding, errors="replace")
    broken = text.count("\ufffd")
    return text, (_broken(broken),) if broken else ()


def _broken(count: int) -> Notice:
    return Notice("bytes_replaced", params=(("count", str(count)),))


def _refuse_binary(data: bytes, path: str) -> None:
    controls = len(data) - len(data.translate(None, _CONTROL_BYTES))
    if controls > _MAX_CONTROL_SHARE * len(data):
        raise UnsupportedFile(path=path)
