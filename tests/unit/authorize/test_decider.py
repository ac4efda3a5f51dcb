"""What explains a decision, and what would be with more in place."""

from __future__ import annotations

from dataclasses import replace

from preflight.authorize.authorizer import Authorizer
from preflight.model.access import (
    AccessList,
    AccessSnapshot,
    DenyAssignment,
    Lock,
    LockLevel,
    ManagementGroup,
    Principal,
    PrincipalId,
    PrincipalType,
    RoleAssignment,
    Subscription,
)
from preflight.model.action import Action, ActionPattern
from preflight.model.decision import Reason
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope, management_group
from preflight.model.truth import Truth

SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
RG = f"{SUB}/resourceGroups/rg"
ACCOUNT = f"{RG}/providers/Microsoft.Storage/storageAccounts/st"
WRITE = "Microsoft.Storage/storageAccounts/write"
CORP, ROOT = management_group("corp"), management_group("root")
ME, OTHER, TEAM = PrincipalId("me"), PrincipalId("other"), PrincipalId("team")


def role(name: str, *actions: str) -> RoleDefinition:
    block = Permission(actions=tuple(ActionPattern(text) for text in actions))
    return RoleDefinition(id=RoleId(name.lower()), name=name, permissions=(block,))


def assigned(scope: str = RG, to: str = "writer", *, who: PrincipalId = ME) -> RoleAssignment:
    kind = PrincipalType.GROUP if who == TEAM else PrincipalType.SERVICE_PRINCIPAL
    return RoleAssignment(
        id=f"{scope}/{to}/{who}",
        scope=Scope(scope),
        principal=who,
        role=RoleId(to),
        principal_type=kind,
    )


def world(*rows: RoleAssignment) -> AccessSnapshot:
    return AccessSnapshot(
        scopes=(Scope(SUB),),
        subscriptions=(Subscription(id=Scope(SUB), management_group=CORP),),
        management_groups=(ManagementGroup(id=CORP, parent=ROOT), ManagementGroup(id=ROOT)),
        role_definitions=(role("Writer", WRITE), role("Reader", "*/read"), role("Owner", "*")),
        role_assignments=rows,
        deny_assignments=(),
    )


def need() -> Requirement:
    return Requirement(
        action=Action(WRITE),
        scope=Scope(ACCOUNT),
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.WRITE,
        why="",
        resource=Scope(ACCOUNT),
    )


def principal() -> Principal:
    return Principal(object_id=ME, member_of=frozenset())


def test_holdings_say_what_each_assignment_gives_and_why_not() -> None:
    who = Principal(object_id=ME, member_of=None)
    engine = Authorizer(world(assigned(), assigned(SUB, "reader"), assigned(who=TEAM)), who)

    assert [
        (row.role_name, row.via, row.grants, row.because) for row in engine.holdings(need())
    ] == [
        ("Writer", "team", Truth.UNKNOWN, "groups-unknown"),
        ("Writer", "direct", Truth.TRUE, ""),
        ("Reader", "direct", Truth.FALSE, "role-lacks-action"),
    ]


def test_holders_are_whoever_holds_it_directly() -> None:
    rows = assigned(who=OTHER), assigned(SUB, "owner", who=TEAM), assigned(to="reader")
    found = Authorizer(world(*rows), principal()).holders(need())

    assert [row.assignment for row in found] == [rows[0], rows[1]]


def test_elsewhere_names_the_nearest_first_and_nothing_that_covers() -> None:
    near, far = assigned(f"{ACCOUNT}2"), assigned("/subscriptions/2")
    rows = (far, assigned(f"{SUB}/resourceGroups/b"), near, assigned(SUB, "reader"))
    found = Authorizer(world(*rows), principal()).elsewhere(need())

    assert [row.assignment for row in found] == [near, rows[1], far]


def test_the_same_for_another_principal() -> None:
    engine = Authorizer(world(assigned(who=OTHER)), principal())
    other = engine.for_principal(Principal(object_id=OTHER, member_of=frozenset()))

    assert engine.decide(need()).reason is Reason.NO_ASSIGNMENT
    assert other.decide(need()).reason is Reason.GRANTED


def test_what_would_be_with_more_in_place() -> None:
    deny = DenyAssignment(
        id="D",
        name="d",
        scope=Scope(RG),
        permissions=(Permission(actions=(ActionPattern("*"),)),),
        principals=frozenset({ME}),
        excluded=frozenset(),
    )
    lock = Lock(id="L", name="l", scope=Scope(RG), level=LockLevel.READ_ONLY)
    engine = Authorizer(replace(world(), deny_assignments=(deny,), locks=(lock,)), principal())
    custom = role("Custom", WRITE)
    granted = engine.with_extra(role_assignments=[assigned(to="custom")], role_definitions=[custom])

    assert granted.decide(need()).reason is Reason.DENY_ASSIGNMENT
    assert granted.with_extra(lifted=frozenset({"d"})).decide(need()).reason is Reason.SCOPE_LOCKED
    free = granted.with_extra(lifted=frozenset({"d", "l"}))
    assert free.decide(need()).reason is Reason.GRANTED
    assert free.for_principal(principal()).decide(need()).reason is Reason.GRANTED
    assert engine.decide(need()).reason is Reason.DENY_ASSIGNMENT


def test_rungs_and_what_was_not_read() -> None:
    engine = Authorizer(world(), principal())

    assert [rung.text for rung in engine.rungs(Scope(RG))] == [RG, SUB, CORP.text, ROOT.text, "/"]
    assert not engine.uncovered(AccessList.ROLE_ASSIGNMENTS, Scope(RG))
    assert engine.uncovered(AccessList.LOCKS, Scope(RG))


def test_deny_assignments_come_with_how_sure_they_are() -> None:
    sure = DenyAssignment(
        id="d1",
        name="",
        scope=Scope(SUB),
        permissions=(Permission(actions=(ActionPattern("*"),)),),
        principals=frozenset({ME}),
        excluded=frozenset(),
    )
    unsure = replace(sure, id="d2", scope=Scope(RG), condition="Exists @Resource[x]")
    audit = replace(sure, id="d3", audit=True)
    engine = Authorizer(replace(world(), deny_assignments=(sure, unsure, audit)), principal())

    assert engine.deny_assignments(need()) == ((unsure, Truth.UNKNOWN), (sure, Truth.TRUE))
