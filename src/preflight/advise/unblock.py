"""Changes that are no grant: lift a block, change the source, register, give evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from preflight.advise.case import Case
from preflight.advise.commands import az, lines
from preflight.advise.delegation import assigns_roles
from preflight.advise.evidence import give_evidence
from preflight.advise.principals import activate, extend, use_principal, wait, wait_for_group
from preflight.advise.proof import Proof, prove
from preflight.model.access import (
    DenyAssignment,
    Lock,
    PrincipalType,
    RoleAssignment,
    principal_id,
)
from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.decision import Reason, Verdict
from preflight.model.diagnosis import Decider
from preflight.model.naming import principal_label
from preflight.model.requirement import Requirement, RequirementKind
from preflight.model.scope import Scope


def changes(case: Case) -> list[Recommendation]:
    """Return the changes that fit the finding's reason, the smallest first."""
    if case.diagnosis.reason is Reason.CONDITION_UNDETERMINED:
        return list(_state_type(case))
    if case.diagnosis.decisions[0].verdict is Verdict.UNDETERMINED:
        return list(give_evidence(case))
    if all(row.kind is RequirementKind.REGISTER for row in case.requirements):
        return list(_register(case))
    return list(_CHANGES.get(case.diagnosis.reason, _none)(case))


def _none(_case: Case) -> Iterator[Recommendation]:
    return iter(())


class Lift(NamedTuple):
    """Blocks of a finding that are lifted: how, and what decides without them."""

    kind: RecommendationKind
    text: str
    decider: Decider
    scope: Scope
    commands: Mapping[str, str]


def lift(case: Case) -> Lift | None:
    """Return how the blocks that the finding's reason names are lifted; None for another one."""
    if case.diagnosis.reason is Reason.DENY_ASSIGNMENT:
        return _exclusion(case, [row for row in case.rows if isinstance(row, DenyAssignment)])
    if case.diagnosis.reason is Reason.SCOPE_LOCKED:
        return _removal(case, [row for row in case.rows if isinstance(row, Lock)])
    return None


def _exclusion(case: Case, rows: Sequence[DenyAssignment]) -> Lift | None:
    if not rows:
        return None
    names = ", ".join(f"{row.name} at {case.label(row.scope)}" for row in rows)
    how = ", in what made it (deployment stack, managed application, blueprint)"
    text = f"exclude {principal_label(case.evidence.principal)} from deny assignment {names}"
    return Lift(
        RecommendationKind.EXCLUDE_FROM_DENY,
        text + how * any(row.system for row in rows),
        _without(case, rows),
        rows[0].scope,
        {},
    )


def _removal(case: Case, rows: Sequence[Lock]) -> Lift | None:
    if not rows:
        return None
    names = ", ".join(f"{row.name} ({row.level.value}) at {case.label(row.scope)}" for row in rows)
    return Lift(
        RecommendationKind.REMOVE_LOCK,
        f"remove lock {names} for the rollout, and put it back afterwards",
        _without(case, rows),
        rows[0].scope,
        {"az": lines(az("lock", "delete", ids=row.id) for row in rows)},
    )


def _without(case: Case, rows: Sequence[DenyAssignment | Lock]) -> Decider:
    return case.evidence.decider.with_extra(lifted=frozenset(row.id for row in rows))


def _lift(case: Case) -> Iterator[Recommendation]:
    found = lift(case)
    if found is not None:
        yield case.recommend(
            found.kind,
            found.text,
            proof=prove(case.requirements, found.decider),
            scope=found.scope,
            commands=found.commands,
        )


def _resolve_conflict(case: Case) -> Iterator[Recommendation]:
    rows = [row for row in case.rows if isinstance(row, RoleAssignment)]
    named = f" ({rows[0].name})" if rows else ""
    yield case.recommend(
        RecommendationKind.CHANGE_TEMPLATE,
        f"give the role assignment in the source the name of the one that exists{named}, "
        "or leave it out",
    )


