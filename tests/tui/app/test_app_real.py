"""The app over the real library: the sample course, a slow model, the small model, and leaving it all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from kb.inference import Encoder, Generator, open_generator
from kb.inference.scripted import open_scripted_encoder, open_scripted_generator
from kb.library import Library
from quizzes.bank import Bank
from quizzes.quiz import QuizMaster
from tui.app import RepasoApp, build
from tui.config import Config
from tui.locale import Messages
from tui.services import Services, add_samples, now

SLOW = 0.2
"""Seconds a word of the slow model."""


def opened(config: Config, generator: Generator | None = None, encoder: Encoder | None = None) -> Services:
    """Services over a real library file with these models."""
    return Services(
        config,
        lambda known: Library.open(known.library, encoder=encoder, generator=generator, clock=time.perf_counter),
        lambda library: QuizMaster(Bank(library.database), library.section_vectors, now),
    )


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library file with the sample course, without vectors."""
    folder = tmp_path_factory.mktemp("course")
    services = opened(Config(folder / "library.db", folder / "cache", folder / "config.toml", "es"))
    results = add_samples(services)
    services.close()
    assert all(result.error is None for result in results)
    return folder / "library.db"


@pytest.fixture
def real_app(course: Path, config: Config) -> Iterator[Callable[..., RepasoApp]]:
    """Makes the app over a copy of the sample course."""
    made: list[Services] = []

    def make(generator: Generator | None = None, encoder: Encoder | None = None) -> RepasoApp:
        shutil.copy(course, config.library)
        made.append(opened(config, generator, encoder))
        return RepasoApp(made[-1], Messages("es"))

    yield make
    for thread in threading.enumerate():
        if thread.name.startswith("repaso"):
            thread.join(60)
    for services in made:
        services.close()


async def test_the_sample_course_is_searched_played_and_listed(real_app, settle, words, until) -> None:
    app = real_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "80 preguntas sin estrenar" in words(app)
        await pilot.press("f2", *"producto punto")
        await until(pilot, lambda: "por palabras" in words(app))
        assert "Atención y Transformers" in words(app)
        await pilot.press("f4")
        await settle(pilot)
        await pilot.press("down", "down", "enter")
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        assert "Guardado." in words(app)
        await pilot.press("v")
        await settle(pilot)
        assert len(app.screen_stack) == 2
        await pilot.press("f5")
        await settle(pilot)
        assert "Guía de estudio: Procesamiento" in words(app)
    again = opened(app.services.config)
    assert again.quizzes.stats().reviews == 1
    again.close()


async def test_a_real_answer_of_the_small_model_is_checked_and_shown(
    real_app, model_cache, settle, words, until
) -> None:
    model = model_cache / "models" / "smollm2-135m.gguf"
    if not model.is_file():
        pytest.skip("needs the model smollm2-135m (make setup)")
    app = real_app(open_generator(str(model), model_cache, threads=2))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3")
        app.screen.query_one(Input).value = "¿Qué es un corpus?"
        await pilot.press("enter")
        await until(pilot, lambda: "[1] Guía de estudio" in words(app))
        await settle(pilot)
        text = words(app)
        view = app.screen.query_one("AnswerView")
        assert view.answer is not None
        assert "Escribiendo" not in text
        assert any(told in text for told in ("en tus apuntes.", "de tus apuntes;", "No lo encuentro"))
        await pilot.press("up", "enter")
        await settle(pilot)
        assert len(app.screen_stack) == 2


async def test_no_key_waits_for_a_slow_model(real_app, until, words) -> None:
    """Order, not time: every key shows before the answer's last word, although all were pressed after its first."""
    said = " ".join(f"palabra{n}" for n in range(200))
    generator = open_scripted_generator([said], delay=SLOW)
    app = real_app(generator)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3")
        line = app.screen.query_one(Input)
        line.value = "¿Qué es un corpus?"
        await pilot.press("enter")
        await until(pilot, lambda: "palabra1" in words(app))
        typed = "y el sesgo"
        for count, key in enumerate(typed, start=1):
            await pilot.press("space" if key == " " else key)
            assert line.value == typed[:count]
            assert app.screen.query_one("AnswerView").is_going_on
        await pilot.press("f2", *"corpus")
        await until(pilot, lambda: "por palabras" in words(app))
        await pilot.press("f3")
        assert "palabra199" not in words(app)
        assert app.screen.query_one("AnswerView").is_going_on
        await pilot.press("escape")
        await until(pilot, lambda: "Parado." in words(app))
        line.value = "¿Qué es un corpus?"
        await pilot.press("enter")
        await until(pilot, lambda: generator.process.busy)
        assert generator.process.pids
    assert generator.process.pids == ()


