"""Every verb on a row that changes or disappears meanwhile, is not this user's to change, or whose stage does things.

Verbs are given as `crm-tui do` gives them, to one book; the sandbox's database is the witness.  What all verbs came to
is compared at once: a verb that is added and not in the table fails.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final, NamedTuple

import pytest

from crm_tui.api.auth import Basic, Secret
from crm_tui.cli.perform import Asked, NotDone, Performer
from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.commands.here import Here
from crm_tui.commands.parse import GRAMMAR, Argument, read_line
from crm_tui.commands.spec import AT_WORK, Where
from crm_tui.domain.snapshot import TROUBLE, RowState
from crm_tui.service.crm import NO_HOLD, Crm
from crm_tui.service.offering import Kind
from crm_tui.service.outbox import Hold
from crm_tui.service.writer import Outcome
from tests.world import Sandbox, clock, forever, loaded, running, running_sandbox, until

HELD: Final = Hold(timedelta(seconds=3), timedelta(seconds=15))

OPEN: Final[dict[str, object]] = {
    "Status": 1,
    "Completed": 0,
    "LossReason": None,
    "WonOn": None,
    "LostOn": None,
    "Value": "100",
    "DueDate": "2026-03-20T00:00:00Z",
    "Notes": "Needs parking.",
    "ResponsibleId": None,
    "LeadSource": 99,
    "OpportunityTypeId": None,
    "Name": "ours",
}
"""What every card has before a verb is given."""

LOST: Final = {"Status": 3, "Completed": 1, "LossReason": 4, "LostOn": "2026-02-01T10:00:00Z"}
WON: Final = {"Status": 2, "Completed": 1, "WonOn": "2026-02-01T10:00:00Z"}


class Verb(NamedTuple):
    """A verb, and what of a record it changes."""

    argument: str
    column: str
    theirs: dict[str, object]
    """What somebody else makes of the same."""
    before: dict[str, object] | None = None
    """What the record has to be for it, beside `OPEN`."""


TYPE: Final = "type 1"

VERBS: Final = {
    "next-stage": Verb("", "CrmBoardColumnId", {"CrmBoardColumnId": "Negotiation"}),
    "previous-stage": Verb("", "CrmBoardColumnId", {"CrmBoardColumnId": "Negotiation"}),
    "move": Verb("Proposal sent", "CrmBoardColumnId", {"CrmBoardColumnId": "Negotiation"}),
    "follow-up": Verb("2026-04-01", "DueDate", {"DueDate": "2026-05-01T00:00:00Z"}),
    "lost": Verb("price", "Status", WON),
    "won": Verb("", "Status", LOST),
    "reopen": Verb("", "Status", {**WON, "LossReason": None, "LostOn": None}, LOST),
    "note": Verb("called", "Notes", {"Notes": "Needs a dog."}),
    "canned-note": Verb("nudge", "Notes", {"Notes": "Needs a dog."}),
    "owner": Verb("me", "ResponsibleId", {"ResponsibleId": 303917733}),
    "to-me": Verb("", "ResponsibleId", {"ResponsibleId": 303917733}),
    "value": Verb("500", "Value", {"Value": "900"}),
    "source": Verb("referral", "LeadSource", {"LeadSource": 1}),
    "type": Verb(TYPE, "OpportunityTypeId", {"OpportunityTypeId": -1}),
    "task": Verb("call back", "", {"Notes": "Needs a dog."}),
    "lower": Verb("", "Position", {"CrmBoardColumnId": "Negotiation"}),
    "higher": Verb("", "Position", {"CrmBoardColumnId": "Negotiation"}),
}

ADDED: Final = {"note", "canned-note", "task"}
"""What only adds something, so that nobody else's change is in its way."""

GONE: Final = "it was deleted elsewhere, or hidden from you"
"""The server answers alike to both."""

MOVES: Final = {"next-stage", "previous-stage", "move"}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox(size=80) as started:
        yield started


def stages(sandbox: Sandbox) -> dict[str, int]:
    """Give name → id of the stages of the board that is worked on."""
    found = sandbox.query(
        """SELECT Name, Id FROM crmboardcolumns WHERE CrmBoardId =
           (SELECT CrmBoardId FROM crmboardcolumns WHERE Name = 'Office tour' ORDER BY Id LIMIT 1)"""
    )
    return dict(found)


