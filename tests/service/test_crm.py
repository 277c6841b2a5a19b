"""The book over real HTTP: loading, moving, refusals, lost answers; the database is the second witness."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from crm_tui.api.auth import Basic, Secret
from crm_tui.api.delivery import ATTEMPTS
from crm_tui.api.errors import BadAnswer, Incomplete, ServerFault, SignInRefused, Unanswered
from crm_tui.api.ledger import Limits
from crm_tui.api.pacing import Waiting
from crm_tui.domain.change import Change, Place, Planned, Set
from crm_tui.domain.pipeline import active_boards, move_to, neighbour_stage
from crm_tui.domain.rows import OpportunityRow, Stage
from crm_tui.domain.snapshot import RowState
from crm_tui.service.crm import Crm
from crm_tui.service.load import Phase
from crm_tui.service.outbox import Hold
from crm_tui.service.sending import AT_IT_STILL
from crm_tui.service.writer import Outcome
from crm_tui.structs import replace
from tests.world import NOW, Sandbox, Waits, loaded, open_book, running, until

HELD = Hold(timedelta(seconds=3), timedelta(seconds=15))

OPPORTUNITIES = "/api/crm/crmopportunities"
BOARD = "CrmOpportunity_CrmBoardColumn_CrmBoard_Id"


def a_card(crm: Crm) -> tuple[OpportunityRow, Stage]:
    """Give an open card of the first board and the stage after its own."""
    board = active_boards(crm.snapshot)[0]
    for stage in crm.snapshot.stages_of(board.id):
        target = neighbour_stage(crm.snapshot, stage, 1)
        cards = crm.snapshot.cards(stage.id)
        if cards and target is not None and not target.wins and not target.loses:
            return cards[0], target
    raise AssertionError("the seed has no card that could be moved")


def have_listed_again(sandbox: Sandbox, crm: Crm, board_id: int, *, but: int = 0) -> None:
    """Delete a card past everybody, so that a refresh finds another number on its board, and lists it anew."""
    gone = next(each for each in reversed(crm.snapshot.ids_of(board_id)) if each != but)
    sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", gone)


async def moved(crm: Crm, row: OpportunityRow, stage: Stage) -> Outcome:
    """Submit a move and wait for its outcome."""
    outcomes: list[Outcome] = []
    end = crm.subscribe(lambda outcome: outcomes.append(outcome) if outcome else None)
    crm.submit([Planned(row.id, move_to(crm.snapshot, row, stage), row.customer, stage.name)])
    await crm.settle()
    end()
    assert len(outcomes) == 1
    return outcomes[0]


# Loading


async def test_the_whole_book_is_loaded_as_the_database_has_it(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        in_book = {
            row.id: (row.stage_id, row.position, row.customer)
            for stage in crm.snapshot.stages.values()
            for row in crm.snapshot.cards(stage.id)
        }
        loads = {board.id: crm.load(board.id) for board in active_boards(crm.snapshot)}
    in_database = sandbox.query(
        """SELECT o.Id, o.CrmBoardColumnId, o.Position, w.FullName FROM crmopportunities o
           JOIN coworkers w ON w.Id = o.CoworkerId
           JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
           JOIN crmboards b ON b.Id = c.CrmBoardId WHERE b.Archived = 0"""
    )
    assert in_book == {row_id: tuple(rest) for row_id, *rest in in_database}
    assert all(load.phase == Phase.READY and load.as_of == NOW for load in loads.values())


async def test_H16_a_page_that_fails_in_the_middle_leaves_what_came_and_says_so(
    sandbox: Sandbox,
) -> None:
    await sandbox.fault(
        action="status", status=500, path=OPPORTUNITIES, query={"page": "2"}, times=ATTEMPTS
    )
    async with open_book(sandbox, page_size=10) as crm:
        board = active_boards(crm.snapshot)[0]
        load = crm.load(board.id)
        assert (load.phase, load.loaded) == (Phase.FAILED, 10)
        assert load.total > 10
        assert isinstance(load.error, ServerFault)
        assert sum(len(crm.snapshot.cards(s.id)) for s in crm.snapshot.stages_of(board.id)) == 10
        assert crm.load(active_boards(crm.snapshot)[1].id).phase == Phase.READY
        crm.refresh()
        await until(crm, lambda: crm.load(board.id).phase == Phase.READY)
        assert crm.load(board.id).loaded == load.total


async def test_H16_a_refresh_that_fails_takes_no_record_for_deleted(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox, page_size=10) as crm:
        before = len(crm.snapshot)
        board = active_boards(crm.snapshot)[0]
        have_listed_again(sandbox, crm, board.id)
        await sandbox.fault(action="drop", path=OPPORTUNITIES, query={"page": "2"}, times=None)
        crm.refresh()
        await loaded(crm)
        load = crm.load(board.id)
        assert isinstance(load.error, Unanswered)
        assert load.as_of == NOW
        assert len(crm.snapshot) == before
        assert crm.load(active_boards(crm.snapshot)[1].id).phase == Phase.FAILED


async def test_a_refresh_brings_what_others_changed_made_and_deleted(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        other = next(
            card
            for stage in crm.snapshot.stages_of(row.board_id)
            for card in crm.snapshot.cards(stage.id)
            if card.id != row.id
        )
        sandbox.execute(
            "UPDATE crmopportunities SET CrmBoardColumnId = ? WHERE Id = ?", target.id, row.id
        )
        sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", other.id)
        crm.refresh()
        await loaded(crm)
        after = crm.snapshot.row(row.id)
        assert after is not None
        assert after.stage_id == target.id
        assert crm.snapshot.row(other.id) is None


async def test_a_card_in_a_stage_the_server_does_not_list_is_shown(sandbox: Sandbox) -> None:
    ((stage_id, board_id),) = sandbox.query(
        "SELECT Id, CrmBoardId FROM crmboardcolumns WHERE Name = 'Office tour' LIMIT 1"
    )
    ((count,),) = sandbox.query(
        "SELECT count(*) FROM crmopportunities WHERE CrmBoardColumnId = ?", stage_id
    )
    listing = await _without_stage(sandbox, stage_id)
    await sandbox.fault(
        action="status", status=200, path="/api/crm/crmboardcolumns", body=listing, times=None
    )
    async with open_book(sandbox) as crm:
        stand_in = crm.snapshot.stages[stage_id]
        assert (stand_in.known, stand_in.name, stand_in.board_id) == (
            False,
            "Office tour",
            board_id,
        )
        assert len(crm.snapshot.cards(stage_id)) == count > 0


async def _without_stage(sandbox: Sandbox, stage_id: int) -> dict[str, object]:
    """Take the listing of all stages, and one stage out of it."""
    async with sandbox.http() as client:
        answer = await client.get("/api/crm/crmboardcolumns", params={"size": "1000"})
    listing = answer.json()
    listing["Records"] = [record for record in listing["Records"] if record["Id"] != stage_id]
    assert isinstance(listing, dict)
    return listing


async def test_no_boards_is_a_state_and_not_a_failure(sandbox: Sandbox) -> None:
    sandbox.execute("UPDATE crmboards SET Archived = 1")
    async with open_book(sandbox) as crm:
        assert crm.reference.phase == Phase.READY
        assert crm.failure is None
        assert active_boards(crm.snapshot) == []


async def test_B09_a_wrong_password_is_tried_once(sandbox: Sandbox) -> None:
    crm = sandbox.crm(Basic("ana@example.com", Secret("wrong")))
    running = asyncio.create_task(crm.run())
    await loaded(crm)
    assert isinstance(crm.failure, SignInRefused)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert sandbox.query("SELECT Path, Status FROM requests ORDER BY Id") == [
        ("/api/crm/crmboards", 401),
        ("/api/auth/me", 401),
    ]


async def test_html_instead_of_json_is_named(sandbox: Sandbox) -> None:
    await sandbox.fault(action="html", status=200, path="/api/crm/crmboards", times=None)
    async with open_book(sandbox) as crm:
        assert isinstance(crm.failure, BadAnswer)
        assert crm.failure.detail == "a web page"


async def test_an_address_where_nexudus_is_not_is_named(sandbox: Sandbox) -> None:
    await sandbox.fault(action="html", status=404, path="/api/crm/*", times=None)
    async with open_book(sandbox) as crm:
        assert isinstance(crm.failure, BadAnswer)


# Moving


async def test_a_move_shows_at_once_and_arrives_as_one_whole_record(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        async with sandbox.http() as client:
            raw = (await client.get(f"{OPPORTUNITIES}/{row.id}")).json()
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
        assert crm.snapshot.cards(target.id)[-1].id == row.id
        assert crm.snapshot.state(row.id) == RowState.HELD
        assert sandbox.writes() == []
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.SAVED
    (body,) = sandbox.writes()
    assert sandbox.stage_of(row.id) == target.id
    assert list(body) == list(raw)
    changed = {key for key in raw if body[key] != raw[key]}
    assert changed == {"CrmBoardColumnId", "Position"}
    histories = sandbox.query(
        "SELECT NewCrmBoardColumnId FROM crmopportunityhistories WHERE CrmOpportunityId = ? "
        "ORDER BY Id DESC LIMIT 1",
        row.id,
    )
    assert histories == [(target.id,)]


async def test_D16_cleaning_does_not_reach_the_wire(sandbox: Sandbox) -> None:
    notes = "bell\x07 esc\x1b[2J \u202e rtl\r\ncombining e\u0301"
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        sandbox.execute("UPDATE crmopportunities SET Notes = ? WHERE Id = ?", notes, row.id)
        await moved(crm, row, target)
    assert sandbox.query("SELECT Notes FROM crmopportunities WHERE Id = ?", row.id) == [(notes,)]


async def test_what_the_server_changes_by_itself_is_taken_over_and_said(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, _ = a_card(crm)
        won = next(s for s in crm.snapshot.stages_of(row.board_id) if s.wins)
        outcome = await moved(crm, row, won)
        after = crm.snapshot.row(row.id)
    assert (outcome.state, outcome.words) == (RowState.SAVED, "the server made it won")
    assert after is not None
    assert after.status == 2


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"action": "refuse", "message": "Tuesdays only"}, "Tuesdays only"),
        (
            {
                "action": "status",
                "status": 200,
                "body": {
                    "WasSuccessful": False,
                    "Message": "Position: no",
                    "Errors": [
                        {"PropertyName": "Position", "Message": "no"},
                        {"PropertyName": "Status", "Message": "not yet"},
                    ],
                },
            },
            "Position: no; Status: not yet",
        ),
        (
            {
                "action": "status",
                "status": 400,
                "body": {
                    "WasSuccessful": False,
                    "Message": "Position: no",
                    "Errors": [{"PropertyName": "Position", "Message": "no"}],
                },
            },
            "Position: no",
        ),
        (
            {"action": "status", "status": 403, "body": {"Message": "no"}},
            "you may not do this: it needs the role CrmOpportunity-Edit",
        ),
        (
            {"action": "throttle", "headers": {"Retry-After": "3600"}, "times": None},
            "the server asks to slow down: for 3600 s",
        ),
    ],
    ids=["200-with-failure", "200-with-properties", "400-envelope", "403", "throttled-for-long"],
)
async def test_H12_a_refused_move_goes_back_with_the_servers_words(
    sandbox: Sandbox, rule: dict[str, object], words: str
) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, **rule)
        outcome = await moved(crm, row, target)
        state = RowState.PARKED if rule.get("status") == 403 else RowState.FAILED
        assert (outcome.state, outcome.words, outcome.put_back) == (state, words, True)
        assert crm.snapshot.row(row.id) == row
        assert crm.snapshot.state(row.id) == state
    assert sandbox.stage_of(row.id) == row.stage_id


async def test_F21_throttling_is_waited_out_and_not_taken_for_a_conflict(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        await sandbox.fault(
            method="PUT",
            path=OPPORTUNITIES,
            action="throttle",
            headers={"Retry-After": "1"},
            times=2,
        )
        outcome = await moved(crm, row, target)
    assert outcome.state == RowState.SAVED
    assert len(sandbox.writes()) == 3
    assert sandbox.stage_of(row.id) == target.id


async def test_G03_H10_I13_a_write_whose_answer_was_lost_is_found_done_and_not_repeated(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="drop", after_commit=True)
        outcome = await moved(crm, row, target)
    assert outcome.state == RowState.SAVED
    assert len(sandbox.writes()) == 1
    assert sandbox.stage_of(row.id) == target.id


async def test_G04_H10_a_write_that_was_lost_on_its_way_is_sent_again(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="drop")
        outcome = await moved(crm, row, target)
    assert outcome.state == RowState.SAVED
    assert len(sandbox.writes()) == 2
    assert sandbox.stage_of(row.id) == target.id


async def test_H10_I13_a_write_that_is_lost_each_time_is_found_undone(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="drop", times=2)
        outcome = await moved(crm, row, target)
        assert outcome.state == RowState.FAILED
        assert crm.snapshot.row(row.id) == row
    assert sandbox.stage_of(row.id) == row.stage_id


async def test_when_nobody_can_tell_the_outcome_is_unknown_and_says_so(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="drop", after_commit=True)
        await sandbox.fault(
            method="GET", path=f"{OPPORTUNITIES}/{row.id}", action="drop", after=1, times=None
        )
        outcome = await moved(crm, row, target)
        assert outcome.state == RowState.UNKNOWN
        assert crm.snapshot.state(row.id) == RowState.UNKNOWN
        await sandbox.heal()
        crm.refresh()
        await loaded(crm)
        after = crm.snapshot.row(row.id)
        assert after is not None
        assert after.stage_id == target.id
        assert crm.snapshot.state(row.id) == RowState.SAVED


async def test_a_card_that_somebody_moved_meanwhile_is_not_moved_over_their_head(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        lost = next(s for s in crm.snapshot.stages_of(row.board_id) if s.loses)
        sandbox.execute(
            "UPDATE crmopportunities SET CrmBoardColumnId = ? WHERE Id = ?", lost.id, row.id
        )
        outcome = await moved(crm, row, target)
        after = crm.snapshot.row(row.id)
    words = f"somebody moved it to {lost.name}"
    assert (outcome.state, outcome.words) == (RowState.CONFLICT, words)
    assert not outcome.put_back
    assert after is not None
    assert after.stage_id == lost.id
    assert sandbox.writes() == []


async def test_F03_a_card_that_is_there_already_is_done_without_a_write(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        sandbox.execute(
            "UPDATE crmopportunities SET CrmBoardColumnId = ? WHERE Id = ?", target.id, row.id
        )
        outcome = await moved(crm, row, target)
    assert outcome.state == RowState.SAVED
    assert sandbox.writes() == []


async def test_F13_a_card_deleted_meanwhile_is_not_made_again(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", row.id)
        outcome = await moved(crm, row, target)
        assert (outcome.state, outcome.words) == (
            RowState.PARKED,
            "it was deleted elsewhere, or hidden from you",
        )
        assert crm.snapshot.row(row.id) is None
    assert sandbox.writes() == []


async def test_F17_two_moves_of_one_card_arrive_in_order(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, first = a_card(crm)
        second = neighbour_stage(crm.snapshot, first, 1)
        assert second is not None
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, first), "", "")])
        await until(crm, lambda: crm.snapshot.state(row.id) == RowState.SENDING)
        between = crm.snapshot.row(row.id)
        assert between is not None
        crm.submit([Planned(row.id, move_to(crm.snapshot, between, second), "", "")])
        assert crm.snapshot.pending_count() == 2
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.SAVED
    assert [body["CrmBoardColumnId"] for body in sandbox.writes()] == [first.id, second.id]
    assert sandbox.stage_of(row.id) == second.id


async def test_one_refused_move_does_not_stop_the_others(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        other = next(card for card in crm.snapshot.cards(row.stage_id) if card.id != row.id)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="refuse", message="no")
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
        crm.submit([Planned(other.id, move_to(crm.snapshot, other, target), "", "")])
        await crm.settle()
    assert sandbox.stage_of(row.id) == row.stage_id
    assert sandbox.stage_of(other.id) == target.id


async def test_a_move_made_on_top_of_a_refused_one_is_not_blamed_on_others(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        row, first = a_card(crm)
        second = neighbour_stage(crm.snapshot, first, 1)
        assert second is not None
        outcomes: list[Outcome] = []
        end = crm.subscribe(lambda outcome: outcomes.append(outcome) if outcome else None)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="refuse", message="no")
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, first), "", "")])
        await until(crm, lambda: crm.snapshot.state(row.id) == RowState.SENDING)
        between = crm.snapshot.row(row.id)
        assert between is not None
        crm.submit([Planned(row.id, move_to(crm.snapshot, between, second), "", "")])
        await crm.settle()
        end()
        assert [outcome.words for outcome in outcomes] == [
            "no",
            "the change before it was not saved",
        ]
        assert crm.snapshot.row(row.id) == row
    assert len(sandbox.writes()) == 1


async def test_a_page_asked_for_before_a_move_does_not_undo_it_on_the_screen(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        have_listed_again(sandbox, crm, row.board_id, but=row.id)
        await sandbox.fault(
            method="GET",
            path=OPPORTUNITIES,
            query={BOARD: str(row.board_id), "size": "1000"},
            action="latency",
            seconds=0.4,
            after_commit=True,
            times=1,
        )
        crm.refresh()
        await until(crm, lambda: crm.load(row.board_id).phase == Phase.LOADING)
        outcome = await moved(crm, row, target)
        assert outcome.state == RowState.SAVED
        await loaded(crm)
        after = crm.snapshot.row(row.id)
        assert after is not None
        assert after.stage_id == target.id
    assert sandbox.stage_of(row.id) == target.id


async def test_H15_a_listing_that_ends_early_is_said_to_be_so_and_drops_nothing(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        before = len(crm.snapshot)
        board = active_boards(crm.snapshot)[0]
        async with sandbox.http() as client:
            page = (
                await client.get(
                    OPPORTUNITIES,
                    params={"CrmOpportunity_CrmBoardColumn_CrmBoard_Id": board.id, "size": "10"},
                )
            ).json()
        del page["HasNextPage"], page["LastItem"]
        await sandbox.fault(action="status", status=200, path=OPPORTUNITIES, body=page, times=None)
        crm.refresh()
        await loaded(crm)
        assert isinstance(crm.load(board.id).error, Incomplete)
        assert len(crm.snapshot) == before


async def test_I14_a_record_that_makes_no_sense_is_set_aside_and_counted(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        board = active_boards(crm.snapshot)[0]
        good = {"Id": 7, "CrmBoardColumnId": crm.snapshot.stages_of(board.id)[0].id}
        bad = [
            {"Id": [], "CrmBoardColumnId": 1},
            {"Id": "--5", "CrmBoardColumnId": 1},
            {"Id": 8, "Position": "--5"},
            {"Id": 9},
        ]
        page = {"Records": [good, *bad], "HasNextPage": False, "TotalItems": 5}
        await sandbox.fault(action="status", status=200, path=OPPORTUNITIES, body=page, times=None)
        crm.refresh()
        await loaded(crm)
        load = crm.load(board.id)
        assert (load.loaded, load.unreadable, load.phase) == (1, 4, Phase.READY)
        assert crm.snapshot.row(7) is not None


async def test_null_in_a_boards_or_stages_fields_does_not_stop_the_book(sandbox: Sandbox) -> None:
    async with sandbox.http() as client:
        boards = (await client.get("/api/crm/crmboards", params={"size": "1000"})).json()
        stages = (await client.get("/api/crm/crmboardcolumns", params={"size": "1000"})).json()
    boards["Records"][1].update(Archived=None, BusinessName=None)
    stages["Records"][0].update(Position=None, Name=None, WinOpportunity=None)
    await sandbox.fault(action="status", status=200, path="/api/crm/crmboards", body=boards)
    await sandbox.fault(action="status", status=200, path="/api/crm/crmboardcolumns", body=stages)
    async with open_book(sandbox) as crm:
        assert crm.failure is None
        assert len(crm.snapshot.boards) == len(boards["Records"])


async def test_boards_that_cannot_be_asked_for_leave_no_board_waiting(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        await sandbox.fault(action="status", status=500, path="/api/crm/crmboards", times=None)
        crm.refresh()
        await loaded(crm)
        assert isinstance(crm.failure, ServerFault)
        assert {crm.load(board.id).phase for board in active_boards(crm.snapshot)} == {Phase.FAILED}


async def test_an_answer_that_does_not_say_whether_it_was_done_is_looked_into(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox) as crm:
        row, target = a_card(crm)
        await sandbox.fault(
            method="PUT", path=OPPORTUNITIES, action="status", status=200,
            body={"Message": "ok"}, after_commit=True,
        )  # fmt: skip
        outcome = await moved(crm, row, target)
    assert outcome.state == RowState.SAVED
    assert sandbox.stage_of(row.id) == target.id
    assert len(sandbox.writes()) == 1


async def test_a_change_of_any_field_is_written_by_the_same_steps(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, _ = a_card(crm)
        sandbox.execute("UPDATE crmopportunities SET Notes = 'old' WHERE Id = ?", row.id)
        change = Change((Set("notes", "old", "new"), Set("value", row.value, Decimal("12.50"))))
        crm.submit([Planned(row.id, change, "", "")])
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.SAVED
    kept = sandbox.query("SELECT Notes, Value FROM crmopportunities WHERE Id = ?", row.id)
    assert kept == [("new", "12.50")]


async def test_an_order_inside_a_stage_is_written_too(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        row, _ = a_card(crm)
        change = Change((Place(row.stage_id, 4_000, row.stage_id, row.position),))
        crm.submit([Planned(row.id, change, "", "")])
        await crm.settle()
    assert len(sandbox.writes()) == 1
    assert sandbox.query("SELECT Position FROM crmopportunities WHERE Id = ?", row.id) == [(4_000,)]


async def test_a_board_that_was_emptied_elsewhere_is_empty_and_whole(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        sandbox.execute("DELETE FROM crmopportunities")
        crm.refresh()
        await loaded(crm)
        assert len(crm.snapshot) == 0
        assert {crm.load(b.id).error for b in active_boards(crm.snapshot)} == {None}


async def test_I14_a_board_or_stage_without_an_id_is_left_out_and_the_others_are_shown(
    sandbox: Sandbox,
) -> None:
    async with sandbox.http() as client:
        boards = (await client.get("/api/crm/crmboards", params={"size": "1000"})).json()
        stages = (await client.get("/api/crm/crmboardcolumns", params={"size": "1000"})).json()
    lost = boards["Records"][-1].pop("Id")
    del stages["Records"][-1]["Id"]
    await sandbox.fault(action="status", status=200, path="/api/crm/crmboards", body=boards)
    await sandbox.fault(action="status", status=200, path="/api/crm/crmboardcolumns", body=stages)
    async with open_book(sandbox) as crm:
        assert crm.failure is None
        assert lost not in crm.snapshot.boards
        assert len(crm.snapshot.boards) == len(boards["Records"]) - 1


async def test_H15_a_list_that_never_holds_still_is_said_to_be_not_whole(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        board = active_boards(crm.snapshot)[0]
        before = {row.id for row in crm.snapshot.rows()}
        async with sandbox.http() as client:
            parameters = {
                BOARD: str(board.id),
                "size": "1000",
            }
            whole = (await client.get(OPPORTUNITIES, params=parameters)).json()
        records = whole["Records"]
        half = len(records) // 2
        for _ in range(3):  # each walk sees another length, and one record slips by
            for page, (part, total) in enumerate(
                ((records[:half], len(records)), (records[half + 1 :], len(records) - 1)), 1
            ):
                body = {
                    **whole, "Records": part, "TotalItems": total,
                    "CurrentPage": page, "HasNextPage": page == 1,
                }  # fmt: skip
                await sandbox.fault(
                    action="status", status=200, path=OPPORTUNITIES, body=body,
                    query={BOARD: str(board.id), "size": "1000"},
                )  # fmt: skip
        await sandbox.fault(
            action="status", status=200, path=OPPORTUNITIES, body={**whole, "TotalItems": 1},
            query={BOARD: str(board.id), "size": "1"},
        )  # fmt: skip
        crm.refresh()
        await loaded(crm)
        assert isinstance(crm.load(board.id).error, Incomplete)
        assert {row.id for row in crm.snapshot.rows()} == before


# Taking turns


async def test_a_change_goes_ahead_of_the_loading_that_waits_for_its_turn(sandbox: Sandbox) -> None:
    waits = Waits()
    crm = sandbox.crm(page_size=5, limits=Limits(per_second=1), sleep=waits)
    async with running(crm):
        await until(crm, lambda: len(crm.snapshot) >= 20)
        waits.pass_freely.clear()
        await until(crm, lambda: crm.waiting is not None)
        row, target = a_card(crm)
        asked = len(sandbox.query("SELECT Id FROM requests"))
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
        await waits.another()
        waits.pass_freely.set()
        await crm.settle()
    after = sandbox.query("SELECT Method, Path FROM requests ORDER BY Id LIMIT 1 OFFSET ?", asked)
    assert after == [("GET", f"{OPPORTUNITIES}/{row.id}")]


async def test_a_wait_that_nobody_would_notice_is_not_told(sandbox: Sandbox) -> None:
    crm = sandbox.crm(page_size=5, limits=Limits(per_second=10))
    told: list[Waiting | None] = []
    crm.subscribe(lambda _outcome: told.append(crm.waiting))
    async with running(crm):
        await loaded(crm)
    assert set(told) == {None}


async def test_H08_a_server_that_is_slow_to_commit_is_looked_at_again(sandbox: Sandbox) -> None:
    waits = Waits()
    async with open_book(sandbox, sleep=waits) as crm:
        row, target = a_card(crm)
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="drop")
        waits.pass_freely.clear()
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
        while AT_IT_STILL not in waits.asked:
            await waits.another()
        sandbox.execute(
            "UPDATE crmopportunities SET CrmBoardColumnId = ? WHERE Id = ?", target.id, row.id
        )
        waits.pass_freely.set()
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.SAVED
    assert sandbox.stage_of(row.id) == target.id


async def test_H08_what_is_neither_as_it_was_nor_as_asked_for_is_unknown(sandbox: Sandbox) -> None:
    waits = Waits()
    async with open_book(sandbox, sleep=waits) as crm:
        row, target = a_card(crm)
        third = next(
            stage
            for stage in crm.snapshot.stages_of(target.board_id)
            if stage.id not in (target.id, row.stage_id)
        )
        await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="drop")
        waits.pass_freely.clear()
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
        while AT_IT_STILL not in waits.asked:
            await waits.another()
        sandbox.execute(
            "UPDATE crmopportunities SET CrmBoardColumnId = ? WHERE Id = ?", third.id, row.id
        )
        waits.pass_freely.set()
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.UNKNOWN


async def test_a_refresh_while_one_is_going_on_is_not_a_second_one(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        asked = len(sandbox.query("SELECT Id FROM requests WHERE Path = '/api/crm/crmboards'"))
        assert crm.refresh()
        assert not crm.refresh()
        await loaded(crm)
    rows = sandbox.query("SELECT Id FROM requests WHERE Path = '/api/crm/crmboards'")
    assert len(rows) == asked + 1


# Holding back


async def test_what_is_taken_back_within_the_hold_never_reaches_the_server(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox, hold=HELD) as crm:
        row, target = a_card(crm)
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
        assert crm.snapshot.state(row.id) == RowState.HELD
        assert crm.held_until() is not None
        assert [intent.record_id for intent in crm.undo()] == [row.id]
        assert crm.snapshot.row(row.id) == row
        assert crm.undo() == []
        await crm.settle()
    assert (sandbox.asked(f"{OPPORTUNITIES}/{row.id}"), sandbox.writes()) == ([], [])


async def test_undo_takes_back_the_last_step_whole_and_only_that(sandbox: Sandbox) -> None:
    async with open_book(sandbox, hold=HELD) as crm:
        row, target = a_card(crm)
        others = [card for card in crm.snapshot.cards(row.stage_id) if card.id != row.id][:2]
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
        crm.submit([Planned(o.id, move_to(crm.snapshot, o, target), "", "") for o in others])
        assert {intent.record_id for intent in crm.undo()} == {other.id for other in others}
        await crm.settle()
    assert [body["Id"] for body in sandbox.writes()] == [row.id]
    assert all(sandbox.stage_of(other.id) == other.stage_id for other in others)


async def test_what_was_hidden_behind_a_change_that_is_taken_back_is_held_as_long(
    sandbox: Sandbox,
) -> None:
    async with open_book(sandbox, hold=HELD) as crm:
        row, first = a_card(crm)
        crm.snapshot.stages[first.id] = plain = replace(
            first, macro_id=None, task_list_id=None, confirms_tour=False
        )
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, plain), "", "")])
        between = crm.snapshot.row(row.id)
        acting = next(s for s in crm.snapshot.stages_of(first.board_id) if s.macro_id is not None)
        assert between is not None
        crm.submit([Planned(row.id, move_to(crm.snapshot, between, acting), "", "")])
        crm.undo()
        assert crm.held_until() == NOW + HELD.with_effects


async def test_edits_of_one_record_within_the_hold_are_one_write(sandbox: Sandbox) -> None:
    async with open_book(sandbox, hold=HELD) as crm:
        row, first = a_card(crm)
        second = neighbour_stage(crm.snapshot, first, 1)
        assert second is not None
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, first), "", "")])
        between = crm.snapshot.row(row.id)
        assert between is not None
        crm.submit([Planned(row.id, move_to(crm.snapshot, between, second), "", "")])
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.SAVED
    assert [body["CrmBoardColumnId"] for body in sandbox.writes()] == [second.id]


async def test_there_and_back_again_is_no_write_at_all(sandbox: Sandbox) -> None:
    async with open_book(sandbox, hold=HELD) as crm:
        row, target = a_card(crm)
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
        there = crm.snapshot.row(row.id)
        assert there is not None
        back = crm.snapshot.stages[row.stage_id]
        crm.submit([Planned(row.id, move_to(crm.snapshot, there, back), "", "")])
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.SAVED
    assert sandbox.writes() == []


async def test_the_hold_lasts_as_long_as_was_said_and_longer_where_the_stage_acts(
    sandbox: Sandbox,
) -> None:
    waits = Waits()
    async with open_book(sandbox, hold=HELD, sleep=waits) as crm:
        row, target = a_card(crm)
        waits.pass_freely.clear()
        plain = replace(target, macro_id=None, task_list_id=None, confirms_tour=False)
        crm.snapshot.stages[target.id] = plain
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
        await waits.another()
        assert waits.asked[-1] == HELD.plain.total_seconds()
        assert sandbox.writes() == []
        crm.undo()
        crm.snapshot.stages[target.id] = replace(plain, macro_id=1)
        crm.submit([Planned(row.id, move_to(crm.snapshot, row, target), "", "")])
        await waits.another()
        assert waits.asked[-1] == HELD.with_effects.total_seconds()
        waits.pass_freely.set()
        await until(crm, lambda: crm.snapshot.state(row.id) == RowState.SAVED)
    assert len(sandbox.writes()) == 1
