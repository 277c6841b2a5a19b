"""The user's keys: laid over the catalogue, and what is said of those that do not go together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.commands.catalogue import BY_NAME, CATALOGUE
from crm_tui.commands.remaps import NAMED_KEYS, clashes, is_key, keymap, remapped, report
from crm_tui.commands.spec import Command, Say, Where
from crm_tui.structs import replace

NOWHERE = frozenset[Where]()
"""A place of its own, until there is a second one."""


def a_command(name: str, *keys: str, where: frozenset[Where] = frozenset(Where)) -> Command:
    return Command(name, name.title(), "Any", keys, lambda _context: Say(name), where=where)


def said(*commands: Command) -> list[str]:
    return [clash.said for clash in clashes(commands)]


def keys_of(commands: tuple[Command, ...], name: str) -> tuple[str, ...]:
    return next(command.keys for command in commands if command.name == name)


def test_the_catalogue_itself_has_no_clash_and_every_key_of_it_is_one() -> None:
    assert clashes(CATALOGUE) == []
    assert all(
        is_key(part) for command in CATALOGUE for key in command.keys for part in key.split()
    )


def test_without_remaps_the_catalogue_is_as_it_was() -> None:
    assert remapped(CATALOGUE, {}) == CATALOGUE


def test_a_remap_replaces_all_keys_of_its_command_and_no_others() -> None:
    new = remapped(CATALOGUE, {"next-stage": ["n", "g n"], "no-such": ["x"]})
    assert keys_of(new, "next-stage") == ("n", "g n")
    for before, after in zip(CATALOGUE, new, strict=True):
        assert replace(after, keys=before.keys) == before


def test_the_footer_names_the_new_keys_of_commands_that_share_a_hint() -> None:
    new = {command.name: command for command in remapped(CATALOGUE, {"next-board": ["pagedown"]})}
    assert BY_NAME["previous-board"].hint_keys == "( )"
    assert new["previous-board"].hint_keys == "( PgDn"
    assert new["next-stage"].hint_keys == ""


def test_a_joint_hint_follows_the_commands_of_its_own_place() -> None:
    elsewhere = a_command("elsewhere", "k", where=NOWHERE)
    up, down = a_command("up", "k"), replace(a_command("down", "j"), hint_keys="j k")
    new = remapped([elsewhere, up, down], {"up": ["w"], "elsewhere": ["z"]})
    assert [command.hint_keys for command in new] == ["", "", "j w"]


@pytest.mark.parametrize(
    ("commands", "sentences"),
    [
        ([a_command("a", "x"), a_command("b", "y")], []),
        ([a_command("a", "x"), a_command("b", "y", "x")], ["`x` is the key of both `a` and `b`."]),
        ([a_command("a", "x"), a_command("b", "x", where=NOWHERE)], []),
        ([a_command("a", "g"), a_command("b", "g g", where=NOWHERE)], []),
        (
            [a_command("a", "g"), a_command("b", "g l")],
            ["`g l` of `b` is never reached: it begins with `g`, which is `a`."],
        ),
        (
            [a_command("a", "g l"), a_command("b", "g")],
            ["`g l` of `a` is never reached: it begins with `g`, which is `b`."],
        ),
        (
            [a_command("a", "g", "g g")],
            ["`g g` of `a` is never reached: it begins with `g`, which is `a`."],
        ),
        ([a_command("a", "g g"), a_command("b", "g l"), a_command("c", "l")], []),
        ([a_command("a", "g l"), a_command("b", "g l")], ["`g l` is the key of both `a` and `b`."]),
        ([a_command("a", "p"), a_command("b", "pageup")], []),  # a name is one key
        (
            [a_command(name, "x") for name in "abc"],
            [f"`x` is the key of both `{one}` and `{other}`." for one, other in ("ab", "ac", "bc")],
        ),
    ],
)  # fmt: skip
def test_a_clash_is_told_in_a_sentence(commands: list[Command], sentences: list[str]) -> None:
    assert said(*commands) == sentences


@pytest.mark.parametrize(
    ("remaps", "sentences"),
    [
        ({}, []),
        ({"help": ["f2", "g h"]}, []),
        ({"hlep": ["f2"]}, ["There is no command `hlep`. Did you mean `help`?"]),
        ({"Next-Stage": ["n"]}, ["There is no command `Next-Stage`. Did you mean `next-stage`?"]),
        ({"zzz": ["f2"]}, ["There is no command `zzz`."]),
        ({"help": ["j", "j"]}, ["`j` is the key of both `cursor-down` and `help`."]),
        ({"help": ["j k"]}, ["`j k` of `help` is never reached: it begins with `j`, which is `cursor-down`."]),
        ({"help": ["q"], "quit": ["?"]}, []),  # changed places
        ({"help": ["pgeup"]}, ["`pgeup` of `help` is no key. Did you mean `pageup`?"]),
        ({"help": ["ctrl-x"]}, ["`ctrl-x` of `help` is no key."]),
        (
            {"help": ["shift+g"]},
            ["`shift+g` of `help` is no key. Write the character that shift makes of it, such as `G`."],
        ),
        ({"help": ["g tba"]}, ["`tba` of `help` is no key. Did you mean `tab`?"]),
        ({"help": ["escape"]}, ["`escape` cannot be a key of `help`: it goes back everywhere."]),
        ({"help": ["g ctrl+c"]}, ["`ctrl+c` cannot be a key of `help`: it says how to leave, everywhere."]),
        ({"help": ["ctrl+q"]}, ["`ctrl+q` cannot be a key of `help`: it leaves, everywhere.",
                                "`ctrl+q` is the key of both `help` and `quit`."]),
        ({"quit": ["Y", "ctrl+q"]}, []),
        ({"help": ["5"]}, ["`5` cannot begin a key of `help`: it begins a number."]),
        ({"help": ["0", "g 5"]}, []),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_users_keys_is_told(
    remaps: dict[str, list[str]], sentences: list[str]
) -> None:
    assert report(CATALOGUE, remaps) == sentences


@pytest.mark.parametrize(
    "key", ["x", "X", "é", "+", ",", "?", "ctrl+d", "shift+tab", "ctrl+shift+f5", "alt+x", *NAMED_KEYS]
)  # fmt: skip
def test_it_is_a_key(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize(
    "key", ["", "gg", "ctrl+", "ctrl+G", "shift+g", "ctrl+ctrl+x", "meta+x", "Tab", " ", "\x1b", "pgup", "x+y"]
)  # fmt: skip
def test_it_is_no_key(key: str) -> None:
    assert not is_key(key)


sequences = st.lists(st.sampled_from("abg"), min_size=1, max_size=3).map(" ".join)
tables = st.dictionaries(
    st.sampled_from(["one", "two", "three"]), st.lists(sequences, min_size=1, max_size=3, unique=True)
)  # fmt: skip


@given(tables)
def test_no_clash_means_that_every_sequence_gives_one_command(table: dict[str, list[str]]) -> None:
    """Keys are pressed one by one until a command has them all: that finds each command, or there is a clash."""
    commands = [a_command(name, *keys) for name, keys in table.items()]

    def given_by(pressed: list[str]) -> str | None:
        for count in range(1, len(pressed) + 1):
            so_far = " ".join(pressed[:count])
            for command in commands:
                if so_far in command.keys:
                    return f"{command.name} by {so_far}"
        return None

    is_reached = all(
        given_by(keys.split()) == f"{command.name} by {keys}"
        for command in commands
        for keys in command.keys
    )
    assert is_reached == (clashes(commands) == [])


@given(
    st.dictionaries(
        st.text(max_size=5) | st.sampled_from(list(BY_NAME)),
        st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=2),
    )
)
def test_any_table_of_keys_is_reported_in_sentences(table: dict[str, list[str]]) -> None:
    assert all(sentence.endswith((".", "?")) for sentence in report(CATALOGUE, table))
    assert len(remapped(CATALOGUE, table)) == len(CATALOGUE)


@pytest.mark.parametrize(
    ("remaps", "kept"),
    [
        ({}, {}),
        ({"help": ["f2"], "no-such": ["Y"]}, {"help": ("f2",)}),
        ({"help": ["ctrl-x", "f2"], "quit": ["Y"]}, {"quit": ("Y",)}),
        ({"help": ["j"], "quit": ["Y"]}, {"quit": ("Y",)}),
        ({"help": ["Y"], "quit": ["Y"]}, {}),
        ({"help": ["q"], "quit": ["?"]}, {"help": ("q",), "quit": ("?",)}),
        ({"help": ["q"], "quit": ["ctrl-x"]}, {}),  # quit keeps its q, so help cannot have it
    ],
)
def test_commands_whose_new_keys_cannot_be_had_keep_their_own(
    remaps: dict[str, list[str]], kept: dict[str, tuple[str, ...]]
) -> None:
    found = keymap(CATALOGUE, remaps)
    for command in found.commands:
        assert command.keys == kept.get(command.name, BY_NAME[command.name].keys)
    assert clashes(found.commands) == []
    assert bool(found.report) == (set(remaps) != set(kept))


def test_the_greeting_is_one_line_and_says_where_the_rest_is() -> None:
    assert keymap(CATALOGUE, {"help": ["f2"]}).greeting == ""
    one = keymap(CATALOGUE, {"help": ["j"]}).greeting
    assert one == "settings.toml: `j` is the key of both `cursor-down` and `help`."
    two = keymap(CATALOGUE, {"help": ["j"], "hlep": ["x"]}).greeting
    assert two.endswith(" 1 more: `crm-tui keys`.")
    assert "\n" not in two


@given(tables)
def test_no_keymap_has_a_clash(table: dict[str, list[str]]) -> None:
    catalogue = [a_command("one", "x"), a_command("two", "y"), a_command("three", "z", "b b")]
    assert clashes(keymap(catalogue, table).commands) == []
