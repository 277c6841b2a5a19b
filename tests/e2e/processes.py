"""Processes below a program: who they are, and how they are ended for certain.

Only processes that descend from a given one, or share its session, are ever looked at. Each is
known by its number and the moment it began, so a number that was given to somebody else in the
meantime is left alone.
"""

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_PROC = Path("/proc")
_STEP = 0.01
"""Seconds between two looks where the system cannot tell by itself that a process has ended."""

_KILLED = 5.0
"""Seconds that a killed process has to be gone."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process as it was when it was found; the same one as another with its number and begin."""

    pid: int
    began: str
    parent: int = field(compare=False)
    session: int = field(compare=False)
    state: str = field(compare=False)

    def is_alive(self) -> bool:
        """Whether this very process still runs; one that ended and waits to be collected does not."""
        now = _look(self.pid)
        return now is not None and now.began == self.began and now.state != "Z"


def family(root: int) -> list[Process]:
    """Return the living processes below *root* and those of its session, itself left out.

    Where there is no `/proc` the answer is empty.
    """
    if not _PROC.is_dir():
        return []
    found = [_look(int(entry.name)) for entry in _PROC.iterdir() if entry.name.isdigit()]
    alive = [process for process in found if process and process.state != "Z"]
    members = {root}
    grown = True
    while grown:
        more = {p.pid for p in alive if p.parent in members or p.session == root}
        grown = not more <= members
        members |= more
    return [process for process in alive if process.pid in members - {root}]


def end(processes: Iterable[Process], grace: float) -> list[Process]:
    """Wait *grace* seconds for processes to end by themselves, then kill the rest; return those."""
    left = [process for process in processes if process.is_alive()]
    deadline = time.monotonic() + grace
    while left and time.monotonic() < deadline:
        wait_ended(left[0].pid, min(_STEP, deadline - time.monotonic()))
        left = [process for process in left if process.is_alive()]
    for process in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    for process in left:
        deadline = time.monotonic() + _KILLED
        while process.is_alive() and time.monotonic() < deadline:
            wait_ended(process.pid, deadline - time.monotonic())
    return left


def wait_ended(pid: int, timeout: float) -> None:
    """Return when process *pid* has ended, or at the timeout."""
    timeout = max(0.0, timeout)
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    except (AttributeError, OSError):  # not Linux, or an old one
        select.select([], [], [], min(_STEP, timeout))
        return
    try:
        select.select([handle], [], [], timeout)
    finally:
        os.close(handle)


def is_at_work(pid: int) -> bool:
    """Whether a thread of a process has something to do now: it runs, waits for its turn, or for a disk."""
    try:
        threads = list((_PROC / str(pid) / "task").iterdir())
    except OSError:  # it has ended, or there is no /proc
        return False
    for thread in threads:
        with contextlib.suppress(OSError):
            text = (thread / "stat").read_text()
            if text[text.rindex(")") + 2] in "RD":
                return True
    return False


def _look(pid: int) -> Process | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:  # it has ended
        return None
    fields = text[text.rindex(")") + 2 :].split()
    return Process(pid, fields[19], int(fields[1]), int(fields[3]), fields[0])
