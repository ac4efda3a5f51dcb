"""Encodings of input files."""

from __future__ import annotations

import pytest

from preflight.errors import InputError
from preflight.read.decode import decode

TEXT = '{"ä": "😀"}'


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
def test_text_is_read_in_every_encoding(encoding: str) -> None:
    assert TEXT == decode(TEXT.encode(encoding), "f")


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf_16_with_a_mark(order: str) -> None:
    data = ("\ufeff" + TEXT).encode(f"utf-16-{order}")

    assert TEXT == decode(data, "f")


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    with pytest.raises(InputError) as caught:
        decode(b'{\n  "a": "\xe4"}', "f.json")

    assert "f.json:2:9: the file is no UTF-8 text" == str(caught.value)


def test_cut_utf_16_is_refused() -> None:
    with pytest.raises(InputError, match="no UTF-16 text"):
        decode(b"\xff\xfe{\x00\x00", "f.json")


def test_empty_and_short_input() -> None:
    assert "" == decode(b"", "f")
    assert "1" == decode(b"1", "f")
