"""Bicep: any text is read or refused in its own place, and tokens cover it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.errors import LimitExceeded, SyntaxProblem
from preflight.model.source import SourceFile
from preflight.read.bicep.cursor import MAX_NESTING
from preflight.read.bicep.lexer import tokenize
from preflight.read.bicep.parser import parse_bicep, parse_parameters

_PIECES = (
    "param ", "var ", "resource ", "module ", "output ", "type ", "func ", "import ", "a", "b1",
    "string", "= ", "{", "}", "[", "]", "(", ")", ":", ",", "\n", " ", "'", "'''", "${", "$'''",
    "\\", "\\u{41}", "//", "/*", "*/", "@", "?", "??", ".", "...", "::", "=>", "==", "&&", "||",
    "|", "!", "-", "for ", " in ", "if ", "0", "12", "true", "null", "existing", "as ", "*",
    "#disable-next-line x", '"', ";", "é", "\r\n", "\t",
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(_PIECES)).map("".join))


@pytest.mark.parametrize("parse", [parse_bicep, parse_parameters])
@given(text=_TEXTS)
def test_text_parses_or_is_refused_in_its_own_place(parse: object, text: str) -> None:
    assert callable(parse)
    try:
        parse(SourceFile("main.bicep", text))
    except SyntaxProblem as problem:
        for error in (problem, *problem.others):
            assert isinstance(error, SyntaxProblem)
            assert 0 <= error.offset <= len(text)
            assert error.message
    except LimitExceeded:
        assert len(text) > MAX_NESTING


@given(text=_TEXTS)
def test_tokens_reproduce_the_text(text: str) -> None:
    tokens = list(tokenize(text).views())

    assert [text[t.span.start : t.span.end] for t in tokens] == [t.text for t in tokens]
    ends = [token.span.end for token in tokens]
    starts = [token.span.start for token in tokens[1:]]
    assert all(end <= start for end, start in zip(ends, starts, strict=False))
    assert tokens[-1].span.end == len(text)
