"""Which kind of answer a question asks for, by its own words, in Spanish and English. Pure.

Where the words leave it open the answer is short: a wrong list or a wrong comparison is worse than a plain sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.answer.modes.said import is_said
from kb.answer.modes.text import Asked, read
from kb.answer.modes.things import compared
from kb.model import AnswerMode

LANGUAGES = ("es", "en")

_BRIEF = re.compile(
    r"\ben (?:una|dos)(?: sola)? (?:frases?|oracion(?:es)?|palabras?|lineas?)\b|\bbrevemente\b|\ben pocas palabras\b"
    r"|\ben resumen\b|\bin (?:a|one|two) (?:single )?(?:few words|sentences?|words?|lines?)\b|\bbriefly\b"
)
_QUOTES = re.compile(
    r"\btextual(?:es|mente)?\b|\bpalabras exactas\b|\bal pie de la letra\b|^cita (?:las frases|los fragmentos)\b"
    r"|\bverbatim\b|\bexact (?:words|sentences?|quotes?)\b|^quotes? (?:the|what|from|on|about)\b"
)
_MANY = {
    "es": r"(?:tipos|clases|variantes|ventajas|desventajas|inconvenientes|beneficios|pasos|etapas|fases|partes"
    r"|componentes|capas|elementos|metodos|tecnicas|formas|maneras|estrategias|enfoques|ejemplos|caracteristicas"
    r"|propiedades|limitaciones|problemas|razones|causas|motivos|aplicaciones|usos|metricas|familias|modelos|riesgos"
    r"|factores|criterios|requisitos|herramientas|bibliotecas|recursos|desafios|retos|categorias|tareas|opciones)",
    "en": r"(?:types|kinds|sorts|variants|advantages|disadvantages|drawbacks|benefits|steps|stages|phases|parts"
    r"|components|layers|elements|methods|techniques|ways|strategies|approaches|examples|features|properties"
    r"|limitations|problems|reasons|applications|metrics|families|models|risks|factors|criteria"
    r"|requirements|tools|libraries|resources|challenges|categories|tasks|options)",
}
_COUNT = r"(?:\d+|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|two|three|four|five|six|seven|eight|nine|ten)"
_LIST = {
    "es": re.compile(
        r"(?:enumer|list)(?:a|ar|ame|arme)\b|(?:haz|hazme|hacer|dame|darme)\W+(?:una |un )?(?:lista|listado)\b"
        r"|lista de\b|cual(?:es)? (?:son|fueron|eran|serian)\b"
        rf"|que (?:{_COUNT} )?{_MANY['es']}\b(?! de los dos)"
        rf"|(?:nombra|menciona|cita|di|dame|indica)(?:r|me|rme)?\W+(?:los |las |al menos |algun[oa]s )*"
        rf"(?:{_COUNT}|{_MANY['es']}|(?:los|las) \w+)\b"
    ),
    "en": re.compile(
        r"(?:list|enumerate)\b|(?:make|give me|write)\W+(?:me )?(?:a |the )?list\b"
        r"|what (?:are|were) (?:the|some|its)\b"
        r"(?!.*\b(?:called|named|known as|used for|made of|like|doing|causing)\W*$)"
        rf"|(?:what|which) (?:{_COUNT} |main |different )*{_MANY['en']}\b"
        rf"|(?:name|give|mention|cite|state)\W+(?:me )?(?:the |some |at least |main )*(?:{_COUNT}|{_MANY['en']})\b"
    ),
}
_STEPS = re.compile(r"\bpaso a paso\b|\bpaso por paso\b|\bstep by step\b|\bstep-by-step\b")
_PROCESS = (
    r"(?:funcionan?|trabajan?|operan?|aprenden?|procesan?|(?:se )?(?:calculan?|entrenan?|hacen?|obtienen?|construyen?"
    r"|aplican?|implementan?|generan?|eligen?|resuelven?|consiguen?|logran?|usan?|utilizan?|evaluan?|miden?|derivan?"
    r"|ajustan?|crean?|codifican?|tokenizan?|reducen?|evitan?|forman?|deciden?))"
)
_DONE = (
    r"(?:done|made|built|computed|calculated|trained|implemented|obtained|applied|used|evaluated|measured|learned"
    r"|created|generated)"
)
_EXPLAIN = {
    "es": re.compile(rf"(?:explic|expliqu)\w*|describe(?:me)? (?:el|la|los|las|como)\b|como {_PROCESS}\b"),
    "en": re.compile(
        r"explain\b|describe (?:the|how)\b|how (?:do|does|to)\b|how (?:can|should) (?:i|we|you|one)\b"
        rf"|how (?:is|are|can|should)\b.{{1,80}}\b{_DONE}\b"
    ),
}
_WHY = {
    "es": re.compile(
        r"(?:(?:explic|expliqu)\w* )?(?:el )?por ?que\b"
        r"(?! (?:tipo|clase|otra|se l\w+ llam|se llam|(?:es|son) conocid))"
    ),
    "en": re.compile(r"(?:explain (?:to )?(?:me |us )?)?why\b"),
}
_ARTICLE = r"(?:el|la|los|las|un|una|unos|unas|the|an?)"
_TERM = r"(?:el |la |the )?(?:termino|concepto|palabra|sigla|siglas|expresion|term|concept|word|acronym|abbreviation)"
_DEFINE = {
    "es": re.compile(
        r"(?:que (?:es|son|era|eran)|que (?:significan?|quieren? decir)|en que consisten?|que se entiende por"
        r"|a que (?:se (?:le |les )?)?llama(?:mos|n)?|defin(?:e|ir|eme|irme)|(?:la )?definicion de"
        r"|(?:el )?concepto de)"
        rf"\W+(?:{_TERM}(?: de)?\W+)?(?:{_ARTICLE} )?(?P<name>.{{1,60}}?)\W*$"
    ),
    "en": re.compile(
        r"(?:what(?:'s|’s| is| are)|define|(?:the )?definition of|what is meant by)"
        rf"\W+(?:(?:the )?{_TERM}\W+)?(?P<article>the |an? )?(?P<name>.{{1,60}}?)\W*$"
        r"|what (?:does|do)\W+(?P<the>the |an? )?(?P<meant>.{1,60}?)\W+(?:mean|stand for|refer to)\W*$"
    ),
}
# "¿Qué es lo que…", "¿qué es mejor…", "…y para qué sirve": more is asked than a definition.
_NO_NAME = re.compile(
    r"(?:lo (?:que|mas|mejor|primero)|para|que|mejor|peor|mas|menos|eso|esto|this|that|it|there|better|more|your"
    r"|another|of|for|one|two|three"
    r"|(?:type|kind|form|part|example|synonym|number|goal|role|name|term|word) (?:of|for))\b"
    r"|.*\b(?:y|e|and)\W+(?:\w+\W+)?"
    r"(?:que|como|cuando|cual|cuant\w+|quien\w*|donde|how|why|what|when|where|which|who)\b"
    r"|.*(?:['’]s\s|\s(?:called|as|for|to|that|which|by|with|at|from|do|did|does|have|has|been|usually|now)(?:\s|$))"
    r"|.*\b(?:largest|smallest|best|first|last|main|only|most|name|used|happening|done)\b"
)
# English asks for a fact as for a definition: "what is the rate of convergence", "what is it made of".
_RELATED = re.compile(r"\s(?:of|in|on|between)(?:\s|$)")
_ENDS_OPEN = (" of", " in", " on")
_ASKS = re.compile(r"(?:que|como|cual|cuando|cuant[oa]s?|por que|para que|what|how|why|which|when|who|where)\b")


def detected(question: str, language: str, speakers: Sequence[str] = ()) -> AnswerMode:
    """Return the kind of answer that a question's own words ask for, SHORT where they do not tell.

    Words of `language` ("es", "en" or "" for unknown) count first, those of the other too: questions mix them.
    `speakers` are the library's: what one of them said is asked without the word "professor" too.
    """
    asked = read(question)
    if _QUOTES.search(asked.plain):
        return AnswerMode.QUOTES
    if is_said(asked, speakers):
        return AnswerMode.SAID
    clauses = tuple(asked.clauses())
    if any(compared(clause).things for clause in clauses):
        return AnswerMode.COMPARE
    brief = bool(_BRIEF.search(asked.plain))
    for own in sorted(LANGUAGES, key=lambda one: one != language):
        mode = _of_clauses(clauses, own)
        if mode is not AnswerMode.SHORT:
            return AnswerMode.SHORT if brief and mode is AnswerMode.EXPLAIN else mode
    return AnswerMode.EXPLAIN if _STEPS.search(asked.plain) else AnswerMode.SHORT


def asks_why(question: str) -> bool:
    """Say whether a question asks for the reason of something, and for nothing else."""
    asked = read(question)
    return not _STEPS.search(asked.plain) and _is_why([clause.plain for clause in asked.clauses()])


def _is_why(clauses: Sequence[str]) -> bool:
    """Say whether the one clause that asks something asks for a reason."""
    forms = (_ASKS, *_EXPLAIN.values(), *_WHY.values())
    asking = [clause for clause in clauses if any(form.match(clause) for form in forms)]
    return len(asking) == 1 and any(form.match(asking[0]) for form in _WHY.values())


def defined_name(question: str) -> str:
    """Return the name of what a question asks to define, as typed, "" where it asks something else."""
    for clause in read(question).clauses():
        for language in LANGUAGES:
            if name := _name(clause, language):
                return name
    return ""


def _of_clauses(clauses: Sequence[Asked], language: str) -> AnswerMode:
    """Return what the clauses of a question ask for in one language; a definition where nothing else is asked."""
    plain = [clause.plain for clause in clauses]
    if any(_LIST[language].match(clause) for clause in plain):
        return AnswerMode.LIST
    if _is_why(plain):
        return AnswerMode.SHORT
    if any(_EXPLAIN[language].match(clause) for clause in plain):
        return AnswerMode.EXPLAIN
    asking = [clause for clause in clauses if _ASKS.match(clause.plain) or _name(clause, language)]
    if len(asking) == 1 and _name(asking[0], language):
        return AnswerMode.DEFINE
    return AnswerMode.SHORT


def _name(clause: Asked, language: str) -> str:
    found = _DEFINE[language].match(clause.plain)
    if not found:
        return ""
    group = "meant" if language == "en" and found["meant"] else "name"
    start, end = found.span(group)
    name = clause.plain[start:end]
    if _NO_NAME.match(name) or not any(map(str.isalnum, name)):
        return ""
    if language == "en" and (name.endswith(_ENDS_OPEN) or (found["article"] == "the " and _RELATED.search(name))):
        return ""
    return clause.shown[start:end].strip(" \"'«»“”*_`.,()")
