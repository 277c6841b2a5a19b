"""What a reply means: its JSON when it is good, else the error that its status and body stand for.

What any request may meet (sign-in, roles, throttling, faults) is `transport`'s and does not come this far.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, TypeVar

from crm_tui.api import wire
from crm_tui.api.errors import BadAnswer, Missing, Refused
from crm_tui.api.slices import slices
from crm_tui.api.transport import Reply
from crm_tui.api.wire import Form, Page

T = TypeVar("T")


def answer_of(reply: Reply) -> Any:
    """Give the JSON of a good reply; raises `Refused` and its kinds, or `BadAnswer`."""
    status = reply.status
    if status == HTTPStatus.OK:
        return wire.decode(reply.body)
    if status == HTTPStatus.NOT_FOUND:
        # For a record that is gone the service answers with a JSON text; anything else is another server.
        if isinstance(wire.decode(reply.body), str):
            raise Missing
        raise BadAnswer("there is no such service")
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT):
        raise wire.refusal(wire.decode(reply.body))
    raise Refused(f"HTTP {status}")


async def page_of(reply: Reply, form: Form[T]) -> Page[T]:
    """Give the page of a listing, read some records at a time; raises what `answer_of` does."""
    listing = wire.listing(reply.body) if reply.status == HTTPStatus.OK else None
    if listing is None:
        answer_of(reply)
        raise BadAnswer(wire.NO_LISTING)
    read = form.read
    records = [
        record
        async for some in slices(listing.unread)
        for unread in some
        if (record := read(unread)) is not None
    ]
    return listing.page(records, list(map(form.id_of, records)))
