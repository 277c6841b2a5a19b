"""The record beside the board: where it is, what it tells, and what is fetched for it."""

from __future__ import annotations

from datetime import datetime

import pytest
from textual.geometry import Size

from crm_tui.domain.detail import Contact
from crm_tui.ui.record import Pane, fits, following, placed
from tests.ui.conftest import Sit, Sitting
from tests.world import Sandbox, until


async def fetched(at: Sitting) -> None:
    """Wait until the record under the cursor has come whole."""
    record_id = at.record_id

    def has_come() -> bool:
        detail = at.crm.detail(record_id).detail
        return detail is not None and isinstance(detail.contact, Contact)

    await until(at.crm, has_come)
    await at.pilot.pause()


def requests_for_records(sandbox: Sandbox) -> int:
    ((count,),) = sandbox.query(
        "SELECT COUNT(*) FROM requests WHERE Path GLOB '/api/crm/crmopportunities/[0-9]*'"
    )
    return int(count)


async def test_a_wide_terminal_shows_the_record_at_the_right(sit: Sit, sandbox: Sandbox) -> None:
    async with sit(size=(160, 40)) as at:
        ((notes, phone),) = sandbox.query(
            """SELECT o.Notes, w.MobilePhone FROM crmopportunities o
               JOIN coworkers w ON w.Id = o.CoworkerId WHERE o.Id = ?""",
            at.record_id,
        )
        await fetched(at)
        assert "Stage     Enquiry" in at.text()
        assert "Next      Tour booked" in at.text()
        assert "confirms the tour" in at.text()
        if phone:
            assert phone in at.text()
        assert not notes or notes.split()[0] in at.text()


async def test_Z_puts_it_right_below_and_away(sit: Sit) -> None:
    async with sit(size=(120, 36)) as at:
        card = at.record_id
        assert "E-mail" not in at.text()
        await at.press_only("Z")
        right = next(n for n, line in enumerate(at.lines()) if "E-mail" in line)
        assert "Stage     Enquiry" in at.text()
        await at.press_only("Z")
        below = next(n for n, line in enumerate(at.lines()) if "E-mail" in line)
        assert below > right
        assert len(at.current_card()) == 3
        await at.press_only("Z")
        assert "E-mail" not in at.text()
        assert at.record_id == card


async def test_what_is_not_shown_is_not_fetched(sit: Sit, sandbox: Sandbox) -> None:
    async with sit(size=(120, 36)) as at:
        await at.press_only("j", "j", "l", "j")
    assert requests_for_records(sandbox) == 0


async def test_the_record_follows_the_cursor(sit: Sit) -> None:
    async with sit(size=(160, 40)) as at:
        for key in ("j", "l", "j"):
            await at.press_only(key)
            row = at.crm.snapshot.row(at.record_id)
            assert row is not None
            assert row.customer in at.lines()[1]


async def test_a_move_is_told_in_the_record_and_fetched_anew(sit: Sit, sandbox: Sandbox) -> None:
    async with sit(size=(160, 40)) as at:
        await fetched(at)
        before = requests_for_records(sandbox)
        await at.press("full_stop")
        assert "Stage     Tour booked" in at.text()
        await fetched(at)
        assert requests_for_records(sandbox) > before


async def test_a_long_record_can_be_scrolled(sit: Sit, sandbox: Sandbox) -> None:
    sandbox.execute(
        "UPDATE crmopportunities SET Notes = ?", "\n".join(f"line {n}" for n in range(99))
    )
    async with sit(size=(160, 30)) as at:
        await fetched(at)
        assert "line 60" not in at.text()
        await at.press_only(*["ctrl+e"] * 14)
        assert "line 60" in at.text()
        await at.press_only(*["ctrl+y"] * 20)
        assert "Stage     Enquiry" in at.text()


@pytest.mark.parametrize(
    ("chosen", "size", "where"),
    [
        (None, (160, 40), Pane.RIGHT),
        (None, (120, 36), Pane.OFF),
        (None, (80, 24), Pane.OFF),
        (Pane.RIGHT, (120, 36), Pane.RIGHT),
        (Pane.RIGHT, (99, 36), Pane.OFF),
        (Pane.BELOW, (80, 24), Pane.BELOW),
        (Pane.BELOW, (80, 23), Pane.OFF),
        (Pane.OFF, (200, 60), Pane.OFF),
    ],
)
def test_where_the_record_is_depends_on_the_room(
    chosen: Pane | None, size: tuple[int, int], where: Pane
) -> None:
    assert placed(chosen, Size(*size)) == where


def test_Z_goes_round_what_fits() -> None:
    for size in (Size(200, 60), Size(120, 20), Size(80, 24), Size(60, 20)):
        seen = {Pane.OFF}
        now = Pane.OFF
        for _ in Pane:
            now = following(now, size)
            seen.add(now)
        assert seen == {pane for pane in Pane if fits(pane, size)}


async def test_days_are_those_of_the_location(sit: Sit, sandbox: Sandbox) -> None:
    """23:30 in UTC on 1 March is the second in Madrid, which is today, and the first in London: a day late."""
    late = datetime(2026, 3, 1, 23, 30)  # noqa: DTZ001 - as the database writes it
    sandbox.execute("UPDATE crmopportunities SET Status = 1, DueDate = ?", f"{late.isoformat()}Z")
    async with sit(size=(200, 40)) as at:
        await until(at.crm, lambda: at.crm.surroundings.me is not None)
        await at.pilot.pause()
        assert "1 d late" in at.current_card()[2]
        await at.press_only("g", "l", "s")
        assert "Studio Norte" in at.lines()[0]
        assert "today" in at.current_card()[2]
