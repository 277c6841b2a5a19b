"""Gets a password from where its profile says: asked for, printed by a command, or kept in a file.

It keeps nothing.  The plain text goes to its caller, who wraps it at once; errors say what happened and never what
was read, and what a command complains of is not even read.
"""

from __future__ import annotations

import errno
import os
import re
import select
import shlex
import signal
import stat
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from getpass import getpass
from pathlib import Path
from typing import Final

from crm_tui.config.errors import NoPassword
from crm_tui.config.files import reason
from crm_tui.config.profile import Command, File, PasswordSource
from crm_tui.text import safe

COMMAND_LIMIT: Final = 30.0
"""Seconds that a command has, whoever it may ask."""

MAX_OUTPUT: Final = 64 * 1024
"""Bytes of a password."""

_TERMINAL: Final = "/dev/tty"

_STEP: Final = 0.1
"""Seconds after which a silent command is looked at: it may have left its output open to a child."""

_KEPT: Final = (
    "PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TERM|TZ|TMPDIR|DISPLAY|WAYLAND_DISPLAY"
    "|(LC|XDG|DBUS|SSH|GPG)_.*|GNUPGHOME"
    "|(PASSWORD_STORE|GOPASS|OP|BW|VAULT|KEEPASS|LPASS|AWS|CLOUDSDK)_.*"
)
"""What a command may know of the environment: the session, and the settings of keepers of passwords."""


def get_password(source: PasswordSource, user: str, *, limit: float = COMMAND_LIMIT) -> str:
    """Get a password; it may ask on the terminal.

    Raises `NoPassword` with a whole sentence, and `KeyboardInterrupt` when the user breaks off.
    """
    match source:
        case Command(argv):
            return _from_command(argv, limit)
        case File(path):
            return _from_file(Path(path).expanduser())
        case _:
            return ask_hidden(
                f"Password of {safe(user)}: ",
                "password",
                otherwise="A profile may name a password command or a password file.",
            )


def ask_hidden(question: str, what: str, *, otherwise: str = "") -> str:
    """Ask on the terminal without an echo, wherever the output goes.

    `what` names it ("password"), `otherwise` says what helps where there is no terminal.
    Raises `NoPassword` when there is none or the input ends, and `KeyboardInterrupt`.
    """
    try:
        os.close(os.open(_TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        message = f"The {what} cannot be asked for: there is no terminal."
        raise NoPassword(f"{message} {otherwise}".rstrip()) from None
    try:
        return getpass(question)
    except EOFError:
        raise NoPassword(f"No {what} was given.") from None


def _from_file(path: Path) -> str:
    named = f"The password file {safe(str(path))}"
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        handle = os.open(path, flags)
    except OSError as error:
        # For a symbolic link the system says "too many levels", which nobody would understand.
        words = "it is a symbolic link" if error.errno == errno.ELOOP else reason(error)
        raise NoPassword(f"{named} cannot be read: {words}.") from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise NoPassword(f"{named} is not a file.")
        if status.st_uid != os.geteuid():
            raise NoPassword(f"{named} belongs to another user.")
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            mend = safe(f"chmod 600 {shlex.quote(str(path))}")
            raise NoPassword(f"{named} is open to others. Mend it with: {mend}")
        with open(handle, "rb", closefd=False) as file:
            data = file.read(MAX_OUTPUT + 1)
    finally:
        os.close(handle)
    return _plain(data, named)


def _from_command(argv: tuple[str, ...], limit: float) -> str:
    deadline = time.monotonic() + limit
    home = os.path.expanduser("~")
    try:
        with _lent_terminal() as lend:
            child = subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(os.environ),
                # Not where we happen to be: programs load what lies there.
                cwd=home if os.path.isdir(home) else "/",
                process_group=0,
            )
            try:
                lend(child.pid)
                data = _output(child, deadline)
            finally:
                _end(child)
    except (OSError, ValueError) as error:
        words = reason(error) if isinstance(error, OSError) else "its words cannot be passed on"
        raise NoPassword(f"The password command cannot be started: {words}.") from None
    if child.returncode == -signal.SIGINT:
        raise KeyboardInterrupt
    if child.returncode < 0:
        raise NoPassword(f"The password command was ended by signal {-child.returncode}.")
    if child.returncode:
        raise NoPassword(f"The password command failed with exit status {child.returncode}.")
    return _plain(data, "The password command")


def _output(child: subprocess.Popen[bytes], deadline: float) -> bytes:
    """Read what a command prints until it has ended; raises `NoPassword` beyond its limits."""
    assert child.stdout is not None  # noqa: S101 - it was asked for
    pipe = child.stdout.fileno()
    data = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise NoPassword("The password command took too long and was ended.")
        # Looked at first: what it has printed is in the pipe once it has ended, and nothing of it is left behind.
        has_ended = child.poll() is not None
        if select.select([pipe], [], [], 0 if has_ended else min(left, _STEP))[0]:
            piece = os.read(pipe, MAX_OUTPUT)
            data += piece
            if len(data) > MAX_OUTPUT:
                raise NoPassword(f"The password command printed over {MAX_OUTPUT // 1024} KB.")
            if not piece:
                break
        elif has_ended:
            return data
    try:
        child.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise NoPassword("The password command took too long and was ended.") from None
    return data


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a command that has not ended, with everything that it has started."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.stdout is not None:
        child.stdout.close()


class _Lender:
    """Hands the terminal to a command, as a shell does, so that it may ask there; or does nothing."""

    def __init__(self, terminal: int | None) -> None:
        self._terminal = terminal

    def __call__(self, group: int) -> None:
        if self._terminal is None:
            return
        with suppress(OSError), _background_may_write():
            os.tcsetpgrp(self._terminal, group)
        with suppress(ProcessLookupError):
            # It may have reached for the terminal before it was its own, and been stopped for that.
            os.killpg(group, signal.SIGCONT)


@contextmanager
def _lent_terminal() -> Iterator[_Lender]:
    """Give a lender of the terminal; afterwards it is ours again and as it was, echo and all."""
    terminal = _own_terminal()
    if terminal is None:
        yield _Lender(None)
        return
    try:
        before = termios.tcgetattr(terminal)
        try:
            yield _Lender(terminal)
        finally:
            with suppress(OSError, termios.error), _background_may_write():
                os.tcsetpgrp(terminal, os.getpgrp())
                # What was typed and not read was meant for the command: it is dropped.
                termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
    finally:
        os.close(terminal)


def _own_terminal() -> int | None:
    """Open the terminal if there is one and we are in its foreground."""
    try:
        terminal = os.open(_TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return None
    with suppress(OSError):
        if os.tcgetpgrp(terminal) == os.getpgrp():
            return terminal
    os.close(terminal)
    return None


@contextmanager
def _background_may_write() -> Iterator[None]:
    """Let this thread change the terminal while another group has it; it would be stopped otherwise."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in ours.items() if re.fullmatch(_KEPT, name)}


def _plain(data: bytes, source: str) -> str:
    """Make a password of bytes: one line end at its end does not belong to it, everything else does."""
    if len(data) > MAX_OUTPUT:
        raise NoPassword(f"{source} holds over {MAX_OUTPUT // 1024} KB.")
    if data.endswith(b"\n"):
        data = data[:-2] if data.endswith(b"\r\n") else data[:-1]
    if not data:
        raise NoPassword(f"{source} gave nothing.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise NoPassword(f"{source} gave something that is not UTF-8.") from None
