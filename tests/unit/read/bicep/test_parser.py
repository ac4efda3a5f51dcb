"""Tokens → syntax tree."""

from __future__ import annotations

import pytest

from preflight.errors import LimitExceeded, SyntaxProblem
from preflight.model.source import SourceFile
from preflight.read.bicep import syntax
from preflight.read.bicep.parser import parse_bicep, parse_parameters


def _file(text: str) -> syntax.File:
    return parse_bicep(SourceFile("main.bicep", text))


def _value(text: str) -> syntax.Expression:
    (statement,) = _file(f"var a = {text}").statements
    assert isinstance(statement, syntax.Variable)
    return statement.value


def _type(text: str) -> syntax.Type:
    (statement,) = _file(f"type a = {text}").statements
    assert isinstance(statement, syntax.TypeDeclaration)
    return statement.type


def _shape(node: object) -> object:
    """Return a node without its places."""
    if isinstance(node, syntax.Name):
        return node.name
    if isinstance(node, syntax.Literal):
        return node.value
    if isinstance(node, syntax.Text):
        return repr(node.plain) if not node.holes else (node.segments, _shape(node.holes))
    if isinstance(node, tuple) and hasattr(node, "_fields"):
        return (type(node).__name__, *(_shape(part) for part in node[:-2]))
    if isinstance(node, tuple):
        return [_shape(part) for part in node]
    return node


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", ("Binary", "+", 1, ("Binary", "*", 2, 3))),
        ("1 - 2 - 3", ("Binary", "-", ("Binary", "-", 1, 2), 3)),
        ("a || b && c", ("Binary", "||", "a", ("Binary", "&&", "b", "c"))),
        ("a ?? b ?? c", ("Binary", "??", ("Binary", "??", "a", "b"), "c")),
        ("a ? b : c ? d : e", ("Ternary", "a", "b", ("Ternary", "c", "d", "e"))),
        ("a\n  ? b\n  : c", ("Ternary", "a", "b", "c")),
        ("-a.b", ("Unary", "-", ("PropertyAccess", "a", "b", False))),
        ("a.?b[?0]", ("IndexAccess", ("PropertyAccess", "a", "b", True), 0, True, False)),
        ("a[?^1]", ("IndexAccess", "a", 1, True, True)),
        ("(a)!", ("NonNull", ("Group", "a"))),
        ("a::b.c", ("PropertyAccess", ("ChildAccess", "a", "b"), "c", False)),
        ("f(\n)", ("Call", "f", [])),
        ("sys.f(1, g())", ("MethodCall", "sys", "f", [1, ("Call", "g", [])])),
        ("map(a, x => x)", ("Call", "map", ["a", ("Lambda", ["x"], "x")])),
        ("map(a, (x, i) => i)", ("Call", "map", ["a", ("Lambda", ["x", "i"], "i")])),
        ("[for x in a: x]", ("Loop", "x", None, "a", "x")),
        ("[for (x, i) in a: i]", ("Loop", "x", "i", "a", "i")),
        ("{ a: 1, 'b c': 2 }", ("Object", [("Property", "a", 1), ("Property", "'b c'", 2)])),
        ("[\n  a\n  ...b\n]", ("Array", ["a", ("Spread", "b")])),
        ("'a${b}c'", (("a", "c"), ["b"])),
        ("$'''\na${b}'''", (("a", ""), ["b"])),
        ("$$'''${x}$$${b}'''", (("${x}$", ""), ["b"])),
        ("'''\na'b'''", repr("a'b")),
    ],
)
def test_expressions(text: str, expected: object) -> None:
    assert expected == _shape(_value(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'a' | 'b'", ("UnionType", ["'a'", "'b'"])),
        ("| 'a'", ("UnionType", ["'a'"])),
        ("string[]?", ("NullableType", ("ArrayType", "string"))),
        (
            "{ a: int\n  *: bool }",
            ("ObjectType", [("TypeMember", [], "a", "int"), ("TypeMember", [], None, "bool")]),
        ),
        ("[int, 'x']", ("TupleType", [("TypeItem", [], "int"), ("TypeItem", [], "'x'")])),
        ("b.c[*].*", ("RestAccess", ("ItemsAccess", ("PropertyAccess", "b", "c", False)))),
        (
            "resourceInput<'T@v'>.name",
            ("PropertyAccess", ("TypeCall", None, "resourceInput", ["'T@v'"]), "name", False),
        ),
        ("-1", ("Unary", "-", 1)),
        ("(string)!", ("NonNull", ("Group", "string"))),
    ],
)
def test_types(text: str, expected: object) -> None:
    assert expected == _shape(_type(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("targetScope = 'tenant'", ("TargetScope", "'tenant'")),
        ("metadata a = 1", ("Metadata", [], "a", 1)),
        ("param a string", ("Parameter", [], "a", "string", None)),
        ("param a string = 'b'", ("Parameter", [], "a", "string", "'b'")),
        ("var a int = 1", ("Variable", [], "a", "int", 1)),
        ("output a string = b", ("Output", [], "a", "string", "b")),
        ("output a resource = b", ("Output", [], "a", ("ResourceType", None), "b")),
        ("assert a = true", ("Assertion", [], "a", True)),
        (
            "func f(a int, b int) bool => true",
            (
                "Function",
                [],
                "f",
                [("FunctionParameter", "a", "int"), ("FunctionParameter", "b", "int")],
                "bool",
                True,
            ),
        ),
        (
            "resource a 'T@v' existing = { name: 'b' }",
            ("Resource", [], "a", "'T@v'", True, ("Object", [("Property", "name", "'b'")])),
        ),
        (
            "module a 'b' = [for c in d: if (e) { name: f }]",
            (
                "Module",
                [],
                "a",
                "'b'",
                (
                    "Loop",
                    "c",
                    None,
                    "d",
                    ("Condition", "e", ("Object", [("Property", "name", "f")])),
                ),
            ),
        ),
        ("import * as a from 'b'", ("Import", [], [], "a", "'b'")),
        (
            "import { a, 'b' as c } from 'd'",
            (
                "Import",
                [],
                [("ImportedName", "a", None), ("ImportedName", "'b'", "c")],
                None,
                "'d'",
            ),
        ),
        ("extension a with {} as b", ("Extension", [], "a", ("Object", []), "b")),
        ("test a 'b' = {}", ("Test", [], "a", "'b'", ("Object", []))),
        (
            "@secure()\n\n@sys.a\nparam b string",
            (
                "Parameter",
                [("Decorator", ("secure",), []), ("Decorator", ("sys", "a"), None)],
                "b",
                "string",
                None,
            ),
        ),
    ],
)
def test_statements(text: str, expected: object) -> None:
    (statement,) = _file(text).statements

    actual = _shape(statement)

    assert _listed(expected) == _listed(actual)


