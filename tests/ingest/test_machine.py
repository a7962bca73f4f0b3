"""What a transcriber invents in silences is left out of the text, told, and kept in the original."""

from __future__ import annotations

import pytest

from ingest.errors import NoSpeech
from ingest.formats.blocks import Cue, Cues, Text
from ingest.kinds.phrases import Phrase, phrase_of
from ingest.kinds.transcript import build_transcript, timed_talk, untimed_talk
from ingest.model import Document, Notice
from ingest.report import Effect, effect_of


def talk(*cues: tuple[float, float, str] | Cue) -> Document:
    made = tuple(cue if isinstance(cue, Cue) else Cue(cue[0], cue[1], "", cue[2]) for cue in cues)
    return build_transcript(Cues(made), "a.vtt")[0]


def text_of(document: Document) -> str:
    return "\n".join(section.text for section in document.sections)


def told(document: Document) -> dict[str, dict[str, str]]:
    return {notice.code: dict(notice.params) for notice in document.notices}


@pytest.mark.parametrize(
    "credit",
    [
        "Subtítulos realizados por la comunidad de Amara.org",
        "Subtítulos por la comunidad de Amara.org",
        "Subtítulos en español de Amara.org.",
        "SUBTITULADO POR LA COMUNIDAD DE AMARA.ORG",
        "Subtitles by the Amara.org community",
        "www.mooji.org",
        "Más información www.alimmenta.com",
        "Untertitel im Auftrag des ZDF für funk, 2017",
        "Untertitel der Amara.org-Community",
        "Sous-titres réalisés para la communauté d'Amara.org",
        "Sous-titrage ST' 501",
        "Sottotitoli creati dalla comunità Amara.org",
        "Legendas pela comunidade Amara.org",
        "Transcribed by https://otter.ai",
        "MBC 뉴스 이덕영입니다.",
        "ご視聴ありがとうございました。",
        "字幕由Amara.org社区提供",
        "Редактор субтитров А.Синецкая Корректор А.Егорова",
    ],
)
def test_credits_that_nobody_says_are_left_out(credit: str) -> None:
    document = talk((0, 5, "Hoy hablamos de ríos."), (5, 8, credit), (8, 12, "El agua baja."))

    assert text_of(document) == "Hoy hablamos de ríos. El agua baja."
    assert told(document)["silence_phrases_dropped"] == {"count": "1", "places": "00:00:05", "words": credit}
    assert document.sections[0].original == f"Hoy hablamos de ríos. {credit} El agua baja."


@pytest.mark.parametrize(
    "speech",
    [
        "Los subtítulos de Amara.org son un corpus paralelo que usamos.",
        "Whisper escribe «Subtítulos realizados por la comunidad de Amara.org» en los silencios.",
        "y entonces sale Subtítulos realizados por la comunidad de Amara.org cuando nadie habla",
        "Gracias por ver que esto importa.",
        "Un cliente se suscribe al canal de MQTT.",
        "You subscribe to a topic and the broker answers.",
        "Gracias por la pregunta.",
    ],
)
def test_speech_about_these_things_stays_without_a_doubt(speech: str) -> None:
    document = talk((0, 5, "Hoy hablamos de datos."), (5, 12, speech), (12, 15, "Seguimos."))

    assert speech in text_of(document)
    assert document.notices == ()
    assert document.sections[0].original == ""


def test_a_farewell_that_a_lecturer_may_have_said_is_kept_and_doubted() -> None:
    document = talk((0, 5, "Terminamos aquí la clase."), (5, 7, "Gracias por ver el video."))

    assert text_of(document).endswith("Gracias por ver el video.")
    assert told(document)["silence_phrase_doubted"]["places"] == "00:00:05"
    assert [effect_of(notice) for notice in document.notices] == [Effect.DOUBTED]


@pytest.mark.parametrize(
    "cues",
    [
        [Cue(5, 7, "", "¡Suscríbete al canal!", silence=0.9)],
        [Cue(5, 25, "", "¡Suscríbete al canal!")],
        [Cue(11, 12, "", "¡Suscríbete al canal!")],
        [Cue(5 + n, 6 + n, "", "¡Suscríbete al canal!") for n in range(3)],
    ],
    ids=["silence", "slow", "between gaps", "repeated"],
)
def test_a_farewell_is_left_out_where_nobody_spoke(cues: list[Cue]) -> None:
    document = talk((0, 5, "Los ríos crecen."), *cues, (30, 33, "Seguimos con el mapa."))

    assert text_of(document) == "Los ríos crecen. Seguimos con el mapa."
    assert told(document)["silence_phrases_dropped"]["count"] == str(len(cues))


