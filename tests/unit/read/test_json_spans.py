"""The tolerant JSON scanner: values, spans, what it tolerates, and what it refuses."""

from __future__ import annotations

import tracemalloc

import pytest

from preflight.errors import LimitExceeded, SyntaxProblem
from preflight.model.source import Place, SourceFile
from preflight.read.json_spans import DEPTH_LIMIT, JsonIndex, scan
from preflight.read.json_strings import escape_pointer, mend, shown


def codes(text: str) -> list[str]:
    return [leniency.code for leniency in scan(text, "f").leniencies]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {}),
        ("[]", []),
        (' \n"a"\t', "a"),
        ('{"a":{"b":[1,-2.5e1,true,false,null]},"c":""}', None),
        ("0", 0),
        ("-0", 0),
        ("12345678901234567890123", 12345678901234567890123),
        (r'"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"', '"\\/\b\f\n\r\té😀'),
    ],
)
def test_standard_json(text: str, expected: object) -> None:
    if expected is None:
        expected = {"a": {"b": [1, -25.0, True, False, None]}, "c": ""}

    assert expected == scan(text, "f").value


def test_comments_and_line_breaks_in_strings_are_standard_for_arm() -> None:
    text = '// first\n{ /* a */ "k" /* b */ : /* } */ "one\ntwo" // c\n , "l": [/* */] }\n/* end */'

    found = scan(text, "f")

    assert {"k": "one\ntwo", "l": []} == found.value
    assert () == found.leniencies


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ('{"a": [1, 2,],}', {"a": [1, 2]}, "trailing-comma"),
        ("{'a': 'it\\'s'}", {"a": "it's"}, "single-quotes"),
        ('{a$1: "x"}', {"a$1": "x"}, "bare-property-name"),
        ('{"a": 1, "a": {"b": 2}}', {"a": {"b": 2}}, "duplicate-key"),
    ],
)
def test_what_is_tolerated_is_noted(text: str, value: object, code: str) -> None:
    found = scan(text, "f")

    assert value == found.value
    assert {code} == {leniency.code for leniency in found.leniencies}


def test_every_node_has_a_span() -> None:
    text = '{"a": [10, {"b/c~d": "x"}], "e": null}'
    spans = scan(text, "f").spans

    texts = {pointer: text[span.value : span.end] for pointer, span in spans.items()}

    assert {
        "": text,
        "/a": '[10, {"b/c~d": "x"}]',
        "/a/0": "10",
        "/a/1": '{"b/c~d": "x"}',
        "/a/1/b~1c~0d": '"x"',
        "/e": "null",
    } == texts
    assert '"e"' == text[spans["/e"].start :][:3]
    assert spans["/a/0"].start == spans["/a/0"].value


