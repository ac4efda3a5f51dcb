from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict, Unpack

import pytest

from preflight.evaluate.join_result import DIFFERS, join_result
from preflight.evaluate.join_rows import may_be_same
from preflight.evaluate.literal import BEHIND_LINKS
from preflight.model.plan import Condition, DeploymentFacts, Plan, PlannedResource, RuntimeCall
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import ChangeKind, DeploymentScope, Gap, GapKind, NotChecked
from preflight.model.value import Cause, PartialText, Unknown, Value

GROUP = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg"
TEMPLATE, RESULT = SourceFile("main.json", "{}"), SourceFile("what-if.json", "{}")
VAULT, SITE = "Microsoft.KeyVault/vaults/kv", "Microsoft.Web/sites/web"
NESTED = "Microsoft.Resources/deployments/app"
OPEN_SITE = "Microsoft.Web/sites/{name}"
LOST = Unknown(label="name", cause=Cause.RUNTIME)


class Fields(TypedDict, total=False):
    """What a test changes of a row."""

    change: ChangeKind
    condition: Condition
    undecided: bool
    body: dict[str, Value]
    calls: tuple[RuntimeCall, ...]
    deployment: DeploymentFacts
    symbol: str
    api_version: str


def row(identity: str, source: SourceFile, **fields: Unpack[Fields]) -> PlannedResource:
    scope = Scope(f"{GROUP}/providers/{identity}")
    base = PlannedResource(
        id=scope,
        type=scope.resource_type or "",
        name=scope.name,
        api_version=None,
        change=ChangeKind.WRITE,
        condition=Condition.NONE,
        undecided=False,
        place=Place(source=source, pointer=f"/{identity}"),
        no_body=source is RESULT,
    )
    return replace(base, **fields)


def declared(identity: str, **fields: Unpack[Fields]) -> PlannedResource:
    return row(identity, TEMPLATE, **fields)


def listed(identity: str, **fields: Unpack[Fields]) -> PlannedResource:
    return row(identity, RESULT, **fields)


def facts(target: str = GROUP, *, root: bool = False) -> DeploymentFacts:
    return DeploymentFacts(root=root, target=Scope(target), kind=DeploymentScope.RESOURCE_GROUP)


def plan(rows: Sequence[PlannedResource], source: SourceFile, *gaps: Gap) -> Plan:
    root = row("Microsoft.Resources/deployments/main", source, deployment=facts(root=True))
    return Plan(
        scope=Scope(GROUP),
        kind=DeploymentScope.RESOURCE_GROUP,
        resources=(root, *rows),
        gaps=gaps,
    )


def template(*rows: PlannedResource, gaps: Sequence[Gap] = ()) -> Plan:
    return plan(rows, TEMPLATE, *gaps)


def result(*rows: PlannedResource, gaps: Sequence[Gap] = ()) -> Plan:
    return plan(rows, RESULT, *gaps)


def gap(kind: GapKind, target: str = "x") -> Gap:
    return Gap(kind=kind, target=target, origin=Place(source=RESULT), settle="x")


def join(mine: Plan, theirs: Plan, *, complete: bool = False) -> Plan:
    return join_result(mine, theirs, complete=complete)


def differences(joined: Plan) -> str:
    return " | ".join(note.message for note in joined.notes if note.code == DIFFERS)


def named(joined: Plan, name: str) -> list[PlannedResource]:
    return [one for one in joined.resources if one.id.name == name]


# --- what both know ---------------------------------------------------------------------------


def test_a_resource_that_both_know_keeps_the_templates_line() -> None:
    joined = join(template(declared(VAULT)), result(listed(VAULT.upper())))

    assert [TEMPLATE, TEMPLATE] == [one.place.source for one in joined.resources[1:]]
    assert "" == differences(joined)


def test_the_result_settles_a_condition_and_open_values() -> None:
    values: dict[str, Value] = {
        "id": LOST,
        "text": PartialText(("a-", LOST)),
        "list": [LOST, 1],
        "known": "template",
        "still": LOST,
    }
    mine = declared(VAULT, condition=Condition.UNKNOWN, undecided=True, body={"Properties": values})
    theirs: dict[str, Value] = {
        "id": "/x",
        "text": "a-b",
        "list": ["y", 2],
        "known": "result",
        "still": None,
    }
    joined = join(template(mine), result(listed(VAULT, body={"properties": theirs})))

    found = joined.resources[1]
    assert (Condition.TRUE, False) == (found.condition, found.undecided)
    settled = {"id": "/x", "text": "a-b", "list": ["y", 1], "known": "template", "still": LOST}
    assert {"Properties": settled} == found.body


