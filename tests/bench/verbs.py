"""P11: from a verb to its painted frame, while the server answers nothing at all."""

import base64
import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.figures import Row, Yardstick, median, over_yardstick, p99
from tests.bench.measure import ANSWER_SECONDS, QUIET_MS, NotMeasuredError, program
from tests.bench.warm import Home, home_of
from tests.bench.yardstick import Yardsticks
from tests.e2e.board import LAUNCHER, STARTED, cards_are_painted
from tests.e2e.terminal import Terminal

_SETTLED_MS = 1500.0

_FRAME_ENDS = b"\x1b[?2026l"

_ROUNDS = ("L", "u")
"""The verb, and the key that takes it back at once, so that each round begins with the same board."""


class BlackHoled:
    """P11: a move and its undo with nobody at the other end."""

    id = "P11"
    title = "a verb without a server"

    def __init__(self, samples: int, *, size: int, rounds: int) -> None:
        self.samples = samples
        self._size = size
        self._rounds = rounds
        self._times: list[float] = []

    def sample(self, yardsticks: Yardsticks) -> None:
        """Move a card and take it back, again and again."""
        home = home_of(self._size)
        with hanging(home), program([LAUNCHER], home.environment) as terminal:
            terminal.first_seen(cards_are_painted, "cards on the board", STARTED)
            terminal.wait_quiet(_SETTLED_MS)
            for _ in range(self._rounds):
                self._times += [answered(terminal, key) for key in _ROUNDS]
            terminal.press("q")
            terminal.wait_exit()

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """The middle and the slowest one of a hundred, against K."""
        what = f"mirror of {self._size:,}, server silent, verb to frame"
        return [
            over_yardstick(self.id, f"{what}, median", median(self._times), 2, yardstick.key_ms),
            over_yardstick(self.id, f"{what}, p99", p99(self._times), 6, yardstick.key_ms),
        ]


def answered(terminal: Terminal, key: str) -> float:
    """Press a key; milliseconds to its first whole frame.  What the journal adds, "held", comes in a later one."""
    count = len(terminal.chunks)
    pressed = terminal.press(key)
    terminal.wait_byte(ANSWER_SECONDS)
    terminal.wait_quiet(QUIET_MS)
    data = b""
    for chunk in terminal.chunks[count:]:
        data += chunk.data
        if _FRAME_ENDS in data:
            return (chunk.time - pressed) * 1000
    raise NotMeasuredError(f"the board does not answer to {key}")


@contextmanager
def hanging(home: Home) -> Iterator[None]:
    """Have the sandbox take every request and answer none."""
    _tell(home, "POST", {"action": "hang", "times": None})
    try:
        yield
    finally:
        _tell(home, "DELETE", None)


def _tell(home: Home, method: str, body: object) -> None:
    request = urllib.request.Request(
        f"{home.url}/_sandbox/faults",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Basic {base64.b64encode(b'ana@example.com:sandbox').decode()}",
        },
    )
    with urllib.request.urlopen(request, timeout=20):
        pass
