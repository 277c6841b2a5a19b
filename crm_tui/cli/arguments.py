"""The parser of the command line.  It takes no password anywhere: what stands in an argument, others can read."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from crm_tui import __version__
from crm_tui.cli.reading_flags import add_reading, with_terms
from crm_tui.sandbox.guide import GUIDE
from crm_tui.text import safe

_EPILOG: Final = """\
examples:
  crm-tui demo                        a board to play with, on a sandbox of its own
  crm-tui profile add riverside --url https://spaces.nexudus.com/api --user you@example.com
  crm-tui                             the board of your default profile
  crm-tui do "move 42 'Office tour'"  one change, from a script
  crm-tui list 'due<today' --csv      what a filter finds, for other programs
  crm-tui pending                     what is not sent yet, or waits for you
  crm-tui history                     what your sittings at the triage queue came to
  crm-tui doctor                      what is wrong, if anything is
  crm-tui sandbox --port 8800         a small Nexudus on this machine
"""

_ADD: Final = """\
The password is asked for at every start, unless a command prints it or a file of yours holds it:

  crm-tui profile add riverside --url URL --user YOU --password-command pass show nexudus
  crm-tui profile add riverside --url URL --user YOU --password-file ~/.nexudus
"""


_DO: Final = """\
Give one command as its keys would, and wait for what becomes of it:

  move ID … STAGE             to a stage, by its name or as #ID
  follow-up ID … DAY          12 nov, +10d, fri; none
  lost ID … REASON            for a reason, by its name or as #NUMBER
  won ID …                    reopen ID …
  owner ID … OWNER            by name or as #ID; me, nobody
  to-me ID …                  taken over as yours
  value ID … AMOUNT           2500; - for none
  source ID … SOURCE          by its name or as #NUMBER; none
  type ID … TYPE              one of its location, by its name or as #ID; none
  note ID … TEXT              added to the notes, with the day and your name
  canned-note ID … NAME       a text kept ready, by its name or as #ID, added likewise
  task ID … TEXT              for the customer, yours; with a day behind it: call back @fri
  next-stage ID …             previous-stage ID …
  lower ID [PLACES]           higher ID [PLACES]
  undo                        take back the last change; what was not sent yet is cancelled
  redo                        do again what was taken back last
  retry NUMBER                ask again for an entry that `crm-tui pending` lists

As one argument, or as several; what follows the IDs is taken whole, and needs no quotes. An ID is that of
an opportunity. Where a number may be an ID or begin a text, a colon parts them: note 42 43: 4 desks.
Several IDs are shown with what would become of each, and need --yes. What earlier windows left
to be sent is sent, too.
"""

_COMMAND: Final = "--password-command"


class _Parser(argparse.ArgumentParser):
    """A parser that takes no shortened flags: a script that uses one breaks when another begins like it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print help or the version; argparse would pass over in silence that it cannot be written."""
        to = file or sys.stderr
        if message and to is not None:
            to.write(message)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, without the value of a flag that nobody knows: it may be a password."""
        begin, unknown, words = message.partition("unrecognized arguments: ")
        if unknown:
            flags = [word.partition("=")[0] for word in words.split() if word.startswith("-")]
            message = f"{begin}unknown: {', '.join(flags) or 'more arguments than it takes'}"
        begin, wrong, words = message.partition("invalid choice: ")
        if wrong:
            message = f"{begin}there is no such choice {words[words.rfind('(choose') :]}"
        super().error(safe(message))


class _NotPlain(Exception):
    """What was given asks for more than an account."""