def _satisfy_policy(case: Case) -> Iterator[Recommendation]:
    yield case.recommend(
        RecommendationKind.CHANGE_TEMPLATE, "change the resource so that the policy admits it"
    )


def _satisfy_condition(case: Case) -> Iterator[Recommendation]:
    """Yield the principalType that the condition asks for; else name the clause."""
    stated = list(_state_type(case))
    yield from stated
    if not stated:
        detail = case.diagnosis.decisions[0].detail
        clause = f": {detail}" if detail else ""
        yield case.recommend(
            RecommendationKind.CHANGE_TEMPLATE, f"change the source to meet the condition{clause}"
        )


def _state_type(case: Case) -> Iterator[Recommendation]:
    """Yield the one principalType with which a condition would be met, where none is stated."""
    kinds = (PrincipalType.SERVICE_PRINCIPAL, PrincipalType.USER, PrincipalType.GROUP)
    fitting = [kind for kind in kinds if _allowed_as(case, kind)]
    if len(fitting) == 1:
        yield case.recommend(
            RecommendationKind.CHANGE_TEMPLATE,
            f"set principalType: '{fitting[0].value}' on the role assignment in the source",
            proof=Proof(verdict=Verdict.ALLOWED),
        )


def _allowed_as(case: Case, kind: PrincipalType) -> bool:
    """Whether all would be allowed if the source named this type where it names none.

    A principal that the evidence knows under another type is not tried as this one.
    """
    changed = [_with_type(case, requirement, kind) for requirement in case.requirements]
    return (
        all(row is not None for row in changed)
        and prove([row for row in changed if row is not None], case.evidence.decider).proven
    )


def _with_type(case: Case, requirement: Requirement, kind: PrincipalType) -> Requirement | None:
    attributes = requirement.attributes or {}
    if not assigns_roles(requirement) or "principalType" in attributes:
        return None
    known = case.evidence.access.principals_by_id.get(
        principal_id(attributes.get("principalId", ""))
    )
    if known is not None and known.type not in {kind, PrincipalType.UNKNOWN}:
        return None
    return replace(requirement, attributes={**attributes, "principalType": kind.value})


def _register(case: Case) -> Iterator[Recommendation]:
    """Yield the registration that makes register/action unnecessary.

    It is not proven: the requirement does not come out allowed, it is not asked any more.
    """
    wanted = {
        (subscription, requirement.action.namespace.lower()): requirement.action.namespace
        for requirement in case.requirements
        if (subscription := requirement.scope.subscription) is not None
    }
    if wanted:
        names = ", ".join(dict.fromkeys(wanted.values()))
        commands = [
            az("provider", "register", namespace=name, subscription=subscription.name)
            for (subscription, _), name in wanted.items()
        ]
        yield case.recommend(
            RecommendationKind.REGISTER_PROVIDER,
            f"register {names} beforehand, with any role that may",
            scope=next(iter(wanted))[0],
            commands={"az": lines(commands)},
        )


_CHANGES: Mapping[Reason, Callable[[Case], Iterator[Recommendation]]] = {
    Reason.DENY_ASSIGNMENT: _lift,
    Reason.SCOPE_LOCKED: _lift,
    Reason.ROLE_ASSIGNMENT_CONFLICT: _resolve_conflict,
    Reason.POLICY_DENIES: _satisfy_policy,
    Reason.CONDITION_NOT_MET: _satisfy_condition,
    Reason.ELIGIBLE_NOT_ACTIVE: activate,
    Reason.WRONG_PRINCIPAL: use_principal,
    Reason.PROVIDER_NOT_REGISTERED: _register,
    Reason.GRANTED_RECENTLY: wait,
    Reason.GRANTED_THROUGH_GROUP: wait_for_group,
    Reason.EXPIRES_DURING_RUN: extend,
}
