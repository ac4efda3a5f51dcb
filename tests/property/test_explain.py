"""A denial that we decided, told in any wording of Azure, is explained as the same denial."""

from __future__ import annotations

import html
import json
import textwrap
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import preflight
from preflight.api import GateSettings, gate
from preflight.model.access import (
    EVERYONE,
    AccessSnapshot,
    DenyAssignment,
    Principal,
    PrincipalType,
    RoleAssignment,
    RoleEligibility,
    Subscription,
    principal_id,
)
from preflight.model.action import Action, ActionPattern
from preflight.model.decision import Decision, Reason, Verdict
from preflight.model.explanation import DenialKind
from preflight.model.requirement import Certainty, Derivation, Requirement, RequirementKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope

SUB = "/subscriptions/11111111-1111-4111-8111-000000000001"
HUB = "/subscriptions/11111111-1111-4111-8111-000000000002"
SCOPES = (
    f"{SUB}/resourceGroups/rg-a/providers/Microsoft.Web/sites/app",
    f"{SUB}/resourcegroups/rg-b",
    f"{HUB}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
)
PLACES = (SUB, HUB, f"{SUB}/resourceGroups/rg-a", f"{SUB}/resourceGroups/rg-other", *SCOPES)
ACTIONS = (
    "Microsoft.Web/sites/write",
    "Microsoft.Network/virtualNetworks/subnets/join/action",
    "Microsoft.Authorization/roleAssignments/write",
)
CALLER = Principal(
    object_id=principal_id("22222222-2222-4222-8222-000000000001"),
    type=PrincipalType.SERVICE_PRINCIPAL,
    app_id="33333333-3333-4333-8333-000000000001",
    display_name="sp-app",
    member_of=frozenset(),
)
OTHER = replace(
    CALLER,
    object_id=principal_id("22222222-2222-4222-8222-000000000002"),
    app_id="33333333-3333-4333-8333-000000000002",
    display_name="sp-other",
)
ROLES = (
    RoleDefinition(
        id=RoleId("reader"),
        name="Reader",
        permissions=(Permission(actions=(ActionPattern("*/read"),)),),
    ),
    RoleDefinition(
        id=RoleId("contributor"),
        name="Contributor",
        permissions=(
            Permission(
                actions=(ActionPattern("*"),),
                not_actions=(ActionPattern("Microsoft.Authorization/*/write"),),
            ),
        ),
    ),
)
ROLE_NAMES = ("reader", "contributor")
WHOLE = (Permission(actions=(ActionPattern("*"),)),)
BOILERPLATE = (
    "or the scope is invalid. If access was recently granted, please refresh your credentials."
)

rows = st.builds(
    lambda who, role, scope, number: RoleAssignment(
        id=f"{scope}/providers/Microsoft.Authorization/roleAssignments/{number}",
        scope=Scope(scope),
        principal=who.object_id,
        role=RoleId(role),
        principal_type=PrincipalType.SERVICE_PRINCIPAL,
    ),
    st.sampled_from((CALLER, OTHER)),
    st.sampled_from(ROLE_NAMES),
    st.sampled_from(PLACES),
    st.uuids(),
)
eligible = st.builds(
    lambda role, scope: RoleEligibility(
        id=f"{scope}/eligible/{role}",
        scope=Scope(scope),
        principal=CALLER.object_id,
        role=RoleId(role),
        principal_type=PrincipalType.SERVICE_PRINCIPAL,
    ),
    st.sampled_from(ROLE_NAMES),
    st.sampled_from(PLACES),
)
denies = st.builds(
    lambda scope: DenyAssignment(
        id=f"{scope}/providers/Microsoft.Authorization/denyAssignments/d",
        name="Deny assignment 'x' created by Deployment Stack 'y'",
        scope=Scope(scope),
        permissions=WHOLE,
        principals=frozenset({EVERYONE}),
        excluded=frozenset(),
    ),
    st.sampled_from(PLACES),
)
worlds = st.builds(
    lambda assignments, eligibilities, deny: AccessSnapshot(
        scopes=(Scope(SUB), Scope(HUB)),
        subscriptions=(Subscription(id=Scope(SUB)), Subscription(id=Scope(HUB))),
        principals=(CALLER, OTHER),
        role_definitions=ROLES,
        role_assignments=tuple(assignments),
        deny_assignments=tuple(deny),
        eligibilities=tuple(eligibilities),
        locks=(),
        providers=(),
        management_groups=(),
    ),
    st.lists(rows, max_size=3),
    st.lists(eligible, max_size=1),
    st.lists(denies, max_size=1),
)
needs = st.builds(
    lambda action, scope, linked: Requirement(
        action=Action(action),
        scope=Scope(scope),
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.LINK if linked else RequirementKind.WRITE,
        why="asked",
        resource=Scope(scope),
    ),
    st.sampled_from(ACTIONS),
    st.sampled_from(SCOPES),
    st.booleans(),
)


