"""Title and text per reason, from facts alone."""

from dataclasses import replace

import pytest

from preflight.diagnose.facts import Facts, listed, things
from preflight.diagnose.grouping import Group
from preflight.diagnose.wording import words
from preflight.model.access import (
    AccessSnapshot,
    Principal,
    PrincipalType,
    RoleEligibility,
    principal_id,
)
from preflight.model.action import Action
from preflight.model.decision import Decision, Reason, Verdict
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import RoleId
from preflight.model.scope import Scope

SHOP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop"
DEPLOYER = Principal(
    object_id=principal_id("deployer"),
    type=PrincipalType.SERVICE_PRINCIPAL,
    display_name="sp-deploy",
)
ELIGIBLE = RoleEligibility(
    id="e", scope=Scope(SHOP), principal=DEPLOYER.object_id, role=RoleId("r")
)


def facts(
    reason: Reason,
    verdict: Verdict = Verdict.DENIED,
    *,
    detail: str = "",
    kind: RequirementKind = RequirementKind.WRITE,
    action: str = "Microsoft.X/y/write",
) -> Facts:
    requirement = Requirement(
        action=Action(action),
        scope=Scope(SHOP),
        certainty=Certainty.REQUIRED,
        kind=kind,
        why="a test",
        resource=Scope(f"{SHOP}/providers/Microsoft.X/y/z"),
    )
    decision = Decision(requirement=requirement, verdict=verdict, reason=reason, detail=detail)
    found = Group(reason=reason, verdict=verdict, certain=True, decisions=(decision,), indexes=(0,))
    return Facts(
        group=found, place=Scope(SHOP), subject=DEPLOYER, near=None, access=AccessSnapshot()
    )


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_reason_has_words_even_without_evidence(reason: Reason, verdict: Verdict) -> None:
    said = words(facts(reason, verdict))

    for text in said:
        assert text.strip() != ""
        assert text.isprintable()


def test_the_detail_of_an_open_answer_stands_in_its_title() -> None:
    said = words(facts(Reason.SCOPE_UNKNOWN, Verdict.UNDETERMINED, detail="give -p\nname=VALUE"))

    assert said.title == "the scope is not known before the rollout: give -p name=VALUE"


def test_a_clause_that_is_not_met_is_quoted() -> None:
    said = words(facts(Reason.CONDITION_NOT_MET, detail="`@Request[…]`"))

    assert (
        said.text == "sp-deploy holds Microsoft.X/y/write only under that condition: `@Request[…]`"
    )


def test_providers_that_are_not_registered_are_named() -> None:
    register = facts(
        Reason.PROVIDER_NOT_REGISTERED,
        kind=RequirementKind.REGISTER,
        action="Microsoft.Web/register/action",
    )

    assert words(register).title == "Microsoft.Web not registered in rg-shop"
    assert words(facts(Reason.PROVIDER_NOT_REGISTERED)).title.startswith("Microsoft.X not")


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        (PrincipalType.USER, "it grants nothing until it is activated"),
        (PrincipalType.SERVICE_PRINCIPAL, "only a user can activate a role"),
    ],
)
def test_only_a_user_is_told_to_activate(kind: PrincipalType, hint: str) -> None:
    base = facts(Reason.ELIGIBLE_NOT_ACTIVE)
    eligible = replace(
        base, group=replace(base.group, cause=ELIGIBLE), subject=replace(DEPLOYER, type=kind)
    )

    assert words(eligible).text.endswith(hint)


def test_several_actions_are_counted_once_each() -> None:
    one, two = Action("M.X/y/write"), Action("M.X/y/read")

    assert things((one, Action("m.x/Y/write"))) == "M.X/y/write"
    assert things((one, two, one)) == "2 actions"


def test_a_list_of_names_is_cut_and_says_so() -> None:
    assert listed(["a", "b", "a"]) == "a, b"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
