"""How soon somebody is there again after a kill: noted in the reports, told at the end of a run, and never judged.

It is made from the reports alone, so that it comes out alike whoever ran the tests, one process or several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any, Final

AGAIN: Final = "s from opening the journal of one who was killed to a loaded book"
TAKEN_OVER: Final = "s from the end of the window that sends to the first write of another one"
"""Properties of a report; what each says stands behind its seconds."""


def lines(stats: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """Give a line for each of the two that was noted at all."""
    reports = stats.get("passed", ())
    for property_name in (AGAIN, TAKEN_OVER):
        seconds = [
            float(value)
            for report in reports
            for name, value in report.user_properties
            if name == property_name
        ]
        if seconds:
            yield f"{median(seconds):.2f}, {max(seconds):.2f} at most of {len(seconds)}: {property_name}"