def test_a_potential_change_leaves_a_condition_open() -> None:
    mine = declared(VAULT, condition=Condition.UNKNOWN, undecided=True)
    theirs = listed(VAULT, condition=Condition.UNKNOWN, undecided=True)

    assert join(template(mine), result(theirs)).resources[1].undecided


def test_secrets_are_not_taken_from_the_result() -> None:
    secret = Unknown(label="password", cause=Cause.SECURE)
    mine: dict[str, Value] = {"a": secret, "b": PartialText(("x", secret))}
    theirs: dict[str, Value] = {"a": "**********", "b": "x**********"}
    joined = join(template(declared(VAULT, body=mine)), result(listed(VAULT, body=theirs)))

    assert mine == joined.resources[1].body


# --- names that only the service knows ---------------------------------------------------------


def test_a_listed_row_stands_for_the_one_whose_name_is_open() -> None:
    call = RuntimeCall(
        function="listKeys", target=Scope(GROUP), place=Place(source=TEMPLATE), expression="x"
    )
    mine = declared(OPEN_SITE, symbol="site", calls=(call,), body={"kind": "app", "x": LOST})
    after: dict[str, Value] = {"x": "known", "added": {"id": "/by/the/service"}}
    joined = join(template(mine), result(listed(SITE, body=after)))

    named_row, placed_row = joined.resources[1:]
    assert {"web"} == {named_row.id.name, placed_row.id.name}
    assert {TEMPLATE} == {named_row.place.source, placed_row.place.source}
    assert ("site", (call,)) == (named_row.symbol, named_row.calls)
    assert {"kind": "app", "x": "known"} == named_row.body
    assert after == placed_row.body


def test_a_loop_of_unknown_count_becomes_what_is_listed() -> None:
    joined = join(
        template(declared(OPEN_SITE)), result(listed(SITE), listed("Microsoft.Web/sites/b"))
    )

    assert ["web", "web", "b", "b"] == [one.id.name for one in joined.resources[1:]]


def test_the_open_name_stays_where_the_service_stopped_short() -> None:
    joined = join(
        template(declared(OPEN_SITE)),
        result(listed(SITE), gaps=[gap(GapKind.NESTED_DEPLOYMENT)]),
    )

    assert ["{name}", "web"] == [one.id.name for one in joined.resources[1:]]


def test_the_open_name_stays_where_two_fit() -> None:
    joined = join(
        template(declared(OPEN_SITE), declared("Microsoft.Web/sites/w{suffix}")),
        result(listed(SITE)),
    )

    assert ["{name}", "web", "w{suffix}"] == [one.id.name for one in joined.resources[1:]]


def test_what_the_result_cannot_name_is_the_templates() -> None:
    joined = join(template(declared(SITE)), result(listed(OPEN_SITE)))

    assert ["web"] == [one.id.name for one in joined.resources[1:]]
    assert "" == differences(joined)


def test_names_are_compared_segment_by_segment() -> None:
    fits = [
        ("/subscriptions/s/resourceGroups/a-{x}", "/subscriptions/S/resourceGroups/a-1"),
        ("/subscriptions/{s}/resourceGroups/a", "/subscriptions/s/resourceGroups/{g}"),
        ("{id}", "/subscriptions/s"),
        ("/subscriptions/s", "{id}"),
    ]
    others = [
        ("/subscriptions/s/resourceGroups/a-{x}", "/subscriptions/s/resourceGroups/b-1"),
        ("/subscriptions/s/resourceGroups/{x}", "/subscriptions/s"),
        ("/subscriptions/s/resourceGroups/a", "/subscriptions/s/resourceGroups/b{x}"),
    ]

    assert [] == [pair for pair in fits if not may_be_same(*map(Scope, pair))]
    assert [] == [pair for pair in others if may_be_same(*map(Scope, pair))]


# --- where they differ -------------------------------------------------------------------------


def test_what_only_the_result_lists_is_kept_with_a_note() -> None:
    joined = join(template(declared(VAULT)), result(listed(VAULT), listed(SITE)))

    assert [RESULT] == [one.place.source for one in named(joined, "web")]
    assert "does not declare" in differences(joined)
    assert SITE in differences(joined)


def test_what_only_the_template_declares_is_kept_with_a_note() -> None:
    joined = join(template(declared(VAULT), declared(SITE)), result(listed(VAULT)))

    assert 1 == len(named(joined, "web"))
    assert "does not list" in differences(joined)
    assert VAULT not in differences(joined)


def test_a_result_that_stopped_short_need_not_list_all() -> None:
    joined = join(template(declared(VAULT)), result(gaps=[gap(GapKind.LIMIT_REACHED)]))

    assert "" == differences(joined)


