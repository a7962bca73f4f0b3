"""The things that a question compares, and in what. Pure.

A joint ("y", "de", "vs") parts them. Where a question has several, the one is taken after which a thing clearly
begins (an article, a name) and which leaves the sides most alike in length: "la atención de Bahdanau de la de Luong".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.answer.modes.text import EDGE, Asked, read, speaks

MOST_THINGS = 4
LONGEST_THING = 12
"""Words of a thing; more is no name of one."""

_BOTH = r"\s+(?:y|e|and|&|o|u|or|vs\.?|versus|contra|against)\s+"
_FROM = r"\s+(?:de(?=l\s)|de|del|con|y|e|(?:con )?respecto (?:al?|del?)|frente al?|from|and|to|with)\s+"
_WITH = r"\s+(?:y|e|con|and|with|to|vs\.?|versus|contra|against|frente al?|respecto (?:al?|del?))\s+"
_OVER = (
    r"\s+(?:frente al?|(?:con )?respecto (?:al?|del?)|sobre|contra|en comparacion con"
    r"|over|against|compared (?:to|with))\s+"
)
_THAN = r"\s+(?:que|o|than|or)\s+"
_CHOICE = r"\s+(?:o|u|or)\s+"
_INSTEAD = (
    r"\s+(?:o|u|y cuando(?! (?:es|son|no|hay)\b)(?: conviene| usar| se usa)?|en lugar de|en vez de"
    r"|or|and when(?: to use)?|instead of|rather than)\s+"
)

_BETTER = (
    r"(?:mejor(?:es)?|peor(?:es)?|preferibles?|mas \w+|menos \w+|mayor|menor|better|worse|more \w+|less \w+|\w{2,}er)"
)
_EXPLAIN = r"(?:(?:explic|expliqu|describ)\w*|di|dame|muestra\w*|explain|describe|give me|show me)"
_DIFFERENCE = (
    r"(?:diferencias?|distincion|similitud(?:es)?|semejanzas?|parecidos?|comparacion|comparativa|contraste"
    r"|differences?|distinctions?|similarit(?:y|ies)|comparison|contrast)"
)
_WHAT = (
    r"(?:(?:cual(?:es)?|que) (?:es|son|seria|serian|hay)|que|hay|existen?"
    r"|what(?:'s|’s)?(?: is| are)?|is there|are there)"
)
_FEW = r"(?:la|las|el|los|una|alguna|algun|the|a|an|any|principal(?:es)?|main|key|clave|mayor|gran|big)"

_FORMS = tuple(
    (re.compile(pattern), re.compile(joint))
    for pattern, joint in (
        (
            rf"(?:{_EXPLAIN}\W+)?(?:{_WHAT}\W+)?(?:{_FEW}\W+)*{_DIFFERENCE}(?P<asked>(?: (?:de|in|of) \w+)?)"
            r"(?: principal(?:es)?| clave)?(?: que)?(?: se| hay| existen?| tienen?| encuentr\w+| da)*"
            r"\W+(?:entre|between)\W+(?P<things>.+)",
            _BOTH,
        ),
        (rf"que {_DIFFERENCE}\w* (?:hay|tienen?|existe) (?P<things>.+)", _FROM),
        (r"que (?:diferencia|distingue|separa) (?:al? )(?P<things>.+)", _FROM),
        (
            r"(?:en que |como )?(?:se )?(?:diferencian?|distinguen?|parecen?|asemejan?|difieren?)\W+(?P<things>.+)",
            _FROM,
        ),
        (
            r"how (?:do|does|is|are|did)\W+(?P<things>.+?\W+"
            r"(?:differ(?:ent)?|distinct|distinguished|compared?|similar)\W+(?:from|to|with)\W+.+)",
            r"\W+(?:differ(?:ent)?|distinct|distinguished|compared?|similar)\W+(?:from|to|with)\W+",
        ),
        (r"how (?:do|are|did)\W+(?P<things>.+?)\W+(?:differ(?:ent)?|compare|similar|alike)\b(?P<asked>.*)", _BOTH),
        (
            r"(?:(?:haz|hazme|dame|make|give me)\W+)?(?:una |a )?"
            r"(?:compar(?:a|e|ar|ame|adme|emos|ando)|comparison of|comparacion de|comparativa de"
            r"|contrasta|contrastar|contrast|distingue|distinguir|distinguish|diferencia)\W+(?:between |entre )?"
            r"(?P<things>.+)",
            _WITH,
        ),
        (
            r"(?:que|cuales son|what|what are)\W+(?:las |los |the )?(?P<asked>\w*ventajas?|beneficios?|mejoras?"
            r"|\w*advantages?|benefits?|improvements?)\W+(?:de |of |tienen? |ofrecen? |aportan? |hay en |do |does )?"
            r"(?P<things>.+)",
            _OVER,
        ),
        (
            rf"(?:que|cual|quien|which|what)\b[^,:]{{0,40}}?\b(?P<asked>{_BETTER})[^,:]{{0,60}}[,:]\W*(?P<things>.+)",
            _CHOICE,
        ),
        (rf"(?:es|son|is|are)\W+(?P<asked>{_BETTER})\W+(?P<things>.+)", _THAN),
        (
            r"(?:(?:why|when)\W+)?(?:is|are)\W+"
            rf"(?P<things>.+?\W+(?P<asked>{_BETTER})\b.*?\W+than\W+.+)",
            rf"\W+{_BETTER}\b.*?\W+than\W+",
        ),
        (
            rf"(?:(?:por que|cuando)\W+)?(?P<things>.+?\W+(?:es|son|funcionan?)\W+(?P<asked>{_BETTER})\W+que\W+.+)",
            rf"\W+(?:es|son|funcionan?)\W+{_BETTER}\W+que\W+",
        ),
        (r"(?:que|en que)\W+(?:tienen en comun|coinciden|comparten)\W+(?P<things>.+)", _BOTH),
        (r"what (?:do|does)\W+(?P<things>.+?)\W+(?:have in common|share)\b", _BOTH),
        (
            r"(?:es|son)\W+(?:lo mismo|iguales|equivalentes|distint[oa]s|diferentes)\W+(?P<things>.+)",
            r"\s+(?:y|e|que|o|u)\s+",
        ),
        (r"(?P<things>.+?)\W+(?:son|es)\W+(?:lo mismo|iguales|equivalentes|distint[oa]s|diferentes)\b", _BOTH),
        (r"(?:is|are)\W+(?P<things>.+?)\W+(?:the same(?: thing)?|equivalent|identical|different)\b(?! as)", _BOTH),
        (r"(?:is|are)\W+(?P<things>.+?\W+the same as\W+.+)", r"\W+the same as\W+"),
        (
            r"(?:cuando|when)\W+(?:se usa|usar|usarias|conviene(?: mas)?(?: usar)?|uso|elegir|elijo"
            r"|(?:should|do) (?:i|we|you) use|to use)\W+(?P<things>.+)",
            _INSTEAD,
        ),
        (
            r"(?!(?:que|como|cual|cuando|quien|donde|por que|what|how|which|who|when|where|why|is|are|did|does)\b)"
            r"(?P<things>[^,]+\s(?:vs\.?|versus)\s.+)",
            r"\s+(?:vs\.?|versus)\s+",
        ),
    )
)
_ASPECT = re.compile(
    r"[\s,]+(?:en cuanto al?|en terminos de|a la hora de|(?:con )?respecto al?|segun|desde el punto de vista de"
    r"|in terms of|with (?:respect|regard) to|regarding|when it comes to)\s+(?P<asked>.+)$"
)
_TAIL = re.compile(r"\s+(?:de|del|en|para|of|in|for)\s+(?P<tail>.+)$")
_OF = re.compile(r"(?:de|del|of)\s")
_ONLY_BETTER = frozenset({"mejor", "mejores", "peor", "peores", "better", "worse", "preferible", "preferibles"})
_ARTICLE = re.compile(r"(?:(?:el|la|los|las|lo|un|una|unos|unas|the|an?|entre|between|usar|using|use)\s+)+(?=\S)")
_BEGINS = re.compile(r"(?:el|la|los|las|un|una|the|an?)\s")
_AND_OTHERS = re.compile(r"\s*,\s*(?:(?:y|e|o|and|or)\s+)?")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, as named in the question, and what it is compared in, "" where nothing is said.

    `searches` are texts to look for each thing by, as many as things: with what is asked, and what the other's name
    lends to it ("encoder y decoder de un Transformer").
    """

    things: tuple[str, ...] = ()
    asked: str = ""
    searches: tuple[str, ...] = ()


