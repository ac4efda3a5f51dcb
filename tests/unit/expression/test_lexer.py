"""Tokens: what begins one, what it means, and where it stands."""

import pytest

from preflight.errors import SyntaxProblem
from preflight.expression.lexer import TokenKind, tokenize


def _values(text: str) -> list[str | int]:
    return [token.value for token in tokenize(text, 0, len(text))][:-1]


def test_every_kind_of_token_has_its_place() -> None:
    tokens = tokenize("[f('a', -1)[0].b]", 1, 16)

    assert [(token.kind, token.span.start) for token in tokens] == [
        (TokenKind.NAME, 1),
        (TokenKind.OPEN, 2),
        (TokenKind.STRING, 3),
        (TokenKind.COMMA, 6),
        (TokenKind.INTEGER, 8),
        (TokenKind.CLOSE, 10),
        (TokenKind.OPEN_INDEX, 11),
        (TokenKind.INTEGER, 12),
        (TokenKind.CLOSE_INDEX, 13),
        (TokenKind.DOT, 14),
        (TokenKind.NAME, 15),
        (TokenKind.END, 16),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        ("''''", "'"),
        ("''''''", "''"),
        ("'a''''b''c'", "a''b'c"),
        ("'a\nb'", "a\nb"),
        (r"'\n'", r"\n"),
        ("+7", 7),
        ("-007", -7),
        ("-0", 0),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("0" * 400 + "1", 1),
        ("$a_1", "$a_1"),
        ("é", "é"),
        ("a\u0663", "a\u0663"),
    ],
)
def test_a_token_means(text: str, value: str | int) -> None:
    assert _values(text) == [value]


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("''''", "'"),
        ("''''''", "'"),
        ("''''''''", "''"),
        ("'a''''b''c'", "a'b'c"),
    ],
)
def test_quotes_in_a_literal_beside_others_are_halved_twice(literal: str, value: str) -> None:
    assert _values(f"f({literal})")[2] == value


def test_white_space_is_what_dot_net_calls_so() -> None:
    assert _values("\u00a0a\u3000\t\r\n\u2028b\x85") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("f('a", 2),
        ("'''", 0),
        ("a # b", 2),
        ("- 1", 0),
        ("--1", 0),
        ("1.5", 0),
        ("f(1e3)", None),
        ("9223372036854775808", 0),
        ("-9223372036854775809", 0),
        ("1" * 5000, 0),
        ('"a"', 0),
        ("a\x1fb", 1),
        ("a\u0301", 1),
        ("a\u2167", 1),
        ("\U0001d400", 0),
        ("\ufeffa", 0),
    ],
)
def test_what_begins_no_token_is_refused_at_its_place(text: str, offset: int | None) -> None:
    if offset is None:
        # A digit ends the number, the letter behind it begins a name: for the parser to refuse.
        assert _values(text) == ["f", "(", 1, "e3", ")"]
        return

    with pytest.raises(SyntaxProblem) as caught:
        tokenize(text, 0, len(text))

    assert caught.value.offset == offset


def test_an_open_string_is_explained() -> None:
    with pytest.raises(SyntaxProblem, match="the string that starts here is not closed") as caught:
        tokenize("['a]", 1, 3)

    assert caught.value.help == "strings stand in single quotes; write '' for a quote inside one"
