"""parameters(), variables(), copyIndex(), deployment(), deployer(), fail()."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from preflight.evaluate.frame import CopyFrame, CopyKind, EvaluationProblem, Frame
from preflight.evaluate.interpret import evaluate
from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]

LOOPS = (
    CopyFrame(name="outer", index=1, kind=CopyKind.RESOURCE),
    CopyFrame(name="inner", index=3, kind=CopyKind.PROPERTY),
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("copyIndex()", 1),
        ("copyIndex(10)", 11),
        ("copyIndex('INNER')", 3),
        ("copyIndex('inner', 2)", 5),
        ("copyIndex(9223372036854775807)", 9223372036854775808),
        ("map(range(0, 1), lambda('x', copyIndex('inner')))", [3]),
    ],
)
def test_copy_index(frame: Frame, expression: str, expected: Value) -> None:
    assert evaluate(f"[{expression}]", replace(frame, copies=LOOPS)) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("copyIndex('other')", "there is no loop `other` here"),
        ("copyIndex(-1)", "the offset -1 is negative"),
        ("copyIndex(true())", "it takes the name of a loop, an offset, or both in this order"),
        (
            "copyIndex('inner', '1')",
            "it takes the name of a loop, an offset, or both in this order",
        ),
        ("copyIndex(1, 2)", "it takes the name of a loop, an offset, or both in this order"),
    ],
)
def test_copy_index_refuses(frame: Frame, expression: str, message: str) -> None:
    with pytest.raises(EvaluationProblem) as caught:
        evaluate(f"[{expression}]", replace(frame, copies=LOOPS))

    assert caught.value.message == f"`copyIndex`: {message}"


def test_a_property_loop_alone_needs_its_name(frame: Frame) -> None:
    with pytest.raises(EvaluationProblem, match="there is no loop here that it could mean"):
        evaluate("[copyIndex()]", replace(frame, copies=LOOPS[1:]))


def test_an_unknown_argument_needs_a_loop_too(refusal: Refusal) -> None:
    assert refusal("[copyIndex(parameters('u'))]") == (
        "`copyIndex`: there is no loop here that it could mean"
    )


def test_the_index_of_a_loop_over_something_unknown(frame: Frame) -> None:
    index = Unknown(label="copyIndex", cause=Cause.PARAMETER)
    loop = CopyFrame(name="l", index=index, kind=CopyKind.RESOURCE)

    assert evaluate("[copyIndex('l', 1)]", replace(frame, copies=(loop,))) == index


def test_an_unknown_offset(frame: Frame) -> None:
    looped = replace(frame, copies=LOOPS)

    assert evaluate("[copyIndex(parameters('u'))]", looped) == Unknown(
        label="u", cause=Cause.PARAMETER
    )


def test_names_may_be_computed(
    value_of: ValueOf, parameters: dict[str, Value], variables: dict[str, Value]
) -> None:
    parameters["name"] = "v"
    variables["v"] = [1]

    assert value_of("[variables(parameters(concat('na', 'ME')))]") == [1]


def test_an_unknown_name_is_an_unknown_value(value_of: ValueOf) -> None:
    expected = Unknown(label="u", cause=Cause.PARAMETER)

    assert value_of("[parameters(parameters('u'))]") == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("fail('no')", "`fail`: the template fails on purpose: no"),
        ("fail(1)", "`fail`: argument 1 must be a string, not an integer"),
        ("parameters()", "`parameters` takes 1 argument, not 0"),
        ("variables(null())", "`variables`: argument 1 must be a string, not null"),
        ("deployer(1)", "`deployer` takes no arguments, not 1"),
        ("parameters('zz')", "the template has no parameter `zz`"),
    ],
)
def test_what_arm_refuses(refusal: Refusal, expression: str, message: str) -> None:
    assert refusal(f"[{expression}]") == message


def test_the_deployment_is_the_template_s_to_tell(value_of: ValueOf) -> None:
    assert value_of("[deployment().name]") == "main"


def test_the_deployer_is_unknown_unless_given(frame: Frame) -> None:
    known = replace(frame.environment, facts={"deployer": {"objectId": "o"}})

    assert evaluate("[deployer().objectId]", frame) == Unknown(
        label="deployer.objectId", cause=Cause.RUNTIME, expression="[deployer().objectId]"
    )
    assert evaluate("[deployer().objectId]", replace(frame, environment=known)) == "o"
