"""Why a condition does not hold: the clause at fault, and what would satisfy it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, assert_never

from preflight.authorize.condition.ast import (
    ActionMatches,
    Attribute,
    AttributeSource,
    Chain,
    Compare,
    Condition,
    Constant,
    Exists,
    Leaf,
    Node,
    Not,
    SubOperationMatches,
)
from preflight.authorize.condition.evaluator import truth_of
from preflight.authorize.condition.operators import Family, Scalar, guid_of
from preflight.authorize.condition.request import ConditionRequest, Missing
from preflight.model.truth import Truth

RoleNames = Callable[[str], str | None]
"""A role's GUID (32 lower-case digits) → its name, None where it is not known."""

PROPERTIES = {
    "microsoft.authorization/roleassignments:roledefinitionid": "roleDefinitionId",
    "microsoft.authorization/roleassignments:principalid": "principalId",
    "microsoft.authorization/roleassignments:principaltype": "principalType",
}
"""Attributes that a template fixes: attribute key → property of the role assignment."""

_CLAUSE_LENGTH = 160
_VALUES_SHOWN = 5


class Clause(NamedTuple):
    """One clause of a condition that keeps it from holding.

    `text` is the clause as written (shortened), `found` what the request shows, `wanted` what
    would satisfy it (empty where nothing simple can be said), `properties` the names of the
    template's properties that it asks for and that are not known.
    """

    text: str
    truth: Truth
    found: str
    wanted: str
    properties: tuple[str, ...] = ()


def explain(
    condition: Condition, request: ConditionRequest, role_names: RoleNames
) -> tuple[Clause, ...]:
    """Return the clauses that keep a condition from holding; empty where it holds."""
    blamed = _blame(condition.root, request, wanted=Truth.TRUE)
    return tuple(_clause(row, condition.text, request, role_names) for row in blamed)


class _Blamed(NamedTuple):
    """A leaf at fault, and what it would have to be."""

    leaf: Leaf
    wanted: Truth


def _blame(node: Node, request: ConditionRequest, *, wanted: Truth) -> list[_Blamed]:
    """Return the leaves that keep a node from being what it should be."""
    truth = truth_of(node, request)
    if truth is wanted:
        return []
    if isinstance(node, Not):
        return _blame(node.operand, request, wanted=~wanted)
    if not isinstance(node, Chain):
        return [_Blamed(node, wanted)]
    # Where the answer is open only open operands can settle it; where it is wrong, only those
    # that are wrong themselves are at fault.
    at_fault = Truth.UNKNOWN if truth is Truth.UNKNOWN else ~wanted
    blamed: list[_Blamed] = []
    for operand in node.operands:
        if truth_of(operand, request) is at_fault or len(set(node.joiners)) > 1:
            blamed += _blame(operand, request, wanted=wanted)
    # The usual guard `!(ActionMatches…)` is never what one wants to hear about.
    return [row for row in blamed if isinstance(row.leaf, (Compare, Exists))] or blamed


def _clause(blamed: _Blamed, text: str, request: ConditionRequest, role_names: RoleNames) -> Clause:
    leaf = blamed.leaf
    written = " ".join(text[leaf.span.start : leaf.span.end].split())
    if len(written) > _CLAUSE_LENGTH:
        written = written[: _CLAUSE_LENGTH - 1] + "…"
    negated = blamed.wanted is Truth.FALSE
    match leaf:
        case Compare():
            attributes = [side for side in (leaf.left, leaf.right) if isinstance(side, Attribute)]
            found = "; ".join(_found(side, request, role_names) for side in attributes)
            wanted = _wanted(leaf, role_names, negated=negated)
        case Exists():
            attributes = [leaf.attribute]
            found = _found(leaf.attribute, request, role_names)
            wanted = f"{_name(leaf.attribute)} must {'not ' if negated else ''}be present"
        case ActionMatches() | SubOperationMatches():
            attributes, found, wanted = [], f"the action is {request.action.text}", ""
        case _:
            assert_never(leaf)
    truth = truth_of(leaf, request)
    return Clause(written, truth, found, wanted, _open_properties(attributes, request))


def _open_properties(attributes: Iterable[Attribute], request: ConditionRequest) -> tuple[str, ...]:
    return tuple(
        PROPERTIES[side.key]
        for side in attributes
        if side.source is AttributeSource.REQUEST
        and side.key in PROPERTIES
        and isinstance(request.value(side.source, side.key), Missing)
    )


def _name(attribute: Attribute) -> str:
    return PROPERTIES.get(attribute.key, attribute.name)


def _found(attribute: Attribute, request: ConditionRequest, role_names: RoleNames) -> str:
    value = request.value(attribute.source, attribute.key)
    name = _name(attribute)
    if isinstance(value, Missing):
        return f"{name} is not known before the rollout"
    if value is None:
        return f"{name} is absent"
    items = value if isinstance(value, list) else [value]
    known = [item for item in items if isinstance(item, (bool, int, str))]
    return f"{name} is {_listed(known, attribute, role_names)}"


def _wanted(leaf: Compare, role_names: RoleNames, *, negated: bool) -> str:
    if not isinstance(leaf.left, Attribute) or not isinstance(leaf.right, Constant):
        return ""
    if leaf.operator.family is Family.DATE_TIME:
        return ""
    values = _listed(leaf.right.values, leaf.left, role_names)
    name = _name(leaf.left)
    if leaf.operator.name.startswith(("StringEquals", "Guid", "Bool", "NumericEquals")):
        word = "must be" if leaf.operator.negated == negated else "must not be"
        return f"{name} {word} {values}"
    return f"{name} must {'not ' if negated else ''}satisfy {leaf.operator.name} {values}"


def _listed(values: Iterable[Scalar], attribute: Attribute, role_names: RoleNames) -> str:
    shown = [_shown(value, attribute, role_names) for value in values]
    more = len(shown) - _VALUES_SHOWN
    text = " or ".join(shown[:_VALUES_SHOWN])
    return f"{text} or one of {more} more" if more > 0 else text


def _shown(value: Scalar, attribute: Attribute, role_names: RoleNames) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    guid = guid_of(str(value).rpartition("/")[2])
    if guid is None:
        return f"`{value}`"
    name = role_names(guid) if PROPERTIES.get(attribute.key) == "roleDefinitionId" else None
    return f"`{name}`" if name else dashed(guid)


def dashed(guid: str) -> str:
    """Return 32 digits as a GUID with dashes."""
    return "-".join((guid[:8], guid[8:12], guid[12:16], guid[16:20], guid[20:]))
