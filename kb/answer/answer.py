"""From a question to a checked answer: gather evidence, write, check, ask once more, say what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from kb.answer import checking, gather
from kb.answer.asks import Told, can_answer, can_answer_itself
from kb.answer.checking import Checked, Checker
from kb.answer.evidence import EvidenceSentence
from kb.answer.gather import Asking, Gathered, Tools, gathered
from kb.answer.ground import in_context
from kb.answer.pointing import pointed
from kb.answer.prompts import answer_prompt, beginning, copy_prompt, is_refusal, support_judgement
from kb.answer.relevance import speaks_of
from kb.inference.protocol import Generator, Judge, Preparing, Role, Sampling
from kb.model import (
    Answer,
    AnswerEvent,
    AnswerMode,
    AnswerStatus,
    Checking,
    Citation,
    EvidenceFound,
    Finished,
    Sentence,
    Timings,
    Token,
)
from kb.search.language import fold

Reading = tuple[str, ...]
"""The notes that a model has read ahead of a question, in their order."""

NOTHING: Reading = ()

QUOTED_SENTENCES = 4
COPIED_TOKENS = 90
"""What a sentence of the notes takes at most."""

NEAREST = 3


def prepared(
    asking: Asking, tools: Tools, before: Reading, is_unwanted: Callable[[], bool], begun: Callable[[Reading], None]
) -> Reading:
    """Let the model read the evidence of a question ahead of it; return what it has read.

    `before` is what it read last: what stays of its notes stays in its place, so that it need not read them again.
    `begun` is told what it begins to read. Returns NOTHING where the material does not answer, nothing can be
    prepared, or it has become unwanted by the time that the evidence is found. Raises ModelUnavailable.
    """
    if not isinstance(tools.generator, Preparing):
        return NOTHING
    found = gathered(asking, tools)
    reading = found.evidence.notes(before)
    if not reading or is_unwanted() or found.plan.mode is AnswerMode.QUOTES:
        return NOTHING
    begun(reading)
    read = reading == before or tools.generator.prefill(beginning(reading, found.language))
    return reading if read else NOTHING


def answer_question(asking: Asking, tools: Tools, read: Reading = NOTHING) -> Iterator[AnswerEvent]:
    """Yield the evidence, the model's tokens as they come and, last, the checked answer.

    Nothing relevant retrieved ends in NOT_FOUND without asking the model. ModelUnavailable from the generator is
    raised after the evidence was yielded, so that quotes can still be offered. `read` are the notes that the model
    has read ahead.
    """
    clock = _Clock(tools)
    found = gathered(asking, tools)
    clock.searched()
    quotes = tools.generator is None or found.plan.mode is AnswerMode.QUOTES
    if not found.evidence.citations or (quotes and not found.chance.worth_quoting):
        yield Finished(_not_found(found, "", clock))
        return
    yield EvidenceFound(found.evidence.citations, found.plan.mode, found.understood)
    if tools.generator is None or quotes:
        yield Finished(_quoted(found, clock, found.evidence.sentences))
        return
    notes = found.evidence.notes(read)
    prompt = answer_prompt(found.text, notes, found.language, found.plan.instruction)
    text = ""
    for piece in tools.generator.generate(prompt, Sampling(max_tokens=found.plan.max_tokens)):
        clock.wrote()
        text += piece
        yield Token(piece)
    yield Checking()
    yield Finished(_checked_answer(text.strip(), found, notes, tools, clock))


class _Clock:
    """Times the steps of one answer."""

    def __init__(self, tools: Tools) -> None:
        self._now = tools.clock
        self._started = self._now()
        self._first = self._search = 0.0

    def searched(self) -> None:
        """Note that the evidence is found."""
        self._search = self._now() - self._started

    def wrote(self) -> None:
        """Note that a piece came."""
        self._first = self._first or self._now() - self._started

    def timings(self) -> Timings:
        """Return what was noted, and the time up to now, in milliseconds."""
        return Timings(self._search * 1000, self._first * 1000, (self._now() - self._started) * 1000)


@dataclass(frozen=True, slots=True)
class _Written:
    """What a model wrote but refusals, at first and when asked again, and what of it the notes say."""

    texts: tuple[str, ...]
    checked: Checked

    @property
    def stands_by_it(self) -> bool:
        """Whether the model, asked again, did not say that it is not in the notes."""
        return len(self.texts) > 1


def _checked_answer(text: str, found: Gathered, notes: tuple[str, ...], tools: Tools, clock: _Clock) -> Answer:
    """Put together what holds of a model's text, else quote what it points at, else what the notes surely answer."""
    assert tools.generator is not None
    checker = _checker(found, notes, tools)
    written = _written(text, checker, found, notes, tools.generator)
    if written.checked.supported:
        if _is_on_the_matter(found, written.checked, checker) and _is_answer(found, written.checked):
            return _answer(found, written.checked, tools, clock)
    elif written.stands_by_it or found.chance.likelier:
        for quote in pointed(written.texts, found.text, checker.sources, found.lexicon):
            if _is_quotable(found, (quote,)):
                return replace(_quoted(found, clock, (quote,)), status=AnswerStatus.PARTIAL)
    if found.chance.certain_and_near or (found.chance.sure and written.texts):
        best = found.evidence.sentences[0].n
        own = tuple(each for each in found.evidence.sentences if each.n == best)[:QUOTED_SENTENCES]
        if _is_quotable(found, own):
            return replace(_quoted(found, clock, own), status=AnswerStatus.PARTIAL)
    return _not_found(found, tools.generator.name, clock)


