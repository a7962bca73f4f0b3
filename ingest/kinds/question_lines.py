"""What a line of a study guide looks like: its number, its form, and whether it reads like a question. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from ingest.clean import folded, one_line


class Style(Enum):
    """How a guide counts its questions; NONE where it prints no numbers."""

    DECIMAL = "1"
    NESTED = "1.1"
    ROMAN = "I"
    LETTER = "a"
    NONE = ""


# Words that say that a question comes ("Pregunta 3", "P3:", "Q3."); the one-letter ones only before a digit.
_WORD = (
    r"(?P<word>(?i:(?:pregunta|cuesti[oó]n|question|ejercicio|exercise|problema|problem|preg)[ \t]*\.?[ \t]*"
    r"(?:n\.?[ºo°]\.?[ \t]*|n[úu]m\.[ \t]*|#[ \t]*)?|[pq]\.?[ \t]?(?=\d)))?"
)
_NUMBER = r"[(\[]?(?P<number>\d{1,3}(?:\.\d{1,3}){1,3}|\d{1,4}|[IVXLC]{1,7}|[A-Za-z])(?![^\W_])(?:\.?[ºª°])?"
_SEPARATOR = r"(?P<separator>[ \t]*\\?[.):\]]{1,2}(?:[ \t]*[-–—])?|[ \t]*[-–—])?"
_NUMBERED = re.compile(
    r" {0,3}(?:(?P<heading>#{1,6})[ \t]+|(?P<item>[-*+][ \t]+))?(?P<open>\*{1,3}|_{1,3})?"
    + _WORD
    + _NUMBER
    + _SEPARATOR
    + r"(?P<close>\*{1,3}|_{1,3})?(?P<late>[ \t]*[:.)])?(?P<space>[ \t]*)(?P<text>.*)"
)
_UNNUMBERED = re.compile(r" {0,3}(?:(?P<heading>#{1,6})[ \t]+|(?P<item>[-*+][ \t]+))?(?P<text>\S.*)")
_LABELLED = re.compile(
    r" {0,3}(?:(?P<heading>#{1,6})[ \t]+|(?P<item>[-*+][ \t]+))?(?P<open>\*{1,3}|_{1,3})?"
    r"(?i:pregunta|question|[pq])[ \t]*(?P<before>\*{1,3}|_{1,3})?:(?P<after>\*{1,3}|_{1,3})?[ \t]*(?P<text>.*)"
)
_ROMAN = re.compile(r"(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
# Imperatives that ask for an answer, folded: tú and vos, usted, and English. Infinitives are left out, because items
# of lists begin with them.
_IMPERATIVES = (
    "explica explique describe describi describa define defini defina compara compare menciona mencione enumera "
    "enumere lista liste nombra nombre calcula calcule demuestra demostra demuestre justifica justifique discute "
    "discuti discuta analiza analice disena disene implementa implemente escribe escribi escriba indica indique "
    "resume resumi resuma relaciona relacione clasifica clasifique dibuja dibuje propon propone proponga "
    "interpreta interprete distingue distingui distinga diferencia diferencie argumenta argumente comenta comente "
    "evalua evalue ilustra ilustre identifica identifique deriva derive deduce esboza esboce contrasta contraste "
    "detalla detalle expon expone exponga habla hable cuenta conta muestra mostra muestre da di deme dame prueba "
    "pruebe verdadero explain describe define compare mention enumerate list name calculate compute prove justify "
    "discuss analyse analyze design implement write state summarise summarize classify draw propose interpret "
    "distinguish argue evaluate illustrate identify derive sketch contrast give outline show tell true"
)
_ASKING_WORDS = frozenset(_IMPERATIVES.split())
_INTERROGATIVES = (
    "que cual cuales como cuando cuanto cuanta cuantos cuantas donde quien quienes por para en de a con what which "
    "how when where who why whose is are does do can could should would in on for"
)
_ENGLISH_ASKING = frozenset(_INTERROGATIVES.split())
_ASKING = re.compile(
    r"[¿*_ ]*(?:(?:a|ante|con|de|desde|en|hacia|hasta|para|por|segun|sobre|y|si)[ ]+){0,2}"
    r"(?:que|cual|cuales|como|cuando|cuant[ao]s?|donde|quien|quienes|what|which|how|when|where|who|why|whose)\b"
)
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_LABEL = re.compile(r"(?:\*\*|__)[^*_\n]{1,80}(?::(?:\*\*|__)|(?:\*\*|__):)")
_MIN_WORDS = 3
_MAX_PLAIN = 400


@dataclass(frozen=True, slots=True)
class Line:
    """A line that may be a question: its index, its number, and its text without them.

    `number` is 0 for Style.NONE and the last part of a nested one, whose parts before it are `outer` ("2" in "2.3").
    `form` is how it is set: "h3", "item", "bold" or "plain", with "+" where a word ("Pregunta") says what it is.
    `opens` says whether an empty line or a heading stands before it.
    """

    index: int
    number: int
    style: Style
    form: str
    text: str
    outer: str = ""
    opens: bool = True

    @property
    def asks(self) -> bool:
        """Whether it reads like a question or a task, or says that it is one."""
        return self.form.endswith("+") or self.marked or _commands(self.text)

    @property
    def marked(self) -> bool:
        """Whether it has a question mark."""
        return "?" in self.text or "¿" in self.text

    @property
    def states(self) -> bool:
        """Whether it could be a task in words we do not know: a sentence, not a label before a colon."""
        words = len(self.text.split())
        return words >= _MIN_WORDS and not self.text.endswith(":") and not _LABEL.match(self.text)

    @property
    def level(self) -> int:
        """The level of the heading that it is, 0 where it is none."""
        return int(self.form[1]) if self.form[0] == "h" else 0


def begins_asking(stem: str) -> bool:
    """Say whether a stem begins with an interrogative, perhaps after a preposition: what one studies begins so."""
    return _ASKING.match(folded(stem[:60])) is not None


def without_wrapping(text: str) -> str:
    """Return a line without the emphasis that wraps all of it."""
    text = text.strip()
    if not text.startswith(("*", "_")):
        return text
    for mark in ("***", "**", "__", "*", "_"):
        inner = text[len(mark) : -len(mark)]
        if len(text) > 2 * len(mark) and text.startswith(mark) and text.endswith(mark) and mark not in inner:
            return inner.strip()
    return text


def numbered_lines(lines: Sequence[str], code: Sequence[bool]) -> list[Line]:
    """Return the lines outside code that begin with a number, numeral or letter; "I." and "C." are both at once."""
    found: list[Line] = []
    for i, line in enumerate(lines):
        if not code[i] and (match := _NUMBERED.fullmatch(line)):
            found += _numbered(match, i, opens=_opens(lines, i))
    return found


def unnumbered_lines(lines: Sequence[str], code: Sequence[bool]) -> list[Line]:
    """Return the lines outside code that are wholly a question without a number, or begin with "Q:"."""
    found = (
        _unnumbered(lines, i) for i, line in enumerate(lines) if not code[i] and line.strip() and len(line) < 2000
    )
    return [line for line in found if line is not None]


def _opens(lines: Sequence[str], i: int) -> bool:
    return i == 0 or not lines[i - 1].strip() or lines[i - 1].lstrip().startswith("#")


def _commands(text: str) -> bool:
    word = _FIRST_WORD.match(folded(text[:40].lstrip("¿¡*_ ")))
    return word is not None and word[0] in _ASKING_WORDS


def _numbered(match: re.Match[str], i: int, *, opens: bool) -> Iterator[Line]:
    number, text = match["number"], match["text"].strip()
    separator = match["separator"] or match["late"] or ""
    # A heading that is only a number says that its question comes below.
    worded = bool(match["word"]) or (bool(match["heading"]) and not text)
    bare = text.lstrip("*_ ").startswith("¿") and match["space"] != "" and number.isdigit()
    if not (separator or worded or bare or "." in number) or (text[:1].isdigit() and not match["space"]):
        return
    if not text and not worded:
        return
    if match["close"] and not match["open"]:
        # "1.**Label:** words": the bold is the text's own.
        text = f"{match['close']}{text}"
    whole = without_wrapping(text)
    form = _form(match, bold=bool(match["open"]) or (whole != text and text.startswith(("**", "__"))))
    if match["open"] and not match["close"]:
        whole = (
            whole.removesuffix(match["open"])
            if whole.endswith(match["open"])
            else whole.replace(match["open"], "", 1)
        )
    form += "+" if worded else ""
    for style, value, outer in _values(number, separator, worded=worded):
        yield Line(i, value, style, form, one_line(whole), outer, opens)


def _form(match: re.Match[str], *, bold: bool) -> str:
    if match["heading"]:
        return f"h{len(match['heading'])}"
    return "item" if match["item"] else "bold" if bold else "plain"


def _values(number: str, separator: str, *, worded: bool) -> Iterator[tuple[Style, int, str]]:
    """Yield what a printed number may mean."""
    if number.isdigit():
        yield Style.DECIMAL, int(number), ""
        return
    if "." in number:
        outer, _, last = number.rpartition(".")
        yield Style.NESTED, int(last), outer
        return
    if not separator.strip(" \t-–—") and not worded:
        return
    if number.isupper() and _ROMAN.fullmatch(number):
        values = [_ROMAN_VALUES[letter] for letter in number]
        yield Style.ROMAN, sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True)), ""
    if len(number) == 1 and ":" not in separator:
        yield Style.LETTER, ord(number.lower()) - ord("a") + 1, ""


def _unnumbered(lines: Sequence[str], i: int) -> Line | None:
    labelled = _LABELLED.fullmatch(lines[i])
    if labelled:
        text = labelled["text"].strip()
        if labelled["open"] and not (labelled["before"] or labelled["after"]):
            text = text.replace(labelled["open"], "", 1)
        return Line(
            i, 0, Style.NONE, _form(labelled, bold=bool(labelled["open"])) + "+", one_line(without_wrapping(text))
        )
    match = _UNNUMBERED.fullmatch(lines[i])
    if match is None:
        return None
    text = match["text"].strip()
    whole = without_wrapping(text.rstrip("#").strip() if match["heading"] else text)
    form = _form(match, bold=whole != text and text.startswith(("**", "__")))
    following = lines[i + 1] if i + 1 < len(lines) else ""
    asks = _is_question(whole, following) or (form[0] in "hb" and (_is_task(whole) or _ends_asking(whole)))
    return Line(i, 0, Style.NONE, form, one_line(whole), opens=_opens(lines, i)) if asks else None


def _is_question(text: str, following: str) -> bool:
    """Say whether a text is a question from its first word to its last, which may stand on the following line."""
    if len(text) > _MAX_PLAIN:
        return False
    ends = text.rstrip(" *_)").endswith("?")
    if text.lstrip("*_").startswith("¿"):
        return ends or ("?" in text and _commands(text.rpartition("?")[2])) or ("?" not in text and "?" in following)
    word = _FIRST_WORD.match(folded(text[:40].lstrip("*_ ")))
    return ends and word is not None and (word[0] in _ENGLISH_ASKING or word[0] in _ASKING_WORDS)


def _ends_asking(text: str) -> bool:
    """Say whether a text comes to a question at its end ("Tengo pocos datos, ¿qué hago?")."""
    return "¿" in text and text.rstrip(" *_)").endswith("?") and len(text) <= _MAX_PLAIN


def _is_task(text: str) -> bool:
    return _commands(text) and len(text.split()) >= _MIN_WORDS and not text.endswith(":")
