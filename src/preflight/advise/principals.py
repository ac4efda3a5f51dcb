"""Changes of who runs the rollout and when: activate, use another principal, wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from preflight.advise.case import Case
from preflight.advise.proof import prove
from preflight.model.access import PrincipalType, RoleAssignment, RoleEligibility
from preflight.model.advice import AlsoAllows, Recommendation, RecommendationKind
from preflight.model.decision import Verdict
from preflight.model.naming import principal_label, role_label

MAX_TRIES = 8
"""Eligibilities that are tried for one finding."""


def activate(case: Case) -> Iterator[Recommendation]:
    """Yield the activation that closes the finding; only users can activate a role (PIM)."""
    if case.evidence.principal.type is not PrincipalType.USER:
        return
    eligible = [row for row in case.rows if isinstance(row, RoleEligibility)]
    for row in eligible[:MAX_TRIES]:
        active = RoleAssignment(
            id=f"{row.id}/active",
            scope=row.scope,
            principal=case.evidence.principal.object_id,
            role=row.role,
            principal_type=case.evidence.principal.type,
            condition=row.condition,
        )
        proof = prove(
            case.requirements, case.evidence.decider.with_extra(role_assignments=(active,))
        )
        if proof.verdict is Verdict.DENIED:
            continue
        found = case.recommend(
            RecommendationKind.ACTIVATE,
            f"activate {role_label(row, case.evidence.access)} at {case.label(row.scope)} "
            "in Privileged Identity Management",
            proof=proof,
            scope=row.scope,
        )
        yield replace(
            found,
            role=case.evidence.access.role_definitions_by_id.get(row.role),
            condition=row.condition,
            principal=case.evidence.principal.object_id,
        )
        return


def use_principal(case: Case) -> Iterator[Recommendation]:
    """Yield the other principal that holds all of it already."""
    near = case.diagnosis.near_miss
    if near is None or near.principal is None:
        return
    other = near.principal
    found = case.recommend(
        RecommendationKind.USE_PRINCIPAL,
        f"run the rollout as {principal_label(other)} (object ID {other.object_id})",
        proof=prove(case.requirements, case.evidence.decider.for_principal(other)),
    )
    yield replace(found, principal=other.object_id, also_allows=AlsoAllows(count=0))


def wait(case: Case) -> Iterator[Recommendation]:
    """Yield what lets a fresh grant take force: up to 10 minutes (Azure RBAC, "Troubleshoot")."""
    yield case.recommend(
        RecommendationKind.WAIT, "wait until 10 minutes after the grant before the rollout"
    )
    yield case.recommend(
        RecommendationKind.REFRESH_TOKEN, "sign in again, so that the token is newer than the grant"
    )


def wait_for_group(case: Case) -> Iterator[Recommendation]:
    """Yield the way around a managed identity's token, which is kept for a day.

    Source: Entra ID, "Managed identity best practice recommendations".
    """
    yield case.recommend(
        RecommendationKind.WAIT,
        "assign the role to the managed identity itself, or wait a day after it joined the group",
    )


def extend(case: Case) -> Iterator[Recommendation]:
    """Yield the longer activation for a user whose grant ends too early."""
    if case.evidence.principal.type is PrincipalType.USER:
        yield case.recommend(
            RecommendationKind.ACTIVATE, "extend the activation so that it outlasts the rollout"
        )
