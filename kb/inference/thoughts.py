"""What a model thinks before it answers, told apart from its answer (pure).

A thought counts as one only at the beginning of what the model writes: further on, the same marks are text, as in an
answer about models that think.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class Marks:
    """How a model writes the beginning and the end of a thought; `before_end` is what stands between two turns."""

    begin: str
    end: str
    before_end: str = ""

    @property
    def closing(self) -> str:
        """What ends a thought that goes on for too long, as Qwen3's template ends one that is skipped."""
        return f"{self.before_end}{self.end}" if self.before_end else f"\n{self.end}\n\n"


CHANNELS = Marks("<|channel|>analysis<|message|>", "<|channel|>final<|message|>", "<|end|><|start|>assistant")
"""Of gpt-oss (OpenAI's harmony format): the thought is a channel, the answer begins with the next one."""

KNOWN = (
    Marks("<think>", "</think>"),
    Marks("<thinking>", "</thinking>"),
    Marks("<thought>", "</thought>"),
    Marks("<seed:think>", "</seed:think>"),
    Marks("[THINK]", "[/THINK]"),
    Marks("<|START_THINKING|>", "<|END_THINKING|>"),
    CHANNELS,
)
"""Of Qwen, DeepSeek and many more; of Seed, Mistral, Cohere and OpenAI."""

MARK_TOKENS = ("<|channel|>", "<|message|>", *(mark for each in KNOWN[:-1] for mark in (each.begin, each.end)))
"""What of the marks may be a control token, whose text is not part of an answer."""


class _Part(Enum):
    """Where in a model's words we are."""

    BEGINNING = auto()
    THOUGHT = auto()
    ANSWER = auto()


class Thoughts:
    """Takes a model's text piece by piece and gives back what is no thought."""

    def __init__(self, known: tuple[Marks, ...] = KNOWN) -> None:
        self._known = known
        self._part = _Part.BEGINNING
        self._held = ""
        self._passed = False
        self.marks = KNOWN[0]

    @property
    def open(self) -> bool:
        """Whether the model is thinking."""
        return self._part is _Part.THOUGHT

    @property
    def over(self) -> bool:
        """Whether the answer has begun: from there on nothing is a thought."""
        return self._part is _Part.ANSWER

    def feed(self, text: str) -> str:
        """Add text; return what of it is certain to be the answer's."""
        if self.over:
            return text
        self._held += text
        while self._step():
            pass
        if not self.over:
            return ""
        answer, self._held = self._held, ""
        return answer

    def flush(self) -> str:
        """Return what was held back, at the end of the text: a thought without end is none of the answer."""
        held, self._held = self._held, ""
        return held if self._part is _Part.BEGINNING else ""

    def _step(self) -> bool:
        """Pass over one mark, or the beginning; False when the rest must wait or is the answer."""
        if self.over:
            return False
        if self.open:
            return self._leave()
        start = self._held.lstrip()
        if self._passed:  # the empty lines after a mark
            self._held = start
        for marks in self._known:
            if start.startswith(marks.begin):
                self._part, self.marks, self._held = _Part.THOUGHT, marks, start[len(marks.begin) :]
                self._passed = True
                return True
            if start.startswith(marks.end):  # of a thought that the prompt began
                self._held, self._passed = start[len(marks.end) :], True
                return True
        if not any(mark.startswith(start) for marks in self._known for mark in (marks.begin, marks.end)):
            self._part = _Part.ANSWER
        return False

    def _leave(self) -> bool:
        """Pass over a thought's end and what follows it; keep only what may be the beginning of the end."""
        thought, end, rest = self._held.partition(self.marks.end)
        if not end:
            self._held = thought[-len(self.marks.end) + 1 :]
            return False
        self._part, self._held = _Part.BEGINNING, rest
        return True
