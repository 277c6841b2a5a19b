"""``crm-tui whoami``: who the server says we are.  One question; nothing secret is in what is kept of the answer."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from crm_tui.api.errors import ApiError
from crm_tui.cli.account import Account, account
from crm_tui.cli.choosing import chosen_profile
from crm_tui.cli.connection import connection
from crm_tui.cli.output import explain, marks_in_words, show, show_json
from crm_tui.config.errors import ConfigError
from crm_tui.process import DONE


def run_whoami(options: argparse.Namespace) -> int:
    """Ask the server and print its answer; returns the exit code."""
    try:
        asked = account(chosen_profile(options))
        answer = asyncio.run(_asked(asked))
    except (ApiError, ConfigError) as error:
        return explain(error)
    person = described(answer, asked)
    if options.json:
        show_json(person)
    else:
        show(_rows(person, asked))
    return DONE


def described(answer: dict[str, Any], asked: Account) -> dict[str, Any]:
    """Give what `--json` prints; a member that the server left out, or sent in another form, is null."""
    locations = _numbers(answer.get("Businesses"))
    home = _number(answer.get("DefaultBusinessId"))
    return {
        "name": _text(answer.get("FullName")),
        "email": _text(answer.get("Email")),
        "id": _number(answer.get("Id")),
        "is_admin": _flag(answer.get("IsAdmin")),
        "has_api_access": _flag(answer.get("APIAccess")),
        "is_active": _flag(answer.get("Active")),
        "locations": locations,
        "default_location": home,
        "default_location_name": _text(answer.get("DefaultBusinessName")),
        "user_roles": _numbers(answer.get("UserRoles")),
        "currency": _text(answer.get("DefaultCurrencyCode")),
        "time_zone": _text(answer.get("DefaultSimpleTimeZoneNameIana")),
        "server": asked.address.url,
        "profile": asked.profile.name or None,
        "production": asked.profile.production,
        "read_only": asked.profile.read_only,
    }


async def _asked(asked: Account) -> dict[str, Any]:
    client = connection(asked).client
    try:
        return await client.who_am_i()
    finally:
        await client.close()


def _rows(person: dict[str, Any], asked: Account) -> list[tuple[str, str]]:
    home = person["default_location_name"]
    named = f"{home} ({person['default_location']})" if home else person["default_location"]
    rows = [
        ("name", person["name"]),
        ("e-mail", person["email"]),
        ("id", person["id"]),
        ("administrator", person["is_admin"]),
        ("API access", person["has_api_access"]),
        ("active", person["is_active"]),
        ("locations", person["locations"]),
        ("default", named),
        ("user roles", person["user_roles"]),
        ("currency", person["currency"]),
        ("time zone", person["time_zone"]),
        ("server", person["server"]),
        ("profile", person["profile"]),
        ("marks", marks_in_words(asked.profile) or None),
    ]
    return [(name, _in_words(value)) for name, value in rows if value is not None]


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> int | None:
    """Give an id; the service writes 0 for none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value else None


def _numbers(value: Any) -> list[int] | None:
    if not isinstance(value, list):
        return None
    return [number for number in map(_number, value) if number is not None]


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
