"""Dates and times read from text, as .NET reads them under the invariant culture.

Two forms, tried in this order:

    iso      = Y sep M sep D "T" hh ":" mm [":" ss ["." f]] [zone]     sep = "-" or "/"
    general  = date, time, zone, AM or PM and a weekday in any order, each at most once

    date     = one to three of number and month name, with blanks, "/" or "-" between
    time     = h ":" m [":" s ["." f]] | h ("AM" | "PM")
    zone     = "Z" | "GMT" | ("+" | "-") (h [":" m] | hmm | hhmm)

Commas and points count as blanks. Numbers of three to eight digits are years; of two, those below
50 are in this century. A text without a year takes that of `today`, one without a date `today`.
"""

from __future__ import annotations

import re
from datetime import date

from preflight.evaluate.functions.characters import WHITE_SPACE
from preflight.evaluate.functions.date_format import DAYS, MONTHS, SHORT
from preflight.evaluate.functions.date_parts import LAYOUTS, DateParts, NoDate
from preflight.evaluate.functions.moment import Moment

_W = f"[{WHITE_SPACE}]"
_ZONE = r"[-+](?:[0-9]{1,2}:[0-9]{1,2}|[0-9]{1,4})(?![0-9:])"
_B = f"[{WHITE_SPACE},.]"
_SEPARATOR = rf"(?:{_W}*[-/]{_B}*|{_B}+)"
_ISO = re.compile(
    rf"{_B}*(?P<year>[0-9]{{3,8}}){_SEPARATOR}(?P<month>[0-9]{{1,2}}){_SEPARATOR}"
    rf"(?P<day>[0-9]{{1,2}}){_W}*T{_W}*"
    rf"(?P<hour>[0-9]{{2}}){_W}*:{_W}*(?P<minute>[0-9]{{2}})"
    rf"(?:{_W}*:{_W}*(?P<second>[0-9]{{2}})(?:[.,](?P<fraction>[0-9]+))?)?"
    rf"{_W}*(?P<zone>[Zz]|{_ZONE})?{_W}*\0*",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})[Zz]")
_TOKEN = re.compile(
    rf"(?P<blank>[{WHITE_SPACE},.]+)"
    rf"|(?P<time>(?P<hour>[0-9]{{1,2}}){_W}*:{_W}*(?P<minute>[0-9]{{1,2}})"
    rf"(?:{_W}*:{_W}*(?P<second>[0-9]{{1,2}})(?:[.,](?P<fraction>[0-9]+))?)?)(?![0-9:])"
    rf"|(?P<number>[0-9]{{1,8}})(?![0-9:])|(?P<word>[A-Za-z]+)|(?P<slash>/)|(?P<sign>[-+])"
)
_SIGNED_ZONE = re.compile(_ZONE)
_YEAR_DIGITS = 3
_ITEMS = 3


def read_moment(text: str, today: date | None) -> Moment:
    """Return the moment that a text spells; without a zone it is UTC.

    Raises `NoDate`, or `NeedsToday` where `today` decides and is None.
    """
    iso = _ISO.fullmatch(text)
    parts = _iso_parts(iso) if iso else _Reader(text).read()
    return parts.moment(today)


def read_compact(text: str) -> Moment | None:
    """Return the moment of `yyyyMMddTHHmmssZ`, the form that `utcNow` gives; None if it is none."""
    match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    year, month, day, *time = map(int, match.groups())
    parts = DateParts(hour=time[0], minute=time[1], second=time[2])
    parts.items = [("Y", year), ("N", month), ("N", day)]
    try:
        return parts.moment(None)
    except NoDate:
        return None


def _iso_parts(match: re.Match[str]) -> DateParts:
    parts = DateParts(
        hour=int(match["hour"]),
        minute=int(match["minute"]),
        second=int(match["second"] or 0),
        fraction=match["fraction"] or "",
        zone=match["zone"] or "",
    )
    parts.items = [("Y", int(match["year"])), ("N", int(match["month"])), ("N", int(match["day"]))]
    return parts


