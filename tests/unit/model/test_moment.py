"""Times in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from preflight.model.moment import in_utc, moment_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24T10:00:00Z", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        (" 2026-11-24T10:00:00 ", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ("2026-11-24T10:00:00+02:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_text_names_a_moment(text: str, expected: datetime) -> None:
    assert moment_of(text) == expected
    assert moment_of(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "soon", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid|range"):
        moment_of(text)


def test_a_time_without_an_offset_is_utc() -> None:
    assert in_utc(datetime(2026, 1, 1)) == datetime(2026, 1, 1, tzinfo=UTC)  # noqa: DTZ001 - asked

    with pytest.raises(ValueError, match="out of range in UTC"):
        in_utc(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))))
