"""``crm-tui sync``: brings the local copy of a book up to date without a terminal.  It writes nothing to the server.

The journal is left alone, so that nothing that waits there is sent by it.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Mapping
from contextlib import closing

from crm_tui.api.errors import ApiError
from crm_tui.cli.account import account, address_of
from crm_tui.cli.book import book, mirror_of, signed_in_first, way_to
from crm_tui.cli.choosing import chosen_profile
from crm_tui.cli.output import explain, say
from crm_tui.cli.running import Progress, beside, is_loaded, trouble, until
from crm_tui.config.errors import ConfigError
from crm_tui.domain.rows import OpportunityRow
from crm_tui.process import DONE, FAILED
from crm_tui.service.crm import Crm
from crm_tui.service.remote import Connect, Remote
from crm_tui.store.mirror import Mirror
from crm_tui.structs import replace
from crm_tui.text import safe


def run_sync(options: argparse.Namespace) -> int:
    """Ask the server for what has changed, and say how much it was; returns the exit code."""
    try:
        profile = chosen_profile(options)
        address = address_of(profile)
        with closing(mirror_of(profile, address)) as mirror:
            notice = mirror.take_notice()
            if notice:
                say(f"crm-tui: {safe(notice)}")
            if not mirror.is_kept:
                return FAILED if notice else _is_kept_elsewhere()
            opened = account(profile)
            connect = way_to(opened, signed_in_first(opened))
            syncing = _Syncing(mirror, connect, is_full=options.full)
            return syncing.run(book(profile, address, mirror, syncing.connect, keeps_changes=False))
    except (ApiError, ConfigError) as error:
        return explain(error)


def _is_kept_elsewhere() -> int:
    say("crm-tui: Another window is open on this account and keeps its copy up to date.")
    return DONE


class _Syncing:
    """One look at the server, and what it brought."""

    def __init__(self, mirror: Mirror, connect: Connect, *, is_full: bool) -> None:
        self._mirror = mirror
        self._connect = connect
        self._is_full = is_full
        self._book: Crm | None = None
        self._before: Mapping[int, OpportunityRow] = {}

    def connect(self) -> Remote:
        """Make the way to the server; by then all that the mirror has is read, and nothing of the server's."""
        if self._book is not None:
            self._before = {row.id: row for row in self._book.snapshot.rows()}
        return self._connect()

    def run(self, crm: Crm) -> int:
        """Load what has changed; returns the exit code.  Raises `ApiError`."""
        self._book = crm
        if not self._is_full:
            crm.recall()
        began = time.monotonic()
        end = Progress(crm).watch()
        asyncio.run(beside(crm, lambda: until(crm, lambda: is_loaded(crm))))
        end()
        seconds = time.monotonic() - began
        notice = self._mirror.take_notice()
        if notice:
            say(f"crm-tui: {safe(notice)}")
        error = trouble(crm)
        if error is not None:
            raise error
        print(f"{self._summary(crm)}, {seconds:.1f} s", flush=True)
        return FAILED if notice else DONE

    def _summary(self, crm: Crm) -> str:
        now = {row.id: row for row in crm.snapshot.rows()}
        count = f"{len(now)} opportunities"
        if self._is_full or not self._before:
            return f"{count}, all listed anew"
        new = len(now.keys() - self._before.keys())
        gone = len(self._before.keys() - now.keys())
        changed = sum(
            each in self._before and _tells_more(row, self._before[each])
            for each, row in now.items()
        )
        return f"{count}: {new} new, {changed} changed, {gone} deleted"


def _tells_more(row: OpportunityRow, before: OpportunityRow) -> bool:
    """Say whether a row differs in more than the moments that the server notes down."""
    return row is not before and row != replace(
        before, updated_on=row.updated_on, stage_since=row.stage_since
    )
