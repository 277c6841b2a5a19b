"""Which account the command line means.  It asks nobody: no password, no server."""

from __future__ import annotations

import argparse
import os
from typing import Final

from crm_tui.config.errors import ConfigError, NoProfileYet, NoSuchProfile
from crm_tui.config.profile import Profile
from crm_tui.config.profiles import CHOICE, Profiles
from crm_tui.paths import DEMO
from crm_tui.structs import replace

_ADD: Final = "crm-tui profile add NAME --url https://spaces.nexudus.com/api --user you@example.com"

BEGIN: Final = f"Try `crm-tui demo`, which needs no account, or add yours: {_ADD}"

_DEMO: Final = "The demo has none: `crm-tui demo` opens it, `crm-tui history` lists its sittings."


_AS_WELL: Final = (None, "history")
"""Commands that the demo is a way to: to open a board, and to have sittings."""


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
    is_demo = _names_demo(options, profiles)
    if is_demo and profiles.by_name:
        raise NoSuchProfile(f"There is no profile `{DEMO}`. {_DEMO}")
    profile = None if is_demo else profiles.chosen(options.profile)
    if profile is None and options.command not in _AS_WELL:
        # The demo is no way to do that, so that it is no advice here.
        add = f"`crm-tui {options.command}` needs an account; add yours: {_ADD}"
        raise NoProfileYet(f"There is no profile yet. {_DEMO} {add}")
    if profile is None:
        raise NoProfileYet(f"There is no profile yet. {BEGIN}")
    return replace(profile, plain_http=True) if options.plain_http else profile


def names_demo(options: argparse.Namespace) -> bool:
    """Say whether the command line names the demo; a profile of that name goes before it.

    Raises `ConfigError`.
    """
    is_account = options.url is not None or options.user is not None
    return not is_account and _names_demo(options, Profiles.load())


def _names_demo(options: argparse.Namespace, profiles: Profiles) -> bool:
    wanted = options.profile or os.environ.get(CHOICE)
    return wanted == DEMO and DEMO not in profiles.by_name
