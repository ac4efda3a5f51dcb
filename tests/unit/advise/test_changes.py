"""Changes that are no grant, for reasons that need no world around them."""

from dataclasses import replace

import pytest

from preflight.advise.case import AdviseInput, Case
from preflight.advise.unblock import changes
from preflight.authorize.authorizer import Authorizer
from preflight.model.access import (
    AccessSnapshot,
    Principal,
    PrincipalType,
    RoleAssignment,
    principal_id,
)
from preflight.model.action import Action
from preflight.model.decision import Decision, Reason, Settle, Verdict
from preflight.model.diagnosis import Diagnosis, Level
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import RoleDefinition, RoleId
from preflight.model.scope import Scope

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
DENIES = f"{SUB}/providers/Microsoft.Authorization/denyAssignments"
DEPLOYER = Principal(
    object_id=principal_id("deployer"),
    type=PrincipalType.SERVICE_PRINCIPAL,
    member_of=frozenset(),
)
ALICE = replace(DEPLOYER, type=PrincipalType.USER)
ROW = RoleAssignment(
    id=f"{SUB}/roleAssignments/a",
    scope=Scope(SUB),
    principal=DEPLOYER.object_id,
    role=RoleId("it's gone"),
)


class NoRoles:
    """A catalogue that knows nothing."""

    roles: tuple[RoleDefinition, ...] = ()

    def knows(self, action: Action) -> bool:
        del action
        return False

    def spelled(self, action: str) -> str:
        return action

    def actions(self) -> tuple[str, ...]:
        return ()

    def role_wildcard(self, action: Action) -> str | None:
        del action
        return None


def case(
    reason: Reason,
    verdict: Verdict,
    *,
    settle: str = "",
    principal: Principal = DEPLOYER,
    anchor: str | None = SUB,
) -> Case:
    requirement = Requirement(
        action=Action("Microsoft.X/y/write"),
        scope=Scope(SUB),
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.WRITE,
        why="a test",
        resource=Scope(SUB),
    )
    decision = Decision(requirement=requirement, verdict=verdict, reason=reason, evidence=(ROW,))
    diagnosis = Diagnosis(
        reason=reason,
        level=Level.WARNING,
        title="",
        text="",
        decisions=(decision,),
        settle=Settle(what=settle, who="somebody") if settle else None,
        anchor=Scope(anchor) if anchor else None,
    )
    access = AccessSnapshot()
    evidence = AdviseInput(
        access=access,
        principal=principal,
        catalog=NoRoles(),
        decider=Authorizer(access, principal),
    )
    return Case(diagnosis=diagnosis, evidence=evidence)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.GRANTED_RECENTLY, ["wait", "refresh-token"]),
        (Reason.GRANTED_THROUGH_GROUP, ["wait"]),
        (Reason.EXPIRES_DURING_RUN, []),
        (Reason.ARM_PREFLIGHT_MAY_REFUSE, []),
    ],
)
def test_a_warning_is_answered_without_a_proof(reason: Reason, expected: list[str]) -> None:
    rows = changes(case(reason, Verdict.ALLOWED))

    assert [row.kind.value for row in rows] == expected
    assert not any(row.proven for row in rows)


def test_only_a_user_extends_an_activation() -> None:
    rows = changes(case(Reason.EXPIRES_DURING_RUN, Verdict.ALLOWED, principal=ALICE))

    assert [row.kind.value for row in rows] == ["activate"]


def test_a_policy_is_met_in_the_source() -> None:
    (row,) = changes(case(Reason.POLICY_DENIES, Verdict.DENIED))

    assert row.kind.value == "change-template"


@pytest.mark.parametrize(
    ("settle", "command"),
    [
        (
            "read roleAssignments at, above and below sub",
            f"az role assignment list --scope {SUB} --output json --include-inherited",
        ),
        (
            "read denyAssignments at, above and below sub",
            f"az rest --method get --url '{DENIES}?api-version=2022-04-01'",
        ),
    ],
)
def test_a_list_that_was_not_read_comes_with_its_command(settle: str, command: str) -> None:
    (row,) = changes(case(Reason.EVIDENCE_UNREADABLE, Verdict.UNDETERMINED, settle=settle))

    assert row.commands == {"az": command}


def test_a_missing_role_definition_comes_with_its_command() -> None:
    (row,) = changes(case(Reason.ROLE_DEFINITION_MISSING, Verdict.UNDETERMINED, settle="x"))

    assert row.commands["az"] == ("az role definition list --name 'it'\"'\"'s gone' --output json")


@pytest.mark.parametrize(
    "reason", [Reason.GROUPS_UNKNOWN, Reason.HIERARCHY_UNKNOWN, Reason.EVIDENCE_STALE]
)
def test_what_no_command_settles_is_left_to_the_settle_line(reason: Reason) -> None:
    assert changes(case(reason, Verdict.UNDETERMINED, settle="something")) == []


def test_without_a_place_there_is_no_command() -> None:
    wanted = case(
        Reason.EVIDENCE_UNREADABLE, Verdict.UNDETERMINED, settle="roleAssignments", anchor=None
    )

    assert changes(wanted) == []
