"""The uniform endpoint set of one kind of record: list, by ids, one, create, update, delete, commands.

One class for all kinds, since the service serves them alike.  It decides nothing about when to ask again or what to
merge.  A write goes out whole, made from a record that was fetched: the service replaces what it is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Mapping,
    Sequence,
)
from itertools import compress
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError

from crm_tui.api import wire
from crm_tui.api.answers import answer_of, page_of
from crm_tui.api.commands import CommandParameter, ServerCommand, read_commands
from crm_tui.api.entities import Entity
from crm_tui.api.errors import BadAnswer, Missing, Unreadable
from crm_tui.api.ordering import Ordering
from crm_tui.api.pacing import Priority
from crm_tui.api.roles import RUN_COMMAND
from crm_tui.api.transport import Reply, Transport
from crm_tui.api.values import id_of
from crm_tui.api.wire import AS_IT_CAME, Form, Page, Raw
from crm_tui.domain.change import Value
from crm_tui.domain.flat import with_flat_ids
from crm_tui.domain.records.base import Record
from crm_tui.structs import Struct, replace

R = TypeVar("R", bound=Record)
T = TypeVar("T")

MAX_PAGE: Final = 1000
"""The most that the service gives on one page."""

IDS_PER_CALL: Final = 100
"""Ids asked for in one call; inferred, to keep the address short."""

_WALKS: Final = 3
"""Times that a listing is walked when records slip from page to page under our feet."""


class Whole(Generic[R], Struct, frozen=True):
    """A record as it came, which is what a write must carry back, and read."""

    raw: Raw
    record: R


class Collection(Generic[R]):
    """All records of one kind."""

    def __init__(
        self,
        transport: Transport,
        entity: Entity[R],
        *,
        ordering: Ordering,
        get_commands: bool = False,
        priority: Priority = Priority.VISIBLE,
        trial: bool = False,
    ) -> None:
        self._transport = transport
        self._entity = entity
        self._ordering = ordering
        self._get_commands = get_commands
        self._priority = priority
        self._trial = trial

    def at(self, priority: Priority, *, trial: bool = False) -> Collection[R]:
        """Give the same collection, read in the turn of this priority; its writes go first in any case.

        `trial`: its role may well be missing, which is found out at little cost (see `Transport.send`).
        """
        return Collection(
            self._transport,
            self._entity,
            ordering=self._ordering,
            get_commands=self._get_commands,
            priority=priority,
            trial=trial,
        )

    # Reading

    async def page(
        self,
        number: int = 1,
        *,
        filters: Mapping[str, str] | None = None,
        size: int = MAX_PAGE,
        order_by: str = "Id",
        descending: bool = False,
    ) -> Page[Raw]:
        """Give one page, from 1, of at most `size` (to 1000) raw records, ordered by a service key.

        The order is checked against what came back; the other documented spellings of the direction
        are tried until one is honoured.  `Page.ordered` tells whether the last one was.
        """
        asks = {
            **(filters or {}),
            "page": str(number),
            "size": str(size),
            "orderby": order_by,
        }
        return await self._page(
            asks, AS_IT_CAME, lambda page: [each.get(order_by) for each in page.records], descending
        )

    async def _page(
        self,
        asks: Mapping[str, str],
        form: Form[T],
        ordered_by: Callable[[Page[T]], Sequence[Any]],
        descending: bool = False,
    ) -> Page[T]:
        for direction in self._ordering.spellings(descending=descending):
            reply = await self._asked(self._entity.path, {**asks, "dir": direction})
            page = await page_of(reply, form)
            if self._ordering.are_ordered(ordered_by(page), direction, descending=descending):
                return page
            page = replace(page, ordered=False)
        return page

    def pages(
        self, filters: Mapping[str, str] | None = None, *, size: int = MAX_PAGE
    ) -> AsyncGenerator[Page[Raw], None]:
        """Walk a whole listing in the order of ids, each record once and as it came; see `walk`."""
        return self.walk(AS_IT_CAME, filters, size=size)

    async def walk(
        self,
        form: Form[T],
        filters: Mapping[str, str] | None = None,
        *,
        size: int = MAX_PAGE,
        known: Sequence[int] = (),
        ahead: bool = False,
    ) -> AsyncGenerator[Page[T], None]:
        """Walk a whole listing in the order of ids, each record once and in the form that is wanted.

        Ends when the server says so, or when a page is empty or brings nothing new.  A listing that
        changed its length under our feet is walked again, since a record may have slipped past; the last
        page's `complete` tells whether one walk saw all that the server counted throughout.  As many
        records deleted as made between the same two pages are not noticed.

        `known`, in order: the ids that an earlier walk has brought.  The last whole page of them is asked for
        again, and when it is as it was the walk goes on from there: its first page's number tells.

        `ahead`: a page is asked for when the one before it is given, not when it is wanted.  Whoever does not walk to
        the end closes the walk, lest the last one be waited for by nobody.
        """
        asks = {**(filters or {}), "size": str(size), "orderby": "Id"}

        def asked_for(number: int) -> Coroutine[Any, Any, Page[T]]:
            return self._page({**asks, "page": str(number)}, form, lambda page: page.ids)

        pages = _Ahead(asked_for, ahead=ahead)
        try:
            async for page in self._walk(pages, size, known):
                yield page
        finally:
            await pages.drop()

    async def _walk(
        self, pages: _Ahead[T], size: int, known: Sequence[int]
    ) -> AsyncIterator[Page[T]]:
        seen: set[int | None] = set()
        start = max(len(known) // size, 1)
        for _ in range(_WALKS):
            walked: set[int | None] = set(known[: (start - 1) * size])
            totals: set[int] = set()
            nameless = 0
            number, more = start, True
            while more:
                page = await pages.take(number)
                as_known = list(known[(number - 1) * size : number * size])
                # As it was: then nothing before it was deleted, and nothing has slipped past.
                if number == start > 1 and list(page.ids) != as_known:
                    start = number = 1
                    walked.clear()
                    continue
                totals.add(page.total)
                ids = set(page.ids)
                nameless += page.ids.count(None)
                more = page.has_next and not ids <= walked
                walked |= ids
                is_fresh = [record_id not in seen for record_id in page.ids]
                seen |= ids - {None}
                told = len(walked - {None}) + nameless
                settled = len(totals) == 1 and told >= page.total
                if more:
                    pages.ask(number + 1)
                yield replace(
                    page,
                    records=list(compress(page.records, is_fresh)),
                    ids=list(compress(page.ids, is_fresh)),
                    number=number,
                    has_next=more,
                    complete=not more and settled,
                )
                number += 1
            if settled:
                return
            start = 1

    async def all(self, filters: Mapping[str, str] | None = None) -> list[R]:
        """Give every record that the filters let through, read."""
        return [self.read(raw) async for page in self.pages(filters) for raw in page.records]

    async def by_ids(self, record_ids: Iterable[int]) -> list[Raw]:
        """Give the raw records of these ids; those that are gone are simply not among them.

        The older answer is an envelope, the newer a bare list; when all are gone it is 404.
        """
        wanted = list(dict.fromkeys(record_ids))
        found: list[Raw] = []
        for start in range(0, len(wanted), IDS_PER_CALL):
            chunk = wanted[start : start + IDS_PER_CALL]
            parameters = {
                f"{self._entity.name}_Id": f"[{','.join(map(str, chunk))}]",
                "size": str(MAX_PAGE),
            }
            try:
                found += wire.records_of(await self._get(self._entity.path, parameters))
            except Missing:
                continue
        return found

    async def one(self, record_id: int) -> Whole[R]:
        """Give one record whole; raises `Missing` when it is gone."""
        raw = wire.record(await self._get(f"{self._entity.path}/{record_id}"))
        record = self.read(raw)
        if record.id != record_id:
            raise BadAnswer("another record than was asked for")
        return Whole(raw, record)

    async def by_unique_id(self, unique_id: str) -> R | None:
        """Give the record with a GUID, if there is one."""
        page = await self.page(filters={"UniqueId": unique_id}, size=2)
        return self.read(page.records[0]) if page.records else None

    def read(self, raw: Raw) -> R:
        """Check a record at the door; raises `Unreadable` naming keys that do not fit, never their values."""
        try:
            return self._entity.record.read(raw)
        except ValidationError as error:
            keys = sorted({str(part) for item in error.errors() for part in item["loc"]})
            raise Unreadable(", ".join(keys)) from None

    # Writing

    async def create(self, values: Mapping[str, Value]) -> int:
        """Make a record of the fields given, named as in its model, and give its id.

        Fields that are left out get the server's defaults.
        """
        body = wire.patched({}, self._keyed(values))
        return await self._write("POST", body, None)

    async def update(self, raw: Raw, values: Mapping[str, Value]) -> None:
        """Write a record back as it was fetched whole, with some fields changed and relations by their ids.

        Returns only when the server proved it: HTTP 200, `WasSuccessful`, and the same id.
        """
        body = wire.patched(with_flat_ids(raw), self._keyed(values))
        await self._write("PUT", body, id_of(raw))

    async def delete(self, record_id: int) -> None:
        """Delete a record; raises `Missing` when it is gone already."""
        reply = await self._transport.send("DELETE", f"{self._entity.path}/{record_id}")
        wire.require_success(answer_of(reply))

    # Server commands

    async def commands(self, record_id: int | None = None) -> list[ServerCommand]:
        """List the commands that the service offers, for one record or in general; often none."""
        parameters = {} if record_id is None else {"id": str(record_id)}
        try:
            return read_commands(await self._get(f"{self._entity.path}/commands", parameters))
        except Missing:
            return []

    async def run_command(
        self, key: str, record_ids: Sequence[int], parameters: Sequence[CommandParameter] = ()
    ) -> str:
        """Run a server command and give the server's words; raises `Invalid` when it says it failed.

        There is no account of single records: a failure may have done some of them.
        """
        body = wire.encode(
            {
                "Key": key,
                "Ids": list(record_ids),
                "Parameters": [parameter.to_wire() for parameter in parameters],
            }
        )
        method = "GET" if self._get_commands else "POST"
        path = f"{self._entity.path}/{RUN_COMMAND}"
        reply = await self._transport.send(method, path, body=body, writes=True)
        return wire.require_success(answer_of(reply))

    # Inside

    def _keyed(self, values: Mapping[str, Value]) -> dict[str, Value]:
        keys = self._entity.record.wire_keys()
        return {keys[field]: value for field, value in values.items()}

    async def _write(self, method: str, body: Raw, record_id: int | None) -> int:
        reply = await self._transport.send(method, self._entity.path, body=wire.encode(body))
        return wire.prove(answer_of(reply), record_id)

    async def _get(self, path: str, parameters: Mapping[str, str] | None = None) -> Any:
        return answer_of(await self._asked(path, parameters))

    async def _asked(self, path: str, parameters: Mapping[str, str] | None) -> Reply:
        return await self._transport.send(
            "GET", path, parameters=parameters, priority=self._priority, trial=self._trial
        )


class _Ahead(Generic[T]):
    """Asks for the pages of a walk, the next one ahead where that is wished; never more than one."""

    def __init__(self, page: Callable[[int], Coroutine[Any, Any, Page[T]]], *, ahead: bool) -> None:
        self._page = page
        self._ahead = ahead
        self._asked: asyncio.Task[Page[T]] | None = None
        """The page that comes next."""

    def ask(self, number: int) -> None:
        """Begin to fetch the page that is taken next."""
        if self._ahead:
            self._asked = asyncio.create_task(self._page(number), name=f"page {number}")

    async def take(self, number: int) -> Page[T]:
        """Give a page, which is the one that was asked for last if one was."""
        asked, self._asked = self._asked, None
        return await (self._page(number) if asked is None else asked)

    async def drop(self) -> None:
        """Nobody takes what was asked for."""
        if self._asked is not None:
            self._asked.cancel()
            await asyncio.gather(self._asked, return_exceptions=True)
