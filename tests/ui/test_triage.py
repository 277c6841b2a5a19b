"""The triage screen by keys only: lanes, going on after each decision, taking back, skipping, pinning, what arrives."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key

from crm_tui.config.settings import Start
from crm_tui.domain.snapshot import RowState
from crm_tui.domain.triage.lanes import Lane
from crm_tui.domain.triage.queue import Queue, queue
from crm_tui.domain.triage.reasons import LANE_NAMES, SHORT_LANE_NAMES, reason
from crm_tui.service.outbox import Hold
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.search import SearchScreen
from crm_tui.ui.screens.triage import TriageScreen
from tests.ui.conftest import Sit, Sitting
from tests.world import NOW, Sandbox, loaded

BETWEEN = ("g", "escape")
"""Keys that do nothing: pressed twice without any between, and at once, a key counts as held."""

HELD = Hold(timedelta(hours=1), timedelta(hours=1))


def triage(at: Sitting) -> TriageScreen:
    """The triage screen, which lies over all others."""
    screen = at.app.screen
    assert isinstance(screen, TriageScreen)
    return screen


def in_front(at: Sitting) -> type[object]:
    """The kind of the screen that lies over all others."""
    return type(at.app.screen)


def current(at: Sitting) -> int:
    """The record under the cursor."""
    record_id = triage(at).record_id
    assert record_id is not None
    return record_id


def ranked(at: Sitting) -> Queue:
    """The queue, ranked anew by who knows how."""
    return queue(at.crm.snapshot.rows(), at.app._desk.triage_scope())


def in_order(at: Sitting) -> list[int]:
    """The ids of the queue as it ranks now."""
    return [entry.row.id for entry in ranked(at).order]


def customer(at: Sitting, record_id: int) -> str:
    """The name of a record's customer."""
    row = at.crm.snapshot.row(record_id)
    assert row is not None
    return row.customer


def line_of(at: Sitting, name: str) -> int:
    """The line of the queue in which a name stands."""
    return next(y for y, line in enumerate(at.lines()) if name in line[:40])


async def begun(at: Sitting) -> list[int]:
    """Open the triage screen, and give its order."""
    await at.press("t")
    while triage(at).is_hidden:
        await at.pilot.pause()
    await at.pilot.pause()
    return in_order(at)


def field(sandbox: Sandbox, record_id: int, name: str) -> Any:
    """What the sandbox's database has in a field of an opportunity."""
    sql = f"SELECT {name} FROM crmopportunities WHERE Id = ?"
    ((value,),) = sandbox.query(sql, record_id)
    return value


async def test_the_queue_opens_at_its_first_row_with_the_record_and_why(sit: Sit) -> None:
    async with sit() as at:
        order = await begun(at)
        assert current(at) == order[0]
        lanes = {lane: count for lane, count in ranked(at).counts.items() if count}
        names = {Lane.NEW: "New", Lane.OVERDUE: "Overdue", Lane.TODAY: "Today"}
        for lane, name in names.items():
            if lane in lanes:
                assert f"{name} {lanes[lane]}" in at.lines()[0]
        row = at.crm.snapshot.row(order[0])
        assert row is not None
        line = next(line for line in at.lines() if "▸" in line)
        assert row.customer.split()[0] in line
        assert "Follow-up" in at.text()
        assert f"1 of {len(order)}" in at.text()