def compared_in(question: str) -> Comparison:
    """Return what the first comparison of a question compares; where it has none, "A y B" alone counts too."""
    asked = read(question)
    clauses = tuple(asked.clauses())
    found = next((one for clause in clauses if (one := compared(clause)).things), Comparison())
    if found.things:
        return found
    both = re.compile(_BOTH)
    return next((one for clause in clauses if (one := _of(clause, "", both)).things), found)


def compared(clause: Asked) -> Comparison:
    """Return what a clause compares; nothing where it compares nothing, or not two things that can be told."""
    for form, joint in _FORMS:
        match = form.match(clause.plain)
        if match:
            found = _of(clause.part(*match.span("things")), _shown(clause, match, "asked"), joint)
            if found.things:
                return found
    return Comparison()


def _of(listed: Asked, asked: str, joint: re.Pattern[str]) -> Comparison:
    """Return the comparison of things that stand one after another."""
    aspect = _ASPECT.search(listed.plain)
    if aspect:
        asked = f"{asked} {_shown(listed, aspect, 'asked')}".strip()
        listed = listed.part(0, aspect.start())
    parts = _parted(listed, joint)
    things = tuple(_whole_name(part, parts[0]) for part in parts)
    asked = " ".join(word for word in asked.split() if word.casefold() not in _ONLY_BETTER)
    if len(things) < 2 or not all(map(_is_name, things)) or len({one.casefold() for one in things}) < len(things):
        return Comparison()
    return Comparison(things, asked, tuple(_search(n, parts, asked) for n in range(len(parts))))


