"""Which files there are to read: paths, folders, patterns and archives, with what a `repaso.toml` says of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import IngestError
from ingest.model import Kind

SETTINGS_NAME = "repaso.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, or the `member` of an archive. `root` is the folder that the student named, or the file's own.

    Course, session, date (ISO) and kind are what a `repaso.toml` says; "" and None where it says nothing.
    """

    path: Path
    root: Path
    member: str = ""
    course: str = ""
    session: str = ""
    date: str = ""
    kind: Kind | None = None

    @property
    def shown(self) -> str:
        """The path to name to the student: as given, an archive's member behind it."""
        return os.path.join(self.path, self.member) if self.member else str(self.path)  # noqa: PTH118 (keeps "./")

    @property
    def place(self) -> str:
        """Where the document is for good: absolute, links resolved; what the library knows it by."""
        resolved = self.path.resolve()
        return str(resolved / self.member) if self.member else str(resolved)


@dataclass(frozen=True, slots=True)
class Unread:
    """A place that could not be looked into, or a file that cannot be read, and why."""

    path: str
    error: IngestError


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file of a folder whose format is none of ours."""

    path: Path


Found = Source | Unread | PassedOver


def find(paths: Sequence[Path]) -> tuple[Found, ...]:
    """Return what there is to read in order, each file once; a folder's files as people count (2 before 10)."""
    raise NotImplementedError(paths)
