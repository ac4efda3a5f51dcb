"""The date functions.

Source: ARM template functions, "Date"; corner cases from the deployment engine. Times without a
zone are UTC, as in the service.
"""

from __future__ import annotations

import re

from preflight.evaluate.frame import Position
from preflight.evaluate.functions.date_format import InvalidDateFormat, format_moment
from preflight.evaluate.functions.date_parts import NeedsToday, NoDate
from preflight.evaluate.functions.date_reader import read_compact, read_moment
from preflight.evaluate.functions.moment import (
    Moment,
    moment_of_datetime,
    moment_of_epoch,
    parse_duration,
)
from preflight.evaluate.functions.registry import FLOAT, INT, STRING, Call, Checked, Function
from preflight.model.value import Cause, Value

_RESULT_FORMAT = "yyyy-MM-ddTHH:mm:ssZ"
_NOW_FORMAT = "yyyyMMddTHHmmssZ"
_CHARACTERS_PER_STEP = 32
_EPOCH_TEXT = re.compile(r"[\t-\r ]*(?P<number>[-+]?[0-9]{1,19})[\t-\r ]*\0*")


def _read(call: Call, index: int) -> Moment:
    """Return a date argument; raises `NeedsToday` where the clock decides and is not known."""
    now = call.frame.environment.now
    text = call.text(index)
    try:
        compact = read_compact(text)
        return compact or read_moment(text, moment_of_datetime(now).day if now else None)
    except NoDate as problem:
        raise call.problem(
            f"`{text[:60]}` is not a date and time", help="it looks like `2020-01-31T12:00:00Z`"
        ) from problem


def _format(call: Call, moment: Moment, text: str, *, zulu: bool = False) -> str:
    call.spend(len(text) // _CHARACTERS_PER_STEP)
    try:
        return format_moment(moment, text, zulu=zulu)
    except InvalidDateFormat as problem:
        raise call.problem(f"`{text[:60]}` is not a format for dates") from problem


def _date_time_add(call: Call) -> Value:
    duration = parse_duration(call.text(1))
    if duration is None:
        raise call.problem(
            f"`{call.text(1)[:60]}` is not a duration", help="it looks like `P1DT2H` or `-PT30M`"
        )
    try:
        base = _read(call, 0)
    except NeedsToday:
        return call.unknown(Cause.CLOCK)
    moment = Moment(base.ticks + duration, base.offset)
    if not moment.is_valid:
        raise call.problem("the result is not in the years 1 to 9999")
    return _format(call, moment, call.text(2, _RESULT_FORMAT))


def _date_time_from_epoch(call: Call) -> Value:
    value = call.values[0]
    seconds: int | None = None
    if isinstance(value, str):
        match = _EPOCH_TEXT.fullmatch(value)
        seconds = int(match["number"]) if match else None
    elif isinstance(value, int | float) and value == value // 1:
        seconds = int(value)
    if seconds is None:
        raise call.problem("the value is not a whole number of seconds")
    moment = moment_of_epoch(seconds)
    if not moment.is_valid:
        raise call.problem(f"{seconds} seconds are not in the years 1 to 9999")
    return format_moment(moment, _RESULT_FORMAT)


def _date_time_to_epoch(call: Call) -> Value:
    try:
        return _read(call, 0).epoch
    except NeedsToday:
        return call.unknown(Cause.CLOCK)


def _utc_now(call: Call) -> Value:
    now = call.frame.environment.now
    if now is None:
        return call.unknown(Cause.CLOCK)
    return _format(call, moment_of_datetime(now), call.text(0, _NOW_FORMAT), zulu=True)


FUNCTIONS: tuple[Function, ...] = (
    Function(
        "dateTimeAdd",
        _date_time_add,
        (STRING, STRING, STRING),
        optional=1,
        checked=Checked.EACH,
        steps=8,
    ),
    Function("dateTimeFromEpoch", _date_time_from_epoch, (INT | FLOAT | STRING,), steps=4),
    Function("dateTimeToEpoch", _date_time_to_epoch, (STRING,), steps=4),
    Function(
        "utcNow",
        _utc_now,
        (STRING,),
        optional=1,
        only_in=frozenset({Position.PARAMETER_DEFAULT}),
        steps=4,
    ),
)
