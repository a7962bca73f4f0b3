"""Files read in child processes: in order, within limits, and without anything left behind, whatever children do."""

from __future__ import annotations

import hashlib
import io
import os
import queue
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import (
    BlankFile,
    IngestError,
    MissingFile,
    ProtectedFile,
    ReaderCrashed,
    ReadMemory,
    ReadTimeout,
    UnsupportedFile,
)
from ingest.processes.pool import Job, Limits, Outcome, PageRead, ReaderPool
from ingest.read import read
from ingest.sources.find import Source

TEXT = "# Pilas\n\nUna pila guarda lo último encima; se saca primero lo que entró al final.\n"

ACTING = """
import ctypes, os, resource, signal, subprocess, sys, time
from pathlib import Path
from ingest.processes.child import main
from ingest.errors import DamagedFile, BlankFile
from ingest.processes.messages import DrawPage, Failure, FileRead, PageDrawn

def act(request, progress):
    '''Do what the file's name says: its child's parser gone wrong.'''
    name = Path(request.shown).name
    act = name.split("-")[0]
    if act == "hang":
        time.sleep(600)
    if act == "hold":  # Python's one lock, in C
        import re
        re.match(r"(a|a)+$", "a" * 60 + "b")
    if act == "segfault":
        ctypes.string_at(0)
    if act == "exit":
        os._exit(3)
    if act == "memory":
        keep = [bytearray(16 << 20) for _ in range(10_000)]
    if act == "hidden":
        try:
            bytearray(1 << 40)
        except MemoryError as error:
            raise DamagedFile(path=request.shown, reason="mal") from error
    if act == "raise":
        raise RecursionError("too deep")
    if act == "empty":
        raise BlankFile(path=request.shown)
    if isinstance(request, DrawPage):
        time.sleep(0.05)
        return PageDrawn(f"{name} {request.member} {request.page} {request.pixels} {request.password}".encode())
    if act == "print":
        os.write(1, b"to stdout " * 10_000); os.write(2, b"to stderr"); print("hola", flush=True)
        subprocess.run(["sh", "-c", "echo from a program; echo and an error >&2"], check=True)
    if act == "rubbish":
        os.write(4, b"x" * 100)  # the pipe of replies
    if act == "program":
        program = subprocess.Popen(["sleep", "600"])
        Path(request.shown + ".pid").write_text(str(program.pid))
        time.sleep(600)
    if act == "temporary":
        import tempfile
        Path(tempfile.mkdtemp(), "rest").write_text("left")
        time.sleep(600)
    if act == "slow":
        time.sleep(0.2)
    if act == "pages":
        for page in range(3):
            progress(page, 3, True)
        time.sleep(1.5)
    if act == "fds":
        links = [os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
        return FileRead(failure=Failure.of(BlankFile(path=" ".join(links))))
    if act == "pid":
        return FileRead(sha256=str(os.getpid()))
    if act == "last":
        return FileRead(sha256=str(os.getpid()), last=True)
    return FileRead(sha256=name)

main(act)
"""


# "pan y vino" in `nota.txt`, encrypted with ZipCrypto under the password "olivo".
ENCRYPTED = bytes.fromhex(
    "504b03040a0009000000fc60755d1eb5ca96160000000a00000008001c006e6f74612e74787455540900039c89016b9c"
    "89016b75780b0001040000000004000000007e58498ae8aeacc6febf194a3bc59287174ddef7508e504b07081eb5ca96"
    "160000000a000000504b01021e030a0009000000fc60755d1eb5ca96160000000a000000080018000000000001000000"
    "a481000000006e6f74612e74787455540500039c89016b75780b000104000000000400000000504b0506000000000100"
    "01004e000000680000000000"
)


def job(path: Path | str, **rest: object) -> Job:
    return Job(Source(Path(path), Path(path).parent), **rest)  # type: ignore[arg-type]


def never() -> bool:
    return False


def unseen(progress: PageRead) -> None:
    """Show no progress."""


