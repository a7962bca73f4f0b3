"""Why a quiz could not be made or an answer could not be recorded."""

from __future__ import annotations

from ingest.errors import RepasoError


class QuizError(RepasoError):
    """Base of the quiz errors."""

    code = "quiz"


class NoQuestions(QuizError):
    """Nothing to ask: no study guide or no question matches the filters."""

    code = "no_questions"


class QuestionNotFound(QuizError):
    """No question has that id; parameter `key`."""

    code = "question_not_found"
