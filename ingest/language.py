"""Which of the two languages of the product a text is in. Pure."""

from __future__ import annotations

import re

# The most frequent function words that the other language does not have (CREA and BNC frequency lists).
_SPANISH = (
    "de la que el en y los se del las por un con una su para es al lo como más pero sus le ya o fue este ha sí "
    "porque esta son entre cuando muy sin sobre también hasta hay donde qué cómo cuál nos ni desde todo ser "
    "quién cuánto dónde esto eso está están cada así aquí nuestro nuestra"
)
_ENGLISH = (
    "the of and to in is that it was for on are as with his they at be this from have or by but not what all "
    "were we when your can there an which their if will each about how out them then these so would has two "
    "who why where does did you our its than more into"
)
# Frequent words of the languages next to Spanish that Spanish does not have: Catalan, Galician, Portuguese, French
# and Italian share most of its short words, and only these tell them from it.
_NEIGHBOURS = (
    "amb els dels aquest aquesta això però també més és són seva perquè doncs quan fins sense cap molt als pel per "
    "unha non máis pola polo ao aos coa cos dun dunha nunha tamén moi isto ata os as do da das na nas "
    "não um uma em são também com mais pelo pela dos isso você à às seu sua foi como é "
    "les des et est une dans pour qui sur avec pas cette sont aux du nous vous ce "
    "il di che non sono della nel gli anche degli delle è questo questa"
)
_SPANISH_WORDS = frozenset(_SPANISH.split())
_ENGLISH_WORDS = frozenset(_ENGLISH.split())
_NEIGHBOUR_WORDS = (
    frozenset(_NEIGHBOURS.split()) - _SPANISH_WORDS - _ENGLISH_WORDS - {"les", "dos", "da", "do", "non"}
)
_SPANISH_SIGNS = re.compile(r"[¿¡ñáéíóú]")
# Letters and joints that Spanish spelling does not use, but its neighbours' does.
_NEIGHBOUR_SIGNS = re.compile(r"[çãõàèòâêîôûœ]|l·l|\b[ldnms]['’](?=[aeiouàèéíòóúhâê])")
_WORD = re.compile(r"[^\W\d_]+")
_FENCE = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`[^`\n]{1,200}`")
# Lines of code outside fences: keywords such as "for", "in" and "is" would make a Spanish section English.
_CODE = re.compile(
    r"^[ \t]*(?:>>>|\$ |#include|@\w|(?:from [\w.]+ )?import \w|def \w|class \w|return\b|elif\b|else:|try:|except\b"
    r"|(?:for|if|while|with)\b[^\n]{0,200}:[ \t]*$"
    r"|[\w.\[\]]{1,60}(?:, ?\w{1,40}){0,5} ?[-+*/]?= ?\S|[\w.]{2,60}\(|[})\]]+;?$)"
    r"[^\n]*",
    re.MULTILINE,
)
# Function words are 40 to 50 % of running text; below these counts there is too little to tell, unless all agree.
_ENOUGH = 5
_ENOUGH_AGREEING = 3
_MARGIN = 1.2
# Share of the neighbours' own words among those that count for Spanish: near 0 in Spanish, above 0.3 in the others.
_NEIGHBOURS_SHARE = 0.2
_SAMPLE = 24_000
"""Characters of a long text that are looked at: a third each from its beginning, middle and end."""


def language_of_question(text: str) -> str:
    """Return "es", "en" or "" for a typed line: its marks and letters tell Spanish, else one word is enough."""
    return "es" if _SPANISH_SIGNS.search(text.lower()) else language_of(text, enough=1)


def language_of(text: str, enough: int = _ENOUGH) -> str:
    """Return "es", "en", or "" when neither clearly leads, by counting function words; `enough` are needed.

    Code does not count. A text in a language next to Spanish, such as Catalan or Portuguese, has none of the two.
    """
    text = _prose(_sampled(text)).lower()
    words = _WORD.findall(text)
    spanish = sum(map(_SPANISH_WORDS.__contains__, words))
    english = sum(map(_ENGLISH_WORDS.__contains__, words))
    least = min(enough, _ENOUGH_AGREEING) if not (spanish and english) else enough
    if max(spanish, english) < least:
        return ""
    neighbours = sum(map(_NEIGHBOUR_WORDS.__contains__, words)) + len(_NEIGHBOUR_SIGNS.findall(text))
    if spanish > english * _MARGIN:
        return "es" if neighbours < max(1, spanish * _NEIGHBOURS_SHARE) else ""
    return "en" if english > spanish * _MARGIN and neighbours < max(1, english) else ""


def _sampled(text: str) -> str:
    if len(text) <= _SAMPLE:
        return text
    part = _SAMPLE // 3
    middle = (len(text) - part) // 2
    return "\n".join((text[:part], text[middle : middle + part], text[-part:]))


def _prose(text: str) -> str:
    """Return a text without code in fences, in ticks, and on lines of its own."""
    if "`" in text or "~~~" in text:
        text = _INLINE.sub(" ", _FENCE.sub("\n", text))
    return _CODE.sub("", text) if "=" in text or "(" in text or "import " in text or ":\n" in text else text
