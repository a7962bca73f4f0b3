"""Which words are one term, how it is written, what defines it, and what a glossary holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Document, Kind, Locator, LocatorType, Role, Section
from kb import store
from kb.errors import TermNotFound
from kb.library import Library
from kb.model import Filters
from kb.store import Place
from kb.views.candidates import Candidates, Sign
from kb.views.defining import defining, naming
from kb.views.model import Term
from kb.views.naming import cleaned, key_of, sightings, usual

GUIDE = (
    (
        "¿Qué es la poda?",
        "La **poda** es una técnica que quita las ramas que menos aportan. Se aplica al final.",
        ["poda"],
    ),
    ("¿Qué es RLHF?", "El **RLHF** (*reinforcement learning from human feedback*) ajusta un modelo.", ["RLHF"]),
    (
        "¿Cómo se elige la tasa de aprendizaje?",
        "La **tasa de aprendizaje** se elige por barrido.",
        ["tasa de aprendizaje"],
    ),
)
NOTES = (
    ("Poda y bosques", "Las podas ayudan. Con la poda, un árbol generaliza. El RLHF llega después."),
    ("Tasas", "Dos tasas de aprendizaje distintas. Una tasa de aprendizaje alta diverge. Ana Ríos lo contó."),
    ("Despedida", "Ahora damos las gracias y nos vamos a casa con calma y con la poda aprendida."),
)


def put(library: Library, document: Document, session: str = "", course: str = "PLN") -> None:
    with library.database.transaction() as db:
        store.put(db, document, Place(course, session), lambda _path: True)


def fill(library: Library, make: Callable[..., Document]) -> None:
    sections = tuple(
        Section(stem, Locator(LocatorType.QUESTION, n, n), answer, terms=tuple(terms), language="es")
        for n, (stem, answer, terms) in enumerate(GUIDE, start=1)
    )
    put(library, Document("/guia.md", "", Kind.STUDY_GUIDE, "Guía", sections, content_hash="g", language="es"))
    for n in (1, 2):
        put(library, make(f"/notas-{n}.md", NOTES, content_hash=f"n{n}"), session=f"Sesión {n}")


@pytest.fixture
def filled(library: Library, document: Callable[..., Document]) -> Library:
    fill(library, document)
    return library


def named(terms: tuple[Term, ...], name: str) -> Term:
    return next(term for term in terms if term.name.casefold() == name.casefold())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("redes neuronales", "Red neuronal"),
        ("la tasa de aprendizaje", "tasas del aprendizaje"),
        ("LLMs", "LLM"),
        ("voces", "voz"),
        ("Self-Attention", "self attention"),
        ("tokens", "token"),
    ],
)
def test_a_term_is_one_however_it_is_written(one: str, other: str) -> None:
    assert key_of(cleaned(one)) == key_of(cleaned(other))


def test_a_verb_and_a_noun_are_two_terms() -> None:
    assert key_of("token") != key_of("tokenizar")
    assert key_of("few-shot") != key_of("one-shot")


@pytest.mark.parametrize("text", ["", "de la", "¿Qué es?", "2024", "x = y", "muy para", "[b]x[/b]\x1b[2J", "\x00"])
def test_what_is_no_term_is_none(text: str) -> None:
    assert cleaned(text) == ""


@given(st.text(max_size=80))
def test_any_text_is_a_term_that_is_found_in_itself_or_none(text: str) -> None:
    term = cleaned(text)
    assert not term or key_of(term)
    assert all(written in text for _, written, _ in sightings(text, [key_of("poda"), ("a",)]))


def test_the_usual_writing_is_that_within_sentences() -> None:
    assert usual([("Atención", True), ("atención", False), ("Atención", True)]) == "atención"
    assert usual([("Transformer", False), ("Transformer", True), ("transformer", False), ("Transformer", False)]) == (
        "Transformer"
    )
    assert usual([("LoRA", True)]) == "LoRA"
    assert usual([("Instruction Tuning", True)]) == "instruction tuning"
    assert usual([]) == ""


def test_a_definition_says_what_its_subject_is() -> None:
    poda = [key_of("poda")]
    text = "Se hizo con la poda de un árbol. En los bosques, la poda es una técnica antigua. Sin poda es la selva."
    assert list(defining(text, poda)) == ["En los bosques, la poda es una técnica antigua."]
    assert list(defining("- **Poda**: quitar las ramas que no aportan", poda)) == [
        "- **Poda**: quitar las ramas que no aportan"
    ]
    assert list(defining("A quitar ramas se le llama poda en todas partes.", poda)) != []
    assert list(defining("Decir para qué sirve la poda es la tarea del examen de hoy.", poda)) == []


def test_a_line_of_names_defines_none_of_them() -> None:
    assert list(defining("- LLaMA, ChatGPT, BERT, T5, y otros muchos más.", [key_of("ChatGPT")])) == []
    assert list(defining("- Para NLP: se usan BERT, GPT y LSTM a menudo.", [key_of("NLP")])) == []


def test_the_opening_of_an_answer_is_quoted_word_for_word() -> None:
    text = "**LoRA** congela la matriz original y aprende otra. Luego suma."
    assert list(naming(text, [key_of("lora")])) == ["**LoRA** congela la matriz original y aprende otra."]
    assert list(naming(text, [key_of("qlora")])) == []


def test_a_question_that_asks_for_a_term_speaks_for_it_most() -> None:
    candidates = Candidates()
    candidates.question("¿Qué es la poda?", ["poda", "ramas"])
    assert candidates.found[key_of("poda")].signs[Sign.ASKED] == 1
    assert candidates.found[key_of("ramas")].signs[Sign.KEY] == 1
    assert candidates.found[key_of("poda")].evidence > candidates.found[key_of("ramas")].evidence


def test_an_acronym_and_what_it_stands_for_are_one_term() -> None:
    candidates = Candidates()
    candidates.heading("RLHF: reinforcement learning from human feedback")
    candidates.heading("Reinforcement learning from human feedback")
    found = [one for one in candidates.merged() if one.stands_for]
    assert [one.key for one in found] == [("rlhf",)]
    assert key_of("reinforcement learning from human feedback") in found[0].keys


def test_running_text_gives_the_words_that_come_together_but_no_names_of_people() -> None:
    candidates = Candidates()
    talk = [f"Hablamos del modelo {n} y de la tasa de aprendizaje con Ana Ríos." for n in range(9)]
    filler = ["Otra cosa que no tiene nada que ver con lo anterior."] * 9
    candidates.running([*talk, *filler], frozenset({"rio"}))
    assert key_of("tasa de aprendizaje") in candidates.found
    assert not any("rio" in key for key in candidates.found)


def test_a_glossary_holds_the_guide_terms_with_their_definitions(filled: Library) -> None:
    terms = filled.glossary()
    poda = named(terms, "poda")
    assert poda.defined[0].quote == "La **poda** es una técnica que quita las ramas que menos aportan."
    assert poda.defined[0].outright
    assert poda.defined[0].document.kind is Kind.STUDY_GUIDE
    assert (poda.passages, poda.sessions) == (5, 2)
    assert named(terms, "RLHF").other == "reinforcement learning from human feedback"
    rate = named(terms, "tasa de aprendizaje")
    assert [one.outright for one in rate.defined] == [False]
    assert not {"ana ríos", "gracias", "calma"} & {term.name.casefold() for term in terms}


def test_a_term_that_nobody_defines_says_so(filled: Library) -> None:
    assert filled.term("árbol").defined == ()


def test_a_glossary_is_of_one_course_or_session_where_asked(
    filled: Library, document: Callable[..., Document]
) -> None:
    put(
        filled,
        document("/b.md", [("Mitosis", "La mitosis divide. Una mitosis dura poco. La mitosis acaba.")]),
        "",
        "Bio",
    )
    assert [
        term.name for term in filled.glossary(Filters(course="Bio"))
    ] == []  # one passage, which no guide asks for
    assert filled.term("mitosis", Filters(course="Bio")).passages == 1
    with pytest.raises(TermNotFound):
        filled.term("poda", Filters(course="Bio"))
    assert named(filled.glossary(Filters(session="Sesión 1")), "poda").sessions == 1


def test_an_agenda_speaks_for_no_term(library: Library) -> None:
    for role, name in ((Role.AGENDA, "Itinerario"), (Role.BODY, "Gradiente")):
        sections = (
            Section(name, Locator(LocatorType.SLIDE, 1, 1), f"Va primero el {name.lower()} de todo.", role=role),
            Section("", Locator(LocatorType.SLIDE, 2, 2), f"Ya acaba el {name.lower()} de siempre."),
        )
        put(library, Document(f"/{name}.md", "", Kind.SLIDES, "D", sections, content_hash=name))
    assert [term.name for term in library.glossary()] == ["gradiente"]


def test_a_word_that_is_nearly_always_part_of_a_longer_term_does_not_stand_beside_it(library: Library) -> None:
    sections = tuple(
        Section("Memoria caché" if n < 3 else "Caché", Locator(LocatorType.SLIDE, n, n), f"La memoria caché {n} va.")
        for n in range(1, 6)
    )
    put(library, Document("/m.md", "", Kind.SLIDES, "D", sections, content_hash="m", language="es"))
    names = [term.name for term in library.glossary()]
    assert "memoria caché" in names
    assert "caché" not in names


def test_a_term_is_shown_however_it_is_asked_for(filled: Library) -> None:
    asked = [filled.term(name) for name in ("poda", "PODAS", "la poda")]
    assert {term.name for term in asked} == {"poda"}
    assert filled.term("reinforcement learning from human feedback").name == "RLHF"


@pytest.mark.parametrize(
    "name", ["xyzzy", "", "¿?", "\x00", "'; DROP TABLE passages; --", '"', "body : x", "x " * 5000, "xyz\udcff"]
)
def test_an_unknown_term_is_an_error_of_ours(filled: Library, name: str) -> None:
    with pytest.raises(TermNotFound):
        filled.term(name)


def test_an_empty_library_has_no_terms(library: Library) -> None:
    assert library.glossary() == ()
    with pytest.raises(TermNotFound):
        library.term("poda")


def test_text_in_another_language_and_rubble_give_no_terms_by_their_frequency(library: Library) -> None:
    rubble = "xqzt vrrk plmn\ufffd qqwz " * 12
    catalan = "Els arbres creixen amb la pluja i el sol dels matins. " * 6
    for n, (text, language) in enumerate([(rubble, ""), (catalan, "")] * 3):
        section = Section("", Locator(LocatorType.SECTION, 1, 1), text, language=language)
        put(library, Document(f"/{n}.txt", "", Kind.TRANSCRIPT, f"T{n}", (section,), content_hash=str(n)))
    assert library.glossary() == ()


def test_an_agenda_and_markup_are_data(library: Library) -> None:
    sections = (
        Section("Plan de hoy", Locator(LocatorType.SLIDE, 1, 1), "Ver el plan de hoy", role=Role.AGENDA),
        Section("[red]Gradiente[/red]", Locator(LocatorType.SLIDE, 2, 2), "El gradiente baja. **Gradiente** y paso."),
        Section("Gradiente\x1b[2J", Locator(LocatorType.SLIDE, 3, 3), "Otra vez el gradiente y su paso."),
    )
    put(library, Document("/d.md", "", Kind.SLIDES, "D", sections, content_hash="d"))
    names = {term.name for term in library.glossary()}
    assert "gradiente" in names
    assert not any("[" in name or "\x1b" in name or "plan" in name for name in names)


def test_the_first_terms_of_the_sample_course_are_its_own(samples: Library) -> None:
    names = {term.name.casefold() for term in samples.glossary(limit=40)}
    course = (
        "gpt lstm bert lora rlhf dpo rag bpe ppo transformer atención token embeddings perplejidad self-attention"
    )
    assert set(course.split()) <= names
    assert not {"sesión", "ejemplo", "tomás", "inés", "lucía", "palabra", "modelo", "dos advertencias"} & names


def test_most_terms_of_the_sample_course_are_defined_or_explained(samples: Library) -> None:
    terms = samples.glossary(limit=40)
    assert sum(bool(term.defined) for term in terms) >= 34
    for term in terms:
        for one in term.defined:
            assert one.quote in one.passage.text


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Library:
    path = tmp_path_factory.mktemp("samples") / "library.db"
    library = Library.open(path, encoder=None, generator=None, clock=lambda: 0.0)
    library.add([Path(__file__).parents[2] / "samples"])
    return library
