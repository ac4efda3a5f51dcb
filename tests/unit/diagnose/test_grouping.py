from preflight.diagnose.grouping import Group, group, nearness
from preflight.diagnose.places import Places
from preflight.model.access import (
    AccessSnapshot,
    DenyAssignment,
    Lock,
    LockLevel,
    RoleAssignment,
    RoleEligibility,
    principal_id,
)
from preflight.model.action import Action
from preflight.model.decision import Decision, Evidence, Reason, Settle, Verdict
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import RoleId
from preflight.model.scope import Scope

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
SHOP = f"{SUB}/resourceGroups/rg-shop"
OTHER = f"{SUB}/resourceGroups/rg-other"


def decision(
    reason: Reason,
    scope: str = SHOP,
    *evidence: Evidence,
    certainty: Certainty = Certainty.REQUIRED,
    kind: RequirementKind = RequirementKind.WRITE,
    settle: str = "",
    warnings: tuple[Reason, ...] = (),
) -> Decision:
    verdict = Verdict.UNDETERMINED if settle else Verdict.DENIED
    return Decision(
        requirement=Requirement(
            action=Action("Microsoft.X/y/write"),
            scope=Scope(scope),
            certainty=certainty,
            kind=kind,
            why="a test",
            resource=Scope(scope),
        ),
        verdict=Verdict.ALLOWED if reason is Reason.GRANTED else verdict,
        reason=reason,
        evidence=evidence,
        settle=Settle(what=settle, who="an administrator") if settle else None,
        warnings=warnings,
    )


def assignment(name: str, scope: str = SUB) -> RoleAssignment:
    return RoleAssignment(
        id=f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        scope=Scope(scope),
        principal=principal_id("sp"),
        role=RoleId("r"),
    )


def eligibility(name: str) -> RoleEligibility:
    return RoleEligibility(id=name, scope=Scope(SUB), principal=principal_id("u"), role=RoleId("r"))


def deny(name: str) -> DenyAssignment:
    return DenyAssignment(
        id=name,
        name=name,
        scope=Scope(SUB),
        permissions=(),
        principals=frozenset(),
        excluded=frozenset(),
    )


def groups(*decisions: Decision) -> tuple[Group, ...]:
    places = Places((row.requirement for row in decisions), AccessSnapshot())
    return group(decisions, places)


def sizes(*decisions: Decision) -> list[int]:
    return [len(found.decisions) for found in groups(*decisions)]


def test_what_is_plainly_allowed_is_in_no_group() -> None:
    assert groups(decision(Reason.GRANTED)) == ()


def test_missing_grants_meet_at_their_place() -> None:
    rows = [
        decision(Reason.NO_ASSIGNMENT, f"{SHOP}/providers/Microsoft.X/y/a"),
        decision(Reason.NO_ASSIGNMENT, f"{SHOP}/providers/Microsoft.X/y/b"),
        decision(Reason.NO_ASSIGNMENT, OTHER),
        decision(Reason.ROLE_LACKS_ACTION, SHOP),
    ]

    assert sizes(*rows) == [2, 1, 1]


def test_an_unactivated_role_is_one_finding_however_many_places_it_would_serve() -> None:
    row = eligibility("e1")
    places = [f"{SUB}/resourceGroups/rg-{number}" for number in range(20)]

    assert sizes(*(decision(Reason.ELIGIBLE_NOT_ACTIVE, place, row) for place in places)) == [20]


def test_one_block_is_one_finding_whatever_it_blocks() -> None:
    lock = Lock(id="l", name="l", scope=Scope(SUB), level=LockLevel.READ_ONLY)
    rows = [
        decision(Reason.DENY_ASSIGNMENT, SHOP, deny("d1")),
        decision(Reason.DENY_ASSIGNMENT, OTHER, deny("d1")),
        decision(Reason.DENY_ASSIGNMENT, OTHER, deny("d2")),
        decision(Reason.SCOPE_LOCKED, SHOP, lock),
        decision(Reason.SCOPE_LOCKED, OTHER, lock),
    ]

    assert sizes(*rows) == [2, 1, 2]


