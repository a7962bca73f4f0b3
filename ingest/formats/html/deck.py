"""Decks as pages: those of reveal.js, Marp, remark, Slidy, S5, impress.js, dzslides, ioslides and WebSlides."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ingest.clean import clean
from ingest.formats.blocks import Slide, Slides
from ingest.formats.html.markdown import plain_text, render
from ingest.formats.html.page import metadata_of_page
from ingest.formats.html.tree import attribute
from ingest.formats.markdown.deck import Deck, Dialect, deck_in
from ingest.formats.markdown.slide import Piece, slide_of
from ingest.model import Notice

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_NOTES = (
    "aside.notes, aside.note, div.notes, div.handout, .speaker-notes, .speakernotes, div[role=note], details.notes"
)
_HEADINGS = "h1, h2, h3, h4, h5, h6"
_OUTLINE_TOOLS = re.compile(r"\b(?:slidy|s5|slideous|shower|deck|pandoc|slides?)\b", re.IGNORECASE)
_MIN_SLIDES = 3
_COVER = re.compile(r"\b(?:title-?slide|titlepage|title-page)\b")
_MARKS = re.compile(r"(?m)^#{1,6}[ \t]+")
_NO_STEPS_COUNTED = re.compile(r"countIncrementalSlides[\"']?\s*:\s*false")
_RUNNING = "header, footer, .slide-number, .slide-menu-button"


def read_deck(tree: LexborHTMLParser, notices: tuple[Notice, ...]) -> Slides | None:
    """Return the slides of a page that is a deck, with the numbers that it shows; None for another page."""
    deck = _of_markdown(tree)
    if deck is None:
        sections = next(filter(None, (find(tree) for find in _FINDERS)), ())
        deck = _deck(tree, sections) if sections else None
    if deck is None:
        return None
    return Slides(deck.slides, metadata_of_page(tree), (*notices, *deck.notices))


def _of_markdown(tree: LexborHTMLParser) -> Deck | None:
    """Read a remark page: its Markdown lies in a text area, which the page's script reads."""
    source = tree.css_first("textarea#source")
    if source is None:
        return None
    text = clean(source.text())
    if "\n---" not in text and tree.css_first(".reveal") is not None:
        return None
    scripts = "\n".join(script.text()[:20_000] for script in tree.css("script")[:50])
    return deck_in(Dialect.REMARK, {}, text, count_steps=not _NO_STEPS_COUNTED.search(scripts))


def _deck(tree: LexborHTMLParser, sections: Sequence[LexborNode]) -> Deck:
    """Read slides in order; their notes stand in them or, as Marp writes them, after them all."""
    after = _notes_of_marp(tree)
    slides: list[Slide] = []
    pictures = number = 0
    notices: list[Notice] = []
    for place, section in enumerate(sections):
        shown = attribute(section, "data-visibility") != "hidden"
        number += shown
        made, seen = _slides_of(section, max(number, 1), after.get(place, ""))
        number += max(len(made) - 1, 0)
        pictures += seen
        slides += made
        if not shown and made:
            params = (("slide", str(max(number, 1))), ("title", made[0].title))
            notices.append(Notice("slide_unshown", str(max(number, 1)), params))
    if pictures:
        notices.append(Notice("pictures_counted", params=(("count", str(pictures)),)))
    return Deck(tuple(s for s in slides if s.title or s.text or s.notes), tuple(notices))


