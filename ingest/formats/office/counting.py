"""Numbers as lists print them: 3, c, iii. Pure."""

from __future__ import annotations

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_MAX_ROMAN = 3999


def numeral(number: int, shape: str) -> str:
    """Return `number` in a shape: `letter` and `roman`, or `LETTER` and `ROMAN` in capitals; digits for all else."""
    kind = shape.lower()
    if kind == "letter" and 0 < number <= 26 * 30:
        # After z come aa, bb, cc (ECMA-376-1, 17.18.59, lowerLetter).
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif kind == "roman" and 0 < number <= _MAX_ROMAN:
        text, left = "", number
        for value, sign in _ROMAN:
            text += sign * (left // value)
            left %= value
    else:
        return f"{number:02d}" if kind == "zero" else str(number)
    return text.upper() if shape.isupper() else text
