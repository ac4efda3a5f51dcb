"""Numbers under custom patterns."""

import pytest

from preflight.evaluate.functions.number_text import format_number


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        (7, "000", "007"),
        (1234567, "000-0000", "123-4567"),
        (1234567, "#,#", "1,234,567"),
        (0, "#,#", ""),
        (1234567, "0,", "1235"),
        (1234567, ",0", "1234567"),
        (123456789, "00,,.##", "123.46"),
        (1234567, "0,0,0.0", "1,234,567.0"),
        (5, "0%", "500%"),
        (5, "%0", "%500"),
        (5, "0\u2030", "5000\u2030"),
        (1.5, "0", "2"),
        (-2.5, "0.00", "-2.50"),
        (2.0, "#.#", "2"),
        (0.5, ".#", ".5"),
        (1.25, "0.0.0", "1.25"),
        (1, ".", "1"),
        (123456.789, "##0.##E0", "123.46E3"),
        (1234, "0E-00", "1E03"),
        (1234, "0E00E00", "1E03E00"),
        (5, "0E+", "5E+"),
        (0, "0e0", "0e0"),
        (-1234.5, "0.###E+0", "-1.235E+3"),
        (5, "'lit'0", "lit5"),
        (5, '"a;b"0', "a;b5"),
        (5, "x\\0y0", "x0y5"),
        (5, "'open", "open"),
        (5, "\\", ""),
        (5, "0\0x", "5"),
    ],
)
def test_one_section(value: float, pattern: str, expected: str) -> None:
    assert format_number(value, pattern) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(3, "3"), (-3, "(3)"), (0, "none"), (-0.001, "none")]
)
def test_three_sections(value: float, expected: str) -> None:
    assert format_number(value, "0;(0);none") == expected


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        (-3, "0;", "-3"),
        (-3, "0;;z", "-3"),
        (0, "0;;z", "z"),
        (-1, ";", "-"),
        (1, ";", ""),
        (-0.001, "#.##", ""),
        (-0.001, "0.00", "-0.00"),
        (-0.001, "#;neg;zero", "zero"),
        (-0.0, "0.###E+0", "-0E+0"),
    ],
)
def test_empty_sections_and_negative_zero(value: float, pattern: str, expected: str) -> None:
    assert format_number(value, pattern) == expected
