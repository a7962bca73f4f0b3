from __future__ import annotations

import os
import shutil
import string
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest
from setup_checks import (
    check_disk,
    check_python,
    check_venv,
    compile_nothing,
    family,
    find_compiler,
    last_meaningful_line,
)
from setup_steps import MODELS, PROBE, cache_folder, pinned
from setup_texts import TEXTS, SetupFailed, language, sentence

TOOLS = Path(__file__).parents[2] / "tools"
CONSTRAINTS = TOOLS.parent / "constraints.txt"
GNU = "c++ (Debian 12.2.0-14) 12.2.0\nCopyright (C) 2022 Free Software Foundation, Inc.\n"
APPLE = "Apple clang version 15.0.0\nTarget: arm64-apple-darwin23\n"


def test_an_old_python_is_refused_with_the_version_it_has() -> None:
    with pytest.raises(SetupFailed) as caught:
        check_python((3, 10, 13), "/usr/bin/python3")

    assert caught.value.code == "python_old"
    assert "3.10.13" in sentence("python_old", "es", **caught.value.values)
    check_python((3, 11, 0))


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_that_cannot_make_environments_is_refused(module: str) -> None:
    with pytest.raises(SetupFailed) as caught:
        check_venv(lambda name: name != module)

    assert caught.value.code == "no_venv"
    assert module in sentence("no_venv", "en", **caught.value.values)


def test_a_full_disk_is_refused_with_what_is_needed_and_what_is_free(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed) as caught:
        check_disk(tmp_path / "not" / "yet", 6.0, lambda _: 1_234_000_000)

    told = sentence(caught.value.code, "es", **caught.value.values)
    assert "6 GB" in told
    assert "1.2 GB" in told
    check_disk(tmp_path, 6.0, lambda _: 6_000_000_000)


def test_the_disk_is_asked_about_the_folder_that_exists(tmp_path: Path) -> None:
    asked: list[Path] = []

    check_disk(tmp_path / "a" / "b", 1.0, lambda path: asked.append(path) or 2_000_000_000)  # type: ignore[func-returns-value]

    assert asked == [tmp_path]


def test_without_a_compiler_the_sentence_names_what_was_looked_for() -> None:
    with pytest.raises(SetupFailed) as caught:
        find_compiler(which=lambda _: None)

    told = sentence(caught.value.code, "es", **caught.value.values)
    assert "c++, g++, clang++" in told
    assert "apt install g++" in told


def test_the_compiler_of_the_variable_cxx_goes_first() -> None:
    with pytest.raises(SetupFailed) as caught:
        find_compiler("clang++-99", which=lambda _: None)
    assert caught.value.values["looked"] == "clang++-99"

    found = find_compiler(
        "clang++", which=lambda name: f"/bin/{name}", ask_version=lambda _: APPLE, try_out=lambda _: ""
    )
    assert (found.command, found.family) == ("clang++", "clang")


def test_the_first_compiler_there_is_is_taken() -> None:
    found = find_compiler(
        which=lambda name: name if name == "g++" else None, ask_version=lambda _: GNU, try_out=lambda _: ""
    )

    assert found.command == "g++"
    assert found.family == "gcc"
    assert found.version == "c++ (Debian 12.2.0-14) 12.2.0"


def test_a_compiler_that_compiles_nothing_is_no_compiler() -> None:
    with pytest.raises(SetupFailed) as caught:
        find_compiler(which=lambda name: name, try_out=lambda _: "fatal error: vector: No such file or directory")

    assert caught.value.code == "broken_compiler"
    assert "vector" in sentence("broken_compiler", "en", **caught.value.values)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (GNU, "gcc"),
        (APPLE, "clang"),
        ("Debian clang version 14.0.6", "clang"),
        ("icpx (ICX) 2024", "other"),
        ("", "other"),
    ],
)
def test_compilers_are_told_apart_by_their_version(version: str, expected: str) -> None:
    assert family(version) == expected


@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a compiler")
def test_the_real_compiler_compiles_an_empty_program_and_a_false_one_does_not() -> None:
    assert compile_nothing("c++") == ""
    assert compile_nothing("false") == "exit status 1"


