from __future__ import annotations

from datetime import timedelta

import pytest

from preflight.model.requirement import Origin
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.report.wording import age, because, origin_text, plural, scope_path

SUB = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001"
NAMES = {SUB: "Hub"}
VNET = f"{SUB}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("/", "/"),
        (SUB, "sub Hub"),
        (SUB.replace("1", "2"), "sub aaaaaaaa-0000-4000-8000-000000000002"),
        (f"{SUB}/resourceGroups/rg-hub", "Hub / rg-hub"),
        (f"{VNET}/subnets/snet-pe", "Hub / rg-hub / vnet-hub / snet-pe"),
        ("/providers/Microsoft.Management/managementGroups/corp", "mg corp"),
        ("/providers/Microsoft.Example/things/x", "x"),
        ("{scope}/x", "{scope}/x"),
    ],
)
def test_scope_path(scope: str, expected: str) -> None:
    assert scope_path(Scope(scope), NAMES) == expected


def test_a_scope_of_any_length_is_bounded() -> None:
    long = VNET + "/a/b" * 5000

    assert len(scope_path(Scope(long), NAMES)) < 200


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (86_400, "1 d"), (9e6, "104 d")],
)
def test_age(seconds: float, expected: str) -> None:
    assert age(timedelta(seconds=seconds)) == expected


def test_plural() -> None:
    assert [plural(n, "gap") for n in (0, 1, 2)] == ["0 gaps", "1 gap", "2 gaps"]


def _origin(name: str, *via: str) -> Origin:
    steps = tuple(Place(source=SourceFile(step, "x\n")) for step in via)
    return Origin(place=Place(source=SourceFile(name, "x\n"), via=steps))


def test_an_origin_names_its_modules_innermost_first() -> None:
    assert origin_text(_origin("c.bicep", "a.bicep", "b.bicep")) == (
        "c.bicep:1:1 via b.bicep:1, a.bicep:1"
    )


def test_because_names_two_further_places() -> None:
    origins = tuple(_origin(f"{n}.json") for n in range(5))

    assert because(origins, "it is written") == (
        "0.json:1:1: it is written (also 1.json:1:1, 2.json:1:1, 2 more)"
    )
