"""The table of rows and tests, printed at the end of a run: one line for each row, made from the reports alone.

The reports carry what it needs, so that it comes out alike whoever ran the tests, one process or several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

PROPERTY: Final = "contract"
"""The property of a report: table, row, dialect."""

_OUTCOMES: Final = ("passed", "failed", "error", "skipped")


@dataclass
class _Line:
    test: str
    dialects: list[str] = field(default_factory=list)
    results: dict[str, int] = field(default_factory=dict)


def described(item: pytest.Item, dialect: str) -> tuple[str, str, str]:
    """Say of a test which table and row it is about."""
    name = getattr(item, "originalname", item.name)
    row = item.name.removeprefix(name).strip("[]").removesuffix(dialect).rstrip("-")
    about = name.removeprefix("test_")
    return (about, row, dialect) if row else ("beside the rows", about.replace("_", " "), dialect)


def table(stats: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """Give the lines, in the order of the files and of the pages; none when nothing of it was run."""
    lines: dict[tuple[str, str], _Line] = {}
    for outcome, report in _reports(stats):
        properties = dict(report.user_properties)
        if PROPERTY not in properties:
            continue
        about, row, dialect = properties[PROPERTY]
        test = report.nodeid.partition("::")[0].rpartition("/")[2]
        line = lines.setdefault((about, row), _Line(test))
        line.dialects.append(dialect)
        line.results[outcome] = line.results.get(outcome, 0) + 1
    if not lines:
        return
    yield f"{'table':<20} {'row':<64} {'test':<18} {'result':<10} dialects"
    for (about, row), line in sorted(lines.items(), key=lambda each: (each[1].test, each[0])):
        result = ", ".join(f"{count} {outcome}" for outcome, count in sorted(line.results.items()))
        said = " ".join(sorted(filter(None, line.dialects)))
        yield f"{about:<20} {row:<64} {line.test:<18} {result:<10} {said}".rstrip()
    bad = sum(set(line.results) != {"passed"} for line in lines.values())
    cases = sum(sum(line.results.values()) for line in lines.values())
    yield f"{len(lines)} rows in {cases} tests; {bad} of the rows not kept"


def _reports(stats: Mapping[str, Sequence[Any]]) -> Iterable[tuple[str, Any]]:
    for outcome in _OUTCOMES:
        for report in stats.get(outcome, ()):
            if hasattr(report, "user_properties"):
                yield outcome, report
