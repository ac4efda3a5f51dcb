"""Digits of numbers, and rounding them."""

from preflight.evaluate.functions.number_digits import (
    Digits,
    decimal_digits,
    exponent_text,
    integer_digits,
    shortest_digits,
    significant_digits,
)


def test_digits_have_no_leading_zeros() -> None:
    assert integer_digits(-120) == Digits("120", 3, negative=True, floating=False)
    assert shortest_digits(0.00125) == Digits("125", -2, negative=False, floating=True)
    assert shortest_digits(-0.0) == Digits("", 0, negative=True, floating=True)
    assert shortest_digits(1e23) == Digits("1", 24, negative=False, floating=True)


def test_floats_are_rounded_exactly_and_ties_go_to_even() -> None:
    assert decimal_digits(0.125, 2).text == "12"
    assert decimal_digits(2.675, 2).text == "267"
    assert significant_digits(2.5, 1).text == "2"
    assert significant_digits(0.1, 20).text == "10000000000000000555"


def test_rounding_goes_away_from_zero_and_carries() -> None:
    assert integer_digits(1995).rounded(3) == Digits("2", 4, negative=False, floating=False)
    assert integer_digits(999).rounded(1) == Digits("1", 4, negative=False, floating=False)
    assert integer_digits(-4).rounded(0) == Digits("", 0, negative=False, floating=False)
    assert shortest_digits(-0.4).rounded(0) == Digits("", 0, negative=True, floating=True)
    assert integer_digits(5).rounded(-1).text == ""


def test_cutting_does_not_round() -> None:
    assert integer_digits(1999).cut(2).text == "19"


def test_exponents_have_a_least_width() -> None:
    assert exponent_text("E", 5, width=3, plus=True) == "E+005"
    assert exponent_text("e", -12, width=1, plus=False) == "e-12"
