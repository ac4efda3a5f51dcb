"""Numbers as text under .NET's standard format specifiers, invariant culture.

Source: .NET documentation, 'Standard numeric format strings'. The invariant culture writes
`,` between groups of three, `¤` for money and a blank before the percent sign.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from preflight.evaluate.functions.number_digits import (
    CUSTOM_PRECISION,
    Digits,
    Number,
    decimal_digits,
    exponent_text,
    integer_digits,
    shortest_digits,
    significant_digits,
)
from preflight.evaluate.functions.number_pattern import apply_pattern

GROUP = 3
INT64_MIN = -(1 << 63)
INT64_MAX = (1 << 63) - 1

_MOST_PRECISION = 999_999_999
_ROUND_TRIP_DIGITS = 17
_MOST_FLOAT_DIGITS = 800
_EXPONENT_PLACES = 6
_PLACES = 2
_FIRST_SCIENTIFIC = -5
"""`G` turns to an exponent below this power of ten."""


class InvalidFormat(ValueError):
    """A format specifier that .NET refuses."""


@dataclass(frozen=True, slots=True)
class Specifier:
    """A standard specifier: its letter as written, and the precision if there is one."""

    letter: str
    precision: int | None

    @property
    def kind(self) -> str:
        """The letter in upper case."""
        return self.letter.upper()


def parse_specifier(text: str) -> Specifier | None:
    """Return a standard specifier, or None for a custom pattern.

    Raises `InvalidFormat` for a precision past 999,999,999.
    """
    if not text or text[0] == "\0":
        return Specifier("G", None)
    if not (text[0].isascii() and text[0].isalpha()):
        return None
    digits = text[1:].partition("\0")[0]
    if not digits:
        return Specifier(text[0], None)
    if not (digits.isascii() and digits.isdigit()):
        return None
    significant = digits.lstrip("0")
    if len(significant) > len(str(_MOST_PRECISION)):
        raise InvalidFormat(text)
    return Specifier(text[0], int(significant or "0"))


def format_number(value: Number, text: str) -> str:
    """Format an integer of any size or a float; raises `InvalidFormat`."""
    if isinstance(value, float) and not math.isfinite(value):
        return _not_finite(value)
    specifier = parse_specifier(text)
    if specifier is None:
        return apply_pattern(_pattern_digits(value), text)
    if isinstance(value, float):
        return _format_float(value, specifier)
    return _format_integer(value, specifier)


def float_text(value: float) -> str:
    """Return a float as `format('{0}', …)` and JSON text show it: shortest, without `.0`."""
    return format_number(value, "")


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _pattern_digits(value: Number) -> Digits:
    if isinstance(value, float):
        return significant_digits(value, CUSTOM_PRECISION)
    return integer_digits(value)


# Integers


def _format_integer(value: int, specifier: Specifier) -> str:
    big = not INT64_MIN <= value <= INT64_MAX
    kind = specifier.kind
    precision = specifier.precision or 0
    if kind == "D" or (kind in "GR" and (big or precision < 1)):
        return ("-" if value < 0 else "") + str(abs(value)).rjust(precision, "0")
    if kind == "X":
        digits = _two_complement(value, 4, big=big)
        digits = digits if specifier.letter == "X" else digits.lower()
        return _pad_binary(digits, value, precision, ones="F" if specifier.letter == "X" else "f")
    if kind == "B":
        return _pad_binary(_two_complement(value, 1, big=big), value, precision, ones="1")
    if kind == "R":
        specifier = Specifier("g" if specifier.letter == "r" else "G", precision)
    return _write(integer_digits(value), specifier)


def _two_complement(value: int, bits: int, *, big: bool) -> str:
    """Return hexadecimal (4 bits) or binary (1 bit) digits, negative values as complement."""
    form = "X" if bits > 1 else "b"
    if not big:
        return f"{value & 0xFFFF_FFFF_FFFF_FFFF:{form}}"
    # Integers past 64 bits show their sign in the first digit.
    width = (value if value >= 0 else ~value).bit_length() // bits + 1
    return f"{value & ((1 << width * bits) - 1):0{width}{form}}"


def _pad_binary(digits: str, value: int, precision: int, *, ones: str) -> str:
    """Pad to a width: with zeros, a negative integer beyond 64 bits with digits of ones."""
    return digits.rjust(precision, ones if value < INT64_MIN else "0")


# Floats


def _format_float(value: float, specifier: Specifier) -> str:
    kind = specifier.kind
    if kind == "R" or (kind == "G" and not specifier.precision):
        digits = shortest_digits(value)
        letter = "g" if specifier.letter in "gr" else "G"
        return _write(digits, Specifier(letter, max(len(digits.text), _ROUND_TRIP_DIGITS)))
    if kind == "G":
        # A double has no more digits than that: all further ones are zeros.
        digits = significant_digits(value, min(specifier.precision or 1, _MOST_FLOAT_DIGITS))
    elif kind == "E":
        digits = significant_digits(value, _precision(specifier, _EXPONENT_PLACES) + 1)
    elif kind in "CFN":
        digits = decimal_digits(value, _precision(specifier, _PLACES))
    elif kind == "P":
        digits = decimal_digits(value, _precision(specifier, _PLACES) + 2)
    else:
        raise InvalidFormat(specifier.letter)
    return _write(digits, specifier)


def _precision(specifier: Specifier, default: int) -> int:
    return default if specifier.precision is None else specifier.precision


# Digits → text


def _write(digits: Digits, specifier: Specifier) -> str:
    writer = _WRITERS.get(specifier.kind)
    if writer is None:
        raise InvalidFormat(specifier.letter)
    return writer(digits, specifier)


def _places(digits: Digits, places: int) -> Digits:
    length = digits.scale + places
    return digits.cut(length) if digits.floating else digits.rounded(length)


def _fixed(digits: Digits, places: int, *, group: bool = False) -> str:
    whole = digits.text[: max(digits.scale, 0)].ljust(max(digits.scale, 0), "0") or "0"
    if group:
        whole = grouped(whole)
    if not places:
        return whole
    fraction = "0" * min(-min(digits.scale, 0), places) + digits.text[max(digits.scale, 0) :]
    return f"{whole}.{fraction[:places].ljust(places, '0')}"


def grouped(whole: str) -> str:
    """Put a comma between groups of three digits, from the right."""
    first = len(whole) % GROUP or GROUP
    rest = (whole[i : i + GROUP] for i in range(first, len(whole), GROUP))
    return ",".join((whole[:first], *rest))


def _write_fixed(digits: Digits, specifier: Specifier) -> str:
    places = _precision(specifier, _PLACES)
    digits = _places(digits, places)
    return ("-" if digits.negative else "") + _fixed(digits, places)


def _write_grouped(digits: Digits, specifier: Specifier) -> str:
    places = _precision(specifier, _PLACES)
    digits = _places(digits, places)
    return ("-" if digits.negative else "") + _fixed(digits, places, group=True)


def _write_money(digits: Digits, specifier: Specifier) -> str:
    places = _precision(specifier, _PLACES)
    digits = _places(digits, places)
    text = "¤" + _fixed(digits, places, group=True)
    return f"({text})" if digits.negative else text


def _write_percent(digits: Digits, specifier: Specifier) -> str:
    places = _precision(specifier, _PLACES)
    scale = digits.scale + 2
    digits = _places(Digits(digits.text, scale, digits.negative, digits.floating), places)
    return ("-" if digits.negative else "") + _fixed(digits, places, group=True) + " %"


def _write_exponent(digits: Digits, specifier: Specifier) -> str:
    places = _precision(specifier, _EXPONENT_PLACES)
    digits = digits.cut(places + 1) if digits.floating else digits.rounded(places + 1)
    text = digits.text or "0"
    mantissa = text[0] + ("." + text[1:].ljust(places, "0") if places else "")
    exponent = digits.scale - 1 if digits.text else 0
    sign = "-" if digits.negative else ""
    return sign + mantissa + exponent_text(specifier.letter, exponent, width=3, plus=True)


def _write_general(digits: Digits, specifier: Specifier) -> str:
    most = specifier.precision or len(digits.text)
    digits = digits.cut(most) if digits.floating else digits.rounded(most)
    sign = "-" if digits.negative else ""
    if digits.text and not _FIRST_SCIENTIFIC < digits.scale - 1 < most:
        text = digits.text[0] + ("." + digits.text[1:] if len(digits.text) > 1 else "")
        letter = "e" if specifier.letter == "g" else "E"
        return sign + text + exponent_text(letter, digits.scale - 1, width=2, plus=True)
    places = max(len(digits.text) - digits.scale, 0) if digits.text else 0
    return sign + _fixed(digits, places)


_WRITERS: Mapping[str, Callable[[Digits, Specifier], str]] = {
    "C": _write_money,
    "E": _write_exponent,
    "F": _write_fixed,
    "G": _write_general,
    "N": _write_grouped,
    "P": _write_percent,
}
