"""The decimal digits of a number, as .NET's formatting sees them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

Number: TypeAlias = int | float
"""A number of the template language: an integer of any size, or a double."""

CUSTOM_PRECISION = 15
"""Digits that a custom format keeps of a float."""


@dataclass(frozen=True, slots=True)
class Digits:
    """The number `0.text` times ten to the power `scale`.

    `text` has no leading zero and is empty for zero.
    `floating` decides about a negative zero: floats keep its sign, integers have none.
    """

    text: str
    scale: int
    negative: bool
    floating: bool

    def rounded(self, length: int) -> Digits:
        """Keep `length` digits, rounding half away from zero."""
        if len(self.text) <= length:
            return self._cut(len(self.text))
        if length < 0 or self.text[length] < "5":
            return self._cut(max(length, 0))
        kept = self.text[:length].rstrip("9")
        if not kept:
            return replace(self, text="1", scale=self.scale + 1)
        return replace(self, text=kept[:-1] + chr(ord(kept[-1]) + 1))

    def cut(self, length: int) -> Digits:
        """Keep `length` digits of a number that is already rounded."""
        return self._cut(max(min(length, len(self.text)), 0))

    def _cut(self, length: int) -> Digits:
        text = self.text[:length].rstrip("0")
        if text:
            return replace(self, text=text)
        return replace(self, text="", scale=0, negative=self.negative and self.floating)


def integer_digits(value: int) -> Digits:
    """Return the digits of an integer."""
    text = str(abs(value)).lstrip("0")
    return Digits(text, len(text), negative=value < 0, floating=False)


def shortest_digits(value: float) -> Digits:
    """Return the shortest digits that read back as the same finite float."""
    return _from_scientific(value, repr(abs(value)))


def significant_digits(value: float, count: int) -> Digits:
    """Return `count` (at least 1) significant digits of a finite float, ties to even."""
    return _from_scientific(value, f"{abs(value):.{count - 1}e}")


def decimal_digits(value: float, places: int) -> Digits:
    """Return the digits of a finite float to so many decimal places, ties to even."""
    return _from_scientific(value, f"{abs(value):.{places}f}")


def _from_scientific(value: float, text: str) -> Digits:
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    scale = len(whole) + int(exponent or "0") - (len(whole + fraction) - len(digits))
    negative = str(value).startswith("-")
    if not digits:
        return Digits("", 0, negative=negative, floating=True)
    return Digits(digits.rstrip("0"), scale, negative=negative, floating=True)


def exponent_text(letter: str, exponent: int, *, width: int, plus: bool) -> str:
    """Return `E+005`: the letter, the sign, at least `width` digits."""
    sign = "-" if exponent < 0 else "+" if plus else ""
    return letter + sign + str(abs(exponent)).rjust(width, "0")