class _AccountOnly(_Parser):
    """A parser of the flags of an account that has no words of its own for what it does not take."""

    def error(self, message: str) -> NoReturn:
        """Leave it to the whole parser."""
        raise _NotPlain(message)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the arguments; ends the program with words when they make no sense, as argparse does."""
    words = with_terms(arguments)
    command: list[str] | None = None
    if _COMMAND in words:
        # What follows belongs to another program, `--` and all: argparse has no eye for that.
        at = words.index(_COMMAND) + 1
        words, command = words[:at], words[at:]
    options = _plain(words) or parser().parse_args(words)
    if command is not None:
        options.password_command = command
    return options


def _plain(words: Sequence[str]) -> argparse.Namespace | None:
    """Read what asks for no command, if it does not: to make all their parsers would cost every start."""
    account = _AccountOnly(prog="crm-tui", add_help=False)
    account.set_defaults(command=None)
    _add_account(account, default=None)
    try:
        options, others = account.parse_known_args(words)
    except _NotPlain:
        return None
    return None if others or "--" in words else options


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    top = _Parser(
        prog="crm-tui",
        description="Work through the sales opportunities of a coworking space on Nexudus.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"crm-tui {__version__}")
    _add_account(top, default=None)
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    demo = commands.add_parser(
        "demo",
        help="open the board on a sandbox that starts and ends with it",
        description="Open the board on a sandbox of its own. What you change is there next time.",
    )
    demo.add_argument("--reset", action="store_true", help="begin with fresh data")

    commands.add_parser("keys", help="print the table of keys")
    commands.add_parser(
        "reset-terminal",
        help="put a terminal right that a program has left in disorder",
        description="Put a terminal right that a program has left in disorder, as when it was killed. "
        "You may have to type it without seeing what you type.",
    )

    whoami = commands.add_parser("whoami", help="ask the server who you are")
    whoami.add_argument("--json", action="store_true", help="print JSON")
    doctor = commands.add_parser(
        "doctor",
        help="look for what is wrong",
        description="Look at profile, terminal, address, TLS, sign-in, roles and locations, one by one. "
        "Exits with 0 when nothing is wrong, 4 when sign-in is, else 1.",
    )
    for asking in (whoami, doctor, *_add_headless(commands), *add_reading(commands)):
        _add_account(asking, default=argparse.SUPPRESS)
    sign_out = commands.add_parser(
        "sign-out",
        help="forget the tokens of a profile, and its book",
        description="Forget the tokens of a profile that signs in by token, and delete what this machine keeps of "
        "its book, but for changes that are not sent. Windows that are open go on until their token has ended.",
    )
    sign_out.add_argument(
        "--profile",
        metavar="NAME",
        type=_given,
        default=argparse.SUPPRESS,
        help="profile to sign out of",
    )
    _add_profile(commands)
    _add_sandbox(commands)
    return top


def _add_headless(commands: Any) -> tuple[argparse.ArgumentParser, ...]:
    """Add the commands that do without a terminal what the board does."""
    do = commands.add_parser(
        "do",
        help="give one command without the board, such as a move",
        description=_DO,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    do.add_argument("line", metavar="WORD", nargs="+", help="the command and what it is about")
    do.add_argument("--yes", action="store_true", help="agree to what would be shown first")
    do.add_argument(
        "--no-wait",
        dest="wait",
        action="store_false",
        help="ask no server: leave it in the journal, for the next window to send",
    )
    do.add_argument("--json", action="store_true", help="print JSON")
    sync = commands.add_parser(
        "sync",
        help="bring the local copy of the book up to date",
        description="Ask the server for what has changed, so that the next start has it. Nothing is written there.",
    )
    sync.add_argument("--full", action="store_true", help="list everything anew")
    pending = commands.add_parser(
        "pending",
        help="list the changes that are not sent, or wait for you",
        description="List what the journal holds and the server does not have yet: held, queued, in conflict, "
        "unknown, parked. Asks no server, and serves while a window is open, too.",
    )
    pending.add_argument("--all", action="store_true", help="everything that the journal still has")
    pending.add_argument("--json", action="store_true", help="print JSON")
    history = commands.add_parser(
        "history",
        help="list what your sittings at the triage queue came to",
        description="List the sittings at the triage queue: items decided, keys and seconds for each, what was done. "
        "They are kept on this machine and never sent anywhere.",
    )
    history.add_argument("--json", action="store_true", help="print JSON")
    return do, sync, pending, history


def _add_account(to: argparse.ArgumentParser, *, default: Any) -> None:
    """Add the flags that say which account is meant."""
    to.add_argument(
        "--profile", metavar="NAME", type=_given, default=default, help="profile to use"
    )
    to.add_argument("--url", default=default, help="address of the service, with https")
    _add_plain_http(to, default=False if default is None else default)
    to.add_argument(
        "--user", type=_given, default=default, help="e-mail of the user; the password is asked for"
    )


def _given(text: str) -> str:
    """Take a value that is one: an empty one, as of a variable that is not set, means nobody."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty")
    return text


