from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search import translation
from kb.search.cognates import MOST_COGNATES, SHORTEST, cognates
from kb.search.language import fold, is_stop, stem
from kb.search.translation import MOST, Translation, translations

FOLDER = Path(translation.__file__).parent

PAIRS = """
    layer capa; learning aprendizaje; rate tasa; loss pérdida; overfitting sobreajuste; embedding incrustación
    attention atención; tuning ajuste; data datos; token ficha; prompt instrucción; benchmark referencia
    hallucination alucinación; chatbot asistente; speech habla; training entrenamiento; network red; neuron neurona
    weight peso; gradient gradiente; descent descenso; batch lote; epoch época; label etiqueta; accuracy exactitud
    recall exhaustividad; threshold umbral; sampling muestreo; encoder codificador; decoder decodificador
    matrix matriz; score puntuación; search búsqueda; retrieval recuperación; query consulta; noun sustantivo
    verb verbo; adjective adjetivo; sentence oración; word palabra; meaning significado; parsing análisis
    slide diapositiva; exam examen; scholarship beca; thesis tesis; lecture clase; computer ordenador; file archivo
    string cadena; algorithm algoritmo; bias sesgo; fairness equidad; privacy privacidad; summarize resumir
    king rey; war guerra; city ciudad; london londres; germany alemania; dutch holandés; monday lunes; january enero
    seven siete; thousand mil; brother hermano; lawyer abogado; church iglesia; forest bosque; river río; iron hierro
    teach enseñar; build construir; write escribir; win ganar; buy comprar; grow crecer; north norte; red rojo
    speed velocidad; heart corazón; disease enfermedad; song canción; football fútbol; tax impuesto; law ley
"""

INFLECTED = """
    layers capa; networks red; losses pérdida; weights peso; taught enseñar; built construir; wrote escribir
    children niño; women mujer; won ganar; kings rey; cities ciudad; bought comprar; countries país; grew crecer
    written escribir; lives vida; hypotheses hipótesis; labelled etiquetado; teeth diente; wars guerra
"""

INFLECTED_SPANISH = """
    capas layer; redes network; pérdidas loss; leyes law; reyes king; dijo say; luces light; construyó build
    entrenadas train; jueces judge; países country; supo know; ciudades city; escrito write; pesos weight
    murió die; consiguió achieve; mostró show; empezaron begin; enseñan teach; guerras war; voces voice
"""

COGNATES = """
    nation nación; decision decisión; university universidad; society sociedad; exactly exactamente
    historical histórico; difference diferencia; importance importancia; possible posible; territory territorio
    photography fotografía; philosophy filosofía; theory teoría; system sistema; symbol símbolo
    architecture arquitectura; chemical químico; special especial; state estado; structure estructura
    frequency frecuencia; quality cualidad; communication comunicación; commercial comercial; immigrant inmigrante
    immediate inmediato; mathematics matemáticas; analysis análisis; hypothesis hipótesis; energy energía
    agency agencia; democracy democracia; telephone teléfono; dialogue diálogo; culture cultura; museum museo
    stadium estadio; center centro; minister ministro; effect efecto; office oficio; efficient eficiente
    different diferente; accident accidente; method método; cathedral catedral; catholic católico
    christian cristiano; monarchy monarquía; colony colonia; industry industria; traffic tráfico
    phoneme fonema; morphology morfología; probability probabilidad; entropy entropía; accommodate acomodar
    class clase; process proceso; summary sumario; liberty libertad; movement movimiento; hydrogen hidrógeno
    hypertrophy hipertrofia; psychology psicología; aristocracy aristocracia; stereotype estereotipo
    orthography ortografía
"""

COGNATES_OF_SPANISH = """
    nación nation; sociedad society; libertad liberty; exactamente exactly; histórico historical; teoría theory
    filosofía philosophy; fotografía photography; sistema system; símbolo symbol; especial special
    frecuencia frequency
    comunicación communication; comercial commercial; inmigrante immigrant; inmediato immediate; posible possible
    diferencia difference; eficiente efficient; oficio office; energía energy; democracia democracy; diálogo dialogue
    cultura culture; museo museum; arquitectura architecture; monarquía monarchy; católico catholic; método method
    entropía entropy; probabilidad probability; cualidad quality; agencia agency; colonia colony; industria industry
    hidrógeno hydrogen; clase class; accidente accident; tráfico traffic; química chemical; estereotipo stereotype
"""


def split(pairs: str) -> list[tuple[str, str]]:
    return [
        (one, other)
        for entry in pairs.replace("\n", ";").split(";")
        if entry.strip()
        for one, other in [entry.split()]
    ]


def found(word: str, source: str = "") -> set[str]:
    """What a passage of the other language matches by: the stems of the translations, and the word's own."""
    return {stem(each.word) for each in translations(fold(word), source)} | {stem(fold(word))}


def lexicon() -> list[tuple[str, list[str]]]:
    lines = (FOLDER / "lexicon.tsv").read_text(encoding="utf-8").splitlines()
    return [(line.split("\t")[0], line.split("\t")[1].split(", ")) for line in lines]


@pytest.mark.parametrize(("english", "spanish"), split(PAIRS))
def test_the_lexicon_leads_from_one_language_to_the_other_and_back(english: str, spanish: str) -> None:
    assert stem(fold(spanish)) in found(english, "en")
    assert stem(english) in found(spanish, "es")
    assert stem(fold(spanish)) in found(english)
    assert stem(english) in found(spanish)


@pytest.mark.parametrize(("english", "spanish"), split(INFLECTED))
def test_an_inflected_english_word_finds_the_pair_of_its_lemma(english: str, spanish: str) -> None:
    assert stem(fold(spanish)) in found(english, "en")