def decided(world: AccessSnapshot, need: Requirement) -> Decision:
    derivation = Derivation(source="x", scope=need.scope, resources=(), requirements=(need,))
    report = gate(derivation, world, GateSettings(principal=CALLER.object_id))
    return report.rows[0].decision


def who() -> str:
    return f"The client '{CALLER.app_id}' with object id '{CALLER.object_id}'"


def sentence(decision: Decision, tail: str) -> str:
    """Tell a denial as Azure would."""
    need = decision.requirement
    action, scope = need.action.text, need.scope.text
    if decision.reason is Reason.DENY_ASSIGNMENT:
        deny = next(row for row in decision.evidence if isinstance(row, DenyAssignment))
        return (
            f"{who()} has permission to perform action '{action}' on scope '{scope}'; however, the "
            f"access is denied because of the deny assignment with name '{deny.name}' and Id "
            f"'0123456789abcdef' at scope '{deny.scope.text}'."
        )
    if need.kind is RequirementKind.LINK:
        return (
            f"{who()} has permission to perform action 'Microsoft.X/y/write' on scope '{SUB}/x'; "
            f"however, it does not have permission to perform action(s) '{action}' on the linked "
            f"scope(s) '{scope}' (respectively) or the linked scope(s) are invalid."
        )
    return (
        f"{who()} does not have authorization to perform action '{action}' over scope '{scope}'"
        f"{tail}"
    )


def preflight_sentence(decision: Decision) -> str:
    need = decision.requirement
    return (
        f"Authorization failed for template resource 'n' of type 'T'. {who()} does not have "
        f"permission to perform action '{need.action.text}' at scope '{need.scope.text}'."
    )


def plain(text: str) -> str:
    return f"ERROR: (AuthorizationFailed) {text}\nCode: AuthorizationFailed\nMessage: {text}"


def in_json(text: str) -> str:
    inner = json.dumps({"error": {"code": "AuthorizationFailed", "message": text}}, indent=2)
    details = [{"code": "Forbidden", "message": inner.replace("\n", "\r\n")}]
    return json.dumps({"error": {"code": "DeploymentFailed", "details": details}}, indent=2)


def in_box(text: str) -> str:
    lines = textwrap.wrap(f"Error: unexpected status 403 with error: {text}", 76)
    return "╷\n" + "\n".join(f"│ {line}" for line in lines) + "\n╵"


def in_log(text: str) -> str:
    return "".join(
        f"2026-11-24T10:00:00.{number:07d}Z \x1b[31m{line}\x1b[0m\n"
        for number, line in enumerate(textwrap.wrap(text, 90, break_on_hyphens=False))
    )


def in_html(text: str) -> str:
    return f"<pre>{html.escape(text)}</pre>"


def smart(text: str) -> str:
    return "\u201c" + text.replace(" '", " \u2018").replace("'", "\u2019") + "\u201d"


FRAMES: tuple[Callable[[str], str], ...] = (plain, in_json, in_box, in_log, in_html, smart)
frames = st.sampled_from(FRAMES)
tails = st.sampled_from((f" {BOILERPLATE}", "."))


@settings(max_examples=40)
@given(world=worlds, need=needs, frame=frames, tail=tails, first=st.booleans())
def test_a_denial_told_is_the_denial_explained(
    world: AccessSnapshot, need: Requirement, frame: Callable[[str], str], tail: str, *, first: bool
) -> None:
    decision = decided(world, need)
    if decision.verdict is not Verdict.DENIED:
        return
    plainly = need.kind is not RequirementKind.LINK
    early = first and plainly and decision.reason is not Reason.DENY_ASSIGNMENT
    text = preflight_sentence(decision) if early else sentence(decision, tail)

    explained = preflight.explain(frame(text), world)

    (row,) = explained.denials
    assert row.denial.action == need.action.text
    assert row.denial.scope == need.scope.text
    assert (row.denial.client, row.denial.object_id) == (CALLER.app_id, CALLER.object_id)
    assert row.finding is not None
    found = row.finding.diagnosis.decisions[0]
    assert (found.verdict, found.reason) == (Verdict.DENIED, decision.reason)
    assert found.requirement.key == need.key
    assert row.causes[0].reason == decision.reason.value


