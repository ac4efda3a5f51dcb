"""The date functions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from preflight.evaluate.environment import Environment
from preflight.evaluate.frame import Frame, Position
from preflight.evaluate.interpret import evaluate
from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y')", "2023-04-07T14:53:14Z"),
        ("dateTimeAdd('20200615T100000Z', 'P1M')", "2020-07-15T10:00:00Z"),
        ("dateTimeAdd('20200615T100000z', 'P1M')", "2020-07-15T10:00:00Z"),
        ("dateTimeAdd('2020-06-15T10:00:00+02:00', 'PT1H')", "2020-06-15T11:00:00Z"),
        ("dateTimeAdd('2020-06-15T10:00:00+02:00', 'PT1H', 'u')", "2020-06-15 09:00:00Z"),
        ("dateTimeAdd('2021-01-01T00:00:00Z', '-PT1S', 'yyyyMMddHHmmss')", "20201231235959"),
        (
            "dateTimeAdd('2020-01-01T00:00:00.1234567Z', 'PT0.0000001S', 'o')",
            "2020-01-01T00:00:00.1234568+00:00",
        ),
        ("dateTimeFromEpoch(1683040573)", "2023-05-02T15:16:13Z"),
        ("dateTimeFromEpoch(' -1 ')", "1969-12-31T23:59:59Z"),
        ("dateTimeFromEpoch(float('1'))", "1970-01-01T00:00:01Z"),
        ("dateTimeToEpoch('2020-04-07T14:53:14Z')", 1586271194),
        ("dateTimeToEpoch('1969-12-31T23:59:59.5Z')", -1),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "dateTimeAdd(parameters('u'), 'P1D', 1)",
            "`dateTimeAdd`: argument 3 must be a string, not an integer",
        ),
        ("dateTimeAdd('x', 'P1D')", "`dateTimeAdd`: `x` is not a date and time"),
        ("dateTimeAdd('2020-01-01', 'P1W')", "`dateTimeAdd`: `P1W` is not a duration"),
        ("dateTimeAdd('2020-01-01', 'P1D', 'i')", "`dateTimeAdd`: `i` is not a format for dates"),
        ("dateTimeAdd('9999-12-31', 'P1D')", "`dateTimeAdd`: the result is not in the years"),
        ("dateTimeFromEpoch('a')", "`dateTimeFromEpoch`: the value is not a whole number"),
        ("dateTimeFromEpoch(float('1.5'))", "`dateTimeFromEpoch`: the value is not a whole"),
        ("dateTimeFromEpoch(float('NaN'))", "`dateTimeFromEpoch`: the value is not a whole"),
        ("dateTimeFromEpoch(253402300800)", "`dateTimeFromEpoch`: 253402300800 seconds are not"),
        ("dateTimeToEpoch('2020-13-01')", "`dateTimeToEpoch`: `2020-13-01` is not a date"),
        ("utcNow()", "`utcNow` is not allowed here"),
    ],
)
def test_refusals(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]").startswith(message)


def _at(frame: Frame, environment: Environment, now: datetime | None) -> Frame:
    return replace(
        frame,
        position=Position.PARAMETER_DEFAULT,
        environment=replace(environment, now=now),
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("utcNow()", "20190305T175318Z"),
        ("utcNow('d')", "03/05/2019"),
        ("utcNow('M d')", "3 5"),
        ("utcNow('o')", "2019-03-05T17:53:18.0000050Z"),
        ("dateTimeToEpoch('10:00Z')", 1551780000),
    ],
)
def test_a_given_clock(
    frame: Frame, environment: Environment, expression: str, expected: Value
) -> None:
    now = datetime(2019, 3, 5, 17, 53, 18, 5, tzinfo=UTC)

    assert evaluate(f"[{expression}]", _at(frame, environment, now)) == expected


@pytest.mark.parametrize("expression", ["utcNow()", "dateTimeToEpoch('10:00')"])
def test_without_a_clock_what_depends_on_it_is_open(
    frame: Frame, environment: Environment, expression: str
) -> None:
    value = evaluate(f"[{expression}]", _at(frame, environment, None))

    assert isinstance(value, Unknown)
    assert value.cause is Cause.CLOCK


def test_a_date_alone_needs_no_clock(value_of: ValueOf) -> None:
    assert isinstance(value_of("[dateTimeAdd('6/15', 'P1D')]"), Unknown)
    assert value_of("[dateTimeAdd('2020-06-15', 'P1D')]") == "2020-06-16T00:00:00Z"
