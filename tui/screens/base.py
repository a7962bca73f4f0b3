"""What every screen shares: the bar of places, the footer, and sentences in the student's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Footer
from textual.worker import Worker, WorkerState

from tui.locale import Messages
from tui.services import Services
from tui.widgets.navigation import Navigation, Place

PLACES = (("home", "f1"), ("search", "f2"), ("ask", "f3"), ("quiz", "f4"), ("library", "f5"))

WIDE = 100
"""Columns from which two things stand side by side."""

Result = TypeVar("Result")

KEYS = {"palette": "key.commands", "Open the command palette": "key.commands"}
"""Textual's own descriptions of the keys that our footer shows."""


@dataclass
class Broken(Message):
    """Something nobody foresaw went wrong behind a screen; the app says so and keeps the details."""

    error: BaseException


def places(messages: Messages) -> tuple[Place, ...]:
    """Return the app's modes with their keys and names."""
    return tuple(Place(mode, key, messages.text(f"nav.{mode}")) for mode, key in PLACES)


def translated(bindings: dict[str, ActiveBinding], messages: Messages) -> dict[str, ActiveBinding]:
    """Replace every description that is a message key by its sentence, so that the footer speaks the language."""

    def said(text: str) -> str:
        key = KEYS.get(text, text)
        return messages.text(key) if messages.has(key) else text

    return {
        key: active._replace(
            binding=replace(
                active.binding, description=said(active.binding.description), tooltip=said(active.binding.tooltip)
            ),
            tooltip=said(active.tooltip),
        )
        for key, active in bindings.items()
    }


class RepasoScreen(Screen[None]):
    """A place of the app: the bar above, its `body`, the keys below."""

    mode = ""
    unshown: ClassVar[frozenset[str]] = frozenset({"ctrl+l"})
    """Keys of the app that the footer leaves out, so that the screen's own find room in 80 columns."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 (Textual declares it without ClassVar)

    def __init__(self, services: Services, messages: Messages) -> None:
        super().__init__()
        self.services = services
        self.messages = messages

    def compose(self) -> ComposeResult:
        """The bar, the body and the footer."""
        yield Navigation(places(self.messages), self.mode)
        with Vertical(id="body"):
            yield from self.body()
        yield Footer(show_command_palette=True)

    def body(self) -> Iterator[Widget]:
        """Yield what is this screen's own, still without words."""
        raise NotImplementedError

    def translate(self) -> None:
        """Put every sentence of the screen in its language; called when mounted and when the language changes."""
        raise NotImplementedError

    def fill(self) -> None:
        """Show what the library holds now; called when mounted and when the place is visited. Must not wait."""

    def on_mount(self) -> None:
        """Speak; what costs time waits for the first paint."""
        self.translate()

    def on_screen_resume(self) -> None:
        """The library may have changed while another place was open."""
        self.call_after_refresh(self.fill)

    async def speak(self, messages: Messages) -> None:
        """Say everything again in another language, keeping what the student did."""
        self.messages = messages
        self.query_one(Navigation).speak(places(messages))
        self.translate()
        self.refresh_bindings()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that failed for a reason nobody foresaw is a defect; the app says so."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.post_message(Broken(event.worker.error))

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, described in the student's language."""
        active = translated(super().active_bindings, self.messages)
        for key in self.unshown & active.keys():
            active[key] = active[key]._replace(binding=replace(active[key].binding, show=False))
        return active


class RepasoModal(ModalScreen[Result], Generic[Result]):
    """A window over a screen that speaks the student's language."""

    def __init__(self, messages: Messages) -> None:
        super().__init__()
        self.messages = messages

    def translate(self) -> None:
        """Put every sentence of the window in its language."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Speak."""
        self.translate()

    async def speak(self, messages: Messages) -> None:
        """Say everything again in another language."""
        self.messages = messages
        self.translate()
        self.refresh_bindings()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that failed for a reason nobody foresaw is a defect; the app says so."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.post_message(Broken(event.worker.error))

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, described in the student's language."""
        return translated(super().active_bindings, self.messages)
