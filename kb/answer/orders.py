"""Tells sentences of a document that give orders to whoever answers from it, which are no evidence of anything. Pure.

A text that shows such an order as an example, in quotation marks or as code, is left alone: a course on language
models has many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb import sentences

_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"|‘[^’]*’|(?<!\w)'[^']*'(?!\w)|```.*?```|`[^`]*`", re.DOTALL)
_WRITE = {
    "es": r"(?:responde|contesta|escribe|imprime|devuelve|repite|termina|empieza|acaba|di|muestra|revela|traduce)",
    "en": r"(?:answer|reply|respond|write|print|output|return|repeat|end|begin|start|say|show|reveal|translate)",
}
_RULES = {
    "es": r"(?:instruccion(?:es)?|instrucción|[oó]rdenes|indicaciones|reglas|normas|lo anterior|lo dicho|los apuntes"
    r"|la pregunta)",
    "en": r"(?:instructions?|orders?|rules|directions|prompts?|the above|everything|the notes|the question)",
}
_FORMS = (
    # Forget what you were told.
    rf"\b(?:ignora|olvida|descarta|omite|desobedece|no sigas|no obedezcas|haz caso omiso|no hagas caso)\b"
    rf"[^.]{{0,60}}\b{_RULES['es']}\b",
    rf"\b(?:ignore|forget|disregard|override|bypass|do not follow|don't follow|pay no attention)\b"
    rf"[^.]{{0,60}}\b{_RULES['en']}\b",
    # Write this and nothing else.
    rf"(?:^|[,:;.]\s*|\b(?:y|ahora|luego|después|entonces|siempre|por favor)\s+){_WRITE['es']}\b[^.]{{0,40}}"
    r"\b(?:solo|sólo|[uú]nicamente|siempre|exactamente|a todo|a cualquier|tus? (?:instrucciones|prompt|reglas)"
    r"|la palabra|este enlace|en may[uú]sculas|en JSON)\b",
    rf"(?:^|[,:;.]\s*|\b(?:and|now|then|always|please|must|just)\s+){_WRITE['en']}\b[^.]{{0,40}}"
    r"\b(?:only|always|exactly|to everything|to any|your (?:instructions|prompt|rules)|the word|this link"
    r"|in capitals|as JSON)\b",
    # Be somebody else.
    r"\b(?:a partir de ahora|desde ahora|de ahora en adelante)\b[^.]{0,40}"
    r"\b(?:eres|ser[aá]s|act[uú]as?|responde\w*|debes)\b",
    r"\b(?:from now on|henceforth)\b[^.]{0,40}\b(?:you|act|answer|respond)\b|\byou are now\b",
    r"\btu respuesta (?:debe|tiene que|ha de|ser[aá])\b|\byour (?:answer|reply|response) (?:must|should|will)\b",
    # You there.
    r"\b(?:nota|mensaje|instrucci[oó]n|aviso|atenci[oó]n|orden)(?:es)? (?:para|a) "
    r"(?:la IA|el (?:asistente|modelo|tutor|LLM))\b",
    r"\b(?:note|message|instructions?|attention|warning)(?: to| for)? (?:the )?(?:AI|assistant|model|LLM)\b",
    r"<\|im_(?:start|end)\|>|\[/?INST\]|<</?SYS>>|</?(?:system|assistant|user|start_of_turn|end_of_turn)>",
    r"^\W*(?:system|assistant|user|sistema|asistente|usuario)\s*:",
    r"^\W*#+\s*(?:instruction|instrucci[oó]n|system|response|respuesta)\b",
)
_ORDERS = re.compile("|".join(_FORMS), re.IGNORECASE)
_GOES_ON = re.compile(rf"\W*(?:y |and )?(?:{_WRITE['es']}|{_WRITE['en']})\b", re.IGNORECASE)


def gives_orders(sentence: str) -> bool:
    """Say whether a sentence tells who answers what to do or to write, outside quotation marks and code."""
    return bool(_ORDERS.search(_QUOTED.sub(" ", sentence)))


def plain_heading(heading: str) -> str:
    """Return a heading, "" for one that gives orders."""
    return "" if gives_orders(heading) else heading


def stating(text: str) -> Iterator[sentences.Span]:
    """Yield the sentences of a text but for orders, and for what an order goes on to tell to write."""
    ordered = False
    for span in sentences.split(text):
        sentence = span.of(text)
        ordered = gives_orders(sentence) or (ordered and bool(_GOES_ON.match(sentence)))
        if not ordered:
            yield span
