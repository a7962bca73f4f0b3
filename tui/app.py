"""The app: opens the library, names the screens and the keys that work everywhere."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandPalette

from ingest.errors import RepasoError
from tui.config import Config, write_setting
from tui.locale import Messages
from tui.log import write_failure
from tui.pictures import prepare
from tui.screens.base import PLACES, Broken, RepasoModal, RepasoScreen
from tui.services import Services, now, open_services
from tui.theme import REPASO
from tui.tidying import MOMENT, Tidying
from tui.widgets.navigation import PlaceTab

SCREENS = {
    "home": "tui.screens.home:HomeScreen",
    "search": "tui.screens.search:SearchScreen",
    "ask": "tui.screens.ask:AskScreen",
    "quiz": "tui.screens.quiz:QuizScreen",
    "library": "tui.screens.library:LibraryScreen",
}
"""Each place's class, imported when it is first visited."""

THREADS = 16
"""Workers at once. Textual renders Markdown in the same pool, which must never be full of waiting ones."""

TURN = 0.001
"""Seconds that a worker keeps the interpreter while the screen wants it, once for every turn of the event loop: with
Python's own 0.005 (docs.python.org/3/library/sys.html#sys.setswitchinterval) a key during a search is felt to lag."""


class RepasoApp(App[None]):
    """Five places over one library."""

    TITLE = "Repaso"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        *[Binding(key, f"go('{mode}')", f"nav.{mode}", priority=True, show=False) for mode, key in PLACES],
        Binding("ctrl+l", "switch_language", "key.language", priority=True),
        Binding("ctrl+q", "quit", "key.quit", priority=True),
    ]
    DEFAULT_MODE = "home"

    def __init__(self, services: Services, messages: Messages) -> None:
        super().__init__()
        self.services = services
        self.messages = messages
        self._made: dict[str, RepasoScreen] = {}
        self._tidying = Tidying()
        self.register_theme(REPASO)
        self.theme = REPASO.name
        for mode in SCREENS:
            self.add_mode(mode, partial(self._make, mode))

    def _make(self, mode: str) -> RepasoScreen:
        """Make a place when it is first visited."""
        module, name = SCREENS[mode].split(":")
        made: RepasoScreen = getattr(import_module(module), name)(self.services, self.messages)
        self._made[mode] = made
        return made

    def on_load(self) -> None:
        """Give the workers threads enough, and the screen its turn among them and before the collector of garbage."""
        sys.setswitchinterval(TURN)
        self._tidying.begin()
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "repaso"))

    def on_mount(self) -> None:
        """Tidy up behind who rests."""
        self.set_interval(1, self._tidying.look)

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; whatever a student does comes by here first."""
        if isinstance(event, events.InputEvent | events.Paste):
            self._tidying.used()
            asyncio.get_running_loop().call_later(MOMENT, self._tidying.look_at_young)
        await super().on_event(event)

    def on_unmount(self) -> None:
        """End the model processes; a worker that waits for one ends with it.

        The library itself must stay open until every worker's thread has ended: SQLite may crash otherwise.
        """
        self._tidying.end()
        self.services.end_models()

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
        self.messages = Messages(language)
        if isinstance(self.screen, CommandPalette):
            self.pop_screen()
        for screen in self._made.values():
            await screen.speak(self.messages)
        for window in self.screen_stack:
            if isinstance(window, RepasoModal):
                await window.speak(self.messages)
        try:
            write_setting(self.services.config.settings, "language", language)
        except RepasoError as error:
            self.notify(self.messages.error(error), severity="warning", markup=False)

    def action_command_palette(self) -> None:
        """Offer every command in the student's language."""
        from tui.palette import Command, open_palette

        say = self.messages.text
        go = [
            Command(say(f"nav.{mode}"), f"{key.upper()} · {say(f'place.{mode}')}", partial(self.action_go, mode))
            for mode, key in PLACES
        ]
        others = [
            Command(say("command.language"), say("command.language_help"), self.action_switch_language),
            Command(say("command.theme"), say("command.theme_help"), self.action_change_theme),
            Command(say("command.keys"), say("command.keys_help"), self.action_show_keys),
            Command(say("key.quit"), say("command.quit_help"), self.action_quit),
        ]
        open_palette(self, [*go, *others], say("command.placeholder"), say("command.nothing"))

    def action_change_theme(self) -> None:
        """Offer the themes."""
        from tui.palette import Command, open_palette

        say = self.messages.text
        themes = [Command(name, "", partial(setattr, self, "theme", name)) for name in sorted(self.available_themes)]
        open_palette(self, themes, say("command.theme_placeholder"), say("command.nothing"))

    def action_show_keys(self) -> None:
        """List the keys."""
        from tui.screens.keys import KeysScreen

        self.push_screen(KeysScreen(self.messages))

    def action_help_quit(self) -> None:
        """Say how to leave to who pressed ctrl+c."""
        self.notify(self.messages.text("key.how_to_quit"), markup=False)

    def get_key_display(self, binding: Binding) -> str:
        """Name a key as it is printed on the student's keyboard."""
        key = f"keyname.{binding.key}"
        if not binding.key_display and self.messages.has(key):
            return self.messages.text(key)
        return super().get_key_display(binding)

    def on_broken(self, event: Broken) -> None:
        """Say that something went wrong, and where the details are."""
        self.notify(self._told(event.error), severity="error", markup=False, timeout=10)

    def _fatal_error(self) -> None:
        """Leave with a sentence where Textual would print a traceback, with the student's texts among its locals."""
        from rich.text import Text

        details = self._told(self._exception) if self._exception is not None else ""
        self.panic(Text(f"{self.messages.text('app.crashed')} {details}"))

    def _told(self, error: BaseException) -> str:
        """Log an error nobody foresaw; return the sentence about it."""
        log = write_failure(self.services.config.cache, error, now())
        if log is None:
            return self.messages.text("app.broken_unlogged", what=f"{type(error).__name__}: {error}")
        return self.messages.text("app.broken", log=log)


def build(config: Config) -> RepasoApp:
    """Return the app over a configuration's library; used by the command line, the tests and the pictures.

    Raises StoreError where the library file cannot be opened.
    """
    return RepasoApp(open_services(config), Messages(config.language))


def run(config: Config) -> int:
    """Run the app until the student leaves; return the exit status. Raises StoreError before anything is shown.

    However the app ends, no process of a model outlives it. Textual's event loop joins the workers' threads as it
    closes, so that nothing uses the library any more when it is closed.
    """
    prepare(config.pictures)
    app = build(config)
    try:
        app.run()
    finally:
        app.services.close()
    return app.return_code or 0
