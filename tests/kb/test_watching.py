"""A folder that is watched: what is new, what is being written, what goes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from kb.library import AddOptions, Library
from kb.model import AddResult
from kb.watching import Settling, concerns, watch

PATIENCE = 60.0
"""Seconds that something may take on a busy machine; nothing waits so long where all is well."""


class Watched:
    """A watch in a thread of its own, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stop = threading.Event()
        self.told: Queue[str] = Queue()
        self.failed: list[BaseException] = []
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        def gone(files: tuple[Path, ...]) -> None:
            self.told.put("gone " + " ".join(path.name for path in files))

        try:
            watch(self.folder, lambda: self.told.put("add"), gone, self.stop)
        except BaseException as error:
            self.failed.append(error)
            raise

    def hears(self, what: str) -> None:
        """Wait until it is told."""
        try:
            while (told := self.told.get(timeout=PATIENCE)) != what:
                continue
        except Empty:
            raise AssertionError(f"never told {what!r}, last {told!r}") from None

    def end(self) -> None:
        self.stop.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        assert not self.failed


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    folder = tmp_path / "curso"
    folder.mkdir()
    made = Watched(folder)
    yield made
    made.end()


def test_a_folder_is_added_at_first_and_after_each_change(watched: Watched) -> None:
    watched.hears("add")
    (watched.folder / "a.md").write_text("# Uno\n\nAlgo.\n")
    watched.hears("add")
    (watched.folder / "a.md").write_text("# Uno\n\nAlgo más.\n")
    watched.hears("add")
    (watched.folder / "nueva").mkdir()
    (watched.folder / "nueva" / "b.md").write_text("# Dos\n\nOtra cosa.\n")
    watched.hears("add")


def test_a_file_that_is_removed_is_told(watched: Watched) -> None:
    watched.hears("add")
    (watched.folder / "a.md").write_text("# Uno\n\nAlgo.\n")
    watched.hears("add")
    (watched.folder / "a.md").unlink()
    watched.hears("gone a.md")


@pytest.mark.parametrize(
    ("name", "does"),
    [
        ("a.md", True),
        ("A.PDF", True),
        ("clases.zip", True),
        ("repaso.toml", True),
        ("sesion 1/b.vtt", True),
        ("gone", True),
        ("~$a.docx", False),
        (".git/a.md", False),
        (".~lock.a.odt#", False),
    ],
)
def test_changes_concern_files_of_our_formats(tmp_path: Path, name: str, does: bool) -> None:
    assert concerns(tmp_path / name, tmp_path) is does


def test_a_file_of_another_format_that_is_there_concerns_nobody(tmp_path: Path) -> None:
    for name in ("foto.jpg", "a.pdf.part", "notas.md~"):
        (tmp_path / name).write_bytes(b"x")
        assert not concerns(tmp_path / name, tmp_path)


def test_a_file_that_still_grows_is_waited_for(tmp_path: Path) -> None:
    sizes = {tmp_path / "a.pdf": (100, 1), tmp_path / "b.pdf": (5, 1)}
    settling = Settling()
    assert not settling.settled(sizes.__getitem__)
    settling.changed(sizes, sizes.__getitem__)
    sizes[tmp_path / "a.pdf"] = (200, 2)
    assert not settling.settled(sizes.__getitem__)
    assert settling.settled(sizes.__getitem__)
    assert not settling.settled(sizes.__getitem__)


def test_a_library_takes_in_what_comes_and_tells_of_what_goes(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "curso"
    folder.mkdir()
    (folder / "a.md").write_text("# Uno\n\nUna pila guarda elementos.\n")
    stop = threading.Event()
    told: Queue[tuple[str, ...]] = Queue()

    def added(results: tuple[AddResult, ...]) -> None:
        told.put(tuple(f"{result.status.value} {Path(result.path).name}" for result in results))

    def gone(files: tuple[Path, ...]) -> None:
        told.put(tuple(f"gone {path.name}" for path in files))

    def follow() -> None:
        library.watch(folder, stop, AddOptions(course="PLN"), added, gone)

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        assert told.get(timeout=PATIENCE) == ("added a.md",)
        loading = folder / "b.md.part"
        loading.write_text("# Dos\n\nUna cola también.\n")
        loading.rename(folder / "b.md")
        assert told.get(timeout=PATIENCE) == ("added b.md",)
        (folder / "a.md").unlink()
        assert told.get(timeout=PATIENCE) == ("gone a.md",)
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()
    assert {info.title for info in library.documents()} == {"Uno", "Dos"}
