"""The Permissions API against what the lists allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from preflight.api.cross_check import MAXIMUM_SCOPES, CrossCheck
from preflight.model.access import AccessSnapshot, PrincipalType, RoleAssignment, principal_id
from preflight.model.action import Action, ActionPattern
from preflight.model.decision import Decision, Reason, Verdict
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import Permission, role_id
from preflight.model.scope import Scope, management_group

SUB = Scope("/subscriptions/s")
GROUP = Scope("/subscriptions/s/resourceGroups/rg")
SITE = Scope(GROUP.text + "/providers/Microsoft.Web/sites/a")
ALL = Permission(actions=(ActionPattern("*"),))
READ = Permission(actions=(ActionPattern("*/read"),))


def allowed(
    scope: Scope = SITE,
    granted_at: Scope = SUB,
    *,
    kind: PrincipalType = PrincipalType.SERVICE_PRINCIPAL,
) -> Decision:
    row = RoleAssignment(
        id="r",
        scope=granted_at,
        principal=principal_id("me"),
        role=role_id("x"),
        principal_type=kind,
    )
    requirement = Requirement(
        action=Action("Microsoft.Web/sites/write"),
        scope=scope,
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.WRITE,
        why="",
        resource=scope,
    )
    return Decision(
        requirement=requirement, verdict=Verdict.ALLOWED, reason=Reason.GRANTED, evidence=(row,)
    )


class Azure:
    """Answers as the Permissions API would, and keeps what it was asked."""

    def __init__(self, answers: Mapping[Scope, tuple[Permission, ...]]) -> None:
        self._answers = answers
        self.asked: list[Scope] = []

    def __call__(self, scopes: Sequence[Scope]) -> Mapping[Scope, tuple[Permission, ...]]:
        self.asked += scopes
        return {scope: self._answers[scope] for scope in scopes if scope in self._answers}


def check(azure: Azure, *decisions: Decision) -> tuple[CrossCheck, Sequence[Decision]]:
    found = CrossCheck(AccessSnapshot(resources=(GROUP,)), azure)
    return found, found.review(decisions)


def test_agreement_is_said() -> None:
    found, reviewed = check(Azure({GROUP: (READ, ALL)}), allowed())

    assert reviewed[0].verdict is Verdict.ALLOWED
    assert found.remarks == ("2 witnesses",)
    assert found.unasked == frozenset()


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (allowed(), Reason.EVIDENCE_STALE),
        (allowed(kind=PrincipalType.GROUP), Reason.GROUPS_UNKNOWN),
        (allowed(granted_at=management_group("corp")), Reason.HIERARCHY_UNKNOWN),
    ],
)
def test_disagreement_lowers_it_with_the_likely_cause(decision: Decision, reason: Reason) -> None:
    found, reviewed = check(Azure({GROUP: (READ,)}), decision)

    assert reviewed[0].verdict is Verdict.UNDETERMINED
    assert reviewed[0].reason is reason
    assert reviewed[0].settle is not None
    assert found.remarks == ("a second witness disagrees",)


def test_a_condition_neither_agrees_nor_disagrees() -> None:
    conditional = Permission(actions=(ActionPattern("*"),), condition="@Request[x] Exists")
    _, reviewed = check(Azure({GROUP: (READ, conditional)}), allowed())

    assert reviewed[0].verdict is Verdict.ALLOWED


def test_no_answer_changes_nothing() -> None:
    decision = allowed()
    found, reviewed = check(Azure({}), decision)

    assert reviewed[0].verdict is Verdict.ALLOWED
    assert found.remarks == ()
    assert found.unasked == {decision.requirement.key}


def test_a_denial_is_never_lifted() -> None:
    denied = Decision(
        requirement=allowed().requirement, verdict=Verdict.DENIED, reason=Reason.NO_ASSIGNMENT
    )
    azure = Azure({GROUP: (ALL,)})
    _, reviewed = check(azure, denied)

    assert list(reviewed) == [denied]
    assert azure.asked == []


@pytest.mark.parametrize(
    ("decision", "place"),
    [
        (allowed(), GROUP),
        (allowed(scope=Scope("/subscriptions/s/resourceGroups/new")), SUB),
        (allowed(granted_at=SITE), SITE),
        (
            allowed(
                scope=Scope("/subscriptions/s/resourceGroups/unlisted/providers/x/y/z"),
                granted_at=Scope("/subscriptions/s/resourceGroups/unlisted"),
            ),
            Scope("/subscriptions/s/resourceGroups/unlisted"),
        ),
        (allowed(scope=management_group("corp")), management_group("corp")),
        (allowed(scope=Scope("/")), Scope.ROOT),
    ],
)
def test_where_it_is_asked(decision: Decision, place: Scope) -> None:
    azure = Azure({})
    check(azure, decision)

    assert azure.asked == [place]


def test_so_many_scopes_each_once() -> None:
    azure = Azure({})
    found, _ = check(
        azure, *(allowed(scope=Scope(f"/subscriptions/s{number}")) for number in range(30))
    )
    found.review([allowed(scope=Scope("/subscriptions/s0"))])

    assert len(azure.asked) == MAXIMUM_SCOPES
