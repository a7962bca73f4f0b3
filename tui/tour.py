"""The tour: what `repaso` shows where there is no terminal to open the app in. Adds, searches, asks and quizzes.

An empty library gets the sample course; a library that holds something is toured as it is.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from tui.commands.add import show
from tui.commands.ask import Wanted, events, finished, print_answer
from tui.commands.filters import filters
from tui.commands.hits import print_hit
from tui.commands.invocation import Invocation
from tui.commands.progress import print_due
from tui.printing import Style

if TYPE_CHECKING:
    from tui.services import Services

HITS = 4
SEED = 1


def take_tour(invocation: Invocation) -> int:
    """Print the tour; a missing model is said and done without."""
    from tui.services import add_samples

    printer, say = invocation.printer, invocation.text
    with invocation.services() as services:
        printer.line(say("tour.title"), Style.STRONG)
        printer.line(say("tour.opening", path=services.config.library))
        if not services.library.documents():
            printer.line(say("tour.adding"))
            add_samples(services, lambda event: show(invocation, event))
            invocation.status.clear()
        services.quizzes.sync()
        _holdings(invocation, services)
        _search(invocation, services)
        _ask(invocation, services)
        _quiz(invocation, services)
        _heading(invocation, "tour.due")
        print_due(invocation, services.quizzes.due())
    _heading(invocation, "tour.next")
    for key in ("tour.try_add", "tour.try_quiz", "tour.try_app"):
        printer.line(say(key), indent=2)
    return 0


def _heading(invocation: Invocation, key: str) -> None:
    """Print a step's name after a blank line."""
    invocation.printer.line()
    invocation.printer.line(invocation.text(key), Style.STRONG)


def _holdings(invocation: Invocation, services: Services) -> None:
    """Say what the library holds."""
    documents, sessions = services.library.documents(), services.library.sessions()
    questions = services.quizzes.questions()
    invocation.printer.line(
        invocation.text("tour.holds", documents=len(documents), sessions=len(sessions), questions=len(questions))
    )


def _topic(invocation: Invocation, services: Services) -> tuple[str, str]:
    """Return what to search and what to ask: of the sample course ours, of other material what it is about itself."""
    from tui.services import SAMPLE_COURSE

    documents = services.library.documents()
    if any(info.course == SAMPLE_COURSE for info in documents):
        return invocation.text("tour.query"), invocation.text("tour.question")
    questions = services.quizzes.questions()
    title = documents[0].title
    return title, questions[0].stem if questions else title


def _search(invocation: Invocation, services: Services) -> None:
    """Show one search across all sessions."""
    query, _ = _topic(invocation, services)
    _heading(invocation, "tour.search")
    invocation.printer.line(f"$ repaso search «{query}»", Style.QUIET)
    invocation.printer.line()
    for number, hit in enumerate(services.library.search(query, limit=HITS).hits, start=1):
        print_hit(invocation, number, hit)


def _ask(invocation: Invocation, services: Services) -> None:
    """Show one answer with its citations, by the model or, without one, in quotes."""
    from kb.model import AnswerMode

    _, question = _topic(invocation, services)
    invocation.printer.line(invocation.text("tour.ask"), Style.STRONG)
    invocation.printer.line(f"$ repaso ask «{question}»", Style.QUIET)
    invocation.printer.line()
    wanted = Wanted(filters(), AnswerMode.AUTO, use_model=True)
    print_answer(invocation, finished(events(invocation, services, question, wanted)))


def _quiz(invocation: Invocation, services: Services) -> None:
    """Show one multiple-choice question with its answer; nothing is recorded."""
    from quizzes.errors import NoQuestions
    from quizzes.model import MultipleChoice, QuizKind

    _heading(invocation, "tour.quiz")
    try:
        item = services.quizzes.start(1, QuizKind.MULTIPLE_CHOICE, seed=SEED).current
    except NoQuestions:
        invocation.printer.line(invocation.text("tour.no_questions"))
        return
    assert isinstance(item, MultipleChoice)
    invocation.printer.line(item.question.stem)
    letters = string.ascii_lowercase
    for letter, text in zip(letters, item.options, strict=False):
        invocation.printer.line(f"{letter}) {text}", indent=2)
    right = invocation.text("tour.answer", letter=letters[item.correct], text=item.options[item.correct])
    invocation.printer.line(right, Style.GOOD, indent=2)
