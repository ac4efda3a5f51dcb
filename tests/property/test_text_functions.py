"""The functions of text, numbers, dates and networks hold what they promise for any input."""

import base64
import ipaddress
import json
import math
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.evaluate.functions.cidr import parse_network
from preflight.evaluate.functions.collation import (
    compare,
    ends_with,
    find_first,
    find_last,
    starts_with,
)
from preflight.evaluate.functions.composite_format import LONGEST_RESULT, FormatProblem, render
from preflight.evaluate.functions.date_format import InvalidDateFormat, format_moment
from preflight.evaluate.functions.date_parts import NeedsToday, NoDate
from preflight.evaluate.functions.date_reader import read_moment
from preflight.evaluate.functions.json_reader import JsonProblem, read_json
from preflight.evaluate.functions.json_text import json_pieces
from preflight.evaluate.functions.moment import moment_of_datetime, parse_duration
from preflight.evaluate.functions.number_text import InvalidFormat, format_number
from preflight.evaluate.functions.text_encoding import (
    decode_base64,
    decode_percent,
    encode_percent,
)
from preflight.evaluate.functions.uri_text import parse_uri
from preflight.evaluate.functions.utf16 import from_units, to_units, unit_length
from preflight.model.value import Value

TEXT = st.text(max_size=20)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
SCALARS: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**30), 10**30), FINITE, TEXT
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(list), st.dictionaries(TEXT, inner, max_size=4).map(dict)
    ),
    max_leaves=12,
)
NUMBERS = st.one_of(st.integers(), st.floats())
LETTERS = st.text("aAbBz\xe9\xc9e\u0301\xad-_ 1\u0142\xdfs\u3042\u30a2\U0001f600", max_size=8)


@given(VALUES)
def test_json_text_is_read_back(value: Value) -> None:
    assert read_json("".join(json_pieces(value))) == value


@given(st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3).map(list), max_leaves=8))
def test_strict_json_is_read_as_python_reads_it(value: Value) -> None:
    assert read_json(json.dumps(value)) == value


@given(st.text("{}[]\"',:/*0x1e.-tfnu\\ \n", max_size=30))
def test_any_text_is_json_or_refused(text: str) -> None:
    with suppress(JsonProblem):
        assert isinstance("".join(json_pieces(read_json(text))), str)


@given(NUMBERS, st.text("#0.,;%\u2030eE+-'\"\\x DFGN12", max_size=12))
def test_any_number_format_writes_or_is_refused(value: float, text: str) -> None:
    with suppress(InvalidFormat):
        assert isinstance(format_number(value, text), str)


@given(FINITE)
def test_the_shortest_text_of_a_float_reads_back(value: float) -> None:
    assert float(format_number(value, "R")) == value
    assert float(format_number(value, "E16")) == value


@given(st.integers(), st.integers(0, 40))
def test_integers_are_written_exactly(value: int, width: int) -> None:
    assert int(format_number(value, f"D{width}")) == value
    assert format_number(value, "N0") == f"{value:,}"
    assert format_number(value, "0") == str(value)


@given(st.text("{}0123456789,:-DNx ", max_size=20), st.lists(SCALARS, max_size=2))
def test_any_composite_format_is_bounded(text: str, arguments: list[Value]) -> None:
    try:
        length = sum(unit_length(str(piece)) for piece in render(text, arguments))
    except FormatProblem:
        return
    assert length <= LONGEST_RESULT


@given(TEXT)
def test_encodings_are_undone(text: str) -> None:
    assert from_units(to_units(text)) == text
    assert decode_percent(encode_percent(text)) == text


@given(st.binary(max_size=40))
def test_any_bytes_have_a_base64_text(data: bytes) -> None:
    assert decode_base64(base64.b64encode(data).decode()) == data


@given(st.text("ABab+/= \t\n", max_size=12))
def test_what_is_no_base64_is_refused(text: str) -> None:
    data = decode_base64(text)

    assert data is None or len(data) <= len(text) * 3 // 4


@given(LETTERS, LETTERS, LETTERS)
def test_comparison_is_an_order(one: str, two: str, three: str) -> None:
    assert compare(one, one) == 0
    assert compare(one, two) == -compare(two, one)
    if compare(one, two) <= 0 and compare(two, three) <= 0:
        assert compare(one, three) <= 0


@given(LETTERS, LETTERS)
def test_searches_agree(text: str, part: str) -> None:
    first, last = find_first(text, part), find_last(text, part)

    assert (first == -1) == (last == -1)
    assert -1 <= first <= max(last, 0) <= unit_length(text)
    if not part or compare(text, part) == 0:
        assert starts_with(text, part)
        assert ends_with(text, part)


@given(st.text("aAbB1-_.~ ", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_ascii_is_found_where_it_is(text: str, start: int, stop: int) -> None:
    part = text[start:stop]

    assert find_first(text, part.swapcase()) == text.lower().find(part.lower())


@given(st.text("htpfile:/\\@.?#[]%41aB 0:\xe9", max_size=24))
def test_normalising_a_uri_twice_changes_nothing(text: str) -> None:
    uri = parse_uri(text)
    if uri is None or not uri.host:
        return
    again = parse_uri(uri.text)

    assert again is not None
    assert again.text == uri.text


@given(st.datetimes(timezones=st.just(UTC)))
def test_dates_are_read_back(moment: datetime) -> None:
    known = moment_of_datetime(moment)

    for text in ("o", "yyyy-MM-dd HH:mm:ss.fffffffK", "yyyy/M/d h:m:s.FFFFFFF tt zzz"):
        assert read_moment(format_moment(known, text), None) == known


@given(st.text("0123456789-/:.+TZ JunPMon,", max_size=24))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    with suppress(NoDate, NeedsToday):
        assert read_moment(text, None).is_valid


@given(st.text("yMdHhmsfFtzKgU%'\"\\:/ 1", max_size=12))
def test_any_date_format_writes_or_is_refused(text: str) -> None:
    moment = moment_of_datetime(datetime(2020, 2, 29, 12, 30, tzinfo=UTC))
    with suppress(InvalidDateFormat):
        assert isinstance(format_moment(moment, text), str)


@given(st.text("P-TYMDHS.0123456789 ", max_size=16))
def test_any_duration_is_bounded(text: str) -> None:
    ticks = parse_duration(text)

    assert ticks is None or abs(ticks) < 1 << 63


@given(st.ip_addresses(), st.integers(0, 128))
def test_networks_are_those_of_python(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, prefix: int
) -> None:
    prefix = min(prefix, address.max_prefixlen)
    expected = ipaddress.ip_network(f"{address}/{prefix}", strict=False)
    network = parse_network(f"{address}/{prefix}")

    assert network is not None
    assert (network.first, network.prefix) == (int(expected.network_address), prefix)
    assert ipaddress.ip_address(network.address(-1 + network.size)) == expected.broadcast_address


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_json_text_of_what_is_no_number_is_a_string(value: float) -> None:
    assert isinstance(read_json("".join(json_pieces(value))), str)
