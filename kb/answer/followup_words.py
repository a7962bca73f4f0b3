"""The words and shapes by which a question shows that it goes on from another, in Spanish and English."""

from __future__ import annotations

import re

from kb.search.analysis_words import fold


def _set(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


ASKING_WORDS = _set(
    "ventajas desventajas ventaja desventaja inconvenientes inconveniente limitaciones sirve sirven significa "
    "funciona funcionan consiste explica explicar explique explícalo explícame explícamelo expláyate desarrolla "
    "desarróllalo amplía amplíalo detalla detállalo aclara acláralo aclaramelo resume resúmelo resumen diferencia "
    "diferencias ejemplo ejemplos otro otra otros otras más menos mejor peor detalle detalles usa usan utiliza "
    "utilizan hace hacen dice dicen dame da dime pon ponme cuenta cuéntame sigue continúa sencillo sencillas "
    "sencilla simple simples sencillamente palabras despacio paso pasos concreto concretos breve claro seguro "
    "verdad cierto razón motivo favor vez entiendo entendí entendido puedes podrías puede cada ambos ambas tiene "
    "tienen hay existen existe pasa ocurre tal importa importante advantages disadvantages advantage disadvantage "
    "explain example examples another more less better worse detail details again simpler simply words step steps "
    "continue go going sure really tell give show please mean means work works use used useful important difference "
    "differences different expand elaborate clarify summarise summarize say says further else happen happens matter "
    "matters can could would"
)
"""Folded words that ask without naming anything; beside stop words, a question of these alone is about another."""

COURTESY = _set(
    "gracias vale ok okay sí no bien perfecto genial hola adiós claro thanks thank you yes hello bye great fine"
)
"""Folded words that ask nothing."""

REQUESTS = {
    f"{fold(verb)}{person}{pronoun}": (verb, person)
    for verb in ("explica", "compara", "define", "resume", "describe", "desarrolla", "detalla", "aclara", "amplía")
    for person in ("", "me", "nos")
    for pronoun in ("lo", "la", "los", "las")
}
"""What is asked with a pronoun at its end, folded, as verb and person: "explicamelo" is "explica", "me"."""

_VERBS = (
    "es era fue tiene tenia tuvo usa utiliza hace necesita requiere ocupa resuelve aporta ofrece produce consigue "
    "mide genera contiene aprende cuesta sirve funciona consiste significa implica supone gana pierde permite "
    "mejora reduce aumenta evita calcula predice recibe devuelve guarda emplea consume tarda vale depende falla "
    "trabaja dura busca logra representa comete provoca presenta plantea soluciona sale viene surge aparece empieza "
    "termina"
)
_PLURALS = {"es": "son", "era": "eran", "fue": "fueron", "tuvo": "tuvieron"}
PLURAL_OF = {verb: _PLURALS.get(verb, f"{verb}n") for verb in _VERBS.split()}
VERBS = frozenset((*PLURAL_OF, *PLURAL_OF.values()))
"""Folded verbs that a question may end in, and then lacks what they speak of ("¿cuántos parámetros tiene?")."""

SAME_NOUNS = _set(
    "curso clase clases sesión sesiones asignatura tema unidad lección lectura charla documento diapositiva "
    "diapositivas apuntes material módulo máster año semana mes vez caso sentido momento frase texto ejercicio "
    "pregunta app programa course class lecture session subject unit lesson talk document slide slides notes module "
    "year week time case sentence text exercise question program"
)
"""Nouns that point at the course or at what was pasted, not at an earlier question ("en esta clase")."""

DETERMINERS = _set("el la los las un una unos unas del al the a an")
INTERROGATIVE = (
    r"(?:(?:a|con|de|desde|en|hasta|para|por) )?(?:que|quien|quienes|cual|cuales|como|cuando|donde|cuant[oa]s?)"
)

GOES_ON = re.compile(r"(?:y|e|pero|entonces|y entonces|and|but|so|and so|ok,?|vale,?),? (?P<rest>.+)")
ALSO = re.compile(
    r"(?:(?:y|and|but),? )?(?:what about|how about|que hay de(?P<article>l)?|que tal|y tambien|tambien) (?P<rest>.+)"
)
CONDITION = re.compile(r"(?:y si|pero si|and if|but if|what if) .+")

WHY_OR_HOW = re.compile(r"(?P<word>por que|como|why|how)(?: (?:es eso|asi|so|is that|exactamente|exactly))?")
STATES_ENGLISH = re.compile(r"(?:does|do|did|is|are|was|were|can|could|will|should|has|have) \w.+")

LACKS_SUBJECT = re.compile(
    rf"(?:{INTERROGATIVE})(?: no)?(?: (?:se|lo) (?P<any>\w+)| (?P<verb>\w+))(?P<rest> en total| exactamente)?"
)
"""Question word and verb and nothing else."""

LACKS_OWNER = re.compile(
    r"(?:que|cuant[oa]s?|cuales|cual)(?: \w+){1,3} (?P<verb>\w+)(?P<rest> en total| exactamente)?"
)
"""What, how many or which of something is had, used or done; by whom is not said."""

LACKS_PATIENT = re.compile(
    r"(?:a|con|de|desde|en|hasta|para|por|sobre) (?:que|cuant[oa]s?|cuales|cual)(?: \w+){1,2} se (?P<verb>\w+)"
)
"""By what means or where something is done; to what is not said ("¿con qué datos se entrena?")."""

KINDS = re.compile(
    r"(?:que|cuant[oa]s)(?P<verb> (?:tipos|variantes|versiones|clases|etapas|fases|partes|pasos|formas))"
    r"(?P<rest> (?:hay|existen|tiene))"
)

DIFFERS = re.compile(
    r"(?:en que|como|y)? ?(?:no )?se (?P<verb>diferencia|distingue|parece|relaciona|compara)n?"
    r"(?P<rest> (?:de|del|a|al|con) .+)"
)
COMPARES = re.compile(
    r"(?:no )?(?P<verb>es|son|era|fue)(?P<rest> (?:mejor|peor|igual|lo mismo|mas \w+|menos \w+|tan \w+)"
    r" (?:que|de|a|como)(?: (?:el|la|los|las|un|una))? [\w+-]+(?: [\w+-]+)?)"
)
SERVES = re.compile(
    r"(?:no )?(?:se )?(?P<verb>sirve|funciona|usa|utiliza|aplica|entrena|ayuda)n?(?P<rest>(?: tambien| bien| mejor)?"
    r" (?:con|para|en|como|sin)(?: (?:el|la|los|las|un|una))? [\w+-]+(?: (?:de|del) [\w+-]+| [\w+-]+)?)"
)
RELATES = re.compile(r"que (?:relacion|ver|parecido) (?P<verb>tiene|guarda)n?(?P<rest> con .+)")
CHOOSES = re.compile(
    r"(?:y )?cual(?:es)?(?: de (?:ellos|ellas|los dos|las dos|estos|estas|todos|todas))? (?:(?:es|son|seria|fue)"
    r"(?: el| la)? (?:mas|menos) [\w+-]+|(?:usa|tiene|necesita|ocupa|conviene|funciona|elijo|prefieres)\b.*"
    r"|(?:es|seria)(?: el| la)? (?:mejor|peor) (?:para|en|con) .+)"
    r"|which (?:one|ones|of (?:them|the two|those))\b.*"
    r"|which is (?:the )?(?:(?:more|less|most|least) \w+|\w+er|\w+est)"
)
DIFFERENCE_TO = re.compile(
    r"(?:que |cual es la |hay |alguna |what(?:'s| is) the |the |any )?(?:diferencias?|differences?)"
    r"(?: hay| tiene| existe)?"
    r" (?:con|respecto a|frente a|with|to|from) .+"
)
THE_SAME = re.compile(
    r"(?:y )?(?:no )?(?:pasa|ocurre|sirve|vale|sucede) (?:lo mismo|igual) (?:con|en|para) .+"
    r"|(?:does|is|would|do) (?:the same|it the same|that the same|this the same)\b.*"
)

CLITIC = re.compile(
    rf"(?P<ask>{INTERROGATIVE}(?: no)?) (?P<pronoun>lo|la|los|las) (?P<verb>\w+)"
    r"(?P<rest>(?: en \w+| por primera vez| y \w+| y por que)?)"
)
OBJECT = re.compile(
    rf"(?:{INTERROGATIVE} )?(?:no )?(?:tambien )?"
    r"(?:lo (?P<verb>\w+)|l[ao]s? (?:usan?|utilizan?|necesitan?|hacen?|aplican?))(?: .+)?"
)
INFINITIVE = re.compile(r"\b(?P<verb>\w*[^\W\d_](?:ar|er|ir))(?P<pronoun>lo|la|los|las)\b")
NO_INFINITIVE = _set("charla charlas perla perlas carla carlos merlo parla parlas burla burlas mirlo mirlos birla")

NEUTER = re.compile(r"\b(?:eso|esto|aquello|ello)\b(?! de\b| es\b)")
PERSONAL = re.compile(r"\b(?:él|ella|ellos|ellas)\b")
DEMONSTRATIVE = re.compile(
    r"\b(?P<this>est[ea]|est[ao]s|es[ea]|es[ao]s|aquel|aquella|aquellos|aquellas|dich[oa]s?|this|that|these|those)"
    r" (?P<noun>[\w-]+)"
)
POSSESSIVE = re.compile(r"\b(?:su|sus|its|their) [\w-]+")
QUOTES_SOMETHING = re.compile(r"[:«“\"„]")

ENGLISH_PRONOUN = re.compile(r"\b(?P<word>it|they|them|this|that|these|those)\b")
EXPLETIVE = re.compile(
    r"\bit (?:\w+ )?(?:possible|necessary|true|better|worse|good|bad|a (?:good|bad) idea|worth|sense|easier|harder"
    r"|hard|easy|difficult|useful|important|enough|common|safe|ok|okay|correct|mean|take|matter|best|called|determined|decided|shown|known|said|thought|found|discovered|estimated)\b"
    r".* (?:to|that|if|whether|when|for|by|of|how|what|who|which) \w+|\bit (?:takes?|depends?|seems?|rains?)\b"
)
AFTER_SUBJECT = _set(
    "work works mean means do does help helps happen differ compare relate use used have has need needs improve "
    "make called learn good better different important useful for"
)
PREPOSITION = re.compile(
    r"(?P<word>frente al?|comparad[oa]s? con|en comparación con|(?:con )?respecto al?|a diferencia del?|contra"
    r"|versus|vs\.?|compared (?:to|with)|against|unlike|en|para|con|sin|por|de|a|sobre|desde|in|for|with|without|on"
    r"|by|from|at|of) (?P<object>.+)"
)
