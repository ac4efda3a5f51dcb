from __future__ import annotations

import pytest

from preflight.evaluate.frame import EvaluationProblem
from preflight.evaluate.resource_id import (
    fit,
    id_below,
    id_in_deployment,
    scope_below,
    typed_name,
)
from preflight.model.scope import Scope

SUBSCRIPTION = Scope("/subscriptions/s")
GROUP = Scope("/subscriptions/s/resourceGroups/g")


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("A.B/c", "x", "A.B/c/x"),
        ("A.B/c/d", "x/y", "A.B/c/x/d/y"),
        ("A.B/c/d", "x//y/", "A.B/c/x/d/y"),
        ("A.B/c/providers/locks", "x/M.A/l", "A.B/c/x/providers/M.A/locks/l"),
        ("A.B/c/providers/locks/kids", "x/M.A/l/k", "A.B/c/x/providers/M.A/locks/l/kids/k"),
    ],
)
def test_type_and_name_take_turns(kind: str, name: str, expected: str) -> None:
    assert id_below(GROUP, typed_name(kind, name)).text == f"{GROUP}/providers/{expected}"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("A.B/c", "a/b"),
        ("A.B/c/d", "a"),
        ("A.B/c/d", "a/"),
        ("c", "a"),
        ("A.B/c", ""),
        ("A.B/c", "/"),
        ("A.B/c/providers/locks", "x/l"),
    ],
)
def test_a_wrong_number_of_segments_is_refused(kind: str, name: str) -> None:
    with pytest.raises(EvaluationProblem):
        typed_name(kind, name)


@pytest.mark.parametrize(
    ("names", "kinds", "expected"),
    [
        ("{n}", "a/b", ("{n}", "{n}")),
        ("{n}/current", "a/b/c", ("{n}", "{n}", "current")),
        ("x-{n}-y", "a/b/c", ("x-{n}", "{n}", "{n}-y")),
        ("x/{n}", "a/b", ("x", "{n}")),
        ("{n}/M.A/l", "a/b/providers/locks", ("{n}", "{n}", "M.A", "l")),
        ("x/M.A/{n}", "a/providers/locks/kids", ("x", "M.A", "{n}", "{n}")),
        ("{n}/l", "a/providers/locks", ("{n}", "{n}", "l")),
        ("a/b/{n}", "a/b", ("a", "b")),
        ("{n}/{m}", "a", ("{n}",)),
        ("x/y", "a", None),
    ],
)
def test_a_placeholder_stands_for_the_missing_segments(
    names: str, kinds: str, expected: tuple[str, ...] | None
) -> None:
    assert fit(names.split("/"), kinds.split("/")) == expected


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("d", "y", "A.B/c/x/d/y"),
        ("/d/", "y", "A.B/c/x/d/y"),
        ("d/e", "y/z", "A.B/c/x/d/y/e/z"),
        ("A.B/c/d", "x/y", "A.B/c/x/d/y"),
        ("A.B/c/d", "other/y", "A.B/c/other/d/y"),
        ("M.A/locks", "l", "M.A/locks/l"),
        ("providers/locks", "/M.A/l", "A.B/c/x/providers/M.A/locks/l"),
        ("d", "{n}", "A.B/c/x/d/{n}"),
        ("A.B/c/d", "{n}", "A.B/c/{n}/d/{n}"),
        ("M.A/locks", "{n}", "M.A/locks/{n}"),
    ],
)
def test_nested_entries_continue_their_parent_or_stand_alone(
    kind: str, name: str, expected: str
) -> None:
    parent = typed_name("A.B/c", "x")
    child = typed_name(kind, name, parent=parent)

    assert id_below(GROUP, child).text == f"{GROUP}/providers/{expected}"


def test_a_nested_name_with_too_many_segments_is_refused() -> None:
    with pytest.raises(EvaluationProblem, match="asks for 1"):
        typed_name("d", "x/y", parent=typed_name("A.B/c", "x"))


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (SUBSCRIPTION, "/subscriptions/s/resourceGroups/new"),
        (GROUP, f"{GROUP}/providers/Microsoft.Resources/resourceGroups/new"),
        (Scope("/"), "/providers/Microsoft.Resources/resourceGroups/new"),
    ],
)
def test_resource_groups(scope: Scope, expected: str) -> None:
    name = typed_name("Microsoft.Resources/resourceGroups", "new")

    assert id_in_deployment(scope, name).text == expected


@pytest.mark.parametrize(
    ("scope", "text", "expected"),
    [
        ("/subscriptions/s/resourceGroups/g", "A.B/c/x", f"{GROUP}/providers/A.B/c/x"),
        ("/subscriptions/s/resourceGroups/g", "A.B//c/x/", f"{GROUP}/providers/A.B/c/x"),
        ("/subscriptions/s", "/subscriptions/t/", "/subscriptions/t"),
        ("/subscriptions/s", "/", "/"),
        ("/subscriptions/s", "", "/subscriptions/s"),
        ("/subscriptions/s", "{vm}", "{vm}"),
        (
            "/subscriptions/s",
            "Microsoft.Management/managementGroups/m",
            "/subscriptions/s/providers/Microsoft.Management/managementGroups/m",
        ),
        (
            "/providers/Microsoft.Management/managementGroups/corp",
            "Microsoft.Management/managementGroups/m",
            "/providers/Microsoft.Management/managementGroups/m",
        ),
    ],
)
def test_scopes_seen_from_a_deployment(scope: str, text: str, expected: str) -> None:
    assert scope_below(Scope(scope), text).text == expected


@pytest.mark.parametrize("kind", ["", "/", "s", "A.B/"])
def test_a_type_without_a_segment_is_refused_whatever_the_name(kind: str) -> None:
    with pytest.raises(EvaluationProblem, match="is no resource type"):
        typed_name(kind, "{name}")
