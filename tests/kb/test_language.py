from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.search.analysis_stems import stem_by_accent
from kb.search.language import (
    TAIL,
    asked_forms,
    fold,
    indexed,
    joined_forms,
    phrases,
    stem,
    stems,
    word_terms,
    words,
)
from kb.search.lookout import Lookout
from kb.search.query import understand

MEET = """
    modelo modelos | red redes | índice índices | vector vectores | matriz matrices | raíz raíces |
    vértice vértices | imagen imágenes | resumen resúmenes | volumen volúmenes | origen orígenes |
    examen exámenes | orden órdenes | similar similares | escalar escalares | lugar lugares |
    carácter caracteres | taller talleres | mujer mujeres | propiedad propiedades | dificultad dificultades |
    unidad unidades | función funciones | regresión regresiones | clasificación clasificaciones | capaz capaces |
    eficaz eficaces | lineal lineales | nivel niveles | análisis analisis | corpus corpora |
    hipótesis hipotesis | token tokens | layer layers | prompt prompts | embedding embeddings |
    dataset datasets | transformer transformers | batch batches | query queries | class classes |
    matrix matrices | criterion criteria | hypothesis hypotheses | analysis analyses | entrenar entrenó |
    entrenar entrenando | entrenar entrenamos | entrenar entrenado | entrenar entrenaría |
    entrenar entrenábamos | entrenar entrenaré | entrenar entrenan | entrenar entrenamiento | aprender aprendió |
    aprender aprendía | aprender aprendieron | aprender aprendiendo | aprender aprendimos | predecir predice |
    clasificar clasificación | clasificar clasificador | clasificar clasificados | codificar codificación |
    identificar identificación | multiplicar multiplicación | comunicar comunicación | especificar específico |
    normalizar normalización | tokenizar tokenización | tokenizar tokenizador | representar representación |
    generar generativo | generar generación | interpretar interpretable | interpretar interpretabilidad |
    evaluar evaluación | optimizar optimizador | ajustar ajuste | ajustar ajustado | entender entiende |
    recordar recuerda | probar prueba | encontrar encuentra | resolver resuelve | inferir infiere |
    convertir convierte | requerir requiere | elegir elige | rápido rápidamente | lento lentamente |
    automático automáticamente | normal normalmente | frecuente frecuentemente | simple simplemente |
    posible posiblemente | grande grandísimo | importante importantísimo | rápido rapidísimo |
    ejemplo ejemplito | modelo modelito | punto puntito | momento momentito | usar usado | usar uso | use using |
    train training | train trained | train trains | embed embedded | embed embedding | generate generation |
    generate generative | generate generated | normalize normalization | normalize normalized | encode encoder |
    encode encoding | learn learning | learn learned | mask masked | supervise supervised | weight weights |
    año años | español española | lingüística lingüísticas | atención atencion | tecnología tecnologia |
    probabilidad probabilidades | estadística estadístico | semántica semántico | alfa α | beta β | LLM LLMs |
    llm llms | GPU GPUs | gpu gpus | API APIs | LoRA lora | x² x2 | H₂O H2O | ﬁne fine | profesor profesora |
    investigador investigadoras | dato datos | métrica métricas | frecuencia frecuencias | secuencia secuencias |
    sesgo sesgos | capa capas | peso pesos | neurona neuronas | palabra palabras | oración oraciones |
    error errores | gradiente gradientes | parámetro parámetros | traducir traducción | traductor traductores |
    instrucción instrucciones | respuesta respuestas | construir construye | distribuir distribuye |
    distribución distribuciones | reducir reduce | reducir reducción | preentrenar preentrenado |
    alinear alineamiento | alineación alineaciones | extraer extrae | aplicar aplicación | aplicar aplicado |
    explicar explicación | publicar publicación | indicar indicador | crear creado |
    neuronal neuronales | general generales | especial especiales | principal principales |
    contextual contextuales | interés intereses | inglés inglesa | primer primera | compara comparar |
    compara comparación | separa separar | recomiendo recomendar | recomienden recomendar | entiendo entender |
    establezca establecer | conozco conocer | utilice utilizar | normalicen normalizar | contraste contrastar |
    próximo próximos | mínimo mínimos | extremo extremos | alinea alinear | plantea plantear | emplea emplear |
    rule rules | score scores | vector vectores | error errores | nivel niveles | útil útiles | scale scales |
    module modules | correo correos | índice índices | file files | role roles | línea líneas | tarea tareas |
    valor valores | idea ideas | variable variables | service services | vértice vértices | store stores |
    feature features | mejor mejores | device devices
"""
"""Forms of one word: course vocabulary, Spanish and English."""

