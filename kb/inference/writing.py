"""How a model writes an answer, and reads a prompt ahead of it; only a model's process imports this."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from kb.inference.choosing import Choose, greedy, sampled, settled
from kb.inference.drafting import Drafter
from kb.inference.engine import EngineError
from kb.inference.evaluation import LAST, Evaluation, Pace
from kb.inference.messages import Alive, Cancelled, Finished, Generate, Piece, Prefill, Reply
from kb.inference.prefixes import LEAST_TOKENS
from kb.inference.stream import TextStream
from kb.inference.thoughts import KNOWN

if TYPE_CHECKING:
    from kb.inference.llm import LanguageModel

THOUGHT_TOKENS = 256
"""Tokens that a model may think before its thought is closed: ten seconds of two cores with 1.5 billion weights, and
only where a model thinks although its template was told not to."""


def write(model: LanguageModel, request: Generate) -> Iterator[Reply | Alive]:
    """Evaluate the prompt, then yield pieces and Finished; returns early when stopped.

    Raises EngineError, "prompt_too_long" or "only_thoughts", and RuntimeError when a decoding was aborted.
    """
    start, end = model.frame(request.system)
    prompt = start + model.plain(request.user) + end
    check_room(model, prompt)
    reused = yield from read(model, prompt, len(start), model.steady)
    writing = Writing(model, request, prompt)
    yield from _pieces(model, request, writing)
    if not model.stop.is_set():
        draft = writing.drafter
        yield Finished(request.request, len(prompt), reused, writing.written, draft.drafted, draft.accepted)


def prefill(model: LanguageModel, request: Prefill) -> Iterator[Reply | Alive]:
    """Evaluate the beginning of a prompt and yield Finished, or Cancelled when another request waits.

    Where the beginning ends in the middle of a word, its last token may be none of the whole prompt's: what the two
    share is found when that comes. Raises EngineError, "prompt_too_long", RuntimeError as `write` does.
    """
    start, _ = model.frame(request.system)
    prompt = start + model.plain(request.user)
    check_room(model, prompt)
    if model.evaluation.tokens[: len(prompt)] == prompt:
        yield Finished(request.request, len(prompt), len(prompt), 0)
        return
    reused = yield from read(model, prompt, len(start), model.hurried)
    if len(model.evaluation.tokens) < len(prompt):
        yield Cancelled(request.request)
    else:
        yield Finished(request.request, len(prompt), reused, 0)


def check_room(model: LanguageModel, prompt: list[int]) -> None:
    """Raise EngineError "prompt_too_long" when the context has no room for a prompt and one token."""
    if len(prompt) >= model.context:
        raise EngineError("prompt_too_long", f"{len(prompt)} tokens, {model.context} fit")


def read(model: LanguageModel, prompt: list[int], stable: int, pace: Pace) -> Generator[Alive, None, int]:
    """Evaluate what of a prompt is not evaluated yet; return how many of its tokens were.

    Its first `stable` tokens are kept between runs. Ends early when asked to give way.
    """
    evaluation = model.evaluation
    known = evaluation.keep(prompt)
    kept = known >= stable or stable < LEAST_TOKENS
    if not kept:
        known, kept = _restored(model, prompt, stable, known)
    while len(evaluation.tokens) < len(prompt) and not model.stop.gives_way:
        yield Alive()
        start = len(evaluation.tokens)
        stop = start + min(pace.tokens, evaluation.largest)
        if not kept and start < stable < stop:
            stop = stable
        model.costs.learn_prompt(len(prompt[start:stop]), pace.timed(evaluation, prompt[start:stop]))
        if not kept and len(evaluation.tokens) == stable:
            model.prefixes.save(prompt[:stable], evaluation.saved())
    return known


def _restored(model: LanguageModel, prompt: list[int], stable: int, known: int) -> tuple[int, bool]:
    """Take a prompt's beginning from the disk; return how many tokens are evaluated and whether it was there."""
    state = model.prefixes.load(prompt[:stable])
    if not state:
        return known, False
    if model.evaluation.restore(state, prompt[:stable]):
        return model.evaluation.keep(prompt), True
    model.prefixes.remove(prompt[:stable])
    return 0, False


