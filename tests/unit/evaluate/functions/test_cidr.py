"""The CIDR functions."""

from collections.abc import Callable

import pytest

from preflight.evaluate.functions.cidr import Network, parse_network
from preflight.model.value import JsonValue, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.77/24", "10.0.0.0/24"),
        ("10.0.0.0", "10.0.0.0/8"),
        ("172.16.9.9", "172.16.0.0/16"),
        ("224.0.0.1", "224.0.0.0/24"),
        ("2001:db8::1", "2001:db8::/64"),
        ("10.0.0.0 255.255.0.0", "10.0.0.0/16"),
        ("10.0.0.0/0.0.0.0", "0.0.0.0/0"),
        ("10.0.0.0/ffff::", "10.0.0.0/16"),
        ("10.0.0.0/-8", "10.0.0.0/8"),
        ("10.0.0.0/00024", "10.0.0.0/24"),
        ("10.0.0.0/24/1", "10.0.0.0/24"),
        ("/24", "0.0.0.0/8"),
        ("[::1]%eth/128", "::1e/128"),
        ("  10.0.0.0  24", "10.0.0.0/24"),
    ],
)
def test_networks(text: str, expected: str) -> None:
    network = parse_network(text)

    assert network is not None
    assert f"{network.address(0)}/{network.prefix}" == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "10.0.0.0/33",
        "10.0.0.0/255.0.255.0",
        "10.0.0.0/a",
        "2001:db8::/129",
        "10.0.0.0\t8",
    ],
)
def test_no_network(text: str) -> None:
    assert parse_network(text) is None


def test_sizes() -> None:
    assert Network(0, 31, 32).hosts == 0
    assert Network(0, 24, 32).hosts == 254
    assert Network(0, 0, 128).size == 1 << 128


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ("10.144.0.0/20", ["10.144.15.255", "10.144.0.1", "10.144.15.254", "255.255.240.0"]),
        ("10.0.0.0/31", ["10.0.0.1", "10.0.0.0", "10.0.0.0", "255.255.255.254"]),
        ("10.0.0.5/32", ["10.0.0.5", "10.0.0.5", "10.0.0.5", "255.255.255.255"]),
        ("fd00::/126", [None, "fd00::", "fd00::3", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffc"]),
    ],
)
def test_parse_cidr(value_of: ValueOf, network: str, expected: list[Value]) -> None:
    value = value_of(f"[parseCidr('{network}')]")

    assert isinstance(value, dict)
    keys = ("broadcast", "firstUsable", "lastUsable", "netmask")
    assert [value.get(key) for key in keys] == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cidrSubnet('10.144.0.0/20', 24, 2)", "10.144.2.0/24"),
        ("cidrSubnet('10.1.2.3/16', 31, 7)", "10.1.0.14/31"),
        ("cidrSubnet('fdad:3236:5555::/48', 52, 1)", "fdad:3236:5555:1000::/52"),
        ("cidrSubnet('2001:db8::/32', 64, 2147483647)", "2001:db8:7fff:ffff::/64"),
        ("cidrHost('10.144.3.0/24', 0)", "10.144.3.1"),
        ("cidrHost('10.0.0.0/24', 253)", "10.0.0.254"),
        ("cidrHost('10.0.0.0/31', -1)", "10.0.0.0"),
        ("cidrHost('10.0.0.0/24', -2)", "9.255.255.255"),
        ("cidrHost('::/126', -2)", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("cidrHost('2001:db8::/126', 1)", "2001:db8::2"),
    ],
)
def test_subnets_and_hosts(value_of: ValueOf, expression: str, expected: str) -> None:
    assert value_of(f"[{expression}]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("parseCidr('x')", "`parseCidr`: `x` is not a network"),
        ("cidrSubnet('10.0.0.0/8', 7, 0)", "`cidrSubnet`: the prefix 7 is not from 8 to 32"),
        ("cidrSubnet('10.0.0.0/8', 33, 0)", "`cidrSubnet`: the prefix 33 is not from 8 to 32"),
        ("cidrSubnet('10.0.0.0/8', 9, 2)", "`cidrSubnet`: there is no subnet 2: the network has 2"),
        ("cidrSubnet('10.0.0.0/8', 9, -1)", "`cidrSubnet`: there is no subnet -1"),
        ("cidrSubnet('::/0', 64, 2147483648)", "`cidrSubnet`: 2147483648 does not fit into 32"),
        ("cidrHost('10.0.0.0/24', 254)", "`cidrHost`: there is no host 254: the network has 254"),
        ("cidrHost('10.0.0.0/32', 0)", "`cidrHost`: there is no host 0: the network has 0"),
    ],
)
def test_refusals(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]").startswith(message)
