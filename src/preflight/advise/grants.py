"""Grants that would close a finding: the narrowest existing role, the minimal custom role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import NAMESPACE_URL, uuid5

from preflight.advise.builtin_role import ExistingRoles, Priced, Tier
from preflight.advise.case import AdviseInput
from preflight.advise.commands import grant_commands
from preflight.advise.custom_role import minimal_role
from preflight.advise.delegation import assigns_roles, delegation_condition, guarded_condition
from preflight.advise.escalation import Escalation, Opens, Reach
from preflight.advise.granter import Granter
from preflight.advise.limits import AssignmentLimits
from preflight.advise.pricing import Pricing
from preflight.advise.privileged import ESCALATING
from preflight.advise.proof import Proof, prove
from preflight.advise.role_index import Need, needs_of
from preflight.model.access import RoleAssignment
from preflight.model.advice import AlsoAllows, Recommendation, RecommendationKind
from preflight.model.decision import Reason, Verdict
from preflight.model.diagnosis import Decider, Diagnosis
from preflight.model.naming import one_line, scope_label
from preflight.model.requirement import Requirement
from preflight.model.role import RoleDefinition
from preflight.model.scope import Scope, ScopeKind

MAX_TRIES = 4
"""Existing roles of one tier that are decided again before the next tier is tried."""
_CREATED = frozenset({ScopeKind.SUBSCRIPTION, ScopeKind.MANAGEMENT_GROUP})
"""Kinds of scope that a rollout may create and that could be an anchor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A grant that is being tried."""

    kind: RecommendationKind
    role: RoleDefinition
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What a grant has to close, and where it would sit."""

    requirements: tuple[Requirement, ...]
    decider: Decider
    needs: frozenset[Need]
    anchor: Scope
    escalation: Escalation
    conditions: tuple[str | None, ...]
    """Conditions to try, the strictest first; None is a grant without one."""
    near: RoleAssignment | None = None
    """The principal's own assignment that would have worked elsewhere."""


