"""A question that goes on from another becomes one that stands alone; one that does so already stays as it is. Pure.

No model is asked: fixed signs say that a question leaves out what it is about, and fixed forms put that in, in the
earlier question's own words. Where no sign is sure the question stays, since a question turned away from its meaning
is worse than one that finds less.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.language import language_of_question
from kb.answer import followup_words as signs
from kb.answer.followup_abroad import asked_abroad, without_article
from kb.answer.followup_forms import aside, content, instead, joined, with_thing
from kb.answer.topic import REFERS, WORD, Line, Span, Topic, is_name, names, phrase, read, topic
from kb.model import Exchange
from kb.search.analysis_stems import is_stop
from kb.search.analysis_words import fold

LONGEST = 25
"""Words of a question that may lean on another; a longer one says what it is about."""

_HOW_MUCH = ("mejor", "bien", "mas", "otra vez", "de nuevo")
"""What stands between "explícame" and what is to be explained."""

LONGEST_PHRASE = 6
"""Words of a phrase that takes another's place."""


def standalone(question: str, earlier: Sequence[Exchange], language: str) -> str:
    """Return a question in words that stand alone, itself where it does so already.

    `earlier` are the exchanges before it, oldest first; `language` is the question's (followup_abroad.language_in).
    """
    line = read(question)
    before = next((each.question for each in reversed(earlier) if content(read(each.question).core)), "")
    words = [fold(word) for word in WORD.findall(line.core)]
    if not before or all(word in signs.COURTESY for word in words) or len(words) > LONGEST or REFERS.search(question):
        return question
    spoken = language_of_question(before)
    about = replace(topic(before), abroad=bool(language and spoken) and language != spoken)
    return _rewritten(line, about, language) or question


def _rewritten(line: Line, about: Topic, language: str) -> str:
    """Return the question as the first sign that it has asks, "" where it has none."""
    for rule in _RULES:
        if rewritten := rule(line, about, language):
            return rewritten
    return ""


def _goes_on(line: Line, about: Topic, language: str) -> str:
    """Read "¿Y …?": another thing in the place of the first, or a question of its own after the "y"."""
    if signs.CONDITION.fullmatch(line.folded):
        return aside(line, about, language)
    found = signs.ALSO.fullmatch(line.folded) or signs.GOES_ON.fullmatch(line.folded)
    if found is None:
        return ""
    rest = line.core[found.start("rest") :]
    if found.groupdict().get("article"):
        rest = f"el {rest}"
    inner = read(f"{line.before}{rest[:1].upper()}{rest[1:]}{line.after}")
    if _is_phrase(rest):
        return _instead(line, rest, about, language)
    return _rewritten(inner, about, language) if found.re is signs.GOES_ON else ""


def _instead(line: Line, text: str, about: Topic, language: str) -> str:
    """Return the earlier question of another thing, in the language that this is named in where that can be."""
    if not about.abroad:
        return instead(line, text, about, language)
    if signs.PREPOSITION.fullmatch(text):
        return aside(line, about, language)
    foreign = asked_abroad(text, about.line, language) if content(text) else ""
    return foreign or instead(line, without_article(text) if content(text) else text, about, language)


def _is_phrase(text: str) -> bool:
    """Say whether words name one thing, with a preposition or without, rather than ask or state something."""
    folded = [fold(word) for word in WORD.findall(text)]
    if not folded or len(folded) > LONGEST_PHRASE or (not content(text) and folded[0] not in signs.DETERMINERS):
        return False
    if any(word in signs.VERBS for word in folded) or re.match(signs.INTERROGATIVE + r"\b", " ".join(folded)):
        return False
    found = names(text, opens_sentence=False)
    after = text[found[0].end :].split() if found else []
    return not after or is_stop(fold(after[0])) or "," in text


def _says_nothing(line: Line, about: Topic, language: str) -> str:
    """Read a question without a word of its own: "¿por qué?", "explícalo", "¿qué ventajas tiene?"."""
    if content(line.core):
        return ""
    if whole := _why_or_how(line, about):
        return whole
    if signs.NEUTER.search(line.folded) or signs.ENGLISH_PRONOUN.search(line.folded):
        return _pronoun(line, about, language)
    found = _request(line, about, language) or _lacks(line, about, language) or _pointing(line, about, language)
    return found or aside(line, about, language)


