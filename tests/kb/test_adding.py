"""What adding reads, what it leaves alone, and what stays when it is interrupted."""

import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import EmptyFile, IngestError
from ingest.model import Kind
from ingest.processes.pool import Job, Limits, Outcome, PageRead
from kb import known
from kb.db import Database
from kb.errors import DiskFull, FileChanged, FileMoved, NoPages, NotFound
from kb.library import AddOptions, Library
from kb.model import AddEvent, AddResult

COURSE = AddOptions(course="PLN")


def statuses(results: tuple[AddResult, ...]) -> list[tuple[str, str]]:
    return [(Path(result.path).name, result.status.value) for result in results]


def read(readers: Any) -> list[str]:
    """The names of the files that were read since this was last asked."""
    seen = [Path(path).name for path in readers.seen]
    readers.seen.clear()
    return seen


def make_older(path: Path, seconds: int = 60) -> None:
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns - seconds * 10**9))


def test_unchanged_files_are_not_read_again(library: Library, course: Path, readers: Any) -> None:
    first = library.add([course], COURSE)
    assert read(readers) == ["gatos.md", "perros.md"]
    again = library.add([course], COURSE)
    assert read(readers) == []
    assert statuses(again) == [("gatos.md", "unchanged"), ("perros.md", "unchanged")]
    assert [result.document for result in again] == [result.document for result in first]


def test_an_unchanged_file_keeps_telling_what_was_doubted(library: Library, tmp_path: Path) -> None:
    (tmp_path / "guia.md").write_text(
        "# Guía\n\n1. ¿Qué es un gato?\n\nUn felino.\n\n3. ¿Qué es un perro?\n\nUn can.\n"
    )
    guide = AddOptions(course="PLN", kind=Kind.STUDY_GUIDE)
    first = library.add([tmp_path], guide)
    assert "question_missing" in {notice.code for notice in first[0].notices}
    again = library.add([tmp_path], guide)
    assert statuses(again) == [("guia.md", "unchanged")]
    assert again[0].notices == first[0].notices


def test_only_what_changed_is_read_again(library: Library, course: Path, readers: Any) -> None:
    library.add([course], COURSE)
    read(readers)
    (course / "gatos.md").write_text("# Felinos\n\nUn gato duerme casi todo el día y la noche.\n", "utf-8")
    assert statuses(library.add([course], COURSE)) == [("gatos.md", "updated"), ("perros.md", "unchanged")]
    assert read(readers) == ["gatos.md"]
    assert library.search("noche").hits


def test_a_file_of_another_time_and_the_same_bytes_is_read_once_and_unchanged(
    library: Library, course: Path, readers: Any
) -> None:
    library.add([course], COURSE)
    read(readers)
    revision = library.database.connection.execute("SELECT max(number) FROM revisions").fetchone()[0]
    make_older(course / "gatos.md")
    assert statuses(library.add([course], COURSE)) == [("gatos.md", "unchanged"), ("perros.md", "unchanged")]
    assert read(readers) == ["gatos.md"]
    library.add([course], COURSE)
    assert read(readers) == []
    assert library.database.connection.execute("SELECT max(number) FROM revisions").fetchone()[0] == revision


