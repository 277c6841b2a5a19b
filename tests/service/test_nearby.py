"""What lies beside the record looked at, over real HTTP; the request log is the second witness."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from crm_tui.api.auth import Basic, Secret
from crm_tui.api.pacing import Priority
from crm_tui.domain.beside import Beside, Edits, Notes, Tasks
from crm_tui.domain.detail import Absent
from crm_tui.domain.rows import OpportunityRow
from crm_tui.service.nearby import STAY, Nearby
from tests.world import NOW, SIGN_IN, Sandbox, Waits

TASKS = "/api/crm/coworkertasks"
NOTES = "/api/spaces/coworkernotes"
TRAIL = "/api/sys/audittrailentries"


class Looking:
    """Somebody who looks at records and stays with them when the test lets time pass."""

    def __init__(self, sandbox: Sandbox, me: str = SIGN_IN.user) -> None:
        self.sandbox, self.waits = sandbox, Waits()
        self._changed = asyncio.Event()
        self.nearby = Nearby(me, changed=self._changed.set, sleep=self.waits)

    async def until(self, row: OpportunityRow, parts: int) -> Beside:
        """Wait until so many parts have come."""
        while True:
            found = self.nearby.look(row)
            if sum(part is not None for part in (found.tasks, found.notes, found.edits)) >= parts:
                return found
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 20)

    def asked(self) -> list[str]:
        """Give what was asked for beside records."""
        return [path for path in self.sandbox.asked() if path in (TASKS, NOTES, TRAIL)]


@asynccontextmanager
async def looking(sandbox: Sandbox, user: str = "ana") -> AsyncIterator[Looking]:
    client = sandbox.client(Basic(f"{user}@example.com", Secret("sandbox")))
    at = Looking(sandbox)
    task = asyncio.create_task(at.nearby.run(client))
    try:
        yield at
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await client.close()


async def rows(sandbox: Sandbox, count: int = 1) -> list[OpportunityRow]:
    """Read opportunities of customers of their own, as a book would."""
    ids = sandbox.query(
        "SELECT min(Id) FROM crmopportunities GROUP BY CoworkerId ORDER BY Id LIMIT ?", count
    )
    client = sandbox.client()
    found = [(await client.opportunity(each, Priority.VISIBLE)).row for (each,) in ids]
    await client.close()
    return found


def a_task(
    sandbox: Sandbox, row: OpportunityRow, name: str, due: str | None, done: int = 0
) -> None:
    """Have somebody make a task for a record's customer."""
    sandbox.execute(
        """INSERT INTO coworkertasks (UniqueId, CreatedOn, UpdatedOn, UpdatedBy, BusinessId, CoworkerId,
           Name, ResponsibleId, DueDate, Completed) SELECT hex(randomblob(16)), '2026-03-01T09:00:00Z',
           '2026-03-01T09:00:00Z', 'tom@example.com', InvoicingBusinessId, Id, ?, 303917733, ?, ?
           FROM coworkers WHERE Id = ?""",
        *(name, due, done, row.customer_id),
    )


async def test_tasks_and_notes_of_the_customer_come_as_the_database_has_them(
    sandbox: Sandbox,
) -> None:
    (row,) = await rows(sandbox)
    sandbox.execute("DELETE FROM coworkertasks")
    sandbox.execute("DELETE FROM coworkernotes")
    a_task(sandbox, row, "no day", None)
    a_task(sandbox, row, "later", "2026-04-01T00:00:00Z")
    a_task(sandbox, row, "sooner", "2026-03-05T00:00:00Z")
    a_task(sandbox, row, "over", "2026-03-01T00:00:00Z", done=1)
    for text in ("first", "second"):
        sandbox.execute(
            """INSERT INTO coworkernotes (UniqueId, CreatedOn, UpdatedOn, UpdatedBy, CoworkerId, Notes,
               AddedBy) VALUES (hex(randomblob(16)), '2026-03-01T09:00:00Z', '2026-03-01T09:00:00Z',
               'tom@example.com', ?, ?, 'Tom')""",
            *(row.customer_id, text),
        )
    async with looking(sandbox) as at:
        at.nearby.want(row)
        found = await at.until(row, 2)
        assert isinstance(found.tasks, Tasks)
        assert [(each.name, each.owner) for each in found.tasks.open] == [
            ("sooner", "Tom Okafor"),
            ("later", "Tom Okafor"),
            ("no day", "Tom Okafor"),
        ]
        assert (found.tasks.done, found.tasks.more) == (1, 0)
        assert isinstance(found.notes, Notes)
        assert [(each.text, each.by) for each in found.notes.notes] == [
            ("second", "Tom"),
            ("first", "Tom"),
        ]
        assert found.edits is None  # there was no sitting before
        assert at.asked() == [TASKS, NOTES]
        assert at.waits.asked == [STAY]


