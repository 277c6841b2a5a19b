"""What can go wrong between us and the server, as one tree.

    ApiError
    ├── BadAddress          the address cannot be used: not https, not a URL, holds a password
    ├── Unreached           the request never arrived: nothing was done, it may be sent again
    │   ├── Untrusted       the server could not prove who it is (TLS)
    │   └── NotAsked        it failed several times in a row and is left alone for a moment
    ├── Unanswered          the request left and no whole answer came: what it did is unknown
    │   └── TooSlow         … before the total deadline
    ├── BadAnswer           something answered, but not as the service does (HTML, broken JSON, redirect)
    │   ├── Unreadable      … one of the service's records does not hold what it should
    │   ├── Incomplete      … a listing ended before all had come
    │   ├── TooLarge        … with more than we are willing to read
    │   └── Blocked         … a firewall before the service: 403 with a web page
    └── Refused             the service said no
        ├── SignInRefused   401
        │   ├── CodeRefused     the password was good, the code of the second factor was not, or there was none
    │   └── SignInNeeded    the token has ended, and nobody can be asked for a password here
        ├── Forbidden       403, or 401 although the sign-in is good: the role is missing
        ├── Missing         404
        ├── Invalid         400, 409 with an envelope, or 200 with `WasSuccessful: false`
        ├── Throttled       409 with Retry-After or an empty body, or 429
        ├── ServerFault     5xx
        └── ReadOnly        we said no ourselves: this transport sends no writes

Each carries a title and an advice for people; `detail` holds the server's own words, which are foreign text
and reach a sink only through `text.safe`.  Nothing of httpx leaks out of this layer, and no error carries a
header, a body or an address with its query.
"""

from __future__ import annotations

from typing import ClassVar

from crm_tui.structs import Struct


class ApiError(Exception):
    """Anything that kept a request from being answered as asked."""

    title: ClassVar[str] = "The request failed"
    advice: ClassVar[str] = "Try again."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        """The server's words or the cause, unsafe to show as it is; may be empty."""


class BadAddress(ApiError):
    """The address cannot be used at all."""

    title = "This address cannot be used"
    advice = "Give the address of the service, such as https://spaces.nexudus.com/api."


class Unreached(ApiError):
    """No connection: the request never arrived, so nothing was done."""

    title = "The server cannot be reached"
    advice = "Check the address and your network."


class Untrusted(Unreached):
    """TLS: the certificate does not prove who the server is."""

    title = "The server could not prove who it is"
    advice = "Somebody may be listening in. Check the address; ask your administrator about its certificate."


class NotAsked(Unreached):
    """The server failed several times in a row; nothing is sent until it had a moment of rest."""

    title = "The server keeps failing and is left alone for a moment"
    advice = "Wait a little."

    def __init__(self, detail: str = "", retry_after: float = 0.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        """Seconds until it is asked again."""


class Unanswered(ApiError):
    """The request left, and no whole answer came back: a write may or may not have happened."""

    title = "The connection was lost before the answer came"
    advice = "Ask again to see what the server has now."


class TooSlow(Unanswered):
    """No whole answer before the total deadline."""

    title = "The server took too long to answer"


class BadAnswer(ApiError):
    """Something answered, but not in the service's form."""

    title = "The answer is not from Nexudus"
    advice = (
        "Check that the address ends in /api, and that no sign-in page or proxy stands in between."
    )


class Unreadable(BadAnswer):
    """A record of the service's that does not hold what it should; `detail` names its keys."""

    title = "A record cannot be read"
    advice = "It was left as it is. Tell whoever looks after this program which record it was."


class Incomplete(BadAnswer):
    """A listing that ended before all that the server counts had come."""

    title = "The server's list is not whole"
    advice = "Ask again."


class TooLarge(BadAnswer):
    """The answer is longer than we are willing to read."""

    title = "The answer is too large"


class Blocked(BadAnswer):
    """403 by what stands before the service; it says nothing about this user."""

    title = "A firewall before Nexudus turned this away"
    advice = "Try again later or from another network; your roles have nothing to do with it."


class Refused(ApiError):
    """The service said no."""

    title = "The server refused"


class SignInRefused(Refused):
    """401: unknown user, wrong password, or no access to the API."""

    title = "Sign-in was refused"
    advice = (
        "Was the password mistyped? Leave and start again. Otherwise let somebody tick API access for "
        "this user in Nexudus."
    )


class CodeRefused(SignInRefused):
    """The server asked for the code of a second factor and did not take what it got."""

    advice = (
        "Codes are good for half a minute: start again and type the newest. If none is taken, look at the clock of "
        "the device that shows them."
    )


class SignInNeeded(SignInRefused):
    """Only a person could sign in again, and this is no place to ask one; `detail` says where it can be done."""

    title = "You have to sign in again"
    advice = "When that is done, this goes on where it was."


class Forbidden(Refused):
    """Signed in, but without the role."""

    title = "You may not do this"
    advice = "Ask an administrator of your Nexudus account for the role."

    def __init__(self, detail: str = "", role: str | None = None) -> None:
        super().__init__(detail or (f"it needs the role {role}" if role else ""))
        self.role = role
        """The role that is missing (`CrmOpportunity-Edit`); none when it cannot be told."""


class Missing(Refused):
    """404: no such record, or not one that this user may see."""

    title = "The record is no longer there"
    advice = "Ask again to see what the server has now."


class FieldError(Struct, frozen=True):
    """What the service found wrong with one field; both texts are foreign."""

    field: str
    """The service's name, sometimes the bare relation (`CrmBoardColumn`)."""
    message: str


class Invalid(Refused):
    """The service understood the write and turned it down."""

    title = "The server turned this down"
    advice = "Change what it names, then try again."

    def __init__(self, detail: str = "", fields: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.fields = fields


class Throttled(Refused):
    """Too many requests: this one was not executed and may be sent again later."""

    title = "The server asks to slow down"
    advice = "Wait a little."

    def __init__(self, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        """Seconds the server asked us to wait; none when it gave no number."""


class ServerFault(Refused):
    """5xx: the server failed; a write may or may not have happened."""

    title = "The server has a fault"
    advice = "Nothing is wrong with your input. Wait a little."


class ReadOnly(Refused):
    """A write was asked of a transport that only reads; nothing was sent."""

    title = "This profile only reads"
    advice = "Open a profile that may write to change something."
