"""Every theme has every token and can be read, also by eyes that confuse some colours (J18)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.theme import Theme

import crm_tui
from crm_tui.commands.handlers.viewing import THEMES as OFFERED
from crm_tui.config.settings import Theme as Wanted
from crm_tui.paths import styles_dir
from crm_tui.ui.theme import (
    ANSI,
    COLOUR_BLIND,
    DARK,
    LIGHT,
    MONO,
    THEMES,
    Colourless,
    theme_for,
)
from tests.ui.colours import BLINDNESS, contrast, difference, linear, seen_with
from tests.ui.conftest import Sit, Sitting
from tests.world import until

MODULES = sorted((Path(crm_tui.__file__).parent / "ui").rglob("*.py"))
SOURCES = [*styles_dir().glob("*.tcss"), *MODULES]
PAINTED = (DARK, LIGHT, COLOUR_BLIND)
"""Themes with colours of their own.  Of the terminal's sixteen nobody but its user knows what they look like, so for
the others text styles are tested instead."""

GROUNDS = ("crm-ground", "crm-panel", "crm-cursor")
TEXT, RULE = 4.5, 3.0
"""What WCAG 2.1 asks for: small text (1.4.3), and what is no text but has to be seen (1.4.11)."""

CLEAR = 20.0
"""A difference in CIELAB that is plain in text of one cell's width."""


def used_tokens() -> set[str]:
    return {token for path in SOURCES for token in re.findall(r"\$(crm-[\w-]+)", path.read_text())}


def blocks() -> Iterator[tuple[str, str]]:
    """Give every innermost rule of the sheets with the text of its file."""
    for path in styles_dir().glob("*.tcss"):
        sheet = path.read_text()
        for body in re.findall(r"\{([^{}]*)\}", sheet):
            yield body, sheet


def pairs() -> set[tuple[str, str]]:
    """Give every foreground token with every ground that the styles, or a text in a list, can put it on."""
    found = set()
    for body, sheet in blocks():
        fore = re.search(r"(?<![\w-])color: \$(crm-[\w-]+)", body)
        back = re.search(r"background: \$(crm-[\w-]+)", body)
        if fore is None:
            continue
        grounds = [back[1]] if back else ["crm-ground"]
        if back is None and "background: $crm-panel" in sheet:
            grounds.append("crm-panel")
        found |= {(fore[1], ground) for ground in grounds if ground in GROUNDS}
    for path in MODULES:
        for token in re.findall(r"\$(crm-[\w-]+)", path.read_text()):
            found |= {(token, "crm-panel"), (token, "crm-cursor")}  # rows of a list, chosen or not
    return found


def edges() -> set[str]:
    found = set()
    for body, _ in blocks():
        found |= set(re.findall(r"border[\w-]*: \w+ \$(crm-[\w-]+)", body))
    return found


def test_every_theme_has_every_token_and_no_token_is_left_over() -> None:
    for theme in THEMES.values():
        tokens = {name for name in theme.variables if name.startswith("crm-")}
        assert tokens == used_tokens(), theme.name


def test_the_sheets_use_no_colour_that_is_not_a_token() -> None:
    for body, _ in blocks():
        assert re.findall(r"\$(?!crm-)[\w-]+|#[0-9a-f]{3,8}\b|\bansi_\w+", body) == []


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_toolkits_own_sheets_find_all_their_variables(theme: Theme) -> None:
    needed = DARK.to_color_system().generate().keys()
    assert needed <= {**theme.to_color_system().generate(), **theme.variables}.keys()


def test_themes_settings_and_choices_have_the_same_names() -> None:
    named = [theme.value for theme in Wanted if theme is not Wanted.AUTO]
    assert list(THEMES) == named
    assert [choice.answer for choice in OFFERED] == named


@pytest.mark.parametrize(
    ("wanted", "colours", "name"),
    [
        (Wanted.AUTO, "truecolor", "dark"),
        (Wanted.AUTO, "256", "dark"),
        (Wanted.AUTO, "standard", "ansi"),
        (Wanted.AUTO, None, "ansi"),
        (Wanted.LIGHT, "standard", "light"),
        (Wanted.COLOUR_BLIND, "256", "colour-blind"),
        (Wanted.MONO, "truecolor", "mono"),
    ],
)
def test_the_theme_at_the_start(wanted: Wanted, colours: str | None, name: str) -> None:
    assert theme_for(wanted, colours) == name


def test_the_pairs_that_are_measured_are_those_of_the_sheets() -> None:
    assert ("crm-bad", "crm-cursor") in pairs()
    assert ("crm-muted", "crm-panel") in pairs()
    assert edges() == {"crm-key", "crm-rule"}
    assert len(pairs()) > 15


