"""Fills a new database: the operator of `world`, then as many customers and opportunities as asked for.

Deterministic: the same size, seed and clock give the same bytes. All moments are relative to the clock.
What happened to an opportunity is invented in `stories`; here it becomes rows.
"""

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from crm_tui.sandbox.deskwork import fill_desk
from crm_tui.sandbox.founding import found
from crm_tui.sandbox.names import Person, invent_people
from crm_tui.sandbox.people import OWNERS
from crm_tui.sandbox.rows import SYSTEM, Row, Rows, rising_ids
from crm_tui.sandbox.stories import Story, tell_stories
from crm_tui.sandbox.times import Clock, from_epoch
from crm_tui.sandbox.wire import dumps
from crm_tui.sandbox.world import LOCATIONS, stage_id

DEFAULT_SIZE = 2400
"""Opportunities in a new database."""

DEFAULT_SEED = 20_260_309
"""What chance starts from."""

_STATUS = {"open": 1, "won": 2, "lost": 3}
_NEW_CUSTOMER = 0.86  # the rest of the opportunities belong to customers who had one before


def fill(connection: sqlite3.Connection, *, clock: Clock, size: int, seed: int) -> None:
    """Write all rows of a new database inside the caller's transaction; `size` opportunities."""
    now = int(clock().timestamp())
    random = Random(seed)  # noqa: S311 - chance that must repeat itself
    with _uncollected():
        _Seeding(connection, random, now).run(size)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage: there is none until the end, and looking costs a fifth of the filling."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Seeding:
    """One filling of one database: the connection, chance, and the present in seconds since 1970."""

    def __init__(self, connection: sqlite3.Connection, random: Random, now: int) -> None:
        self.connection = connection
        self.random = random
        self.now = now
        self.rows = Rows(connection, random)

    def run(self, size: int) -> None:
        """Write everything; `size` opportunities."""
        found(self.rows, self.now)
        stories = tell_stories(self.random, size, self.now)
        ids = rising_ids(self.random, 871_654_321)
        numbered = [(next(ids), story) for story in stories]
        customers = self._customers(stories)
        self._opportunities(numbered, customers, self._teams(stories, customers))
        self._histories(numbered)
        # Chance of its own: what surrounds the opportunities must not change them.
        fill_desk(self.rows, Random(size), numbered, customers, self.now)  # noqa: S311

    def _customers(self, stories: list[Story]) -> list[int]:
        """Write the customers and give each story's one, by its id; some come back for more."""
        people = [
            iter(invent_people(self.random, location.cultures, len(own)))
            for place, location in enumerate(LOCATIONS)
            for own in [[story for story in stories if story.board.location == place]]
        ]
        ids = rising_ids(self.random, 1_415_200_000)
        known: list[list[int]] = [[] for _ in LOCATIONS]
        chosen: list[int] = []
        rows: list[Row] = []
        for story in stories:
            here = known[story.board.location]
            if here and self.random.random() > _NEW_CUSTOMER:
                chosen.append(here[int(self.random.random() * len(here))])
                continue
            customer_id = next(ids)
            here.append(customer_id)
            chosen.append(customer_id)
            rows.append(self._customer(customer_id, next(people[story.board.location]), story))
        self.rows.insert(
            "coworkers",
            "CoworkerType, FullName, CompanyName, Email, MobilePhone, Active, RegistrationDate,"
            " InvoicingBusinessId, CountryId, SimpleTimeZoneId",
            rows,
        )
        return chosen

    def _customer(self, customer_id: int, person: Person, story: Story) -> Row:
        location = LOCATIONS[story.board.location]
        created = from_epoch(story.moves[0][1])
        domain = ("com", "org", "net")[customer_id % 3]
        return (
            *self.rows.base(customer_id, created),
            *(
                2 if person.company and customer_id % 5 == 0 else 1,
                person.full_name,
                person.company,
            ),
            f"{person.address}{customer_id % 1000}@example.{domain}",
            location.phone.format(customer_id % 100) if customer_id % 10 else None,
            *(int(story.outcome == "won"), created, location.id),
            *(location.country[0], location.zone[0]),
        )

    def _teams(self, stories: list[Story], customers: list[int]) -> dict[int, int]:
        """Make teams of some won customers that write for a company; give team by customer."""
        won = sorted(
            {
                customer
                for story, customer in zip(stories, customers, strict=True)
                if story.outcome == "won" and customer % 4 == 0
            }
        )
        ids = rising_ids(self.random, 1_414_860_000)
        teams: dict[int, int] = {}
        rows: list[Row] = []
        for customer_id in won:
            company, full_name, created, location_id = self.connection.execute(
                "SELECT CompanyName, FullName, CreatedOn, InvoicingBusinessId FROM coworkers WHERE Id = ?",
                (customer_id,),
            ).fetchone()
            if company is not None:
                teams[customer_id] = team_id = next(ids)
                website = f"https://team{team_id % 1000}.example.com"
                members = dumps([customer_id]).decode()
                rows.append(
                    (
                        *self.rows.base(team_id, created),
                        *(location_id, company, f"Team of {full_name}", website),
                        *(members, full_name, 1),
                    )
                )
                self.connection.execute(
                    "UPDATE coworkers SET TeamNames = ? WHERE Id = ?", (company, customer_id)
                )
        self.rows.insert(
            "teams",
            "BusinessId, Name, Description, ProfileWebsite, TeamMembers, CoworkerFullNames,"
            " ActiveContracts",
            rows,
        )
        return teams

    def _opportunities(
        self, numbered: list[tuple[int, Story]], customers: list[int], teams: dict[int, int]
    ) -> None:
        """Write the opportunities; places within a stage follow the order of arrival, with gaps."""
        places: dict[int, int] = {}
        rows: list[Row] = []
        for (record_id, story), customer_id in zip(numbered, customers, strict=True):
            on_stage = stage_id(story.board, story.stage)
            places[on_stage] = places.get(on_stage, -1) + (1 if self.random.random() < 0.9 else 3)
            rows.append(
                (
                    *self.rows.base(
                        record_id,
                        from_epoch(story.moves[0][1]),
                        from_epoch(story.updated),
                        SYSTEM if story.owner is None else OWNERS[story.owner].email,
                    ),
                    *(story.name, on_stage, customer_id, teams.get(customer_id)),
                    story.kind and story.kind[0],
                    None if story.owner is None else OWNERS[story.owner].id,
                    self._other_customer(customers, customer_id) if story.wants_referrer else None,
                    self._other_customer(customers[:40], customer_id)
                    if story.wants_agent
                    else None,
                    *(story.notes, int(story.outcome != "open")),
                    None if story.due is None else from_epoch(story.due),
                    *(story.value, int(story.reminded), story.source, story.loss),
                    _STATUS[story.outcome],
                    *self._closing_dates(story),
                    *(from_epoch(story.moves[-1][1]), places[on_stage]),
                    *(*story.came_from, story.campaign),
                )
            )
        self.rows.insert(
            "crmopportunities",
            "Name, CrmBoardColumnId, CoworkerId, TeamId, OpportunityTypeId, ResponsibleId, ReferrerId, AgentId,"
            " Notes, Completed, DueDate, Value, Reminded, LeadSource, LossReason, Status, WonOn, LostOn,"
            " CrmUpdatedOn, Position, UtmSource, UtmMedium, UtmCampaign",
            rows,
        )

    def _closing_dates(self, story: Story) -> tuple[str | None, str | None]:
        """Give WonOn and LostOn; one in fifty was closed carelessly and has none."""
        if story.outcome == "open" or self.random.random() < 0.02:
            return None, None
        closed = from_epoch(story.moves[-1][1])
        return (closed, None) if story.outcome == "won" else (None, closed)

    def _other_customer(self, customers: list[int], but: int) -> int | None:
        chosen = customers[int(self.random.random() * len(customers))]
        return None if chosen == but else chosen

    def _histories(self, numbered: list[tuple[int, Story]]) -> None:
        """Write a row for every placement and move, in the order in which they happened."""
        moves: list[tuple[int, int, Story, int]] = [
            (story.moves[place][1], record_id, story, place)
            for record_id, story in numbered
            for place in range(len(story.moves))
        ]
        moves.sort(key=lambda move: move[:2])
        ids = rising_ids(self.random, 1_416_000_000)
        self.rows.insert(
            "crmopportunityhistories",
            "CrmOpportunityId, OldCrmBoardColumnId, FromTime, ToTime, NewCrmBoardColumnId, UserId",
            [self._move(next(ids), *move) for move in moves],
        )

    def _move(self, history_id: int, moment: int, record_id: int, story: Story, place: int) -> Row:
        text = from_epoch(moment)
        # Arrivals come by themselves from the web site; later moves are made by the owner.
        owner = OWNERS[story.owner] if place and story.owner is not None else None
        old_stage, entered = story.moves[place - 1] if place else (None, None)
        return (
            *self.rows.base(history_id, text, by=owner.email if owner else SYSTEM),
            record_id,
            None if old_stage is None else stage_id(story.board, old_stage),
            None if entered is None else from_epoch(entered),
            text,
            stage_id(story.board, story.moves[place][0]),
            owner.id if owner else None,
        )
