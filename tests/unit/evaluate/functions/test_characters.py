"""Characters as .NET changes them: one to one."""

import pytest

from preflight.evaluate.functions.characters import is_letter_or_digit, to_lower, to_upper


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aZ", "AZ"),
        ("\xdf", "\xdf"),
        ("\u0149\ufb01", "\u0149\ufb01"),
        ("\u0131i", "\u0131I"),
        ("\u01c6", "\u01c4"),
        ("\u1fb3", "\u1fbc"),
        ("\u03c3\u03c2", "\u03a3\u03a3"),
    ],
)
def test_upper_case(text: str, expected: str) -> None:
    assert to_upper(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aZ", "az"),
        ("\u0130I", "\u0130i"),
        ("\u1e9e", "\xdf"),
        ("\u03a3\u0391\u03a3", "\u03c3\u03b1\u03c3"),
        ("\U00010400", "\U00010428"),
    ],
)
def test_lower_case(text: str, expected: str) -> None:
    assert to_lower(text) == expected


def test_letters_and_digits_are_single_units() -> None:
    assert is_letter_or_digit("\xe9")
    assert is_letter_or_digit("\u0663")
    assert not is_letter_or_digit("\xb2")
    assert not is_letter_or_digit("\U00010400")
