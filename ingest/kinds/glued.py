"""Words that lost the space between them where a machine joined two chunks of a recording ("todalacomunidad").

The text stays as it is; what is found is a second reading of it. A token is read as several words only when it is
none itself and the words are ones of this very text or frequent ones: the likeliest parting by a unigram model,
against a word nobody knows (Norvig, Natural Language Corpus Data, in: Beautiful Data, O'Reilly 2009, ch. 14). Pure.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ingest.language import language_of
from ingest.model import Reading
from ingest.verbs import is_verb_form
from ingest.words import frequency

_WORD = re.compile(r"[^\W\d_]+")
# What belongs to an address, a path, code or a compound with a hyphen is no word of speech.
_TECHNICAL = re.compile(r"\S*(?:[\w)]://|www\.|[@/\\_=<>{}#$%&|~^`*+]|\w[-‐‑.]\w|\w\(|\d)\S*")
_CAMEL = re.compile(r"([^\W\d_]*[a-záéíóúñ])([A-ZÁÉÍÓÚÑ][a-záéíóúñ]+)")
_SHORTEST, _LONGEST = 4, 40
_LONGEST_PART = 20
_MOST_WORDS = 4
_RARE = 2
"""A token that comes more often is a name or a term."""
_FREQUENT = 20_000
_LISTED = 400_000_000.0  # about the sum of the Spanish list's counts
_UNKNOWN, _LETTER = math.log(1e-8), math.log(10) / 2
_LONG = 7

# Words of one to three letters stand in a parting only when they carry grammar; all others are too often an ending.
_SPANISH = (
    "y de la el en un no es se lo le me te su mi al si ya ha he tu los las del que por con una muy más sus les "
    "son ser fue era eso esa ese sin nos han así van va hay"
)
_ENGLISH = "of to in is it on a the and for with not are was you we be as at or by"
_SHORT = {"es": frozenset(_SPANISH.split()), "en": frozenset(_ENGLISH.split())}
_LONGER = (
    "para este esta esto como pero pues aquí ahora también entonces toda todo todas todos entre sobre cuando porque"
)
_GRAMMAR = frozenset(_LONGER.split())
# What a word may simply begin or end with: such a parting counts only when the text has the two words together.
_PREFIX_LIKE = "y con de en sin al por me te se in a on to re be as for un"
_ENDING_LIKE = (
    "es is on to in se lo la las los le les me te nos no en al era eso esa ese ser van son y a it at or as be ha"
)
_BEGINNINGS, _ENDINGS = frozenset(_PREFIX_LIKE.split()), frozenset(_ENDING_LIKE.split())
_OPENERS = (
    "entonces bueno pero ahora así también luego después vale porque aquí por en el la los las lo y si no es para "
    "cuando como esto eso este esta ok claro hoy vamos then so but and now this that the we you it in"
)
_STARTERS = frozenset(_OPENERS.split())
# "sobreajuste" and "metadatos" are words that lists lack, not two that ran together.
_COMPOUNDING = (
    "sobre entre contra auto super sub inter multi micro macro meta hiper infra pre pos post anti semi medio todo "
    "bien mal tele video foto radio tras extra ultra mono poli neuro bio geo tecno electro hidro trans"
)
_DERIVING = "mente logia logía grafia grafía metro metros lista listas less ness able ables izar"
_PREFIXES, _SUFFIXES = frozenset(_COMPOUNDING.split()), frozenset(_DERIVING.split())
_QUESTIONS = frozenset(("cuáles", "cuál", "cuántos", "cuántas", "cómo", "dónde", "quiénes"))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a text in lower case with how often each comes, and its pairs of words."""

    words: Counter[str]
    pairs: frozenset[tuple[str, str]]
    short: frozenset[str]


def vocabulary_of(texts: Iterable[str]) -> Vocabulary:
    """Return the words of a whole talk, for reading each of its sections."""
    words: Counter[str] = Counter()
    pairs: set[tuple[str, str]] = set()
    language = ""
    for text in texts:
        language = language or language_of(text)
        found = [match.group().lower() for match in _WORD.finditer(text)]
        words.update(found)
        pairs.update(pairwise(found))
    return Vocabulary(words, frozenset(pairs), _SHORT.get(language, _SHORT["es"] | _SHORT["en"]))


def readings(text: str, vocabulary: Vocabulary) -> tuple[Reading, ...]:
    """Return the words of `text` that are several run together, each with how it is also read."""
    return tuple(_readings(text, vocabulary))


def _readings(text: str, vocabulary: Vocabulary) -> Iterator[Reading]:
    for match in _WORD.finditer(text):
        token = match.group()
        if not _SHORTEST <= len(token) <= _LONGEST or vocabulary.words[token.lower()] > _RARE:
            continue
        parts = _camel(token, vocabulary) or _parted(token, text, match.start(), vocabulary)
        if parts and not _is_technical(text, match.start(), match.end()):
            yield Reading(match.start(), match.end(), " ".join(parts))


