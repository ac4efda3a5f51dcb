"""Diagnosis on top of the real authorization engine: small worlds, one cause each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from preflight.authorize.authorizer import Authorizer
from preflight.diagnose.diagnoser import Diagnosed, DiagnoseInput, diagnose
from preflight.model.access import (
    EVERYONE,
    AccessSnapshot,
    DenyAssignment,
    Lock,
    LockLevel,
    ManagementGroup,
    Principal,
    PrincipalType,
    RoleAssignment,
    RoleEligibility,
    Subscription,
    principal_id,
)
from preflight.model.action import Action, ActionPattern
from preflight.model.decision import Reason, Verdict
from preflight.model.diagnosis import Diagnosis, Level
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
HUB = "/subscriptions/22222222-2222-2222-2222-222222222222"
CORP = "/providers/Microsoft.Management/managementGroups/corp"
SHOP = f"{SUB}/resourceGroups/rg-shop"
VM = f"{SHOP}/providers/Microsoft.Compute/virtualMachines/vm"
SUBNET = f"{HUB}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet/subnets/pe"
WRITE_VM = "Microsoft.Compute/virtualMachines/write"
JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"

DEPLOYER = Principal(
    object_id=principal_id("deployer"),
    type=PrincipalType.SERVICE_PRINCIPAL,
    display_name="sp-deploy",
    member_of=frozenset({principal_id("platform")}),
)
SIBLING = Principal(
    object_id=principal_id("sibling"),
    type=PrincipalType.SERVICE_PRINCIPAL,
    display_name="sp-sibling",
    member_of=frozenset(),
)
PLATFORM = Principal(
    object_id=principal_id("platform"), type=PrincipalType.GROUP, display_name="grp-platform"
)
ALICE = Principal(object_id=principal_id("alice"), type=PrincipalType.USER, member_of=frozenset())


def role(name: str, *actions: str, but: Sequence[str] = ()) -> RoleDefinition:
    block = Permission(
        actions=tuple(ActionPattern(text) for text in actions),
        not_actions=tuple(ActionPattern(text) for text in but),
    )
    return RoleDefinition(id=RoleId(name.lower()), name=name, permissions=(block,))


CONTRIBUTOR = role("Contributor", "*", but=["Microsoft.Authorization/*/Write"])
READER = role("Reader", "*/read")
JOINER = role("Joiner", JOIN)


def holds(
    role_name: str, scope: str, principal: Principal = DEPLOYER, condition: str | None = None
) -> RoleAssignment:
    return RoleAssignment(
        id=f"{scope}/roleAssignments/{principal.object_id}-{role_name}".lower(),
        scope=Scope(scope),
        principal=principal.object_id,
        role=RoleId(role_name.lower()),
        principal_type=principal.type,
        condition=condition,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What makes a requirement interesting here."""

    action: str = WRITE_VM
    scope: str = VM
    kind: RequirementKind = RequirementKind.WRITE
    certainty: Certainty = Certainty.REQUIRED


def needs(action: str = WRITE_VM, scope: str = VM) -> Wanted:
    return Wanted(action=action, scope=scope)


def link(scope: str = SUBNET) -> Wanted:
    return Wanted(action=JOIN, scope=scope, kind=RequirementKind.LINK)


def world(*assignments: RoleAssignment) -> AccessSnapshot:
    return AccessSnapshot(
        scopes=(Scope.ROOT, Scope(SUB), Scope(HUB)),
        management_groups=(ManagementGroup(id=Scope(CORP)),),
        subscriptions=(
            Subscription(id=Scope(SUB), display_name="Prod", management_group=Scope(CORP)),
            Subscription(id=Scope(HUB), display_name="Hub", management_group=Scope(CORP)),
        ),
        principals=(DEPLOYER, SIBLING, PLATFORM, ALICE),
        role_definitions=(CONTRIBUTOR, READER, JOINER),
        role_assignments=assignments,
        deny_assignments=(),
        locks=(),
        eligibilities=(),
    )


