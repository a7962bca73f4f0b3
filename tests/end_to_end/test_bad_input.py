"""Whatever is given, one line says what is wrong and where, the status is not 0, and nothing is half written."""

from __future__ import annotations

import ctypes
import io
import os
import random
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LETTER = "# Carta\n\nUna carta breve sobre el orden de las cosas y el modo de contarlas sin perder ninguna.\n"


def pdf() -> bytes:
    from fpdf import FPDF

    made = FPDF()
    made.add_page()
    made.set_font("Helvetica", size=12)
    made.multi_cell(0, 8, "Un apunte sobre colas y pilas, con palabras suficientes para ser un documento.")
    return bytes(made.output())


def locked_pdf(password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(pdf())))
    writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


CONTENT = {
    "vacio.md": b"",
    "blanco.txt": b"  \n\t\n",
    "foto.txt": b"\x89PNG\r\n\x1a\n" + random.Random(7).randbytes(4000),
    "roto.pdf": pdf()[:300],
    "cabecera.pdf": b"%PDF-1.7 and nothing more",
    "cerrado.pdf": locked_pdf("secreto"),
    "cosa.xyz": b"\x00\x01\x02\x03" * 99,
    "falso.docx": b"not a zip at all, only a few words",
}


def the_line(ran: Any) -> str:
    lines = [line for line in ran.err.splitlines() if line.startswith("repaso: ")]
    assert len(lines) == 1, ran.err
    return str(lines[0])


def documents(repaso: Any) -> list[Any]:
    listed: list[Any] = repaso("list", "--json").json["documents"]
    return listed


@pytest.mark.parametrize("name", ["nada.md", *CONTENT])
def test_a_file_that_cannot_be_read_is_named_and_nothing_is_added(repaso: Any, tmp_path: Path, name: str) -> None:
    if name in CONTENT:
        (tmp_path / name).write_bytes(CONTENT[name])
    ran = repaso("add", name)
    assert ran.status == 1
    assert name in the_line(ran)
    assert documents(repaso) == []


def test_one_bad_file_does_not_keep_the_others_out(repaso: Any, tmp_path: Path) -> None:
    folder = tmp_path / "curso"
    folder.mkdir()
    (folder / "a.md").write_text(LETTER)
    (folder / "b.pdf").write_bytes(CONTENT["roto.pdf"])
    (folder / "c.md").write_text(LETTER.replace("Carta", "Otra"))
    ran = repaso("add", "curso")
    assert ran.status == 1
    assert "b.pdf" in the_line(ran)
    assert len(documents(repaso)) == 2


def test_a_protected_pdf_opens_with_its_password_and_says_so_without(repaso: Any, tmp_path: Path) -> None:
    (tmp_path / "cerrado.pdf").write_bytes(CONTENT["cerrado.pdf"])
    assert "--password" in the_line(repaso("add", "cerrado.pdf"))
    assert repaso("add", "cerrado.pdf", "--password", "otra").status == 1
    assert repaso("add", "cerrado.pdf", "--password", "secreto").status == 0


