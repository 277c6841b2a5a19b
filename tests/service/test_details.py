"""The details of the record looked at, over real HTTP; the request log is the second witness."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from crm_tui.api.auth import Basic, Secret
from crm_tui.api.client import HISTORY_PAGE, NexudusClient
from crm_tui.api.errors import Missing, ServerFault, Unanswered
from crm_tui.api.pacing import Priority
from crm_tui.api.transport import Sleep
from crm_tui.domain.detail import Absent, Contact, Detail, Facts, History, Move, stays
from crm_tui.domain.rows import OpportunityRow
from crm_tui.service.details import REST, Details, Look
from crm_tui.structs import replace
from tests.world import SIGN_IN, Sandbox, Waits, no_wait

OPPORTUNITIES = "/api/crm/crmopportunities"
HISTORIES = "/api/crm/crmopportunityhistories"
CUSTOMERS = "/api/spaces/coworkers"
NORA = Basic("nora@example.com", Secret("sandbox"))


class Reader:
    """Somebody who looks at records, and the requests that this makes."""

    def __init__(
        self, sandbox: Sandbox, client: NexudusClient, sleep: Sleep, kept: int | None
    ) -> None:
        self.sandbox = sandbox
        self.told = 0
        self._changed = asyncio.Event()
        self.details = Details(changed=self._tell, sleep=sleep, **({"kept": kept} if kept else {}))
        self.client = client

    def _tell(self) -> None:
        self.told += 1
        self._changed.set()

    async def row(self, record_id: int) -> OpportunityRow:
        """Read a record as a book would, past the log."""
        fetched = await self.client.opportunity(record_id, Priority.VISIBLE)
        self.sandbox.execute("DELETE FROM requests")
        return fetched.row

    async def rows(self, count: int) -> list[OpportunityRow]:
        ids = self.sandbox.query("SELECT Id FROM crmopportunities ORDER BY Id LIMIT ?", count)
        return [await self.row(record_id) for (record_id,) in ids]

    async def at_rest(self, record_id: int) -> Look:
        """Wait until nothing more is on its way for a record."""
        while self.details.look(record_id).loading:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 20)
        return self.details.look(record_id)

    async def until_told(self) -> None:
        """Wait until a part has come or failed."""
        self._changed.clear()
        await asyncio.wait_for(self._changed.wait(), 20)

    async def seen(self, row: OpportunityRow) -> Look:
        """Look at a record until all has come."""
        self.details.want(row)
        return await self.at_rest(row.id)

    def asked(self) -> list[str]:
        """Give the paths that were asked for, the histories' with whose they are."""
        found = []
        for path, query in self.sandbox.query("SELECT Path, Query FROM requests ORDER BY Id"):
            whose = query.partition("CrmOpportunityHistory_CrmOpportunity=")[2].partition("&")[0]
            found.append(f"{path}/of/{whose}" if whose else path)
        return found

    async def until_asked(self, count: int) -> None:
        """Wait until so many requests have arrived, whether they are answered or not."""
        async with asyncio.timeout(20):
            while len(self.asked()) < count:  # noqa: ASYNC110 - a database tells nobody
                await asyncio.sleep(0)

    async def something_is_asked(self) -> None:
        """Wait until a request has arrived, whether it is answered or not."""
        async with asyncio.timeout(20):
            while not self.asked():  # noqa: ASYNC110 - a database tells nobody
                await asyncio.sleep(0)


async def turn(sandbox: Sandbox, **switches: Any) -> None:
    """Turn the sandbox's switches."""
    async with sandbox.http() as http:
        answer = await http.post("/api/_sandbox/switches", json=switches)
        assert answer.status_code == 200, answer.text


def three_requests(row: OpportunityRow) -> list[str]:
    return [
        f"{OPPORTUNITIES}/{row.id}",
        f"{HISTORIES}/of/{row.id}",
        f"{CUSTOMERS}/{row.customer_id}",
    ]


