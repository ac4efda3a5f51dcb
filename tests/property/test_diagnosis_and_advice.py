"""Random small worlds: what is said follows the facts, and what is called proven works."""

import shlex
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.access.snapshot_file import dump_snapshot, parse_snapshot
from preflight.advise.candidates import AdviseInput, advise
from preflight.advise.role_index import Need, RoleIndex
from preflight.authorize.authorizer import Authorizer
from preflight.diagnose.diagnoser import Diagnosed, DiagnoseInput, diagnose
from preflight.model.access import (
    EVERYONE,
    AccessSnapshot,
    DenyAssignment,
    ManagementGroup,
    Principal,
    PrincipalType,
    RoleAssignment,
    RoleEligibility,
    Subscription,
    principal_id,
)
from preflight.model.action import Action, ActionPattern
from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.decision import Reason, Verdict
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope
from preflight.model.truth import Truth

ROOT = "/"
CORP = "/providers/Microsoft.Management/managementGroups/corp"
SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
HUB = "/subscriptions/22222222-2222-2222-2222-222222222222"
GROUPS = (f"{SUB}/resourceGroups/rg-a", f"{SUB}/resourceGroups/rg-b", f"{HUB}/resourceGroups/rg-a")
RESOURCES = tuple(f"{group}/providers/Microsoft.X/y/z" for group in GROUPS)
SCOPES = (ROOT, CORP, SUB, HUB, *GROUPS, *RESOURCES)
VERBS = ("Microsoft.X/y/read", "Microsoft.X/y/write", "Microsoft.X/y/delete", "Microsoft.Z/q/write")

DEPLOYER = Principal(
    object_id=principal_id("00000000-0000-4000-8000-0000000000d0"),
    type=PrincipalType.SERVICE_PRINCIPAL,
    member_of=frozenset({principal_id("00000000-0000-4000-8000-0000000000aa")}),
)
OTHER = Principal(
    object_id=principal_id("00000000-0000-4000-8000-0000000000e0"),
    type=PrincipalType.SERVICE_PRINCIPAL,
    member_of=frozenset(),
)
TEAM = Principal(
    object_id=principal_id("00000000-0000-4000-8000-0000000000aa"), type=PrincipalType.GROUP
)
PRINCIPALS = (DEPLOYER, OTHER, TEAM)


def role(name: str, *actions: str, but: tuple[str, ...] = ()) -> RoleDefinition:
    block = Permission(
        actions=tuple(ActionPattern(text) for text in actions),
        not_actions=tuple(ActionPattern(text) for text in but),
    )
    return RoleDefinition(id=RoleId(name.lower()), name=name, permissions=(block,))


OWNER = role("Owner", "*")
CONTRIBUTOR = role("Contributor", "*", but=("Microsoft.Authorization/*",))
READER = role("Reader", "*/read")
WRITER = role("Writer", "Microsoft.X/y/write", "Microsoft.X/y/read")
ROLES = (OWNER, CONTRIBUTOR, READER, WRITER)


@dataclass(frozen=True)
class Catalog:
    """A catalogue as small as the worlds are."""

    roles: tuple[RoleDefinition, ...] = ROLES

    def knows(self, action: Action) -> bool:
        return action.text in VERBS

    def spelled(self, action: str) -> str:
        return action

    def actions(self) -> tuple[str, ...]:
        return VERBS

    def role_wildcard(self, action: Action) -> str | None:
        del action
        return None


def assignment(definition: RoleDefinition, scope: str, who: Principal) -> RoleAssignment:
    return RoleAssignment(
        id=f"{scope}/{definition.id}/{who.object_id}",
        scope=Scope(scope),
        principal=who.object_id,
        role=definition.id,
        principal_type=who.type,
    )


def needs(action: str, scope: str, certainty: Certainty = Certainty.REQUIRED) -> Requirement:
    return Requirement(
        action=Action(action),
        scope=Scope(scope),
        certainty=certainty,
        kind=RequirementKind.WRITE,
        why="a test",
        resource=Scope(scope),
    )


def snapshot(*assignments: RoleAssignment) -> AccessSnapshot:
    return AccessSnapshot(
        scopes=(Scope.ROOT, Scope(SUB), Scope(HUB)),
        management_groups=(ManagementGroup(id=Scope(CORP)),),
        subscriptions=tuple(
            Subscription(id=Scope(text), management_group=Scope(CORP)) for text in (SUB, HUB)
        ),
        principals=PRINCIPALS,
        role_definitions=ROLES,
        role_assignments=assignments,
        deny_assignments=(),
        locks=(),
        eligibilities=(),
    )


