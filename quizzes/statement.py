"""What an answer states in one sentence that does not name its own concept: the raw material of options (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from kb.sentences import split
from quizzes.emphasis import Marked, plain
from quizzes.outline import Outline, outline
from quizzes.terms import WORD, content, focus, fold, parts, stem

SHORTEST, LONGEST = 8, 40
"""Words of a sentence that can stand as an option of a quiz."""
SHORTEST_SHOWN = 6
"""Words that must be left when the concept's name is taken away."""
FEWEST_MEANT = 3
"""Words of meaning that must be left."""
BLANK = "___"
"""Stands where a statement would name its own concept."""
MOST_BLANKS = 4
"""More would be a riddle."""

_EXAMPLE = re.compile(
    r"^\W*(?:(?:por\s+|un\s+|otro\s+)?ejemplo|por\s+lo\s+tanto|for\s+(?:example|instance)|e\.g)", re.I
)
_POINTING = re.compile(
    r"^\W*(?:(?:para\s+\w+\s+)?est[aeo]s?|es[aeo]s?|aquell[ao]s?|también|además|sin embargo|así|luego|después"
    r"|entonces|sus?|otr[ao]s?|pero|por eso|por ello|aun|aunque|en cambio"
    r"|this|that|these|those|it|they|also|however|then|so|but|its|their|hence)\b",
    re.I,
)
_DEFINITION = re.compile(
    r"^\W*(?:(?:expl[ií]ca(?:me)?|explicá|describe|describí|define|definí|explain"
    r"|(?:puedes|podés|podrías|can you|could you)\s+(?:explicar|describir|definir|explain|describe|define))\s+"
    r"(?:(?:qué|what)\s+(?:es|son|is|are)\s+)?"
    r"|qué\s+(?:es|son|significan?|se\s+entiende\s+por|se\s+(?:le\s+)?llaman?)\s+|en\s+qué\s+consisten?\s+"
    r"|what\s+(?:is|are|does)\s+|what['’]s\s+)"
    r"(?:(?:el|la|los|las|un|una|unos|unas|the|an?)\s+)?(?P<name>[^?,.;:()]{2,60}?)"
    r"(?=\s+(?:y|e|and|mean|means|stand|stands)\s|\s*[?,.;:()]|$)",
    re.I,
)
_OPENING_WORDS = """
el la los las un una unos unas lo the a an en durante con mediante para por in during with for by de del al of
y e o and or entre between su its cada each to
"""
_OPENERS = frozenset(_OPENING_WORDS.split())
_PREPOSITIONS = frozenset(["en", "durante", "con", "mediante", "para", "in", "during", "with", "for"])
_COPULA = re.compile(
    r"^(?:(?:es|son)\s+(?=(?:una?|el|la|lo|los|las)\s)|(?:is|are|was|were)\s+"
    r"|(?:es\s+)?porque\s+|(?:is\s+)?because\s+)",
    re.I,
)
_GAP = re.compile(r"^[\s,«»\"'“”]+")
_ASIDE = re.compile(r"\([^()]*\)")


_ASKS_WHAT_IT_IS = re.compile(r"\bqué\s+(?:es|son)\b|\bwhat\s+(?:is|are)\b", re.I)


