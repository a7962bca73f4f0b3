"""The app's own colours; any of Textual's themes can be chosen instead."""

from __future__ import annotations

from textual.theme import Theme

REPASO = Theme(
    name="repaso",
    primary="#7fb4ca",
    secondary="#957fb8",
    accent="#e6c384",
    foreground="#dcd7ba",
    background="#16161d",
    surface="#1f1f28",
    panel="#2a2a37",
    success="#98bb6c",
    warning="#ffa066",
    error="#ff5d62",
    dark=True,
    variables={
        "footer-key-foreground": "#e6c384",
        "footer-description-foreground": "#c8c093",
        "footer-background": "#2a2a37",
        "block-cursor-background": "#2d4f67",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#223249",
        "block-cursor-blurred-foreground": "#dcd7ba",
        "input-cursor-background": "#dcd7ba",
        "input-selection-background": "#2d4f67",
    },
)
