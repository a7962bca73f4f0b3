"""Why the library could not do what was asked."""

from __future__ import annotations

from ingest.errors import RepasoError


class KbError(RepasoError):
    """Base of the knowledge base's errors."""

    code = "kb"


class StoreError(KbError):
    """SQLite could not read or write the library file; parameters `path` and `reason`."""

    code = "store"


class NotALibrary(StoreError):
    """The file is not a Repaso library; parameter `path`."""

    code = "not_a_library"


class NewerLibrary(StoreError):
    """The library was written by a newer version; parameters `path`, `found`, `known`."""

    code = "newer_library"


class LibraryBusy(StoreError):
    """Another process held the write lock for too long; parameter `path`."""

    code = "library_busy"


class DiskFull(StoreError):
    """There is no room left for the library; parameter `path`."""

    code = "disk_full"


class NotFound(KbError):
    """Nothing in the library has that id, path or title; parameter `key`."""

    code = "not_found"


class BadQuery(KbError):
    """A query that cannot be searched; parameter `reason`."""

    code = "bad_query"


class ModelUnavailable(KbError):
    """A model's file is missing or wrong, or its process died; parameters `model`, `reason`."""

    code = "model_unavailable"


class DownloadFailed(KbError):
    """A model's file could not be fetched or is not the file we expect; parameters `model`, `reason`."""

    code = "download_failed"
