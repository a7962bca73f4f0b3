"""Who speaks in captions: voices, "NAME:", "[Name]", ">>" and the dashes of a dialogue. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.clean import folded
from ingest.formats.blocks import Cue
from ingest.formats.subtitles.shown import Line, Shown

_NAME_WORD = r"[A-ZÁÉÍÓÚÑÜ][\w.'’-]*"
_LABEL = re.compile(
    rf"(?:\[({_NAME_WORD}(?: (?:de|del|la|von|van|\d{{1,3}}|{_NAME_WORD})){{0,4}})\][ \t]*:?"
    rf"|({_NAME_WORD}(?: (?:de|del|la|von|van|\d{{1,3}}|{_NAME_WORD})){{0,4}})[ \t]?:)[ \t]+(?=\S)"
)
# What a meeting program writes before the colon, whatever a person calls themselves ("ana", "iPhone de Ana (UNAM)").
_ANY_LABEL = re.compile(r"([^:\n<>?!¿¡]{1,60}?)[ \t]?:[ \t]+(?=\S)")
_CHANGE = re.compile(r"(?:^|(?<=\s))>{2,3}[ \t]*")
# A dash alone, or one before a sentence's beginning; "-5 grados" and "—como decía—" are words.
_DASH = re.compile(r"[-–—‐][ \t]+(?=\S)|[-–—‐](?=[A-ZÁÉÍÓÚÑÜ¿¡«\"“])")
# A label of one word that comes once may as well be an ordinary word before a colon ("Ejemplo: ...").
_ENOUGH_LABELS = 2
# Share of cues with a name before a colon that only a meeting's program reaches, and how often names must come back.
_MEETING_SHARE = 0.8
_TIMES_A_NAME = 2
# Words that stand before a colon in any lecture, however often.
_NO_NAMES = frozenset(
    {
        "ejemplo", "ejemplos", "nota", "notas", "pregunta", "respuesta", "importante", "definicion", "resumen",
        "conclusion", "conclusiones", "objetivo", "objetivos", "tarea", "tareas", "atencion", "advertencia",
        "recuerda", "recordemos", "teorema", "figura", "tabla", "paso", "opcion", "ojo", "primero", "segundo",
        "tercero", "entonces", "bueno", "problema", "solucion", "resultado", "ventajas", "desventajas",
        "entrada", "salida", "example", "examples", "note", "notes", "question", "answer", "important",
        "definition", "summary", "goal", "task", "warning", "remember", "theorem", "figure", "table", "step",
        "option", "first", "second", "third", "problem", "solution", "result", "results", "input", "output",
        "so",
    }
)  # fmt: skip


def in_turns(shown: Sequence[Shown]) -> list[Cue]:
    """Return a cue for each stretch of one speaker; "" where nobody is named.

    A name before a colon or in brackets counts when it has two words or more, or comes twice, and holds until the
    next turn; a dash or ">>" begins the turn of somebody unnamed.
    """
    names = _names(shown)
    cues: list[Cue] = []
    current = ""
    for cue in shown:
        turns: list[tuple[str, str]] = []
        for line in cue.lines:
            for speaker, text, begins in _pieces(line, names):
                if line.voice:
                    current = ""
                elif begins:
                    current = speaker
                whose = line.voice or current
                if turns and not begins and turns[-1][0] == whose:
                    turns[-1] = (whose, f"{turns[-1][1]} {text}")
                else:
                    turns.append((whose, text))
        cues += (Cue(cue.begin, cue.until, who, text, cue.confidence, cue.silence) for who, text in turns)
    return cues


def _names(shown: Sequence[Shown]) -> frozenset[str]:
    """Return what counts as a name before a colon in this file."""
    labels: Counter[str] = Counter()
    anything: Counter[str] = Counter()
    for cue in shown:
        for line in cue.lines:
            if not line.voice:
                bare = _bare(line.text)
                if match := _LABEL.match(bare):
                    labels[match[1] or match[2]] += 1
                if match := _ANY_LABEL.match(bare):
                    anything[match[1].strip()] += 1
    names = {name for name, times in labels.items() if times >= _ENOUGH_LABELS or " " in name}
    often = sum(anything.values())
    if often >= max(_MEETING_SHARE * len(shown), 3) and often >= _TIMES_A_NAME * len(anything):
        names |= set(anything)
    return frozenset(name for name in names if folded(name) not in _NO_NAMES)


def _bare(text: str) -> str:
    text = _CHANGE.sub("", text, count=1) if text.startswith(">>") else text
    dash = _DASH.match(text)
    return text[dash.end() :] if dash else text


def _pieces(line: Line, names: frozenset[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield (speaker, words, whether a turn begins) of a line, parted where ">>" says that somebody else goes on."""
    for number, piece in enumerate(_CHANGE.split(line.text) if ">>" in line.text else (line.text,)):
        text = piece.strip()
        dash = _DASH.match(text)
        bare = text[dash.end() :] if dash else text
        found = _LABEL.match(bare)
        name = (found[1] or found[2]) if found else ""
        if name not in names:
            found = _ANY_LABEL.match(bare)
            name = found[1].strip() if found else ""
        if found and name in names:
            yield name, bare[found.end() :], True
        elif bare:
            yield "", bare, bool(dash) or number > 0
