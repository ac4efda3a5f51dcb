"""Points in time as the engine holds them: wall time in ticks, and an offset from UTC.

One tick is 100 nanoseconds, which is finer than Python's own date and time. Years are 1 to 9999.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

TICKS_PER_SECOND = 10_000_000
SECONDS_PER_DAY = 86_400

_TICKS_PER_DAY = SECONDS_PER_DAY * TICKS_PER_SECOND
_TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND
_END = date.max.toordinal() * _TICKS_PER_DAY
_TICKS_PER_MICROSECOND = 10
_EPOCH = date(1970, 1, 1).toordinal() - 1
_MOST_DIGITS = 10
_MOST_NUMBER = (1 << 31) - 1
_MOST_TICKS = (1 << 63) - 1
_DAYS_PER_YEAR, _DAYS_PER_MONTH, _MONTHS_PER_YEAR = 365, 30, 12

_DURATION = re.compile(
    r"[ \t\r\n]*(?P<sign>-?)P(?:(?P<years>[0-9]+)Y)?(?:(?P<months>[0-9]+)M)?(?:(?P<days>[0-9]+)D)?"
    r"(?P<time>T(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?"
    r"(?:(?P<seconds>[0-9]*)(?P<point>\.(?P<fraction>[0-9]*))?S)?)?[ \t\r\n]*"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Wall time in ticks since the year 1, and the minutes by which it is ahead of UTC."""

    ticks: int
    offset: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether wall time and UTC both lie in the years 1 to 9999."""
        return 0 <= self.ticks < _END and 0 <= self.utc.ticks < _END

    @property
    def utc(self) -> Moment:
        """The same point in time with offset 0."""
        return Moment(self.ticks - self.offset * _TICKS_PER_MINUTE)

    @property
    def day(self) -> date:
        """The wall date; the moment must be valid."""
        return date.fromordinal(self.ticks // _TICKS_PER_DAY + 1)

    @property
    def second_of_day(self) -> int:
        """Whole seconds since midnight of the wall date."""
        return self.ticks % _TICKS_PER_DAY // TICKS_PER_SECOND

    @property
    def fraction(self) -> int:
        """Ticks since the last whole second."""
        return self.ticks % TICKS_PER_SECOND

    @property
    def epoch(self) -> int:
        """Whole seconds since 1970-01-01 UTC, rounded down."""
        return self.utc.ticks // TICKS_PER_SECOND - _EPOCH * SECONDS_PER_DAY


def moment_of(day: date, ticks: int, offset: int = 0) -> Moment:
    """Return a moment of a wall date and the ticks since its midnight."""
    return Moment((day.toordinal() - 1) * _TICKS_PER_DAY + ticks, offset)


def moment_of_epoch(seconds: int) -> Moment:
    """Return the UTC moment so many seconds after 1970-01-01; it may be invalid."""
    return Moment((seconds + _EPOCH * SECONDS_PER_DAY) * TICKS_PER_SECOND)


def moment_of_datetime(now: datetime) -> Moment:
    """Return a Python time as a UTC moment; one without a zone is UTC."""
    utc = now.astimezone(UTC) if now.tzinfo else now
    seconds = (utc.hour * 60 + utc.minute) * 60 + utc.second
    ticks = seconds * TICKS_PER_SECOND + utc.microsecond * _TICKS_PER_MICROSECOND
    return moment_of(utc.date(), ticks)


def parse_duration(text: str) -> int | None:
    """Return the ticks of an ISO 8601 duration; None if it is none or too long.

    A month has 30 days and a year 365, twelve months a year. Weeks are not accepted, fractions
    for seconds only (XML Schema's form of the durations).
    """
    match = _DURATION.fullmatch(text)
    if match is None or not _is_complete(match):
        return None
    numbers = {name: _number(match[name]) for name in _NUMBERS}
    if any(number > _MOST_NUMBER for number in numbers.values()):
        return None
    months = numbers["months"]
    days = (numbers["years"] + months // _MONTHS_PER_YEAR) * _DAYS_PER_YEAR
    days += months % _MONTHS_PER_YEAR * _DAYS_PER_MONTH + numbers["days"]
    seconds = ((days * 24 + numbers["hours"]) * 60 + numbers["minutes"]) * 60 + numbers["seconds"]
    ticks = seconds * TICKS_PER_SECOND + int((match["fraction"] or "").ljust(7, "0")[:7])
    if ticks > _MOST_TICKS:
        return None
    return -ticks if match["sign"] else ticks


_NUMBERS = ("years", "months", "days", "hours", "minutes", "seconds")


def _is_complete(match: re.Match[str]) -> bool:
    """Tell whether there is a part at all, one behind `T` if there is a `T`, and one digit."""
    if match["seconds"] == "" and not match["fraction"]:
        return False
    if match["time"] is not None:
        return len(match["time"]) > 1
    return any(match[name] for name in _NUMBERS)


def _number(digits: str | None) -> int:
    significant = (digits or "").lstrip("0")
    return int(significant[:_MOST_DIGITS] or "0") if len(significant) <= _MOST_DIGITS else 1 << 31
