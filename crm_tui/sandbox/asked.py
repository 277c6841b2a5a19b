"""What every endpoint wants to know of a request: the database, the switches, who asks, when, and the body."""

import sqlite3
from datetime import UTC, datetime

from starlette.requests import Request

from crm_tui.sandbox.auth import SCOPE_USER, User
from crm_tui.sandbox.dialect import Switches
from crm_tui.sandbox.rules import Signature
from crm_tui.sandbox.times import to_wire
from crm_tui.sandbox.wire import Json, WireError, loads


def database(request: Request) -> sqlite3.Connection:
    """Give the connection to the sandbox's file."""
    connection: sqlite3.Connection = request.app.state.connection
    return connection


def switches(request: Request) -> Switches:
    """Give the switches in force."""
    turned: Switches = request.app.state.switches
    return turned


def user(request: Request) -> User:
    """Give who asks; every address but the one for tokens has somebody."""
    found: User = request.scope[SCOPE_USER]
    return found


def moment(request: Request) -> datetime:
    """Give the present by the sandbox's clock."""
    now: datetime = request.app.state.clock()
    return now


def signature(request: Request) -> Signature:
    """Give what a write of this request is signed with."""
    asking = user(request)
    return sign(asking, asking.id, asking.email, moment(request), switches(request))


def sign(
    sees: User | None, user_id: int | None, email: str, now: datetime, turned: Switches
) -> Signature:
    """Give what a write is signed with; UpdatedOn is rounded down to its grain."""
    seconds = int(now.timestamp())
    rounded = datetime.fromtimestamp(seconds - seconds % turned.updated_grain, UTC)
    return Signature(sees, user_id, email, to_wire(now), to_wire(rounded), turned)


async def body(request: Request) -> Json:
    """Read the body, which is a JSON object. Raises WireError."""
    document = loads(await request.body())
    if not isinstance(document, dict):
        raise WireError("The body is a JSON object.")
    return document
