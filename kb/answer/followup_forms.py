"""The forms that a further question is put into so that it stands alone. Pure."""

from __future__ import annotations

import re

from kb.answer import followup_words as signs
from kb.answer.topic import NOWHERE, WORD, Line, Span, Topic, is_name, names
from kb.search.analysis_stems import is_stop
from kb.search.analysis_words import fold


def content(text: str) -> tuple[str, ...]:
    """Return the words that name something, as written: no stop words and none that only ask."""
    return tuple(word for word in WORD.findall(text) if not _only_asks(word))


def _only_asks(word: str) -> bool:
    folded = fold(word)
    return not is_name(word, opens_sentence=True) and (is_stop(folded) or folded in signs.ASKING_WORDS)


def aside(line: Line, about: Topic, language: str) -> str:
    """Return the question with what it is about added at its end."""
    return f"{line.before}{line.core}{line.after} ({'about' if language == 'en' else 'sobre'} {about.matter})"


def with_thing(line: Line, about: Topic, language: str, at: Span) -> str:
    """Return the question with the thing at a stretch of its words, else with what it is about at its end."""
    if not about.thing:
        return aside(line, about, language)
    head, tail = line.core[: at.start].rstrip(), line.core[at.end :].strip()
    if language != "en":
        head = agreeing(head, about.thing)
    return line.with_core(" ".join(part for part in (joined(head, about.thing), tail) if part))


def agreeing(head: str, thing: str) -> str:
    """Return words that end in a verb with the number of the thing that comes after it."""
    rest, _, verb = head.rpartition(" ")
    many = fold(thing).startswith(("los ", "las ", "unos ", "unas "))
    singular = next((one for one, plural in signs.PLURAL_OF.items() if fold(verb) in (one, plural)), "")
    if not singular:
        return head
    changed = signs.PLURAL_OF[singular] if many else singular
    return f"{rest} {changed}".strip() if changed != fold(verb) else head


def joined(head: str, thing: str) -> str:
    """Put a thing after other words; "de el" and "a el" become one word, but not the El of a name."""
    whole = f"{head} {thing}".strip()
    return re.sub(r"\b(de|a) el ", lambda found: "del " if found[1] == "de" else "al ", whole)


def instead(line: Line, text: str, about: Topic, language: str) -> str:
    """Return the earlier question with a phrase in the place of what stands there of its kind."""
    earlier = about.line
    if found := signs.PREPOSITION.fullmatch(text):
        return earlier.with_core(with_complement(earlier, found["word"], found["object"]))
    known = names(earlier.core)
    if names(text, opens_sentence=False) and known:
        if len(known) > 1:
            return aside(line, about, language)
        return earlier.with_core(replaced(earlier.core, known[0], text))
    if about.subject == NOWHERE:
        return aside(line, about, language)
    if not content(text):
        return aspect(line, text, about, language)
    return earlier.with_core(replaced(earlier.core, about.subject, text))


def with_complement(earlier: Line, preposition: str, thing: str) -> str:
    """Return the earlier words with another complement of this preposition, added where there was none."""
    for found in re.finditer(rf"\b{fold(preposition)} ", earlier.folded):
        rest = earlier.core[found.end() :]
        named = [span for span in names(rest, opens_sentence=False) if span.start == 0]
        simple = re.match(r"(?:(?:el|la|los|las|un|una|the|a|an) )?[\w+-]+", rest)
        end = named[0].end if named else simple.end() if simple else 0
        if end:
            return f"{earlier.core[: found.end()]}{thing}{rest[end:]}"
    return f"{earlier.core} {preposition} {thing}"


def replaced(core: str, place: Span, text: str) -> str:
    """Return words with others in the place of some, the article before them gone and the verb in their number."""
    head = core[: place.start]
    article = re.search(r"\b(?:(?P<joint>de|a)l|el|la|los|las|un|una|unos|unas|the|an?) $", head, re.IGNORECASE)
    if article:
        head = head[: article.start()] + (f"{article['joint']} " if article["joint"] else "")
    head = agreeing(head.rstrip(), text) if place.start else ""
    return joined(head, text) + core[place.end :]


def aspect(line: Line, text: str, about: Topic, language: str) -> str:
    """Return the question for another side of the same thing: "¿y las desventajas?"."""
    article = fold(text.split(" ", 1)[0])
    asked = {"el": "Cuál es", "la": "Cuál es", "los": "Cuáles son", "las": "Cuáles son"}.get(article)
    if language == "en" and article == "the":
        asked = "What are" if text.endswith("s") else "What is"
    if asked is None:
        return aside(line, about, language)
    joint = "of" if language == "en" else "de"
    opening = "" if language == "en" else "¿"
    return f"{opening}{joined(f'{asked} {text} {joint}', about.thing)}?"
