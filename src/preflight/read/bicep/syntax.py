"""Syntax tree of a Bicep file.

Nodes are NamedTuples: four times quicker to make than data classes. `start` and `end` are offsets
in the file, in code points, of the whole node. Types and values share the nodes that look the same
in both (`Literal`, `Text`, `Name`, `PropertyAccess`, …).

Source of the grammar: Azure/bicep, docs/grammar.md.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Name(NamedTuple):
    """An identifier: a symbol that is declared or used, or a type that is named."""

    name: str
    start: int
    end: int


class Literal(NamedTuple):
    """An integer, `true`, `false` or `null`."""

    value: int | bool | None
    start: int
    end: int


class Text(NamedTuple):
    """A string: `segments` around `holes`, escapes resolved; without holes one segment."""

    segments: tuple[str, ...]
    holes: tuple[Expression, ...]
    start: int
    end: int

    @property
    def plain(self) -> str | None:
        """The whole text where there are no holes."""
        return None if self.holes else self.segments[0]


class Group(NamedTuple):
    """An expression (or type) in parentheses, which end a chain of safe accesses."""

    inner: Expression | Type
    start: int
    end: int


class Array(NamedTuple):
    """`[a, ...b]`."""

    items: tuple[Expression | Spread, ...]
    start: int
    end: int


class Object(NamedTuple):
    """`{ a: 1, ...b }`; only the body of a resource has resources among its members."""

    members: tuple[Property | Spread | Resource, ...]
    start: int
    end: int


class Property(NamedTuple):
    """`key: value` of an object."""

    key: Name | Text
    value: Expression
    start: int
    end: int


class Spread(NamedTuple):
    """`...value`."""

    value: Expression
    start: int
    end: int


class Loop(NamedTuple):
    """`[for item in source: body]`, `[for (item, counter) in source: body]`."""

    item: Name
    counter: Name | None
    source: Expression
    body: Expression | Condition
    start: int
    end: int


class Condition(NamedTuple):
    """`if (test) { … }` as the body of a resource or module."""

    test: Expression
    body: Object
    start: int
    end: int


class Unary(NamedTuple):
    """`!a`, `-a`, in types too."""

    operator: str
    operand: Expression | Type
    start: int
    end: int


class Binary(NamedTuple):
    """`a && b` and the like; `operator` as written."""

    operator: str
    left: Expression
    right: Expression
    start: int
    end: int


class Ternary(NamedTuple):
    """`test ? yes : no`."""

    test: Expression
    yes: Expression
    no: Expression
    start: int
    end: int


class PropertyAccess(NamedTuple):
    """`target.name`, `target.?name`."""

    target: Expression | Type
    name: Name
    safe: bool
    start: int
    end: int


class IndexAccess(NamedTuple):
    """`target[key]`, `target[?key]`, `target[^key]`, `target[?^key]`."""

    target: Expression | Type
    key: Expression
    safe: bool
    from_end: bool
    start: int
    end: int


class ChildAccess(NamedTuple):
    """`target::name`: a resource declared in another one's body."""

    target: Expression
    name: Name
    start: int
    end: int


class NonNull(NamedTuple):
    """`target!`, in types too."""

    target: Expression | Type
    start: int
    end: int


class Call(NamedTuple):
    """`name(a, b)`."""

    name: Name
    arguments: tuple[Expression, ...]
    start: int
    end: int


class MethodCall(NamedTuple):
    """`target.name(a, b)`: a function of a namespace, an import or a resource."""

    target: Expression
    name: Name
    arguments: tuple[Expression, ...]
    start: int
    end: int


class Lambda(NamedTuple):
    """`x => body`, `(x, y) => body`."""

    parameters: tuple[Name, ...]
    body: Expression
    start: int
    end: int


Expression: TypeAlias = (
    Name
    | Literal
    | Text
    | Group
    | Array
    | Object
    | Loop
    | Unary
    | Binary
    | Ternary
    | PropertyAccess
    | IndexAccess
    | ChildAccess
    | NonNull
    | Call
    | MethodCall
    | Lambda
)
"""Any node that has a value."""


class UnionType(NamedTuple):
    """`a | b`."""

    members: tuple[Type, ...]
    start: int
    end: int


class ArrayType(NamedTuple):
    """`item[]`."""

    item: Type
    start: int
    end: int


class NullableType(NamedTuple):
    """`type?`."""

    inner: Type
    start: int
    end: int


class TupleType(NamedTuple):
    """`[ a, b ]`."""

    items: tuple[TypeItem, ...]
    start: int
    end: int


class TypeItem(NamedTuple):
    """One item of a tuple."""

    decorators: tuple[Decorator, ...]
    type: Type
    start: int
    end: int


class ObjectType(NamedTuple):
    """`{ a: string, *: int }`."""

    members: tuple[TypeMember, ...]
    start: int
    end: int


class TypeMember(NamedTuple):
    """`key: type`; no key for `*`, which stands for all other properties."""

    decorators: tuple[Decorator, ...]
    key: Name | Text | None
    type: Type
    start: int
    end: int


