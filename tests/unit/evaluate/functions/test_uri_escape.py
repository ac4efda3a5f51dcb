"""Percent escapes in URIs."""

import pytest

from preflight.evaluate.functions.uri_escape import is_well_formed, normalise, readable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", "a%20b"),
        ("%41%7e%2f%20", "A~%2f%20"),
        ("%zz%", "%25zz%25"),
        ("\xe9%c3%a9%ff", "%C3%A9%c3%a9%ff"),
        ("\xe9/%c3%a9", "%C3%A9/%C3%A9"),
        ('<>"{}|\\^`', "%3C%3E%22%7B%7D%7C%5C%5E%60"),
        ("[x]:/?#@!$&'()*+,;=", "[x]:/?#@!$&'()*+,;="),
        ("\ud83d", "%EF%BF%BD"),
    ],
)
def test_normal_form(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a%20b%3C%22", 'a b<"'),
        ("%C3%A9%ff", "%C3%A9%ff"),
        ("%C3%A9/", "\xe9/"),
        ("%2f%23%25%5c%0A", "%2f%23%25%5c%0A"),
    ],
)
def test_form_for_reading(text: str, expected: str) -> None:
    assert readable(text) == expected


def test_well_formed_text_needs_no_escapes() -> None:
    assert is_well_formed("http://h/\xe9?%20#[x]")
    assert not any(map(is_well_formed, ("a b", "%zz", "a\\b", "{x}", "\x7f")))
