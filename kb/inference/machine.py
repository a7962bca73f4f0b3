"""What this machine is, as far as a model's speed depends on it."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.inference.cores import physical_cores
from kb.inference.free_memory import ROOT, free_memory
from kb.inference.placement import Card


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as of now: cores a model may use, bytes of memory that are free (None unknown), its cards."""

    processor: str
    cores: int
    free: int | None
    cards: tuple[Card, ...] = ()

    @property
    def key(self) -> str:
        """What its measurements are known by: what it is made of, and not how busy it is."""
        parts = (self.processor, f"{self.cores} cores", *(card.name for card in self.cards))
        return " | ".join(" ".join(part.split()) for part in parts)


def this_machine(cards: Sequence[Card] = ()) -> Machine:
    """Look at this machine; its cards are the caller's to find, as that takes a process."""
    return Machine(processor_name(), physical_cores(), free_memory(), tuple(cards))


def processor_name(root: Path = ROOT) -> str:
    """Return the processor's name as the system gives it (proc(5) on Linux), else its architecture."""
    try:
        named = re.search(r"^model name\s*:\s*(\S.*)$", (root / "proc/cpuinfo").read_text("utf-8", "replace"), re.M)
    except OSError:
        named = None
    return named[1].strip() if named else platform.processor() or platform.machine() or os.name
