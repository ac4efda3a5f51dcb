"""A template and a what-if result together: nothing that either is sure of is lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from preflight.evaluate.join_result import DIFFERS, join_result
from preflight.evaluate.join_rows import may_be_same
from preflight.model.plan import Condition, DeploymentFacts, Plan, PlannedResource
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import ChangeKind, DeploymentScope, Gap, GapKind

GROUP = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg"
NAMES = ("a", "b", "ab", "{x}", "a{x}", "{x}b", "{y}")
KINDS = ("Microsoft.X/t", "Microsoft.X/u")
TEMPLATE, RESULT = SourceFile("main.json", "{}"), SourceFile("what-if.json", "{}")
SETTLED_BY_THE_OTHER = {GapKind.LIMIT_REACHED, GapKind.UNRESOLVED_RESOURCE}
NEVER_EXPANDED = {GapKind.LINKED_TEMPLATE, GapKind.TEMPLATE_SPEC}


def row(
    source: SourceFile, kind: str, name: str, change: ChangeKind, condition: Condition
) -> PlannedResource:
    return PlannedResource(
        id=Scope(f"{GROUP}/providers/{kind}/{name}"),
        type=kind,
        name=name,
        api_version="1",
        change=change,
        condition=condition,
        undecided=condition is Condition.UNKNOWN,
        place=Place(source=source),
        no_body=source is RESULT,
    )


def rows(source: SourceFile, *changes: ChangeKind) -> st.SearchStrategy[list[PlannedResource]]:
    conditions = [Condition.NONE, Condition.NONE, Condition.UNKNOWN]
    conditions += [Condition.FALSE] if source is TEMPLATE else []
    one = st.builds(
        row,
        st.just(source),
        st.sampled_from(KINDS),
        st.sampled_from(NAMES),
        st.sampled_from(changes),
        st.sampled_from(conditions),
    )
    return st.lists(one, max_size=5, unique_by=lambda found: (found.id, found.change))


def gaps(*kinds: GapKind) -> st.SearchStrategy[list[Gap]]:
    one = st.sampled_from(kinds).map(
        lambda kind: Gap(kind=kind, target=kind.value, origin=Place(source=RESULT), settle="x")
    )
    return st.lists(one, max_size=2)


def plan(source: SourceFile, found: list[PlannedResource], missing: list[Gap]) -> Plan:
    facts = DeploymentFacts(root=True, target=Scope(GROUP), kind=DeploymentScope.RESOURCE_GROUP)
    kind = "Microsoft.Resources/deployments"
    root = replace(row(source, kind, "main", ChangeKind.WRITE, Condition.NONE), deployment=facts)
    return Plan(
        scope=Scope(GROUP),
        kind=DeploymentScope.RESOURCE_GROUP,
        resources=(root, *found),
        gaps=tuple(missing),
    )


templates = st.builds(
    plan,
    st.just(TEMPLATE),
    rows(TEMPLATE, ChangeKind.WRITE, ChangeKind.WRITE, ChangeKind.EXISTING),
    gaps(GapKind.LINKED_TEMPLATE, GapKind.LOOP),
)
results = st.builds(
    plan,
    st.just(RESULT),
    rows(RESULT, ChangeKind.WRITE, ChangeKind.WRITE, ChangeKind.DELETE),
    gaps(*SETTLED_BY_THE_OTHER, GapKind.DIAGNOSTIC, GapKind.NESTED_DEPLOYMENT),
)


def sure(found: Plan, change: ChangeKind) -> set[Scope]:
    """Return the known IDs of what certainly changes so."""
    return {
        one.id
        for one in found.resources
        if one.change is change
        and one.condition in {Condition.NONE, Condition.TRUE}
        and not (one.undecided or one.id.has_placeholder)
    }


def said(found: Plan, change: ChangeKind) -> set[Scope]:
    return {
        one.id
        for one in found.resources
        if one.change is change and one.condition is not Condition.FALSE
    }


@given(mine=templates, theirs=results, complete=st.booleans())
def test_what_either_is_sure_of_stays_sure(*, mine: Plan, theirs: Plan, complete: bool) -> None:
    joined = join_result(mine, theirs, complete=complete)

    for change in (ChangeKind.WRITE, ChangeKind.DELETE):
        assert sure(mine, change) | sure(theirs, change) <= sure(joined, change)


@given(mine=templates, theirs=results, complete=st.booleans())
def test_what_is_open_stays_or_is_settled_by_a_row_that_fits(
    *, mine: Plan, theirs: Plan, complete: bool
) -> None:
    joined = join_result(mine, theirs, complete=complete)

    for change in (ChangeKind.WRITE, ChangeKind.DELETE):
        kept = said(joined, change)
        for scope in said(mine, change) | said(theirs, change):
            assert scope in kept or any(may_be_same(scope, other) for other in kept)


@given(mine=templates, theirs=results, complete=st.booleans())
def test_a_gap_is_closed_only_by_the_side_that_has_none(
    *, mine: Plan, theirs: Plan, complete: bool
) -> None:
    joined = join_result(mine, theirs, complete=complete)
    kept = set(joined.gaps)

    assert kept <= {*mine.gaps, *theirs.gaps}
    followed = {gap for gap in mine.gaps if gap.kind not in NEVER_EXPANDED}
    assert set(mine.gaps) - followed <= kept
    if theirs.gaps or "does not list" in str(joined.notes):
        assert set(mine.gaps) <= kept
    if mine.gaps or complete:
        assert set(theirs.gaps) <= kept
    hard = {gap for gap in theirs.gaps if gap.kind not in SETTLED_BY_THE_OTHER}
    assert hard <= kept


@given(templates, results)
def test_who_agrees_is_not_told_of_differences(mine: Plan, theirs: Plan) -> None:
    theirs = replace(theirs, resources=(theirs.resources[0], *mine.resources[1:]))
    writes = [one for one in theirs.resources if one.change is not ChangeKind.EXISTING]
    listed = [one for one in writes if one.condition is not Condition.FALSE]
    joined = join_result(mine, replace(theirs, resources=tuple(listed)), complete=True)

    assert [] == [note for note in joined.notes if note.code == DIFFERS]
