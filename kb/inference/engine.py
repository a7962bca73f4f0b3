"""What every engine in a model's process shares: the flag that stops it and the error it fails with."""

from __future__ import annotations

import ctypes


class EngineError(Exception):
    """A model could not be loaded or a request could not be served.

    `reason` is a message key; `params` are the names and values of what its sentence tells, in turn.
    """

    def __init__(self, reason: str, detail: str = "", **params: object) -> None:
        self.reason = reason
        self.detail = detail
        self.params = tuple(str(each) for pair in params.items() for each in pair)
        super().__init__(f"{reason}: {detail}")


class StopFlag:
    """A flag set by one thread and read by another, also by native code through `address`.

    It is a C string: empty to go on, one character to stop. Work ahead of its time can be asked to give way instead:
    it ends with its next batch, which then is not lost.
    """

    def __init__(self) -> None:
        self._text = ctypes.create_string_buffer(2)
        self.gives_way = False

    def set(self) -> None:
        """Ask the running request to stop."""
        self._text[0] = b"s"

    def give_way(self) -> None:
        """Ask the running request to end soon, because another waits."""
        self.gives_way = True

    def clear(self) -> None:
        """Let the next request run."""
        self._text[0] = b"\0"
        self.gives_way = False

    def is_set(self) -> bool:
        """Say whether the running request was asked to stop."""
        return bool(self._text[0] != b"\0")

    @property
    def address(self) -> int:
        """Where the C string lies, for as long as this object lives."""
        return ctypes.addressof(self._text)
