"""Verbs on the board by keys only: hints, order, marks with their preview, holding back and taking back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.events import Key

from crm_tui.domain.pipeline import active_boards
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.snapshot import RowState
from crm_tui.service.outbox import Hold
from crm_tui.text import UNSAFE
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.help import HelpScreen
from crm_tui.ui.screens.hints import HintScreen
from tests.payloads import ALL
from tests.ui.conftest import Sit, Sitting
from tests.ui.test_offered import offered
from tests.world import Sandbox, until

OPPORTUNITIES = "/api/crm/crmopportunities"

HELD = Hold(timedelta(seconds=3), timedelta(seconds=15))


def column(at: Sitting) -> list[OpportunityRow]:
    """Give the cards of the cursor's stage in their order."""
    row = at.crm.snapshot.row(at.record_id)
    assert row is not None
    return list(at.crm.snapshot.cards(row.stage_id))


def order_in_database(sandbox: Sandbox, stage_id: int) -> list[int]:
    rows = sandbox.query(
        "SELECT Id FROM crmopportunities WHERE CrmBoardColumnId = ? ORDER BY Position, Id", stage_id
    )
    return [record_id for (record_id,) in rows]


# Moving by hint


async def test_a_hint_moves_the_card_and_the_panel_says_what_each_stage_does(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await offered(at)
        card, name = at.record_id, at.current_card()[0]
        await at.press_only("m")
        panel = at.text()
        assert f"Move {name} to" in panel
        assert "It is in Enquiry already." in panel
        assert "sends 'Proposal'" in panel
        assert "makes 3 tasks of 'Negotiation'" in panel
        await at.press("p")
        assert at.record_id == card
        assert at.stage_name == "Proposal sent"
        assert at.status.startswith(f" saved 09:30:00 · {name} → Proposal sent (sends 'Proposal')")
    assert [body["CrmBoardColumnName"] for body in sandbox.writes()] != []
    assert len(sandbox.writes()) == 1


async def test_names_that_come_while_a_record_is_looked_at_are_said_and_never_obeyed(
    sit: Sit, sandbox: Sandbox
) -> None:
    hostile = "".join(ALL)
    sandbox.execute("UPDATE cannedresponses SET Name = ?", hostile)
    sandbox.execute("UPDATE tasklists SET Name = ? WHERE Name = 'Negotiation'", "Deal " + hostile)
    sandbox.execute(
        "UPDATE crmboardcolumns SET CannedResponseId = (SELECT min(Id) FROM cannedresponses),"
        " TaskListId = (SELECT Id FROM tasklists WHERE Name LIKE 'Deal%')"
        " WHERE Name = 'Tour booked'"
    )
    async with sit(size=(160, 36)) as at:
        await offered(at)
        assert "tasks of 'Deal" in at.text()  # beside the board: where it would go next
        assert not any(UNSAFE.search(line) for line in at.lines())
        await at.press_only("m")
        assert "makes 3 tasks of 'Deal" in at.text()
        assert not any(UNSAFE.search(line) for line in at.lines())
        await at.press("t")
        assert at.stage_name == "Tour booked"
        assert "→ Tour booked (sends '" in at.status
        assert not any(UNSAFE.search(line) for line in at.lines())


async def test_a_closed_choice_says_why_and_the_panel_stays(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.press_only("m", "e")
        assert "It is in Enquiry already." in at.lines()[-1]
        await at.press_only("escape")
        assert isinstance(at.app.screen, BoardScreen)
    assert sandbox.writes() == []


async def test_a_choice_can_be_typed_and_arrows_choose_too(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.press_only("m", "space", *"nego")
        assert "Tour booked" not in "\n".join(at.lines()[-6:])
        await at.press("enter")
        assert at.stage_name == "Negotiation"
        await at.press_only("m", "down", "right")
        await at.press("enter")
        assert at.stage_name == "Tour booked"
    assert len(sandbox.writes()) == 2


async def test_escape_peels_the_typing_then_the_panel(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.press_only("m", "space", "n")
        await at.press_only("escape")
        assert "a letter chooses" in at.text()
        await at.press_only("escape")
        assert isinstance(at.app.screen, BoardScreen)
    assert sandbox.writes() == []


async def test_a_stage_that_deletes_the_customer_cannot_be_chosen(
    sit: Sit, sandbox: Sandbox
) -> None:
    sandbox.execute("UPDATE crmboardcolumns SET DeleteAccount = 1 WHERE Name = 'Negotiation'")
    async with sit() as at:
        await at.press_only("m")
        assert "deletes the customer for good" in at.text()
        await at.press("n")
        await at.press_only("escape")
    assert sandbox.writes() == []


async def test_what_was_asked_is_done_to_the_record_it_was_asked_for(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card = at.record_id
        await at.press_only("m")
        sandbox.execute("UPDATE crmopportunities SET Position = 90000 WHERE Id = ?", card)
        at.crm.refresh()
        await at.pilot.pause()
        await at.press("p")
    assert [body["Id"] for body in sandbox.writes()] == [card]


# Keys


async def test_H_and_L_and_angles_move_the_card_too(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        begin = at.stage_name
        for there, back in (("L", "H"), ("greater_than_sign", "less_than_sign")):
            await at.press(there)
            assert at.stage_name != begin
            await at.press(back)
            assert at.stage_name == begin
    assert len(sandbox.writes()) == 4


async def test_a_number_moves_the_cursor_that_far(sit: Sit) -> None:
    async with sit() as at:
        cards = column(at)
        await at.press_only("3")
        assert at.status.startswith(" 3 then a motion")
        await at.press_only("j")
        assert at.record_id == cards[3].id
        await at.press_only("2", "k")
        assert at.record_id == cards[1].id


async def test_a_pending_key_is_shown_with_what_can_follow(sit: Sit) -> None:
    async with sit() as at:
        await at.press_only("G")
        await at.press_only("g")
        assert at.status.startswith(" g …  g Go to the first;")
        await at.press_only("g")
        assert at.record_id == column(at)[0].id
        assert "…" not in at.status


async def test_a_held_verb_moves_one_card_one_stage_and_says_so(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        first, begin = at.record_id, at.stage_name
        await at.hold_down("full_stop", ".", 30)
        assert at.record_id == first
        assert (begin, at.stage_name) == ("Enquiry", "Tour booked")
    assert {body["Id"] for body in sandbox.writes()} == {first}
    assert len(sandbox.writes()) == 1


# Order inside a stage


async def test_J_and_K_reorder_and_the_cursor_stays_on_the_card(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        before = [card.id for card in column(at)]
        stage_id = column(at)[0].stage_id
        await at.press("J")
        wanted = [before[1], before[0], *before[2:]]
        assert [card.id for card in column(at)] == wanted
        assert at.record_id == before[0]
        assert order_in_database(sandbox, stage_id) == wanted
        await at.press("K")
        assert order_in_database(sandbox, stage_id) == before


async def test_at_the_stages_end_the_order_says_so(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.press("K")
        assert at.status == " It is the first card of its stage already."
    assert sandbox.writes() == []


async def test_a_number_reorders_that_far_with_one_write(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        cards = column(at)
        await at.press("3", "J")
        assert [card.id for card in column(at)][3] == cards[0].id
    assert len(sandbox.writes()) == 1


# Marks


async def test_space_marks_and_steps_and_the_count_is_shown(sit: Sit) -> None:
    async with sit() as at:
        cards = column(at)
        await at.press_only("space", "space")
        assert at.record_id == cards[2].id
        assert "2 marked" in at.lines()[0]
        assert at.text().count("●") == 2
        await at.press_only("M")
        assert "marked" not in at.lines()[0]


async def test_a_verb_on_marks_shows_a_preview_and_writes_what_is_agreed_to(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        cards = column(at)[:3]
        await at.press_only("space", "space", "space", "full_stop")
        title = "Move 3 to the next stage on sandbox, Riverside: 3 to write, 3 confirm the tour"
        assert title in at.text()
        assert at.text().count("Enquiry → Tour booked (confirms the tour)") == 3
        await at.press_only("j", "d")
        assert "2 to write, 2 confirm the tour, 1 stays as it is" in at.text()
        await at.press_only("d")
        assert "1 to write, 1 confirms the tour, 2 stay as they are" in at.text()
        await at.press_only("d")  # on the last row the cursor stays, so that one is taken in again
        await at.press("enter")
        await at.pilot.pause()
        assert "1 marked" in at.lines()[0]
    assert [body["Id"] for body in sandbox.writes()] == [cards[0].id, cards[2].id]


async def test_escape_in_the_preview_writes_nothing_and_keeps_the_marks(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        await at.press_only("space", "space", "full_stop", "escape")
        assert "2 marked" in at.lines()[0]
    assert sandbox.writes() == []


async def test_marked_cards_land_behind_each_other_as_they_were_shown(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        cards = column(at)[:3]
        await at.press_only("space", "space", "space", "m")
        assert "Move 3 marked to" in at.text()
        await at.press_only("o")
        await at.press("enter")
        stage_id = next(s.id for s in at.crm.snapshot.stages.values() if s.name == "Office tour")
        assert order_in_database(sandbox, stage_id)[-3:] == [card.id for card in cards]


async def test_failed_ones_stay_marked(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        cards = column(at)[:2]
        await sandbox.fault(
            method="PUT", path=OPPORTUNITIES, action="refuse", message="no", times=1
        )
        await at.press_only("space", "space", "full_stop")
        await at.press("enter")
        await at.pilot.pause()
        assert at.board.marked == (cards[0].id,)
        assert at.crm.snapshot.state(cards[0].id) == RowState.FAILED


async def test_a_range_marks_from_end_to_end(sit: Sit) -> None:
    async with sit() as at:
        cards = column(at)
        await at.press_only("V", "j", "j")
        assert at.status.startswith(" A range begins here")
        await at.press_only("V")
        assert set(at.board.marked) == {card.id for card in cards[:3]}
        await at.press_only("V", "escape")
        assert at.status == " The range is dropped."


async def test_all_and_none_and_invert(sit: Sit) -> None:
    async with sit() as at:
        board = active_boards(at.crm.snapshot)[0]
        every = sum(
            len(at.crm.snapshot.cards(stage.id)) for stage in at.crm.snapshot.stages_of(board.id)
        )
        await at.press_only("A")
        assert len(at.board.marked) == every
        await at.press_only("space", "asterisk")
        assert len(at.board.marked) == 1
        await at.press_only("M")
        assert not at.board.marked


# Holding back


async def test_a_change_is_held_with_a_countdown_and_u_takes_it_back(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit(hold=HELD) as at:
        begin, name = at.stage_name, at.current_card()[0]
        asked = len(sandbox.query("SELECT Id FROM requests"))
        await at.press_only("full_stop")
        assert "held" in at.current_card()[2]
        assert at.status.endswith("held 15 s u undo") or at.status.endswith("held 3 s u undo")
        await at.press_only("u")
        assert at.status.startswith(f" taken back · {name} →")
        assert at.stage_name == begin
        assert "held" not in at.text()
        await at.press_only("j", "u")
        assert at.status == " There is nothing that could be taken back."
        assert len(sandbox.query("SELECT Id FROM requests")) == asked


async def test_leaving_asks_about_what_is_held_and_sends_it(sit: Sit, sandbox: Sandbox) -> None:
    async with sit(hold=HELD) as at:
        card, name, begin = at.record_id, at.current_card()[0], sandbox.stage_of(at.record_id)
        await at.press_only("full_stop", "q")
        assert f"Not sent yet: {name} → Tour booked (confirms the tour)" in at.text()
        await at.press_only("escape")
        assert at.app.is_running
        assert sandbox.stage_of(card) == begin
        await at.press_only("q", "s")
        await at.settled()
    assert at.app.return_value == 0
    assert sandbox.stage_of(card) != begin


async def test_leaving_can_drop_what_is_held(sit: Sit, sandbox: Sandbox) -> None:
    async with sit(hold=HELD) as at:
        await at.press_only("full_stop", "j", "j", "full_stop", "q")
        assert "Not sent yet: 2 changes, the last" in at.text()
        await at.press_only("d")
    assert at.app.return_value == 0
    assert sandbox.writes() == []


async def test_g21_leaving_can_keep_what_is_held_and_the_next_start_names_it(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    async with sit(hold=HELD, journal=journal) as at:
        card, name = at.record_id, at.current_card()[0]
        await at.press_only("full_stop")
        await until(at.crm, lambda: at.crm.snapshot.state(card) == RowState.HELD)
        await at.press_only("q")
        assert "Keep for next time" in at.text()
        await at.press_only("k")
    assert at.app.return_value == 0
    assert sandbox.writes() == []
    async with sit(hold=HELD, journal=journal) as at:
        assert f"Left over from last time, held afresh (u takes it back): {name} →" in at.text()
        assert at.crm.snapshot.state(card) == RowState.HELD
        await at.press_only("u")
        assert at.status.startswith(f" taken back · {name} →")
    assert sandbox.writes() == []


async def test_what_was_sent_is_taken_back_by_a_write_and_done_again_by_another(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card, begin = at.record_id, sandbox.stage_of(at.record_id)
        await at.press("full_stop")
        there = sandbox.stage_of(card)
        await at.press_only("u")
        assert at.status.startswith(" taking back · ") or " back to " in at.status
        await at.settled()
        assert sandbox.stage_of(card) == begin
        await at.press("U")
        assert sandbox.stage_of(card) == there
        await at.press("U")
        assert at.status == " There is nothing that could be done again."


@pytest.mark.parametrize("key", ["u", "m", "full_stop", "J", "space", "V"])
async def test_no_verb_acts_where_there_is_no_card(sit: Sit, sandbox: Sandbox, key: str) -> None:
    sandbox.execute("DELETE FROM crmopportunities")
    async with sit() as at:
        await at.press(key)
        assert at.status.startswith(" There is no")
    assert sandbox.writes() == []


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (60, 20)])
async def test_a_long_preview_keeps_its_keys_in_sight(sit: Sit, size: tuple[int, int]) -> None:
    async with sit(size=size) as at:
        await at.press_only("A", "full_stop")
        assert any(line.strip().startswith("enter run") for line in at.lines())


# Bursts


async def burst(at: Sitting, keys: str) -> None:
    """Type keys that arrive all at once, as a paste into a terminal without brackets does."""
    for character in keys:
        at.app.post_message(Key(_NAMES.get(character, character), character))
    for _ in range(4):
        await at.pilot.pause()


_NAMES = {".": "full_stop", ",": "comma", "?": "question_mark"}


async def test_keys_that_come_at_once_go_to_what_the_first_one_opens(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        card = at.record_id
        await burst(at, "mqjj")
        assert at.app.is_running
        assert isinstance(at.app.screen, HintScreen)
        await at.press_only("escape")
        assert at.record_id == card
        await burst(at, "Fl.A")
        assert " F l.A" in at.lines()[1]
        assert not at.board.marked
        await at.press_only("escape")
        await burst(at, "?.qj")
        assert isinstance(at.app.screen, HelpScreen)
        await at.press_only("escape")
        assert at.app.is_running
    assert sandbox.writes() == []


async def test_a_hint_that_comes_with_its_command_is_taken(sit: Sit) -> None:
    async with sit() as at:
        await burst(at, "mp")
        await at.settled()
        assert at.stage_name == "Proposal sent"


async def test_cursor_keys_that_come_at_once_are_all_taken(sit: Sit) -> None:
    async with sit() as at:
        cards = column(at)
        await burst(at, "jjjk")
        assert at.record_id == cards[2].id


# What one key does not do


async def test_one_key_does_not_turn_a_won_card_into_a_lost_one(sit: Sit, sandbox: Sandbox) -> None:
    async with sit(size=(240, 40)) as at:
        while at.stage_name != "Won":
            await at.press_only("l")
        await at.press("full_stop")
        assert at.status == " Won is decided; a hint moves it on, one key does not."
    assert sandbox.writes() == []


async def test_there_and_back_within_the_hold_is_no_second_arrival(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit(hold=HELD) as at:
        await at.press_only("m", "t")
        await at.settled()
        writes = len(sandbox.writes())
        await at.press_only("full_stop", "comma")
        assert at.status.startswith(" to send")
        assert "back to Tour booked" in at.status
        assert "confirms" not in at.status
        await at.settled()
        assert len(sandbox.writes()) == writes


async def test_marks_that_the_filter_hides_are_not_acted_upon(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.press_only("space", "j", "space")
        await at.press_only("F", *"zzzz", "enter")
        assert "2 marked, 2 not shown" in at.lines()[0]
        await at.press("full_stop")
        assert at.status.startswith(" 2 records are marked and not shown here, so nothing was done")
    assert sandbox.writes() == []


async def test_a_key_that_does_nothing_says_where_the_keys_are(sit: Sit) -> None:
    async with sit() as at:
        await at.press_only("exclamation_mark")
        assert at.status == " ! does nothing here. ? lists all keys"


async def test_behind_too_small_only_leaving_works(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        await at.resize(30, 8)
        await at.press_only("z", "full_stop", "A")
        await at.resize(120, 36)
        assert not at.board.marked
        assert len(at.current_card()) == 3
        await at.resize(30, 8)
        await at.press_only("q")
    assert at.app.return_value == 0
    assert sandbox.writes() == []
