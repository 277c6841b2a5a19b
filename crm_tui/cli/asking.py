"""Gets what a token costs: the password from where the profile says, and the code of a second factor.

A question is put on the terminal only until the screen is drawn.  After that nobody is asked anything: what cannot
be had without a question is told as an error that says where to sign in.  It keeps nothing and sends nothing.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Final

from crm_tui.api.auth import Secret
from crm_tui.api.errors import SignInNeeded, SignInRefused
from crm_tui.config.errors import NoPassword
from crm_tui.config.profile import File, Profile
from crm_tui.text import safe

_WHAT: Final = "code of the second factor"


class Asking:
    """Whom a sign-in asks: the source that the profile names, and the person at the terminal."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._instead: str | None = None

    def hush(self, instead: str) -> None:
        """Ask no person from now on, for the screen is drawn; `instead` says where to sign in."""
        self._instead = instead

    async def password(self) -> Secret:
        """Give the password.

        Raises `NoPassword`; when nobody may be asked, `SignInNeeded`, or `SignInRefused` for a file that
        cannot be used.
        """
        from crm_tui.config.secrets import get_password  # noqa: PLC0415 - start-up cost

        source, user = self._profile.password, self._profile.user
        if isinstance(source, File):
            try:
                return Secret(await asyncio.to_thread(get_password, source, user))
            except NoPassword as error:
                if self._instead is None:
                    raise
                raise SignInRefused(str(error).rstrip(".")) from None
        # A command counts as a question: it may ask for a passphrase on the terminal.
        return Secret(self._question(lambda: get_password(source, user)))

    async def code(self) -> Secret:
        """Give the code of the second factor; raises `NoPassword`, or `SignInNeeded` when nobody may be asked."""
        who = safe(self._profile.user)
        return Secret(self._question(lambda: _code(f"C{_WHAT[1:]} of {who}: ")))

    def _question(self, ask: Callable[[], str]) -> str:
        """Ask on this very thread, which has nothing else to do: in another one ctrl+c would end nothing."""
        if self._instead is not None:
            raise SignInNeeded(self._instead)
        # The event loop takes ctrl+c for a wish to be granted later; who is asked means now.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return ask()
        finally:
            signal.signal(signal.SIGINT, before)


def _code(question: str) -> str:
    from crm_tui.config.secrets import ask_hidden  # noqa: PLC0415 - start-up cost

    code = "".join(ask_hidden(question, _WHAT).split())
    if not code:
        raise NoPassword(f"No {_WHAT} was given.")
    return code
