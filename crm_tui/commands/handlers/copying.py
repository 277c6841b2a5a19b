"""Taking something of a record along: its id, how its customer is reached, or a link to them.

What is taken is made fit for a line of its own: it is pasted where a line end or a control would be obeyed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from crm_tui.commands.handlers.changing import NO_CARD, subject_of
from crm_tui.commands.spec import Context, Copy, Handler, Say, Step
from crm_tui.domain.detail import Contact
from crm_tui.domain.rows import OpportunityRow
from crm_tui.structs import Struct

_CUSTOMERS: Final = "https://platform.nexudus.com/operations/customers/"
"""Where the service's own program shows a customer, as seen in the wild; for opportunities no address is known."""


class Thing(Struct, frozen=True):
    """What can be taken of a record."""

    one: str
    """What one of it is called, and several of it."""
    many: str
    between: str
    """Stands between several: never a line end, which a shell would obey."""
    of: Callable[[OpportunityRow, Context], str]
    """Gives it; empty where there is none.  Foreign text."""


def _phone(row: OpportunityRow, context: Context) -> str:
    """Give the first telephone number, where it has been fetched: that of the record looked at."""
    detail = context.detail
    contact = detail.contact if detail is not None and detail.record_id == row.id else None
    return contact.phones[0] if isinstance(contact, Contact) and contact.phones else ""


ID: Final = Thing("id", "ids", " ", lambda row, _: str(row.id))
EMAIL: Final = Thing("e-mail", "e-mails", ", ", lambda row, _: row.email)
PHONE: Final = Thing("phone", "phones", ", ", _phone)
LINK: Final = Thing(
    "link", "links", " ", lambda row, _: f"{_CUSTOMERS}{row.customer_id}" * bool(row.customer_id)
)


def copying(thing: Thing) -> Handler:
    """Make the handler of a key that takes something along, of the record under the cursor or of all marked ones."""

    def handler(context: Context) -> Step:
        rows = [context.snapshot.row(each) for each in context.marked or (context.record_id,)]
        there = [row for row in rows if row is not None]
        found = [text for row in there if (text := thing.of(row, context))]
        if not there:
            return Say(NO_CARD)
        if not found:
            return Say(_none_of(thing, there, context))
        left_out = len(rows) - len(found)
        what = thing.one if len(rows) == 1 else f"{len(found)} {thing.many}"
        if left_out:
            what = f"{what} ({left_out} without)"
        return Copy(what, tuple(found), thing.between)

    return handler


def _none_of(thing: Thing, rows: list[OpportunityRow], context: Context) -> str:
    who = subject_of(rows[0]) if len(rows) == 1 else f"Each of the {len(rows)} marked"
    contact = context.detail.contact if context.detail is not None else None
    if thing is PHONE and (context.marked or not isinstance(contact, Contact)):
        return f"{who}: the phone number is known once the record is shown beside."
    return f"{who} has no {thing.one}."
