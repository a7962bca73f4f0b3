"""Zip archives: what they hold is read within bounds, and nothing in them leads out."""

from __future__ import annotations

import io
import random
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import (
    ArchiveCrowded,
    ArchiveTooLarge,
    DamagedFile,
    IngestError,
    LinkedMember,
    ProtectedFile,
    RepeatedMember,
    UnreadableFile,
    UnsafeMember,
    UnsupportedCompression,
    UnsupportedEncryption,
)
from ingest.formats.archive import ArchiveLimits, open_archive

# "pan y vino" in `nota.txt`, encrypted with ZipCrypto under the password "olivo".
ENCRYPTED = bytes.fromhex(
    "504b03040a0009000000fc60755d1eb5ca96160000000a00000008001c006e6f74612e74787455540900039c89016b9c"
    "89016b75780b0001040000000004000000007e58498ae8aeacc6febf194a3bc59287174ddef7508e504b07081eb5ca96"
    "160000000a000000504b01021e030a0009000000fc60755d1eb5ca96160000000a000000080018000000000001000000"
    "a481000000006e6f74612e74787455540500039c89016b75780b000104000000000400000000504b0506000000000100"
    "01004e000000680000000000"
)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def zipped_raw(name: str, data: bytes = b"x", mode: int = 0, repeat: int = 1) -> bytes:
    """Return an archive whose member has exactly this name, which zipfile would mend."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for _ in range(repeat):
            info = zipfile.ZipInfo("a")
            info.filename = name
            info.external_attr = mode << 16
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                file.writestr(info, data)
    return out.getvalue()


@pytest.mark.parametrize("as_file", [False, True])
def test_members_are_listed_and_read(tmp_path: Path, as_file: bool) -> None:
    data = zipped({"tema 1/apuntes.md": b"# El molino", "año.txt": "Á".encode()})
    path = tmp_path / "a.zip"
    path.write_bytes(data)

    with open_archive(path if as_file else data, "a.zip") as archive:
        assert [(member.name, member.size) for member in archive.members] == [
            ("tema 1/apuntes.md", 11),
            ("año.txt", 2),
        ]
        assert archive.read("tema 1/apuntes.md") == b"# El molino"
        assert "año.txt" in archive
        assert "otro.txt" not in archive
        assert archive.refused == ()


def test_folders_are_no_members() -> None:
    with open_archive(zipped({"tema/": b"", "tema/a.txt": b"x"}), "a.zip") as archive:
        assert [member.name for member in archive.members] == ["tema/a.txt"]


@pytest.mark.parametrize(
    "name",
    ["../fuera.txt", "a/../../fuera.txt", "/etc/fuera.txt", "C:/fuera.txt", "c:fuera.txt", "a\x00b.txt",
     "..\\fuera.txt", "a\\..\\..\\fuera.txt", "\\\\servidor\\fuera.txt", "..", "/", "./",
     ".\u200b./fuera.txt", "\u200b"],
)  # fmt: skip
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    with open_archive(zipped_raw(name), "a.zip") as archive:
        assert archive.members == ()
        assert [type(refused.error) for refused in archive.refused] == [UnsafeMember]
        assert "\x00" not in archive.refused[0].name


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_a_device_is_refused(kind: int) -> None:
    with open_archive(zipped_raw("enlace.txt", b"/etc/passwd", kind | 0o777), "a.zip") as archive:
        assert archive.members == ()
        assert [type(refused.error) for refused in archive.refused] == [LinkedMember]
        assert archive.refused[0].error.params == {"path": "a.zip/enlace.txt"}


def test_a_name_that_comes_twice_is_read_once_and_told() -> None:
    with open_archive(zipped_raw("nota.txt", b"uno", repeat=2), "a.zip") as archive:
        assert archive.read("nota.txt") == b"uno"
        assert [type(refused.error) for refused in archive.refused] == [RepeatedMember]


@pytest.mark.parametrize(("raw", "name"), [("canción.txt".encode("cp850"), "canción.txt"),
                                           ("Árbol.txt".encode("cp850"), "Árbol.txt"),
                                           ("Árbol.txt".encode(), "Árbol.txt")])  # fmt: skip
def test_names_of_windows_and_macos_are_read_right(raw: bytes, name: str) -> None:
    data = zipped({"x" * len(raw): b"x"}).replace(b"x" * len(raw), raw)

    with open_archive(data, "a.zip") as archive:
        assert [member.name for member in archive.members] == [name]


def test_a_name_cannot_talk_to_the_terminal() -> None:
    with open_archive(zipped_raw("a\x1b[31mb\u202etxt.exe.md"), "a.zip") as archive:
        assert [member.name for member in archive.members] == ["abtxt.exe.md"]


def test_backslashes_part_folders() -> None:
    with open_archive(zipped_raw("tema\\a.txt"), "a.zip") as archive:
        assert [member.name for member in archive.members] == ["tema/a.txt"]


def test_too_many_members_are_refused() -> None:
    data = zipped({f"{i}.txt": b"" for i in range(11)})

    with pytest.raises(ArchiveCrowded):
        open_archive(data, "a.zip", ArchiveLimits(members=10))
    open_archive(data, "a.zip", ArchiveLimits(members=11)).close()


def test_a_directory_longer_than_any_of_so_many_members_is_refused_unparsed() -> None:
    data = bytearray(zipped({"a.txt": b""}))
    data[-10:-6] = struct.pack("<I", 0x7FFFFFFF)

    with pytest.raises(ArchiveCrowded):
        open_archive(bytes(data), "a.zip")


def test_a_small_file_that_expands_to_much_is_not_expanded() -> None:
    data = zipped({"a.txt": bytes(40 << 20)})
    assert len(data) < 100_000

    with open_archive(data, "a.zip") as archive, pytest.raises(ArchiveTooLarge):
        archive.read("a.txt")


def test_a_blank_picture_is_no_bomb() -> None:
    with open_archive(zipped({"a.bmp": bytes(10 << 20)}), "a.zip") as archive:
        assert len(archive.read("a.bmp")) == 10 << 20


def test_a_member_larger_than_the_limit_is_refused() -> None:
    noise = random.Random(1).randbytes(3000)

    with open_archive(zipped({"a": noise}), "a.zip", ArchiveLimits(member_bytes=2999)) as archive:
        with pytest.raises(ArchiveTooLarge):
            archive.read("a")
        with pytest.raises(ArchiveTooLarge):
            archive.check(archive.members)


def test_members_together_may_not_exceed_the_total() -> None:
    data = zipped({"a": b"x" * 600, "b": b"x" * 600})

    with open_archive(data, "a.zip", ArchiveLimits(total_bytes=1000)) as archive:
        assert len(archive.read("a")) == 600
        with pytest.raises(ArchiveTooLarge):
            archive.read("b")
        with pytest.raises(ArchiveTooLarge):
            archive.check(archive.members)
        archive.check(archive.members[:1])


def test_reading_one_member_again_and_again_is_bounded_too() -> None:
    with open_archive(zipped({"a": b"x" * 600}), "a.zip", ArchiveLimits(total_bytes=1000)) as archive:
        archive.read("a")
        with pytest.raises(ArchiveTooLarge):
            archive.read("a")


def test_a_member_never_gives_more_than_it_declares() -> None:
    data = zipped({"a": bytes(5000)})
    lying = data.replace(struct.pack("<I", 5000), struct.pack("<I", 50))

    with open_archive(lying, "a.zip", ArchiveLimits(total_bytes=100)) as archive, pytest.raises(DamagedFile):
        archive.read("a")


@pytest.mark.parametrize("password", ["", "otra", "olivo!"])
def test_an_encrypted_member_asks_for_its_password(password: str) -> None:
    with open_archive(ENCRYPTED, "a.zip", password=password) as archive:
        assert [member.name for member in archive.members] == ["nota.txt"]
        with pytest.raises(ProtectedFile):
            archive.read("nota.txt")


def test_an_encrypted_member_is_read_with_its_password() -> None:
    with open_archive(ENCRYPTED, "a.zip", password="olivo") as archive:
        assert archive.read("nota.txt") == b"pan y vino"


def test_no_wrong_password_ever_gives_bytes() -> None:
    for i in range(600):  # one in 256 passes the check of its first byte
        with open_archive(ENCRYPTED, "a.zip", password=str(i)) as archive, pytest.raises(ProtectedFile):
            archive.read("nota.txt")


def with_method(data: bytes, method: int, flags: int) -> bytes:
    """Return an archive whose one member claims another method of compression and other flags."""
    changed = bytearray(data)
    directory = data.index(b"PK\x01\x02")
    for at in (6, directory + 8):
        changed[at : at + 4] = struct.pack("<HH", flags, method)
    return bytes(changed)


def test_what_cannot_be_decrypted_or_unpacked_is_told() -> None:
    data = zipped({"a": b"x" * 100})

    for changed, error in (
        (with_method(data, 99, 1), UnsupportedEncryption),
        (with_method(data, 8, 0x41), UnsupportedEncryption),
        (with_method(data, 93, 0), UnsupportedCompression),
    ):
        with open_archive(changed, "a.zip", password="p") as archive, pytest.raises(error):
            archive.read("a")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_broken_members_are_damaged(method: int) -> None:
    noise = random.Random(1).randbytes(3000)
    data = bytearray(zipped({"a": noise}, method))
    data[1000:1010] = bytes(10)

    with open_archive(bytes(data), "a.zip") as archive, pytest.raises(DamagedFile):
        archive.read("a")


def test_a_truncated_archive_is_damaged() -> None:
    data = zipped({"a": b"x" * 1000})

    for end in (0, 10, len(data) // 2, len(data) - 1):
        with pytest.raises(DamagedFile):
            open_archive(data[:end], "a.zip")


def test_overlapping_members_are_bounded_by_what_is_read() -> None:
    """Fifield's quoted overlap: many entries that share one kernel of compressed zeros."""
    kernel = zipped({"a": bytes(1 << 20)})
    end = kernel.index(b"PK\x01\x02")
    entry = kernel[end : kernel.index(b"PK\x05\x06")]
    entries = b"".join(entry[:46] + b"%c" % (97 + i) + entry[47:] for i in range(20))
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 20, 20, len(entries), end, 0)
    read = 0

    with open_archive(kernel[:end] + entries + tail, "a.zip", ArchiveLimits(total_bytes=4 << 20)) as archive:
        for member in archive.members:
            try:
                read += len(archive.read(member.name))
            except (ArchiveTooLarge, DamagedFile):
                break
    assert read <= 4 << 20


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        open_archive(tmp_path / "nada.zip", "nada.zip")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_bytes_raise_anything_else(draw: st.DataObject) -> None:
    data = bytearray(zipped({"a.txt": b"hola " * 50, "b/c.txt": b"adi"}, draw.draw(st.sampled_from([0, 8, 12, 14]))))
    for at in draw.draw(st.lists(st.integers(0, len(data) - 1), min_size=1, max_size=8)):
        data[at] = draw.draw(st.integers(0, 255))
    try:
        with open_archive(bytes(data), "a.zip", password="p") as archive:
            for member in archive.members:
                assert not member.name.startswith("/")
                archive.read(member.name)
    except IngestError as error:
        assert error.params["path"] == "a.zip"