class _Reader:
    """Reads the general form token by token."""

    def __init__(self, text: str) -> None:
        self.text = text.rstrip("\0")
        self.at = 0
        self.parts = DateParts()
        self.timed = False
        self.last = ""
        """Kind of the last token that is no blank: `item`, `separator` or another."""

    def read(self) -> DateParts:
        while self.at < len(self.text):
            match = _TOKEN.match(self.text, self.at)
            if match is None:
                raise NoDate
            self._token(match)
        if self.last == "separator" or not (self.parts.items or self.timed):
            raise NoDate
        return self.parts

    def _token(self, match: re.Match[str]) -> None:
        kind = match.lastgroup or ""
        if self.last == "separator" and kind not in {"blank", "number", "word"}:
            raise NoDate
        self.at = match.end()
        if match["time"]:
            self._time(match)
        elif match["number"]:
            self._number(match["number"])
        elif match["word"]:
            self._word(match["word"].lower())
        elif match["slash"] or match["sign"]:
            self._separator_or_zone(match)

    def _time(self, match: re.Match[str]) -> None:
        # Behind a date that is not complete the hour would belong to the date.
        if self.timed or 0 < len(self.parts.items) < _ITEMS:
            raise NoDate
        self.timed, self.last = True, "time"
        self.parts.hour, self.parts.minute = int(match["hour"]), int(match["minute"])
        self.parts.second = int(match["second"] or 0)
        self.parts.fraction = match["fraction"] or ""

    def _number(self, digits: str) -> None:
        is_hour = (
            len(digits) < _YEAR_DIGITS and not self.timed and self.parts.kinds in _HOUR_MAY_FOLLOW
        )
        if is_hour and _HALF_FOLLOWS.match(self.text, self.at):
            self.timed, self.last = True, "time"
            self.parts.hour = int(digits)
        else:
            self._item("N" if len(digits) < _YEAR_DIGITS else "Y", int(digits))

    def _word(self, word: str) -> None:
        if word in {"am", "pm"} and not self.parts.half:
            self.parts.half, self.last = word, "half"
        elif word in {"z", "gmt"}:
            self._zone(word)
        elif word in _MONTH_NUMBERS:
            self._item("M", _MONTH_NUMBERS[word])
        elif word in _WEEKDAYS and self.parts.weekday is None:
            self.parts.weekday, self.last = _WEEKDAYS[word], "weekday"
        else:
            raise NoDate

    def _item(self, kind: str, number: int) -> None:
        if len(self.parts.items) == _ITEMS:
            raise NoDate
        self.parts.items.append((kind, number))
        self.last = "item"

    def _zone(self, zone: str) -> None:
        incomplete = 0 < len(self.parts.items) < _ITEMS
        numeric = self.parts.kinds in {"YN", "NY"} and zone[0] in "+-"
        if self.parts.zone or (incomplete and not numeric):
            raise NoDate
        self.parts.zone, self.last = zone, "zone"

    def _separator_or_zone(self, match: re.Match[str]) -> None:
        open_date = self.last == "item" and len(self.parts.items) < _ITEMS
        if open_date and match[0] != "+":
            self.last = "separator"
            return
        zone = _SIGNED_ZONE.match(self.text, match.start())
        if zone is None:
            raise NoDate
        self._zone(zone[0])
        self.at = zone.end()


_HOUR_MAY_FOLLOW = {"", "NN"} | {kinds for kinds in LAYOUTS if len(kinds) == _ITEMS}
_HALF_FOLLOWS = re.compile(rf"{_W}*[AaPp][Mm](?![A-Za-z])")
_MONTH_NUMBERS = {
    name: number
    for number, month in enumerate(MONTHS, 1)
    for name in (month.lower(), month[:SHORT].lower())
}
_WEEKDAYS = {
    name: number
    for number, weekday in enumerate(DAYS)
    for name in (weekday.lower(), weekday[:SHORT].lower())
}
