"""`repaso models` and the models' part of `repaso doctor`: every bad file is a sentence in both languages."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.inference import trial
from kb.inference.bench import BenchStopped
from kb.library import Library
from tui.commands.models_list import hub_state

Writer = Callable[..., Path]


@pytest.fixture
def cache(environ: dict[str, str], model_cache: Path) -> Path:
    """A cache with the smallest model in it."""
    small = model_cache / "models" / "smollm2-135m.gguf"
    if not small.is_file():
        pytest.skip("needs the model smollm2-135m (make setup)")
    folder = Path(environ["REPASO_CACHE"])
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "smollm2-135m.gguf").symlink_to(small)
    return folder


def in_use(environ: dict[str, str]) -> str:
    settings = Path(environ["REPASO_CONFIG"])
    return settings.read_text("utf-8") if settings.exists() else ""


def test_a_model_by_path_is_checked_and_then_used(repaso: Any, environ: dict[str, str], write_gguf: Writer) -> None:
    path = write_gguf("mío.gguf")

    ran = repaso("models", "use", str(path), "--json")

    assert (ran.status, ran.json["setting"], ran.json["model"]) == (0, "chat_model", str(path))
    assert "mío.gguf" in in_use(environ)
    (row,) = [row for row in repaso("models", "list", "--json").json["models"] if row["name"] == str(path)]
    assert row["memory"] > 64_000_000
    assert (row["in_use"], row["installed"], row["measured"]) == (True, True, {})


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "truncated": ({"cut": 4}, "le falta el final", "the end of its file is missing"),
    "unsupported": ({"general__architecture": "marciana"}, "no es compatible", "does not know its architecture"),
    "is_embedder": ({"general__architecture": "bert"}, "hace vectores y no escribe", "makes vectors and writes no"),
    "no_chat_template": ({"tokenizer__chat_template": None}, "plantilla de conversación", "no chat template"),
    "part_of_model": ({"general__type": "adapter"}, "solo una parte", "only a part"),
    "part_missing": ({"name": "m-00001-of-00002.gguf", "split__count": 2}, "m-00002-of-00002", "m-00002-of-00002"),
}


@pytest.mark.parametrize("reason", BAD)
def test_each_bad_file_is_refused_in_both_languages_and_changes_nothing(
    reason: str, repaso: Any, environ: dict[str, str], write_gguf: Writer
) -> None:
    changes, spanish, english = BAD[reason]
    path = str(write_gguf(**changes))

    for language, words in (("es", spanish), ("en", english)):
        ran = repaso("models", "use", path, "--lang", language)
        assert ran.status == 2
        assert words in ran.err
        assert "…" not in ran.err.replace("-00001-of-…", "")
    assert in_use(environ) == ""


def test_what_is_no_model_is_refused(repaso: Any, environ: dict[str, str], tmp_path: Path) -> None:
    text = tmp_path / "apuntes.gguf"
    text.write_text("esto no es un modelo")
    assert "no es un modelo GGUF" in repaso("models", "use", str(text)).err
    assert "No encuentro el modelo" in repaso("models", "use", str(tmp_path / "nada.gguf")).err
    folder = tmp_path / "carpeta"
    folder.mkdir()
    assert "modules.json" in repaso("models", "use", str(folder)).err
    assert in_use(environ) == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for the superuser")
def test_a_file_that_may_not_be_read_is_told_of(repaso: Any, write_gguf: Writer) -> None:
    path = write_gguf()
    path.chmod(0)
    assert "no deja leer" in repaso("models", "use", str(path)).err


def test_a_model_that_does_not_fit_is_refused_with_both_numbers(
    repaso: Any, environ: dict[str, str], write_gguf: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "free_memory", lambda: 12_000_000)

    err = repaso("models", "use", str(write_gguf())).err

    assert "necesita 7" in err
    assert "hay 12 MB libres" in err
    assert in_use(environ) == ""


def test_a_folder_set_as_chat_model_is_told_of_by_the_doctor(
    repaso: Any, environ: dict[str, str], tmp_path: Path
) -> None:
    Path(environ["REPASO_CONFIG"]).write_text(f"chat_model = {json.dumps(str(tmp_path))}\n", "utf-8")
    (check,) = [each for each in repaso("doctor", "--json").json["checks"] if each["name"] == "chat_model"]

    assert not check["ok"]
    assert "es una carpeta" in check["message"]


def test_a_chat_model_set_as_embedder_is_told_of_by_the_doctor(
    repaso: Any, environ: dict[str, str], write_gguf: Writer
) -> None:
    Path(environ["REPASO_CONFIG"]).write_text(f"embedding_model = {json.dumps(str(write_gguf()))}\n", "utf-8")
    (check,) = [each for each in repaso("doctor", "--json").json["checks"] if each["name"] == "embedding_model"]

    assert not check["ok"]
    assert "no es un modelo de vectores" in check["message"]


def test_the_doctor_says_what_a_model_takes_and_where_it_runs(
    repaso: Any, environ: dict[str, str], write_gguf: Writer
) -> None:
    assert repaso("models", "use", str(write_gguf())).status == 0
    (check,) = [each for each in repaso("doctor", "--json").json["checks"] if each["name"] == "chat_model"]

    assert check["ok"], check
    assert "Necesita 7" in check["message"]
    assert "procesador" in check["message"] or "tarjeta" in check["message"]


def test_a_measurement_is_printed_kept_and_shown_with_its_date(repaso: Any, cache: Path) -> None:
    ran = repaso("models", "bench", "smollm2-135m", "--json")

    assert ran.status == 0
    (model,) = ran.json["models"]
    (speed,) = model["speeds"]
    assert (model["name"], model["best"]) == ("smollm2-135m", 0)
    assert speed["prompt_speed"] > 0
    rows = {row["name"]: row for row in repaso("models", "list", "--json").json["models"]}
    assert rows["smollm2-135m"]["measured"] == speed
    assert speed["day"] in repaso("models", "list").out
    assert rows["qwen3-4b"]["measured"] == {}


def test_threads_are_tried_one_after_another_and_the_best_is_named(
    repaso: Any, write_gguf: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.inference.cores.physical_cores", lambda: 2)

    ran = repaso("models", "bench", str(write_gguf()), "--threads")

    assert ran.status == 0
    assert len([line for line in ran.out.splitlines() if "tokens/s" in line]) == 2
    assert "responde antes: " in ran.out


def test_a_bad_file_is_not_measured_and_the_others_are(
    repaso: Any, environ: dict[str, str], cache: Path, write_gguf: Writer
) -> None:
    path = write_gguf(cut=4)
    Path(environ["REPASO_CONFIG"]).write_text(f"chat_model = {json.dumps(str(path))}\n", "utf-8")

    ran = repaso("models", "bench", "--json")

    assert ran.status == 1
    assert "le falta el final" in ran.err
    assert [model["name"] for model in ran.json["models"]] == ["smollm2-135m"]


def test_without_a_model_there_is_nothing_to_measure(repaso: Any) -> None:
    ran = repaso("models", "bench")

    assert (ran.status, ran.out) == (1, "")
    assert "repaso models pull" in ran.err
    assert repaso("models", "bench", "qwen3-4b").status == 2


def test_the_list_says_why_it_recommends(repaso: Any) -> None:
    told = repaso("models", "list", "--json").json

    assert {each["purpose"] for each in told["advice"]} == {"chat", "embedding"}
    assert all(each["reasons"] for each in told["advice"])
    assert told["machine"]["cores"] >= 1
    recommended = {row["name"] for row in told["models"] if row["recommended"]}
    assert recommended == {each["model"] for each in told["advice"]} - {""}
    assert "recomendado" in repaso("models", "list").out


def test_a_machine_with_nothing_free_is_told_to_close_programs(repaso: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.inference.machine.free_memory", lambda: 10**8)

    assert "Cierra otros programas" in repaso("models", "list").out


def test_a_hub_is_known_of_without_asking_it() -> None:
    absent = [{"hub_only": True, "installed": False}, {"hub_only": False, "installed": True}]
    there = [{"hub_only": True, "installed": True}]

    assert hub_state(absent, {}).value == "unknown"
    assert hub_state(there, {}).value == "yes"
    assert hub_state(there, {"HF_HUB_OFFLINE": "1"}).value == "no"
    assert hub_state(absent, {"HF_HUB_OFFLINE": "0"}).value == "unknown"


def test_a_model_that_left_its_card_is_told_of_with_the_answer(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "tarjeta" not in filled("ask", "¿Qué es una pila?").err
    monkeypatch.setattr(Library, "model_notice", lambda self: "card_failed")

    assert "no ha podido usar la tarjeta gráfica" in filled("ask", "¿Qué es una pila?").err
    assert "could not use the graphics card" in filled("ask", "¿Qué es una pila?", "--lang", "en").err


def test_a_copy_of_a_measured_model_is_known_again(repaso: Any, cache: Path, tmp_path: Path) -> None:
    repaso("models", "bench", "smollm2-135m")
    copy = tmp_path / "copia.gguf"
    shutil.copy(cache / "models" / "smollm2-135m.gguf", copy)
    assert repaso("models", "use", str(copy)).status == 0

    (row,) = [row for row in repaso("models", "list", "--json").json["models"] if row["name"] == str(copy)]
    assert row["measured"]["answer_speed"] > 0


def test_a_measurement_that_is_stopped_ends_as_interrupted(
    repaso: Any, write_gguf: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise BenchStopped

    monkeypatch.setattr("kb.inference.bench.bench", stopped)

    ran = repaso("models", "bench", str(write_gguf()), "--json")

    assert (ran.status, ran.json) == (130, {"models": []})
