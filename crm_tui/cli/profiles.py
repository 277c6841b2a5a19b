"""``crm-tui profile …``: add, list, show and remove profiles, choose the default.  It asks no server."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
from typing import Any
from uuid import uuid4

from crm_tui.api.address import Address
from crm_tui.api.errors import ApiError
from crm_tui.cli.choosing import BEGIN
from crm_tui.cli.output import explain, marks_in_words, say, show, show_json
from crm_tui.config.errors import ConfigError
from crm_tui.config.profile import Command, File, PasswordSource, Profile, Prompt
from crm_tui.config.profiles import Profiles
from crm_tui.process import DONE, USAGE
from crm_tui.structs import asdict
from crm_tui.text import safe

OWN_FLAGS = frozenset(
    {"--plain-http", "--read-only", "--production", "--default", "--sign-in", "--password-file"}
)
"""Flags of ours that would get lost when they are written behind a password command."""


def run_profile(options: argparse.Namespace) -> int:
    """Do what ``crm-tui profile`` was asked for; returns the exit code."""
    try:
        match options.action:
            case "add":
                return _add(options)
            case "list":
                return _list(as_json=options.json)
            case "show":
                return _show(options.name, as_json=options.json)
            case "remove":
                return _remove(options.name, drop=options.drop)
            case _:
                return _default(options.name)
    except (ApiError, ConfigError) as error:
        return explain(error)


def described(profile: Profile, default: str | None) -> dict[str, Any]:
    """Give a profile as `--json` prints it: every key, with what holds when the file says nothing."""
    limits = {key: value for key, value in asdict(profile.limits).items() if value is not None}
    return {
        "name": profile.name,
        "is_default": profile.name == default,
        "url": profile.url,
        "user": profile.user,
        "sign_in": profile.sign_in,
        "client_id": profile.client_id,
        "password": _source(profile.password),
        "plain_http": profile.plain_http,
        "read_only": profile.read_only,
        "production": profile.production,
        "location": profile.location,
        "limits": limits,
        "run_command": profile.run_command,
        "dates": profile.dates,
        "ca_file": profile.ca_file,
    }


def source_in_words(source: PasswordSource) -> str:
    """Say where a password comes from."""
    match source:
        case Command(argv):
            return f"printed by: {shlex.join(argv)}"
        case File(path):
            return f"in the file {path}"
        case Prompt():
            return "asked for"


def _add(options: argparse.Namespace) -> int:
    command: list[str] | None = options.password_command
    lost = sorted(OWN_FLAGS.intersection(command or []))
    if lost or command == []:
        what = f"put {lost[0]} before it" if lost else "a program has to follow it"
        say(f"crm-tui profile add: --password-command comes last and takes all the rest; {what}.")
        return USAGE
    if command is not None and options.password_file is not None:
        say("crm-tui profile add: a password comes from a command or from a file, not from both.")
        return USAGE
    Address.parse(options.url, plain_http=options.plain_http)
    password: PasswordSource = Prompt()
    if command is not None:
        password = Command(tuple(command))
    elif options.password_file is not None:
        password = File(os.path.abspath(os.path.expanduser(options.password_file)))
    profile = Profile(
        name=options.name,
        url=options.url,
        user=options.user,
        sign_in=options.sign_in,
        client_id=str(uuid4()),
        password=password,
        plain_http=options.plain_http,
        read_only=options.read_only,
        production=options.production,
    )

    from crm_tui.config.editing import add  # noqa: PLC0415 - start-up cost of tomlkit and pydantic

    profiles = add(profile, make_default=options.default)
    say(f"Added {safe(profile.name)} to {safe(str(profiles.path))}.")
    say(f"The password is {safe(source_in_words(password))}.")
    if missing := _missing(password):
        say(f"crm-tui: {safe(missing)}")
    say(f"Try it: crm-tui doctor --profile {safe(profile.name)}")
    return DONE


def _missing(source: PasswordSource) -> str:
    """Say what a password is to come from and is not there yet; empty when nothing is missing."""
    match source:
        case File(path) if not os.path.exists(path):
            return (
                f"there is no file {path} yet; write the password into it, readable by you alone."
            )
        case Command((program, *_)) if os.sep not in program and shutil.which(program) is None:
            return f"there is no program {program} that could be run."
    return ""


def _list(*, as_json: bool) -> int:
    profiles = Profiles.load()
    default = profiles.opened_by_itself
    if as_json:
        each = [described(profile, default) for profile in profiles.by_name.values()]
        show_json({"default": default, "profiles": each})
        return DONE
    show(
        (
            "*" if profile.name == default else "",
            profile.name,
            profile.url,
            profile.user,
            marks_in_words(profile),
        )
        for profile in profiles.by_name.values()
    )
    if not profiles.by_name:
        say(f"There is no profile yet. {BEGIN}")
    return DONE


def _show(name: str, *, as_json: bool) -> int:
    profiles = Profiles.load()
    profile = profiles.get(name)
    default = profiles.opened_by_itself
    if as_json:
        show_json(described(profile, default))
        return DONE
    limits = ", ".join(f"{key} {value}" for key, value in asdict(profile.limits).items() if value)
    rows = [
        ("name", profile.name),
        ("url", profile.url),
        ("user", profile.user),
        ("plain http", "allowed" * profile.plain_http),
        ("sign-in", profile.sign_in),
        ("password", source_in_words(profile.password)),
        (
            "marks",
            ", ".join(filter(None, ["default" * (name == default), marks_in_words(profile)])),
        ),
        ("location", "" if profile.location is None else str(profile.location)),
        ("limits", limits),
        ("run command", profile.run_command.upper()),
        ("dates", profile.dates),
        ("authorities", profile.ca_file or ""),
    ]
    show((key, value) for key, value in rows if value)
    return DONE


def _remove(name: str, *, drop: bool) -> int:
    from crm_tui.cli.removing import remove_profile  # noqa: PLC0415 - start-up cost of tomlkit and sqlite3

    return remove_profile(name, drop=drop)


def _default(name: str) -> int:
    from crm_tui.config.editing import set_default  # noqa: PLC0415 - start-up cost of tomlkit

    set_default(name)
    say(f"{safe(name)} is the profile that `crm-tui` opens now.")
    return DONE


def _source(source: PasswordSource) -> dict[str, Any]:
    match source:
        case Command(argv):
            return {"from": "command", "command": list(argv)}
        case File(path):
            return {"from": "file", "file": path}
        case Prompt():
            return {"from": "prompt"}
