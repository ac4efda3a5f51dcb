"""Zones and provider metadata: unknown without data, exact with them."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from preflight.evaluate.frame import EvaluationProblem, Frame
from preflight.evaluate.interpret import evaluate
from preflight.model.value import Cause, JsonValue, Unknown, Value

S = "11111111-1111-1111-1111-111111111111"
FACTS: Mapping[str, JsonValue] = {
    "zoneData": {"Microsoft.Compute/virtualMachines": {"westus2": ["1", "2", "3"]}},
    "zoneMappings": {S: {"westus2": {"1": "westus2-az3", "2": "westus2-az1"}}},
    "providers": [
        {"namespace": "Microsoft.Web", "resourceTypes": [{"resourceType": "sites", "n": 1}]}
    ],
}
CALLS: tuple[tuple[str, Value], ...] = (
    ("pickZones('microsoft.compute', 'VirtualMachines', 'West US 2')", ["1"]),
    ("pickZones('Microsoft.Compute', 'virtualMachines', 'westus2', 2, 1)", ["2", "3"]),
    ("pickZones('Microsoft.Compute', 'virtualMachines', 'nowhere')", []),
    ("providers('microsoft.web', 'SITES').n", 1),
    ("providers('Microsoft.Web').namespace", "Microsoft.Web"),
    (f"toLogicalZone('{S}', 'westus2', 'westus2-az3')", "1"),
    (f"toLogicalZones('{S}', 'westus2', createArray('westus2-az1'))", ["2"]),
    (f"toPhysicalZone('{S}', 'westus2', '2')", "westus2-az1"),
    (f"toPhysicalZones('{S}', 'westus2', createArray('1', '2'))", ["westus2-az3", "westus2-az1"]),
)


def _informed(frame: Frame) -> Frame:
    return replace(frame, environment=replace(frame.environment, facts=FACTS))


@pytest.mark.parametrize(("expression", "expected"), CALLS)
def test_with_data(frame: Frame, expression: str, expected: Value) -> None:
    assert evaluate(f"[{expression}]", _informed(frame)) == expected


@pytest.mark.parametrize("expression", [call for call, _ in CALLS])
def test_without_data(frame: Frame, expression: str) -> None:
    value = evaluate(f"[{expression}]", frame)
    assert isinstance(value, Unknown)

    assert value.cause is Cause.RUNTIME


@pytest.mark.parametrize(
    "expression",
    [
        "pickZones('Microsoft.Compute', 'virtualMachines', 'westus2', 3, 1)",
        "pickZones('Microsoft.Compute/virtualMachines', 'x', 'westus2')",
        "pickZones('Microsoft.Compute', 'virtualMachines', 'westus2', 2147483648)",
        "providers('n/a')",
        "providers('Microsoft.Web', 'n/a')",
        f"toPhysicalZone('{S}', 'westus2', '9')",
        f"toPhysicalZone('{S}', 'nowhere', '1')",
        "toPhysicalZone('x')",
        "toPhysicalZone('unknown', 'westus2', '1')",
    ],
)
def test_what_the_data_do_not_have(frame: Frame, expression: str) -> None:
    with pytest.raises(EvaluationProblem):
        evaluate(f"[{expression}]", _informed(frame))


@pytest.mark.parametrize(
    "expression", ["pickZones('a', 'b', 'c', 0)", "pickZones('a', 'b')", "providers(1)"]
)
def test_arguments_are_checked_without_data_too(frame: Frame, expression: str) -> None:
    with pytest.raises(EvaluationProblem):
        evaluate(f"[{expression}]", frame)


def test_but_those_of_the_zone_mappings_are_not(frame: Frame) -> None:
    assert isinstance(evaluate("[toLogicalZone(1)]", frame), Unknown)
