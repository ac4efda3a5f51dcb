"""Dates and times under .NET format strings."""

from datetime import date

import pytest

from preflight.evaluate.functions.date_format import InvalidDateFormat, format_moment
from preflight.evaluate.functions.moment import TICKS_PER_SECOND, moment_of

HERE = moment_of(date(987, 3, 4), (17 * 3600 + 6 * 60 + 7) * TICKS_PER_SECOND + 800_000, -330)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "03/04/0987 17:06:07 -05:30"),
        ("d", "03/04/0987"),
        ("D", "Sunday, 04 March 0987"),
        ("f", "Sunday, 04 March 0987 17:06"),
        ("F", "Sunday, 04 March 0987 17:06:07"),
        ("g", "03/04/0987 17:06"),
        ("G", "03/04/0987 17:06:07"),
        ("m", "March 04"),
        ("o", "0987-03-04T17:06:07.0800000-05:30"),
        ("r", "Sun, 04 Mar 0987 22:36:07 GMT"),
        ("s", "0987-03-04T17:06:07"),
        ("t", "17:06"),
        ("T", "17:06:07"),
        ("u", "0987-03-04 22:36:07Z"),
        ("Y", "0987 March"),
    ],
)
def test_standard_formats(text: str, expected: str) -> None:
    assert format_moment(HERE, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d dd ddd dddd ddddd", "4 04 Sun Sunday Sunday"),
        ("M MM MMM MMMM", "3 03 Mar March"),
        ("y yy yyy yyyy yyyyy", "87 87 987 0987 00987"),
        ("h hh hhh H HH", "5 05 05 17 17"),
        ("m mm s ss", "6 06 7 07"),
        ("t tt ttt", "P PM PM"),
        ("f ff fffffff", "0 08 0800000"),
        ("ss.FFF", "07.08"),
        ("ss.F", "07"),
        ("%F", ""),
        ("z zz zzz K", "-5 -05 -05:30 -05:30"),
        ("gg", "A.D."),
        ("%d%d", "44"),
        ("yyyy-MM-ddTHH:mm:ssZ", "0987-03-04T17:06:07Z"),
        ("'d'\"M\"\\y", "dMy"),
        ("'a\\'b'", "a'b"),
        ("\xe9\U0001f600 ", "\xe9\U0001f600 "),
    ],
)
def test_custom_formats(text: str, expected: str) -> None:
    assert format_moment(HERE, text) == expected


@pytest.mark.parametrize(
    "text", ["i", "K", "U", "%", "%%", "d%", "\\", "a\\", '"', "'a", "%'", "ffffffff", "FFFFFFFF"]
)
def test_refused_formats(text: str) -> None:
    with pytest.raises(InvalidDateFormat):
        format_moment(HERE, text)


def test_a_moment_known_to_be_utc_shows_it() -> None:
    assert format_moment(HERE, "%K", zulu=True) == "Z"
    assert format_moment(HERE, "U", zulu=True) == "Sunday, 04 March 0987 17:06:07"


def test_noon_and_midnight() -> None:
    noon, midnight = moment_of(date(2020, 1, 1), 12 * 36_000_000_000), moment_of(date.min, 0)

    assert format_moment(noon, "hh tt") == "12 PM"
    assert format_moment(midnight, "hh tt") == "12 AM"
