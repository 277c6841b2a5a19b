"""``crm-tui pending``: what the journal of an account holds that the server does not have, or that waits for somebody.

It asks no server and no password, changes nothing, and serves while a window has the journal open.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, Final

from crm_tui.api.errors import ApiError
from crm_tui.cli.account import address_of
from crm_tui.cli.book import binding_of, journal_of, now
from crm_tui.cli.choosing import chosen_profile
from crm_tui.cli.output import explain, say, show, show_json
from crm_tui.config.errors import ConfigError
from crm_tui.domain.change import Value
from crm_tui.domain.intent import Binding, Entry
from crm_tui.domain.merge import Clash
from crm_tui.process import DONE, FAILED
from crm_tui.service.windows import kept_for_others
from crm_tui.store import lookups
from crm_tui.store.journal import Journal, JournalFailed
from crm_tui.text import safe

_EVERYTHING: Final = 1 << 31


def run_pending(options: argparse.Namespace) -> int:
    """List what is pending; returns the exit code."""
    try:
        profile = chosen_profile(options)
        address = address_of(profile)
    except (ApiError, ConfigError) as error:
        return explain(error)
    path, binding = journal_of(profile, address), binding_of(profile, address)
    found: list[Entry] = []
    others: list[Entry] = []
    if path.exists():
        with closing(Journal(path, clock=now)) as journal:
            for notice in journal.notices:
                say(f"crm-tui: {safe(notice)}")
            if not journal.is_kept:
                return FAILED
            try:
                if options.all:
                    found = journal.do_now(lookups.newest(binding, _EVERYTHING))[::-1]
                else:
                    found = journal.do_now(lookups.unfinished(binding))
                others = journal.do_now(lookups.left_for_others(binding))
            except JournalFailed as error:
                say(f"crm-tui: the journal cannot be read: {safe(error.words)}.")
                return FAILED
    _tell(found, as_json=options.json)
    if others:
        say(f"crm-tui: {kept_for_others(len(others))}")
    for entry in others:
        say(f"  for {_meant(entry.binding)}: {safe(f'{entry.subject} {entry.said}')}")
    return DONE


def _meant(binding: Binding) -> str:
    """Say for whom a change is meant."""
    of = f", location {safe(binding.business)}" if binding.business else ""
    return f"{safe(binding.user)} at {safe(binding.origin)}{of}"


def _tell(found: Sequence[Entry], *, as_json: bool) -> None:
    if as_json:
        show_json([_described(entry) for entry in found])
        return
    if not found:
        say("Nothing is pending.")
        return
    show(
        (
            str(entry.number),
            entry.state,
            _local(entry.made),
            f"#{entry.record_id}" if entry.change.made is None else "new",
            entry.subject,
            entry.said,
            entry.words,
        )
        for entry in found
    )
    counts = Counter(entry.state for entry in found)
    say(", ".join(f"{count} {state}" for state, count in sorted(counts.items())) + ".")


def _described(entry: Entry) -> dict[str, Any]:
    """Give an entry as `--json` prints it."""
    return {
        "number": entry.number,
        "state": entry.state,
        "made": entry.made.isoformat(),
        "id": entry.record_id if entry.change.made is None else None,
        "subject": entry.subject,
        "change": entry.said,
        "words": entry.words,
        "tries": entry.tries,
        "conflicts": [_clash(clash) for clash in entry.clashes],
    }


def _clash(clash: Clash) -> dict[str, Any]:
    return {
        "field": clash.field,
        "seen": _plain(clash.base),
        "wanted": _plain(clash.mine),
        "found": _plain(clash.theirs),
    }


def _plain(value: Value) -> str | int | bool | None:
    """Spell what JSON has no word for: an amount with all its digits, a moment as ISO 8601."""
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _local(moment: datetime) -> str:
    """Write a moment as the clock here shows it."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
