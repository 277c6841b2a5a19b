"""What a board is read with: who one is, the locations' days, the service's own names, what history teaches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crm_tui.api.auth import Basic, Secret
from crm_tui.domain.ageing import Limit
from crm_tui.domain.change import Planned
from crm_tui.domain.enums import LeadSource, Status
from crm_tui.domain.pipeline import active_boards, move_to
from crm_tui.domain.snapshot import RowState
from crm_tui.service.surroundings import HERE
from crm_tui.store.mirror import Mirror
from tests.world import Sandbox, loaded, open_book, running, running_sandbox, until


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox(size=300) as served:
        yield served


async def test_every_location_has_its_own_days_and_the_user_a_name(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        # The zones come behind the name.
        await until(
            crm, lambda: crm.surroundings.zone_of(active_boards(crm.snapshot)[0]) is not HERE
        )
        summer = datetime(2026, 7, 1, tzinfo=UTC)
        offsets = {
            board.location: summer.astimezone(crm.surroundings.zone_of(board)).utcoffset()
            for board in active_boards(crm.snapshot)
        }
        me = crm.surroundings.me
    hours = {place: offset.total_seconds() / 3600 for place, offset in offsets.items() if offset}
    assert hours == {"Riverside": 1, "Studio Norte": 2, "Midtown": -4}
    assert sandbox.query("SELECT Email FROM users WHERE Id = ?", me) == [("ana@example.com",)]


async def test_zones_that_may_not_be_read_are_done_without(sandbox: Sandbox) -> None:
    await sandbox.fault(action="status", status=401, path="/api/sys/simpletimezones", times=None)
    async with open_book(sandbox) as crm:
        await until(crm, lambda: "time zones" in crm.surroundings.untold)
        board = active_boards(crm.snapshot)[0]
        assert crm.surroundings.zone_of(board) is HERE
        assert crm.failure is None


async def test_a_zone_that_nobody_knows_is_left_out(sandbox: Sandbox) -> None:
    sandbox.execute(
        "UPDATE simpletimezones SET Name = '../../etc/passwd' WHERE Iana LIKE '%London'"
    )
    async with open_book(sandbox) as crm:
        boards = {board.location: board for board in active_boards(crm.snapshot)}
        zone = crm.surroundings.zone_of
        await until(crm, lambda: zone(boards["Studio Norte"]) is not HERE)
        assert zone(boards["Riverside"]) is HERE


async def test_stages_are_weighed_by_how_the_cards_that_saw_them_ended(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        await until(crm, lambda: bool(crm.surroundings.weights))
        weights = crm.surroundings.weights
    for stage_id, weight in weights.items():
        ((decided, won),) = sandbox.query(
            """SELECT COUNT(*), SUM(Status = 2) FROM crmopportunities o WHERE Status IN (2, 3)
               AND (CrmBoardColumnId = ?1 OR EXISTS (SELECT 1 FROM crmopportunityhistories h
               WHERE h.CrmOpportunityId = o.Id
               AND ?1 IN (h.OldCrmBoardColumnId, h.NewCrmBoardColumnId)))
               AND CrmBoardColumnId IN (SELECT c.Id FROM crmboardcolumns c
               JOIN crmboards b ON b.Id = c.CrmBoardId WHERE b.Archived = 0)""",
            stage_id,
        )
        assert decided >= 5
        assert abs(float(weight) - won / decided) < 1e-9


async def test_history_that_may_not_be_read_weighs_nothing(sandbox: Sandbox) -> None:
    path = "/api/crm/crmopportunityhistories"
    await sandbox.fault(action="status", status=401, path=path, times=None)
    async with open_book(sandbox) as crm:
        await until(crm, lambda: "history" in crm.surroundings.untold)
        assert crm.surroundings.weights == {}


async def test_the_services_own_names_are_laid_over_ours(sandbox: Sandbox) -> None:
    live = [{"Id": 11, "Name": "Broker", "Label": "Estate agent"}, {"Id": 77, "Name": "Pigeon"}]
    await sandbox.fault(
        action="status", status=200, path="/api/utils/enums",
        query={"name": "eCrmOpportunitySource"}, body=live, times=None,
    )  # fmt: skip
    async with open_book(sandbox) as crm:
        labels = crm.snapshot.labels
        await until(crm, lambda: labels.of(LeadSource, 11) == "Estate agent")
        assert labels.of(LeadSource, 77) == "Pigeon"
        assert labels.of(LeadSource, 8) == "Word of mouth"
        assert labels.of(Status, 1) == "In progress"


async def test_what_is_known_is_not_asked_for_again(sandbox: Sandbox) -> None:
    async with open_book(sandbox) as crm:
        await until(crm, lambda: bool(crm.surroundings.weights))

        def asked() -> list[tuple[object, ...]]:
            return sandbox.query(
                """SELECT Path, COUNT(*) FROM requests WHERE Path LIKE '%histories'
                   OR Path LIKE '%zones' OR Path LIKE '%enums' OR Path LIKE '%/me' GROUP BY Path"""
            )

        before = asked()
        crm.refresh()
        await loaded(crm)
        assert asked() == before
        assert all(count for _, count in before)


async def test_a_refused_sign_in_asks_for_nothing_more(sandbox: Sandbox) -> None:
    crm = sandbox.crm(Basic("ana@example.com", Secret("wrong")))
    async with running(crm):
        await loaded(crm)
    asked = {path for (path,) in sandbox.query("SELECT Path FROM requests")}
    assert asked == {
        "/api/crm/crmboards",
        "/api/auth/me",
    }  # the second tells a bad password from a missing role


async def test_one_bad_moment_does_not_cost_the_zones_for_good(sandbox: Sandbox) -> None:
    for path in ("/api/auth/me", "/api/sys/simpletimezones", "/api/crm/crmopportunityhistories"):
        await sandbox.fault(action="status", status=500, path=path, times=None)
    async with open_book(sandbox) as crm:
        await until(crm, lambda: "history" in crm.surroundings.untold)
        assert "who you are" in crm.surroundings.untold
        await sandbox.heal()
        crm.refresh()
        await until(crm, lambda: bool(crm.surroundings.weights))
        assert crm.surroundings.me is not None
        zone = crm.surroundings.zone_of(active_boards(crm.snapshot)[0])
        assert zone is not HERE
        assert crm.surroundings.untold == {}


async def test_a_user_role_given_meanwhile_counts_after_a_refresh(sandbox: Sandbox) -> None:
    crm = sandbox.crm(Basic("rita@example.com", Secret("sandbox")))
    async with running(crm):
        await loaded(crm)
        await until(crm, lambda: crm.surroundings.me is not None)
        ((roles,),) = sandbox.query("SELECT UserRoles FROM users WHERE Email = 'mina@example.com'")
        sandbox.execute("UPDATE users SET UserRoles = ? WHERE Email = 'rita@example.com'", roles)
        crm.refresh()
        await loaded(crm)
        board = active_boards(crm.snapshot)[0]
        stages = crm.snapshot.stages_of(board.id)
        row = crm.snapshot.cards(stages[0].id)[0]
        change = move_to(crm.snapshot, row, stages[1])
        await until(crm, lambda: bool(crm.surroundings.weights))
        crm.submit([Planned(row.id, change, "", "")])
        await crm.settle()
        assert crm.snapshot.state(row.id) == RowState.SAVED


async def test_how_long_is_too_long_is_learned_from_those_that_were_won_and_kept(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    mirror = Mirror(tmp_path / "book.sqlite3", "me")
    crm = sandbox.crm(mirror=mirror)
    async with running(crm):
        await loaded(crm)
        await until(crm, lambda: bool(crm.surroundings.limits))
    mirror.close()
    learned = crm.surroundings.limits
    told = sandbox.query(
        """SELECT h.OldCrmBoardColumnId, z.Iana, h.FromTime, h.ToTime
           FROM crmopportunityhistories h JOIN crmopportunities o ON o.Id = h.CrmOpportunityId
           JOIN crmboardcolumns c ON c.Id = h.OldCrmBoardColumnId
           JOIN crmboards b ON b.Id = c.CrmBoardId JOIN businesses l ON l.Id = b.BusinessId
           JOIN simpletimezones z ON z.Id = l.SimpleTimeZoneId
           JOIN crmboardcolumns oc ON oc.Id = o.CrmBoardColumnId
           JOIN crmboards ob ON ob.Id = oc.CrmBoardId
           WHERE o.Status = 2 AND h.FromTime IS NOT NULL AND ob.Archived = 0"""
    )
    lengths: dict[int, list[int]] = {}
    for stage_id, zone, since, to in told:
        days = [
            datetime.fromisoformat(each).astimezone(ZoneInfo(zone)).date() for each in (since, to)
        ]
        passed = (days[0] + timedelta(days=each) for each in range(1, (days[1] - days[0]).days + 1))
        lengths.setdefault(stage_id, []).append(sum(day.weekday() < 5 for day in passed))
    enough = {stage_id: sorted(each) for stage_id, each in lengths.items() if len(each) >= 5}
    assert enough.keys() == learned.keys()
    for stage_id, each in enough.items():
        place = -(-8 * len(each) // 10) - 1
        assert learned[stage_id] == Limit(max(3, each[place]), len(each))
    # The next start knows it before it has asked anybody.
    asked = len(sandbox.asked("%histories"))
    mirror = Mirror(tmp_path / "book.sqlite3", "me")
    again = sandbox.crm(mirror=mirror)
    again.recall()
    assert again.surroundings.limits == learned
    mirror.close()
    assert len(sandbox.asked("%histories")) == asked
