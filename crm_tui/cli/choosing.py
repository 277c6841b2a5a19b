"""Which account the command line means.  It asks nobody: no password, no server."""

from __future__ import annotations

import argparse
from typing import Final

from crm_tui.config.errors import ConfigError, NoSuchProfile
from crm_tui.config.profile import Profile
from crm_tui.config.profiles import Profiles
from crm_tui.structs import replace

BEGIN: Final = (
    "Try `crm-tui demo`, which needs no account, or add yours: "
    "crm-tui profile add NAME --url https://spaces.nexudus.com/api --user you@example.com"
)


def chosen_profile(options: argparse.Namespace) -> Profile:
    """Give the profile that the command line means: a named one, an address given there, or the default.

    Raises `ConfigError` when there is none, or it cannot be told.
    """
    url, user = options.url, options.user
    if url is not None and user is not None and options.profile is None:
        return Profile(name="", url=url, user=user, plain_http=options.plain_http)
    if url is not None or user is not None:
        message = "give both --url and --user, or --profile alone, or try `crm-tui demo`."
        raise ConfigError(message)
    profiles = Profiles.load()
    profile = profiles.chosen(options.profile)
    if profile is None:
        raise NoSuchProfile(f"There is no profile yet. {BEGIN}")
    return replace(profile, plain_http=True) if options.plain_http else profile
