"""Which sentence of a passage may stand in a glossary as what a term means. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb import definitions, sentences
from kb.search.language import is_stop, stems, words
from kb.views.naming import Key, may_have, sightings

LONGEST_QUOTE = 420
"""Characters of a sentence that is quoted; transcripts without stops have longer ones, which define nothing."""

SHORTEST_QUOTE = 5
"""Words of a definition at least, the term included."""

_BEFORE_TERM = frozenset({"el", "la", "los", "las", "lo", "un", "una", "unos", "unas", "the", "a", "an"})
_ASIDE = re.compile(r"^[\s*_`»”\"']*(?:\([^()\n]{1,80}\)|,[^,.;:\n]{2,60},)?[\s*_`»”\"',]*")
_SAYS = re.compile(
    r"(?::\s*[*_]{0,3}\s*\S"
    r"|(?:es|son|era|fue)\s+(?:una?\b|unos\b|unas\b|el\b|la\b|los\b|las\b|lo\b|aquel|cada\b|cualquier|cuando\b|como\b"
    r"|(?:simplemente|básicamente|decir|solo|solamente)\b)"
    r"|(?:se\s+(?:define|refiere|entiende|denomina|llama|conoce)n?\b)|consisten?\s+en\b|significan?\b"
    r"|quieren?\s+decir\b|denotan?\b|miden?\b|permiten?\b|sirven?\s+para\b"
    r"|(?:is|are|was|were)\s+(?:an?|the|when|how|any|each|simply|basically)\b|refers?\s+to\b|means?\b|denotes?\b"
    r"|consists?\s+of\b|(?:is|are)\s+(?:called|defined|known)\b)",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"(?:\b(?:se\s+(?:les?\s+)?|le\s+|les\s+|lo\s+|la\s+)(?:llamamos|llama|llaman|denomina|denominan|conoce\s+como)"
    r"|\bllamamos|\b(?:is|are)\s+(?:called|known\s+as)|\bwe\s+call(?:\s+it)?)\s+(?:\w+\s+){0,1}[*_`«“\"']*$",
    re.IGNORECASE,
)


def defining(text: str, keys: Sequence[Key]) -> Iterator[str]:
    """Yield the sentences that define a term, known by any of the keys, word for word.

    Beyond kb.definitions, which serves ranking, nothing but an aside may stand between the term and the verb, and
    nothing but an article before the term in its clause: a glossary quotes the sentence on its own.
    """
    if not may_have(text, keys):
        return
    for span in sentences.split(text):
        quote = span.of(text)
        if len(quote) > LONGEST_QUOTE or len(quote.split()) < SHORTEST_QUOTE or not may_have(quote, keys):
            continue
        for written in dict.fromkeys(written for _, written, _ in sightings(quote, keys)):
            if definitions.definitions(quote, stems(written)) and _says_what(quote, written):
                yield quote
                break


def naming(text: str, keys: Sequence[Key]) -> Iterator[str]:
    """Yield the first sentence of an answer that has the term, word for word, where one of the first three does."""
    for span in sentences.split(text)[:3]:
        quote = span.of(text)
        if len(quote.split()) >= SHORTEST_QUOTE and len(quote) <= LONGEST_QUOTE and any(sightings(quote, keys)):
            yield quote
            return


def _says_what(quote: str, written: str) -> bool:
    for match in re.finditer(re.escape(written), quote):
        before, after = quote[: match.start()], quote[match.end() :]
        if _CALLED.search(before):
            return True
        aside = _ASIDE.match(after)
        if aside and _SAYS.match(after, aside.end()) and _begins(before):
            return True
    return False


def _begins(before: str) -> bool:
    """Say whether a clause has nothing but an article before the term: "En redes neuronales, la atención es…"."""
    clause = re.split(r"[,:;(]\s", before)[-1]
    plain = [part for word in words(clause) for part in word.parts]
    opening = [part for word in words(before) for part in word.parts if not is_stop(part)]
    return (
        all(part in _BEFORE_TERM or part.isdigit() for part in plain) and len(opening) <= definitions.LATEST_SUBJECT
    )
