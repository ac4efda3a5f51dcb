from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

import pytest

from preflight.derive.needs import MAX_ORIGINS, Need, Needs, undecided
from preflight.errors import LimitExceeded
from preflight.model.plan import PlannedResource
from preflight.model.requirement import Certainty, RequirementKind
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.value import Value

Row: TypeAlias = Callable[[str, Mapping[str, Value]], PlannedResource]
SOURCE = SourceFile("main.json", "{}")
MOST = 5


def need(row: PlannedResource, action: str = "A.B/c/write", scope: str = "/x") -> Need:
    return Need(
        action=action,
        scope=Scope(scope),
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.WRITE,
        why="because",
        row=row,
    )


def test_only_what_is_required_becomes_conditional() -> None:
    assert Certainty.CONDITIONAL is undecided(Certainty.REQUIRED, when=True)
    assert Certainty.REQUIRED is undecided(Certainty.REQUIRED, when=False)
    assert Certainty.POSSIBLE is undecided(Certainty.POSSIBLE, when=True)


def test_needs_merge_without_regard_to_case(row: Row) -> None:
    needs = Needs(MOST)
    made = row("A.B/c/d", {})
    needs.extend([need(made), need(made, "a.b/C/WRITE", "/X")])

    assert ["A.B/c/write"] == [one.action.text for one in needs.requirements()]


def test_more_requirements_than_the_bound_are_refused_where_the_first_is_asked_for(
    row: Row,
) -> None:
    needs = Needs(MOST)
    made = need(row("A.B/c/d", {}))
    needs.extend([made._replace(scope=Scope(f"/{number}")) for number in range(MOST)] * 2)
    place = Place(source=SOURCE, pointer="/resources/7")
    with pytest.raises(LimitExceeded, match="more than 5 requirements") as caught:
        needs.add(made._replace(scope=Scope("/another"), place=place))

    assert place == caught.value.where
    assert "--max-requirements" in caught.value.help


def test_attributes_and_data_actions_keep_needs_apart(row: Row) -> None:
    needs = Needs(MOST)
    made = need(row("A.B/c/d", {}))
    needs.extend(
        [
            made,
            made._replace(data_action=True),
            made._replace(attributes={"principalId": "p"}),
            made._replace(attributes={"principalId": "q"}),
            made._replace(attributes={"principalId": "p"}),
        ]
    )

    assert 4 == len(needs.requirements())


def test_origins_are_kept_in_order_up_to_a_bound(row: Row) -> None:
    needs = Needs(MOST)
    made = need(row("A.B/c/d", {}))
    for number in range(MAX_ORIGINS + 5):
        needs.add(made._replace(place=Place(source=SOURCE, pointer=f"/{number}")))
    (found,) = needs.requirements()

    assert MAX_ORIGINS == len(found.origins)
    assert "/0" == found.origins[0].place.pointer


def test_the_chain_of_modules_tells_origins_apart(row: Row) -> None:
    needs = Needs(MOST)
    made = need(row("A.B/c/d", {}))
    place = Place(source=SOURCE, pointer="/resources/0")
    outer = replace(place, pointer="/resources/7")
    needs.extend([made._replace(place=place), made._replace(place=replace(place, via=(outer,)))])
    (found,) = needs.requirements()

    assert [(), (outer,)] == [origin.place.via for origin in found.origins]
