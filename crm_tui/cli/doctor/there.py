"""What the doctor sees of the server and the way there: address, authorities, proxy, TLS, sign-in, roles, locations.

It only reads, a record at a time.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

from crm_tui.api import wire
from crm_tui.api.address import Address
from crm_tui.api.errors import ApiError, BadAddress, Forbidden, SignInRefused, Untrusted
from crm_tui.api.trust import proxy_for, tls_rules
from crm_tui.api.wire import Page, Raw
from crm_tui.cli.account import Account, address_of
from crm_tui.cli.connection import Connection, connection
from crm_tui.cli.doctor.findings import Finding, advice, ok, problem
from crm_tui.cli.output import in_words
from crm_tui.config.errors import NoPassword
from crm_tui.config.profile import Profile

_MISSED: Final = {
    "OpportunityType-List": "types have no names",
    "CrmOpportunityHistory-List": "moves have no history",
    "Coworker-List": "customers cannot be looked up",
    "User-List": "owners cannot be looked up",
    "Business-List": "locations have no names",
    "CannedResponse-List": "messages that stages send have no names",
    "TaskList-List": "tasks that stages make have no names",
}
"""Roles that are missed here and there, and what is missed."""

T = TypeVar("T")


def look_at_way(profile: Profile) -> Iterator[Finding]:
    """Look at the address and at what leads there, without going there."""
    try:
        address = address_of(profile)
    except ApiError as error:
        yield problem("address", in_words(error))
        return
    yield ok("address", f"{address.url}.")
    if profile.ca_file is not None:
        yield _authorities(address, profile.ca_file)
    try:
        proxy = proxy_for(address)
    except BadAddress as error:
        yield problem("proxy", f"{error.detail}.")
        return
    if proxy is not None:
        yield ok("proxy", f"{proxy.shown}, from the environment.")


def _authorities(address: Address, ca_file: str) -> Finding:
    file = Path(ca_file).expanduser()
    if not file.is_file():
        return problem("authorities", f"there is no file {ca_file}.")
    try:
        tls_rules(address, file)
    except BadAddress:
        return problem("authorities", f"{ca_file} holds no certificates in PEM that can be read.")
    if not address.encrypted:
        return ok("authorities", f"{ca_file}, which this address has no need of.")
    return ok("authorities", f"{ca_file}, besides the system's.")


async def look_at_server(signed: Account) -> AsyncIterator[Finding]:
    """Go to the server of an account and look around."""
    try:
        there = connection(signed)
    except ApiError as error:
        yield problem("server", in_words(error))
        return
    try:
        async for finding in _signed_in(signed, there):
            yield finding
    finally:
        await there.client.close()


async def _signed_in(signed: Account, there: Connection) -> AsyncIterator[Finding]:
    try:
        person = await there.client.who_am_i()
    except NoPassword as error:
        yield problem("password", str(error), is_sign_in=True)
        return
    except SignInRefused as error:
        yield _tls(signed.address)
        yield problem("sign-in", in_words(error), is_sign_in=True)
        if signed.profile.sign_in == "basic":
            yield advice("sign-in", 'a user with a second factor needs `sign_in = "token"`.')
        return
    except Untrusted as error:
        yield problem("TLS", in_words(error))
        return
    except ApiError as error:
        yield problem("server", in_words(error))
        return
    yield _tls(signed.address)
    yield ok("sign-in", f"{person.get('FullName')} <{person.get('Email')}>.")
    async for finding in _roles(there, person):
        yield finding
    yield _locations(person, signed.profile.location, await _named_places(there, signed.profile))


def _tls(address: Address) -> Finding:
    """Tell how the connection, which came about, is protected."""
    if not address.encrypted:
        return ok("TLS", "none, and none is needed: it does not leave this machine.")
    names = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
    more = f", with the authorities of {' and '.join(names)}" if names else ""
    return ok("TLS", f"the server proved who it is{more}.")


async def _roles(there: Connection, person: Raw) -> AsyncIterator[Finding]:
    """Try what the board cannot do without; of the rest believe what the server tells, or try that too."""
    client = there.client
    yield _needed("CrmBoard-List", await _tried(client.board_records.page(size=1)))
    yield _needed("CrmBoardColumn-List", await _tried(client.stage_records.page(size=1)))
    listed = await _tried(client.opportunities.page(size=1))
    yield _needed("CrmOpportunity-List", listed)
    if isinstance(listed, Page) and listed.records:
        one = await _tried(client.opportunities.one(wire.key_of(listed.records[0]) or 0))
        yield _needed("CrmOpportunity-Read", one)
    elif isinstance(listed, Page):
        yield advice("role", "CrmOpportunity-Read: not tried, there is no opportunity to read.")
    if person.get("IsAdmin") is True:
        yield ok("role", "CrmOpportunity-Edit and all others: an administrator has them.")
        return
    await _tried(client.know_roles(person))
    yield _edit(there.transport.roles.may("CrmOpportunity-Edit"))
    pages = (
        client.types.page,
        client.histories.page,
        client.customers.page,
        client.users.page,
        client.locations.page,
        client.message_macros.page,
        client.task_lists.page,
    )
    for (role, missed), page in zip(_MISSED.items(), pages, strict=True):
        has_it = there.transport.roles.may(role)
        if has_it is None:
            yield _optional(role, missed, await _tried(page(size=1)))
        else:
            yield _optional(role, missed, None if has_it else Forbidden(role=role))


async def _tried(question: Awaitable[T]) -> T | ApiError:
    """Give the answer to a question, or what kept it from coming."""
    try:
        return await question
    except ApiError as error:
        return error


def _edit(has_it: bool | None) -> Finding:
    if has_it is None:
        return advice("role", "CrmOpportunity-Edit: not tried, only a change would show it.")
    if has_it:
        return ok("role", "CrmOpportunity-Edit.")
    return advice("role", "CrmOpportunity-Edit is missing: cards cannot be moved.")


def _optional(role: str, missed: str, answer: object) -> Finding:
    if isinstance(answer, Forbidden):
        return advice("role", f"{role} is missing: {missed}.")
    if isinstance(answer, ApiError):
        return advice("role", f"{role}: {_in_short(answer)}.")
    return ok("role", f"{role}.")


def _needed(role: str, answer: object) -> Finding:
    if isinstance(answer, Forbidden):
        return problem("role", f"{role} is missing. An administrator of your account can give it.")
    if isinstance(answer, ApiError):
        return problem("role", f"{role}: {_in_short(answer)}.")
    return ok("role", f"{role}.")


def _in_short(error: ApiError) -> str:
    return in_words(error).rstrip(".")


async def _named_places(there: Connection, profile: Profile) -> list[str]:
    """Give the names of locations when the profile begins with one by its name; none when they may not be read."""
    if not isinstance(profile.location, str):
        return []
    answer = await _tried(there.client.locations.page())
    return [str(raw.get("Name")) for raw in answer.records] if isinstance(answer, Page) else []


def _locations(person: dict[str, Any], wanted: int | str | None, names: list[str]) -> Finding:
    found = person.get("Businesses")
    ids = found if isinstance(found, list) else []
    if isinstance(wanted, int) and ids and wanted not in ids:
        return problem("locations", f"the profile's {wanted} is none of {_listed(ids)}.")
    if (
        isinstance(wanted, str)
        and names
        and wanted.strip().casefold() not in map(str.casefold, names)
    ):
        return problem("locations", f"the profile's {wanted} is none of {_listed(names)}.")
    if not ids:
        return advice("locations", "the server names none for this user.")
    return ok("locations", f"{_listed(ids)}.")


def _listed(ids: list[Any]) -> str:
    return ", ".join(str(each) for each in ids[:10]) + (" …" if len(ids) > 10 else "")
