"""The three-way merge: laws over generated records and changes, and the rules that single fields have."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.change import Append, Change, Cut, Follow, Place, Set, Value
from crm_tui.domain.merge import Clash, inverse, is_done, merge, settled
from tests.domain.test_change import FIELDS, a_record_and_a_change, values

texts = st.text(alphabet="ab\n\r ", max_size=8)


@st.composite
def three_sides(draw: st.DrawFn) -> tuple[dict[str, Value], Change, dict[str, Value]]:
    """Draw a record, a change by somebody who saw it, and the record as others have left it."""
    base, change = draw(a_record_and_a_change())
    theirs = dict(base)
    for field in draw(st.sets(st.sampled_from(FIELDS))):
        is_number = field in ("stage_id", "position")
        theirs[field] = draw(st.integers(1, 4)) if is_number else draw(values)
    return base, change, theirs


def bare(record: dict[str, Value]) -> dict[str, Value]:
    """Leave the place in the stage out: everybody's cards move it."""
    return {field: value for field, value in record.items() if field != "position"}


@given(a_record_and_a_change())
def test_what_nobody_else_touched_becomes_mine(case: tuple[dict[str, Value], Change]) -> None:
    base, change = case
    merged = merge(change, base)
    assert merged.is_clean
    assert bare(base | dict(merged.to_send)) == bare(base | change.assignments())


@given(three_sides())
def test_what_they_changed_is_never_written_over(
    case: tuple[dict[str, Value], Change, dict[str, Value]],
) -> None:
    base, change, theirs = case
    merged = merge(change, theirs)
    for field, value in merged.to_send.items():
        if field != "position":
            assert theirs[field] == base[field]
            assert value == change.assignments()[field]


@given(three_sides())
def test_a_field_is_sent_or_kept_or_clashes_and_nothing_is_sent_beside_a_clash(
    case: tuple[dict[str, Value], Change, dict[str, Value]],
) -> None:
    base, change, theirs = case
    merged = merge(change, theirs)
    for clash in merged.clashes:
        assert clash.theirs == theirs[clash.field] != clash.base == base[clash.field]
        assert clash.theirs != clash.mine
    if merged.clashes:
        assert merged.to_send == {}


@given(three_sides())
def test_what_was_merged_once_has_nothing_more_to_send(
    case: tuple[dict[str, Value], Change, dict[str, Value]],
) -> None:
    _, change, theirs = case
    merged = merge(change, theirs)
    if merged.is_clean:
        assert is_done(change, merged.to_send, theirs, theirs | dict(merged.to_send))


@given(three_sides())
def test_mine_over_theirs_leaves_nothing_to_clash(
    case: tuple[dict[str, Value], Change, dict[str, Value]],
) -> None:
    _, change, theirs = case
    clashes = merge(change, theirs).clashes
    mine = frozenset(clash.field for clash in clashes)
    assert merge(settled(clashes, change, mine), theirs).clashes == ()
    assert merge(settled(clashes, change, frozenset()), theirs).clashes == ()


@given(three_sides())
def test_the_inverse_restores_what_was_there_before_the_write(
    case: tuple[dict[str, Value], Change, dict[str, Value]],
) -> None:
    _, change, theirs = case
    merged = merge(change, theirs)
    after = theirs | dict(merged.to_send)
    back = merge(inverse(change, merged.to_send, theirs, after), after)
    assert back.is_clean
    assert after | dict(back.to_send) == theirs


# Notes


@given(texts, texts)
def test_cutting_takes_out_exactly_what_was_appended(text: str, block: str) -> None:
    assert Cut("notes", block).applied(Append("notes", block).applied(text)) == text


@given(texts, texts, texts)
def test_two_who_append_do_not_contradict_each_other(text: str, first: str, second: str) -> None:
    theirs: dict[str, Value] = {"notes": Append("notes", first).applied(text)}
    merged = merge(Change((Append("notes", second),)), theirs)
    assert merged.is_clean
    sent = merged.to_send.get("notes", theirs["notes"])
    assert sent == Append("notes", second).applied(str(theirs["notes"]))


def test_a_block_that_somebody_rewrote_cannot_be_cut() -> None:
    change = Change((Append("notes", "2 Mar: called"),)).inverse()
    merged = merge(change, {"notes": "2 Mar: called twice"})
    assert merged.gone == (Cut("notes", "2 Mar: called"),)
    assert not merged.is_clean
    assert merged.to_send == {}


def test_what_others_wrote_behind_a_block_stays_when_it_is_cut() -> None:
    change = Change((Cut("notes", "mine"),))
    assert merge(change, {"notes": "old\nmine\nnew"}).to_send == {"notes": "old\nnew"}
    assert merge(change, {"notes": "mine\r\nnew"}).to_send == {"notes": "new"}


def test_an_appended_block_is_found_after_a_lost_answer_though_others_wrote_since() -> None:
    change = Change((Append("notes", "mine"),))
    sent: dict[str, Value] = {"notes": "old\nmine"}
    assert is_done(change, sent, {"notes": "old"}, {"notes": "old\nmine\nnew"})
    assert not is_done(change, sent, {"notes": "old"}, {"notes": "old\nnew"})


def test_an_appended_block_that_was_there_before_proves_nothing() -> None:
    change = Change((Append("notes", "mine"),))
    sent: dict[str, Value] = {"notes": "mine\nmine"}
    assert not is_done(change, sent, {"notes": "mine"}, {"notes": "mine\nnew"})


