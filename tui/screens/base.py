"""What every screen shares: the bar of places, the footer, and sentences in the student's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ActiveBinding, ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Footer

from tui.locale import Messages
from tui.services import Services
from tui.widgets.navigation import Navigation, Place

PLACES = (("home", "f1"), ("search", "f2"), ("ask", "f3"), ("quiz", "f4"), ("library", "f5"))

Result = TypeVar("Result")


def places(messages: Messages) -> tuple[Place, ...]:
    """Return the app's modes with their keys and names."""
    return tuple(Place(mode, key, messages.text(f"nav.{mode}")) for mode, key in PLACES)


def translated(bindings: dict[str, ActiveBinding], messages: Messages) -> dict[str, ActiveBinding]:
    """Replace every description that is a message key by its sentence, so that the footer speaks the language."""
    return {
        key: active._replace(binding=replace(active.binding, description=messages.text(active.binding.description)))
        if messages.has(active.binding.description)
        else active
        for key, active in bindings.items()
    }


class RepasoScreen(Screen[None]):
    """A place of the app: the bar above, its `body`, the keys below."""

    mode = ""

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
        """Yield what is this screen's own."""
        raise NotImplementedError

    def fill(self) -> None:
        """Put what the library holds now into the mounted widgets; nothing by default."""

    def on_mount(self) -> None:
        """Fill the screen once its widgets exist."""
        self.fill()

    def on_screen_resume(self) -> None:
        """The library may have changed while another place was open."""
        if self.is_mounted:
            self.fill()

    async def speak(self, messages: Messages) -> None:
        """Say everything again in another language."""
        self.messages = messages
        await self.recompose()
        self.fill()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, described in the student's language."""
        return translated(super().active_bindings, self.messages)


class RepasoModal(ModalScreen[Result], Generic[Result]):
    """A window over a screen that speaks the student's language."""

    def __init__(self, messages: Messages) -> None:
        super().__init__()
        self.messages = messages

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, described in the student's language."""
        return translated(super().active_bindings, self.messages)