def _camel(token: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Read "finalEntonces" as the end of a sentence and the first word of the next."""
    match = _CAMEL.fullmatch(token)
    if match is None or not match[1].islower() or match[2].lower() not in _STARTERS:
        return ()
    return (match[1], match[2]) if _is_known(match[1], vocabulary) else ()


def _parted(token: str, text: str, start: int, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the words of a token that ran together, () when it is one word or a name."""
    word = token.lower()
    if token != word and (token[1:] != word[1:] or not _begins_sentence(text, start)):
        return ()
    if _is_word(word):
        return ()
    found = _likeliest(word, vocabulary)
    return (token[: len(found[0])], *found[1:]) if found else ()


def _likeliest(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the likeliest parting of a word into two to four, () when none is likelier than an unknown word."""
    best: list[dict[int, tuple[float, tuple[str, ...]]]] = [{} for _ in range(len(word) + 1)]
    best[0][0] = (0.0, ())
    for start in range(len(word)):
        if not best[start]:
            continue
        for end in range(start + 1, min(len(word), start + _LONGEST_PART) + 1):
            chance = _chance(word[start:end], vocabulary) if end - start < len(word) else 0.0
            if not chance:
                continue
            for count, (score, parts) in best[start].items():
                new = score + math.log(chance)
                if count < _MOST_WORDS and new > best[end].get(count + 1, (-math.inf, ()))[0]:
                    best[end][count + 1] = (new, (*parts, word[start:end]))
    unknown = _UNKNOWN - len(word) * _LETTER
    likely = sorted((found for found in best[-1].values() if found[0] > unknown), reverse=True)
    return next((parts for _, parts in likely if _is_sure(parts, vocabulary)), ())


def _chance(part: str, vocabulary: Vocabulary) -> float:
    """Return how likely a word is, by the text itself and the word lists; 0.0 where it is no part of a parting."""
    times = vocabulary.words[part]
    if len(part) <= 3 and part not in vocabulary.short:
        return 0.0
    listed = frequency(part)
    if not times and not listed and not is_verb_form(part):
        return 0.0
    return times / (1 + vocabulary.words.total()) + (listed + 1) / _LISTED


def _is_sure(parts: tuple[str, ...], vocabulary: Vocabulary) -> bool:
    """Say whether words are likely to have stood side by side, and not to be the pieces of one."""
    together = [pair in vocabulary.pairs for pair in pairwise(parts)]
    if (parts[0] in _BEGINNINGS and not together[0]) or (parts[-1] in _ENDINGS and not together[-1]):
        return False
    content = [part for part in parts if not _is_grammar(part, vocabulary)]
    if not content:
        return all(together)
    if len(parts) > 2:
        return max(map(len, content)) >= 5 and all(_is_said(part, vocabulary) for part in content)
    if _is_derived(parts[0], parts[1], vocabulary):
        return False
    unsaid = [part for part in content if not _is_said(part, vocabulary)]
    if len(content) == 1:
        return not unsaid or (len(unsaid[0]) >= _LONG - (parts[0] == "que") and parts[0] != "lo")
    if not any(vocabulary.words[part] for part in parts):
        return False
    return len(unsaid) <= 1 and min(map(len, parts)) >= 5 and all(len(part) >= _LONG for part in unsaid)


def _is_derived(head: str, tail: str, vocabulary: Vocabulary) -> bool:
    """Say whether two parts may be one word that lists lack: a prefix, a suffix or a plural with its stem."""
    if tail == "es":
        return head[-1] not in "aeiouáéíóúns"
    compound = head in _PREFIXES and not _is_grammar(tail, vocabulary)
    return compound or tail in _SUFFIXES or (head[-1] == "r" and tail[0] == "r")


def _is_said(part: str, vocabulary: Vocabulary) -> bool:
    """Say whether a word is one of this text, or so frequent that it may be of any."""
    return vocabulary.words[part] > 0 or (len(part) > 3 and frequency(part) >= _FREQUENT)


def _is_grammar(part: str, vocabulary: Vocabulary) -> bool:
    return part in vocabulary.short or part in _GRAMMAR


def _is_known(word: str, vocabulary: Vocabulary) -> bool:
    return vocabulary.words[word.lower()] > 1 or _is_word(word.lower())


def _is_word(word: str) -> bool:
    return frequency(word) > 0 or word in _QUESTIONS or is_verb_form(word)


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \n\"'“«¿¡(")
    return not before or before[-1] in ".!?…:"


def _is_technical(text: str, start: int, end: int) -> bool:
    left = start
    while left > 0 and not text[left - 1].isspace() and start - left < 200:
        left -= 1
    right = end
    while right < len(text) and not text[right].isspace() and right - end < 200:
        right += 1
    return _TECHNICAL.match(text[left:right].strip(".,;:!?…\"'»”)]")) is not None
