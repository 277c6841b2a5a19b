"""JSON with all digits, and moments as the service writes them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.sandbox.times import from_epoch, from_wire, to_wire
from crm_tui.sandbox.wire import WireError, dumps, loads

documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(documents)
def test_what_is_written_is_read_back(document: object) -> None:
    assert loads(dumps(document)) == document


@pytest.mark.parametrize(
    "number", ["0.10", "2450.00", "12345678901234567.89", "-0.0", "1E+30", "1.5E-9"]
)
def test_a_number_keeps_its_spelling(number: str) -> None:
    assert dumps({"Value": loads(number)}) == f'{{"Value":{number}}}'.encode()


def test_text_cannot_pass_for_a_number() -> None:
    document = {"a": '{"":"1"}', "b": {"x": "1"}, "c": ['{"', '":"', '"}']}
    assert loads(dumps(document)) == document


def test_far_away_years_keep_their_four_digits() -> None:
    assert from_wire("0001-01-01") == "0001-01-01T00:00:00Z"
    assert from_wire("9999-12-31T23:59:59.9999999Z") == "9999-12-31T23:59:59Z"


@pytest.mark.parametrize("text", ["", "{", "NaN", "-Infinity", "[" * 100_000, "{} {}", "1" * 5000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        loads(text)


def test_what_has_no_json_form_cannot_be_written() -> None:
    with pytest.raises(TypeError):
        dumps({"at": datetime.now(UTC)})
    assert dumps(Decimal("1.10")) == b"1.10"


@settings(max_examples=60, deadline=None)
@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_both_writers_of_moments_agree(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC, microsecond=0)
    assert from_epoch(int(moment.timestamp())) == to_wire(moment)
    elsewhere = moment.astimezone(timezone(timedelta(hours=-5)))
    assert from_wire(elsewhere.isoformat()) == to_wire(elsewhere) == to_wire(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13-01",
        "2026-02-30T00:00",
        "12:00",
        "2026-01-01 10:00",
        "0001-01-01T00:00+01:00",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a date|month|day"):
        from_wire(text)
