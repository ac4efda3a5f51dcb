"""Syntax tree of a condition; every node keeps its span in the condition's text."""

from __future__ import annotations

import enum
from typing import NamedTuple, TypeAlias

from preflight.authorize.condition.operators import Operator, Quantifier, Scalar
from preflight.model.action import ActionPattern
from preflight.model.source import Span


class AttributeSource(enum.StrEnum):
    """Where an attribute's value comes from."""

    REQUEST = "Request"
    RESOURCE = "Resource"
    PRINCIPAL = "Principal"
    ENVIRONMENT = "Environment"


class Attribute(NamedTuple):
    """`@Source[name]`; `key` is the name as it is looked up (see `request.attribute_key`)."""

    source: AttributeSource
    name: str
    key: str
    span: Span


class Constant(NamedTuple):
    """One literal or a set of them, already of the operator's type."""

    values: tuple[Scalar, ...]
    span: Span


Operand: TypeAlias = Attribute | Constant


class Compare(NamedTuple):
    """`left operator right`, compared pair by pair where there is a quantifier."""

    left: Operand
    operator: Operator
    quantifier: Quantifier | None
    right: Operand
    span: Span


class Exists(NamedTuple):
    """`Exists attribute`."""

    attribute: Attribute
    span: Span


class ActionMatches(NamedTuple):
    """`ActionMatches{'pattern'}`."""

    pattern: ActionPattern
    span: Span


class SubOperationMatches(NamedTuple):
    """`SubOperationMatches{'name'}`."""

    name: str
    span: Span


class Not(NamedTuple):
    """`NOT operand`."""

    operand: Node
    span: Span


class Joiner(enum.Enum):
    """What stands between two operands of a chain."""

    AND = "AND"
    OR = "OR"


class Chain(NamedTuple):
    """Two or more operands on one level with their joiners (one fewer), as written."""

    operands: tuple[Node, ...]
    joiners: tuple[Joiner, ...]
    span: Span


Leaf: TypeAlias = Compare | Exists | ActionMatches | SubOperationMatches
Node: TypeAlias = Leaf | Not | Chain


class Condition(NamedTuple):
    """A parsed condition and the text it came from."""

    root: Node
    text: str
