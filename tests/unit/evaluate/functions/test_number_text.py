"""Numbers under standard format specifiers."""

import pytest

from preflight.evaluate.functions.number_text import (
    InvalidFormat,
    float_text,
    format_number,
    grouped,
    parse_specifier,
)

BIG = 12345678901234567890123


@pytest.mark.parametrize(
    ("value", "specifier", "expected"),
    [
        (42, "", "42"),
        (42, "D5", "00042"),
        (-7, "d3", "-007"),
        (255, "X", "FF"),
        (255, "x4", "00ff"),
        (-5, "X", "FFFFFFFFFFFFFFFB"),
        (5, "b8", "00000101"),
        (1234567, "N0", "1,234,567"),
        (-1234567, "n1", "-1,234,567.0"),
        (1, "P", "100.00 %"),
        (-1, "C", "(\xa41.00)"),
        (5, "F3", "5.000"),
        (1234, "G2", "1.2E+03"),
        (1234, "g2", "1.2e+03"),
        (1000, "r1", "1e+03"),
        (5, "R", "5"),
        (0, "E", "0.000000E+000"),
        (-42, "E0", "-4E+001"),
        (9223372036854775807, "e3", "9.223e+018"),
    ],
)
def test_integers(value: int, specifier: str, expected: str) -> None:
    assert format_number(value, specifier) == expected


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        ("", "12345678901234567890123"),
        ("G30", "000000012345678901234567890123"),
        ("N0", "12,345,678,901,234,567,890,123"),
        ("X", "29D42B64E76714244CB"),
        ("E3", "1.235E+022"),
    ],
)
def test_integers_past_64_bits(specifier: str, expected: str) -> None:
    assert format_number(BIG, specifier) == expected


@pytest.mark.parametrize(
    ("value", "specifier", "expected"),
    [
        ((1 << 64) - 1, "X", "0FFFFFFFFFFFFFFFF"),
        (-(1 << 64) + 1, "x", "f0000000000000001"),
        (-(1 << 63) - 1, "X", "F7FFFFFFFFFFFFFFF"),
    ],
)
def test_the_sign_of_big_integers_shows_in_the_first_digit(
    value: int, specifier: str, expected: str
) -> None:
    assert format_number(value, specifier) == expected


@pytest.mark.parametrize(
    ("value", "specifier", "expected"),
    [
        (1e16, "", "10000000000000000"),
        (1e17, "", "1E+17"),
        (1e-4, "", "0.0001"),
        (1e-5, "", "1E-05"),
        (-0.0, "", "-0"),
        (0.1, "G20", "0.10000000000000000555"),
        (5e-324, "G17", "4.9406564584124654E-324"),
        (0.125, "F2", "0.12"),
        (-0.001, "F2", "-0.00"),
        (0.1, "E16", "1.0000000000000001E-001"),
        (0.015, "P0", "1 %"),
        (0.125, "C", "\xa40.12"),
        (1234.5678, "R5", "1234.5678"),
        (0.05, "F1", "0.1"),
    ],
)
def test_floats(value: float, specifier: str, expected: str) -> None:
    assert format_number(value, specifier) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(float("nan"), "NaN"), (float("inf"), "Infinity"), (float("-inf"), "-Infinity")],
)
def test_what_is_no_number_ignores_the_specifier(value: float, expected: str) -> None:
    assert format_number(value, "D5") == expected


@pytest.mark.parametrize(
    ("value", "specifier"), [(1, "Q"), (1, "F9999999999"), (1.5, "D"), (1.5, "X"), (1.5, "Z2")]
)
def test_refused_specifiers(value: float, specifier: str) -> None:
    with pytest.raises(InvalidFormat):
        format_number(value, specifier)


def test_a_huge_precision_of_a_float_costs_nothing() -> None:
    assert float_text(0.5) == format_number(0.5, "G999999999")


def test_letters_followed_by_other_than_digits_are_a_pattern() -> None:
    assert parse_specifier("D5x") is None
    assert parse_specifier("0.0") is None
    assert format_number(-1, "D5x") == "-D5x"


def test_groups_of_three() -> None:
    assert [grouped(text) for text in ("1", "123", "1234", "1234567")] == [
        "1",
        "123",
        "1,234",
        "1,234,567",
    ]


def test_negative_integers_past_64_bits_are_padded_with_ones() -> None:
    below = -(2**63) - 1

    assert format_number(below, "B80") == "1" * 16 + "0" + "1" * 63
    assert format_number(below, "X20") == "FFFF7FFFFFFFFFFFFFFF"
