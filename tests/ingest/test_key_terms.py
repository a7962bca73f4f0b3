"""Which words of an answer are its key terms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.blocks import Text
from ingest.kinds.build import build
from ingest.kinds.key_terms import expansions, key_terms

FOUND = (
    ("Un **dique seco** guarda barcos; las **esclusas** los suben.", ("dique seco", "esclusas")),
    ("La **cota de malla:** capa de anillos.", ("cota de malla",)),
    ("La bita es una pieza de hierro.", ("bita",)),
    ("Las mareas vivas son las que más suben.", ("mareas vivas",)),
    ("Un noray se define como un poste fijo.", ("noray",)),
    ("A hawser is a thick rope.", ("hawser",)),
    ("El muro que cierra el puerto se denomina espigón.", ("espigón",)),
    ("Una cuerda gruesa, conocida como estacha, aguanta el barco.", ("estacha",)),
    ("Babor: lado izquierdo del barco mirando a proa.", ("Babor",)),
    ("- **Estribor**: lado derecho del barco.\n- **Ejemplo**: el de la foto.", ("Estribor",)),
    ("Se usa Recuperación Automática de Mapas (RAM) en el puente.", ("Recuperación Automática de Mapas", "RAM")),
    ("Usa RAG (Retrieval-Augmented Generation) para buscar.", ("Retrieval-Augmented Generation", "RAG")),
    ("Los Large Language Models (LLMs) escriben.", ("Large Language Models", "LLMs")),
    ("Un **MLM (Masked Language Model)** tapa palabras.", ("MLM", "Masked Language Model")),
    ("El `ancla` y **la *boya* roja** y $x$ y [**el faro**](https://a.b).", ("boya roja", "faro")),
)
NOT_FOUND = (
    "**Ejemplo:** sale un barco.",
    "**Ventajas**",
    "**Nota**: cuidado.",
    "**Paso 1:** zarpar.",
    "**¿Por qué?**",
    "**1.**",
    "**Ventajas de zarpar**: muchas.",
    "**el barco es rojo porque lo pintaron ayer**",
    "**una frase tan larga que ya no es un término sino todo un párrafo**",
    "```\n**código**\n```",
    "Esto es una prueba.",
    "No es una excusa.",
    "**x**",
    "**=**",
    "Donde: x vale lo mismo que antes.",
)


@pytest.mark.parametrize(("text", "terms"), FOUND)
def test_what_is_bold_defined_called_or_abbreviated_is_a_term(text: str, terms: tuple[str, ...]) -> None:
    assert set(key_terms(text)) == set(terms)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_labels_sentences_and_signs_are_no_terms(text: str) -> None:
    assert key_terms(text) == ()


@pytest.mark.parametrize(
    ("stem", "terms"),
    [
        ("¿Qué es un dique seco?", ("dique seco",)),
        ("¿Qué son las esclusas y los diques?", ("esclusas", "diques")),
        ("What is a hawser and how is it tied?", ("hawser",)),
        ("¿Qué es un MLM (Masked Language Model)?", ("MLM", "Masked Language Model")),
        ("¿Por qué son útiles las boyas?", ()),
    ],
)
def test_what_a_question_asks_about_comes_first(stem: str, terms: tuple[str, ...]) -> None:
    assert key_terms("Se ve en la **proa**.", stem) == (*terms, "proa")


def test_a_term_comes_once_however_it_is_written() -> None:
    assert key_terms("La **Marea**, las **mareas** y la **MAREA**.", "¿Qué es la marea?") == ("marea",)


def test_an_acronym_needs_its_initials() -> None:
    assert list(expansions("el sistema de ayuda (SA) y otra cosa (XYZ)")) == [("SA", "sistema de ayuda")]
    assert list(expansions("la Organización Marítima (OMI)")) == []


def test_the_sections_of_a_guide_carry_their_terms() -> None:
    text = (
        "1. ¿Qué es un dique?\n\nUn muro.\n\n2. ¿Cómo cierra?\n\nCon **compuertas**.\n\n3. ¿Quién lo abre?\n\nAna.\n"
    )

    (document,) = build(Text(text), "guia.md", None)

    assert [section.terms for section in document.sections] == [("dique",), ("compuertas",), ()]


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                "**",
                "__",
                "dique",
                " es un ",
                "(DS)",
                "dique seco ",
                ":",
                ".",
                "\n",
                "`",
                "$",
                "[",
                "](",
                ")",
                "Ejemplo",
                "se llama ",
                "# ",
                "- ",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_terms_are_few_short_and_different(text: str) -> None:
    terms = key_terms(text, text)

    assert len(terms) <= 12
    assert len({term.casefold() for term in terms}) == len(terms)
    for term in terms:
        assert 0 < len(term.split()) <= 6
        assert not set(term) & set("*`\n:?¿")
