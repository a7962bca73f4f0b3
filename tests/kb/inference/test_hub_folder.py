"""An embedder by its name on the hub comes once, is opened from the cache ever after, and never by itself."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from kb.errors import DownloadFailed, ModelUnavailable
from kb.inference import Role, open_encoder
from kb.inference.catalog import ModelMissing, UnknownModel, hub_model, model_path, source_of
from kb.inference.download import CannotWrite, PullEvent, remove
from kb.inference.export import NotAnEmbedder
from kb.inference.fetch import HubUnreachable, NoRoom, Watch
from kb.inference.hub_folder import pull_folder

NAME = "una-org/un-modelo.v2"


def bring(name: str, folder: Path, watch: Watch) -> None:
    (folder / "modules.json").write_text("[]")
    (folder / ".cache").mkdir()
    watch.progress(2)


def silent(event: PullEvent) -> None:
    """Show nothing."""


def test_it_is_fetched_once_into_the_cache_and_known_by_its_name(tmp_path: Path) -> None:
    told: list[PullEvent] = []
    folder = pull_folder(NAME, tmp_path, told.append, fetch=bring)
    assert folder == tmp_path / "models" / "una-org--un-modelo.v2" == model_path(NAME, tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["modules.json"]
    assert [(event.model, event.done) for event in told] == [(NAME, 2)]
    assert pull_folder(NAME, tmp_path, silent, fetch=lambda *_: pytest.fail("it was fetched again")) == folder
    assert source_of(NAME) == NAME
    assert open_encoder(NAME, tmp_path).name == "un-modelo.v2"
    assert remove(hub_model(NAME), tmp_path) == 2
    assert not folder.exists()


def test_what_is_not_here_is_missing_and_nothing_is_fetched_for_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        model_path(NAME, tmp_path)
    with pytest.raises(ModelUnavailable):
        open_encoder(NAME, tmp_path).encode(["a"], Role.QUERY)
    with pytest.raises(ModelUnavailable):
        open_encoder(NAME, tmp_path).fingerprint()


@pytest.mark.parametrize("name", ["", "x", "a/b/c", "../b", "a/..", "a b/c", "a\x00/b", "~/b", "/a/b", "ñ/b", "a/-b"])
def test_what_is_no_hub_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownModel):
        pull_folder(name, tmp_path, silent, fetch=lambda *_: pytest.fail("it was fetched"))
    with pytest.raises(ModelMissing):
        model_path(name, tmp_path)


def test_a_folder_on_disk_is_not_a_hub_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "una-org" / "un-modelo.v2").mkdir(parents=True)
    assert source_of(NAME) == str(tmp_path / NAME)
    with pytest.raises(UnknownModel):
        hub_model(NAME)


def test_a_repository_of_something_else_leaves_nothing(tmp_path: Path) -> None:
    def other(name: str, folder: Path, watch: Watch) -> None:
        (folder / "config.json").write_text("{}")

    with pytest.raises(NotAnEmbedder):
        pull_folder(NAME, tmp_path, silent, fetch=other)
    assert not list((tmp_path / "models").glob("**/config.json"))


def test_what_a_broken_download_left_is_there_for_the_next(tmp_path: Path) -> None:
    def broken(name: str, folder: Path, watch: Watch) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise HubUnreachable(model=name, hub=name, reason="no line")

    def rest(name: str, folder: Path, watch: Watch) -> None:
        assert (folder / "model.safetensors").read_bytes() == b"half"
        (folder / "modules.json").write_text("[]")

    with pytest.raises(DownloadFailed):
        pull_folder(NAME, tmp_path, silent, fetch=broken)
    with pytest.raises(ModelMissing):
        model_path(NAME, tmp_path)
    assert (pull_folder(NAME, tmp_path, silent, fetch=rest) / "model.safetensors").is_file()


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOSPC, NoRoom), (errno.EACCES, CannotWrite)])
def test_a_disk_that_refuses_is_told(tmp_path: Path, code: int, kind: type[DownloadFailed]) -> None:
    def refuse(name: str, folder: Path, watch: Watch) -> None:
        raise OSError(code, "no")

    with pytest.raises(kind):
        pull_folder(NAME, tmp_path, silent, fetch=refuse)
