"""XML parsed as data: no entity expanded, nothing fetched, no file opened, depth and size bounded by libxml2.

Names are written as lxml has them, `{namespace}local`; `local_name` leaves the namespace out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

    from lxml.etree import XMLParser, _Element

    Element: TypeAlias = _Element
else:
    Element = object  # a name for signatures alone: lxml is loaded when there is XML to read

_FALSE = ("0", "false", "off", "no")
_DECLARED = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """An XML text's root; `damage` says what is wrong where only a part of it could be read, and is "" otherwise."""

    root: Element
    damage: str = ""


def parse_xml(data: bytes) -> Parsed | None:
    """Return the root of an XML text, of the readable part of a broken one, or None when nothing can be read.

    A document type is no part of any office file; one with it is read without, and counts as broken.
    """
    from lxml import etree

    damage = "DOCTYPE" if _DECLARED.search(data[:4096]) else ""
    try:
        root = etree.fromstring(data, _parser(False))
    except (etree.LxmlError, ValueError, AssertionError) as error:
        damage = damage or " ".join(str(error).split())[:200] or "XML"
        root = _mended(data)
    if root is None:
        return None
    if root.getroottree().docinfo.internalDTD is not None:
        damage = damage or "DOCTYPE"
    return Parsed(root, damage)


def _mended(data: bytes) -> Element | None:
    """Return what libxml2 makes of broken XML: all before the break, and what after it still fits."""
    from lxml import etree

    try:
        root: Element | None = etree.fromstring(data, _parser(True))
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return root


@cache
def _parser(recover: bool) -> XMLParser:
    from lxml import etree

    # Comments, instructions and unexpanded entities would be nodes without a name, which no reader looks for.
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def local_name(element: Element) -> str:
    """Return an element's name without its namespace; "" for an entity, which has no name."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element | None, name: str, default: str = "") -> str:
    """Return the attribute of this local name, in whatever namespace; `default` without it or without element."""
    if element is None:
        return default
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return default


def child(element: Element | None, *names: str) -> Element | None:
    """Return the first child of the first local name, its first child of the second, and so on, or None."""
    for name in names:
        if element is None:
            return None
        element = next((each for each in element if local_name(each) == name), None)
    return element


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield the children of any of these local names, in order."""
    if element is not None:
        yield from (each for each in element if local_name(each) in names)


def descendants(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield the elements below (and this one) of any of these local names, in order."""
    if element is not None:
        yield from (each for each in element.iter() if local_name(each) in names)


def is_on(element: Element | None, name: str = "val") -> bool:
    """Say whether a switch such as `<w:b/>` is there and not turned off."""
    return element is not None and attribute(element, name, "1").lower() not in _FALSE


def chosen(element: Element) -> Iterator[Element]:
    """Yield the children, where `mc:AlternateContent` stands those of its first choice that holds any.

    Source: ECMA-376-3, section 9.3; a reader that knows the extensions takes the choice, not the fallback.
    """
    for each in element:
        if local_name(each) != "AlternateContent":
            yield each
            continue
        options = [*children(each, "Choice"), *children(each, "Fallback")]
        option = next((option for option in options if len(option)), None)
        yield from chosen(option) if option is not None else ()


def relation_id(element: Element | None, name: str = "id") -> str:
    """Return the id of the relation that an element names by `r:id` (or `r:embed`, `r:dm`); "" without one."""
    if element is not None:
        for key, value in element.attrib.items():
            space, _, local = str(key).rpartition("}")
            if local == name and space.endswith("/relationships"):
                return str(value)
    return ""


def outermost(element: Element, *names: str) -> list[Element]:
    """Return the elements below of any of these local names, in order, without those inside another one."""
    found: list[Element] = []
    waiting = list(reversed(list(chosen(element))))
    while waiting:
        each = waiting.pop()
        if local_name(each) in names:
            found.append(each)
        else:
            waiting += reversed(list(chosen(each)))
    return found
