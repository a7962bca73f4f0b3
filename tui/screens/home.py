"""Home: what is due today, what is in the library, and where everything else is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, ProgressBar, Sparkline
from textual.worker import Worker, get_current_worker

from ingest.errors import RepasoError
from kb.errors import ModelUnavailable
from kb.model import AddEvent, DocumentInfo, SessionInfo
from quizzes.model import Due, Stats
from tui.locale import Messages
from tui.plural import counted
from tui.screens.base import PLACES, RepasoScreen
from tui.screens.latest import void
from tui.services import add_samples
from tui.widgets.plain_text import PlainText
from tui.widgets.progress import progress_sentence

DAYS = 14


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything Home shows; `activity` holds the answers of each of the last days."""

    due: Due
    stats: Stats
    documents: tuple[DocumentInfo, ...]
    sessions: tuple[SessionInfo, ...]
    activity: tuple[int, ...]


class HomeScreen(RepasoScreen):
    """Two panels, today and the library, over the list of places."""

    mode = "home"
    unshown: ClassVar[frozenset[str]] = frozenset()
    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "#start"

    @dataclass
    class Counted(Message):
        """The library was counted."""

        overview: Overview

    @dataclass
    class Progressed(Message):
        """A step of loading the sample course."""

        event: AddEvent

    @dataclass
    class Failed(Message):
        """Why the library could not be counted or filled."""

        error: RepasoError

    overview: Overview | None = None
    loading = False
    offered = False

    def body(self) -> Iterator[Widget]:
        """The name, then today and the library side by side, then the places."""
        yield PlainText(id="name")
        with Horizontal(id="panels"):
            with Vertical(id="today", classes="panel"):
                yield PlainText(id="due")
                yield Button("", id="start", variant="primary", disabled=True, compact=True)
                yield PlainText(id="activity")
                yield Sparkline([0] * DAYS, id="spark")
            with Vertical(id="library", classes="panel"):
                yield PlainText(id="counts")
                yield PlainText(id="stage", classes="empty")
                yield ProgressBar(id="bar", show_eta=False, classes="empty")
                yield Button("", id="samples", classes="empty", compact=True)
        yield PlainText(id="places")

    def translate(self) -> None:
        """Say everything in the student's language."""
        say = self.messages.text
        name = Content.assemble(
            (say("home.welcome"), "bold $primary"), "  ", (say("home.tagline"), "$foreground-muted")
        )
        self.query_one("#name", PlainText).say(name)
        self.query_one("#today").border_title = say("home.due")
        self.query_one("#library").border_title = say("home.library")
        self.query_one("#start", Button).label = say("home.start_quiz")
        self.query_one("#samples", Button).label = say("home.load_samples")
        self.query_one("#places", PlainText).say(_places(self.messages))
        self._show()

    def fill(self) -> None:
        """Count what there is."""
        self._count()

    @work(thread=True, exclusive=True, group="count", exit_on_error=False)
    def _count(self) -> None:
        try:
            self.post_message(self.Counted(self._overview()))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    def _overview(self) -> Overview:
        library, quizzes = self.services.library, self.services.quizzes
        quizzes.sync()
        stats = quizzes.stats()
        return Overview(
            due=quizzes.due(),
            stats=stats,
            documents=library.documents(),
            sessions=library.sessions(),
            activity=last_days(stats.per_day, self.services.today(), DAYS),
        )

    def on_home_screen_counted(self, event: Counted) -> None:
        """Show the counts; the first time, an empty library gets the sample course."""
        self.overview = event.overview
        first, self.offered = not self.offered, True
        if first and event.overview.documents:
            self._embed_pending()
        elif first:
            self._load()
        self._show()

    def on_home_screen_failed(self, event: Failed) -> None:
        """Say why there is nothing to count."""
        self.query_one("#counts", PlainText).say(self.messages.error(event.error))

    def _show(self) -> None:
        """Show what was counted, in the student's language."""
        found, say = self.overview, self.messages.text
        if found is None:
            return
        studied = bool(found.due.due or found.due.new)
        self.query_one("#due", PlainText).say(due_lines(found.due, self.messages))
        self.query_one("#start", Button).disabled = not studied
        self.query_one("#activity", PlainText).say(say("home.activity", count=sum(found.activity)))
        spark = self.query_one("#spark", Sparkline)
        spark.data = list(found.activity)
        spark.set_class(not any(found.activity), "empty")
        there = library_lines(found, self.messages) if found.documents else say("home.empty")
        self.query_one("#counts", PlainText).say("" if self.loading else there)
        self.query_one("#samples", Button).set_class(bool(found.documents) or self.loading, "empty")
        if studied and self.focused is None:
            self.query_one("#start", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Start a quiz, or load the sample course."""
        event.stop()
        if event.button.id == "samples":
            self._load()
            self._show()
        else:
            self.run_worker(self.app.run_action("go('quiz')"))

    def _load(self) -> None:
        """Load the sample course behind the screen."""
        self._begin_loading()
        self.query_one("#stage", PlainText).say(self.messages.text("home.loading"))
        self._load_samples()

    def _begin_loading(self) -> None:
        self.loading = True
        self.query_one("#bar", ProgressBar).remove_class("empty")

    @work(thread=True, exclusive=True, group="samples", exit_on_error=False)
    def _load_samples(self) -> None:
        worker = get_current_worker()
        try:
            add_samples(
                self.services,
                progress=lambda event: void(self.post_message(self.Progressed(event))),
                should_stop=lambda: worker.is_cancelled,
            )
        except RepasoError as error:
            self.post_message(self.Failed(error))

    @work(thread=True, exclusive=True, group="samples", exit_on_error=False)
    def _embed_pending(self) -> None:
        """Bring up to date what an older version or another embedder left; without any embedder, searches say so."""
        worker = get_current_worker()
        try:
            self.services.library.catch_up(
                progress=lambda event: void(self.post_message(self.Progressed(event))),
                should_stop=lambda: worker.is_cancelled,
            )
        except ModelUnavailable:
            return
        except RepasoError as error:
            self.post_message(self.Failed(error))

    def on_home_screen_progressed(self, message: Progressed) -> None:
        """Show how far it is; once all is stored, the quiz need not wait for the rest."""
        if not self.loading:
            self._begin_loading()
            self._show()
        if message.event.stage == "embed" and message.event.done == 0:
            self._count()
        self.query_one("#stage", PlainText).say(progress_sentence(message.event, self.messages))
        self.query_one("#bar", ProgressBar).update(total=message.event.total, progress=message.event.done)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Loading has ended, however it ended: count again."""
        if event.worker.group == "samples" and event.worker.is_finished:
            self.loading = False
            self.query_one("#stage", PlainText).say("")
            self.query_one("#bar", ProgressBar).add_class("empty")
            self._count()


def due_lines(due: Due, messages: Messages) -> str:
    """Say what there is to study, and when the next question comes back."""
    if not due.due and not due.new and due.next_at is None:
        return messages.text("home.nothing_due")
    lines = [counted(messages, "home.due_cards", due.due), counted(messages, "home.new_cards", due.new)]
    if not due.due and due.next_at is not None:
        at = due.next_at.astimezone()
        lines.append(messages.text("home.next_due", day=f"{at:%d/%m/%Y}", time=f"{at:%H:%M}"))
    return "\n".join(lines)


def library_lines(found: Overview, messages: Messages) -> str:
    """Say how much the library holds, kind by kind."""
    kinds = Counter(document.kind for document in found.documents)
    lines = [
        counted(messages, "home.documents", len(found.documents)),
        *(f"  {counted(messages, f'home.kind_{kind.value}', count)}" for kind, count in sorted(kinds.items())),
        counted(messages, "home.sessions", len(found.sessions)),
        counted(messages, "home.passages", sum(document.passages for document in found.documents)),
        counted(messages, "home.questions", found.stats.questions),
    ]
    return "\n".join(lines)


def _places(messages: Messages) -> Content:
    """Name each other place with its key and what it is for."""
    lines = [
        Content.assemble(
            (f"{key.upper()} ", "$accent bold"),
            (messages.text(f"nav.{mode}").ljust(12), "bold"),
            (messages.text(f"place.{mode}"), "$foreground-muted"),
        )
        for mode, key in PLACES
        if mode != "home"
    ]
    return Content("\n").join(lines)


def last_days(per_day: tuple[tuple[str, int], ...], today: str, days: int) -> tuple[int, ...]:
    """Return the counts of the last `days` days up to `today` (ISO dates), zeros where nothing was done."""
    from datetime import date, timedelta

    counts = dict(per_day)
    end = date.fromisoformat(today)
    return tuple(counts.get((end - timedelta(days=back)).isoformat(), 0) for back in reversed(range(days)))
