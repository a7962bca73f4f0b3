"""Blocks become documents of the kind that was asked for or that the content shows."""

from __future__ import annotations

from collections.abc import Callable

from ingest.formats.blocks import Blocks, as_text
from ingest.kinds.notes import build_notes
from ingest.kinds.recognise import recognise
from ingest.kinds.slides import build_slides
from ingest.kinds.study_guide import build_study_guide
from ingest.kinds.summary import build_summaries
from ingest.kinds.talks import build_talks, is_talks_page
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
    """Build documents of the given kind, or of the one the content shows; a page of talks is transcripts."""
    if kind in (None, Kind.TRANSCRIPT) and is_talks_page(as_text(blocks)):
        return build_talks(blocks, path)
    return _BUILDERS[kind or recognise(blocks)](blocks, path)
