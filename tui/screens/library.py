"""The library: its documents, and adding files with progress and warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from textual import work
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import DataTable, Input, ProgressBar, RichLog, Static
from textual.worker import get_current_worker

from ingest.errors import RepasoError
from kb.library import AddOptions
from kb.model import AddEvent, AddResult, AddStatus, DocumentInfo
from tui.screens.base import RepasoScreen
from tui.screens.document import DocumentScreen


class LibraryScreen(RepasoScreen):
    """A table of documents over a line that takes a path."""

    mode = "library"
    CSS_PATH = "library.tcss"
    AUTO_FOCUS = "#path"
    BINDINGS = [("escape", "stop", "key.stop"), ("delete", "remove", "key.remove")]  # noqa: RUF012

    @dataclass
    class Progressed(Message):
        """A step of adding."""

        event: AddEvent

    @dataclass
    class Added(Message):
        """Adding ended: one result a document, or the error that ended it."""

        results: tuple[AddResult, ...]
        stopped: bool
        error: RepasoError | None = None

    @dataclass
    class Listed(Message):
        """The documents there are."""

        documents: tuple[DocumentInfo, ...]

    documents: tuple[DocumentInfo, ...] = ()
    to_remove = ""

    def body(self) -> Iterator[Widget]:
        """Path and course, progress, documents, and what adding had to say."""
        say = self.messages.text
        with Horizontal(id="add"):
            yield Input(placeholder=say("library.placeholder"), id="path")
            yield Input(placeholder=say("library.course"), id="course")
        with Horizontal(id="progress"):
            yield Static("", id="stage", markup=False)
            yield ProgressBar(id="bar", show_eta=False)
        yield DataTable(id="documents", cursor_type="row", zebra_stripes=True)
        yield RichLog(id="log", wrap=True, markup=False, highlight=False)

    def fill(self) -> None:
        """List the documents."""
        self.query_one("#progress").display = self._adding()
        self.query_one("#log").display = bool(self.query_one(RichLog).lines)
        self._list()

    def _adding(self) -> bool:
        return any(worker.group == "add" and worker.is_running for worker in self.workers)

    @work(thread=True, exclusive=True, group="list")
    def _list(self) -> None:
        try:
            self.post_message(self.Listed(self.services.library.documents()))
        except RepasoError as error:
            self.post_message(self.Added((), stopped=False, error=error))

    def on_library_screen_listed(self, event: Listed) -> None:
        """Fill the table, keeping its cursor."""
        say = self.messages.text
        self.documents = event.documents
        table = self.query_one(DataTable)
        at = table.cursor_row
        table.clear(columns=True)
        table.add_columns(*(say(f"library.{name}") for name in ("title", "kind", "session", "passages", "questions")))
        from textual.content import Content

        for document in event.documents:
            cells = (document.title, say(f"kind.{document.kind}"), document.session)
            counts = (str(document.passages), str(document.questions or ""))
            table.add_row(*(Content(cell) for cell in (*cells, *counts)), key=document.id)
        if event.documents:
            table.move_cursor(row=min(at, len(event.documents) - 1))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Add the file or folder that was named."""
        event.stop()
        path = self.query_one("#path", Input).value.strip()
        if path and not self._adding():
            self.query_one(RichLog).clear()
            self.query_one("#progress").display = True
            self._add(Path(path).expanduser(), self.query_one("#course", Input).value.strip())

    @work(thread=True, group="add")
    def _add(self, path: Path, course: str) -> None:
        worker = get_current_worker()
        try:
            results = self.services.library.add(
                [path],
                AddOptions(course=course),
                progress=lambda event: self.post_message(self.Progressed(event)),
                should_stop=lambda: worker.is_cancelled,
            )
            self.services.quizzes.sync()
        except RepasoError as error:
            self.post_message(self.Added((), stopped=False, error=error))
            return
        self.post_message(self.Added(results, stopped=worker.is_cancelled))

    def on_library_screen_progressed(self, message: Progressed) -> None:
        """Show how far it is."""
        event = message.event
        stages = {"read": "library.reading", "store": "library.storing", "embed": "library.embedding"}
        text = self.messages.text(stages[event.stage], item=Path(event.item).name)
        self.query_one("#stage", Static).update(text)
        self.query_one(ProgressBar).update(total=event.total, progress=event.done)

    def on_library_screen_added(self, message: Added) -> None:
        """Say what became of each document, with its warnings."""
        self.query_one("#progress").display = False
        log = self.query_one(RichLog)
        log.display = True
        if message.error is not None:
            log.write(self.messages.text("library.failed", error=self.messages.error(message.error)))
        for result in message.results:
            for line in self._lines(result):
                log.write(line)
        if message.stopped:
            log.write(self.messages.text("library.stopped"))
        self._list()

    def _lines(self, result: AddResult) -> Iterator[str]:
        if result.status is AddStatus.FAILED or result.document is None:
            error = result.error
            sentence = self.messages.error(error) if isinstance(error, RepasoError) else str(error)
            yield self.messages.text("library.failed", error=sentence)
        else:
            yield self.messages.text(f"library.{result.status}", title=result.document.title)
        for notice in result.notices:
            yield f"   ⚠ {self.messages.notice(notice)}"

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open a document."""
        event.stop()
        self.app.push_screen(DocumentScreen(self.messages, self.services, self.documents[event.cursor_row].id))

    def action_stop(self) -> None:
        """Stop adding; what was added stays."""
        self.workers.cancel_group(self, "add")
        self.query_one("#path", Input).focus()

    def action_remove(self) -> None:
        """Remove the document under the cursor, on the second press."""
        table = self.query_one(DataTable)
        if not table.has_focus or not self.documents:
            return
        document = self.documents[table.cursor_row]
        log = self.query_one(RichLog)
        log.display = True
        if self.to_remove != document.id:
            self.to_remove = document.id
            log.write(self.messages.text("library.confirm_remove", title=document.title))
            return
        self.to_remove = ""
        self.services.library.remove(document.id)
        self.services.quizzes.sync()
        log.write(self.messages.text("library.removed", title=document.title))
        self._list()
