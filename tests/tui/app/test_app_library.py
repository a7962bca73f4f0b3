"""Adding, looking at and removing documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import DataTable, Input

from ingest.model import Notice
from tui.widgets.path_input import completed, meant_path


def type_path(app, path: object) -> None:
    app.screen.query_one("#path", Input).value = str(path)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_documents_are_listed_without_a_column_cut_off(make_app, settle, shown, size) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f5")
        await settle(pilot)
        text = shown(app)
        for title in ("Perceptrones", "Clase grabada del lunes", "Guía de estudio", "Preguntas"):
            assert title in text
        table = app.screen.query_one(DataTable)
        assert table.virtual_size.width <= table.size.width


async def test_adding_shows_progress_and_can_be_stopped(make_app, library, tmp_path, until, shown, settle) -> None:
    library.add_gate.clear()
    note = tmp_path / "apunte.md"
    note.write_text("# Uno")
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f5")
        await settle(pilot)
        type_path(app, note)
        await pilot.press("enter")
        await until(pilot, lambda: "Leyendo apunte.md · 0 de 1" in shown(app))
        assert "esc Parar" in shown(app)
        await pilot.press("escape")
        await settle(pilot)
        assert "Parado: lo ya añadido se queda." in shown(app)
        assert len(library.stored) == 3
        assert app.screen.query_one("#path", Input).value == str(note)


async def test_an_added_document_appears_with_its_warnings_and_its_course(
    make_app, library, tmp_path, settle, words
) -> None:
    library.notices = (Notice("no_such_notice", "p. 3"),)
    note = tmp_path / "apunte.md"
    note.write_text("# Uno")
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f5")
        await settle(pilot)
        app.screen.query_one("#course", Input).value = "Física"
        type_path(app, f"'{note}'")
        await pilot.press("enter")
        await settle(pilot)
        text = words(app)
        assert "✓ Añadido: apunte" in text
        assert "⚠ p. 3: no such notice" in text
        assert library.stored[-1].course == "Física"
        assert app.screen.query_one("#path", Input).value == ""
        await pilot.press("f1")
        await settle(pilot)
        assert "4 documentos" in words(app)


async def test_files_of_other_formats_are_counted(make_app, library, tmp_path, settle, words) -> None:
    library.passed_over = (Path("a.mp4"), Path("b.mp4"), Path("c.jpg"))
    note = tmp_path / "apunte.md"
    note.write_text("# Uno")
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f5")
        await settle(pilot)
        type_path(app, note)
        await pilot.press("enter")
        await settle(pilot)
        assert "no se leyeron: 3. .mp4 (2), .jpg (1)" in words(app)


async def test_what_cannot_be_added_is_said_with_its_path(make_app, tmp_path, settle, words) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f5")
        await settle(pilot)
        type_path(app, tmp_path / "nada.md")
        await pilot.press("enter")
        await settle(pilot)
        assert "✗" in words(app)
        assert "nada.md" in words(app)


async def test_tab_completes_a_path_and_then_goes_on(make_app, tmp_path, settle, until) -> None:
    (tmp_path / "apuntes de clase").mkdir()
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f5")
        await settle(pilot)
        line = app.screen.query_one("#path", Input)
        line.value = f"{tmp_path}/apu"
        await until(pilot, lambda: line._suggestion != "")
        await pilot.press("tab")
        assert line.value == f"{tmp_path}/apuntes de clase/"
        await settle(pilot)
        await pilot.press("tab")
        assert app.screen.query_one("#course", Input).has_focus


async def test_a_document_opens_with_its_text_and_warnings(make_app, library, settle, words, until) -> None:
    library.notices = (Notice("no_such_notice"),)
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f5")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        await until(pilot, lambda: "El sesgo desplaza el umbral" in words(app))
        assert "La neurona artificial · diapositiva 4" in words(app)
        assert "⚠ no such notice" in words(app)
        await pilot.press("escape")
        await settle(pilot)
        assert len(app.screen_stack) == 1


async def test_a_document_is_removed_on_the_second_press_only(make_app, library, settle, words) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f5")
        await settle(pilot)
        await pilot.press("down", "delete")
        await settle(pilot)
        assert "Pulsa otra vez supr para quitar «Perceptrones»" in words(app)
        await pilot.press("down", "delete")
        await settle(pilot)
        assert "quitar «Clase grabada del lunes»" in words(app)
        assert len(library.stored) == 3
        await pilot.press("delete")
        await settle(pilot)
        assert "Quitado: Clase grabada del lunes" in words(app)
        assert [one.id for one in library.stored] == ["slides", "guide"]


async def test_escape_keeps_a_document_that_was_to_be_removed(make_app, library, settle, words) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.press("f5")
        await settle(pilot)
        await pilot.press("down", "delete", "escape")
        assert "Pulsa otra vez" not in words(app)
        await pilot.press("down", "delete")
        await settle(pilot)
        assert len(library.stored) == 3


async def test_an_empty_library_says_what_to_do(make_app, library, settle, words) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await settle(pilot)
        library.stored.clear()
        await pilot.press("f5")
        await settle(pilot)
        assert "Aún no hay documentos" in words(app)


def test_completion_knows_folders_hidden_files_and_nothing(tmp_path: Path) -> None:
    (tmp_path / "Tema 1").mkdir()
    (tmp_path / "Tema 2.pdf").touch()
    (tmp_path / ".oculto").touch()
    assert completed(f"{tmp_path}/Tem") == f"{tmp_path}/Tema 1/"
    assert completed(f"{tmp_path}/Tema 2") == f"{tmp_path}/Tema 2.pdf"
    assert completed(f"{tmp_path}/") == f"{tmp_path}/Tema 1/"
    assert completed(f"{tmp_path}/.o") == f"{tmp_path}/.oculto"
    assert completed(f"{tmp_path}/zzz") is None
    assert completed(f"{tmp_path}/nada/x") is None
    assert completed("\x00/x") is None


def test_completion_offers_no_name_that_would_command_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "malo\x1b[31m").touch()
    assert completed(f"{tmp_path}/malo") is None


@pytest.mark.parametrize(
    ("typed", "meant"), [("'a b.md'", "a b.md"), ('"a b.md"', "a b.md"), ("a\\ b.md", "a b.md"), (" x.md ", "x.md")]
)
def test_pasted_paths_are_understood(typed: str, meant: str) -> None:
    assert meant_path(typed) == Path(meant)
