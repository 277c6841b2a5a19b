"""What it takes to sign in to an account: its profile, a checked address, and a password or where tokens are.

Light, because it runs before the first paint; `connection` makes the way to the server of it.
"""

from __future__ import annotations

import time
from pathlib import Path

from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.api.token_store import Owner, kept_tokens
from crm_tui.cli.asking import Asking
from crm_tui.config.profile import Profile
from crm_tui.paths import tokens_file
from crm_tui.structs import Struct


class ByToken(Struct, frozen=True):
    """Sign-in by tokens that may be there already, or are still to be asked for."""

    owner: Owner
    asking: Asking
    file: Path | None
    """Where they are kept; none when there is no private place, so that they live in memory only."""

    @property
    def client_id(self) -> str:
        """The id of this installation."""
        return self.owner[2]

    def is_ready(self) -> bool:
        """Say whether a token is kept that may be sent as it is, by its own account."""
        tokens = kept_tokens(self.file, self.owner) if self.file is not None else None
        return tokens is not None and time.time() < tokens.renew_at


class Account(Struct, frozen=True):
    """A profile that can be signed in to."""

    profile: Profile
    address: Address
    sign_in: Basic | ByToken

    @property
    def label(self) -> str:
        """Say on screen whose data this is: the profile, if it has a name, and the host."""
        host = self.address.url.split("://")[1]
        return f"{self.profile.name} · {host}" if self.profile.name else host


def address_of(profile: Profile) -> Address:
    """Check a profile's address; raises `BadAddress`."""
    return Address.parse(profile.url, plain_http=profile.plain_http)


def account(profile: Profile) -> Account:
    """Get what it takes to sign in; the password may be asked for, unless it is only needed for a token.

    Raises `BadAddress` before it asks for anything, and `ConfigError`.
    """
    address = address_of(profile)
    if profile.sign_in == "token":
        assert profile.client_id is not None  # noqa: S101 - the schema demands one
        owner = (address.url, profile.user, profile.client_id)
        file = tokens_file(address.account(profile.user), profile.client_id)
        return Account(profile, address, ByToken(owner, Asking(profile), file))

    from crm_tui.config.secrets import get_password  # noqa: PLC0415 - start-up cost: the demo asks for none

    password = Secret(get_password(profile.password, profile.user))
    return Account(profile, address, Basic(profile.user, password))
