"""What the views of a whole library show. All frozen."""

from __future__ import annotations

from dataclasses import dataclass

from kb.model import DocumentInfo, Passage


@dataclass(frozen=True, slots=True)
class Defined:
    """A sentence of a passage, quoted exactly, that says what a term is.

    Not `outright`, it is where a guide's answer about the term begins, and its wording is no definition.
    """

    passage: Passage
    document: DocumentInfo
    quote: str
    outright: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A key term as the library mostly writes it, and in how many passages and sessions it is.

    `other` is what an acronym stands for, or the acronym of what is mostly written in full, or "". `weight` orders
    the terms of one glossary and means nothing beside another's. `defined` comes best first; it is empty where no
    passage defines the term.
    """

    name: str
    other: str
    passages: int
    sessions: int
    weight: float
    defined: tuple[Defined, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A passage near to another: scores in [0, 1] as in kb.model.Hit, and the weightiest words that both have.

    `likeness` is above 0 for a near-duplicate; `cosine` is 0 where meaning was not compared.
    """

    passage: Passage
    document: DocumentInfo
    score: float
    keyword: float
    cosine: float
    likeness: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Similar:
    """What is near to a passage, or to a whole document (then `passage` is its first), best first.

    `model` names the embedder whose vectors were compared, "" where words alone decided.
    """

    document: DocumentInfo
    passage: Passage
    whole: bool
    near: tuple[Near, ...]
    model: str
