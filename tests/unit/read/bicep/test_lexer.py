"""Text → tokens."""

from __future__ import annotations

import tracemalloc

import pytest

from preflight.errors import SyntaxProblem
from preflight.read.bicep.lexer import (
    BAD,
    END,
    LEFT,
    NAME,
    NEWLINE,
    NUMBER,
    RIGHT,
    TEXT,
    cooked,
    tokenize,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("param a string", "name name name end"),
        ("a == b =~ c != d !~ e", "name == name =~ name != name !~ name end"),
        ("a ?? b ? c : d :: e", "name ?? name ? name : name :: name end"),
        ("x => [...a, !b]", "name => [ ... name , ! name ] end"),
        ("true false null none 12", "word word word name number end"),
        ("'a' '''b''' ''", "text text text end"),
        ("'a${b}c${d}e'", "left name middle name right end"),
        ("'a${f({b: 1})}c'", "left name ( { name : number } ) right end"),
        ("'a${'b${c}'}d'", "left left name right right end"),
        ("$'''a${b}c'''", "left name right end"),
        ("$$'''a${b}$${c}d'''", "left name right end"),
        ("''''a''''", "text end"),
        ("a // b\n/* c */\n\n  d", "name newline name end"),
        ("#disable-next-line x\na\n  #restore-diagnostics y\nb", "newline name newline name end"),
        ("a /* b\n*/ c", "name name end"),
    ],
)
def test_kinds(text: str, expected: str) -> None:
    actual = " ".join(tokenize(text).kinds)

    assert expected == actual


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("'a", "the string that starts here is not closed on its line"),
        ("'''a", "the multi-line string that starts here is not closed"),
        ("$'''a${b}", "the multi-line string that starts here is not closed"),
        ("'a${b\n}'", "the `${` of a string is not closed on its line"),
        ("/* a", "the comment that starts here is not closed"),
        ('"a"', "a double quote begins no string"),
        ("ä", "the character `ä` is not expected here"),
    ],
)
def test_problems(text: str, message: str) -> None:
    problems = [problem.message for problem in tokenize(text).problems]

    assert message in problems


def test_spans_reproduce_the_text() -> None:
    text = "param a string // b\nvar c = 'x${a}y' /* d */\nvar e = $'''\nx${a}'''\n"

    tokens = list(tokenize(text).views())

    assert [text[token.span.start : token.span.end] for token in tokens] == [t.text for t in tokens]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (r"a\'b\\c\n\r\t", "a'b\\c\n\r\t"),
        (r"\${a}", "${a}"),
        (r"\u{41}\u{1F600}", "A\U0001f600"),
        ("plain", "plain"),
    ],
)
def test_escapes(raw: str, expected: str) -> None:
    assert expected == cooked(raw)


@pytest.mark.parametrize("raw", [r"ab\x", r"ab\u41", r"ab\u{110000}"])
def test_unknown_escape(raw: str) -> None:
    with pytest.raises(SyntaxProblem, match="is no escape sequence") as caught:
        cooked(raw)

    assert caught.value.offset == 2


HOSTILE_RUNS = {
    "escapes": "'" + r"\n" * 100_000 + "'",
    "code points": "'" + r"\u{41}" * 50_000 + "'",
    "dollars before letters": "'" + "$a" * 100_000 + "'",
    "dollars": "'" + "$" * 200_000 + "'",
    "dollars before a hole": "'" + "$" * 200_000 + "{a}" + "$" * 200_000 + "'",
    "quotes": "'''" + "'a" * 100_000 + "'''",
    "dollars in lines": "$'''" + "$$" * 100_000 + "'''",
    "dollars alone": "$" * 200_000,
    "comments": "/**/" * 100_000,
    "lines of comments": "\n//" * 100_000,
    "directives": "#disable-next-line a\n" * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE_RUNS.values(), ids=HOSTILE_RUNS)
def test_long_runs_take_neither_memory_nor_time(text: str) -> None:
    tracemalloc.start()
    tokens = tokenize(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 3_000_000
    assert tokens.kinds[-1] == END


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("'" + r"\n" * 2_001 + "'", [TEXT, END]),
        ("'" + r"\n" * 2_001 + "${a}" + r"\n" * 2_001 + "'", [LEFT, NAME, RIGHT, END]),
        ("'" + r"\n" * 2_001 + "\n", [BAD, NEWLINE, END]),
        ("1" + "/**/" * 2_001 + "/ 2", [NUMBER, "/", NUMBER, END]),
        ("1" + "/**/" * 2_001 + "// 2", [NUMBER, END]),
        ("1" + "\n//" * 2_001 + "\n2", [NUMBER, NEWLINE, NUMBER, END]),
    ],
)
def test_what_is_read_in_parts_is_one_token(text: str, kinds: list[str]) -> None:
    assert tokenize(text).kinds == kinds
