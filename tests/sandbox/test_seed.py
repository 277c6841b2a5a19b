"""What a new database holds: the same bytes again, a believable operator, stories that agree with themselves."""

import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crm_tui.sandbox.app import close_app, create_app
from crm_tui.sandbox.stories import split
from tests.sandbox.driving import SetClock


def seeded(path: Path, clock: SetClock, *, size: int = 150, seed: int = 1) -> Path:
    close_app(create_app(path, clock=clock, size=size, seed=seed))
    return path


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The database that a person gets who asks for nothing in particular."""
    path = tmp_path_factory.mktemp("book") / "sandbox.db"
    close_app(create_app(path, clock=SetClock()))
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def column(book: sqlite3.Connection, statement: str) -> list[Any]:
    return [row[0] for row in book.execute(statement)]


def test_the_same_seed_and_clock_give_the_same_bytes(tmp_path: Path, clock: SetClock) -> None:
    first = seeded(tmp_path / "1", clock).read_bytes()
    assert seeded(tmp_path / "2", clock).read_bytes() == first
    assert seeded(tmp_path / "3", clock, seed=2).read_bytes() != first


def test_everything_is_relative_to_the_clock(tmp_path: Path, clock: SetClock) -> None:
    def newest(path: Path) -> list[str]:
        with closing(sqlite3.connect(path)) as connection:
            return [
                row[0] for row in connection.execute("SELECT max(UpdatedOn) FROM crmopportunities")
            ]

    (before,) = newest(seeded(tmp_path / "1", clock))
    clock.now += timedelta(days=365)
    (after,) = newest(seeded(tmp_path / "2", clock))
    assert before[:4] == "2026"
    assert after[:4] == "2027"


@pytest.mark.parametrize("size", [0, 1, 7, 500])
def test_any_size(tmp_path: Path, clock: SetClock, size: int) -> None:
    with closing(sqlite3.connect(seeded(tmp_path / "db", clock, size=size))) as connection:
        assert connection.execute("SELECT count(*) FROM crmopportunities").fetchone() == (size,)


def test_shares_add_up() -> None:
    assert split(10, [1, 1, 1]) == [3, 3, 4]
    assert split(7, [0, 5, 0]) == [0, 7, 0]
    assert sum(split(2399, [46, 14, 22, 15, 3])) == 2399


def test_locations_currencies_and_zones(book: sqlite3.Connection) -> None:
    rows = book.execute(
        "SELECT b.Name, c.Code, z.Name, z.Iana FROM businesses b"
        " JOIN currencies c ON c.Id = b.CurrencyId"
        " JOIN simpletimezones z ON z.Id = b.SimpleTimeZoneId ORDER BY b.Id"
    )
    assert [tuple(row) for row in rows] == [
        ("Riverside", "GBP", "GMT Standard Time", "Europe/London"),
        ("Studio Norte", "EUR", "Romance Standard Time", "Europe/Madrid"),
        ("Midtown", "USD", "Eastern Standard Time", "America/New_York"),
    ]


def test_boards_and_stages(book: sqlite3.Connection) -> None:
    assert column(book, "SELECT Archived FROM crmboards ORDER BY Archived") == [0, 0, 0, 0, 1]
    stages = book.execute(
        "SELECT s.*, (SELECT count(*) FROM crmopportunities o WHERE o.CrmBoardColumnId = s.Id) AS Cards,"
        " (SELECT max(Position) FROM crmboardcolumns x WHERE x.CrmBoardId = s.CrmBoardId) AS Last"
        " FROM crmboardcolumns s"
    ).fetchall()
    assert 28 <= len(stages) <= 30
    assert [stage["Name"] for stage in stages if not stage["Name"].isascii()] == ["重点客户"]
    (deleting,) = [stage for stage in stages if stage["DeleteAccount"]]
    assert deleting["Position"] == deleting["Last"]
    assert {stage["Name"] for stage in stages if not stage["Cards"]} == {
        "Legal review",
        "Erase on request",
    }
    assert any(stage["CannedResponseId"] for stage in stages)
    assert any(stage["TaskListId"] and stage["UseTaskListAsResponsible"] for stage in stages)


def test_most_opportunities_are_on_the_first_board_and_open_ones_are_early(
    book: sqlite3.Connection,
) -> None:
    assert column(book, "SELECT count(*) FROM crmopportunities") == [2400]
    boards = column(
        book,
        "SELECT b.Name FROM crmopportunities o JOIN crmboardcolumns s ON s.Id = o.CrmBoardColumnId"
        " JOIN crmboards b ON b.Id = s.CrmBoardId GROUP BY b.Id ORDER BY count(*) DESC",
    )
    assert boards[0] == "Sales pipeline"
    early = column(
        book,
        "SELECT count(*) FROM crmopportunities o JOIN crmboardcolumns s ON s.Id = o.CrmBoardColumnId"
        " JOIN crmboards b ON b.Id = s.CrmBoardId WHERE b.Name = 'Sales pipeline' AND o.Status = 1"
        " GROUP BY s.Position ORDER BY s.Position",
    )
    assert early == sorted(early, reverse=True)


def test_status_dates_and_stage_agree(book: sqlite3.Connection) -> None:
    rows = book.execute(
        "SELECT o.*, s.WinOpportunity, s.LoseOpportunity FROM crmopportunities o"
        " JOIN crmboardcolumns s ON s.Id = o.CrmBoardColumnId"
    ).fetchall()
    for row in rows:
        status = 2 if row["WinOpportunity"] else 3 if row["LoseOpportunity"] else 1
        assert (row["Status"], row["Completed"]) == (status, int(status != 1))
        assert status == 2 or row["WonOn"] is None
        assert status == 3 or row["LostOn"] is None is row["LossReason"]
    lost = [row for row in rows if row["Status"] == 3]
    assert 0.8 < sum(row["LossReason"] is not None for row in lost) / len(lost) < 1


def test_histories_lead_to_where_the_opportunity_is(book: sqlite3.Connection) -> None:
    paths: dict[int, list[sqlite3.Row]] = {}
    for row in book.execute("SELECT * FROM crmopportunityhistories ORDER BY Id"):
        paths.setdefault(row["CrmOpportunityId"], []).append(row)
    for card in book.execute("SELECT * FROM crmopportunities"):
        path = paths.pop(card["Id"])
        assert (path[0]["OldCrmBoardColumnId"], path[0]["FromTime"]) == (None, None)
        assert path[0]["ToTime"] == card["CreatedOn"]
        assert path[-1]["NewCrmBoardColumnId"] == card["CrmBoardColumnId"]
        assert (
            path[-1]["ToTime"]
            == card["CrmUpdatedOn"]
            <= card["UpdatedOn"]
            <= "2026-11-20T14:02:00Z"
        )
        for earlier, later in pairwise(path):
            assert later["OldCrmBoardColumnId"] == earlier["NewCrmBoardColumnId"]
            assert later["FromTime"] == earlier["ToTime"] <= later["ToTime"]
    assert paths == {}


def test_follow_ups_lie_around_now(book: sqlite3.Connection) -> None:
    due = column(book, "SELECT substr(DueDate, 1, 10) FROM crmopportunities WHERE Status = 1")
    today = "2026-11-20"
    counts = {
        "none": due.count(None),
        "late": sum(day is not None and day < today for day in due),
        "today": due.count(today),
        "later": sum(day is not None and day > today for day in due),
    }
    assert all(count > len(due) * 0.04 for count in counts.values()), counts


def test_created_over_the_past_year_in_the_order_of_ids(book: sqlite3.Connection) -> None:
    created = column(book, "SELECT CreatedOn FROM crmopportunities ORDER BY Id")
    assert created == sorted(created)
    assert "2025-11-15" < created[0] < "2026-01-15"
    assert len({moment[:7] for moment in created}) >= 12


def test_names_come_from_many_scripts(book: sqlite3.Connection) -> None:
    names = "".join(column(book, "SELECT FullName FROM coworkers"))
    scripts = {unicodedata.name(letter, "?").split(" ")[0] for letter in set(names)}
    assert scripts >= {
        *("LATIN", "ARABIC", "HEBREW", "CJK", "HANGUL", "HIRAGANA", "CYRILLIC", "GREEK"),
        *("DEVANAGARI", "THAI"),
    }
    assert any(not name.isascii() and name[0].isascii() for name in names.split())
    companies = column(book, "SELECT CompanyName FROM coworkers")
    assert 0.55 < sum(name is not None for name in companies) / len(companies) < 0.65
    assert all(
        ".com" in mail or ".org" in mail or ".net" in mail
        for mail in column(book, "SELECT Email FROM coworkers")
    )


def test_something_is_missing_here_and_there(book: sqlite3.Connection) -> None:
    for name in (
        "Value",
        "ResponsibleId",
        "LeadSource",
        "Name",
        "Notes",
        "OpportunityTypeId",
        "UtmSource",
    ):
        (share,) = column(book, f"SELECT avg({name} IS NULL) FROM crmopportunities")
        assert 0.02 < share < 0.95, name


def test_ids_look_like_those_of_the_service(book: sqlite3.Connection) -> None:
    for (table,) in book.execute(
        "SELECT name FROM sqlite_schema WHERE sql LIKE '%UniqueId%'"
    ).fetchall():
        ids = column(book, f"SELECT Id FROM {table}")
        assert ids, table
        assert all(8 <= len(str(record_id)) <= 10 for record_id in ids), table
        unique = column(book, f"SELECT UniqueId FROM {table}")
        assert len(set(unique)) == len(ids)
        assert {len(text) for text in unique} == {36}


def test_every_reference_leads_somewhere(book: sqlite3.Connection) -> None:
    for name, table in (
        ("CrmBoardColumnId", "crmboardcolumns"),
        ("CoworkerId", "coworkers"),
        ("ResponsibleId", "users"),
        ("OpportunityTypeId", "opportunitytypes"),
        ("TeamId", "teams"),
        ("ReferrerId", "coworkers"),
        ("AgentId", "coworkers"),
    ):
        used = set(column(book, f"SELECT {name} FROM crmopportunities WHERE {name} IS NOT NULL"))
        assert used
        assert used <= set(column(book, f"SELECT Id FROM {table}")), name
