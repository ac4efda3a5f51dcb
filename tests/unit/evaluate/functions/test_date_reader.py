"""Dates and times read from text."""

from datetime import date

import pytest

from preflight.evaluate.functions.date_format import format_moment
from preflight.evaluate.functions.date_parts import NeedsToday, NoDate
from preflight.evaluate.functions.date_reader import read_compact, read_moment

TODAY = date(2026, 11, 25)


def _read(text: str) -> str:
    return format_moment(read_moment(text, TODAY), "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-06-15T10:00:00Z", "2020-06-15T10:00:00+00:00"),
        ("2020-06-15t10:00z", "2020-06-15T10:00:00+00:00"),
        ("2020-06-15T10:00:00.12345675", "2020-06-15T10:00:00.1234568+00:00"),
        ("2020-06-15T10:00:00,5 +0200", "2020-06-15T10:00:00.5+02:00"),
        ("2020-06-15T10:00:00-2:30", "2020-06-15T10:00:00-02:30"),
        ("2020-06-15T10:00:00+002", "2020-06-15T10:00:00+00:02"),
        ("2020/6.5T10 :00", "2020-06-05T10:00:00+00:00"),
        (" 2020-6-5 1:2:3\0", "2020-06-05T01:02:03+00:00"),
        ("2020-06-15-05:00", "2020-06-15T00:00:00-05:00"),
        ("06/15/2020 10:00:00 PM", "2020-06-15T22:00:00+00:00"),
        ("6/15/20 12 am", "2020-06-15T00:00:00+00:00"),
        ("6/15/50", "1950-06-15T00:00:00+00:00"),
        ("6/15/120", "0120-06-15T00:00:00+00:00"),
        ("15 Jun 00002020", "2020-06-15T00:00:00+00:00"),
        ("02020-06-15T10:00Z", "2020-06-15T10:00:00+00:00"),
        ("2020.06.15, 10:00", "2020-06-15T10:00:00+00:00"),
        ("10:00 PM 6/15/2020 +2", "2020-06-15T22:00:00+02:00"),
        ("2020-06", "2020-06-01T00:00:00+00:00"),
        ("6-2020", "2020-06-01T00:00:00+00:00"),
        ("6/15", "2026-06-15T00:00:00+00:00"),
        ("Mon, 15 Jun 2020 10:00:00 GMT", "2020-06-15T10:00:00+00:00"),
        ("JUNE 15, 2020", "2020-06-15T00:00:00+00:00"),
        ("15-Jun-2020", "2020-06-15T00:00:00+00:00"),
        ("2020Jun15", "2020-06-15T00:00:00+00:00"),
        ("15 June", "2015-06-01T00:00:00+00:00"),
        ("June 15", "2026-06-15T00:00:00+00:00"),
        ("32 June 20", "2032-06-20T00:00:00+00:00"),
        ("10:00", "2026-11-25T10:00:00+00:00"),
    ],
)
def test_accepted(text: str, expected: str) -> None:
    assert _read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "15 Jun 12020",
        "15 Jun 000002020",
        ",",
        "2020",
        "June",
        "Mon",
        "20200615",
        "1592215200",
        "2021-02-29",
        "15/6/2020",
        "20-06-15",
        "10000-01-01",
        "2020-06-15T",
        "2020-06-15T10",
        "2020-06-15T1:2",
        "2020-06-15T24:00:00",
        "2020-06-15T23:59:60",
        "2020-06-15T10:00 PM",
        "2020-06-15T10:00:00 GMT",
        "2020-06-15T10:00:00UTC",
        "2020-06-15T10:00:00+15:00",
        "2020-06-15T10:00:00+02:60",
        "06/15/2020T10:00:00",
        "2020-06-15 13:00 AM",
        "2020-06-15 100:00",
        "2020-06-15 10:00 10:00",
        "2020-06-15 Z Z",
        "2020-06-15 1 2",
        "2020-06-15/",
        "2020-/06",
        "2020-06-15 -",
        "+2020-06-15",
        "Tue, 15 Jun 2020",
        "Mon Mon 15 Jun 2020",
        "Sept 15 2020",
        "6/15Z",
        "1/2020/15 Z+",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(NoDate):
        read_moment(text, TODAY)


def test_dates_that_depend_on_the_clock_need_it() -> None:
    with pytest.raises(NeedsToday):
        read_moment("10:00", None)
    with pytest.raises(NeedsToday):
        read_moment("2/29", None)
    with pytest.raises(NoDate):
        read_moment("2/30", None)
    assert read_moment("2020-06-15", None).day == date(2020, 6, 15)


def test_the_compact_form_of_utc_now() -> None:
    moment = read_compact("20200615T101112Z")

    assert moment is not None
    assert format_moment(moment, "s") == "2020-06-15T10:11:12"
    assert read_compact("20201315T101112Z") is None
    assert read_compact("20200615T101112") is None
