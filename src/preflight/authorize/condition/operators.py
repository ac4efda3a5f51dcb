"""The comparison operators of conditions, as a table.

Source: Azure RBAC "Azure role assignment condition format and syntax", operators and cross
product comparison.
"""

from __future__ import annotations

import enum
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

Scalar: TypeAlias = bool | int | str
"""One value: text, an integer, a boolean; a GUID as 32 lower-case digits, a time as ticks."""

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,7}))?(?:Z|\+00:00)",
    re.IGNORECASE,
)
_EPOCH = datetime(1, 1, 1)  # noqa: DTZ001 - only a difference is taken, both sides UTC
_TICKS_PER_SECOND = 10_000_000
_MAXIMUM_LIKE_WORK = 4_000_000


class Family(enum.Enum):
    """What kind of value an operator compares, as messages name it."""

    STRING = "a string in single quotes"
    NUMERIC = "an integer"
    BOOL = "true or false"
    DATE_TIME = "a UTC time such as '2026-01-31T12:00:00.0Z'"
    GUID = "a GUID without quotes"


class Quantifier(enum.Enum):
    """How two lists of values are compared: (over the left side, over the right side)."""

    ANY_ANY = ("ForAnyOfAnyValues", any, any)
    ALL_ANY = ("ForAllOfAnyValues", all, any)
    ANY_ALL = ("ForAnyOfAllValues", any, all)
    ALL_ALL = ("ForAllOfAllValues", all, all)

    def holds(self, left: tuple[Scalar, ...], right: tuple[Scalar, ...], test: Test) -> bool:
        """Whether the comparison holds over both lists."""
        _, outer, inner = self.value
        return outer(inner(test(one, other) for other in right) for one in left)


Test: TypeAlias = Callable[[Scalar, Scalar], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One comparison. `negated`: true where the values differ (an absent one is undocumented)."""

    name: str
    family: Family
    test: Test
    negated: bool = False
    takes_sets: bool = False
    """Whether it may carry a quantifier."""


class TooMuchWork(Exception):
    """A comparison would take too long; its answer is not known."""


def guid_of(text: str) -> str | None:
    """Return a GUID (dashed, or 32 digits) as 32 lower-case digits; None for other text."""
    return text.replace("-", "").lower() if _GUID.fullmatch(text) else None


def integer_of(text: str) -> int | None:
    """Return an integer literal's value; None for other text."""
    return int(text) if _INTEGER.fullmatch(text) else None


def ticks_of(text: str) -> int | None:
    """Return an ISO 8601 UTC time in ticks of 100 ns (up to seven decimals); None if it is none."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found[1])
    except ValueError:
        return None
    seconds = (moment - _EPOCH) // timedelta(seconds=1)
    return seconds * _TICKS_PER_SECOND + int((found[2] or "").ljust(7, "0"))


def fold(text: str) -> str:
    """Fold case one character at a time, as an ordinal comparison that ignores case does."""
    if text.isascii():
        return text.upper()
    folded = (character.upper() for character in text)
    return "".join(
        upper if len(upper) == 1 else character
        for upper, character in zip(folded, text, strict=True)
    )


def like(value: str, pattern: str) -> bool:
    r"""Whether text fits a pattern: `*` any text, `?` one character, `\*` and `\?` themselves.

    Linear in practice and bounded: raises `TooMuchWork` where it could take too long.
    """
    if len(value) * len(pattern) > _MAXIMUM_LIKE_WORK:
        raise TooMuchWork
    wanted = list(_pattern_items(pattern))
    at = item = 0
    star = resume = -1
    while at < len(value):
        if item < len(wanted) and wanted[item] == "*":
            star, resume = item, at
            item += 1
        elif item < len(wanted) and wanted[item] in {"?", "\\" + value[at]}:
            at += 1
            item += 1
        elif star >= 0:
            resume += 1
            at, item = resume, star + 1
        else:
            return False
    return all(rest == "*" for rest in wanted[item:])


def _pattern_items(pattern: str) -> Iterator[str]:
    r"""Yield `*`, `?`, or a backslash and the character that stands for itself."""
    at = 0
    while at < len(pattern):
        character = pattern[at]
        escaped = character == "\\" and pattern[at + 1 : at + 2] in {"*", "?"}
        if escaped:
            at += 1
            character = pattern[at]
        yield character if character in "*?" and not escaped else "\\" + character
        at += 1


def _text(test: Callable[[str, str], bool], *, negated: bool, folds: bool) -> Test:
    def compare(left: Scalar, right: Scalar) -> bool:
        one, other = str(left), str(right)
        return test(fold(one), fold(other)) != negated if folds else test(one, other) != negated

    return compare


def _ordered(test: Callable[[int, int], bool]) -> Test:
    def compare(left: Scalar, right: Scalar) -> bool:
        return isinstance(left, int) and isinstance(right, int) and test(left, right)

    return compare


_ORDERS: tuple[tuple[str, Callable[[int, int], bool]], ...] = (
    ("Equals", operator.eq),
    ("NotEquals", operator.ne),
    ("LessThan", operator.lt),
    ("LessThanEquals", operator.le),
    ("GreaterThan", operator.gt),
    ("GreaterThanEquals", operator.ge),
)


def _string_operators() -> Iterator[Operator]:
    tests: tuple[tuple[str, Callable[[str, str], bool], bool], ...] = (
        ("Equals", operator.eq, True),
        ("StartsWith", str.startswith, False),
        ("Like", like, True),
    )
    for name, test, takes_sets in tests:
        for negation in ("", "Not"):
            for suffix in ("", "IgnoreCase"):
                yield Operator(
                    name=f"String{negation}{name}{suffix}",
                    family=Family.STRING,
                    test=_text(test, negated=bool(negation), folds=bool(suffix)),
                    negated=bool(negation),
                    takes_sets=takes_sets,
                )


def _other_operators() -> Iterator[Operator]:
    for name, order in _ORDERS:
        test, negated = _ordered(order), name == "NotEquals"
        yield Operator(
            name=f"Numeric{name}", family=Family.NUMERIC, test=test, negated=negated,
            takes_sets=True,
        )  # fmt: skip
        yield Operator(name=f"DateTime{name}", family=Family.DATE_TIME, test=test, negated=negated)
    for name, equal in (("Equals", True), ("NotEquals", False)):
        test = operator.eq if equal else operator.ne
        yield Operator(name=f"Bool{name}", family=Family.BOOL, test=test, negated=not equal)
        yield Operator(
            name=f"Guid{name}", family=Family.GUID, test=test, negated=not equal, takes_sets=True
        )


OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {row.name.lower(): row for row in (*_string_operators(), *_other_operators())}
)
"""Operators by folded name."""

QUANTIFIERS: Mapping[str, Quantifier] = MappingProxyType(
    {row.value[0].lower(): row for row in Quantifier}
)
"""Quantifiers by folded name."""
