from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from setup_display import GONE, Display, run_logged
from setup_models import Program
from setup_steps import CHAT, EMBEDDER, SMALL_CHAT, Setup
from setup_texts import SetupFailed

ROOT = Path(__file__).parents[2]
PROVED = {"result": "proved", "tokens": 8}
DIED = {"result": "died", "signal": 11}


class FakeProgram:
    """The installed program, with what it says about models decided here."""

    def __init__(self, logs: Path, broken: str = "", proofs: tuple[dict[str, object], ...] = (PROVED,)) -> None:
        self.logs = logs
        self.did: list[str] = []
        self.broken = broken
        self.proofs = list(proofs)

    def pull(self, model: str, cache: Path, tick: Callable[[str], None]) -> tuple[Path, str]:
        self.did.append(model)
        if model == self.broken:
            return Path(), f"{model} is broken."
        path = cache / "models" / f"{model}.gguf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"model")
        return path, ""

    def prove(self, model: Path, tick: Callable[[], None]) -> dict[str, object]:
        self.did.append("proof")
        return self.proofs.pop(0)

    def export(self, folder: Path, tick: Callable[[], None]) -> tuple[Path, str]:
        self.did.append("export")
        return folder, ""


class Machine(Setup):
    """A set-up whose environment is already there and whose packages install at once."""

    def __init__(self, folder: Path, part: str, program: FakeProgram) -> None:
        self.stream = io.StringIO()
        super().__init__(folder, folder / "cache", part, "en", Display(self.stream))
        self.program = program  # type: ignore[assignment]
        self.built: list[str] = []
        self.index_answers = True

    def _install(self) -> None:
        self.python.parent.mkdir(parents=True, exist_ok=True)
        self.python.touch()
        self.built.append("install")

    def _choice(self) -> tuple[str, object]:  # type: ignore[override]
        return next(key for key in ("native", "plain") if key == "plain" or not self.wheels.refused(key)), None

    def _install_llama(self) -> None:
        self.built.append(self._choice()[0])


def test_the_build_is_proved_before_the_large_model_is_fetched(tmp_path: Path) -> None:
    program = FakeProgram(tmp_path)

    Machine(tmp_path, "all", program).run()

    assert program.did == [SMALL_CHAT, "proof", EMBEDDER, "export", CHAT]


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    Machine(tmp_path, "test", FakeProgram(tmp_path)).run()
    again = Machine(tmp_path, "test", FakeProgram(tmp_path))

    again.run()

    assert again.program.did == []  # type: ignore[attr-defined]
    assert again.built == []
    assert again.stream.getvalue() == ""


def test_the_program_fetches_only_what_the_tests_did_not_need(tmp_path: Path) -> None:
    Machine(tmp_path, "test", FakeProgram(tmp_path)).run()
    program = FakeProgram(tmp_path)

    Machine(tmp_path, "run", program).run()

    assert program.did == [CHAT]


def test_a_model_that_vanished_from_the_cache_is_fetched_again(tmp_path: Path) -> None:
    Machine(tmp_path, "test", FakeProgram(tmp_path)).run()
    (tmp_path / "cache" / "models" / f"{EMBEDDER}.gguf").unlink()
    program = FakeProgram(tmp_path)

    Machine(tmp_path, "test", program).run()

    assert program.did == [EMBEDDER, "export"]


def test_other_packages_or_another_folder_install_again(tmp_path: Path) -> None:
    Machine(tmp_path, "test", FakeProgram(tmp_path)).run()
    (tmp_path / "constraints.txt").write_text("torch==9\n", encoding="utf-8")
    changed = Machine(tmp_path, "test", FakeProgram(tmp_path))
    changed.run()
    assert changed.built == ["install"]

    moved = tmp_path / "moved"
    moved.mkdir()
    (tmp_path / ".venv").rename(moved / ".venv")
    (tmp_path / "constraints.txt").rename(moved / "constraints.txt")
    there = Machine(moved, "test", FakeProgram(tmp_path))
    there.run()
    assert there.built == ["install"]


@pytest.mark.parametrize("part", ["test", "all"])
def test_a_model_that_must_be_had_stops_set_up_with_its_sentence(tmp_path: Path, part: str) -> None:
    with pytest.raises(SetupFailed) as caught:
        Machine(tmp_path, part, FakeProgram(tmp_path, broken=EMBEDDER)).run()

    assert caught.value.values["error"] == f"{EMBEDDER} is broken."