def test_a_newer_reader_reads_everything_again(
    library: Library, course: Path, readers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add([course], COURSE)
    read(readers)
    monkeypatch.setattr(known, "VERSION", known.VERSION + 1)
    assert statuses(library.add([course], COURSE)) == [("gatos.md", "unchanged"), ("perros.md", "unchanged")]
    assert read(readers) == ["gatos.md", "perros.md"]
    library.add([course], COURSE)
    assert read(readers) == []


def test_a_pdf_is_read_again_once_tesseract_is_there(
    library: Library, tmp_path: Path, readers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pdf(tmp_path / "tema.pdf")
    (tmp_path / "notas.md").write_text("# Notas\n\nUna nota sobre el orden de las cosas.\n")
    monkeypatch.setattr(known, "languages", lambda: ())
    library.add([tmp_path], COURSE)
    read(readers)
    monkeypatch.setattr(known, "languages", lambda: ("spa",))
    library.add([tmp_path], COURSE)
    assert read(readers) == ["tema.pdf"]
    library.add([tmp_path], AddOptions(course="PLN", ocr=False))
    assert read(readers) == ["tema.pdf"]


def test_a_file_that_failed_is_tried_again(library: Library, course: Path, readers: Any) -> None:
    (course / "roto.md").write_bytes(b"")
    assert ("roto.md", "failed") in statuses(library.add([course], COURSE))
    read(readers)
    failed = [result for result in library.add([course], COURSE) if result.error]
    assert read(readers) == ["roto.md"]
    assert isinstance(failed[0].error, EmptyFile)


def test_a_file_that_breaks_leaves_what_was_read_of_it_before(library: Library, course: Path) -> None:
    library.add([course], COURSE)
    (course / "gatos.md").write_bytes(b"")
    assert statuses(library.add([course], COURSE)) == [("gatos.md", "failed"), ("perros.md", "unchanged")]
    assert library.search("gato").hits


def test_a_file_that_is_gone_from_its_folder_stays_in_the_library(library: Library, course: Path) -> None:
    library.add([course], COURSE)
    (course / "gatos.md").unlink()
    assert statuses(library.add([course], COURSE)) == [("perros.md", "unchanged")]
    assert {info.title for info in library.documents()} == {"Felinos", "Cánidos"}


def test_a_document_that_was_removed_is_read_again(library: Library, course: Path) -> None:
    first = library.add([course], COURSE)
    assert first[0].document
    library.remove(first[0].document.id)
    assert statuses(library.add([course], COURSE)) == [("gatos.md", "added"), ("perros.md", "unchanged")]


def test_a_session_of_the_students_replaces_without_reading(library: Library, course: Path, readers: Any) -> None:
    library.add([course], COURSE)
    read(readers)
    named = AddOptions(course="PLN", session="Felinos y cánidos")
    assert statuses(library.add([course], named)) == [("gatos.md", "updated"), ("perros.md", "updated")]
    assert {info.session for info in library.documents()} == {"Felinos y cánidos"}
    assert statuses(library.add([course], named)) == [("gatos.md", "unchanged"), ("perros.md", "unchanged")]
    library.add([course], COURSE)
    assert {info.session for info in library.documents()} == {"Felinos y cánidos"}
    assert read(readers) == []


def test_a_kind_that_was_asked_for_is_read_so_and_stays(library: Library, course: Path, readers: Any) -> None:
    library.add([course], COURSE)
    read(readers)
    library.add([course / "gatos.md"], AddOptions(course="PLN", kind=Kind.TRANSCRIPT))
    assert read(readers) == ["gatos.md"]
    library.add([course], COURSE)
    assert read(readers) == []
    assert [info.kind for info in library.documents()] == [Kind.TRANSCRIPT, Kind.NOTES]


def test_what_a_settings_file_says_counts_without_reading_again(library: Library, course: Path, readers: Any) -> None:
    library.add([course], COURSE)
    read(readers)
    (course / "repaso.toml").write_text('session = "Animales"\ndate = 2025-03-04\n')
    assert statuses(library.add([course], COURSE)) == [("gatos.md", "updated"), ("perros.md", "updated")]
    assert {(info.session, info.date) for info in library.documents()} == {("Animales", "2025-03-04")}
    assert library.search("animales").hits
    (course / "repaso.toml").unlink()
    library.add([course], COURSE)
    assert {info.date for info in library.documents()} == {""}
    assert "Animales" not in {info.session for info in library.documents()}
    assert read(readers) == []


def test_a_document_that_its_neighbours_rename_is_embedded_anew(library: Library, tmp_path: Path) -> None:
    (tmp_path / "sesion2.md").write_text("# Lo visto\n\nUn gato duerme en casa.\n")
    library.add([tmp_path / "sesion2.md"], COURSE)
    (tmp_path / "resumen.md").write_text("# Sesión 2. Felinos\n\nLos gatos cazan de noche.\n")
    (only,) = library.add([tmp_path / "resumen.md"], COURSE)
    assert only.document
    assert {info.session for info in library.documents()} == {"Sesión 2. Felinos"}
    assert library.embed_pending() == 0


def test_adding_what_is_unchanged_waits_for_no_writer(library: Library, course: Path, tmp_path: Path) -> None:
    library.add([course], COURSE)
    other = Database(tmp_path / "library.db", busy_seconds=0.05)
    again = Library(other, None, None, lambda: 0.0)
    with library.database.transaction():
        results = again.add([course], AddOptions(course="PLN", embed=False))
    assert {result.status.value for result in results} == {"unchanged"}
    again.close()


def test_an_archives_files_are_read_again_only_when_it_changes(
    library: Library, tmp_path: Path, readers: Any
) -> None:
    archive = tmp_path / "clases.zip"
    write_zip(archive, {"a.md": "# Uno\n\nPrimera clase del curso.\n", "b/c.md": "# Dos\n\nSegunda clase.\n"})
    assert statuses(library.add([archive], COURSE)) == [("a.md", "added"), ("c.md", "added")]
    read(readers)
    assert statuses(library.add([archive], COURSE)) == [("a.md", "unchanged"), ("c.md", "unchanged")]
    assert read(readers) == []
    write_zip(archive, {"a.md": "# Uno\n\nPrimera clase del curso.\n", "b/c.md": "# Dos\n\nSegunda clase, larga.\n"})
    make_older(archive)
    assert statuses(library.add([archive], COURSE)) == [("a.md", "unchanged"), ("c.md", "updated")]


def test_an_archive_that_moved_keeps_its_documents(library: Library, tmp_path: Path) -> None:
    archive = tmp_path / "clases.zip"
    write_zip(archive, {"a.md": "# Uno\n\nPrimera clase del curso.\n"})
    (added,) = library.add([archive], COURSE)
    copy = tmp_path / "copia.zip"
    copy.write_bytes(archive.read_bytes())
    (other,) = library.add([copy], COURSE)
    assert added.document
    assert other.document
    assert other.document.id != added.document.id  # the first archive is still there
    archive.rename(tmp_path / "marzo.zip")
    (moved,) = library.add([tmp_path / "marzo.zip"], COURSE)
    assert moved.document
    assert moved.document.id == added.document.id


def test_a_renamed_file_is_the_same_document_even_where_its_name_was_its_title(
    library: Library, tmp_path: Path
) -> None:
    (tmp_path / "gatos.txt").write_text("Un gato duerme casi todo el día.\n")
    (added,) = library.add([tmp_path], COURSE)
    (tmp_path / "gatos.txt").rename(tmp_path / "felinos.txt")
    (renamed,) = library.add([tmp_path], COURSE)
    assert added.document
    assert renamed.document
    assert renamed.document.id == added.document.id
    assert renamed.document.title == "felinos"
    assert statuses(library.add([tmp_path], COURSE)) == [("felinos.txt", "unchanged")]


def test_a_file_that_returns_where_another_moved_away_is_a_file_of_its_own(library: Library, tmp_path: Path) -> None:
    old, new = tmp_path / "a.md", tmp_path / "b.md"
    old.write_bytes(b"# Uno\n\nUna pila guarda elementos.\n")
    kept, status = old.read_bytes(), old.stat()
    (added,) = library.add([old], COURSE)
    old.unlink()
    new.write_bytes(kept.replace(b"\n", b"\r\n"))
    (moved,) = library.add([new], COURSE)
    assert added.document
    assert moved.document
    assert moved.document.id == added.document.id
    old.write_bytes(kept)
    os.utime(old, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert statuses(library.add([tmp_path], COURSE)) == [("a.md", "added"), ("b.md", "unchanged")]


def test_files_of_other_formats_are_told(library: Library, course: Path) -> None:
    told: list[tuple[Path, ...]] = []
    library.add([course], COURSE, passed_over=told.append)
    assert told == [(course / "foto.xyz",)]


def test_a_trial_tells_what_would_be_and_writes_nothing(
    library: Library, course: Path, tmp_path: Path, readers: Any
) -> None:
    library.add([course / "gatos.md"], COURSE)
    library.close()
    files = {path: path.read_bytes() for path in tmp_path.glob("library.db*")}
    (course / "roto.md").write_bytes(b"")
    copy = Library.open_copy(tmp_path / "library.db", clock=lambda: 0.0, readers=lambda _limits: readers)
    results = copy.add([course], COURSE)
    copy.close()
    assert statuses(results) == [("gatos.md", "unchanged"), ("roto.md", "failed"), ("perros.md", "added")]
    assert results[2].document
    assert results[2].document.passages == 1
    assert {path: path.read_bytes() for path in tmp_path.glob("library.db*")} == files
    again = Library.open(tmp_path / "library.db", encoder=None, generator=None, clock=lambda: 0.0)
    assert [info.title for info in again.documents()] == ["Felinos"]
    again.close()


def test_a_copy_of_no_library_makes_none(tmp_path: Path, course: Path, readers: Any) -> None:
    path = tmp_path / "sin" / "library.db"
    copy = Library.open_copy(path, clock=lambda: 0.0, readers=lambda _limits: readers)
    assert statuses(copy.add([course], COURSE)) == [("gatos.md", "added"), ("perros.md", "added")]
    copy.close()
    assert not path.parent.exists()


def test_a_copy_of_a_library_reads_it_and_leaves_no_file(library: Library, tmp_path: Path, course: Path) -> None:
    library.add([course], COURSE)
    library.close()
    before = {path: path.read_bytes() for path in tmp_path.glob("library.db*")}
    copy = Library.open_copy(tmp_path / "library.db", clock=lambda: 0.0)
    assert len(copy.documents()) == 2
    copy.remove(copy.documents()[0].id)
    copy.close()
    assert {path: path.read_bytes() for path in tmp_path.glob("library.db*")} == before


class Paged:
    """Reads with pages to tell of; ends by a key press before the second file."""

    def __init__(self, inner: Any, interrupt: bool) -> None:
        self.inner = inner
        self.interrupt = interrupt

    def read(
        self, jobs: Iterable[Job], progress: Callable[[PageRead], None], should_stop: Callable[[], bool]
    ) -> Iterator[Outcome]:
        for number, outcome in enumerate(self.inner.read(jobs, progress, should_stop)):
            if number and self.interrupt:
                raise KeyboardInterrupt
            progress(PageRead(outcome.job.source, 12, 80))
            yield outcome

    def picture(self, path: Path, page: int, pixels: tuple[int, int], password: str = "") -> bytes:
        raise NotImplementedError

    def close(self) -> None:
        self.inner.close()


def test_pages_are_told_as_they_are_read(library: Library, course: Path, readers: Any) -> None:
    library._readers = lambda: Paged(readers, interrupt=False)
    events: list[AddEvent] = []
    library.add([course / "gatos.md"], COURSE, events.append)
    assert AddEvent("read", "gatos.md", 0, 1, 12, 80) in events


def test_an_interrupt_leaves_sessions_for_what_is_in(library: Library, course: Path, readers: Any) -> None:
    for name in ("gatos.md", "perros.md"):
        (course / "sesion-1" / f"1-{name}").write_text(f"# {name}\n\nAlgo sobre {name} y nada más.\n")
    library._readers = lambda: Paged(readers, interrupt=True)
    with pytest.raises(KeyboardInterrupt):
        library.add([course / "sesion-1"], COURSE)
    (only,) = library.documents()
    assert only.session == "Sesión 1"
    assert library.database.problems() == ()


def test_a_full_disk_stops_at_its_file_and_keeps_the_rest(
    library: Library, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kb import store

    real = store.put_file

    def full(db: Any, documents: Any, *rest: Any) -> Any:
        if documents[0].title == "Cánidos":
            raise DiskFull(path="library.db", reason="full")
        return real(db, documents, *rest)

    (course / "z.md").write_text("# Última\n\nNo se llega a leer.\n")
    monkeypatch.setattr("kb.adding.store.put_file", full)
    results = library.add([course / "gatos.md", course / "sesion-1", course / "z.md"], COURSE)
    assert statuses(results) == [("gatos.md", "added"), ("perros.md", "failed")]
    assert isinstance(results[1].error, DiskFull)


def test_the_readers_own_processes_add_and_draw(tmp_path: Path) -> None:
    write_pdf(tmp_path / "tema.pdf")
    (tmp_path / "vacio.md").write_bytes(b"")
    library = Library.open(
        tmp_path / "library.db", encoder=None, generator=None, clock=lambda: 0.0, limits=Limits(workers=1)
    )
    results = library.add([tmp_path / "tema.pdf", tmp_path / "vacio.md"], COURSE)
    assert statuses(results) == [("tema.pdf", "added"), ("vacio.md", "failed")]
    assert results[0].document
    assert library.page_picture(results[0].document.id, 1, (200, 200)).startswith(b"\x89PNG")
    with pytest.raises(IngestError):
        library.page_picture(results[0].document.id, 99, (200, 200))
    library.close()


def test_a_page_is_drawn_of_the_file_that_was_read_and_of_no_other(
    library: Library, tmp_path: Path, course: Path
) -> None:
    pdf = tmp_path / "tema.pdf"
    write_pdf(pdf)
    added, notes = (result.document for result in library.add([pdf, course / "gatos.md"], COURSE))
    assert added
    assert notes
    assert library.page_picture(added.id, 1, (80, 60)) == b"tema.pdf 1 (80, 60)"
    make_older(pdf)
    assert library.page_picture(added.id, 2, (80, 60))  # the same bytes
    with pytest.raises(NoPages):
        library.page_picture(notes.id, 1, (80, 60))
    with pytest.raises(NotFound):
        library.page_picture("nada", 1, (80, 60))
    data = bytearray(pdf.read_bytes())
    data[-1] ^= 1
    pdf.write_bytes(data)
    with pytest.raises(FileChanged):
        library.page_picture(added.id, 1, (80, 60))
    pdf.unlink()
    with pytest.raises(FileMoved):
        library.page_picture(added.id, 1, (80, 60))


def test_a_page_is_drawn_of_an_archives_file_while_the_archive_is_the_same(library: Library, tmp_path: Path) -> None:
    write_pdf(tmp_path / "tema.pdf")
    archive = tmp_path / "clases.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(tmp_path / "tema.pdf", "dentro/tema.pdf")
    ((added),) = (result.document for result in library.add([archive], COURSE))
    assert added
    assert library.page_picture(added.id, 1, (80, 60)) == b"tema.pdf 1 (80, 60)"
    make_older(archive)
    with pytest.raises(FileChanged):
        library.page_picture(added.id, 1, (80, 60))
    archive.unlink()
    with pytest.raises(FileMoved):
        library.page_picture(added.id, 1, (80, 60))


def write_pdf(path: Path) -> None:
    from fpdf import FPDF

    made = FPDF()
    made.add_page()
    made.set_font("Helvetica", size=12)
    made.multi_cell(0, 8, "Un apunte sobre colas y pilas, con palabras suficientes para ser un documento entero.")
    path.write_bytes(bytes(made.output()))


def write_zip(path: Path, members: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
