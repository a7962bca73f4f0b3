"""An embedder by its name on the hub, `org/name`: brought once into the cache folder, opened from there ever after.

Nothing of it is pinned: what comes is what the hub has under that name, and only `models pull` ever asks for it.
"""

from __future__ import annotations

import errno
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from kb.inference.catalog import CatalogModel, hub_model, location
from kb.inference.download import CannotWrite, Progress, PullEvent, alone, never
from kb.inference.export import NotAnEmbedder
from kb.inference.fetch import HubUnreachable, NoRoom, Watch, last_meaningful_line, raise_if_full, watched

SETTINGS = ("*.json", "*.txt", "*.model")
WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "*/pytorch_model*.bin")
"""What is fetched of a repository; the second kind of weights where there is none of the first."""

NOT_WANTED = ("onnx/*", "openvino/*", "runs/*", "eval/*")


class FolderFetch(Protocol):
    """Brings a repository's files to a folder, as `hub_folder_fetch` does."""

    def __call__(self, name: str, folder: Path, watch: Watch, /) -> None:
        """Return when they are there. Raises DownloadFailed."""
        ...


def hub_folder_fetch(name: str, folder: Path, watch: Watch) -> None:
    """Fetch in a child, which resumes what a broken one left. Raises HubUnreachable, NoRoom or PullCancelled."""
    code, output = watched([sys.executable, "-m", "kb.inference.hub_folder", name, str(folder)], name, folder, watch)
    if code != 0:
        raise_if_full(output, name, folder)
        raise HubUnreachable(model=name, hub=name, reason=last_meaningful_line(output))


def pull_folder(
    name: str,
    cache: Path,
    progress: Progress,
    should_stop: Callable[[], bool] = never,
    fetch: FolderFetch = hub_folder_fetch,
) -> Path:
    """Bring an embedder from the hub unless it is there; return its folder. Raises DownloadFailed, NotAnEmbedder."""
    model = hub_model(name)
    place = location(model, cache)
    if (place / "modules.json").is_file():
        return place
    try:
        with alone(model, place):
            _bring(model, place, Watch(lambda seen: progress(PullEvent(name, 1, 1, seen, seen)), should_stop), fetch)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise NoRoom(model=name, reason="no_room", path=place.parent, needed="?", free=0) from error
        raise CannotWrite(model=name, path=place.parent, reason=error.strerror or str(error)) from error
    return place


def _bring(model: CatalogModel, place: Path, watch: Watch, fetch: FolderFetch) -> None:
    draft = place.with_name(f".{place.name}.partial")
    draft.mkdir(parents=True, exist_ok=True)
    fetch(model.title, draft, watch)
    shutil.rmtree(draft / ".tmp", ignore_errors=True)
    shutil.rmtree(draft / ".cache", ignore_errors=True)
    if not (draft / "modules.json").is_file():
        shutil.rmtree(draft)
        raise NotAnEmbedder(model=model.title, reason="not_an_embedder")
    if place.is_dir():
        shutil.rmtree(place)
    draft.replace(place)


def main(arguments: Sequence[str]) -> int:
    """Fetch `NAME FOLDER`: the child of hub_folder_fetch."""
    from huggingface_hub import snapshot_download

    name, folder = arguments
    for weights in WEIGHTS:
        snapshot_download(
            name, local_dir=folder, allow_patterns=[*SETTINGS, weights], ignore_patterns=list(NOT_WANTED)
        )
        if any(Path(folder).rglob(weights.rpartition("/")[2])):
            return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
