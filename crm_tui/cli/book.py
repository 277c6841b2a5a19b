"""An account's book as every front end opens it: its mirror, its journal, and the way to its server.

It draws nothing and asks nobody, but for what a sign-in costs.  Heavy imports come only when the server is asked.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from pathlib import Path

from crm_tui.api.address import Address
from crm_tui.api.auth import SignIn
from crm_tui.api.errors import NotAsked
from crm_tui.cli.account import Account, ByToken
from crm_tui.cli.output import say
from crm_tui.config.profile import Profile
from crm_tui.domain.intent import Binding
from crm_tui.paths import journal_file, make_private_parent, mirror_file
from crm_tui.service.crm import NO_HOLD, Crm
from crm_tui.service.outbox import Hold
from crm_tui.service.remote import Connect, Remote
from crm_tui.store.mirror import Mirror
from crm_tui.text import safe


def signed_in_first(account: Account) -> SignIn | None:
    """Get a token while a person can still be asked; none when a good one is kept, or none is needed.

    Raises `ApiError` and `ConfigError`.
    """
    how = account.sign_in
    if not isinstance(how, ByToken) or how.is_ready():
        return None
    from crm_tui.cli.connection import signed_in  # noqa: PLC0415 - start-up cost of httpx

    return asyncio.run(signed_in(account))


def mirror_of(profile: Profile, address: Address) -> Mirror:
    """Open the mirror of an account; whoever asks closes it."""
    owner = address.account(profile.user)
    return Mirror(mirror_file(profile.name or owner), owner)


def journal_of(profile: Profile, address: Address) -> Path:
    """Name the file of an account's journal."""
    return journal_file(profile.name or address.account(profile.user))


def binding_of(profile: Profile, address: Address) -> Binding:
    """Say whose the changes of an account are, and of which location, if its profile has one."""
    location = "" if profile.location is None else str(profile.location).strip().casefold()
    return Binding(address.url, profile.user, location)


def way_to(account: Account, sign_in: SignIn | None = None) -> Connect:
    """Give what makes the way to an account's server, with a sign-in that was made for it if there is one."""

    def connect() -> Remote:
        from crm_tui.cli.connection import connection  # noqa: PLC0415 - start-up cost of httpx

        return connection(account, sign_in).client

    return connect


def stay_away() -> Remote:
    """Be the way to the server where nothing is asked of it; raises `NotAsked`."""
    raise NotAsked("nothing is asked of the server")


def book(
    profile: Profile,
    address: Address,
    mirror: Mirror,
    connect: Connect,
    *,
    hold: Hold = NO_HOLD,
    every: float | None = None,
    keeps_changes: bool = True,
) -> Crm:
    """Make the book of an account over its mirror and its journal.

    `every`: seconds between two looks for what was changed elsewhere.  `keeps_changes`: whether it has to do with the
    journal at all; without it nothing that was left there is sent.
    """
    journal = journal_of(profile, address) if keeps_changes else None
    if journal is not None:
        with contextlib.suppress(OSError):  # the journal tells if it has no place
            make_private_parent(journal)
    return Crm(
        connect,
        clock=now,
        hold=hold,
        mirror=mirror,
        every=every,
        journal=journal,
        binding=binding_of(profile, address),
    )


def tell_unsettled(crm: Crm) -> None:
    """Name what has no outcome when a book is left."""
    on_their_way = crm.sending()
    for intent in on_their_way:
        what = f"{safe(intent.subject)} {safe(intent.said)}"
        say(f"crm-tui: nobody knows whether this was saved: {what}")
    waiting = [intent for intent in crm.unsettled() if intent not in on_their_way]
    if waiting and crm.keeps_changes:
        count = "1 change" if len(waiting) == 1 else f"{len(waiting)} changes"
        say(f"crm-tui: kept for next time: {count}")
    elif waiting:
        for intent in waiting:
            say(f"crm-tui: this was not sent: {safe(intent.subject)} {safe(intent.said)}")
    if on_their_way and crm.keeps_changes:
        say("crm-tui: The next start looks into it.")


def now() -> datetime:
    """Tell the time, in UTC."""
    return datetime.now(UTC)
