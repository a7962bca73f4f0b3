"""The views of one session side by side: slides, talk, guide and summary. Pure but for the vectors it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from kb import sentences
from kb.model import DocumentInfo, DocumentView, Kind, Passage, Section
from kb.search.language import is_stop, words
from kb.views.alignment import NOWHERE, Floats, Step, aligned
from kb.views.likeness import Bag, bag, cosines, covered, rarities, with_translations
from kb.views.parts import Point, Slide, Window, about, points_of, slides_of, windows_of
from kb.views.session_model import Matched, SideBySide, SlideRow, Stretch, Unsaid

LEAST_ON_SLIDE, LEAST_IN_TALK = 0.14, 0.12
"""Likeness from which a slide, or a passage of the talk, answers a question: of the questions of the other sessions
of the sample course, one in a hundred is as like as that to anything of a session (see the tests)."""

LEAST_RETOLD = 0.14
"""Likeness from which a sentence of a summary retells a slide."""

MOST_SAID = 0.28
"""Share of a line's words, weighed by rarity, up to which it counts as not said."""

SHORTEST_BESIDE = 50
"""Words of a stretch off the slides from which it is told; less is a pause or a joke."""

LEAST_NEAR, MEANING = 0.5, 0.2
"""What counts of a cosine without its shared part, beside the words' likeness of talk and slide: what is above the
first, times the second. On the sample course all-MiniLM-L6-v2 then harms nothing (96 % of the hand-checked moments
are right with it and without), where more of it does (83 % with a quarter of the whole cosine)."""

_ASKED = (Kind.SLIDES, Kind.TRANSCRIPT, Kind.STUDY_GUIDE, Kind.SUMMARY)

Meaning = Callable[[Sequence[str]], Floats | None]
"""Gives the vectors of passages by their ids without what all passages share (n x d, unit length), None for none."""


def side_by_side(
    session: str, own: Sequence[DocumentView], guides: Sequence[DocumentView], meaning: Meaning, model: str
) -> SideBySide:
    """Return the views of a session: its `own` documents, and of the course's guides what is about it."""
    table = _Table(tuple(own), meaning)
    questions = [(view.info, section) for view in guides for section in about(session, view.sections)]
    matched = table.answered(questions)
    retold = table.retold([view for view in own if view.info.kind is Kind.SUMMARY])
    here = {Kind.STUDY_GUIDE} if questions else set()
    here |= {view.info.kind for view in own}
    rows = tuple(table.row(place, matched, retold) for place in range(len(table.slides)))
    placed = {id(one) for row in rows for one in row.questions}
    answered = {(one.document.id, one.locator) for row in rows for one in row.questions}
    return SideBySide(
        course=own[0].info.course,
        session=session,
        rows=rows,
        beside=table.beside(),
        elsewhere=tuple(
            one for _, one in matched if id(one) not in placed and (one.document.id, one.locator) not in answered
        ),
        missing=tuple(kind for kind in _ASKED if kind not in here),
        model=model if table.compared else "",
    )