class ItemsAccess(NamedTuple):
    """`type[*]`."""

    target: Type
    start: int
    end: int


class RestAccess(NamedTuple):
    """`type.*`."""

    target: Type
    start: int
    end: int


class TypeCall(NamedTuple):
    """`name<a>`, `target.name<a>`: `resourceInput<'…'>` and the like."""

    target: Type | None
    name: Name
    arguments: tuple[Type, ...]
    start: int
    end: int


class ResourceType(NamedTuple):
    """`resource 'type@version'` as the type of a parameter or an output."""

    specification: Text | None
    start: int
    end: int


Type: TypeAlias = (
    Name
    | Literal
    | Text
    | Group
    | Unary
    | PropertyAccess
    | IndexAccess
    | NonNull
    | UnionType
    | ArrayType
    | NullableType
    | TupleType
    | ObjectType
    | ItemsAccess
    | RestAccess
    | TypeCall
    | ResourceType
)
"""Any node that names a type."""


class Decorator(NamedTuple):
    """`@name(a)`, `@sys.name(a)`; `path` holds the names, `arguments` None without a call."""

    path: tuple[str, ...]
    arguments: tuple[Expression, ...] | None
    start: int
    end: int

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path[-1]


class TargetScope(NamedTuple):
    """`targetScope = value`."""

    value: Expression
    start: int
    end: int


class Metadata(NamedTuple):
    """`metadata name = value`."""

    name: Name
    value: Expression
    start: int
    end: int


class Parameter(NamedTuple):
    """`param name type = default`."""

    decorators: tuple[Decorator, ...]
    name: Name
    type: Type
    default: Expression | None
    start: int
    end: int


class Variable(NamedTuple):
    """`var name type = value`."""

    decorators: tuple[Decorator, ...]
    name: Name
    type: Type | None
    value: Expression
    start: int
    end: int


class TypeDeclaration(NamedTuple):
    """`type name = type`."""

    decorators: tuple[Decorator, ...]
    name: Name
    type: Type
    start: int
    end: int


class FunctionParameter(NamedTuple):
    """`name type` of a function."""

    name: Name
    type: Type
    start: int
    end: int


class Function(NamedTuple):
    """`func name(parameters) output => body`."""

    decorators: tuple[Decorator, ...]
    name: Name
    parameters: tuple[FunctionParameter, ...]
    output: Type
    body: Expression
    start: int
    end: int


class Resource(NamedTuple):
    """`resource name 'type@version' existing = body`; nested ones stand in an object."""

    decorators: tuple[Decorator, ...]
    name: Name
    type: Text
    existing: bool
    body: Object | Condition | Loop
    start: int
    end: int


class Module(NamedTuple):
    """`module name 'path' = body`."""

    decorators: tuple[Decorator, ...]
    name: Name
    path: Text
    body: Object | Condition | Loop
    start: int
    end: int


class Test(NamedTuple):
    """`test name 'path' = { … }`, which no deployment runs."""

    decorators: tuple[Decorator, ...]
    name: Name
    path: Text
    body: Object
    start: int
    end: int


class Output(NamedTuple):
    """`output name type = value`."""

    decorators: tuple[Decorator, ...]
    name: Name
    type: Type
    value: Expression
    start: int
    end: int


class Assertion(NamedTuple):
    """`assert name = condition`."""

    decorators: tuple[Decorator, ...]
    name: Name
    value: Expression
    start: int
    end: int


class ImportedName(NamedTuple):
    """`name as alias` in the list of an import; the name may be a string."""

    name: Name | Text
    alias: Name | None
    start: int
    end: int


class Import(NamedTuple):
    """`import { a, b as c } from 'path'`, or `import * as wildcard from 'path'`."""

    decorators: tuple[Decorator, ...]
    names: tuple[ImportedName, ...]
    wildcard: Name | None
    path: Text
    start: int
    end: int


class Extension(NamedTuple):
    """`extension specification with { … } as alias`."""

    decorators: tuple[Decorator, ...]
    specification: Name | Text
    configuration: Object | None
    alias: Name | None
    start: int
    end: int


class Using(NamedTuple):
    """`using 'path' with { … }` of a parameter file; no path for `none`."""

    path: Text | None
    configuration: Object | None
    start: int
    end: int


class Extends(NamedTuple):
    """`extends 'path'` of a parameter file."""

    path: Text
    start: int
    end: int


class Assignment(NamedTuple):
    """`param name = value` of a parameter file."""

    name: Name
    value: Expression
    start: int
    end: int


class ExtensionConfiguration(NamedTuple):
    """`extensionConfig alias with { … }` of a parameter file."""

    alias: Name
    configuration: Object
    start: int
    end: int


Statement: TypeAlias = (
    TargetScope
    | Metadata
    | Parameter
    | Variable
    | TypeDeclaration
    | Function
    | Resource
    | Module
    | Test
    | Output
    | Assertion
    | Import
    | Extension
    | Using
    | Extends
    | Assignment
    | ExtensionConfiguration
)
"""A declaration at the top of a file."""


class File(NamedTuple):
    """A parsed file."""

    text: str
    statements: tuple[Statement, ...]
