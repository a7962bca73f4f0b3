"""Before a quiz: how to be asked, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from quizzes.model import Due, QuizKind
from tui.locale import Messages
from tui.plural import counted
from tui.widgets.plain_text import PlainText

COUNTS = (5, 10, 20, 50)
KINDS: tuple[tuple[str, QuizKind | None], ...] = (
    ("mixed", None),
    ("flashcard", QuizKind.FLASHCARD),
    ("multiple_choice", QuizKind.MULTIPLE_CHOICE),
)


class CountChip(Static):
    """A number of questions; a click takes it."""

    @dataclass
    class Taken(Message):
        """The student wants `count` questions."""

        count: int

    def __init__(self, count: int) -> None:
        super().__init__(f" {count} ", markup=False)
        self.count = count

    def on_click(self, event: events.Click) -> None:
        """Take it."""
        event.stop()
        self.post_message(self.Taken(self.count))


class QuizSetup(Vertical):
    """Kinds in a list, numbers in a row: enter on a kind starts, left and right change the number."""

    DEFAULT_CSS = """
    QuizSetup { padding: 1 2; height: auto; max-width: 76; }
    QuizSetup .empty { display: none; }
    QuizSetup #title { text-style: bold; color: $primary; margin-bottom: 1; }
    QuizSetup #kinds { height: auto; border: round $primary 40%; padding: 0 1; margin-bottom: 1; }
    QuizSetup #kinds:focus { border: round $primary; }
    QuizSetup #counts { height: 1; margin-bottom: 1; }
    QuizSetup #howmany { width: auto; margin-right: 1; color: $text-muted; }
    QuizSetup CountChip { width: auto; margin-right: 1; background: $panel; }
    QuizSetup CountChip:hover { background: $boost; }
    QuizSetup CountChip.taken { background: $accent; color: $background; text-style: bold; }
    QuizSetup #waiting { color: $text-muted; }
    QuizSetup #remark { color: $text-warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "begin", "key.start", priority=True),
        Binding("left", "count(-1)", "key.fewer", priority=True),
        Binding("right", "count(1)", "key.more", priority=True),
    ]

    @dataclass
    class Begun(Message):
        """The student wants a quiz; `kind` None mixes."""

        kind: QuizKind | None
        count: int

    def __init__(self, messages: Messages, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.messages = messages
        self.count = 10
        self.due: Due | None = None

    def compose(self) -> ComposeResult:
        """Title, kinds, numbers, and what there is to study."""
        yield PlainText(id="title")
        yield OptionList(id="kinds", markup=False)
        with Horizontal(id="counts"):
            yield PlainText(id="howmany")
            for count in COUNTS:
                yield CountChip(count)
        yield PlainText(id="waiting")
        yield PlainText(id="remark", classes="empty")

    def speak(self, messages: Messages) -> None:
        """Say everything in a language."""
        self.messages = messages
        say = messages.text
        self.query_one("#title", PlainText).say(say("quiz.setup"))
        self.query_one("#howmany", PlainText).say(say("quiz.count"))
        kinds = self.query_one("#kinds", OptionList)
        at = kinds.highlighted or 0
        kinds.clear_options()
        kinds.add_options(
            Option(
                Content.assemble((say(f"quiz.{name}"), "bold"), "\n", (say(f"quiz.{name}_help"), "$foreground-muted"))
            )
            for name, _ in KINDS
        )
        kinds.highlighted = at
        self._show_count()
        self._show_due()

    def focus_kinds(self) -> None:
        """Put the keyboard on the kinds."""
        self.query_one("#kinds").focus()

    def show_due(self, due: Due) -> None:
        """Say what there is to study."""
        self.due = due
        self._show_due()

    def remark(self, text: str) -> None:
        """Say why no quiz began, or nothing."""
        self.query_one("#remark", PlainText).say(text)

    def _show_due(self) -> None:
        if self.due is not None:
            waiting = (
                counted(self.messages, f"home.{name}_cards", getattr(self.due, name)) for name in ("due", "new")
            )
            self.query_one("#waiting", PlainText).say(" · ".join(waiting))

    def _show_count(self) -> None:
        for chip in self.query(CountChip):
            chip.set_class(chip.count == self.count, "taken")

    def on_count_chip_taken(self, event: CountChip.Taken) -> None:
        """Take the number that was clicked."""
        event.stop()
        self.count = event.count
        self._show_count()

    def action_count(self, by: int) -> None:
        """Take the next smaller or greater number."""
        self.count = COUNTS[max(0, min(len(COUNTS) - 1, COUNTS.index(self.count) + by))]
        self._show_count()

    def action_begin(self) -> None:
        """Begin with the kind under the cursor."""
        self.query_one("#kinds", OptionList).action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Begin with the chosen kind."""
        event.stop()
        self.post_message(self.Begun(KINDS[event.option_index][1], self.count))
