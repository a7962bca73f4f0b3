"""What answering a question needs, by the kind of answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from kb.answer.modes.detect import asks_why, defined_name, detected
from kb.answer.modes.said import topic
from kb.answer.modes.speakers import name_spans, speaker_named
from kb.answer.modes.text import read
from kb.answer.modes.things import compared_in
from kb.answer.modes.when import Moment, When, day_of, session_of, when
from kb.model import AnswerMode, Filters, Kind


class Order(StrEnum):
    """How evidence is put before the model and the reader."""

    RELEVANCE = "relevance"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Known:
    """What the library has that a question may name: speakers, titles of sessions, the documents' ISO dates."""

    speakers: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class Plan:
    """What answering a question needs.

    `searches` are the texts to search for, the question itself first unless other words say better what it is about.
    `topics` are the things of a comparison, among which evidence is divided. `filters` narrow the caller's by what
    the question says; `unmet` are its own words for who and when that the library knows nothing of. `instruction`
    is the prompt's last sentence; `max_tokens` bounds the answer, `budget` the evidence, in characters.
    `moment` is the part of the class that is meant (kb.answer.modes.is_at).
    """

    mode: AnswerMode
    searches: tuple[str, ...]
    filters: Filters
    instruction: str
    max_tokens: int
    budget: int
    order: Order = Order.RELEVANCE
    topics: tuple[str, ...] = ()
    moment: Moment = Moment.ANY
    unmet: tuple[str, ...] = ()


MAX_TOKENS: Mapping[AnswerMode, int] = {
    AnswerMode.SHORT: 130,
    AnswerMode.EXPLAIN: 220,
    AnswerMode.COMPARE: 260,
    AnswerMode.LIST: 260,
    AnswerMode.DEFINE: 110,
    AnswerMode.QUOTES: 0,
    AnswerMode.SAID: 200,
}
"""Two full Spanish sentences are 70 to 110 tokens; a model that rambles is stopped."""

BUDGET: Mapping[AnswerMode, int] = {
    AnswerMode.SHORT: 1000,
    AnswerMode.EXPLAIN: 1400,
    AnswerMode.COMPARE: 1500,
    AnswerMode.LIST: 1400,
    AnswerMode.DEFINE: 1000,
    AnswerMode.QUOTES: 1400,
    AnswerMode.SAID: 1200,
}
"""Characters of evidence, about four a token of Spanish: two cores evaluate 400 characters a second."""

# Asked to explain, the default model makes up two sentences of three; asked to copy the steps, one of eight.
INSTRUCTIONS: Mapping[str, Mapping[AnswerMode, str]] = {
    "es": {
        AnswerMode.SHORT: "Responde en una o dos frases.",
        AnswerMode.EXPLAIN: "Copia de los apuntes los pasos, uno por línea y numerados, sin añadir nada.",
        AnswerMode.COMPARE: "Escribe una frase sobre cada cosa y después la diferencia.",
        AnswerMode.LIST: "Responde con una lista, un elemento por línea.",
        AnswerMode.DEFINE: "Defínelo en una sola frase que empiece por el término.",
        AnswerMode.QUOTES: "",
        AnswerMode.SAID: "Resume en una o dos frases lo que se dijo y quién lo dijo.",
    },
    "en": {
        AnswerMode.SHORT: "Answer in one or two sentences.",
        AnswerMode.EXPLAIN: "List the steps that the notes give, numbered, one a line, adding nothing.",
        AnswerMode.COMPARE: "Write one sentence on each thing, then the difference.",
        AnswerMode.LIST: "Answer with a list, one item a line.",
        AnswerMode.DEFINE: "Define it in one sentence that begins with the term.",
        AnswerMode.QUOTES: "",
        AnswerMode.SAID: "Sum up in one or two sentences what was said and who said it.",
    },
}


WHY: Mapping[str, str] = {
    "es": "Di en una o dos frases por qué, solo con la razón que dan los apuntes.",
    "en": "Say in one or two sentences why, only with the reason that the notes give.",
}
"""The instruction of a short answer to a question for a reason: asked for steps, a small model makes reasons up."""

WHY_TOKENS = 100


def plan(question: str, mode: AnswerMode, language: str, filters: Filters, known: Known = NOTHING_KNOWN) -> Plan:
    """Return what answering needs; AUTO takes the mode that the question's own words ask for.

    `language` is the question's, "es", "en" or "" where it is not clear. Raises nothing, whatever the question.
    """
    if mode is AnswerMode.AUTO:
        mode = detected(question, language, known.speakers)
    spoken = "en" if language == "en" else "es"
    basis = Plan(mode, (question,), filters, INSTRUCTIONS[spoken][mode], MAX_TOKENS[mode], BUDGET[mode])
    if mode is AnswerMode.SHORT and asks_why(question):
        return replace(basis, instruction=WHY[spoken], max_tokens=WHY_TOKENS)
    if mode is AnswerMode.COMPARE:
        found = compared_in(question)
        return replace(basis, topics=found.things, searches=(question, *found.searches))
    if mode is AnswerMode.DEFINE and (name := defined_name(question)):
        return replace(basis, searches=tuple(dict.fromkeys((question, name))))
    return _said(basis, question, known) if mode is AnswerMode.SAID else basis


def _said(basis: Plan, question: str, known: Known) -> Plan:
    """Search the transcripts for what was said, by whom and when the question tells; in the order of the class."""
    asked = read(question)
    told = when(asked)
    speaker = speaker_named(question, known.speakers)
    after, before = day_of(told.day, known.dates) if told.day else ("", "")
    session = session_of(told.session, known.sessions) if told.session else ""
    given = basis.filters
    narrowed = replace(
        given,
        kind=given.kind or Kind.TRANSCRIPT.value,
        speaker=given.speaker or speaker,
        session=given.session or session,
        after=given.after or (after if not given.before else ""),
        before=given.before or (before if not given.after else ""),
    )
    people = [asked.shown[slice(*span)] for span in name_spans(asked, ())] if not speaker else []
    return replace(
        basis,
        searches=(topic(asked, known.speakers, told.spans) or question,),
        filters=narrowed,
        order=Order.TIME,
        moment=told.moment,
        unmet=(*people, *_unmet(told, session, after)),
    )


def _unmet(told: When, session: str, day: str) -> tuple[str, ...]:
    """Return the question's words for a session and a day that the library does not have."""
    missing = ((told.session, session, told.session_words), (told.day, day, told.day_words))
    return tuple(words.strip() for said, met, words in missing if said and not met)
