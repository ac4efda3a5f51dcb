"""Decisions: reasons, evidence, warnings, what would settle them; and what explains them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from preflight.authorize.authorizer import AuthorizeOptions, Authorizer
from preflight.model.access import (
    AccessList,
    AccessSnapshot,
    Caller,
    Coverage,
    DenyAssignment,
    Lock,
    LockLevel,
    ManagementGroup,
    Principal,
    PrincipalId,
    PrincipalType,
    ProviderRegistration,
    Reach,
    RoleAssignment,
    Subscription,
    Unreadable,
)
from preflight.model.action import Action, ActionPattern
from preflight.model.decision import Decision, Reason
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope, management_group

SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
RG = f"{SUB}/resourceGroups/rg"
ACCOUNT = f"{RG}/providers/Microsoft.Storage/storageAccounts/st"
WRITE = "Microsoft.Storage/storageAccounts/write"
CORP, ROOT = management_group("corp"), management_group("root")
ME, OTHER, TEAM = PrincipalId("me"), PrincipalId("other"), PrincipalId("team")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def role(name: str, *actions: str) -> RoleDefinition:
    block = Permission(actions=tuple(ActionPattern(text) for text in actions))
    return RoleDefinition(id=RoleId(name.lower()), name=name, permissions=(block,))


def assigned(
    scope: str = RG, to: str = "writer", *, who: PrincipalId = ME, created: datetime | None = None
) -> RoleAssignment:
    kind = PrincipalType.GROUP if who == TEAM else PrincipalType.SERVICE_PRINCIPAL
    return RoleAssignment(
        id=f"{scope}/{to}/{who}",
        scope=Scope(scope),
        principal=who,
        role=RoleId(to),
        principal_type=kind,
        created_on=created,
    )


def world(*rows: RoleAssignment) -> AccessSnapshot:
    return AccessSnapshot(
        collected_at=NOW,
        tenant_id="t1",
        scopes=(Scope(SUB),),
        subscriptions=(
            Subscription(id=Scope(SUB), management_group=CORP, tenant_id="t1", display_name="Prod"),
        ),
        management_groups=(ManagementGroup(id=CORP, parent=ROOT), ManagementGroup(id=ROOT)),
        role_definitions=(role("Writer", WRITE), role("Reader", "*/read"), role("Owner", "*")),
        role_assignments=rows,
        deny_assignments=(),
    )


def need(
    action: str = WRITE,
    scope: str = ACCOUNT,
    kind: RequirementKind = RequirementKind.WRITE,
    attributes: Mapping[str, str] | None = None,
) -> Requirement:
    return Requirement(
        action=Action(action),
        scope=Scope(scope),
        certainty=Certainty.REQUIRED,
        kind=kind,
        why="",
        resource=Scope(scope),
        attributes=attributes,
    )


def principal(*groups: str, kind: PrincipalType = PrincipalType.SERVICE_PRINCIPAL) -> Principal:
    member_of = frozenset(PrincipalId(group) for group in groups)
    return Principal(object_id=ME, type=kind, member_of=member_of)


def decide(
    snapshot: AccessSnapshot,
    wanted: Requirement | None = None,
    options: AuthorizeOptions | None = None,
    who: Principal | None = None,
) -> Decision:
    return Authorizer(snapshot, who or principal(), options).decide(wanted or need())


def settled(decision: Decision) -> tuple[str, str, str]:
    assert decision.settle is not None
    return decision.reason.value, decision.settle.what, decision.settle.who


# --- denied -----------------------------------------------------------------------------------


def test_denials_name_their_evidence_and_what_decided() -> None:
    reader, elsewhere = assigned(to="reader"), assigned(f"{SUB}/resourceGroups/b")
    lacking = decide(world(reader))
    misplaced = decide(world(reader, elsewhere))

    assert (lacking.reason, lacking.evidence) == (Reason.ROLE_LACKS_ACTION, (reader,))
    assert lacking.detail == "Reader at Prod / rg"
    assert (misplaced.reason, misplaced.evidence) == (Reason.WRONG_SCOPE, (elsewhere,))
    assert misplaced.detail == f"Writer holds it at {SUB}/resourceGroups/b"


def test_a_deny_assignment_is_named_with_its_pattern() -> None:
    row = DenyAssignment(
        id="d",
        name="stack",
        scope=Scope(RG),
        permissions=(Permission(actions=(ActionPattern("*/write"),)),),
        principals=frozenset({ME}),
        excluded=frozenset({OTHER}),
    )
    decision = decide(replace(world(assigned()), deny_assignments=(row,)))

    assert (decision.reason, decision.evidence) == (Reason.DENY_ASSIGNMENT, (row,))
    assert decision.detail == (
        "`stack` at Prod / rg forbids `*/write` to this principal or a group of it but 1 excluded"
    )


def test_a_missing_registration_is_the_reason_unless_it_can_be_made() -> None:
    state = ProviderRegistration(subscription=Scope(SUB), namespace="A.B", state="NotRegistered")
    register = need("A.B/register/action", SUB, RequirementKind.REGISTER)
    without = replace(world(assigned(SUB)), providers=(state,))
    holding = replace(world(assigned(SUB, "owner")), providers=(state,))

    assert decide(without, register).reason is Reason.PROVIDER_NOT_REGISTERED
    assert decide(without, register).detail == "A.B is not registered there; Writer at sub Prod"
    assert decide(holding, register).warnings == (Reason.PROVIDER_NOT_REGISTERED,)


def test_a_role_assignment_conflict_fails_what_is_granted() -> None:
    existing = assigned(RG, "reader", who=OTHER)
    scope = f"{RG}/providers/Microsoft.Authorization/roleAssignments/new"
    wanted = need(
        "Microsoft.Authorization/roleAssignments/write",
        scope,
        RequirementKind.ASSIGN_ROLE,
        {"principalId": "other", "roleDefinitionId": "/x/reader"},
    )
    decision = decide(world(assigned(to="owner"), existing), wanted)

    assert (decision.reason, decision.evidence) == (Reason.ROLE_ASSIGNMENT_CONFLICT, (existing,))
    assert decision.detail == (
        "Reader at Prod / rg is assigned to this principal already, as other"
    )


def test_a_deny_comes_before_a_lock_and_a_lock_before_everything_else() -> None:
    lock = Lock(id="l", name="freeze", scope=Scope(SUB), level=LockLevel.READ_ONLY)
    decision = decide(replace(world(), locks=(lock,)))

    assert (decision.reason, decision.evidence) == (Reason.SCOPE_LOCKED, (lock,))
    assert decision.detail == "ReadOnly lock `freeze` at sub Prod lets pass reads only"


# --- allowed ----------------------------------------------------------------------------------


def test_an_allow_names_every_grant_nearest_first() -> None:
    near, far = assigned(), assigned(SUB, "owner")
    decision = decide(world(far, near))

    assert (decision.reason, decision.evidence) == (Reason.GRANTED, (near, far))
    assert decision.detail == "Writer at Prod / rg"


@pytest.mark.parametrize(
    ("minutes", "warned"), [(0, True), (9, True), (10, False), (-5, True), (600, False)]
)
def test_a_young_grant_is_a_warning_unless_an_older_one_stands_beside_it(
    minutes: int, *, warned: bool
) -> None:
    young = assigned(created=NOW - timedelta(minutes=minutes))
    expected = (Reason.GRANTED_RECENTLY,) if warned else ()

    assert decide(world(young)).warnings == expected
    assert decide(world(young, assigned(SUB, "owner"))).warnings == ()


def test_a_grant_younger_than_the_token_in_use_is_a_warning() -> None:
    row = assigned(created=NOW - timedelta(hours=2))
    caller = Caller(object_id=ME, token_issued_at=NOW - timedelta(hours=3))
    mine = replace(world(row), caller=caller)
    others = replace(world(row), caller=replace(caller, object_id=OTHER))

    assert decide(mine).warnings == (Reason.GRANTED_RECENTLY,)
    assert decide(others).warnings == ()


def test_a_service_principal_that_holds_it_only_through_a_group_is_warned() -> None:
    snapshot = world(assigned(who=TEAM))
    user = principal("team", kind=PrincipalType.USER)

    assert decide(snapshot, who=principal("team")).warnings == (Reason.GRANTED_THROUGH_GROUP,)
    assert decide(snapshot, who=principal("team")).detail == "Writer at Prod / rg through team"
    assert decide(snapshot, who=user).warnings == ()
    assert decide(world(assigned(who=TEAM), assigned()), who=principal("team")).warnings == ()


def test_a_management_group_deployment_granted_only_further_up_is_warned() -> None:
    action = "Microsoft.Resources/deployments/write"
    at = f"{CORP.text}/providers/Microsoft.Resources/deployments/d"
    wanted = need(action, at, RequirementKind.DEPLOY)

    def warnings(scope: str) -> tuple[Reason, ...]:
        return decide(replace(world(assigned(scope, "owner")), scopes=(CORP,)), wanted).warnings

    assert warnings(ROOT.text) == (Reason.ARM_PREFLIGHT_MAY_REFUSE,)
    assert warnings(CORP.text) == ()
    assert warnings("/") == ()


# --- undetermined -----------------------------------------------------------------------------


def test_stale_evidence_allows_nothing_and_still_denies() -> None:
    old = AuthorizeOptions(evidence_age=timedelta(days=31))
    fresh = AuthorizeOptions(evidence_age=timedelta(days=30))

    assert settled(decide(world(assigned()), options=old)) == (
        "evidence-stale",
        "collect the evidence again: it is 31 days old, 30 are the limit",
        "whoever runs the gate",
    )
    assert decide(world(assigned()), options=fresh).reason is Reason.GRANTED
    assert decide(world(), options=old).reason is Reason.NO_ASSIGNMENT


def test_an_unreadable_list_is_named_with_its_error() -> None:
    failed = Unreadable(what="denyAssignments", scope=Scope(RG), error="403 Forbidden")
    decision = decide(replace(world(assigned()), unreadable=(failed,)))

    assert settled(decision) == (
        "evidence-unreadable",
        "read denyAssignments at, above and below Prod / rg / st (403 Forbidden)",
        "whoever holds Microsoft.Authorization/denyAssignments/read there (Reader does)",
    )


def test_a_grant_counts_only_where_its_own_rung_was_read() -> None:
    def reading(reach: Reach, at: str) -> AccessSnapshot:
        return replace(
            world(assigned(RG)),
            coverage=(
                Coverage(list=AccessList.ROLE_ASSIGNMENTS, scope=Scope(at), reach=reach),
                Coverage(
                    list=AccessList.DENY_ASSIGNMENTS,
                    scope=Scope(SUB),
                    reach=Reach.AT_ABOVE_BELOW,
                ),
            ),
        )

    assert decide(reading(Reach.AT_ABOVE, RG)).reason is Reason.GRANTED
    assert decide(reading(Reach.AT_ABOVE, SUB)).reason is Reason.EVIDENCE_UNREADABLE


def test_a_placeholder_is_settled_by_its_option_or_parameter() -> None:
    place = "/subscriptions/{subscription}/resourceGroups/rg"
    named = f"{SUB}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st{{env}}"

    assert settled(decide(world(assigned()), need(scope=place)))[:2] == (
        "scope-unknown",
        "give --subscription",
    )
    assert settled(decide(world(assigned(f"{ACCOUNT}1")), need(scope=named)))[:2] == (
        "scope-unknown",
        "give -p env=VALUE",
    )
    assert decide(world(assigned()), need(scope=named)).reason is Reason.GRANTED


def test_a_lock_that_may_reach_the_scope_keeps_it_undetermined() -> None:
    lock = Lock(id="l", name="l", scope=Scope(f"{ACCOUNT}1"), level=LockLevel.READ_ONLY)
    decision = decide(replace(world(assigned()), locks=(lock,)), need(scope=f"{ACCOUNT}{{env}}"))

    assert (decision.reason, decision.evidence) == (Reason.SCOPE_UNKNOWN, (lock,))


def test_unknown_groups_hierarchy_and_definitions_say_who_can_help() -> None:
    nobody = Principal(object_id=ME, display_name="sp-shop")
    lone = replace(world(assigned(CORP.text)), subscriptions=())
    missing = replace(world(assigned()), role_definitions=())

    assert settled(decide(world(assigned(who=TEAM)), who=nobody)) == (
        "groups-unknown",
        "add `memberOf`, the transitive groups of sp-shop",
        "whoever may read group membership in the directory",
    )
    assert settled(decide(lone))[0] == "hierarchy-unknown"
    assert settled(decide(missing))[:2] == (
        "role-definition-missing",
        "add the role definition writer to the evidence",
    )


def test_a_subscription_of_another_tenant_is_undetermined() -> None:
    def abroad(*managing: str) -> Subscription:
        return Subscription(id=Scope(SUB), tenant_id="T2", managed_by_tenants=managing)

    foreign = replace(world(), subscriptions=(abroad(),))
    managed = replace(world(), subscriptions=(abroad("T1"),))
    seen = replace(world(assigned()), subscriptions=(abroad(),))
    seen_managed = replace(world(assigned()), subscriptions=(abroad("T1"),))

    assert settled(decide(foreign))[:2] == (
        "wrong-tenant",
        "decide for the object ID that the principal has in tenant T2",
    )
    assert decide(managed).reason is Reason.DELEGATED_ACCESS
    assert decide(seen).reason is Reason.WRONG_TENANT
    assert decide(seen_managed).reason is Reason.DELEGATED_ACCESS
    assert decide(foreign, options=AuthorizeOptions(tenant="t2")).reason is Reason.NO_ASSIGNMENT


def test_a_lock_does_not_stop_whoever_comes_from_the_managing_tenant() -> None:
    home = Subscription(id=Scope(SUB), tenant_id="T2", managed_by_tenants=("T1",))
    lock = Lock(id="l", name="l", scope=Scope(SUB), level=LockLevel.READ_ONLY)
    managed = replace(world(assigned()), subscriptions=(home,), locks=(lock,))

    assert decide(managed).reason is Reason.DELEGATED_ACCESS
    assert decide(replace(world(assigned()), locks=(lock,))).reason is Reason.SCOPE_LOCKED


def test_nothing_is_denied_in_a_subscription_whose_tenant_was_not_read() -> None:
    failed = Unreadable(what="subscriptions", scope=Scope(SUB), error="403")

    def unread(*rows: RoleAssignment) -> AccessSnapshot:
        return replace(world(*rows), subscriptions=(), unreadable=(failed,))

    assert settled(decide(unread())) == (
        "evidence-unreadable",
        f"read the subscription itself, sub {SUB.rpartition('/')[2]}",
        "whoever holds Microsoft.Resources/subscriptions/read there (Reader does)",
    )
    assert decide(unread(assigned("/", "reader"))).reason is Reason.EVIDENCE_UNREADABLE
    # What is assigned in it shows whose subscription it is.
    assert decide(unread(assigned())).reason is Reason.GRANTED
    assert decide(unread(assigned(to="reader"))).reason is Reason.ROLE_LACKS_ACTION
    assert decide(unread(assigned(f"{SUB}/resourceGroups/other"))).reason is Reason.WRONG_SCOPE


def test_the_caller_of_the_evidence_is_in_the_tenant_of_its_token() -> None:
    caller = Caller(object_id=ME, tenant_id="t9")

    assert decide(replace(world(), caller=caller)).reason is Reason.WRONG_TENANT


def test_below_what_the_rollout_creates_only_the_group_above_counts() -> None:
    new = "/subscriptions/{alias.subscriptionId}"
    wanted = need(scope=f"{new}/resourceGroups/rg")
    placed = AuthorizeOptions(created={Scope(new): CORP})
    unplaced = AuthorizeOptions(created={Scope(new): None})
    granted = world(assigned(ROOT.text))

    assert decide(granted, wanted, placed).reason is Reason.GRANTED
    assert settled(decide(world(assigned(SUB)), wanted, placed))[:2] == (
        "scope-created-here",
        "grant it at mg corp, under which it is placed",
    )
    assert settled(decide(granted, wanted, unplaced))[:2] == (
        "scope-created-here",
        "name the management group it is placed under in the template",
    )


def test_a_pattern_is_no_question() -> None:
    assert decide(world(assigned(to="owner")), need("*/write")).reason is Reason.PATTERN_UNSUPPORTED