@asynccontextmanager
async def reading(
    sandbox: Sandbox,
    *,
    sign_in: Basic = SIGN_IN,
    sleep: Sleep = no_wait,
    kept: int | None = None,
) -> AsyncIterator[Reader]:
    client, own = sandbox.client(sign_in), sandbox.client()
    reader = Reader(sandbox, own, sleep, kept)
    task = asyncio.create_task(reader.details.run(client))
    try:
        yield reader
    finally:
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        await client.close()
        await own.close()
        assert isinstance(ended, asyncio.CancelledError), ended


async def moved_twice(sandbox: Sandbox) -> int:
    """Find an opportunity that was moved, by hand, at least twice."""
    ((record_id,),) = sandbox.query(
        """SELECT CrmOpportunityId FROM crmopportunityhistories GROUP BY CrmOpportunityId
           HAVING count(UserId) >= 2 ORDER BY CrmOpportunityId LIMIT 1"""
    )
    return int(record_id)


# What comes


@pytest.mark.parametrize(
    "switches", [{}, {"dialect": "v1"}, {"record_shape": "nested"}, {"dir_style": "1/-1"}]
)
async def test_all_parts_come_as_the_database_has_them(
    sandbox: Sandbox, switches: dict[str, Any]
) -> None:
    await turn(sandbox, **switches)
    record_id = await moved_twice(sandbox)
    sandbox.execute("UPDATE crmopportunities SET Notes = 'a\nb' WHERE Id = ?", record_id)
    async with reading(sandbox) as at:
        row = await at.row(record_id)
        look = await at.seen(row)
    assert look.error is None
    detail = look.detail
    assert detail is not None
    assert isinstance(detail.facts, Facts)
    assert isinstance(detail.history, History)
    assert isinstance(detail.contact, Contact)
    ((kind,),) = sandbox.query(
        """SELECT coalesce(y.Name, '') FROM crmopportunities o
           LEFT JOIN opportunitytypes y ON y.Id = o.OpportunityTypeId WHERE o.Id = ?""",
        record_id,
    )
    assert (detail.facts.notes, detail.facts.type) == ("a\nb", kind)
    ((mobile, land, email),) = sandbox.query(
        "SELECT MobilePhone, LandLine, Email FROM coworkers WHERE Id = ?", row.customer_id
    )
    assert detail.contact.phones == tuple(phone for phone in (mobile, land) if phone)
    assert detail.contact.email == email
    in_database = sandbox.query(
        """SELECT coalesce(o.Name, ''), n.Name, coalesce(u.FullName, '')
           FROM crmopportunityhistories h
           LEFT JOIN crmboardcolumns o ON o.Id = h.OldCrmBoardColumnId
           JOIN crmboardcolumns n ON n.Id = h.NewCrmBoardColumnId
           LEFT JOIN users u ON u.Id = h.UserId
           WHERE h.CrmOpportunityId = ? ORDER BY h.Id DESC""",
        record_id,
    )
    moves = detail.history.moves
    assert [(move.from_stage, move.to_stage, move.user) for move in moves] == in_database
    assert len(moves) >= 3
    assert [stay.stage for stay in stays(detail.history)] == [to for _, to, _ in in_database]
    assert all(stay.since is not None for stay in stays(detail.history))


async def test_a_record_is_asked_for_in_three_requests_in_their_order(sandbox: Sandbox) -> None:
    async with reading(sandbox) as at:
        (row,) = await at.rows(1)
        await at.seen(row)
        assert at.asked() == three_requests(row)
        assert at.told == 3


