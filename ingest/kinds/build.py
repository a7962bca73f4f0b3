"""Blocks become documents of the kind that was asked for or that the content shows."""

from __future__ import annotations

from collections.abc import Callable

from ingest.formats.blocks import Blocks, Table
from ingest.kinds.guide_recognition import is_study_guide
from ingest.kinds.notes import build_notes
from ingest.kinds.recognise import recognise
from ingest.kinds.slides import build_slides
from ingest.kinds.study_guide import build_study_guide
from ingest.kinds.summary import build_summaries
from ingest.kinds.talks import build_talks, markdown_of, talks_of
from ingest.kinds.transcript import build_transcript
from ingest.model import Document, Kind

_BUILDERS: dict[Kind, Callable[[Blocks, str], tuple[Document, ...]]] = {
    Kind.TRANSCRIPT: build_transcript,
    Kind.SLIDES: build_slides,
    Kind.STUDY_GUIDE: build_study_guide,
    Kind.SUMMARY: build_summaries,
    Kind.NOTES: build_notes,
}


def build(blocks: Blocks, path: str, kind: Kind | None) -> tuple[Document, ...]:
    """Build documents of the given kind, or of the one the content shows; a table of talks is transcripts."""
    if isinstance(blocks, Table) and kind in (None, Kind.STUDY_GUIDE) and is_study_guide(blocks):
        return build_study_guide(blocks, path)
    if kind in (None, Kind.TRANSCRIPT) and (talks := talks_of(blocks)):
        return build_talks(*talks, path)
    if isinstance(blocks, Table):
        return _BUILDERS[kind or Kind.NOTES](markdown_of(blocks), path)
    return _BUILDERS[kind or recognise(blocks)](blocks, path)
