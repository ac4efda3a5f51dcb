"""Numbers as text under a .NET custom numeric pattern such as `#,##0.00;(#)`.

Source: .NET documentation, 'Custom numeric format strings'. A pattern has up to three sections
(positive; negative; zero). One pass measures the section that applies, a second one writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from preflight.evaluate.functions.number_digits import Digits, exponent_text

_GROUP = 3
_MOST_EXPONENT_DIGITS = 10
_SHIFTS = {"%": 2, "‰": 3}
"""Powers of ten by which a symbol multiplies the number."""

_TOKEN = re.compile(
    r"""'(?P<single>[^']*)'?|"(?P<double>[^"]*)"?|\\(?P<escaped>.?)"""
    r"|(?P<exponent>[Ee][+-]?0+)|(?P<symbol>[#0.,%‰])|(?P<end>;)|(?P<plain>.)",
    re.DOTALL,
)


class _Token(NamedTuple):
    """One element: `kind` is `literal`, `exponent` or the symbol itself."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    """What one section asks for. Positions count digit placeholders from the left."""

    placeholders: int
    point: int
    """Placeholders before the decimal point."""
    first_zero: int
    """Least number of digits before the point."""
    last_zero: int
    """Least number of digits behind the point."""
    shift: int
    grouped: bool
    scientific: bool


def apply_pattern(digits: Digits, pattern: str) -> str:
    """Write a number under a custom pattern; linear in pattern and digits."""
    sections = _sections(pattern)
    index = _section_index(sections, 2 if not digits.text else 1 if digits.negative else 0)
    measure = _measure(sections[index])
    if digits.text:
        digits = _fit(digits, measure)
        if not digits.text and (zero := _section_index(sections, 2)) != index:
            index, measure = zero, _measure(sections[zero])
    if not digits.text:
        digits = replace(digits, scale=0, negative=digits.negative and digits.floating)
    text = _Writer(digits, measure).write(sections[index])
    signed = digits.negative and index == 0 and (digits.scale != 0 or text != "")
    return "-" + text if signed else text


def _sections(pattern: str) -> list[list[_Token]]:
    sections: list[list[_Token]] = [[]]
    for match in _TOKEN.finditer(pattern.partition("\0")[0]):
        kind, text = match.lastgroup or "plain", match[match.lastgroup or 0]
        if kind == "end":
            sections.append([])
        elif kind in {"symbol", "exponent"}:
            sections[-1].append(_Token(text if kind == "symbol" else kind, text))
        else:
            sections[-1].append(_Token("literal", text))
    return sections


def _section_index(sections: list[list[_Token]], wanted: int) -> int:
    return wanted if wanted < len(sections) and sections[wanted] else 0


def _measure(section: list[_Token]) -> _Measure:
    count, shift, commas, comma_at = 0, 0, 0, -1
    point = first_zero = -1
    last_zero = 0
    grouped = scientific = False
    for kind, _ in section:
        if kind in "#0":
            if kind == "0":
                first_zero = count if first_zero < 0 else first_zero
                last_zero = count + 1
            count += 1
        elif kind == "." and point < 0:
            point = count
        elif kind == "," and count and point < 0:
            grouped = grouped or 0 <= comma_at < count
            commas = commas + 1 if comma_at == count else 1
            comma_at = count
        else:
            shift += _SHIFTS.get(kind, 0)
            scientific = scientific or kind == "exponent"
    point = count if point < 0 else point
    if comma_at == point and comma_at >= 0:
        shift -= commas * _GROUP
    return _Measure(
        placeholders=count,
        point=point,
        first_zero=max(point - first_zero, 0) if first_zero >= 0 else 0,
        last_zero=max(last_zero - point, 0),
        shift=shift,
        grouped=grouped or 0 <= comma_at != point,
        scientific=scientific,
    )


def _fit(digits: Digits, measure: _Measure) -> Digits:
    digits = replace(digits, scale=digits.scale + measure.shift)
    if measure.scientific:
        return digits.rounded(measure.placeholders)
    return digits.rounded(digits.scale + measure.placeholders - measure.point)


class _Writer:
    """Writes the digits into one section, left to right."""

    def __init__(self, digits: Digits, measure: _Measure) -> None:
        self.digits = digits
        self.measure = measure
        self.next = 0
        """Index of the next digit."""
        self.extra = 0 if measure.scientific else digits.scale - measure.point
        """Digits more than placeholders before the point; below zero: placeholders to skip."""
        self.place = measure.point + max(self.extra, 0)
        """Digits still to come before the point; below zero behind it."""
        self.shown = max(self.place + min(self.extra, 0), measure.first_zero)
        """Digits written before the point."""
        self.scientific = measure.scientific
        self.point_written = False
        self.out: list[str] = []

    def write(self, section: list[_Token]) -> str:
        """Return the text of the section."""
        for kind, text in section:
            if kind in "#0.":
                while self.extra > 0:
                    self.extra -= 1
                    self._emit(self._take() or "0")
            if kind in "#0":
                self._placeholder()
            elif kind == ".":
                self._point()
            elif kind == "exponent":
                self._exponent(text)
            elif kind != ",":
                self.out.append(text)
        return "".join(self.out)

    def _take(self) -> str:
        digit = self.digits.text[self.next : self.next + 1]
        self.next += 1
        return digit

    def _emit(self, digit: str) -> None:
        if digit:
            self.out.append(digit)
            behind = self.place - 1
            if self.measure.grouped and 0 < behind < self.shown and behind % _GROUP == 0:
                self.out.append(",")
        self.place -= 1

    def _placeholder(self) -> None:
        if self.extra < 0:
            self.extra += 1
            self._emit("0" if self.place <= self.measure.first_zero else "")
        else:
            self._emit(self._take() or ("0" if self.place > -self.measure.last_zero else ""))

    def _point(self) -> None:
        if self.place != 0 or self.point_written:
            return
        digits_remain = self.next < len(self.digits.text)
        behind = self.measure.point < self.measure.placeholders
        if self.measure.last_zero or (behind and digits_remain):
            self.out.append(".")
            self.point_written = True

    def _exponent(self, text: str) -> None:
        if not self.scientific:
            self.out.append(text)
            return
        self.scientific = False
        width = min(text.count("0"), _MOST_EXPONENT_DIGITS)
        value = self.digits.scale - self.measure.point if self.digits.text else 0
        self.out.append(exponent_text(text[0], value, width=width, plus="+" in text))
