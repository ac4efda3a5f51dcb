"""What complete mode deletes: everything in the root group that the template lacks.

Source: MicrosoftDocs/azure-docs templates/deployment-modes, deployment-complete-mode-deletion.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from preflight.derive.context import Context
from preflight.derive.needs import Need
from preflight.derive.rows import DEPLOYMENTS
from preflight.model.plan import Condition, PlannedResource
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.scope import Scope
from preflight.model.template import ChangeKind, DeploymentScope, Gap, GapKind
from preflight.model.truth import Truth

_MAX_RUNGS = 32


def complete_mode_needs(context: Context) -> tuple[tuple[Need, ...], tuple[Gap, ...]]:
    """Return the deletes of complete mode, or the gap where the group's content is not known."""
    plan, options = context.plan, context.options
    root = plan.resources[0] if plan.resources else None
    in_group = plan.kind is DeploymentScope.RESOURCE_GROUP
    if root is None or not options.complete or not in_group:
        return (), ()
    if plan.literal:
        return tuple(_left_alone(root, context)), ()
    found = None if plan.scope.has_placeholder else options.resources_in(plan.scope)
    if found is None:
        return tuple(_switched_off(context)), (_gap(plan.scope, root),)
    return tuple(_deletes(found, root, context)), ()


def _left_alone(root: PlannedResource, context: Context) -> Iterator[Need]:
    """Yield what may be deleted where a what-if result was made for incremental mode.

    Such a result lists no delete, and what the template lacks as left alone. One for complete
    mode leaves alone what that mode does not delete.
    """
    rows = context.plan.resources
    if any(row.change is ChangeKind.DELETE and not row.undecided for row in rows):
        return
    declared = _declared(context)
    for scope in dict.fromkeys(context.plan.left_alone):
        kind = scope.shown_type
        stays = declared.get(scope, Certainty.CONDITIONAL) is None
        in_group = scope.parent == context.plan.scope
        if kind is not None and kind.lower() != DEPLOYMENTS and in_group and not stays:
            yield _delete(scope, kind, Certainty.CONDITIONAL, root, context)


def _gap(group: Scope, root: PlannedResource) -> Gap:
    return Gap(
        kind=GapKind.INVENTORY,
        target=group.text,
        origin=root.place,
        settle="an access snapshot that lists the resources of the group, or a what-if result",
    )


def _deletes(found: tuple[Scope, ...], root: PlannedResource, context: Context) -> Iterator[Need]:
    declared = _declared(context)
    vague = [row for row in context.plan.resources if row.id.has_placeholder]
    gone: set[Scope] = set()
    for scope in sorted(found, key=lambda one: len(one.segments)):
        kind = scope.shown_type
        if kind is None or kind.lower() == DEPLOYMENTS or scope.folded.count("/providers/") > 1:
            continue
        if any(rung in gone for rung in islice(scope.ladder(), 1, _MAX_RUNGS)):
            continue
        certainty = declared.get(scope, Certainty.REQUIRED)
        if certainty is None:
            continue
        if certainty is Certainty.REQUIRED:
            gone.add(scope)
            if any(_may_be(row, scope) for row in vague):
                certainty = Certainty.CONDITIONAL
        yield _delete(scope, kind, certainty, root, context)


def _declared(context: Context) -> dict[Scope, Certainty | None]:
    """Return how sure it is that a declared resource is deleted all the same; None: it is not."""
    answers: dict[Scope, Certainty | None] = {}
    for row in context.plan.resources:
        if row.change is not ChangeKind.WRITE or row.condition is Condition.FALSE:
            continue
        open_question = row.condition is Condition.UNKNOWN and answers.get(row.id, True)
        answers[row.id] = Certainty.CONDITIONAL if open_question else None
    return answers


def _may_be(row: PlannedResource, scope: Scope) -> bool:
    """Whether a row whose ID has an unknown part may turn out to be this resource."""
    same_length = len(row.id.segments) == len(scope.segments)
    return same_length and scope.covers(row.id) is not Truth.FALSE


def _switched_off(context: Context) -> Iterator[Need]:
    """Yield the delete of each resource whose condition is false: if it is there, it goes."""
    for row in context.plan.resources:
        off = row.change is ChangeKind.WRITE and row.condition is Condition.FALSE
        if off and row.id not in context.written and row.deployment is None:
            kind = row.id.shown_type
            if kind is not None and context.plan.scope.covers(row.id) is Truth.TRUE:
                yield _delete(row.id, kind, Certainty.CONDITIONAL, row, context)


def _delete(
    scope: Scope, kind: str, certainty: Certainty, row: PlannedResource, context: Context
) -> Need:
    return Need(
        action=context.action(kind, "delete"),
        scope=scope,
        certainty=certainty,
        kind=RequirementKind.DELETE,
        why="complete mode deletes what the template does not deploy",
        row=row,
    )
