"""What a question is about, in its own words: the thing it asks after, and all of it as a phrase. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from kb.search.analysis_words import Shape, fold, pieces, shape

LONGEST_SUBJECT = 8
"""Words of a thing; more of them is a clause."""

LONGEST_MATTER = 200
"""Characters of an earlier question that another is told to be about."""

_EDGE = " \t\n¿?¡!.,;:…\"'«»“”"
_CLOSING = re.compile(r"[?!]+")
_OPENING = re.compile(r"[¿¡]+")
WORD = re.compile(r"[^\W_]+(?:[-'’.+#][^\W_]+)*[+#]*")

_ASKS = (
    r"(?:(?:a|con|de|desde|en|hasta|para|por|segun|sobre) )?"
    r"(?:que|quien|quienes|cual|cuales|como|cuando|donde|cuanto|cuanta|cuantos|cuantas)\b"
    r"|(?:what|who|whom|whose|which|when|where|why|how)\b"
)
ASKING = re.compile(_ASKS)
_SECOND_QUESTION = re.compile(rf",? (?:y|e|o|and|or),? (?:{_ASKS})")

_THINGS = (
    r"(?:ventajas|desventajas|inconvenientes|limitaciones|problemas?|funcion|objetivo|papel|partes|tipos|ejemplos?|usos"
    r"|aplicaciones|caracteristicas|pasos|definicion|idea|utilidad|propositos?)"
)
_DEFINES = re.compile(
    r"(?:que (?:es|son|era|eran|fue|fueron|significan?|quiere decir|se entiende por)|quien (?:es|fue|era)"
    r"|en que consisten?|(?:define|explica|describe|resume)(?:me)?(?: que (?:es|son))?|hablame (?:de|sobre)"
    r"|cuentame (?:que (?:es|son)|algo (?:de|sobre))|(?:definicion|concepto) de"
    r"|what(?:'s| is| are| was| were)(?!.* (?:used|good|useful) for$)|who (?:is|was)|define|explain(?: what)?"
    r"|describe|tell me about|(?:definition|meaning) of) (?P<thing>.+?)(?: is| are)?"
)
_ABOUT = tuple(
    re.compile(pattern)
    for pattern in (
        r"como (?:funcionan?|trabajan?|se \w+) (?P<thing>.+)",
        r"(?:para que|cuando|donde|por que) (?:se )?(?:sirven?|usan?|utilizan?|aplican?|necesitan?|importan?)"
        r" (?P<thing>.+)",
        rf"que (?:{_THINGS} )?(?:tienen?|ofrecen?|aportan?|hacen?|miden?|resuelven?|propone|predice|guarda|calcula"
        r"|cumplen?|sostiene|busca|agrega|mejora) (?P<thing>.+)",
        rf"(?:cual es|cuales son) (?:el|la|los|las) {_THINGS} de(?P<article>l)? (?P<thing>.+)",
        rf"{_THINGS} de(?P<article>l)? (?P<thing>.+)",
        r"quien(?:es)? (?:invento|inventaron|propuso|propusieron|creo|crearon|descubrio|publico|hizo) (?P<thing>.+)",
        r"(?:por que|para que) (?:es|son) (?:importantes?|utile?s?) (?P<thing>.+)",
        r"what (?:does|do|did) (?P<thing>.+) \w+",
        r"what (?:is|are) (?P<thing>.+) (?:used|good|useful) for",
        r"how (?:does|do|did) (?P<thing>.+) work",
        r"how (?:is|are) (?P<thing>.+) (?:\w+ed|built|made|done)",
        r"why (?:is|are) (?P<thing>.+) (?:important|useful|needed|used|good|bad)",
        r"(?:what are the )?(?:(?:dis)?advantages|benefits|drawbacks|uses|parts|types|examples) of (?P<thing>.+)",
        r"who (?:invented|proposed|created|discovered|published|made|wrote) (?P<thing>.+)",
    )
)
# What follows "qué es" and is no thing, or is one only together with another.
_NO_THING = re.compile(
    r"(?:lo|si|que|mejor|peor|mas|menos|necesari[oa]|posible|ciert[oa]|cuando|como|a|al|ante|con|de|del|en|entre|para"
    r"|por|sin|sobre|it|that|this|they|these|those|better|worse|more|less|to|in|on|of|for|with|if|true|possible"
    r"|(?:(?:la|las|una|the|a) )?(?:diferencias?|differences?|relacion|relation))\b"
)
# What a verb takes beside its subject ("¿qué aporta FastText a los vectores…?").
_COMPLEMENT = re.compile(r" (?:frente|respecto|con respecto) al? | para \w+[aei]r | a(?:l| el| la| los| las) ")
_NAMED_SUBJECT = re.compile(r"(?:how|why|when|where|what|which) (?:does|do|did|is|are|was|can|could|should) ")

REFERS = re.compile(r"\((?:sobre|about) (?P<matter>.+)\)\s*$")
"""What a question that was made to stand alone is said to be about, at its end."""


class Span(NamedTuple):
    """Where a stretch of a question's core is."""

    start: int
    end: int


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A typed line taken apart: the signs around it, its words (`core`), and these folded, letter by letter."""

    before: str
    core: str
    after: str
    folded: str

    def with_core(self, core: str) -> str:
        """Return the line with other words between its signs, beginning as it begins."""
        first = core[:1].upper() if self.core[:1].isupper() else core[:1]
        return f"{self.before}{first}{core[1:]}{self.after}"


def read(text: str) -> Line:
    """Take a line apart. Marks that open a question within it are left out."""
    whole = " ".join(unicodedata.normalize("NFC", text).split())
    inner = whole.strip(_EDGE)
    start = whole.find(inner) if inner else len(whole)
    core = " ".join(_OPENING.sub(" ", inner).split())
    folded = fold(core)
    if len(folded) != len(core):  # a letter of another script that has two in lower case
        folded = core.lower() if len(core.lower()) == len(core) else core
    return Line(whole[:start], core, whole[start + len(inner) :], folded)


@dataclass(frozen=True, slots=True)
class Topic:
    """What an earlier question is about.

    `subject` is where its core names the one thing it asks after, an empty span where no words certainly do; `thing`
    are these words, with their article. `matter` is what a further question is said to be about: the thing where the
    question only asks what that is, else the whole question as a phrase. `abroad` tells that the question is in
    another language than the one that goes on from it.
    """

    line: Line
    subject: Span
    thing: str
    matter: str
    abroad: bool = False


def topic(question: str) -> Topic:
    """Return what a question is about."""
    line = read(question)
    referred = REFERS.search(question.strip())
    if referred is None:
        return _asked(line)
    inner = _asked(read(referred["matter"]))
    start = line.core.find(referred["matter"])
    within = Span(start + inner.subject.start, start + inner.subject.end)
    return Topic(line, within if inner.thing and start >= 0 else NOWHERE, inner.thing, inner.matter)


def _asked(line: Line) -> Topic:
    """Return what a question is about that is not said to be about another."""
    if (found := _DEFINES.fullmatch(line.folded)) and (span := _thing(line, found)) != NOWHERE:
        return Topic(line, span, line.core[span.start : span.end], line.core[span.start : span.end])
    for pattern in _ABOUT:
        if (found := pattern.fullmatch(line.folded)) and (span := _thing(line, found)) != NOWHERE:
            article = "el " if found.groupdict().get("article") else ""
            return Topic(line, span, article + line.core[span.start : span.end], phrase(line))
    span = _named_subject(line)
    if span == NOWHERE:
        span = _bare(line)
    return Topic(line, span, line.core[span.start : span.end], phrase(line))


def phrase(line: Line) -> str:
    """Return a question as a phrase in a sentence: no signs around it, and no capital that only opened it."""
    core = _CLOSING.sub("", line.core)
    opens = core.split(" ", 1)[0]
    lowered = core if is_name(opens, opens_sentence=True) else core[:1].lower() + core[1:]
    if len(lowered) <= LONGEST_MATTER:
        return lowered
    return lowered[:LONGEST_MATTER].rsplit(" ", 1)[0] + "…"


def names(text: str, opens_sentence: bool = True) -> tuple[Span, ...]:
    """Return where names stand, neighbours and a number after one together, without the -'s of an owner.

    A capital that opens the text may only do that.
    """
    found: list[Span] = []
    for n, word in enumerate(WORD.finditer(text)):
        together = bool(found) and text[found[-1].end : word.start()] == " "
        if is_name(word.group(), opens_sentence and not n) or (together and word.group().isdigit()):
            start = found.pop().start if together else word.start()
            owns = word.group().endswith(("'s", "’s"))
            found.append(Span(start, word.end() - len("'s") if owns else word.end()))
    return tuple(found)


def is_name(word: str, opens_sentence: bool) -> bool:
    """Say whether a word is written as a name: with capitals within or digits, or with one where none is due."""
    parts = [part for part in re.split(r"[-'’.]", word) if part]
    if any(shape(part) is Shape.NAME or pieces(part) for part in parts if len(part) > 1):
        return True
    if any(map(str.isdigit, word)) and any(map(str.isalpha, word)):
        return True
    return word[:1].isupper() and not opens_sentence and len(word) > 1


def _thing(line: Line, found: re.Match[str]) -> Span:
    """Return the thing that follows a frame, up to what else is said or asked; NOWHERE where it is a clause."""
    start, end = found.span("thing")
    rest = _COMPLEMENT.search(line.folded, start, end) or _SECOND_QUESTION.search(line.folded, start, end)
    if rest:
        end = rest.start()
    text = line.folded[start:end]
    is_clause = "," in text or ":" in text or len(text.split()) > LONGEST_SUBJECT or _NO_THING.match(text)
    return NOWHERE if is_clause or ASKING.match(text) else Span(start, end)


def _named_subject(line: Line) -> Span:
    """Return the name that stands in an English question where the subject does, an empty span where none does."""
    opens = _NAMED_SUBJECT.match(line.folded)
    found = [span for span in names(line.core) if opens and span.start == opens.end()]
    follows = line.folded[found[0].end :] if found else ""
    return found[0] if follows[:1] == " " and not follows.startswith((" and ", " or ")) else NOWHERE


def _bare(line: Line) -> Span:
    """Return all of a line that only names a thing, as is typed to search; an empty span where it asks."""
    is_thing = not line.before and not line.after and len(line.core.split()) <= LONGEST_SUBJECT // 2
    asks = ASKING.search(line.folded) or _NO_THING.match(line.folded) or "," in line.core
    return Span(0, len(line.core)) if is_thing and line.core and not asks else NOWHERE
