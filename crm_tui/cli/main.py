"""The command line: what was asked, and the exit code that answers it.

What a command needs is imported when it is given: `--help` must not wait for a terminal toolkit.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from typing import Final, TextIO

from crm_tui.cli.arguments import parse
from crm_tui.process import FAILED, STOPPED, USAGE
from crm_tui.process.collecting import put_off, resume
from crm_tui.text import safe

_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What a device or file answers that takes no more."""


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments ask for; returns the exit code."""
    _speak_any_locale()
    try:
        code = _done(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # what cannot be written is to be found out here, where it can be said
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        _write_no_more(sys.stdout)  # who reads us has seen enough
        return FAILED
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        _write_no_more(sys.stdout)
        try:
            print(f"crm-tui: the output cannot be written: {error.strerror}.", file=sys.stderr)
        except OSError:  # the words have nowhere to go either
            _write_no_more(sys.stderr)
        return FAILED
    return code


def _done(arguments: Sequence[str]) -> int:
    try:
        options = parse(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else USAGE
    if options.command == "demo":
        return _demo(reset=options.reset)
    if options.command == "keys":
        return _keys()
    if options.command == "reset-terminal":
        return _reset_terminal()
    if options.command == "sandbox":
        return _sandbox(options)
    if options.command == "profile":
        return _profile(options)
    if options.command == "sign-out":
        return _sign_out(options)
    if options.command == "whoami":
        return _whoami(options)
    if options.command == "doctor":
        return _doctor(options)
    if options.command == "do":
        return _do(options)
    if options.command == "list":
        return _list(options)
    if options.command == "show":
        return _show(options)
    if options.command == "sync":
        return _sync(options)
    if options.command == "pending":
        return _pending(options)
    if options.command == "history":
        return _history(options)
    return _open(options)


def _write_no_more(stream: TextIO) -> None:
    """Let what is still buffered go nowhere, or it would complain at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _speak_any_locale() -> None:
    """Print a question mark, instead of failing, for what the terminal's encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _keys() -> int:
    from crm_tui.cli.keys import run_keys  # noqa: PLC0415 - start-up cost of `--help`

    return run_keys()


def _reset_terminal() -> int:
    from crm_tui.cli.resetting import run_reset_terminal  # noqa: PLC0415 - start-up cost of `--help`

    return run_reset_terminal()


def _demo(*, reset: bool) -> int:
    put_off()
    from crm_tui.cli.demo import run_demo  # noqa: PLC0415 - start-up cost of the toolkit

    return run_demo(reset=reset)


def _open(options: argparse.Namespace) -> int:
    put_off()
    from crm_tui.cli.opening import open_account  # noqa: PLC0415 - start-up cost of the toolkit

    return open_account(options)


def _profile(options: argparse.Namespace) -> int:
    from crm_tui.cli.profiles import run_profile  # noqa: PLC0415 - start-up cost of `--help`

    return run_profile(options)


def _sign_out(options: argparse.Namespace) -> int:
    from crm_tui.cli.signing_out import run_sign_out  # noqa: PLC0415 - start-up cost of `--help`

    return run_sign_out(options)


def _whoami(options: argparse.Namespace) -> int:
    from crm_tui.cli.whoami import run_whoami  # noqa: PLC0415 - start-up cost of httpx

    return run_whoami(options)


def _doctor(options: argparse.Namespace) -> int:
    from crm_tui.cli.doctor.run import run_doctor  # noqa: PLC0415 - start-up cost of httpx

    return run_doctor(options)


def _do(options: argparse.Namespace) -> int:
    from crm_tui.cli.doing import run_do  # noqa: PLC0415 - start-up cost of `--help`

    return run_do(options)


def _list(options: argparse.Namespace) -> int:
    from crm_tui.cli.listing import run_list  # noqa: PLC0415 - start-up cost of `--help`

    return run_list(options)


def _show(options: argparse.Namespace) -> int:
    from crm_tui.cli.showing import run_show  # noqa: PLC0415 - start-up cost of `--help`

    return run_show(options)


def _sync(options: argparse.Namespace) -> int:
    from crm_tui.cli.syncing import run_sync  # noqa: PLC0415 - start-up cost of `--help`

    return run_sync(options)


def _pending(options: argparse.Namespace) -> int:
    from crm_tui.cli.pending import run_pending  # noqa: PLC0415 - start-up cost of `--help`

    return run_pending(options)


def _history(options: argparse.Namespace) -> int:
    from crm_tui.cli.history import run_history  # noqa: PLC0415 - start-up cost of `--help`

    return run_history(options)


def _sandbox(options: argparse.Namespace) -> int:
    put_off()
    from crm_tui.cli.holding import holding  # noqa: PLC0415 - start-up cost
    from crm_tui.paths import make_private_parent, sandbox_database  # noqa: PLC0415 - start-up cost
    from crm_tui.sandbox.dialect import (  # noqa: PLC0415 - start-up cost
        BadSwitchError,
        Switches,
        assigned,
    )
    from crm_tui.sandbox.serve import run as serve  # noqa: PLC0415 - start-up cost of a web server

    resume()
    if not 0 <= options.port <= 65535:
        print("crm-tui sandbox: a port is a number from 0 to 65535.", file=sys.stderr)
        return USAGE
    if options.size < 0:
        print("crm-tui sandbox: the size is a number of opportunities.", file=sys.stderr)
        return USAGE
    switches = Switches()
    try:
        for assignment in options.switch:
            switches = assigned(switches, assignment)
    except BadSwitchError as error:
        print(f"crm-tui sandbox: {error}", file=sys.stderr)
        return USAGE
    try:
        database = options.db or make_private_parent(sandbox_database())
    except OSError as error:
        print(f"crm-tui sandbox: no place for its data: {error.strerror}.", file=sys.stderr)
        return FAILED
    # Who hands over a socket, as the demo does, holds the data itself.
    held = holding(database, alone=True) if options.fd is None else nullcontext()
    with ExitStack() as stack:
        try:
            stack.enter_context(held)
        except BlockingIOError:
            words = f"another sandbox or demo uses {safe(str(database))}; end it or name another file with --db."
            print(f"crm-tui sandbox: {words}", file=sys.stderr)
            return FAILED
        except OSError as error:
            words = f"it cannot open {safe(str(database))}: {error.strerror}."
            print(f"crm-tui sandbox: {words}", file=sys.stderr)
            return FAILED
        return serve(
            database=database,
            port=options.port if options.fd is None else None,
            fd=options.fd,
            lifeline=options.lifeline,
            size=options.size,
            seed=options.seed,
            reset=options.reset,
            switches=switches,
        )
