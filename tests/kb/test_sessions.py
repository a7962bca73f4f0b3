"""Which session every document belongs to, from what all of them say."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.model import Kind
from kb.library import AddOptions, Library
from kb.sessions import Facts, alone, assign, date_of


def facts(path: str, title: str = "", kind: Kind = Kind.NOTES, **more: str) -> Facts:
    place = f"/curso/{path}"
    id = path + more.pop("part", "")
    more = {"course": "PLN", "root": "/curso", **more}
    return Facts(id=id, kind=kind, title=title or PurePath(path).stem, place=place, **more)


def sessions(*documents: Facts) -> list[str]:
    found = assign(documents)
    return [found[one.id] for one in documents]


def test_the_student_comes_before_a_settings_file_before_the_content_before_the_name() -> None:
    place = "Sesión 4/clase 4.md"
    said = {"asked": "Mi clase", "configured": "Semana de grafos", "content": "Sesión 4. Grafos"}
    for name, session in said.items():
        assert sessions(facts(place, **said)) == [session]
        said = {key: text for key, text in said.items() if key != name}
    assert sessions(facts(place)) == ["Sesión 4"]
    assert sessions(facts("clase 4 - grafos.md")) == ["Sesión 4. grafos"]
    assert sessions(facts("lecture 4.md", language="en")) == ["Session 4"]


def test_documents_of_one_number_meet_across_folders_under_the_best_name() -> None:
    slides = facts("Diapositivas/02 - Vectores.pdf", kind=Kind.SLIDES)
    talk = facts("Transcripciones/sesion2.vtt", kind=Kind.TRANSCRIPT)
    summary = facts("resumenes/r.md", kind=Kind.SUMMARY, content="Sesión 2. Vectores y matrices")
    bare = facts("apuntes/a.md", content="Sesión 2")
    other = facts("apuntes/sesion 3.md")
    assert sessions(slides, talk) == ["Sesión 2. Vectores"] * 2
    assert sessions(slides, talk, bare) == ["Sesión 2. Vectores"] * 3
    assert sessions(slides, talk, bare, summary, other) == ["Sesión 2. Vectores y matrices"] * 4 + ["Sesión 3"]


def test_a_name_that_a_person_gave_stays_and_goes_for_the_others_of_its_number() -> None:
    asked = facts("sesion2.vtt", asked="Álgebra")
    configured = facts("sesion 2.pdf", configured="Clase 2: Álgebra lineal")
    named = facts("x.md", content="Sesión 2. Vectores y matrices dispersas")
    assert sessions(asked, named) == ["Álgebra", "Álgebra"]
    assert sessions(asked, configured, named)[:2] == ["Álgebra", "Clase 2: Álgebra lineal"]


def test_courses_do_not_mix() -> None:
    one = facts("sesion2.vtt", course="PLN", content="Sesión 2. Vectores")
    other = facts("sesion2.pdf", course="Redes")
    assert sessions(one, other) == ["Sesión 2. Vectores", "Sesión 2"]


def test_the_talks_of_one_file_do_not_become_one_session() -> None:
    talks = [facts("sesion 3.csv", part=str(n), content=title) for n, title in enumerate(("Redes", "Grafos"))]
    assert sessions(*talks) == ["Redes", "Grafos"]


def test_one_number_on_two_dates_is_two_sessions() -> None:
    march = facts("2025-03-04 clase 1.pdf"), facts("2025-03-04 clase 1 - Bayes.vtt")
    april = facts("2025-04-08 clase 1 - Grafos.pdf")
    assert sessions(*march, april) == ["Sesión 1. Bayes", "Sesión 1. Bayes", "Sesión 1. Grafos"]


def test_a_date_joins_what_no_number_does() -> None:
    summary = facts("resumen.md", content="Sesión 2. Vectores", date_content="2025-03-04")
    recording = facts("zoom/2025-03-04.vtt")
    notes = facts("otros/apuntes.md", date_content="2025-03-04")
    assert sessions(summary, recording, notes) == ["Sesión 2. Vectores"] * 3
    assert sessions(recording, facts("pdf/2025-03-04 Vectores.pdf")) == ["Vectores", "Vectores"]
    assert sessions(recording, facts("pdf/2025-03-04.pdf")) == ["2025-03-04", "2025-03-04"]
    other = facts("otra.md", content="Sesión 9. Ética", date_content="2025-03-04")
    assert sessions(summary, other, recording)[2] == "2025-03-04"  # two sessions that day: its own title


def test_a_date_comes_from_the_content_the_settings_or_the_name() -> None:
    path = "2025-03-04/x.md"
    assert date_of(facts(path, date_content="2025-01-01", date_configured="2025-02-02")) == "2025-01-01"
    assert date_of(facts(path, date_configured="2025-02-02")) == "2025-02-02"
    assert date_of(facts(path)) == "2025-03-04"
    assert date_of(facts("x.md")) == ""


def test_the_folders_above_the_one_that_was_named_say_nothing() -> None:
    place = "/home/ana/Semana 9/2025-03-04/curso/x.md"
    found = Facts("x", "PLN", Kind.NOTES, "Equis", place, "/home/ana/Semana 9/2025-03-04/curso")
    assert (alone(found), date_of(found)) == ("Equis", "")
    assert (
        alone(Facts("x", "PLN", Kind.NOTES, "Equis", "/home/ana/Semana 9/x.md", "/home/ana/Semana 9")) == "Sesión 9"
    )
    assert alone(Facts("x", "PLN", Kind.NOTES, "Equis", place, "")) == "Equis"


def test_neighbours_share_the_one_session_that_a_document_names() -> None:
    slides = facts("bloque/a.pdf", kind=Kind.SLIDES)
    notes = facts("bloque/b.md")
    summary = facts("bloque/r.md", kind=Kind.SUMMARY, content="Vectores")
    assert sessions(slides, notes) == ["bloque", "bloque"]
    assert sessions(slides, notes, summary) == ["Vectores"] * 3


def test_a_folder_of_many_sessions_names_none_of_them() -> None:
    uno, dos = (facts(f"{name}.md", kind=Kind.SUMMARY, content=name) for name in ("Uno", "Dos"))
    deck = facts("deck.md", "Mazo", kind=Kind.SLIDES)
    guide = facts("guia.md", "Guía", kind=Kind.STUDY_GUIDE)
    assert sessions(uno, dos, deck, guide) == ["Uno", "Dos", "Mazo", ""]


def test_a_study_guide_belongs_to_the_course_unless_its_session_has_other_documents() -> None:
    guide = facts("003_guia.md", kind=Kind.STUDY_GUIDE)
    assert sessions(guide) == [""]
    assert sessions(guide, facts("003_redes.pdf")) == ["Sesión 3. redes"] * 2
    assert sessions(facts("2025-03-04 guia.md", kind=Kind.STUDY_GUIDE)) == [""]
    assert sessions(facts("a.md", kind=Kind.STUDY_GUIDE, content="Sesión 3")) == ["Sesión 3"]


def test_a_folder_with_documents_further_in_is_a_course_and_no_session() -> None:
    guide, readme = facts("guia.md", kind=Kind.STUDY_GUIDE), facts("leeme.md", "Léeme")
    assert sessions(guide, readme) == ["curso", "curso"]
    assert sessions(guide, readme, facts("s1/a.md", "Alfa"))[:2] == ["", "Léeme"]


def test_what_a_program_called_a_file_is_no_title() -> None:
    assert sessions(facts("001_fe5a44c57daf8a57.txt", "Alfa")) == ["Alfa"]
    assert sessions(facts("02 - 2025.txt")) == ["Sesión 2. 2025"]


def test_documents_of_one_kind_in_a_folder_are_sessions_of_their_own() -> None:
    assert sessions(facts("notas/a.md", "Alfa"), facts("notas/b.md", "Beta")) == ["Alfa", "Beta"]


NAMES = ("Sesión 1. Vectores", "Sesión 1", "Clase 2: Redes", "Vectores", "", "", "", "2. Atención")
PATHS = (
    *(
        "sesion1.vtt",
        "Semana 1/a.pdf",
        "Semana 1/b.md",
        "2025-03-04.vtt",
        "2025-03-04 redes.pdf",
        "x/y.md",
        "x/z.pdf",
    ),
    *(
        "02 - Redes.pdf",
        "clase 2.md",
        "tema 1/clase 2/a.md",
        "guia.md",
        "2025-03-04 clase 1.md",
        "2025-04-05 clase 1.md",
    ),
)
many = st.lists(
    st.builds(
        lambda path, name, title, kind, asked, configured, date: facts(
            path, title, kind, content=name, asked=asked, configured=configured, date_content=date
        ),
        st.sampled_from(PATHS),
        st.sampled_from(NAMES),
        st.sampled_from(("Uno", "Dos")),
        st.sampled_from(Kind),
        st.sampled_from(("", "", "", "Mía")),
        st.sampled_from(("", "", "", "Clase 1 del plan")),
        st.sampled_from(("", "", "2025-03-04")),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)


@given(many, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_any_order_gives_the_same_sessions(documents: list[Facts], random: object) -> None:
    found = assign(documents)
    shuffled = list(documents)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assign(shuffled) == found
    assert found.keys() == {one.id for one in documents}
    for one in documents:
        if one.asked or one.configured:
            assert found[one.id] == (one.asked or one.configured)


FILES = {
    "Semana 1/diapositivas.md": "# Vectores\n\nUn vector es una lista ordenada de números con sentido.\n",
    "Semana 1/apuntes.md": "# Sesión 1. Vectores y matrices\n\nUna matriz es una tabla de números.\n",
    "Semana 2/notas.md": "# Redes\n\nUna red aprende pesos con ejemplos etiquetados.\n",
    "transcripciones/sesion2.md": "# Hola a todos\n\nHoy hablamos de redes y de cómo aprenden.\n",
    "resumenes/clase 2 - Redes neuronales.md": "# Resumen\n\nLas redes aprenden por descenso del gradiente.\n",
    "2025-03-04.md": "# Grabación\n\nEsto es lo que se dijo aquel día en la clase.\n",
}


@pytest.mark.parametrize("order", [list(FILES), list(reversed(FILES)), sorted(FILES, key=len)])
def test_adding_one_by_one_in_any_order_ends_as_adding_all(
    library: Library, tmp_path: Path, order: list[str]
) -> None:
    course = tmp_path / "curso"
    for name in order:
        path = course / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILES[name], "utf-8")
        library.add([course], AddOptions(course="PLN"))
    found = {Path(info.path).relative_to(course).as_posix(): info.session for info in library.documents()}
    assert found == {
        "Semana 1/diapositivas.md": "Sesión 1. Vectores y matrices",
        "Semana 1/apuntes.md": "Sesión 1. Vectores y matrices",
        "Semana 2/notas.md": "Sesión 2. Redes neuronales",
        "transcripciones/sesion2.md": "Sesión 2. Redes neuronales",
        "resumenes/clase 2 - Redes neuronales.md": "Sesión 2. Redes neuronales",
        "2025-03-04.md": "Grabación",
    }
    assert {hit.document.session for hit in library.search('"redes neuronales"').hits} == {
        "Sesión 2. Redes neuronales"
    }
    (dated,) = (info for info in library.documents() if info.date)
    assert dated.date == "2025-03-04"
