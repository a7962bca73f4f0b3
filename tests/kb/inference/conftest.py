"""The engines that the same tests run against, acted and real, and a look at processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.inference import ChildEncoder, ChildGenerator, open_encoder, open_generator
from kb.inference.scripted import open_scripted_encoder, open_scripted_generator

STORY = "Había una vez un río 🎉 que cruzaba despacio el valle y nunca tenía prisa por llegar al mar 🌊. " * 8


@pytest.fixture(scope="session")
def small_model(model_cache: Path) -> Path:
    path = model_cache / "models" / "smollm2-135m.gguf"
    if not path.is_file():
        pytest.skip("needs the model smollm2-135m (make setup)")
    return path


@pytest.fixture(scope="session")
def embedder_folder(model_cache: Path) -> Path:
    folder = model_cache / "models" / "all-minilm-l6-v2"
    if not (folder / "model.safetensors").is_file():
        pytest.skip("needs the model all-minilm-l6-v2 (make setup)")
    return folder


@pytest.fixture(params=["scripted", "real"])
def generator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ChildGenerator]:
    if request.param == "scripted":
        opened = open_scripted_generator([STORY], delay=0.005, token_bytes=3)
    else:
        opened = open_generator(str(request.getfixturevalue("small_model")), tmp_path, threads=1)
    yield opened
    opened.close()


@pytest.fixture(params=["scripted", "real"])
def encoder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ChildEncoder]:
    if request.param == "scripted":
        opened = open_scripted_encoder(64)
    else:
        opened = open_encoder(str(request.getfixturevalue("embedder_folder")), tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], bool]:
    def wait(condition: Callable[[], bool]) -> bool:
        """Look again and again, at most half a minute; say whether it came true."""
        for _ in range(3000):
            if condition():
                return True
            time.sleep(0.01)
        return condition()

    return wait