def test_the_worlds_reach_the_reasons_that_rbac_knows() -> None:
    """Each reason that a sentence with an action can stand for, in one world that denies so."""
    need = Requirement(
        action=Action(ACTIONS[0]),
        scope=Scope(SCOPES[0]),
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.WRITE,
        why="asked",
        resource=Scope(SCOPES[0]),
    )

    def held(role: str, scope: str, who: Principal = CALLER) -> RoleAssignment:
        return RoleAssignment(
            id=f"{scope}/providers/Microsoft.Authorization/roleAssignments/1",
            scope=Scope(scope),
            principal=who.object_id,
            role=RoleId(role),
            principal_type=PrincipalType.SERVICE_PRINCIPAL,
        )

    empty = AccessSnapshot(
        scopes=(Scope(SUB), Scope(HUB)),
        principals=(CALLER, OTHER),
        role_definitions=ROLES,
        role_assignments=(),
        deny_assignments=(),
        eligibilities=(),
    )
    other_group = f"{SUB}/resourceGroups/rg-other"
    deny = DenyAssignment(
        id=f"{SUB}/d",
        name="stack",
        scope=Scope(SUB),
        permissions=WHOLE,
        principals=frozenset({EVERYONE}),
        excluded=frozenset(),
    )
    can = RoleEligibility(
        id="e", scope=Scope(SUB), principal=CALLER.object_id, role=RoleId("contributor")
    )
    of_roles = replace(need, action=Action(ACTIONS[2]))
    contributor = (held("contributor", SUB),)
    cases = {
        Reason.NO_ASSIGNMENT: (empty, need),
        Reason.ROLE_LACKS_ACTION: (replace(empty, role_assignments=(held("reader", SUB),)), need),
        Reason.WRONG_SCOPE: (
            replace(empty, role_assignments=(held("contributor", other_group),)),
            need,
        ),
        Reason.WRONG_PRINCIPAL: (
            replace(empty, role_assignments=(held("contributor", SUB, OTHER),)),
            need,
        ),
        Reason.DENY_ASSIGNMENT: (
            replace(empty, role_assignments=contributor, deny_assignments=(deny,)),
            need,
        ),
        Reason.ELIGIBLE_NOT_ACTIVE: (replace(empty, eligibilities=(can,)), need),
        Reason.EXCLUDED_BY_NOT_ACTIONS: (replace(empty, role_assignments=contributor), of_roles),
    }
    for reason, (world, asked) in cases.items():
        decision = decided(world, asked)
        told = sentence(decision, f" {BOILERPLATE}")
        final = preflight.explain(told, world).denials[0]

        assert final.causes[0].reason == reason.value, reason
        assert final.causes[0].proven


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        (
            (
                "ScopeLocked: The scope '/subscriptions/1/resourceGroups/a' cannot perform delete "
                "operation because following scope(s) are locked: '/subscriptions/1'. Please "
                "remove the lock and try again."
            ),
            DenialKind.SCOPE_LOCKED,
            Reason.SCOPE_LOCKED,
        ),
        (
            "RequestDisallowedByPolicy: Resource 'st' was disallowed by policy.",
            DenialKind.POLICY_DENIED,
            Reason.POLICY_DENIES,
        ),
        (
            '{"code":"RoleAssignmentExists","message":"The role assignment already exists."}',
            DenialKind.CONFLICT,
            Reason.ROLE_ASSIGNMENT_CONFLICT,
        ),
        (
            (
                "(MissingSubscriptionRegistration) The subscription is not registered to use "
                "namespace 'Microsoft.Web'."
            ),
            DenialKind.PROVIDER_NOT_REGISTERED,
            Reason.PROVIDER_NOT_REGISTERED,
        ),
        (
            (
                f"{who()} has an authorization with ABAC condition that is not fulfilled to "
                "perform action 'Microsoft.Authorization/roleAssignments/write' over scope "
                "'/subscriptions/1' or the scope is invalid."
            ),
            DenialKind.CONDITION_NOT_MET,
            Reason.CONDITION_NOT_MET,
        ),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else "",
)
def test_what_names_itself_is_believed(text: str, kind: DenialKind, reason: Reason) -> None:
    explained = preflight.explain(text)

    causes = explained.causes or explained.denials[0].causes
    assert explained.text.kind is kind
    assert (causes[0].reason, causes[0].proven) == (reason.value, True)


@given(text=st.text(max_size=400))
def test_any_text_is_read_without_an_error(text: str) -> None:
    explained = preflight.explain(text)

    assert {row.denial.action in text.replace("\n", "") for row in explained.denials} <= {True}


@settings(max_examples=60)
@given(cut=st.integers(0, 600), frame=frames)
def test_a_cut_text_never_invents_an_action_or_a_scope(
    cut: int, frame: Callable[[str], str]
) -> None:
    text = frame(
        f"{who()} does not have authorization to perform action '{ACTIONS[0]}' over scope "
        f"'{SCOPES[0]}' {BOILERPLATE}"
    )

    for row in preflight.explain(text[:cut]).denials:
        assert row.denial.action == ACTIONS[0]
        assert row.denial.scope in {None, SCOPES[0]}
        assert row.denial.object_id in {None, str(CALLER.object_id)}