class Grants:
    """Proposes role assignments for findings; what it learns about roles is kept."""

    def __init__(self, evidence: AdviseInput) -> None:
        """Keep the evidence; roles are indexed when the first grant is asked for."""
        self._access = evidence.access
        self._principal = evidence.principal
        self._catalog = evidence.catalog
        self._decider = evidence.decider
        self._created = evidence.created
        self._granter = Granter(evidence)
        self._limits = AssignmentLimits(evidence.access)

    @cached_property
    def _pricing(self) -> Pricing:
        return Pricing(self._catalog.actions())

    @cached_property
    def _roles(self) -> ExistingRoles:
        return ExistingRoles(self._access, self._catalog, self._pricing)

    def propose(self, diagnosis: Diagnosis, decider: Decider | None = None) -> list[Recommendation]:
        """Return the grants that would close the whole finding, the fewest further actions first.

        One that leaves a denial is dropped; one that leaves something open is kept, unproven.
        A broad role is proposed only where no narrower existing one works (for a plain scope
        bug: where nothing else does), a service's role or one that escalates only where nothing
        else works; for a plain scope bug never one that escalates. `decider` is what the grants
        are tried on, where something else is changed with them.
        """
        task = self._task(diagnosis, decider or self._decider)
        if task is None:
            return []
        scope_bug = diagnosis.reason is Reason.WRONG_SCOPE
        found = [*self._custom(task), *self._existing(task, Tier.PLAIN)]
        exists = any(row.kind is RecommendationKind.ASSIGN_ROLE for row in found)
        if not exists and not (found and scope_bug):
            found += self._existing(task, Tier.BROAD)
        last = (Tier.PLATFORM,) if scope_bug else (Tier.PLATFORM, Tier.ESCALATING)
        for tier in last:
            found += [] if found else self._existing(task, tier)
        return sorted(found, key=_cost)

    def _task(self, diagnosis: Diagnosis, decider: Decider) -> _Task | None:
        if diagnosis.anchor is None or self._comes_with_the_rollout(diagnosis.anchor):
            return None
        requirements = tuple(decision.requirement for decision in diagnosis.decisions)
        strict = delegation_condition(requirements) or guarded_condition(requirements)
        loose: tuple[str | None, ...] = (None,)
        if diagnosis.reason is Reason.CONDITION_NOT_MET:
            # Somebody limited this principal on purpose: never propose to lift the limit whole.
            loose = ()
        near = diagnosis.near_miss
        own = near is not None and near.principal is None
        return _Task(
            decider=decider,
            near=near.assignment if near is not None and own else None,
            requirements=requirements,
            needs=needs_of(requirements),
            anchor=diagnosis.anchor,
            escalation=Escalation(requirements, self._escalates),
            conditions=(strict, *loose) if strict else loose,
        )

    def _escalates(self, role: str) -> bool:
        """Whether a role, by its GUID, lets its holder give himself any other action."""
        nothing: frozenset[Need] = frozenset()
        return any(self._pricing.escalations(row, nothing) for row in self._roles.named([role]))

    def _price(self, draft: _Draft, task: _Task, opens: Opens) -> AlsoAllows:
        if opens.reach is Reach.ANYTHING:
            return self._pricing.everything(task.needs)
        if opens.reach is Reach.UNPRIVILEGED:
            return self._pricing.everything(task.needs, but=ESCALATING)
        beside = self._roles.named(opens.roles)
        return self._pricing.price(draft.role, task.needs, beside=beside)

    def _comes_with_the_rollout(self, anchor: Scope) -> bool:
        """Whether the rollout creates the anchor; groups that it creates are never one."""
        return anchor.kind in _CREATED and anchor in self._created

    def _custom(self, task: _Task) -> Iterator[Recommendation]:
        role = minimal_role(task.needs, task.anchor, self._catalog)
        if role is None:
            return
        count = len(task.needs)
        unknown = [need.action for need in task.needs if not self._known(need)]
        remark = f" ({count} action{'s' if count > 1 else ''})"
        if unknown:
            remark += f", {len(unknown)} of them not in the catalogue"
        draft = _Draft(
            kind=RecommendationKind.CUSTOM_ROLE,
            role=role,
            remark=remark,
        )
        yield from self._tried(draft, task)

    def _known(self, need: Need) -> bool:
        return need.data_action or self._catalog.knows(need.action)

    def _existing(self, task: _Task, tier: Tier) -> Iterator[Recommendation]:
        rows = [row for row in self._roles.granting(task.needs, task.anchor) if row.tier is tier]
        first: list[Recommendation] = []
        for row in rows[:MAX_TRIES]:
            found = self._tried(self._draft(row, task), task)
            first = first or found
            if found and not found[0].refused:
                first = found
                break
        yield from first

    def _draft(self, row: Priced, task: _Task) -> _Draft:
        remark = ""
        if task.near is not None and task.near.role == row.role.id:
            remark = f" (as it has at {scope_label(task.near.scope, self._access)})"
        if row.tier is Tier.BROAD:
            remark += f" (no narrower existing role works{_no_custom_role(task.anchor)})"
        if row.tier is Tier.PLATFORM:
            remark += " (made for a service of the platform; nothing else works)"
        if row.tier is Tier.ESCALATING:
            remark = f" (nothing narrower works; it can also {row.escalations[0]})"
        return _Draft(
            kind=RecommendationKind.ASSIGN_ROLE,
            role=row.role,
            remark=remark,
        )

    def _tried(self, draft: _Draft, task: _Task) -> list[Recommendation]:
        """Return the draft as a recommendation, with the strictest condition that is proven.

        One with a stricter condition that is not proven comes along: what is open may turn out
        well.
        """
        open_ones: list[Recommendation] = []
        for condition in task.conditions:
            assignment = self._assignment(draft.role, task.anchor, condition)
            there = task.decider.with_extra(
                role_assignments=(assignment,), role_definitions=(draft.role,)
            )
            proof = prove(task.requirements, there)
            if proof.verdict is Verdict.DENIED:
                continue
            recommendation = self._recommendation(draft, task, assignment, proof)
            if proof.proven:
                return [*open_ones[:1], recommendation]
            open_ones.append(recommendation)
        return open_ones[:1]

    def _assignment(
        self, role: RoleDefinition, scope: Scope, condition: str | None
    ) -> RoleAssignment:
        key = f"preflight:{scope.folded}|{self._principal.object_id}|{role.id}"
        above = "" if scope == Scope.ROOT else scope.text
        guid = uuid5(NAMESPACE_URL, key)
        return RoleAssignment(
            id=f"{above}/providers/Microsoft.Authorization/roleAssignments/{guid}",
            scope=scope,
            principal=self._principal.object_id,
            role=role.id,
            principal_type=self._principal.type,
            condition=condition,
        )

    def _recommendation(
        self, draft: _Draft, task: _Task, grant: RoleAssignment, proof: Proof
    ) -> Recommendation:
        full, new = self._limits.reached(task.anchor), draft.kind is RecommendationKind.CUSTOM_ROLE
        refused = self._granter.refused(grant, new_role=new)
        opens = task.escalation.with_condition(grant.condition)
        remark = draft.remark + opens.remark
        base = Recommendation(
            kind=draft.kind,
            text="",
            scope=task.anchor,
            role=draft.role,
            condition=grant.condition,
            principal=self._principal.object_id,
            closes=task.requirements,
            proven=proof.proven and not full,
            also_allows=self._price(draft, task, opens),
            refused=bool(refused),
        )
        name = "custom role" if new else draft.role.name
        at = scope_label(task.anchor, self._access)
        text = f"{one_line(name)}{remark} at {at}{full}{proof.remark}{refused}"
        commands = grant_commands(base, self._principal.type)
        return replace(base, text=one_line(text, limit=400), commands=commands)


def _no_custom_role(anchor: Scope) -> str:
    return ", and at / there are no custom ones" if anchor == Scope.ROOT else ""


def _cost(row: Recommendation) -> tuple[bool, bool, bool, int, bool]:
    """Order: proven first, what the person at hand may grant, further actions, existing roles.

    What could assign any role comes behind what is limited and only open.
    """
    count = row.also_allows.count if row.also_allows else 0
    unlimited = row.condition is None and any(assigns_roles(one) for one in row.closes)
    new = row.kind is RecommendationKind.CUSTOM_ROLE
    return unlimited, not row.proven, row.refused, count, new
