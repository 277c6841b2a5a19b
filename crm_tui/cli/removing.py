"""``crm-tui profile remove``: takes a profile out, with its tokens and all that this machine keeps of its book.

It asks no server, and nothing that is not sent yet goes without a word.
"""

from __future__ import annotations

from crm_tui.cli.forgetting import changes_are, forget_journal, forget_mirror, unsent
from crm_tui.cli.output import say
from crm_tui.cli.signing_out import forget_tokens
from crm_tui.config.editing import remove
from crm_tui.config.profiles import Profiles
from crm_tui.process import DONE, FAILED
from crm_tui.store.journal import JournalFailed
from crm_tui.text import safe


def remove_profile(name: str, *, drop: bool) -> int:
    """Remove a profile; with `drop` what is not sent yet goes, too.  Returns the exit code, raises `ConfigError`."""
    before = Profiles.load()
    leaving = before.get(name)
    if not drop and (why := _what_would_be_lost(name)):
        say(f"crm-tui: {safe(why)}")
        return FAILED
    # First what an open window may keep us from: while there is a profile, this can be done again.
    if in_the_way := forget_mirror(leaving)[1] or forget_journal(leaving):
        say(f"crm-tui: {safe(in_the_way)}")
        return FAILED
    profiles = remove(name)
    say(f"Removed {safe(name)} from {safe(str(profiles.path))}.")
    if trouble := forget_tokens(leaving):
        say(f"crm-tui: {safe(trouble)}")
        return FAILED
    if profiles.by_name and name == before.default and profiles.opened_by_itself is None:
        say("There is no default now; choose one with: crm-tui profile default NAME")
    return DONE


def _what_would_be_lost(name: str) -> str:
    """Say what of the journal would go, in a sentence; empty when nothing would."""
    try:
        count = unsent(Profiles.load().get(name))
    except JournalFailed as error:
        return f"nothing was removed: {error.words} With --drop it goes all the same."
    if not count:
        return ""
    listed = f"`crm-tui pending --profile {name}` lists them"
    return f"nothing was removed: {changes_are(count)} not sent. {listed}; --drop loses them."
