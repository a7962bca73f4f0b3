"""Evaluated beginnings on the disk: checked, bounded, and never more than a saving of time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.inference import prefixes
from kb.inference.prefixes import NoPrefixes, Prefixes, identity

TOKENS = list(range(40))
STATE = bytes(range(256)) * 8


@pytest.fixture
def kept(tmp_path: Path) -> Prefixes:
    return Prefixes(tmp_path / "prefixes", "a model")


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_was_saved_comes_back_and_nothing_else(kept: Prefixes) -> None:
    assert kept.load(TOKENS) == b""
    kept.save(TOKENS, STATE)
    assert kept.load(TOKENS) == STATE
    assert kept.load(TOKENS[:-1]) == b""


def test_another_model_has_none_of_it(kept: Prefixes, tmp_path: Path) -> None:
    kept.save(TOKENS, STATE)
    assert Prefixes(tmp_path / "prefixes", "another model").load(TOKENS) == b""


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "longer", "magic"])
def test_a_damaged_file_is_removed(kept: Prefixes, tmp_path: Path, damage: str) -> None:
    kept.save(TOKENS, STATE)
    (path,) = files(tmp_path)
    data = path.read_bytes()
    middle = len(data) // 2
    path.write_bytes(
        {
            "cut": data[:middle],
            "bit": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
            "empty": b"",
            "longer": data + b"x",
            "magic": b"R" + data[1:],
        }[damage]
    )
    assert kept.load(TOKENS) == b""
    assert files(tmp_path) == []
    kept.save(TOKENS, STATE)
    assert kept.load(TOKENS) == STATE


def test_a_file_of_other_tokens_or_of_another_model_is_refused(kept: Prefixes, tmp_path: Path) -> None:
    kept.save(TOKENS, STATE)
    (mine,) = files(tmp_path)
    for other, tokens in ((kept, TOKENS[1:]), (Prefixes(tmp_path / "prefixes", "another model"), TOKENS)):
        other.save(tokens, STATE[::-1])
        (foreign,) = set(files(tmp_path)) - {mine}
        mine.write_bytes(foreign.read_bytes())
        assert kept.load(TOKENS) == b""
        foreign.unlink()
        kept.save(TOKENS, STATE)


def test_the_beginnings_used_longest_ago_go_first(
    kept: Prefixes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefixes, "MOST_FILES", 3)
    for number in range(3):
        kept.save([number] * 20, STATE)
        for path in files(tmp_path):
            os.utime(path, (path.stat().st_mtime - 10, path.stat().st_mtime - 10))
    assert kept.load([0] * 20) == STATE  # used now
    kept.save([3] * 20, STATE)
    assert [bool(kept.load([number] * 20)) for number in range(4)] == [True, False, True, True]


def test_all_of_them_together_stay_within_a_size(
    kept: Prefixes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefixes, "MOST_BYTES", 5 * len(STATE))
    for number in range(9):
        Prefixes(tmp_path / "prefixes", f"model {number}").save(TOKENS, STATE)
    assert 0 < sum(path.stat().st_size for path in files(tmp_path)) <= 5 * len(STATE)
    assert all(any(folder.iterdir()) for folder in (tmp_path / "prefixes").iterdir()), "no empty folder is left"
    kept.save(TOKENS, STATE * 2)
    assert kept.load(TOKENS) == b"", "one that takes more than its share is not kept"


def test_nothing_half_written_is_left_and_a_disk_that_takes_nothing_is_no_error(
    kept: Prefixes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    kept.save(TOKENS, STATE)
    assert files(tmp_path) == []
    (tmp_path / "file").write_bytes(b"")
    blocked = Prefixes(tmp_path / "file", "a model")
    blocked.save(TOKENS, STATE)
    assert blocked.load(TOKENS) == b""
    blocked.remove(TOKENS)


def test_no_folder_means_nothing_is_kept() -> None:
    nothing = NoPrefixes()
    nothing.save(TOKENS, STATE)
    nothing.remove(TOKENS)
    assert nothing.load(TOKENS) == b""


def test_a_model_is_known_by_its_bytes_and_by_how_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + bytes(1000))
    first = identity(path, 2048, 0)
    assert identity(path, 2048, 0) == first
    assert identity(path, 1024, 0) != first
    stamp = path.stat().st_mtime_ns
    path.write_bytes(b"GGUF" + bytes(999) + b"x")
    os.utime(path, ns=(stamp, stamp))
    assert identity(path, 2048, 0) != first
