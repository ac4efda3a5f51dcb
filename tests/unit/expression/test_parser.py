"""Tokens → tree: the grammar, its refusals, and the bounds."""

import pytest

from preflight.errors import LimitExceeded, SyntaxProblem
from preflight.expression.ast import (
    FunctionCall,
    IndexAccess,
    Literal,
    Node,
    PropertyAccess,
)
from preflight.expression.parser import (
    MAX_LENGTH,
    MAX_NESTING,
    ExpressionCache,
    is_expression,
    literal_text,
    parse,
)


def _shape(node: Node) -> str:
    """Print a tree so that its structure shows."""
    match node:
        case Literal():
            return repr(node.value)
        case FunctionCall():
            return f"{node.key}({', '.join(map(_shape, node.arguments))})"
        case PropertyAccess():
            return f"<{_shape(node.target)}>.{node.name}"
        case IndexAccess():
            return f"<{_shape(node.target)}>[{_shape(node.key)}]"


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("[1]", "1"),
        ("[ 'a' ]", "'a'"),
        ("[F()]", "f()"),
        ("[Ns.F(1)]", "ns.f(1)"),
        ("[f (1 , g())]", "f(1, g())"),
        ("[f().a[0].b]", "<<<f()>.a>[0]>.b"),
        ("[f()\n.\na [ g().k ]]", "<<f()>.a>[<g()>.k]"),
        ("[a.b().c]", "<a.b()>.c"),
    ],
)
def test_the_grammar(text: str, shape: str) -> None:
    assert _shape(parse(text).root) == shape


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("[]", 1),
        ("[ ]", 2),
        ("[f]", 2),
        ("[f.a]", 4),
        ("[f.a.b()]", 4),
        ("[f(]", 3),
        ("[f('a',)]", 7),
        ("[f(,'a')]", 3),
        ("[f('a' 'b')]", 7),
        ("[f())]", 4),
        ("[(f())]", 1),
        ("['a'.b]", 4),
        ("['a'[0]]", 4),
        ("[1a]", 2),
        ("[sub(1-1)]", 6),
        ("[f()..a]", 5),
        ("[f().'a']", 5),
        ("[f()[]]", 5),
        ("[f()[0,1]]", 6),
        ("[f()()]", 4),
        ("[f()][g()]", 4),
    ],
)
def test_what_the_engine_refuses_is_refused_at_its_place(text: str, offset: int) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(text)

    assert caught.value.offset == offset


def test_a_refusal_says_what_was_expected_and_found() -> None:
    with pytest.raises(SyntaxProblem, match=r"^expected `\(`, found the end of the expression$"):
        parse("[true]")


def test_spans_count_from_the_opening_bracket() -> None:
    root = parse("[f( ns.g() )]").root
    assert isinstance(root, FunctionCall)
    inner = root.arguments[0]
    assert isinstance(inner, FunctionCall)

    assert (root.span, inner.span) == ((1, 2), (4, 8))


@pytest.mark.parametrize(
    ("text", "expression", "literal"),
    [
        ("[f()]", True, "[f()]"),
        ("[[f()]", False, "[f()]"),
        ("[[f()", False, "[[f()"),
        ("[f()", False, "[f()"),
        ("[", False, "["),
        ("[]", True, "[]"),
        ("[[]", False, "[]"),
        (" [f()]", False, " [f()]"),
        ("", False, ""),
    ],
)
def test_only_text_in_brackets_is_an_expression(
    text: str,
    expression: bool,
    literal: str,
) -> None:
    assert (is_expression(text), literal_text(text)) == (expression, literal)


def test_nesting_is_bounded() -> None:
    deepest = "[" + "f(" * MAX_NESTING + ")" * MAX_NESTING + "]"

    parse(deepest)
    with pytest.raises(LimitExceeded, match="nests more than"):
        parse(deepest.replace("[f(", "[f(f(", 1).replace(")]", "))]"))


def test_a_long_chain_of_accesses_is_no_nesting() -> None:
    assert parse("[f()" + ".a[0]" * 4000 + "]").root.span.start > 20_000


def test_length_is_bounded() -> None:
    longest = "a" * (MAX_LENGTH - len("''"))
    parse(f"['{longest}']")
    with pytest.raises(LimitExceeded, match="81,921 characters"):
        parse(f"['{longest}a']")


def test_what_is_no_expression_is_not_parsed() -> None:
    with pytest.raises(SyntaxProblem, match="in brackets"):
        parse("f()")


def test_a_cache_parses_each_text_once() -> None:
    cache = ExpressionCache()

    assert cache.parse("[f()]") is cache.parse("[f()]")
