"""``crm-tui history``: what the sittings at the triage queue came to, as this machine has kept them.

It asks no server and no password, and serves while a window is open.
"""

from __future__ import annotations

import argparse
from typing import Any

from crm_tui.api.errors import ApiError
from crm_tui.cli.account import address_of
from crm_tui.cli.choosing import chosen_profile, names_demo
from crm_tui.cli.output import explain, say, show, show_json
from crm_tui.config.errors import ConfigError, NoProfileYet
from crm_tui.domain.triage.meter import Tally, counted
from crm_tui.paths import DEMO, sittings_file
from crm_tui.process import DONE
from crm_tui.store.sittings import Sittings


def run_history(options: argparse.Namespace) -> int:
    """List the sittings of an account, or of the demo; returns the exit code."""
    try:
        name = _whose(options)
    except (ApiError, ConfigError) as error:
        return explain(error)
    found = Sittings(sittings_file(name)).found()
    if options.json:
        show_json([_described(each) for each in found])
    elif found:
        show(
            [("began", "decided", "keys each", "seconds each", "p95 ms", "done"), *map(_row, found)]
        )
    else:
        say("No sitting at the triage queue was kept yet.")
    return DONE


def _whose(options: argparse.Namespace) -> str:
    """Say what the sittings are kept by: a profile, an account, or the demo, which has no profile.

    Raises `ApiError` and `ConfigError`.
    """
    if names_demo(options):
        return DEMO
    try:
        profile = chosen_profile(options)
    except NoProfileYet:
        if not Sittings(sittings_file(DEMO)).found():
            raise
        say("There is no profile yet, so these are the sittings of the demo.")
        return DEMO
    return profile.name or address_of(profile).account(profile.user)


def _row(tally: Tally) -> tuple[str, ...]:
    return (
        f"{tally.began.astimezone():%Y-%m-%d %H:%M}",
        f"{tally.decided:,}",
        f"{tally.keys_per_item:.1f}",
        f"{tally.seconds_per_item:.1f}",
        f"{tally.p95_ms:.0f}",
        ", ".join(counted(count, what) for what, count in tally.done.items()),
    )


def _described(tally: Tally) -> dict[str, Any]:
    """Give a sitting as `--json` prints it."""
    return {
        "began": tally.began.isoformat(),
        "ended": tally.ended.isoformat(),
        "decided": tally.decided,
        "keys": tally.keys,
        "seconds": tally.seconds,
        "keys_per_item": round(tally.keys_per_item, 2),
        "seconds_per_item": round(tally.seconds_per_item, 2),
        "latency_ms": {"p50": tally.median_ms, "p95": tally.p95_ms, "p99": tally.p99_ms},
        "done": dict(tally.done),
    }
