"""Home: what is due today and what is in the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from textual import work
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Sparkline, Static

from ingest.errors import RepasoError
from kb.model import DocumentInfo, SessionInfo
from quizzes.model import Due, Stats
from tui.screens.base import RepasoScreen
from tui.services import add_samples

DAYS = 14


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything Home shows."""

    due: Due
    stats: Stats
    documents: tuple[DocumentInfo, ...]
    sessions: tuple[SessionInfo, ...]
    activity: tuple[int, ...]


class HomeScreen(RepasoScreen):
    """Two panels: today and the library."""

    mode = "home"
    CSS_PATH = "home.tcss"

    @dataclass
    class Counted(Message):
        """The library was counted."""

        overview: Overview

    @dataclass
    class Failed(Message):
        """Why it could not be."""

        error: RepasoError

    def body(self) -> Iterator[Widget]:
        """The name, then today and the library side by side."""
        say = self.messages.text
        yield Static(say("home.welcome"), id="name", markup=False)
        yield Static(say("home.tagline"), id="tagline", markup=False)
        with Horizontal(id="panels"):
            with Vertical(id="today"):
                yield Static("", id="due", markup=False)
                yield Button(say("home.start_quiz"), id="start", variant="primary", disabled=True)
                yield Static("", id="activity", markup=False)
                yield Sparkline([0] * DAYS, id="spark")
            with Vertical(id="library"):
                yield Static("", id="counts", markup=False)
                yield Button(say("home.load_samples"), id="samples")
        self.call_after_refresh(self._titles)

    def _titles(self) -> None:
        self.query_one("#today").border_title = self.messages.text("home.due")
        self.query_one("#library").border_title = self.messages.text("home.library")

    def fill(self) -> None:
        """Count what there is."""
        self._titles()
        self._count()

    @work(thread=True, exclusive=True, group="count")
    def _count(self) -> None:
        try:
            self.post_message(self.Counted(self._overview()))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    def _overview(self) -> Overview:
        library, quizzes = self.services.library, self.services.quizzes
        stats = quizzes.stats()
        return Overview(
            due=quizzes.due(),
            stats=stats,
            documents=library.documents(),
            sessions=library.sessions(),
            activity=last_days(stats.per_day, self.services.today(), DAYS),
        )

    def on_home_screen_counted(self, event: Counted) -> None:
        """Show the counts."""
        found = event.overview
        self.query_one("#due", Static).update(self._due(found.due))
        self.query_one("#start", Button).disabled = not (found.due.due or found.due.new)
        self.query_one("#activity", Static).update(self.messages.text("home.activity", count=sum(found.activity)))
        self.query_one("#spark", Sparkline).data = list(found.activity)
        self.query_one("#counts", Static).update(self._counts(found))
        self.query_one("#samples", Button).display = not found.documents

    def on_home_screen_failed(self, event: Failed) -> None:
        """Say why there is nothing to count."""
        self.query_one("#counts", Static).update(self.messages.error(event.error))

    def _due(self, due: Due) -> str:
        say = self.messages.text
        if not due.due and not due.new and due.next_at is None:
            return say("home.nothing_due")
        lines = [say("home.due_cards", count=due.due), say("home.new_cards", count=due.new)]
        if not due.due and due.next_at is not None:
            at = due.next_at.astimezone()
            lines.append(say("home.next_due", day=f"{at:%d/%m/%Y}", time=f"{at:%H:%M}"))
        return "\n".join(lines)

    def _counts(self, found: Overview) -> str:
        say = self.messages.text
        if not found.documents:
            return say("home.empty")
        kinds = Counter(document.kind for document in found.documents)
        return "\n".join(
            [
                say("home.documents", count=len(found.documents)),
                *(
                    f"  {say('home.kind_row', kind=say(f'kind.{kind}'), count=n)}"
                    for kind, n in sorted(kinds.items())
                ),
                say("home.sessions", count=len(found.sessions)),
                say("home.passages", count=sum(document.passages for document in found.documents)),
                say("home.questions", count=sum(document.questions for document in found.documents)),
            ]
        )

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Start a quiz, or load the sample course."""
        event.stop()
        if event.button.id == "start":
            await self.app.run_action("go('quiz')")
        else:
            event.button.disabled = True
            self._load_samples()

    @work(thread=True, exclusive=True, group="samples")
    def _load_samples(self) -> None:
        try:
            add_samples(self.services)
            self.post_message(self.Counted(self._overview()))
        except RepasoError as error:
            self.post_message(self.Failed(error))


def last_days(per_day: tuple[tuple[str, int], ...], today: str, days: int) -> tuple[int, ...]:
    """Return the counts of the last `days` days up to `today` (ISO dates), zeros where nothing was done."""
    from datetime import date, timedelta

    counts = dict(per_day)
    end = date.fromisoformat(today)
    return tuple(counts.get((end - timedelta(days=back)).isoformat(), 0) for back in reversed(range(days)))
