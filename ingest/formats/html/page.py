"""A page as a whole: where its text stands among menus and banners, and what its header says of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.clean import clean, one_line
from ingest.dates import iso_date
from ingest.formats.blocks import Metadata, Text
from ingest.formats.html.markdown import plain_text, render
from ingest.formats.html.tree import attribute
from ingest.model import Notice

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_TEXT_PLACES = ("main", "[role=main]", "article", "#mw-content-text", "#content", ".entry-content", ".post-content")
# A place that holds less of the page's words than this is one of several.
_MIN_SHARE = 0.4
_SAVED_FROM = re.compile(r"saved from url=\(\d{1,6}\)(\S{1,2000})")
_SITE = re.compile(r"\s+[|·•»–—-]\s+")
_TITLE_METAS = ("og:title", "citation_title", "dcterms.title", "dc.title", "twitter:title")
_AUTHOR_METAS = ("author", "citation_author", "article:author", "dcterms.creator", "dc.creator", "og:article:author")
_DATE_METAS = ("date", "article:published_time", "citation_publication_date", "citation_date", "dcterms.date",
               "dc.date", "dcterms.created", "pubdate", "datepublished")  # fmt: skip
_MOST_METAS = 300
_MOST_AUTHORS = 12
_SPACES = re.compile(r"\s+")


def read_page(tree: LexborHTMLParser, notices: tuple[Notice, ...]) -> Text:
    """Return a page's text as Markdown, and what was passed over."""
    root = tree.body or tree.root
    if root is None:
        return Text("", notices=notices)
    place = _place_of_text(root)
    around = () if place is not root else tuple(root.css("body > header, body > footer, body > aside"))
    found = render([place], around)
    told = list(notices)
    if found.pictures:
        told.append(Notice("pictures_counted", params=(("count", str(found.pictures)),)))
    if found.hidden:
        told.append(Notice("hidden_text_left_out", params=(("count", str(found.hidden)),)))
    return Text(found.text, metadata_of_page(tree, place), tuple(told))


def metadata_of_page(tree: LexborHTMLParser, place: LexborNode | None = None) -> Metadata:
    """Return what a page's header says of it; its title is without the site's name."""
    metas = _metas(tree)

    def first(names: tuple[str, ...]) -> str:
        return next((metas[name][0] for name in names if name in metas), "")

    authors = dict.fromkeys(name for key in _AUTHOR_METAS for name in metas.get(key, ())[:_MOST_AUTHORS])
    named = [name for name in authors if not name.startswith(("http://", "https://"))]
    date = first(_DATE_METAS)
    if not date and (stamp := tree.css_first("time[datetime][pubdate], article time[datetime]")) is not None:
        date = attribute(stamp, "datetime")
    return Metadata(_title(tree, first(_TITLE_METAS), place), ", ".join(named), _address(tree), "", iso_date(date))


def _place_of_text(root: LexborNode) -> LexborNode:
    """Return the element that holds the text: the first of the usual ones with enough of the page's words."""
    words = _length(root)
    for selector in _TEXT_PLACES:
        found = root.css(selector)
        if len(found) == 1 and _length(found[0]) >= _MIN_SHARE * words:
            return found[0]
    return root


def _length(node: LexborNode) -> int:
    return len(_SPACES.sub(" ", node.text()))


def _title(tree: LexborHTMLParser, given: str, place: LexborNode | None) -> str:
    """Return the header's title; where it is the only first heading with a site's name about it, that heading."""
    head = tree.css_first("head > title") or tree.css_first("title")
    title = given or (one_line(clean(head.text())) if head is not None else "")
    headings = place.css("h1") if place is not None else []
    heading = plain_text(headings[0]) if len(headings) == 1 else ""
    if heading and (not title or heading in title):
        return heading
    parts = _SITE.split(title)
    return parts[0] if len(parts) > 1 and len(parts[0]) >= len(title) / 2 else title


def _address(tree: LexborHTMLParser) -> str:
    link = tree.css_first("link[rel=canonical]")
    found = attribute(link, "href") if link is not None else ""
    if not found:
        saved = _SAVED_FROM.search((tree.html or "")[:5000])
        found = saved[1] if saved else ""
    return clean(found) if found.startswith(("http://", "https://")) and len(found) < 2000 else ""


def _metas(tree: LexborHTMLParser) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for node in tree.css("meta")[:_MOST_METAS]:
        name = (attribute(node, "name") or attribute(node, "property") or attribute(node, "itemprop")).lower()
        content = one_line(clean(attribute(node, "content")[:1000]))
        if name and content:
            metas.setdefault(name, []).append(content)
    return metas
