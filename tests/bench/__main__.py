"""`python -m tests.bench [--quick] [--json FILE] [id ...]`: measure, and print figure beside budget.

Exit status 0 when everything could be measured, whatever the figures; 1 otherwise. A figure is a
ratio against a bare application of the same run, or a count that does not depend on the machine.
"""

import argparse
import compileall
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import crm_tui
from tests.bench.board import BoardCursor
from tests.bench.bulk import Bulk
from tests.bench.figures import UNMEASURED, Row, Yardstick, table, unmeasured
from tests.bench.filtering import Filtering
from tests.bench.first_load import LoadOnScreen
from tests.bench.held import HeldKey
from tests.bench.idle import Idle
from tests.bench.leaving import Leaving
from tests.bench.limits import Writes
from tests.bench.measure import NotMeasuredError
from tests.bench.memory import Memory
from tests.bench.record import RecordCursor
from tests.bench.screens import Turns
from tests.bench.search import Searching
from tests.bench.sitting import Deciding, Sitting
from tests.bench.starts import FirstStart, ShortCommands
from tests.bench.syncing import FirstLoad, Look
from tests.bench.triage import Ranking
from tests.bench.verbs import BlackHoled
from tests.bench.warm import WarmStart
from tests.bench.yardstick import Yardsticks
from tests.e2e.terminal import NotSeenError

_WARM = {2_400: (1.35, 3.0), 5_000: (1.35, 3.0)}
_LARGE = {50_000: (1.45, 3.0), 100_000: (1.5, 5.0)}
_LARGER_THAN_MOST = {50_000: _LARGE[50_000]}
"""Size of the book in the mirror → times T to the board painted, and to all rows read."""


class Measurement(Protocol):
    """Something that is sampled several times and becomes rows of the report."""

    id: str
    title: str
    samples: int
    """How many to take in a run."""

    def sample(self, yardsticks: Yardsticks) -> None:
        """Take one sample."""

    def rows(self, yardstick: Yardstick) -> list[Row]:
        """Sum up all samples."""


def measurements(*, quick: bool) -> list[Measurement]:
    """Everything that can be measured, in the order of the report."""
    if quick:
        return [
            *(FirstStart(2), WarmStart("P1", _WARM, 2), WarmStart("P2", _LARGER_THAN_MOST, 2)),
            *(ShortCommands(2), BoardCursor(1, rounds=2, scrolls=2)),
            *(RecordCursor(1, records=4, rounds=1), HeldKey(1), Turns(1, rounds=2), Idle(1)),
            *(
                FirstLoad(1),
                LoadOnScreen(1),
                Look(2),
                Writes(),
                Leaving(2),
                BlackHoled(1, size=50_000, rounds=5),
            ),
            Searching(1, (5_000, 50_000), rounds=3),
            Filtering(1, rounds=5),
            Memory(1, (5_000, 50_000)),
            Ranking(1, rounds=5),
            Bulk(1, size=50_000, rounds=3),
            Deciding(1, (5_000, 50_000), rounds=5),
            Sitting(1, (5_000,)),
        ]
    return [
        *(FirstStart(7), WarmStart("P1", _WARM, 7), WarmStart("P2", _LARGE, 5)),
        *(ShortCommands(7), BoardCursor(7, rounds=4, scrolls=6)),
        *(RecordCursor(4, records=6, rounds=3), HeldKey(4), Turns(4, rounds=4), Idle(2)),
        *(
            FirstLoad(3),
            LoadOnScreen(3),
            Look(7),
            Writes(),
            Leaving(7),
            BlackHoled(4, size=50_000, rounds=25),
        ),
        Searching(3, (5_000, 50_000, 100_000), rounds=6),
        Filtering(3, rounds=9),
        Memory(2, (5_000, 50_000, 100_000)),
        Ranking(4, rounds=5),
        Bulk(4, size=50_000, rounds=5),
        Deciding(4, (5_000, 50_000, 100_000), rounds=25),
        Sitting(1, (5_000, 50_000, 100_000)),
    ]


def run(chosen: Sequence[Measurement]) -> list[Row]:
    """Take all samples, a bare start between any two measurements, and return the report's rows."""
    yardsticks = Yardsticks()
    failed: dict[str, Row] = {}
    for number in range(max(measurement.samples for measurement in chosen)):
        for measurement in chosen:
            if measurement.id in failed or number >= measurement.samples:
                continue
            yardsticks.sample()
            try:
                measurement.sample(yardsticks)
            except (NotMeasuredError, NotSeenError, subprocess.TimeoutExpired) as error:
                failed[measurement.id] = unmeasured(measurement.id, measurement.title, str(error))
    if not yardsticks.paints:
        yardsticks.sample()
    rows = yardsticks.rows()
    for measurement in chosen:
        if measurement.id in failed:
            rows.append(failed[measurement.id])
            continue
        try:
            rows += measurement.rows(yardsticks.yardstick())
        except NotMeasuredError as error:
            rows.append(unmeasured(measurement.id, measurement.title, str(error)))
    return rows


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    return {
        "cpus": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "ids", nargs="*", metavar="id", help="P0 to P17, P19 to P21; all when none is named"
    )
    parser.add_argument("--quick", action="store_true", help="few samples: for scale, not proof")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    options = parser.parse_args(arguments)
    everything = measurements(quick=options.quick)
    known = [measurement.id for measurement in everything]
    for wanted in options.ids:
        if wanted not in known:
            parser.error(f"{wanted} is not one of {', '.join(known)}")
    chosen = [one for one in everything if not options.ids or one.id in options.ids]
    # pip compiles what it installs; an editable installation is compiled by its first start.
    compileall.compile_dir(str(Path(crm_tui.__file__).parent), quiet=2)
    rows = run(chosen)
    print(table(rows))
    if options.json:
        document = {"machine": machine(), "rows": [row.as_json() for row in rows]}
        options.json.write_text(json.dumps(document, indent=1) + "\n")
    return 1 if any(row.verdict == UNMEASURED for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
