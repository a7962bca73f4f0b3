"""Guesses of what a model will write next, from what it has read: answers copy from their evidence (pure).

Prompt lookup decoding (Saxena 2023, github.com/apoorvumang/prompt-lookup-decoding): where the last tokens stand
earlier in the text, what followed them there is the guess. The model then checks the guess in one batch, which may
cost less than its tokens one by one, and keeps as much as it would have written itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DRAFT = 15
"""Tokens of a guess. With the token before them they are sixteen, as many rows as llama.cpp's AVX-512 multiplies at
once: with a Q4_K model sixteen take less time than twelve (CPU seconds of one thread, Qwen2.5-1.5B: 1 token 0.049,
4 tokens 0.163, 8 0.302, 12 0.409, 16 0.329)."""

MATCH = 4
"""Tokens that must stand earlier in the same order before anything is guessed; three are more often chance."""

LONGEST_MATCH = 32

HOPED = 6.5
"""Tokens of a guess that are right, on average (40 guesses in 18 answers of the default model from notes), as long as
nothing better is known: where checking a guess takes longer than writing these and one more, nothing is guessed."""

SMOOTHING = 0.2
"""Weight of the newest value in the running means."""

RECOVERY = 0.1
"""How much of the hope that bad guesses took comes back with each new answer: the next one may copy again."""


@dataclass(slots=True)
class Costs:
    """Seconds of a model to write one token, to check a guess, to read a token of a prompt; 0 where not known yet.

    They are learnt as it works: how much a batch saves depends on the model's weights, the processor and its load.
    `right` is how many tokens of a guess were right of late.
    """

    alone: float = 0.0
    together: float = 0.0
    reading: float = 0.0
    right: float = HOPED

    def learn(self, drafted: int, accepted: int, seconds: float) -> None:
        """Take how one step went: tokens guessed, those of them that were right, and its time."""
        if drafted:
            self.together = _mean(self.together, seconds)
            self.right += SMOOTHING * (accepted - self.right)
        else:
            self.alone = _mean(self.alone, seconds)

    def learn_prompt(self, tokens: int, seconds: float) -> None:
        """Take the time of a batch of a prompt, unless it is too small to tell anything."""
        if tokens > DRAFT:
            self.reading = _mean(self.reading, seconds / tokens)

    def begin(self) -> None:
        """Begin another answer."""
        self.right += RECOVERY * (HOPED - self.right)

    @property
    def pays(self) -> bool:
        """Whether a guess like those of late takes less time than writing what is right of it."""
        return self.ratio <= self.right + 1

    @property
    def ratio(self) -> float:
        """How many tokens could be written in the time of checking a guess; infinite where that is not known.

        Until one was checked, it is taken to cost as much as that many tokens of a prompt.
        """
        checking = self.together or self.reading * (DRAFT + 1)
        return checking / self.alone if self.alone and checking else float("inf")


def _mean(before: float, new: float) -> float:
    return before + SMOOTHING * (new - before) if before else new


class Drafter:
    """The tokens of a prompt and its answer so far, and guesses of the next ones where they pay.

    A guess that was not worth its time doubles the length of the match that the next one needs: what is truly copied
    soon has it, and where nothing is copied hardly any time is lost.
    """

    def __init__(self, tokens: Sequence[int], costs: Costs, able: bool = True) -> None:
        self.drafted = self.accepted = 0
        self._costs = costs
        self._able = able
        self._needed = MATCH
        self._tokens: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}
        costs.begin()
        self.add(tokens)

    def add(self, tokens: Sequence[int]) -> None:
        """Take more tokens of the text."""
        if not self._able:
            return
        for token in tokens:
            # The end of the text is entered once something follows it, so that it does not find itself.
            self._after[tuple(self._tokens[-MATCH:])] = len(self._tokens)
            self._tokens.append(token)

    def propose(self, most: int) -> list[int]:
        """Return DRAFT tokens to check, none where no guess is likely to pay or fewer than those may be written."""
        if not self._able or most < DRAFT or not self._costs.pays:
            return []
        place = self._after.get(tuple(self._tokens[-MATCH:]), 0)
        if place < MATCH or self._matching(place) < self._needed:
            return []
        period = self._tokens[place:]
        return (period * (DRAFT // len(period) + 1))[:DRAFT]

    def checked(self, drafted: int, accepted: int, seconds: float) -> None:
        """Take how a step went: tokens guessed, those of them that were right, and its time."""
        self._costs.learn(drafted, accepted, seconds)
        if drafted:
            self.drafted += drafted
            self.accepted += accepted
            paid = accepted + 1 >= self._costs.ratio
            self._needed = MATCH if paid else min(2 * self._needed, LONGEST_MATCH)

    def _matching(self, place: int) -> int:
        """Count the tokens before a place that are the last of the text, up to LONGEST_MATCH."""
        end = len(self._tokens)
        length = MATCH
        while (
            length < min(place, LONGEST_MATCH) and self._tokens[place - length - 1] == self._tokens[end - length - 1]
        ):
            length += 1
        return length
