"""From a question to what an answer may be made from: understand it, search, decide, choose evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from ingest.model import Mark
from kb.answer import evidence
from kb.answer.evidence import Evidence
from kb.answer.followup import standalone
from kb.answer.followup_abroad import language_in
from kb.answer.lexicon import Lexicon
from kb.answer.modes import Known, Order, Plan, is_at, plan
from kb.answer.relevance import Chance, chance, unspoken
from kb.answer.turns import turns
from kb.errors import ModelUnavailable
from kb.inference.protocol import Encoder, Generator, Role
from kb.model import Answering, AnswerMode, Exchange, Filters, Hit, Passage

HITS = 8
MANY_HITS = 40
"""Hits looked through where only what one person said, or what was said at one time of a class, counts."""

Retrieve = Callable[[str, int, Filters], Sequence[Hit]]
Clock = Callable[[], float]


def _unmarked(passage: Passage) -> Sequence[Mark]:  # noqa: ARG001 (the shape of Tools.marks)
    """Know of no passage who speaks where in it."""
    return ()


@dataclass(frozen=True, slots=True)
class Tools:
    """What answering works with. No generator means quotes only; no encoder means words only.

    `marks` are those of a passage's section, which say who speaks where in it.
    """

    retrieve: Retrieve
    lexicon: Lexicon
    clock: Clock
    language: Callable[[str], str]
    known: Callable[[], Known]
    encoder: Encoder | None = None
    generator: Generator | None = None
    answering: Answering = Answering()  # noqa: RUF009 (frozen)
    marks: Callable[[Passage], Sequence[Mark]] = _unmarked


@dataclass(frozen=True, slots=True)
class Asking:
    """A question, what kind of answer is wanted, where to look for it, and what was said before it."""

    question: str
    mode: AnswerMode = AnswerMode.AUTO
    filters: Filters = Filters()  # noqa: RUF009 (frozen)
    earlier: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found on a question; no evidence where the material does not answer it.

    `text` is the question in words that stand alone, `language` the one to answer in, `chance` how likely the hits
    answer it; `missing` are its words of which nothing that was found speaks.
    """

    asked: str
    text: str
    language: str
    plan: Plan
    lexicon: Lexicon
    hits: tuple[Hit, ...]
    chance: Chance
    evidence: Evidence = Evidence((), ())  # noqa: RUF009 (frozen)
    missing: tuple[str, ...] = ()

    @property
    def understood(self) -> str:
        """The question in words that stand alone, "" where it is taken as it is."""
        return "" if self.text == self.asked else self.text


def gathered(asking: Asking, tools: Tools) -> Gathered:
    """Search for what a question asks and choose the evidence of its answer."""
    language = language_in(asking.question, asking.earlier, tools.language)
    text = standalone(asking.question, asking.earlier, language)
    written = language if text == asking.question else tools.language(text) or language
    lexicon = replace(tools.lexicon, language=written)
    made = plan(text, asking.mode, language, asking.filters, tools.known())
    first = made.searches[0]
    hits = _hits(first, made, tools)
    likely = chance(first, written, hits, lexicon)
    missing = (*made.unmet, *unspoken(first, hits))
    found = Gathered(asking.question, text, language, made, lexicon, hits, likely, missing=missing)
    if not likely.worth_asking:
        return found if hits else replace(found, hits=tuple(tools.retrieve(first, HITS, asking.filters)))
    if made.topics and all(topic in missing for topic in made.topics):
        return found
    wider = replace(found, hits=_more(found, tools))
    return replace(wider, evidence=_chosen(wider, tools))


def _hits(text: str, made: Plan, tools: Tools) -> tuple[Hit, ...]:
    """Return what one search finds."""
    if made.order is not Order.TIME:
        return tuple(tools.retrieve(text, HITS, made.filters))
    return tuple(turn for said in islice(_said(text, made, tools), HITS) for turn in said)


def _said(text: str, made: Plan, tools: Tools) -> Iterator[tuple[Hit, ...]]:
    """Yield of each passage the turns of those who are meant, at the time of the class that is meant.

    The search is for all speakers: a passage has the name of the one who speaks most in it.
    """
    for hit in tools.retrieve(text, MANY_HITS, replace(made.filters, speaker="")):
        if is_at(made.moment, hit.passage, hit.document):
            said = turns(hit, tools.marks(hit.passage), made.filters.speaker)
            if said:
                yield said


def _more(found: Gathered, tools: Tools) -> tuple[Hit, ...]:
    """Return the hits, and those of the plan's other searches and of the topic alone, best first, each passage once.

    The words that only ask may have hidden what the question is about.
    """
    first, *others = found.plan.searches
    best = {(hit.passage.id, hit.passage.start): hit for hit in found.hits}
    for text in dict.fromkeys((*others, found.lexicon.topic(first))):
        for hit in _hits(text, found.plan, tools) if text != first else ():
            place = hit.passage.id, hit.passage.start
            known = best.get(place)
            best[place] = hit if known is None or hit.score > known.score else known
    return tuple(sorted(best.values(), key=lambda hit: -hit.score))


def _chosen(found: Gathered, tools: Tools) -> Evidence:
    """Return the evidence, divided among the things of a comparison, in the order that the plan wants."""
    made = found.plan
    budget = made.budget * tools.answering.evidence_tokens // Answering().evidence_tokens
    similarity = partial(cosines, tools.encoder, Role.QUERY, found.text)
    choose = partial(evidence.choose, hits=found.hits, lexicon=found.lexicon, similarity=similarity)
    if made.topics:
        chosen = evidence.joined([choose(topic, budget=budget // len(made.topics)) for topic in made.topics])
    else:
        chosen = choose(made.searches[0], budget=budget)
    return evidence.in_order_of_time(chosen) if made.order is Order.TIME else chosen


def cosines(encoder: Encoder | None, role: Role, text: str, others: Sequence[str]) -> Sequence[float]:
    """Return the cosine of a text to each of the others; zeros where no embedder can be had: words then decide."""
    if encoder is None or not others:
        return [0.0] * len(others)
    try:
        vector = encoder.encode([text], role)[0]
        return [float(value) for value in encoder.encode(others, Role.PASSAGE) @ vector]
    except ModelUnavailable:
        return [0.0] * len(others)
