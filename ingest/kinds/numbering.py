"""Which numbered lines of a study guide are its questions, and which are items of lists in the answers. Pure.

A numbered line is a question when it goes on with the guide's numbering and reads like a question. Four observations
decide, none of them of one guide alone:

- form: a guide prints its questions in one form (plain, bold, or a heading of one level), that of its first question;
  lines of another form are not questions.
- reading: a line with a question mark, or that begins with an imperative ("Explica", "Describe"), reads like a
  question; one that ends in a colon or begins with a bold label reads like an item of a list.
- continuing: the guide's next number, one a few further on (numbers get lost), or one of the last few again (people
  number twice). A group heading ("Sesión 2") may start again at 1.
- lists: a line that goes on with a list in the answer (1 begins one) is an item of it. When it also is the guide's
  next number and reads like a question, it is one, unless the list's other items do too and the number comes again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.clean import folded, one_line, without_marks
from ingest.formats.markdown import fenced

_NUMBERED = re.compile(
    r" {0,3}(#{1,6}[ \t]+)?(\*\*|__)?(?:(?:pregunta|question|p|q)[ \t]*)?(\d{1,4})[ \t]*(?:[.):]|[.)]?[-–—])[ \t]*"
    r"(\*\*|__)?[ \t]*(\S.*)",
    re.IGNORECASE,
)
_GROUP = re.compile(r" {0,3}#{1,6}[ \t]+(\S.*)")
# Imperatives that ask for an answer, folded: tú and vos, usted, and English. Infinitives are left out, because items
# of lists begin with them.
_IMPERATIVES = (
    "explica explique describe describi describa define defini defina compara compare menciona mencione enumera "
    "enumere lista liste nombra nombre calcula calcule demuestra demostra demuestre justifica justifique discute "
    "discuti discuta analiza analice disena disene implementa implemente escribe escribi escriba indica indique "
    "resume resumi resuma relaciona relacione clasifica clasifique dibuja dibuje propon propone proponga "
    "interpreta interprete distingue distingui distinga diferencia diferencie argumenta argumente comenta comente "
    "evalua evalue ilustra ilustre identifica identifique deriva derive deduce esboza esboce contrasta contraste "
    "detalla detalle expon expone exponga habla hable cuenta conta muestra mostra muestre da di deme dame prueba "
    "pruebe verdadero explain describe define compare mention enumerate list name calculate compute prove justify "
    "discuss analyse analyze design implement write state summarise summarize classify draw propose interpret "
    "distinguish argue evaluate illustrate identify derive sketch contrast give outline show tell true"
)
_ASKING_WORDS = frozenset(_IMPERATIVES.split())
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_LABEL = re.compile(r"(?:\*\*|__)[^*_\n]{1,80}(?::(?:\*\*|__)|(?:\*\*|__):)")
_BOLD = re.compile(r"(?:\*\*|__)([^*_\n]+)(?:\*\*|__)")
_GROUP_LINES = 12
_GROUP_TEXT = 3
_MAX_GAP = 5
_MAX_BACK = 2
_MIN_STATEMENT_WORDS = 3


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line that begins with a number: its index, the number, its form and its text without them."""

    line: int
    number: int
    form: str
    text: str

    @property
    def asks(self) -> bool:
        """Whether it reads like a question or a task."""
        word = _FIRST_WORD.match(folded(self.text.lstrip("¿¡*_ ")))
        return "?" in self.text or "¿" in self.text or (word is not None and word[0] in _ASKING_WORDS)

    @property
    def states(self) -> bool:
        """Whether it could be a task in words we do not know: a sentence, not a label before a colon."""
        words = len(self.text.split())
        return words >= _MIN_STATEMENT_WORDS and not self.text.endswith(":") and not _LABEL.match(self.text)


@dataclass(frozen=True, slots=True)
class Question:
    """A question's line, number and stem, and the group heading that it stands under."""

    line: int
    number: int
    stem: str
    group: str


