"""Changes and values come back from JSON as they went in."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.change import Append, Change, Cut, Follow, Make, Makes, Place, Set, Value
from crm_tui.domain.merge import Clash
from crm_tui.store.encoding import (
    Undecodable,
    change_in,
    change_out,
    clashes_in,
    clashes_out,
    values_in,
    values_out,
)

zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))

values: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.datetimes(timezones=zones),
)
names = st.text(min_size=1, max_size=12)
numbers = st.integers(0, 1 << 40)

parts = st.one_of(
    st.builds(Set, names, values, values),
    st.builds(Follow, names, names, values, values),
    st.builds(Append, names, st.text()),
    st.builds(Cut, names, st.text()),
    st.builds(Place, numbers, numbers, numbers, numbers),
    st.builds(
        Make, st.lists(st.tuples(names, values), max_size=3).map(tuple), st.sampled_from(Makes)
    ),
)


def spelled(value: Value) -> tuple[type, str]:
    """Tell `1` from `True` and from `1.0`, and `1.50` from `1.5`."""
    return type(value), value.isoformat() if isinstance(value, datetime) else str(value)


@given(st.lists(parts, max_size=4).map(lambda each: Change(tuple(each))))
def test_a_change_comes_back_as_it_was(change: Change) -> None:
    back = change_in(change_out(change))
    assert repr(back) == repr(change) or back == change


def test_what_was_to_be_made_before_tasks_could_be_is_an_opportunity() -> None:
    assert change_in(b'[["make", [["name", "Studio 3"]]]]').makes is Makes.OPPORTUNITY
    with pytest.raises(Undecodable):
        change_in(b'[["make", [["name", "Studio 3"]], "customer"]]')


@given(st.dictionaries(names, values))
def test_F10_nothing_empty_and_missing_stay_distinct(record: dict[str, Value]) -> None:
    back = values_in(values_out(record))
    assert {name: spelled(value) for name, value in back.items()} == {
        name: spelled(value) for name, value in record.items()
    }


@given(st.lists(st.builds(Clash, names, values, values, values), max_size=3))
def test_what_clashed_comes_back(clashes: list[Clash]) -> None:
    assert clashes_in(clashes_out(clashes)) == tuple(clashes)


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[1]", b'[["set","a"]]', b'[["drop",1]]', b'[["set","a",{"amount":"x"},1]]'],
)
def test_G15_what_was_never_written_is_not_read(text: bytes) -> None:
    with pytest.raises(Undecodable):
        change_in(text)


@given(st.binary(max_size=60))
def test_G15_noise_is_refused_and_crashes_nothing(noise: bytes) -> None:
    for read in (change_in, values_in, clashes_in):
        try:
            read(noise)
        except Undecodable:
            continue