def _slides_of(section: LexborNode, number: int, notes: str) -> tuple[list[Slide], int]:
    """Return the slide that a section is, or those that its Markdown holds, and how many pictures were passed."""
    if "data-markdown" in section.attributes:
        source = section.css_first("textarea, script[type='text/template']")
        text = clean((source or section).text())
        if "data-separator" in section.attributes:
            found = deck_in(Dialect.REVEAL, {}, text).slides
            return [Slide(number + i, each.title, each.text, each.notes) for i, each in enumerate(found)], 0
        words, _, said = text.partition("\nNote:")
        return [slide_of(Piece(number, words, notes=said))], 0
    spoken = _outer(section.css(_NOTES))
    running = (
        section.css(_RUNNING) if section.tag == "section" and "data-marpit-pagination" in section.attributes else []
    )
    said_there = frozenset(node.mem_id for node in spoken)
    heading = next((each for each in section.css(_HEADINGS) if _stands_outside(each, said_there)), None)
    title = plain_text(heading) if heading is not None else ""
    body = render([section], [*spoken, *running, *([heading] if heading is not None else [])], all_shown=True)
    said = "\n\n".join(filter(None, [attribute(section, "data-notes"), render(spoken, all_shown=True).text, notes]))
    # A cover's author and date are headings to S5.
    text = _MARKS.sub("", body.text) if _COVER.search(attribute(section, "class")) else body.text
    return [Slide(number, title, text, clean(said))], body.pictures


def _outer(nodes: Sequence[LexborNode]) -> list[LexborNode]:
    """Return those of some elements that lie in no other of them, each once."""
    # An element that answers to two selectors comes twice.
    unique = list({node.mem_id: node for node in nodes}.values())
    held = frozenset(node.mem_id for node in unique)
    return [node for node in unique if _stands_outside(node, held)]


def _stands_outside(node: LexborNode, held: frozenset[int]) -> bool:
    above = node.parent
    while held and above is not None:
        if above.mem_id in held:
            return False
        above = above.parent
    return True


def _notes_of_marp(tree: LexborHTMLParser) -> dict[int, str]:
    notes: dict[int, str] = {}
    for node in tree.css(".bespoke-marp-note[data-index]"):
        index = attribute(node, "data-index")
        if index.isdecimal() and len(index) < 6:
            notes[int(index)] = render([node], all_shown=True).text
    return notes


def _reveal(tree: LexborHTMLParser) -> Sequence[LexborNode]:
    """Return the slides of reveal.js; a section that holds sections is a stack of them."""
    found: list[LexborNode] = []
    for section in tree.css(".reveal > .slides > section"):
        stacked = [child for child in section.iter() if child.tag == "section"]
        found += stacked or [section]
    return found


def _marp(tree: LexborHTMLParser) -> Sequence[LexborNode]:
    """Return the slides of Marp; of the layers of one with a background picture, that of the text."""
    sections = tree.css("svg[data-marpit-svg] section, .marpit > section")
    return [s for s in sections if attribute(s, "data-marpit-advanced-background") not in ("background", "pseudo")]


def _outermost(selector: str) -> Callable[[LexborHTMLParser], Sequence[LexborNode]]:
    def find(tree: LexborHTMLParser) -> Sequence[LexborNode]:
        return _outer(tree.css(selector))

    return find


def _slide_classes(tree: LexborHTMLParser) -> Sequence[LexborNode]:
    """Return elements of the class `slide` where they are a deck: several, on a page that names a tool of slides."""
    nodes = [
        node for node in _outermost("div.slide, section.slide")(tree) if "backdrop" not in attribute(node, "class")
    ]
    if len(nodes) < _MIN_SLIDES:
        return ()
    named = (attribute(node, "content") for node in tree.css("meta[name=generator]"))
    loaded = (attribute(node, "src") or attribute(node, "href") for node in tree.css("script[src], link[href]")[:100])
    is_deck = any(_OUTLINE_TOOLS.search(name) for name in (*named, *loaded)) or tree.css_first(
        ".presentation, .shower"
    )
    return nodes if is_deck else ()


def _dzslides(tree: LexborHTMLParser) -> Sequence[LexborNode]:
    sections = tree.css("body > section")
    if len(sections) < _MIN_SLIDES:
        return ()
    return (
        sections
        if any("Dz" in script.text()[:50_000] for script in tree.css("body script, head script")[:20])
        else ()
    )


_FINDERS: tuple[Callable[[LexborHTMLParser], Sequence[LexborNode]], ...] = (
    _reveal,
    _marp,
    _outermost("#impress .step, .impress .step"),
    _outermost("slides > slide:not(.backdrop)"),
    _outermost("#webslides > section"),
    _dzslides,
    _slide_classes,
)
