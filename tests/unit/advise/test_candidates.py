"""Advice on top of the real authorization engine: each change is tried before it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from preflight.advise.candidates import AdviseInput, advise
from preflight.authorize.authorizer import Authorizer
from preflight.diagnose.diagnoser import DiagnoseInput, diagnose
from preflight.model.access import (
    EVERYONE,
    AccessSnapshot,
    DenyAssignment,
    Lock,
    LockLevel,
    ManagementGroup,
    Principal,
    PrincipalType,
    ProviderRegistration,
    RoleAssignment,
    RoleEligibility,
    Subscription,
    principal_id,
)
from preflight.model.action import Action, ActionPattern
from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.decision import Verdict
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
HUB = "/subscriptions/22222222-2222-2222-2222-222222222222"
CORP = "/providers/Microsoft.Management/managementGroups/corp"
SHOP = f"{SUB}/resourceGroups/rg-shop"
VM = f"{SHOP}/providers/Microsoft.Compute/virtualMachines/vm"
SUBNET = f"{HUB}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet/subnets/pe"
READER_GUID = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
OWNER_GUID = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
SOMEBODY = "aaaaaaaa-0000-4000-8000-000000000001"

WRITE_VM = "Microsoft.Compute/virtualMachines/write"
WRITE_NIC = "Microsoft.Network/networkInterfaces/write"
JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"
ASSIGN = "Microsoft.Authorization/roleAssignments/write"

DEPLOYER = Principal(
    object_id=principal_id("deployer"),
    type=PrincipalType.SERVICE_PRINCIPAL,
    display_name="sp-deploy",
    member_of=frozenset(),
)
SIBLING = replace(DEPLOYER, object_id=principal_id("sibling"), display_name="sp-sibling")
ALICE = replace(
    DEPLOYER, object_id=principal_id("alice"), type=PrincipalType.USER, display_name="alice"
)


def role(
    name: str,
    actions: str,
    but: str = "",
    *,
    condition: str | None = None,
    assignable: Sequence[str] = (),
) -> RoleDefinition:
    block = Permission(
        actions=tuple(ActionPattern(text) for text in actions.split()),
        not_actions=tuple(ActionPattern(text) for text in but.split()),
        condition=condition,
    )
    return RoleDefinition(
        id=RoleId(name.lower()),
        name=name,
        permissions=(block,),
        custom=bool(assignable),
        assignable_scopes=tuple(Scope(text) for text in assignable),
    )


OWNER = role("Owner", "*")
CONTRIBUTOR = role(
    "Contributor",
    "*",
    but="Microsoft.Authorization/*/write Microsoft.Authorization/*/delete"
    " Microsoft.Authorization/elevateAccess/action",
)
READER = role("Reader", "*/read")
VM_CONTRIBUTOR = role("VM Contributor", f"Microsoft.Compute/* {WRITE_NIC} {JOIN}")
NETWORK = role("Network Contributor", "Microsoft.Network/*")
PLATFORM = role("Windows 365 Network User", JOIN)
RBAC_ADMIN = role("RBAC Administrator", f"{ASSIGN} */read")
UAA = role("User Access Administrator", "Microsoft.Authorization/* */read")
BUILT_IN = (OWNER, CONTRIBUTOR, READER, VM_CONTRIBUTOR, NETWORK, PLATFORM, RBAC_ADMIN, UAA)
ACTIONS = (
    ASSIGN,
    "Microsoft.Authorization/roleDefinitions/write",
    "Microsoft.Compute/disks/write",
    "Microsoft.Compute/virtualMachines/read",
    WRITE_VM,
    WRITE_NIC,
    "Microsoft.Network/virtualNetworks/read",
    JOIN,
    "Microsoft.Storage/storageAccounts/listKeys/action",
)


@dataclass(frozen=True)
class Catalog:
    """The built-in roles and actions of a small Azure."""

    roles: tuple[RoleDefinition, ...] = BUILT_IN

    def knows(self, action: Action) -> bool:
        return action.text in ACTIONS

    def spelled(self, action: str) -> str:
        return action

    def actions(self) -> tuple[str, ...]:
        return ACTIONS

    def role_wildcard(self, action: Action) -> str | None:
        del action
        return None


def holds(name: str, scope: str, who: Principal = DEPLOYER, **more: str) -> RoleAssignment:
    return RoleAssignment(
        id=f"{scope}/roleAssignments/{who.object_id}-{name}".lower(),
        scope=Scope(scope),
        principal=who.object_id,
        role=RoleId(name.lower()),
        principal_type=who.type,
        condition=more.get("condition"),
    )


def needs(
    action: str = WRITE_VM,
    scope: str = VM,
    kind: RequirementKind = RequirementKind.WRITE,
    **attributes: str,
) -> Requirement:
    return Requirement(
        action=Action(action),
        scope=Scope(scope),
        certainty=Certainty.REQUIRED,
        kind=kind,
        why="a test",
        resource=Scope(scope),
        attributes=attributes or None,
    )


def assigns(**attributes: str) -> Requirement:
    scope = f"{SHOP}/providers/Microsoft.Authorization/roleAssignments/x"
    return needs(ASSIGN, scope, RequirementKind.ASSIGN_ROLE, **attributes)


def world(*assignments: RoleAssignment) -> AccessSnapshot:
    return AccessSnapshot(
        scopes=(Scope.ROOT, Scope(SUB), Scope(HUB)),
        management_groups=(ManagementGroup(id=Scope(CORP)),),
        subscriptions=(
            Subscription(id=Scope(SUB), display_name="Prod", management_group=Scope(CORP)),
            Subscription(id=Scope(HUB), display_name="Hub", management_group=Scope(CORP)),
        ),
        principals=(DEPLOYER, SIBLING, ALICE),
        role_definitions=BUILT_IN,
        role_assignments=assignments,
        deny_assignments=(),
        locks=(),
        eligibilities=(),
    )


def advised(
    access: AccessSnapshot,
    *wanted: Requirement,
    principal: Principal = DEPLOYER,
    catalog: Catalog | None = None,
) -> tuple[Recommendation, ...]:
    """Return what is recommended for the one finding that there is."""
    decider = Authorizer(access, principal)
    decisions = [decider.decide(requirement) for requirement in wanted]
    found = diagnose(decisions, DiagnoseInput(access=access, principal=principal, decider=decider))
    (recommendations,) = advise(
        found.diagnoses,
        AdviseInput(
            access=access,
            principal=principal,
            catalog=catalog or Catalog(),
            decider=decider,
        ),
    )
    return recommendations


def shown(rows: Sequence[Recommendation]) -> list[tuple[str, str, bool]]:
    return [(row.kind.value, row.role.name if row.role else "", row.proven) for row in rows]


def test_the_minimal_custom_role_comes_before_the_narrowest_built_in_one() -> None:
    custom, built_in = advised(world(holds("Reader", SUB)), needs(), needs(WRITE_NIC))

    assert custom.kind is RecommendationKind.CUSTOM_ROLE
    assert custom.text == "custom role (2 actions) at rg-shop"
    assert custom.also_allows is not None
    assert custom.also_allows.count == 0
    assert built_in.role == VM_CONTRIBUTOR
    assert built_in.also_allows is not None
    assert built_in.also_allows.count == 3
    assert custom.proven
    assert built_in.proven
    assert len(custom.closes) == 2
    assert {custom.scope, built_in.scope} == {Scope(SHOP)}


def test_a_plain_scope_bug_is_never_answered_with_a_broad_role() -> None:
    rows = advised(
        world(holds("Owner", f"{SUB}/resourceGroups/rg-old")), needs(), needs("M.Odd/x/write")
    )

    assert [row.kind for row in rows] == [RecommendationKind.CUSTOM_ROLE]
    assert "2 actions), 1 of them not in the catalogue" in rows[0].text


def test_a_broad_role_is_a_way_out_where_nothing_is_held() -> None:
    rows = advised(world(), needs(), needs("M.Odd/x/write"))

    assert shown(rows)[1] == ("assign-role", "Contributor", True)
    assert "Contributor (no narrower existing role works) at rg-shop" in rows[1].text


def test_a_link_is_granted_at_the_linked_resource_and_not_by_a_service_s_role() -> None:
    access = replace(world(holds("Contributor", SHOP)), resources=(Scope(SUBNET),))

    custom, built_in = advised(access, needs(JOIN, SUBNET, RequirementKind.LINK))

    assert custom.scope == Scope(SUBNET)
    assert "1 action" in custom.text
    assert built_in.role == NETWORK


def test_a_group_that_is_created_cannot_be_granted_at() -> None:
    create = needs("Microsoft.Resources/subscriptions/resourceGroups/write", SHOP)

    rows = advised(world(holds("Reader", SUB)), needs(), create)

    assert rows[0].scope == Scope(SUB)


def test_what_assigns_roles_is_granted_under_a_condition() -> None:
    wanted = assigns(roleDefinitionId=READER_GUID, principalType="ServicePrincipal")

    custom, built_in = advised(world(holds("Contributor", SHOP)), wanted)

    assert (custom.kind, built_in.role) == (RecommendationKind.CUSTOM_ROLE, RBAC_ADMIN)
    for row in (custom, built_in):
        assert row.proven
        assert row.condition is not None
        assert READER_GUID in row.condition
        assert "--condition-version 2.0" in row.commands["az"]


def test_where_a_role_is_not_known_those_that_administer_access_stay_barred() -> None:
    rows = advised(world(holds("Contributor", SHOP)), assigns(roleDefinitionId="{role}"))

    guarded, built_in, last = rows
    for row in (guarded, built_in):
        assert not row.proven
        assert "GuidNotEquals" in (row.condition or "")
        assert "roles that do not administer access" in row.text
    assert last.proven
    assert last.condition is None
    assert "can assign any role, Owner to itself too" in last.text
    assert UAA not in {row.role for row in rows}
    prices = [row.also_allows.count for row in rows if row.also_allows]
    assert prices == [len(ACTIONS) - 2, len(ACTIONS) - 2, len(ACTIONS) - 1]


@pytest.mark.parametrize(
    ("attributes", "remark", "opened"),
    [
        (
            {"principalId": SOMEBODY},
            "limited by a condition to the roles and principals that the source names, at",
            0,
        ),
        ({}, "the roles that the source assigns (to itself too), at", 2),
        ({"principalId": "{identity}"}, "the roles that the source assigns (to itself too), at", 2),
    ],
)
def test_what_can_be_assigned_to_oneself_is_in_the_price(
    attributes: dict[str, str], remark: str, opened: int
) -> None:
    reader = replace(READER, id=RoleId(READER_GUID))
    access = replace(world(holds("Contributor", SHOP)), role_definitions=(*BUILT_IN, reader))

    custom, *_ = advised(access, assigns(roleDefinitionId=READER_GUID, **attributes))

    assert custom.proven
    assert remark in custom.text
    assert custom.also_allows is not None
    assert custom.also_allows.count == opened


@pytest.mark.parametrize("role_guid", [READER_GUID, OWNER_GUID])
def test_what_is_tied_to_the_source_cannot_be_turned_on_its_holder(role_guid: str) -> None:
    access = world(holds("Contributor", SHOP))
    wanted = assigns(roleDefinitionId=role_guid, principalId=SOMEBODY)
    custom, *_ = advised(access, wanted)
    assert custom.role is not None
    made = replace(holds(custom.role.id, SHOP), condition=custom.condition)
    after = replace(
        access,
        role_assignments=(*(access.role_assignments or ()), made),
        role_definitions=(*BUILT_IN, custom.role),
    )
    decider = Authorizer(after, DEPLOYER)
    itself = "cccccccc-0000-4000-8000-000000000003"

    verdicts = [
        decider.decide(assigns(roleDefinitionId=guid, principalId=who)).verdict
        for guid in (role_guid, OWNER_GUID, READER_GUID)
        for who in (SOMEBODY, itself)
        if (guid, who) != (role_guid, SOMEBODY)
    ]

    assert decider.decide(wanted).verdict is Verdict.ALLOWED
    assert set(verdicts) == {Verdict.DENIED}


def test_a_source_that_assigns_owner_opens_anything_unless_it_names_to_whom() -> None:
    wanted = {"roleDefinitionId": OWNER_GUID, "principalType": "ServicePrincipal"}
    access = world(holds("Contributor", SHOP))

    loose, *_ = advised(access, assigns(**wanted))
    tied, *_ = advised(access, assigns(**wanted, principalId=SOMEBODY))

    assert "(to itself too, and one of them opens anything)" in loose.text
    assert loose.also_allows is not None
    assert loose.also_allows.count == len(ACTIONS) - 1
    assert "Microsoft.Authorization/roleDefinitions/write" in loose.also_allows.privileged
    assert tied.also_allows is not None
    assert tied.also_allows.count == 0


def test_a_source_that_defines_roles_opens_anything() -> None:
    define = "Microsoft.Authorization/roleDefinitions/write"

    row, *_ = advised(world(holds("Contributor", SHOP)), needs(define, SHOP))

    assert f"can give itself any other action through {define}" in row.text
    assert row.also_allows is not None
    assert row.also_allows.count == len(ACTIONS) - 1


def test_at_the_root_there_is_no_custom_role_and_owner_only_as_the_last_resort() -> None:
    deploy = "Microsoft.Resources/deployments/write"
    scope = "/providers/Microsoft.Resources/deployments/d"
    both = [needs(deploy, scope), needs(ASSIGN, "/")]

    (broad,) = advised(world(), needs(deploy, scope))
    assert (broad.role, broad.proven) == (CONTRIBUTOR, True)
    assert broad.text == (
        "Contributor (no narrower existing role works, and at / there are no custom ones) at /"
    )
    *_, last = advised(world(), *both)
    assert last.role == OWNER
    assert last.condition is None
    assert "nothing narrower works" in last.text


def test_a_service_s_role_is_proposed_only_where_nothing_else_works() -> None:
    link = needs(JOIN, "/providers/Microsoft.Network/virtualNetworks/v", RequirementKind.LINK)
    access = replace(world(), role_definitions=(PLATFORM, OWNER))

    rows = advised(access, link, catalog=Catalog(roles=(PLATFORM, OWNER)))

    assert shown(rows) == [("assign-role", "Windows 365 Network User", True)]
    assert "(made for a service of the platform; nothing else works)" in rows[0].text


def test_a_scope_bug_at_the_root_is_not_cured_with_owner_either() -> None:
    access = world(holds("Owner", SUB))

    assert advised(access, needs(ASSIGN, "/"), needs("M.Odd/x/write", "/")) == ()


def test_a_tenant_s_own_role_is_proposed_where_it_is_assignable() -> None:
    own = role("Shop Deployer", f"{WRITE_VM} {WRITE_NIC}", assignable=[SUB])
    elsewhere = role("Hub Deployer", f"{WRITE_VM} {WRITE_NIC}", assignable=[HUB])
    access = replace(world(), role_definitions=(*BUILT_IN, own, elsewhere))

    rows = advised(access, needs(), needs(WRITE_NIC))

    assert shown(rows) == [
        ("assign-role", "Shop Deployer", True),
        ("custom-role", rows[1].role.name if rows[1].role else "", True),
    ]


def test_a_full_subscription_takes_no_further_assignment() -> None:
    many = [replace(holds("Reader", SUB, SIBLING), id=f"{SUB}/{number}") for number in range(4000)]

    rows = advised(world(*many), needs())

    assert not any(row.proven for row in rows)
    assert all("the limit is 4000" in row.text for row in rows)


def test_what_stays_open_is_not_called_proven() -> None:
    access = replace(world(holds("Reader", SUB)), deny_assignments=None)

    rows = advised(access, needs())

    assert [row.proven for row in rows] == [False, False]
    assert all("not proven, for then still open: evidence-unreadable" in row.text for row in rows)


def test_the_other_principal_comes_first() -> None:
    first, *_ = advised(world(holds("Contributor", SHOP, SIBLING)), needs())

    assert (first.kind, first.principal, first.proven) == (
        RecommendationKind.USE_PRINCIPAL,
        SIBLING.object_id,
        True,
    )


def deny(*excluded: Principal) -> DenyAssignment:
    return DenyAssignment(
        id=f"{SHOP}/denyAssignments/d",
        name="stack",
        scope=Scope(SHOP),
        permissions=(Permission(actions=(ActionPattern("*/write"),)),),
        principals=frozenset({EVERYONE}),
        excluded=frozenset(row.object_id for row in excluded),
        system=True,
    )


def test_a_deny_is_answered_by_an_exclusion() -> None:
    access = replace(world(holds("Contributor", SUB)), deny_assignments=(deny(),))

    (row,) = advised(access, needs())

    assert (row.kind, row.proven) == (RecommendationKind.EXCLUDE_FROM_DENY, True)
    assert "exclude sp-deploy from deny assignment stack at rg-shop" in row.text


def test_an_exclusion_comes_with_the_role_that_is_missing_too() -> None:
    access = replace(world(holds("Reader", SUB)), deny_assignments=(deny(),))

    custom, built_in = advised(access, needs())

    assert {row.kind for row in (custom, built_in)} == {RecommendationKind.EXCLUDE_FROM_DENY}
    assert built_in.role == VM_CONTRIBUTOR
    assert custom.text.endswith(
        "blueprint), and grant: custom role (1 action) at rg-shop; allowed with both, with neither "
        "alone"
    )
    assert custom.commands["az"].startswith("az role definition create ")
    assert not custom.proven
    assert not built_in.proven


def test_a_lock_that_hides_a_missing_role_is_removed_and_the_role_granted() -> None:
    lock = Lock(id=f"{SHOP}/locks/l", name="keep", scope=Scope(SHOP), level=LockLevel.READ_ONLY)

    first, *_ = advised(replace(world(), locks=(lock,)), needs())

    assert (first.kind, first.proven) == (RecommendationKind.REMOVE_LOCK, False)
    delete, define, assign = first.commands["az"].splitlines()
    assert delete.startswith("az lock delete --ids ")
    assert define.startswith("az role definition create ")
    assert assign.startswith("az role assignment create ")


def test_a_deny_behind_a_lock_is_not_granted_away() -> None:
    lock = Lock(id=f"{SHOP}/locks/l", name="keep", scope=Scope(SHOP), level=LockLevel.READ_ONLY)
    access = replace(world(), locks=(lock,), deny_assignments=(deny(),))

    (row,) = advised(access, needs())

    assert "alone it does not help, for then: " in row.text


def test_a_lock_is_removed_and_put_back() -> None:
    lock = Lock(
        id=f"{SHOP}/providers/Microsoft.Authorization/locks/it's mine",
        name="keep",
        scope=Scope(SHOP),
        level=LockLevel.READ_ONLY,
    )
    access = replace(world(holds("Contributor", SUB)), locks=(lock,))

    (row,) = advised(access, needs())

    assert (row.kind, row.proven) == (RecommendationKind.REMOVE_LOCK, True)
    assert row.commands["az"].startswith("az lock delete --ids '")


def eligible(who: Principal) -> AccessSnapshot:
    row = RoleEligibility(id="e", scope=Scope(SUB), principal=who.object_id, role=CONTRIBUTOR.id)
    return replace(world(), eligibilities=(row,))


def test_a_user_activates() -> None:
    (row,) = advised(eligible(ALICE), needs(), principal=ALICE)

    assert (row.kind, row.proven) == (RecommendationKind.ACTIVATE, True)
    assert (row.role, row.scope, row.principal) == (CONTRIBUTOR, Scope(SUB), ALICE.object_id)


def test_a_pipeline_cannot_activate() -> None:
    kinds = {row.kind for row in advised(eligible(DEPLOYER), needs())}

    assert kinds == {RecommendationKind.CUSTOM_ROLE, RecommendationKind.ASSIGN_ROLE}


def test_a_provider_is_registered_beforehand() -> None:
    access = replace(
        world(holds("Contributor", SHOP)),
        providers=(
            ProviderRegistration(
                subscription=Scope(SUB), namespace="Microsoft.Web", state="NotRegistered"
            ),
        ),
    )
    wanted = needs("Microsoft.Web/register/action", SUB, RequirementKind.REGISTER)

    row, *grants = advised(access, wanted)

    assert (row.kind, row.proven) == (RecommendationKind.REGISTER_PROVIDER, False)
    assert grants[0].kind is RecommendationKind.CUSTOM_ROLE
    assert all(grant.proven and grant.scope == Scope(SUB) for grant in grants)
    assert row.commands["az"] == (
        "az provider register --namespace Microsoft.Web"
        " --subscription 11111111-1111-1111-1111-111111111111"
    )


def test_a_clash_is_cured_in_the_source() -> None:
    scope = f"{SHOP}/providers/Microsoft.Authorization/roleAssignments/taken"
    existing = replace(
        holds("Reader", SHOP, SIBLING),
        id=scope,
        role=RoleId(READER_GUID),
        principal=ALICE.object_id,
    )
    wanted = needs(
        ASSIGN,
        f"{SHOP}/providers/Microsoft.Authorization/roleAssignments/other",
        RequirementKind.ASSIGN_ROLE,
        roleDefinitionId=READER_GUID,
        principalId=ALICE.object_id,
        principalType="User",
    )

    (row,) = advised(world(holds("Owner", SUB), existing), wanted)

    assert (row.kind, row.proven) == (RecommendationKind.CHANGE_TEMPLATE, False)
    assert "taken" in row.text


def limited(clause: str) -> RoleAssignment:
    guarded = f"(!(ActionMatches{{'{ASSIGN}'}})) OR ({clause})"
    return holds("RBAC Administrator", SHOP, condition=guarded)


PRINCIPAL_TYPE = "@Request[Microsoft.Authorization/roleAssignments:PrincipalType]"


def test_the_principal_type_that_a_condition_asks_for_is_named() -> None:
    access = world(limited(f"{PRINCIPAL_TYPE} StringEqualsIgnoreCase 'ServicePrincipal'"))

    (row,) = advised(access, assigns(roleDefinitionId=READER_GUID, principalId="{identity}"))

    assert (row.kind, row.proven) == (RecommendationKind.CHANGE_TEMPLATE, True)
    assert "principalType: 'ServicePrincipal'" in row.text


def test_no_principal_type_is_guessed_where_several_would_do() -> None:
    any_of = f"{PRINCIPAL_TYPE} ForAnyOfAnyValues:StringEqualsIgnoreCase {{'User', 'Group'}}"

    assert advised(world(limited(any_of)), assigns(roleDefinitionId=READER_GUID)) == ()


def test_a_principal_that_the_evidence_knows_is_not_given_another_type() -> None:
    access = world(limited(f"{PRINCIPAL_TYPE} StringEqualsIgnoreCase 'ServicePrincipal'"))
    wanted = assigns(roleDefinitionId=READER_GUID, principalId=ALICE.object_id)

    assert RecommendationKind.CHANGE_TEMPLATE not in {
        row.kind for row in advised(access, wanted) if row.proven
    }


def test_a_clause_that_is_not_met_is_named() -> None:
    access = world(limited(f"{PRINCIPAL_TYPE} StringEqualsIgnoreCase 'Group'"))
    wanted = assigns(roleDefinitionId=READER_GUID, principalType="User")

    first, *_ = advised(access, wanted)

    assert first.kind is RecommendationKind.CHANGE_TEMPLATE
    assert "PrincipalType" in first.text


def test_somebody_s_limit_is_never_lifted_whole() -> None:
    request = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]"
    access = world(limited(f"{request} GuidEquals 11111111-1111-1111-1111-111111111111"))
    wanted = assigns(roleDefinitionId=READER_GUID, principalType="User")

    rows = advised(access, wanted)

    grants = [row for row in rows if row.role is not None]
    assert grants != []
    assert all(row.condition is not None for row in grants)


def test_a_scope_that_is_not_known_has_no_grant() -> None:
    group = f"{SUB}/resourceGroups/{{resourceGroup}}"

    (row,) = advised(world(), needs(scope=f"{group}/providers/Microsoft.Compute/x/y"))

    assert row.kind is RecommendationKind.GIVE_EVIDENCE
    assert row.commands == {}


def test_what_was_not_read_comes_with_the_command_that_reads_it() -> None:
    access = replace(world(holds("Contributor", SUB)), deny_assignments=None)

    (row,) = advised(access, needs())

    assert row.kind is RecommendationKind.GIVE_EVIDENCE
    assert f"{SHOP}/providers/Microsoft.Authorization/denyAssignments" in row.commands["az"]


@pytest.mark.parametrize("condition", ["@Resource[x:y] BoolEquals true"])
def test_a_role_with_a_condition_of_its_own_is_no_candidate(condition: str) -> None:
    conditional = role("Aaa", WRITE_VM, condition=condition)
    access = replace(world(), role_definitions=(*BUILT_IN, conditional))

    assert conditional not in {row.role for row in advised(access, needs())}


def test_at_most_three_are_shown() -> None:
    assert len(advised(world(holds("Contributor", SHOP, SIBLING)), needs())) == 3
