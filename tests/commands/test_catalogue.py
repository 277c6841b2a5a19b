"""The catalogue is whole and consistent, and the first-day surfaces are all made from it."""

from __future__ import annotations

from collections import Counter

import pytest

from crm_tui.commands.catalogue import BY_NAME, CATALOGUE
from crm_tui.commands.spec import Act, Command, Where
from crm_tui.ui import keys


def test_names_are_unique_and_keys_do_not_clash() -> None:
    assert len(BY_NAME) == len(CATALOGUE)
    for where in Where:
        pressed = Counter(
            key for command in keys.commands_of(CATALOGUE, where) for key in command.keys
        )
        assert [key for key, times in pressed.items() if times > 1] == []


@pytest.mark.parametrize("command", CATALOGUE, ids=lambda command: command.name)
def test_every_command_says_what_it_does_and_has_a_key(command: Command) -> None:
    assert command.keys
    assert command.title[0].isupper()
    assert not command.title.endswith(".")
    assert command.group
    assert command.name == command.name.lower().replace(" ", "-")


def test_every_verb_of_the_program_can_be_asked_for() -> None:
    assert {act.value for act in Act} <= set(BY_NAME)


def test_no_key_is_the_beginning_of_another_commands_keys() -> None:
    for where in Where:
        here = keys.commands_of(CATALOGUE, where)
        sequences = {tuple(key.split()) for command in here for key in command.keys}
        shorter = {keys[:n] for keys in sequences for n in range(1, len(keys))}
        assert sequences & shorter == set()


def test_no_key_is_a_digit_or_escape_which_mean_something_everywhere() -> None:
    pressed = {part for command in CATALOGUE for key in command.keys for part in key.split()}
    assert pressed & {*"0123456789", "escape"} == set()


def test_no_key_needs_alt_or_is_dead_on_common_layouts() -> None:
    for command in CATALOGUE:
        assert not any("alt+" in key for key in command.keys)
        assert set(command.keys) - set("'\"[]`~^")
