"""The sample course from files to cited answers and a quiz, with the real models."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def library(model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A library with the sample course and its vectors, made once."""
    import subprocess

    for name in ("smollm2-135m.gguf", "all-minilm-l6-v2"):
        if not (model_cache / "models" / name).exists():
            pytest.skip(f"{name} is not downloaded")
    folder = tmp_path_factory.mktemp("sample")
    (folder / "config.toml").write_text('chat_model = "smollm2-135m"\n')
    environ = {**os.environ, "REPASO_CONFIG": str(folder / "config.toml"), "REPASO_CACHE": str(model_cache)}
    add = [
        sys.executable,
        "-m",
        "tui",
        "--library",
        str(folder / "library.db"),
        "add",
        str(SAMPLES),
        "--course",
        "PLN",
    ]
    done = subprocess.run(add, env=environ, cwd=SAMPLES.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    yield folder / "library.db"


@pytest.fixture
def sample(library: Path, with_models: dict[str, str], repaso: Any) -> Any:
    with_models["REPASO_LIBRARY"] = str(library)
    return repaso


def test_every_file_became_a_document_of_its_kind(sample: Any) -> None:
    documents = sample("list", "--json").json["documents"]
    kinds = {Path(shape["path"]).relative_to(SAMPLES).as_posix(): shape["kind"] for shape in documents}
    assert kinds["guia_de_estudio.md"] == "study_guide"
    assert kinds["sesion-1/transcripcion.vtt"] == "transcript"
    assert kinds["sesion-2/diapositivas.pdf"] == "slides"
    assert kinds["sesion-3/resumen.md"] == "summary"
    assert len(sample("list", "questions", "--json").json["questions"]) == 80


def test_words_and_meaning_are_searched_together(sample: Any) -> None:
    found = sample("search", "¿cómo se mide si un modelo predice bien?", "--json").json
    assert found["mode"] == "hybrid"
    assert any(hit["semantic_score"] > 0 for hit in found["hits"])
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    times = sample("search", "atención", "--kind", "transcript", "--json").json["hits"]
    assert {hit["locator"]["type"] for hit in times} == {"time"}
    slides = sample("search", "atención", "--kind", "slides", "--json").json["hits"]
    assert {hit["locator"]["type"] for hit in slides} <= {"slide", "page"}


def check_citations(sample: Any, answer: Any) -> None:
    """Each quote stands in its passage and at its place there, each number in the answer is a citation."""
    numbers = {citation["n"] for citation in answer["citations"]}
    for sentence in answer["sentences"]:
        assert set(sentence["citations"]) <= numbers
        assert bool(sentence["citations"]) or not sentence["supported"]
    for citation in answer["citations"]:
        passage = sample("show", citation["passage"], "--json").json["passage"]
        assert " ".join(citation["quote"].split()) in " ".join(passage["text"].split())
        place, whole = citation["locator"], passage["locator"]
        assert place["type"] == whole["type"]
        assert whole["start"] <= place["start"] <= place["end"] <= whole["end"]


def test_an_answer_in_quotes_cites_its_passages(sample: Any) -> None:
    ran = sample("ask", "¿Qué es la perplejidad?", "--no-llm", "--json")
    assert (ran.status, ran.json["status"]) == (0, "grounded")
    check_citations(sample, ran.json)


def test_the_small_model_answers_and_what_it_says_is_checked(sample: Any) -> None:
    ran = sample("ask", "¿Qué es la perplejidad?", "--json")
    assert ran.json["timings"]["first_token_ms"] > 0
    check_citations(sample, ran.json)
    assert ran.status == (1 if ran.json["status"] == "not_found" else 0)


def test_what_the_course_does_not_teach_is_not_answered(sample: Any) -> None:
    ran = sample("ask", "¿Cuántos goles marcó el delantero en la final?", "--json")
    assert (ran.status, ran.json["status"], ran.json["answer"]) == (1, "not_found", "")


def test_the_tour_shows_the_sample_course_and_ends_well(with_models: dict[str, str], repaso: Any) -> None:
    ran = repaso()
    assert ran.status == 0, ran.err
    for text in ("repaso search", "repaso ask", "Fuentes", "a) ", "Respuesta: ", "Para repasar: 0", "Nuevas: 80"):
        assert text in ran.out
    assert len(ran.out.splitlines()) < 100
    documents = repaso("list", "--json").json["documents"]
    assert {shape["course"] for shape in documents} == {"Procesamiento del lenguaje natural"}


def test_the_tour_of_a_library_with_documents_adds_nothing_and_needs_no_model(repaso: Any, tmp_path: Path) -> None:
    (tmp_path / "guia.md").write_text(
        "# Guía\n\n1. ¿Qué es una pila?\n\nUna pila guarda cosas por orden de llegada.\n"
    )
    repaso("add", "guia.md")
    ran = repaso("--lang", "en")
    assert ran.status == 0
    assert "What is due" in ran.out or "4. What is due" in ran.out
    assert "repaso models pull" in ran.err
    assert len(repaso("list", "--json").json["documents"]) == 1


@pytest.mark.models
def test_the_default_model_answers_from_the_course_and_cites_it(
    sample: Any, with_models: dict[str, str], tmp_path: Path, model_cache: Path
) -> None:
    if not (model_cache / "models" / "qwen2.5-coder-1.5b.gguf").exists():
        pytest.skip("the default model is not downloaded")
    (tmp_path / "config.toml").write_text('chat_model = "qwen2.5-coder-1.5b"\n')
    ran = sample("ask", "¿Qué es la perplejidad de un modelo de lenguaje?", "--json")
    assert ran.status == 0
    assert ran.json["model"] == "qwen2.5-coder-1.5b"
    assert ran.json["status"] in ("grounded", "partial")
    assert any(sentence["supported"] for sentence in ran.json["sentences"])
    check_citations(sample, ran.json)
