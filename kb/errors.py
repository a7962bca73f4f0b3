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


class LibraryIsFolder(StoreError):
    """The path of the library is a folder; parameter `path`."""

    code = "library_is_folder"


class UnwritableLibrary(StoreError):
    """The library's file or its folder cannot be made, opened or written; parameters `path`, `reason`."""

    code = "unwritable_library"


class DamagedLibrary(StoreError):
    """The library file's contents are broken; parameters `path`, `reason`."""

    code = "damaged_library"


class NoFiles(KbError):
    """A folder to add holds no file of a kind we read; parameter `path`."""

    code = "no_files"


class AmbiguousKey(KbError):
    """Several documents have that path or title; parameters `key`, `ids` (separated by commas)."""

    code = "ambiguous_key"


class NotFound(KbError):
    """Nothing in the library has that id, path or title; parameter `key`."""

    code = "not_found"


class TermNotFound(KbError):
    """No passage has that term; parameter `term`."""

    code = "term_not_found"


class SessionNotFound(KbError):
    """No session is called so; parameter `session`."""

    code = "session_not_found"


class AmbiguousSession(KbError):
    """Several sessions are called so; parameters `session`, `sessions` (separated by semicolons)."""

    code = "ambiguous_session"


class ConversationNotFound(KbError):
    """No conversation has that id or title, nor one that begins so; parameter `key`."""

    code = "conversation_not_found"


class AmbiguousConversation(KbError):
    """Several conversations have that title or begin so; parameters `key`, `ids` (separated by commas)."""

    code = "ambiguous_conversation"


class NoConversation(KbError):
    """There is no conversation yet that could go on."""

    code = "no_conversation"


class EmptyTitle(KbError):
    """A name in which nothing can be read."""

    code = "empty_title"


class FileMoved(KbError):
    """A document's file is no longer where it was read; parameter `path`."""

    code = "file_moved"


class FileChanged(KbError):
    """A document's file is not the one that was read any more; parameter `path`."""

    code = "file_changed"


class NoPages(KbError):
    """A document's file is none that has pages to draw; parameter `path`."""

    code = "no_pages"


class BadQuery(KbError):
    """A query that cannot be searched; parameter `reason`."""

    code = "bad_query"


class EmptyQuery(BadQuery):
    """A query without a letter or a digit; parameter `reason` is empty."""

    code = "empty_query"


class ModelUnavailable(KbError):
    """A model's file is missing or wrong, or its process died; parameters `model`, `reason`."""

    code = "model_unavailable"


class DownloadFailed(KbError):
    """A model's file could not be fetched or is not the file we expect; parameters `model`, `reason`."""

    code = "download_failed"


class NoEmbedder(ModelUnavailable):
    """Search by meaning alone was asked for, and there is no embedder or nothing is embedded with it; `model`."""

    code = "no_embedder"