class Form(StrEnum):
    """How a statement is put: a whole sentence, one with blanks, a list of labels. Options of one item share it."""

    SENTENCE = "sentence"
    CLOZE = "cloze"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing an answer says. `text` is shown and does not name its concept; `said` is the sentence as it stood.

    `names` are the stems of each name of the concept: from the question, and how the sentence itself calls it.
    """

    form: Form
    text: str
    said: str
    names: tuple[frozenset[str], ...]
    plural: bool


@dataclass(frozen=True, slots=True)
class Unstated:
    """An answer without a sentence or list that could stand as an option; `names` as in Statement."""

    names: tuple[frozenset[str], ...]


def is_definition(question: str) -> bool:
    """Tell whether a question asks what something is."""
    return bool(_DEFINITION.match(question))


def concept_name(question: str) -> str:
    """Return the name of the thing a question asks to define, "" for other questions."""
    found = _DEFINITION.match(question)
    return found["name"].strip(" *_`\"'«»") if found else ""


@lru_cache(maxsize=4_000)
def state(question: str, answer: str) -> Statement | Unstated:
    """Return the first sentence of an answer that states it, else its list of labels, else Unstated."""
    shape = outline(answer)
    about = focus(question)
    for sentence in _candidates(shape, about):
        said = plain(sentence)
        fits = SHORTEST <= len(said.text.split()) <= 2 * LONGEST
        if not fits or "\\" in said.text or said.text.endswith(":"):
            continue
        subject, predicate = _without_subject(said, about)
        calls = (*_calls(subject), concept_name(question))
        asked = _asked_names(question, said)
        contrast = any(
            name in predicate and not any(content(name) <= content(call) for call in calls) for name in asked
        )
        hidden = (*calls, *asked, *_capitalised(question))
        shown = _shortened(_blanked(said.text if contrast else predicate, hidden))
        if _reads_well(shown, is_definition(question)):
            names = dict.fromkeys((about, *filter(None, map(content, calls))))
            form = Form.CLOZE if BLANK in shown else Form.SENTENCE
            return Statement(form, _finished(shown), said.text, tuple(names), _is_plural(predicate))
    return Unstated((about,)) if _ASKS_WHAT_IT_IS.search(question) else _listed(shape, about)


def _listed(shape: Outline, about: frozenset[str]) -> Statement | Unstated:
    """Return the labels of an answer's list in one line, or Unstated when it is no list of labels."""
    labels = tuple(_label(plain(item.label).text) for item in shape.items if item.label)
    text = "; ".join(labels)
    if not 3 <= len(labels) <= 7 or len(labels) < len(shape.items) or not 5 <= len(text.split()) <= LONGEST:
        return Unstated((about,))
    return Statement(Form.LIST, _finished(text), text, (about,), plural=True)


def _candidates(shape: Outline, about: frozenset[str]) -> tuple[str, ...]:
    """Return the sentences that may define, best first: leading prose, then list items that open with the concept.

    Prose under a heading of its own speaks of that heading; it counts only where the heading is the whole concept.
    """
    leading = [text for heading, text in shape.prose[:2] if not heading or content(heading) >= about]
    first = [span.of(text) for text in leading for span in split(text)[:2]]
    opening = [split(item.text)[0].of(item.text) for item in shape.items[:2]]
    named = [one for one in opening if about & content(" ".join(one.split()[:3])) and ":" not in one[:60]]
    return tuple(one for one in (*first, *named) if not (_EXAMPLE.match(one) or _POINTING.match(one) or "?" in one))


def _without_subject(said: Marked, about: frozenset[str]) -> tuple[str, str]:
    """Return (subject, predicate): what names the concept at the beginning, and the rest; ("", all) if none does.

    The subject is made of articles and prepositions, emphasised words, the question's own words and asides. Before
    the first emphasised word one stranger is let in (`The **F1** score`, `El puntaje **F1**`).
    """
    text, end, at = said.text, 0, 0
    strangers = 1 if any(start <= 40 for start, _ in said.spans) else 0
    named = leads_in = past_mark = after_opener = False
    while True:
        begin = len(text) - len(_GAP.sub("", text[at:], count=1))
        aside, word = _ASIDE.match(text, begin), WORD.match(text, begin)
        if aside and named:
            end = at = aside.end()
            continue
        if not word or ("," in text[at:begin] and (leads_in or not _name_follows(said, begin))):
            break
        is_marked = said.is_emphasised(word.start())
        is_opener = fold(word.group()) in _OPENERS and not is_marked
        is_known = not is_opener and any(stem(piece) in about for piece in parts(word.group()))
        if is_marked or (is_known and (after_opener or not past_mark)):
            named, past_mark, end = True, past_mark or is_marked, word.end()
        elif is_opener:
            leads_in = leads_in or (at == 0 and fold(word.group()) in _PREPOSITIONS)
        elif named or not strangers or at == 0:
            break
        else:
            strangers -= 1
        after_opener, at = is_opener, word.end()
    return _cut(text, end, leads_in) if named else ("", text)