@dataclass(frozen=True)
class _Table:
    """The session's documents, cut up and compared."""

    own: tuple[DocumentView, ...]
    meaning: Meaning

    @cached_property
    def slides(self) -> tuple[Slide, ...]:
        return tuple(one for one in slides_of(self.own) if one.is_content)

    @cached_property
    def talks(self) -> tuple[DocumentView, ...]:
        return tuple(view for view in self.own if view.info.kind is Kind.TRANSCRIPT)

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        return tuple(window for view in self.talks for window in windows_of(view))

    @cached_property
    def passages(self) -> dict[str, tuple[Passage, DocumentInfo]]:
        """The passages of slides and talks by their ids."""
        views = (view for view in self.own if view.info.kind in (Kind.SLIDES, Kind.TRANSCRIPT))
        return {passage.id: (passage, view.info) for view in views for passage in view.passages}

    @cached_property
    def of_slide(self) -> tuple[tuple[str, ...], ...]:
        """The ids of each slide's passages."""
        places = {(slide.document.id, slide.ordinal): place for place, slide in enumerate(self.slides)}
        found: list[list[str]] = [[] for _ in self.slides]
        for passage, document in self.passages.values():
            place = places.get((document.id, passage.section), NOWHERE)
            if place != NOWHERE:
                found[place].append(passage.id)
        return tuple(map(tuple, found))

    @cached_property
    def slide_bags(self) -> list[Bag]:
        return [
            bag(f"{one.section.text}\n{one.section.notes}", one.title) if not self._foreign(one) else self._both(one)
            for one in self.slides
        ]

    def _foreign(self, slide: Slide) -> bool:
        """Say whether a slide is in another language than the talk."""
        spoken = {view.info.language for view in self.talks}
        written = slide.section.language or slide.document.language
        return bool(written) and bool(spoken) and written not in spoken

    def _both(self, slide: Slide) -> Bag:
        text = f"{slide.section.text}\n{slide.section.notes}"
        whole = f"{slide.title}\n{text}"
        return with_translations(bag(text, slide.title), whole, slide.section.language or slide.document.language)

    @cached_property
    def window_bags(self) -> list[Bag]:
        return [bag(window.text) for window in self.windows]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Where each window belongs, each talk on its own."""
        if not self.windows:
            return ()
        rarity = rarities([*self.window_bags, *self.slide_bags])
        likeness = cosines(self.window_bags, self.slide_bags, rarity)
        likeness = likeness + MEANING * self._near([window.passage for window in self.windows])
        found: list[Step] = []
        for _, some in groupby(range(len(self.windows)), key=lambda at: self.windows[at].document.id):
            found += aligned(likeness[list(some)])
        return tuple(found)

    @cached_property
    def slide_vectors(self) -> Floats | None:
        """The mean vector of each slide's passages (slides x d), 0 where it has none; None without vectors."""
        ids = [id for each in self.of_slide for id in each]
        vectors = self.meaning(ids) if ids else None
        if vectors is None:
            return None
        made = np.zeros((len(self.slides), vectors.shape[1]))
        at = 0
        for place, each in enumerate(self.of_slide):
            if each:
                made[place] = vectors[at : at + len(each)].mean(axis=0)
            at += len(each)
        lengths = np.linalg.norm(made, axis=1, keepdims=True)
        unit: Floats = made / np.where(lengths > 0, lengths, 1.0)
        return unit

    @property
    def compared(self) -> bool:
        """Whether meaning had a part in it."""
        return self.slide_vectors is not None

    def _near(self, ids: Sequence[str]) -> Floats:
        """Return what passages mean nearer to each slide than LEAST_NEAR (passages x slides), 0 without vectors."""
        nothing = np.zeros((len(ids), len(self.slides)))
        if self.slide_vectors is None or not all(ids):
            return nothing
        vectors = self.meaning(ids)
        if vectors is None:
            return nothing
        near: Floats = np.maximum(vectors @ self.slide_vectors.T - LEAST_NEAR, 0.0)
        return near

    def answered(self, questions: Sequence[tuple[DocumentInfo, Section]]) -> list[tuple[int, Matched]]:
        """Return which passages answer which questions, each with the place of the slide that it belongs to."""
        talk = [(passage, info) for passage, info in self.passages.values() if info.kind is Kind.TRANSCRIPT]
        asked = [bag(section.text, section.title) for _, section in questions]
        said = [bag(passage.text) for passage, _ in talk]
        if not asked:
            return []
        rarity = rarities([*asked, *said, *self.slide_bags])
        on_slides, in_talk = cosines(asked, self.slide_bags, rarity), cosines(asked, said, rarity)
        found: list[tuple[int, Matched]] = []
        for at, (info, section) in enumerate(questions):
            place = int(on_slides[at].argmax()) if on_slides.shape[1] else NOWHERE
            if place != NOWHERE and on_slides[at, place] >= LEAST_ON_SLIDE and self.of_slide[place]:
                passage, of = self.passages[self.of_slide[place][0]]
                found.append(
                    (place, _matched(info, section.title, section, passage, of, float(on_slides[at, place])))
                )
            best = int(in_talk[at].argmax()) if in_talk.shape[1] else NOWHERE
            if best != NOWHERE and in_talk[at, best] >= LEAST_IN_TALK:
                passage, of = talk[best]
                score = float(in_talk[at, best])
                found.append((self._place_of(passage.id), _matched(info, section.title, section, passage, of, score)))
        return found

    def _place_of(self, passage: str) -> int:
        """Return the slide that most windows of a passage belong to, NOWHERE for none."""
        places = [
            step.slide for window, step in zip(self.windows, self.steps, strict=True) if window.passage == passage
        ]
        return max(sorted(set(places)), key=places.count, default=NOWHERE)

    def retold(self, summaries: Sequence[DocumentView]) -> list[tuple[int, Matched]]:
        """Return which sections of the summaries retell which slides."""
        parts = [
            (view.info, section, span.of(section.text))
            for view in summaries
            for section in view.sections
            for span in sentences.split(section.text)
        ]
        told = [bag(text) for _, _, text in parts]
        if not told or not self.slides:
            return []
        likeness = cosines(told, self.slide_bags, rarities([*told, *self.slide_bags]))
        best: dict[tuple[int, str, str], Matched] = {}
        for at, (info, section, _) in enumerate(parts):
            place = int(likeness[at].argmax())
            score = float(likeness[at, place])
            key = (place, info.id, section.title)
            if score < LEAST_RETOLD or not self.of_slide[place] or (key in best and best[key].score >= score):
                continue
            passage, of = self.passages[self.of_slide[place][0]]
            best[key] = _matched(info, section.title, section, passage, of, score)
        return [(place, one) for (place, _, _), one in best.items()]

    def row(
        self, place: int, matched: Sequence[tuple[int, Matched]], retold: Sequence[tuple[int, Matched]]
    ) -> SlideRow:
        """Return what belongs to a slide; of a question's matches there, the best."""
        slide = self.slides[place]
        questions: dict[tuple[str, str], Matched] = {}
        for at, one in matched:
            key = (one.document.id, one.title)
            if at == place and (key not in questions or questions[key].score < one.score):
                questions[key] = one
        stretches = self._stretches(place)
        unsaid, share = self._unsaid(place) if self.windows else ((), 0.0)
        return SlideRow(
            document=slide.document,
            title=slide.title,
            locator=slide.section.locator,
            stretches=stretches,
            questions=tuple(sorted(questions.values(), key=lambda one: -one.score)),
            summary=tuple(one for at, one in retold if at == place),
            unsaid=unsaid,
            spoken=bool(stretches) or not self.windows or share < 1.0,
        )

    def _stretches(self, place: int) -> tuple[Stretch, ...]:
        """Return the stretches of the talks that belong to a slide, or to none."""
        found = []
        steps = zip(self.windows, self.steps, strict=True)
        for (there, _), some in groupby(steps, key=lambda one: (one[1].slide == place, one[0].document.id)):
            if there:
                found.append(_stretch(list(some)))
        return tuple(found)

    def beside(self) -> tuple[Stretch, ...]:
        """Return what is said off the slides at some length; nothing where there are none."""
        if not self.slides:
            return ()
        found = []
        steps = zip(self.windows, self.steps, strict=True)
        for (off, _), some in groupby(steps, key=lambda one: (one[1].slide == NOWHERE, one[0].document.id)):
            windows = list(some)
            if off and sum(len(window.text.split()) for window, _ in windows) >= SHORTEST_BESIDE:
                found.append(_stretch(windows))
        return tuple(found)

    @cached_property
    def _points(self) -> list[tuple[Point, float]]:
        """Each line of the slides, and the largest share of it that the talk says around one moment."""
        points = [point for place, slide in enumerate(self.slides) for point in points_of(place, slide)]
        bags = self.window_bags
        if not points or not bags:
            return [(point, 1.0) for point in points]
        around: list[Bag] = [
            {**bags[max(0, at - 1)], **bags[at], **bags[min(at + 1, len(bags) - 1)]} for at in range(len(bags))
        ]
        lines = [bag(point.text) for point in points]
        said = covered(lines, around, rarities([*bags, *lines])).max(axis=1)
        foreign = [self._foreign(self.slides[point.slide]) for point in points]
        return [
            (point, max(float(share), self._translated(point, around)) if other else float(share))
            for point, share, other in zip(points, said, foreign, strict=True)
        ]

    def _translated(self, point: Point, around: Sequence[Bag]) -> float:
        """Return the largest share of a line's words that have a translation in what is said around one moment."""
        slide = self.slides[point.slide]
        language = slide.section.language or slide.document.language
        forms = [
            with_translations(bag(part), part, language)
            for word in words(point.text)
            for part in word.parts
            if not is_stop(part)
        ]
        return max(sum(not each.keys().isdisjoint(here) for each in forms) for here in around) / max(1, len(forms))

    def _unsaid(self, place: int) -> tuple[tuple[Unsaid, ...], float]:
        """Return the lines of a slide that the talk does not say, and which share of its lines they are."""
        here = [(point, said) for point, said in self._points if point.slide == place]
        found = tuple(Unsaid(point.text, 1.0 - said) for point, said in here if said <= MOST_SAID)
        return found, len(found) / len(here) if here else 0.0


def _matched(
    info: DocumentInfo, title: str, section: Section, passage: Passage, of: DocumentInfo, score: float
) -> Matched:
    return Matched(info, title, section.locator, passage, of, min(1.0, score))


def _stretch(windows: Sequence[tuple[Window, Step]]) -> Stretch:
    locator = windows[0][0].locator
    for window, _ in windows[1:]:
        if window.locator.type is locator.type:
            locator = locator.joined(window.locator)
    sure = sum(step.confidence for _, step in windows) / len(windows)
    return Stretch(windows[0][0].document, locator, windows[0][0].text, sure)
