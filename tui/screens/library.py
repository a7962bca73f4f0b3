"""The library: its documents, and adding files with progress and warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import DataTable, Input, ProgressBar
from textual.worker import Worker, get_current_worker

from ingest.errors import RepasoError
from ingest.report import warnings
from kb.model import AddEvent, AddResult, AddStatus, DocumentInfo
from tui.locale import Messages
from tui.printing import one_line, shortened
from tui.report import passed_over_sentence, remark
from tui.screens.base import WIDE, RepasoScreen
from tui.screens.document import DocumentScreen
from tui.widgets.path_input import PathInput, meant_path
from tui.widgets.plain_input import PlainInput
from tui.widgets.plain_text import PlainText
from tui.widgets.progress import progress_sentence

COLUMNS = (("title", 0), ("kind", 15), ("session", 0), ("passages", 8), ("questions", 9))
"""The table's columns and their widths in cells; those of 0 share what is left."""


class DocumentTable(DataTable[Content]):
    """The documents; enter opens one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select_cursor", "key.open")]


class LibraryScreen(RepasoScreen):
    """A table of documents under a line that takes a path, over what adding had to say."""

    mode = "library"
    CSS_PATH = "library.tcss"
    AUTO_FOCUS = "#path"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "key.stop"),
        Binding("escape", "edit", "key.add"),
        Binding("down", "documents", "key.documents", priority=True),
        Binding("delete", "remove", "key.remove"),
    ]

    @dataclass
    class Progressed(Message):
        """A step of adding."""

        event: AddEvent

    @dataclass
    class Added(Message):
        """Adding ended: one result a document, or the error that ended it."""

        results: tuple[AddResult, ...] = ()
        passed_over: tuple[Path, ...] = ()
        stopped: bool = False
        error: RepasoError | None = None

    @dataclass
    class Removed(Message):
        """A document was removed."""

        title: str

    @dataclass
    class Listed(Message):
        """The documents there are."""

        documents: tuple[DocumentInfo, ...]

    @dataclass
    class Failed(Message):
        """Why the library could not be listed or changed."""

        error: RepasoError

    documents: tuple[DocumentInfo, ...] = ()
    told: Added | Removed | Failed | DocumentInfo | None = None
    """What the log says: how adding ended, what was removed, an error, or the document to be removed."""
    adding: Worker[None] | None = None

    def body(self) -> Iterator[Widget]:
        """Path and course, progress, documents, and what adding had to say."""
        with Horizontal(id="add"):
            yield PathInput(id="path")
            yield PlainInput(id="course")
        with Horizontal(id="progress", classes="empty"):
            yield PlainText(id="stage")
            yield ProgressBar(id="bar", show_eta=False)
        yield DocumentTable(id="documents", cursor_type="row", zebra_stripes=True)
        yield PlainText(id="none", classes="empty")
        with VerticalScroll(id="log", classes="empty"):
            yield PlainText(id="lines")

    def translate(self) -> None:
        """Say everything in the student's language."""
        say = self.messages.text
        self.query_one("#path", Input).placeholder = say("library.placeholder")
        self.query_one("#course", Input).placeholder = say("library.course")
        self.query_one("#none", PlainText).update(say("library.empty"))
        self._show_table()
        self._tell(self.told)

    def fill(self) -> None:
        """List the documents."""
        self._list()

    def on_resize(self, _event: events.Resize) -> None:
        """Give the columns what room there is."""
        self.call_after_refresh(self._show_table)

    @work(thread=True, exclusive=True, group="list", exit_on_error=False)
    def _list(self) -> None:
        try:
            self.post_message(self.Listed(self.services.library.documents()))
        except RepasoError as error:
            self.post_message(self.Failed(error))

    def on_library_screen_listed(self, event: Listed) -> None:
        """Fill the table."""
        self.documents = event.documents
        self.query_one("#none").set_class(bool(event.documents), "empty")
        self.query_one("#documents").set_class(not event.documents, "empty")
        self._show_table()

    def _show_table(self) -> None:
        """Fill the table, keeping its cursor."""
        table: DataTable[Content] = self.query_one(DataTable)
        at = table.cursor_row
        table.clear(columns=True)
        widths = column_widths(table.size.width)
        for name, width in widths.items():
            table.add_column(self.messages.text(f"library.{name}"), width=width)
        for document in self.documents:
            cells = {
                "title": document.title,
                "kind": self.messages.text(f"kind.{document.kind.value}"),
                "session": document.session,
                "passages": str(document.passages),
                "questions": str(document.questions or ""),
            }
            fitted = [Content(shortened(cells[name], width)) for name, width in widths.items()]
            table.add_row(*fitted, key=document.id)
        if self.documents:
            table.move_cursor(row=min(at, len(self.documents) - 1))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Add the file or folder that was named."""
        event.stop()
        typed = self.query_one("#path", Input).value
        if typed.strip() and self.adding is None:
            self._tell(None)
            self.query_one("#stage", PlainText).say(self.messages.text("library.looking"))
            self.query_one("#bar", ProgressBar).update(total=None, progress=0)
            self.query_one("#progress").remove_class("empty")
            self.adding = self._add(meant_path(typed), self.query_one("#course", Input).value.strip())
            self.refresh_bindings()

    @work(thread=True, group="add", exit_on_error=False)
    def _add(self, path: Path, course: str) -> None:
        from kb.library import AddOptions

        worker = get_current_worker()

        def show(event: AddEvent) -> None:
            self.post_message(self.Progressed(event))

        passed_over: list[Path] = []
        try:
            results = self.services.library.add(
                [path],
                AddOptions(course=course),
                progress=show,
                should_stop=lambda: worker.is_cancelled,
                passed_over=passed_over.extend,
            )
            self.services.quizzes.sync()
        except RepasoError as error:
            self.post_message(self.Added(error=error))
            return
        self.post_message(self.Added(results, tuple(passed_over), stopped=worker.is_cancelled))

    def on_library_screen_progressed(self, message: Progressed) -> None:
        """Show how far it is."""
        self.query_one("#stage", PlainText).say(progress_sentence(message.event, self.messages))
        self.query_one(ProgressBar).update(total=message.event.total, progress=message.event.done)

    def on_library_screen_added(self, message: Added) -> None:
        """Say what became of each document, with its warnings."""
        self._tell(message)
        if message.error is None and not message.stopped:
            self.query_one("#path", Input).value = ""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Adding has ended, however it ended."""
        if event.worker is self.adding and event.worker.is_finished:
            self.adding = None
            self.query_one("#progress").add_class("empty")
            self.refresh_bindings()
            self._list()

    def on_library_screen_failed(self, message: Failed) -> None:
        """Say why."""
        self._tell(message)

    def on_library_screen_removed(self, message: Removed) -> None:
        """Say that it is gone."""
        self._tell(message)
        self._list()

    def _tell(self, told: Added | Removed | Failed | DocumentInfo | None) -> None:
        """Keep and show what there is to say."""
        self.told = told
        lines = list(log_lines(told, self.messages))
        self.query_one("#lines", PlainText).say("\n".join(lines))
        self.query_one("#log").set_class(not lines, "empty")
        self.query_one("#log").scroll_home(animate=False)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open a document."""
        event.stop()
        self.app.push_screen(DocumentScreen(self.messages, self.services, self.documents[event.cursor_row].id))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Another document is under the cursor: the one that was to be removed stays."""
        event.stop()
        if isinstance(self.told, DocumentInfo) and self.told.id != event.row_key.value:
            self._tell(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done where the keyboard is."""
        if not self.is_mounted:
            return False
        at_table = self.query_one(DataTable).has_focus
        if action == "stop":
            return self.adding is not None
        if action == "edit":
            return not self.query_one("#path").has_focus
        if action == "documents":
            return bool(self.documents) and isinstance(self.focused, Input)
        if action == "remove":
            return bool(self.documents) and at_table
        return super().check_action(action, parameters)

    def action_stop(self) -> None:
        """Stop adding; what was added stays."""
        if self.adding is not None:
            self.adding.cancel()
            self.query_one("#stage", PlainText).say(self.messages.text("library.stopping"))

    def action_edit(self) -> None:
        """Go back to the path; nothing is removed."""
        self.query_one("#path", Input).focus()
        if isinstance(self.told, DocumentInfo):
            self._tell(None)

    def action_documents(self) -> None:
        """Go to the table."""
        self.query_one(DataTable).focus()

    def action_remove(self) -> None:
        """Remove the document under the cursor, on the second press."""
        document = self.documents[self.query_one(DataTable).cursor_row]
        if isinstance(self.told, DocumentInfo) and self.told.id == document.id:
            self._remove(document)
        else:
            self._tell(document)

    @work(thread=True, group="remove", exit_on_error=False)
    def _remove(self, document: DocumentInfo) -> None:
        try:
            self.services.library.remove(document.id)
            self.services.quizzes.sync()
        except RepasoError as error:
            self.post_message(self.Failed(error))
            return
        self.post_message(self.Removed(document.title))


def column_widths(room: int) -> dict[str, int]:
    """Share the columns of the screen; a narrow one shows no sessions. Each cell is padded on both sides."""
    shown = {name: width for name, width in COLUMNS if room >= WIDE or name != "session"}
    left = max(24, room - sum(width + 2 for width in shown.values()) - 2)
    share = {"title": 0.6, "session": 0.4} if "session" in shown else {"title": 1.0}
    return {name: width or round(left * share[name]) for name, width in shown.items()}


def log_lines(
    told: LibraryScreen.Added | LibraryScreen.Removed | LibraryScreen.Failed | DocumentInfo | None,
    messages: Messages,
) -> Iterator[str]:
    """Say what became of what was added or removed, a document a line, its warnings below it."""
    say = messages.text
    match told:
        case DocumentInfo():
            yield say("library.confirm_remove", title=one_line(told.title))
        case LibraryScreen.Removed():
            yield say("library.removed", title=one_line(told.title))
        case LibraryScreen.Failed():
            yield messages.error(told.error)
        case LibraryScreen.Added():
            if told.stopped:
                yield say("library.stopped")
            if told.error is not None:
                yield messages.error(told.error)
            for result in told.results:
                yield from _result_lines(result, messages)
            if told.passed_over:
                yield f"⚠ {passed_over_sentence(told.passed_over, messages)}"
        case None:
            pass


def _result_lines(result: AddResult, messages: Messages) -> Iterator[str]:
    if result.status is AddStatus.FAILED or result.document is None:
        error = result.error
        yield "✗ " + (messages.error(error) if isinstance(error, RepasoError) else f"{result.path}: {error}")
    else:
        mark = "·" if result.status is AddStatus.UNCHANGED else "✓"
        yield f"{mark} {messages.text(f'library.{result.status.value}', title=one_line(result.document.title))}"
    for notice in warnings(result.notices):
        yield f"   ⚠ {remark(notice, messages)}"