class _Guide:
    """Where the numbering stands while a guide's numbered lines go by, in order."""

    def __init__(self) -> None:
        self.group = ""
        self._last = 0  # the last question's number
        self._item = 0  # the last item's number of a list in the answer
        self._items_ask = False  # whether all that list's items read like questions
        self._fresh = True  # whether numbering may start at 1

    def enter(self, group: str) -> None:
        """Go under a group heading."""
        self.group, self._fresh, self._item = group, True, 0

    def takes(self, line: Numbered, following: int) -> bool:
        """Say whether a line is a question; `following` is the number of the next line that reads like one, or 0."""
        if self._is_question(line, following):
            self._last, self._item, self._items_ask, self._fresh = line.number, 0, False, False
            return True
        if line.number == 1:
            self._item, self._items_ask = 1, line.asks
        elif line.number == self._item + 1:
            self._item, self._items_ask = line.number, self._items_ask and line.asks
        return False

    def _is_question(self, line: Numbered, following: int) -> bool:
        step = line.number - self._last
        goes_on_list = line.number == self._item + 1
        if self._fresh and line.number == 1:
            return line.asks or line.states
        if step == 1 and goes_on_list:
            return line.asks and not (self._items_ask and following == line.number)
        if goes_on_list:
            return False
        if step == 1:
            return line.asks or line.states
        return line.asks and (self._last == 0 or 1 < step <= _MAX_GAP or -_MAX_BACK <= step <= 0)


def questions_of(lines: Sequence[str]) -> tuple[tuple[Question, ...], frozenset[int]]:
    """Return the guide's questions in order and the indices of its group headings."""
    code = list(fenced(list(lines)))
    numbered = [found for i, line in enumerate(lines) if not code[i] and (found := _numbered(lines, i, line))]
    asking = [line for line in numbered if line.asks]
    first = next((line for line in asking if line.number == 1), asking[0] if asking else None)
    if first is None:
        return (), frozenset()
    candidates = [line for line in numbered if line.form == first.form]
    groups = _groups(lines, code, candidates)
    questions: list[Question] = []
    guide = _Guide()
    entered = 0
    following = _following(candidates)
    for line, next_number in zip(candidates, following, strict=True):
        while entered < len(groups) and groups[entered][0] < line.line:
            guide.enter(groups[entered][1])
            entered += 1
        if guide.takes(line, next_number):
            questions.append(Question(line.line, line.number, line.text, guide.group))
    return tuple(questions), frozenset(i for i, _ in groups)


def _following(candidates: Sequence[Numbered]) -> list[int]:
    """Return for each line the number of the next one that reads like a question, 0 where none comes."""
    following: list[int] = []
    number = 0
    for line in reversed(candidates):
        following.append(number)
        number = line.number if line.asks else number
    return following[::-1]


def _numbered(lines: Sequence[str], i: int, line: str) -> Numbered | None:
    """Read a numbered line that opens a paragraph or is a heading, else None."""
    match = _NUMBERED.fullmatch(line)
    if match is None or (i > 0 and lines[i - 1].strip() and not match[1]):
        return None
    heading, bold, number, closed, text = match.groups()
    text = text.strip()
    if closed and not bold:
        # "1. **Label:** words": the bold is the text's own.
        text = f"{closed}{text}"
    whole = _BOLD.fullmatch(text)
    form = f"h{len(heading.strip())}" if heading else "bold" if bold or whole else "plain"
    if bold and not closed:
        text = text.replace(bold, "", 1)
    return Numbered(i, int(number), form, one_line(whole[1] if whole else text))


def _groups(lines: Sequence[str], code: Sequence[bool], candidates: Sequence[Numbered]) -> list[tuple[int, str]]:
    """Return the lines and words of headings that a numbered question follows within a few lines of text."""
    asking = {line.line for line in candidates if line.asks}
    numbered = {line.line for line in candidates}
    groups: list[tuple[int, str]] = []
    for i, line in enumerate(lines):
        match = None if code[i] or i in numbered else _GROUP.fullmatch(line)
        if match:
            below = [k for k in range(i + 1, min(i + _GROUP_LINES, len(lines))) if lines[k].strip()][:_GROUP_TEXT]
            heading = next((k for k in below if k not in numbered and _GROUP.fullmatch(lines[k])), len(lines))
            if any(k in asking and k < heading for k in below):
                groups.append((i, without_marks(match[1])))
    return groups