def test_thanks_are_speech_unless_nobody_spoke_or_they_never_end() -> None:
    once = talk((0, 5, "Eso es todo."), (5, 6, "¡Gracias!"))
    silent = talk((0, 5, "Eso es todo."), Cue(5, 6, "", "Gracias.", silence=0.8))
    forever = talk((0, 5, "Eso es todo."), *((5 + n, 6 + n, "¡Gracias!") for n in range(5)))

    assert text_of(once) == "Eso es todo. ¡Gracias!" and once.notices == ()
    assert text_of(silent) == "Eso es todo."
    assert text_of(forever) == "Eso es todo. ¡Gracias!"
    assert told(forever)["silence_phrases_dropped"]["count"] == "4"


def test_a_credit_in_the_middle_of_a_line_is_taken_out_alone() -> None:
    (document,) = build_transcript(
        Text("Hola a todos. Subtítulos por la comunidad de Amara.org Hoy vemos mapas. " + "Y más cosas. " * 3),
        "a.txt",
    )

    assert text_of(document).startswith("Hola a todos. Hoy vemos mapas.")
    assert told(document)["silence_phrases_dropped"]["places"] == "§ 1"


def test_what_whisper_itself_would_drop_is_dropped_and_what_it_doubts_is_doubted() -> None:
    document = talk(
        Cue(0, 5, "", "Empezamos con la matriz."),
        Cue(5, 9, "", "grmbl el vector ese", confidence=0.2, silence=0.1),
        Cue(9, 12, "", "palabras del viento", confidence=0.3, silence=0.7),
        Cue(12, 15, "", "Y la columna.", confidence=0.9, silence=0.7),
    )

    assert text_of(document) == "Empezamos con la matriz. grmbl el vector ese Y la columna."
    assert told(document)["confidence_low"] == {"count": "1", "places": "00:00:05", "words": "grmbl el vector ese"}
    assert told(document)["silence_dropped"]["places"] == "00:00:09"
    assert "palabras del viento" in document.sections[0].original


def test_a_recording_of_silence_is_an_error_with_its_words() -> None:
    with pytest.raises(NoSpeech) as caught:
        talk(*((30.0 * n, 30.0 * n + 29, "Subtítulos realizados por la comunidad de Amara.org") for n in range(9)))

    assert caught.value.params == {"path": "a.vtt", "words": "Subtítulos realizados por la comunidad de Amara.org"}


def test_loops_are_told_with_their_place_words_and_number() -> None:
    document = talk((0, 5, "Vemos la capa."), *((5 + n, 6 + n, "la capa oculta y") for n in range(20)))

    assert told(document)["loops_dropped"] == {"count": "76", "places": "00:00:06", "words": "la capa oculta y ×20"}


def test_words_run_together_are_told_and_the_text_stays() -> None:
    document = talk((0, 5, "Toda la gente y la comunidad."), (65, 70, "Y todalacomunidad crece."))

    (section,) = document.sections
    (reading,) = section.readings
    assert section.text[reading.start : reading.end] == "todalacomunidad"
    assert reading.text == "toda la comunidad"
    assert told(document)["words_glued"] == {
        "count": "1",
        "places": "00:01:05",
        "words": "todalacomunidad → toda la comunidad",
    }
    assert section.original == ""


def test_many_places_and_long_words_are_shortened() -> None:
    long = "Subtítulos realizados para toda la gente que mira por la comunidad de Amara.org"
    document = talk(*((60.0 * n, 60.0 * n + 5, text) for n in range(1, 9) for text in (f"Parte {n}.", long)))

    params = told(document)["silence_phrases_dropped"]
    assert params["count"] == "8"
    assert params["places"].endswith(", …") and params["places"].count("00:0") == 6
    assert params["words"] == long[:59].rstrip() + "…"


def test_untimed_and_timed_talks_are_cleaned_alike() -> None:
    words = "El río crece. Subtítulos por la comunidad de Amara.org. [Música] La lluvia cae."

    timed = timed_talk([Cue(0, 9, "", words)])
    untimed = untimed_talk([("", words)])

    assert timed.sections[0].text == untimed.sections[0].text == "El río crece. La lluvia cae."
    assert [notice.code for notice in timed.notices] == [notice.code for notice in untimed.notices]


def test_a_section_with_nothing_kept_joins_the_next() -> None:
    credit = "Subtítulos realizados por la comunidad de Amara.org"
    document = talk(*((100.0 * n, 100.0 * n + 30, credit) for n in range(8)), (800, 805, "Ahora sí."))

    (section,) = document.sections
    assert section.text == "Ahora sí."
    assert [mark.locator.start for mark in section.marks] == [800]
    assert section.original.count(credit) == 8


def test_phrases_are_told_from_speech_of_any_length() -> None:
    assert phrase_of("Gracias por ver el vídeo!") is Phrase.FAREWELL
    assert phrase_of("gracias " * 60) is Phrase.SPEECH
    assert phrase_of("") is Phrase.SPEECH


def test_every_kind_of_cleaning_is_dropped_repaired_or_doubted() -> None:
    codes = ("silence_phrases_dropped", "silence_dropped", "loops_dropped", "words_glued", "silence_phrase_doubted")

    assert [effect_of(Notice(code)) for code in codes] == [*[Effect.DROPPED] * 3, Effect.REPAIRED, Effect.DOUBTED]