def _parted(listed: Asked, joint: re.Pattern[str]) -> tuple[Asked, ...]:
    """Return the things of a list: two around the likeliest joint, more where commas part the first of them."""
    best = max(_joints(listed, joint), key=lambda one: one[0], default=None)
    if best is None:
        return ()
    start, end = best[1]
    first, last = listed.part(0, start), listed.part(end, len(listed.plain))
    commas = [0, *(n for match in _AND_OTHERS.finditer(first.plain) for n in match.span()), len(first.plain)]
    more = [first.part(*span) for span in zip(commas[::2], commas[1::2], strict=True)]
    more = [one for one in more if speaks(one.shown)]
    return (*more, last) if len(more) < MOST_THINGS else (first, last)


def _joints(listed: Asked, joint: re.Pattern[str]) -> Iterator[tuple[tuple[bool, int], tuple[int, int]]]:
    """Yield (how likely, span) of each joint: whether a thing clearly begins after it, how alike the sides are."""
    for match in joint.finditer(listed.plain):
        before, after = listed.plain[: match.start()], listed.plain[match.end() :]
        if before.strip(EDGE) and after.strip(EDGE):
            begins = bool(_BEGINS.match(after)) or listed.shown[match.end()].isupper()
            begins = begins or match.group().split()[0] in ("del", "al") or match.group().endswith("al ")
            yield (begins, -abs(len(before.split()) - len(after.split()))), match.span()


def _search(n: int, parts: tuple[Asked, ...], asked: str) -> str:
    """Return what to look for a thing by: its name, what the last one's lends it, what is asked."""
    own, last = _whole_name(parts[n], parts[0]), _name(parts[-1])
    words = own.split()
    tail = _TAIL.search(last)
    if n < len(parts) - 1 and tail and not _TAIL.search(own) and own[0].isupper() == last[0].isupper():
        words.append(tail["tail"])  # "el codificador y el decodificador de un Transformer"
    first = _name(parts[0]).split()
    both_begin = _BEGINS.match(parts[n].plain) and _BEGINS.match(parts[0].plain)
    alone = len(words) - words.count("no") < len(first)
    if n and alone and own[0].islower() and both_begin:
        words.insert(0, first[0])  # "el aprendizaje supervisado y el no supervisado"
    return " ".join(dict.fromkeys([*words, *asked.split()]))


def _whole_name(part: Asked, first: Asked) -> str:
    """Return a thing's name; what only says of what kind it is ("la de Luong") takes the first one's noun."""
    name = _name(part)
    return f"{_name(first).split()[0]} {name}" if part is not first and _OF.match(name) else name


def _name(part: Asked) -> str:
    lead = re.match(r"\W*", part.plain)
    start = lead.end() if lead else 0
    article = _ARTICLE.match(part.plain, start)
    return part.shown[article.end() if article else start :].strip(EDGE)


def _is_name(thing: str) -> bool:
    return speaks(thing) and len(thing.split()) <= LONGEST_THING


def _shown(asked: Asked, match: re.Match[str], group: str) -> str:
    if group not in match.re.groupindex or match[group] is None:
        return ""
    found = asked.shown[slice(*match.span(group))]
    return re.sub(r"^\s*(?:de|in|of)\s+", "", found).strip(EDGE)
