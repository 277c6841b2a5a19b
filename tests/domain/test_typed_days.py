"""Typed days, as a table: what is typed on a day, and the day that is meant, or where and why it is none."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.typed_days import read_day
from crm_tui.domain.typed_words import DayError
from crm_tui.domain.when import EARLIEST, LATEST, absolute_words, day_words

days = st.dates(EARLIEST, LATEST)

READ: dict[str, str] = {
    # A Saturday in November
    "2026-11-21": """
        today                        2026-11-21
        Tomorrow                     2026-11-22
        TOMORROW                     2026-11-22
        yesterday                    2026-11-20
        tom                          2026-11-22
        sun                          2026-11-22
        sunday                       2026-11-22
        mon                          2026-11-23
        tue                          2026-11-24
        tues                         2026-11-24
        wed                          2026-11-25
        thurs                        2026-11-26
        fri                          2026-11-27
        FRI                          2026-11-27
        friday                       2026-11-27
        on friday                    2026-11-27
        sat                          2026-11-28
        saturday                     2026-11-28
        next monday                  2026-11-23
        next fri                     2026-11-27
        next saturday                2026-11-28
        next sunday                  2026-11-29
        next week                    2026-11-23
        next month                   2026-12-01
        next year                    2027-01-01
        end of week                  2026-11-27
        end of the week              2026-11-27
        eow                          2026-11-27
        end of next week             2026-11-27
        end of month                 2026-11-30
        end of the month             2026-11-30
        the end of the month         2026-11-30
        end month                    2026-11-30
        eom                          2026-11-30
        End Of Month                 2026-11-30
        end of next month            2026-12-31
        end of year                  2026-12-31
        eoy                          2026-12-31
        end of next year             2027-12-31
        end of nov                   2026-11-30
        end of october               2027-10-31
        end of feb                   2027-02-28
        end of feb 2028              2028-02-29
        end of december              2026-12-31
        +0d                          2026-11-21
        +10d                         2026-12-01
        -30d                         2026-10-22
        +2w                          2026-12-05
        -1w                          2026-11-14
        +1m                          2026-12-21
        -9m                          2026-02-21
        +14M                         2028-01-21
        10d                          2026-12-01
        10 d                         2026-12-01
        3w                           2026-12-12
        2 m                          2027-01-21
        in 2 weeks                   2026-12-05
        in two weeks                 2026-12-05
        2 weeks                      2026-12-05
        In 2 Weeks                   2026-12-05
        in a week                    2026-11-28
        a week                       2026-11-28
        in a day                     2026-11-22
        in 3 days                    2026-11-24
        in 10 days                   2026-12-01
        in 10d                       2026-12-01
        in an month                  2026-12-21
        in a month                   2026-12-21
        in twelve months             2027-11-21
        in 1 year                    2027-11-21
        in 0 days                    2026-11-21
        3 days ago                   2026-11-18
        a week ago                   2026-11-14
        two months ago               2026-09-21
        2026-12-01                   2026-12-01
        2026-2-1                     2026-02-01
        on 2026-12-01                2026-12-01
        1900-01-01                   1900-01-01
        2999-12-31                   2999-12-31
        21 nov                       2026-11-21
        22 nov                       2026-11-22
        20 nov                       2027-11-20
        12 nov                       2027-11-12
        22nov                        2026-11-22
        22ndnov                      2026-11-22
        22nd nov                     2026-11-22
        22nd of november             2026-11-22
        the 22nd of november         2026-11-22
        on the 22nd of nov           2026-11-22
        nov 22                       2026-11-22
        november 22nd                2026-11-22
        nov 22, 2027                 2027-11-22
        22 nov, 2027                 2027-11-22
        1 sept                       2027-09-01
        1 september                  2027-09-01
        12 november 2026             2026-11-12
        29 feb                       2028-02-29
        31 dec                       2026-12-31
        1 jan                        2027-01-01
        1 may                        2027-05-01
        1 mar                        2027-03-01
        1 march 2026                 2026-03-01
        fri 27 nov                   2026-11-27
        Fri 27 Nov                   2026-11-27
        friday, 27 november          2026-11-27
        fri, nov 27                  2026-11-27
        sun 28 nov 2027              2027-11-28
        1st                          2026-12-01
        the 1st                      2026-12-01
        on the 15th                  2026-12-15
        20th                         2026-12-20
        21st                         2026-11-21
        30th                         2026-11-30
        31st                         2026-12-31
        25/12                        2026-12-25
        12/25                        2026-12-25
        13/11                        2027-11-13
        25/12/2027                   2027-12-25
        12/12                        2026-12-12
        12/12/2026                   2026-12-12
        12.11.                       2027-11-12
        12.11                        2027-11-12
        11.12.2026                   2026-12-11
    """,
    # A Sunday and a Monday: where weeks meet
    "2026-11-22": """
        sun                          2026-11-29
        mon                          2026-11-23
        next mon                     2026-11-23
        next sun                     2026-11-29
        next week                    2026-11-23
        end of week                  2026-11-27
    """,
    "2026-11-23": """
        mon                          2026-11-30
        next mon                     2026-11-30
        fri                          2026-11-27
        next fri                     2026-12-04
        next week                    2026-11-30
        end of week                  2026-11-27
        end of next week             2026-12-04
    """,
    # A Friday
    "2026-11-27": """
        fri                          2026-12-04
        next fri                     2026-12-04
        end of week                  2026-11-27
    """,
    # The last day of a month and of a year
    "2026-12-31": """
        tomorrow                     2027-01-01
        end of month                 2026-12-31
        end of year                  2026-12-31
        end of next month            2027-01-31
        next month                   2027-01-01
        next year                    2027-01-01
        31st                         2026-12-31
        30th                         2027-01-30
        1 jan                        2027-01-01
        31 dec                       2026-12-31
        +2m                          2027-02-28
        in 2 months                  2027-02-28
        fri                          2027-01-01
        end of jan                   2027-01-31
    """,
    # Months that are shorter than others
    "2026-01-31": """
        +1m                          2026-02-28
        in a month                   2026-02-28
        in 3 months                  2026-04-30
        end of next month            2026-02-28
        30th                         2026-03-30
        29th                         2026-03-29
        31st                         2026-01-31
        -2m                          2025-11-30
    """,
    "2028-01-31": """
        +1m                          2028-02-29
        end of next month            2028-02-29
        29th                         2028-02-29
        30th                         2028-03-30
        in a year                    2029-01-31
    """,
    # A leap day, and where it is left out
    "2028-02-29": """
        today                        2028-02-29
        in 1 year                    2029-02-28
        in 4 years                   2032-02-29
        a year ago                   2027-02-28
        29 feb                       2028-02-29
        end of month                 2028-02-29
        tomorrow                     2028-03-01
        28 feb                       2029-02-28
    """,
    "2096-03-01": """
        29 feb                       2104-02-29
        yesterday                    2096-02-29
        end of feb                   2097-02-28
    """,
    # Around the days on which clocks change: a day is a day, whatever its hours
    "2026-03-28": """
        tomorrow                     2026-03-29
        +2d                          2026-03-30
        mon                          2026-03-30
    """,
    "2026-10-24": """
        tomorrow                     2026-10-25
        +2d                          2026-10-26
        in a week                    2026-10-31
    """,
    # The ends of the calendar
    "2999-12-31": """
        today                        2999-12-31
        end of year                  2999-12-31
    """,
    "1900-01-01": """
        today                        1900-01-01
        1 jan                        1900-01-01
    """,
}

REFUSED: list[tuple[str, int, str]] = [
    # Nothing, and what is no word of a day
    ("", 0, '"" is no day; write today, tomorrow, fri, '),
    ("   ", 3, "is no day"),
    ("the", 3, "is no day"),
    ("soon", 0, '"soon" is no day'),
    ("m", 0, '"m" is no day'),
    ("mo", 0, '"mo" is no day'),
    ("mondayish", 0, '"mondayish" is no day'),
    ("next soon", 5, '"soon" is no day'),
    ("12 nvo", 3, '"nvo" is no day'),
    ("12 xyz", 3, '"xyz" is no day'),
    ("  12 nvo", 5, '"nvo" is no day'),
    ("friday at noon", 7, '"at" is no day'),
    ("fri 10:00", 4, '"10:00" is no day'),
    ("٣ nov", 0, '"٣" is no day'),
    ("12 ноя", 3, "is no day"),
    ("\u202e12 nov", 0, "is no day"),
    ("1" * 9_999, 0, "is no day"),
    (f"in{' ' * 70}a week", 0, "is no day"),
    ("+d", 0, '"+d" is no day'),
    ("+10y", 0, '"+10y" is no day'),
    ("--1d", 0, "is no day"),
    ("12/", 0, "is no day"),
    ("'; drop table", 0, "is no day"),
    # Words of days that make none
    ("today tomorrow", 0, '"today tomorrow" is no day'),
    ("next", 0, '"next" is no day'),
    ("next next week", 0, "is no day"),
    ("end of", 0, "is no day"),
    ("in weeks", 0, "is no day"),
    ("in friday", 0, "is no day"),
    ("nov", 0, '"nov" is no day'),
    ("nov 2026", 0, '"nov 2026" is no day'),
    # Days that no calendar has
    ("31 nov", 0, "there is no 31 November: November has 30 days"),
    ("30 feb", 0, "there is no 30 February: February 2027 has 28 days"),
    ("30 feb 2028", 0, "there is no 30 February: February 2028 has 29 days"),
    ("29 feb 2026", 0, "there is no 29 February: February 2026 has 28 days"),
    ("0 nov", 0, "there is no 0 November"),
    ("nov 31", 0, "there is no 31 November"),
    ("2026-13-01", 0, "there is no month 13"),
    ("2026-02-30", 0, "there is no 30 February"),
    ("13/14", 0, "there is no month 13"),
    ("32.1.", 0, "there is no 32 January"),
    ("32nd", 0, "no month has a 32nd"),
    ("0th", 0, "no month has a 0th"),
    ("0001-01-01", 0, '"0001-01-01" is no day of the years 1900 to 2999'),
    ("3000-01-01", 0, "is no day of the years"),
    ("1 jan 1899", 0, "is no day of the years"),
    ("end of nov 9999", 0, "is no day of the years"),
    ("+999999d", 0, "is no day of the years"),
    ("-999999m", 0, "is no day of the years"),
    ("+99999999999d", 0, "is no day of the years"),
    ("in 999999999999 weeks", 0, "is no day of the years"),
    # What may be meant in two ways, or contradicts itself
    ("12/11", 0, '"12/11" may be 12 Nov or 11 Dec; write the name of the month'),
    ("1/2/2027", 0, '"1/2/2027" may be 1 Feb or 2 Jan'),
    ("12", 0, '"12" of which month? Write 12 nov'),
    ("99", 0, '"99" of which month? Write 12 nov'),
    ("12 nov 26", 7, '"26" is no year; write all four digits'),
    ("12.11.26", 0, '"26" is no year'),
    ("end of nov 26", 11, '"26" is no year'),
    ("mon 27 nov", 0, "27 Nov 2026 is a Friday, not a Monday"),
    ("on mon, 27 nov", 3, "27 Nov 2026 is a Friday, not a Monday"),
]

TODAY = date(2026, 11, 21)


def cases() -> list[tuple[str, str, str]]:
    """Give today, what is typed, and the day that is meant."""
    lines = [(today, line) for today, table in READ.items() for line in table.strip().splitlines()]
    return [(today, line[:-10].strip(), line[-10:]) for today, line in lines]


def test_the_table_is_long() -> None:
    assert len(cases()) + len(REFUSED) >= 200


@pytest.mark.parametrize(("today", "typed", "day"), cases())
def test_a_typed_day_is_read(today: str, typed: str, day: str) -> None:
    spaced = f"  {typed.replace(' ', '   ')} "
    for text in (typed, spaced):
        assert read_day(text, date.fromisoformat(today)) == date.fromisoformat(day)


@pytest.mark.parametrize(("typed", "position", "message"), REFUSED)
def test_what_is_no_day_says_where_why_and_what_would_be_one(
    typed: str, position: int, message: str
) -> None:
    with pytest.raises(DayError) as caught:
        read_day(typed, TODAY)
    assert message in caught.value.message
    assert caught.value.position == position
    assert str(caught.value) == caught.value.message
    assert len(caught.value.message) < 150
    assert EARLIEST <= read_day(caught.value.example, TODAY) <= LATEST


@given(days, days)
def test_the_words_of_a_day_are_read_as_that_day(day: date, today: date) -> None:
    words = day_words(day, today)
    if words == absolute_words(day, today) and day.year == today.year and day < today:
        words += f" {day.year}"  # without a year the next one is meant
    assert read_day(words, today) == day


@given(st.text() | st.text(alphabet="0123456789 /.-+dwmnoveftrix"), days)
def test_any_text_is_a_day_or_refused_as_one(text: str, today: date) -> None:
    with suppress(DayError):
        assert EARLIEST <= read_day(text, today) <= LATEST


@given(
    st.lists(
        st.sampled_from(
            "end next of week month in 2 12th nov feb friday ago 2027 +3d a the on year 31 31/1".split()
        ),
        max_size=5,
    ),
    days,
)
def test_any_words_are_a_day_or_refused_with_a_place_and_an_example(
    words: list[str], today: date
) -> None:
    text = " ".join(words)
    error = refusal(text, today)
    if error is None:
        assert EARLIEST <= read_day(text, today) <= LATEST
        return
    assert 0 <= error.position <= len(text)
    if today.year < LATEST.year - 8:  # at the end of the calendar no such day may be left
        assert refusal(error.example, today) is None


def refusal(text: str, today: date) -> DayError | None:
    try:
        read_day(text, today)
    except DayError as error:
        return error
    return None
