"""What a row itself needs: write, delete, read, and what comes with them.

Source: Azure RBAC, "Azure resource provider operations": an action is the full type and a verb.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from preflight.derive.context import Context
from preflight.derive.landing import Ground, land
from preflight.derive.needs import Need, undecided
from preflight.derive.rows import rule_type
from preflight.model.catalog import CompanionRule
from preflight.model.plan import PlannedResource
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.role import role_id
from preflight.model.scope import Scope
from preflight.model.truth import Truth
from preflight.model.value import PartialText, Unknown, Value, printable

_ROLE_ASSIGNMENTS = "microsoft.authorization/roleassignments"
_ROLE_DEFINITIONS = "microsoft.authorization/roledefinitions"
_ATTRIBUTES = ("roleDefinitionId", "principalId", "principalType")


def write_needs(row: PlannedResource, context: Context) -> Iterator[Need]:
    """Yield the write of a row, the read that may follow it, and its companions."""
    kind = rule_type(row)
    attributes = _attributes(row)
    yield Need(
        action=context.action(kind, "write"),
        scope=row.id,
        certainty=undecided(Certainty.REQUIRED, when=row.undecided),
        kind=RequirementKind.WRITE if attributes is None else RequirementKind.ASSIGN_ROLE,
        why=f"the rollout writes this `{kind}`",
        row=row,
        expression=row.expression,
        attributes=attributes,
    )
    if context.catalog.readable(kind):
        yield Need(
            action=context.action(kind, "read"),
            scope=row.id,
            certainty=Certainty.POSSIBLE,
            kind=RequirementKind.READ,
            why=f"clients and providers may read a `{kind}` back after writing it",
            row=row,
            expression=row.expression,
        )
    for action in context.catalog.operation_reads(kind):
        yield Need(
            action=action,
            scope=row.id,
            certainty=Certainty.POSSIBLE,
            kind=RequirementKind.READ,
            why=f"the write of a `{kind}` may be followed until it has ended",
            row=row,
        )
    for rule in context.catalog.companions(kind):
        yield from _companion(rule, row, context)
    yield from _kept_scopes(row, context)


def delete_needs(row: PlannedResource, context: Context) -> Iterator[Need]:
    """Yield the delete of a row."""
    kind = rule_type(row)
    yield Need(
        action=context.action(kind, "delete"),
        scope=row.id,
        certainty=undecided(Certainty.REQUIRED, when=row.undecided),
        kind=RequirementKind.DELETE,
        why=f"the rollout deletes this `{kind}`",
        row=row,
        attributes=_attributes(row) if row.body else None,
    )


def existing_needs(row: PlannedResource, context: Context) -> Iterator[Need]:
    """Yield the read of an `existing` row whose state is used or that something depends on."""
    if not row.read_state:
        return
    kind = rule_type(row)
    written = row.id in context.written
    certainty = Certainty.POSSIBLE if written else Certainty.REQUIRED
    yield Need(
        action=context.action(kind, "read"),
        scope=row.id,
        certainty=undecided(certainty, when=row.undecided),
        kind=RequirementKind.READ,
        why=f"the template reads the state of this existing `{kind}`",
        row=row,
        expression=row.expression,
    )


def _companion(rule: CompanionRule, row: PlannedResource, context: Context) -> Iterator[Need]:
    truth = context.holds(rule.test, row)
    if truth is Truth.FALSE:
        return
    scope = land(rule.at, Ground(itself=row.id, body=row.body))
    if scope is None:
        return
    open_question = truth is Truth.UNKNOWN or row.undecided
    yield Need(
        action=rule.action,
        scope=scope,
        certainty=undecided(rule.certainty, when=open_question),
        kind=rule.kind,
        why=f"asked while a `{rule_type(row)}` is written",
        row=row,
    )


def _attributes(row: PlannedResource) -> Mapping[str, str] | None:
    """Return what an ABAC condition may ask of a role assignment; None for other types.

    Where the body does not show its properties, their values are unknown, not left out.
    """
    if rule_type(row).lower() != _ROLE_ASSIGNMENTS:
        return None
    found = [row.body[key] for key in row.body if key.lower() == "properties"]
    properties = found[0] if len(found) == 1 else None
    if isinstance(properties, Unknown):
        return dict.fromkeys(_ATTRIBUTES, properties.placeholder)
    if not isinstance(properties, dict):
        return {name: f"{{{name}}}" for name in _ATTRIBUTES}
    stated = {name: _stated(properties, name) for name in _ATTRIBUTES}
    known = {name: text for name, text in stated.items() if text}
    if "roleDefinitionId" in known:
        known["roleDefinitionId"] = _full_role_id(known["roleDefinitionId"], row.id)
    return known


def _stated(properties: Mapping[str, Value], name: str) -> str:
    """Return a property; a placeholder where two spellings of it stand there."""
    found = [value for key, value in properties.items() if key.lower() == name.lower()]
    return f"{{{name}}}" if len(found) > 1 else _text(found[0] if found else None)


def _text(value: Value) -> str:
    return printable(value) if isinstance(value, str | PartialText | Unknown) else ""


def _full_role_id(text: str, assignment: Scope) -> str:
    """Complete a bare GUID with the scope it is used in."""
    if "/" in text or text.startswith("{"):
        return text
    start = assignment.subscription.text if assignment.subscription else ""
    return f"{start}/providers/Microsoft.Authorization/roleDefinitions/{text}"


def _kept_scopes(row: PlannedResource, context: Context) -> Iterator[Need]:
    """Yield the write of a role definition at the assignable scopes that it has already.

    Source: Azure RBAC "Azure custom roles": the caller needs it on every assignable scope.
    """
    if rule_type(row).lower() != _ROLE_DEFINITIONS:
        return
    for scope in context.options.assignable_scopes(role_id(row.id.text)):
        yield Need(
            action=context.action(rule_type(row), "write"),
            scope=scope,
            certainty=undecided(Certainty.REQUIRED, when=row.undecided),
            kind=RequirementKind.LINK,
            why="an assignable scope that the role definition has already",
            row=row,
        )