assignments = st.builds(
    assignment,
    st.sampled_from(ROLES),
    st.sampled_from(SCOPES),
    st.sampled_from(PRINCIPALS),
)
denies = st.builds(
    lambda scope, action, who, excluded: DenyAssignment(
        id=f"{scope}/deny/{action}/{who}",
        name="deny",
        scope=Scope(scope),
        permissions=(Permission(actions=(ActionPattern(action),)),),
        principals=frozenset({who}),
        excluded=frozenset(excluded),
    ),
    st.sampled_from(SCOPES),
    st.sampled_from(["*", "*/write", "Microsoft.X/y/delete"]),
    st.sampled_from([EVERYONE, DEPLOYER.object_id, TEAM.object_id]),
    st.sets(st.sampled_from([DEPLOYER.object_id, TEAM.object_id]), max_size=1),
)
eligibilities = st.builds(
    lambda definition, scope, who: RoleEligibility(
        id=f"{scope}/eligible/{definition.id}",
        scope=Scope(scope),
        principal=who.object_id,
        role=definition.id,
    ),
    st.sampled_from(ROLES),
    st.sampled_from(SCOPES),
    st.sampled_from([DEPLOYER, TEAM]),
)
worlds = st.builds(
    lambda rows, blocks, eligible: replace(
        snapshot(*dict.fromkeys(rows)),
        deny_assignments=tuple(blocks),
        eligibilities=tuple(eligible),
    ),
    st.lists(assignments, max_size=5),
    st.lists(denies, max_size=2),
    st.lists(eligibilities, max_size=1),
)
requirements = st.lists(
    st.builds(
        needs,
        st.sampled_from(VERBS),
        st.sampled_from([CORP, SUB, *GROUPS, *RESOURCES]),
        st.sampled_from(Certainty),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row.key,
)
deployers = st.sampled_from([DEPLOYER, replace(DEPLOYER, type=PrincipalType.USER)])


def explained(
    access: AccessSnapshot, wanted: list[Requirement], who: Principal
) -> tuple[Diagnosed, tuple[tuple[Recommendation, ...], ...]]:
    decider = Authorizer(access, who)
    decisions = [decider.decide(requirement) for requirement in wanted]
    found = diagnose(decisions, DiagnoseInput(access=access, principal=who, decider=decider))
    evidence = AdviseInput(access=access, principal=who, catalog=Catalog(), decider=decider)
    return found, advise(found.diagnoses, evidence)


@given(worlds, requirements, deployers)
def test_every_decision_that_is_not_plainly_allowed_has_one_diagnosis(
    access: AccessSnapshot, wanted: list[Requirement], who: Principal
) -> None:
    found, _ = explained(access, wanted, who)

    assert [row.requirement for row in found.decisions] == wanted
    open_ones = [row for row in found.decisions if row.verdict is not Verdict.ALLOWED]
    diagnosed = [row for diagnosis in found.diagnoses for row in diagnosis.decisions]
    blocked = [row for row in diagnosed if row.verdict is not Verdict.ALLOWED]
    assert sorted(map(id, blocked)) == sorted(map(id, open_ones))
    for diagnosis in found.diagnoses:
        for row in diagnosis.decisions:
            assert diagnosis.reason in (row.reason, *row.warnings)


def applied(access: AccessSnapshot, row: Recommendation, who: Principal) -> AccessSnapshot:
    """Write what a recommendation says into the snapshot, as somebody would do it in Azure."""
    if row.kind is RecommendationKind.EXCLUDE_FROM_DENY:
        return replace(
            access,
            deny_assignments=tuple(
                replace(deny, excluded=deny.excluded | {who.object_id})
                for deny in access.deny_assignments or ()
            ),
        )
    if row.role is None or row.scope is None:
        return access
    made = replace(assignment(row.role, row.scope.text, who), condition=row.condition)
    known = {definition.id: definition for definition in access.role_definitions or ()}
    return replace(
        access,
        role_definitions=tuple({**known, row.role.id: row.role}.values()),
        role_assignments=(*(access.role_assignments or ()), made),
    )


@given(worlds, requirements, deployers)
def test_what_is_proven_makes_its_whole_finding_allowed(
    access: AccessSnapshot, wanted: list[Requirement], who: Principal
) -> None:
    found, advice = explained(access, wanted, who)

    for diagnosis, rows in zip(found.diagnoses, advice, strict=True):
        for row in rows:
            assert [d.requirement for d in diagnosis.decisions] == list(row.closes)
            if not row.proven:
                continue
            holder = who
            if row.kind is RecommendationKind.USE_PRINCIPAL:
                holder = next(p for p in PRINCIPALS if p.object_id == row.principal)
            again = Authorizer(applied(access, row, who), holder)
            verdicts = {again.decide(requirement).verdict for requirement in row.closes}
            assert verdicts == {Verdict.ALLOWED}


def written_and_read(access: AccessSnapshot) -> AccessSnapshot:
    """Write a snapshot as its file and load that afresh."""
    return parse_snapshot(dump_snapshot(access))


@given(worlds, requirements, deployers)
def test_what_is_proven_works_once_it_is_written_into_the_file(
    access: AccessSnapshot, wanted: list[Requirement], who: Principal
) -> None:
    _, advice = explained(access, wanted, who)

    for row in (row for rows in advice for row in rows if row.proven):
        holder = row.principal if row.kind is RecommendationKind.USE_PRINCIPAL else who.object_id
        loaded = written_and_read(applied(access, row, who))
        listed = next(found for found in loaded.principals if found.object_id == holder)
        again = Authorizer(loaded, replace(listed, type=who.type))
        verdicts = {again.decide(requirement).verdict for requirement in row.closes}
        assert verdicts == {Verdict.ALLOWED}


@given(worlds, requirements)
def test_no_grant_opens_more_than_a_narrower_one_of_its_kind(
    access: AccessSnapshot, wanted: list[Requirement]
) -> None:
    _, advice = explained(access, wanted, DEPLOYER)

    for rows in advice:
        for row in rows:
            if row.kind is not RecommendationKind.ASSIGN_ROLE or row.role is None:
                continue
            needed = [requirement.action for requirement in row.closes]
            fitting = [role for role in ROLES if all(opens(role, action) for action in needed)]
            assert row.role in fitting
            assert size(row.role) == min(size(role) for role in fitting)


def opens(definition: RoleDefinition, action: Action) -> bool:
    return definition.grants(action) is Truth.TRUE


def size(definition: RoleDefinition) -> int:
    return sum(opens(definition, Action(text)) for text in VERBS)


@given(
    st.sampled_from(GROUPS),
    st.sampled_from(GROUPS),
    st.sampled_from([OWNER, CONTRIBUTOR]),
    st.lists(st.sampled_from(VERBS), min_size=1, max_size=3, unique=True),
)
def test_a_plain_scope_bug_is_never_cured_with_owner(
    here: str, there: str, definition: RoleDefinition, actions: list[str]
) -> None:
    access = snapshot(assignment(definition, there, DEPLOYER))
    wanted = [needs(action, here) for action in actions]

    found, advice = explained(access, wanted, DEPLOYER)

    assert {row.reason for row in found.diagnoses} <= {Reason.WRONG_SCOPE}
    for rows in advice:
        assert rows[0].proven
        for row in rows:
            assert row.role not in (OWNER, CONTRIBUTOR)
            assert row.scope == Scope(here)


names = st.text(min_size=1, max_size=12).filter(lambda text: text.strip() != "")


@given(
    rung=st.sampled_from([SUB, GROUPS[0], RESOURCES[0]]),
    step=st.sampled_from([-1, 0, 1]),
    role_name=names,
    principal_name=names,
    group_name=names,
    through_group=st.booleans(),
)
def test_verdict_and_reason_follow_the_assignment_and_not_the_names(
    *,
    rung: str,
    step: int,
    role_name: str,
    principal_name: str,
    group_name: str,
    through_group: bool,
) -> None:
    ladder = [CORP, SUB, GROUPS[0], RESOURCES[0], f"{RESOURCES[0]}/child/c"]
    assigned = ladder[ladder.index(rung) + step]
    named = replace(WRITER, name=role_name)
    who = replace(DEPLOYER, display_name=principal_name)
    holder = replace(TEAM, display_name=group_name) if through_group else who
    access = replace(
        snapshot(assignment(named, assigned, holder)),
        role_definitions=(named,),
        principals=(who, holder),
    )

    found, _ = explained(access, [needs("Microsoft.X/y/write", rung)], who)

    (decision,) = found.decisions
    if step <= 0:
        assert (decision.verdict, decision.reason) == (Verdict.ALLOWED, Reason.GRANTED)
    else:
        assert (decision.verdict, decision.reason) == (Verdict.DENIED, Reason.WRONG_SCOPE)
        (diagnosis,) = found.diagnoses
        assert diagnosis.near_miss is not None
        assert diagnosis.near_miss.assignment.scope == Scope(assigned)
        for text in (diagnosis.title, diagnosis.text, diagnosis.near_miss.lacks):
            assert "\n" not in text
            assert "\r" not in text


segments = st.text(min_size=1, max_size=20).filter(lambda text: "/" not in text and text.strip())


@given(segments, segments)
@settings(max_examples=50)
def test_az_commands_parse_back_into_the_scope_whatever_it_is_called(
    group: str, resource: str
) -> None:
    scope = f"{SUB}/resourceGroups/{group}/providers/Microsoft.X/y/{resource}"

    found, advice = explained(snapshot(), [needs("Microsoft.X/y/write", scope)], DEPLOYER)

    for row in advice[0]:
        if "az" in row.commands and row.scope is not None:
            assert row.scope.text in shlex.split(row.commands["az"])
    assert found.diagnoses[0].title.count("\n") == 0


patterns = st.sampled_from(["*", "*/read", "Microsoft.X/*", "Microsoft.X/y/*", *VERBS])


@given(
    st.lists(st.tuples(st.lists(patterns, max_size=3), st.lists(patterns, max_size=2)), max_size=4),
    st.sets(st.sampled_from(VERBS), min_size=1, max_size=3),
)
def test_the_role_index_agrees_with_asking_each_role(
    blocks: list[tuple[list[str], list[str]]], actions: set[str]
) -> None:
    roles = [
        replace(role(str(number), *named, but=tuple(but)), id=RoleId(str(number)))
        for number, (named, but) in enumerate(blocks)
    ]
    wanted = frozenset(Need(Action(action), data_action=False) for action in actions)

    plain = [row for row in roles if all(row.grants(n.action) is Truth.TRUE for n in wanted)]

    assert list(RoleIndex(roles).granting(wanted)) == plain
