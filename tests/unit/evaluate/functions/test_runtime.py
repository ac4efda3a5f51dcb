"""reference(), references(), list…(): recorded, answered, and where they are allowed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from preflight.evaluate.frame import EvaluationProblem, Frame, Position, RuntimeRequest
from preflight.evaluate.interpret import evaluate
from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Requests = list[RuntimeRequest]
U = Unknown(label="u", cause=Cause.PARAMETER)


def test_a_call_is_handed_on_with_its_values_and_place(
    value_of: ValueOf, requests: Requests
) -> None:
    text = "[concat('a', listKeys(concat('s', 'a'), '2023-01-01', createObject('x', 1)).keys[0])]"
    value_of(text)
    request = requests[0]

    assert (request.function, request.arguments) == ("listKeys", ("sa", "2023-01-01", {"x": 1}))
    assert (request.expression, request.place.offset, request.undecided) == (text, 13, False)


def test_the_place_of_a_reference_is_its_own_call(value_of: ValueOf, requests: Requests) -> None:
    value_of("[concat('a', reference('r', '2023-01-01', 'Full').x)]")

    assert (requests[0].function, requests[0].place.offset) == ("reference", 13)


def test_a_property_of_the_answer_gets_a_longer_label(value_of: ValueOf) -> None:
    assert value_of("[reference('vm').identity.principalId]") == Unknown(
        label="vm.identity.principalId", cause=Cause.RUNTIME
    )


@pytest.mark.parametrize("name", ["list", "listing", "LISTKEYS"])
def test_every_name_that_begins_with_list_is_one(
    value_of: ValueOf, requests: Requests, name: str
) -> None:
    value_of(f"[{name}()]")

    assert [request.function for request in requests] == [name]


@pytest.mark.parametrize("text", ["[reference('r')]", "[references('r')]", "[listKeys('r', 'v')]"])
@pytest.mark.parametrize(
    "position",
    [
        Position.IDENTITY,
        Position.VARIABLE,
        Position.PARAMETER_DEFAULT,
        Position.USER_FUNCTION,
    ],
)
def test_where_the_value_is_needed_before_the_deployment_it_is_refused(
    frame: Frame, text: str, position: Position
) -> None:
    with pytest.raises(EvaluationProblem, match="is not allowed here") as caught:
        evaluate(text, replace(frame, position=position))

    assert caught.value.help == (
        "ARM takes it only in: output, resource; never in arguments of its kind"
    )


@pytest.mark.parametrize(
    "text",
    [
        "[reference(reference('r').x)]",
        "[reference('r', listKeys('r', 'v').x)]",
        "[references(concat('w', reference('r').x))]",
        "[listKeys(reference('r').x, 'v')]",
        "[reference(if(reference('r').x, 'a', 'b'))]",
        "[reference(first(map(createArray(1), lambda('i', reference('r').x))))]",
        "[toLogicalZone(reference('r').x, 'a', 'b')]",
        "[toPhysicalZones('a', 'b', createArray(reference('r').x))]",
    ],
)
def test_what_names_the_resource_is_needed_before_the_deployment(
    value_of: ValueOf, text: str
) -> None:
    with pytest.raises(EvaluationProblem, match="is not allowed here"):
        value_of(text)


def test_a_branch_that_is_not_taken_may_read_anything(
    value_of: ValueOf, requests: Requests
) -> None:
    value_of("[reference(if(true(), 'a', reference('r').x))]")
    value_of("[providers(reference('r').x)]")

    assert [request.arguments for request in requests] == [("a",), ("r",)]


@pytest.mark.parametrize(
    "text",
    [
        "[if(parameters('u'), reference('r').x, 1)]",
        "[if(parameters('u'), 1, reference('r').x)]",
        "[and(parameters('u'), reference('r').x)]",
        "[coalesce(parameters('u'), reference('r').x)]",
        "[map(parameters('u'), lambda('x', reference('r').x))]",
        "[toObject(parameters('u'), lambda('x', 'k'), lambda('x', reference('r').x))]",
        "[if(parameters('u'), if(true(), reference('r').x, 1), fail('perhaps'))]",
    ],
)
def test_a_call_behind_something_unknown_is_undecided(
    value_of: ValueOf, requests: Requests, text: str
) -> None:
    assert value_of(text) == U
    assert [request.undecided for request in requests] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "[if(true(), 1, reference('r').x)]",
        "[or(true(), reference('r').x)]",
        "[coalesce(1, reference('r').x)]",
        "[map(createArray(), lambda('x', reference('r').x))]",
    ],
)
def test_a_call_that_is_never_reached_is_not_made(
    value_of: ValueOf, requests: Requests, text: str
) -> None:
    value_of(text)

    assert requests == []


def test_functions_of_experimental_templates_are_open(value_of: ValueOf) -> None:
    assert value_of("[resourceInfo('x').id]") == Unknown(
        label="resourceInfo.id", cause=Cause.RUNTIME, expression="[resourceInfo('x').id]"
    )


def test_references_are_typed(refusal: Callable[[JsonValue], str]) -> None:
    assert refusal("[reference(1)]") == "`reference`: argument 1 must be a string, not an integer"
    assert refusal("[reference()]") == "`reference` takes 1 to 3 arguments, not 0"
