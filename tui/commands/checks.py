"""What one check of `repaso doctor` found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `advice` says what to do and is "" where all is well."""

    name: str
    ok: bool
    message: str
    advice: str = ""
