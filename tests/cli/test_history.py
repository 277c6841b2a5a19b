"""``crm-tui history``: what the sittings came to, as a table and as JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm_tui.domain.triage.meter import Tally
from crm_tui.paths import DEMO, sittings_file
from crm_tui.store.sittings import Sittings
from tests.cli.headless import program

BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def added() -> None:
    """Write a profile down."""
    url, user = "https://spaces.nexudus.com/api", "ana@example.com"
    assert program("profile", "add", "riverside", "--url", url, "--user", user).code == 0


def sat(name: str, decided: int, day: int = 0) -> None:
    """Keep a sitting for a profile, or for the demo."""
    began = BEGAN + timedelta(days=day)
    Sittings(sittings_file(name)).keep(
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


def test_sittings_are_listed_oldest_first() -> None:
    added()
    assert program("history").err == "No sitting at the triage queue was kept yet.\n"
    assert program("history", "--json").json == []
    for day, decided in ((1, 4), (0, 2)):
        sat("riverside", decided, day)
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
    done = program("history")
    assert done.code == 2
    assert "`crm-tui demo`" in done.err


def test_where_only_the_demo_was_used_its_sittings_are_listed() -> None:
    sat(DEMO, 4)
    done = program("history")
    assert (done.code, done.err) == (
        0,
        "There is no profile yet, so these are the sittings of the demo.\n",
    )
    assert done.out.splitlines()[1].split()[2] == "4"
    named = program("history", "--profile", DEMO)
    assert (named.code, named.out, named.err) == (0, done.out, "")


def test_the_sittings_of_the_demo_are_asked_for_by_its_name_once_there_is_a_profile() -> None:
    sat(DEMO, 4)
    added()
    assert program("history").err == "No sitting at the triage queue was kept yet.\n"
    assert program("history", "--profile", DEMO, "--json").json[0]["decided"] == 4


@pytest.mark.parametrize("command", [["list"], ["pending"], ["show", "1"], ["do", "won", "1"]])
@pytest.mark.parametrize("flags", [[], ["--profile", DEMO]])
def test_what_the_demo_has_not_says_where_its_own_things_are(
    command: list[str], flags: list[str]
) -> None:
    done = program(*command, *flags)
    assert done.code == 2
    assert "The demo has none: `crm-tui demo` opens it, `crm-tui history` lists" in done.err
    assert f"`crm-tui {command[0]}` needs an account; add yours: crm-tui profile add" in done.err


def test_beside_profiles_the_demo_is_none_either() -> None:
    added()
    assert program("pending", "--profile", DEMO).err.startswith(
        "crm-tui: There is no profile `demo`. The demo has none: `crm-tui demo` opens it"
    )
