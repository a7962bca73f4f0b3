"""The language of short, mixed and code-heavy texts, and of languages next to Spanish."""

from __future__ import annotations

import pytest

from ingest.language import language_of


@pytest.mark.parametrize(
    "text",
    [
        "Redes neuronales: la capa de salida del modelo",
        "¿Qué es LoRA y para qué se usa?",
        "Hacemos fine-tuning del modelo con LoRA y QLoRA, usando Transformers y un dataset de instruction tuning",
        "for i in range(10):\n    if x is not None and y in z:\n        print(x)\nImprime los números y la suma",
        "```python\nfor the in is of and to:\n    pass\n```\nEl código imprime la pérdida del modelo en cada época",
        "El parámetro `if this is not in the list of all` se cambia en la tabla de la derecha",
        "Según el Institut d'Estudis Catalans, la llengua y la literatura son los ejes del plan de la ciudad",
        "El río baja de la sierra en cuanto se funde la nieve, y los puentes aguantan.",
    ],
)
def test_spanish_with_jargon_code_or_quotes_is_spanish(text: str) -> None:
    assert language_of(text) == "es"


@pytest.mark.parametrize(
    "text",
    [
        "Attention is all you need",
        "The model is trained on a large corpus and then tuned for the task.",
        "import torch\nmodel = Model(x)\nThis is the training loop of the model",
    ],
)
def test_english_is_english(text: str) -> None:
    assert language_of(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "La sessió tracta de les xarxes neuronals i dels models de llengua amb atenció.",
        "En aquesta classe veurem com funciona un model de llengua. El vocabulari es divideix en unitats més curtes.",
        "O procesamento da linguaxe natural é unha rama da ciencia que estuda como as máquinas poden ler os textos.",
        "A lingua galega ten unha longa historia e hoxe é oficial en Galicia.",
        "Nesta aula vamos ver como funciona um modelo de linguagem e quais são os seus limites.",
        "Le traitement du langage est une branche de l'informatique qui étudie comment les machines lisent.",
        "L'elaborazione del linguaggio naturale è una branca dell'informatica che studia come le macchine leggono.",
    ],
)
def test_neighbours_of_spanish_are_not_taken_for_it(text: str) -> None:
    assert language_of(text) == ""
    assert language_of(text * 40) == ""


@pytest.mark.parametrize("text", ["", "Transformer BERT GPT", "1 2 3", "x = 3\ny = 4", "の は が"])
def test_what_says_too_little_has_no_language(text: str) -> None:
    assert language_of(text) == ""


def test_a_long_text_is_judged_by_its_beginning_middle_and_end() -> None:
    cover = "The cover of the book is in English and that is all. " * 200

    assert (
        language_of(cover + "El resto del libro está en español y trata de los ríos de la sierra. " * 2_000) == "es"
    )


@pytest.mark.parametrize(
    "text", ["`" * 400_000, "~~~\n" * 100_000, "fi a\n" * 99_999, " " * 99_999 + "=", "a, " * 99_999], ids=range(5)
)
def test_hostile_texts_are_judged_at_once(text: str) -> None:
    assert language_of(text) == ""