def diagnosed(
    access: AccessSnapshot, *wanted: Wanted, principal: Principal = DEPLOYER, strict: bool = False
) -> Diagnosed:
    decider = Authorizer(access, principal)
    requirements = [
        Requirement(
            action=Action(row.action),
            scope=Scope(row.scope),
            certainty=row.certainty,
            kind=row.kind,
            why="a test",
            resource=Scope(row.scope),
        )
        for row in wanted
    ]
    decisions = [decider.decide(requirement) for requirement in requirements]
    evidence = DiagnoseInput(access=access, principal=principal, decider=decider, strict=strict)
    return diagnose(decisions, evidence)


def only(found: Diagnosed) -> Diagnosis:
    (diagnosis,) = found.diagnoses
    return diagnosis


def test_what_is_allowed_needs_no_diagnosis() -> None:
    assert diagnosed(world(holds("Contributor", SHOP)), needs()).diagnoses == ()


def test_an_assignment_at_a_sibling_is_the_near_miss() -> None:
    found = only(diagnosed(world(holds("Contributor", f"{SUB}/resourceGroups/rg-old")), needs()))

    assert found.reason is Reason.WRONG_SCOPE
    assert found.title == "Contributor is assigned at rg-old, not at rg-shop"
    assert found.near_miss is not None
    assert found.near_miss.lacks == "another resource group"
    assert found.anchor == Scope(SHOP)
    assert found.azure_says == "AuthorizationFailed"


def test_an_assignment_below_the_scope_does_not_reach_up() -> None:
    found = only(diagnosed(world(holds("Contributor", VM)), needs("Microsoft.X/y/write", SHOP)))

    assert found.reason is Reason.WRONG_SCOPE
    assert found.near_miss is not None
    assert found.near_miss.lacks == "a scope below it: assignments reach down, never up"


def test_a_role_that_lacks_the_action_says_where_it_stops() -> None:
    found = only(diagnosed(world(holds("Reader", SUB)), needs()))

    assert found.reason is Reason.ROLE_LACKS_ACTION
    assert found.title == f"Reader at sub Prod does not grant {WRITE_VM}"
    assert found.near_miss is not None
    assert found.near_miss.lacks == "it grants read on Microsoft.Compute/virtualMachines, not write"


def test_not_actions_are_named_with_their_pattern() -> None:
    action = "Microsoft.Authorization/roleAssignments/write"
    found = only(diagnosed(world(holds("Contributor", SUB)), needs(action)))

    assert found.reason is Reason.EXCLUDED_BY_NOT_ACTIONS
    assert found.near_miss is not None
    assert (
        found.near_miss.lacks == "notActions Microsoft.Authorization/*/Write takes the action away"
    )


def test_of_several_permission_blocks_the_one_that_excludes_is_numbered() -> None:
    action = "Microsoft.Authorization/locks/write"
    reader, contributor = READER.permissions[0], CONTRIBUTOR.permissions[0]
    both = RoleDefinition(id=RoleId("both"), name="Both", permissions=(reader, contributor))
    access = replace(world(holds("Both", SUB)), role_definitions=(both,))

    found = only(diagnosed(access, needs(action)))

    assert found.near_miss is not None
    assert "of its permission block 2" in found.near_miss.lacks


def test_the_ladder_is_printed_from_the_top_with_what_is_held_through_groups() -> None:
    access = world(holds("Reader", CORP, PLATFORM), holds("Joiner", SHOP))

    found = only(diagnosed(access, needs()))

    assert [rung.label for rung in found.rungs] == ["/", "mg corp", "sub Prod", "rg-shop", "vm"]
    held = [[(row.role_name, row.via) for row in rung.holds] for rung in found.rungs]
    assert held == [[], [("Reader", "grp-platform")], [], [("Joiner", "direct")], []]


def test_a_link_answers_with_its_own_code_and_anchor() -> None:
    access = replace(world(holds("Contributor", SHOP)), resources=(Scope(SUBNET),))

    found = only(diagnosed(access, link()))

    assert found.azure_says == "LinkedAuthorizationFailed"
    assert found.anchor == Scope(SUBNET)
    assert found.near_miss is not None
    assert found.near_miss.lacks == "another subscription"


