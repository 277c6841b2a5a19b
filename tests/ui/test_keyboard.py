"""Keys become commands: sequences, numbers, what is pending, what is dropped; a held key is one press."""

from __future__ import annotations

import pytest
from textual.events import Key

from crm_tui.commands.catalogue import BY_NAME, CATALOGUE
from crm_tui.commands.spec import Command, Where
from crm_tui.ui.held_key import REPEAT, HeldKey
from crm_tui.ui.keyboard import Dropped, Given, Keyboard, Pending, key_name
from crm_tui.ui.keys import commands_of

HERE = commands_of(CATALOGUE, Where.BOARD)


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard(HERE)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (Key("full_stop", "."), "."),
        (Key("G", "G"), "G"),
        (Key("space", " "), "space"),
        (Key("ctrl+d", "\x04"), "ctrl+d"),
        (Key("pageup", None), "pageup"),
        (Key("é", "é"), "é"),
    ],
)
def test_a_key_has_the_name_that_the_catalogue_writes(event: Key, name: str) -> None:
    assert key_name(event) == name


def test_every_key_of_the_catalogue_gives_its_command(keyboard: Keyboard) -> None:
    for command in HERE:
        for key in command.keys:
            *first, last = key.split()
            assert all(isinstance(keyboard.press(part), Pending) for part in first)
            assert keyboard.press(last) == Given(command, 1)


def test_a_number_goes_before_a_motion(keyboard: Keyboard) -> None:
    assert keyboard.press("1") == Pending("1", ())
    assert keyboard.press("0") == Pending("10", ())
    assert keyboard.press("j") == Given(BY_NAME["cursor-down"], 10)
    assert keyboard.press("j") == Given(BY_NAME["cursor-down"], 1)


def test_a_number_before_anything_else_does_nothing_and_says_so(keyboard: Keyboard) -> None:
    keyboard.press("3")
    dropped = keyboard.press(".")
    assert isinstance(dropped, Dropped)
    assert "motion" in dropped.reason
    assert keyboard.press(".") == Given(BY_NAME["next-stage"], 1)


def test_a_number_cannot_grow_without_end(keyboard: Keyboard) -> None:
    for _ in range(50):
        keyboard.press("9")
    assert keyboard.press("j") == Given(BY_NAME["cursor-down"], 9999)


def test_zero_alone_is_no_number(keyboard: Keyboard) -> None:
    assert keyboard.press("0") is None


def test_the_beginning_of_a_sequence_waits_and_tells_what_can_follow(keyboard: Keyboard) -> None:
    pending = keyboard.press("g")
    assert isinstance(pending, Pending)
    assert pending.typed == "g"
    assert {command.name for command in pending.follow} >= {"cursor-first", "location"}
    assert keyboard.is_pending
    assert keyboard.press("g") == Given(BY_NAME["cursor-first"], 1)
    assert not keyboard.is_pending


def test_escape_drops_what_is_pending_and_is_nobodys_key_otherwise(keyboard: Keyboard) -> None:
    assert keyboard.press("escape") is None
    keyboard.press("g")
    assert keyboard.press("escape") == Dropped("")
    assert keyboard.press("j") == Given(BY_NAME["cursor-down"], 1)


def test_a_sequence_that_leads_nowhere_is_dropped_whole(keyboard: Keyboard) -> None:
    keyboard.press("g")
    assert keyboard.press(".") == Dropped("g . is no key here.")
    assert not keyboard.is_pending


def is_repeat(held: HeldKey, verb: Command, *, at: float) -> bool:
    """Press the key of a verb, and say whether it is still the press before."""
    held.press(verb.keys[0], at)
    return held.repeats(verb, at)


def test_a_held_verb_is_one_press_however_long_it_is_held() -> None:
    held, verb = HeldKey(), BY_NAME["next-stage"]
    pressed = [is_repeat(held, verb, at=10 + n * 0.033) for n in range(60)]
    assert pressed == [False] + [True] * 59
    assert not is_repeat(held, verb, at=20)


def test_the_same_verb_pressed_twice_on_purpose_counts_twice() -> None:
    held, verb = HeldKey(), BY_NAME["next-stage"]
    assert not is_repeat(held, verb, at=1)
    assert not is_repeat(held, verb, at=1 + REPEAT)


def test_cursor_keys_and_reordering_may_be_held() -> None:
    for name in ("cursor-down", "lower"):
        held = HeldKey()
        assert not any(is_repeat(held, BY_NAME[name], at=n * 0.01) for n in range(9))


def test_another_verb_at_once_is_another_decision() -> None:
    held = HeldKey()
    assert not is_repeat(held, BY_NAME["next-stage"], at=1)
    assert not is_repeat(held, BY_NAME["previous-stage"], at=1.01)
    assert not is_repeat(held, BY_NAME["next-stage"], at=1.02)


def test_the_same_verb_behind_the_letter_that_its_panel_took_is_pressed_anew() -> None:
    """Typed fast: follow-up, w for one week, and the same for the next record."""
    held, verb = HeldKey(), BY_NAME["follow-up"]
    assert not is_repeat(held, verb, at=1)
    held.press("w", 1.01)
    assert not is_repeat(held, verb, at=1.02)
