"""A conversation with the real small models: each turn is kept, also the one that Ctrl-C cuts short."""

from __future__ import annotations

from pathlib import Path
from typing import Any

THINGS = ("pila", "cola", "lista", "tabla", "matriz")
GUIDE = "# Guía de estudio\n\n" + "\n\n".join(
    f"{n}. ¿Qué es una {thing}?\n\nUna {thing} es una estructura que guarda elementos en el orden número {n}."
    for n, thing in enumerate(THINGS, start=1)
)


def test_a_conversation_goes_on_over_processes_and_survives_ctrl_c(
    with_models: dict[str, str], terminal: Any, repaso: Any, tmp_path: Path
) -> None:
    (tmp_path / "guia.md").write_text(GUIDE)
    assert repaso("add", "guia.md").status == 0
    first = repaso("ask", "¿Qué es una pila?", "--json").json
    assert first["model"] in ("", "smollm2-135m")
    screen = terminal("ask", "¿Y una cola?", "--continue")
    screen.wait_for("Leo en tus apuntes")
    screen.type("\x03")
    assert screen.end() == 130, screen.shown
    assert "Traceback" not in screen.shown
    shown = repaso("conversations", "show", first["conversation"], "--json").json
    assert [turn["question"] for turn in shown["turns"]] == ["¿Qué es una pila?", "¿Y una cola?"]
    assert shown["turns"][0]["answer"] == first["answer"]
    assert shown["turns"][0]["citations"] == first["citations"]
    assert (shown["turns"][1]["answered"], shown["turns"][1]["understood"]) == (False, "¿Qué es una cola?")
    again = repaso("ask", "¿Y una lista?", "--continue", "--json").json
    assert again["understood"] == "¿Qué es una lista?"
    assert repaso("remove", "Guía de estudio", "--yes").status == 0
    page = repaso("conversations", "export").out
    assert "## 3. ¿Y una lista?" in page
    for cited in again["citations"]:
        assert cited["title"] in page
