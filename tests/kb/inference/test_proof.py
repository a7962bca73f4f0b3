from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kb.inference.catalog import model_path
from kb.inference.proof import TOKENS, Died, Proof, Proved, Refused, TookTooLong, describe, prove_llama


def test_the_real_build_generates_eight_tokens(model_cache: Path) -> None:
    assert prove_llama(model_path("smollm2-135m", model_cache)) == Proved(TOKENS)


def test_a_file_that_is_no_model_is_refused_with_the_librarys_words(tmp_path: Path) -> None:
    (tmp_path / "not.gguf").write_bytes(b"not a model")

    proof = prove_llama(tmp_path / "not.gguf")

    assert isinstance(proof, Refused)
    assert "not.gguf" in proof.reason


def _python_that(body: str, folder: Path) -> str:
    """A Python that does something else than what it is asked to."""
    script = folder / "python"
    script.write_text(f"#!{sys.executable}\nimport os, signal, sys, time\n{body}\n", encoding="utf-8")
    script.chmod(0o755)
    return str(script)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", Died(11)),
        ("os.kill(os.getpid(), signal.SIGILL)", Died(4)),
        ("sys.exit('no llama_cpp here')", Refused("no llama_cpp here")),
        ("sys.exit(3)", Refused("exit status 3")),
        ("print('0')", Refused("exit status 0")),
    ],
)
def test_the_caller_survives_whatever_the_child_does(tmp_path: Path, body: str, expected: Proof) -> None:
    assert prove_llama(tmp_path / "model.gguf", _python_that(body, tmp_path)) == expected


def test_a_child_that_never_ends_is_ended(tmp_path: Path) -> None:
    python = _python_that("time.sleep(600)", tmp_path)

    assert prove_llama(tmp_path / "model.gguf", python, timeout=0.5) == TookTooLong(0.5)


@pytest.mark.parametrize("proof", [Proved(8), Died(11), Refused("x"), TookTooLong(1.5)])
def test_every_proof_has_its_own_description(proof: Proof) -> None:
    described = describe(proof)

    assert json.loads(json.dumps(described)) == described
    assert len(described) == 2


def test_the_command_prints_the_proof_as_json(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kb.inference.proof", str(tmp_path / "none.gguf")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert json.loads(done.stdout)["result"] == "refused"
