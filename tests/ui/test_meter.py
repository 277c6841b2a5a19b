"""The meter of a sitting, by keys only: what is said at its beginning and its end, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.events import Key

from crm_tui.domain.beside import Edits
from crm_tui.domain.triage.meter import Tally
from crm_tui.store.sittings import Sittings
from crm_tui.ui.screens.board import BoardScreen
from crm_tui.ui.screens.summary import SummaryScreen, in_words
from tests.ui.conftest import Sit, Sitting
from tests.ui.test_triage import begun, current, in_front
from tests.world import NOW, Sandbox, until


def earlier(path: Path) -> None:
    """Keep a sitting of an hour ago."""
    began = NOW - timedelta(hours=2)
    ended = NOW - timedelta(hours=1)
    Sittings(path).keep(Tally(began=began, ended=ended, decided=1, keys=2, seconds=3))


async def test_the_end_of_a_sitting_says_and_keeps_what_was_done(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "sittings.json"
    seconds = [0.0]
    pressed = {100: "f", 101: "m", 103: "x", 104: "p"} | {500: "full_stop", 502: "u", 503: "q"}
    async with sit(sittings=path, steady=lambda: seconds[0]) as at:
        await begun(at)
        for seconds[0], key in pressed.items():  # with a long while before the fifth
            await at.press(key)
        assert in_front(at) is SummaryScreen
        assert "2 items decided in 7 s: 3.5 keys and 4 s each" in at.text()
        assert "1 follow-up, 1 lost" in at.text()
        (kept,) = Sittings(path).found()
        assert (kept.began, kept.decided, kept.keys, kept.seconds) == (NOW, 2, 7, 7.0)
        assert kept.done == {"follow-ups": 1, "lost": 1}
        await at.press("escape")
        assert in_front(at) is BoardScreen


async def test_any_key_closes_the_summary_and_does_what_it_does(sit: Sit) -> None:
    async with sit() as at:
        await begun(at)
        await at.press("f", "m", "q")
        assert in_front(at) is SummaryScreen
        before = at.board.record_id
        await at.press("j")
        assert in_front(at) is BoardScreen
        assert at.record_id != before
        order = await begun(at)
        assert current(at) == order[0]
        await at.press("q")
        assert in_front(at) is BoardScreen, "nothing was decided since"


async def test_keys_ahead_of_the_summary_leave_it_once_and_the_board_stays(sit: Sit) -> None:
    async with sit() as at:
        await begun(at)
        await at.press("f", "m")
        for key in ("q", "j", "j"):
            at.app.post_message(Key(key, key))
        while in_front(at) is not BoardScreen:
            await at.pilot.pause()
        await at.settled()
        assert in_front(at) is BoardScreen
        assert at.record_id is not None


async def test_a_look_without_a_decision_says_and_keeps_nothing(sit: Sit, tmp_path: Path) -> None:
    path = tmp_path / "sittings.json"
    async with sit(sittings=path) as at:
        await begun(at)
        assert "Since" not in at.status
        await at.press("j", "S", "q")
        assert in_front(at) is BoardScreen
        assert not path.exists()
        assert at.app.end_sitting() == []


async def test_leaving_the_program_from_the_queue_keeps_it_too(sit: Sit, tmp_path: Path) -> None:
    path = tmp_path / "sittings.json"
    async with sit(sittings=path) as at:
        await begun(at)
        await at.press("f", "m")
        said = at.app.end_sitting()
        (kept,) = Sittings(path).found()
        assert said == in_words(kept)
        assert said[0].startswith("1 item decided in ")


async def test_the_beginning_says_what_has_come_since_the_last_sitting(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "sittings.json"
    earlier(path)

    def board_of(at: Sitting) -> int:
        row = at.crm.snapshot.row(at.record_id)
        assert row is not None
        return row.board_id

    def since(at: Sitting) -> int:
        rows = at.crm.snapshot.rows()
        return sum(
            1 for row in rows if row.created_on and row.created_on > NOW - timedelta(hours=1)
        )

    sandbox.execute(
        """UPDATE crmopportunities SET CreatedOn = '2026-03-02T09:10:00Z'
           WHERE Id IN (SELECT Id FROM crmopportunities ORDER BY Id LIMIT 3)"""
    )
    async with sit(sittings=path) as at:
        here = board_of(at)  # which is listed anew, and marks nothing
        moved = next(
            row.id
            for row in at.crm.snapshot.rows()
            if row.created_on and row.created_on < NOW - timedelta(days=2) and row.board_id != here
        )
        sandbox.execute(
            """UPDATE crmopportunities SET Position = Position + 1, CrmUpdatedOn = '2026-03-02T09:29:00Z',
               UpdatedOn = '2026-03-02T09:29:59Z' WHERE Id = ?""",
            moved,
        )
        at.crm.refresh()
        while at.crm.is_loading:
            await at.pilot.pause()
        await begun(at)
        count = since(at)
        assert count
        assert f"{count} new, 1 moved by others." in at.status
        assert "Since Mon 2 Mar" in at.status


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 60)])
async def test_the_summary_is_whole_at_every_size(sit: Sit, width: int, height: int) -> None:
    async with sit(size=(width, height)) as at:
        await begun(at)
        await at.press("f", "m", "q")
        assert "any key goes on" in at.text()
        assert "1 item decided" in at.text()


async def test_the_record_tells_what_others_changed_since_and_the_tasks_of_the_customer(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "sittings.json"
    earlier(path)
    async with sit(sittings=path, size=(160, 60)) as at:
        await begun(at)
        card = current(at)
        row = at.crm.snapshot.row(card)
        assert row is not None
        await until(at.crm, lambda: at.crm.detail(card).beside.edits is not None)
        before = at.text()
        assert "Tasks of the customer" in before
        assert "Notes on the customer" in before
        made = (NOW - timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
        sandbox.execute(
            """INSERT INTO audittrailentries (UniqueId, CreatedOn, UpdatedOn, UpdatedBy, BusinessId,
               EntityShortName, EntityId, Description, PropertyName, AuditType, OldValue, NewValue,
               ActionBy) VALUES ('x', ?, ?, 'x', 1, 'CrmOpportunity', ?, '', 'Value', 2, '780.00',
               '1950.00', 'tom@example.com')""",
            *(made, made, card),
        )
        await at.press("+", *"water", "enter", "0", "R")
        await until(at.crm, lambda: bool(edits_of(at, card)))
        await at.pilot.pause()
        assert "Changed by others since your last sitting" in at.text()
        assert "value: 780" in at.text()
        assert "by tom@example.com" in at.text()
        assert "☐ water" in at.text()


def edits_of(at: Sitting, record_id: int) -> tuple[object, ...]:
    """What others changed in a record, as far as it has come."""
    found = at.crm.detail(record_id).beside.edits
    return found.entries if isinstance(found, Edits) else ()
