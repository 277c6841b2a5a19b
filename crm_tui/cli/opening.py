"""Opens the application on an account: surroundings, settings, password; returns the exit code.

Heavy imports are put where they cost least: the toolkit here, HTTP and records only after the first paint.
"""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from shutil import get_terminal_size
from typing import Final

from crm_tui.api.auth import SignIn
from crm_tui.api.errors import ApiError
from crm_tui.cli.account import Account, ByToken, account, address_of
from crm_tui.cli.book import (
    book,
    mirror_of,
    now,
    signed_in_first,
    tell_unsettled,
    way_to,
)
from crm_tui.cli.output import explain, say
from crm_tui.cli.surroundings import what_is_missing
from crm_tui.commands.catalogue import CATALOGUE
from crm_tui.commands.remaps import keymap
from crm_tui.config.errors import ConfigError
from crm_tui.config.settings import Settings, Theme
from crm_tui.domain.follow_ups import Week
from crm_tui.domain.when import Dates
from crm_tui.paths import habits_file, places_file, sittings_file
from crm_tui.process import DONE, FAILED, USAGE
from crm_tui.process.crash import last_words
from crm_tui.process.terminal import kept_as_found
from crm_tui.service.crm import Crm
from crm_tui.service.outbox import Hold
from crm_tui.service.recall import FIRST
from crm_tui.store.habits import Habits
from crm_tui.store.mirror import Mirror
from crm_tui.store.places import Places
from crm_tui.store.sittings import Sittings
from crm_tui.text import locale_is_utf8

LOOK_EVERY: Final = 60.0
"""Seconds between two looks for what others have changed."""


def open_account(options: argparse.Namespace) -> int:
    """Open the board of the account that the command line means; returns the exit code."""
    from crm_tui.cli.choosing import chosen_profile  # noqa: PLC0415 - start-up cost: not for the demo

    try:
        settings = Settings.load()
        profile = chosen_profile(options)
        address_of(profile)
        missing = what_is_missing()
        if missing:
            say(f"crm-tui: {missing}")
            return USAGE
        opened = account(profile)
        sign_in = signed_in_first(opened)
    except (ApiError, ConfigError) as error:
        return explain(error)
    if isinstance(opened.sign_in, ByToken):
        elsewhere = f"`crm-tui whoami --profile {profile.name}` in another terminal"
        is_kept = opened.sign_in.file is not None
        opened.sign_in.asking.hush(elsewhere if is_kept else "leave and start again")
    with contextlib.closing(mirror_of(profile, opened.address)) as mirror:
        return run_app(opened, settings, mirror, source=opened.label, sign_in=sign_in)


def run_app(
    account: Account,
    settings: Settings,
    mirror: Mirror,
    *,
    source: str,
    sign_in: SignIn | None = None,
    why_gone: Callable[[], str] = lambda: "",
) -> int:
    """Run the application as the settings want it, until it is left; returns the exit code.

    It starts with what `mirror` knows of the account.  `sign_in` is one that was made for the account already.

    Changes whose outcome nobody waited for are named on the way out, and make it a failure.
    """
    from crm_tui.ui.app import CrmApp  # noqa: PLC0415 - start-up cost: refusals need no toolkit
    from crm_tui.ui.clipboard import way_of  # noqa: PLC0415 - start-up cost of the same
    from crm_tui.ui.driver import TerminalDriver  # noqa: PLC0415 - start-up cost of the same
    from crm_tui.ui.treatment import Treatment  # noqa: PLC0415 - start-up cost of the same

    profile = account.profile
    hold = Hold(
        timedelta(seconds=settings.hold_seconds), timedelta(seconds=settings.hold_effects_seconds)
    )
    keys = keymap(CATALOGUE, settings.keys)
    crm = book(
        profile,
        account.address,
        mirror,
        way_to(account, sign_in),
        hold=hold,
        every=LOOK_EVERY,
    )
    name = profile.name or account.address.account(profile.user)
    places, sittings = Places(places_file(name)), Sittings(sittings_file(name))
    left = places.found.get("board")
    crm.recall(
        profile.location,
        left.board_id if left is not None else None,
        max(FIRST, get_terminal_size().lines),
    )
    app = CrmApp(
        crm,
        source=source,
        clock=now,
        commands=keys.commands,
        theme=Theme.MONO if os.environ.get("NO_COLOR") else settings.theme,
        density=settings.density,
        start=settings.start,
        greeting=" ".join(filter(None, (keys.greeting, crm.news()))),
        ascii_only=not locale_is_utf8(dict(os.environ)),
        why_gone=why_gone,
        treatment=Treatment(
            production=profile.production,
            read_only=profile.read_only,
            location=profile.location,
            dates=Dates(profile.dates),
            week=Week(settings.closed_days.weekdays, settings.closed_days.dates),
        ),
        places=places,
        clipboard=way_of(os.environ, is_on=settings.clipboard),
        sittings=sittings,
        habits=Habits(habits_file(name)),
        driver_class=TerminalDriver,
    )
    with kept_as_found():
        code = app.run(mouse=False)
    app.keep_place()
    decided = app.end_sitting()
    with contextlib.suppress(OSError):  # on a terminal that is gone there is nobody to tell
        for line in decided:
            say(line)
        _tell(crm, app.faults)
    is_lost = crm.sending() or (crm.unsettled() and not crm.keeps_changes)
    return code or app.return_code or (FAILED if app.faults or is_lost else DONE)


def _tell(crm: Crm, faults: Sequence[Exception]) -> None:
    """Name on the way out what has no outcome, and what went wrong by our own fault."""
    lines = last_words(faults) if faults else []  # first of all, since it is kept in a file, too
    tell_unsettled(crm)
    for line in lines:
        say(line)