def _add_plain_http(to: argparse.ArgumentParser, *, default: Any) -> None:
    to.add_argument(
        "--plain-http",
        action="store_true",
        default=default,
        help="take an address with http, for a server on this machine such as the sandbox",
    )


def _add_profile(commands: Any) -> None:
    profile = commands.add_parser(
        "profile",
        help="add, list, show or remove profiles",
        description="A profile is an account: where it is, who you are there, and where the password comes from.",
    )
    actions = profile.add_subparsers(dest="action", metavar="ACTION", required=True)

    add = actions.add_parser(
        "add",
        help="add a profile",
        description=_ADD,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add.add_argument("name", metavar="NAME", help="letters, digits, - and _")
    add.add_argument("--url", required=True, help="address of the service, with https")
    _add_plain_http(add, default=argparse.SUPPRESS)
    add.add_argument("--user", required=True, help="e-mail of the user")
    add.add_argument(
        "--sign-in",
        choices=("basic", "token"),
        default="basic",
        help="with each request (basic), or once for a token",
    )
    add.add_argument("--read-only", action="store_true", help="never write to this account")
    add.add_argument("--production", action="store_true", help="real customers: mark it")
    add.add_argument("--default", action="store_true", help="open this one when none is named")
    add.add_argument(
        "--password-file", metavar="PATH", help="file that holds it; only you may read it"
    )
    add.add_argument(
        _COMMAND,
        nargs=argparse.REMAINDER,
        metavar="ARG",
        help="program that prints it, with its arguments; comes last, no shell reads it",
    )

    listing = actions.add_parser("list", help="list the profiles; * marks the default")
    listing.add_argument("--json", action="store_true", help="print JSON")

    showing = actions.add_parser("show", help="show a profile")
    showing.add_argument("name", metavar="NAME")
    showing.add_argument("--json", action="store_true", help="print JSON")

    removing = actions.add_parser(
        "remove",
        help="remove a profile",
        description="Remove a profile, with its tokens and what this machine keeps of its book.",
    )
    removing.add_argument("name", metavar="NAME")
    removing.add_argument("--drop", action="store_true", help="even if changes are not sent yet")
    choosing = actions.add_parser("default", help="choose the default")
    choosing.add_argument("name", metavar="NAME")


def _add_sandbox(commands: Any) -> None:
    sandbox = commands.add_parser(
        "sandbox",
        help="serve a small Nexudus on this machine",
        description="Serve a small Nexudus on the loopback address, over its own SQLite file.",
        epilog=GUIDE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sandbox.add_argument(
        "--port", type=int, default=8800, help="port to listen on (8800); 0 takes any free one"
    )
    sandbox.add_argument("--db", type=Path, help="file that keeps the data")
    sandbox.add_argument("--size", type=int, default=2400, help="opportunities in fresh data")
    sandbox.add_argument("--seed", type=int, default=1, help="number that fresh data is made from")
    sandbox.add_argument("--reset", action="store_true", help="begin with fresh data")
    sandbox.add_argument(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what the service is like at the start; see below",
    )
    sandbox.add_argument("--fd", type=int, help=argparse.SUPPRESS)
    sandbox.add_argument("--lifeline", type=int, help=argparse.SUPPRESS)
