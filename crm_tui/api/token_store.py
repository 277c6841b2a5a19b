"""Where tokens are kept: in memory, or in a private file that the processes of one user share under a lock.

The lock is held while a token is renewed, so that two processes never spend one refresh token.  What is found
counts only for the very address, user and installation that it was kept for.  It asks no server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from crm_tui.api import wire
from crm_tui.api.auth import Secret
from crm_tui.api.errors import BadAnswer, TooSlow
from crm_tui.api.ledger import finite
from crm_tui.api.shared_file import Held, SharedFile
from crm_tui.structs import Struct

PATIENCE: Final = 300.0
"""Seconds that another process may take to sign in: a person may be typing a code there."""

PARTING: Final = 5.0
"""Seconds that signing out waits for another process."""

Owner = tuple[str, str, str]
"""Address, user and installation that tokens are kept for."""


class Tokens(Struct, frozen=True):
    """Tokens and when they came, in seconds since the epoch."""

    access: Secret
    refresh: Secret | None
    issued_at: float
    renew_at: float
    """When they are renewed, a margin before they expire."""
    renewed: bool
    """Whether they came by a refresh, not by a password."""


class Kept(Protocol):
    """What is kept, while nobody else may change it."""

    def read(self) -> Tokens | None:
        """Give what is kept."""
        ...

    def write(self, tokens: Tokens) -> None:
        """Keep these from now on; it cannot be cancelled half-way."""
        ...


class TokenStore:
    """The tokens of one user at one address, for one installation."""

    def __init__(
        self,
        path: Path | None,
        owner: Owner,
        *,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._file = SharedFile(path, sleep=sleep) if path is not None else None
        self._owner = list(owner)
        self._memory = _InMemory()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[Kept]:
        """Keep everybody else away while the block runs.

        Memory serves when the file cannot be used: not private, not ours, no space.
        Raises `TooSlow` when another process does not let go of it.
        """
        async with AsyncExitStack() as stack:
            kept: Kept = self._memory
            if self._file is not None:
                try:
                    held = await stack.enter_async_context(self._file.held(patience=PATIENCE))
                    kept = _InFile(held, self._owner, self._memory)
                except TimeoutError:
                    raise TooSlow("another window is still signing in") from None
                except OSError:
                    pass
            yield kept

    async def forget(self) -> None:
        """Keep nothing any more, here and for the other processes.

        Raises `OSError` when the file cannot be removed, `TimeoutError` when another process does not
        let go of it.
        """
        self._memory.tokens = None
        if self._file is not None:
            with suppress(FileNotFoundError):
                async with self._file.held(patience=PARTING) as held:
                    held.remove()


def kept_tokens(path: Path, owner: Owner) -> Tokens | None:
    """Look at what a file holds, waiting for nobody: it is replaced at once or not at all."""
    try:
        return _tokens(Held(path).read(), list(owner))
    except OSError:
        return None


class _InMemory:
    def __init__(self) -> None:
        self.tokens: Tokens | None = None
        self.is_shared = False
        """Whether the file holds them, too."""

    def read(self) -> Tokens | None:
        return self.tokens

    def write(self, tokens: Tokens) -> None:
        self.tokens = tokens


class _InFile:
    """The file, and memory for the time when it fails."""

    def __init__(self, held: Held, owner: list[str], memory: _InMemory) -> None:
        self._held = held
        self._owner = owner
        self._memory = memory

    def read(self) -> Tokens | None:
        try:
            content = self._held.read()
        except OSError:
            return self._memory.read()
        if content is None and self._memory.is_shared:
            self._memory.tokens = None  # somebody has signed out
        found = [_tokens(content, self._owner), self._memory.read()]
        return max(filter(None, found), key=lambda tokens: tokens.issued_at, default=None)

    def write(self, tokens: Tokens) -> None:
        self._memory.write(tokens)
        try:
            self._held.write(_content(tokens, self._owner))
        except OSError:
            self._memory.is_shared = False
        else:
            self._memory.is_shared = True


def _content(tokens: Tokens, owner: list[str]) -> bytes:
    return wire.encode(
        {
            "owner": owner,
            "access": tokens.access.reveal(),
            "refresh": tokens.refresh.reveal() if tokens.refresh is not None else None,
            "issued_at": tokens.issued_at,
            "renew_at": tokens.renew_at,
            "renewed": tokens.renewed,
        }
    )


def _tokens(content: bytes | None, owner: list[str]) -> Tokens | None:
    """Read what a file holds; what is not whole, or somebody else's, is nothing."""
    if content is None:
        return None
    try:
        kept = wire.decode(content)
    except BadAnswer:
        return None
    if not isinstance(kept, dict) or kept.get("owner") != owner:
        return None
    access, refresh = kept.get("access"), kept.get("refresh")
    issued_at, renew_at = finite(kept.get("issued_at")), finite(kept.get("renew_at"))
    if not isinstance(access, str) or issued_at is None or renew_at is None:
        return None
    return Tokens(
        Secret(access),
        Secret(refresh) if isinstance(refresh, str) else None,
        issued_at,
        renew_at,
        kept.get("renewed") is True,
    )