def put(sandbox: Sandbox, record_id: int, values: dict[str, object]) -> None:
    """Change a record, as somebody else would."""
    for name, value in values.items():
        if name == "CrmBoardColumnId" and isinstance(value, str):
            value = stages(sandbox)[value]
        if name == "OpportunityTypeId" and value == -1:
            value = types(sandbox)[1][0]
        sandbox.execute(f"UPDATE crmopportunities SET {name} = ? WHERE Id = ?", value, record_id)


def types(sandbox: Sandbox) -> list[tuple[int, str]]:
    """Give ids and names of the types of the board's location."""
    return sandbox.query(
        """SELECT Id, Name FROM opportunitytypes WHERE BusinessId = (SELECT b.BusinessId
           FROM crmboards b JOIN crmboardcolumns c ON c.CrmBoardId = b.Id WHERE c.Id = ?)
           ORDER BY Id""",
        stages(sandbox)["Office tour"],
    )


def cards(sandbox: Sandbox) -> dict[str, int]:
    """Give each verb a card of its own, all in one stage, between two others."""
    every = tuple(stages(sandbox).values())
    found = sandbox.query(
        f"""SELECT Id FROM crmopportunities WHERE CrmBoardColumnId IN ({",".join("?" * len(every))})
            GROUP BY CoworkerId ORDER BY Id LIMIT ?""",
        *(*every, len(VERBS) + 2),
    )
    ids = [record_id for (record_id,) in found]
    assert len(ids) == len(VERBS) + 2, "the seed is too small"
    for number, record_id in enumerate(ids):
        put(sandbox, record_id, {"CrmBoardColumnId": "Office tour", **OPEN})
        put(sandbox, record_id, {"Position": 1000 * (number + 1)})
    mine = dict(zip(VERBS, ids[1:], strict=False))
    for name, record_id in mine.items():
        put(sandbox, record_id, VERBS[name].before or {})
    return mine


class Desk:
    """A book, what was done with it, and what became of that."""

    def __init__(self, crm: Crm, sandbox: Sandbox) -> None:
        self.crm, self.sandbox = crm, sandbox
        self.outcomes: list[Outcome] = []
        self.told: list[str] = []
        crm.subscribe(lambda outcome: self.outcomes.append(outcome) if outcome else None)

    def give(self, name: str, record_id: int) -> Asked:
        """Give a verb as `crm-tui do` does; raises `NotDone`."""
        crm, argument = self.crm, VERBS[name].argument
        if argument == TYPE:
            argument = f"#{types(self.sandbox)[0][0]}"
        around = crm.surroundings
        here = Here(
            clock(),
            lambda board_id: around.zone_of(crm.snapshot.boards.get(board_id)),
            me=around.me,
            author="Ana",
        )
        performer = Performer(crm, here, whose="here", is_agreed=True, tell=self.told.append)
        return performer.perform(read_line(f"{name} {record_id} '{argument}'".removesuffix(" ''")))

    async def give_all(self, mine: dict[str, int]) -> dict[str, tuple[RowState, str]]:
        """Give every verb to its card; tell verb → what became of it, and the server's words."""
        came: dict[str, tuple[RowState, str]] = {}
        for name, record_id in mine.items():
            asked = self.give(name, record_id)
            await self.crm.settle()
            ours = {each.marker for each in asked.intents}
            last = [each for each in self.outcomes if each.intent.marker in ours]
            assert len(last) == len(ours), name
            # Of a card that is put elsewhere others may have to make room; it is the first.
            came[name] = (last[0].state, last[0].words)
        return came


@asynccontextmanager
async def desk(sandbox: Sandbox, user: str = "ana", hold: Hold = NO_HOLD) -> AsyncIterator[Desk]:
    """Open a book that knows all that verbs name."""
    sign_in = Basic(f"{user}@example.com", Secret("sandbox"))
    waits = {"sleep": forever} if hold != NO_HOLD else {}
    crm = sandbox.crm(sign_in, hold=hold, **waits)  # type: ignore[arg-type]
    async with running(crm):
        await loaded(crm)
        await until(crm, lambda: all(map(crm.offering.knows, Kind)) and crm.surroundings.is_known)
        yield Desk(crm, sandbox)


