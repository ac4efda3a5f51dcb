from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from preflight.model.advice import AlsoAllows, Recommendation, RecommendationKind
from preflight.model.diagnosis import Holding, Rung
from preflight.model.scope import Scope
from preflight.model.truth import Truth
from preflight.report.finding_text import advice_text, ladder_text, size_text

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make


def advice(kind: RecommendationKind, also: AlsoAllows | None = None) -> Recommendation:
    return Recommendation(kind=kind, text="do this.", also_allows=also)


@pytest.mark.parametrize(
    ("kind", "also", "expected"),
    [
        (RecommendationKind.WAIT, None, "do this."),
        (RecommendationKind.ASSIGN_ROLE, None, "do this. Not proven."),
        (
            RecommendationKind.CUSTOM_ROLE,
            AlsoAllows(count=0),
            "do this. Opens nothing else. Not proven.",
        ),
        (
            RecommendationKind.ACTIVATE,
            AlsoAllows(count=1),
            "do this. Opens at least 1 further action (catalogue D).",
        ),
        (
            RecommendationKind.ACTIVATE,
            AlsoAllows(count=9, privileged=tuple("abcdefg")),
            (
                "do this. Opens at least 9 further actions (catalogue D), "
                "privileged: a, b, c, d, e and 2 more."
            ),
        ),
    ],
)
def test_advice(kind: RecommendationKind, also: AlsoAllows | None, expected: str) -> None:
    assert advice_text(advice(kind, also), "D") == expected


def test_the_catalogue_is_named_only_where_it_is_known() -> None:
    also = AlsoAllows(count=2)

    assert advice_text(advice(RecommendationKind.ACTIVATE, also), "") == (
        "do this. Opens at least 2 further actions."
    )


def test_proof_counts_what_it_closes(make: Make) -> None:
    proven = replace(
        advice(RecommendationKind.ASSIGN_ROLE),
        proven=True,
        closes=(make.requirement(), make.requirement("A.B/c/write")),
    )

    assert advice_text(proven, "") == "do this. Proven: 2 denials → 0."


def test_size(make: Make) -> None:
    one, same, other = (make.requirement(), make.requirement(), make.requirement(scope="/"))

    assert [size_text([one]), size_text([one, same]), size_text([one, other])] == [
        "1 action",
        "1 action",
        "1 action at 2 scopes",
    ]


def test_a_ladder_shows_what_is_held_and_what_denies(make: Make) -> None:
    held = [
        Holding(
            assignment=make.assignment(),
            role_name=role,
            via=via,
            grants=grants,
            because=because,
        )
        for role, via, grants, because in (
            ("Reader", "direct", Truth.FALSE, "role-lacks-action"),
            ("Owner", "grp", Truth.TRUE, ""),
            ("Custom", "direct", Truth.UNKNOWN, "condition-undetermined"),
        )
    ]
    rungs = (Rung(scope=Scope.ROOT, label="/"), Rung(scope=Scope("/x"), label="x", holds=(*held,)))

    assert ladder_text(rungs) == "/ -   x: Reader, Owner (grp) ✓, Custom ?"
    assert ladder_text(rungs, everything=True) == (
        "/ -   x: Reader [role-lacks-action], Owner (grp) ✓, Custom ? [condition-undetermined]"
    )
