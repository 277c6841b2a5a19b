"""The mirror on real files: what is kept comes back, and what cannot be trusted does not."""

from __future__ import annotations

import random
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from crm_tui.domain.ageing import Limit
from crm_tui.domain.moves import Moved
from crm_tui.domain.offers import CannedNote, OpportunityType, TaskList
from crm_tui.domain.rows import ORDER, Board, OpportunityRow, Stage
from crm_tui.store.known import Around, Cursors, Known, Listing, Offered
from crm_tui.store.mirror import DAMAGED, OTHER_VERSION, Mirror
from crm_tui.store.mirror_file import APPLICATION_ID, VERSION
from crm_tui.structs import replace

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BOARD = Board(500, "Sales", 7, "Soho", archived=False)
STAGE = Stage(5001, 500, "New \x1b[2J \u202e", 0, "GBP", wins=True, macro_id=5, task_list_id=6)
ROW = OpportunityRow(
    id=1,
    stage_id=5001,
    stage=STAGE.name,
    board_id=500,
    position=3,
    status=1,
    customer_id=9,
    customer="Zoë \x07\x1b]0;x\x07 \u202e静か e\u0301 [/]\n",
    company="",
    email="z@example.com",
    name="",
    value=Decimal("12345678901234567.89"),
    currency="GBP",
    owner_id=None,
    owner="",
    due_on=datetime(2026, 3, 9, 9, 0, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    lead_source=11,
    loss_reason=None,
    created_on=NOON,
    updated_on=NOON + timedelta(microseconds=1),
    stage_since=None,
)
MOVES = [Moved(1, None, 5001, None, None), Moved(2, 5001, 5002, NOON, NOON + timedelta(days=3))]
RAW = '{"Id":1,  "b":null,"a":{"z":0.10,"e":1E+2},"Notes":"Zo\\u00eb 静か"}'.encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "book.sqlite3"


@pytest.fixture
def mirror(path: Path) -> Iterator[Mirror]:
    with_file = Mirror(path, "me")
    yield with_file
    with_file.close()


async def filled(path: Path, count: int = 300, account: str = "me") -> None:
    """Make a mirror of one whole board."""
    mirror = Mirror(path, account)
    rows = [replace(ROW, id=n, position=n % 7) for n in range(1, count + 1)]
    await mirror.keep_reference([BOARD], [STAGE])
    await mirror.keep([(row, RAW) for row in rows])
    await mirror.keep_board(500, {row.id for row in rows}, Listing(NOON, 2))
    await mirror.keep_changes((), Cursors(NOON, NOON), None)
    mirror.close()


def holds(path: Path, text: str) -> bool:
    """Say whether a text is anywhere in a file."""
    return text.encode() in path.read_bytes()


def spoil(path: Path, spoilt: Callable[[bytes], bytes]) -> None:
    """Write over a file."""
    path.write_bytes(spoilt(path.read_bytes()))


async def every(mirror: Mirror, board_id: int = 500) -> list[OpportunityRow]:
    """Read a board slice by slice."""
    rows: list[OpportunityRow] = []
    while True:
        last = rows[-1] if rows else None
        after = (last.stage_id, last.position, last.id) if last else None
        more = await mirror.cards(board_id, after, 50)
        if not more:
            return rows
        rows += more


async def test_rows_and_records_come_back_as_they_were(path: Path) -> None:
    mirror = Mirror(path, "me")
    await mirror.keep([(ROW, RAW)])
    mirror.close()
    again = Mirror(path, "me")
    try:
        (row,) = await every(again)
        raw = await again.record(1)
    finally:
        again.close()
    assert row == ROW
    assert str(row.value) == str(ROW.value)
    assert raw is not None
    assert list(raw) == ["Id", "b", "a", "Notes"]
    assert raw == {
        **{"Id": 1, "b": None, "Notes": "Zoë 静か"},
        "a": {"z": Decimal("0.10"), "e": Decimal("1E+2")},
    }
    assert str(raw["a"]["z"]) == "0.10"
    assert holds(path, RAW.decode())


@pytest.mark.parametrize("number", ["7" * 5_000, "1e99999999999999999999"])
async def test_a_record_that_cannot_be_read_tells_nothing_and_is_no_damage(
    mirror: Mirror, number: str
) -> None:
    await mirror.keep([(ROW, f'{{"Id":1,"x":{number}}}'.encode()), (replace(ROW, id=2), RAW)])
    assert await mirror.record(1) is None
    assert await mirror.judged(lambda raw: "Notes" in raw, None, 9) == [(1, None), (2, True)]
    assert (mirror.take_notice(), len(await every(mirror))) == ("", 2)


async def test_K10_a_letter_that_changed_in_a_record_is_damage(path: Path) -> None:
    await filled(path)
    spoil(path, lambda data: data.replace(b"\\u00eb", b"\\u00ec"))
    mirror = Mirror(path, "me")
    assert len(await every(mirror)) == 300
    assert await mirror.record(1) is None
    assert mirror.take_notice() == DAMAGED
    mirror.close()


async def test_what_a_board_is_drawn_with_comes_back(path: Path) -> None:
    weights, limits = {5001: Decimal("0.5")}, {5001: Limit(12, 7)}
    around = Around(7, {7: "Europe/London"}, {"Status": {1: "Open"}}, weights, limits, NOON)
    offered = Offered(
        [OpportunityType(71, "Office", 7)],
        [CannedNote(5, "Nudge", "Hi", NOON)],
        [TaskList(6, "Proposal \x1b[2J \u202e", 3), TaskList(7, "Other", None)],
        NOON,
    )
    await filled(path)
    mirror = Mirror(path, "me")
    await mirror.keep_around(around)
    await mirror.keep_moves(MOVES)
    await mirror.keep_offered(offered)
    mirror.close()
    again = Mirror(path, "me")
    known, moves = again.known(), await again.moves()
    again.close()
    listings = {500: Listing(NOON, 2)}
    assert known == Known([BOARD], [STAGE], listings, Cursors(NOON, NOON), around, offered)
    assert moves == MOVES


async def test_cards_come_in_the_order_in_which_they_are_drawn(path: Path) -> None:
    await filled(path)
    mirror = Mirror(path, "me")
    rows, first = await every(mirror), mirror.first_cards(500, 10)
    mirror.close()
    assert len(rows) == 300
    assert rows == sorted(rows, key=ORDER)
    assert first == rows[:10]


async def test_K10_a_part_of_a_damaged_book_is_not_taken_for_the_whole(path: Path) -> None:
    await filled(path)
    mirror = Mirror(path, "me")
    mirror.known()
    spoil(path, lambda data: data.replace(b"z@example.com", b"q@example.com"))
    assert mirror.first_cards(500, 10) is None
    assert await mirror.cards(500, None, 10) is None
    assert await mirror.cards(501, None, 10) is None
    assert mirror.known() == Known()
    assert await mirror.cards(500, None, 10) == []
    mirror.close()


async def test_a_card_that_moved_is_where_it_is_now_and_nowhere_else(mirror: Mirror) -> None:
    await mirror.keep([(ROW, RAW), (replace(ROW, stage_id=5002), RAW)])
    await mirror.keep([(replace(ROW, board_id=501, stage_id=5100), RAW)])
    assert await every(mirror) == []
    assert [row.stage_id for row in await every(mirror, 501)] == [5100]


async def test_a_record_that_is_kept_again_is_the_newer_one(mirror: Mirror) -> None:
    await mirror.keep([(ROW, RAW), (replace(ROW, id=2), RAW)])
    await mirror.keep([(ROW, b'{"Id":1,"a":2}'), (replace(ROW, id=3), RAW)])
    assert await mirror.record(1) == {"Id": 1, "a": 2}
    assert await mirror.judged(lambda raw: "b" in raw, None, 9) == [
        (1, False),
        (2, True),
        (3, True),
    ]


async def test_what_a_whole_listing_did_not_hold_is_dropped(mirror: Mirror) -> None:
    await mirror.keep([(replace(ROW, id=n), RAW) for n in (1, 2, 3)])
    await mirror.keep_board(500, {1, 3}, Listing(NOON))
    assert [row.id for row in await every(mirror)] == [1, 3]
    assert await mirror.record(2) is None


async def test_a_number_that_no_column_holds_does_not_spoil_the_others(mirror: Mirror) -> None:
    await mirror.keep([(replace(ROW, position=1 << 70), RAW), (replace(ROW, id=2), RAW)])
    assert [row.id for row in await every(mirror)] == [2]
    assert mirror.take_notice() == ""


async def test_another_accounts_book_is_gone_without_a_word(path: Path) -> None:
    await filled(path)
    mirror = Mirror(path, "somebody else")
    known, rows = mirror.known(), await every(mirror)
    notice = mirror.take_notice()
    mirror.close()
    assert (known, rows, notice) == (Known(), [], "")
    assert not holds(path, ROW.email)


def test_the_file_and_its_folder_are_for_their_user_alone(mirror: Mirror, path: Path) -> None:
    assert mirror.is_kept
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def _noise(data: bytes) -> bytes:
    return random.Random(1).randbytes(len(data))


def _other_version(data: bytes) -> bytes:
    return data[:60] + (VERSION + 1).to_bytes(4, "big") + data[64:]


def _other_program(data: bytes) -> bytes:
    return data[:68] + (APPLICATION_ID + 1).to_bytes(4, "big") + data[72:]


@pytest.mark.parametrize(
    ("spoilt", "notice"),
    [
        (_noise, DAMAGED),
        (lambda data: data[: len(data) // 2], DAMAGED),
        (lambda data: data[:100], DAMAGED),
        (lambda data: data[:512] + _noise(data[512:]), DAMAGED),
        (lambda data: data[:8192] + _noise(data[8192:]), DAMAGED),
        (lambda data: data.replace(b"z@example.com", b"q@example.com"), DAMAGED),
        (_other_version, OTHER_VERSION),
        (_other_program, OTHER_VERSION),
        (lambda data: b"", ""),
    ],
    ids=["noise", "half", "stub", "body", "pages", "letter", "version", "program", "empty"],
)
async def test_K10_a_spoilt_mirror_is_made_anew_with_one_message(
    path: Path, spoilt: Callable[[bytes], bytes], notice: str
) -> None:
    await filled(path)
    spoil(path, spoilt)
    mirror = Mirror(path, "me")
    mirror.known()
    await every(mirror)  # whoever meets the damage first has it made anew
    said = mirror.take_notice()
    assert (said, mirror.take_notice()) == (notice, "")
    assert mirror.known() == Known()
    await mirror.keep([(ROW, RAW)])
    mirror.close()
    again = Mirror(path, "me")
    assert await every(again) == [ROW]
    assert again.take_notice() == ""
    again.close()


async def test_K01_without_a_place_the_book_is_in_memory_and_it_is_said(tmp_path: Path) -> None:
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("")
    mirror = Mirror(in_the_way / "book.sqlite3", "me")
    assert not mirror.is_kept
    assert "it is kept in memory only" in mirror.take_notice()
    await mirror.keep([(ROW, RAW)])
    assert await every(mirror) == [ROW]
    mirror.close()


async def test_a_second_window_reads_and_leaves_writing_to_the_first(path: Path) -> None:
    await filled(path)
    first, second = Mirror(path, "me"), Mirror(path, "me")
    assert (first.is_kept, second.is_kept) == (True, False)
    await second.keep([(replace(ROW, id=1, customer="Old"), RAW)])
    assert len(await every(second)) == 300
    assert {row.customer for row in await every(first)} == {ROW.customer}
    first.close()
    second.close()
