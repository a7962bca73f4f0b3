"""What a notice is about: something read, repaired, dropped or doubted. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ingest.model import Notice


class Effect(StrEnum):
    """What the reader did where a notice points; everything but READ is a warning."""

    READ = "read"
    REPAIRED = "repaired"
    DROPPED = "dropped"
    DOUBTED = "doubted"


_EFFECTS: dict[Effect, tuple[str, ...]] = {
    Effect.READ: (
        "speakers_joined",
        "captions_rolling",
        "sounds_left_out",
        "columns_unused",
        "pictures_counted",
        "slide_hidden",
        "slide_unshown",
        "outputs_failed",
        "slide_step",
        "slide_steps",
        "comments_left_out",
        "deletions_left_out",
        "contents_left_out",
        "hidden_text_left_out",
        "format_guessed",
        "questions_counted",
        "solutions_joined",
        "guide_index_skipped",
        "pdf_text_by",
        "pdf_running_removed",
        "pdf_words_rejoined",
        "page_read_by_ocr",
    ),
    Effect.REPAIRED: (
        "page_flattened",
        "words_glued",
        "slides_inferred",
        "times_repaired",
        "cues_reordered",
        "encoding_repaired",
        "words_rejoined",
        "zeros_removed",
        "format_mismatch",
        "paste_marks_removed",
        "formulas_repeated",
        "pdf_accents_repaired",
    ),
    Effect.DROPPED: (
        "outputs_cut",
        "guide_preface_skipped",
        "silence_phrases_dropped",
        "silence_dropped",
        "loops_dropped",
        "cues_damaged",
        "page_damaged",
        "page_without_text",
        "talk_truncated",
        "slide_repeated",
        "ocr_noise_removed",
        "lines_outside_cues",
        "rows_empty",
        "rows_without_text",
        "rows_repeated",
        "rows_damaged",
        "rows_left_out",
        "slide_damaged",
        "slide_without_text",
        "part_damaged",
        "page_too_large",
        "pages_damaged",
        "page_garbled",
        "page_needs_ocr",
        "page_is_picture",
        "page_picture_too_large",
        "page_ocr_failed",
    ),
    Effect.DOUBTED: (
        "silence_phrase_doubted",
        "confidence_low",
        "summary_part_short",
        "summary_part_repeated",
        "bytes_replaced",
        "summary_part_missing",
        "question_missing",
        "question_repeated",
        "question_unanswered",
        "question_similar",
        "solution_unmatched",
        "index_question_missing",
        "times_restart",
        "columns_guessed",
        "rows_ragged",
        "slide_mended",
        "slide_in_picture",
        "part_mended",
        "pdf_letters_decoded",
        "page_ocr_doubtful",
        "pdf_cut_short",
    ),
}
_BY_CODE = {code: effect for effect, codes in _EFFECTS.items() for code in codes}
CODES = frozenset(_BY_CODE)
"""Every notice that this package gives; each has a sentence in each language."""


def effect_of(notice: Notice) -> Effect:
    """Return what a notice tells of; one of another package is a doubt."""
    return _BY_CODE.get(notice.code, Effect.DOUBTED)


def warnings(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return the notices that a student should look at: all but what was plainly read."""
    return tuple(notice for notice in notices if effect_of(notice) is not Effect.READ)


def by_effect(notices: Iterable[Notice]) -> dict[Effect, tuple[Notice, ...]]:
    """Return the notices of each effect, in their order."""
    listed = tuple(notices)
    return {effect: tuple(notice for notice in listed if effect_of(notice) is effect) for effect in Effect}
