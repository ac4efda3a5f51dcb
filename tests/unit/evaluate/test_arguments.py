"""Arguments against the declaration of a function: unknown parts first, then kinds."""

import pytest

from preflight.evaluate.arguments import prepare
from preflight.evaluate.frame import Budget, EvaluationProblem
from preflight.evaluate.functions.registry import (
    ANY,
    ARRAY,
    INT,
    NULL,
    STRING,
    Call,
    Checked,
    Function,
    Opens,
)
from preflight.model.value import Cause, Hidden, PartialText, Unknown, Value

U = Unknown(label="u", cause=Cause.PARAMETER)
TEXT = PartialText(("a", U))
SECRET = Unknown(label="s", cause=Cause.SECURE, hidden=Hidden(value="x"))


def _never(call: Call) -> Value:
    raise AssertionError(call.name)


def _function(opens: Opens, *, reveals: bool = False) -> Function:
    return Function("f", _never, (STRING | ARRAY, INT), opens=opens, reveals=reveals)


@pytest.mark.parametrize(
    ("opens", "values", "blocked"),
    [
        (Opens.UNKNOWN, ["a", 1], None),
        (Opens.UNKNOWN, [[U], 1], U),
        (Opens.UNKNOWN, [TEXT, 1], U),
        (Opens.CONTAINER, [[U], 1], None),
        (Opens.CONTAINER, [U, 1], U),
        (Opens.CONTAINER, [TEXT, 1], U),
        (Opens.TEXT, [TEXT, 1], None),
        (Opens.TEXT, [U, 1], None),
        (Opens.TEXT, [[U], 1], U),
        (Opens.SELF, [U, U], None),
    ],
)
def test_what_makes_the_result_unknown(
    opens: Opens, values: list[Value], blocked: Unknown | None
) -> None:
    assert prepare(_function(opens), values, Budget(steps=100)) == blocked


def test_a_wrong_kind_is_refused_with_both_kinds() -> None:
    with pytest.raises(EvaluationProblem) as caught:
        prepare(_function(Opens.UNKNOWN), [None, 1], Budget(steps=100))

    assert caught.value.message == "`f`: argument 1 must be a string or array, not null"


def test_a_boolean_is_no_integer() -> None:
    with pytest.raises(EvaluationProblem, match="argument 2 must be an integer, not a boolean"):
        prepare(_function(Opens.UNKNOWN), ["a", True], Budget(steps=100))


@pytest.mark.parametrize("opens", list(Opens))
@pytest.mark.parametrize(
    ("checked", "values", "refused"),
    [
        (Checked.IN_ORDER, [U, "wrong"], False),
        (Checked.IN_ORDER, [None, U], True),
        (Checked.EACH, [U, "wrong"], True),
        (Checked.EACH, [None, U], True),
        (Checked.TOGETHER, [U, "wrong"], False),
        (Checked.TOGETHER, [None, TEXT], False),
        (Checked.TOGETHER, [None, 1], True),
    ],
)
def test_what_is_checked_beside_something_unknown(
    opens: Opens, checked: Checked, values: list[Value], *, refused: bool
) -> None:
    function = Function("f", _never, (STRING | ARRAY, INT), opens=opens, checked=checked)

    if refused:
        with pytest.raises(EvaluationProblem):
            prepare(function, values, Budget(steps=100))
    else:
        assert prepare(function, values, Budget(steps=100)) == U


def test_a_container_of_the_wrong_kind_is_refused_whatever_is_in_it() -> None:
    with pytest.raises(EvaluationProblem, match="argument 2 must be an integer, not an array"):
        prepare(_function(Opens.UNKNOWN), ["a", [U]], Budget(steps=100))


def test_further_arguments_have_kinds_of_their_own() -> None:
    function = Function("f", _never, (STRING,), rest=NULL)

    assert prepare(function, ["a", None, None], Budget(steps=100)) is None
    with pytest.raises(EvaluationProblem, match="argument 3 must be null"):
        prepare(function, ["a", None, 1], Budget(steps=100))


def test_secrets_are_revealed_to_those_who_may_look() -> None:
    values: list[Value] = [SECRET, 1]

    assert prepare(_function(Opens.UNKNOWN, reveals=True), values, Budget(steps=100)) is None
    assert values == ["x", 1]


@pytest.mark.parametrize("opens", [Opens.UNKNOWN, Opens.TEXT])
def test_and_hidden_from_the_others(opens: Opens) -> None:
    values: list[Value] = [SECRET, 1]
    shown = Unknown(label="s", cause=Cause.SECURE)

    assert (prepare(_function(opens), values, Budget(steps=100)) or values[0]) == shown


def test_a_member_keeps_its_secret_for_whoever_reads_it_out() -> None:
    values: list[Value] = [SECRET]

    assert (
        prepare(Function("f", _never, (ANY,), opens=Opens.SELF), values, Budget(steps=100)) is None
    )
    assert values == [SECRET]
