"""Syntax tree of a Bicep file.

Nodes are NamedTuples: four times quicker to make than data classes. `start` and `end` are offsets
in the file, in code points, of the whole node. Types and values share the nodes that look the same
in both (`Literal`, `Text`, `Name`, `PropertyAccess`, …).

Source of the grammar: Azure/bicep, docs/grammar.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from typing import Self, dataclass_transform

    @dataclass_transform(frozen_default=True)
    class Node:
        """What a type checker takes the nodes for.

        It compares NamedTuples member by member, which takes for ever in a tree this deep.
        """

        start: int
        end: int

        def _replace(self, **changes: object) -> Self: ...
else:
    Node = NamedTuple


class Name(Node):
    """An identifier: a symbol that is declared or used, or a type that is named."""

    name: str
    start: int
    end: int


class Literal(Node):
    """An integer, `true`, `false` or `null`."""

    value: int | bool | None
    start: int
    end: int


class Text(Node):
    """A string: `segments` around `holes`, escapes resolved; without holes one segment."""

    segments: tuple[str, ...]
    holes: tuple[Expression, ...]
    start: int
    end: int

    @property
    def plain(self) -> str | None:
        """The whole text where there are no holes."""
        return None if self.holes else self.segments[0]


class Group(Node):
    """An expression (or type) in parentheses, which end a chain of safe accesses."""

    inner: Expression | Type
    start: int
    end: int


class Array(Node):
    """`[a, ...b]`."""

    items: tuple[Expression | Spread, ...]
    start: int
    end: int


class Object(Node):
    """`{ a: 1, ...b }`; only the body of a resource has resources among its members."""

    members: tuple[Property | Spread | Resource, ...]
    start: int
    end: int


class Property(Node):
    """`key: value` of an object."""

    key: Name | Text
    value: Expression
    start: int
    end: int


class Spread(Node):
    """`...value`."""

    value: Expression
    start: int
    end: int


class Loop(Node):
    """`[for item in source: body]`, `[for (item, counter) in source: body]`."""

    item: Name
    counter: Name | None
    source: Expression
    body: Expression | Condition
    start: int
    end: int


class Condition(Node):
    """`if (test) { … }` as the body of a resource or module."""

    test: Expression
    body: Object
    start: int
    end: int


class Unary(Node):
    """`!a`, `-a`, in types too."""

    operator: str
    operand: Expression | Type
    start: int
    end: int


class Binary(Node):
    """`a && b` and the like; `operator` as written."""

    operator: str
    left: Expression
    right: Expression
    start: int
    end: int


class Ternary(Node):
    """`test ? yes : no`."""

    test: Expression
    yes: Expression
    no: Expression
    start: int
    end: int


class PropertyAccess(Node):
    """`target.name`, `target.?name`."""

    target: Expression | Type
    name: Name
    safe: bool
    start: int
    end: int


class IndexAccess(Node):
    """`target[key]`, `target[?key]`, `target[^key]`, `target[?^key]`."""

    target: Expression | Type
    key: Expression
    safe: bool
    from_end: bool
    start: int
    end: int


class ChildAccess(Node):
    """`target::name`: a resource declared in another one's body."""

    target: Expression
    name: Name
    start: int
    end: int


class NonNull(Node):
    """`target!`, in types too."""

    target: Expression | Type
    start: int
    end: int


class Call(Node):
    """`name(a, b)`."""

    name: Name
    arguments: tuple[Expression, ...]
    start: int
    end: int


class MethodCall(Node):
    """`target.name(a, b)`: a function of a namespace, an import or a resource."""

    target: Expression
    name: Name
    arguments: tuple[Expression, ...]
    start: int
    end: int


class Lambda(Node):
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


class UnionType(Node):
    """`a | b`."""

    members: tuple[Type, ...]
    start: int
    end: int


class ArrayType(Node):
    """`item[]`."""

    item: Type
    start: int
    end: int


class NullableType(Node):
    """`type?`."""

    inner: Type
    start: int
    end: int


class TupleType(Node):
    """`[ a, b ]`."""

    items: tuple[TypeItem, ...]
    start: int
    end: int


class TypeItem(Node):
    """One item of a tuple."""

    decorators: tuple[Decorator, ...]
    type: Type
    start: int
    end: int


