"""Office files behind a password: an OLE container around the encrypted package, decrypted in memory.

Source: MS-OFFCRYPTO, section 2.3.4 (ECMA-376 document encryption), through msoffcrypto-tool.
"""

from __future__ import annotations

import io

from ingest.errors import DamagedFile, ProtectedFile
from ingest.formats.archive import reason_of
from ingest.formats.blocks import Blocks
from ingest.formats.options import PLAIN, ReadOptions


def read_encrypted(data: bytes, path: str, options: ReadOptions = PLAIN) -> Blocks:
    """Return what the deck or document inside holds.

    Raises ProtectedFile without its password, DamagedFile when it cannot be decrypted, and what its reader does.
    """
    from ingest.formats.registry import reader_of
    from ingest.formats.sniff import is_ole, sniff

    inside = decrypted(data, path, options.password)
    if is_ole(inside):
        raise DamagedFile(path=path, reason="OLE")
    found, _ = sniff(inside, path, path)
    return reader_of(found)(inside, path, options)


def decrypted(data: bytes, path: str, password: str) -> bytes:
    """Return the zip package in an encrypted Office file; errors as in `read_encrypted`."""
    from msoffcrypto.exceptions import InvalidKeyError
    from msoffcrypto.format.ooxml import OOXMLFile

    if not password:
        raise ProtectedFile(path=path)
    out = io.BytesIO()
    try:
        file = OOXMLFile(io.BytesIO(data))
        file.load_key(password=password, verify_password=True)
        file.decrypt(out)
    except InvalidKeyError as error:
        raise ProtectedFile(path=path) from error
    except Exception as error:  # on damaged bytes the library raises whatever its parsing ran into
        raise DamagedFile(path=path, reason=reason_of(error)) from error
    return out.getvalue()
