"""One GGUF file of a repository on the hub, `org/name/file.gguf`: its size and hash asked for, then its bytes.

Nothing of it is pinned here: the hub's own word on a revision is what the bytes are held against, so that a broken
download or a wrong mirror of the bytes is found, and a wrong hub is not.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from kb.inference.catalog import CatalogModel, Hub, PinnedFile, hub_model, location
from kb.inference.chat_file import chat_header, refused
from kb.inference.download import Progress, never, pull, remove
from kb.inference.engine import EngineError
from kb.inference.fetch import (
    HubFetch,
    HubUnreachable,
    Watch,
    hub_fetch,
    last_meaningful_line,
    watched,
)

HASH_DIGITS = 64


@dataclass(frozen=True, slots=True)
class HubFile:
    """What the hub says of a file: its size, the SHA-256 of its bytes, and the commit they are of."""

    bytes: int
    sha256: str
    revision: str


class Describe(Protocol):
    """Asks the hub for a file, as `hub_description` does."""

    def __call__(self, model: CatalogModel, folder: Path, watch: Watch, /) -> HubFile:
        """Return what the hub says. Raises DownloadFailed."""
        ...


def hub_description(model: CatalogModel, folder: Path, watch: Watch) -> HubFile:
    """Ask in a child that works in `folder`. Raises HubUnreachable or PullCancelled."""
    hub = model.hub
    command = [sys.executable, "-m", "kb.inference.hub_file", hub.repository, hub.revision, hub.file]
    code, output = watched(command, model.title, folder, watch)
    lines = output.strip().splitlines()
    try:
        told = json.loads(lines[-1]) if code == 0 and lines else {}
        found = HubFile(int(told["bytes"]), str(told["sha256"]), str(told["revision"]))
    except (ValueError, KeyError, TypeError) as error:
        reason = last_meaningful_line(output)
        raise HubUnreachable(model=model.title, hub=hub.repository, reason=reason) from error
    if len(found.sha256) != HASH_DIGITS or found.bytes <= 0:
        raise HubUnreachable(model=model.title, hub=hub.repository, reason="no SHA-256")
    return found


def pull_file(
    name: str,
    cache: Path,
    progress: Progress,
    should_stop: Callable[[], bool] = never,
    describe: Describe = hub_description,
    from_hub: HubFetch = hub_fetch,
) -> Path:
    """Bring a chat model's file from the hub unless it is there; return its path.

    Raises UnknownModel, DownloadFailed, and ModelUnavailable for a file that is no chat model, which is removed.
    """
    model = hub_model(name)
    place = location(model, cache)
    if place.is_file():
        return place
    asking = place.with_name(f".{place.name}.asking")
    try:
        said = describe(model, asking, Watch(lambda _seen: None, should_stop))
    finally:
        shutil.rmtree(asking, ignore_errors=True)
    pinned = replace(
        model,
        files=(PinnedFile(place.name, said.bytes, said.sha256),),
        hub=Hub(model.hub.repository, said.revision, model.hub.file),
    )
    pull(pinned, cache, progress, should_stop=should_stop, from_hub=from_hub)
    try:
        chat_header(place)
    except EngineError as error:
        remove(pinned, cache)
        raise refused(name, error) from error
    return place


def main(arguments: Sequence[str]) -> int:
    """Say what the hub says of `REPOSITORY REVISION FILE`, as JSON: the child of hub_description."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    repository, revision, file = arguments
    told = get_hf_file_metadata(hf_hub_url(repository, file, revision=revision))
    said = {"bytes": told.size, "sha256": told.etag, "revision": told.commit_hash}
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
