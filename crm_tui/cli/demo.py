"""``crm-tui demo``: a sandbox as a child process on a private Unix socket, and the application on it.

The socket is made here and inherited, so the child needs no port and the first request can be sent before it is
ready.  It ends when the pipe that it inherited closes, however this process came to its end.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from crm_tui.api.address import Address
from crm_tui.api.auth import Basic, Secret
from crm_tui.cli.account import Account
from crm_tui.cli.holding import holding
from crm_tui.cli.opening import run_app
from crm_tui.cli.output import explain
from crm_tui.cli.surroundings import what_is_missing
from crm_tui.config.errors import ConfigError
from crm_tui.config.profile import Profile
from crm_tui.config.settings import Settings
from crm_tui.paths import (
    DEMO,
    demo_database,
    demo_log,
    demo_mirror,
    journal_file,
    make_private_parent,
    make_socket_dir,
)
from crm_tui.process import FAILED, USAGE
from crm_tui.store.mirror import Mirror
from crm_tui.text import safe

_URL: Final = "http://localhost/api"
_USER: Final = "ana@example.com"

_SIGN_IN: Final = Basic(_USER, Secret("sandbox"))
"""The user that the sandbox makes; it guards nothing, since only this user can open the socket."""

_GRACE: Final = 3.0
"""Seconds that the sandbox gets to end by itself."""


def run_demo(*, reset: bool) -> int:
    """Start the sandbox, open the board on it, end the sandbox; returns the exit code."""
    missing = what_is_missing()
    if missing:
        print(f"crm-tui: {missing}", file=sys.stderr)
        return USAGE
    try:
        settings = Settings.load()
    except ConfigError as error:
        return explain(error)
    try:
        database = make_private_parent(demo_database())
        log = make_private_parent(demo_log())
        folder = make_socket_dir()
    except OSError as error:
        where = safe(str(error.filename))
        print(f"crm-tui: no place for the demo's data: {where}: {error.strerror}.", file=sys.stderr)
        return FAILED
    address = Address.parse(_URL, str(folder / "demo.sock"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            stack.enter_context(holding(database, alone=reset))
            data = _new() if reset else _identity(database)
            if reset:
                # What was to be sent was meant for records that are no more.
                journal_file(DEMO).unlink(missing_ok=True)
            child = stack.enter_context(_sandbox(address, database, log, reset=reset))
        except BlockingIOError:
            other = "another demo is open; leave it before --reset."
            if not reset:
                other = f"a sandbox serves {safe(str(database))}; end it first."
            print(f"crm-tui: {other}", file=sys.stderr)
            return FAILED
        except OSError as error:
            where = safe(str(error.filename or folder))
            why = error.strerror or error
            print(f"crm-tui: the demo cannot start: {where}: {why}.", file=sys.stderr)
            return FAILED

        def why_gone() -> str:
            return "" if child.poll() is None else _last_words(log, database)

        account = Account(Profile(name=DEMO, url=_URL, user=_USER), address, _SIGN_IN)
        with closing(Mirror(demo_mirror(), data)) as mirror:
            code = run_app(account, settings, mirror, source="demo", why_gone=why_gone)
            mirror.assign(_identity(database))
        gone = why_gone()
    if gone:
        print(f"crm-tui: {gone}", file=sys.stderr)
        return FAILED
    return code


def _identity(database: Path) -> str:
    """Tell one file of data from another that takes its place."""
    try:
        status = database.stat()
    except FileNotFoundError:
        return _new()
    return f"{status.st_dev}:{status.st_ino}"


def _new() -> str:
    """Name data that is not there yet like no other, so that nothing is known of it."""
    return f"new {secrets.token_hex(8)}"


@contextmanager
def _sandbox(
    address: Address, database: Path, log: Path, *, reset: bool
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the sandbox on a listening socket of ours, until the context is left."""
    listener = socket.socket(socket.AF_UNIX)
    life, lifeline = os.pipe()
    try:
        listener.bind(address.socket or "")
        listener.listen()
        command = [sys.executable, "-P", "-m", "crm_tui", "sandbox", "--db", str(database)]
        command += ["--fd", str(listener.fileno()), "--lifeline", str(life)]
        with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as errors:
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
                command + (["--reset"] if reset else []),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=(listener.fileno(), life),
            )
    finally:
        listener.close()
        os.close(life)
    try:
        yield child
    finally:
        os.close(lifeline)
        try:
            child.wait(_GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _last_words(log: Path, database: Path) -> str:
    """Say that the sandbox has ended and why, fit to be shown, and what helps."""
    try:
        lines = log.read_text(errors="replace").split("\n")
    except OSError:
        lines = []
    said = [line for line in lines if line.strip()]
    why = safe(said[-1]) if said else "It said nothing."
    return f"The demo's sandbox has ended. {why} If its data is damaged, move {safe(str(database))} away."