async def test_what_others_changed_since_comes_and_not_what_one_did_oneself_or_before(
    sandbox: Sandbox,
) -> None:
    (row,) = await rows(sandbox)
    sandbox.execute("DELETE FROM audittrailentries")
    for made, by, field, before, after in (
        ("2026-03-01T08:00:00Z", "tom@example.com", "Value", "1", "2"),
        ("2026-03-01T10:00:00Z", "tom@example.com", "Value", "2", "3"),
        ("2026-03-01T11:00:00Z", "ANA@example.com", "Value", "3", "4"),
        ("2026-03-01T12:00:00Z", "[System]", "Status", "1", "2"),
    ):
        sandbox.execute(
            """INSERT INTO audittrailentries (UniqueId, CreatedOn, UpdatedOn, UpdatedBy, BusinessId,
               EntityShortName, EntityId, Description, PropertyName, AuditType, OldValue, NewValue,
               ActionBy) VALUES (hex(randomblob(16)), ?, ?, 'x', 1414802377, 'CrmOpportunity', ?, '', ?,
               2, ?, ?, ?)""",
            *(made, made, row.id, field, before, after, by),
        )
    since = NOW - timedelta(days=1)
    async with looking(sandbox) as at:
        at.nearby.look_since(since)
        at.nearby.want(row)
        found = await at.until(row, 3)
        assert isinstance(found.edits, Edits)
        assert found.edits.since == since
        assert [(each.field, each.before, each.after, each.by) for each in found.edits.entries] == [
            ("status", "1", "2", "[System]"),
            ("value", "2", "3", "tom@example.com"),
        ]
        assert at.asked() == [TASKS, NOTES, TRAIL]


async def test_a_cursor_that_runs_on_asks_for_the_last_one_only_and_coming_back_asks_nothing(
    sandbox: Sandbox,
) -> None:
    one, other = await rows(sandbox, 2)
    async with looking(sandbox) as at:
        at.waits.pass_freely.clear()
        at.nearby.want(one)
        await at.waits.another()
        at.nearby.want(other)
        await at.waits.another()
        assert at.asked() == []
        at.waits.pass_freely.set()
        await at.until(other, 2)
        assert at.asked() == [TASKS, NOTES]
        assert at.nearby.look(one) == Beside()
        at.nearby.want(one)
        await at.until(one, 2)
        before = at.asked()
        at.nearby.want(other)
        await at.waits.another()
        at.nearby.want(one)
        await at.waits.another()
        assert at.asked() == before


async def test_a_task_that_was_made_is_asked_for_again_with_all_others(sandbox: Sandbox) -> None:
    (row,) = await rows(sandbox)
    async with looking(sandbox) as at:
        at.nearby.want(row)
        before = await at.until(row, 2)
        a_task(sandbox, row, "new", None)
        at.nearby.forget_customer(row.customer_id)
        after = await at.until(row, 2)
        assert isinstance(before.tasks, Tasks)
        assert isinstance(after.tasks, Tasks)
        assert len(after.tasks.open) == len(before.tasks.open) + 1
        assert at.asked() == [TASKS, NOTES, TASKS]


async def test_what_needs_a_role_is_told_and_asked_for_once_and_a_failure_leaves_it_out(
    sandbox: Sandbox,
) -> None:
    one, other = await rows(sandbox, 2)
    sandbox.execute(
        "UPDATE users SET IsAdmin = 0, UserRoles = '[]' WHERE Email = 'ana@example.com'"
    )
    async with looking(sandbox) as at:
        at.nearby.want(one)
        found = await at.until(one, 2)
        assert found == Beside(Absent("CoworkerTask-List"), Absent("CoworkerNote-List"))
        at.nearby.want(other)
        await at.until(other, 2)
        assert at.asked() == [TASKS, NOTES]
        sandbox.execute("UPDATE users SET IsAdmin = 1 WHERE Email = 'ana@example.com'")
        await sandbox.fault(action="drop", path=TASKS, times=None)
        at.nearby.forget_all()
        found = await at.until(other, 1)
        assert found.tasks is None
        assert isinstance(found.notes, Notes)
