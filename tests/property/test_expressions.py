"""Expressions: the parser and the evaluator end well on any text."""

from hypothesis import given
from hypothesis import strategies as st

from preflight.errors import InputError, SyntaxProblem
from preflight.evaluate.functions.library import LIBRARY
from preflight.evaluate.standalone import evaluate_expression
from preflight.expression.ast import FunctionCall, IndexAccess, Literal, Node, PropertyAccess
from preflight.expression.parser import is_expression, literal_text, parse
from preflight.model.source import Place
from preflight.model.value import JsonValue, Unknown

PIECES = ["'", "''", "(", ")", "[", "]", ",", ".", " ", "\n", "-", "+", "1", "0", "a", "concat"]
SOUP = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=40).map("".join)

NAMES = st.from_regex(r"[A-Za-z_$][A-Za-z0-9_$]{0,8}", fullmatch=True)
LITERALS = st.integers(-(2**63), 2**63 - 1).map(str) | st.text(max_size=8).map(
    lambda text: "'" + text.replace("'", "''") + "'"
)


def _call(name: str, arguments: list[str], suffixes: list[str]) -> str:
    return f"{name}({', '.join(arguments)})" + "".join(suffixes)


EXPRESSIONS = st.recursive(
    LITERALS,
    lambda inner: st.builds(
        _call,
        NAMES | st.builds("{}.{}".format, NAMES, NAMES),
        st.lists(inner, max_size=3),
        st.lists(NAMES.map(".{}".format) | inner.map("[{}]".format), max_size=2),
    ),
    max_leaves=12,
)


@given(SOUP)
def test_the_parser_succeeds_or_refuses_inside_the_text(soup: str) -> None:
    text = f"[{soup}]"
    if not is_expression(text):
        assert literal_text(text) in {text, text[1:]}
        return
    offset = _offset_of_refusal(text)

    assert offset is None or 0 < offset < len(text)


def _offset_of_refusal(text: str) -> int | None:
    try:
        parse(text)
    except SyntaxProblem as problem:
        return problem.offset
    return None


@given(EXPRESSIONS)
def test_what_is_printed_from_a_tree_parses_to_the_same_tree(expression: str) -> None:
    root = parse(f"[{expression}]").root

    assert _printed(parse(f"[ {_printed(root)}\n]").root) == _printed(root)


def _printed(node: Node) -> str:
    match node:
        case Literal(value=int(number)):
            return str(number)
        case Literal(value=text):
            return "'" + str(text).replace("'", "''") + "'"
        case FunctionCall():
            name = f"{node.namespace}.{node.name}" if node.namespace else node.name
            return f"{name}({', '.join(map(_printed, node.arguments))})"
        case PropertyAccess():
            return f"{_printed(node.target)}.{node.name}"
        case IndexAccess():
            return f"{_printed(node.target)}[{_printed(node.key)}]"


VALUES = st.sampled_from(
    [
        "1",
        "-1",
        "0",
        "2147483648",
        "''",
        "'a'",
        "'A.B/c'",
        "'{0}'",
        "'\U0001f600'",
        "true()",
        "null()",
        "json('1.5')",
        "createArray()",
        "createArray(1, 'b', null())",
        "createObject('a', createObject('b', 1))",
        "parameters('p')",
        "reference('r').x",
        "resourceGroup()",
        "lambdaVariables('x')",
        "lambda('x', lambdaVariables('x'))",
        "lambda('x', 'y', true())",
    ]
)
CALLS = st.recursive(
    VALUES,
    lambda inner: st.builds(
        _call,
        st.sampled_from(sorted(function.name for function in LIBRARY.values())),
        st.lists(inner, max_size=4),
        st.just([]),
    ),
    max_leaves=10,
)


@given(CALLS)
def test_any_call_of_any_function_ends_well(expression: str) -> None:
    assert _outcome(expression)


@given(SOUP | CALLS | EXPRESSIONS)
def test_any_text_is_a_value_or_refused_at_a_place_inside_it(soup: str) -> None:
    text = f"[{soup}]"
    refusal: InputError | None = None
    try:
        value = evaluate_expression(text, parameters={"p": ["a", {"k": 1}]})
    except InputError as problem:
        refusal, value = problem, None
    where = None if refusal is None else refusal.where

    half = any("\ud800" <= character <= "\udfff" for character in text)
    assert value == literal_text(text) or is_expression(text) or (half and refusal is not None)
    assert refusal is None or isinstance(where, Place)
    assert not isinstance(where, Place) or 0 <= (where.offset or 0) < len(text)


@given(CALLS)
def test_an_evaluation_is_the_same_every_time(expression: str) -> None:
    assert _outcome(expression) == _outcome(expression)


@given(CALLS)
def test_the_case_of_function_names_never_matters(expression: str) -> None:
    assert _outcome(expression) == _outcome(_swapped(expression))


def _swapped(expression: str) -> str:
    """Swap the case outside string literals."""
    pieces = expression.split("'")
    return "'".join(p.swapcase() if index % 2 == 0 else p for index, p in enumerate(pieces))


def _outcome(expression: str) -> str:
    parameters: dict[str, JsonValue] = {"p": ["a", {"k": 1}]}
    try:
        value = evaluate_expression(f"[{expression}]", parameters=parameters)
    except InputError as problem:
        return type(problem).__name__
    return "unknown" if isinstance(value, Unknown) else repr(value)