def values(sandbox: Sandbox, mine: dict[str, int]) -> dict[str, Any]:
    """Give verb → what the field that it changes is."""
    found = {}
    for name, record_id in mine.items():
        column = VERBS[name].column or "Status"
        rows = sandbox.query(f"SELECT {column} FROM crmopportunities WHERE Id = ?", record_id)
        found[name] = rows[0][0] if rows else None
    return found


def tasks(sandbox: Sandbox) -> int:
    """Count the tasks that were made by the verb."""
    ((count,),) = sandbox.query("SELECT count(*) FROM coworkertasks WHERE Name = 'call back'")
    return int(count)


def all_of(state: RowState, words: str = "") -> dict[str, tuple[RowState, str]]:
    """Say that every verb comes to the same."""
    return dict.fromkeys(VERBS, (state, words))


def test_the_table_has_every_verb_that_changes_a_record() -> None:
    by_key = {each.name for each in CATALOGUE if each.writes and each.where & AT_WORK}
    assert by_key - {"repeat", "undo", "redo", "restore"} == set(VERBS)
    on_records = {
        name
        for name, arguments in GRAMMAR.items()
        if {Argument.RECORDS, Argument.RECORD} & {*arguments}
    }
    assert on_records == set(VERBS)
    assert Where.BOARD in AT_WORK


async def test_what_others_changed_elsewhere_in_the_record_stays(sandbox: Sandbox) -> None:
    mine = cards(sandbox)
    async with desk(sandbox) as at:
        before = values(sandbox, mine)
        for record_id in mine.values():
            put(sandbox, record_id, {"Name": "theirs"})
        assert await at.give_all(mine) == all_of(RowState.SAVED)
    after = values(sandbox, mine)
    assert [name for name in VERBS if after[name] == before[name]] == ["task"]
    assert tasks(sandbox) == 1
    names = sandbox.query("SELECT Id FROM crmopportunities WHERE Name = 'theirs'")
    assert {record_id for (record_id,) in names} == set(mine.values())
    written = [body["Id"] for body in sandbox.writes()]
    assert {each: written.count(each) for each in mine.values() if written.count(each) != 1} == {
        mine["task"]: 0
    }


async def test_what_others_changed_in_the_same_field_is_a_conflict_and_stays(
    sandbox: Sandbox,
) -> None:
    mine = cards(sandbox)
    async with desk(sandbox) as at:
        for name, record_id in mine.items():
            put(sandbox, record_id, VERBS[name].theirs)
        theirs = values(sandbox, mine)
        came = {name: state for name, (state, _) in (await at.give_all(mine)).items()}
    assert came == {name: RowState.SAVED if name in ADDED else RowState.CONFLICT for name in VERBS}
    after = values(sandbox, mine)
    assert [name for name in VERBS if after[name] != theirs[name]] == ["note", "canned-note"]
    assert after["note"].startswith("Needs a dog.\n2026-03-02 Ana")
    assert after["canned-note"].startswith("Needs a dog.\n2026-03-02 Ana")
    ids = {mine["note"], mine["canned-note"]}
    assert {body["Id"] for body in sandbox.writes()} - set(mine.values()) == set()
    assert {body["Id"] for body in sandbox.writes()} & set(mine.values()) == ids


async def test_what_was_deleted_meanwhile_waits_for_somebody_and_nothing_is_written(
    sandbox: Sandbox,
) -> None:
    mine = cards(sandbox)
    async with desk(sandbox) as at:
        for record_id in mine.values():
            sandbox.execute("DELETE FROM crmopportunities WHERE Id = ?", record_id)
        came = await at.give_all(mine)
        gone = all_of(RowState.PARKED, GONE)
        # The customer is there still, and that is whom a task is for.
        assert came == {**gone, "task": (RowState.SAVED, "")}
        assert all(at.crm.snapshot.row(mine[name]) is None for name in VERBS if name != "task")
    assert {body["Id"] for body in sandbox.writes()} & set(mine.values()) == set()
    assert tasks(sandbox) == 1