async def test_a_long_history_comes_as_its_newest_page_and_says_how_much_is_left(
    sandbox: Sandbox,
) -> None:
    record_id = await moved_twice(sandbox)
    columns = "CrmOpportunityId, OldCrmBoardColumnId, FromTime, ToTime, NewCrmBoardColumnId, UserId"
    names = [name for _, name, *_ in sandbox.query("PRAGMA table_info(crmopportunityhistories)")]
    others = ", ".join(name for name in names if name not in ("Id", "UniqueId"))
    assert all(name in others for name in columns.split(", "))
    for number in range(40):
        sandbox.execute(
            f"""INSERT INTO crmopportunityhistories (Id, UniqueId, {others})
                SELECT 1900000000 + ?, 'u' || ?, {others} FROM crmopportunityhistories
                WHERE CrmOpportunityId = ? AND Id < 1900000000 LIMIT 1""",
            number, number, record_id,
        )  # fmt: skip
    ((count,),) = sandbox.query(
        "SELECT count(*) FROM crmopportunityhistories WHERE CrmOpportunityId = ?", record_id
    )
    async with reading(sandbox) as at:
        look = await at.seen(await at.row(record_id))
    assert look.detail is not None
    assert isinstance(look.detail.history, History)
    assert len(look.detail.history.moves) == HISTORY_PAGE
    assert look.detail.history.earlier == count - HISTORY_PAGE


async def test_a_move_that_cannot_be_read_or_is_anothers_is_left_out(sandbox: Sandbox) -> None:
    async with reading(sandbox) as at:
        (row,) = await at.rows(1)
        page = {
            "Records": [
                {"Id": 7, "CrmOpportunityId": row.id + 1, "NewCrmBoardColumnId": 3},
                {"Id": 6, "CrmOpportunityId": row.id, "NewCrmBoardColumnId": []},
                {"Id": 5, "CrmOpportunityId": row.id, "NewCrmBoardColumnId": 3},
            ],
            "HasNextPage": False,
            "TotalItems": 3,
        }
        await sandbox.fault(action="status", status=200, path=HISTORIES, body=page)
        look = await at.seen(row)
    assert look.error is None
    assert look.detail is not None
    assert isinstance(look.detail.history, History)
    assert look.detail.history == History((Move("", "Stage #3", None, None, ""),), earlier=0)


# When it is asked for


async def test_a_cursor_that_runs_over_twenty_cards_asks_for_the_last_one_only(
    sandbox: Sandbox,
) -> None:
    waits = Waits()
    waits.pass_freely.clear()
    async with reading(sandbox, sleep=waits) as at:
        rows = await at.rows(20)
        for row in rows:
            at.details.want(row)
            await waits.another()
            assert at.details.look(row.id).loading
        assert at.asked() == []
        waits.pass_freely.set()
        await at.at_rest(rows[-1].id)
        assert at.asked() == three_requests(rows[-1])
        assert at.details.look(rows[0].id).loading is False
    assert REST >= 0.2


async def test_asking_for_the_same_record_again_does_not_begin_the_rest_anew(
    sandbox: Sandbox,
) -> None:
    waits = Waits()
    waits.pass_freely.clear()
    async with reading(sandbox, sleep=waits) as at:
        (row,) = await at.rows(1)
        at.details.want(row)
        await waits.another()
        for _ in range(5):
            at.details.want(row)
        waits.pass_freely.set()
        await at.at_rest(row.id)
        assert at.asked() == three_requests(row)


async def test_coming_back_to_a_record_asks_nothing(sandbox: Sandbox) -> None:
    async with reading(sandbox) as at:
        one, other = await at.rows(2)
        first = await at.seen(one)
        await at.seen(other)
        count = len(at.asked())
        again = await at.seen(one)
        await at.seen(replace(other))
        assert len(at.asked()) == count == 6
    assert again == first
    assert first.loading is False


async def test_looking_away_in_the_middle_drops_what_was_not_asked_for_yet(
    sandbox: Sandbox,
) -> None:
    async with reading(sandbox) as at:
        one, other = await at.rows(2)
        await sandbox.fault(action="latency", seconds=0.2, path=f"{OPPORTUNITIES}/{one.id}")
        at.details.want(one)
        await at.something_is_asked()
        await at.seen(other)
        assert at.asked() == [f"{OPPORTUNITIES}/{one.id}", *three_requests(other)]
        half = at.details.look(one.id)
        assert half.detail is not None
        assert isinstance(half.detail.facts, Facts)
        assert half.detail.history is None
        await at.seen(one)
        assert at.asked()[4:] == three_requests(one)[1:]


