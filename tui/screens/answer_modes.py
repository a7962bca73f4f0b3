"""Which kind of answer is wanted, chosen from a list over the questions."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Footer, OptionList

from kb.model import AnswerMode
from tui.answer_words import MODES, mode_name
from tui.locale import Messages
from tui.screens.base import RepasoModal
from tui.widgets.plain_text import PlainText


class ModeList(OptionList):
    """The kinds of answers."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "select", "key.choose")]


class ModesScreen(RepasoModal[AnswerMode | None]):
    """Returns the kind of answer that was chosen, None after escape."""

    CSS_PATH = "answer_modes.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f6", "dismiss(None)", "key.close", key_display="esc")]

    def __init__(self, messages: Messages, wanted: AnswerMode) -> None:
        super().__init__(messages)
        self.wanted = wanted

    def compose(self) -> ComposeResult:
        """A title and the list."""
        with Vertical(id="frame"):
            yield PlainText(id="title")
            yield ModeList(*(mode_name(mode, self.messages) for mode in MODES), id="modes", markup=False)
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin at the kind that is wanted now."""
        modes = self.query_one(ModeList)
        modes.highlighted = MODES.index(self.wanted.value)
        modes.focus()

    def translate(self) -> None:
        """Name everything in the student's language."""
        self.query_one("#title", PlainText).say(self.messages.text("ask.modes"))
        modes = self.query_one(ModeList)
        for index, mode in enumerate(MODES):
            modes.replace_option_prompt_at_index(index, mode_name(mode, self.messages))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it."""
        event.stop()
        self.dismiss(AnswerMode(MODES[event.option_index]))