async def test_a_task_for_a_customer_who_was_deleted_meanwhile_is_refused(
    sandbox: Sandbox,
) -> None:
    mine = cards(sandbox)
    async with desk(sandbox) as at:
        row = at.crm.snapshot.row(mine["task"])
        assert row is not None
        sandbox.execute("DELETE FROM coworkers WHERE Id = ?", row.customer_id)
        came = await at.give_all({"task": mine["task"]})
    assert came["task"][0] in (RowState.FAILED, RowState.PARKED)
    assert came["task"][1]
    assert tasks(sandbox) == 0


async def test_a_verb_on_what_vanished_before_it_is_given_says_so(sandbox: Sandbox) -> None:
    mine = cards(sandbox)
    said: dict[str, str] = {}
    async with desk(sandbox) as at:
        at.crm.snapshot.forget(list(mine.values()))
        for name, record_id in mine.items():
            try:
                at.give(name, record_id)
            except NotDone as why:
                said[name] = why.words
        assert at.crm.unsettled() == []
    no_card = "There is no card here to "
    assert {name: words for name, words in said.items() if not words.startswith(no_card)} == {}
    assert set(said) == set(VERBS)
    assert sandbox.writes() == []


async def test_who_only_reads_is_told_the_role_and_nothing_is_sent(sandbox: Sandbox) -> None:
    mine = cards(sandbox)
    before = values(sandbox, mine)
    async with desk(sandbox, "rita") as at:
        came = await at.give_all(mine)
    edit = "you may not do this: it needs the role CrmOpportunity-Edit"
    create = "you may not do this: it needs the role CoworkerTask-Create"
    assert came == {**all_of(RowState.PARKED, edit), "task": (RowState.PARKED, create)}
    assert values(sandbox, mine) == before
    assert tasks(sandbox) == 0


async def test_a_location_that_was_taken_from_the_user_meanwhile_is_left_alone(
    sandbox: Sandbox,
) -> None:
    mine = cards(sandbox)
    before = values(sandbox, mine)
    async with desk(sandbox, "mina") as at:
        sandbox.execute("UPDATE users SET Businesses = '[]' WHERE Email = 'mina@example.com'")
        came = await at.give_all(mine)
    assert {name: state for name, (state, _) in came.items() if state not in TROUBLE} == {}
    assert {words for name, (_, words) in came.items() if name != "task"} == {GONE}
    assert "does not exist" in came["task"][1]
    assert values(sandbox, mine) == before
    assert tasks(sandbox) == 0


async def test_only_a_move_does_what_stages_do_and_says_it_before(sandbox: Sandbox) -> None:
    mine = cards(sandbox)
    sandbox.execute(
        """UPDATE crmboardcolumns SET DeleteAccount = 1, DeactivateAccount = 1,
           ConfirmTour = 1, CannedResponseId = (SELECT min(Id) FROM cannedresponses)
           WHERE Name = 'Office tour'"""
    )
    customers = sandbox.query("SELECT count(*), sum(Active) FROM coworkers")
    async with desk(sandbox) as at:
        assert await at.give_all(mine) == all_of(RowState.SAVED)
        assert len(at.told) == len(MOVES)
        assert ["confirms the tour" in each for each in at.told] == [False, True, False]
        assert ["sends 'Proposal'" in each for each in at.told] == [True, False, True]
    effects = sandbox.query("SELECT CrmOpportunityId, Kind FROM effects ORDER BY Id")
    assert effects == [
        (mine["next-stage"], "mail"),
        (mine["previous-stage"], "tour"),
        (mine["move"], "mail"),
    ]
    assert sandbox.query("SELECT count(*), sum(Active) FROM coworkers") == customers


async def test_a_move_with_effects_is_held_longer_than_all_else_and_all_is_taken_back_unheard(
    sandbox: Sandbox,
) -> None:
    mine = cards(sandbox)
    before = values(sandbox, mine)
    held: dict[str, set[timedelta]] = {}
    async with desk(sandbox, hold=HELD) as at:
        for name, record_id in mine.items():
            asked = at.give(name, record_id)
            held[name] = {each.due - clock() for each in asked.intents}
        for _ in mine:
            assert at.crm.undo()
        assert at.crm.undo() == []
        assert at.crm.unsettled() == []
    long, short = {HELD.with_effects}, {HELD.plain}
    assert held == {name: long if name in MOVES else short for name in VERBS}
    assert sandbox.writes() == []
    assert values(sandbox, mine) == before