class ObjectType(Node):
    """`{ a: string, *: int }`."""

    members: tuple[TypeMember, ...]
    start: int
    end: int


class TypeMember(Node):
    """`key: type`; no key for `*`, which stands for all other properties."""

    decorators: tuple[Decorator, ...]
    key: Name | Text | None
    type: Type
    start: int
    end: int


class ItemsAccess(Node):
    """`type[*]`."""

    target: Type
    start: int
    end: int


class RestAccess(Node):
    """`type.*`."""

    target: Type
    start: int
    end: int


class TypeCall(Node):
    """`name<a>`, `target.name<a>`: `resourceInput<'…'>` and the like."""

    target: Type | None
    name: Name
    arguments: tuple[Type, ...]
    start: int
    end: int


class ResourceType(Node):
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


class Decorator(Node):
    """`@name(a)`, `@sys.name(a)`; `path` holds the names, `arguments` None without a call."""

    path: tuple[str, ...]
    arguments: tuple[Expression, ...] | None
    start: int
    end: int

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path[-1]


class TargetScope(Node):
    """`targetScope = value`."""

    value: Expression
    start: int
    end: int


class Metadata(Node):
    """`metadata name = value`."""

    decorators: tuple[Decorator, ...]
    name: Name
    value: Expression
    start: int
    end: int


class Parameter(Node):
    """`param name type = default`."""

    decorators: tuple[Decorator, ...]
    name: Name
    type: Type
    default: Expression | None
    start: int
    end: int


class Variable(Node):
    """`var name type = value`."""

    decorators: tuple[Decorator, ...]
    name: Name
    type: Type | None
    value: Expression
    start: int
    end: int


class TypeDeclaration(Node):
    """`type name = type`."""

    decorators: tuple[Decorator, ...]
    name: Name
    type: Type
    start: int
    end: int


class FunctionParameter(Node):
    """`name type` of a function."""

    name: Name
    type: Type
    start: int
    end: int


class Function(Node):
    """`func name(parameters) output => body`."""

    decorators: tuple[Decorator, ...]
    name: Name
    parameters: tuple[FunctionParameter, ...]
    output: Type
    body: Expression
    start: int
    end: int


class Resource(Node):
    """`resource name 'type@version' existing = body`; nested ones stand in an object."""

    decorators: tuple[Decorator, ...]
    name: Name
    type: Text
    existing: bool
    body: Object | Condition | Loop
    start: int
    end: int


class Module(Node):
    """`module name 'path' = body`."""

    decorators: tuple[Decorator, ...]
    name: Name
    path: Text
    body: Object | Condition | Loop
    start: int
    end: int


class Test(Node):
    """`test name 'path' = { … }`, which no deployment runs."""

    decorators: tuple[Decorator, ...]
    name: Name
    path: Text
    body: Object
    start: int
    end: int


class Output(Node):
    """`output name type = value`."""

    decorators: tuple[Decorator, ...]
    name: Name
    type: Type
    value: Expression
    start: int
    end: int


class Assertion(Node):
    """`assert name = condition`."""

    decorators: tuple[Decorator, ...]
    name: Name
    value: Expression
    start: int
    end: int


class ImportedName(Node):
    """`name as alias` in the list of an import; the name may be a string."""

    name: Name | Text
    alias: Name | None
    start: int
    end: int


class Import(Node):
    """`import { a, b as c } from 'path'`, or `import * as wildcard from 'path'`."""

    decorators: tuple[Decorator, ...]
    names: tuple[ImportedName, ...]
    wildcard: Name | None
    path: Text
    start: int
    end: int


class Extension(Node):
    """`extension specification with { … } as alias`."""

    decorators: tuple[Decorator, ...]
    specification: Name | Text
    configuration: Object | None
    alias: Name | None
    start: int
    end: int


class Using(Node):
    """`using 'path' with { … }` of a parameter file; no path for `none`."""

    path: Text | None
    configuration: Object | None
    start: int
    end: int


class Extends(Node):
    """`extends 'path'` of a parameter file."""

    path: Text
    start: int
    end: int


class Assignment(Node):
    """`param name = value` of a parameter file."""

    name: Name
    value: Expression
    start: int
    end: int


class ExtensionConfiguration(Node):
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


class File(Node):
    """A parsed file."""

    text: str
    statements: tuple[Statement, ...]
    words: int = 0
    """How many words and marks it has."""
