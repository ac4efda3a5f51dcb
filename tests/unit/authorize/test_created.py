"""Management groups that a rollout creates, and where they are placed."""

from __future__ import annotations

import pytest

from preflight.authorize.created import created_groups
from preflight.model.plan import Condition, PlannedResource
from preflight.model.scope import Scope, management_group
from preflight.model.source import Place, SourceFile
from preflight.model.template import ChangeKind
from preflight.model.value import Cause, Unknown, Value

LAND, CORP = management_group("land"), management_group("corp")


def written(
    scope: Scope,
    parent: Value = None,
    *,
    change: ChangeKind = ChangeKind.WRITE,
    condition: Condition = Condition.NONE,
) -> PlannedResource:
    return PlannedResource(
        id=scope,
        type="Microsoft.Management/managementGroups",
        name=scope.name,
        api_version=None,
        change=change,
        condition=condition,
        undecided=False,
        place=Place(source=SourceFile("main.json", "{}")),
        body={"properties": {"details": {"parent": {"id": parent}}}} if parent else {},
    )


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        (CORP.text, CORP),
        (None, None),
        (Unknown(label="parent", cause=Cause.PARAMETER), None),
        ("corp", None),
        (5, None),
    ],
)
def test_a_written_group_is_placed_where_its_body_says(
    parent: Value, expected: Scope | None
) -> None:
    assert created_groups([written(LAND, parent)]) == {LAND: expected}


def test_what_is_not_written_or_is_no_group_is_left_out() -> None:
    rows = [
        written(LAND, change=ChangeKind.EXISTING),
        written(LAND, change=ChangeKind.DELETE),
        written(LAND, condition=Condition.FALSE),
        written(Scope("/subscriptions/s/resourceGroups/rg")),
    ]

    assert created_groups(rows) == {}