async def test_looking_at_nothing_in_the_middle_drops_what_was_not_asked_for_yet(
    sandbox: Sandbox,
) -> None:
    async with reading(sandbox) as at:
        one, other = await at.rows(2)
        await sandbox.fault(action="latency", seconds=0.2, path=f"{OPPORTUNITIES}/{one.id}")
        at.details.want(one)
        await at.something_is_asked()
        at.details.want(None)
        await at.until_told()
        await at.seen(other)
        assert at.asked() == [f"{OPPORTUNITIES}/{one.id}", *three_requests(other)]


async def test_nothing_is_asked_for_when_nobody_looks_any_more(sandbox: Sandbox) -> None:
    waits = Waits()
    waits.pass_freely.clear()
    async with reading(sandbox, sleep=waits) as at:
        one, other = await at.rows(2)
        at.details.want(one)
        await waits.another()
        at.details.want(None)
        waits.pass_freely.set()
        assert at.details.look(one.id).loading is False
        await at.seen(other)
        assert at.asked() == three_requests(other)


async def test_a_changed_record_is_asked_for_again_and_shows_what_was_known_meanwhile(
    sandbox: Sandbox,
) -> None:
    async with reading(sandbox) as at:
        (row,) = await at.rows(1)
        before = await at.seen(row)
        sandbox.execute(
            """UPDATE crmopportunities SET Notes = 'new', UpdatedOn = '2026-03-02T09:29:00Z'
               WHERE Id = ?""",
            row.id,
        )
        changed = await at.row(row.id)
        at.details.want(changed)
        meanwhile = at.details.look(row.id)
        assert meanwhile == replace(before, loading=True)
        look = await at.at_rest(row.id)
        # The customer did not change with it.
        assert at.asked() == three_requests(row)[:2]
    assert look.detail is not None
    assert isinstance(look.detail.facts, Facts)
    assert look.detail.facts.notes == "new"


async def test_a_record_that_was_written_is_asked_for_again_at_once(sandbox: Sandbox) -> None:
    async with reading(sandbox) as at:
        row, other = await at.rows(2)
        await at.seen(row)
        at.details.forget(row.id)
        assert at.details.look(row.id).loading
        await at.at_rest(row.id)
        assert at.asked() == three_requests(row) * 2
        at.details.forget(other.id)
        at.details.forget_all()
        await at.at_rest(row.id)
        assert at.asked() == three_requests(row) * 3


async def test_an_answer_from_before_a_write_is_not_the_last_word(sandbox: Sandbox) -> None:
    async with reading(sandbox) as at:
        (row,) = await at.rows(1)
        await sandbox.fault(
            action="latency", seconds=0.2, path=f"{OPPORTUNITIES}/{row.id}", after_commit=True
        )
        at.details.want(row)
        await at.something_is_asked()
        at.details.forget(row.id)
        await at.at_rest(row.id)
        assert at.asked() == [f"{OPPORTUNITIES}/{row.id}", *three_requests(row)]


async def test_only_so_many_records_are_kept(sandbox: Sandbox) -> None:
    async with reading(sandbox, kept=2) as at:
        one, two, three = await at.rows(3)
        for row in (one, two, one, three):
            await at.seen(row)
        assert at.details.look(two.id) == Look()
        assert at.details.look(one.id).detail is not None
        await at.seen(two)
        assert at.asked()[9:] == three_requests(two)


# What is looked at next


async def test_those_ahead_come_behind_the_one_that_is_looked_at_and_are_there_when_wanted(
    sandbox: Sandbox,
) -> None:
    async with reading(sandbox) as at:
        row, *ahead = await at.rows(4)
        at.details.want(row, ahead)
        while at.told < 12:
            await at.until_told()
        assert at.asked() == [path for each in (row, *ahead) for path in three_requests(each)]
        for each in ahead:
            look = await at.seen(each)
            assert look.detail is not None
            assert look.loading is False
            assert None not in (look.detail.facts, look.detail.history, look.detail.contact)
        assert len(at.asked()) == 12