@pytest.mark.parametrize("theme", PAINTED, ids=lambda theme: theme.name)
def test_text_can_be_read_on_every_ground_it_stands_on(theme: Theme) -> None:
    tokens = theme.variables
    for fore, ground in pairs():
        least = RULE if fore == "crm-rule" else TEXT
        assert contrast(tokens[fore], tokens[ground]) >= least, (fore, ground)
    for edge in edges():
        for ground in ("crm-ground", "crm-panel"):
            assert contrast(tokens[edge], tokens[ground]) >= RULE, (edge, ground)


@pytest.mark.parametrize("theme", PAINTED, ids=lambda theme: theme.name)
def test_nothing_is_dimmed_where_colours_do_the_work(theme: Theme) -> None:
    """A dimmed colour would not have the contrast that was measured."""
    assert not any("dim" in value for value in theme.variables.values())
    assert not any(re.search(r"text-style:[^;]*\bdim\b", body) for body, _ in blocks())


@pytest.mark.parametrize("blindness", [None, *BLINDNESS])
def test_what_colours_tell_apart_stays_apart_for_colour_blind_eyes(blindness: str | None) -> None:
    told = [
        linear(COLOUR_BLIND.variables[f"crm-{name}"]) for name in ("busy", "bad", "good", "key")
    ]
    seen = told if blindness is None else [seen_with(blindness, colour) for colour in told]
    assert min(difference(one, other) for one, other in combinations(seen, 2)) >= CLEAR


def test_the_measure_of_blindness_sees_what_it_should() -> None:
    red, green = linear("#c00000"), linear("#608000")
    assert difference(red, green) > 80
    assert difference(*(seen_with("deuteranopia", colour) for colour in (red, green))) < 30
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    grey = linear("#808080")
    assert all(difference(grey, seen_with(each, grey)) < 1 for each in BLINDNESS)


@pytest.mark.parametrize("theme", [ANSI, MONO], ids=lambda theme: theme.name)
def test_borrowed_colours_are_the_first_eight_and_the_cursor_is_reversed(theme: Theme) -> None:
    eight = r"ansi_(default|black|red|green|yellow|blue|magenta|cyan|white)|transparent"
    for name, value in theme.variables.items():
        if name.startswith("crm-") and not name.endswith("-style"):
            assert re.fullmatch(eight, value), name
    for name in ("crm-cursor-style", "crm-cursor-title-style"):
        assert "reverse" in theme.variables[name]
    assert theme.variables["crm-ground"] == "ansi_default"


def test_colourless_leaves_text_and_its_styles() -> None:
    segments = [Segment("a", Style.parse("bold red on blue")), Segment("b"), Segment("c", Style())]
    drawn = Colourless().apply(segments, Color(0, 0, 0))
    assert [segment.text for segment in drawn] == ["a", "b", "c"]
    assert drawn[0].style == Style(bold=True)
    assert drawn[1].style is None


def drawn(at: Sitting) -> list[list[tuple[str, str]]]:
    """Give what is on the screen with its styles, all runs of one style as one."""
    strips = at.app.screen._compositor.render_strips()
    return [[(text, str(style)) for text, style, _ in strip.simplify()] for strip in strips]


async def learned(at: Sitting) -> None:
    """Wait until the columns say what their sums are likely to bring, which comes behind the cards."""
    await until(at.crm, lambda: bool(at.crm.surroundings.weights))
    await at.pilot.pause()


@pytest.mark.parametrize(("key", "theme"), [("l", Wanted.LIGHT), ("m", Wanted.MONO)])
async def test_a_theme_is_changed_by_keys_and_looks_as_if_begun_in_it(
    sit: Sit, key: str, theme: Wanted
) -> None:
    async with sit(size=(110, 30), theme=theme) as at:
        await learned(at)
        expected = drawn(at)
    async with sit(size=(110, 30)) as at:
        await learned(at)
        before = drawn(at)
        assert before != expected
        await at.press_only("g", "c", key)
        await at.pilot.pause()
        assert drawn(at) == expected
        await at.press_only("g", "c", "d")
        await at.pilot.pause()
        assert drawn(at) == before


SCREENS = {
    ("?", "m"): "enter runs it",
    ("m",): "a letter chooses",
    ("ctrl+p",): "type part of what it does",
    ("A", "."): "to write",
    ("F", "x"): " F x",
}
"""Keys, and what is to be seen then."""


@pytest.mark.parametrize("theme", list(Wanted))
async def test_every_screen_can_be_drawn_in_every_theme(sit: Sit, theme: Wanted) -> None:
    async with sit(size=(110, 30), theme=theme) as at:
        for keys, words in SCREENS.items():
            await at.press_only(*keys)
            assert words in at.text()
            if theme is Wanted.MONO:
                used = {word for row in drawn(at) for _, style in row for word in style.split()}
                assert used <= {"bold", "dim", "underline", "reverse", "none"}
            await at.press_only("escape", "escape")
