"""The one place where an account becomes a way to its server.

What a profile says about the way (limits, authorities, writing or not) is plugged in here and nowhere else; how to sign
in is decided in `account`, and what signs in by token is made here.
Heavy: imported when the server is really asked, after the first paint.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from crm_tui.api.auth import Basic, SignIn
from crm_tui.api.client import NexudusClient
from crm_tui.api.errors import CodeRefused
from crm_tui.api.ledger import UNLIMITED, Limits
from crm_tui.api.pacing import Pacing
from crm_tui.api.token import TokenSignIn
from crm_tui.api.transport import Transport
from crm_tui.cli.account import Account
from crm_tui.cli.output import in_words, say
from crm_tui.paths import make_private_parent, pace_file
from crm_tui.process.secrecy import guard_memory
from crm_tui.structs import Struct

_CODES: Final = 3
"""Times that a code of a second factor is asked for."""


class Connection(Struct, frozen=True):
    """A way to a server; close its client at the end."""

    client: NexudusClient
    transport: Transport


def connection(account: Account, sign_in: SignIn | None = None) -> Connection:
    """Make the way to an account's server, with a sign-in that was made for it if there is one.

    Nothing is sent yet.  From here on secrets are in use, so the process's memory is guarded.
    """
    guard_memory()
    profile = account.profile
    pacing = _pacing(account)
    transport = Transport(
        account.address,
        sign_in or _sign_in(account, pacing),
        pacing=pacing,
        read_only=profile.read_only,
        ca_file=_authorities(account),
    )
    client = NexudusClient(transport, get_commands=profile.run_command == "get")
    return Connection(client, transport)


async def signed_in(account: Account) -> SignIn:
    """Sign in now, asking for what is needed; a mistyped code of a second factor may be typed again.

    A password is tried once, lest the account be locked.  Raises `ApiError`, and `NoPassword` when there is nobody or
    nothing to ask.
    """
    sign_in = _sign_in(account, _pacing(account))
    for _ in range(_CODES - 1):
        try:
            await sign_in.header()
        except CodeRefused as error:
            say(f"crm-tui: {in_words(error)}")
            sign_in.again()
        else:
            return sign_in
    await sign_in.header()
    return sign_in


def _sign_in(account: Account, pacing: Pacing) -> SignIn:
    how = account.sign_in
    if isinstance(how, Basic):
        return how
    file = how.file
    if file is not None:
        try:
            make_private_parent(file)
        except OSError:
            file = None  # with no place for them the tokens stay in memory
    return TokenSignIn(
        account.address,
        account.profile.user,
        client_id=how.client_id,
        password=how.asking.password,
        code=how.asking.code,
        file=file,
        ca_file=_authorities(account),
        pacing=pacing,
    )


def _authorities(account: Account) -> Path | None:
    named = account.profile.ca_file
    return None if named is None else Path(named).expanduser()


def _pacing(account: Account) -> Pacing:
    """Keep to the service's limits, or the profile's own, together with all our windows on this account.

    A server on this machine is left to the profile's own.
    """
    own = account.profile.limits
    usual = Limits() if account.address.leaves_this_machine else UNLIMITED
    limits = Limits(
        per_second=_or(own.requests_per_second, usual.per_second),
        per_minute=_or(own.per_minute, usual.per_minute),
        writes_per_minute=_or(own.writes_per_minute, usual.writes_per_minute),
        writes_per_day=own.writes_per_day or usual.writes_per_day,
    )
    if limits == UNLIMITED:
        return Pacing(limits)
    file = pace_file(account.address.account(account.profile.user))
    try:
        make_private_parent(file)
    except OSError:
        return Pacing(limits)  # with no place for the file each window keeps to the limits alone
    return Pacing(limits, file=file)


def _or(own: float | None, usual: float | None) -> float | None:
    return usual if own is None else own