@pytest.mark.parametrize(("spanish", "english"), split(INFLECTED_SPANISH))
def test_an_inflected_spanish_word_finds_the_pair_of_its_lemma(spanish: str, english: str) -> None:
    assert stem(english) in found(spanish, "es")


@pytest.mark.parametrize(("english", "spanish"), split(COGNATES))
def test_an_english_word_has_the_shape_of_its_spanish_cognate(english: str, spanish: str) -> None:
    assert stem(fold(spanish)) in {stem(form) for form in (english, *cognates(english, "en"))}


@pytest.mark.parametrize(("spanish", "english"), split(COGNATES_OF_SPANISH))
def test_a_spanish_word_has_the_shape_of_its_english_cognate(spanish: str, english: str) -> None:
    assert stem(english) in {stem(form) for form in (fold(spanish), *cognates(fold(spanish), "es"))}


def test_a_word_of_the_lexicon_weighs_more_than_a_guessed_shape() -> None:
    assert translations("stress", "en")[:2] == (Translation("estres", 1.0), Translation("tension", 0.9))
    assert all(each.guessed and each.weight == 0.7 for each in translations("stress", "en")[2:])


def test_a_word_that_the_lexicon_lacks_is_guessed_by_its_shape() -> None:
    assert Translation("hipertrofia", 0.7, guessed=True) in translations("hypertrophy", "en")
    assert Translation("hypertrophy", 0.7, guessed=True) in translations("hipertrofia", "es")


def test_the_usual_translation_comes_first() -> None:
    assert [each.word for each in translations("rate", "en")][:2] == ["tasa", "ritmo"]


def test_the_language_of_the_word_decides_which_way_it_is_translated() -> None:
    assert stem("network") in found("red", "es") - found("red", "en")
    assert stem("rojo") in found("red", "en") - found("red", "es")
    assert {stem("network"), stem("rojo")} <= found("red")


def test_an_irregular_form_of_the_translation_is_offered_too() -> None:
    assert {"dijo", "decir"} <= {each.word for each in translations("say", "en")}
    assert "redujo" in {each.word for each in translations("reduce", "en")}


def test_a_listed_word_is_not_taken_for_another_of_its_stem() -> None:
    assert stem("universo") not in {stem(each.word) for each in translations("university", "en")} - {
        stem("universidad")
    }
    assert {each.word for each in translations("layers", "en") if each.weight > 0.7} == {"capa"}


def test_an_unknown_word_without_a_likely_shape_has_no_translation() -> None:
    assert translations("xq") == ()
    assert translations("123") == ()
    assert translations("") == ()
    assert translations("año9") == ()


def test_a_guessed_shape_is_never_a_function_word() -> None:
    assert [each.word for each in translations("loss", "en")] == ["perdida"]
    for word in ("loss", "unite", "esters", "porous", "antic"):
        assert not any(is_stop(stem(each.word)) for each in translations(word))


def test_short_words_are_not_guessed_at() -> None:
    assert cognates("x" * (SHORTEST - 1), "en") == ()


@given(st.text(), st.sampled_from(["", "es", "en", "fr"]))
def test_any_text_gets_few_folded_translations_in_order(text: str, source: str) -> None:
    text = fold(text)
    given = translations(text, source)
    assert len(given) <= MOST
    assert given == translations(text, source)
    assert [each.weight for each in given] == sorted((each.weight for each in given), reverse=True)
    for each in given:
        assert 0 < each.weight <= 1
        assert each.word == fold(each.word) and each.word.isalpha()
    assert len({stem(each.word) for each in given} - {stem(text)}) == len(given)


@given(st.text(alphabet="abcdefghilmnoprstuyñáé", min_size=1, max_size=14))
def test_cognates_are_few_folded_words_other_than_the_one_asked(text: str) -> None:
    word = fold(text)
    for forms in (cognates(word, "en"), cognates(word, "es")):
        assert len(forms) == len(set(forms)) <= MOST_COGNATES
        assert word not in forms
        assert all(form.isascii() and form.isalpha() and form == fold(form) for form in forms)


def test_any_long_word_is_safe() -> None:
    assert len(translations("tion" * 2000)) <= MOST


def test_each_pair_of_the_lexicon_is_found_both_ways() -> None:
    english, spanish = translation._lexicon()
    for lemma, others in lexicon():
        for other in others:
            assert fold(other) in {word for word, _ in english.pairs[lemma]}
            assert lemma in {word for word, _ in spanish.pairs[fold(other)]}


def test_the_lexicon_has_each_word_once_and_properly_written_the_commoner_ones_first() -> None:
    lines = lexicon()
    heads = [head for head, _ in lines]
    assert len(heads) == len(set(heads))
    assert heads.index("layer") < heads.index("cloak")  # the commoner word of two is the likelier translation
    assert len(heads) >= 3000
    for head, others in lines:
        assert head == fold(head) and head.isascii() and head.isalpha()
        assert len(others) == len(set(others)) <= len(translation._RANKS)
        assert all(other.isalpha() and other == other.lower() and fold(other) != head for other in others)


def test_the_short_way_of_folding_the_files_folds_them() -> None:
    for name in ("lexicon.tsv", "forms.tsv"):
        assert translation._lines(name) == fold((FOLDER / name).read_text(encoding="utf-8")).splitlines()


def test_each_irregular_form_belongs_to_a_lemma_of_the_lexicon() -> None:
    english, spanish = translation._lexicon()
    for words in (english, spanish):
        assert words.forms.keys() <= words.pairs.keys()
