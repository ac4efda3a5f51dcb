"""Dates and times as text under .NET format strings, invariant culture.

Source: .NET documentation, 'Standard date and time format strings' and 'Custom date and time
format strings'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from preflight.evaluate.functions.moment import Moment

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SHORT = 3
"""Letters of a short name."""

DEFAULT_FORMAT = "MM/dd/yyyy HH:mm:ss zzz"
"""What an empty format stands for."""

_LONG_DATE = "dddd, dd MMMM yyyy"
_SORTABLE = "yyyy-MM-ddTHH:mm:ss"
_RFC1123 = "ddd, dd MMM yyyy HH:mm:ss 'GMT'"
_ROUND_TRIP = _SORTABLE + ".fffffffK"
_STANDARD: Mapping[str, str] = {
    "d": "MM/dd/yyyy",
    "D": _LONG_DATE,
    "f": _LONG_DATE + " HH:mm",
    "F": _LONG_DATE + " HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": _ROUND_TRIP,
    "O": _ROUND_TRIP,
    "r": _RFC1123,
    "R": _RFC1123,
    "s": _SORTABLE,
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ss'Z'",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
_IN_UTC = frozenset("rRu")
"""Standard formats that show UTC."""

_TOKEN = re.compile(
    r"""(?P<field>d+|f+|F+|g+|h+|H+|K|m+|M+|s+|t+|y+|z+)|%(?P<single>[^%'"\\])"""
    r"""|'(?P<quoted>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)"|\\(?P<escaped>.)"""
    r"""|(?P<literal>[^'"\\%])""",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MOST_FRACTION = 7
_NOON = 12
_PLAIN_YEAR_DIGITS = 2
_HOUR = 60


class InvalidDateFormat(ValueError):
    """A format string that .NET refuses."""


def format_moment(moment: Moment, text: str, *, zulu: bool = False) -> str:
    """Write a valid moment; raises `InvalidDateFormat`. Linear in the length of the format.

    `zulu` says that the moment is known to be UTC: `K` then writes `Z`, and `U` is allowed.
    """
    if not text:
        return _format_custom(moment, DEFAULT_FORMAT, zulu=zulu)
    if len(text) > 1 or text > "\uffff":
        return _format_custom(moment, text, zulu=zulu)
    if text == "U" and zulu:
        text = "F"
    if text not in _STANDARD:
        raise InvalidDateFormat(text)
    shown = moment.utc if text in _IN_UTC else moment
    return _format_custom(shown, _STANDARD[text], zulu=zulu)


def _format_custom(moment: Moment, text: str, *, zulu: bool) -> str:
    out: list[str] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise InvalidDateFormat(text)
        position = match.end()
        if match.lastgroup in {"field", "single"}:
            _write_field(out, moment, match["field"] or match["single"], zulu=zulu)
        else:
            inside = match["quoted"] or match["double"] or ""
            out.append(match["escaped"] or match["literal"] or _ESCAPE.sub(r"\1", inside))
    return "".join(out)


def _write_field(out: list[str], moment: Moment, field: str, *, zulu: bool) -> None:
    letter, length = field[0], len(field)
    if letter in "fF":
        _write_fraction(out, moment, field)
    elif letter == "K" and zulu:
        out.append("Z")
    else:
        writer = _WRITERS.get(letter)
        out.append(writer(moment, length) if writer else field)


def _write_fraction(out: list[str], moment: Moment, field: str) -> None:
    if len(field) > _MOST_FRACTION:
        raise InvalidDateFormat(field)
    digits = f"{moment.fraction:07}"[: len(field)]
    if field[0] == "F":
        digits = digits.rstrip("0")
        # A point in front of nothing goes as well.
        if not digits and out and out[-1].endswith("."):
            out[-1] = out[-1][:-1]
    out.append(digits)


def _day(moment: Moment, length: int) -> str:
    if length <= 2:  # noqa: PLR2004 - d, dd
        return str(moment.day.day).rjust(length, "0")
    return _name(DAYS[moment.day.weekday()], length)


def _month(moment: Moment, length: int) -> str:
    if length <= 2:  # noqa: PLR2004 - M, MM
        return str(moment.day.month).rjust(length, "0")
    return _name(MONTHS[moment.day.month - 1], length)


def _name(name: str, length: int) -> str:
    return name[:SHORT] if length == SHORT else name


def _year(moment: Moment, length: int) -> str:
    year = moment.day.year
    if length <= _PLAIN_YEAR_DIGITS:
        year %= 100
    return str(year).rjust(length, "0")


def _two(value: int, length: int) -> str:
    return str(value).rjust(min(length, 2), "0")


def _hour(moment: Moment, length: int) -> str:
    return _two(moment.second_of_day // (_HOUR * _HOUR), length)


def _hour_of_half(moment: Moment, length: int) -> str:
    return _two(moment.second_of_day // (_HOUR * _HOUR) % _NOON or _NOON, length)


def _minute(moment: Moment, length: int) -> str:
    return _two(moment.second_of_day // _HOUR % _HOUR, length)


def _second(moment: Moment, length: int) -> str:
    return _two(moment.second_of_day % _HOUR, length)


def _half(moment: Moment, length: int) -> str:
    return ("AM" if moment.second_of_day // (_HOUR * _HOUR) < _NOON else "PM")[:length]


def _era(_moment: Moment, _length: int) -> str:
    return "A.D."


def _offset(moment: Moment, length: int) -> str:
    hours, minutes = divmod(abs(moment.offset), _HOUR)
    text = ("-" if moment.offset < 0 else "+") + _two(hours, length)
    return text if length <= 2 else f"{text}:{minutes:02}"  # noqa: PLR2004 - z, zz


def _kind(moment: Moment, _length: int) -> str:
    return _offset(moment, 3)


_WRITERS: Mapping[str, Callable[[Moment, int], str]] = {
    "d": _day,
    "g": _era,
    "h": _hour_of_half,
    "H": _hour,
    "K": _kind,
    "m": _minute,
    "M": _month,
    "s": _second,
    "t": _half,
    "y": _year,
    "z": _offset,
}
