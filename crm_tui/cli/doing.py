"""``crm-tui do …``: one typed command, carried out without a terminal, and what became of it.

It works beside open windows: whichever of them sends, the outcome is waited for here.  It draws nothing and asks for
nothing but a password.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from crm_tui.api.address import Address
from crm_tui.api.errors import ApiError
from crm_tui.cli.account import account, address_of
from crm_tui.cli.book import (
    book,
    journal_of,
    mirror_of,
    now,
    signed_in_first,
    stay_away,
    tell_unsettled,
    way_to,
)
from crm_tui.cli.choosing import chosen_profile
from crm_tui.cli.outcomes import Outcomes
from crm_tui.cli.output import explain, marks_in_words, point_out, say
from crm_tui.cli.perform import Asked, NotDone, Performer
from crm_tui.cli.running import Progress, beside, is_loaded, trouble, until
from crm_tui.commands.here import Here
from crm_tui.commands.parse import Argument, LineError, Typed, last_of, read_line, read_words
from crm_tui.config.errors import ConfigError
from crm_tui.config.profile import Profile
from crm_tui.config.settings import Settings
from crm_tui.domain.follow_ups import Week
from crm_tui.domain.when import Dates
from crm_tui.domain.wording import Wall, field_name, spelled_name
from crm_tui.process import DONE, FAILED, USAGE
from crm_tui.service.crm import Crm
from crm_tui.service.load import Phase
from crm_tui.service.offering import Kind
from crm_tui.service.remote import Connect
from crm_tui.store.journal import JournalFailed
from crm_tui.store.sender import SenderLock
from crm_tui.text import safe

_OF_THE_SENDER: Final = ("undo", "redo", "retry")
"""Commands about what was asked for before: where that is known, they can be given."""

_OF_SOMEBODY: Final = (Argument.DAY, Argument.OWNER, Argument.TEXT, Argument.CANNED)
"""Arguments that mean something else at another place, or from somebody else."""

_OFFERED: Final = {Argument.TYPE: Kind.TYPES, Argument.CANNED: Kind.NOTES}
"""Arguments that name something which the book does not tell of, and what has to be asked for."""

_MOVES: Final = ("move", "next-stage", "previous-stage")
"""Commands after which stages do something, and what they do is said before."""

_ELSEWHERE: Final = (
    "Another window is open on this account, and this can only be done there: leave it first."
)


def run_do(options: argparse.Namespace) -> int:
    """Carry out a typed command; returns the exit code."""
    line = " ".join(options.line)
    try:
        typed = read_line(line) if len(options.line) == 1 else read_words(options.line)
    except LineError as error:
        said = error.message if error.message.endswith("?") else f"{error.message}."
        return point_out("do", line, error.position, said)
    try:
        closed = Settings.load().closed_days
        profile = chosen_profile(options)
        address = address_of(profile)
        if profile.read_only:
            say(f"crm-tui: {safe(_whose(profile, address))}: nothing was changed.")
            return USAGE
        connect = stay_away
        if options.wait:
            opened = account(profile)
            connect = way_to(opened, signed_in_first(opened))
    except (ApiError, ConfigError) as error:
        return explain(error)
    if typed.name in _OF_THE_SENDER and _is_sent_elsewhere(journal_of(profile, address)):
        say(f"crm-tui: {_ELSEWHERE}")
        return FAILED
    week = Week(closed.weekdays, closed.dates)
    return _Doing(profile, address, typed, options, week).run(connect)


class _Doing:
    """One typed command on its way."""

    def __init__(
        self,
        profile: Profile,
        address: Address,
        typed: Typed,
        options: argparse.Namespace,
        week: Week,
    ) -> None:
        self._profile = profile
        self._address = address
        self._typed = typed
        self._week = week
        self._is_agreed: bool = options.yes
        self._waits: bool = options.wait
        about = {"profile": profile.name or None, "server": address.url, "user": profile.user}
        self._outcomes = Outcomes(about, waits=options.wait, as_json=options.json)

    def run(self, connect: Connect) -> int:
        """Carry it out; returns the exit code."""
        with closing(mirror_of(self._profile, self._address)) as mirror:
            crm = book(self._profile, self._address, mirror, connect)
            crm.recall(self._profile.location)
            if self._offered is not None:
                crm.offering.ask_anew()
            if self._typed.name == "undo":
                crm.hold_off()  # what is held is cancelled, and must not be sent just before
            crm.subscribe(self._outcomes.note)
            try:
                code = asyncio.run(beside(crm, lambda: self._do(crm)))
            except NotDone as error:
                say(f"crm-tui: {safe(error.words)}")
                return error.code
            except ApiError as error:
                return explain(error)
            except JournalFailed as error:
                say(f"crm-tui: the journal cannot be used: {safe(error.words)}.")
                return FAILED
            except KeyboardInterrupt:
                tell_unsettled(crm)
                raise
            finally:
                for notice in crm.notices():
                    say(f"crm-tui: {safe(notice)}")
        return code

    async def _do(self, crm: Crm) -> int:
        await self._know(crm)
        sends = True
        if self._typed.entry:
            await self._retry(crm)
        else:
            asked = self._performed(crm)
            self._outcomes.expect(asked)
            sends = bool(asked.intents)
        if self._waits and sends:
            await crm.settle()
        else:
            await until(crm, lambda: not crm.sending())  # until then nothing is promised
        self._tell_overwritten(crm)
        code = self._outcomes.close([] if self._waits else crm.unsettled(), "in the journal")
        if code != DONE:
            say(f"crm-tui: not all went through: {self._outcomes.bad()}. See `crm-tui pending`.")
        elif self._outcomes.queued():
            say("crm-tui: Not sent yet: the next window or command on this account does that.")
        return code

    async def _know(self, crm: Crm) -> None:
        """Wait until what the command is about is known as it is now; raises `NotDone` and `ApiError`."""
        began, around = now(), crm.surroundings
        if not self._waits:
            await until(crm, lambda: crm.failure is not None)  # all that the mirror has is read
            if not crm.keeps_changes:
                raise NotDone("The journal cannot be kept, so nothing can be left for later.")
        else:
            end = Progress(crm).watch()
            await until(crm, lambda: self._is_known(crm, began) or is_loaded(crm))
            if crm.failure is None and self._depends_on_zones:
                await until(crm, lambda: around.is_known or crm.failure is not None)
            wanted = self._wanted(crm)
            await until(
                crm, lambda: all(map(crm.offering.knows, wanted)) or crm.failure is not None
            )
            end()
            if crm.failure is not None:
                raise crm.failure
        missing = [each for each in self._typed.ids if crm.snapshot.row(each) is None]
        if len(missing) == len(self._typed.ids) and missing:
            error = trouble(crm) if self._waits else None
            if error is not None:
                raise error
            raise NotDone(_no_such(missing, is_fresh=self._waits))

    def _is_known(self, crm: Crm, since: datetime) -> bool:
        if crm.reference.phase != Phase.READY:
            return False
        rows = [crm.snapshot.confirmed(each) for each in self._typed.ids]
        loads = [crm.load(row.board_id) for row in rows if row is not None]
        return len(loads) == len(rows) and all(
            load.phase == Phase.READY and load.as_of is not None and load.as_of >= since
            for load in loads
        )

    @property
    def _depends_on_zones(self) -> bool:
        """Say whether the command needs to know what day it is at the location, or who gives it."""
        return self._typed.name == "to-me" or last_of(self._typed.name) in _OF_SOMEBODY

    @property
    def _offered(self) -> Kind | None:
        """Say what the server has to be asked for that the command names, if it names such a thing."""
        last = last_of(self._typed.name)
        return _OFFERED.get(last) if last is not None else None

    def _wanted(self, crm: Crm) -> set[Kind]:
        """Say what has to be known of that which no row tells: what is named, or names what stages will do."""
        wanted = {self._offered} if self._offered is not None else set()
        if self._typed.name in _MOVES:
            rows = filter(None, map(crm.snapshot.row, self._typed.ids))
            for board_id in {row.board_id for row in rows}:
                for stage in crm.snapshot.stages_of(board_id):
                    wanted |= {Kind.NOTES} if stage.macro_id is not None else set()
                    wanted |= {Kind.TASK_LISTS} if stage.task_list_id is not None else set()
        return wanted

    def _tell_overwritten(self, crm: Crm) -> None:
        """Say what others had written and a write of ours replaced unseen, as far as it is known by now."""
        for each in crm.overwritten():
            row = crm.snapshot.row(each.record_id)
            board = crm.snapshot.boards.get(row.board_id) if row is not None else None
            wall = Wall(crm.surroundings.zone_of(board), Dates(self._profile.dates))
            theirs = spelled_name(crm.snapshot, each.field, each.theirs, wall)
            whose = f"{each.by or 'somebody'}'s {field_name(each.field)}"
            _tell(
                f"crm-tui: overwritten: {whose} {theirs} of #{each.record_id}. Opened within the hour, the board "
                "names it and has a key that restores it."
            )

    def _performed(self, crm: Crm) -> Asked:
        whose = _whose(self._profile, self._address)
        around = crm.surroundings
        here = Here(
            now(),
            lambda board_id: around.zone_of(crm.snapshot.boards.get(board_id)),
            Dates(self._profile.dates),
            self._week,
            around.me,
            crm.snapshot.known_owners().get(around.me or 0) or self._profile.user,
        )
        performer = Performer(crm, here, whose=whose, is_agreed=self._is_agreed, tell=_tell)
        return performer.perform(self._typed)

    async def _retry(self, crm: Crm) -> None:
        """Ask for an entry of the journal again; raises `NotDone` and `JournalFailed`."""
        number = self._typed.entry
        found = [each for each in await crm.journal.entries(1, number + 1) if each.number == number]
        for entry in found:
            self._outcomes.expect(Asked((entry.intent(),)))
        if not found or not await crm.journal.retry(number):
            words = (
                f"There is no entry {number} that could be asked for again: see `crm-tui pending`."
            )
            raise NotDone(words)


def _whose(profile: Profile, address: Address) -> str:
    """Name an account with its host, its user and its marks; raw."""
    host = address.url.split("://")[1]
    named = f"{profile.name} · {host}" if profile.name else host
    return ", ".join(filter(None, [f"{named} as {profile.user}", marks_in_words(profile)]))


def _no_such(missing: Sequence[int], *, is_fresh: bool) -> str:
    ids = ", ".join(f"#{each}" for each in missing)
    if is_fresh:
        return f"There is no opportunity {ids} on a board in use."
    return f"The local copy of the book has no opportunity {ids}: `crm-tui sync` asks the server."


def _is_sent_elsewhere(journal: Path) -> bool:
    """Say whether another window holds the right to send."""
    with suppress(OSError):  # with no place for a lock there is nobody who has it
        lock = SenderLock(journal)
        is_free = lock.try_to_take()
        lock.release()
        return not is_free
    return False


def _tell(words: str) -> None:
    say(safe(words))
