"""A file of queries, one a line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import MissingFile, UnreadableFile


def queries(source: str) -> Iterator[str]:
    """Yield the lines of a UTF-8 file (`-` is stdin) that hold a query, as they come.

    Raises MissingFile or UnreadableFile.
    """
    if source == "-":
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    try:
        with Path(source).open(encoding="utf-8-sig") as file:
            yield from (line.strip() for line in file if line.strip())
    except FileNotFoundError as error:
        raise MissingFile(path=source) from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(path=source, reason="UTF-8") from error
    except OSError as error:
        raise UnreadableFile(path=source, reason=error.strerror) from error
