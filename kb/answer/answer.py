"""From a question to a checked answer: search, decide, choose evidence, write, ground."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from kb.answer import ground
from kb.answer.evidence import Evidence, choose
from kb.answer.lexicon import Lexicon
from kb.answer.prompts import answer_prompt, is_refusal
from kb.answer.relevance import can_answer
from kb.errors import ModelUnavailable
from kb.inference.protocol import Encoder, Generator, Role, Sampling
from kb.model import (
    Answer,
    AnswerEvent,
    AnswerStatus,
    Citation,
    EvidenceFound,
    Finished,
    Hit,
    Sentence,
    Timings,
    Token,
)

HITS = 8
QUOTED_SENTENCES = 4
LONGEST_ANSWER = 220
"""Tokens: four full Spanish sentences and a margin."""

Retrieve = Callable[[str, int], Sequence[Hit]]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Tools:
    """What answering works with. No generator means quotes only; no encoder means words only."""

    retrieve: Retrieve
    lexicon: Lexicon
    clock: Clock
    language: Callable[[str], str]
    encoder: Encoder | None = None
    generator: Generator | None = None


def answer_question(question: str, tools: Tools) -> Iterator[AnswerEvent]:
    """Yield the evidence, the model's tokens as they come and, last, the checked answer.

    Nothing relevant retrieved ends in NOT_FOUND without asking the model. ModelUnavailable from the generator is
    raised after the evidence was yielded, so that quotes can still be offered.
    """
    started = tools.clock()
    hits = tuple(tools.retrieve(question, HITS))
    language = tools.language(question)
    if not can_answer(question, language, hits, tools.lexicon):
        yield Finished(_not_found(question, hits, "", _timings(tools, started)))
        return
    evidence = choose(
        question,
        _with_topic(question, hits, tools),
        tools.lexicon,
        partial(_cosines, tools.encoder, Role.QUERY, question),
    )
    searched = tools.clock()
    yield EvidenceFound(evidence.citations)
    if tools.generator is None:
        yield Finished(_quoted(question, evidence, _timings(tools, started, searched)))
        return
    text = ""
    first = 0.0
    prompt = answer_prompt(question, evidence.notes(), language)
    for piece in tools.generator.generate(prompt, Sampling(max_tokens=LONGEST_ANSWER)):
        first = first or tools.clock()
        text += piece
        yield Token(piece)
    timings = _timings(tools, started, searched, first)
    if is_refusal(text, language):
        yield Finished(_not_found(question, hits, tools.generator.name, timings))
        return
    answer = _grounded(question, text.strip(), evidence, tools)
    if not any(sentence.supported for sentence in answer.sentences):
        answer = replace(_quoted(question, evidence, timings), status=AnswerStatus.PARTIAL)
    yield Finished(replace(answer, timings=timings))


def _with_topic(question: str, hits: Sequence[Hit], tools: Tools) -> tuple[Hit, ...]:
    """Return the hits and those of the question's topic alone, which the words that only ask may have hidden."""
    topic = tools.lexicon.topic(question)
    more = tools.retrieve(topic, HITS) if topic != question else ()
    best = {hit.passage.id: hit for hit in sorted((*hits, *more), key=lambda hit: hit.score)}
    return tuple(sorted(best.values(), key=lambda hit: -hit.score))


def _grounded(question: str, text: str, evidence: Evidence, tools: Tools) -> Answer:
    """Check every sentence of the model's text; keep only the citations that support one, quoting what they say."""
    assert tools.generator is not None
    sources = tuple(ground.read(citation, tools.lexicon) for citation in evidence.citations)
    quotes: dict[int, str] = {}
    sentences: list[Sentence] = []
    for piece in ground.split_answer(text):
        support = ground.check(
            piece, question, sources, tools.lexicon, partial(_cosines, tools.encoder, Role.PASSAGE)
        )
        sentences.append(ground.supported_sentence(piece, support))
        for n, quote in zip(support.citations, support.quotes, strict=True):
            quotes.setdefault(n, quote)
    supported = [sentence.supported for sentence in sentences]
    return Answer(
        question=question,
        text="\n".join(sentence.text for sentence in sentences),
        status=AnswerStatus.GROUNDED if all(supported) else AnswerStatus.PARTIAL,
        sentences=tuple(sentences),
        citations=tuple(replace(each, quote=quotes[each.n]) for each in evidence.citations if each.n in quotes),
        model=tools.generator.name,
    )


def _quoted(question: str, evidence: Evidence, timings: Timings) -> Answer:
    """Answer with the best evidence sentences themselves, those of one passage together, in its order."""
    best = sorted(evidence.sentences[:QUOTED_SENTENCES], key=lambda each: (each.n, each.start))
    cited = {each.n for each in best}
    citations: tuple[Citation, ...] = tuple(each for each in evidence.citations if each.n in cited)
    return Answer(
        question=question,
        text="\n".join(each.text for each in best),
        status=AnswerStatus.GROUNDED,
        sentences=tuple(Sentence(each.text, (each.n,), supported=True) for each in best),
        citations=citations,
        model="",
        timings=timings,
    )


def _not_found(question: str, hits: tuple[Hit, ...], model: str, timings: Timings) -> Answer:
    return Answer(question, "", AnswerStatus.NOT_FOUND, (), (), model, timings, nearest=hits[:3])


def _timings(tools: Tools, started: float, searched: float = 0.0, first: float = 0.0) -> Timings:
    now = tools.clock()
    return Timings(
        search_ms=((searched or now) - started) * 1000,
        first_token_ms=(first - started) * 1000 if first else 0.0,
        total_ms=(now - started) * 1000,
    )


def _cosines(encoder: Encoder | None, role: Role, text: str, others: Sequence[str]) -> Sequence[float]:
    """Return the cosine of a text to each of the others; zeros where no embedder can be had: words then decide."""
    if encoder is None or not others:
        return [0.0] * len(others)
    try:
        vector = encoder.encode([text], role)[0]
        return [float(value) for value in encoder.encode(others, Role.PASSAGE) @ vector]
    except ModelUnavailable:
        return [0.0] * len(others)
