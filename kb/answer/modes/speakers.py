"""Who a question asks about: words for people who speak in a class, what they do there, and their names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.answer.modes.text import Asked, read
from kb.search.language import fold

PEOPLE = {
    "es": r"(?<!modelo )(?<!modelos )(?<!red )(?:profesor(?:a|es|as)?|profes?|docentes?|maestr[oa]s?|catedratic[oa]s?"
    r"|ponentes?|instructor(?:a|es|as)?|conferenciantes?|alumn[oa]s?|estudiantes?|companer[oa]s?)",
    "en": r"(?:professors?|prof|teachers?|lecturers?|instructors?|speakers?|presenters?|students?|classmates?)"
    r"(?! (?:models?|networks?))",
}
"""Words for those who speak in a class; of a distilled model, teacher and student are none of them."""

SAY = {
    "es": r"(?:dij(?:o|eron)|dice|dicen|decian?|han? (?:dicho|hablado|comentado|mencionado|explicado)"
    r"|opin(?:an?|o|aron|aban?)|coment(?:an?|o|aron|aban?)|cont(?:o|aron|aban?)|mencion(?:an?|o|aron)"
    r"|explic(?:an?|o|aron|aban?)|recom(?:iendan?|endo|endaron)|aconsej(?:an?|o|aron)|sugi(?:eren?|rio|rieron)"
    r"|advi(?:erten?|rtio|rtieron)|habl(?:an?|o|aron|aban?)|piensan?|penso|creen?|aclar(?:an?|o|aron)"
    r"|señal(?:an?|o|aron)|insist(?:en?|io|ieron)|respond(?:en?|io|ieron)|contest(?:an?|o|aron)"
    r"|pregunt(?:an?|o|aron)|defin(?:en?|io|ieron)|destac(?:an?|o|aron)|puso|pusieron|dio|dieron|propuso|mostro)",
    "en": r"(?:say|says|said|mention(?:s|ed)?|thinks?|thought|explain(?:s|ed)?|recommend(?:s|ed)?|talk(?:s|ed)?"
    r"|comment(?:s|ed)?|suggest(?:s|ed)?|advise[sd]?|ask(?:s|ed)?|answer(?:s|ed)?|tells?|told|define[sd]?"
    r"|describe[sd]?|believe[sd]?)",
}
"""What people in a class do with words."""

_ANYONE = rf"\b(?:{PEOPLE['es']}|{PEOPLE['en']}|dra|dr|doctora?|sra|sr)\b\.?"
_TITLE = re.compile(_ANYONE)
_TITLES = frozenset({"dr", "dra", "doctor", "doctora", "prof", "sr", "sra"})
# What stands right before the one who speaks, in small letters too: "dijo lucia", "opinión de lucia".
_BEFORE_SPEAKER = re.compile(
    rf"(?:{_ANYONE}|\b(?:{SAY['es']}|segun|did|does|according to)"
    r"|\b(?:opinion|consejos?|palabras|recomendacion(?:es)?) de)(?: (?:el|la|los|las|the))?$"
)
_AFTER_SPEAKER = re.compile(rf"(?: (?:nos|me|les|lo))? (?:{SAY['es']}|{SAY['en']})\b")
_SPOKEN_OF = re.compile(r"\b(?:de|del|sobre|a|al|con|acerca|about|on|of|with|to)(?: (?:el|la|los|las|the))?$")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_UNNAMED = (0, 0)
_GAP = re.compile(r"\.? ")
_INNER_GAP = re.compile(r"\.? (?:de |del |de la |y )?")


def speaker_named(question: str, speakers: Sequence[str]) -> str:
    """Return the one of the speakers that a question names as speaking, "" where it names none or more than one.

    A part of the name is enough ("la profesora Herrera", "Lucía"), but what the question has of a name must all be
    in the speaker's: "Ana Ruiz" is not "Ana Pérez". A speaker called by a word for one ("Profesora") is that one.
    """
    asked = read(question)
    standing = {speaker: _standing(asked, speaker) for speaker in speakers}
    ranked = sorted(((rank, speaker) for speaker, rank in standing.items() if rank > _UNNAMED), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return ""
    return ranked[0][1]


def name_spans(asked: Asked, speakers: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where the names of people stand that a question asks to have spoken: after a title, or a speaker's."""
    for title in _TITLE.finditer(asked.plain):
        run = _capitalised(asked, title.end())
        if run:
            yield run[0][0], run[-1][1]
    for speaker in speakers:
        for run in _runs(asked, _parts(speaker)):
            yield run[0][0], run[-1][1]


def _standing(asked: Asked, speaker: str) -> tuple[int, int]:
    """Return how surely a question names a speaker: whether as speaking, and by how many words."""
    parts = _parts(speaker)
    best = _UNNAMED
    for run in _runs(asked, parts):
        before, after = asked.plain[: run[0][0]].rstrip(), asked.plain[run[-1][1] :]
        speaking = bool(_BEFORE_SPEAKER.search(before) or _AFTER_SPEAKER.match(after))
        loud = all(asked.shown[start].isupper() for start, _ in run)
        if speaking or (loud and not _SPOKEN_OF.search(before)):
            best = max(best, (2 if speaking else 1, len(run)))
    if best == _UNNAMED and parts and all(_TITLE.fullmatch(part) for part in parts):
        named = any(part in _words(asked.plain) for part in parts)
        best = (2, 1) if named else best
    return best


def _runs(asked: Asked, parts: frozenset[str]) -> Iterator[list[tuple[int, int]]]:
    """Yield the stretches of a question that are words of a name; one that goes on with another name is none."""
    sure = {part for part in parts if len(part) > 1 and not _TITLE.fullmatch(part)}
    words = [match.span() for match in _WORD.finditer(asked.plain)]
    at = 0
    while at < len(words):
        run: list[tuple[int, int]] = []
        while at < len(words) and asked.plain[slice(*words[at])] in sure and _joined(asked, run, words[at]):
            run.append(words[at])
            at += 1
        if run and not _goes_on(asked, run, parts):
            yield run
        at += not run


def _joined(asked: Asked, run: list[tuple[int, int]], word: tuple[int, int]) -> bool:
    return not run or bool(_INNER_GAP.fullmatch(asked.plain, run[-1][1], word[0]))


def _goes_on(asked: Asked, run: list[tuple[int, int]], parts: frozenset[str]) -> bool:
    """Say whether a name goes on with a word that the speaker's has not, initials aside."""
    others = [asked.plain[slice(*span)] for span in _capitalised(asked, run[-1][1])[:1]]
    initials = {part for part in parts if len(part) == 1}
    return any(word not in parts and word[0] not in initials for word in others)


def _capitalised(asked: Asked, start: int) -> list[tuple[int, int]]:
    """Return the words of a name that begins at `start`: each of a capital and small letters, or an initial."""
    run: list[tuple[int, int]] = []
    at = start
    while (gap := (_INNER_GAP if run else _GAP).match(asked.plain, at)) and (
        word := _WORD.match(asked.shown, gap.end())
    ):
        text = word.group()
        if not (text[0].isupper() and (text[1:].islower() or len(text) == 1)):
            break
        run.append(word.span())
        at = word.end()
    return run


def _parts(speaker: str) -> frozenset[str]:
    words = _words(fold(speaker))
    return frozenset(words - _TITLES or words)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text))
