"""Runs the doctor's looks in their order, prints each finding as it comes, and sums up in the exit code."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable

from crm_tui.cli.account import Account, account
from crm_tui.cli.choosing import chosen_profile
from crm_tui.cli.doctor.findings import Finding, Verdict, problem
from crm_tui.cli.doctor.here import (
    look_at_book,
    look_at_profile,
    look_at_profiles,
    look_at_settings,
    look_at_terminal,
)
from crm_tui.cli.doctor.there import look_at_server, look_at_way
from crm_tui.cli.output import say
from crm_tui.config.errors import ConfigError, NoPassword
from crm_tui.config.profiles import Profiles
from crm_tui.process import DONE, FAILED, SIGN_IN


def run_doctor(options: argparse.Namespace) -> int:
    """Look at everything; returns 0 when nothing is wrong, 4 when it is the sign-in, else 1."""
    found = _told(look_at_profiles())
    can_go_on = not _problems(found)
    found += _told([*look_at_settings(), *look_at_terminal()])
    if can_go_on:
        found += _account(options)
    problems = _problems(found)
    count = len(problems)
    say("Nothing is wrong." if not count else f"{count} problem{'s' * (count > 1)}.")
    if any(finding.is_sign_in for finding in problems):
        return SIGN_IN
    return FAILED if problems else DONE


def _account(options: argparse.Namespace) -> list[Finding]:
    """Look at the account that is meant, if there is one, as far as one thing allows the next."""
    try:
        if not _is_asked_for(options):
            return []
        profile = chosen_profile(options)
    except ConfigError as error:
        return _told(problem("profile", line) for line in str(error).split("\n"))
    found = _told([*look_at_profile(profile), *look_at_book(profile), *look_at_way(profile)])
    if _problems(found):
        return found
    # Not inside the loop, which would keep ctrl+c from whoever is asked for the password.
    try:
        signed = account(profile)
    except NoPassword as error:
        return found + _told([problem("password", str(error), is_sign_in=True)])
    except ConfigError as error:
        return found + _told([problem("profile", str(error))])
    return found + asyncio.run(_server(signed))


async def _server(signed: Account) -> list[Finding]:
    return [_told([finding])[0] async for finding in look_at_server(signed)]


def _is_asked_for(options: argparse.Namespace) -> bool:
    """Say whether there is an account to look at: without a profile it is enough to look around."""
    named = (options.profile, options.url, options.user)
    return any(each is not None for each in named) or bool(Profiles.load().by_name)


def _problems(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict is Verdict.PROBLEM]


def _told(findings: Iterable[Finding]) -> list[Finding]:
    """Print findings as they come; give them all."""
    told = []
    for finding in findings:
        print(finding.line(), flush=True)
        told.append(finding)
    return told
