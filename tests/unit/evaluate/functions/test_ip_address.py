"""IP addresses as text."""

import pytest

from preflight.evaluate.functions.ip_address import parse_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("10.1", "10.0.0.1"),
        ("10.0.65535", "10.0.255.255"),
        ("4294967295", "255.255.255.255"),
        ("010.0.0.0x1f", "8.0.0.31"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("1:0:0:1:0:0:1:1", "1::1:0:0:1:1"),
        ("1:0:1:0:1:0:1:0", "1:0:1:0:1:0:1:0"),
        ("::", "::"),
        ("::1", "::1"),
        ("::1:0", "::0.1.0.0"),
        ("::ffff:10.0.0.0", "::ffff:10.0.0.0"),
        ("::ffff:0:0", "::ffff:0:0"),
        ("::ffff:0:1.2.3.4", "::ffff:0:1.2.3.4"),
        ("1::5efe:102:304", "1::5efe:1.2.3.4"),
        ("::1.2.3.010", "::1.2.3.10"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ],
)
def test_read_and_written(text: str, expected: str) -> None:
    address = parse_address(text)

    assert address is not None
    assert address.text == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.",
        "1.2.3.4.5",
        "256.1.1.1",
        "10.0.65536",
        "4294967296",
        "08.0.0.0",
        "0x",
        "a.0.0.0",
        "1::2::3",
        ":1::",
        "12345::",
        "1:2:3:4:5:6:7",
        "::1.2.3",
        "::1.2.3.001",
        "::1.2.03.4",
    ],
)
def test_no_address(text: str) -> None:
    assert parse_address(text) is None
