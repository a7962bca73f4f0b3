"""What speech recognisers write where nobody speaks: credits and farewells of the videos they learnt from. Pure.

The phrases are those that users of Whisper collected (openai/whisper, discussion 928 and 679; Koenecke and others,
Careless Whisper, FAccT 2024). They come in three classes, by how likely a lecturer is to have said them.
"""

from __future__ import annotations

import re
from enum import Enum

from ingest.clean import folded

_GAP = r"[^.!?\n]{0,60}"
_AMARA = rf"{_GAP}amara\.? ?org(?:[- ](?:community|gemeenschap))?"
# Folded text: lower case, no accents. Each is a whole sentence, without its marks.
_CREDITS = (
    rf"(?:subtitulos?|subtitulad[oa]s?|subtitles?|captions?|transcripcion|traduccion|legendas?|transcricao){_AMARA}",
    rf"{_GAP}(?:untertitel(?:ung)?|ondertitel(?:s|d|ing)?|sous-?titr(?:es|age)|sottotitoli|napisy){_AMARA}",
    rf"untertitel(?:ung)? (?:im auftrag|von|der|aufgrund|des){_GAP}",
    rf"(?:sous-titrage|sous-titres) (?:st ?'? ?501|societe|fr\b|realises|par|faits?){_GAP}",
    rf"sottotitoli (?:e revisione|creati|a cura|di|dalla){_GAP}",
    rf"(?:zdjecia i |tłumaczenie i )?napisy (?:stworzone|wykonane|robione){_GAP}",
    rf"ondertitel(?:s|d|ing) (?:ingediend|door){_GAP}",
    r"copyright (?:wdr|swr|ndr)(?: \d{4})?",
    r"(?:swr|wdr|ndr) 20\d\d",
    r"(?:www\.)?mooji\.org",
    r"(?:mas informacion )?www\.alimmenta\.com",
    r"(?:www\.)?multi-moto\.eu",
    r"amara\.org",
    r"transcri(?:bed|ption|ptions) by (?:https?://)?(?:otter\.ai|eso|castingwords)\S{0,20}(?:,? llc| translation)?",
    r"subtitulos (?:realizados|creados|hechos) por la comunidad",
)
# As they are written: folding takes other scripts apart.
_FOREIGN = (
    r"mbc 뉴스.{0,30}|시청해 ?주셔서 감사합니다|구독과 좋아요.{0,30}",
    r"(?:最後まで)?ご視聴(?:いただき)?ありがとうござい(?:ました|ます)",
    r"(?:中文|小編)?字幕(?:由|志愿者).{0,30}|请不吝点赞.{0,30}",
    r"редактор субтитров.{0,60}|субтитры (?:сделал|создавал).{0,60}|продолжение следует|спасибо за просмотр",
    r"izlediğiniz için teşekkür ederim|yorumlarınızıza abone olmayı unutmayın",
)
_VIDEO = r"(?:el |este |nuestro |mi |the |this |my |our )?v[ie]deos?"
_OFTEN = r"(?: (?:so|very) much)?"
_REST = r"(?:,? (?:y|para|and|for) [^.!?\n]{0,60})?"
_FAREWELLS = (
    rf"(?:muchas |y )?gracias por (?:ver|mirar|vernos|visualizar)(?: (?:{_VIDEO}|hasta el final))?",
    r"(?:no (?:te )?olvid(?:es|eis|en|a) (?:de )?)?(?:suscr?ib(?:ete|ios|anse|irte|iros|irse)|subscribete)"
    rf"(?: (?:al|a mi|a nuestro|a este|en el) canal)?{_REST}",
    rf"(?:dale|denle|dejale|dadle|da)(?: un| a| al)*(?: me gusta| like| manita arriba){_REST}",
    rf"(?:activa|dale a|toca)(?: a)? la campanita{_REST}",
    rf"nos vemos en (?:el |un )?(?:proximo |siguiente |otro ){_VIDEO}",
    rf"hasta (?:el |un )?(?:proximo |siguiente ){_VIDEO}",
    rf"(?:thanks|thank you){_OFTEN} for watching(?: {_VIDEO})?{_REST}",
    r"(?:please |don'?t forget to )?(?:like(?:,| and) )?(?:share(?:,| and) )?subscribe"
    rf"(?: to (?:my|our|the|this) channel)?{_REST}",
    r"(?:i'?ll |we'?ll )?see you (?:all )?in the next (?:video|one)",
    r"obrigad[oa] por assistir|merci d'avoir regarde(?: cette video)?|grazie per aver guardato(?: il video)?",
    r"(?:vielen dank|danke) furs zuschauen",
)
_COURTESIES = (
    rf"(?:muchas |mil )?gracias(?: a todos| a todas)?|(?:thanks|thank you){_OFTEN}|bye(?:[ -]bye)?",
    r"adios|chao|chau|hasta luego|you|obrigad[oa]|merci|grazie|danke|musica|music|silencio",
)


class Phrase(Enum):
    """How a sentence stands to what recognisers invent."""

    CREDIT = "credit"  # nobody says it: a credit of subtitles
    FAREWELL = "farewell"  # of a video; a lecturer may say it
    COURTESY = "courtesy"  # everybody says it
    SPEECH = "speech"


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_BY_FOLDED = (
    (_any(_CREDITS), Phrase.CREDIT),
    (_any(_FAREWELLS), Phrase.FAREWELL),
    (_any(_COURTESIES), Phrase.COURTESY),
)
_AS_WRITTEN = _any(_FOREIGN)
_MARKS = " \t\n.,;:!?¡¿…\"'«»“”‘’()[]-–—*♪。！？"
_LONGEST = 160
# A credit that runs into a sentence: it begins in capitals, as a sentence does, and one begins after it.
_CREDIT_INSIDE = re.compile(
    r"(?:(?<=^)|(?<=[.!?…] ))Subt[ií]tul(?:os|ado)(?: (?:realizados?|hechos|creados))?"
    r" por la comunidad de [Aa]mara\.org(?=$|[.!?…]*(?:\s+[A-ZÁÉÍÓÚÑ¿¡]|\s*$))"
)


def phrase_of(sentence: str) -> Phrase:
    """Return the class of a sentence that stands alone."""
    if len(sentence) > _LONGEST:
        return Phrase.SPEECH
    if _AS_WRITTEN.fullmatch(sentence.casefold().strip(_MARKS)):
        return Phrase.CREDIT
    plain = same_phrase(sentence)
    return next((phrase for pattern, phrase in _BY_FOLDED if pattern.fullmatch(plain)), Phrase.SPEECH)


def same_phrase(sentence: str) -> str:
    """Return the form in which repeats of a phrase are equal."""
    return folded(sentence).strip(_MARKS)


def credits_inside(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of the credits that run into a sentence after them."""
    return [match.span() for match in _CREDIT_INSIDE.finditer(text)]
