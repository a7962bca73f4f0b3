"""Forms of Spanish verbs, told by their endings: word lists hold the infinitives and few of the fifty forms. Pure.

Endings are those of the three conjugations (Nueva gramática de la lengua española, 4.8 to 4.14); the stems of
irregular verbs that no rule gives are listed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.words import frequency

_COMMON = "o as a amos áis an es e emos éis en ado ada ados adas ando iendo yendo ido ida idos idas"
_PAST = "é aste ó asteis aron í iste ió imos isteis ieron yó yeron eron"
_IMPERFECT = "aba abas ábamos abais aban ía ías íamos íais ían"
_SUBJUNCTIVE = (
    "ara aras áramos arais aran ase ases ásemos aseis asen iera ieras iéramos ierais ieran iese ieses iésemos "
    "ieseis iesen yera yeran yese yesen era eras éramos eran ese esen"
)
_IMPERATIVE = "ad ed id á ás é és í ís"
_ENDINGS = sorted(set(f"{_COMMON} {_PAST} {_IMPERFECT} {_SUBJUNCTIVE} {_IMPERATIVE}".split()), key=len, reverse=True)
_FUTURE = re.compile(r"(.{2,}[aeií]r)(?:é|ás|á|emos|éis|án|ía|ías|íamos|íais|ían)")
# Stems that neither an infinitive nor a change of vowel gives, with the endings of any conjugation.
_STEMS = (
    "teng ten tien tuv hag hac hic hiz hech pued pud dig dic dij dich pong pus puest veng vien vin quis sep sup sab "
    "est estuv hub hay hab fu er se so va vay ib i d di v ve vi vist cup quep traj traig caig oig oy anduv salg valg "
    "tradu produj produzc condu conduj conduzc reduj reduzc traduj traduzc introduj deduj "
    "escrit abiert cubiert descubiert muert vuelt devuelt resuelt rot hech satisfech predich"
)
_IRREGULAR = frozenset(_STEMS.split())
_FUTURE_STEMS = (
    "tendr pondr vendr podr querr habr sabr dir har saldr valdr cabr mantendr obtendr contendr supondr propondr "
    "dispondr compondr intervendr convendr prevendr detendr sostendr"
)
_IRREGULAR_FUTURE = frozenset(_FUTURE_STEMS.split())
_FORMS = (
    "soy eres es somos sois son era eras éramos erais eran fui fue fuiste fuimos fueron sea seas seamos sean siendo "
    "estoy estás está estamos estáis están esté estén voy vas va vamos vais van iba iban vaya vayan yendo he has ha "
    "hemos habéis han había habían hay haya hayan hubo doy das da damos dais dan dio dieron dé den di veo ves ve "
    "vemos veis ven vio vieron vea vean sé sabe pon ten haz sal oye oyen cree lee"
)
_SHORT = frozenset(_FORMS.split())
_CLITICS = re.compile(r"(?:(?:[mts]e|nos|os)(?:l[oae]s?)?|l[oae]s?)$")
_PLAIN = str.maketrans("áéíóú", "aeiou")
_PREFIXES = (
    "man",
    "ob",
    "con",
    "su",
    "pro",
    "dis",
    "com",
    "inter",
    "pre",
    "de",
    "des",
    "re",
    "sos",
    "im",
    "ex",
    "tra",
)


@lru_cache(maxsize=65536)
def is_verb_form(word: str) -> bool:
    """Say whether a word is a form of a known Spanish verb, pronouns at its end included ("utilizarla")."""
    word = word.lower()
    if word in _SHORT or _is_simple(word):
        return True
    clitic = _CLITICS.search(word)
    if clitic is None or clitic.start() < 3:
        return False
    bare = word[: clitic.start()].translate(_PLAIN)
    return _is_infinitive(bare) or (bare.endswith("ndo") and _is_simple(bare))


def _is_simple(word: str) -> bool:
    future = _FUTURE.fullmatch(word)
    if future and _is_infinitive(future[1].translate(_PLAIN)):
        return True
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word.removesuffix(ending)
            if _without_prefix(stem) in _IRREGULAR or any(map(_is_stem, _before_change(stem))):
                return True
    return any(
        _without_prefix(word.removesuffix(ending)) in _IRREGULAR_FUTURE
        for ending in ("é", "ás", "á", "emos", "éis", "án", "ía", "ías", "íamos", "íais", "ían")
        if word.endswith(ending)
    )


def _before_change(stem: str) -> set[str]:
    """Return the stems that a verb may have in its infinitive: "empiec" from "empez", "muestr" from "mostr"."""
    found = {stem}
    for changed, plain in (("ie", "e"), ("ue", "o"), ("i", "e"), ("u", "o"), ("ú", "u"), ("í", "i")):
        head, at, tail = stem.rpartition(changed)
        if at:
            found.add(f"{head}{plain}{tail}")
    for one in tuple(found):
        for changed, plain in (("qu", "c"), ("gu", "g"), ("c", "z"), ("j", "g"), ("zc", "c"), ("y", ""), ("g", "gu")):
            if one.endswith(changed):
                found.add(one.removesuffix(changed) + plain)
    return found


def _is_stem(stem: str) -> bool:
    return len(stem) >= 2 and any(_is_infinitive(stem + ending) for ending in ("ar", "er", "ir"))


@lru_cache(maxsize=16384)
def _is_infinitive(word: str) -> bool:
    return word.endswith(("ar", "er", "ir")) and (frequency(word) > 0 or frequency(word[:-1] + "ndo") > 0)


def _without_prefix(stem: str) -> str:
    """Return the stem of the verb that a compound is made of: "mantuv" is made of "tuv"."""
    if stem in _IRREGULAR:
        return stem
    return next((stem.removeprefix(p) for p in _PREFIXES if stem.startswith(p) and len(stem) - len(p) >= 3), stem)