APART = """
    LoRA loro | BETO beta | caso casa | modo moda | punto punta | plazo plaza | puerto puerta | libro libra |
    ramo rama | tramo trama | C++ C# | media medio | serie serio | ELMo elma | word2vec word | GloVe globo |
    SOTA soto | CUDA cudo | cero cera | banco banca | modelo modal | clase clave | peso pez | capa capaz |
    token tokio | neurona neutro | vector vecino | sesión sesgo | texto test | corpus cuerpo | prompt pronto |
    métrica metro | matriz matar | gradiente grado | entrenar entrar | entropía entrar | red reducir |
    capa copa | lengua lenguaje | BLEU blue | ROUGE rouget | T5 T4 | F1 F2 | L1 L2 | 7B 70B |
    muestra muestrario | perder perro | beam beata | human humo | token tomar | imagen imán | capa capilla |
    ruta rutina | causa casual | marco marca
"""
"""Words that look alike and differ."""

STAYS_MERGED = (
    "género generar | universo universidad | importar importante | rápido rapar | orden ordenador | coste costa"
)
"""What the stems do not tell apart, as the module says; the whole words do, and rank."""


def pairs(table: str) -> list[tuple[str, str]]:
    return [(one, other) for pair in table.replace("\n", " ").split("|") for one, other in [pair.split()]]


def finds(query: str, text: str, language: str = "") -> bool:
    """Say whether the whole of a query is in a text: each of its words, in some form."""
    terms = set(indexed(text, language=language).split())
    concepts = understand(query).concepts
    return all(terms & {one.term for one in concept.alternatives} for concept in concepts)


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert len(pairs(MEET)) >= 200
    assert len(pairs(APART)) >= 50


@pytest.mark.parametrize(("one", "other"), pairs(MEET))
def test_forms_of_a_word_find_each_other(one: str, other: str) -> None:
    assert finds(one, f"Aquí está {other}.")
    assert finds(other, f"Aquí está {one}.")


@pytest.mark.parametrize("language", ["es", "en"])
def test_forms_find_each_other_whatever_language_a_section_is_said_to_be_in(language: str) -> None:
    missed = [(one, other) for one, other in pairs(MEET) if not finds(one, f"Aquí está {other}.", language)]
    assert missed == []


@pytest.mark.parametrize(("one", "other"), pairs(APART))
def test_different_words_do_not_find_each_other(one: str, other: str) -> None:
    assert not finds(one, f"Aquí está {other}.")
    assert not finds(other, f"Aquí está {one}.")


@pytest.mark.parametrize(("one", "other"), pairs(STAYS_MERGED))
def test_words_of_one_stem_differ_in_their_whole_form(one: str, other: str) -> None:
    assert stem(fold(one)) == stem(fold(other))
    assert f".{fold(one)}" not in indexed(other).split()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("fine-tuning", "El fine tuning ajusta pesos."),
        ("fine tuning", "El finetuning ajusta pesos."),
        ("finetuning", "El fine-tuning ajusta pesos."),
        ("finetuning", "El fine tuning ajusta pesos."),
        ("Fine–tuning", "fine-tuning"),
        ("pre-training", "pretraining"),
        ("pre-entrenamiento", "el preentrenamiento"),
        ("preentrenamiento", "el pre entrenamiento"),
        ("preentrenados", "modelos pre-entrenados"),
        ("F1-score", "El F1 score es 0,93."),
        ("f1", "El F1-score es 0,93."),
        ("encoder decoder", "la arquitectura encoder/decoder"),
        ("encoder-decoder", "encoder y decoder"),
        ("dataset", "un data set"),
        ("data set", "un dataset"),
        ("GPT-4", "GPT4"),
        ("GPT 4", "GPT-4"),
        ("gpt4", "GPT 4"),
        ("Llama 3", "llama-3"),
        ("e-mail", "email"),
        ("state of the art", "state-of-the-art"),
        ("don't", "They don't."),
    ],
)
def test_a_compound_is_found_however_it_is_written(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("3.14", "pi vale 3,14"),
        ("3,14", "pi vale 3.14."),
        ("95 %", "un 95%"),
        ("95%", "un 95 %"),
        ("1000,5", "son 1.000,5 euros"),
        ("1.000,5", "son 1,000.5 dollars"),
        ("1000000", "1.000.000 de pasos"),
        ("1000", "1.000 pasos"),
        ("1,000", "1000 steps"),
        ("0,93", "F1 de 0.93"),
        ("2024-03-12", "el 2024-03-12"),
    ],
)
def test_a_number_is_found_however_it_is_written(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [("3.14", "3,15"), ("3.14", "14 de 3"), ("1.5", "5 y 1"), ("0,935", "0935"), ("GPT-4", "GPT-3")],
)
def test_a_number_is_not_found_by_its_digits(query: str, text: str) -> None:
    assert not finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("max_length", "el parámetro max_length=512"),
        ("max length", "el parámetro max_length=512"),
        ("maxlength", "el parámetro max_length=512"),
        ("__init__", "def __init__(self)"),
        ("LlamaForCausalLM", "usa LlamaForCausalLM.from_pretrained"),
        ("llamaforcausallm", "usa LlamaForCausalLM"),
        ("llama causal", "usa LlamaForCausalLM"),
        ("bert", "DistilBERT es menor"),
        ("torch.nn.Linear", "capa torch.nn.Linear(4, 2)"),
        ("linear", "capa torch.nn.Linear(4, 2)"),
        ("C++", "en C++ y no en C#"),
        ("C#", "en C# y no en C++"),
        ("word2vec", "Word2Vec"),
        ("aprendizaje automático", "título aprendizajeAutomático pegado"),
    ],
)
def test_code_is_found_whole_and_by_its_words(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("LoRA", "con lora se ajusta"),
        ("lora", "con LoRA se ajusta"),
        ("LORA", "con LoRA se ajusta"),
        ("beto", "BETO es un BERT"),
        ("BETO", "el modelo beto"),
        ("rlhf", "el RLHF"),
        ("llms", "un LLM"),
        ("LLMs", "un llm"),
        ("red", "REDES NEURONALES"),
        ("redes neuronales", "TEMA 3: LAS REDES NEURONALES"),
        ("beto", "¿QUÉ ES BETO?"),
        ("electra", "ELECTRA aprende"),
        ("dato", "DATOS DE ENTRENAMIENTO"),
    ],
)
def test_a_name_is_found_whatever_its_capitals(query: str, text: str) -> None:
    assert finds(query, text)


