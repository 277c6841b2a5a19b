"""What is told of a fault of our own: where it happened, and nothing that was in memory.

Neither the value of a variable nor what an error says is ever told: both may hold a password or a customer.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from crm_tui import __version__
from crm_tui.paths import crash_file, make_private_parent
from crm_tui.text import SafeText, safe

_HEADLINE: Final = "crm-tui has failed ({kinds}). This is a fault of the program, not of yours."

_DEPTH: Final = 10
"""Errors behind an error that are told at most; they may go round in a circle."""


def last_words(errors: Sequence[BaseException]) -> list[SafeText]:
    """Keep a report of faults in the crash file, and give the words that name it.

    Where there is no place for the file, the words are the report itself.
    """
    report = [line for error in errors for line in told(error)]
    file = _kept(report)
    headline = safe(_HEADLINE.format(kinds=", ".join(dict.fromkeys(_kinds(errors)))))
    if file is None:
        return [headline, *report]
    return [headline, safe(f"{file} says where it happened; no data and no password are in it.")]


def told(error: BaseException) -> list[SafeText]:
    """Tell where an error happened, and where those behind it did, line by line."""
    return [safe(line) for text in _told(error, 0) for line in text.rstrip("\n").split("\n")]


def tell(error: BaseException) -> None:
    """Tell on standard error what nobody has caught."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write("".join(f"{line}\n" for line in last_words([error])))


def report_from_threads(report: Callable[[Exception], None]) -> None:
    """Call `report`, on the event loop that is running now, with what nobody catches in a thread or a task."""
    loop = asyncio.get_running_loop()

    def from_thread(args: threading.ExceptHookArgs) -> None:
        if isinstance(args.exc_value, Exception) and not loop.is_closed():
            loop.call_soon_threadsafe(report, args.exc_value)

    def from_task(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception) and not _came_too_late(error):
            report(error)

    threading.excepthook = from_thread
    loop.set_exception_handler(from_task)


def _came_too_late(error: Exception) -> bool:
    """Say whether the loop has only woken someone who had just been told to stop; nothing is lost by it.

    A Unix socket that becomes readable in the very turn in which its reader is cancelled does that: the library
    gives the loop the bare future to wake (anyio's issue 1267 is of the same family).  It is told by having no
    frame but the loop's own; ours would have one more.
    """
    trace = error.__traceback__
    return (
        isinstance(error, asyncio.InvalidStateError) and trace is not None and trace.tb_next is None
    )


def _kinds(errors: Iterable[BaseException]) -> Iterator[str]:
    for error in errors:
        if isinstance(error, BaseExceptionGroup):
            yield from _kinds(error.exceptions)
        else:
            yield type(error).__name__


def _told(error: BaseException, depth: int) -> Iterator[str]:
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if behind is not None and depth < _DEPTH:
        yield from _told(behind, depth + 1)
        yield "Then, because of it or while it was dealt with:"
    yield "Traceback (most recent call last):"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, BaseExceptionGroup) and depth < _DEPTH:
        for number, inner in enumerate(error.exceptions, 1):
            yield f"{number} of {len(error.exceptions)} in it:"
            yield from _told(inner, depth + 1)


def _kept(report: Sequence[str]) -> Path | None:
    """Write the report where only its owner can read it; none when that is impossible."""
    python = ".".join(map(str, sys.version_info[:3]))
    versions = f"crm-tui {__version__}, Python {python}, {sys.platform}"
    text = "".join(f"{line}\n" for line in (versions, *report))
    try:
        file = make_private_parent(crash_file())
        # A new file each time: one that lies there may be open to others, or lead elsewhere.
        file.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with open(os.open(file, flags, 0o600), "w", encoding="utf-8") as opened:
            opened.write(text)
    except OSError:
        return None
    return file
