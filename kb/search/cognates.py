"""What a word's cognate in the other language looks like, by the regular shapes of their Latin and Greek words. Pure.

A form that is proposed need not exist; whoever asks keeps those that a vocabulary has, by their stems.
"""

from __future__ import annotations

import re
from typing import Literal

SHORTEST = 4
"""Letters of a word below which chance outweighs kinship."""

MOST_COGNATES = 8
"""Forms proposed for a word at most."""

# English endings, then the Spanish ones that answer to them, without accents; "-" is none. The longest counts.
_ENDINGS = """
    tion cion; sion sion; xion xion; ation acion; ization izacion; isation izacion; ty dad; erty ertad
    ity idad; iety iedad; ility ilidad; city cidad; sty stia; ly mente; ally almente; ically icamente
    ently entemente; antly antemente; bly blemente; ively ivamente; ously osamente; ic ico; ical ico ical
    ics ica; ician ico; icist ico; ique ica; ism ismo; asm asmo; ist ista; yst ista; istic istico; ous oso o
    ious ioso io; eous eo; inous ino; orous oro; ence encia; ance ancia encia; ency encia; ancy ancia
    cy cia; cracy cracia; crat crata; archy arquia; arch arca; ment mento miento; ement imiento emento
    ble ble; ive ivo; ary ario ar; ory orio oria; ery eria; logy logia; logist logo; logical logico
    graphy grafia; grapher grafo; graph grafo grafia; gram grama; nomy nomia; nomist nomista; pathy patia
    metry metria; phone fono; scope scopio; ogue ogo; sophy sofia; sopher sofo; sophical sofico; ude ud
    ure ura; ate ar ato ado; ated ado; ating ando; ator ador; ize izar; ise izar; ized izado; ised izado
    izing izar; ising izar; izer izador; yze izar; yzed izado; yse izar; yzer izador; fy ficar; ify ificar
    ified ificado; ifier ificador; nt nte nto; ant ante; ent ente ento; gen geno; id ido; ine ina ino
    ile il; ide ido ida; ade ada; ite ita ito; ote oto ota; ose osa oso; eum eo; ium io; um o; us o
    ian iano; ean eo; an ano; y ia io; er o ero; ter tro tor ter; or or; ar ar; al al; ct cto; ctor ctor
    pt pto; form forme forma; duce ducir; pose poner; tain tener; scribe scribir; vert vertir; fer ferir
    mit mitir; sume sumir; clude cluir; ute uir uto uta; rm rmo rma; rve rvar; ge gio; ce cio; ph fo
    sis sis; ss so se sa; em ema; me mo ma; thm tmo; st sto sta; que co ca; e o a; - o a
"""

# Letters that Spanish writes otherwise; "ll" and "rr" are sounds of their own, and "cc" is kept.
_TO_SPANISH_LETTERS = (
    ("ph", "f"),
    ("th", "t"),
    ("rh", "r"),
    ("^chem", "quim"),
    ("c?k(?=[eiy])|ch(?=[eiy])", "qu"),
    ("ck|ch|k", "c"),
    ("qu(?=a|ent|enc)", "cu"),
    ("^imm", "inm"),
    (r"([bdfgmpstz])\1", r"\1"),
    ("(?<=^co)ll|(?<=^i)ll|(?<=^a)ll", "l"),
    ("(?<=^co)nn|(?<=^a)nn", "n"),
    ("^acc(?=[ou])", "ac"),
    ("(?<=[^aeiou])y", "i"),
    ("^[ao]e(?=[bcdfgmnpst])", "e"),
    ("^s(?=[bcfglmnpqt])", "es"),
)
_TO_ENGLISH_LETTERS = (
    ("^es(?=[bcfglmnpqt])", "s"),
    ("^quim", "chem"),
    ("qu(?=[ei])", "ch"),
    ("cu(?=a|enc|ent)", "qu"),
    ("^inm", "imm"),
)
# Letters that English may have written otherwise: no rule tells which words, so that each set is tried.
_GREEK_F, _GREEK_Y, _GREEK_T = ("f", "ph"), ("(?<=[fhlmnprst])i(?=[bcdlmnprst])", "y"), ("t(?=[eor]|m$)", "th")
_GREEK_CH = ("c(?=[rlno])|(?<=r)c(?=a)", "ch")
_DOUBLED = (
    ("(?<=[aeiou])f(?=[aeiou])", "ff"),
    ("(?<=[aeo])s(?=[i])", "ss"),
    ("(?<=^co)m(?=[aeiou])", "mm"),
    ("(?<=^co)l(?=[aeiou])|(?<=^i)l(?=[aeu])|(?<=^a)l(?=[eo])", "ll"),
    ("(?<=^co)n(?=e)|(?<=^a)n(?=[eou])", "nn"),
    ("(?<=^[ao])c(?=[aou])", "cc"),
    ("(?<=^[ao])p(?=[aeloru])|(?<=^su)p(?=[lor])", "pp"),
)
_VARIANTS = (
    _DOUBLED,
    (_GREEK_F,),
    (_GREEK_Y,),
    (_GREEK_T,),
    (_GREEK_F, _GREEK_Y),
    (_GREEK_Y, _GREEK_T),
    (_GREEK_CH,),
)

Letters = tuple[tuple[str, str], ...]


def cognates(word: str, language: Literal["es", "en"]) -> tuple[str, ...]:
    """Return the folded forms that a folded word of `language` may have in the other, at most `MOST_COGNATES`."""
    if len(word) < SHORTEST or not (word.isascii() and word.isalpha()):
        return ()
    base = _singular(word, language)
    found = dict.fromkeys(_to_spanish(base) if language == "en" else _to_english(base))
    found.pop(word, None)
    return tuple(found)[:MOST_COGNATES]


def _to_spanish(word: str) -> list[str]:
    return [_written(form, _TO_SPANISH_LETTERS) for form in _with_endings(word, _SPANISH)]


def _to_english(word: str) -> list[str]:
    plain = [_written(form, _TO_ENGLISH_LETTERS) for form in _with_endings(word, _ENGLISH)]
    rare = [_written(form, letters) for letters in _VARIANTS for form in plain[:1]]
    return plain[:2] + [form for form in rare if form not in plain] + plain[2:]


def _singular(word: str, language: str) -> str:
    """Return the word without a plural's ending."""
    if language == "en":
        if word.endswith("ies"):
            return word[:-3] + "y"
        return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is", "ics")) else word
    if word.endswith(("nes", "les", "res", "des")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("is") else word


def _with_endings(word: str, endings: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the word with its longest known ending exchanged for each that answers to it; two letters stay."""
    for length in range(min(_LONGEST, len(word) - 2), -1, -1):
        kept, ending = word[: len(word) - length], word[len(word) - length :]
        if ending in endings:
            return [kept + other for other in endings[ending]]
    return [word]


def _written(word: str, letters: Letters) -> str:
    for pattern, other in letters:
        word = re.sub(pattern, other, word)
    return word


def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return what each English ending becomes, and each Spanish one."""
    spanish: dict[str, tuple[str, ...]] = {}
    english: dict[str, tuple[str, ...]] = {}
    for entry in re.split(r"[;\n]", _ENDINGS.strip()):
        ending, *others = (part.replace("-", "") for part in entry.split())
        spanish[ending] = tuple(others)
        for other in others:
            english[other] = (*english.get(other, ()), ending)
    return spanish, english


_SPANISH, _ENGLISH = _tables()
_LONGEST = max(map(len, (*_SPANISH, *_ENGLISH)))
