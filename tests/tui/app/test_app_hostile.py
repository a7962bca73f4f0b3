"""Whatever a document, a model or a file name says, it is shown and never obeyed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from textual.app import App, ComposeResult

from kb.model import Answer, AnswerStatus, Sentence, Timings
from quizzes.model import Flashcard
from quizzes.session import start
from tui.widgets.answer_text import answer_markdown, quotes_markdown
from tui.widgets.study_markdown import StudyMarkdown, citation_mark, parser

MARKUP = "[red]x[/] [@click=app.quit]y[/] [bold"
LINK = "pulsa](cite:1) [aquí](https://malo.example) <b>negrita</b> ![img](x.png)"
ESCAPES = "antes\x1b[2J\x1b]0;título\x07\x9b31mdespués\x00\x08"
LONG = "palabra" * 300
HOSTILE = f"{MARKUP} {LINK} {ESCAPES} {LONG}"


def spoil(library) -> None:
    """Put hostile text wherever a document can."""
    library.stored = [replace(one, title=f"{MARKUP} {ESCAPES}", session=MARKUP) for one in library.stored]
    library.passages = {
        id: replace(one, text=f"suma {ESCAPES} {HOSTILE}", heading=MARKUP, speaker=MARKUP)
        for id, one in library.passages.items()
    }


def assert_harmless(app, text: str) -> None:
    assert "[red]x[/] [@click=app.quit]y[/] [bold" in text
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if segment.control:
                continue
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", segment.text)
            meta = segment.style.meta if segment.style else {}
            assert "quit" not in str(meta.get("@click", ""))
            assert "https" not in str(meta.get("@click", ""))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_searching_a_hostile_library(make_app, library, settle, words, size) -> None:
    spoil(library)
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await pilot.press("f2", *"suma")
        await settle(pilot)
        assert_harmless(app, words(app))
        await pilot.press("down", "enter")
        await settle(pilot)
        assert_harmless(app, words(app))
        assert "antesdespués" in words(app) or LONG[:20] in words(app)


async def test_listing_and_opening_a_hostile_document(make_app, library, settle, words) -> None:
    spoil(library)
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f5")
        await settle(pilot)
        assert "[red]x[/]" in words(app)
        await pilot.press("down", "delete")
        await settle(pilot)
        assert_harmless(app, words(app))
        await pilot.press("enter")
        await settle(pilot)
        assert_harmless(app, words(app))


async def test_a_model_cannot_cite_link_or_strike_by_itself(make_app, library, settle, words) -> None:
    library.pieces = (HOSTILE,)
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3", *"neurona", "enter")
        await settle(pilot)
        view = app.screen.query_one("AnswerView")
        sentence = Sentence(f"{MARKUP} [falsa](cite:1) \ue0001\ue001 ~~tachado~~ {ESCAPES}", (2,), True)
        answer = Answer("q", "", AnswerStatus.GROUNDED, (sentence,), view.sources, "m", Timings())
        await view.finish(answer)
        await settle(pilot)
        assert_harmless(app, words(app))
        assert "[falsa](cite:1) 1 ~~tachado~~ antesdespués [2]" in words(app)
        clicks = {
            str(segment.style.meta["@click"])
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and "@click" in segment.style.meta and "cite" in str(segment.style.meta["@click"])
        }
        assert len(clicks) == 1
        assert "cite:2" in clicks.pop()


async def test_a_question_from_the_student_is_shown_as_it_was_typed(make_app, settle, words) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f3")
        app.screen.query_one("#question").value = f"{MARKUP} {LINK}"
        await pilot.press("enter")
        await settle(pilot)
        assert_harmless(app, words(app))


async def test_a_hostile_question_of_a_quiz(make_app, quizzes, settle, words) -> None:
    def begin(count: int = 10, kind=None, course: str = "", session: str = "", seed: int = 0):
        question = replace(quizzes_question, stem=HOSTILE, answer=HOSTILE)
        return start([Flashcard(question)])

    quizzes_question = quizzes.start().current.question
    quizzes.start = begin
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f4")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert_harmless(app, words(app))
        await pilot.press("space")
        await settle(pilot)
        await pilot.press("1", "space", "1")
        await settle(pilot)
        assert_harmless(app, words(app))


class OneText(App[None]):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        yield StudyMarkdown(self.text)


@pytest.mark.parametrize(
    "text",
    [
        "**abre y no cierra",
        "\ue002 abre y no cierra",
        "cierra \ue003 sin abrir ** y _ esto_ *",
        "```\nun código \ue0003\ue001\n```",
        "| a | b |\n|---|---|\n| [x](y) | <td> |",
        "- uno\n  - dos\n\n1. tres",
        "x" * 5000,
        "&lt;script&gt; &amp; &#27;[31m",
        "[a]: https://malo.example\n\n[a]",
        "",
    ],
)
async def test_any_text_can_be_rendered(text: str) -> None:
    app = OneText(text)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        await app.query_one(StudyMarkdown).show_marked(text)
        await pilot.pause()


UNCLOSED = (
    Sentence("```python\nimport torch", (1,), True),
    Sentence("Nadie lo dice.", (), False),
    Sentence("Esto sí.", (2,), True),
)


async def test_code_that_is_never_closed_hides_no_mark_of_what_follows(settle) -> None:
    app = OneText("")
    async with app.run_test() as pilot:
        await app.query_one(StudyMarkdown).show_marked(answer_markdown(UNCLOSED, "sin apoyo"))
        await settle(pilot)
        struck = {
            segment.text.strip()
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and segment.style.strike
        }
        assert struck == {"Nadie lo dice."}


def test_what_is_said_of_code_stands_below_it() -> None:
    closed = (
        Sentence("Así:\n```python\nuno()", (1,), True),
        Sentence("dos()\n```", (), False),
        Sentence("Y ya está.", (2,), True),
    )
    assert answer_markdown(closed, "sin apoyo") == (
        f"```\nAsí:\nuno()\n```\n\n{citation_mark(1)}\n\n\n\n```\ndos()\n```\n\n\ue002(sin apoyo)\ue003\n\n"
        f"Y ya está. {citation_mark(2)}"
    )


def test_a_quote_loses_the_mark_of_its_list_and_no_other() -> None:
    sentences = (
        Sentence("- **BPE** parte de letras", (1,), True),
        Sentence("**WordPiece** elige - no cuenta", (), True),
    )
    assert quotes_markdown(sentences) == (
        f"- **BPE** parte de letras {citation_mark(1)}\n- **WordPiece** elige - no cuenta"
    )


def test_an_odd_backtick_pairs_with_none_of_another_sentence() -> None:
    sentences = (Sentence("Un ` suelto.", (1,), True), Sentence("Nadie ` lo dice.", (), False))
    assert "\\`" in answer_markdown(sentences, "sin apoyo")
    kinds = [token.type for token in parser().parse(answer_markdown(sentences, "sin apoyo"))[1].children]
    assert "code_inline" not in kinds
    assert "s_open" in kinds


def test_sentences_become_markdown_that_keeps_lists_and_marks_what_no_note_says() -> None:
    sentences = (
        Sentence("Hay dos:", (), True),
        Sentence("- la primera", (1,), True),
        Sentence("- la segunda", (), False),
        Sentence("Y nada más.", (1, 2), True),
    )
    assert answer_markdown(sentences, "nadie lo dice") == (
        f"Hay dos:\n- la primera {citation_mark(1)}\n- \ue002la segunda\ue003 (nadie lo dice)"
        f" Y nada más. {citation_mark(1)} {citation_mark(2)}"
    )


def test_quotes_become_a_list_whatever_they_began_with() -> None:
    sentences = (Sentence("- del guion", (1,), True), Sentence("Una frase\nen dos líneas.", (2,), True))
    assert (
        quotes_markdown(sentences) == f"- del guion {citation_mark(1)}\n- Una frase en dos líneas. {citation_mark(2)}"
    )
