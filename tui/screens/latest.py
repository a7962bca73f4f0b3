"""One job at a time, always for the newest request: how typing stays ahead of what it asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Request = TypeVar("Request")


def void(_result: object) -> None:
    """Give nothing back, for callbacks that promise it."""


class LatestOnly(Generic[Request]):
    """Starts `launch` for a request when nothing runs; else keeps the newest request, dropping older ones.

    Whoever runs the job calls `done` when it ended, however it ended. All calls come from one thread.
    """

    def __init__(self, launch: Callable[[Request], None]) -> None:
        self._launch = launch
        self._running = False
        self._waiting: tuple[Request, ...] = ()

    def ask(self, request: Request) -> None:
        """Do it now, or as soon as what runs has ended unless something newer was asked by then."""
        if self._running:
            self._waiting = (request,)
            return
        self._running = True
        self._launch(request)

    def forget(self) -> None:
        """Drop the request that waits."""
        self._waiting = ()

    def done(self) -> None:
        """What ran has ended; start what waits."""
        self._running = False
        waiting, self._waiting = self._waiting, ()
        for request in waiting:
            self.ask(request)
