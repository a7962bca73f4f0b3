"""The app: opens the library, names the screens and the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen

from tui.config import Config, write_setting
from tui.locale import Messages
from tui.screens.ask import AskScreen
from tui.screens.base import PLACES, RepasoScreen
from tui.screens.home import HomeScreen
from tui.screens.library import LibraryScreen
from tui.screens.quiz import QuizScreen
from tui.screens.search import SearchScreen
from tui.services import Services, open_services
from tui.widgets.navigation import PlaceTab

SCREENS: dict[str, type[RepasoScreen]] = {
    "home": HomeScreen,
    "search": SearchScreen,
    "ask": AskScreen,
    "quiz": QuizScreen,
    "library": LibraryScreen,
}


class RepasoApp(App[None]):
    """Five places over one library."""

    TITLE = "Repaso"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *[Binding(key, f"go('{mode}')", f"nav.{mode}", priority=True, show=False) for mode, key in PLACES],
        Binding("ctrl+l", "switch_language", "key.language", priority=True, show=False),
        Binding("ctrl+q", "quit", "key.quit", priority=True),
    ]
    DEFAULT_MODE = "home"
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(self, services: Services, messages: Messages) -> None:
        super().__init__()
        self.services = services
        self.messages = messages
        self._made: dict[str, RepasoScreen] = {}
        for mode in SCREENS:
            self.add_mode(mode, partial(self._make, mode))

    def _make(self, mode: str) -> RepasoScreen:
        """Make a place when it is first visited."""
        self._made[mode] = SCREENS[mode](self.services, self.messages)
        return self._made[mode]

    async def action_go(self, mode: str) -> None:
        """Go to a place; a window over the current one closes first."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self.switch_mode(mode)

    async def on_place_tab_chosen(self, event: PlaceTab.Chosen) -> None:
        """Go where the bar was clicked."""
        await self.action_go(event.mode)

    async def action_switch_language(self) -> None:
        """Speak the other language from now on, and remember it."""
        language = "en" if self.messages.language == "es" else "es"
        write_setting(self.services.config.settings, "language", language)
        self.messages = Messages(language)
        for screen in self._made.values():
            await screen.speak(self.messages)

    def action_command_palette(self) -> None:
        """Open the palette with its prompt in the student's language."""
        if not CommandPalette.is_open(self):
            placeholder = self.messages.text("command.placeholder")
            self.push_screen(CommandPalette(placeholder=placeholder, id="--command-palette"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette's commands, in the student's language."""
        say = self.messages.text
        for mode in SCREENS:
            yield SystemCommand(say(f"nav.{mode}"), say("command.go_help"), partial(self.action_go, mode))
        yield SystemCommand(say("command.language"), say("command.language_help"), self.action_switch_language)
        yield SystemCommand(say("command.theme"), say("command.theme_help"), self.action_change_theme)
        yield SystemCommand(say("command.keys"), say("command.keys_help"), self.action_show_help_panel)
        yield SystemCommand(say("key.quit"), say("command.quit_help"), self.action_quit)


def build(config: Config) -> RepasoApp:
    """Open the library and return the app over it; used by the command line, the tests and the pictures.

    Raises StoreError where the library file cannot be opened.
    """
    return RepasoApp(open_services(config), Messages(config.language))
