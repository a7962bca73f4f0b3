"""From a model's text to sentences that each name their source: checked, asked again once, else left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kb.answer import ground
from kb.answer.evidence import Evidence
from kb.answer.lexicon import Lexicon
from kb.model import Citation, Sentence

SAYS = 0.6
"""The model's own share of yes from which it settles a doubt in favour of a sentence."""

Judged = Callable[[str], float]
"""A sentence to the model's probability, in [0, 1], that the notes say it; 0 where no model can be asked."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The sentences of a text in order, and by citation number the words that support one of them."""

    sentences: tuple[Sentence, ...]
    quotes: dict[int, str]

    @property
    def supported(self) -> tuple[Sentence, ...]:
        """Those that a passage says."""
        return tuple(each for each in self.sentences if each.supported)


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks sentences that answer a question against its evidence."""

    question: str
    sources: tuple[ground.Source, ...]
    lexicon: Lexicon
    cosine: ground.Cosine
    judged: Judged

    def check(self, text: str) -> Checked:
        """Return a text's sentences with the sources of each."""
        quotes: dict[int, str] = {}
        found: list[Sentence] = []
        for piece in ground.split_answer(text):
            finding = self._settled(
                piece, ground.check(piece, self.question, self.sources, self.lexicon, self.cosine)
            )
            found.append(ground.checked_sentence(piece, finding))
            if found[-1].supported and not isinstance(finding, ground.Unsupported):
                for n, quote in zip(finding.citations, finding.quotes, strict=True):
                    quotes.setdefault(n, quote)
        return Checked(tuple(found), quotes)

    def _settled(self, sentence: str, finding: ground.Finding) -> ground.Finding:
        if not isinstance(finding, ground.Doubtful):
            return finding
        if self.judged(sentence) >= SAYS:
            return ground.Supported(finding.citations, finding.quotes)
        return ground.Unsupported()


def checker(question: str, evidence: Evidence, lexicon: Lexicon, cosine: ground.Cosine, judged: Judged) -> Checker:
    """Return what checks an answer to a question against its evidence."""
    sources = tuple(ground.read(citation, lexicon) for citation in evidence.citations)
    return Checker(question, sources, lexicon, cosine, judged)


def copied(checked: Checked, lexicon: Lexicon) -> Checked:
    """Return what of a second text is a sentence of the notes: a mere number was not copied, but guessed again."""
    whole = tuple(each for each in checked.sentences if not ground.is_mere_answer(each.text, lexicon))
    return replace(checked, sentences=whole)


def replaced(first: Checked, second: Checked) -> Checked:
    """Return the first text with what the second supports in the place of its unsupported sentences."""
    said = {_plain(each.text) for each in first.supported}
    fresh = [each for each in second.supported if _plain(each.text) not in said]
    kept: list[Sentence] = []
    for each in first.sentences:
        if each.supported or not fresh:
            kept.append(each)
        else:
            kept += fresh
            fresh = []
    return Checked(tuple(kept), {**second.quotes, **first.quotes})


def _plain(text: str) -> str:
    """Return a sentence's words alone, to tell whether two are the same."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def cited(citations: Sequence[Citation], checked: Checked) -> tuple[Citation, ...]:
    """Return the citations that a supported sentence names, each with the words that support it."""
    named = {n for each in checked.supported for n in each.citations}
    return tuple(replace(each, quote=checked.quotes[each.n]) for each in citations if each.n in named)