def _cut(text: str, end: int, leads_in: bool) -> tuple[str, str]:
    """Cut the subject off where a predicate follows: after a comma if a preposition led it in, else without one."""
    subject, rest = text[:end], text[end:]
    cuttable = re.match(r"\s*,\s*\w" if leads_in else r"[\s»\"”]+\w", rest)
    return (subject, rest.lstrip(' ,»"”')) if cuttable else (subject, text)


def _name_follows(said: Marked, begin: int) -> bool:
    """Tell whether a further emphasised name comes next, with or without its article."""
    following = re.compile(r"(?:(?:y|e|and|el|la|los|las|the)\s+)*(\w)", re.I).match(said.text, begin)
    return following is not None and said.is_emphasised(following.start(1))


def _calls(subject: str) -> tuple[str, ...]:
    """Return how a subject names the concept: `The Chain of Thought (CoT)` -> Chain of Thought, CoT."""
    asides = [aside for aside in re.findall(r"\(([^()]*)\)", subject) if 1 <= len(aside.split()) <= 5]
    words = _ASIDE.sub(" ", subject).split()
    while words and fold(words[0].strip(",")) in _OPENERS:
        words = words[1:]
    return tuple(name for name in (" ".join(words).strip(' ,"«»“”'), *asides) if len(name) > 1)


def _asked_names(question: str, said: Marked) -> tuple[str, ...]:
    """Return the emphasised words of an answer that the question says too."""
    asked = content(question)
    return tuple(name for name in said.emphasised if content(name) and content(name) <= asked)


def _capitalised(question: str) -> tuple[str, ...]:
    """Return the names in a question, which a string match would find: BERT, LLaMA2, Rejection."""
    words = [match.group() for match in WORD.finditer(question)][1:]
    return tuple(word for word in words if any(c.isupper() for c in word))


def _reads_well(shown: str, defines: bool) -> bool:
    """Tell whether enough of a sentence is left, and that it is no mere denial leading up to the answer."""
    left = shown.replace(BLANK, " ")
    says_enough = len(WORD.findall(left)) >= SHORTEST_SHOWN and len(content(left)) >= FEWEST_MEANT
    is_denial = not defines and fold(shown).startswith(("no ", "not "))
    return says_enough and shown.count(BLANK) <= MOST_BLANKS and not is_denial


def _blanked(text: str, names: tuple[str, ...]) -> str:
    """Replace every further mention of the concept by a blank; articles that would tell its number or gender go,
    and so does an aside that only names it."""
    for name in sorted({name for name in names if name}, key=len, reverse=True):
        pattern = r"(?<!\w)" + r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", name))) + r"(?:e?s)?(?!\w)"
        text = re.sub(pattern, BLANK, text, flags=re.I)
    text = re.sub(rf"{BLANK}(?:[\s-]+{BLANK})+", BLANK, text)
    text = re.sub(rf"\b(?:el|la|los|las|una?|unos|unas|the|an?)\s+(?={BLANK})", "", text, flags=re.I)
    return re.sub(rf"\s*\((?:{BLANK}[\s,]*)+\)", "", text)


def _shortened(text: str) -> str:
    """Cut a long statement at its last clause that fits; one that cannot be cut becomes ""."""
    words = text.split()
    if len(words) <= LONGEST:
        return text
    kept = " ".join(words[:LONGEST])
    cut = max((match.start() for match in re.finditer(r"[;:,]\s|\s\(", kept)), default=0)
    return kept[:cut] if len(kept[:cut].split()) >= LONGEST // 3 else ""


def _finished(text: str) -> str:
    """Return the statement as a sentence of its own: no copula or "because" in front, a capital, a full stop."""
    text = _COPULA.sub("", text.strip()).rstrip(" .;:,")
    return text[:1].upper() + text[1:] + ("" if text.endswith(("…", "!", "?")) else ".")


def _label(label: str) -> str:
    bare = _ASIDE.sub("", label).strip(" .;:,*_")
    is_title = any(c.isupper() or c.isdigit() for c in bare[1:])
    return bare if is_title else bare[:1].lower() + bare[1:]


def _is_plural(predicate: str) -> bool:
    """Tell by the verb whether the subject was several."""
    first = fold(predicate.split(" ", 1)[0])
    return first in ("are", "were") or (first.endswith("n") and first not in ("en", "un", "con", "in", "an"))
