"""JSON and records: nothing is lost, nonsense is a named error (rows F08, F09, F10, H12, H14, I12, I14)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.api import rows, wire
from crm_tui.api.answers import page_of
from crm_tui.api.errors import BadAnswer, Invalid
from crm_tui.api.listed import AS_ROWS
from crm_tui.api.slices import AT_ONCE
from crm_tui.api.transport import Reply
from crm_tui.api.wire import AS_IT_CAME

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.decimals(allow_nan=False, allow_infinity=False, places=6),
    st.text(st.characters(exclude_categories=["Cs"])),
)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)  # fmt: skip
records = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8), json_values
)


@given(records)
def test_F10_a_record_survives_reading_and_writing(record: dict[str, Any]) -> None:
    once = wire.decode(wire.encode(record))
    assert list(once) == list(record)
    assert wire.decode(wire.encode(once)) == once


def test_F09_numbers_keep_every_digit_and_keys_their_order() -> None:
    body = b'{"b":12345678901234567.89,"a":0.10,"n":123456789012345678901234567890,"x":[1,null,""]}'
    assert wire.encode(wire.decode(body)) == body


@given(records, st.text(st.characters(exclude_categories=["Cs"])))
def test_a_patch_touches_its_key_alone(record: dict[str, Any], value: str) -> None:
    patched = wire.patched(record | {"Name": "old"}, {"Name": value})
    assert patched["Name"] == value
    assert {k: v for k, v in patched.items() if k != "Name"} == {
        k: v for k, v in record.items() if k != "Name"
    }
    assert [k for k in patched if k != "Name"] == [k for k in record if k != "Name"]


@given(st.lists(records | scalars, max_size=5), records)
async def test_a_listing_read_in_slices_is_the_one_that_is_read_whole(
    items: list[Any], said: dict[str, Any]
) -> None:
    envelope = {**said, "Records": items, "HasNextPage": True, "TotalItems": 7}
    body = wire.encode(envelope)
    page = await page_of(reply(body), AS_IT_CAME)
    assert page.records == wire.records_of(wire.decode(body))
    assert page.ids == [wire.key_of(record) for record in page.records]
    assert (page.has_next, page.total) == (True, 7)


async def test_F09_every_slice_of_a_long_listing_keeps_digits_letters_and_order() -> None:
    texts = ["é", "e\u0301", "\u2028", "😀", '"\\', ""]
    items = [
        {"Id": number, "b": Decimal(f"{number}.10"), "a": texts[number % len(texts)]}
        for number in range(3 * AT_ONCE + 7)
    ]
    body = wire.encode({"Records": items, "TotalItems": len(items)})
    page = await page_of(reply(body), AS_IT_CAME)
    assert wire.encode({"Records": page.records, "TotalItems": page.total}) == body


@pytest.mark.parametrize(
    "spoilt",
    [
        b"<html>", b"", b"[]", b"{}", b'{"Records":null}', b'{"Records":{}}', b'{"Records":[{"Id":1}]',
        b'{"Records":[{"Id":01}]}', b'{"Records":[{"Id":"\xff"}]}', b'{"Records":[{"Id":1}]} x',
        b'{"Records":[{"Id":"\\ud800"}]}', b'{"Records":[' + b"[" * 100_000,
    ],
)  # fmt: skip
async def test_H12_a_listing_that_is_broken_anywhere_is_refused_as_a_whole(spoilt: bytes) -> None:
    for form in (AS_IT_CAME, AS_ROWS):
        with pytest.raises(BadAnswer):
            await page_of(reply(spoilt), form)


def reply(body: bytes) -> Reply:
    """Give a good answer of this body."""
    return Reply(200, "application/json", body)


def test_an_instant_is_written_in_utc_with_z() -> None:
    due = datetime.fromisoformat("2026-03-09T10:00:00+01:00")
    assert wire.patched({}, {"DueDate": due}) == {"DueDate": "2026-03-09T09:00:00Z"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>proxy</html>",
        b"{",
        b'{"a":1} trailing',
        b"[" * 100_000,
        b'{"a":NaN}',
        b'{"a":1e99999999999999999999}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'{"a":' + b"7" * 5_000 + b"}",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_I12_what_is_not_json_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        wire.decode(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a":1,"b":2,"a":3}', {"a": 3, "b": 2}),  # the last of two keys counts
        (b'{"a":' + b"7" * 4_000 + b".5}", {"a": Decimal("7" * 4_000 + ".5")}),
        (b'{"a":"\\u0000"}', {"a": "\0"}),
    ],
    ids=["duplicate-keys", "4000-digits", "nul"],
)
def test_I12_what_is_odd_and_still_json_has_a_rule(body: bytes, value: Any) -> None:
    assert wire.decode(body) == value


def test_a_web_page_is_named_as_one() -> None:
    with pytest.raises(BadAnswer, match="a web page"):
        wire.decode(b"\n <!DOCTYPE html>")


@pytest.mark.parametrize("answer", [None, [], {}, {"Records": None}, {"Records": "x"}, "Not found"])
async def test_I14_a_listing_without_records_is_a_bad_answer(answer: Any) -> None:
    with pytest.raises(BadAnswer, match="a listing without records"):
        await page_of(reply(wire.encode(answer)), AS_IT_CAME)


async def test_the_newer_envelope_lacks_two_keys() -> None:
    older = {"Records": [{"Id": 1}], "PageNumber": 2, "HasNextPage": True, "TotalItems": 60}
    newer = {"Records": [{"Id": 1}], "CurrentPage": 2, "HasNextPage": True, "TotalItems": 60}
    pages = [await page_of(reply(wire.encode(each)), AS_IT_CAME) for each in (older, newer)]
    assert pages[0] == pages[1]
    assert (pages[0].number, pages[0].total) == (2, 60)


def test_H12_a_good_status_with_a_bad_flag_is_a_failure_in_the_servers_words() -> None:
    answer = {
        "Status": 200,
        "WasSuccessful": False,
        "Message": "Position: is a required field",
        "Errors": [
            {"PropertyName": "Position", "Message": "is a required field", "AttemptedValue": None},
            {"PropertyName": "Status", "Message": "is a required field", "AttemptedValue": None},
        ],
    }
    with pytest.raises(Invalid) as caught:
        wire.prove(answer, 7)
    assert caught.value.detail == "Position: is a required field; Status: is a required field"
    assert [error.field for error in caught.value.fields] == ["Position", "Status"]


@pytest.mark.parametrize(
    "answer",
    [
        {"WasSuccessful": True, "Value": {"Id": 8}},
        {"WasSuccessful": True, "Value": None},
        {"WasSuccessful": True},
        {"Value": {"Id": 7}},
        [],
        None,
    ],
)
def test_H14_an_answer_about_another_record_proves_nothing(answer: Any) -> None:
    with pytest.raises(BadAnswer):
        wire.prove(answer, 7)


@pytest.mark.parametrize("flag", [None, "true", 1, 0])
def test_a_flag_that_is_neither_true_nor_false_proves_nothing(flag: Any) -> None:
    with pytest.raises(BadAnswer):
        wire.prove({"WasSuccessful": flag, "Value": {"Id": 7}}, 7)


def test_a_row_is_read_from_flat_and_from_nested_relations() -> None:
    flat = rows.opportunity_row({"Id": 1, "CrmBoardColumnId": 5, "CoworkerId": "9"})
    nested = rows.opportunity_row({"Id": "1", "CrmBoardColumn": {"Id": 5}, "Coworker": 9})
    assert (flat.stage_id, flat.customer_id) == (nested.stage_id, nested.customer_id) == (5, 9)


def test_a_row_keeps_amounts_and_instants() -> None:
    row = rows.opportunity_row(
        wire.decode(
            b'{"Id":1,"CrmBoardColumnId":5,"Value":0.10,"DueDate":"2026-03-09T09:00:00Z",'
            b'"CreatedOn":"2026-03-09T09:00:00","Status":27}'
        )
    )
    assert row.value == Decimal("0.10")
    assert row.due_on == datetime(2026, 3, 9, 9, 0, tzinfo=UTC) == row.created_on
    assert row.status == 27


@given(records)
def test_I14_any_record_is_a_row_or_a_bad_answer(record: dict[str, Any]) -> None:
    try:
        row = rows.opportunity_row(record | {"Id": 3, "CrmBoardColumnId": 4})
    except BadAnswer:
        pytest.fail("it had an id and a stage")
    assert (row.id, row.stage_id) == (3, 4)


@pytest.mark.parametrize("raw", [{}, {"Id": None}, {"Id": True, "CrmBoardColumnId": 1}, {"Id": 1}])
def test_a_record_without_an_id_or_a_stage_has_no_row(raw: wire.Raw) -> None:
    with pytest.raises(BadAnswer):
        rows.opportunity_row(raw)


def test_the_encoder_is_plain_json() -> None:
    assert json.loads(wire.encode({"a": Decimal("1.50"), "é": "\x1b"})) == {"a": 1.5, "é": "\x1b"}
