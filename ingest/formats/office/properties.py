"""A file's title and author as its program's properties say, without what the program itself filled in. Pure."""

from __future__ import annotations

import re

from ingest.clean import clean, one_line
from ingest.formats.blocks import Metadata

# What Office, LibreOffice, Google, Keynote and libraries call a document that nobody named, and names of files.
_NO_TITLE = re.compile(
    r"powerpoint presentation|presentaci[óo]n de powerpoint|presentaci[óo]n(?: ?\d+)?|presentation(?: ?\d+)?"
    r"|microsoft (?:word|powerpoint)\b.*|word document|documento?(?: ?\d+)?|document1|untitled.*|sin t[íi]tulo.*"
    r"|documento sin t[íi]tulo|(?:slide|diapositiva|title|t[íi]tulo) ?\d*|click to .*|haga clic .*"
    r"|.*\.(?:docx?|pptx?|odt|odp|tex|pdf|indd|key|md|html?|[dp]ot[xm]|pp[st][xm]?)|.*[\\/].*[\\/].*|[a-z]:\\.*",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"user|usuario(?: de windows)?|windows user|admin(?:istrator|istrador)?|root|unknown|desconocido|anonymous"
    r"|an[óo]nimo|microsoft(?: office)?(?: user)?|usuario de microsoft office|windows|apache poi|python-docx"
    r"|python-pptx|steve canny|author|autor|libreoffice.*|pc|hp|dell|lenovo|asus|acer|.*[\\/].*",
    re.IGNORECASE,
)
# Nobody writes longer ones.
_MAX_CHARACTERS = 500


def properties(title: str, author: str) -> Metadata:
    """Return what a person wrote of title and author; "" for what a program did."""
    title, author = (one_line(clean(text[:_MAX_CHARACTERS])) for text in (title, author))
    return Metadata("" if _NO_TITLE.fullmatch(title) else title, "" if _NO_AUTHOR.fullmatch(author) else author)