def test_the_assignment_that_explains_most_names_a_wrong_scope() -> None:
    wide, narrow = assignment("wide", OTHER), assignment("narrow", f"{OTHER}/providers/M.X/y/z")
    rows = [
        decision(Reason.WRONG_SCOPE, SHOP, wide),
        decision(Reason.WRONG_SCOPE, SHOP, narrow, wide),
        decision(Reason.WRONG_SCOPE, SHOP, narrow),
        decision(Reason.WRONG_SCOPE, SHOP, wide),
    ]

    found = groups(*rows)

    assert [(row.cause, row.indexes) for row in found] == [(wide, (0, 1, 3)), (narrow, (2,))]


def test_of_assignments_that_explain_the_same_the_nearest_is_the_near_miss() -> None:
    far, near = assignment("a", f"{SUB[:-1]}9/resourceGroups/rg"), assignment("b", OTHER)

    (found,) = groups(decision(Reason.WRONG_SCOPE, SHOP, far, near))

    assert found.cause == near


def test_possible_requirements_fold_into_findings_of_their_own() -> None:
    rows = [
        decision(Reason.NO_ASSIGNMENT),
        decision(Reason.NO_ASSIGNMENT, certainty=Certainty.POSSIBLE),
        decision(Reason.NO_ASSIGNMENT, certainty=Certainty.CONDITIONAL),
        decision(Reason.NO_ASSIGNMENT, certainty=Certainty.POSSIBLE),
    ]

    assert [(row.certain, row.indexes) for row in groups(*rows)] == [
        (True, (0, 2)),
        (False, (1, 3)),
    ]


def test_a_registration_is_another_cause_than_the_rest_of_its_subscription() -> None:
    rows = [
        decision(Reason.NO_ASSIGNMENT, SUB),
        decision(Reason.NO_ASSIGNMENT, SUB, kind=RequirementKind.REGISTER),
    ]

    assert sizes(*rows) == [1, 1]


def test_what_the_same_evidence_would_settle_is_one_finding() -> None:
    rows = [
        decision(Reason.EVIDENCE_UNREADABLE, SHOP, settle="deny assignments at sub"),
        decision(Reason.EVIDENCE_UNREADABLE, OTHER, settle="deny assignments at sub"),
        decision(Reason.EVIDENCE_UNREADABLE, SHOP, settle="deny assignments at hub"),
        decision(Reason.GROUPS_UNKNOWN, SHOP, settle="deny assignments at sub"),
    ]

    assert sizes(*rows) == [2, 1, 1]


def test_an_allow_stands_in_one_group_for_each_warning() -> None:
    both = (Reason.GRANTED_RECENTLY, Reason.EXPIRES_DURING_RUN)
    rows = [
        decision(Reason.GRANTED, warnings=both),
        decision(Reason.GRANTED, warnings=both[:1]),
    ]

    assert [(row.reason, row.indexes) for row in groups(*rows)] == [
        (Reason.GRANTED_RECENTLY, (0, 1)),
        (Reason.EXPIRES_DURING_RUN, (0,)),
    ]


def test_groups_come_in_the_order_of_their_first_decision() -> None:
    rows = [
        decision(Reason.NO_ASSIGNMENT, OTHER),
        decision(Reason.NO_ASSIGNMENT, SHOP),
        decision(Reason.NO_ASSIGNMENT, OTHER),
    ]

    assert [row.indexes for row in groups(*rows)] == [(0, 2), (1,)]


def test_nearness_counts_shared_segments_without_case() -> None:
    assert nearness(Scope(SHOP.upper()), Scope(f"{SHOP}/providers/M/x/y")) == 4
    assert nearness(Scope("/"), Scope(SHOP)) == 0
