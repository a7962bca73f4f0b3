"""Every reason that a model may be unavailable for has its sentence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = (
    "engine",
    "worker",
    "process",
    "child",
    "models",
    "llm",
    "writing",
    "chat_template",
    "judging",
    "embedder",
    "scripted",
    "gguf_header",
    "chat_file",
    "placement",
    "opening",
)
REASON = re.compile(
    r'EngineError\(\s*"(\w+)"|reason="(\w+)"|\.end\("(\w+)"|reason: str = "(\w+)"'
    r'|WHOLE_PROCESS, "(\w+)"|return "(\w+)"$|return "(\w+)" if .* else "(\w+)"',
    re.MULTILINE,
)


def reasons() -> set[str]:
    """The reasons that the code of the model processes names."""
    code = "\n".join((ROOT / "kb" / "inference" / f"{name}.py").read_text("utf-8") for name in SOURCES)
    return {reason for groups in REASON.findall(code) for reason in groups if reason}


def test_the_reasons_are_found_where_they_are_given() -> None:
    assert {
        "crashed",
        "killed",
        "hung",
        "only_thoughts",
        "closed",
        "no_memory",
        "damaged",
        "unsupported",
        "prompt_too_long",
    } <= reasons()


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_reason_has_a_sentence(language: str) -> None:
    path = ROOT / "tui" / "locale" / language / "inference.toml"
    sentences = tomllib.loads(path.read_text("utf-8"))["reason"]
    assert reasons() - set(sentences) == set()
    assert all(sentence.endswith(".") for sentence in sentences.values())
