"""One question of a quiz: asked, answered, and then told right or wrong with its reference answer."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, OptionList
from textual.widgets.option_list import Option

from quizzes.model import Grade, MultipleChoice, QuizItem
from tui.locale import Messages
from tui.printing import one_line
from tui.widgets.plain_text import PlainText
from tui.widgets.study_markdown import StudyMarkdown

LETTERS = "abcdefgh"


@dataclass(frozen=True, slots=True)
class Face:
    """What the card shows: the item, and once it was answered the chosen option; `open` shows the answer."""

    item: QuizItem
    open: bool = False
    chosen: int | None = None
    due: str = ""
    again: bool = False


class QuestionCard(VerticalScroll):
    """Shows a Face. Posts what the student does with the mouse or in the list; keys are the screen's."""

    can_focus = True
    DEFAULT_CSS = """
    QuestionCard { padding: 1 2; scrollbar-size-vertical: 1; }
    QuestionCard .empty { display: none; }
    QuestionCard #stem { margin-bottom: 1; }
    QuestionCard #stem MarkdownParagraph { text-style: bold; color: $foreground; }
    QuestionCard #options { height: auto; border: none; background: transparent; padding: 0; margin-bottom: 1; }
    QuestionCard #options > .option-list--option { padding: 0 1; }
    QuestionCard #hint { color: $text-muted; }
    QuestionCard #verdict { text-style: bold; margin-bottom: 1; }
    QuestionCard #verdict.right { color: $text-success; }
    QuestionCard #verdict.wrong { color: $text-error; }
    QuestionCard #answer { border-left: outer $primary; padding: 0 1; margin-bottom: 1; height: auto; }
    QuestionCard #buttons { height: auto; margin-top: 1; }
    QuestionCard #buttons Button { margin-right: 1; width: auto; min-width: 8; }
    """

    @dataclass
    class Chosen(Message):
        """The student chose an option."""

        place: int

    @dataclass
    class Pressed(Message):
        """The student pressed a button: the name of an action of the screen."""

        action: str

    def __init__(self, messages: Messages, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.messages = messages
        self.face: Face | None = None

    def compose(self) -> ComposeResult:
        """Question, options, verdict, answer, and the buttons of the keys that work now."""
        yield StudyMarkdown(id="stem")
        yield OptionList(id="options", markup=False, compact=True)
        yield PlainText(id="verdict", classes="empty")
        yield StudyMarkdown(id="answer", classes="empty")
        yield PlainText(id="hint")
        with Horizontal(id="buttons"):
            yield Button("", id="reveal", variant="primary", compact=True)
            for grade in Grade:
                yield Button("", id=f"grade-{grade.value}", compact=True, classes="grade")
            yield Button("", id="next", variant="primary", compact=True)
            yield Button("", id="source", compact=True)

    async def show(self, face: Face) -> None:
        """Show a card; a new question starts at its top, with the keyboard on what answers it."""
        new = self.face is None or self.face.item is not face.item
        self.face = face
        if new:
            await self.query_one("#stem", StudyMarkdown).update(face.item.question.stem)
            await self.query_one("#answer", StudyMarkdown).update(face.item.question.answer)
            self.scroll_home(animate=False)
        options = self.query_one("#options", OptionList)
        self._list_options(options, face)
        asks = isinstance(face.item, MultipleChoice) and face.chosen is None
        options.can_focus = asks
        (options if asks else self).focus(scroll_visible=False)
        self.query_one("#answer").set_class(not face.open, "empty")
        self._speak()
        if face.chosen is not None:
            self.call_after_refresh(self.scroll_to_widget, self.query_one("#verdict"), animate=False)

    def speak(self, messages: Messages) -> None:
        """Say the rest in another language."""
        self.messages = messages
        self._speak()

    def _list_options(self, options: OptionList, face: Face) -> None:
        item = face.item
        options.set_class(not isinstance(item, MultipleChoice), "empty")
        if not isinstance(item, MultipleChoice):
            return
        at = options.highlighted if options.option_count == len(item.options) and face.chosen is not None else 0
        options.clear_options()
        options.add_options(Option(_option(item, place, face.chosen)) for place in range(len(item.options)))
        options.highlighted = None if face.chosen is not None else at

    def _speak(self) -> None:
        face, say = self.face, self.messages.text
        if face is None:
            return
        choice = isinstance(face.item, MultipleChoice)
        verdict = self.query_one("#verdict", PlainText)
        verdict.say(_verdict(face, self.messages))
        verdict.set_class(face.chosen == getattr(face.item, "correct", None), "right")
        verdict.set_class(face.chosen != getattr(face.item, "correct", None), "wrong")
        hints = {(True, False): "choose_hint", (True, True): "next_hint", (False, False): "reveal_hint"}
        self.query_one("#hint", PlainText).say(say(f"quiz.{hints.get((choice, face.open), 'grade_hint')}"))
        shown = {
            "reveal": not choice and not face.open,
            "next": choice and face.open,
            "source": face.open and bool(face.item.question.passage),
            **{f"grade-{grade.value}": not choice and face.open for grade in Grade},
        }
        names = {
            "reveal": say("key.reveal"),
            "next": say("key.next"),
            "source": say("quiz.source"),
            **{f"grade-{grade.value}": f"{grade.value} {say(f'key.{grade.name.lower()}')}" for grade in Grade},
        }
        for button in self.query(Button):
            button.label = names[button.id or ""]
            button.can_focus = False
            button.set_class(not shown[button.id or ""], "empty")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say which option was chosen."""
        event.stop()
        if self.face is not None and self.face.chosen is None:
            self.post_message(self.Chosen(event.option_index))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Say which key was meant."""
        event.stop()
        name, _, number = (event.button.id or "").partition("-")
        self.post_message(self.Pressed(f"{name}({number})" if number else name))


def _option(item: MultipleChoice, place: int, chosen: int | None) -> Content:
    """Return an option with its letter; once one was chosen, the right one and the wrong choice stand out."""
    words = f"{LETTERS[place]}  {one_line(item.options[place])}"
    if chosen is None:
        return Content.assemble((words[:1], "$accent bold"), words[1:])
    if place == item.correct:
        return Content.assemble((f"{words}  ✓", "bold $text-success"))
    if place == chosen:
        return Content.assemble((f"{words}  ✗", "$text-error"))
    return Content.assemble((words, "$foreground-muted"))


def _verdict(face: Face, messages: Messages) -> str:
    """Say whether the choice was right, and when the question comes back."""
    item = face.item
    if not isinstance(item, MultipleChoice) or face.chosen is None:
        return ""
    right = face.chosen == item.correct
    told = messages.text("quiz.right") if right else messages.text("quiz.wrong", letter=LETTERS[item.correct])
    again = messages.text("quiz.comes_again") if face.again else ""
    later = messages.text("quiz.next_due", day=face.due) if face.due and not face.again else ""
    return " ".join(part for part in (told, again, later) if part)
