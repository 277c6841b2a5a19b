"""Fills in what surrounds the opportunities: tasks, notes, proposals and the newest entries of the audit trail.

Deterministic, with chance of its own, so that it changes nothing about the opportunities. Moments are in
seconds since 1970 UTC. Knows stories and ids, and writes rows.
"""

from random import Random

from crm_tui.sandbox.library import CHECKLISTS, TARIFFS
from crm_tui.sandbox.people import OWNERS
from crm_tui.sandbox.rows import SYSTEM, Row, Rows, rising_ids
from crm_tui.sandbox.stories import DAY, HOUR, Story
from crm_tui.sandbox.times import from_epoch
from crm_tui.sandbox.world import LOCATIONS, stage_id

_TASKS = (
    "Call back",
    "Send floor plan",
    "Book a second tour",
    "Check availability",
    "Ask for references",
)
_NOTES = (
    "Prefers e-mail to the telephone.",
    "Met at the open house; knows two of our members.",
    "Viene recomendado por un socio.",
    "Allergic to dogs. Seat near the window, please.",
    "話しやすい方です。英語も大丈夫。",
    "Asked twice about the bike room.",
)
_ITEMS = tuple(
    tuple(
        (each.id + 1 + place, item.name)
        for each in CHECKLISTS
        for place, item in enumerate(each.items)
        if each.location == location
    )
    for location in range(len(LOCATIONS))
)
"""The ids and names of each location's task items."""

_DRAFT, _SENT, _ACCEPTED, _REJECTED = 1, 2, 3, 4
_AUDITED_DAYS = 3


def fill_desk(
    rows: Rows, random: Random, numbered: list[tuple[int, Story]], customers: list[int], now: int
) -> None:
    """Write rows for some of the opportunities; `customers` are theirs, in the same order."""
    known = [(*each, customer) for each, customer in zip(numbered, customers, strict=True)]
    _tasks(rows, random, known, now)
    _notes(rows, random, known)
    _proposals(rows, random, known, now)
    _audit(rows, random, known, now)


Known = list[tuple[int, Story, int]]


def _owner(story: Story) -> int:
    """Give the index of who looks after it; the location's first is better than nobody."""
    return story.board.location + (story.board.location > 0) if story.owner is None else story.owner


def _tasks(rows: Rows, random: Random, known: Known, now: int) -> None:
    """Write a task for every seventh open opportunity and some done ones; every third is of a task list."""
    ids = rising_ids(random, 1_417_000_000)
    written: list[Row] = []
    for _, story, customer_id in known:
        if random.random() > (0.14 if story.outcome == "open" else 0.03) and written:
            continue
        location = story.board.location
        items = _ITEMS[location]
        created = story.moves[-1][1]
        due = now + int((random.random() * 14 - 4) * DAY)
        template = items[int(random.random() * len(items))] if random.random() < 0.34 else None
        name = template[1] if template else _TASKS[int(random.random() * len(_TASKS))]
        owner = OWNERS[_owner(story)]
        written.append(
            (
                *rows.base(next(ids), from_epoch(created), by=SYSTEM if template else owner.email),
                *(LOCATIONS[location].id, customer_id, name, owner.id),
                *(int(story.outcome != "open"), from_epoch(due - due % (HOUR // 2))),
                *(int(random.random() < 0.3), int(random.random() < 0.8), int(due < now)),
                rows.unique_id(template[0]) if template else None,
            )
        )
    rows.insert(
        "coworkertasks",
        "BusinessId, CoworkerId, Name, ResponsibleId, Completed, DueDate, NotifyByEmail,"
        " DisplayToEveryone, Reminded, TaskItemUniqueId",
        written,
    )


def _notes(rows: Rows, random: Random, known: Known) -> None:
    ids = rising_ids(random, 1_418_000_000)
    written: list[Row] = []
    for _, story, customer_id in known:
        if random.random() < 0.06 or not written:
            owner = OWNERS[_owner(story)]
            text = _NOTES[int(random.random() * len(_NOTES))]
            moment = from_epoch(story.moves[-1][1])
            base = rows.base(next(ids), moment, by=owner.email)
            written.append((*base, customer_id, text, owner.full_name))
    rows.insert("coworkernotes", "CoworkerId, Notes, AddedBy", written)


def _proposals(rows: Rows, random: Random, known: Known, now: int) -> None:
    """Write a proposal for opportunities that have come so far, and for some that were lost over it."""
    ids = rising_ids(random, 1_419_000_000)
    written: list[Row] = []
    tariffs = dict(TARIFFS)
    for _, story, customer_id in known:
        kind = story.kind[1] if story.kind else "Dedicated desk"
        late = len(story.moves) > 2 or story.outcome == "won"
        if (not late or kind not in tariffs or random.random() > 0.25) and written:
            continue
        created = story.moves[-1][1]
        status = {"open": _SENT, "won": _ACCEPTED, "lost": _REJECTED}[story.outcome]
        if status == _SENT and random.random() < 0.3:
            status = _DRAFT
        owner = OWNERS[_owner(story)]
        kind = kind if kind in tariffs else "Hot desk"
        proposal_id = next(ids)
        written.append(
            (
                *rows.base(proposal_id, from_epoch(created), by=owner.email),
                *(LOCATIONS[story.board.location].id, owner.id, customer_id),
                *(f"P-{proposal_id % 100_000:05}", status, tariffs[kind], kind),
                *(1, 1 + int(random.random() * 6), story.value or "350.00"),
                from_epoch(now + int(random.random() * 60) * DAY),
                from_epoch(created + 14 * DAY),
                None if status == _DRAFT else from_epoch(created + HOUR),
            )
        )
    rows.insert(
        "proposals",
        "IssuedById, ResponsibleId, CoworkerId, Reference, ProposalStatus, TariffId, TariffName,"
        " BillingDay, Quantity, Price, StartDate, ExpirationDate, SentOn",
        written,
    )


def _audit(rows: Rows, random: Random, known: Known, now: int) -> None:
    """Write the moves and creations of the last days, as the service would have."""
    since = now - _AUDITED_DAYS * DAY
    newest = max((story.moves[-1][1] for _, story, _ in known), default=0)
    entries: list[tuple[int, Row]] = []
    for record_id, story, _ in known:
        for place, (stage, moment) in enumerate(story.moves):
            if moment < since and moment != newest:
                continue
            location = LOCATIONS[story.board.location].id
            owner = OWNERS[story.owner].email if place and story.owner is not None else SYSTEM
            named = f"CrmOpportunity '{story.name or record_id}'"
            old = stage_id(story.board, story.moves[place - 1][0]) if place else None
            entries.append(
                (
                    moment,
                    (
                        *(location, "CrmOpportunity", record_id),
                        *(
                            (f"CrmBoardColumnId of {named} was changed.", "CrmBoardColumnId", 2)
                            if place
                            else (f"{named} was created.", None, 1)
                        ),
                        *(old and str(old), str(stage_id(story.board, stage)) if place else None),
                        owner,
                    ),
                )
            )
    entries.sort(key=lambda entry: (entry[0], entry[1][2]))
    ids = rising_ids(random, 1_420_000_000)
    rows.insert(
        "audittrailentries",
        "BusinessId, EntityShortName, EntityId, Description, PropertyName, AuditType, OldValue,"
        " NewValue, ActionBy",
        [
            (*rows.base(next(ids), from_epoch(moment), by=str(entry[-1])), *entry)
            for moment, entry in entries
        ],
    )
