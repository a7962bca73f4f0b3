"""Which kind of document a file's content is. Pure; what it says can be overridden by the caller."""

from __future__ import annotations

from ingest.formats.blocks import Blocks, Cues, Pages, Slides, Table, as_text
from ingest.kinds.guide_recognition import is_study_guide
from ingest.kinds.slides import is_deck
from ingest.kinds.summary import is_summary
from ingest.kinds.transcript import has_turns, is_timed
from ingest.model import Kind

# A paragraph this long without a line break is speech that a machine wrote down, not something a person typed.
_SPEECH_WORDS = 300


def recognise(blocks: Blocks) -> Kind:
    """Return the kind that the content shows, the most telling signs first; NOTES where it shows none."""
    match blocks:
        case Cues():
            return Kind.TRANSCRIPT
        case Table():
            return Kind.STUDY_GUIDE if is_study_guide(blocks) else Kind.TRANSCRIPT
        case Slides():
            return Kind.STUDY_GUIDE if is_study_guide(blocks) else Kind.SLIDES
    text = as_text(blocks)
    if is_summary(text):
        return Kind.SUMMARY
    declared = blocks.metadata.deck
    if not declared and is_study_guide(blocks):
        return Kind.STUDY_GUIDE
    if is_deck(blocks):
        return Kind.SLIDES
    if isinstance(blocks, Pages):
        return Kind.NOTES
    return Kind.TRANSCRIPT if is_timed(text) or has_turns(text) or _is_speech(text) else Kind.NOTES


def _is_speech(text: str) -> bool:
    """Say whether most of the words stand in enormous paragraphs."""
    counts = [len(line.split()) for line in text.split("\n")]
    return sum(n for n in counts if n >= _SPEECH_WORDS) * 2 > sum(counts)
