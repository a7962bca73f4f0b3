"""The graphics cards as the program sees them without importing llama.cpp: asked of a child, if there is a driver."""

from __future__ import annotations

import sys
from collections.abc import Callable

from kb.inference.children import ChildFailed, ChildSilent, documents
from kb.inference.devices import driver_sees_card
from kb.inference.placement import Card

SECONDS = 30.0


def cards_in_child(
    sees_card: Callable[[], bool] = driver_sees_card, platform: str = sys.platform
) -> tuple[Card, ...]:
    """Return the cards that llama.cpp can use; none, at no cost, where no driver has one.

    Every Mac's processor has one, whose driver is the system's own.
    """
    if not sees_card() and platform != "darwin":
        return ()
    try:
        told = list(documents("kb.inference.cards", [], SECONDS))
    except (ChildFailed, ChildSilent, ValueError):
        return ()
    return tuple(Card(str(each["name"]), int(each["free"]), int(each["total"])) for each in told)
