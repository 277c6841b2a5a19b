"""The way to the clipboard: through tmux where it runs inside one, else by a sequence that the terminal may take.

Nobody answers whether a clipboard took anything, so it says what was sent and where to, and no more.  What it is given
is foreign text: nothing of it reaches the terminal but made safe, or in base64.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any, Final, Protocol

from crm_tui.commands.spec import Copy
from crm_tui.text import safe

MOST: Final = 32_768
"""Bytes that are sent at most: terminals take what is longer in part or not at all, and a thin line takes long."""

_PATIENCE: Final = 2.0
"""Seconds that tmux gets."""

_SHOWN: Final = 60
"""Characters of what was sent that are said."""


class Way(Enum):
    """How the clipboard is reached."""

    OFF = "off"
    TMUX = "tmux"
    TERMINAL = "terminal"


def way_of(environment: Mapping[str, str], *, is_on: bool) -> Way:
    """Say how the clipboard is reached from where the program runs."""
    if not is_on:
        return Way.OFF
    return Way.TMUX if environment.get("TMUX") else Way.TERMINAL


class Host(Protocol):
    """What of the application is needed here."""

    def copy_to_clipboard(self, text: str) -> None:
        """Ask the terminal to take a text."""

    def run_worker(self, work: Awaitable[None], *, name: str, exit_on_error: bool) -> Any:
        """Do something behind the screen."""


class Clipboard:
    """Sends what is copied."""

    def __init__(self, host: Host, way: Way, *, say: Callable[[str], None]) -> None:
        """Send by `way`; `say` tells the user what was done, in words that may hold foreign text."""
        self._host = host
        self._way = way
        self._say = say

    def take(self, step: Copy) -> None:
        """Send what a step holds, and say so once it is gone."""
        text = step.between.join(map(safe, step.texts))
        size = len(text.encode())
        shown = f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text
        what = f"{step.what}: {shown}"
        if self._way is Way.OFF:
            self._say(f"Nothing was sent, the settings keep the clipboard off. {what}")
        elif size > MOST:
            self._say(f"Nothing was sent: {size:,} bytes are more than the {MOST:,} that may be.")
        elif self._way is Way.TMUX:
            self._host.run_worker(self._to_tmux(text, what), name="clipboard", exit_on_error=False)
        else:
            self._host.copy_to_clipboard(text)
            self._say(f"Sent to the terminal, which may take it: {what}")

    async def _to_tmux(self, text: str, what: str) -> None:
        """Have tmux take it, and pass it on to its own terminal."""
        refused = await _loaded(text)
        if not refused:
            self._say(f"Sent to tmux, and by it to the terminal: {what}")
            return
        self._host.copy_to_clipboard(text)
        self._say(f"tmux did not take it ({refused}); sent to the terminal: {what}")


async def _loaded(text: str) -> str:
    """Put a text into tmux's buffer and its terminal's clipboard; give why not, in words, empty when it was done."""
    try:
        tmux = await asyncio.create_subprocess_exec(
            *("tmux", "load-buffer", "-w", "-"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        return error.strerror or "it cannot be started"
    try:
        _, said = await asyncio.wait_for(tmux.communicate(text.encode()), _PATIENCE)
    except TimeoutError:
        tmux.kill()
        await tmux.wait()
        return f"no answer within {_PATIENCE:.0f} seconds"
    words = said.decode(errors="replace").strip() or "it said nothing"
    return words if tmux.returncode else ""
