"""How the command line speaks: data on stdout, words on stderr, errors as one sentence and an exit code.

It makes what it is given safe for a terminal; JSON goes out escaped and loses nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from crm_tui.api.errors import (
    ApiError,
    BadAddress,
    BadAnswer,
    Forbidden,
    SignInRefused,
    Untrusted,
)
from crm_tui.config.errors import ConfigError, NoPassword, NotSaved
from crm_tui.config.profile import Profile
from crm_tui.process import FAILED, SIGN_IN, USAGE
from crm_tui.text import safe

_ADVISED = (BadAddress, BadAnswer, Forbidden, SignInRefused, Untrusted)
"""Errors whose advice holds here too; the others' is about keys of the board."""


def say(words: str) -> None:
    """Tell the person something that is no data."""
    print(words, file=sys.stderr, flush=True)


_WIDEST: Final = 40
"""Characters up to which a column is padded: one long name must not push everything else out of sight."""


def show(rows: Iterable[Sequence[str]]) -> None:
    """Print rows of text whole, with their columns aligned as far as they are not too wide."""
    table = [[safe(cell) for cell in row] for row in rows]
    widths = [min(max(map(len, column)), _WIDEST) for column in zip(*table, strict=True)]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())
    sys.stdout.flush()


def show_json(document: Any) -> None:
    """Print a document as JSON, every character that is not ASCII escaped."""
    import json  # noqa: PLC0415 - start-up cost: the board prints none

    print(json.dumps(document, indent=2, ensure_ascii=True), flush=True)


def marks_in_words(profile: Profile) -> str:
    """Say what an account is marked with; empty when it is with nothing."""
    marks = ["read-only" * profile.read_only, "production" * profile.production]
    return ", ".join(filter(None, marks))


def point_out(command: str, line: str, position: int, message: str) -> int:
    """Show where a line that was given to a command is wrong; returns the exit code."""
    say(f"crm-tui {command}: {safe(message)}")
    if line:
        say(f"  {safe(line)}")
        say(f"  {' ' * len(safe(line[:position]))}^")
    return USAGE


def explain(error: ApiError | ConfigError) -> int:
    """Say what went wrong; returns the exit code."""
    for line in in_words(error).split("\n"):
        say(f"crm-tui: {line}")
    if isinstance(error, SignInRefused | NoPassword):
        return SIGN_IN
    if isinstance(error, BadAddress):
        return USAGE
    if isinstance(error, ConfigError) and not isinstance(error, NotSaved):
        return USAGE
    return FAILED


def in_words(error: ApiError | ConfigError) -> str:
    """Put an error into sentences that are safe to print."""
    if isinstance(error, ConfigError):
        return str(error)
    title = f"{error.title[:1].lower()}{error.title[1:]}"
    detail = f": {safe(error.detail, limit=300).rstrip('.')}" if error.detail else ""
    advice = f" {error.advice}" if isinstance(error, _ADVISED) else ""
    return f"{title}{detail}.{advice}"
