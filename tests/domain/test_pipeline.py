"""A board as a pipeline: neighbours, ends, sums."""

from __future__ import annotations

from decimal import Decimal

from crm_tui.domain.pipeline import column, move_to, neighbour_board, neighbour_stage
from crm_tui.domain.snapshot import Snapshot
from tests.domain.rows import a_board, a_book, a_row, a_stage


def test_sums_are_kept_apart_by_currency_and_no_value_adds_nothing() -> None:
    book = a_book(
        a_row(1, value="0.10"),
        a_row(2, value="0.20"),
        a_row(3, value="5", currency="EUR"),
        a_row(4, value=None, currency="USD"),
    )
    sums = column(book, book.stages[10]).sums
    assert sums == {"GBP": Decimal("0.30"), "EUR": Decimal(5)}


def test_a_moved_card_lands_behind_the_last_one() -> None:
    book = a_book(a_row(1), a_row(2, stage_id=11, position=7), a_row(3, stage_id=11, position=3))
    row = book.row(1)
    assert row is not None
    change = move_to(book, row, book.stages[11])
    assert change.assignments() == {"stage_id": 11, "position": 8}
    assert change.moves_stage


def test_the_first_card_of_a_stage_gets_the_first_position() -> None:
    book = a_book(a_row(1))
    row = book.row(1)
    assert row is not None
    assert move_to(book, row, book.stages[12]).assignments() == {"stage_id": 12, "position": 0}


def test_the_board_ends_at_its_first_and_last_stage() -> None:
    book = a_book()
    assert neighbour_stage(book, book.stages[10], -1) is None
    assert neighbour_stage(book, book.stages[12], 1) is None
    after = neighbour_stage(book, book.stages[10], 1)
    assert after is not None
    assert after.id == 11


def test_a_stage_that_the_server_did_not_list_is_nobodys_neighbour() -> None:
    book = a_book(a_row(1, stage_id=99))
    assert neighbour_stage(book, book.stages[12], 1) is None


def test_boards_go_round_and_archived_ones_are_passed_over() -> None:
    book = Snapshot()
    book.set_reference(
        [a_board(1), a_board(2, archived=True), a_board(3)], [a_stage(10), a_stage(30, board_id=3)]
    )
    forth, back = neighbour_board(book, 1, 1), neighbour_board(book, 1, -1)
    assert forth is not None
    assert back is not None
    assert (forth.id, back.id) == (3, 3)


def test_a_single_board_has_no_neighbour() -> None:
    assert neighbour_board(a_book(), 1, 1) is None