def _why_or_how(line: Line, about: Topic) -> str:
    """Return "why" or "how" before an earlier question that asked whether something is so; "" after another."""
    found = signs.WHY_OR_HOW.fullmatch(line.folded)
    earlier = about.line
    if found is None or about.abroad or not earlier.after.startswith("?") or len(earlier.core.split()) <= len("abc"):
        return ""
    word = line.core[: found.end("word")]
    if signs.STATES_ENGLISH.fullmatch(earlier.folded):
        return f"{word} {phrase(earlier)}?"
    asks = re.search(rf"\b{signs.INTERROGATIVE}\b| o ", earlier.folded)
    states = earlier.before.endswith("¿") and not asks and earlier.folded.split()[0] in signs.VERBS
    return f"¿{word} {phrase(earlier)}?" if states else ""


def _request(line: Line, about: Topic, language: str) -> str:
    """Read what is asked with a pronoun at its end: "explícalo", "compáralo con BERT"."""
    first, _, rest = line.core.partition(" ")
    if fold(first) not in signs.REQUESTS or len(rest.split()) > LONGEST_PHRASE:
        return ""
    verb, person = signs.REQUESTS[fold(first)]
    if person:
        verb = f"{verb.replace('explica', 'explíca').replace('aclara', 'aclára')}{person}"
    if verb.startswith(("expl", "acl")):
        if about.abroad:
            return aside(line, about, language)
        if not about.line.after.startswith("?"):
            return ""
        parts = (rest, phrase(about.line)) if fold(rest) in _HOW_MUCH else (phrase(about.line), rest)
        return line.with_core(" ".join(part for part in (verb, *parts) if part))
    if not about.thing:
        return aside(line, about, language)
    return line.with_core(f"{joined(verb, about.thing)} {rest}".strip())


def _lacks(line: Line, about: Topic, language: str) -> str:
    """Read a question whose verb has nothing to speak of: "¿cómo se calcula?", "¿cuántos parámetros tiene?"."""
    if found := signs.LACKS_SUBJECT.fullmatch(line.folded):
        at = found.end("any") if found["any"] else found.end("verb")
        is_verb = found["any"] or found["verb"] in signs.VERBS
        if is_verb and not names(line.core) and " lo " not in line.folded:
            return with_thing(line, about, language, Span(at, at))
    if found := signs.KINDS.fullmatch(line.folded):
        kinds = line.core[: found.end("verb")]
        whole = joined(f"{kinds} de", about.thing) + line.core[found.start("rest") :]
        return line.with_core(whole) if about.thing else aside(line, about, language)
    owner, patient = signs.LACKS_OWNER.fullmatch(line.folded), signs.LACKS_PATIENT.fullmatch(line.folded)
    lone = patient or owner
    if lone and (patient or lone["verb"] in signs.VERBS) and not _has_thing(line.core):
        return with_thing(line, about, language, Span(lone.end("verb"), lone.end("verb")))
    return ""


def _has_thing(text: str) -> bool:
    """Say whether words name something that a pronoun after them, or a verb without a subject, may mean."""
    return bool(names(text)) or any(fold(word) in signs.DETERMINERS for word in text.split())


def _compares(line: Line, about: Topic, language: str) -> str:
    """Read a comparison with one side: "¿en qué se diferencia de BERT?", "¿cuál es más rápido?"."""
    for pattern in (signs.DIFFERS, signs.COMPARES, signs.SERVES, signs.RELATES):
        if found := pattern.fullmatch(line.folded):
            rest = line.core[found.start("rest") :]
            ends = [span.end for span in names(rest)]
            if ends and len(rest) > ends[0] and pattern in (signs.COMPARES, signs.SERVES):
                continue
            at = found.start("rest")
            return with_thing(line, about, language, Span(at, at))
    one_side = (signs.CHOOSES, signs.DIFFERENCE_TO, signs.THE_SAME)
    return aside(line, about, language) if any(each.fullmatch(line.folded) for each in one_side) else ""


