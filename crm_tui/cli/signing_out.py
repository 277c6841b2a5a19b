"""``crm-tui sign-out``: forgets a profile's tokens, and what this machine keeps of its book.  It asks no server.

The service has no way to end a token before its time, so what was copied elsewhere lives on until then.
"""

from __future__ import annotations

import argparse

from crm_tui.api.address import Address
from crm_tui.api.errors import ApiError
from crm_tui.cli.choosing import chosen_profile
from crm_tui.cli.forgetting import changes_are, forget_journal, forget_mirror, unsent
from crm_tui.cli.output import explain, say
from crm_tui.config.errors import ConfigError
from crm_tui.config.profile import Profile
from crm_tui.paths import tokens_file
from crm_tui.process import DONE, FAILED
from crm_tui.store.journal import JournalFailed
from crm_tui.text import safe


def run_sign_out(options: argparse.Namespace) -> int:
    """Forget the tokens of the profile that is meant; returns the exit code."""
    try:
        profile = chosen_profile(options)
    except (ApiError, ConfigError) as error:
        return explain(error)
    trouble = forget_tokens(profile) if profile.sign_in == "token" else ""
    if not trouble and profile.sign_in == "token":
        say(f"Signed out of {safe(profile.name)}: no token is kept any more.")
    elif not trouble:
        say("There is nothing to sign out of: the password goes with each request and is not kept.")
    troubles = [trouble, *_forget_book(profile)]
    for each in filter(None, troubles):
        say(f"crm-tui: {safe(each)}")
    return FAILED if any(troubles) else DONE


def _forget_book(profile: Profile) -> list[str]:
    """Delete what is kept of the book, but for changes that are not sent; give what went wrong, in sentences."""
    was_there, trouble = forget_mirror(profile)
    if was_there and not trouble:
        say("The local copy of the book is deleted.")
    try:
        count = unsent(profile)
    except JournalFailed as error:
        return [trouble, f"the journal stays, for it cannot be read: {error.words}"]
    if count:
        say(f"The journal stays: {changes_are(count)} not sent. `crm-tui pending` lists them.")
        return [trouble]
    return [trouble, forget_journal(profile)]


def forget_tokens(profile: Profile) -> str:
    """Forget the tokens of a profile, if there are any; give what kept it from that, in a sentence."""
    if profile.client_id is None:
        return ""
    try:
        address = Address.parse(profile.url, plain_http=True)  # nothing is sent there
    except ApiError:
        return ""  # nobody can have signed in there
    file = tokens_file(address.account(profile.user), profile.client_id)
    if file is None:
        return ""

    import asyncio  # noqa: PLC0415 - start-up cost of `profile list`

    from crm_tui.api.token_store import TokenStore  # noqa: PLC0415 - start-up cost of the same

    store = TokenStore(file, (address.url, profile.user, profile.client_id), sleep=asyncio.sleep)
    try:
        asyncio.run(store.forget())
    except TimeoutError:
        return (
            f"{safe(str(file))} is in use: another window is signing in. End that, then try again."
        )
    except OSError as error:
        return f"{safe(str(file))} cannot be removed: {error.strerror or error}."
    return ""
