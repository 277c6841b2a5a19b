"""Proving who we are: secrets that never show, and the header made of them.  It asks nobody and stores nothing."""

from __future__ import annotations

from base64 import b64encode
from typing import NoReturn, Protocol

from crm_tui.api.errors import SignInRefused
from crm_tui.structs import Struct


class Secret:
    """A text that can be used but not seen: repr, str, format, copy and pickle show nothing of it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the text, to be sent and dropped."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, specification: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        message = "a secret is not pickled"
        raise TypeError(message)


class SignIn(Protocol):
    """A way to prove who we are on every call."""

    async def header(self) -> Secret:
        """Give the value of the `Authorization` header; raises `ApiError` when there is none to be had."""
        ...

    async def renew(self, refused: Secret) -> bool:
        """After a 401 to a request that carried `refused`: say whether there is a newer header now.

        True means that one more try is worth it.
        """
        ...

    def again(self) -> None:
        """A person asks anew: what was refused before may be tried once more."""
        ...


class Basic(Struct, frozen=True):
    """Sign-in by e-mail and password (HTTP Basic), which the service takes on every call of its API."""

    user: str
    password: Secret

    async def header(self) -> Secret:
        """Give the value of the `Authorization` header."""
        pair = f"{self.user}:{self.password.reveal()}"
        try:
            # What was typed and is no UTF-8 goes out as the bytes that it was.
            token = b64encode(pair.encode("utf-8", "surrogateescape")).decode("ascii")
        except UnicodeEncodeError:
            raise SignInRefused("the password holds something that is not text") from None
        return Secret(f"Basic {token}")

    async def renew(self, refused: Secret) -> bool:
        """There is nothing newer than the password."""
        return False

    def again(self) -> None:
        """The password goes out with each request as it is."""