async def test_a_model_killed_from_outside_leaves_quotes_and_starts_again_when_asked(real_app, until, words) -> None:
    generator = open_scripted_generator(["Un corpus es " + " ".join(f"palabra{n}" for n in range(200))], delay=SLOW)
    app = real_app(generator)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3")
        app.screen.query_one(Input).value = "¿Qué es un corpus?"
        await pilot.press("enter")
        await until(pilot, lambda: "palabra1" in words(app))
        (killed,) = generator.process.pids
        os.kill(killed, signal.SIGKILL)
        await until(pilot, lambda: "no las ha escrito un modelo" in words(app))
        assert "lo han cerrado desde fuera" in words(app)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: words(app).count("Un corpus es palabra0") == 1)
        assert generator.process.pids != (killed,)
        await pilot.press("escape")
        await until(pilot, lambda: "Parado." in words(app))


async def test_what_is_typed_is_read_ahead_and_the_question_goes_on_from_there(real_app, settle, until) -> None:
    generator = open_scripted_generator(["Un corpus es una colección de textos."])
    read: list[bool] = []
    prefill = generator.prefill
    generator.prefill = lambda prompt: bool(read.append(done := prefill(prompt))) or done  # type: ignore[method-assign]
    app = real_app(generator)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", *"qué", "space", *"es", "space", *"un", "space", *"corpus")
        await until(pilot, lambda: read == [True])
        await pilot.press("question_mark", "enter")
        await until(pilot, lambda: generator.usage.tokens > 0)
        assert generator.usage.reused_tokens > generator.usage.prompt_tokens / 2
        await settle(pilot)


async def test_search_by_words_does_not_wait_for_a_slow_embedder(real_app, until, words) -> None:
    encoder = open_scripted_encoder(delay=30.0)
    app = real_app(encoder=encoder)
    app.services.library.database.connection.execute(
        "INSERT INTO vectors (passage, model, vector) SELECT number, 'scripted-encoder', zeroblob(256) FROM passages"
    )
    app.services.library.database.connection.execute(
        "INSERT INTO embedders (model, source, dimension) VALUES ('scripted-encoder', '', 64)"
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2", *"corp")
        await until(pilot, lambda: encoder.process.busy)
        await pilot.press("u", "s")
        assert app.screen.query_one("#query", Input).value == "corpus"
        await until(pilot, lambda: "por palabras" in words(app))
        assert "significado" not in words(app)
        encoder.close()


def test_a_library_that_cannot_be_opened_ends_before_the_app_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_text("esto no es SQLite")
    environ = {
        "REPASO_LIBRARY": str(tmp_path / "library.db"),
        "REPASO_CONFIG": str(tmp_path / "c"),
        "PATH": "/usr/bin",
    }
    script = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn([sys.executable, '-m', 'tui'])))"
    ended = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, timeout=60)
    assert ended.returncode == 2
    assert b"library.db" in ended.stdout
    assert b"\x1b[?1049h" not in ended.stdout


def test_opening_the_app_over_a_library_imports_nothing_heavy(course: Path, tmp_path: Path) -> None:
    shutil.copy(course, tmp_path / "library.db")
    code = (
        "import sys; from pathlib import Path; from tui.app import build; from tui.config import Config;"
        "at = Path(sys.argv[1]); build(Config(at / 'library.db', at, at / 'c', 'es')); import tui.screens.home;"
        "heavy = ('numpy', 'whoosh', 'torch', 'llama_cpp', 'onnxruntime', 'fsrs', 'sqlite_utils');"
        "print([name for name in heavy if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert ended.stdout.strip() == "[]", ended.stderr


def test_build_opens_the_library_and_speaks_the_configured_language(config: Config) -> None:
    app = build(config)
    assert config.library.exists()
    assert app.messages.language == "es"
    app.services.close()
