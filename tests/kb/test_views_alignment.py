"""A session side by side: hand-checked moments of the sample course, the model of the path, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ingest.model import Document, Kind, Locator, LocatorType, Mark, Role, Section
from kb import store
from kb.errors import AmbiguousSession, SessionNotFound
from kb.library import Library
from kb.store import Place
from kb.views.alignment import NOWHERE, aligned
from kb.views.likeness import bag, cosines, covered, rarities
from kb.views.session_model import SideBySide, SlideRow

ROOT = Path(__file__).parents[2]
CHECKED = Path(__file__).with_name("talk_slides.tsv")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("samples") / "library.db"
    library = Library.open(path, encoder=None, generator=None, clock=lambda: 0.0)
    library.add([ROOT / "samples"])
    yield library
    library.close()


@pytest.fixture(scope="module")
def sessions(samples: Library) -> dict[int, SideBySide]:
    return {n: samples.side_by_side(str(n)) for n in (1, 2, 3)}


def checked() -> Iterator[tuple[int, float, set[int]]]:
    """A session, a second of its talk and the slides that a person finds right then; 0 is none."""
    for line in CHECKED.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            session, second, slides = line.split("\t")
            yield int(session), float(second), set(map(int, slides.split(",")))


def slide_at(view: SideBySide, second: float) -> int:
    """The last slide whose moment has begun by then, if it is not over; else 0."""
    for row in view.rows:
        for stretch in row.stretches:
            if stretch.locator.start <= second <= stretch.locator.end:
                return int(row.locator.start)
    return 0


def row(view: SideBySide, title: str) -> SlideRow:
    return next(one for one in view.rows if one.title.startswith(title))


def test_the_moments_of_the_sample_talks_are_where_a_person_puts_them(sessions: dict[int, SideBySide]) -> None:
    right = [slide_at(sessions[n], second) in slides for n, second, slides in checked()]
    assert len(right) == 154
    assert sum(right) / len(right) >= 0.94


def test_where_the_path_is_sure_it_is_right(sessions: dict[int, SideBySide]) -> None:
    sure = [
        (int(one.locator.start), stretch.locator.start, n)
        for n, view in sessions.items()
        for one in view.rows
        for stretch in one.stretches
        if stretch.confidence >= 0.9
    ]
    known = {(n, second): slides for n, second, slides in checked()}
    for slide, start, n in sure:
        near = min((key for key in known if key[0] == n), key=lambda key: abs(key[1] - start))
        assert slide in known[near], (n, start)


def test_talks_go_through_their_slides_in_order(sessions: dict[int, SideBySide]) -> None:
    for view in sessions.values():
        starts = [stretch.locator.start for one in view.rows for stretch in one.stretches]
        assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("session", "question", "slide"),
    [
        (1, "¿Cómo construye su vocabulario el algoritmo BPE?", "BPE"),
        (1, "¿Qué mide la perplejidad y cómo se interpreta un valor concreto?", "Perplejidad"),
        (1, "¿Por qué F1 usa la media armónica y en qué difieren sus promedios macro y micro?", "Evaluar"),
        (2, "¿Qué guarda la KV cache y cuánta memoria ocupa?", "KV cache"),
        (2, "¿Cómo conoce el Transformer el orden de las palabras?", "Codificación posicional"),
        (3, "¿Qué es el olvido catastrófico y cómo se reduce?", "Fine-tuning"),
        (3, "¿Qué es una alucinación y qué la favorece?", "Alucinaciones"),
    ],
)
def test_a_question_is_answered_by_the_slide_about_it(
    sessions: dict[int, SideBySide], session: int, question: str, slide: str
) -> None:
    assert question in [one.title for one in row(sessions[session], slide).questions]


def test_questions_that_a_session_does_not_answer_are_given_to_no_slide(sessions: dict[int, SideBySide]) -> None:
    placed = {one.title for view in sessions.values() for each in view.rows for one in each.questions}
    asked = (
        "¿Qué hace el stemming y qué errores comete?",
        "¿Qué calcula la métrica BLEU y cuáles son sus puntos débiles?",
    )
    assert not placed & set(asked)
    assert len(placed) >= 50


@pytest.mark.parametrize(
    ("session", "slide", "line"),
    [
        (1, "BPE: byte", "El único hiperparámetro es el número de fusiones"),
        (1, "Evaluar", "Macro-F1 promedia las clases por igual; micro-F1 promedia los ejemplos"),
        (3, "RAG", "Búsqueda híbrida: palabras exactas y vectores"),
        (3, "Alucinaciones", "Intrínseca: contradice la fuente; extrínseca: la fuente no dice nada de eso"),
    ],
)
def test_a_line_that_the_lecturer_left_out_is_told(
    sessions: dict[int, SideBySide], session: int, slide: str, line: str
) -> None:
    found = {one.text: one.confidence for one in row(sessions[session], slide).unsaid}
    assert found[line] >= 0.7


def test_a_line_that_was_said_is_not_told(sessions: dict[int, SideBySide]) -> None:
    unsaid = {one.text for view in sessions.values() for each in view.rows for one in each.unsaid}
    said = (
        "Un documento es un vector con una posición por palabra del vocabulario",
        "El gradiente se multiplica paso a paso: desaparece o explota",
        "Guardar cada peso con menos bits y una escala por bloque",
        "Decodificador: una máscara causal tapa el futuro",
    )
    assert not unsaid & set(said)


def test_covers_agendas_and_thanks_are_not_among_the_slides(sessions: dict[int, SideBySide]) -> None:
    titles = {one.title for view in sessions.values() for one in view.rows}
    assert not titles & {"Qué vamos a aprender hoy", "Objetivos de la sesión", "Del texto a los vectores"}


def test_what_is_told_beside_the_slides_has_its_minutes(sessions: dict[int, SideBySide]) -> None:
    first = sessions[1].beside[0]
    assert first.locator.type is LocatorType.TIME
    assert first.text.startswith("Buenas tardes")
    assert any(1187 <= one.locator.start <= 1217 for one in sessions[1].beside)  # Shannon's experiment


# The path on its own.


@given(arrays(np.float64, st.tuples(st.integers(0, 12), st.integers(0, 6)), elements=st.floats(0, 1)))
def test_any_path_is_monotone_and_sure_to_some_degree(
    likeness: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    steps = aligned(likeness)
    on = [step.slide for step in steps if step.slide != NOWHERE]
    assert len(steps) == len(likeness)
    assert on == sorted(on)
    assert all(0 < step.confidence <= 1 for step in steps)


def test_one_odd_moment_does_not_leave_the_slides_and_a_long_digression_does() -> None:
    talk = np.zeros((9, 2))
    talk[:4, 0] = talk[5:, 1] = 0.3
    assert [step.slide for step in aligned(talk)][4] != NOWHERE
    talk = np.zeros((14, 2))
    talk[:4, 0] = talk[10:, 1] = 0.3
    assert [step.slide for step in aligned(talk)][4:10] == [NOWHERE] * 6


def test_a_moment_between_two_alike_slides_is_less_sure() -> None:
    clear, torn = np.array([[0.4, 0.0], [0.4, 0.0]]), np.array([[0.4, 0.4], [0.4, 0.4]])
    assert aligned(clear)[0].confidence > 0.9 > aligned(torn)[0].confidence


def test_words_that_few_texts_have_weigh_more() -> None:
    texts = [bag(text) for text in ("gato raro", "gato verde", "gato azul", "perro raro")]
    near = cosines(texts[:1], texts[1:], rarities(texts))[0]
    assert near[2] > near[0]
    assert covered([bag("raro")], [bag("algo raro"), bag("algo")], rarities(texts)).tolist() == [[1.0, 0.0]]
    assert covered([bag("de la")], [bag("algo")], {}).tolist() == [[1.0]]


# Sessions of our own.


def talk(*said: str, unit: LocatorType = LocatorType.TIME, role: str = "") -> Document:
    text, marks = "", []
    for n, words in enumerate(said):
        marks.append(Mark(len(text), Locator(unit, 60.0 * n, 60.0 * n + 59), role))
        text += words + " "
    section = Section("", Locator(unit, 0, 60.0 * len(said)), text, tuple(marks), language="es")
    return Document("/charla.vtt", "", Kind.TRANSCRIPT, "Charla", (section,), content_hash=text, language="es")


def deck(*slides: tuple[str, str], language: str = "es", role: Role = Role.BODY) -> Document:
    made = tuple(
        Section(title, Locator(LocatorType.SLIDE, n, n), text, role=role, language=language)
        for n, (title, text) in enumerate(slides, start=1)
    )
    return Document("/d.md", "", Kind.SLIDES, "Deck", made, content_hash=repr(slides), language=language)


def put(library: Library, documents: Sequence[Document], session: str = "Sesión 1", course: str = "C") -> None:
    with library.database.transaction() as db:
        for document in documents:
            store.put(db, document, Place(course, session), lambda _path: True)


TALK = (
    "Hoy hablamos de los volcanes activos, del magma que sube y de la lava que baja por la ladera hasta el mar " * 3,
    "Los glaciares, en cambio, son ríos de hielo que excavan valles en forma de u y arrastran morrenas enteras " * 3,
)
SLIDES = (
    ("Volcanes", "- El magma sube por la chimenea\n- La lava baja"),
    ("Glaciares", "- Ríos de hielo\n- Morrenas"),
)


def test_without_a_talk_or_without_slides_the_rest_is_shown_and_the_missing_named(library: Library) -> None:
    put(library, [deck(*SLIDES)], "Solo diapositivas")
    put(library, [talk(*TALK)], "Solo charla")
    slides = library.side_by_side("Solo diapositivas")
    assert [one.title for one in slides.rows] == ["Volcanes", "Glaciares"]
    assert Kind.TRANSCRIPT in slides.missing
    assert all(not one.unsaid and one.spoken for one in slides.rows)
    spoken = library.side_by_side("Solo charla")
    assert (spoken.rows, spoken.beside) == ((), ())
    assert Kind.SLIDES in spoken.missing


def test_a_session_of_notes_alone_misses_everything(library: Library, document: Callable[..., Document]) -> None:
    put(library, [document()], "Apuntes")
    found = library.side_by_side("Apuntes")
    assert set(found.missing) == {Kind.SLIDES, Kind.TRANSCRIPT, Kind.STUDY_GUIDE, Kind.SUMMARY}


def test_a_talk_without_times_keeps_its_paragraphs(library: Library) -> None:
    put(library, [talk(*TALK, unit=LocatorType.SECTION), deck(*SLIDES)])
    rows = library.side_by_side("Sesión 1").rows
    assert [one.stretches[0].locator.type for one in rows] == [LocatorType.SECTION] * 2


def test_english_slides_of_a_spanish_talk_count_as_said_in_translation(library: Library) -> None:
    english = deck(
        ("Volcanoes", "- The lava and the sea: hot magma"), ("Glaciers", "- Quantum banks of copper"), language="en"
    )
    put(library, [talk(*TALK), english])
    rows = library.side_by_side("Sesión 1").rows
    assert [one.text for each in rows for one in each.unsaid] == ["Quantum banks of copper"]


def test_a_slide_that_nobody_speaks_of_says_so(library: Library) -> None:
    put(
        library,
        [talk(*TALK), deck(*SLIDES, ("Terremotos", "- La falla libera tensión\n- La escala Richter mide energía"))],
    )
    rows = library.side_by_side("Sesión 1").rows
    assert [one.spoken for one in rows] == [True, True, False]
    assert len(rows[2].unsaid) == 2


def test_thanks_and_covers_never_count_as_unsaid(library: Library) -> None:
    put(library, [talk(*TALK), deck(("Gracias", "- Muchas gracias por venir hasta aquí"), role=Role.CLOSING)])
    assert library.side_by_side("Sesión 1").rows == ()


def test_hundreds_of_slides_damaged_text_and_another_language_are_borne(library: Library) -> None:
    many = [
        (f"Tema {n}\x1b[2J", f"- \ufffd\ufffd qzx{n} [red]magma[/red] {n}\n- 漢字 テスト {n}") for n in range(300)
    ]
    put(library, [talk(*TALK * 4, "漢字 テスト " * 60), deck(*many)])
    found = library.side_by_side("Sesión 1")
    assert len(found.rows) == 300


def test_vectors_of_the_passages_have_their_say(library: Library) -> None:
    put(library, [talk("Un minino duerme y un minino juega. " * 30, "Un perro ladra y corre. " * 40)])
    put(library, [deck(("Felinos", "- gato gato gato"), ("Cánidos", "- dog dog dog"))])
    assert library.side_by_side("Sesión 1").model == ""
    library.embed_pending()
    found = library.side_by_side("Sesión 1")
    assert found.model == "word-bag"
    assert [bool(one.stretches) for one in found.rows] == [True, True]


def test_a_session_is_known_by_its_number_a_part_or_its_course(library: Library, samples: Library) -> None:
    assert samples.side_by_side("atención y").session == "Sesión 2. Atención y Transformers"
    with pytest.raises(AmbiguousSession):
        samples.side_by_side("sesión")
    put(library, [deck(*SLIDES)], course="A")
    put(library, [deck(*SLIDES)], course="B")
    with pytest.raises(AmbiguousSession):
        library.side_by_side("Sesión 1")
    assert library.side_by_side("Sesión 1", "B").course == "B"


@pytest.mark.parametrize("name", ["", "  ", "xyzzy", "\x00", "\udcff", "99", "'; --"])
def test_an_unknown_session_is_an_error_of_ours(samples: Library, library: Library, name: str) -> None:
    for one in (samples, library):
        with pytest.raises(SessionNotFound):
            one.side_by_side(name)