async def test_one_ahead_is_dropped_on_its_way_when_the_cursor_goes_elsewhere(
    sandbox: Sandbox,
) -> None:
    async with reading(sandbox) as at:
        row, ahead, other = await at.rows(3)
        await sandbox.fault(action="hang", path=f"{OPPORTUNITIES}/{ahead.id}")
        at.details.want(row, [ahead])
        await at.until_asked(4)
        look = await at.seen(other)  # though the request before it never comes to an end
        assert look.detail is not None
        assert at.asked()[4:] == three_requests(other)
        assert at.details.look(ahead.id).detail == Detail(ahead.id)
        assert at.details.look(ahead.id).error is None


async def test_nothing_ahead_is_asked_for_once_something_has_failed(sandbox: Sandbox) -> None:
    async with reading(sandbox) as at:
        row, *ahead = await at.rows(3)
        await sandbox.fault(action="status", status=404, path=f"{OPPORTUNITIES}/{ahead[0].id}")
        at.details.want(row, ahead)
        while at.details.look(ahead[0].id).error is None:
            await at.until_told()
        at.details.want(row, ahead)
        other = await at.row(ahead[1].id)
        await at.seen(other)
        assert at.asked() == three_requests(other)


async def test_one_that_failed_ahead_is_asked_for_again_when_somebody_comes_to_it(
    sandbox: Sandbox,
) -> None:
    async with reading(sandbox) as at:
        row, ahead, new = await at.rows(3)
        await sandbox.fault(
            action="status", status=404, path=f"{OPPORTUNITIES}/{ahead.id}", times=1
        )
        at.details.want(row, [ahead])
        while at.details.look(ahead.id).error is None:
            await at.until_told()
        at.details.want(ahead, [new])  # which is one that nobody has heard of yet
        while at.details.look(ahead.id).loading:
            await at.until_told()
        assert at.details.look(ahead.id).error is None


async def test_looking_at_nothing_drops_what_is_ahead(sandbox: Sandbox) -> None:
    async with reading(sandbox) as at:
        row, ahead, other = await at.rows(3)
        await sandbox.fault(action="hang", path=f"{OPPORTUNITIES}/{ahead.id}")
        at.details.want(row, [ahead])
        await at.until_asked(4)
        at.details.want(None)
        await at.seen(other)
        assert at.asked()[4:] == three_requests(other)


# What goes wrong


@pytest.mark.parametrize("status", [401, 403])
async def test_what_needs_a_role_is_left_out_with_its_name_and_asked_for_once(
    sandbox: Sandbox, status: int
) -> None:
    sandbox.execute(
        """UPDATE userroles SET Roles = (SELECT json_group_array(Id) FROM roles
           WHERE Name IN ('CrmOpportunity-Read', 'CrmOpportunity-List')) WHERE Id = 770685957"""
    )
    sandbox.execute("UPDATE users SET UserRoles = '[770685957]' WHERE Email = 'nora@example.com'")
    await turn(sandbox, forbidden_status=status)
    async with reading(sandbox, sign_in=NORA) as at:
        one, other = await at.rows(2)
        for row in (one, other):
            look = await at.seen(row)
            assert look.error is None
            assert look.detail is not None
            assert isinstance(look.detail.facts, Facts)
            assert look.detail.history == Absent("CrmOpportunityHistory-List")
            assert look.detail.contact == Absent("Coworker-Read")
        asked = [path for path in at.asked() if path != "/api/auth/me"]
        assert asked == [*three_requests(one), f"{OPPORTUNITIES}/{other.id}"]
        at.details.forget_all()
        await at.at_rest(other.id)
        asked = [path for path in at.asked() if path != "/api/auth/me"]
        assert asked[4:] == three_requests(other)


async def test_a_customer_that_is_not_there_is_no_failure(sandbox: Sandbox) -> None:
    async with reading(sandbox) as at:
        (row,) = await at.rows(1)
        look = await at.seen(replace(row, customer_id=1))
    assert look.error is None
    assert look.detail is not None
    assert look.detail.contact == Absent()


