"""Points in time and durations."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from preflight.evaluate.functions.moment import (
    TICKS_PER_SECOND,
    Moment,
    moment_of,
    moment_of_datetime,
    moment_of_epoch,
    parse_duration,
)

DAY = 86_400 * TICKS_PER_SECOND


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("P1D", 86_400),
        (" -PT1H30M\n", -5_400),
        ("P1M", 30 * 86_400),
        ("P13M", (365 + 30) * 86_400),
        ("P1Y2M3DT4H5M6S", (365 + 60 + 3) * 86_400 + 4 * 3_600 + 5 * 60 + 6),
        ("P0Y", 0),
        ("PT2147483647S", 2_147_483_647),
    ],
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds * TICKS_PER_SECOND


@pytest.mark.parametrize(
    ("text", "ticks"),
    [("PT.5S", 5_000_000), ("PT1.S", 10_000_000), ("PT0.12345678901S", 1_234_567)],
)
def test_fractions_of_seconds_are_cut(text: str, ticks: int) -> None:
    assert parse_duration(text) == ticks


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1",
        "1D",
        "P1DT",
        "P1W",
        "P1.5D",
        "PT1.5H",
        "PT1,5S",
        "PT.S",
        "P1M1Y",
        "p1d",
        "+P1D",
        "P-1D",
        "PT2147483648S",
        "P2147483647Y",
        "P" + "9" * 100_000 + "D",
    ],
)
def test_no_durations(text: str) -> None:
    assert parse_duration(text) is None


def test_parts_of_a_moment() -> None:
    moment = moment_of(date(2020, 2, 29), 3 * TICKS_PER_SECOND + 7, 90)

    assert (moment.day, moment.second_of_day, moment.fraction) == (date(2020, 2, 29), 3, 7)
    assert moment.utc.day == date(2020, 2, 28)


def test_the_epoch_counts_whole_seconds_rounded_down() -> None:
    assert moment_of_epoch(86_400) == moment_of(date(1970, 1, 2), 0)
    assert moment_of(date(1970, 1, 1), -1).epoch == -1


def test_wall_time_and_utc_must_both_be_in_range() -> None:
    assert Moment(0).is_valid
    assert not Moment(-1).is_valid
    assert not Moment(0, 60).is_valid
    assert not moment_of(date.max, DAY - 1, -60).is_valid
    assert not moment_of(date.max, DAY).is_valid


def test_python_times() -> None:
    here = datetime(2020, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))

    assert moment_of_datetime(here).day == date(2019, 12, 31)
    assert moment_of_datetime(datetime(2020, 1, 1, 0, 0, 1, 5, tzinfo=UTC)).fraction == 50
