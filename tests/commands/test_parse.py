"""Typed commands: what a line means, and where it goes wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.commands.catalogue import BY_NAME
from crm_tui.commands.parse import (
    GRAMMAR,
    Argument,
    LineError,
    Typed,
    last_of,
    read_line,
    read_words,
    written,
)

IDS = st.integers(1, 10**12)
RECORDS = st.lists(IDS, min_size=1, max_size=5, unique=True).map(tuple)
NAMES = st.text(min_size=1, max_size=40)


def typed(name: str) -> st.SearchStrategy[Typed]:
    """Generate a command with all that it can be given."""
    arguments = GRAMMAR[name]
    ids: st.SearchStrategy[tuple[int, ...]] = st.just(())
    if Argument.RECORDS in arguments:
        ids = RECORDS
    elif Argument.RECORD in arguments:
        ids = IDS.map(lambda number: (number,))
    return st.builds(
        Typed,
        st.just(name),
        ids,
        NAMES if last_of(name) is not None else st.just(""),
        st.integers(1, 99) if Argument.PLACES in arguments else st.just(1),
        IDS if Argument.ENTRY in arguments else st.just(0),
    )


@given(st.sampled_from(sorted(GRAMMAR)).flatmap(typed))
def test_what_is_written_reads_as_the_same_again(command: Typed) -> None:
    assert read_line(written(command)) == command


@given(st.text(max_size=60))
def test_any_line_reads_or_is_told_where_it_is_wrong(line: str) -> None:
    wrong: LineError | None = None
    try:
        read_line(line)
    except LineError as error:
        wrong = error
    assert wrong is None or (0 <= wrong.position <= len(line) and wrong.message)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("move 42 'Office tour'", Typed("move", (42,), "Office tour")),
        ('move #42 43 "Office tour"', Typed("move", (42, 43), "Office tour")),
        ("move 42  Office tour ", Typed("move", (42,), "Office tour")),
        ("move 42 43 Office tour", Typed("move", (42, 43), "Office tour")),
        ("owner 42 Tom O'Neil", Typed("owner", (42,), "Tom O'Neil")),
        (r'move 42 "a \"b\" \\ c\d"', Typed("move", (42,), 'a "b" \\ c\\d')),
        ("move 42 42 7", Typed("move", (42,), "7")),
        ("  move  42\tWon ", Typed("move", (42,), "Won")),
        ("move 42 $HOME", Typed("move", (42,), "$HOME")),
        ("next-stage 1 2 3", Typed("next-stage", (1, 2, 3))),
        ("follow-up 42 '12 nov'", Typed("follow-up", (42,), "12 nov")),
        ("follow-up 42 12 nov", Typed("follow-up", (42,), "12 nov")),
        ("follow-up 42 43 12 nov 2027", Typed("follow-up", (42, 43), "12 nov 2027")),
        ("follow-up 42 43 fri", Typed("follow-up", (42, 43), "fri")),
        ("follow-up 42 2 weeks", Typed("follow-up", (42,), "2 weeks")),
        ("follow-up 42 43 in 2 weeks", Typed("follow-up", (42, 43), "in 2 weeks")),
        ("follow-up 42 43 none", Typed("follow-up", (42, 43), "none")),
        ("follow-up 42 12 nvo", Typed("follow-up", (42,), "12 nvo")),
        ("follow-up 42 43 '12 nov'", Typed("follow-up", (42, 43), "12 nov")),
        ("note 42 don't call before 'May'", Typed("note", (42,), "don't call before 'May'")),
        ("note 42 C:\\dir is full", Typed("note", (42,), "C:\\dir is full")),
        ("note 42 43: 4 desks", Typed("note", (42, 43), "4 desks")),
        ("note #42 4 desks", Typed("note", (42,), "4 desks")),
        ("note #42 #43 at 12:30", Typed("note", (42, 43), "at 12:30")),
        ("note 42 7", Typed("note", (42,), "7")),
        ("note 42 7:", Typed("note", (42,), "7:")),
        ("task 42 call back @12 dec", Typed("task", (42,), "call back @12 dec")),
        ("note 42 43 'said \"yes\"'", Typed("note", (42, 43), 'said "yes"')),
        ("value 42 -", Typed("value", (42,), "-")),
        ("won 42", Typed("won", (42,))),
        ("lower 5", Typed("lower", (5,))),
        ("higher 5 3", Typed("higher", (5,), places=3)),
        ("undo", Typed("undo")),
        ("retry 12", Typed("retry", entry=12)),
    ],
)
def test_lines_mean_what_they_mean_in_a_shell(line: str, command: Typed) -> None:
    assert read_line(line) == command


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["move", "42", "Office tour"], Typed("move", (42,), "Office tour")),
        (["move", "42", "Office", "tour"], Typed("move", (42,), "Office tour")),
        (["follow-up", "42", "12", "dec"], Typed("follow-up", (42,), "12 dec")),
        (["note", "42", "43", "4 desks"], Typed("note", (42, 43), "4 desks")),
        (["note", "42", "it's", "'so'"], Typed("note", (42,), "it's 'so'")),
        (["note", "42", "'so'"], Typed("note", (42,), "'so'")),
        (["won", "42", "#43"], Typed("won", (42, 43))),
    ],
)
def test_words_of_a_shell_are_taken_as_they_are(words: list[str], command: Typed) -> None:
    assert read_words(words) == command


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_any_words_read_or_are_told_where_they_are_wrong(words: list[str]) -> None:
    wrong: LineError | None = None
    try:
        read_words(words)
    except LineError as error:
        wrong = error
    assert wrong is None or (0 <= wrong.position <= len(" ".join(words)) and wrong.message)


@pytest.mark.parametrize(
    ("line", "position", "said"),
    [
        ("", 0, "a command is missing"),
        ("mvoe 42 Won", 0, "did you mean move?"),
        ("frobnicate", 0, "there are move"),
        ("move", 4, "the id of an opportunity is missing: move ID … STAGE"),
        ("move 42", 7, "its stage is missing"),
        ("move 42 ''", 8, "its stage is empty"),
        ("move Office tour", 5, "“Office” is not the id of an opportunity"),
        (
            "note 42 4 desks",
            8,
            "“4” may be an id, or begin the text: put a colon behind the ids, as in 42 4: …",
        ),
        ("note 42 43 44 desks", 8, "“43” may be an id"),
        ("move 4²2 Won", 5, "is not the id"),
        ("move 0 Won", 5, "is not the id"),
        ("lost 42", 7, "its loss reason is missing: lost ID … REASON"),
        ("note 42", 7, "its text is missing"),
        ("next-stage", 10, "is missing"),
        ("lower 5 x", 8, "is not a number of places"),
        ("lower 5 3 2", 10, "it takes no more: lower ID [PLACES]"),
        ("undo 3", 5, "it takes no more: undo"),
        ("retry x", 6, "is not the number of an entry"),
        ("move 42 'Office tour", 8, "this quote is not closed"),
        ('move 42 "Office', 8, "this quote is not closed"),
    ],
)
def test_a_mistake_is_told_with_its_place(line: str, position: int, said: str) -> None:
    with pytest.raises(LineError) as told:
        read_line(line)
    assert told.value.position == position
    assert said in told.value.message


def test_what_can_be_typed_is_of_the_catalogue_and_writes() -> None:
    for name in GRAMMAR.keys() - {"retry"}:
        assert BY_NAME[name].writes