def _clitic(line: Line, about: Topic, language: str) -> str:
    """Read a pronoun beside or at the end of a verb: "¿quién lo inventó?", "¿para qué usarlo?"."""
    if found := signs.CLITIC.fullmatch(line.folded):
        verb = line.core[slice(*found.span("verb"))]
        if is_name(verb, opens_sentence=False) or not _is_object(found["pronoun"], found["ask"], verb):
            return ""
        bare = line.core[: found.start("pronoun")] + line.core[found.start("verb") : found.end("verb")]
        if not about.thing:
            return aside(line, about, language)
        thing = _with_article(about.thing, found["pronoun"])
        return line.with_core(joined(bare, thing) + line.core[found.start("rest") :])
    if (found := signs.OBJECT.fullmatch(line.folded)) and (found["verb"] is None or found["verb"] in signs.VERBS):
        return aside(line, about, language)
    found = signs.INFINITIVE.search(line.folded)
    if found is None or found.group() in signs.NO_INFINITIVE or not _leads(line, found.start(), 0):
        return ""
    if found.end() < len(line.core) or not about.thing:
        return aside(line, about, language)
    return line.with_core(joined(line.core[: found.end("verb")], about.thing))


def _is_object(pronoun: str, ask: str, verb: str) -> bool:
    """Say whether "la" before a word is a pronoun and no article: after "¿por qué?" it may be either."""
    is_past = verb.endswith(("ó", "aron", "ieron"))
    return pronoun == "lo" or ask.startswith(("como", "quien")) or is_past or fold(verb) in signs.VERBS


def _with_article(thing: str, pronoun: str) -> str:
    """Return a thing with the article that its pronoun tells, where it has none and is no name."""
    first = thing.split(" ", 1)[0]
    if fold(first) in signs.DETERMINERS or is_name(first, opens_sentence=False):
        return thing
    return f"{'el' if pronoun == 'lo' else pronoun} {thing}"


def _leads(line: Line, at: int, most: int) -> bool:
    """Say whether at most `most` words before a place name something, so that a pronoun there means none of these."""
    head = line.core[:at]
    return len(content(head)) <= most and not _has_thing(head)


def _pronoun(line: Line, about: Topic, language: str) -> str:
    """Read a pronoun that stands by itself: "eso", "ella", "it", "them"."""
    for found in signs.NEUTER.finditer(line.folded):
        if _leads(line, found.start(), 1):
            at_end = found.end() == len(line.core) and " " in line.core[: found.start()].strip()
            return with_thing(line, about, language, Span(*found.span())) if at_end else aside(line, about, language)
    personal = signs.PERSONAL.search(line.core.lower())
    if personal and _leads(line, personal.start(), 0):
        return aside(line, about, language)
    return _english_pronoun(line, about)


def _english_pronoun(line: Line, about: Topic) -> str:
    found = signs.ENGLISH_PRONOUN.search(line.folded)
    if found is None or signs.EXPLETIVE.search(line.folded) or not _leads(line, found.start(), 1):
        return ""
    following = line.folded[found.end() :].split()
    points = found["word"] in ("this", "that", "these", "those") and following
    if points and (content(line.core[: found.start()]) or following[0] not in signs.AFTER_SUBJECT):
        return ""
    if not following and not line.core[: found.start()].strip():
        return aside(line, about, "en")
    return with_thing(line, about, "en", Span(*found.span()))


def _pointing(line: Line, about: Topic, language: str) -> str:
    """Read "este modelo", "sus ventajas", "its advantages" where nothing before them is meant."""
    if signs.QUOTES_SOMETHING.search(line.core):
        return ""
    found = signs.DEMONSTRATIVE.search(line.core.lower())  # not folded: "está" is no "esta"
    if found and found["noun"] not in signs.SAME_NOUNS and _leads(line, found.start(), 0):
        is_relative = found["this"] == "that" and is_stop(found["noun"])
        return "" if is_relative else aside(line, about, language)
    found = signs.POSSESSIVE.search(line.folded)
    if found is None or not _leads(line, found.start(), 0):
        return ""
    if _is_owner_named(line, found.end()):
        return ""
    owner, _, _owned = found.group().partition(" ")
    if owner in ("su", "sus") or not about.thing:
        return aside(line, about, language)
    whose = f"{about.thing}'" if about.thing.endswith("s") and about.thing.islower() else f"{about.thing}'s"
    return line.with_core(line.core[: found.start()] + whose + line.core[found.start() + len(owner) :])


def _is_owner_named(line: Line, at: int) -> bool:
    """Say whether a name comes after what is owned without a preposition: "¿dónde tiene su sede Toyota?"."""
    named = [span for span in names(line.core) if span.start >= at]
    return bool(named) and not is_stop(fold(line.core[: named[0].start].split()[-1]))


_RULES: tuple[Callable[[Line, Topic, str], str], ...] = (
    _goes_on,
    _says_nothing,
    _request,
    _clitic,
    _compares,
    _lacks,
    _pronoun,
    _pointing,
)
