"""Which numbered lines of a study guide are its questions, and which are items of lists in the answers. Pure.

A numbered line is a question when it goes on with the guide's numbering and reads like a question. Four observations
decide, none of them of one guide alone:

- form: a guide prints its questions in one form (plain, bold, or a heading of one level); a line of another form is a
  question only where it is the very next number.
- reading: a line with a question mark, or that begins with an imperative ("Explica", "Describe"), reads like a
  question; one that ends in a colon or begins with a bold label reads like an item of a list.
- continuing: the guide's next number, one a few further on (numbers get lost), or one of the last few again (people
  number twice). A group heading ("Sesión 2") may start again at 1, and so may three answered questions in a row.
- lists: a line that goes on with a list in the answer (1 begins one) is an item of it. When it also is the guide's
  next number and reads like a question, it is one, unless the list's other items do too and the number comes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.kinds.question_lines import Line

_MAX_GAP = 5
_MAX_BACK = 2
_MIN_RESTART = 3


@dataclass(frozen=True, slots=True)
class Group:
    """A heading that questions stand under: its line and its words."""

    line: int
    name: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A line that is a question, the group it stands under, and how often numbering had started again before it."""

    line: Line
    group: str
    run: int


class _Guide:
    """Where the numbering stands while a guide's numbered lines go by, in order."""

    def __init__(self) -> None:
        self.group = ""
        self.run = 0
        self._last = 0  # the last question's number
        self._item = 0  # the last item's number of a list in the answer
        self._items_ask = False  # whether all that list's items read like questions
        self._fresh = True  # whether numbering may start at 1

    def enter(self, group: str) -> None:
        """Go under a group heading."""
        self.group, self._fresh, self._item = group, True, 0

    def takes(self, line: Line, following: int, *, own: bool, restarts: bool) -> bool:
        """Say whether a line is a question.

        `following` is the number of the next line that reads like one, or 0; `own` whether the line has the guide's
        form; `restarts` whether questions with answers count on from it.
        """
        if self._is_question(line, following, own=own, restarts=restarts):
            self.run += line.number == 1 and self._last > 0
            self._last, self._item, self._items_ask, self._fresh = line.number, 0, False, False
            return True
        if line.number == 1:
            self._item, self._items_ask = 1, line.asks
        elif line.number == self._item + 1:
            self._item, self._items_ask = line.number, self._items_ask and line.asks
        return False

    def _is_question(self, line: Line, following: int, *, own: bool, restarts: bool) -> bool:
        step = line.number - self._last
        goes_on_list = line.number == self._item + 1
        if not own:
            return step == 1 and not goes_on_list and line.opens and line.marked and following != line.number
        if line.number == 1 and (self._fresh or (restarts and following != self._last + 1)):
            return line.asks or line.states
        if step == 1 and goes_on_list:
            return line.asks and not (self._items_ask and following == line.number)
        if goes_on_list:
            # Where numbers were lost, the next question may stand where a list of statements would go on.
            comes_back = 0 < following <= line.number
            return 1 < step <= _MAX_GAP and line.marked and not self._items_ask and not comes_back
        return (step == 1 and (line.asks or line.states)) or (line.asks and self._jumps(line, step, following))

    def _jumps(self, line: Line, step: int, following: int) -> bool:
        """Say whether a question's number may come although others were lost or printed twice before it."""
        near = 1 < step <= _MAX_GAP or -_MAX_BACK <= step <= 0
        return self._last == 0 or near or (step > 1 and following == line.number + 1)


def counted(candidates: Sequence[Line], form: str, groups: Sequence[Group]) -> list[Taken]:
    """Return which candidates of one style are the questions of a guide that sets them in `form`, in order."""
    own = [line for line in candidates if line.form == form]
    following = _following(own)
    restarts = _restarts(own)
    taken: list[Taken] = []
    guide = _Guide()
    entered = at = 0
    for line in candidates:
        while entered < len(groups) and groups[entered].line < line.index:
            guide.enter(groups[entered].name)
            entered += 1
        is_own = line.form == form
        # Before an own line is passed, what follows one of another form is that own line itself.
        following_number = following[at] if is_own else (own[at].number if at < len(own) else 0)
        if guide.takes(line, following_number, own=is_own, restarts=line.index in restarts):
            taken.append(Taken(line, guide.group, guide.run))
        at += is_own
    return taken


def nested(candidates: Sequence[Line], form: str, groups: Sequence[Group]) -> list[Taken]:
    """Return the questions of a guide that numbers them "1.1", "1.2", "2.1": each greater than the one before.

    The parts before the last name the group where no heading does.
    """
    taken: list[Taken] = []
    last: tuple[int, ...] = (0,)
    entered, name = 0, ""
    for line in candidates:
        while entered < len(groups) and groups[entered].line < line.index:
            name = groups[entered].name
            entered += 1
        parts = (*map(int, line.outer.split(".")), line.number)
        if line.form == form and line.asks and parts > last and parts[0] - last[0] <= _MAX_GAP:
            run = (taken[-1].run + (line.outer != taken[-1].line.outer)) if taken else 0
            taken.append(Taken(line, name or line.outer, run))
            last = parts
    return taken


def _following(candidates: Sequence[Line]) -> list[int]:
    """Return for each line the number of the next one that reads like a question, 0 where none comes."""
    following: list[int] = []
    number = 0
    for line in reversed(candidates):
        following.append(number)
        number = line.number if line.asks else number
    return following[::-1]


def _restarts(candidates: Sequence[Line]) -> frozenset[int]:
    """Return the lines numbered 1 from which three questions or more count on, most with text between them."""
    asking = [line for line in candidates if line.asks]
    ends = [k for k, (a, b) in enumerate(pairwise(asking), start=1) if b.number != a.number + 1]
    found: set[int] = set()
    start = 0
    for end in [*ends, len(asking)]:
        chain = asking[start:end]
        apart = sum(b.index - a.index > 2 for a, b in pairwise(chain))
        comes_back = end < len(asking) and asking[end].number > chain[-1].number + 1 if chain else False
        if len(chain) >= _MIN_RESTART and chain[0].number == 1 and apart * 2 >= len(chain) - 1 and not comes_back:
            found.add(chain[0].index)
        start = end
    return frozenset(found)