def test_the_name_as_asked_comes_first_and_counts_most() -> None:
    first, *rest = asked_forms("LoRA")
    assert first == ("lora", 1.0)
    assert "lor" not in {form.term for form in rest}
    assert asked_forms("modelos")[0] == ("model", 1.0)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("alpha", "el parámetro α"),
        ("α", "el parámetro alfa"),
        ("alfa", "learning rate alpha"),
        ("beta", "β₁ = 0,9"),
        ("beta1", "β₁ = 0,9"),
        ("lambda", "λ pequeña"),
        ("\u00b5s", "10 \u03bcs"),
        ("x2", "x²"),
        ("x^2", "x²"),
        ("h2o", "H₂O"),
        ("fine", "\ufb01ne"),
        ("full", "Ｆｕｌｌ"),
        ("transformer", "transfor\u00admer"),
        ("atencion", "atencio\u0301n"),
        ("atenció\u200bn", "atención"),
        ("col·lecció", "col·lecció"),
    ],
)
def test_letters_are_the_same_in_every_form(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("注意", "自注意力机制"),
        ("注意力", "自注意力机制"),
        ("モデル", "言語モデルです"),
        ("模型BERT", "模型 BERT 很大"),
        ("السلام", "السلام عليكم"),
        ("שלום", "שָׁלוֹם עולם"),
        ("модели", "большие модели"),
        ("🤖 robot", "un robot 🤖"),
    ],
)
def test_other_scripts_are_found(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize("language", ["", "es", "en", "fr", "ca", "zh"])
@pytest.mark.parametrize("query", ["modèles de langage", "modèles", "réseau", "les modèles"])
def test_a_third_language_is_found_by_its_words_as_they_are(query: str, language: str) -> None:
    assert finds(query, "Les modèles de langage et le réseau", language)


def test_a_third_language_keeps_its_order_and_its_stop_words() -> None:
    order, _, _ = indexed("Les modèles sont les nôtres", language="fr").partition(f" {TAIL} ")
    assert order == "les modeles sont les notres"
    assert order in phrases("Les modèles sont les nôtres")


@pytest.mark.parametrize("query", ["entrenar modelos", "training models", "entrenamos un model", "trained modelo"])
@pytest.mark.parametrize("language", ["", "es", "en"])
def test_a_mixed_text_is_found_by_words_of_either_language(query: str, language: str) -> None:
    text = "Entrenamos el modelo: training large models takes weeks."
    assert finds(query, text, language)


def test_a_query_without_the_tilde_finds_the_word_with_it_but_not_the_other_way_round() -> None:
    assert finds("espanol", "el español")
    assert finds("ano", "el año")
    assert not finds("año", "el ano")


@pytest.mark.parametrize("query", ["¿qué es?", "the", "to be or not to be", "de la", "y/o"])
def test_stop_words_never_empty_a_query(query: str) -> None:
    assert understand(query).concepts
    assert finds(query, f"{query} y más")


def test_a_phrase_never_reaches_into_the_other_forms() -> None:
    order, _, tail = indexed("pre-training moderno").partition(f" {TAIL} ")
    assert order.split() == [stem("pre"), stem("training"), stem("moderno")]
    assert "pretrain" in tail.split()


@pytest.mark.parametrize(
    "phrase",
    [
        "el LoRA de la red",
        "lora de red",
        "REDES NEURONALES",
        "GPT-4 y los LLMs en C++ aprenden bien",
        "uno LoRA dos BETO tres GPT cuatro RAG cinco",
    ],
)
@pytest.mark.parametrize("language", ["", "es", "en", "fr"])
def test_a_phrase_is_in_the_text_it_was_copied_from(phrase: str, language: str) -> None:
    order, _, _ = indexed(f"antes {phrase} después", language=language).partition(f" {TAIL} ")
    assert any(f" {one} " in f" {order} " for one in phrases(phrase))


def test_a_phrase_in_small_letters_finds_the_name() -> None:
    order, _, _ = indexed("Ajustamos LoRA con la red RAG").partition(f" {TAIL} ")
    assert any(one in order for one in phrases("ajustamos lora con la red rag"))


def test_a_long_phrase_has_few_variants() -> None:
    assert len(phrases("modelos redes capas pesos " * 20)) <= 83


def test_numbers_and_scores_keep_their_whole_and_their_parts() -> None:
    assert {"f1", "0.93", "93"} <= set(stems("F1-score de 0,93"))


@pytest.mark.parametrize("word", ["aprendió", "tenían", "aprenderé", "entrenábamos"])
def test_the_accent_of_a_verb_is_heard(word: str) -> None:
    assert stem_by_accent(word) in {"aprend", "ten", "entren"}


def test_words_beside_a_text_find_it_and_stand_nowhere_in_its_order() -> None:
    order, _, tail = indexed("pesosdelared y más", "pesos de la red").partition(f" {TAIL} ")
    assert {"pes", "red"} <= set(tail.split())
    assert not {"pes", "red"} & set(order.split())


@given(st.text())
@example("ﷺ ½ x̂ İstanbul ẞ ǅ ﬃ 🏳️‍🌈 \u0600\u0300 ー")
@example("a\u0301" * 70 + "-" + "字" * 200)
@example("'" * 5 + "s's' 1,2,3.4,5 C++# _a_ ^2^")
@settings(deadline=None)
def test_words_are_where_they_say_and_terms_have_no_space(text: str) -> None:
    for word in words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert all(part and part == fold(part) for part in word.parts)
        assert len(word.parts) == len(word.raw)
        assert all(form.term and 0 < form.weight <= 1 for raw in word.raw for form in asked_forms(raw))
        assert all(form.term and 0 < form.weight <= 1 for form in joined_forms(word))
    for language in ("", "en", "fr"):
        terms = indexed(text, language=language).split(" ")
        assert terms.count(TAIL) == 1
        assert all(term and '"' not in term and not any(map(str.isspace, term)) for term in terms)


@given(st.text(st.characters(codec="utf-8")))
@example("El ñandú de LlamaForCausalLM cuesta 1.000,5 y REDES")
@settings(deadline=None)
def test_every_term_of_a_text_is_one_of_its_words_or_two_neighbours(text: str) -> None:
    found = list(words(text))
    known = {term for word in found for term in (*word_terms(word), *word.parts)}
    neighbours = {stem(one.parts[-1] + other.parts[0]) for one, other in pairwise(found)}
    for language in ("", "en", "fr"):
        assert set(indexed(text, language=language).split()) - {TAIL} <= known | neighbours | {
            part.replace("ñ", "n") for word in found for part in word.parts
        }


@given(st.text(st.sampled_from("aábñ LoRA-._'3,5#+ é"), max_size=30))
@settings(deadline=None)
def test_a_text_is_found_by_itself(text: str) -> None:
    if any(char.isalnum() for char in text):
        assert finds(text.replace('"', ""), text)


def test_an_endless_word_is_cut() -> None:
    assert max(map(len, stems("a" * 100_000))) <= 64
    assert max(map(len, indexed("ab" * 100_000).split())) <= 65


@pytest.mark.parametrize(("one", "other"), [*pairs(MEET), *pairs(APART)])
def test_a_lookout_passes_over_no_form_of_a_word(one: str, other: str) -> None:
    wanted = {each.term for concept in understand(one).concepts for each in concept.alternatives}
    found = [(word.start, word.end, term) for word in words(other) for term in word_terms(word) if term in wanted]
    assert [tuple(each) for each in Lookout(wanted).seen(other)] == found