def _pieces(model: LanguageModel, request: Generate, writing: Writing) -> Iterator[Piece | Alive]:
    """Yield an answer's text up to its end, a stop string or its limit, and signs of life while the model thinks."""
    stream = TextStream(request.stop, KNOWN)
    thoughts = stream.thoughts
    thought = 0
    while writing.written - thought < request.max_tokens and writing.room > 0:
        token = writing.take(request.max_tokens + thought)
        if model.stop.is_set():
            return
        if token is None:
            break
        if text := stream.feed(model.bytes_of(token, marks=not thoughts.over)):
            yield Piece(request.request, text)
        if stream.stopped:
            break
        if thoughts.open:
            thought += 1
            yield Alive()
            if thought == THOUGHT_TOKENS:
                writing.say(model.special(thoughts.marks.closing))
                stream.feed(thoughts.marks.closing.encode())
    if thoughts.open:
        raise EngineError("only_thoughts", f"{thought} tokens")
    if text := stream.flush():
        yield Piece(request.request, text)


class Writing:
    """An answer's tokens one after another, several evaluated at once where they were guessed."""

    def __init__(self, model: LanguageModel, request: Generate, prompt: list[int]) -> None:
        self._evaluation: Evaluation = model.evaluation
        self._ends = model.ends
        temperature = settled(request.temperature, model.sampling)
        self._choose: Choose = (
            sampled(model.evaluation, model.sampling, temperature, request.seed)
            if temperature > 0.0
            else greedy(model.evaluation)
        )
        self.drafter = Drafter(prompt, model.costs, able=temperature == 0.0 and model.evaluation.can_be_cut)
        self.written = 0
        self._last = prompt[-1]
        self._agreed: deque[int] = deque()
        self._begun = False

    @property
    def room(self) -> int:
        """How many more tokens fit."""
        left: int = self._evaluation.room - len(self._evaluation.tokens)
        return left + len(self._agreed) - 1 if self._begun else left  # the newest token is not evaluated

    def take(self, limit: int) -> int | None:
        """Return the next token, None at the model's own end; nothing is guessed beyond `limit` tokens in all."""
        if not self._agreed:
            self._agreed.extend(self._evaluated(limit))
        token = self._agreed.popleft()
        if self._ends(token):
            return None
        self.written += 1
        return token

    def say(self, tokens: list[int]) -> None:
        """Put tokens into the model's mouth, after those that were taken."""
        untaken = len(self._agreed)
        self._agreed.clear()
        if untaken:
            self._evaluation.cut(len(self._evaluation.tokens) - untaken + 1)
        batch = tokens if untaken else [self._last, *tokens]
        self._evaluation.extend(batch, wanted=len(batch))
        self._last = self._choose(LAST)
        self._agreed.append(self._last)
        self.drafter.add([*tokens, self._last])

    def _evaluated(self, limit: int) -> list[int]:
        """Return the next tokens: one, and before it those that were guessed rightly."""
        evaluation = self._evaluation
        if not self._begun:
            self._begun = True
            chosen = [self._choose(LAST)]
        else:
            most = min(limit - self.written, evaluation.room - len(evaluation.tokens), evaluation.largest) - 1
            draft = self.drafter.propose(most)
            start = time.perf_counter()
            before = len(evaluation.tokens)
            evaluation.extend([self._last, *draft], wanted=0)
            chosen = self._agreeing(draft)
            evaluation.cut(before + len(chosen))
            self.drafter.checked(len(draft), len(chosen) - 1, time.perf_counter() - start)
        self._last = chosen[-1]
        self.drafter.add(chosen)
        return chosen

    def _agreeing(self, draft: list[int]) -> list[int]:
        """Return what the model chooses after each token of the last batch, up to where it differs from the draft."""
        chosen = [self._choose(0)]
        for place, guess in enumerate(draft, start=1):
            if chosen[-1] != guess:
                break
            chosen.append(self._choose(place))
        return chosen