# Fields with rules of their own


def test_F12_a_place_is_nobodys_conflict_and_travels_with_the_stage() -> None:
    moved = Change((Place(2, 9, 1, 3),))
    assert merge(moved, {"stage_id": 1, "position": 77}).to_send == {"stage_id": 2, "position": 9}
    renamed = Change((Set("name", "a", "b"),))
    assert merge(renamed, {"name": "a", "position": 77}).to_send == {"name": "b"}
    reordered = Change((Place(1, 9, 1, 3),))
    assert merge(reordered, {"stage_id": 1, "position": 77}).to_send == {"position": 9}


def test_a_place_inside_a_stage_that_the_card_has_left_is_a_conflict() -> None:
    merged = merge(Change((Place(1, 9, 1, 3),)), {"stage_id": 5, "position": 0})
    assert merged.clashes == (Clash("stage_id", 1, 1, 5),)


def test_F11_what_the_server_derives_is_the_servers() -> None:
    change = Change((Set("won_on", None, "x"), Set("name", "a", "b")))
    assert merge(change, {"won_on": "y", "name": "a"}).to_send == {"name": "b"}


def test_F10_missing_and_empty_are_different_bases() -> None:
    change = Change((Set("name", None, "x"),))
    assert merge(change, {"name": None}).to_send == {"name": "x"}
    assert merge(change, {"name": ""}).clashes == (Clash("name", None, "x", ""),)


def test_what_a_stage_did_to_the_record_itself_is_taken_back_with_the_move() -> None:
    before: dict[str, Value] = {"stage_id": 1, "position": 3, "status": 1, "completed": False}
    after: dict[str, Value] = {"stage_id": 2, "position": 9, "status": 2, "completed": True}
    move = Change((Place(2, 9, 1, 3),))
    back = inverse(move, {"stage_id": 2, "position": 9}, before, after)
    assert after | dict(merge(back, after).to_send) == before


def test_there_and_back_again_sends_nothing_whatever_they_did() -> None:
    change = Change((Set("name", "a", "b"), Set("name", "b", "a")))
    assert merge(change, {"name": "theirs"}).to_send == {}
    assert merge(change, {"name": "theirs"}).is_clean


# What follows from another field

LOST = Change((Set("status", 1, 3), Follow("completed", "status", False, True)))


def test_what_follows_goes_along_whatever_it_was() -> None:
    for found in (False, None):
        merged = merge(LOST, {"status": 1, "completed": found})
        assert merged.to_send == {"status": 3, "completed": True}
    assert merge(LOST, {"status": 1, "completed": True}).to_send == {"status": 3}


def test_what_follows_is_not_sent_where_the_other_has_it_already() -> None:
    assert merge(LOST, {"status": 3, "completed": False}).to_send == {}


def test_the_last_of_several_that_follow_counts() -> None:
    again = Change((*LOST.parts, Set("status", 3, 2), Follow("completed", "status", True, False)))
    assert merge(again, {"status": 1, "completed": True}).to_send == {
        "status": 2,
        "completed": False,
    }


def test_what_follows_is_taken_back_to_what_was_found() -> None:
    before = {"status": 1, "completed": None}
    sent = merge(LOST, before).to_send
    back = inverse(LOST, sent, before, {**before, **sent})
    assert merge(back, {**before, **sent}).to_send == before


def test_after_a_conflict_what_follows_goes_with_the_field_that_decides() -> None:
    clashes = merge(LOST, {"status": 2, "completed": True}).clashes
    assert settled(clashes, LOST, frozenset()) == Change(())
    assert settled(clashes, LOST, frozenset({"status"})).assignments() == LOST.assignments()


# What is decided along with the status

WON, OPEN = 2, 1
AS_LOST = Change(
    (
        Set("status", OPEN, 3),
        Follow("completed", "status", False, True),
        Set("loss_reason", None, 4),
    )
)
THEIRS: dict[str, Value] = {"status": WON, "completed": True, "loss_reason": None}


def test_a_loss_reason_goes_the_way_of_the_status_it_was_chosen_with() -> None:
    clashes = merge(AS_LOST, THEIRS).clashes
    assert [clash.field for clash in clashes] == ["status"]
    assert merge(settled(clashes, AS_LOST, frozenset()), THEIRS).to_send == {}
    mine = settled(clashes, AS_LOST, frozenset({"status"}))
    assert merge(mine, THEIRS).to_send == {"status": 3, "loss_reason": 4}
    at_first = settled(clashes, AS_LOST, frozenset(), frozenset({"status"}))
    assert merge(at_first, THEIRS).to_send == {"status": OPEN, "completed": False}


def test_my_loss_reason_is_never_dropped_without_a_word_where_my_status_was_chosen() -> None:
    mine = settled(merge(AS_LOST, THEIRS).clashes, AS_LOST, frozenset({"status"}))
    # Meanwhile somebody has lost it as well.
    assert merge(mine, {**THEIRS, "status": 3}).to_send == {"loss_reason": 4}
    reasoned = merge(mine, {**THEIRS, "status": 3, "loss_reason": 7})
    assert [clash.field for clash in reasoned.clashes] == ["loss_reason"]


def test_two_who_lose_it_for_different_reasons_contradict_each_other() -> None:
    theirs = {**THEIRS, "status": 3, "loss_reason": 7}
    assert [clash.field for clash in merge(AS_LOST, theirs).clashes] == ["loss_reason"]