async def test_a_record_that_is_gone_is_said_to_be_so(sandbox: Sandbox) -> None:
    async with reading(sandbox) as at:
        (row,) = await at.rows(1)
        sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", row.id)
        look = await at.seen(row)
        assert at.asked() == three_requests(row)[:1]
    assert isinstance(look.error, Missing)


async def test_without_network_it_is_tried_once_and_again_after_looking_away(
    sandbox: Sandbox,
) -> None:
    async with reading(sandbox) as at:
        row, other = await at.rows(2)
        await sandbox.fault(action="drop", path=HISTORIES, times=None)
        look = await at.seen(row)
        assert isinstance(look.error, Unanswered)
        assert look.detail is not None
        assert isinstance(look.detail.facts, Facts)
        assert (look.detail.history, look.detail.contact) == (None, None)
        asked = at.asked()
        assert f"{CUSTOMERS}/{row.customer_id}" not in asked
        at.details.want(row)
        assert at.details.look(row.id).loading is False
        await sandbox.heal()
        at.details.want(other)
        at.details.want(row)
        assert at.details.look(row.id).error is None
        look = await at.at_rest(row.id)
        assert at.asked()[len(asked) :] == three_requests(row)[1:]
    assert look.error is None
    assert look.detail is not None
    assert isinstance(look.detail.contact, Contact)


async def test_a_fault_of_one_part_leaves_the_others(sandbox: Sandbox) -> None:
    async with reading(sandbox) as at:
        (row,) = await at.rows(1)
        await sandbox.fault(action="status", status=500, path=HISTORIES, times=None)
        look = await at.seen(row)
    assert isinstance(look.error, ServerFault)
    assert look.detail is not None
    assert look.detail.history is None
    assert isinstance(look.detail.contact, Contact)


async def test_it_ends_cleanly_while_a_request_is_on_its_way_and_can_begin_again(
    sandbox: Sandbox,
) -> None:
    client = sandbox.client()
    await sandbox.fault(action="hang", path=f"{OPPORTUNITIES}/*", after=1)
    async with reading(sandbox) as at:
        (row,) = await at.rows(1)
        at.details.want(row)
        await at.something_is_asked()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(at.details.run(client))
        at.details.want(replace(row, updated_on=None))
        await at.at_rest(row.id)
        task.cancel()
    await client.close()
    look = at.details.look(row.id)
    assert look.detail is not None
    assert look.error is None
    assert len(at.asked()) == 1 + 3


async def test_a_won_one_whose_record_lacks_the_date_is_named_while_that_is_held_as_it_is(
    sandbox: Sandbox,
) -> None:
    async with reading(sandbox) as at:
        dated, undated, lost = (row.id for row in await at.rows(3))
        for record_id, status, won_on in (
            (dated, 2, "2026-02-20T10:00:00Z"),
            (undated, 2, None),
            (lost, 3, None),
        ):
            sandbox.execute(
                "UPDATE crmopportunities SET Status = ?, WonOn = ? WHERE Id = ?",
                status,
                won_on,
                record_id,
            )
        rows = [await at.row(each) for each in (dated, undated, lost)]
        for row in rows:
            at.details.want(row)
            assert not at.details.undated  # nothing is said before the record has come
            await at.at_rest(row.id)
            if row.id == undated:
                assert at.details.undated == {undated: row.updated_on}
                at.details.forget(undated)
    assert not at.details.undated


async def test_of_what_is_no_longer_held_no_date_is_missed(sandbox: Sandbox) -> None:
    async with reading(sandbox, kept=1) as at:
        first, second = (row.id for row in await at.rows(2))
        sandbox.execute("UPDATE crmopportunities SET Status = 2, WonOn = NULL WHERE Id = ?", first)
        await at.seen(await at.row(first))
        assert list(at.details.undated) == [first]
        await at.seen(await at.row(second))
        assert not at.details.undated
