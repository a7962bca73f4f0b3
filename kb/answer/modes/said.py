"""Questions on what somebody said in a class: whether one is, and what it is about without that. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kb.answer.modes.speakers import PEOPLE, SAY, name_spans, speaker_named
from kb.answer.modes.text import Asked, speaks, trimmed, without
from kb.answer.modes.when import CLASS

_ARTICLES = r"(?: (?:el|la|los|las|mi|nuestr[oa]|un|una|the|my|our|ayer|hoy|tambien))*"
_IN_CLASS = rf"(?:en|durante|in|during)(?: (?:la|el|esa|esta|the|this|that|\w+a|\w+o|last|first))*? {CLASS}\b"
_WAS_SAID = (
    r"(?:se (?:dijo|hablo|comento|menciono|explico|conto|pregunto|recomendo|definio|destaco"
    r"|ha (?:dicho|hablado|comentado|mencionado|explicado))|dijimos|dijeron|hablamos|comentamos|comentaron"
    r"|mencionaron|contaron|said|mentioned|discussed|talked)"
)
_FRAMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:nos |me |les )?{SAY['es']}{_ARTICLES} {PEOPLE['es']}\b",
        rf"\b(?:el |la |los |las )?{PEOPLE['es']}\b\.?(?: [\w.]+){{0,3}}? (?:nos |me |les )?{SAY['es']}\b(?: que\b)?",
        rf"\bsegun(?: lo que)?{_ARTICLES} {PEOPLE['es']}\b",
        rf"\b(?:opinion|consejos?|recomendacion(?:es)?|comentarios?|palabras)(?: de|del){_ARTICLES} {PEOPLE['es']}\b",
        r"\b(?:que|como|cuando|donde) (?:se|nos) (?:dijo|hablo|comento|menciono|conto"
        r"|ha (?:dicho|hablado|comentado|mencionado))\b",
        r"\bque (?:dijo|dijeron|comento|opino|recomendo|conto)(?= (?:de|del|sobre|acerca|respecto|en|para|al)\b)",
        r"\ben que (?:minuto|momento|parte)s?\b.{0,40}?\b(?:se )?(?:habl|dijo|dice|mencion|explic|trat|coment|ve)\w*",
        rf"\ben que {CLASS}\b.{{0,20}}?\b(?:se )?(?:habl|dijo|dice|mencion|explic|trat|coment)\w*",
        rf"\b(?:the |our |my )?{PEOPLE['en']}\b\.?(?: [\w.]+){{0,3}}? {SAY['en']}\b",
        rf"\baccording to{_ARTICLES} {PEOPLE['en']}\b",
        r"\b(?:what|how|when|where) (?:was|has been|is|were) (?:said|mentioned|discussed)\b",
        rf"\b(?:did|does|has|have) (?:s?he|they) {SAY['en']}\b",
        r"\bat (?:what|which) (?:minute|point|time)\b.{0,40}?\b(?:say|said|mention|talk|discuss|explain)\w*",
        rf"\b(?:in )?(?:which|what) {CLASS}\b.{{0,40}}?\b(?:say|said|mention|talk|discuss|explain)\w*",
    )
)
_CLASS_SAID = (
    re.compile(rf"\b{_WAS_SAID}\b.{{0,80}}?\b{_IN_CLASS}"),
    re.compile(rf"\b{_IN_CLASS}.{{0,20}}?\b{_WAS_SAID}\b"),
)
_SPOKE = re.compile(rf"\b(?:{SAY['es']}|{SAY['en']}|segun|according to|opinion|did|does)\b")
_LEAVINGS = re.compile(rf"\b(?:{_WAS_SAID}|{_IN_CLASS})(?: que\b| that\b| about\b)?")
_SPEAKING = re.compile(rf"\b(?:{SAY['es']}|{SAY['en']}|segun|according to)\b")
_LEADING = frozenset(
    """que como cuando donde cual fue es era lo nos me les se y e de del sobre acerca respecto a al en con el la los
    las un una what when where did does do has have was is were about on of regarding the that to with in and a an
    """.split()  # noqa: SIM905 (a list of words is read as words)
)


def is_said(asked: Asked, speakers: Sequence[str]) -> bool:
    """Say whether a question asks what was said in a class, by a word for who speaks there or a speaker's name."""
    plain = asked.plain
    if any(pattern.search(plain) for pattern in (*_FRAMES, *_CLASS_SAID)):
        return True
    return bool(_SPOKE.search(plain)) and bool(speaker_named(asked.shown, speakers))


def topic(asked: Asked, speakers: Sequence[str], hints: Iterable[tuple[int, int]]) -> str:
    """Return what such a question is about, without who said it and when; as it is where nothing else is left.

    `hints` are the stretches that say when.
    """
    names = [*name_spans(asked, speakers)]
    rest = without(asked, [*hints, *_spoken(asked, names), *names])
    found = trimmed(without(rest, [match.span() for match in _LEAVINGS.finditer(rest.plain)]), _LEADING)
    return found if speaks(found) else asked.shown


def _spoken(asked: Asked, names: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the stretches that only say that somebody said it: frames, and what the named ones do."""
    for pattern in _FRAMES:
        yield from (match.span() for match in pattern.finditer(asked.plain))
    for match in _SPEAKING.finditer(asked.plain):
        if any(0 <= start - match.end() <= 4 or 0 <= match.start() - end <= 4 for start, end in names):
            yield match.span()
