"""Moving a card: what the handler returns, and what it says when it cannot."""

from __future__ import annotations

from crm_tui.commands.handlers.moving import to_next_stage, to_previous_stage, to_stage
from crm_tui.commands.spec import Ask, Context, Say, Where, Write
from crm_tui.domain.offers import CannedNote, Offers, TaskList
from crm_tui.domain.snapshot import Snapshot
from crm_tui.structs import replace
from tests.domain.rows import a_board, a_book, a_row, a_stage


def at(snapshot: Snapshot, record_id: int | None) -> Context:
    return Context(snapshot, Where.BOARD, board_id=1, record_id=record_id)


def test_next_stage_writes_the_stage_and_a_place_behind_the_last_card() -> None:
    book = a_book(a_row(1), a_row(2, stage_id=11, position=4))
    step = to_next_stage(at(book, 1))
    assert isinstance(step, Write)
    (plan,) = step.plans
    assert (plan.record_id, plan.subject, plan.said) == (1, "Noor Haddad", "→ Stage 11")
    assert plan.change.assignments() == {"stage_id": 11, "position": 5}


def test_back_from_the_first_stage_and_on_from_the_last_say_why_not() -> None:
    book = a_book(a_row(1), a_row(2, stage_id=12))
    assert to_previous_stage(at(book, 1)) == Say("Stage 10 is the first stage of this board.")
    assert to_next_stage(at(book, 2)) == Say("Stage 12 is the last stage of this board.")


def test_one_key_never_moves_a_card_into_a_stage_that_deletes_the_customer() -> None:
    book = Snapshot()
    book.set_reference([a_board()], [a_stage(10), a_stage(11, position=1, deletes_customer=True)])
    book.put([a_row(1)])
    step = to_next_stage(at(book, 1))
    assert isinstance(step, Say)
    assert "deletes the customer" in step.text


def test_what_the_stage_does_is_said_with_the_move() -> None:
    book = a_book(a_row(1))
    book.stages[11] = replace(book.stages[11], macro_id=5, task_list_id=6)
    step = to_next_stage(at(book, 1))
    assert isinstance(step, Write)
    assert step.plans[0].said == "→ Stage 11 (sends a message, makes tasks)"
    book.offers = Offers(
        notes=(CannedNote(5, "Proposal", ""),), task_lists=(TaskList(6, "Follow up", 3),)
    )
    said = "sends 'Proposal', makes 3 tasks of 'Follow up'"
    step = to_next_stage(at(book, 1))
    assert isinstance(step, Write)
    assert step.plans[0].said == f"→ Stage 11 ({said})"
    asked = to_stage(at(book, 1))
    assert isinstance(asked, Ask)
    assert [(each.note, each.is_grave) for each in asked.choices] == [
        ("", False),
        (said, False),
        ("", False),
    ]


def test_a_choice_that_cannot_be_taken_back_is_marked_as_grave() -> None:
    book = Snapshot()
    book.set_reference([a_board()], [a_stage(10), a_stage(11, position=1, deletes_customer=True)])
    book.put([a_row(1)])
    asked = to_stage(at(book, 1))
    assert isinstance(asked, Ask)
    assert [each.is_grave for each in asked.choices] == [False, True]


def test_without_a_card_or_a_known_stage_the_key_says_so() -> None:
    book = a_book(a_row(1, stage_id=99))
    assert to_next_stage(at(book, None)) == Say("There is no card here to move.")
    assert to_next_stage(at(book, 555)) == Say("There is no card here to move.")
    step = to_next_stage(at(book, 1))
    assert isinstance(step, Say)
    assert "not known" in step.text


def test_marked_cards_that_are_gone_meanwhile_are_said_to_be_gone() -> None:
    context = replace(at(a_book(a_row(1)), 1), marked=(98, 99), answer=11)
    assert to_stage(context) == Say("None of the 2 marked can go to Stage 11: It is gone.")
