"""What holds for every test: their order, how much generated input is tried, and what is told at the end."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.contract.table import table
from tests.service import readiness

# The first generated text of a run builds tables of all characters, which a busy machine does slowly;
# how long an example takes is measured in the benches, not judged here.
settings.register_profile("crm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("crm")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what is fast first, then what needs a terminal, then what needs a package index."""

    def effort(item: pytest.Item) -> tuple[bool, bool]:
        return item.get_closest_marker("packaging") is not None, (
            item.get_closest_marker("terminal") is not None
        )

    items.sort(key=effort)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the rows of the service's pages and what became of them, and how soon the killed were back, if any were."""
    told = {
        "the service's pages, row by row": table(terminalreporter.stats),
        "ready again": readiness.lines(terminalreporter.stats),
    }
    for title, lines in told.items():
        for number, line in enumerate(lines):
            if number == 0:
                terminalreporter.section(title)
            terminalreporter.write_line(line)
