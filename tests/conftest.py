"""What every test shares: no network, and where the real models are."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import platformdirs
import pytest


def pytest_configure() -> None:
    """Hear Ctrl-C whatever started the tests: a shell's background job ignores it, and so would its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may open a connection; asyncio's own socket pairs stay allowed."""

    def refuse(self: socket.socket, address: object) -> None:
        raise AssertionError(f"a test opened a connection to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """The folder of downloaded models, as set-up leaves it."""
    return Path(os.environ.get("REPASO_CACHE") or platformdirs.user_cache_dir("repaso", appauthor=False))
