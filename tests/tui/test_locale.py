"""Both languages say everything, and no parameter can break a sentence."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import RepasoError
from ingest.model import Locator, LocatorType, Notice
from kb.errors import ModelUnavailable
from tui.config import LANGUAGES
from tui.locale import Messages, catalogue, label

ROOT = Path(__file__).parents[2]
PACKAGES = ("ingest", "kb", "quizzes", "tui")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def error_classes() -> Iterator[type[RepasoError]]:
    for package in PACKAGES:
        folder = importlib.import_module(package)
        for module in pkgutil.walk_packages(folder.__path__, package + "."):
            if module.name.endswith((".errors", ".config", ".cli")) or "commands" in module.name:
                importlib.import_module(module.name)
    waiting = [RepasoError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.split(".")[0] in PACKAGES:
            yield kind


def notice_codes() -> Iterator[tuple[str, str]]:
    """Each literal first argument of Notice(...) in the source, with its file."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Notice" and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield first.value, str(path.relative_to(ROOT))


def text_keys() -> Iterator[tuple[str, str]]:
    """Each literal key given to `.text(...)` in tui, with its file."""
    for path in (ROOT / "tui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "text" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and "." in first.value:
                    yield first.value, str(path.relative_to(ROOT))


def test_both_languages_have_the_same_keys() -> None:
    assert set(catalogue("es")) == set(catalogue("en"))


def test_both_languages_have_the_same_placeholders() -> None:
    other = catalogue("en")
    different = [key for key, text in catalogue("es").items() if placeholders(text) != placeholders(other[key])]
    assert different == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_filled(language: str) -> None:
    for key, text in catalogue(language).items():
        numbers = dict.fromkeys(placeholders(text), 1)
        assert Messages(language).text(key, **numbers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_a_sentence(language: str) -> None:
    missing = sorted({kind.code for kind in error_classes() if not Messages(language).has(f"error.{kind.code}")})
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_in_the_source_has_a_sentence(language: str) -> None:
    missing = [found for found in notice_codes() if not Messages(language).has(f"notice.{found[0]}")]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_asked_for_exists(language: str) -> None:
    missing = [found for found in text_keys() if not Messages(language).has(found[0])]
    assert missing == []


@given(st.text())
def test_parameters_are_data_and_never_a_template(value: str) -> None:
    for language in LANGUAGES:
        said = Messages(language).text("error.setting_unknown", path=value, key=value, known=value)
        assert said.count(value) >= 3
        assert isinstance(Messages(language).notice(Notice(value, value, (("where", value), ("x", value)))), str)


def test_a_missing_parameter_leaves_an_ellipsis() -> None:
    assert "…" in Messages("es").text("error.setting_unknown", path="p")


def test_an_error_without_a_sentence_of_its_own_speaks_as_its_base() -> None:
    class Odd(RepasoError):
        code = "never_written"

    assert Messages("en").error(Odd(log="L")) == Messages("en").text("error.unexpected", log="L")


@pytest.mark.parametrize(
    ("locator", "spanish", "english"),
    [
        (Locator(LocatorType.SLIDE, 12, 12), "diapositiva 12", "slide 12"),
        (Locator(LocatorType.SLIDE, 12, 14), "diapositivas 12–14", "slides 12–14"),
        (Locator(LocatorType.PAGE, 3, 3), "p. 3", "p. 3"),
        (Locator(LocatorType.PAGE, 3, 4), "pp. 3–4", "pp. 3–4"),
        (Locator(LocatorType.TIME, 2480.0, 2518.4), "00:41:20–00:41:58", "00:41:20–00:41:58"),
        (Locator(LocatorType.TIME, 7.2, 7.9), "00:00:07", "00:00:07"),
        (Locator(LocatorType.QUESTION, 44, 44, "¿Qué es?"), "pregunta 44", "question 44"),
        (Locator(LocatorType.SECTION, 3, 3, "RESULTS"), "sección RESULTS", "section RESULTS"),
        (Locator(LocatorType.SECTION, 3, 3), "sección 3", "section 3"),
        (Locator(LocatorType.LINE, 10, 14), "líneas 10–14", "lines 10–14"),
        (Locator(LocatorType.LINE, 10, 10), "línea 10", "line 10"),
        (Locator(LocatorType.LINE, 1234567, 1234567), "línea 1234567", "line 1234567"),
    ],
)
def test_a_place_is_named_as_a_person_would(locator: Locator, spanish: str, english: str) -> None:
    assert label(locator, Messages("es")) == spanish
    assert label(locator, Messages("en")) == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_is_told_in_words_and_not_by_its_code(language: str) -> None:
    sentence = Messages(language).error(ModelUnavailable(model="qwen", reason="damaged"))
    assert Messages(language).text("reason.damaged") in sentence
