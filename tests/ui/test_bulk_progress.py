"""Many changes on their way: how far they are is said, and leaving in the middle keeps the rest for the next start."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.domain.progress import Progress
from crm_tui.service.load import Load, Phase
from crm_tui.service.outbox import Hold
from crm_tui.ui import words
from crm_tui.ui.keys import KeyNames
from tests.ui.conftest import Sit
from tests.ui.test_deciding import field
from tests.world import NOW, Sandbox, until

HELD = Hold(timedelta(seconds=3), timedelta(seconds=15))

OPPORTUNITIES = "/api/crm/crmopportunities"


def said(sending: Progress) -> str:
    """What the right end of the status line says."""
    load = Load(phase=Phase.READY)
    return "".join(text for _, text in words.progress(load, sending, 0.0, KeyNames.of(CATALOGUE)))


def test_it_is_said_how_many_at_what_pace_and_how_long() -> None:
    going = Progress().seen(1500, NOW).seen(1499, NOW)
    assert said(going) == "1 of 1,500 sent "
    going = going.seen(1449, NOW + timedelta(minutes=1))
    assert said(going) == "51 of 1,500 sent, 50 a minute, 29 min left "
    assert said(going.seen(60, NOW + timedelta(minutes=30))).endswith("48 a minute, 76 s left ")
    assert said(Progress().seen(3, NOW)) == "3 sending "
    assert said(Progress()) == ""


async def test_leaving_a_running_bulk_keeps_the_rest_and_the_next_start_goes_on(
    sit: Sit, sandbox: Sandbox, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.sqlite3"
    await sandbox.fault(method="PUT", path=OPPORTUNITIES, action="hang", after=3)
    async with sit(journal=journal) as at:
        await at.press_only("/", *"status:open", "enter", "A", "f", "w")
        found = re.search(r"(\d+) to write", at.text())
        assert found is not None
        count = int(found[1])
        assert count > 10
        await at.press_only("enter")
        await until(at.crm, lambda: at.crm.snapshot.pending_count() == count - 3)
        await at.pilot.pause()
        assert f"3 of {count} sent" in at.status
        await at.press_only("q")
        while "Not sent yet" not in at.text():
            await at.press_only("q")
        assert f"Not sent yet: {count - 4} changes" in at.text()
        assert "Keep for next time" in at.text()
        changed = [intent.record_id for intent in at.crm.unsettled()]
        await at.press_only("k")
        while at.app.is_running:
            await at.pilot.pause(0.05)
    assert at.app.return_value == 0
    assert len(sandbox.writes()) == 4
    await sandbox.heal()
    async with sit(journal=journal, hold=HELD) as at:
        assert len(at.crm.left_over()) == count - 3
        await at.settled()
    assert {field(sandbox, each, "DueDate")[:10] for each in changed} <= {
        "2026-03-08",
        "2026-03-09",
    }
    ids = [body["Id"] for body in sandbox.writes()]
    assert len(set(ids)) == count
    assert len(ids) == count + 1  # the one whose answer never came
