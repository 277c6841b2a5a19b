"""What this machine keeps of an account, its mirror and its journal: how much is unsent, and how it is deleted.

It asks no server.  Nothing that is not sent yet is deleted but by somebody who was told of it.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from crm_tui.api.address import Address
from crm_tui.api.errors import ApiError
from crm_tui.cli.book import binding_of, journal_of, now
from crm_tui.config.profile import Profile
from crm_tui.paths import journal_file, mirror_file
from crm_tui.store import lookups
from crm_tui.store.discarding import InUse, discard_journal, discard_mirror
from crm_tui.store.journal import Journal, JournalFailed


def unsent(profile: Profile) -> int:
    """Count what a profile's journal holds that has no outcome or waits for somebody; raises `JournalFailed`."""
    try:
        address = Address.parse(profile.url, plain_http=True)  # nothing is sent there
    except ApiError:
        return 0  # nobody can have opened it
    path = journal_of(profile, address)
    if not path.exists():
        return 0
    with closing(Journal(path, clock=now)) as journal:
        if not journal.is_kept:
            raise JournalFailed(" ".join(journal.notices))
        ours = journal.do_now(lookups.unfinished(binding_of(profile, address)))
        return len(ours) + journal.do_now(lookups.of_others(binding_of(profile, address)))


def changes_are(count: int) -> str:
    """Say how many changes are unsent."""
    return "1 change is" if count == 1 else f"{count} changes are"


def forget_mirror(profile: Profile) -> tuple[bool, str]:
    """Delete a profile's mirror; say whether there was one, and what kept it from being deleted, in a sentence."""
    path = mirror_file(profile.name)
    try:
        return discard_mirror(path), ""
    except InUse:
        return True, _in_use(path)
    except OSError as error:
        return True, f"{path} cannot be removed: {error.strerror or error}."


def forget_journal(profile: Profile) -> str:
    """Delete a profile's journal; give what kept it from being deleted, in a sentence."""
    path = journal_file(profile.name)
    try:
        discard_journal(path)
    except InUse:
        return _in_use(path)
    except OSError as error:
        return f"{path} cannot be removed: {error.strerror or error}."
    return ""


def _in_use(path: Path) -> str:
    return f"{path} stays, for a window is open on this account: leave it, then do this again."