def _written(text: str, checker: Checker, found: Gathered, notes: tuple[str, ...], generator: Generator) -> _Written:
    """Check a model's text, and have what nothing says written again once."""
    if is_refusal(text, found.language):
        return _Written((), Checked((), {}))
    checked = checker.check(text)
    if len(checked.supported) == len(checked.sentences):
        return _Written((text,), checked)
    prompt = copy_prompt(found.text, notes, found.language)
    again = "".join(generator.generate(prompt, Sampling(max_tokens=COPIED_TOKENS))).strip()
    if is_refusal(again, found.language):
        return _Written((text,), checked)
    return _Written((text, again), checking.replaced(checked, checking.copied(checker.check(again), found.lexicon)))


def _is_answer(found: Gathered, checked: Checked) -> bool:
    """Say whether the passages and sentences of an answer have what the question names and wants."""
    shown = " ".join((*(each.text for each in checked.supported), *checked.quotes.values()))
    told = _told(found, tuple(checked.quotes), shown)
    return can_answer(found.text, told, found.lexicon, found.chance.certain)


def _is_quotable(found: Gathered, chosen: Sequence[EvidenceSentence]) -> bool:
    """Say whether sentences of a passage may be shown as an answer that no model gave."""
    told = _told(found, (chosen[0].n,), " ".join(each.text for each in chosen))
    return can_answer_itself(found.text, told, found.lexicon, found.chance.certain)


def _told(found: Gathered, cited: Sequence[int], quoted: str) -> Told:
    citations = [each for each in found.evidence.citations if each.n in cited]
    whole = (f"{each.document.title}\n{each.passage.heading}\n{each.passage.text}" for each in citations)
    passages = {each.passage.id for each in citations}
    words = (word for hit in found.hits if hit.passage.id in passages for word in hit.why.words)
    known = frozenset(fold(word.asked) for word in words if word.forms)
    return Told(quoted, "\n".join(whole), citations[0].document.language, known)


def _is_on_the_matter(found: Gathered, checked: Checked, checker: Checker) -> bool:
    """Say whether what holds answers the question and is not merely true: in doubt a model copies what is nearest."""
    if found.chance.likely:
        return True
    if not found.chance.believable:
        return False
    sources = {each.n: each for each in checker.sources}
    quoted = (in_context(quote, sources[n]) for n, quote in checked.quotes.items())
    said = (found.lexicon.stems(each.text) for each in checked.supported)
    return speaks_of(found.text, frozenset().union(*quoted, *said), found.lexicon)


def _checker(found: Gathered, notes: tuple[str, ...], tools: Tools) -> Checker:
    def judged(sentence: str) -> float:
        if not isinstance(tools.generator, Judge):
            return 0.0
        return next(iter(tools.generator.judge(support_judgement(sentence, notes, found.language))), 0.0)

    cosine = partial(gather.cosines, tools.encoder, Role.PASSAGE)
    return checking.checker(found.text, found.evidence, found.lexicon, cosine, judged)


def _answer(found: Gathered, checked: Checked, tools: Tools, clock: _Clock) -> Answer:
    assert tools.generator is not None
    whole = len(checked.supported) == len(checked.sentences)
    shown = checked.sentences if tools.answering.strike else checked.supported
    return Answer(
        question=found.asked,
        text="\n".join(sentence.text for sentence in shown),
        status=AnswerStatus.GROUNDED if whole and not found.missing else AnswerStatus.PARTIAL,
        sentences=shown,
        citations=checking.cited(found.evidence.citations, checked),
        model=tools.generator.name,
        timings=clock.timings(),
        mode=found.plan.mode,
        understood=found.understood,
        missing=found.missing,
        removed=len(checked.sentences) - len(shown),
    )


def _quoted(found: Gathered, clock: _Clock, chosen: Sequence[EvidenceSentence]) -> Answer:
    """Answer with the best of the chosen sentences themselves, those of one passage together, in its order."""
    best = sorted(chosen[:QUOTED_SENTENCES], key=lambda each: (each.n, each.start))
    quotes = {each.n: each for each in reversed(chosen[:QUOTED_SENTENCES])}
    citations: tuple[Citation, ...] = tuple(
        replace(each, quote=each.passage.text[quotes[each.n].start : quotes[each.n].end])
        for each in found.evidence.citations
        if each.n in quotes
    )
    return Answer(
        question=found.asked,
        text="\n".join(each.text for each in best),
        status=AnswerStatus.PARTIAL if found.missing else AnswerStatus.GROUNDED,
        sentences=tuple(Sentence(each.text, (each.n,), supported=True) for each in best),
        citations=citations,
        model="",
        timings=clock.timings(),
        mode=AnswerMode.QUOTES,
        understood=found.understood,
        missing=found.missing,
    )


def _not_found(found: Gathered, model: str, clock: _Clock) -> Answer:
    return replace(
        Answer(found.asked, "", AnswerStatus.NOT_FOUND, (), (), model, clock.timings(), found.hits[:NEAREST]),
        mode=found.plan.mode,
        understood=found.understood,
        missing=found.missing,
    )