def test_pips_last_error_is_told_and_not_its_warnings_nor_its_list_of_versions() -> None:
    output = """WARNING: Location 'x' is ignored: it is neither a file nor a directory.
ERROR: Could not find a version that satisfies the requirement hatchling (from versions: 0.1, 0.2)
ERROR: No matching distribution found for hatchling
WARNING: You are using pip version 23
"""

    assert last_meaningful_line(output) == "ERROR: No matching distribution found for hatchling"
    assert last_meaningful_line(output.replace("ERROR: No", "NOTE: No")).endswith("the requirement hatchling")
    assert last_meaningful_line("WARNING: only this") == "WARNING: only this"
    assert last_meaningful_line("") == "?"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "es"),
        ({"LANG": "C.UTF-8"}, "es"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LANG": "en_US", "LC_ALL": "es_MX"}, "es"),
        ({"LANG": "es_ES", "REPASO_LANG": "en"}, "en"),
    ],
)
def test_the_language_is_that_of_the_environment_and_spanish_otherwise(
    environ: dict[str, str], expected: str
) -> None:
    assert language(environ) == expected


def test_both_languages_have_the_same_sentences_with_the_same_blanks() -> None:
    assert TEXTS["es"].keys() == TEXTS["en"].keys()
    for code, spanish in TEXTS["es"].items():
        assert _blanks(spanish) == _blanks(TEXTS["en"][code]), code
        assert spanish != TEXTS["en"][code] or code == "model_failed"


def test_every_sentence_the_scripts_ask_for_exists() -> None:
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in TOOLS.glob("setup*.py"))
    for code in TEXTS["es"]:
        assert f'"{code}"' in scripts, f"nobody says {code}"


def test_the_pinned_version_is_read_from_the_constraints() -> None:
    assert pinned("llama-cpp-python", CONSTRAINTS) == "0.3.36"
    assert pinned("torch", CONSTRAINTS) == "2.13.0"
    assert pinned(PROBE, CONSTRAINTS)
    with pytest.raises(ValueError, match="does not pin"):
        pinned("llama", CONSTRAINTS)


def test_constraints_pin_exact_versions_and_name_no_place() -> None:
    for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            package, _, version = line.partition("==")
            assert package, line
            assert version, line
            assert not set(version) & set("/@:+ "), line


def test_set_up_uses_the_folder_the_program_uses(tmp_path: Path) -> None:
    assert cache_folder({"REPASO_CACHE": str(tmp_path)}) == tmp_path
    assert cache_folder(os.environ | {"REPASO_CACHE": ""}) == Path(
        platformdirs.user_cache_dir("repaso", appauthor=False)
    )
    assert cache_folder({}, "darwin", Path("/Users/ana")) == Path("/Users/ana/Library/Caches/repaso")


def test_tests_need_no_large_model() -> None:
    assert MODELS["test"] == ("smollm2-135m", "all-minilm-l6-v2")
    assert set(MODELS["test"]) < set(MODELS["run"])


@pytest.mark.parametrize(
    ("spoken", "expected"), [("es", "No encuentro un compilador"), ("en", "No C++ compiler found")]
)
def test_on_a_machine_without_a_compiler_set_up_says_so_and_creates_nothing(
    tmp_path: Path, spoken: str, expected: str
) -> None:
    _copy_project(tmp_path)

    done = _set_up(tmp_path, "test", {"PATH": str(tmp_path / "empty"), "LANG": spoken})

    assert done.returncode == 1
    assert done.stderr.startswith(expected)
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / ".venv").exists()


def test_an_unknown_part_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    _copy_project(tmp_path)

    done = _set_up(tmp_path, "everything", {"LANG": "en"})

    assert done.returncode == 1
    assert done.stderr == 'Do not know how to set up "everything". There are: test, run, all.\n'


def _copy_project(folder: Path) -> None:
    shutil.copytree(TOOLS, folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CONSTRAINTS, folder)


def _set_up(folder: Path, part: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "tools" / "setup.py"), part],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"REPASO_CACHE": str(folder / "cache"), **environ},
    )


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
