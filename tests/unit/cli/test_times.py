from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from preflight.cli.times import parse_duration, parse_time
from preflight.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("1h30m", 5400), ("30d", 2_592_000), ("2w", 1_209_600),
     ("PT1H", 3600), ("P1DT2H", 93_600), ("pt5m", 300)],
)  # fmt: skip
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text, "--duration") == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "h", "1y", "P", "PT", "-1h", "1h ago", "9" * 400 + "s"])
def test_a_wrong_duration_names_the_option(text: str) -> None:
    with pytest.raises(UsageError, match="--duration"):
        parse_duration(text, "--duration")


def test_a_time_without_an_offset_is_utc() -> None:
    assert parse_time("2026-11-24T10:00:00", "--now") == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert parse_time("2026-11-24T12:00:00+02:00", "--now").hour == 10


def test_a_wrong_time_names_the_option() -> None:
    with pytest.raises(UsageError, match="--now"):
        parse_time("yesterday", "--now")
