"""What a slide is for: the body of a lecture, its cover, its agenda, or its farewell. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.clean import folded, one_line
from ingest.model import Role, Section

# Titles, folded and without marks, that announce what comes. Each may go on with "de hoy", "of today" or a number.
_AGENDA = re.compile(
    r"(?:\d{1,2}[.)]? )?(?:(?:el |la |nuestr[oa] |our |today.?s )?"
    r"(?:indice|contenidos?|tabla de contenidos?|agenda|temario|orden del dia|esquema|guion|hoja de ruta|plan"
    r"|programa|temas|estructura|sumario|outline|overview|contents|table of contents|roadmap|topics|schedule)"
    r"(?: (?:de|del|para|of|for) (?:la |esta |this |the |today.?s )?(?:hoy|clase|sesion|charla|presentacion|tema"
    r"|leccion|curso|today|talk|lecture|class|session|presentation))*"
    r"|(?:que|lo que) (?:veremos|vamos a (?:ver|aprender)|aprenderemos)(?: hoy)?"
    r"|objetivos(?: de (?:la|esta) (?:sesion|clase|leccion))?|(?:learning )?(?:objectives|goals)"
    r"|(?:hoy|en esta (?:clase|sesion)) (?:veremos|vamos a ver)"
    r"|de que (?:hablaremos|vamos a hablar)(?: hoy)?|what we will (?:see|cover)(?: today)?)(?: [ivx\d]{1,4})?"
)
_CLOSING = re.compile(
    r"(?:muchas |mil )?gracias\b.{0,60}"
    r"|(?:alguna |hay )?(?:preguntas?|dudas?)(?: y (?:comentarios|respuestas|dudas))?"
    r"|(?:gracias y |dudas y )?preguntas|(?:turno|ronda) de preguntas|fin(?: de la (?:clase|sesion|presentacion))?"
    r"|eso es todo.{0,20}|hasta (?:la proxima|pronto|luego|manana).{0,20}|contacto"
    r"|(?:many )?thank(?:s| you)\b.{0,60}|(?:any )?questions?(?: (?:and|&) (?:comments|answers|discussion))?"
    r"|(?:q ?(?:&|and) ?a)|the end|that.?s all.{0,20}|contact(?: information)?|discussion"
)
_SIGNS = re.compile(r"[¡!¿?*_.:…\"“”«»()]+")
_BLOCK = re.compile(r"(?m)^(?:[ \t]*[-*+][ \t]|[ \t]*\d{1,3}[.)][ \t]|\||```|~~~)|\$\$|^[ \t]*```")
_COVER_WORDS = 45
_COVERED_SLIDES = 2  # one alone is a handout, or a picture of a slide
_CLOSING_WORDS = 40
_LONGEST_TITLE = 90


def with_roles(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return slides with what each is for; only the first of several can be the cover of the deck."""
    covered = len(sections) >= _COVERED_SLIDES
    return tuple(
        replace(section, role=role_of(section, first=covered and i == 0)) for i, section in enumerate(sections)
    )


def role_of(slide: Section, first: bool = False) -> Role:
    """Return what a slide is for, told by its title and by how little stands below it.

    A slide that is a title alone announces a part of the deck: the part's cover.
    """
    title = one_line(_SIGNS.sub(" ", folded(slide.title[:_LONGEST_TITLE])))
    words = len(slide.text.split())
    if _AGENDA.fullmatch(title):
        return Role.AGENDA
    text = one_line(_SIGNS.sub(" ", folded(slide.text[:_LONGEST_TITLE])))
    says_goodbye = _CLOSING.fullmatch(title) or (not title and _CLOSING.fullmatch(text))
    if says_goodbye and words <= _CLOSING_WORDS and not slide.notes:
        return Role.CLOSING
    if first and words <= _COVER_WORDS and not _BLOCK.search(slide.text):
        return Role.COVER
    return Role.BODY if slide.text or slide.notes else Role.COVER
