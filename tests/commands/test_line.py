"""The program's command line: which command a line is, for which records, and where it goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.commands.catalogue import BY_NAME
from crm_tui.commands.here import Here
from crm_tui.commands.line import complete, read
from crm_tui.commands.parse import LineError
from crm_tui.commands.spec import Context, Where
from crm_tui.domain.enums import LossReason
from crm_tui.structs import replace
from tests.domain.rows import a_book, a_row

BOOK = a_book(a_row(1), a_row(2, stage_id=11), a_row(42, stage_id=11))

HERE = Here(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), lambda _board: UTC)

CARD = Context(BOOK, Where.BOARD, board_id=1, record_id=1, here=HERE)

MARKED = replace(CARD, marked=(1, 2))


@pytest.mark.parametrize(
    ("line", "name", "answer"),
    [
        ("won", "won", None),
        ("  won  ", "won", None),
        ("lost price", "lost", int(LossReason.PRICE)),
        ("lost  Not returning calls ", "lost", int(LossReason.NOT_RETURNING_CALLS)),
        ("lost #4", "lost", int(LossReason.PRICE)),
        ("lost", "lost", None),
        ("move Stage 12", "move", 12),
        ("move #12", "move", 12),
        ("follow-up 12 nov", "follow-up", "12 nov"),
        ("note Wants 4 desks, by 'May'", "note", "Wants 4 desks, by 'May'"),
        ("value 2500", "value", "2500"),
        ("note #2 is a duplicate of this: merge", "note", "#2 is a duplicate of this: merge"),
        ("note at 12:30", "note", "at 12:30"),
        ("theme light", "theme", "light"),
        ("pal", "palette", None),
        ("filter due<today owner:me", "filter", "due<today owner:me"),
    ],
)
def test_a_line_gives_a_command_with_what_it_would_ask_for(
    line: str, name: str, answer: object
) -> None:
    command, context = read(line, CARD, BY_NAME)
    assert (command.name, context.answer) == (name, answer)
    assert (context.record_id, context.marked) == (1, ())


def test_without_ids_it_is_for_what_was_marked_when_the_line_was_opened() -> None:
    _, context = read("lost price", MARKED, BY_NAME)
    assert context.marked == (1, 2)


@pytest.mark.parametrize(
    ("line", "record_id", "marked", "answer"),
    [
        ("won #2", 2, (), None),
        ("won #2 #42 #2", 2, (2, 42), None),
        ("move #2 Stage 12", 2, (), 12),
        ("move #2 #42 #12", 2, (2, 42), 12),
        ("note #42 #2: is theirs, too", 42, (42, 2), "is theirs, too"),
        ("#42", 42, (), None),
    ],
)
def test_ids_take_the_place_of_cursor_and_marks(
    line: str, record_id: int, marked: tuple[int, ...], answer: object
) -> None:
    _, context = read(line, MARKED, BY_NAME)
    assert (context.record_id, context.marked, context.answer) == (record_id, marked, answer)


def test_a_number_behind_a_motion_is_its_count() -> None:
    _, context = read("lower 3", CARD, BY_NAME)
    assert context.count == 3


@pytest.mark.parametrize(
    ("line", "position", "words"),
    [
        ("mvoe x", 0, "did you mean move?"),
        ("  quux", 2, "there is no command “quux”"),
        ("n", 0, "may be next-stage or note or next-column or next-board"),
        ("skip", 0, "cannot be given here"),
        ("note 42 called back", 5, "“42” is an opportunity; “#42: …” is about it"),
        ("note 42: called back", 5, "“42” is an opportunity"),
        ("command-line", 0, "there is no command"),
        ("won #99", 4, "there is no opportunity #99"),
        ("move #2 #42", 8, "There is no stage “#42”"),
        ("won #x", 4, "not the id of an opportunity"),
        ("note #99: call", 5, "there is no opportunity #99"),
        ("won #" + "9" * 40, 4, "not the id of an opportunity"),
        ("lost pride", 5, "did you mean “Price”?"),
        ("move Stage 99", 5, "did you mean"),
        ("reopen please", 7, "It is open."),
        ("refresh now", 8, "takes no more"),
        ("#99", 0, "there is no opportunity #99"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(line: str, position: int, words: str) -> None:
    with pytest.raises(LineError) as caught:
        read(line, CARD, BY_NAME)
    assert caught.value.position == position
    assert words in caught.value.message


@given(st.text(min_size=1, max_size=40).filter(str.strip))
def test_any_line_is_read_or_refused_at_a_place_inside_it(line: str) -> None:
    wrong: LineError | None = None
    try:
        read(line, CARD, BY_NAME)
    except LineError as error:
        wrong = error
    assert wrong is None or (0 <= wrong.position <= len(line) and wrong.message)


@given(st.text(max_size=30), st.integers(0, 40))
def test_whatever_is_offered_goes_into_the_line(line: str, cursor: int) -> None:
    found = complete(line, cursor, CARD, BY_NAME)
    assert 0 <= found.begin <= found.end <= len(line)


@pytest.mark.parametrize(
    ("line", "first", "place"),
    [
        ("", (), (0, 0)),
        ("lo", ("lost", "lower", "location", "follow-up"), (0, 2)),
        ("lost ", ("Price", "Timing"), (5, 5)),
        ("lost com", ("Competition",), (5, 8)),
        ("won #2 ", (), (7, 7)),
        ("move #2 stage 1", ("Stage 10", "Stage 12"), (8, 15)),
        ("qqq x", (), (5, 5)),
    ],
)
def test_names_and_choices_are_offered_with_the_likeliest_first(
    line: str, first: tuple[str, ...], place: tuple[int, int]
) -> None:
    found = complete(line, len(line), CARD, BY_NAME)
    texts = tuple(each.text for each in found.candidates)
    assert texts[: len(first)] == first
    assert bool(texts) == bool(first)
    assert (found.begin, found.end) == place
