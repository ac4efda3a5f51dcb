"""Conditions that are read, and those that are refused, with the place of the mistake."""

from __future__ import annotations

import pytest

from preflight.authorize.condition.ast import Chain, Compare, Constant, Exists, Joiner, Not
from preflight.authorize.condition.operators import OPERATORS, Quantifier
from preflight.authorize.condition.parser import MAXIMUM_DEPTH, parse
from preflight.errors import SyntaxProblem

GUID = "5e467623-bb1f-42f4-a55d-6e525e11384b"
BARE = GUID.replace("-", "")


def test_a_comparison_keeps_attribute_operator_and_typed_values() -> None:
    text = f"@Request[A/b:C] ForAnyOfAnyValues:GuidEquals {{{GUID}, {BARE}}}"
    node = parse(text).root

    assert isinstance(node, Compare)
    assert isinstance(node.right, Constant)
    assert node.right.values == (BARE, BARE)
    assert (node.operator.name, node.quantifier) == ("GuidEquals", Quantifier.ANY_ANY)
    assert text[node.span.start : node.span.end] == text


@pytest.mark.parametrize(
    "text",
    [
        "@resource[HasObotoken] BOOLEQUALS TRUE && @Request[x] stringequals 'a'",
        f"@Request[x] guidequals{{{BARE}}}",
        "NOT Exists @Resource[a/b:c<$key_case_sensitive$>]",
        "! ! !(ActionMatches { 'A/b/*' })",
        "@Resource[t&$keys$&] forallofanyvalues : StringLike {'a*','?b'}",
        "@Environment[UtcNow] DateTimeLessThan '2026-01-31T12:00:00.1234567Z'",
        "@Resource[n] NumericEquals -5",
        "{1, 2} ForAnyOfAllValues:NumericLessThan {3}",
        "@Principal[a] StringEquals @Resource[b]",
        "\t(\r\n(@Resource[a] StringEquals ''))",
        f"@Request[x] GuidEquals {GUID}",
        f"@Request[x] GuidEquals 32{BARE[2:]}",
    ],
)
def test_what_azure_writes_is_read(text: str) -> None:
    assert parse(text).text == text


def test_and_and_or_stay_as_written_on_one_level() -> None:
    node = parse("Exists @Request[a] AND Exists @Request[b] || Exists @Request[c]").root

    assert isinstance(node, Chain)
    assert node.joiners == (Joiner.AND, Joiner.OR)
    assert all(isinstance(operand, Exists) for operand in node.operands)


def test_an_even_number_of_negations_is_none() -> None:
    assert isinstance(parse("!!Exists @Request[a]").root, Exists)
    assert isinstance(parse("!!!Exists @Request[a]").root, Not)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "expected an attribute or a value but found the end of the condition"),
        ("()", 1, "expected an attribute or a value but found `)`"),
        ("(Exists @Request[a]", 19, "expected `)` but found the end of the condition"),
        ("@Caller[a] StringEquals 'x'", 0, "unknown attribute source `Caller`"),
        ("@Request[a StringEquals 'x'", 0, "the attribute is not of the form `@Source[name]`"),
        ("@Request[ ] StringEquals 'x'", 0, "the attribute has no name"),
        ("@Request[a] StringIs 'x'", 12, "unknown operator `StringIs`"),
        ("@Request[a] ForNone:StringEquals 'x'", 12, "unknown set operator `ForNone`"),
        ("@Request[a] ForAnyOfAnyValues:BoolEquals true", 30, "`BoolEquals` compares no sets"),
        ("@Request[a] StringEquals", 24, "expected an attribute or a value but found the end"),
        ("@Request[a] StringEquals 'x", 25, "the string has no closing quote"),
        ('@Request[a] StringEquals "x"', 25, "strings stand in single quotes"),
        (r"@Request[a] StringEquals 'x\'", 25, "a backslash before the closing quote"),
        ("@Request[a] StringEquals {}", 26, "expected a value but found `}`"),
        ("@Request[a] StringEquals {'x',}", 30, "expected a value but found `}`"),
        ("@Request[a] StringEquals {'x', 'y'}", 25, "several values need a set operator"),
        ("@Request[a] StringEquals 5", 25, "`5` is not a string in single quotes"),
        ("@Request[a] NumericEquals 1.5", 26, "`1.5` is not an integer"),
        ("@Request[a] NumericEquals '1'", 26, "`1` is not an integer"),
        ("@Request[a] BoolEquals 1", 23, "`1` is not true or false"),
        (f"@Request[a] GuidEquals '{GUID}'", 23, "is not a GUID without quotes"),
        ("@Request[a] GuidEquals 1234", 23, "`1234` is not a GUID"),
        ("@Request[a] DateTimeEquals '2026-13-01T00:00:00Z'", 27, "is not a UTC time"),
        ("@Request[a] DateTimeEquals '2026-01-01'", 27, "is not a UTC time"),
        ("Exists 'x'", 7, "expected an attribute but found `x`"),
        ("ActionMatches{'a', 'b'}", 17, "expected `}` but found `,`"),
        ("ActionMatches{''}", 14, "`ActionMatches` names nothing"),
        ("ActionMatches('a')", 13, "expected `{` but found `(`"),
        ("Exists @Request[a] AND", 22, "expected an attribute or a value but found the end"),
        ("OR Exists @Request[a]", 0, "expected an attribute or a value but found `OR`"),
        ("Exists @Request[a] Exists @Request[b]", 19, "expected the end of the condition"),
        ("Exists @Request[a] ; x", 19, "unexpected character `;`"),
        ("(@Request[a]) StringEquals 'x'", 12, "expected a word but found `)`"),
    ],
)
def test_what_azure_would_refuse_is_refused_at_its_place(
    text: str, offset: int, message: str
) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(text)

    assert caught.value.message.startswith(message) or message in caught.value.message
    assert caught.value.offset == offset


def test_length_and_depth_are_bounded() -> None:
    deepest = "(" * MAXIMUM_DEPTH + "Exists @Request[a]" + ")" * MAXIMUM_DEPTH
    longest = "Exists @Request[a]".ljust(8192)

    assert parse(deepest).text == deepest
    assert parse(longest).text == longest
    with pytest.raises(SyntaxProblem, match="parentheses stand inside each other"):
        parse(f"({deepest})")
    with pytest.raises(SyntaxProblem, match="longer than 8192 bytes"):
        parse(longest + " ")


def test_a_long_row_of_negations_is_read() -> None:
    assert isinstance(parse("!" * 8001 + "Exists @Request[a]").root, Not)


def test_the_operators_are_those_that_are_documented() -> None:
    strings = {
        f"String{no}{base}{case}"
        for no in ("", "Not")
        for base in ("Equals", "StartsWith", "Like")
        for case in ("", "IgnoreCase")
    }
    ordered = {
        f"{family}{name}"
        for family in ("Numeric", "DateTime")
        for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan",
                     "GreaterThanEquals")
    }  # fmt: skip
    equal = {"BoolEquals", "BoolNotEquals", "GuidEquals", "GuidNotEquals"}

    assert {row.name for row in OPERATORS.values()} == strings | ordered | equal
    assert {row.name for row in OPERATORS.values() if row.takes_sets} == {
        *(name for name in strings if "StartsWith" not in name),
        *(name for name in ordered if name.startswith("Numeric")),
        "GuidEquals",
        "GuidNotEquals",
    }
