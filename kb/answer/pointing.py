"""Where a model's text points in the notes, whatever it makes of what it found there. Pure.

A small model often finds the sentence that answers and retells it in words that the notes do not have. What it adds
to the question stands in that sentence all the same; what it invents seldom does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kb.answer import ground
from kb.answer.evidence import EvidenceSentence
from kb.answer.ground import Source, Window
from kb.answer.lexicon import Lexicon, coverage

SPOKEN = 0.35
"""Share of a question that the words pointed at must hold in their context. Of 348 questions of XQuAD-es's even
articles, half without their article, 0.4 refuses 1 right quote more, and 0.3 lets 3 wrong ones pass."""


def pointed(
    texts: Iterable[str], question: str, sources: Sequence[Source], lexicon: Lexicon
) -> tuple[EvidenceSentence, ...]:
    """Return the sentences of the notes that texts point at, scored by what they hold of the question, best first.

    They are neighbouring sentences of a passage as one.
    """
    asked = lexicon.named(question)
    windows = {
        window: coverage(asked, window.in_context)
        for text in texts
        for piece in ground.split_answer(text)
        for window in _holding(piece, question, sources, lexicon)
    }
    best = sorted(windows.items(), key=lambda each: -each[1])
    return tuple(_quoted(window, share) for window, share in best if share >= SPOKEN)


def _holding(piece: str, question: str, sources: Sequence[Source], lexicon: Lexicon) -> Iterator[Window]:
    """Yield of each source the words that say most of a sentence, if they hold what it adds to its question."""
    claim = ground.claim_of(piece, question, lexicon)
    if not claim.new:
        return
    for source in sources:
        holding = [
            window
            for window in ground.windows(claim, source)
            if ground.has_told(claim, window)
            and window.whole >= ground.DOUBTFUL_WHOLE
            and (claim.told or coverage(claim.new, window.stems) >= ground.CLEAR_NEW)
        ]
        yield from sorted(holding, key=lambda window: -window.worth)[:1]


def _quoted(window: Window, share: float) -> EvidenceSentence:
    start, end = window.said[0].start, window.said[-1].end
    return EvidenceSentence(window.source.n, start, end, " ".join(window.quote.split()), share)