def test_a_deleted_resource_that_is_declared_is_both() -> None:
    deleted = listed(VAULT, change=ChangeKind.DELETE)
    joined = join(template(declared(VAULT)), result(deleted), complete=True)

    assert {ChangeKind.WRITE, ChangeKind.DELETE} == {one.change for one in named(joined, "kv")}
    assert "deletes what the template declares" in differences(joined)


def test_deletes_in_incremental_mode_are_kept_with_a_note() -> None:
    deleted = listed(VAULT, change=ChangeKind.DELETE)
    joined = join(template(), result(deleted))

    assert [ChangeKind.DELETE] == [one.change for one in named(joined, "kv")]
    assert "--mode" in differences(joined)
    assert "" == differences(join(template(), result(deleted), complete=True))


def test_what_is_switched_off_and_listed_is_written() -> None:
    off = declared(VAULT, condition=Condition.FALSE)
    joined = join(template(off), result(listed(VAULT)))

    assert [Condition.FALSE, Condition.NONE] == [one.condition for one in named(joined, "kv")]
    assert "switches off" in differences(joined)


def test_long_lists_are_cut() -> None:
    many = [listed(f"{SITE}{number}") for number in range(7)]

    assert "and 2 more" in differences(join(template(), result(*many)))


# --- gaps --------------------------------------------------------------------------------------


def test_the_template_shows_what_is_behind_a_short_circuit() -> None:
    nested = declared(NESTED, deployment=facts())
    short = gap(GapKind.NESTED_DEPLOYMENT, f"{GROUP}/providers/{NESTED}")
    unknown = gap(GapKind.NESTED_DEPLOYMENT, f"{GROUP}/providers/{NESTED}-2")
    error = gap(GapKind.DIAGNOSTIC)
    joined = join(template(nested), result(gaps=[short, unknown, error]))

    assert (unknown, error) == joined.gaps


def test_a_template_that_was_expanded_whole_settles_limits_but_not_in_complete_mode() -> None:
    theirs = result(gaps=[gap(GapKind.LIMIT_REACHED), gap(GapKind.UNRESOLVED_RESOURCE)])
    linked = template(gaps=[gap(GapKind.LINKED_TEMPLATE)])

    assert () == join(template(), theirs).gaps
    assert 2 == len(join(template(), theirs, complete=True).gaps)
    assert 3 == len(join(linked, theirs).gaps)


def test_a_whole_result_that_agrees_settles_the_templates_gaps() -> None:
    mine = template(declared(VAULT), gaps=[gap(GapKind.LOOP), gap(GapKind.REGISTRY_MODULE)])

    assert () == join(mine, result(listed(VAULT), listed(SITE))).gaps
    assert mine.gaps == join(mine, result(listed(SITE))).gaps


def test_the_template_says_itself_what_is_behind_links() -> None:
    graph = NotChecked(what="Microsoft Graph", why="x")
    theirs = replace(result(listed(VAULT)), not_checked=(graph, BEHIND_LINKS))

    assert (graph,) == join(template(declared(VAULT)), theirs).not_checked


@pytest.mark.parametrize("kind", [GapKind.LINKED_TEMPLATE, GapKind.TEMPLATE_SPEC])
def test_what_if_follows_no_link_so_that_no_result_closes_one(kind: GapKind) -> None:
    mine = template(declared(VAULT), gaps=[gap(kind), gap(GapKind.LOOP)])

    assert (gap(kind),) == join(mine, result(listed(VAULT), listed(SITE))).gaps


# --- deployment records, complete mode, the rest -------------------------------------------------


def test_records_that_the_template_knows_are_its_own() -> None:
    nested = declared(NESTED, deployment=facts(f"{GROUP}-2"))
    again = listed(NESTED.upper(), deployment=facts(f"{GROUP}-2"))
    implied = listed("Microsoft.Resources/deployments/{deployment}", deployment=facts(f"{GROUP}-2"))
    other = listed("Microsoft.Resources/deployments/other", deployment=facts(f"{GROUP}-3"))
    joined = join(template(nested), result(again, implied, other))

    assert ["main", "app", "other"] == [one.id.name for one in joined.resources]


def test_what_the_result_leaves_alone_is_kept_for_complete_mode() -> None:
    left = (Scope(f"{GROUP}/providers/{SITE}"),)
    joined = join(template(), replace(result(), left_alone=left), complete=True)

    assert (left, True) == (joined.left_alone, joined.literal)


def test_what_was_not_checked_is_said_once() -> None:
    graph = NotChecked(what="Microsoft Graph", why="x")
    mine, theirs = (replace(one, not_checked=(graph,)) for one in (template(), result()))

    assert (graph,) == join(mine, theirs).not_checked
