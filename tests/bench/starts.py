"""P0 and P3: how long it takes until the program is there."""

import json
import subprocess
import sys

from tests.bench.figures import Row, Yardstick, median, over_yardstick
from tests.bench.measure import LONGEST, NotMeasuredError, command_ms, empty_home, program
from tests.bench.yardstick import Yardsticks
from tests.e2e.board import LAUNCHER, STARTED, cards_are_painted

HEAVY = ("textual", "httpx", "pydantic")
"""Packages that the short commands must not load."""

_LOADED = """
import json, sys
from crm_tui.__main__ import main
sys.argv = ["crm-tui", sys.argv[1]]
try:
    main()
except SystemExit:
    pass
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


class FirstStart:
    """P0: the first ever start of the demo, in an empty home, to its first cards."""

    id = "P0"
    title = "first start of the demo to its cards"

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self._starts: list[float] = []

    def sample(self, yardsticks: Yardsticks) -> None:
        """Start once, and end by `q`."""
        with empty_home() as environment, program([LAUNCHER, "demo"], environment) as terminal:
            painted = terminal.first_seen(cards_are_painted, "cards on the board", STARTED)
            self._starts.append((painted - terminal.started) * 1000)
            terminal.press("q")
            terminal.wait_exit()

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """The median against four times T."""
        figure = median(self._starts)
        return [over_yardstick("P0", self.title, figure, 4, yardstick.paint_ms)]


class ShortCommands:
    """P3: the commands that only print."""

    id = "P3"
    title = "commands that only print"
    options = ("--help", "--version")

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self._runs: dict[str, list[float]] = {option: [] for option in self.options}

    def sample(self, yardsticks: Yardsticks) -> None:
        """Run each once."""
        for option, runs in self._runs.items():
            with empty_home() as environment:
                runs.append(command_ms([str(LAUNCHER), option], environment))

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """Medians against 0.35 T; and no heavy package is loaded."""
        rows = []
        for option, runs in self._runs.items():
            figure = median(runs)
            rows.append(over_yardstick("P3", f"crm-tui {option}", figure, 0.35, yardstick.paint_ms))
            heavy = sorted(loaded_by(option).intersection(HEAVY))
            what = f"crm-tui {option}, heavy packages loaded"
            rows.append(Row("P3", what, len(heavy), "", budget=0, note=" ".join(heavy)))
        return rows


def loaded_by(option: str) -> set[str]:
    """Return the top-level packages that are loaded when the command line is done with *option*."""
    with empty_home() as environment:
        result = subprocess.run(
            [sys.executable, "-c", _LOADED, option],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
    last = result.stderr.strip().splitlines()[-1]
    if result.returncode:
        raise NotMeasuredError(last)
    return {name.split(".")[0] for name in json.loads(last)}
