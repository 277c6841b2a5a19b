"""What is written down can be read back, and nothing in it is obeyed by a terminal, a spreadsheet or Markdown."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_tui.domain.enums import Labels, LeadSource
from crm_tui.domain.rows import OpportunityRow
from crm_tui.domain.when import Dates
from crm_tui.export.columns import COLUMNS, Told
from crm_tui.export.delimited import defused
from crm_tui.export.formats import Format, format_of, written
from crm_tui.export.json import json_of
from crm_tui.export.tables import width_of
from crm_tui.structs import replace
from crm_tui.text import UNSAFE, safe
from crm_tui.ui.cells import width_of as width_on_screen
from tests.domain.rows import a_board, a_row

TOLD = Told({1: a_board()}, {1: ZoneInfo("Pacific/Auckland")}, Labels())

FORMULAS = [
    *("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"),
    *("  =1", "\ufeff=1", "﹦1", "'=1", "\tplain"),
]

HOSTILE = "\x1b]0;owned\x07\x9b6n\x7f\u202egnp.exe"

texts = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], include_characters="\"',;\r\n\t=|\\")
)
anything = st.text(st.characters(exclude_categories=()))


def text_in(how: Format, *rows: OpportunityRow, told: Told = TOLD, is_seen: bool = False) -> str:
    return "".join(written(how, rows, told, is_seen=is_seen))


def read_back(*rows: OpportunityRow, told: Told = TOLD) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_in(Format.CSV, *rows, told=told), newline="")))


def undone(cell: str) -> str:
    """Take off the apostrophe that was put in front of a formula."""
    return cell[1:] if cell.startswith("'") and defused(cell[1:]) == cell else cell


@pytest.mark.parametrize("text", FORMULAS)
def test_E01_no_cell_is_a_formula(text: str) -> None:
    row = replace(a_row(1), customer=text, company=text, email=text, name=text, owner=text)
    (back,) = read_back(row)
    for name in ("customer", "company", "email", "name", "owner"):
        assert back[name] == f"'{text}"
    stage = replace(row, stage=text, currency=text)
    told = replace(TOLD, boards={1: replace(a_board(), name=text, location=text)})
    (back,) = read_back(stage, told=told)
    assert {back[name] for name in ("stage", "currency", "board", "location")} == {f"'{text}"}


@pytest.mark.parametrize("amount", ["-5.00", "0", "1E+3", "12345678901234567890.123456789"])
def test_E01_amounts_stay_numbers_with_all_their_digits(amount: str) -> None:
    (back,) = read_back(a_row(1, value=amount))
    assert back["value"] == f"{Decimal(amount):f}"
    (back,) = json.loads(text_in(Format.JSON, a_row(1, value=amount)), parse_float=Decimal)
    assert Decimal(back["value"]) == Decimal(amount)
    assert str(amount) in text_in(Format.JSON, a_row(1, value=amount))


def test_E01_whole_numbers_stay_numbers_too() -> None:
    (back,) = read_back(replace(a_row(1), position=-3))
    assert back["position"] == "-3"


def test_E01_an_amount_of_a_million_digits_is_written_short() -> None:
    assert len(text_in(Format.CSV, a_row(1, value="1E+999999"))) < 2_000


def test_E01_names_of_the_service_are_no_formulas_either() -> None:
    labels = Labels()
    labels.lay(LeadSource, {11: "=cmd()"})
    (back,) = read_back(a_row(1), told=replace(TOLD, labels=labels))
    assert (back["lead_source"], back["lead_source_id"]) == ("'=cmd()", "11")


@given(texts, texts)
@example('a "quoted", text\r\nof two lines', "'=1")
@example("\r", " \n")
def test_E02_values_come_back_as_they_were(customer: str, company: str) -> None:
    (back,) = read_back(replace(a_row(1), customer=customer, company=company))
    assert undone(back["customer"]) == customer
    assert undone(back["company"]) == company


def test_E02_lines_end_as_the_standard_says() -> None:
    text = text_in(Format.CSV, a_row(1), replace(a_row(2), customer='two\nlines, "both" kept'))
    assert text.count("\r\n") == 3
    assert text.endswith("\r\n")
    assert '"two\nlines, ""both"" kept"' in text


def test_E02_every_column_comes_back_typed() -> None:
    moment = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    row = replace(a_row(7), due_on=moment, created_on=moment, owner_id=None, owner="")
    (back,) = read_back(row)
    assert list(back) == [column.name for column in COLUMNS]
    assert (back["due"], back["due_on"]) == ("2026-03-02", "2026-03-01T22:30:00Z")
    assert (back["id"], back["owner_id"], back["updated_on"]) == ("7", "", "")
    (there,) = json.loads(text_in(Format.JSON, row))
    assert (there["due"], there["due_on"]) == ("2026-03-02", "2026-03-01T22:30:00Z")
    assert (there["id"], there["owner_id"], there["value"]) == (7, None, 100)
    wall = replace(TOLD, dates=Dates.WALLCLOCK)
    assert read_back(row, told=wall)[0]["due"] == "2026-03-01"


@given(anything)
@example(HOSTILE)
@example("\ud800")
def test_D17_text_has_no_control_bytes_and_json_is_ascii_and_loses_nothing(name: str) -> None:
    row = replace(a_row(1), customer=name, stage=name)
    for how in (Format.TABLE, Format.MARKDOWN):
        text = text_in(how, row)
        assert not UNSAFE.search(text.replace("\n", ""))
        assert text.count("\n") == (2 if how == Format.TABLE else 3)
        text.encode()
    seen = text_in(Format.CSV, row, is_seen=True)
    assert not UNSAFE.search(seen.replace("\r\n", ""))
    kept = text_in(Format.CSV, row)
    assert not any(ord(each) < 32 and each not in "\t\r\n" for each in kept)
    assert not any(0x7F <= ord(each) < 0xA0 for each in kept)
    kept.encode()
    document = text_in(Format.JSON, row)
    assert document.isascii()
    assert "\x7f" not in document
    assert json.loads(document)[0]["customer"] == name


@given(st.recursive(st.none() | st.booleans() | st.integers() | anything, st.lists))
def test_D17_a_raw_record_is_written_as_it_came(value: object) -> None:
    record = {"Notes": value, "Value": Decimal("10.500"), "Ünïcode": [{}]}
    text = json_of(record)
    assert text.isascii()
    assert json.loads(text, parse_float=Decimal) == record
    assert "10.500" in text


def test_a_list_in_json_is_one_whether_full_or_empty() -> None:
    assert json.loads(text_in(Format.JSON)) == []
    assert [each["id"] for each in json.loads(text_in(Format.JSON, a_row(1), a_row(2)))] == [1, 2]


def test_markdown_has_its_pipes_and_markup_escaped() -> None:
    text = text_in(Format.MARKDOWN, replace(a_row(1), customer="a|b\n<img> [x](y) \\"))
    line = text.splitlines()[2]
    assert r"| a\|b⏎\<img\> \[x\](y) \\ |" in line


@given(
    st.lists(st.sampled_from(["Ana", "李伟", "Zoë", "e\u0301clair", "🏢", "ｆｕｌｌ"]), min_size=1)
)
def test_a_tables_columns_stand_under_each_other(names: list[str]) -> None:
    rows = [replace(a_row(place), customer=name, company="|") for place, name in enumerate(names)]
    lines = text_in(Format.TABLE, *rows).splitlines()
    places = {width_on_screen(line.partition("|")[0]) for line in lines[1:]}
    assert len(places) == 1
    assert all(width_of(safe(name)) == width_on_screen(safe(name)) for name in names)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("mine.CSV", Format.CSV),
        ("a.json", Format.JSON),
        ("a.md", Format.MARKDOWN),
        ("a.txt", Format.TABLE),
        ("csv", Format.TABLE),
    ],
)
def test_the_name_of_a_file_says_its_format(name: str, how: Format) -> None:
    assert format_of(name) is how
