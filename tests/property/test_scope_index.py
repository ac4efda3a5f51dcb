"""The index of scopes answers as comparing every row would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from preflight.authorize.scope_index import ScopeIndex
from preflight.model.scope import Scope
from preflight.model.truth import Truth

SEGMENTS = ["subscriptions", "S", "s", "resourceGroups", "a", "ab", "vm-1", "vm-1-x", "x-1"]
UNKNOWN = ["{n}", "vm-{n}", "{n}-1", "vm-{n}-x", "{a}{b}", "{not a label}", "vm-{n}{m}-{n}"]
rows = st.lists(
    st.lists(st.sampled_from([*SEGMENTS, "{n}"]), max_size=4).map(
        lambda parts: Scope("/" + "/".join(parts))
    ),
    max_size=8,
)
asked = st.one_of(
    st.lists(st.sampled_from([*SEGMENTS, *UNKNOWN]), max_size=5).map(
        lambda parts: Scope("/" + "/".join(parts))
    ),
    st.sampled_from([Scope("{id}"), Scope("{id}/a"), Scope("/")]),
)


@given(rows, asked)
def test_covering(kept: list[Scope], scope: Scope) -> None:
    numbered = list(enumerate(kept))
    found = ScopeIndex(numbered, lambda row: row[1]).covering(scope)
    one_by_one = {
        (number, truth)
        for number, row in numbered
        if (truth := row.covers(scope)) is not Truth.FALSE
    }

    assert {(row[0], truth) for row, truth in found} == one_by_one
    depths = [len(row[1].segments) for row, _ in found]
    if not scope.text.startswith("{"):
        assert depths == sorted(depths, reverse=True)


@given(rows, asked)
def test_at_and_below(kept: list[Scope], scope: Scope) -> None:
    index = ScopeIndex(kept, lambda row: row)
    below = [row for row in kept if row.folded.startswith(scope.folded.rstrip("/") + "/")]

    assert sorted(row.folded for row in index.at(scope)) == sorted(
        row.folded for row in kept if row == scope
    )
    if not scope.has_placeholder:
        expected = sorted(row.folded for row in below if row.text != "/")

        assert sorted(row.folded for row in index.below(scope)) == expected


@given(st.text("ab-", max_size=40), st.lists(st.sampled_from(["a", "b-", "{n}"]), max_size=40))
def test_a_hostile_segment_costs_no_time(name: str, parts: list[str]) -> None:
    segment = "".join(parts)
    scope = Scope(f"/subscriptions/{segment}")
    row = Scope(f"/subscriptions/{name}")

    assert ([truth for _, truth in ScopeIndex([row], lambda one: one).covering(scope)] == []) == (
        row.covers(scope) is Truth.FALSE
    )