def test_the_program_opens_without_a_model_and_tries_again_next_time(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "run", FakeProgram(tmp_path, broken=CHAT))
    machine.run()
    assert f"{CHAT} is broken. Meanwhile Repaso works without" in machine.stream.getvalue()

    program = FakeProgram(tmp_path)
    Machine(tmp_path, "run", program).run()

    assert program.did == [CHAT]


def test_a_build_that_dies_is_replaced_once_by_the_plain_one(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "test", FakeProgram(tmp_path, proofs=(DIED, PROVED)))

    machine.run()

    assert machine.built == ["install", "plain"]
    assert machine.wheels.refused("native")
    assert not machine.wheels.refused("plain")
    assert "it died with signal 11" in machine.stream.getvalue()


def test_where_both_builds_die_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed) as caught:
        Machine(tmp_path, "all", FakeProgram(tmp_path, proofs=(DIED, DIED))).run()
    assert caught.value.code == "proof_failed"

    lenient = Machine(
        tmp_path / "other", "run", FakeProgram(tmp_path, proofs=(DIED, {"result": "refused", "reason": "x"}))
    )
    lenient.root.mkdir()
    lenient.run()
    assert "Without it Repaso searches" in lenient.stream.getvalue()


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip without any place to take packages from."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")


@pytest.mark.usefixtures("no_index")
def test_an_index_that_real_pip_cannot_reach_is_told_in_one_sentence(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "test", FakeProgram(tmp_path / "logs"))
    machine.python = Path(sys.executable)

    with pytest.raises(SetupFailed) as caught:
        machine._check_network()

    assert caught.value.code == "no_network"
    assert caught.value.values["reason"] == "ERROR: No matching distribution found for hatchling"


@pytest.mark.usefixtures("no_index")
def test_the_program_starts_offline_and_asks_the_index_only_once(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "run", FakeProgram(tmp_path / "logs"))
    machine._install()
    machine.python.unlink()
    machine.python.symlink_to(sys.executable)
    machine._write_stamp({"key": machine._key(), "proved": True, "models": {}})
    machine.index_answers = False

    machine.run()

    told = machine.stream.getvalue()
    assert told.count("pip cannot reach the package index") == 1
    assert told.endswith("Ready.\n")
    assert machine.program.did == []  # type: ignore[attr-defined]


def test_a_download_speaks_the_programs_own_sentence(tmp_path: Path) -> None:
    program = Program(Path(sys.executable), ROOT, tmp_path, "es")

    path, error = program.pull("no-such-model", tmp_path, lambda detail: None)

    assert path == Path()
    assert error.startswith("No conozco ningún modelo llamado «no-such-model».")


def test_a_download_whose_python_is_broken_is_told_too(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'cannot start' >&2\nexit 3\n", encoding="ascii")
    python.chmod(0o755)

    _, error = Program(python, ROOT, tmp_path, "en").pull("smollm2-135m", tmp_path, lambda detail: None)

    assert error == 'The model "smollm2-135m" could not be downloaded: cannot start'


def test_a_command_that_cannot_start_is_a_failed_command(tmp_path: Path) -> None:
    code, output = run_logged([str(tmp_path / "nothing")], tmp_path / "log", lambda: None)

    assert code == GONE
    assert "No such file" in output


def test_interrupting_ends_the_whole_family_of_a_command(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    command = ["sh", "-c", f"sleep 600 & echo $! > {note}; wait"]

    def interrupt() -> None:
        if note.exists() and note.read_text(encoding="ascii").strip():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_logged(command, tmp_path / "log", interrupt)

    assert _ends(int(note.read_text(encoding="ascii")))


def _ends(process: int) -> bool:
    for _ in range(100):
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
        if not state.stdout.strip() or state.stdout.startswith("Z"):
            return True
        time.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    return False


def test_in_a_log_a_long_step_says_now_and_then_that_it_lives() -> None:
    stream, now = io.StringIO(), [0.0]
    display = Display(stream, lambda: now[0])

    display.begin("Compiling")
    for second in (1.0, 29.0, 31.0, 32.0, 75.0):
        now[0] = second
        display.tick("half")
    display.end()

    assert stream.getvalue() == "· Compiling\n    0:31  half\n    1:15  half\n✓ Compiling  1:15\n"


def test_on_a_terminal_a_step_is_one_line_rewritten() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    display = Display(stream, lambda: 65.0)

    display.begin("Compiling")
    display.tick("12 / 98 MB")
    display.end()

    assert stream.getvalue().count("\n") == 1
    assert "· Compiling  0:00  12 / 98 MB" in stream.getvalue()
