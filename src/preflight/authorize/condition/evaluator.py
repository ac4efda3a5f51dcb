"""One condition against one request: true, false, or not known (Kleene logic)."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import assert_never

from preflight.authorize.condition.ast import (
    ActionMatches,
    Chain,
    Compare,
    Condition,
    Constant,
    Exists,
    Joiner,
    Node,
    Not,
    Operand,
    SubOperationMatches,
)
from preflight.authorize.condition.operators import (
    Family,
    Scalar,
    TooMuchWork,
    guid_of,
    ticks_of,
)
from preflight.authorize.condition.request import (
    ConditionRequest,
    Missing,
    SubOperation,
    attribute_key,
)
from preflight.model.truth import Truth, all_of, any_of
from preflight.model.value import JsonValue

_MAXIMUM_PAIRS = 100_000
_GUIDS = frozenset(
    attribute_key(f"Microsoft.Authorization/roleAssignments:{name}")
    for name in ("RoleDefinitionId", "PrincipalId")
)
"""Attributes that are GUIDs, and documented with the GUID operators only."""
_JOIN: dict[Joiner, Callable[[Truth, Truth], Truth]] = {Joiner.AND: and_, Joiner.OR: or_}


def evaluate(condition: Condition, request: ConditionRequest) -> Truth:
    """Evaluate a condition; never raises, and never guesses what the request does not show."""
    return truth_of(condition.root, request)


def truth_of(node: Node, request: ConditionRequest) -> Truth:
    """Evaluate one node of a condition."""
    match node:
        case Chain():
            return _chain(node, request)
        case Not():
            return ~truth_of(node.operand, request)
        case ActionMatches():
            return _action_matches(node, request)
        case SubOperationMatches():
            return _sub_operation_matches(node, request)
        case Exists():
            return _exists(node, request)
        case Compare():
            return _compare(node, request)
        case _:
            assert_never(node)


def _chain(chain: Chain, request: ConditionRequest) -> Truth:
    truths = [truth_of(operand, request) for operand in chain.operands]
    if len(set(chain.joiners)) == 1:
        return reduce(_JOIN[chain.joiners[0]], truths)
    tighter_and = any_of(all_of(run) for run in _runs(truths, chain.joiners, Joiner.AND))
    tighter_or = all_of(any_of(run) for run in _runs(truths, chain.joiners, Joiner.OR))
    return tighter_and if tighter_and is tighter_or else Truth.UNKNOWN


def _runs(truths: list[Truth], joiners: tuple[Joiner, ...], tighter: Joiner) -> list[list[Truth]]:
    """Split a chain into the groups that the tighter joiner holds together."""
    groups: list[list[Truth]] = [[truths[0]]]
    for joiner, truth in zip(joiners, truths[1:], strict=True):
        if joiner is tighter:
            groups[-1].append(truth)
        else:
            groups.append([truth])
    return groups


def _action_matches(node: ActionMatches, request: ConditionRequest) -> Truth:
    if not node.pattern.matches(request.action):
        return Truth.FALSE
    return Truth.TRUE if node.pattern.supported else Truth.UNKNOWN


def _sub_operation_matches(node: SubOperationMatches, request: ConditionRequest) -> Truth:
    match request.sub_operation:
        case SubOperation.NONE:
            return Truth.FALSE
        case SubOperation.UNKNOWN:
            return Truth.UNKNOWN
        case name:
            return Truth.of(name.lower() == node.name.lower())


def _exists(node: Exists, request: ConditionRequest) -> Truth:
    value = request.value(node.attribute.source, node.attribute.key)
    if isinstance(value, Missing) or value == []:
        return Truth.UNKNOWN
    return Truth.of(value is not None)


def _compare(node: Compare, request: ConditionRequest) -> Truth:
    left, right = _values(node.left, node, request), _values(node.right, node, request)
    if left is None or right is None:
        # What a negated comparison says of an absent attribute is not documented.
        return Truth.UNKNOWN if node.operator.negated else Truth.FALSE
    if isinstance(left, Missing) or isinstance(right, Missing):
        return Truth.UNKNOWN
    if len(left) * len(right) > _MAXIMUM_PAIRS:
        return Truth.UNKNOWN
    try:
        if node.quantifier is not None:
            return Truth.of(node.quantifier.holds(left, right, node.operator.test))
        return Truth.of(node.operator.test(left[0], right[0]))
    except TooMuchWork:
        return Truth.UNKNOWN


def _values(
    operand: Operand, node: Compare, request: ConditionRequest
) -> tuple[Scalar, ...] | Missing | None:
    """Return the values of one side; None where they are known to be absent.

    Missing where they are not known: an empty list, several values without a set operator, and
    a value of another type are not documented either.
    """
    if isinstance(operand, Constant):
        return operand.values
    value = request.value(operand.source, operand.key)
    if value is None or isinstance(value, Missing):
        return value
    if node.operator.family is Family.STRING and operand.key in _GUIDS:
        # Whether Azure compares the GUID or the whole ID then is not documented.
        return Missing.VALUE
    items = value if isinstance(value, list) else [value]
    if not items or (len(items) > 1 and node.quantifier is None):
        return Missing.VALUE
    scalars = [_scalar(item, node.operator.family) for item in items]
    known = tuple(scalar for scalar in scalars if scalar is not None)
    return known if len(known) == len(scalars) else Missing.VALUE


def _scalar(value: JsonValue, family: Family) -> Scalar | None:
    """Read an attribute's value as the operator's type; None where it is of another."""
    match family, value:
        case Family.BOOL, bool():
            return value
        case Family.NUMERIC, int() if not isinstance(value, bool):
            return value
        case Family.STRING, str():
            return value
        case Family.DATE_TIME, str():
            return ticks_of(value)
        case Family.GUID, str():
            # A role definition ID compares by its last segment.
            return guid_of(value.strip().rstrip("/").rpartition("/")[2])
        case _:
            return None
