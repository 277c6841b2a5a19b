"""Themes and design tokens: every colour of the program has its name here, and its only values.

Style sheets use the tokens; they cannot define any, since a variable of one sheet does not exist in the next.  A token
is a colour, or the text style (its name ends in ``-style``) that stands in for one where there are few or none.  The
names of themes are those of `config.settings.Theme`.  It asks the terminal nothing and draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from crm_tui.config.settings import Theme as Wanted

_DEFAULT: Final = "ansi_default"
"""The terminal's own colour, of text or of the ground."""

_BY_COLOUR: Final = {
    "crm-title-style": "none",
    "crm-muted-style": "none",
    "crm-busy-style": "none",
    "crm-bad-style": "none",
    "crm-cursor-style": "none",
    "crm-cursor-title-style": "bold",
}
"""Text styles where colours do the work."""

_BY_STYLE: Final = {
    "crm-title-style": "bold",
    "crm-muted-style": "dim",
    "crm-busy-style": "underline",
    "crm-bad-style": "bold",
    "crm-cursor-style": "reverse",
    "crm-cursor-title-style": "bold reverse",
}
"""Text styles where the terminal's colours are few, unknown, or not wanted."""


def _painted(name: str, tokens: Mapping[str, str], *, dark: bool) -> Theme:
    """Make a theme with colours of its own."""
    return Theme(
        name=name,
        dark=dark,
        primary=tokens["crm-key"],
        warning=tokens["crm-busy"],
        error=tokens["crm-bad"],
        success=tokens["crm-good"],
        foreground=tokens["crm-text"],
        background=tokens["crm-ground"],
        surface=tokens["crm-ground"],
        panel=tokens["crm-panel"],
        variables={
            **_BY_COLOUR,
            **tokens,
            "crm-veil": f"{tokens['crm-ground']} 50%",
            "scrollbar": tokens["crm-rule"],
            "scrollbar-hover": tokens["crm-rule"],
            "scrollbar-active": tokens["crm-rule"],
            "scrollbar-background": tokens["crm-panel"],
            "scrollbar-background-hover": tokens["crm-panel"],
            "scrollbar-background-active": tokens["crm-panel"],
        },
    )


def _borrowed(name: str, tokens: Mapping[str, str]) -> Theme:
    """Make a theme of the terminal's own colours; what is not named is in those of plain text."""
    plain = dict.fromkeys(
        (
            "crm-ground",
            "crm-panel",
            "crm-cursor",
            "crm-text",
            "crm-strong",
            "crm-muted",
            "crm-rule",
        ),
        _DEFAULT,
    )
    colours = {name: tokens.get(name, _DEFAULT) for name in ("crm-key", "crm-busy", "crm-bad", "crm-good")}  # fmt: skip
    return Theme(
        name=name,
        ansi=True,
        primary=colours["crm-key"],
        foreground=_DEFAULT,
        background=_DEFAULT,
        variables={
            **_BY_STYLE,
            **plain,
            **colours,
            "crm-veil": "transparent",
            # What the toolkit's own sheets name, though its generator leaves it out.
            "ansi-background": _DEFAULT,
            "ansi-foreground": _DEFAULT,
            "foreground-disabled": _DEFAULT,
            "surface-active": _DEFAULT,
            "scrollbar": _DEFAULT,
            "scrollbar-hover": _DEFAULT,
            "scrollbar-active": _DEFAULT,
            "scrollbar-background": _DEFAULT,
            "scrollbar-background-hover": _DEFAULT,
            "scrollbar-background-active": _DEFAULT,
        },
    )


_NIGHT: Final = {
    "crm-ground": "#16181f",
    "crm-panel": "#1e212b",
    "crm-cursor": "#2a3149",
    "crm-text": "#c8ccd8",
    "crm-strong": "#f0f2f8",
    "crm-muted": "#959bb0",
    "crm-rule": "#6a7086",
}
"""Ground and text of the dark themes."""

DARK: Final = _painted(
    "dark",
    {
        **_NIGHT,
        "crm-busy": "#e0af68",
        "crm-bad": "#ff8fa3",
        "crm-good": "#9ece6a",
        "crm-key": "#7aa2f7",
    },
    dark=True,
)

LIGHT: Final = _painted(
    "light",
    {
        "crm-ground": "#f8f8f4",
        "crm-panel": "#ecece6",
        "crm-cursor": "#cfdcf7",
        "crm-text": "#2f3542",
        "crm-strong": "#0c0f16",
        "crm-muted": "#5a6070",
        "crm-rule": "#7d8290",
        "crm-busy": "#7d4e00",
        "crm-bad": "#b3123a",
        "crm-good": "#2c6a0f",
        "crm-key": "#1f4fc4",
    },
    dark=False,
)

COLOUR_BLIND: Final = _painted(
    "colour-blind",
    {
        **_NIGHT,
        # Yellow, orange, sea blue and blue, after Okabe and Ito, as light as the ground needs them:
        # they stay apart whichever kind of cone is missing.
        "crm-busy": "#f0e442",
        "crm-bad": "#ff8552",
        "crm-good": "#3ecbd8",
        "crm-key": "#8ea6ff",
    },
    dark=True,
)

ANSI: Final = _borrowed(
    "ansi",
    # The first eight only: a terminal of eight colours does not know the bright ones, and on some
    # grounds bright black cannot be read.
    {
        "crm-key": "ansi_cyan",
        "crm-busy": "ansi_yellow",
        "crm-bad": "ansi_red",
        "crm-good": "ansi_green",
    },
)

MONO: Final = _borrowed("mono", {})

THEMES: Final = {theme.name: theme for theme in (DARK, LIGHT, COLOUR_BLIND, ANSI, MONO)}

_RICH: Final = frozenset({"truecolor", "256"})


def theme_for(wanted: Wanted, colours: str | None) -> str:
    """Name the theme to begin with, for a terminal of which the environment says that it has these colours."""
    if wanted is not Wanted.AUTO:
        return wanted.value
    return (DARK if colours in _RICH else ANSI).name


class Colourless(LineFilter):
    """Takes all colours out of what is drawn, so that not even a "default colour" is sent."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Give the line with its text styles only."""
        return [
            Segment(text, style and _without_colour(style), control)
            for text, style, control in segments
        ]


@lru_cache(1024)
def _without_colour(style: Style) -> Style:
    return style.without_color


def begin_in(app: App[Any], name: str) -> None:
    """Let an application begin in a theme; set as later, it would read all style sheets twice at first."""
    theme = app.available_themes[name]
    app.no_color = name == MONO.name
    if theme.ansi or app.no_color:
        app.theme = name
        return
    app.set_reactive(App.theme, name)
    app.stylesheet.set_variables(app.get_css_variables())
    app.set_class(theme.dark, "-dark-mode", update=False)
    app.set_class(not theme.dark, "-light-mode", update=False)
