"""Times and durations as people type them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from preflight.errors import UsageError
from preflight.model.moment import moment_of

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(?:\d{1,9}[smhdw])+")
_ISO_DURATION = re.compile(
    r"P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?",
    re.IGNORECASE,
)


def parse_duration(text: str, option: str) -> timedelta:
    """Parse `90s`, `15m`, `1h30m`, `30d`, `2w` or an ISO 8601 duration (`PT1H`).

    Raises:
        UsageError: for anything else, naming the option.
    """
    folded = text.strip().lower()
    if _DURATION.fullmatch(folded):
        pairs = re.findall(r"(\d+)([smhdw])", folded)
        seconds = sum(int(count) * _UNITS[unit] for count, unit in pairs)
        return _bounded(seconds, text, option)
    match = _ISO_DURATION.fullmatch(folded)
    if match and any(match.groups()):
        factors = (604_800, 86_400, 3600, 60, 1)
        counts = (int(group or 0) for group in match.groups())
        return _bounded(sum(map(int.__mul__, counts, factors)), text, option)
    raise UsageError(
        f"`{option}` takes a duration, not `{text}`", help="write it as `90s`, `15m`, `1h` or `30d`"
    )


def _bounded(seconds: int, text: str, option: str) -> timedelta:
    if seconds > timedelta.max.total_seconds() / 1000:
        raise UsageError(f"`{option}` is too long: `{text}`")
    return timedelta(seconds=seconds)


def parse_time(text: str, option: str) -> datetime:
    """Parse an ISO 8601 time; without an offset it is UTC.

    Raises:
        UsageError: for anything else, naming the option.
    """
    try:
        return moment_of(text)
    except ValueError as error:
        raise UsageError(
            f"`{option}` takes a time, not `{text}`", help="write it as `2026-11-24T10:00:00Z`"
        ) from error
