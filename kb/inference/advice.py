"""Which models to use on a machine, and why (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.inference.catalog import CatalogModel, Purpose
from kb.inference.footprint import CONTEXT, Footprint, footprint
from kb.inference.machine import Machine
from kb.inference.placement import CARD_SPARE

ROOMY = 8_000_000_000
"""Bytes of free memory from which a model of four thousand million numbers leaves enough to the rest of a laptop."""

CORES = 4
"""From which such a model is fast enough without a card: the one of 1.5 thousand million reads 95 tokens a second and
writes 15 on two cores, and one has to read about 400 before it begins."""

SLOW = 5.0
"""Tokens a second: below this an answer is written more slowly than it is read aloud."""


class Hub(StrEnum):
    """Whether models can come from a hub: one has, it is switched off, or only trying would tell."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Because(StrEnum):
    """Why a model is recommended, or why a larger one is not."""

    CARD = "card"
    MEMORY = "memory"
    MEASURED = "measured"
    ONLY_FITTING = "only_fitting"
    LITTLE_MEMORY = "little_memory"
    UNKNOWN_MEMORY = "unknown_memory"
    FEW_CORES = "few_cores"
    MEASURED_SLOW = "measured_slow"
    NO_HUB = "no_hub"
    NOTHING_FITS = "nothing_fits"
    SPANISH = "spanish"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason, of the model `about`, with the numbers it goes by: MB needed and free, cores, tokens a second."""

    because: Because
    about: str
    needed: int = 0
    free: int = 0
    cores: int = 0
    speed: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model of the catalogue; `speed` is its answer in tokens a second as measured here, 0 where it was not."""

    model: CatalogModel
    here: bool
    speed: float = 0.0

    @property
    def need(self) -> Footprint:
        """What it takes with the usual context."""
        return footprint(self.model.shape, self.model.bytes, CONTEXT)


@dataclass(frozen=True, slots=True)
class Advice:
    """The model to use, "" for none, and why; `otherwise` is the one to take where no hub answers."""

    model: str
    reasons: tuple[Reason, ...]
    otherwise: str = ""


def advise(purpose: Purpose, candidates: Sequence[Candidate], machine: Machine, hub: Hub) -> Advice:
    """Recommend a model: the larger of two where the machine bears it, the other else; what is for tests never."""
    wanted = [each for each in candidates if each.model.purpose is purpose and not each.model.for_tests]
    if purpose is Purpose.EMBEDDING:
        return _embedder(wanted, hub)
    larger_first = sorted(wanted, key=lambda each: -each.model.bytes)
    against: list[Reason] = []
    for number, each in enumerate(larger_first):
        last = number == len(larger_first) - 1
        verdict = _fits(each, machine) if last else _bears(each, machine, hub)
        if verdict.because not in _FOR:
            against.append(verdict)
            continue
        unsure = each.model.hub_only and not each.here and hub is Hub.UNKNOWN
        return Advice(each.model.name, (verdict, *against), larger_first[-1].model.name if unsure else "")
    return Advice("", tuple(against))


_FOR = {Because.CARD, Because.MEMORY, Because.MEASURED, Because.ONLY_FITTING, Because.UNKNOWN_MEMORY}


def _bears(each: Candidate, machine: Machine, hub: Hub) -> Reason:
    """Say why a machine can, or cannot, be expected to run a large model well."""
    name, needed, free = each.model.name, _megabytes(each.need.total), _megabytes(machine.free or 0)
    if each.model.hub_only and not each.here and hub is Hub.NO:
        return Reason(Because.NO_HUB, name)
    if 0 < each.speed < SLOW:
        return Reason(Because.MEASURED_SLOW, name, speed=each.speed)
    room = sum(max(0, card.free - CARD_SPARE) for card in machine.cards)
    if room >= each.need.total:
        return Reason(Because.CARD, name, needed=needed, free=_megabytes(room))
    if machine.free is None or machine.free < ROOMY:
        return Reason(Because.LITTLE_MEMORY, name, needed=_megabytes(ROOMY), free=free)
    if each.speed:
        return Reason(Because.MEASURED, name, needed=needed, free=free, speed=each.speed)
    if machine.cores < CORES:
        return Reason(Because.FEW_CORES, name, cores=machine.cores)
    return Reason(Because.MEMORY, name, needed=needed, free=free, cores=machine.cores)


def _fits(each: Candidate, machine: Machine) -> Reason:
    """Say whether the smallest model that is of use fits at all."""
    name, needed = each.model.name, _megabytes(each.need.total)
    if machine.free is None:
        return Reason(Because.UNKNOWN_MEMORY, name, needed=needed)
    because = Because.ONLY_FITTING if machine.free >= each.need.total else Because.NOTHING_FITS
    return Reason(because, name, needed=needed, free=_megabytes(machine.free))


def _embedder(wanted: Sequence[Candidate], hub: Hub) -> Advice:
    """Recommend the one that learnt Spanish where it can be had: the material is Spanish."""
    spoken = [each for each in wanted if not each.model.english]
    others = [each.model.name for each in wanted if each.model.english]
    for each in spoken:
        if each.here or not each.model.hub_only or hub is not Hub.NO:
            unsure = not each.here and hub is Hub.UNKNOWN
            return Advice(each.model.name, (Reason(Because.SPANISH, each.model.name),), others[0] if unsure else "")
    reasons = tuple(Reason(Because.NO_HUB, each.model.name) for each in spoken)
    return Advice(others[0] if others else "", reasons)


def _megabytes(count: int) -> int:
    return -(-count // 10**6)
