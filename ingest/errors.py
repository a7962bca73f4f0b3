"""Why a file could not be read, as values that carry a message code and its parameters, never prose."""

from __future__ import annotations

from typing import ClassVar


class RepasoError(Exception):
    """Base of every error a user may see: `code` names its sentence in the message catalogue.

    Every subclass has a sentence `error.<code>` in each language, saying what, where and what to do;
    `params` fill it in.
    """

    code: ClassVar[str] = "unexpected"

    def __init__(self, **params: object) -> None:
        self.params = {name: str(value) for name, value in params.items()}
        super().__init__(f"{self.code}: " + ", ".join(f"{name}={value}" for name, value in self.params.items()))


class IngestError(RepasoError):
    """A file that could not become a document; always has the parameter `path`."""

    code = "unreadable_file"


class MissingFile(IngestError):
    """There is nothing at the path."""

    code = "missing_file"


class UnreadableFile(IngestError):
    """The operating system refused to read it; parameter `reason`."""

    code = "unreadable_file"


class UnsupportedFile(IngestError):
    """Its format is not one we read, or its bytes are not what its name says."""

    code = "unsupported_file"


class DamagedFile(IngestError):
    """Its format is known but its bytes are broken; parameter `reason`."""

    code = "damaged_file"


class ProtectedFile(IngestError):
    """It needs a password that was not given or is wrong."""

    code = "protected_file"


class EmptyFile(IngestError):
    """It holds no text."""

    code = "empty_file"


class BlankFile(EmptyFile):
    """It has no bytes, or white space alone."""

    code = "blank_file"


class FileWithoutPages(EmptyFile):
    """A PDF of no pages."""

    code = "file_without_pages"


class WrongKind(IngestError):
    """Its content cannot be read as the kind that was asked for; parameter `kind`."""

    code = "wrong_kind"


class TalksTruncated(IngestError):
    """A table of talks whose transcripts were all cut by the page they were copied from; parameter `count`."""

    code = "talks_truncated"


class ArchiveCrowded(IngestError):
    """An archive of more files than we look at; parameter `limit`."""

    code = "archive_crowded"


class ArchiveTooLarge(IngestError):
    """A file that expands to more than is reasonable; parameter `limit` in MiB."""

    code = "archive_too_large"


class UnsafeMember(IngestError):
    """A file of an archive whose name leads out of it."""

    code = "unsafe_member"


class LinkedMember(IngestError):
    """A file of an archive that is a link or a device."""

    code = "linked_member"


class RepeatedMember(IngestError):
    """A file of an archive that has the name of an earlier one."""

    code = "repeated_member"


class UnsupportedEncryption(IngestError):
    """It is encrypted in a way that we cannot decrypt."""

    code = "unsupported_encryption"


class UnsupportedCompression(IngestError):
    """It is compressed in a way that we cannot unpack."""

    code = "unsupported_compression"


class ReadTimeout(IngestError):
    """Reading it took longer than allowed; parameter `seconds`."""

    code = "read_timeout"


class ReadMemory(IngestError):
    """Reading it took more memory than allowed; parameter `limit` in MiB."""

    code = "read_memory"


class ReaderCrashed(IngestError):
    """The process that read it broke down; parameter `reason`: a signal, an exit status or an exception."""

    code = "reader_crashed"


class MissingExtra(IngestError):
    """Its format needs a library that is not installed; parameter `library`."""

    code = "missing_extra"


class NestedArchive(IngestError):
    """An archive within an archive."""

    code = "nested_archive"


class FolderSettingsMalformed(IngestError):
    """A `repaso.toml` that is not TOML; parameters `line` (from 1, "?" where unknown) and `reason`."""

    code = "folder_settings_malformed"


class FolderSettingsUnknown(IngestError):
    """A key of a `repaso.toml` that nobody reads; parameters `key` and `known`, the keys there are."""

    code = "folder_settings_unknown"


class FolderSettingsMisspelled(FolderSettingsUnknown):
    """A key that nobody reads but close to one that exists; parameters `key`, `near` and `known`."""

    code = "folder_settings_misspelled"


class FolderSettingsWrong(IngestError):
    """A value that its key cannot have; parameters `key`, `value` and `expected`."""

    code = "folder_settings_wrong"


class NoSpeech(IngestError):
    """A transcript holds only what a transcriber invents where nobody speaks; parameter `words`: some of it."""

    code = "no_speech"


class ForeignFile(UnsupportedFile):
    """Its bytes are of a known format that we do not read; parameter `what` names it."""

    code = "foreign_file"


class PictureFile(ForeignFile):
    """It is a picture."""

    code = "picture_file"


class SoundFile(ForeignFile):
    """It is a recording, of sound or of pictures and sound."""

    code = "sound_file"


class ArchiveFile(ForeignFile):
    """It is an archive of a kind that we do not open."""

    code = "archive_file"


class RichTextFile(ForeignFile):
    """It is Rich Text Format."""

    code = "rtf_file"


class PlaceholderFile(ForeignFile):
    """It only leads to the file: a shortcut, a placeholder of a cloud's folder."""

    code = "placeholder_file"


class LfsPointer(ForeignFile):
    """It is what Git keeps in place of a large file."""

    code = "lfs_pointer"


class OldOffice(ForeignFile):
    """It is a binary file of Office before 2007; parameter `save_as` is the ending to save it with."""

    code = "old_office"


class ExpandingFile(IngestError):
    """A part of it unpacks to more than any lecture holds; parameter `limit` in MiB."""

    code = "expanding_file"


class FormFile(IngestError):
    """A PDF form that only Adobe's programs can show."""

    code = "form_file"


class GarbledFile(IngestError):
    """A PDF whose text has letters without meaning, as its fonts have wrong character maps."""

    code = "garbled_file"


class MissingPage(IngestError):
    """It has no such page, or the page cannot be drawn; parameter `page`."""

    code = "missing_page"
