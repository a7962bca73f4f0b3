"""The command palette in the student's language; Textual's own speaks English alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.screen import Screen
from textual.style import Style

if TYPE_CHECKING:
    from tui.app import RepasoApp


@dataclass(frozen=True, slots=True)
class Command:
    """Something the palette offers: its name, what it does in a line, and what runs it."""

    name: str
    help: str
    run: Callable[[], object]


class CommandList(Provider):
    """Offers a list of commands; says so when none is called like what was typed."""

    commands: Sequence[Command] = ()
    nothing = ""

    async def discover(self) -> Hits:
        """Offer all."""
        for command in self.commands:
            yield DiscoveryHit(command.name, command.run, help=command.help)

    async def search(self, query: str) -> Hits:
        """Offer those whose name has what was typed, accents and case aside."""
        found = list(self._matching(query))
        for score, command in found:
            yield Hit(score, command.name, command.run, help=command.help)
        if not found:
            yield Hit(1.0, self.nothing, _stay)

    def _matching(self, query: str) -> Iterator[tuple[float, Command]]:
        matcher = self.matcher(folded(query))
        for command in self.commands:
            score = matcher.match(folded(command.name))
            if score > 0:
                yield score, command


def open_palette(app: RepasoApp, commands: Sequence[Command], placeholder: str, nothing: str) -> None:
    """Open a palette over the current screen, unless one is open."""
    if isinstance(app.screen, CommandPalette):
        return

    class Offered(CommandList):
        def __init__(self, screen: Screen[object], match_style: Style | None = None) -> None:
            super().__init__(screen, match_style)
            self.commands = commands
            self.nothing = nothing

    app.push_screen(CommandPalette(providers=[Offered], placeholder=placeholder))


def folded(text: str) -> str:
    """Return a text without case and accents, as names are looked for."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _stay() -> None:
    """Nothing to run."""
