"""What a derivation says besides requirements: how far the rules reach, what RBAC cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from preflight.derive.context import Context
from preflight.derive.rows import has_unknown_type, is_deployment, is_written, rule_type
from preflight.model.catalog import UncheckedRule
from preflight.model.plan import Condition, PlannedResource, RuntimeCall
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
        if row.no_body and context.catalog.has_linked_rules(rule_type(row)):
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


def unread_call_gaps(calls: Iterable[RuntimeCall]) -> Iterator[Gap]:
    """Yield a gap for each call that needs an action, on a resource of which nothing is known.

    `list*()` needs one whatever it is called on, `reference()` where it gives an API version.
    Without one it reads a resource of the same template, which needs nothing that is certain
    (ARM template functions, `reference`).
    """
    for call in dict.fromkeys(calls):
        if _needs_one(call):
            yield Gap(
                kind=GapKind.UNRESOLVED_RESOURCE,
                target=f"{call.function}({call.target.text if call.target else ''})",
                origin=call.place,
                settle="values for the parameters that name the resource it is called on",
            )


def unread_calls(calls: Iterable[RuntimeCall]) -> Iterator[NotChecked]:
    """Say that calls read resources of the template whose type shows only at run time."""
    count = sum(1 for call in calls if not _needs_one(call))
    if count:
        yield NotChecked(
            what=f"{count} `reference()` calls on resources of unknown type",
            why="which resource of the template they read is known only during the deployment",
        )


def _needs_one(call: RuntimeCall) -> bool:
    return call.api_version is not None or call.function.lower().startswith("list")


def unnamed_links(paths: Iterable[str]) -> Iterator[NotChecked]:
    """Say that links whose action hangs on the linked type have an unknown value."""
    for path in sorted(set(paths)):
        yield NotChecked(
            what=f"the resource that `{path}` names",
            why="its type, on which the action hangs, is not known before the deployment",
        )
