"""What sittings came to: kept whole, in their order, and never in anybody's way."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from crm_tui.config.files import locked
from crm_tui.domain.triage.meter import Tally
from crm_tui.store.sittings import MOST, Sittings
from crm_tui.structs import replace
from crm_tui.ui.metering import Metering

BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TALLY = Tally(
    began=BEGAN,
    ended=BEGAN + timedelta(minutes=5),
    decided=3,
    keys=6,
    seconds=42.5,
    p95_ms=17.5,
    done={"moved": 2, "lost": 1},
)


def test_what_was_kept_comes_back_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "sittings.json"
    assert Sittings(path).found() == ()
    assert Sittings(path).keep(TALLY)
    assert Sittings(path).found() == (TALLY,)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_sitting_takes_its_own_place_and_others_keep_theirs(tmp_path: Path) -> None:
    path = tmp_path / "sittings.json"
    one, other = Sittings(path), Sittings(path)
    later = replace(TALLY, began=BEGAN + timedelta(days=1))
    one.keep(later)
    other.keep(TALLY)
    one.keep(replace(later, decided=9))
    assert Sittings(path).found() == (TALLY, replace(later, decided=9))


def test_the_oldest_go_first(tmp_path: Path) -> None:
    path = tmp_path / "sittings.json"
    Sittings(path).keep(TALLY)
    kept = [replace(TALLY, began=BEGAN + timedelta(days=day)) for day in range(1, MOST + 1)]
    path.write_bytes(msgspec.json.encode([TALLY, *kept[:-1]]))
    Sittings(path).keep(kept[-1])
    assert Sittings(path).found() == tuple(kept)


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[3]", b'[{"began": "x"}]', b"\xff"])
def test_what_makes_no_sense_is_as_if_it_had_never_been(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sittings.json"
    path.write_bytes(content)
    assert Sittings(path).found() == ()
    assert Sittings(path).keep(TALLY)
    assert Sittings(path).found() == (TALLY,)


def test_what_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert not Sittings(tmp_path / "file" / "sittings.json").keep(TALLY)
    assert not Sittings().keep(TALLY)
    assert Sittings().found() == ()


def test_who_holds_the_file_for_ever_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "sittings.json"
    with locked(path):  # as by a window that was stopped
        assert not Sittings(path).keep(TALLY)
    assert Sittings(path).found() == ()
    assert Sittings(path).keep(TALLY)


def test_what_a_sitting_came_to_is_kept_when_it_could_not_be_before(tmp_path: Path) -> None:
    path = tmp_path / "sittings.json"
    metering = Metering(Sittings(path), clock=lambda: BEGAN, steady=lambda: 0.0)
    metering.open()
    metering.decide([7], "won")
    with locked(path):
        tally = metering.close()
    assert tally is not None
    assert Sittings(path).found() == ()
    assert metering.close() is None  # it is told once
    assert [each.decided for each in Sittings(path).found()] == [1]
