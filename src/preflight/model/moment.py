"""Moments: ISO 8601 text, or a time without an offset → a time in UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def moment_of(text: str) -> datetime:
    """Return the UTC time that ISO 8601 text names; without an offset it is UTC.

    Raises:
        ValueError: it names none, or one before the year 1 or after 9999 once it is in UTC.
    """
    return in_utc(datetime.fromisoformat(text.strip()))


def in_utc(moment: datetime) -> datetime:
    """Return a time in UTC; without an offset it is UTC.

    Raises:
        ValueError: it lies before the year 1 or after 9999.
    """
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"`{moment.isoformat()}` is out of range in UTC") from error
