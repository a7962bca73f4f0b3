"""Whether a file is a study guide, and not notes, slides, an article or a talk that ask some questions. Pure.

A guide is questions from beginning to end: at least three, most of them with a question mark and an answer, and no
answer that is most of the text. Headings that are its questions are most headings of their level. Questions without
numbers or marks, which speech has too, must be more and denser.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.clean import without_marks
from ingest.formats.blocks import Blocks, Cues, Page, Pages, Slide, Slides, Table
from ingest.formats.markdown.read import fenced
from ingest.kinds.guide_shapes import Shape, heads_an_answer
from ingest.kinds.guide_text import text_of_guide
from ingest.kinds.question_lines import Style, begins_asking
from ingest.kinds.question_tables import Item
from ingest.kinds.study_guide import Guide, guide_of, guide_of_text

_MIN_QUESTIONS = 3
_MIN_PLAIN = 5
# Shares: of the lines that lie in questions and answers; of questions with a question mark, and with an answer; of
# the headings of a level, and of the titles of slides, that are questions.
_MIN_SHARE = 0.6
_MIN_ASKING = 0.5
_MIN_ANSWERED = 0.5
_MIN_HEADINGS = 0.7
_MIN_TITLES = 0.8
_MAX_ONE_ANSWER = 0.8
_MAX_PARAGRAPHS = 12
_FEW_WORDS = 300


def is_study_guide(blocks: Blocks) -> bool:
    """Say whether most of what a file holds is questions with answers."""
    match blocks:
        case Cues():
            return False
        case Table():
            return len(guide_of(blocks).items) >= _MIN_QUESTIONS
        case Slides():
            return _are_cards(blocks.slides)
    text = text_of_guide(blocks)
    if text.count("?") < _MIN_QUESTIONS - 1 and "::" not in text and "|" not in text:
        return False
    guide = guide_of_text(text)
    if len(guide.items) < _MIN_QUESTIONS or not _are_answered(guide.items):
        return False
    if isinstance(blocks, Pages) and _is_shown(blocks) and (guide.shape is None or guide.shape.style is Style.NONE):
        return _are_cards(blocks.pages)
    if guide.shape is None:
        return _words(guide.items) * 2 > len(text.split())
    asking = sum("?" in item.stem or "¿" in item.stem for item in guide.items)
    share = 1 - guide.shape.questions[0].line / len(guide.lines)
    return asking >= _MIN_ASKING * len(guide.items) and share >= _MIN_SHARE and _is_outer(guide, guide.shape)


def _is_shown(blocks: Pages) -> bool:
    """Say whether most pages are broader than high, as what is shown on a screen: their questions may be asides."""
    return sum(page.landscape is True for page in blocks.pages) * 2 > len(blocks.pages)


def _are_cards(slides: Sequence[Slide] | Sequence[Page]) -> bool:
    """Say whether nearly every slide but the cover asks in its title and answers below it."""
    asking = sum(slide.title.rstrip().endswith("?") and bool(slide.text.strip()) for slide in slides)
    return asking >= _MIN_QUESTIONS and asking >= _MIN_TITLES * (len(slides) - 1)


def _are_answered(items: Sequence[Item]) -> bool:
    """Say whether half of the questions have answers, and none is nearly all that there is."""
    answered = sum(bool(item.answer) for item in items)
    longest, total = max(len(item.answer.split()) for item in items), _words(items)
    return answered >= _MIN_ANSWERED * len(items) and (total < _FEW_WORDS or longest <= _MAX_ONE_ANSWER * total)


def _words(items: Sequence[Item]) -> int:
    return sum(len(item.answer.split()) + len(item.stem.split()) for item in items)


def _is_outer(guide: Guide, shape: Shape) -> bool:
    """Say whether the questions are what the text is parted by."""
    if shape.form[0] == "h":
        return _lead_headings(guide.lines, shape)
    if shape.style is not Style.NONE or shape.form.endswith("+"):
        return True
    headings = sum(level > 0 for level in _levels(guide.lines)) - len(shape.groups)
    count = len(shape.questions)
    if headings > max(2, (1 - _MIN_HEADINGS) * count):
        return False
    stems = {question.stem for question in shape.questions}
    asking = sum(map(begins_asking, stems))
    paragraphs = len(re.findall(r"\n[ \t]*\n", "\n".join(guide.lines)))
    return shape.form == "bold" or (
        count >= _MIN_PLAIN and asking >= _MIN_ASKING * count and paragraphs <= _MAX_PARAGRAPHS * count
    )


def _lead_headings(lines: Sequence[str], shape: Shape) -> bool:
    level = int(shape.form[1])
    same = sum(found == level and i not in shape.groups for i, found in enumerate(_levels(lines)))
    asking = sum("?" in question.stem for question in shape.questions)
    # A title may stand at the questions' own level.
    return asking >= _MIN_HEADINGS * (same - 1)


def _levels(lines: Sequence[str]) -> list[int]:
    """Return the level of the heading that each line is, 0 for a line that is none or that heads an answer."""
    matches = (re.match(r" {0,3}(#{1,6})[ \t]+(.*)", line) for line in lines)
    return [
        len(match[1]) if match and not is_code and not heads_an_answer(without_marks(match[2])) else 0
        for match, is_code in zip(matches, fenced(list(lines)), strict=True)
    ]
