"""What a derivation says besides requirements: how far the rules reach, what RBAC cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from preflight.derive.context import Context
from preflight.derive.rows import has_unknown_type, is_deployment, is_written, rule_type
from preflight.model.catalog import UncheckedRule
from preflight.model.plan import Condition, PlannedResource
from preflight.model.requirement import Requirement
from preflight.model.template import Gap, GapKind, NotChecked, Note
from preflight.model.truth import Truth

_SHOWN = 10


def written_rows(context: Context) -> tuple[PlannedResource, ...]:
    """Return the rows that the rollout writes, deployments apart."""
    return tuple(
        row for row in context.plan.resources if is_written(row) and not is_deployment(row)
    )


def coverage_note(context: Context) -> Note:
    """Say for how many of the written types linked rules are known."""
    types = {rule_type(row).lower() for row in written_rows(context)}
    known = sum(1 for one in types if context.catalog.has_linked_rules(one))
    return Note(
        code="linked-coverage",
        message=f"linked rules are known for {known} of {len(types)} resource types",
    )


def unknown_actions_note(requirements: Iterable[Requirement], context: Context) -> Iterator[Note]:
    """Name the actions that the catalogue does not know; that is no fault of theirs."""
    actions = {one.action.folded: one.action for one in requirements}
    unknown = [text.text for _, text in sorted(actions.items()) if not context.catalog.knows(text)]
    if unknown:
        shown = ", ".join(f"`{text}`" for text in unknown[:_SHOWN])
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        yield Note(
            code="unknown-action",
            message=f"unknown to the catalogue of {context.catalog.date}: {shown}{more}",
        )


def no_body_gaps(context: Context) -> Iterator[Gap]:
    """Yield a gap for each written row of a what-if result that hides its links.

    Source: the what-if API: with the result format `ResourceIdOnly` no bodies are given.
    """
    for row in written_rows(context):
        hidden = row.listed and not row.body and row.api_version is None
        if hidden and context.catalog.has_linked_rules(rule_type(row)):
            yield Gap(
                kind=GapKind.NO_BODY,
                target=row.id.text,
                origin=row.place,
                settle="a what-if result with the full result format",
            )


def unknown_type_gaps(context: Context) -> Iterator[Gap]:
    """Yield a gap for each row of which not even the type is known before the rollout."""
    for row in context.plan.resources:
        if row.condition is not Condition.FALSE and has_unknown_type(row):
            yield Gap(
                kind=GapKind.UNRESOLVED_RESOURCE,
                target=row.id.text,
                origin=row.place,
                settle="values for the parameters that name the resource's type or namespace",
            )


def not_checked(context: Context) -> Iterator[NotChecked]:
    """Yield what RBAC cannot tell about this rollout, each once, in the order of the table."""
    rules: dict[UncheckedRule, None] = {}
    for row in written_rows(context):
        for rule in context.catalog.unchecked(rule_type(row)):
            if rule not in rules and context.holds(rule.test, row) is not Truth.FALSE:
                rules[rule] = None
    yield from (NotChecked(what=rule.what, why=rule.why) for rule in rules)
    stack = context.options.client == "stack"
    if stack and context.options.action_on_unmanage.lower() == "delete":
        yield NotChecked(
            what="deletes of what the stack no longer manages",
            why="only the service knows what an earlier version of the stack managed",
        )


def unread_calls(count: int) -> Iterator[NotChecked]:
    """Say that calls read resources whose type shows only at run time."""
    if count:
        yield NotChecked(
            what=f"{count} `reference()` or `list*()` calls on resources of unknown type",
            why="which resource they read is known only during the deployment",
        )


def unnamed_links(paths: Iterable[str]) -> Iterator[NotChecked]:
    """Say that links whose action hangs on the linked type have an unknown value."""
    for path in sorted(set(paths)):
        yield NotChecked(
            what=f"the resource that `{path}` names",
            why="its type, on which the action hangs, is not known before the deployment",
        )
