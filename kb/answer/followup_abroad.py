"""Follow-up questions in another language than the question before them: "¿Y BERT?" after "What is GPT?". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kb.answer.followup_forms import agreeing, joined
from kb.answer.topic import Line
from kb.model import Exchange

LanguageOf = Callable[[str], str]
"""A typed line to "es", "en" or ""."""

LONGEST = 12
"""Words of a question whose form is known; a longer one asks something more."""

_ARTICLE = r"(?:(?:el|la|los|las|un|una|unos|unas|the|an?) )"
# A thing of a larger one is the answer to a question of its own: "what is the capital of France".
_PLAIN = rf"{_ARTICLE}?(?!.*(?:['’]s? |\b(?:of|in|on|for|between|de|del|entre|para|en)\b)).+"
_ANY = rf"{_ARTICLE}?.+"


@dataclass(frozen=True, slots=True)
class Form:
    """A question about a thing in two languages: its shape, folded, and the words that ask it of another thing."""

    spanish: re.Pattern[str]
    in_spanish: str
    english: re.Pattern[str]
    in_english: str
    after: str = ""


def _forms() -> Iterator[Form]:
    """Yield the forms, those that say more before a mere "what is"."""
    for spanish, english in (
        ("ventajas", "advantages"),
        ("desventajas", "disadvantages"),
        ("inconvenientes", "drawbacks"),
        ("limitaciones", "limitations"),
        ("partes", "parts"),
        ("tipos", "types"),
        ("usos", "uses"),
    ):
        yield Form(
            re.compile(rf"(?:que {spanish} tienen?|(?:cuales son )?l[ao]s {spanish} del?) {_ANY}"),
            f"Qué {spanish} tiene",
            re.compile(rf"(?:what are )?(?:(?:the )?{english} of {_ANY}|{_ANY}['’]s? {english})"),
            f"What are the {english} of",
        )
    yield Form(
        re.compile(rf"como funcionan? {_ANY}"),
        "Cómo funciona",
        re.compile(rf"how do(?:es)? {_ANY} work"),
        "How does",
        " work",
    )
    yield Form(
        re.compile(rf"para que (?:sirven?|se (?:usan?|utilizan?)) {_ANY}"),
        "Para qué sirve",
        re.compile(rf"what (?:is|are) {_ANY} (?:used|good|useful) for"),
        "What is",
        " used for",
    )
    yield Form(
        re.compile(rf"por que (?:es|son) importantes? {_ANY}"),
        "Por qué es importante",
        re.compile(rf"why (?:is|are) {_ANY} important"),
        "Why is",
        " important",
    )
    yield Form(
        re.compile(rf"(?:que (?:es|son|significan?)|en que consisten?|define) {_PLAIN}"),
        "Qué es",
        re.compile(rf"(?:what(?:'s| is| are)|define) {_PLAIN}"),
        "What is",
    )


FORMS = tuple(_forms())


def language_in(question: str, earlier: Sequence[Exchange], language_of: LanguageOf) -> str:
    """Return the language of a question: its own where it shows one, else that of the conversation, "" where unknown.

    `earlier` are the exchanges before it, oldest first.
    """
    asked = (question, *(each.question for each in reversed(earlier)))
    return next((language for language in map(language_of, asked) if language), "")


def without_article(text: str) -> str:
    """Return words without the article that they begin with: it is none in another language."""
    return re.sub(rf"^{_ARTICLE}(?=\w)", "", text, flags=re.IGNORECASE)


def asked_abroad(text: str, earlier: Line, language: str) -> str:
    """Return an earlier question in `language`, not its own, of another thing; "" where its form is not known.

    `text` names the thing as it is typed in that language, "es" or "en".
    """
    for form in FORMS:
        found = (form.english if language == "es" else form.spanish).fullmatch(earlier.folded)
        if found and len(found.group().split()) <= LONGEST:
            if language == "es":
                return f"¿{joined(agreeing(form.in_spanish, text), text)}?"
            return f"{_agreeing(form.in_english, text)} {text}{form.after}?"
    return ""


def _agreeing(head: str, thing: str) -> str:
    """Return "What is" or "How does" in the number of the thing after it: a common noun in -s is a plural."""
    last = thing.split()[-1]
    many = last.islower() and last.endswith("s") and not last.endswith(("ss", "is", "us"))
    return head.replace(" is", " are").replace(" does", " do") if many else head
