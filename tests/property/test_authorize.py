"""The engine against a slow model that is plainly right, on random worlds; and its properties.

The worlds are small, so that rows meet: two subscriptions, three groups, a few IDs, placeholders,
rows that are not known to apply, lists and coverage that are missing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.authorize.authorizer import Authorizer
from preflight.model.access import (
    EVERYONE,
    AccessList,
    AccessSnapshot,
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
    Subscription,
)
from preflight.model.action import Action, ActionPattern
from preflight.model.decision import Verdict
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope, ScopeKind, management_group
from preflight.model.truth import Truth, all_of, any_of

# --- the slow model ---------------------------------------------------------------------------

CONDITIONS = {
    None: Truth.TRUE,
    "ActionMatches{'*'}": Truth.TRUE,
    "!(ActionMatches{'*'})": Truth.FALSE,
    "@Resource[x] StringEquals 'y'": Truth.UNKNOWN,
    "no condition at all (": Truth.UNKNOWN,
}


def parents(world: AccessSnapshot, scope: Scope) -> tuple[list[Scope], bool]:
    """Management groups above a scope, one parent at a time, and whether they are all."""
    known = {row.id: row for row in world.management_groups}
    groups: list[Scope] = []
    if scope.subscription is not None:
        row = world.subscription(scope)
        step = row.management_group if row else None
        if step is None:
            seen = row.inherits_from if row else ()
            return [up for group in seen for up in (group, *parents(world, group)[0])], False
    else:
        top = next((r for r in scope.ladder() if r.kind is ScopeKind.MANAGEMENT_GROUP), None)
        if top is None:
            return [], scope.kind in {ScopeKind.TENANT, ScopeKind.RESOURCE}
        if top not in known or not known[top].parent_known:
            return [], False
        step = known[top].parent
    while step is not None:
        if step in groups:
            return [], False  # Nothing of a chain that runs in a circle can be trusted.
        groups.append(step)
        if step not in known or not known[step].parent_known:
            return groups, False
        step = known[step].parent
    return groups, True


def covers(world: AccessSnapshot, upper: Scope, lower: Scope) -> Truth:
    by_text = upper.covers(lower)
    if by_text is not Truth.FALSE or upper.kind is not ScopeKind.MANAGEMENT_GROUP:
        return by_text
    groups, complete = parents(world, lower)
    if upper in groups:
        return Truth.TRUE
    if complete:
        return Truth.FALSE
    chain = set(groups) | {lower}
    subscription = world.subscription(lower)
    if lower.subscription and (subscription is None or subscription.management_group is None):
        return Truth.UNKNOWN
    beside = chain & set(parents(world, upper)[0])
    return Truth.FALSE if beside else Truth.UNKNOWN


def is_caller(who: Principal, listed: Iterable[PrincipalId], groups: bool) -> Truth:
    ids = {who.object_id} | (who.member_of or frozenset())
    if ids & set(listed):
        return Truth.TRUE
    return Truth.UNKNOWN if groups and who.member_of is None else Truth.FALSE


def permitted(blocks: Iterable[Permission], need: Requirement) -> Truth:
    return any_of(
        block.grants(need.action, data_action=need.data_action) & CONDITIONS[block.condition]
        for block in blocks
    )


def grant(world: AccessSnapshot, who: Principal, row: RoleAssignment, need: Requirement) -> Truth:
    definition = world.role_definitions_by_id.get(row.role)
    role = permitted(definition.permissions, need) if definition else Truth.UNKNOWN
    whose = is_caller(who, [row.principal], row.principal_type.may_be_group)
    return all_of([covers(world, row.scope, need.scope), whose, role, CONDITIONS[row.condition]])


def deny(world: AccessSnapshot, who: Principal, row: DenyAssignment, need: Requirement) -> Truth:
    named = is_caller(who, row.principals, bool(row.group_principals))
    if EVERYONE in row.principals:
        named = Truth.TRUE
    where = covers(world, row.scope, need.scope)
    if row.only_this_scope and row.scope != need.scope:
        as_deep = len(row.scope.segments) == len(need.scope.segments)
        maybe = need.scope.text.startswith("{") or as_deep
        unsure = maybe and row.scope.covers(need.scope) is Truth.UNKNOWN
        where = Truth.UNKNOWN if unsure else Truth.FALSE
    excluded = is_caller(who, row.excluded, bool(row.group_excluded))
    blocks = permitted(row.permissions, need) & CONDITIONS[row.condition]
    return all_of([Truth.of(not row.audit), where, named, ~excluded, blocks])


def told(world: AccessSnapshot, entry: Coverage, rung: Scope) -> bool:
    """Whether a reading tells about one rung."""
    if entry.reach is Reach.AT:
        return entry.scope == rung
    above = covers(world, rung, entry.scope) is Truth.TRUE
    below = covers(world, entry.scope, rung) is Truth.TRUE
    return above or (below and entry.reach is Reach.AT_ABOVE_BELOW)


def readings(
    world: AccessSnapshot, wanted: AccessList, who: PrincipalId | None
) -> list[Coverage] | None:
    present = {
        AccessList.ROLE_ASSIGNMENTS: world.role_assignments,
        AccessList.DENY_ASSIGNMENTS: world.deny_assignments,
    }
    if present[wanted] is None:
        return []
    if world.coverage is None:
        whole = Reach.AT_ABOVE_BELOW
        return [Coverage(list=wanted, scope=scope, reach=whole) for scope in world.scopes]
    return [
        row
        for row in world.coverage
        if row.list is wanted and row.read_proven and row.principal in {None, who}
    ]


def was_read(
    world: AccessSnapshot, wanted: AccessList, who: PrincipalId | None, scope: Scope
) -> bool:
    entries = readings(world, wanted, who) or []
    ladder = [rung for rung in scope.ladder() if rung.text != "/"]
    groups, complete = parents(world, scope)
    rungs = [*ladder, *groups, Scope.ROOT]
    if not all(any(told(world, entry, rung) for entry in entries) for rung in rungs):
        return False
    top = ladder[-1] if ladder else Scope.ROOT
    return complete or any(
        entry.reach is not Reach.AT
        and (
            covers(world, top, entry.scope) is Truth.TRUE
            or (
                entry.reach is Reach.AT_ABOVE_BELOW
                and covers(world, entry.scope, scope) is Truth.TRUE
            )
        )
        for entry in entries
    )


def rung_read(world: AccessSnapshot, who: PrincipalId, rung: Scope, scope: Scope) -> bool:
    wanted = AccessList.ROLE_ASSIGNMENTS
    entries = readings(world, wanted, who) or []
    return was_read(world, wanted, who, scope) or any(told(world, row, rung) for row in entries)


def locked(world: AccessSnapshot, need: Requirement) -> Truth:
    verb = need.action.verb
    if need.data_action or verb == "read":
        return Truth.FALSE
    above = any_of(
        covers(world, row.scope, need.scope)
        for row in world.locks or ()
        if row.level is LockLevel.READ_ONLY or verb == "delete"
    )
    if verb != "delete" or need.scope.has_placeholder:
        return above
    return above | any_of(need.scope.covers(row.scope) for row in world.locks or ())


def expected(world: AccessSnapshot, who: Principal, need: Requirement) -> Verdict:
    denied = any_of(deny(world, who, row, need) for row in world.deny_assignments or ())
    lock = locked(world, need)
    if Truth.TRUE in {denied, lock}:
        return Verdict.DENIED
    grants = [(row, grant(world, who, row, need)) for row in world.role_assignments or ()]
    certain = [row for row, truth in grants if truth is Truth.TRUE]
    me, scope = who.object_id, need.scope
    if any(rung_read(world, me, row.scope, scope) for row in certain):
        if not was_read(world, AccessList.DENY_ASSIGNMENTS, None, scope):
            return Verdict.UNDETERMINED
        unknown = Truth.UNKNOWN in {denied, lock}
        return Verdict.UNDETERMINED if unknown else Verdict.ALLOWED
    complete = was_read(world, AccessList.ROLE_ASSIGNMENTS, me, scope)
    nothing = all(truth is Truth.FALSE for _, truth in grants)
    return Verdict.DENIED if complete and nothing else Verdict.UNDETERMINED


# --- worlds -----------------------------------------------------------------------------------

S1, S2 = "/subscriptions/11111111-aaaa", "/subscriptions/22222222-bbbb"
VM = "providers/Microsoft.Compute/virtualMachines"
ROOT, CORP, LAND = (management_group(name) for name in ("root", "corp", "land"))
PLACES = [
    "/", S1, S2, f"{S1}/resourceGroups/a", f"{S1}/resourceGroups/ab",
    f"{S1}/resourceGroups/a/{VM}/vm1", f"{S1}/resourceGroups/a/{VM}/vm1/extensions/e",
    f"{S2}/resourceGroups/a", ROOT.text, CORP.text, LAND.text,
]  # fmt: skip
TARGETS = [
    *PLACES, f"{S1}/resourceGroups/a/{VM}/vm-{{name}}", f"{S1}/resourceGroups/{{rg}}/{VM}/vm1",
    "/subscriptions/{subscription}/resourceGroups/a", "{id}", f"{S1}/resourceGroups/A/{VM}/VM1",
    "/providers/Microsoft.Management/managementGroups/{group}", f"{S1}/resourceGroups/{{a}}b",
]  # fmt: skip
ME, OTHER, G1, G2 = (PrincipalId(name) for name in ("me", "other", "g1", "g2"))
TYPES = {
    ME: PrincipalType.SERVICE_PRINCIPAL,
    OTHER: PrincipalType.USER,
    G1: PrincipalType.GROUP,
    G2: PrincipalType.UNKNOWN,
}
PATTERNS = [
    "*", "*/read", "*/delete", "Microsoft.Compute/*", "Microsoft.Compute/virtualMachines/write",
    "microsoft.compute/*/read", "Microsoft.Compute/*/virtualMachines/*", "Microsoft.Web/*",
]  # fmt: skip
ACTIONS = ["Microsoft.Compute/virtualMachines/write", "Microsoft.Compute/virtualMachines/read",
           "Microsoft.Compute/virtualMachines/delete", "Microsoft.Web/sites/write"]  # fmt: skip

NEAR = [S1, f"{S1}/resourceGroups/a", f"{S1}/resourceGroups/a/{VM}/vm1", "/", CORP.text]
places = st.sampled_from([Scope(text) for text in [*PLACES, *NEAR, *NEAR]])
patterns = st.lists(st.sampled_from([ActionPattern(text) for text in PATTERNS]), max_size=2).map(
    tuple
)
broad = st.sampled_from([(ActionPattern("*"),), (ActionPattern("Microsoft.Compute/*"),)])
few = st.sampled_from(range(6)).flatmap(lambda n: patterns if n == 5 else st.just(()))
conditions = st.sampled_from([None] * 12 + list(CONDITIONS)[1:])
permissions = st.builds(
    Permission,
    actions=st.one_of(broad, broad, patterns),
    not_actions=few,
    data_actions=few,
    condition=conditions,
)
roles = st.lists(st.lists(permissions, min_size=1, max_size=2).map(tuple), min_size=2, max_size=4)
definitions = roles.map(
    lambda blocks: tuple(
        RoleDefinition(id=RoleId(f"role{number}"), name=f"role{number}", permissions=row)
        for number, row in enumerate(blocks)
    )
)
holders = st.sampled_from([ME, ME, ME, G1, G1, G2, OTHER])


@st.composite
def role_assignments(draw: st.DrawFn) -> tuple[RoleAssignment, ...]:
    rows = draw(st.lists(st.tuples(places, holders, conditions), max_size=6))
    numbers = [draw(st.sampled_from([0, 0, 1, 1, 2, 3])) for _ in rows]
    return tuple(
        RoleAssignment(
            id=f"{scope.text}/providers/Microsoft.Authorization/roleAssignments/a{number}",
            scope=scope,
            principal=who,
            role=RoleId(f"role{role}"),
            principal_type=TYPES[who],
            condition=condition,
        )
        for number, ((scope, who, condition), role) in enumerate(zip(rows, numbers, strict=True))
    )


@st.composite
def deny_assignments(draw: st.DrawFn) -> tuple[DenyAssignment, ...]:
    names = st.frozensets(st.sampled_from([*TYPES, EVERYONE]), max_size=2)
    excluded = st.frozensets(st.sampled_from(list(TYPES)), max_size=2)
    flags = st.tuples(st.booleans(), st.booleans())
    rows = draw(st.lists(st.tuples(places, names, excluded, flags, conditions), max_size=2))
    groups = frozenset({G1, G2})
    return tuple(
        DenyAssignment(
            id=f"d{number}",
            name=f"d{number}",
            scope=scope,
            permissions=draw(st.lists(permissions, max_size=2).map(tuple)),
            principals=named,
            excluded=but,
            group_principals=named & groups,
            group_excluded=but & groups,
            only_this_scope=flag[0],
            audit=flag[1],
            condition=condition,
        )
        for number, (scope, named, but, flag, condition) in enumerate(rows)
    )


groups = st.tuples(
    st.sampled_from([ROOT, CORP, LAND]), st.sampled_from([None, ROOT, CORP, LAND]), st.booleans()
)
management_groups = st.lists(groups, max_size=3, unique_by=lambda row: row[0]).map(
    lambda rows: tuple(
        ManagementGroup(id=scope, parent=parent if known else None, parent_known=known)
        for scope, parent, known in rows
    )
)
subscriptions = st.lists(
    st.tuples(
        st.sampled_from([Scope(S1), Scope(S2)]),
        st.sampled_from([None, ROOT, CORP, LAND]),
        st.lists(st.sampled_from([ROOT, CORP]), max_size=1),
    ),
    max_size=2,
    unique_by=lambda row: row[0],
).map(
    lambda rows: tuple(
        Subscription(id=scope, management_group=group, inherits_from=() if group else tuple(above))
        for scope, group, above in rows
    )
)
coverage = st.lists(
    st.builds(
        Coverage,
        list=st.sampled_from([AccessList.ROLE_ASSIGNMENTS, AccessList.DENY_ASSIGNMENTS]),
        scope=places,
        reach=st.sampled_from([*Reach, Reach.AT_ABOVE_BELOW]),
        principal=st.sampled_from([None, None, ME, OTHER]),
        read_proven=st.sampled_from([True, True, True, False]),
    ),
    min_size=1,
    max_size=6,
).map(tuple)
locks = st.lists(st.tuples(places, st.sampled_from(LockLevel)), max_size=1).map(
    lambda rows: tuple(
        Lock(id=f"l{number}", name="l", scope=scope, level=level)
        for number, (scope, level) in enumerate(rows)
    )
)
T = TypeVar("T")
U = TypeVar("U")


def mostly(usual: st.SearchStrategy[T], seldom: st.SearchStrategy[U]) -> st.SearchStrategy[T | U]:
    return st.sampled_from(range(14)).flatmap(lambda n: seldom if n == 9 else usual)


everything_read = st.just((Scope(S1), Scope(S2), ROOT, CORP, LAND))


def worlds_with(
    readings: st.SearchStrategy[tuple[Coverage, ...] | None],
) -> st.SearchStrategy[AccessSnapshot]:
    return st.builds(
        AccessSnapshot,
        scopes=mostly(everything_read, st.lists(places, max_size=2).map(tuple)),
        management_groups=management_groups,
        subscriptions=subscriptions,
        role_definitions=mostly(definitions, st.none()),
        role_assignments=mostly(role_assignments(), st.none()),
        deny_assignments=mostly(deny_assignments(), st.none()),
        locks=mostly(st.none(), locks),
        coverage=readings,
    )


worlds = worlds_with(mostly(st.none(), coverage))
partly_read = worlds_with(coverage)
people = st.sampled_from(
    [frozenset[PrincipalId](), frozenset({G1}), frozenset({G1, G2}), None, None]
).map(lambda member_of: Principal(object_id=ME, member_of=member_of))


def requirement(action: str, scope: str, *, data_action: bool = False) -> Requirement:
    return Requirement(
        action=Action(action),
        scope=Scope(scope),
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.OTHER,
        why="",
        resource=Scope(scope),
        data_action=data_action,
    )


needs = st.builds(
    requirement,
    st.sampled_from(ACTIONS),
    st.sampled_from([*TARGETS, *NEAR, *NEAR, *TARGETS[len(PLACES) :]]),
    data_action=st.sampled_from([False] * 6 + [True]),
)


def verdict(world: AccessSnapshot, who: Principal, need: Requirement) -> Verdict:
    return Authorizer(world, who).decide(need).verdict


# --- properties -------------------------------------------------------------------------------


@settings(max_examples=10_000 if os.environ.get("PREFLIGHT_DEEP") == "1" else 100)
@given(st.one_of(worlds, partly_read), people, st.lists(needs, min_size=1, max_size=8))
def test_the_engine_agrees_with_the_slow_model(
    world: AccessSnapshot, who: Principal, asked: list[Requirement]
) -> None:
    engine = Authorizer(world, who)

    for need in asked:
        decision = engine.decide(need)

        assert decision.verdict is expected(world, who, need), decision
        assert (decision.settle is not None) == (decision.verdict is Verdict.UNDETERMINED)


@given(worlds, people, needs, role_assignments())
def test_a_further_role_assignment_never_denies(
    world: AccessSnapshot, who: Principal, need: Requirement, more: tuple[RoleAssignment, ...]
) -> None:
    if verdict(world, who, need) is Verdict.ALLOWED:
        extended = replace(world, role_assignments=(*(world.role_assignments or ()), *more))

        assert verdict(extended, who, need) is Verdict.ALLOWED


@given(worlds, people, needs, deny_assignments())
def test_a_further_deny_assignment_never_allows(
    world: AccessSnapshot, who: Principal, need: Requirement, more: tuple[DenyAssignment, ...]
) -> None:
    if world.deny_assignments is None or verdict(world, who, need) is Verdict.ALLOWED:
        return
    extended = replace(world, deny_assignments=(*world.deny_assignments, *more))

    assert verdict(extended, who, need) is not Verdict.ALLOWED


@given(st.one_of(worlds, partly_read), people, needs, st.data())
def test_less_evidence_never_allows(
    world: AccessSnapshot, who: Principal, need: Requirement, data: st.DataObject
) -> None:
    if verdict(world, who, need) is Verdict.ALLOWED:
        return
    rows = world.coverage or ()
    without = [rows[:number] + rows[number + 1 :] for number in range(len(rows))]
    lesser = [
        replace(world, role_assignments=None),
        replace(world, role_definitions=None),
        replace(world, deny_assignments=None),
        *(replace(world, coverage=kept) for kept in without),
    ]

    assert verdict(data.draw(st.sampled_from(lesser)), who, need) is not Verdict.ALLOWED


@given(worlds, needs)
def test_knowing_the_groups_never_overturns_a_verdict(
    world: AccessSnapshot, need: Requirement
) -> None:
    before = verdict(world, Principal(object_id=ME, member_of=None), need)

    for groups_of in (frozenset[PrincipalId](), frozenset({G1}), frozenset({G1, G2})):
        after = verdict(world, Principal(object_id=ME, member_of=groups_of), need)

        assert before in {Verdict.UNDETERMINED, after}


@given(worlds, people, needs)
def test_knowing_the_hierarchy_never_overturns_a_verdict(
    world: AccessSnapshot, who: Principal, need: Requirement
) -> None:
    before = verdict(world, who, need)
    listed = {row.id for row in world.management_groups}
    missing = [ManagementGroup(id=row, parent_known=False) for row in (ROOT, CORP, LAND)]
    rows = [*world.management_groups, *(row for row in missing if row.id not in listed)]
    known = tuple(
        row if row.parent_known else replace(row, parent=None, parent_known=True) for row in rows
    )
    after = verdict(replace(world, management_groups=known), who, need)

    assert before in {Verdict.UNDETERMINED, after}


@given(worlds, people, st.sampled_from(ACTIONS), st.sampled_from(["vm1", "vm2", "vm-1"]))
def test_knowing_a_name_never_overturns_a_verdict(
    world: AccessSnapshot, who: Principal, action: str, name: str
) -> None:
    prefix = f"{S1}/resourceGroups/a/{VM}"
    before = verdict(world, who, requirement(action, f"{prefix}/{{name}}"))
    after = verdict(world, who, requirement(action, f"{prefix}/{name}"))

    assert before in {Verdict.UNDETERMINED, after}


@given(worlds, people, needs)
def test_case_never_matters(world: AccessSnapshot, who: Principal, need: Requirement) -> None:
    loud = replace(need, action=Action(need.action.text.upper()), scope=loudly(need.scope))
    rows = world.role_assignments
    shouted = replace(
        world,
        scopes=tuple(loudly(scope) for scope in world.scopes),
        role_assignments=rows and tuple(replace(row, scope=loudly(row.scope)) for row in rows),
    )

    assert verdict(shouted, who, loud) is verdict(world, who, need)


def loudly(scope: Scope) -> Scope:
    parts = scope.text.split("/")
    return Scope("/".join(part if "{" in part else part.upper() for part in parts))


@given(worlds, people, needs)
def test_what_explains_agrees_with_what_decides(
    world: AccessSnapshot, who: Principal, need: Requirement
) -> None:
    engine = Authorizer(world, who)
    decision = engine.decide(need)
    granting = [row for row in engine.holdings(need) if row.grants is Truth.TRUE]

    if decision.verdict is Verdict.ALLOWED:
        assert {row.id for row in decision.evidence} <= {row.assignment.id for row in granting}
    for row in granting:
        lifted = frozenset(deny.id for deny in world.deny_assignments or ())
        lifted |= {lock.id for lock in world.locks or ()}
        alone = engine.with_extra(role_assignments=[row.assignment], lifted=lifted)

        assert alone.decide(need).verdict is not Verdict.DENIED
