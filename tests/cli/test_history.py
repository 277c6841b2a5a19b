"""``crm-tui history``: what the sittings came to, as a table and as JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crm_tui.domain.triage.meter import Tally
from crm_tui.paths import sittings_file
from crm_tui.store.sittings import Sittings
from tests.cli.headless import program

BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def added() -> None:
    """Write a profile down."""
    url, user = "https://spaces.nexudus.com/api", "ana@example.com"
    assert program("profile", "add", "riverside", "--url", url, "--user", user).code == 0


def test_sittings_are_listed_oldest_first() -> None:
    added()
    assert program("history").err == "No sitting at the triage queue was kept yet.\n"
    assert program("history", "--json").json == []
    for day, decided in ((1, 4), (0, 2)):
        began = BEGAN + timedelta(days=day)
        Sittings(sittings_file("riverside")).keep(
            Tally(
                began=began,
                ended=began + timedelta(minutes=3),
                decided=decided,
                keys=7,
                seconds=50.0,
                median_ms=8.5,
                p95_ms=21.0,
                p99_ms=30.0,
                done={"moved": 3, "lost": 1},
            )
        )
    head, first, second = program("history").out.splitlines()
    assert head.split("  ")[0] == "began"
    assert first.split()[2:] == ["2", "3.5", "25.0", "21", "3", "moved,", "1", "lost"]
    assert second.split()[2] == "4"
    assert program("history", "--json").json[0] == {
        "began": "2026-03-02T09:30:00+00:00",
        "ended": "2026-03-02T09:33:00+00:00",
        "decided": 2,
        "keys": 7,
        "seconds": 50.0,
        "keys_per_item": 3.5,
        "seconds_per_item": 25.0,
        "latency_ms": {"p50": 8.5, "p95": 21.0, "p99": 30.0},
        "done": {"moved": 3, "lost": 1},
    }


def test_without_an_account_it_says_how_to_begin() -> None:
    assert program("history").code == 2
