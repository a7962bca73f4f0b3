"""The log of what nobody foresaw: one file in the cache folder, for a report."""

from __future__ import annotations

import traceback
from datetime import datetime
from pathlib import Path


def write_failure(cache: Path, error: BaseException, at: datetime) -> Path | None:
    """Append an error with its traceback to `<cache>/logs/repaso.log`; return the file, None where it cannot be."""
    log = cache / "logs" / "repaso.log"
    details = "".join(traceback.format_exception(error))
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"--- {at.isoformat(timespec='seconds')}\n{details}\n")
    except OSError:
        return None
    return log