async def test_after_a_verb_the_next_row_is_current_and_u_goes_back(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        order = await begun(at)
        await at.press("f", "m")
        assert field(sandbox, order[0], "DueDate") == "2026-03-09T00:00:00Z"
        assert current(at) == order[1]
        assert f"1 of {len(order) - 1}" in at.text()
        row = at.crm.snapshot.row(order[1])
        assert row is not None
        assert any(row.customer in line[70:] for line in at.lines()), "the record is drawn"
        await at.press("x", "p")
        assert field(sandbox, order[1], "Status") == 3
        assert current(at) == order[2]
        await at.press("u")
        assert current(at) == order[1]
        assert field(sandbox, order[1], "Status") == 1
        await at.press("u")
        assert current(at) == order[0]


async def test_with_what_is_taken_back_within_its_hold_the_record_beside_it_is_back(
    sit: Sit, tmp_path: Path
) -> None:
    hold = Hold(timedelta(seconds=3), timedelta(seconds=15))
    async with sit(hold=hold, journal=tmp_path / "journal.db") as at:
        order = await begun(at)
        first, second = (customer(at, each) for each in order[:2])
        await at.press_only("f", "m")
        assert second in at.lines()[1][70:]
        await at.press_only("u")
        assert current(at) == order[0]
        assert first in at.lines()[1][70:]
        assert f" 1 of {len(order)} " in at.text()


async def test_a_decided_row_stays_in_its_place_with_what_became_of_it(sit: Sit) -> None:
    async with sit() as at:
        order = await begun(at)
        names = [customer(at, each) for each in order[:3]]
        lines = [line_of(at, name) for name in names]
        await at.press("f", "w")
        assert "→ follow-up on " in at.lines()[lines[0]]
        assert line_of(at, names[0]) == lines[0]
        assert line_of(at, names[2]) == lines[2], "what is below does not move"
        await at.press("k")
        assert current(at) == order[1], "no key comes there"
        await at.press("S")
        assert "→ left out for this sitting" in at.lines()[line_of(at, names[1])]
        await at.press("x", "p")
        assert "→ lost: price" in at.lines()[line_of(at, names[2])]
        await at.press("u")
        assert current(at) == order[2]
        assert "→ lost: price" not in at.text()
        await at.press("R")
        assert "→ follow-up" not in at.text()
        assert "→ left out" not in at.text()


async def test_what_is_done_is_cleared_away_once_the_rows_have_to_move(sit: Sit) -> None:
    async with sit(size=(120, 12)) as at:
        order = await begun(at)
        assert len(order) > 8
        for place in range(8):
            assert current(at) == order[place]
            assert len(at.lines()) == 12
            assert "▸" in at.text()
            await at.press("f", "w")
        assert current(at) == order[8]
        assert at.text().count("→ follow-up on ") < 8


async def test_what_a_filter_hides_is_not_shown_as_done(sit: Sit) -> None:
    async with sit() as at:
        order = await begun(at)
        await at.press("f", "w")
        await at.press("F", *customer(at, order[1]).split()[0].lower(), "enter")
        assert "→" not in "".join(line[:70] for line in at.lines()[1:-2])
        assert current(at) == order[1]


async def test_what_does_not_leave_the_queue_is_gone_on_from_too(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        order = await begun(at)
        await at.press("a", *"later", "enter")
        assert field(sandbox, order[0], "Notes").endswith(": later")
        assert current(at) == order[1]
        await at.press("k")
        assert current(at) == order[0]


async def won_without_date(
    at: Sitting, sandbox: Sandbox, record_id: int, *, lost_for: int | None = None
) -> None:
    """Have an opportunity won without a date."""
    facts: dict[str, object] = {"Status": 2, "Completed": 1, "WonOn": None, "DueDate": None}
    facts |= {"CrmUpdatedOn": "2026-02-20T10:00:00Z", "UpdatedOn": "2026-03-02T09:29:00Z"}
    facts["LossReason"] = lost_for
    for name, value in facts.items():
        sandbox.execute(f"UPDATE crmopportunities SET {name} = ? WHERE Id = ?", value, record_id)
    await at.press("R")
    while at.crm.is_loading:
        await at.pilot.pause()


async def until_undated(at: Sitting, record_id: int) -> None:
    """Wait until the record has come, and is seen to lack the date."""
    while record_id not in at.crm.details.undated:
        await at.pilot.pause()
    await at.pilot.pause()


async def go_to(at: Sitting, record_id: int) -> None:
    """Move the cursor down to a record."""
    for _ in range(in_order(at).index(record_id)):
        await at.press_only("j")
    assert current(at) == record_id


def said_of_it(at: Sitting) -> str:
    """Read why the row under the cursor is there."""
    lines = at.lines()
    place = next(place for place, line in enumerate(lines) if "▸" in line)
    return " ".join(line[:78] for line in lines[place : place + 2])


async def test_a_won_one_without_a_date_gets_one_by_one_key(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        card = at.record_id
        await won_without_date(at, sandbox, card)
        await at.press("Z")  # its record is shown beside the board
        await until_undated(at, card)
        assert card in await begun(at)
        await go_to(at, card)
        assert "won without a date" in said_of_it(at)
        await at.press("w")
        assert field(sandbox, card, "WonOn") == "2026-02-20T10:00:00Z"
        assert field(sandbox, card, "Status") == 2
        assert "won on Fri 20 Feb" in at.status
        assert card not in in_order(at)
        await at.press("u")
        assert field(sandbox, card, "WonOn") is None
    assert len(sandbox.writes()) == 2


async def test_that_a_date_is_lacking_is_said_once_the_record_has_come(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        first = at.crm.snapshot.row(at.record_id)
        assert first is not None
        card = at.crm.snapshot.cards(first.stage_id)[1].id
        await won_without_date(at, sandbox, card, lost_for=4)
        assert card in await begun(at)  # for another reason
        await go_to(at, card)
        await until_undated(at, card)
        assert "won with a loss reason" in said_of_it(at)
        assert reason(ranked(at), card).words == "won with a loss reason, won without a date"
        await at.press("w")
        assert field(sandbox, card, "LossReason") is None
        assert field(sandbox, card, "WonOn") == "2026-02-20T10:00:00Z"
        assert card not in in_order(at)
    assert len(sandbox.writes()) == 1


async def test_the_last_decision_is_repeated_by_one_key(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        order = await begun(at)
        await at.press("semicolon")
        assert "Nothing was decided yet" in at.status
        await at.press("f", "2")
        await at.press("semicolon")
        await at.press("semicolon")
        for record_id in order[:3]:
            row = at.crm.snapshot.row(record_id)
            assert row is not None
            due = datetime.fromisoformat(field(sandbox, record_id, "DueDate"))
            zone = at.app._desk.triage_scope().zones[row.board_id]
            assert due.astimezone(zone).isoformat().startswith("2026-03-16T00:00")
        assert current(at) == order[3]


async def test_what_is_skipped_leaves_and_stays_away_for_the_sitting(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        order = await begun(at)
        await at.press("S")
        assert current(at) == order[1]
        assert "1 skipped" in at.text()
        await at.press("k", "R")
        while at.crm.is_loading:
            await at.pilot.pause()
        await at.press("g", "g")
        assert current(at) == order[1]
        assert sandbox.writes() == []


async def test_what_was_skipped_last_is_taken_in_again_before_a_decision_is_taken_back(
    sit: Sit,
) -> None:
    async with sit() as at:
        order = await begun(at)
        await at.press_only("f", "w", "S", "S")
        assert current(at) == order[3]
        assert "u takes it in again" in at.text()
        await at.press_only("u")
        assert current(at) == order[2]
        assert "1 skipped" in at.text()
        await at.press_only(*BETWEEN, "u")
        assert current(at) == order[1]
        assert "skipped" not in at.text()
        await at.press_only(*BETWEEN, "u")
        assert current(at) == order[0]
        assert " back" in at.text().splitlines()[-2]


async def test_what_was_skipped_before_a_decision_waits_until_that_is_taken_back(sit: Sit) -> None:
    async with sit(hold=HELD) as at:
        order = await begun(at)
        await at.press_only("S", "f", "w", "u")
        assert current(at) == order[1]
        assert "1 skipped" in at.text()
        await at.press_only("U", "u", *BETWEEN, "u")
        assert current(at) == order[0]
        assert "skipped" not in at.text()


async def test_a_decision_on_the_board_goes_before_what_was_skipped(sit: Sit) -> None:
    async with sit(hold=HELD) as at:
        await begun(at)
        await at.press_only("S", "q")
        await at.press_only("full_stop")
        assert len(at.crm.unsettled()) == 1
        await at.press_only("t", "u")
        assert at.crm.unsettled() == []
        assert "1 skipped" in at.text()


async def test_tab_goes_from_lane_to_lane_and_round(sit: Sit) -> None:
    async with sit() as at:
        await begun(at)
        seen = [triage(at).lane]
        lanes = [lane for lane, count in ranked(at).counts.items() if count and lane < Lane.PARKED]
        for _ in lanes[1:]:
            await at.press("tab")
            seen.append(triage(at).lane)
        assert seen == lanes
        await at.press("tab")
        assert triage(at).lane == lanes[0]
        await at.press("shift+tab")
        assert triage(at).lane == lanes[-1]


async def test_what_arrives_waits_until_it_is_asked_for(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        order = await begun(at)
        parked = ranked(at).lane(Lane.PARKED)[0].row.id
        await at.press("f", "m")
        sandbox.execute(
            "UPDATE crmopportunities SET DueDate = '2020-01-01T00:00:00Z',"
            " UpdatedOn = '2026-03-02T09:29:59Z' WHERE Id = ?",
            parked,
        )
        at.crm.refresh()
        while at.crm.is_loading:
            await at.pilot.pause()
        await at.pilot.pause()
        assert current(at) == order[1]
        assert "1 more: R" in at.lines()[0]
        await at.press("R")
        assert current(at) == order[1]
        assert "more: R" not in at.lines()[0]
        while triage(at).record_id != parked:
            await at.press("k")


async def test_a_pinned_row_comes_first_once_it_is_folded_in(sit: Sit) -> None:
    async with sit() as at:
        order = await begun(at)
        await at.press("j", "j", "p")
        assert current(at) == order[2]
        assert "pinned" in next(line for line in at.lines() if "▸" in line)
        await at.press("R", "g", "g")
        assert current(at) == order[2]
        assert "Pinned 1" in at.lines()[0]


async def test_parked_rows_are_shown_when_asked_for(sit: Sit) -> None:
    async with sit() as at:
        await begun(at)
        count = ranked(at).counts[Lane.PARKED]
        assert "Parked" not in at.lines()[0]
        await at.press("P", "shift+tab")
        assert triage(at).lane == Lane.PARKED
        assert f"Parked {count}" in at.lines()[0] or count > 0
        assert "follow-up on" in at.text()


async def test_a_filter_narrows_the_queue(sit: Sit) -> None:
    async with sit() as at:
        order = await begun(at)
        wanted = [
            each
            for each in order
            if (row := at.crm.snapshot.row(each)) and row.value and row.value > 500
        ]
        await at.press("F", *"value>500", "enter")
        assert current(at) == wanted[0]
        assert f"1 of {len(wanted)}" in at.text()
        await at.press("F", "ctrl+u", *"zzzz", "enter")
        assert "No card matches" in at.text()


async def test_marks_are_shown_first_and_go_on_from_together(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        order = await begun(at)
        await at.press("space", "space", "k", "f", "w", "enter")
        assert len(sandbox.writes()) == 2
        assert current(at) == order[2]
        await at.press("u")
        assert len(sandbox.writes()) == 4


async def test_ways_in_and_out(sit: Sit) -> None:
    async with sit() as at:
        order = await begun(at)
        await at.press("j", "q")
        assert in_front(at) is BoardScreen
        await at.press("t")
        assert current(at) == order[1]
        await at.press("b")
        assert in_front(at) is BoardScreen
        assert at.record_id == order[1]
        await at.press("/", "enter", "t")
        await at.pilot.pause()
        assert in_front(at) is TriageScreen
        await at.press("/", "enter", "q")
        assert in_front(at) is TriageScreen
        await at.press("escape")
        assert in_front(at) is BoardScreen


async def test_narrowing_to_a_location_ranks_that_one_alone_and_widening_all(sit: Sit) -> None:
    async with sit() as at:
        await at.press("g", "l", "s")
        order = await begun(at)
        boards = at.crm.snapshot.boards
        row = at.crm.snapshot.row(current(at))
        assert row is not None
        assert boards[row.board_id].location_id == at.app._desk.location_id
        await at.press("S", "g", "l", "a")
        for _ in range(20):
            await at.pilot.pause()
        every = in_order(at)
        assert set(order) < set(every)
        assert f" of {len(every) - 1}" in at.text(), "all but the one that is skipped"


async def test_a_refused_change_comes_back_to_the_queue(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        order = await begun(at)
        await sandbox.fault(
            method="PUT", path="/api/crm/crmopportunities", action="refuse", message="no"
        )
        await at.press("f", "m")
        assert current(at) == order[1]
        assert "not saved" in at.status
        await at.press("k")
        assert current(at) == order[0]
        assert "not saved" in next(line for line in at.lines() if "▸" in line)


async def test_small_terminals_have_the_queue_above_and_the_record_below(sit: Sit) -> None:
    async with sit(size=(80, 24)) as at:
        await begun(at)
        lines = at.lines()
        cursor = next(place for place, line in enumerate(lines) if "▸" in line)
        facts = next(place for place, line in enumerate(lines) if "Follow-up" in line)
        assert cursor < facts


async def test_rows_of_the_next_lanes_are_in_sight_under_their_headings(sit: Sit) -> None:
    async with sit() as at:
        order = await begun(at)
        counts = [(lane, count) for lane, count in ranked(at).counts.items() if count]
        (first, size), (second, others) = counts[:2]
        lines = at.lines()
        heads = [place for place, line in enumerate(lines) if "──" in line[:60]]
        assert lines[heads[0]].startswith(f" {LANE_NAMES[first]} {size} ─")
        assert lines[heads[1]].startswith(f" {LANE_NAMES[second]} {others} ─")
        assert heads[1] - heads[0] == size + 2, "its rows, and the second line of the one in hand"
        await at.press(*("j" * size))
        assert current(at) == order[size]
        assert triage(at).lane == second
        assert len([line for line in at.lines() if "▸" in line]) == 1


async def test_a_narrow_screen_counts_every_lane_in_short_and_names_the_scope_below(
    sit: Sit,
) -> None:
    async with sit(size=(64, 24)) as at:
        await begun(at)
        chrome = at.lines()[0]
        for lane, count in ranked(at).counts.items():
            assert (f" {SHORT_LANE_NAMES[lane]} {count} " in chrome) == bool(
                count and lane < Lane.PARKED
            )
        assert "…" not in chrome
        places = {board.location for board in at.crm.snapshot.boards.values()}
        assert any(place in chrome + at.lines()[-3] for place in places)


async def test_the_end_of_a_long_queue_and_the_head_of_a_lane_are_in_sight(sit: Sit) -> None:
    async with sit(size=(80, 24)) as at:
        order = await begun(at)
        await at.press("G")
        assert current(at) == order[-1]
        cursor = next(place for place, line in enumerate(at.lines()) if "▸" in line)
        assert "──" in at.lines()[cursor + 2], "the rule under the queue"
        await at.press("shift+tab")
        cursor = next(place for place, line in enumerate(at.lines()) if "▸" in line)
        assert "──" in at.lines()[cursor - 1], "the heading of the lane"


async def test_the_next_record_is_there_with_the_verb_and_was_asked_for_once(
    sit: Sit, sandbox: Sandbox
) -> None:
    def lacks(at: Sitting, record_id: int) -> bool:
        detail = at.crm.detail(record_id).detail
        return detail is None or None in (detail.facts, detail.history, detail.contact)

    def asked_for() -> list[int]:
        path = "/api/crm/crmopportunityhistories"
        queries = sandbox.query("SELECT Query FROM requests WHERE Path = ? ORDER BY Id", path)
        whose = "CrmOpportunityHistory_CrmOpportunity="
        return [int(q.partition(whose)[2].partition("&")[0]) for (q,) in queries if whose in q]

    async with sit() as at:
        order = await begun(at)
        while any(lacks(at, each) for each in order[:4]):
            await at.pilot.pause()
        assert asked_for() == order[:4]
        await at.press_only("f", "m")
        assert current(at) == order[1]
        assert "History ─" in at.text()
        assert at.crm.detail(order[1]).loading is False
        while lacks(at, order[4]):
            await at.pilot.pause()
        assert asked_for()[4:].count(order[1]) == 0


async def test_the_program_can_open_with_the_queue_and_is_left_from_there(sit: Sit) -> None:
    async with sit(start=Start.TRIAGE) as at:
        while in_front(at) is not TriageScreen or triage(at).is_hidden:
            await at.pilot.pause()
        assert current(at) == in_order(at)[0]
        await at.press("b")
        assert in_front(at) is BoardScreen
        await at.press("t", "slash", "enter", "q")
        assert in_front(at) is TriageScreen
        await at.pilot.press("q")
    assert at.app.return_value == 0


async def test_whoever_does_something_first_is_not_taken_to_the_queue(
    sit: Sit, sandbox: Sandbox
) -> None:
    await sandbox.fault(action="status", status=500, path="/api/crm/crmopportunities", times=None)
    async with sit(start=Start.TRIAGE) as at:
        assert in_front(at) is BoardScreen, "nothing has come yet"
        await at.press_only("j")
        await sandbox.heal()
        at.crm.refresh()
        await loaded(at.crm)
        await at.pilot.pause()
        assert at.app._desk.is_whole()
        assert in_front(at) is BoardScreen


async def test_a_view_to_begin_with_goes_before_the_queue(sit: Sit, tmp_path: Path) -> None:
    (tmp_path / "views.toml").write_text('[views."Open"]\nfilter = "status:open"\nstart = true\n')
    async with sit(start=Start.TRIAGE) as at:
        assert in_front(at) is SearchScreen
        await at.press("q")
        assert in_front(at) is BoardScreen


async def test_of_a_bulk_what_was_refused_stays_marked(sit: Sit, sandbox: Sandbox) -> None:
    async with sit() as at:
        order = await begun(at)
        await sandbox.fault(
            method="PUT", path="/api/crm/crmopportunities", action="refuse", after=1
        )
        await at.press("space", "space", "space", "f", "w", "enter")
        assert len(sandbox.writes()) == 3
        assert triage(at).marked == (order[1],)
        assert "1 marked" in at.text()


@pytest.mark.parametrize("turns", [0, 3, 8, 12, 20, 40])
async def test_decisions_typed_in_one_go_are_each_for_the_next_row(sit: Sit, turns: int) -> None:
    """However many things the program gets done between two keys.

    The same verb again within 80 ms is no held key where another key lies between.
    """
    async with sit() as at:
        order = await begun(at)
        for key in "fw" * 4:
            at.app.post_message(Key(key, key))
            for _ in range(turns):
                await asyncio.sleep(0)
        while len(await at.crm.journal.entries()) < 4:
            await at.pilot.pause()
        done = {each.record_id: each.said for each in await at.crm.journal.entries()}
        assert list(done) == order[3::-1]
        assert all(said.startswith("follow-up") for said in done.values()), done


async def test_a_verb_typed_ahead_is_for_the_next_row(sit: Sit) -> None:
    async with sit() as at:
        order = await begun(at)
        for key in "fwxp":
            at.app.post_message(Key(key, key))
        while len(await at.crm.journal.entries()) < 2:
            await at.pilot.pause()
        done = {each.record_id: each.said for each in await at.crm.journal.entries()}
    assert set(done) == set(order[:2])
    assert "lost" in done[order[1]]


@pytest.mark.parametrize("turns", [0, 5, 12])
async def test_what_is_typed_behind_a_text_line_is_for_what_comes_after_it(
    sit: Sit, turns: int
) -> None:
    """The line opens, is filled and taken, and the verb behind it is for the next record."""
    async with sit() as at:
        order = await begun(at)
        typed = [Key("a", "a"), *(Key(each, each) for each in "jfw"), Key("enter", "\r")]
        for event in (*typed, Key("f", "f"), Key("w", "w")):
            at.app.post_message(event)
            for _ in range(turns):
                await asyncio.sleep(0)
        while len(await at.crm.journal.entries()) < 2:
            await at.pilot.pause()
        done = [(each.record_id, each.said) for each in await at.crm.journal.entries()]
        (second, follow_up), (first, note) = done
    assert [first, second] == order[:2]
    assert "jfw" in note
    assert follow_up.startswith("follow-up")


async def test_what_an_earlier_run_left_is_named_by_the_queue_that_opens_first(
    sit: Sit, tmp_path: Path
) -> None:
    journal, sittings = tmp_path / "journal.sqlite3", tmp_path / "sittings.json"
    async with sit(hold=HELD, journal=journal, sittings=sittings) as at:
        order = await begun(at)
        name = customer(at, order[0])
        await at.press_only("f", "w")
        while at.crm.snapshot.state(order[0]) != RowState.HELD:
            await at.pilot.pause()
        at.app.end_sitting()
    async with sit(hold=HELD, journal=journal, sittings=sittings, start=Start.TRIAGE) as at:
        while in_front(at) is not TriageScreen or "Left over" not in at.text():
            await at.pilot.pause()
        assert f"Left over from last time, held afresh (u takes it back): {name}" in at.text()
        await at.press_only("u")
        assert f"taken back · {name}" in at.text()


async def test_a_record_far_from_the_cursor_is_shown_whole_when_its_change_is_taken_back(
    sit: Sit,
) -> None:
    async with sit(hold=HELD) as at:
        order = await begun(at)
        await at.press_only(*"jjjjjjjj", "f", "w", "g", "g")
        name = customer(at, order[8])
        await at.press_only("u")
        assert current(at) == order[8]
        rule = next(line for line in at.lines() if " of " in line and "───" in line)
        assert rule.startswith(" 9 of ")
        assert name in at.lines()[1].split("▏")[-1]


async def test_from_the_queue_that_one_began_with_escape_leads_nowhere(sit: Sit) -> None:
    async with sit(start=Start.TRIAGE) as at:
        while in_front(at) is not TriageScreen or triage(at).is_hidden:
            await at.pilot.pause()
        await at.press_only("escape", "escape")
        assert in_front(at) is TriageScreen
        assert "b shows the board, q leaves" in at.text()


async def test_what_was_said_on_a_screen_is_gone_when_one_comes_back_to_it(sit: Sit) -> None:
    async with sit(hold=HELD) as at:
        await begun(at)
        await at.press_only("f", "w")
        assert "to send ·" in at.text()
        await at.press_only("q", "u", "t")
        assert "to send ·" not in at.text()


async def test_a_verb_for_marked_rows_that_a_filter_hides_does_nothing_and_says_so(
    sit: Sit, sandbox: Sandbox
) -> None:
    async with sit() as at:
        order = await begun(at)
        names = [customer(at, each) for each in order]
        other = next(at for at, name in enumerate(names) if name.split()[0] != names[0].split()[0])
        await at.press_only("space", "F", *names[other].split()[0].lower(), "enter")
        assert current(at) != order[0]
        assert "1 marked, 1 not shown" in at.text()
        await at.press_only("f")
        assert "1 record is marked and not shown here, so nothing was done; M" in at.text()
        await at.press("M", "f", "w")
        assert len(sandbox.writes()) == 1


async def test_rows_that_were_decided_together_are_not_counted_as_marked_any_more(sit: Sit) -> None:
    async with sit(hold=HELD) as at:
        order = await begun(at)
        await at.press_only("space", "space", "f", "w", "enter")
        assert current(at) == order[2]
        assert "marked" not in at.text()
        await at.press_only("f", "w")
        assert current(at) == order[3]


async def test_zones_that_come_after_the_ranking_put_every_follow_up_on_its_day(
    sit: Sit, sandbox: Sandbox
) -> None:
    ((record_id,),) = sandbox.query(
        """SELECT o.Id FROM crmopportunities o JOIN crmboardcolumns c ON c.Id = o.CrmBoardColumnId
           JOIN crmboards b ON b.Id = c.CrmBoardId JOIN businesses l ON l.Id = b.BusinessId
           JOIN simpletimezones z ON z.Id = l.SimpleTimeZoneId
           WHERE b.Archived = 0 AND o.Status = 1 AND z.Iana = 'Europe/Madrid' ORDER BY o.Id LIMIT 1"""
    )
    # Today by this machine's clock, tomorrow on the location's wall.
    sandbox.execute(
        "UPDATE crmopportunities SET DueDate = '2026-03-02T23:30:00Z', Value = '77777',"
        " CreatedOn = '2026-01-05T09:00:00Z' WHERE Id = ?",
        record_id,
    )
    zones = "/api/sys/simpletimezones*"
    await sandbox.fault(action="status", status=500, path=zones, times=None)
    async with sit(size=(200, 60)) as at:
        await begun(at)
        due = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
        is_today_here = due.astimezone().date() == NOW.astimezone().date()
        assert ("due today" in line_with(at, "77,777")) == is_today_here
        await sandbox.heal()
        await at.press("R")
        for _ in range(400):
            if "due today" not in line_with(at, "77,777"):
                break
            await at.pilot.pause()
        assert "due today" not in line_with(at, "77,777")


def line_with(at: Sitting, words: str) -> str:
    """The first line with some words; empty when there is none."""
    return next((line for line in at.lines() if words in line), "")
