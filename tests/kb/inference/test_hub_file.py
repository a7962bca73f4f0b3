"""A chat model's file comes from a hub by its name there, held against the hub's own size and hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import ModelUnavailable
from kb.inference.catalog import (
    CatalogModel,
    Hub,
    ModelMissing,
    Purpose,
    UnknownModel,
    hub_model,
    model_path,
    source_of,
)
from kb.inference.download import WrongFile, remove
from kb.inference.fetch import HubUnreachable, NoRoom, PullCancelled, Watch
from kb.inference.hub_file import HubFile, hub_description, pull_file

Writer = Callable[..., Path]
NAME = "una-org/Un-Modelo-GGUF/sub/modelo.Q4_K_M.gguf"


class FakeHub:
    """A hub with one file."""

    def __init__(self, data: bytes, said: HubFile | None = None) -> None:
        self.data = data
        self.said = said or HubFile(len(data), hashlib.sha256(data).hexdigest(), "c0ffee")
        self.fetched: list[tuple[Hub, str]] = []

    def describe(self, model: CatalogModel, folder: Path, watch: Watch) -> HubFile:
        return self.said

    def fetch(self, model: str, hub: Hub, file: str, folder: Path, watch: Watch) -> Path:
        if watch.should_stop():
            raise PullCancelled(model=model, reason="cancelled")
        self.fetched.append((hub, file))
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.data)
        watch.progress(len(self.data))
        return path

    def pull(self, cache: Path, should_stop: Callable[[], bool] = lambda: False) -> Path:
        return pull_file(NAME, cache, lambda _event: None, should_stop, self.describe, self.fetch)


@pytest.fixture
def hub(write_gguf: Writer) -> FakeHub:
    return FakeHub(write_gguf().read_bytes())


def test_a_name_of_three_parts_is_a_chat_model() -> None:
    model = hub_model(NAME)

    assert (model.purpose, model.is_folder) == (Purpose.CHAT, False)
    assert model.hub == Hub("una-org/Un-Modelo-GGUF", file="sub/modelo.Q4_K_M.gguf")


@pytest.mark.parametrize("name", ["a/b/c", "a/b/../c.gguf", "a/b/.c.gguf", "/a/b/c.gguf", "a/b/c.GGUF", "a//c.gguf"])
def test_other_names_are_not_fetched(name: str, tmp_path: Path, hub: FakeHub) -> None:
    with pytest.raises(UnknownModel):
        pull_file(name, tmp_path, lambda _event: None, describe=hub.describe, from_hub=hub.fetch)
    assert hub.fetched == []


def test_it_comes_once_at_the_revision_that_was_described(hub: FakeHub, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        model_path(NAME, tmp_path)

    path = hub.pull(tmp_path)

    assert path == model_path(NAME, tmp_path)
    assert path.name == "una-org--Un-Modelo-GGUF--sub--modelo.Q4_K_M.gguf"
    assert path.read_bytes() == hub.data
    assert [(fetched.revision, file) for fetched, file in hub.fetched] == [("c0ffee", "sub/modelo.Q4_K_M.gguf")]
    assert hub.pull(tmp_path) == path
    assert len(hub.fetched) == 1
    assert source_of(NAME) == NAME
    assert remove(hub_model(NAME), tmp_path) >= len(hub.data)
    assert not path.exists()


def test_other_bytes_than_the_hub_said_are_refused(hub: FakeHub, tmp_path: Path) -> None:
    hub.data = hub.data[:-1] + b"x"

    with pytest.raises(WrongFile):
        hub.pull(tmp_path)
    assert not model_path_exists(tmp_path)


def test_a_file_that_is_no_chat_model_is_removed_again(write_gguf: Writer, tmp_path: Path) -> None:
    hub = FakeHub(write_gguf(general__architecture="bert").read_bytes())

    with pytest.raises(ModelUnavailable) as caught:
        hub.pull(tmp_path)

    assert (caught.value.params["model"], caught.value.params["reason"]) == (NAME, "is_embedder")
    assert not model_path_exists(tmp_path)


def test_it_is_stopped_on_request_and_room_is_looked_for_first(hub: FakeHub, tmp_path: Path) -> None:
    with pytest.raises(PullCancelled):
        hub.pull(tmp_path, should_stop=lambda: True)

    hub.said = HubFile(10**18, "0" * 64, "c0ffee")
    with pytest.raises(NoRoom):
        hub.pull(tmp_path)
    assert hub.fetched == []


def test_a_hub_that_is_switched_off_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    with pytest.raises(HubUnreachable) as caught:
        hub_description(hub_model(NAME), tmp_path, Watch(lambda _seen: None, lambda: False))
    assert caught.value.params["hub"] == "una-org/Un-Modelo-GGUF"


def model_path_exists(cache: Path) -> bool:
    return any((cache / "models").glob("*.gguf"))
