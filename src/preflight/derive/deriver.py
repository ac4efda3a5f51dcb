"""Applies the rules to a plan, in order, and merges what they find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from preflight.derive.calls import call_need
from preflight.derive.complete_mode import complete_mode_needs
from preflight.derive.context import Context
from preflight.derive.deployments import deployment_needs
from preflight.derive.linked import linked_needs
from preflight.derive.management_groups import move_needs
from preflight.derive.needs import Need, Needs
from preflight.derive.options import DeriveOptions
from preflight.derive.registration import registration_needs
from preflight.derive.remarks import (
    coverage_note,
    no_body_gaps,
    not_checked,
    unknown_actions_note,
    unknown_type_gaps,
    unnamed_links,
    unread_call_gaps,
    unread_calls,
)
from preflight.derive.resource_actions import delete_needs, existing_needs, write_needs
from preflight.derive.rows import has_unknown_type, is_deployment, merge_rows
from preflight.derive.uncovered import uncovered_needs
from preflight.model.catalog import RuleCatalog
from preflight.model.plan import Condition, Plan, PlannedResource, RuntimeCall
from preflight.model.requirement import Requirement
from preflight.model.template import ChangeKind, Gap, NotChecked, Note

__all__ = ["DeriveOptions", "Derived", "derive_plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What a plan needs; gaps, notes and not-checked rows of the plan itself come first."""

    resources: tuple[PlannedResource, ...]
    requirements: tuple[Requirement, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[Note, ...]
    not_checked: tuple[NotChecked, ...]


def derive_plan(plan: Plan, catalog: RuleCatalog, options: DeriveOptions) -> Derived:
    """Derive every action that a plan needs, and the scope of each.

    Raises:
        UsageError: `options.client` is not known.
        LimitExceeded: the plan needs more than `options.most`.
        CatalogError: a packaged table is damaged.
    """
    return _Deriver(Context(plan, catalog, options)).run()


class _Deriver:
    """One derivation; collects while it goes through the rows."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._needs = Needs(context.options.most)
        self._unread: list[RuntimeCall] = []
        self._unnamed: list[str] = []

    def run(self) -> Derived:
        plan, context = self._context.plan, self._context
        for row in plan.resources:
            if row.condition is not Condition.FALSE:
                self._needs.extend(self._row(row))
                self._calls(row.calls, row)
        if plan.resources:
            self._calls(plan.calls, plan.resources[0])
        deletes, gaps = complete_mode_needs(context)
        self._needs.extend(deletes)
        requirements = self._needs.requirements()
        return Derived(
            resources=merge_rows(plan.resources),
            requirements=requirements,
            gaps=(
                *plan.gaps,
                *gaps,
                *no_body_gaps(context),
                *unknown_type_gaps(context),
                *unread_call_gaps(self._unread),
            ),
            notes=(
                *plan.notes,
                coverage_note(context),
                *unknown_actions_note(requirements, context),
            ),
            not_checked=(
                *plan.not_checked,
                *not_checked(context),
                *unread_calls(self._unread),
                *unnamed_links(self._unnamed),
            ),
        )

    def _row(self, row: PlannedResource) -> Iterator[Need]:
        if has_unknown_type(row):
            return
        match row.change:
            case ChangeKind.DELETE:
                yield from delete_needs(row, self._context)
            case ChangeKind.EXISTING:
                yield from existing_needs(row, self._context)
            case ChangeKind.WRITE if is_deployment(row):
                yield from deployment_needs(row, self._context)
                yield from linked_needs(row, self._context).needs
            case ChangeKind.WRITE:
                yield from write_needs(row, self._context)
                yield from self._links(row)
                yield from move_needs(row, self._context)
                yield from registration_needs(row, self._context)

    def _links(self, row: PlannedResource) -> Iterator[Need]:
        linked = linked_needs(row, self._context)
        self._unnamed.extend(linked.unnamed)
        yield from linked.needs
        yield from uncovered_needs(row, linked.covered, self._context)

    def _calls(self, calls: tuple[RuntimeCall, ...], row: PlannedResource) -> None:
        for call in calls:
            need = call_need(call, row, self._context)
            if need is None:
                self._unread.append(call)
            else:
                self._needs.add(need)
