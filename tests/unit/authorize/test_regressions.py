"""Mistakes that other tools made, one case each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from preflight.authorize.authorizer import AuthorizeOptions, Authorizer
from preflight.model.access import (
    EVERYONE,
    AccessList,
    AccessSnapshot,
    ActiveSchedule,
    Coverage,
    DenyAssignment,
    Lock,
    LockLevel,
    ManagementGroup,
    Principal,
    PrincipalId,
    PrincipalType,
    Reach,
    RoleAssignment,
    RoleEligibility,
    Subscription,
)
from preflight.model.action import Action, ActionPattern
from preflight.model.decision import Decision, Reason, Verdict
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope, management_group

SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
ME = PrincipalId("me")
WRITE = "Microsoft.Storage/storageAccounts/write"


def permission(
    *actions: str,
    but: Sequence[str] = (),
    data: Sequence[str] = (),
    condition: str | None = None,
) -> Permission:
    return Permission(
        actions=tuple(ActionPattern(text) for text in actions),
        not_actions=tuple(ActionPattern(text) for text in but),
        data_actions=tuple(ActionPattern(text) for text in data),
        condition=condition,
    )


ROLES = (
    RoleDefinition(id=RoleId("owner"), name="Owner", permissions=(permission("*"),)),
    RoleDefinition(
        id=RoleId("contributor"),
        name="Contributor",
        permissions=(permission("*", but=["Microsoft.Authorization/*/Write"]),),
    ),
    RoleDefinition(id=RoleId("reader"), name="Reader", permissions=(permission("*/read"),)),
    RoleDefinition(
        id=RoleId("rbac-admin"),
        name="Role Based Access Control Administrator",
        permissions=(
            permission(
                "Microsoft.Authorization/roleAssignments/write",
                "Microsoft.Authorization/roleAssignments/delete",
                "*/read",
            ),
        ),
    ),
)


def assigned(
    role: str = "contributor",
    scope: str = SUB,
    *,
    principal: str = ME,
    principal_type: PrincipalType = PrincipalType.SERVICE_PRINCIPAL,
    condition: str | None = None,
    name: str = "a",
) -> RoleAssignment:
    return RoleAssignment(
        id=f"{scope.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{name}-{role}",
        scope=Scope(scope),
        principal=PrincipalId(principal),
        role=RoleId(role),
        principal_type=principal_type,
        condition=condition,
    )


def denying(
    scope: str,
    *actions: str,
    principals: Sequence[str] = (EVERYONE,),
    excluded: Sequence[str] = (),
    groups: Sequence[str] = (),
    only_this_scope: bool = False,
) -> DenyAssignment:
    listed = frozenset(PrincipalId(row) for row in groups)
    return DenyAssignment(
        id=f"{scope}/providers/Microsoft.Authorization/denyAssignments/d",
        name="deny",
        scope=Scope(scope),
        permissions=(permission(*actions),),
        principals=frozenset(PrincipalId(row) for row in principals),
        excluded=frozenset(PrincipalId(row) for row in excluded),
        group_principals=listed & frozenset(PrincipalId(row) for row in principals),
        group_excluded=listed & frozenset(PrincipalId(row) for row in excluded),
        only_this_scope=only_this_scope,
    )


def need(
    action: str = WRITE,
    scope: str = f"{SUB}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st",
    *,
    kind: RequirementKind = RequirementKind.WRITE,
    attributes: Mapping[str, str] | None = None,
) -> Requirement:
    return Requirement(
        action=Action(action),
        scope=Scope(scope),
        certainty=Certainty.REQUIRED,
        kind=kind,
        why="the test asks",
        resource=Scope(scope),
        attributes=attributes,
    )


def evidence(*rows: RoleAssignment) -> AccessSnapshot:
    """Return evidence in which the subscription was read whole, below `corp` below `root`."""
    return AccessSnapshot(
        scopes=(Scope(SUB),),
        subscriptions=(Subscription(id=Scope(SUB), management_group=management_group("corp")),),
        management_groups=(
            ManagementGroup(id=management_group("corp"), parent=management_group("root")),
            ManagementGroup(id=management_group("root")),
        ),
        role_definitions=ROLES,
        role_assignments=rows,
        deny_assignments=(),
    )


def decide(
    world: AccessSnapshot,
    wanted: Requirement | None = None,
    *,
    options: AuthorizeOptions | None = None,
    groups: Sequence[str] | None = (),
    principal_type: PrincipalType = PrincipalType.SERVICE_PRINCIPAL,
) -> Decision:
    who = Principal(
        object_id=ME,
        type=principal_type,
        member_of=None if groups is None else frozenset(PrincipalId(row) for row in groups),
    )
    return Authorizer(world, who, options).decide(wanted or need())


RG = f"{SUB}/resourceGroups/rg"
ACCOUNT = f"{RG}/providers/Microsoft.Storage/storageAccounts/st"
ROLE_ASSIGNMENT = f"{RG}/providers/Microsoft.Authorization/roleAssignments/new"
ASSIGN = "Microsoft.Authorization/roleAssignments/write"
LISTED = "5e467623-bb1f-42f4-a55d-6e525e11384b"
GUARD = f"!(ActionMatches{{'{ASSIGN}'}})"
TYPE = "@Request[Microsoft.Authorization/roleAssignments:PrincipalType]"
ROLE = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
ONLY_LISTED = f"({GUARD}) OR ({ROLE} ForAnyOfAnyValues:GuidEquals {{{LISTED}}})"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def answer(decision: Decision) -> tuple[str, str]:
    return decision.verdict.value, decision.reason.value


def test_owner_and_contributor_on_one_principal_add_up() -> None:
    both = evidence(assigned("contributor"), assigned("owner"))

    assert answer(decide(both, need(ASSIGN, ROLE_ASSIGNMENT))) == ("allowed", "granted")


def test_owner_through_a_nested_group_counts() -> None:
    row = assigned("owner", principal="outer", principal_type=PrincipalType.GROUP)
    decision = decide(evidence(row), groups=["inner", "outer"], principal_type=PrincipalType.USER)

    assert answer(decision) == ("allowed", "granted")


def test_owner_from_a_management_group_counts() -> None:
    row = assigned("owner", "/providers/Microsoft.Management/managementGroups/root")

    assert answer(decide(evidence(row))) == ("allowed", "granted")


def test_rbac_administrator_alone_assigns_roles_and_nothing_else() -> None:
    world = evidence(assigned("rbac-admin"))

    assert answer(decide(world, need(ASSIGN, ROLE_ASSIGNMENT))) == ("allowed", "granted")
    assert answer(decide(world)) == ("denied", "role-lacks-action")


def test_a_condition_inside_the_role_definition_counts() -> None:
    vault = RoleDefinition(
        id=RoleId("vault-admin"),
        name="Vault admin",
        permissions=(permission(ASSIGN, condition=ONLY_LISTED),),
    )
    world = replace(evidence(assigned("vault-admin")), role_definitions=(vault,))
    other = {"roleDefinitionId": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"}

    listed = decide(world, need(ASSIGN, ROLE_ASSIGNMENT, attributes={"roleDefinitionId": LISTED}))
    refused = decide(world, need(ASSIGN, ROLE_ASSIGNMENT, attributes=other))

    assert answer(listed) == ("allowed", "granted")
    assert answer(refused) == ("denied", "condition-not-met")


def test_not_actions_of_one_permission_block_leave_the_other_alone() -> None:
    role = RoleDefinition(
        id=RoleId("two"),
        name="Two blocks",
        permissions=(permission("*", but=["Microsoft.Authorization/*"]), permission(ASSIGN)),
    )
    world = replace(evidence(assigned("two")), role_definitions=(role,))

    assert answer(decide(world, need(ASSIGN, ROLE_ASSIGNMENT))) == ("allowed", "granted")


def test_an_unconditional_grant_beside_a_conditional_one_decides() -> None:
    world = evidence(
        assigned("rbac-admin", condition=f"{ROLE} GuidEquals {LISTED}"),
        assigned("owner", RG),
    )
    wanted = need(ASSIGN, ROLE_ASSIGNMENT, attributes={"roleDefinitionId": "x"})

    assert answer(decide(world, wanted)) == ("allowed", "granted")


def test_an_omitted_principal_type_is_unknown_to_a_condition() -> None:
    row = assigned("rbac-admin", condition=f"{TYPE} StringEqualsIgnoreCase 'ServicePrincipal'")
    wanted = need(ASSIGN, ROLE_ASSIGNMENT, attributes={"roleDefinitionId": LISTED})
    decision = decide(evidence(row), wanted)

    assert answer(decision) == ("undetermined", "condition-undetermined")
    assert decision.settle is not None
    assert "`principalType`" in decision.settle.what


def test_a_condition_that_lists_user_and_service_principal_takes_both() -> None:
    both = "ForAnyOfAnyValues:StringEqualsIgnoreCase {'User', 'ServicePrincipal'}"
    row = assigned("rbac-admin", condition=f"{TYPE} {both}")

    def of_type(kind: str) -> tuple[str, str]:
        wanted = need(ASSIGN, ROLE_ASSIGNMENT, attributes={"principalType": kind})
        return answer(decide(evidence(row), wanted))

    assert of_type("User") == ("allowed", "granted")
    assert of_type("ServicePrincipal") == ("allowed", "granted")
    assert of_type("Group") == ("denied", "condition-not-met")


def test_eligible_only_gives_nothing() -> None:
    row = RoleEligibility(
        id="e", scope=Scope(SUB), principal=PrincipalId("me"), role=RoleId("contributor")
    )
    world = replace(evidence(), eligibilities=(row,))
    decision = decide(world, principal_type=PrincipalType.USER)

    assert answer(decision) == ("denied", "eligible-not-active")
    assert decision.evidence == (row,)


def test_active_but_expiring_is_allowed_with_a_warning() -> None:
    row = assigned("contributor")
    schedule = ActiveSchedule(
        id="s",
        scope=row.scope,
        principal=row.principal,
        role=row.role,
        assignment=row.id,
        activated=True,
        ends_on=NOW + timedelta(minutes=20),
    )
    world = replace(evidence(row), schedules=(schedule,), collected_at=NOW)

    assert decide(world).warnings == (Reason.EXPIRES_DURING_RUN,)
    short = AuthorizeOptions(duration=timedelta(minutes=10))
    assert decide(world, options=short).warnings == ()


def test_an_excluded_principal_is_not_denied() -> None:
    row = denying(RG, "*/write", excluded=["me"])

    world = replace(evidence(assigned()), deny_assignments=(row,))

    assert decide(world).verdict is Verdict.ALLOWED


def test_a_deny_that_does_not_apply_to_child_scopes() -> None:
    row = denying(RG, "*/write", only_this_scope=True)
    world = replace(evidence(assigned()), deny_assignments=(row,))
    group = need("Microsoft.Resources/subscriptions/resourceGroups/write", RG)

    assert decide(world).verdict is Verdict.ALLOWED
    assert answer(decide(world, group)) == ("denied", "deny-assignment")


def test_a_deny_below_the_subscription_that_an_at_scope_list_would_hide() -> None:
    def read(reach: Reach) -> AccessSnapshot:
        return replace(
            evidence(assigned()),
            coverage=tuple(
                Coverage(list=wanted, scope=Scope(SUB), reach=one)
                for wanted, one in (
                    (AccessList.ROLE_ASSIGNMENTS, Reach.AT_ABOVE_BELOW),
                    (AccessList.DENY_ASSIGNMENTS, reach),
                )
            ),
        )

    assert answer(decide(read(Reach.AT_ABOVE))) == ("undetermined", "evidence-unreadable")
    assert answer(decide(read(Reach.AT_ABOVE_BELOW))) == ("allowed", "granted")


def test_a_resource_that_does_not_exist_yet_is_checked_at_its_future_id() -> None:
    new = need(scope=f"{SUB}/resourceGroups/new/providers/Microsoft.Storage/storageAccounts/st")

    assert answer(decide(evidence(assigned()), new)) == ("allowed", "granted")
    assert answer(decide(evidence(assigned(scope=RG)), new)) == ("denied", "wrong-scope")


def test_an_empty_list_whose_reading_is_not_proven_is_not_none() -> None:
    readings = tuple(
        Coverage(list=wanted, scope=Scope(SUB), reach=Reach.AT_ABOVE_BELOW, read_proven=False)
        for wanted in (AccessList.ROLE_ASSIGNMENTS, AccessList.DENY_ASSIGNMENTS)
    )

    world = replace(evidence(), coverage=readings)

    assert answer(decide(world)) == ("undetermined", "evidence-unreadable")


def test_owner_at_the_root_is_more_than_owner_at_the_root_management_group() -> None:
    tenant = need(
        "Microsoft.Resources/deployments/write", "/providers/Microsoft.Resources/deployments/d"
    )
    top = Scope("/")
    group = "/providers/Microsoft.Management/managementGroups/root"
    at_root = replace(evidence(assigned("owner", "/")), scopes=(top,))
    at_group = replace(evidence(assigned("owner", group)), scopes=(top,))

    assert answer(decide(at_root, tenant)) == ("allowed", "granted")
    assert answer(decide(at_group, tenant)) == ("denied", "wrong-scope")


def test_a_read_only_lock_stops_list_keys() -> None:
    lock = Lock(id="l", name="freeze", scope=Scope(RG), level=LockLevel.READ_ONLY)
    world = replace(evidence(assigned("owner")), locks=(lock,))
    keys = need("Microsoft.Storage/storageAccounts/listKeys/action", ACCOUNT)
    read = need("Microsoft.Storage/storageAccounts/read", ACCOUNT)

    assert answer(decide(world, keys)) == ("denied", "scope-locked")
    assert answer(decide(world, read)) == ("allowed", "granted")


def test_an_extension_resource_is_below_the_child_scope_that_it_extends() -> None:
    container = f"{ACCOUNT}/blobServices/default/containers/logs"
    setting = f"{container}/providers/Microsoft.Insights/diagnosticSettings/d"
    wanted = need("Microsoft.Insights/diagnosticSettings/write", setting)

    assert answer(decide(evidence(assigned(scope=container)), wanted)) == ("allowed", "granted")
    assert answer(decide(evidence(assigned(scope=f"{container}-old")), wanted)) == (
        "denied",
        "wrong-scope",
    )


def test_an_assignment_that_ended_gives_nothing() -> None:
    row = assigned("contributor")
    schedule = ActiveSchedule(
        id="s", scope=row.scope, principal=row.principal, role=row.role, ends_on=NOW
    )
    world = replace(evidence(row), schedules=(schedule,), collected_at=NOW)
    later = replace(schedule, ends_on=NOW + timedelta(hours=9))

    assert answer(decide(world)) == ("denied", "no-assignment")
    assert decide(replace(world, schedules=(later,))).verdict is Verdict.ALLOWED
