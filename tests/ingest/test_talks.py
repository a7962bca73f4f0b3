"""Tables of talks: copied from a data set's page, or files of rows under any names."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from ingest import read
from ingest.errors import EmptyFile, TalksTruncated
from ingest.model import Document, Kind, LocatorType

HEAD = "title\nstringlengths\n5\n40\nauthor\nstringclasses\n3 values\ntranscript\nstringlengths\n100\n9k\n"


def test_columns_are_known_by_name_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "talks.txt"
    path.write_text(
        HEAD + "Rivers\nAda\nwater goes down\nLakes\nBob\nwater stays put\n\nMade by hand\n", encoding="utf-8"
    )

    assert [(d.title, d.author, d.session, d.sections[0].text) for d in read(path)] == [
        ("Rivers", "Ada", "Rivers", "water goes down"),
        ("Lakes", "Bob", "Lakes", "water stays put"),
    ]


def test_a_truncated_talk_is_reported_and_not_indexed(tmp_path: Path) -> None:
    path = tmp_path / "talks.txt"
    path.write_text(
        HEAD + 'Rivers\nAda\n"water\\ngoes(...TRUNCATED)\nLakes\nBob\nwater stays put\n', encoding="utf-8"
    )

    (document,) = read(path)

    assert document.title == "Lakes"
    assert [(n.code, dict(n.params)) for n in document.notices] == [
        ("talk_truncated", {"title": "Rivers", "author": "Ada"})
    ]
    assert "goes" not in document.sections[0].text


def test_a_page_that_cut_every_talk_is_an_error_that_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "talks.txt"
    path.write_text(HEAD + 'Rivers\nAda\n"water\\ngoes(...TRUNCATED)\n', encoding="utf-8")

    with pytest.raises(TalksTruncated) as caught:
        read(path)

    assert caught.value.params["count"] == "1"


SPEECH = (
    "El agua baja de la montaña y se queda en el llano. Quien mira el mapa ve una línea azul; quien camina por "
    "la orilla ve otra cosa. En verano apenas se oye. En primavera, cuando la nieve se deshace, arrastra "
    "piedras del tamaño de una casa. Por eso los puentes viejos tienen un solo ojo, muy alto. Hoy medimos el "
    "caudal con un sensor que cuesta menos que un libro, y lo que antes llevaba un mes se hace en una tarde. "
    "Queda saber qué hacer con los datos."
)


def talks(folder: Path, *rows: tuple[str, ...], name: str = "charlas.csv") -> tuple[Document, ...]:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    path = folder / name
    path.write_text(file.getvalue(), encoding="utf-8")
    return read(path)


def told(document: Document) -> dict[str, dict[str, str]]:
    return {notice.code: dict(notice.params) for notice in document.notices if notice.code != "words_glued"}


@pytest.mark.parametrize(
    "names",
    [
        ("titulo", "transcripcion", "autor", "fecha", "url", "sesion"),
        ("Título", "Transcripción", "Autora", "Fecha", "Enlace", "Sesión"),
        ("video_title", "transcripcion_whisper", "speaker_name", "fecha_publicacion", "url_video", "session_title"),
        ("nombre_charla", "texto_completo", "ponente", "published_at", "link", "clase"),
        ("videoTitle", "transcriptText", "authorName", "uploadDate", "videoUrl", "lectureName"),
        ("NAME", "CONTENT", "PROFESORA", "DATE", "LIGA", "SEMANA"),
    ],
)
def test_any_names_that_mean_them_name_the_columns(tmp_path: Path, names: tuple[str, ...]) -> None:
    row = ("Los ríos", SPEECH, "Eva Mora", "3/5/2024", "https://video.es/v?i=1", "Sesión 2")

    (document,) = talks(tmp_path, names, row)

    assert (document.title, document.author, document.date) == ("Los ríos", "Eva Mora", "2024-05-03")
    assert (document.url, document.session, document.part) == ("https://video.es/v?i=1", "Sesión 2", "Los ríos")
    assert document.kind is Kind.TRANSCRIPT
    assert document.notices == ()


def test_columns_that_hold_something_else_are_named(tmp_path: Path) -> None:
    (document,) = talks(
        tmp_path, ("id", "titulo", "texto", "duracion", "text_length", "idioma", "vacia"),
        ("1", "Ríos", SPEECH, "3600", "500", "es", ""),
    )  # fmt: skip

    assert document.title == "Ríos"
    assert told(document) == {"columns_unused": {"columns": "id, duracion, text_length, idioma"}}


def test_where_names_do_not_tell_the_cells_do_and_that_is_said(tmp_path: Path) -> None:
    documents = talks(
        tmp_path, ("a", "b", "c"), ("2024-01-01", "Ríos", SPEECH), ("2024-01-02", "Lagos", "Otra cosa. " + SPEECH)
    )

    assert [document.title for document in documents] == ["Ríos", "Lagos"]
    assert told(documents[0])["columns_guessed"] == {"text": "c", "title": "b"}


def test_a_talk_without_a_title_is_called_by_its_first_words(tmp_path: Path) -> None:
    (document,) = talks(tmp_path, ("texto", "autor"), (SPEECH, "Eva Mora"))

    assert (document.title, document.author) == ("El agua baja de la montaña y se", "Eva Mora")


@pytest.mark.parametrize(
    ("cells", "dates"),
    [
        (("03/05/2024", "04/05/2024"), ["2024-05-03", "2024-05-04"]),
        (("03/25/2024", "04/05/2024"), ["2024-03-25", "2024-04-05"]),
        (("20240503", "2024-05-04T10:00:00Z"), ["2024-05-03", "2024-05-04"]),
        (("3 de mayo de 2024", "mañana"), ["2024-05-03", ""]),
    ],
)
def test_dates_are_read_as_their_column_writes_them(tmp_path: Path, cells: tuple[str, str], dates: list[str]) -> None:
    rows = [("Ríos", SPEECH, cells[0]), ("Lagos", "Y otra. " + SPEECH, cells[1])]

    documents = talks(tmp_path, ("titulo", "texto", "fecha"), *rows)

    assert [document.date for document in documents] == dates


def test_rows_that_are_empty_without_text_or_twice_are_told(tmp_path: Path) -> None:
    documents = talks(
        tmp_path, ("titulo", "texto"), ("Ríos", SPEECH), ("", ""), ("Lagos", ""), ("Ríos", SPEECH),
        ("Mares", "[MÚSICA]"), ("Nubes", "Suben. " + SPEECH),
    )  # fmt: skip

    assert [document.title for document in documents] == ["Ríos", "Nubes"]
    assert told(documents[0]) == {
        "rows_empty": {"count": "1"},
        "rows_without_text": {"count": "2", "rows": "3 «Lagos», 5 «Mares»"},
        "rows_repeated": {"count": "1", "rows": "4 «Ríos»"},
    }


def test_the_order_of_rows_changes_no_identity(tmp_path: Path) -> None:
    rows = [
        ("Ríos", "Uno. " + SPEECH, "Eva"), ("Ríos", "Dos. " + SPEECH, "Ana"),
        ("Lagos", "Tres. " + SPEECH, ""), ("Lagos", "Cuatro. " + SPEECH, ""),
    ]  # fmt: skip
    header = ("titulo", "texto", "autor")

    forwards = {d.part: d.content_hash for d in talks(tmp_path, header, *rows)}
    backwards = {d.part: d.content_hash for d in talks(tmp_path, header, *reversed(rows))}

    assert forwards == backwards
    assert len(forwards) == 4
    assert {"Ríos (Eva)", "Ríos (Ana)"} < set(forwards)


def test_a_cut_talk_of_a_file_is_told_as_one_of_a_page_is(tmp_path: Path) -> None:
    cut = {"row": {"titulo": "Ríos", "texto": SPEECH, "autor": "Eva"}, "truncated_cells": ["texto"]}
    whole = {"row": {"titulo": "Lagos", "texto": SPEECH, "autor": "Ana"}, "truncated_cells": []}
    path = tmp_path / "filas.json"
    path.write_text(json.dumps({"features": [], "rows": [cut, whole]}), encoding="utf-8")

    (document,) = read(path)

    assert document.title == "Lagos"
    assert told(document) == {"talk_truncated": {"title": "Ríos", "author": "Eva"}}


def test_times_in_a_cell_become_marks(tmp_path: Path) -> None:
    stamped = "[00:00:05] Buenos días.\n[00:00:09] Hoy hay mapas.\n[00:01:00] ¿Cuáles?"

    (document,) = talks(tmp_path, ("titulo", "texto"), ("Mapas", stamped))

    assert document.sections[0].locator.type is LocatorType.TIME
    assert [mark.locator.start for mark in document.sections[0].marks] == [5, 9, 60]


def test_segments_in_a_column_give_the_talk_its_times(tmp_path: Path) -> None:
    segments = [{"start": 1.0, "end": 2.0, "text": "Hola."}, {"start": 2.0, "end": 3.0, "text": "Adiós."}]
    path = tmp_path / "charlas.jsonl"
    path.write_text(json.dumps({"titulo": "Ríos", "text": "Hola. Adiós.", "segments": segments}) + "\n", "utf-8")

    (document,) = read(path)

    assert (document.title, document.sections[0].text) == ("Ríos", "Hola. Adiós.")
    assert [mark.locator.start for mark in document.sections[0].marks] == [1.0, 2.0]


def test_a_table_that_is_no_list_of_talks_becomes_notes(tmp_path: Path) -> None:
    (document,) = talks(
        tmp_path, ("Alumno", "Nota", "Comentario"), ("Ana", "9,5", "Muy|bien"), ("", "", ""), ("Luis", "7", "")
    )

    assert document.kind is Kind.NOTES
    assert (
        "| Alumno | Nota | Comentario |\n| --- | --- | --- |\n| Ana | 9,5 | Muy\\|bien |" in document.sections[0].text
    )
    assert told(document) == {"rows_empty": {"count": "1"}}


def test_thousands_of_short_texts_are_a_data_set_and_one_document(tmp_path: Path) -> None:
    (document,) = talks(tmp_path, ("title", "text"), *((f"n{i}", f"mensaje {i}") for i in range(200)))

    assert document.kind is Kind.NOTES


def test_a_table_of_talks_without_a_word_is_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        talks(tmp_path, ("titulo", "transcripcion"), ("Ríos", "[MÚSICA]"), ("Lagos", "♪♪"))