def outcomes(pool: ReaderPool, *jobs: Job) -> list[Outcome]:
    return list(pool.read(jobs, unseen, never))


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def wait_until(true: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


@pytest.fixture
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(Limits()) as pool:
        yield pool


@pytest.fixture(scope="module")
def acting_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("child")
    (folder / "acting_child.py").write_text(ACTING, encoding="utf-8")
    return folder


@pytest.fixture
def acting(acting_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ReaderPool]]:
    """Pools whose children do what the name of their file says."""
    monkeypatch.setenv("PYTHONPATH", str(acting_folder))
    pools: list[ReaderPool] = []

    def opened(**limits: float) -> ReaderPool:
        pools.append(ReaderPool(Limits(**limits), child="acting_child"))  # type: ignore[arg-type]
        return pools[-1]

    yield opened
    for each in pools:
        each.close()


class TestReading:
    def test_gives_what_reading_here_gives_and_the_hash_of_the_bytes(self, pool: ReaderPool, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
        (outcome,) = outcomes(pool, job(tmp_path / "a.md"))
        assert outcome.documents == read(tmp_path / "a.md")
        assert outcome.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
        assert outcome.error is None

    def test_fails_file_by_file_with_the_error_of_each(self, pool: ReaderPool, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
        (tmp_path / "vacío.md").write_text("", encoding="utf-8")
        (tmp_path / "x.raro").write_bytes(bytes(range(256)))
        names = ("a.md", "nada.md", "vacío.md", "x.raro", "a.md")
        found = outcomes(pool, *(job(tmp_path / name) for name in names))
        assert [type(outcome.error) for outcome in found] == [
            type(None), MissingFile, BlankFile, UnsupportedFile, type(None),
        ]  # fmt: skip
        assert found[1].error is not None
        assert found[1].error.params["path"] == str(tmp_path / "nada.md")
        assert [bool(outcome.sha256) for outcome in found] == [True, False, True, True, True]

    def test_finds_a_relative_path_after_the_program_has_moved(
        self, pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for folder in ("uno", "dos"):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "a.md").write_text(f"{TEXT}\nEsto está en {folder}.\n", encoding="utf-8")
            monkeypatch.chdir(tmp_path / folder)
            (outcome,) = outcomes(pool, job("a.md"))
            assert outcome.documents[0].path == str((tmp_path / folder / "a.md").resolve())
            assert f"Esto está en {folder}." in outcome.documents[0].sections[0].text

    def test_reads_the_members_of_an_archive(self, pool: ReaderPool, tmp_path: Path) -> None:
        path = tmp_path / "clases.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("tema/a.md", TEXT)
        members = [Source(path, tmp_path, name) for name in ("tema/a.md", "nada.md")]
        good, bad = outcomes(pool, *map(Job, members))
        assert good.documents[0].path == str(path.resolve() / "tema/a.md")
        assert good.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
        assert isinstance(bad.error, MissingFile)
        assert bad.error.params["path"] == str(path / "nada.md")

    def test_reads_an_archive_anew_when_it_has_changed(self, pool: ReaderPool, tmp_path: Path) -> None:
        path = tmp_path / "clases.zip"
        for n in range(3):
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("a.md", f"{TEXT}\nEsta es la {n}.ª versión.\n")
            (outcome,) = outcomes(pool, Job(Source(path, tmp_path, "a.md")))
            assert f"la {n}.ª versión" in outcome.documents[0].sections[0].text

    def test_hands_the_password_to_the_archive(self, pool: ReaderPool, tmp_path: Path) -> None:
        path = tmp_path / "cerrado.zip"
        path.write_bytes(ENCRYPTED)
        member = Source(path, tmp_path, "nota.txt")
        closed, opened = outcomes(pool, Job(member), Job(member, password="olivo"))
        assert isinstance(closed.error, ProtectedFile)
        assert closed.error.params["path"] == str(path / "nota.txt")
        assert opened.sha256 == hashlib.sha256(b"pan y vino").hexdigest()

    def test_starts_no_child_for_no_jobs(self, pool: ReaderPool) -> None:
        assert outcomes(pool) == []
        assert pool.pids == ()


class TestAFileThatBreaksItsReader:
    @pytest.mark.parametrize(
        ("name", "error", "params"),
        [
            ("segfault", ReaderCrashed, {"reason": "SIGSEGV"}),
            ("exit", ReaderCrashed, {"reason": "exit 3"}),
            ("raise", ReaderCrashed, {"reason": "RecursionError"}),
            ("memory", ReadMemory, {"limit": "256"}),
            ("hidden", ReadMemory, {"limit": "256"}),
            ("rubbish", ReaderCrashed, {"reason": "SIGKILL"}),
            ("hang", ReadTimeout, {"seconds": "0.5"}),
            ("hold", ReadTimeout, {"seconds": "0.5"}),
        ],
    )
    def test_is_an_error_that_says_how_and_the_others_are_read(
        self, acting: Callable[..., ReaderPool], name: str, error: type[IngestError], params: dict[str, str]
    ) -> None:
        pool = acting(seconds=0.5 if error is ReadTimeout else 60, memory=256 << 20)
        names = ["a", "b", name, "c", f"{name}-again", "d"]
        found = outcomes(pool, *map(job, names))
        assert [outcome.job.source.shown for outcome in found] == names
        assert [outcome.sha256 for outcome in found] == ["a", "b", "", "c", "", "d"]
        for outcome in (found[2], found[4]):
            assert type(outcome.error) is error
            assert outcome.error.params == {"path": outcome.job.source.shown, **params}

    def test_among_fifty_costs_itself_alone(self, acting: Callable[..., ReaderPool]) -> None:
        names = [f"n-{n}" for n in range(50)]
        names[20] = "segfault"
        found = outcomes(acting(), *map(job, names))
        assert [outcome.sha256 for outcome in found] == [*names[:20], "", *names[21:]]
        assert [type(outcome.error) for outcome in found if outcome.error] == [ReaderCrashed]

    def test_leaves_no_program_that_it_started(self, acting: Callable[..., ReaderPool], tmp_path: Path) -> None:
        (outcome,) = outcomes(acting(seconds=1), job(tmp_path / "program"))
        assert isinstance(outcome.error, ReadTimeout)
        assert wait_until(lambda: not running(int((tmp_path / "program.pid").read_text())))

    def test_leaves_nothing_among_temporary_files(
        self, acting: Callable[..., ReaderPool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        pool = acting(seconds=0.5)
        outcomes(pool, job("temporary"))
        assert list(tmp_path.rglob("rest"))
        pool.close()
        assert list(tmp_path.iterdir()) == []

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        st.lists(
            st.sampled_from(["a", "empty", "exit", "segfault", "raise", "hidden", "last", "rubbish", "print"]),
            max_size=16,
        ),
        st.integers(1, 3),
    )
    def test_whatever_they_do_there_is_one_outcome_a_job_in_order(
        self, acting: Callable[..., ReaderPool], acts: list[str], workers: int
    ) -> None:
        jobs = [job(f"{act}-{n}") for n, act in enumerate(acts)]
        pool = acting(workers=workers, seconds=20)
        assert [outcome.job for outcome in outcomes(pool, *jobs)] == jobs
        pool.close()

    def test_pages_that_take_long_have_time_of_their_own(self, acting: Callable[..., ReaderPool]) -> None:
        seen: list[PageRead] = []
        (outcome,) = acting(seconds=1).read([job("pages")], seen.append, never)
        assert outcome.sha256 == "pages"
        assert [(page.done, page.total) for page in seen] == [(0, 3), (1, 3), (2, 3)]
        assert {page.source for page in seen} == {job("pages").source}


class TestChildren:
    def test_start_with_the_first_file_and_are_kept_for_the_next(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting()
        assert pool.pids == ()
        first = outcomes(pool, job("pid-1"))[0].sha256
        assert pool.pids == (int(first),)
        assert outcomes(pool, job("pid-2"))[0].sha256 == first
        assert len({outcome.sha256 for outcome in outcomes(pool, *(job(f"pid-{n}") for n in range(30)))}) <= 2

    def test_are_as_many_as_allowed(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting(workers=3)
        outcomes(pool, *(job(f"slow-{n}") for n in range(9)))
        assert len(pool.pids) == 3

    def test_make_room_for_a_fresh_one_when_they_say_so(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting(workers=1)
        pids = [outcome.sha256 for outcome in outcomes(pool, job("last-1"), job("pid-2"), job("pid-3"))]
        assert pids[0] != pids[1] == pids[2]
        assert not running(int(pids[0]))

    def test_killed_while_idle_cost_no_file(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting(workers=1)
        for n in range(3):
            (outcome,) = outcomes(pool, job(f"pid-{n}"))
            assert outcome.error is None
            os.kill(int(outcome.sha256), signal.SIGKILL)

    def test_killed_at_work_cost_the_file_at_hand(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting(workers=1, seconds=60)
        reading = pool.read([job("a"), job("hang"), job("b")], unseen, never)
        assert next(reading).sha256 == "a"
        (pid,) = pool.pids
        threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
        assert isinstance(next(reading).error, ReaderCrashed)
        assert next(reading).sha256 == "b"

    def test_killed_at_random_cost_no_outcome(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting()
        jobs = [job(f"slow-{n}") for n in range(12)]
        over = threading.Event()

        def kill_now_and_then() -> None:
            chance = random.Random(7)
            while not over.wait(chance.random() / 4):
                for pid in pool.pids:
                    if chance.random() < 0.5:
                        try:
                            os.kill(pid, signal.SIGKILL)
                        except ProcessLookupError:
                            continue

        killer = threading.Thread(target=kill_now_and_then)
        killer.start()
        found = outcomes(pool, *jobs)
        over.set()
        killer.join()
        assert [outcome.job for outcome in found] == jobs
        assert all(outcome.sha256 or isinstance(outcome.error, ReaderCrashed) for outcome in found)

    def test_that_cannot_start_are_an_error_of_each_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with ReaderPool(Limits(), child="no_such_module") as pool:
            assert [type(outcome.error) for outcome in outcomes(pool, job("a"), job("b"))] == [ReaderCrashed] * 2
        monkeypatch.setattr(sys, "executable", str(tmp_path / "no python"))
        with ReaderPool(Limits()) as pool:
            assert [type(outcome.error) for outcome in outcomes(pool, job("a"), job("b"))] == [ReaderCrashed] * 2

    def test_hold_no_file_of_ours_and_print_nothing(
        self, acting: Callable[..., ReaderPool], tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with (tmp_path / "library.db").open("w"):
            opened, printed = outcomes(acting(), job("fds"), job("print"))
        assert opened.error is not None
        held = {link for link in opened.error.params["path"].split() if "/proc/" not in link}
        assert held == {"/dev/null"}
        assert printed.sha256 == "print"
        assert capfd.readouterr() == ("", "")

    def test_import_nothing_from_the_folder_where_they_start(
        self, pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "json.py").write_text("raise SystemExit", encoding="utf-8")
        (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        assert outcomes(pool, job("a.md"))[0].documents

    def test_end_at_close_without_waiting_for_their_file(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting()
        reading = pool.read([job("a"), job("hang-1"), job("hang-2")], unseen, never)
        next(reading)
        assert wait_until(lambda: len(pool.pids) == 2)
        pids = pool.pids
        pool.close()
        assert not any(map(running, pids))
        assert list(reading) == []
        assert pool.pids == ()

    def test_end_with_a_pool_that_is_forgotten(self, acting: Callable[..., ReaderPool], monkeypatch: object) -> None:
        pool = ReaderPool(Limits(), child="acting_child")
        outcomes(pool, job("a"))
        (pid,) = pool.pids
        del pool
        assert wait_until(lambda: not running(pid))


class TestStopping:
    def test_gives_what_is_finished_and_ends_the_rest_at_once(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting(seconds=60)
        stop = threading.Event()
        taken: list[Outcome] = []
        timer = threading.Timer(1.5, stop.set)
        timer.start()
        names = ["a", "hang", "b", "c"]
        for outcome in pool.read(map(job, names), unseen, stop.is_set):
            taken.append(outcome)
        assert [outcome.sha256 for outcome in taken] == ["a", "b", "c"]
        assert outcomes(pool, job("d"))[0].sha256 == "d"

    def test_takes_no_more_jobs(self, acting: Callable[..., ReaderPool]) -> None:
        taken: list[str] = []

        def jobs() -> Iterator[Job]:
            for n in range(1000):
                taken.append(str(n))
                yield job(f"n-{n}")

        pool = acting()
        assert list(pool.read(jobs(), unseen, lambda: True)) == []
        assert taken == []
        reading = pool.read(jobs(), unseen, never)
        for _ in range(5):
            next(reading)
        assert len(taken) <= 5 + 8
        reading.close()  # type: ignore[attr-defined]
        assert len(taken) <= 5 + 8
        assert outcomes(pool, job("a"))[0].sha256 == "a"

    def test_is_asked_for_while_a_file_is_waited_for(self, acting: Callable[..., ReaderPool]) -> None:
        asked = iter([False, False, False, True])
        assert list(acting(seconds=60).read([job("hang")], unseen, lambda: next(asked))) == []

    def test_jobs_that_raise_leave_the_pool_fit_for_others(self, acting: Callable[..., ReaderPool]) -> None:
        def broken() -> Iterator[Job]:
            yield job("hang")
            raise KeyboardInterrupt

        pool = acting(seconds=60)
        with pytest.raises(KeyboardInterrupt):
            list(pool.read(broken(), unseen, never))
        assert outcomes(pool, job("a"))[0].sha256 == "a"

    def test_from_another_thread_works(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting()
        found: queue.SimpleQueue[list[Outcome]] = queue.SimpleQueue()
        threading.Thread(target=lambda: found.put(outcomes(pool, job("a"), job("b")))).start()
        assert [outcome.sha256 for outcome in found.get(timeout=60)] == ["a", "b"]


class TestPictures:
    def test_of_a_pdf_s_page_are_pngs_of_the_size_allowed(self, pool: ReaderPool, tmp_path: Path) -> None:
        from fpdf import FPDF
        from PIL import Image

        deck = FPDF(format=(160, 90))
        for _ in range(2):
            deck.add_page()
        deck.output(str(tmp_path / "deck.pdf"))
        picture = Image.open(io.BytesIO(pool.picture(tmp_path / "deck.pdf", 2, (320, 320))))
        assert picture.format == "PNG"
        assert max(picture.size) == 320
        for path, page in ((tmp_path / "deck.pdf", 3), (tmp_path / "nada.pdf", 1)):
            with pytest.raises(IngestError) as caught:
                pool.picture(path, page, (320, 320))
            assert caught.value.params["path"] == str(path)

    def test_are_drawn_by_a_child_of_their_own_that_is_kept(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting()
        assert pool.picture(Path("a"), 3, (800, 600), "clave") == b"a  3 (800, 600) clave"
        pids = pool.pids
        assert len(pids) == 1
        pool.picture(Path("b"), 1, (8, 6))
        assert pool.pids == pids

    def test_of_an_archive_s_file_are_found_by_its_place(
        self, acting: Callable[..., ReaderPool], tmp_path: Path
    ) -> None:
        with zipfile.ZipFile(tmp_path / "clases.zip", "w") as archive:
            archive.writestr("tema/a.pdf", b"%PDF-")
        drawn = acting().picture(tmp_path / "clases.zip" / "tema" / "a.pdf", 1, (8, 6))
        assert drawn == b"a.pdf tema/a.pdf 1 (8, 6) "

    @pytest.mark.parametrize(
        ("name", "error"),
        [("empty", BlankFile), ("segfault", ReaderCrashed), ("hang", ReadTimeout), ("hidden", ReadMemory)],
    )
    def test_that_cannot_be_drawn_are_an_error_and_the_next_is_drawn(
        self, acting: Callable[..., ReaderPool], name: str, error: type[IngestError]
    ) -> None:
        pool = acting(seconds=1, memory=256 << 20)
        with pytest.raises(error) as caught:
            pool.picture(Path(name), 1, (8, 6))
        assert caught.value.params["path"] == name
        assert pool.picture(Path("a"), 1, (8, 6))

    def test_are_drawn_while_files_are_read(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting(seconds=60)
        reading = pool.read([job("a"), job("hang-1"), job("hang-2")], unseen, never)
        next(reading)
        drawn: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threads = [
            threading.Thread(target=lambda n=n: drawn.put(pool.picture(Path(f"n-{n}"), n, (8, 6)))) for n in range(4)
        ]
        for thread in threads:
            thread.start()
        assert {drawn.get(timeout=60).split()[0] for _ in threads} == {b"n-0", b"n-1", b"n-2", b"n-3"}

    def test_waited_for_when_the_pool_is_closed_are_an_error(self, acting: Callable[..., ReaderPool]) -> None:
        pool = acting(seconds=60)
        threading.Timer(0.5, pool.close).start()
        with pytest.raises(ReaderCrashed) as caught:
            pool.picture(Path("hang"), 1, (8, 6))
        assert caught.value.params["reason"] == "closed"


def script(body: str, *folders: Path, **streams: object) -> subprocess.Popen[str]:
    """Run a program that reads as the product does, from `python -c` in a folder of its own."""
    lines = (
        "import os, signal, sys, time",
        "from pathlib import Path",
        "from ingest.processes.pool import *",
        "from ingest.sources.find import Source",
        "def job(name): return Job(Source(Path(name), Path('.')))",
        "def read(pool, *names): return pool.read(map(job, names), lambda page: None, lambda: False)",
        body,
    )
    paths = os.pathsep.join(map(str, (Path(__file__).parents[2], *folders)))
    return subprocess.Popen(
        [sys.executable, "-c", "\n".join(lines)], cwd="/", env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **streams,
    )  # type: ignore[call-overload, no-any-return]  # fmt: skip


class TestTheProgram:
    @pytest.mark.parametrize("act", ["hang", "hold"])
    def test_killed_outright_takes_its_children_along(self, acting_folder: Path, act: str) -> None:
        parent = script(
            f"pool = ReaderPool(Limits(), child='acting_child')\nreading = read(pool, 'a', '{act}')\n"
            "next(reading)\nprint(*pool.pids, flush=True)\nnext(reading)",
            acting_folder,
        )
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert pids
        assert all(map(running, pids))
        time.sleep(0.5)  # the child is in the middle of its file
        parent.kill()
        parent.communicate()
        assert wait_until(lambda: not any(map(running, pids)))

    def test_killed_outright_takes_what_its_children_started_along(self, acting_folder: Path, tmp_path: Path) -> None:
        noted = tmp_path / "program.pid"
        parent = script(
            f"list(read(ReaderPool(Limits(), child='acting_child'), {str(tmp_path / 'program')!r}))", acting_folder
        )
        assert wait_until(lambda: noted.exists() and noted.read_text() != "")
        parent.kill()
        parent.communicate()
        assert wait_until(lambda: not running(int(noted.read_text())))

    def test_killed_outright_leaves_a_folder_that_the_next_one_removes_and_no_other_s(
        self, acting_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        body = (
            "pool = ReaderPool(Limits(), child='acting_child')\nreading = read(pool, 'a', 'temporary')\n"
            "next(reading)\nprint('up', flush=True)\n"
        )
        killed, running = (script(body + "next(reading)", acting_folder) for _ in range(2))
        for parent in (killed, running):
            assert parent.stdout is not None
            parent.stdout.readline()
        assert wait_until(lambda: len(list(tmp_path.rglob("rest"))) == 2)
        killed.kill()
        killed.communicate()
        script(body, acting_folder).communicate(timeout=60)
        assert len(list(tmp_path.rglob("rest"))) == 1
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
        assert list(tmp_path.iterdir()) == []

    def test_interrupted_ends_its_children_and_says_nothing_for_them(self, acting_folder: Path) -> None:
        parent = script(
            """
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    with ReaderPool(Limits(), child='acting_child') as pool:
        reading = read(pool, 'a', 'hang')
        next(reading)
        print(*pool.pids, flush=True)
        next(reading)
except KeyboardInterrupt:
    print(pool.pids)
""",
            acting_folder,
        )
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        time.sleep(0.3)
        parent.send_signal(signal.SIGINT)
        out, err = parent.communicate(timeout=60)
        assert (out, err, parent.returncode) == ("()\n", "", 0)
        assert not any(map(running, pids))

    def test_that_just_ends_ends_cleanly_in_the_middle_of_a_file(self, acting_folder: Path) -> None:
        parent = script(
            "pool = ReaderPool(Limits(), child='acting_child')\nreading = read(pool, 'a', 'hang')\n"
            "next(reading)\nprint(*pool.pids)",
            acting_folder,
        )
        out, err = parent.communicate(timeout=60)
        assert (err, parent.returncode) == ("", 0)
        assert not any(running(int(pid)) for pid in out.split())

    def test_may_have_closed_its_own_streams(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
        parent = script(
            "sys.stdout = sys.stderr = None\nos.close(0)\n"
            f"(found,) = read(ReaderPool(Limits()), {str(tmp_path / 'a.md')!r})\n"
            "os.write(1, str(len(found.documents)).encode())"
        )
        assert parent.communicate(timeout=60) == ("1", "")

    def test_imports_no_parser_itself(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
        parent = script(
            f"assert list(read(ReaderPool(Limits()), {str(tmp_path / 'a.md')!r}))[0].documents\n"
            "parsers = {'markdown_it', 'lxml', 'pypdf', 'pypdfium2', 'yaml', 'ingest.kinds.build'}\n"
            "print(sorted(parsers & set(sys.modules)))"
        )
        assert parent.communicate(timeout=60) == ("[]\n", "")
