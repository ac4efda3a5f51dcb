"""Expressions inside other text."""

from __future__ import annotations

import pytest

from preflight.expression.embedded import closing, pieces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("/a/b", ["/a/b"]),
        ("[f('x')]", ["[f('x')]"]),
        ("/a/[f('x')]", ["/a/", "[f('x')]"]),
        ("[f()]/b/[g()[0]]/c", ["[f()]", "/b/", "[g()[0]]", "/c"]),
        ("/a/[f('it''s ]')]", ["/a/", "[f('it''s ]')]"]),
        ("/[prod]/[f()]", ["/[prod]/", "[f()]"]),
        ("/a/[f(", ["/a/[f("]),
        ("/a/[f('x)]", ["/a/[f('x)]"]),
        ("/a/[[f()]", ["/a/[[f()]"]),
    ],
)
def test_text_is_split_at_the_brackets_of_calls(text: str, expected: list[str]) -> None:
    assert expected == list(pieces(text))
    assert text == "".join(pieces(text))


def test_the_bracket_that_closes() -> None:
    assert 4 == closing("[[]]x", 0)
    assert 3 == closing("[[]x", 1)
    assert closing("[']'", 0) is None


def test_a_hostile_text_costs_one_pass() -> None:
    text = "[" * 50_000 + "'" * 50_001

    assert [text] == list(pieces(text))
    assert 40_000 == len(list(pieces("[f()]x" * 20_000)))
