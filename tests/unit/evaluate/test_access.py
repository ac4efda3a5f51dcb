"""Members of values, known and unknown."""

import pytest

from preflight.evaluate.access import member, member_of_unknown, unknown_at
from preflight.evaluate.frame import EvaluationProblem
from preflight.model.value import Cause, Hidden, OpenKey, PartialText, Unknown, Value

U = Unknown(label="u", cause=Cause.PARAMETER)


@pytest.mark.parametrize(
    ("target", "key", "expected"),
    [
        ({"a": 1, "A": 2}, "A", 2),
        ({"Name": 1}, "nAME", 1),
        ([10, 20], 1, 20),
        (PartialText(("a", U)), "x", U),
        ({"a": 1}, U, U),
        ([1], PartialText(("a", U)), U),
        ({OpenKey(U): 1}, "a", U),
    ],
)
def test_members(target: Value, key: Value, expected: Value) -> None:
    assert member(target, key) == expected


def test_a_hint_is_only_looked_for_where_somebody_sees_it() -> None:
    with pytest.raises(EvaluationProblem) as shown:
        member({"name": 1}, "nam")
    with pytest.raises(EvaluationProblem) as unseen:
        member({"name": 1}, "nam", hints=False)

    assert (shown.value.help, unseen.value.help) == ("did you mean `name`?", "")


def test_an_object_with_many_properties_shows_the_first() -> None:
    with pytest.raises(EvaluationProblem) as caught:
        member({f"k{index}": index for index in range(100)}, "other")

    assert caught.value.help.startswith("it has `k0`, `k1`")
    assert caught.value.help.endswith("`k11`, …")


def test_a_member_of_a_secret_is_a_secret() -> None:
    secret = Unknown(label="s", cause=Cause.SECURE, hidden=Hidden(value={"a": 1, "A": 2}))
    upper, other = member_of_unknown(secret, "A"), member_of_unknown(secret, U)

    assert upper == Unknown(label="s.A", cause=Cause.SECURE, hidden=Hidden(value=2))
    assert other == Unknown(label="s", cause=Cause.SECURE)


def test_an_unknown_may_begin_at_any_text() -> None:
    assert unknown_at("a b/c", Cause.CONTEXT, "[x]").label == "a-b-c"
