"""Text of PDFs set right and measured: accents, hyphens, encodings of TeX, and what is garbage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.pdf.quality import GOOD, quality_of
from ingest.formats.pdf.repair import accented, decoded, encoding_of, joined

SPANISH = (
    "La atención pondera los elementos de una secuencia según su importancia y así el modelo aprende qué mirar en "
    "cada paso de la traducción automática."
)
LANGUAGES = {
    "French": "L'attention pondère les éléments d'une séquence selon leur importance et le modèle apprend ainsi où "
    "regarder à chaque étape de la traduction.",
    "Catalan": "L'atenció pondera els elements d'una seqüència segons la seva importància i així el model aprèn què "
    "ha de mirar en cada pas de la traducció.",
    "Basque": "Arretak sekuentzia bateko elementuak haztatzen ditu beren garrantziaren arabera eta horrela ereduak "
    "ikasten du urrats bakoitzean nora begiratu behar duen.",
    "Polish": "Uwaga waży elementy sekwencji według ich znaczenia, dzięki czemu model uczy się, gdzie patrzeć na "
    "każdym kroku tłumaczenia maszynowego.",
    "Russian": "Внимание взвешивает элементы последовательности по их важности, и модель учится, куда смотреть на "
    "каждом шаге перевода.",
    "Greek": "Η προσοχή σταθμίζει τα στοιχεία μιας ακολουθίας ανάλογα με τη σημασία τους και το μοντέλο μαθαίνει.",
    "Chinese": "注意力机制根据重要性对序列中的元素进行加权因此模型学会在翻译的每一步应该关注哪里" * 3,
    "code": "import torch\ndef atender(q, k, v):\n    pesos = torch.softmax(q @ k.T, dim=-1)\n    return pesos @ v\n"
    "for x in range(3): print(x)\nclass Capa(nn.Module):\n  def __init__(self): super().__init__()",
    "figures": "\n".join(f"BERT {n} 0.{n} (0.{n + 3}, 0.{n + 7}) {n}% -0.{n}" for n in range(10, 30)),
    "formulas": "h(t) = tanh(W · h(t−1) + U · x(t) + b)   p(w | c) = exp(u · v) / Σ exp(u · v)   d/dx f(x) = 2x " * 3,
    "names": "Bahdanau, Cho, Bengio, Vaswani, Shazeer, Parmar, Uszkoreit, Kaiser, Polosukhin, Mikolov, Chen, Corrado",
    "contents": "\n".join(f"{n}. Sección {' .' * 40} {n}" for n in range(1, 20)),
}


@pytest.mark.parametrize(
    ("drawn", "meant"),
    [
        ("m´aquinas", "máquinas"), ("ense˜nar", "enseñar"), ("ping¨uino", "pingüino"), ("gar¸con", "garçon"),
        ("cora¸c˜ao", "coração"), ("dif´ıcil", "difícil"), ("c¸a", "ça"), ("dif\u0131\u0301cil", "difícil"),
        ("´Indice", "Índice"), ("atenci ´on", "atenci ón"), ("espa~nol", "español"),
        ("l’atenci´o i l’`avia", "l’atenció i l’àvia"),
    ],
)  # fmt: skip
def test_an_accent_drawn_apart_goes_to_its_letter(drawn: str, meant: str) -> None:
    assert accented(drawn)[0] == meant


@pytest.mark.parametrize("text", ["~/notas", "a^b", "`x`", "n~m", "5´", "rock´", "x^2 + y~z", "máquina"])
def test_marks_that_are_no_accents_stay(text: str) -> None:
    assert accented(text) == (text, 0)


@given(st.text(st.sampled_from("aeinuAN´`¨~ˆ¸ ıc1.\u0301"), max_size=40))
def test_giving_accents_twice_changes_nothing_more_and_loses_no_letter(text: str) -> None:
    once = accented(text)[0]

    assert accented(once)[0] == accented(accented(once)[0])[0]
    assert sum(char.isdecimal() for char in once) == text.count("1")


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("el apren-", "dizaje", "el aprendizaje"), ("un fine-", "tuning lento", "un fine-tuning lento"),
        ("la retropropaga-", "ción", "la retropropagación"), ("de extremo-a-", "extremo", "de extremo-a-extremo"),
        ("el pre-", "training", "el pre-training"), ("no se corres-", "ponden", "no se corresponden"),
    ],
)  # fmt: skip
def test_a_word_cut_by_a_line_is_joined_and_a_compound_keeps_its_hyphen(first: str, second: str, whole: str) -> None:
    assert joined(first, second) == whole


@pytest.mark.parametrize(
    ("first", "second"), [("un guion -", "suelto"), ("de 10-", "20 años"), ("los GPT-", "Neo"), ("fin", "otro")]
)
def test_what_is_no_cut_word_is_not_joined(first: str, second: str) -> None:
    assert joined(first, second) is None


def test_the_encoding_of_a_nameless_font_is_the_one_that_gives_words() -> None:
    cork = ["clasi\x1ccación", "¾Qué", "e\x1cciente", "\x1dujo", "di\x1ccultad"]
    old = ["m\x13aquinas", "clasi\x0ccaci\x13on", "e\x0cciente", ">Qu\x13e?", "ense~nar"]

    assert decoded(" ".join(cork), encoding_of(cork)) == "clasificación ¿Qué eficiente flujo dificultad"
    assert accented(decoded(" ".join(old), encoding_of(old)))[0] == "máquinas clasificación eficiente ¿Qué? enseñar"
    assert encoding_of(["la", "rueda", "<molino>", "a~b", "gira"]) == {}


def test_prose_in_our_languages_is_good() -> None:
    assert quality_of(SPANISH).score > GOOD
    assert quality_of("Attention weighs the elements of a sequence by their importance to the model.").score > GOOD


@pytest.mark.parametrize("name", LANGUAGES)
def test_other_languages_code_and_figures_are_no_garbage(name: str) -> None:
    assert not quality_of(LANGUAGES[name]).is_garbage


@pytest.mark.parametrize("by", range(1, 26))
def test_letters_shifted_by_a_wrong_map_are_garbage(by: int) -> None:
    text = "".join(chr((ord(c) - 97 + by) % 26 + 97) if "a" <= c <= "z" else c for c in SPANISH.lower())

    assert quality_of(text).is_garbage
    assert quality_of(text).score < 0.2


@pytest.mark.parametrize(
    "text",
    [
        "(cid:12)(cid:33) " * 30, "\ue012\ue013 \ue014" * 30, "\ufffd" * 80,
        "".join(chr(ord(c) - 29) for c in SPANISH if c.isascii() and c != " "),
    ],
    ids=["cid", "private use", "replacement", "numbers of glyphs"],
)  # fmt: skip
def test_characters_without_meaning_are_garbage(text: str) -> None:
    assert quality_of(text).is_garbage


def test_letters_with_spaces_between_and_words_without_score_less() -> None:
    good = quality_of(SPANISH).score

    assert quality_of(" ".join(SPANISH)).score < good / 2
    assert quality_of(SPANISH.replace(" ", "")).score < good / 2
    assert quality_of(SPANISH.replace("ó", "´o").replace("á", "´a")).score < good


def test_long_runs_take_no_longer_than_their_length() -> None:
    for text in ("a" * 300_000, "´" * 300_000, "a`" * 150_000, "." * 300_000, "-a" * 150_000, "(cid:" * 60_000):
        accented(text)
        quality_of(text)
        joined(text, "a")