def test_spans_count_from_the_start_of_the_text() -> None:
    text = 'WARNING: x\n{"a": 1}'
    source = SourceFile("f", text, JsonIndex(text, text.index("{")))

    assert (2, 2) == Place(source=source, pointer="/a").position


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "the text ends"),
        ("{", 1, "the text ends inside the object that begins in line 1"),
        ('{"a": 1 "b": 2}', 8, 'found `"b"` where a comma'),
        ("[1 2]", 3, "found `2` where a comma"),
        ("[1,,2]", 3, "found `,` where a value"),
        ("[,1]", 1, "found `,` where a value"),
        ("{,}", 1, "found `,` where a property name"),
        ('{"a" 1}', 5, "a colon behind the property name `a`"),
        ('{"a": }', 6, "found `}` where a value"),
        ("[1}", 2, "found `}` where a comma or the end of the array"),
        ("{]", 1, "found `]`"),
        ("[True]", 1, "found `True`"),
        ("[NaN]", 1, "found `NaN`"),
        ("[0x1F]", 1, "found `0x1F`"),
        ("[010]", 1, "found `010`"),
        ("[+1]", 1, "found `+1`"),
        ("[1e999]", 1, "too large"),
        ("[" + "9" * 5000 + "]", 1, "too many digits"),
        ('["abc', 1, "the string has no end"),
        ("['abc]", 1, "the string has no end"),
        ("[1 /* x", 3, "the comment has no end"),
        (r'["a\x41"]', 3, "begins no escape sequence"),
        (r'["a\u12"]', 3, "begins no escape sequence"),
        ("{} {}", 3, "text behind the end"),
        ("[1]]", 3, "text behind the end"),
        ("{1: 2}", 1, "found `1` where a property name"),
        ("hello", 0, "found `hello` where a value"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, offset: int, message: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        scan(text, "f.json")

    assert message in str(caught.value)
    assert offset == caught.value.offset
    assert caught.value.where is not None
    assert f"f.json:1:{offset + 1}" == caught.value.where.label


def test_the_place_of_an_error_is_marked_in_its_line() -> None:
    with pytest.raises(SyntaxProblem) as caught:
        scan('{\n  "a": 1\n  "b": 2\n}', "f.json")

    assert "f.json:3:3" in str(caught.value)
    assert caught.value.where is not None
    assert '    3 |   "b": 2\n      |   ^' == caught.value.where.excerpt


def test_true_in_another_case_gets_advice() -> None:
    with pytest.raises(SyntaxProblem) as caught:
        scan("[TRUE]", "f")

    assert "write `true`" == caught.value.help


def test_nesting_is_bounded_without_recursion() -> None:
    assert [[]] == scan("[[]]", "f").value
    deep = "[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT
    assert scan(deep, "f").value

    with pytest.raises(LimitExceeded, match="nested deeper"):
        scan("[" * 1_000_000, "f")


@pytest.mark.parametrize(
    "text",
    [
        "/*" * 200_000,
        "[" + "//\n" * 200_000,
        "[" + "/**/" * 200_000 + "x",
        '["' + "\\\\" * 200_000,
        "{" + '"a":' * 200_000,
        "[" + " " * 500_000 + "!",
        "[" + "1," * 200_000,
    ],
)
def test_hostile_text_ends_quickly(text: str) -> None:
    with pytest.raises(SyntaxProblem):
        scan(text, "f")


def test_lone_surrogates_become_replacement_characters() -> None:
    assert "x\ufffdy😀" == scan(r'"x\ud800y\ud83d\ude00"', "f").value
    assert "\ufffd" == mend("\udc00")


def test_messages_hold_user_text_on_one_short_line() -> None:
    assert "a b" == shown("a\nb")
    assert 60 == len(shown("x" * 100))
    assert "~01~1" == escape_pointer("~1/")


LONG = 20_000
LONG_RUNS = {
    "escapes": '["' + "\\n" * LONG + '"]',
    "single quotes": "['" + "\\n" * LONG + "']",
    "escapes in a key": '{"' + "\\n" * LONG + '": 1}',
    "comments": "/**/" * LONG + "[1]",
    "comments before a comma": "[1" + "/**/" * LONG + ", 1]",
    "comments before an end": '{"a": {}' + "//\n" * LONG + "}",
    "comments before a colon": '{"a"' + "/**/" * LONG + ": [1]}",
}


@pytest.mark.parametrize("text", LONG_RUNS.values(), ids=LONG_RUNS)
def test_long_runs_take_little_memory(text: str) -> None:
    tracemalloc.start()
    found = scan(text, "f")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1_500_000
    assert found.value


@pytest.mark.parametrize("text", ["[1{} 2]", '["a"{}, }}', "{{'a'{}}}"])
def test_what_is_wrong_behind_long_runs_is_told_at_its_place(text: str) -> None:
    with pytest.raises(SyntaxProblem, match="belongs"):
        scan(text.format("/**/" * LONG), "f")


def test_a_bad_escape_behind_many_good_ones_has_its_place() -> None:
    with pytest.raises(SyntaxProblem, match="begins no escape sequence") as caught:
        scan('"' + "\\n" * LONG + '\\q"', "f")

    assert caught.value.offset == 1 + 2 * LONG