def without_roots_privilege() -> None:
    """Give up, before exec, the capabilities by which root reads any file (Linux, prctl PR_CAPBSET_DROP = 24)."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            assert libc.prctl(24, capability, 0, 0, 0) == 0


def test_a_folder_with_files_that_may_not_be_read(repaso: Any, tmp_path: Path) -> None:
    folder = tmp_path / "curso"
    folder.mkdir()
    (folder / "a.md").write_text(LETTER)
    (folder / "b.md").write_text(LETTER)
    (folder / "b.md").chmod(0)
    ran = repaso("add", "curso", preexec_fn=without_roots_privilege)
    assert (ran.status, len(documents(repaso))) == (1, 1)
    assert "b.md" in the_line(ran)


def test_a_folder_with_nothing_readable_says_so(repaso: Any, tmp_path: Path) -> None:
    (tmp_path / "vacia").mkdir()
    ran = repaso("add", "vacia")
    assert ran.status == 1
    assert the_line(ran)


def test_a_misspelled_setting_names_file_key_and_what_was_meant(repaso: Any, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('chat_modle = "x"\n')
    ran = repaso("list")
    assert ran.status == 2
    for part in ("config.toml", "chat_modle", "chat_model»"):
        assert part in the_line(ran)


def test_broken_settings_name_their_line_and_help_still_works(repaso: Any, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('language = "es"\nthreads = = 3\n')
    ran = repaso("search", "x")
    assert ran.status == 2
    assert "línea 2" in the_line(ran)
    assert repaso("--help").status == 0


@pytest.mark.parametrize(
    "content", [b"just some words in a file", b"SQLite format 3\x00" + b"broken" * 300, b"\x89PNG\r\n\x1a\n"]
)
def test_a_file_that_is_no_library_is_refused_and_left_alone(repaso: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "library.db").write_bytes(content)
    ran = repaso("list")
    assert ran.status == 2
    assert "library.db" in the_line(ran)
    assert (tmp_path / "library.db").read_bytes() == content


def test_another_programs_database_is_refused_and_left_alone(repaso: Any, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "library.db") as other:
        other.execute("CREATE TABLE accounts (id)")
    other.close()
    before = (tmp_path / "library.db").read_bytes()
    ran = repaso("add", "x.md")
    assert ran.status == 2
    assert "library.db" in the_line(ran)
    assert (tmp_path / "library.db").read_bytes() == before


def test_a_library_of_a_newer_version_is_refused(repaso: Any, tmp_path: Path) -> None:
    assert repaso("list").status == 0
    with sqlite3.connect(tmp_path / "library.db") as library:
        columns = [row[1] for row in library.execute("PRAGMA table_info(_sqlite_migrations)")]
        values = {"migration_set": "kb", "name": "from_the_future", "applied_at": "2099-01-01"}
        sets = [row[0] for row in library.execute("SELECT DISTINCT migration_set FROM _sqlite_migrations")]
        used = {**values, "migration_set": sets[0]}
        named = [name for name in columns if name in used]
        library.execute(
            f"INSERT INTO _sqlite_migrations ({', '.join(named)}) VALUES ({', '.join('?' * len(named))})",  # noqa: S608 (our own names)
            [used[name] for name in named],
        )
    library.close()
    ran = repaso("list")
    assert ran.status == 2
    assert "from_the_future" in the_line(ran)


def test_a_folder_in_place_of_the_library(repaso: Any, tmp_path: Path) -> None:
    (tmp_path / "library.db").mkdir()
    ran = repaso("list")
    assert ran.status == 2
    assert "library.db" in the_line(ran)


def test_queries_from_a_file_that_is_not_there_or_not_text(repaso: Any, tmp_path: Path) -> None:
    assert "nada.txt" in the_line(repaso("search", "--from", "nada.txt"))
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\x00q")
    ran = repaso("ask", "--from", "bytes.txt", "--no-llm")
    assert ran.status == 2
    assert "bytes.txt" in the_line(ran)


@pytest.mark.parametrize(
    "query", ["", "   ", "¿¡?!", "*", '"', "a" * 100_000, "x' OR 1=1 --", 'NEAR("a" b', "\x1b[2J"]
)
def test_any_query_is_answered_or_refused_in_words(repaso: Any, tmp_path: Path, query: str) -> None:
    (tmp_path / "a.md").write_text(LETTER)
    assert repaso("add", "a.md").status == 0
    ran = repaso("search", "--", query)
    assert ran.status in (0, 1, 2)
    assert "\x1b" not in ran.err + ran.out
    assert ran.out or ran.err


def test_a_disk_that_fills_up_while_adding_keeps_what_was_there(repaso: Any, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(LETTER)
    assert repaso("add", "a.md").status == 0
    size = sum(path.stat().st_size for path in tmp_path.glob("library.db*"))
    big = "\n\n".join(f"# Parte {n}\n\n" + f"Las {n} cosas del orden {n * 7919}. " * 60 for n in range(400))
    (tmp_path / "grande.md").write_text(big)

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100_000, size + 100_000))

    ran = repaso("add", "grande.md", preexec_fn=full)
    assert ran.status in (1, 2)
    assert "library.db" in the_line(ran)
    assert [Path(shape["path"]).name for shape in documents(repaso)] == ["a.md"]
    with sqlite3.connect(tmp_path / "library.db") as library:
        assert library.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    library.close()
    assert repaso("add", "grande.md").status == 0


def test_output_that_cannot_be_written_is_told(environ: dict[str, str], tmp_path: Path, repaso: Any) -> None:
    (tmp_path / "a.md").write_text(LETTER)
    repaso("add", "a.md")
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "tui", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environ,
            cwd=tmp_path,
            check=False,
        )
    assert ran.returncode == 2
    assert ran.stderr.decode().startswith("repaso: ")
    assert ran.stderr.count(b"\n") == 1


def test_a_reader_that_leaves_is_no_error(environ: dict[str, str], tmp_path: Path, repaso: Any) -> None:
    (tmp_path / "a.md").write_text(LETTER * 2000)
    repaso("add", "a.md")
    child = subprocess.Popen(
        [sys.executable, "-m", "tui", "show", "a.md"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
        cwd=tmp_path,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.read(10)
    child.stdout.close()
    assert child.stderr.read() == b""
    assert child.wait(60) == 141
