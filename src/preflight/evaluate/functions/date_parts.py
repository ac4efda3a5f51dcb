"""The parts of a date and time that were read from text, and the moment they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from preflight.evaluate.functions.moment import TICKS_PER_SECOND, Moment, moment_of

_MOST_OFFSET = 14 * 60
_LAST_SHORT_YEAR = 49
_LONG_OFFSET_DIGITS = 3
_NOON = 12
_A_LEAP_DAY = date(2000, 2, 29)


class NoDate(ValueError):
    """Text that is no date and time."""


class NeedsToday(ValueError):
    """Text whose date depends on the clock, which was not given."""


LAYOUTS: Mapping[str, str] = {
    "": "",
    "NNN": "mdy",
    "YNN": "ymd",
    "NNY": "mdy",
    "NYN": "myd",
    "YN": "ym",
    "NY": "my",
    "NN": "md",
    "MNN": "mdy myd",
    "NMN": "dmy ymd",
    "NNM": "dym",
    "MNY": "mdy",
    "NMY": "dmy",
    "YMN": "ymd",
    "YNM": "ydm",
    "MYN": "myd",
    "NYM": "dym",
    "MY": "my",
    "YM": "ym",
    "MN": "md",
    "NM": "ym",
}
"""What the numbers of a date are, by kind (short Number, Year, Month name): first match counts."""


@dataclass(slots=True)
class DateParts:
    """What was read so far; `items` are the numbers and names of the date with their kinds."""

    items: list[tuple[str, int]] = field(default_factory=list)
    hour: int = 0
    minute: int = 0
    second: int = 0
    fraction: str = ""
    half: str = ""
    zone: str = ""
    weekday: int | None = None

    @property
    def kinds(self) -> str:
        """The kinds of the date's items, a letter each."""
        return "".join(kind for kind, _ in self.items)

    def moment(self, today: date | None) -> Moment:
        """Return the moment; raises `NoDate`, or `NeedsToday` where it decides and is None."""
        moment = moment_of(_date(self, today), _ticks(self), _offset(self.zone))
        if not moment.is_valid:
            raise NoDate
        return moment


def _date(parts: DateParts, today: date | None) -> date:
    layouts = LAYOUTS.get(parts.kinds)
    if layouts is None:
        raise NoDate
    day = next(filter(None, (_day(parts, layout, today) for layout in layouts.split(" "))), None)
    if day is None or parts.weekday not in {None, day.weekday()}:
        raise NoDate
    if today is None and "y" not in layouts:
        raise NeedsToday
    return day


def _day(parts: DateParts, layout: str, today: date | None) -> date | None:
    found = dict(zip(layout, parts.items, strict=True))
    current = today or _A_LEAP_DAY
    kind, year = found.get("y", ("Y", current.year))
    month = found["m"][1] if "m" in found else current.month
    day = found["d"][1] if "d" in found else 1 if found else current.day
    try:
        return date(_full_year(year) if kind == "N" else year, month, day)
    except ValueError:
        return None


def _full_year(year: int) -> int:
    return year + (2000 if year <= _LAST_SHORT_YEAR else 1900)


def _ticks(parts: DateParts) -> int:
    hour = parts.hour
    if hour >= 24 or parts.minute >= 60 or parts.second >= 60:  # noqa: PLR2004 - a clock's limits
        raise NoDate
    if parts.half == "am" and hour > _NOON:
        raise NoDate
    if parts.half:
        hour = hour % _NOON + (_NOON if parts.half == "pm" else 0)
    seconds = (hour * 60 + parts.minute) * 60 + parts.second
    return seconds * TICKS_PER_SECOND + round(_fraction(parts.fraction) * TICKS_PER_SECOND)


def _fraction(digits: str) -> float:
    """Add up decimal places one by one: the engine's own rounding errors included."""
    total, weight = 0.0, 0.1
    for digit in digits:
        total += int(digit) * weight
        weight *= 0.1
    return total


def _offset(zone: str) -> int:
    """Return the minutes of a zone: `Z`, `+h`, `+h:m`, `+hmm` or `+hhmm`."""
    if zone[:1] not in {"+", "-"}:
        return 0
    hours, colon, minutes = zone[1:].partition(":")
    if not colon and len(hours) >= _LONG_OFFSET_DIGITS:
        hours, minutes = hours[:-2], hours[-2:]
    total = int(hours) * 60 + int(minutes or 0)
    if int(minutes or 0) >= 60 or total > _MOST_OFFSET:  # noqa: PLR2004 - a clock's limit
        raise NoDate
    return -total if zone[0] == "-" else total