def deny_all(scope: str) -> DenyAssignment:
    return DenyAssignment(
        id=f"{scope}/denyAssignments/d",
        name="stack\nsays no",
        scope=Scope(scope),
        permissions=(Permission(actions=(ActionPattern("*/write"),)),),
        principals=frozenset({EVERYONE}),
        excluded=frozenset({SIBLING.object_id}),
    )


def test_a_deny_assignment_is_one_finding_and_stands_on_its_rung() -> None:
    deny = deny_all(SHOP)
    access = replace(world(holds("Contributor", SUB)), deny_assignments=(deny,))

    found = only(diagnosed(access, needs(), needs("Microsoft.X/y/write", f"{SHOP}/y")))

    assert found.reason is Reason.DENY_ASSIGNMENT
    assert len(found.decisions) == 2
    assert found.azure_says == "DenyAssignmentAuthorizationFailed"
    assert "\n" not in found.text
    assert "stack says no" in found.text
    assert "excluded from it: 1" in found.text
    assert [bool(rung.deny_assignments) for rung in found.rungs] == [False] * 3 + [True, False]
    assert found.near_miss is not None
    assert found.near_miss.lacks == "a deny assignment overrides it"


def test_a_lock_stops_everybody() -> None:
    lock = Lock(id="l", name="keep", scope=Scope(SHOP), level=LockLevel.READ_ONLY)
    access = replace(world(holds("Contributor", SUB)), locks=(lock,))

    found = only(diagnosed(access, needs()))

    assert (found.reason, found.azure_says) == (Reason.SCOPE_LOCKED, "ScopeLocked")
    assert found.title == f"a ReadOnly lock at rg-shop blocks {WRITE_VM}"


def test_an_eligible_role_is_one_finding_over_all_its_places() -> None:
    row = RoleEligibility(id="e", scope=Scope(SUB), principal=ALICE.object_id, role=CONTRIBUTOR.id)
    access = replace(world(), eligibilities=(row,))
    wanted = [needs("Microsoft.X/y/write", f"{SUB}/resourceGroups/rg-{n}/y") for n in range(5)]

    found = only(diagnosed(access, *wanted, principal=ALICE))

    assert found.reason is Reason.ELIGIBLE_NOT_ACTIVE
    assert found.title == "Contributor at sub Prod is eligible, not active"
    assert len(found.decisions) == 5
    assert found.anchor == Scope(SUB)


def test_nothing_at_all_is_held() -> None:
    found = only(diagnosed(world(), needs()))

    assert (found.reason, found.near_miss) == (Reason.NO_ASSIGNMENT, None)
    assert found.title == "sp-deploy holds nothing on the ladder of Prod / rg-shop"


def test_another_principal_that_holds_everything_is_named() -> None:
    access = world(holds("Contributor", SHOP, SIBLING))

    result = diagnosed(access, needs(), needs("Microsoft.X/y/write", f"{SHOP}/y"))

    found = only(result)
    assert found.reason is Reason.WRONG_PRINCIPAL
    assert found.near_miss is not None
    assert found.near_miss.principal == SIBLING
    assert found.title == ("another service principal holds what sp-deploy lacks at Prod / rg-shop")
    assert [row.reason for row in result.decisions] == [Reason.WRONG_PRINCIPAL] * 2
    assert [row.verdict for row in result.decisions] == [Verdict.DENIED] * 2


@pytest.mark.parametrize(
    "assignments",
    [
        pytest.param([holds("Contributor", CORP, SIBLING)], id="above the subscription"),
        pytest.param([holds("Contributor", SHOP, ALICE)], id="of another type"),
        pytest.param([holds("Contributor", f"{SHOP}-2", SIBLING)], id="elsewhere"),
        pytest.param([holds("Joiner", SHOP, SIBLING)], id="not this action"),
        pytest.param([holds("Contributor", VM, SIBLING)], id="not all of it"),
    ],
)
def test_a_principal_that_does_not_hold_all_of_it_directly_is_not_named(
    assignments: list[RoleAssignment],
) -> None:
    result = diagnosed(world(*assignments), needs(), needs("Microsoft.X/y/write", f"{SHOP}/y"))

    assert only(result).reason is Reason.NO_ASSIGNMENT


