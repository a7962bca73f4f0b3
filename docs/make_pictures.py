"""Make the pictures of docs/images from the app itself, over the sample course and with the default models.

Run: `.venv/bin/python docs/make_pictures.py`, after `make setup`; the answer on the picture is the model's own.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from tui.app import RepasoApp, build
from tui.config import load_config
from tui.services import add_samples
from tui.widgets.answer_view import AnswerView

IMAGES = Path(__file__).parent / "images"
SIZE = (100, 28)
QUESTION = "¿Qué es el KV cache?"
QUERY = "por qué se divide por la raíz"
PATIENCE = 300
"""Seconds that a slow machine may take for one answer."""


async def main(environ: Mapping[str, str]) -> None:
    """Make every picture over a library of its own, which is thrown away."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        config = load_config(environ)
        config = replace(config, library=Path(folder) / "library.db", settings=Path(folder) / "c", language="es")
        app = build(config)
        try:
            add_samples(app.services)
            async with app.run_test(size=SIZE) as pilot:
                await picture_search(app, pilot)
                await picture_quiz(app, pilot)
                await picture_ask(app, pilot)
        finally:
            app.services.close()


async def picture_search(app: RepasoApp, pilot: Pilot[None]) -> None:
    """Hits beside their passage."""
    await pilot.press("f2")
    app.screen.query_one("#query", Input).value = QUERY
    await pilot.pause(1)
    await app.workers.wait_for_complete()
    await pilot.pause(1)
    save(app, "search")


async def picture_quiz(app: RepasoApp, pilot: Pilot[None]) -> None:
    """A multiple-choice question, answered."""
    await pilot.press("f4")
    await pilot.pause(1)
    await pilot.press("down", "down", "enter")
    await pilot.pause(2)
    await pilot.press("b")
    await pilot.pause(1)
    app.screen.query_one("#card").scroll_home(animate=False)
    await pilot.pause(0.5)
    save(app, "quiz")


async def picture_ask(app: RepasoApp, pilot: Pilot[None]) -> None:
    """A question with its checked and cited answer."""
    await pilot.press("f3")
    app.screen.query_one("#question", Input).value = QUESTION
    await pilot.press("enter")
    for _ in range(PATIENCE):
        await pilot.pause(1)
        answer = app.screen.query_one(AnswerView).answer
        if answer is not None:
            break
    else:
        raise SystemExit("no answer came; is the model there? (repaso doctor)")
    if not answer.model:
        raise SystemExit("no model wrote the answer; is it there? (repaso doctor)")
    await pilot.pause(1)
    save(app, "ask")


def save(app: RepasoApp, name: str) -> None:
    """Write a picture that loads no font from elsewhere."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", app.export_screenshot(title="Repaso"), flags=re.DOTALL)
    path = IMAGES / f"{name}.svg"
    path.write_text(svg.replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas"), encoding="utf-8")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    asyncio.run(main(os.environ))