def _listed(shape: object) -> object:
    """Return a shape with lists in place of its tuples."""
    return [_listed(part) for part in shape] if isinstance(shape, list | tuple) else shape


def test_nested_resource() -> None:
    text = "resource a 'T@v' = {\n  @batchSize(1)\n  resource b 'c' = {}\n  resource: 1\n}"
    (resource,) = _file(text).statements
    assert isinstance(resource, syntax.Resource)
    assert isinstance(resource.body, syntax.Object)

    kinds = [type(member) for member in resource.body.members]

    assert kinds == [syntax.Resource, syntax.Property]


def test_parameter_file() -> None:
    text = "using 'a.bicep'\nextends 'b.bicepparam'\nparam c = 1\nextensionConfig d with {}\n"
    file = parse_parameters(SourceFile("main.bicepparam", text))

    kinds = [type(statement) for statement in file.statements]

    expected = [
        syntax.Using,
        syntax.Extends,
        syntax.Assignment,
        syntax.ExtensionConfiguration,
    ]
    assert expected == kinds


def test_using_none() -> None:
    file = parse_parameters(SourceFile("main.bicepparam", "using none"))

    assert file.statements == (syntax.Using(None, None, 0, 10),)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("var a = +1", 8, "expected a value, found `+`"),
        ("var a = !!b", 9, "expected a value, found `!`"),
        ("var a = [1,\n2]", 11, "a comma and a new line both separate items"),
        ("var a = f(1,)", 12, "the last argument is followed by a comma"),
        ("var a = f(1\n2)", 12, "expected a comma or `)`, found `2`"),
        ("var a = (\n1)", 8, "a new line stands beside the parentheses"),
        ("var a = (1, 2)", 8, "parentheses hold exactly one value"),
        ("var a = ((x)) => x", 8, "the parameters of a lambda are names"),
        ("var a = '${[1]}'", 11, "arrays and objects cannot stand inside a string"),
        ("var a = b.?c()", 11, "`.?` cannot call a function"),
        ("var a = b[]", 10, "the brackets hold no index"),
        ("var a = { true: 1 }", 10, "expected the name of a property or `}`, found `true`"),
        ("var a = { b 1 }", 12, "expected `:` after the name of a property, found `1`"),
        ("var a = '\\x'", 9, "`\\x` is no escape sequence"),
        ("var a = 1.5", 10, "expected the name of a property or function, found `5`"),
        ("var a = 18446744073709551616", 8, "the integer does not fit into 64 bits"),
        ("var a = 1 var b = 2", 10, "expected the end of the line, found `var`"),
        ("parm a string", 0, "expected a statement, found `parm`"),
        ("@secure()\n", 10, "expected a declaration after the decorator"),
        ("@secure()\ntargetScope = 'tenant'", 0, "`targetScope` takes no decorator"),
        ("var a = 'b", 8, "the string that starts here is not closed on its line"),
        ("param a", 7, "expected a type, found the end of the file"),
        ("module a 'b' = if true {}", 18, "expected `(` after `if`, found `true`"),
        ("resource a b = {}", 11, "expected the type of the resource"),
    ],
)
def test_errors(text: str, offset: int, message: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        _file(text)

    assert (caught.value.offset, caught.value.message[: len(message)]) == (offset, message)


def test_suggests_a_statement() -> None:
    with pytest.raises(SyntaxProblem) as caught:
        _file("parm a string")

    assert caught.value.help == "did you mean `param`?"


def test_errors_are_collected() -> None:
    text = "var a = \nparam b string\nvar c = {\n  d 1\n}\nvar e = 'f\noutput g int = 1\n"

    with pytest.raises(SyntaxProblem) as caught:
        _file(text)

    problem = caught.value
    places = [str(error.where.label) for error in (problem, *problem.others) if error.where]
    assert places == ["main.bicep:1:9", "main.bicep:4:5", "main.bicep:6:9"]


@pytest.mark.parametrize("opening", ["[", "(", "{a:", "f(", "'${", "-(", "x=>", "a?b:", "1+2*-("])
def test_deep_nesting(opening: str) -> None:
    with pytest.raises((LimitExceeded, SyntaxProblem)):
        _file(f"var a = {opening * 10_000}")


@pytest.mark.parametrize("opening", ["[", "(", "{a:", "resourceInput<"])
def test_deep_types(opening: str) -> None:
    with pytest.raises(LimitExceeded, match="more than 80 deep"):
        _file(f"type a = {opening * 10_000}")