def test_a_principal_that_is_denied_itself_is_not_named() -> None:
    blocked = replace(
        deny_all(SHOP), principals=frozenset({SIBLING.object_id}), excluded=frozenset()
    )
    access = replace(world(holds("Contributor", SHOP, SIBLING)), deny_assignments=(blocked,))

    assert only(diagnosed(access, needs())).reason is Reason.NO_ASSIGNMENT


def test_a_principal_of_unknown_type_is_compared_with_users_and_service_principals() -> None:
    stranger = Principal(object_id=principal_id("stranger"), member_of=frozenset())
    access = world(holds("Contributor", SHOP, SIBLING))

    assert only(diagnosed(access, needs(), principal=stranger)).reason is Reason.WRONG_PRINCIPAL


def test_someone_who_holds_anything_on_the_ladder_is_not_the_wrong_principal() -> None:
    access = world(holds("Reader", SUB), holds("Contributor", SHOP, SIBLING))

    assert only(diagnosed(access, needs())).reason is Reason.ROLE_LACKS_ACTION


def test_findings_come_by_level_and_name_what_they_weigh() -> None:
    possible = Wanted(certainty=Certainty.POSSIBLE)
    conditional = Wanted(scope=SUBNET, certainty=Certainty.CONDITIONAL)

    found = diagnosed(world(), possible, conditional, needs())

    assert [(row.level, row.reason) for row in found.diagnoses] == [
        (Level.ERROR, Reason.NO_ASSIGNMENT),
        (Level.WARNING, Reason.NO_ASSIGNMENT),
        (Level.NOTE, Reason.NO_ASSIGNMENT),
    ]


def test_possible_requirements_weigh_under_strict() -> None:
    possible = Wanted(certainty=Certainty.POSSIBLE)

    assert only(diagnosed(world(), possible, strict=True)).level is Level.ERROR


def test_what_was_not_read_is_one_open_finding_per_place_with_what_settles_it() -> None:
    access = replace(world(holds("Contributor", SUB)), deny_assignments=None)

    result = diagnosed(access, needs(), needs("Microsoft.X/y/write", f"{SHOP}/y"))

    found = only(result)
    assert (found.reason, found.level) == (Reason.EVIDENCE_UNREADABLE, Level.WARNING)
    assert found.settle is not None
    assert "denyAssignments" in found.settle.what
    assert "Prod / rg-shop" in found.settle.what
    assert "vm" not in found.settle.what
    assert found.azure_says == ""


def test_decisions_keep_their_order() -> None:
    access = world(holds("Contributor", SHOP, SIBLING))
    wanted = [needs(), link(), needs("Microsoft.X/y/write", f"{SHOP}/y")]

    result = diagnosed(access, *wanted)

    assert [row.requirement.scope.text for row in result.decisions] == [w.scope for w in wanted]
    assert [row.reason for row in result.decisions] == [
        Reason.WRONG_PRINCIPAL,
        Reason.NO_ASSIGNMENT,
        Reason.WRONG_PRINCIPAL,
    ]


def test_hostile_names_stay_on_one_line() -> None:
    evil = replace(DEPLOYER, display_name="sp\r\n::error::\u2028x")
    scope = f"{SUB}/resourceGroups/rg\n\x1b[2J/providers/M.X/y/z"

    found = only(diagnosed(world(), needs(scope=scope), principal=evil))

    for text in (found.title, found.text, *(rung.label for rung in found.rungs)):
        assert text.isprintable()


def test_a_scope_of_ten_thousand_segments_is_explained_with_a_short_ladder() -> None:
    deep = f"{SHOP}/providers/M.X" + "/a/b" * 5000

    found = only(diagnosed(world(), needs(scope=deep)))

    assert len(found.rungs) <= 40
    assert len(found.text) <= 600
