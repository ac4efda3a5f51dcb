"""guid(), uniqueString(), newGuid()."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from preflight.evaluate.frame import EvaluationProblem, Frame, Position
from preflight.evaluate.functions.identifiers import hash64
from preflight.evaluate.interpret import evaluate
from preflight.model.value import Cause, JsonValue, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("guid('asdf')", "228d27cc-6fdb-5934-b7ac-1efccebade04"),
        ("guid('foo', 'bar', 'baz')", "2ed86837-7c7c-5eaa-9864-dd077fd19b0d"),
        ("guid('\u00e9')", "00e3d13f-31a7-5e5b-ac3b-5598870502dd"),
        ("uniqueString('')", "aaaaaaaaaaaaa"),
        ("uniqueString('hello', 'world')", "a7wkljktk6wne"),
        ("uniqueString('tyeth')", "zcztcwvu6iyg6"),
        ("uniqueString('snap', 'crackle', 'pop')", "byghxckddilkc"),
        ("uniqueString('\U0001f600')", "tvznssbg6pxsi"),
    ],
)
def test_known_values(value_of: ValueOf, expression: str, expected: Value) -> None:
    assert value_of(f"[{expression}]") == expected


def test_the_hash_behind_unique_string() -> None:
    assert hash64(b"hello-world") == 571013382255652050


@pytest.mark.parametrize("name", ["guid", "uniqueString"])
def test_they_take_strings_only(refusal: Refusal, name: str) -> None:
    assert refusal(f"[{name}('a', 1)]") == f"`{name}`: argument 2 must be a string, not an integer"


def test_an_unknown_argument_leaves_nothing_known(value_of: ValueOf) -> None:
    expected = Unknown(label="u", cause=Cause.PARAMETER)

    assert value_of("[guid('a', parameters('u'))]") == expected


@pytest.mark.parametrize("position", [p for p in Position if p is not Position.PARAMETER_DEFAULT])
def test_new_guid_is_for_parameter_defaults(frame: Frame, position: Position) -> None:
    with pytest.raises(EvaluationProblem, match="`newGuid` is not allowed here"):
        evaluate("[newGuid()]", replace(frame, position=position))


def test_new_guid_is_unknown_unless_given(frame: Frame) -> None:
    default = replace(frame, position=Position.PARAMETER_DEFAULT)
    fixed = replace(frame.environment, guid="b76a51fc-bd72-4a77-b9a2-3c29e7d2e551")

    assert evaluate("[newGuid()]", default) == Unknown(
        label="newGuid", cause=Cause.GUID, expression="[newGuid()]"
    )
    assert evaluate("[newGuid()]", replace(default, environment=fixed)) == fixed.guid
