"""What `add`, `show --report` and `watch` say of files, in words."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
NOTE = "# Grafos\n\n## Nodos\n\nUn nodo es un punto de un grafo.\n\n## Aristas\n\nUna arista une dos nodos.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "clases"
    made.mkdir()
    (made / "grafos.md").write_text(NOTE)
    (made / "video.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42")
    (made / "foto.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    return made


def test_a_trial_tells_what_would_happen_and_makes_no_library(
    repaso: Any, folder: Path, environ: dict[str, str]
) -> None:
    ran = repaso("add", str(folder), "--dry-run")
    assert ran.status == 0
    assert "Se añadiría: Grafos" in ran.out
    assert "Ensayo" in ran.out
    assert not Path(environ["REPASO_LIBRARY"]).exists()


def test_a_trial_leaves_a_library_as_it_is(repaso: Any, folder: Path, environ: dict[str, str]) -> None:
    repaso("add", str(folder))
    library = Path(environ["REPASO_LIBRARY"])
    before = library.read_bytes()
    (folder / "grafos.md").write_text(NOTE + "\n## Caminos\n\nUn camino es una lista de aristas seguidas.\n")
    ran = repaso("add", str(folder), "--dry-run")
    assert "Se actualizaría: Grafos" in ran.out
    assert library.read_bytes() == before
    assert "Actualizado: Grafos" in repaso("add", str(folder)).out


def test_files_of_other_formats_are_counted_by_format(repaso: Any, folder: Path) -> None:
    ran = repaso("add", str(folder))
    assert "otros formatos que no se leyeron: 2" in ran.out
    assert ".mp4 (1)" in ran.out
    assert ".jpg (1)" in ran.out


def test_as_json_they_are_told_beside_the_document(repaso: Any, folder: Path) -> None:
    ran = repaso("add", str(folder), "--json")
    assert len(ran.json["documents"]) == 1
    assert ".mp4 (1)" in ran.err


def test_many_unchanged_documents_are_counted_rather_than_named(repaso: Any, tmp_path: Path) -> None:
    made = tmp_path / "muchos"
    made.mkdir()
    for n in range(12):
        (made / f"apunte{n}.md").write_text(f"# Apunte {n}\n\nTexto del apunte número {n}.\n")
    assert "Añadidos: 12." in repaso("add", str(made)).out
    again = repaso("add", str(made)).out
    assert "Sin cambios: 12." in again
    assert "Apunte 3" not in again


def test_a_document_with_many_warnings_shows_some_and_says_where_the_others_are(repaso: Any, tmp_path: Path) -> None:
    guide = tmp_path / "guia.md"
    numbers = (1, 2, 3, 5, 7, 9, 11, 13, 15, 17)
    guide.write_text("\n\n".join(f"{n}. ¿Qué es la cosa {n}?\n\nUna cosa con el número {n}." for n in numbers))
    out = repaso("add", str(guide)).out
    assert out.count("falta esa pregunta") == 5
    assert "Avisos que no caben aquí:" in out
    key = out.split("repaso show ")[1].split(" ")[0]
    assert repaso("show", key, "--report").out.count("falta esa pregunta") == 7


def test_the_report_has_its_four_chapters_and_a_json_shape(repaso: Any, folder: Path) -> None:
    repaso("add", str(folder))
    out = repaso("show", "Grafos", "--report").out
    for title in ("Leído", "Reparado", "Quitado o no incluido", "Dudoso"):
        assert title in out
    shape = repaso("show", "Grafos", "--report", "--json").json
    assert set(shape) == {"document", "report", "sections"}
    assert set(shape["report"]) == {"read", "repaired", "dropped", "doubted"}


def test_the_original_of_a_cleaned_talk_is_kept(repaso: Any, tmp_path: Path) -> None:
    talk = tmp_path / "charla.vtt"
    loop = "y entonces seguimos con el mismo ejemplo"
    cues = ["Hoy hablamos de grafos y de cómo recorrerlos.", *[loop] * 14, "Un nodo es un punto."]
    talk.write_text(
        "WEBVTT\n\n"
        + "\n\n".join(
            f"00:{n // 60:02d}:{n % 60:02d}.000 --> 00:{n // 60:02d}:{n % 60 + 1:02d}.000\n{cue}"
            for n, cue in enumerate(cues)
        )
        + "\n"
    )
    repaso("add", str(talk), "--kind", "transcript")
    assert repaso("show", "charla").out.count(loop) < 4
    (section,) = repaso("show", "charla", "--original", "--json").json["sections"]
    assert section["text"].count(loop) == 14


def test_questions_that_ask_nearly_the_same_point_to_each_other(repaso: Any, tmp_path: Path) -> None:
    guide = tmp_path / "guia.md"
    stems = ("¿Qué es la atención?", "¿Qué es un token?", "Explica qué es la atención.", "¿Qué es un vector?")
    guide.write_text("\n\n".join(f"{n}. {stem}\n\nRespuesta {n}." for n, stem in enumerate(stems, start=1)))
    repaso("add", str(guide))
    out = repaso("show", str(guide)).out
    assert "Pregunta casi lo mismo: pregunta 3." in out
    assert "Pregunta casi lo mismo: pregunta 1." in out


def test_show_report_of_nothing_is_status_one(repaso: Any) -> None:
    assert repaso("show", "nada", "--report").status == 1


def test_watching_a_place_that_is_no_folder_is_a_sentence(repaso: Any, folder: Path) -> None:
    assert repaso("watch", str(folder / "nada")).status == 2
    ran = repaso("watch", str(folder / "grafos.md"))
    assert ran.status == 2
    assert "grafos.md" in ran.err


def test_a_watched_folder_adds_what_comes_until_ctrl_c(folder: Path, environ: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "watch", str(folder), "--json", "--no-embed"],
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    guard = threading.Timer(120, process.kill)
    guard.start()
    try:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        assert [shape["title"] for shape in first["documents"]] == ["Grafos"]
        (folder / "arboles.md").write_text("# Árboles\n\nUn árbol es un grafo sin ciclos.\n")
        second = json.loads(process.stdout.readline())
        assert [(shape["title"], shape["status"]) for shape in second["documents"]] == [("Árboles", "added")]
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
    finally:
        guard.cancel()
        process.kill()
