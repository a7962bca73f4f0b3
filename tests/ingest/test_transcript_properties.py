"""Whatever is cleaned, marks point at the words of their cue, and no word goes without a notice."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.blocks import Cue
from ingest.kinds.transcript import timed_talk, untimed_talk
from ingest.model import Section
from ingest.report import Effect, effect_of

SPOKEN = (
    "el río crece. La Lluvia baja, y entonces ¿por qué? gracias Gracias. todalacomunidad [Música] ♪ ver "
    "Subtítulos realizados por la comunidad de Amara.org ¡Suscríbete! muy muy cero 0 (risas) Fin."
)
WORDS = st.sampled_from(SPOKEN.split())
TEXTS = st.lists(WORDS, min_size=1, max_size=14).map(" ".join) | st.sampled_from(
    ["Subtítulos por la comunidad de Amara.org", "¡Suscríbete al canal!", "y luego " * 12, "Gracias."]
)
CUES = st.lists(
    st.tuples(
        TEXTS,
        st.floats(0, 90),
        st.floats(0, 30),
        st.sampled_from(["", "Ana", "ANA"]),
        st.floats(0, 1),
        st.floats(0, 1),
    ),
    max_size=40,
)


def cues_of(drawn: list[tuple[str, float, float, str, float, float]]) -> list[Cue]:
    at = 0.0
    cues = []
    for text, pause, lasts, speaker, confidence, silence in drawn:
        cues.append(Cue(at + pause, at + pause + lasts, speaker, text, confidence, silence))
        at += pause + lasts
    return cues


def pieces(section: Section) -> list[str]:
    ends = [mark.offset for mark in section.marks[1:]] + [len(section.text)]
    return [section.text[mark.offset : end] for mark, end in zip(section.marks, ends, strict=True)]


def check(sections: tuple[Section, ...]) -> None:
    for section in sections:
        offsets = [mark.offset for mark in section.marks]
        assert offsets and offsets[0] == 0
        assert all(before < after for before, after in pairwise(offsets))
        assert all(piece.strip() for piece in pieces(section))
        assert all(section.locator.start <= mark.locator.start for mark in section.marks)
        assert all(mark.locator.end <= section.locator.end for mark in section.marks)
        for reading in section.readings:
            assert section.text[reading.start : reading.end] == reading.text.replace(" ", "")


@settings(max_examples=200, deadline=None)
@given(CUES)
def test_marks_of_a_timed_talk_cover_exactly_their_cues_words(
    drawn: list[tuple[str, float, float, str, float, float]],
) -> None:
    cues = cues_of(drawn)

    talk = timed_talk(cues)

    check(talk.sections)
    by_place: dict[tuple[float, float], list[str]] = {}
    for cue in cues:
        by_place.setdefault((cue.start, cue.end), []).extend(cue.text.split())
    for section in talk.sections:
        for mark, piece in zip(section.marks, pieces(section), strict=True):
            written = iter(by_place[mark.locator.start, mark.locator.end])
            # In order, each word that is kept is one of the cue's; cutting a loop may leave a word's end off.
            assert all(any(word == one or one.startswith(word) for one in written) for word in piece.split())


@settings(max_examples=200, deadline=None)
@given(CUES)
def test_a_talk_without_notices_of_loss_has_every_word(
    drawn: list[tuple[str, float, float, str, float, float]],
) -> None:
    cues = cues_of(drawn)

    talk = timed_talk(cues)

    lost = [
        notice for notice in talk.notices if effect_of(notice) is Effect.DROPPED or notice.code == "sounds_left_out"
    ]
    kept = " ".join(section.text for section in talk.sections).split()
    written = " ".join(cue.text for cue in cues).split()
    assert (kept == written) is not bool(lost)
    if talk.sections:
        stored = " ".join(section.original or section.text for section in talk.sections).split()
        assert stored == written


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["", "Ana", "Luis"]), TEXTS), max_size=30))
def test_an_untimed_talk_keeps_what_was_written(turns: list[tuple[str, str]]) -> None:
    talk = untimed_talk(turns)

    check(talk.sections)
    stored = " ".join(section.original or section.text for section in talk.sections).split()
    assert not talk.sections or stored == " ".join(text for _, text in turns).split()


@given(st.text(max_size=400))
def test_any_text_is_a_talk(text: str) -> None:
    check(untimed_talk([("", text)]).sections)
    check(timed_talk([Cue(0, 1, "", text)]).sections)
