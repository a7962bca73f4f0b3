import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.errors import MissingFile
from kb.errors import DiskFull, NoFiles
from kb.library import AddOptions, Library
from kb.model import AddEvent, AddResult, AddStatus, AnswerStatus, Finished

COURSE = AddOptions(course="PLN")


def statuses(results: tuple[AddResult, ...]) -> list[tuple[str, str]]:
    return [(Path(result.path).name, result.status.value) for result in results]


def test_a_folder_is_walked_without_hidden_and_unknown_files(library: Library, course: Path) -> None:
    results = library.add([course], COURSE)
    assert statuses(results) == [("gatos.md", "added"), ("perros.md", "added")]
    assert library.search("ladra").hits[0].document.title == "Cánidos"
    assert statuses(library.add([course, course / "gatos.md"], COURSE)) == [
        ("gatos.md", "unchanged"),
        ("perros.md", "unchanged"),
    ]


def test_one_bad_file_fails_alone(library: Library, course: Path) -> None:
    (course / "vacio.md").write_bytes(b"")
    results = library.add([course / "nada.md", course], COURSE)
    assert statuses(results) == [
        ("nada.md", "failed"),
        ("gatos.md", "added"),
        ("vacio.md", "failed"),
        ("perros.md", "added"),
    ]
    assert isinstance(results[0].error, MissingFile)


def test_a_folder_without_material_says_so(library: Library, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (result,) = library.add([tmp_path / "empty"])
    assert isinstance(result.error, NoFiles)


def test_a_missing_embedder_is_noticed_and_made_up_for_later(library: Library, course: Path, encoder: object) -> None:
    encoder.broken = True  # type: ignore[attr-defined]
    results = library.add([course], COURSE)
    assert {result.status for result in results} == {AddStatus.ADDED}
    assert all("not_embedded" in {notice.code for notice in result.notices} for result in results)
    encoder.broken = False  # type: ignore[attr-defined]
    assert library.embed_pending() == 2
    assert library.embed_pending() == 0
    assert all(not result.notices for result in library.add([course], COURSE))


def test_progress_tells_every_stage_and_stopping_keeps_what_was_done(library: Library, course: Path) -> None:
    events: list[AddEvent] = []
    library.add([course], COURSE, events.append)
    assert [(event.stage, event.done, event.total) for event in events] == [
        ("read", 0, 2),
        ("store", 1, 2),
        ("read", 1, 2),
        ("store", 2, 2),
        ("embed", 0, 2),
        ("embed", 2, 2),
    ]
    for info in library.documents():
        library.remove(info.id)
    results = library.add([course], COURSE, should_stop=lambda: len(library.documents()) == 1)
    assert statuses(results) == [("gatos.md", "added")]


def test_an_interrupt_keeps_what_was_acknowledged(library: Library, course: Path) -> None:
    def interrupt(event: AddEvent) -> None:
        if event.stage == "read" and event.done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add([course], COURSE, interrupt)
    assert [info.title for info in library.documents()] == ["Felinos"]
    assert library.database.problems() == ()


def test_a_full_disk_fails_the_document_and_not_the_library(library: Library, course: Path) -> None:
    library.add([course], COURSE)
    db = library.database.connection
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 1}")
    (course / "grande.md").write_text("# Grande\n\n" + "palabra distinta número 1. " * 20_000, "utf-8")
    results = library.add([course], COURSE)
    assert statuses(results) == [("gatos.md", "unchanged"), ("grande.md", "failed"), ("perros.md", "unchanged")]
    assert isinstance(results[1].error, DiskFull)
    assert library.database.problems() == ()
    assert library.search("gato").hits


def test_a_session_given_by_the_student_stays(library: Library, course: Path) -> None:
    library.add([course / "gatos.md"], AddOptions(session="Clase 3"))
    assert statuses(library.add([course / "gatos.md"])) == [("gatos.md", "unchanged")]
    assert [info.session for info in library.documents()] == ["Clase 3"]


CHILD = """
import sys
from pathlib import Path
from kb.library import Library, AddOptions
library = Library.open(Path(sys.argv[1]), encoder=None, generator=None, clock=lambda: 0.0)
def tell(event):
    if event.stage == "store":
        print(event.item, flush=True)
library.add([Path(sys.argv[2])], AddOptions(course="PLN"), tell)
"""


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "curso"
    folder.mkdir()
    for number in range(200):
        text = f"# Tema {number}\n\n" + " ".join(f"Frase {n} con su propia idea." for n in range(200))
        (folder / f"tema{number:03}.md").write_text(text, "utf-8")
    path = tmp_path / "library.db"
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path), str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    acknowledged = [child.stdout.readline().strip() for _ in range(7)]
    child.send_signal(signal.SIGKILL)
    acknowledged += [line.strip() for line in child.stdout if line.endswith("\n")]
    child.wait()
    child.stdout.close()
    library = Library.open(path, encoder=None, generator=None, clock=lambda: 0.0)
    stored = {Path(info.path).name: info for info in library.documents()}
    assert set(acknowledged) <= set(stored)
    assert len(stored) < 200
    for info in stored.values():
        view = library.document(info.id)
        assert "".join(passage.text for passage in view.passages).count("Frase") == 200
    assert library.database.problems() == ()
    terms = library.database.connection.execute("SELECT count(*) FROM passage_terms").fetchone()[0]
    assert terms == sum(info.passages for info in stored.values())
    library.close()


def test_two_processes_add_to_one_library(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    started = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(10):
            text = f"# {name}{number}\n\nUna explicación de {name} número {number}.\n"
            (tmp_path / name / f"{number}.md").write_text(text, "utf-8")
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", CHILD, str(path), str(tmp_path / name)], stdout=subprocess.DEVNULL
            )
        )
    assert [process.wait(60) for process in started] == [0, 0]
    library = Library.open(path, encoder=None, generator=None, clock=lambda: 0.0)
    assert len(library.documents()) == 20
    library.close()


def test_closing_ends_the_models(tmp_path: Path, encoder: object) -> None:
    Library.open(tmp_path / "l.db", encoder=encoder, generator=None, clock=lambda: 0.0).close()  # type: ignore[arg-type]
    assert encoder.closed  # type: ignore[attr-defined]


def test_a_question_is_answered_with_quotes_of_the_students_material(library: Library, course: Path) -> None:
    library.add([course], COURSE)
    *_, last = library.ask("¿Cuándo caza un gato?", use_model=False)
    assert isinstance(last, Finished)
    assert last.answer.status is AnswerStatus.GROUNDED
    assert "caza de noche" in last.answer.citations[0].quote
    *_, last = library.ask("¿Quién inventó la imprenta?", use_model=False)
    assert isinstance(last, Finished)
    assert last.answer.status is AnswerStatus.NOT_FOUND
