"""The key terms of a text: what it sets in bold, what it defines, and acronyms with what they stand for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.clean import folded, one_line, without_marks
from ingest.formats.markdown.read import fenced

_BOLD = re.compile(
    r"(?<!\*)\*\*(?=[^\s*])([^*\n]{1,120}?)(?<=\S)\*\*(?!\*)|(?<!_)__(?=[^\s_])([^_\n]{1,120}?)(?<=\S)__(?!_)"
)
_TERM = r"([^\s.,;:¿?¡!|<>=()][^.,;:¿?¡!|<>=()\n]{1,70}?)"
_ASIDE = r"(?:[ \t]*\([^()\n]{1,80}\))?[*_]{0,3},?"
# "X es un…" at the beginning of a line, with an article before it or not; "X es el…" only of the first line, because
# elsewhere it seldom defines.
_INDEFINITE = (
    r"(?:es|son)[ \t]+(?:un[ao]?s?|cada|cualquier|aquel(?:la|los|las)?)\b|se[ \t]+refieren?[ \t]+a\b"
    r"|consisten?[ \t]+en\b|se[ \t]+definen?[ \t]+como\b|(?:is|are)[ \t]+(?:an?|any|each)\b|refers?[ \t]+to\b"
    r"|consists?[ \t]+of\b|(?:is|are)[ \t]+defined[ \t]+as\b"
)
_DEFINITE = r"(?:es|son)[ \t]+(?:el|la|los|las)\b|(?:is|are)[ \t]+the\b"
_DEFINED = re.compile(rf"{_TERM}{_ASIDE}[ \t]+(?:{_INDEFINITE})", re.IGNORECASE)
_DEFINED_FIRST = re.compile(rf"{_TERM}{_ASIDE}[ \t]+(?:{_INDEFINITE}|{_DEFINITE})", re.IGNORECASE)
_CALLED = re.compile(
    r"(?:se[ \t]+(?:denominan?|llaman?|conocen?[ \t]+como|le[ \t]+llama)"
    r"|(?:denominad|llamad|conocid)[ao]s?(?:[ \t]+como)?"
    r"|(?:is|are)[ \t]+(?:called|known[ \t]+as))[ \t]+" + _TERM.replace("{1,70}?", "{1,50}") + r"(?=[.,;:()]|$)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"[ \t]*(?:[-*+][ \t]+|\d{1,3}[.)][ \t]+)?[*_]{0,3}([^\s:.*_|][^:.*_|\n]{1,60})[*_]{0,3}:[*_]{0,3}[ \t]+\S.{15,}"
)
_ACRONYM = re.compile(r"\(([A-ZÁÉÍÓÚÑ][\w-]{1,9})(?:,[^()\n]{0,60})?\)")
_BOUNDARY = re.compile(r"[().,;:]")
_EXPANDED = re.compile(r"(?<!\w)([A-Z][\w-]{1,9})[*_]{0,3}[ \t]*\(([^()\n]{4,80})\)")
_ASKED = re.compile(
    r"(?<!por )(?<!para )(?:qu[eé][ \t]+(?:es|son|significa|se[ \t]+entiende[ \t]+por)|(?:define|definí|defina)"
    r"|what[ \t]+(?:is|are))[ \t]+([^¿?,.:;]{2,80})",
    re.IGNORECASE,
)
_INLINE = re.compile(r"`([^`\n]*)`|\$[^$\n]*\$|!?\[([^\[\]\n]*)\]\([^()\n]*\)")
_SLANT = re.compile(r"(?<!\*)\*(?=[^\s*])([^*\n]{1,120})\*(?!\*)")
_LEADING = re.compile(
    r"(?:(?:el|la|los|las|lo|un|una|unos|unas|the|an?|este|esta|estos|estas|cada|su|sus)[ \t]+)+", re.IGNORECASE
)
_LIST_MARK = re.compile(r"^(?:[-*+#>•]|\d{1,3}[.)]|[a-h]\))[ \t]+")
_LABEL_WORDS = (
    "ejemplo ejemplos ventaja ventajas desventaja desventajas nota notas paso pasos definicion intuicion objetivo "
    "objetivos resumen conclusion importante observacion pros contras pro contra caracteristicas caracteristica "
    "limitaciones limitacion proceso funcionamiento componentes usos uso aplicaciones aplicacion formula resultado "
    "resultados respuesta solucion comparacion diferencia diferencias tipos referencia referencias fuente fuentes "
    "donde entrada salida inputs input outputs output problema problemas tarea datos contexto idea concepto "
    "motivacion razon razones beneficios beneficio estructura codigo estrategia estrategias metodo metodos tecnica "
    "tecnicas modelo modelos implementacion example examples advantages advantage disadvantages note notes step "
    "steps definition intuition goal goals summary conclusion important remark cons features limitations process "
    "usage uses applications formula result results answer solution comparison difference types reference "
    "references source where problem task data context benefits structure code todo no si yes nunca siempre never "
    "always muy mas cuidado ojo consejo tip clave frase dado aqui ej"
)
_LABELS = frozenset(_LABEL_WORDS.split())
# A term has none of these: they make it a sentence, or a piece of one.
_NO_TERM_WORDS = (
    "que es son fue era esta estan hay tiene tienen puede pueden permite permiten porque pero aunque si cuando "
    "donde como cual esto eso ello se no ha han ser is are was were has have can this that it which because but if "
    "when he she they"
)
_NO_TERM = frozenset(_NO_TERM_WORDS.split())
_EDGES = frozenset(
    [
        "de",
        "del",
        "y",
        "o",
        "e",
        "u",
        "en",
        "con",
        "por",
        "para",
        "a",
        "al",
        "the",
        "of",
        "and",
        "or",
        "in",
        "with",
        "for",
        "to",
        "de",
        "la",
        "los",
        "las",
        "el",
        "un",
        "una",
    ]
)
_WORD = re.compile(r"[^\W_]+(?:[-'’./+][^\W_]+)*\+{0,2}")
_MAX_WORDS = 6
_MAX_EXPANSION = 80
_MAX_TERMS = 12
_MAX_LINE = 5_000
_MAX_LINES = 2_000


def key_terms(text: str, stem: str = "") -> tuple[str, ...]:
    """Return at most twelve terms that Markdown defines or sets in bold, in order, each once however it is written.

    `stem` is the question that the text answers; "¿Qué es X?" makes X the first. No term has more than six words.
    """
    terms: dict[str, str] = {}
    for found in (*_asked(stem), *_in_text(text)):
        term = _cleaned(found)
        if term:
            terms.setdefault(_identity(term), term)
        if len(terms) == _MAX_TERMS:
            break
    return tuple(terms.values())


def expansions(text: str) -> Iterator[tuple[str, str]]:
    """Yield each acronym that a line gives with the words whose initials it is."""
    for match in _ACRONYM.finditer(text):
        before = _BOUNDARY.split(text[max(0, match.start() - _MAX_EXPANSION) : match.start()])[-1]
        words = _words_of(match[1], before)
        if words:
            yield match[1], words
    for match in _EXPANDED.finditer(text):
        words = _words_of(match[1], match[2].partition(",")[0])
        if words:
            yield match[1], words


def _asked(stem: str) -> Iterator[str]:
    plain = _INLINE.sub(lambda m: m[1] or m[2] or " ", stem)[:_MAX_LINE].replace("*", "")
    for acronym, words in expansions(plain):
        yield from (acronym, words)
    for match in _ASKED.finditer(plain):
        asked = re.split(r"\s+(?:y|e|and)\s+(?=(?:c[oó]mo|cu[aá]l|qu[eé]|para|por|how|what|why)\b)|\(", match[1])[0]
        pair = re.split(r"\s+(?:y|e|and)\s+(?:(?:el|la|los|las|un|una|the|an?)\s+)?", asked)
        yield from pair if len(pair) == 2 and " de " not in asked else [asked]


def _in_text(text: str) -> Iterator[str]:
    lines = text.split("\n")[:_MAX_LINES]
    defined = _DEFINED_FIRST
    for line, is_code in zip(lines, fenced(lines), strict=True):
        if is_code or not line.strip() or len(line) > _MAX_LINE:
            continue
        plain = _SLANT.sub(r"\1", _INLINE.sub(lambda m: m[1] or m[2] or " ", line))
        yield from _bold(plain)
        bare = _LIST_MARK.sub("", plain.replace("*", "").strip(), count=1)
        for acronym, words in expansions(bare):
            yield from (words, acronym)
        definition = defined.match(bare)
        if definition:
            yield definition[1]
        defined = _DEFINED
        yield from (match[1] for match in _CALLED.finditer(bare))
        labelled = _LABELLED.fullmatch(plain)
        if labelled and not plain.lstrip().startswith(("|", "#")):
            yield labelled[1]


def _bold(line: str) -> Iterator[str]:
    """Yield what is bold, but for a bold line, which is a heading, and a bold label of one."""
    for match in _BOLD.finditer(line):
        words = match[1] or match[2]
        heads = words.endswith(":") or line[match.end() :].lstrip()[:1] == ":"
        if not (heads and not line[match.end() :].strip(" :")):
            yield words


def _cleaned(found: str) -> str:
    """Return a term without marks, articles and stops; "" where it is a label, a sentence or nothing to ask about."""
    term = _LIST_MARK.sub("", without_marks(found), count=1)
    term = re.sub(r"\s*\([^()]*\)", "", term).strip(" .,;:·–—-*_\"'“”«»`")
    leading = _LEADING.match(term)
    term = one_line(term[leading.end() :] if leading else term)
    words = [folded(word) for word in _WORD.findall(term)]
    if (
        not words
        or max(len(words), len(term.split())) > _MAX_WORDS
        or len(term) < 2
        or not any(char.isalpha() for char in term)
    ):
        return ""
    if (
        words[0] in _EDGES
        or words[-1] in _EDGES
        or not _NO_TERM.isdisjoint(words)
        or re.search(r"[¿?¡!=,;:$`*\\{}|<>]", term)
    ):
        return ""
    if words[0] in _LABELS and (len(words) == 1 or words[-1].isdigit() or words[1] in _EDGES or words[1] in _LABELS):
        return ""
    return "" if len(words) == 1 and (len(words[0]) < 2 or words[0].isdigit()) else term


def _identity(term: str) -> str:
    return " ".join(word.removesuffix("s") for word in _WORD.findall(folded(term)))


def _words_of(acronym: str, text: str) -> str:
    """Return the words at the end of a text whose initials are an acronym's letters, "" where they are not."""
    letters = [char for char in folded(acronym) if char.isalpha()]
    if len(letters) > 1 and letters[-1] == "s" and acronym.endswith("s"):
        letters.pop()
    words = list(_WORD.finditer(text))[-2 * len(letters) - 2 :]
    at = len(letters)
    if at < 2:
        return ""
    for match in reversed(words):
        initials = [piece[0] for piece in re.split(r"[-'’./+]", folded(match[0])) if piece]
        for initial in reversed(initials):
            at -= at > 0 and initial == letters[at - 1]
        if at == 0:
            return text[match.start() : words[-1].end()]
    return ""
