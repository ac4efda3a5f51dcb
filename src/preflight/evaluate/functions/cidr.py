"""The CIDR functions.

Source: ARM template functions, "CIDR". The reading of networks is that of the engine's library
(IPNetwork2): characters that cannot belong to a network are dropped, a missing prefix follows the
address class, and a netmask may stand in place of the prefix. Subnets are computed, not counted
up, so that a large index costs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from preflight.evaluate.functions.characters import WHITE_SPACE
from preflight.evaluate.functions.ip_address import (
    IPV4_BITS,
    IPV6_BITS,
    Address,
    parse_address,
)
from preflight.evaluate.functions.registry import INT, STRING, Call, Function
from preflight.model.value import Value

_DROPPED = re.compile(rf"[^0-9a-fA-F./{WHITE_SPACE}:]+")
_BLANKS = re.compile(rf"[{WHITE_SPACE}]{{2,}}")
_PREFIX = re.compile(rf"[{WHITE_SPACE}]*0*(?P<digits>[0-9]{{1,3}})[{WHITE_SPACE}]*")
_MOST_BYTE = 255
_CLASSES = ((0x7FFF_FFFF, 8), (0xBFFF_FFFF, 16), (0xFFFF_FFFF, 24))
_CLASSLESS_IPV6 = 64
_NEITHER_END = 2
"""The network and the broadcast address are no hosts."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network: its first address as a number, the prefix length, and the family's bits."""

    first: int
    prefix: int
    bits: int

    @property
    def size(self) -> int:
        """How many addresses it has."""
        return 1 << (self.bits - self.prefix)

    @property
    def hosts(self) -> int:
        """How many usable hosts it has; none in the two smallest networks."""
        return max(self.size - _NEITHER_END, 0)

    def address(self, offset: int) -> str:
        """Return the text of an address counted from the first one; it wraps around."""
        return Address((self.first + offset) % (1 << self.bits), self.bits).text


def parse_network(text: str) -> Network | None:
    """Return the network that a text spells, or None."""
    cleaned = _BLANKS.sub(" ", _DROPPED.sub("", text)).strip(WHITE_SPACE)
    parts = [part for part in re.split("[ /]", cleaned) if part]
    address = parse_address(parts[0]) if parts else None
    if address is None:
        return None
    prefix = _class_prefix(address) if len(parts) == 1 else _prefix(parts[1])
    if prefix is None or prefix > address.bits:
        return None
    host_bits = address.bits - prefix
    return Network(address.number >> host_bits << host_bits, prefix, address.bits)


def _class_prefix(address: Address) -> int:
    if address.bits == IPV6_BITS:
        return _CLASSLESS_IPV6
    return next(prefix for last, prefix in _CLASSES if address.number <= last)


def _prefix(text: str) -> int | None:
    match = _PREFIX.fullmatch(text)
    if match is not None and int(match["digits"]) <= _MOST_BYTE:
        return int(match["digits"])
    mask = parse_address(text)
    if mask is None:
        return None
    inverted = ~mask.number & ((1 << mask.bits) - 1)
    is_mask = inverted & (inverted + 1) == 0
    return mask.bits - inverted.bit_length() if is_mask else None


def _network(call: Call) -> Network:
    network = parse_network(call.text(0))
    if network is None:
        raise call.problem(
            f"`{call.text(0)[:60]}` is not a network", help="it looks like `10.0.0.0/24`"
        )
    return network


def _int32(call: Call, index: int) -> int:
    value = call.integer(index)
    if not -(1 << 31) <= value < 1 << 31:
        raise call.problem(f"{value} does not fit into 32 bits")
    return value


def _parse_cidr(call: Call) -> Value:
    network = _network(call)
    last = network.size - 1
    netmask = ((1 << network.bits) - 1) ^ last
    answer: dict[str, Value] = {
        "network": network.address(0),
        "netmask": Address(netmask, network.bits).text,
    }
    if network.bits == IPV4_BITS:
        hosts = network.hosts
        answer["broadcast"] = network.address(last)
        answer["firstUsable"] = network.address(1 if hosts else 0)
        answer["lastUsable"] = network.address(last - 1 if hosts else 0)
    else:
        answer["firstUsable"] = network.address(0)
        answer["lastUsable"] = network.address(last)
    return answer | {"cidr": network.prefix}


def _cidr_subnet(call: Call) -> Value:
    network, prefix, index = _network(call), _int32(call, 1), _int32(call, 2)
    if not network.prefix <= prefix <= network.bits:
        raise call.problem(f"the prefix {prefix} is not from {network.prefix} to {network.bits}")
    count = 1 << (prefix - network.prefix)
    if not 0 <= index < count:
        raise call.problem(f"there is no subnet {index}: the network has {count:,}")
    return f"{network.address(index << (network.bits - prefix))}/{prefix}"


def _cidr_host(call: Call) -> Value:
    """Count from the first usable host; the engine lets negative indexes leave the network."""
    network, index = _network(call), _int32(call, 1)
    if index >= network.hosts:
        raise call.problem(f"there is no host {index}: the network has {network.hosts:,}")
    return network.address(1 + index)


FUNCTIONS: tuple[Function, ...] = (
    Function("cidrHost", _cidr_host, (STRING, INT), steps=4),
    Function("cidrSubnet", _cidr_subnet, (STRING, INT, INT), steps=4),
    Function("parseCidr", _parse_cidr, (STRING,), steps=12),
)
