"""IP addresses as text: read and written the way .NET does.

IPv4 text may have one to four parts, octal and hexadecimal numbers, as in the C library's
`inet_aton`; IPv6 is written after RFC 5952, with a dotted quad where it embeds an IPv4 address.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from itertools import groupby

IPV4_BITS = 32
IPV6_BITS = 128

_IPV4_PART = re.compile(r"0[xX][0-9a-fA-F]{1,8}|0[0-7]{0,11}|[1-9][0-9]{0,9}")
_LAST_ZERO = re.compile(r"\.0(?=[1-9][0-9]*\Z)")
"""The one leading zero that .NET takes in an IPv4 address inside an IPv6 address."""
_MOST_PARTS = 4
_MAPPED = 0xFFFF
_ISATAP = 0x5EFE
_GROUPS = 8
_GROUP_BITS = 16


@dataclass(frozen=True, slots=True)
class Address:
    """An IP address: its number, and 32 or 128 for its family."""

    number: int
    bits: int

    @property
    def text(self) -> str:
        """The usual spelling."""
        if self.bits == IPV4_BITS:
            return str(ipaddress.IPv4Address(self.number))
        return _ipv6_text(self.number)


def parse_address(text: str) -> Address | None:
    """Return the address that a text spells, or None."""
    if ":" in text:
        try:
            return Address(int(ipaddress.IPv6Address(_LAST_ZERO.sub(".", text))), IPV6_BITS)
        except ValueError:
            return None
    return _parse_ipv4(text)


def _parse_ipv4(text: str) -> Address | None:
    parts = text.split(".", _MOST_PARTS)
    if len(parts) > _MOST_PARTS or not all(map(_IPV4_PART.fullmatch, parts)):
        return None
    *leading, last = map(_part, parts)
    if any(number > 0xFF for number in leading) or last >= 1 << 8 * (5 - len(parts)):  # noqa: PLR2004 - bytes
        return None
    number = last
    for place, part in enumerate(leading):
        number |= part << 8 * (3 - place)
    return Address(number, IPV4_BITS)


def _part(text: str) -> int:
    if text[:2] in {"0x", "0X"}:
        return int(text, 0)
    return int(text, 8 if text[0] == "0" else 10)


def _ipv6_text(number: int) -> str:
    groups = [(number >> _GROUP_BITS * place) & _MAPPED for place in reversed(range(_GROUPS))]
    if not _embeds_ipv4(groups):
        return _groups_text(groups)
    head = _groups_text(groups[:6])
    quad = str(ipaddress.IPv4Address(number & 0xFFFF_FFFF))
    return head + ("" if head.endswith(":") else ":") + quad


def _embeds_ipv4(groups: list[int]) -> bool:
    if groups[:4] == [0, 0, 0, 0] and groups[6]:
        return groups[4:6] in ([0, 0], [0, _MAPPED], [_MAPPED, 0])
    return groups[4:6] == [0, _ISATAP]


def _groups_text(groups: list[int]) -> str:
    """Write groups in hexadecimal, the first longest run of two or more zeros as `::`."""
    runs: list[tuple[int, int]] = []
    place = 0
    for zero, run in groupby(groups, key=lambda group: group == 0):
        length = len([*run])
        if zero and length > 1:
            runs.append((length, place))
        place += length
    if not runs:
        return ":".join(f"{group:x}" for group in groups)
    length, start = max(runs, key=lambda run: run[0])
    before = ":".join(f"{group:x}" for group in groups[:start])
    after = ":".join(f"{group:x}" for group in groups[start + length :])
    return f"{before}::{after}"
