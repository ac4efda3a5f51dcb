"""Template values and expressions: what is evaluated, in which place, within which bounds."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from preflight.errors import InputError, LimitExceeded, SyntaxProblem
from preflight.evaluate.frame import Budget, EvaluationProblem, Frame, Position
from preflight.evaluate.interpret import evaluate, evaluate_text, find_copy
from preflight.model.source import Place, SourceFile
from preflight.model.value import Cause, JsonValue, OpenKey, PartialText, Unknown, Value

ValueOf = Callable[[JsonValue], Value]
Refusal = Callable[[JsonValue], str]
U = Unknown(label="u", cause=Cause.PARAMETER)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("[[concat('a')]", "[concat('a')]"),
        ("[[x", "[[x"),
        ("[concat('a'", "[concat('a'"),
        (" [concat('a')]", " [concat('a')]"),
        ("[concat('a', 'b')]", "ab"),
        (1, 1),
        (1.5, 1.5),
        (None, None),
        (True, True),
        (["[true()]", {"a": ["[null()]"]}], [True, {"a": [None]}]),
        ({"[concat('k', '1')]": "[add(1, 1)]", "b": 1}, {"k1": 2, "b": 1}),
        ({"a": 1, "A": 2}, {"a": 1, "A": 2}),
        ({"[concat('b')]": 0, "a": 1, "A": 2}, {"b": 0, "a": 1, "A": 2}),
        ({"[[x]": 1}, {"[x]": 1}),
        ("[createObject('a', createArray(10, createObject('B', 'x'))).A[1]['b']]", "x"),
    ],
)
def test_values(value_of: ValueOf, value: JsonValue, expected: Value) -> None:
    assert value_of(value) == expected


def test_text_made_by_an_expression_is_not_evaluated_again(value_of: ValueOf) -> None:
    assert value_of("[concat('[', 'add(1, 1)]')]") == "[add(1, 1)]"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("[createObject('a', 1).b]", "the object has no property `b`"),
        ("[createArray(1)[1]]", "the array has no item 1"),
        ("[createArray(1)[-1]]", "the array has no item -1"),
        ("[createArray(1).a]", "an array has no property `a`; it takes an integer"),
        ("[createArray(1)[true()]]", "an array has no property `True`; it takes an integer"),
        ("[createObject('0', 1)[0]]", "a property name is a string, not an integer"),
        ("[concat('a').length]", "a string has no property `length`"),
        ("[null().a]", "null has no property `a`"),
        ("[nosuch()]", "unknown function `nosuch`"),
        ("[sys.concat('a')]", "unknown function `sys.concat`"),
        ({"[1]": 1}, "a property name is a string, not an integer"),
        ({"[concat('a')]": 1, "A": 2}, "the object has two properties `a`"),
        ({"a": 1, "[toUpper('a')]": 2}, "the object has two properties `A`"),
    ],
)
def test_what_arm_refuses(refusal: Refusal, value: JsonValue, message: str) -> None:
    assert refusal(value) == message


@pytest.mark.parametrize(
    ("text", "help_line"),
    [
        ("[resourcIds('A.B/c', 'n')]", "did you mean `resourceId`?"),
        ("[createObject('primaryKey', 1).primarykeys]", "did you mean `primaryKey`?"),
        ("[createObject('x', 1, 'y', 2).primary]", "it has `x`, `y`"),
        ("[createObject().a]", "it has no properties at all"),
        ("[createArray(1)[5]]", "it has 1 item, from 0 on"),
    ],
)
def test_what_to_do_about_it(frame: Frame, text: str, help_line: str) -> None:
    with pytest.raises(EvaluationProblem) as caught:
        evaluate(text, frame)

    assert caught.value.help == help_line


@pytest.mark.parametrize(
    ("expression", "label"),
    [
        ("parameters('u').a.b", "u.a.b"),
        ("parameters('u')[0]['x y']", "u.0.x-y"),
        ("parameters('u')[parameters('u')]", "u"),
        ("createObject('a', 1)[parameters('u')]", "u"),
        ("createArray(1)[parameters('u')]", "u"),
        ("concat('a', parameters('u')).x", "u"),
        ("createObject('a', 1)[concat('a', parameters('u'))]", "u"),
        ("parameters('u')" + ".long" * 40, ("u" + ".long" * 40)[:64]),
    ],
)
def test_a_part_of_something_unknown(value_of: ValueOf, expression: str, label: str) -> None:
    value = value_of(f"[{expression}]")
    assert isinstance(value, Unknown)

    assert value.label == label


def test_the_key_is_evaluated_even_where_the_target_is_unknown(refusal: Refusal) -> None:
    assert refusal("[parameters('u')[fail('x')]]") == "`fail`: the template fails on purpose: x"


def test_a_property_name_with_an_unknown_part_is_kept(value_of: ValueOf) -> None:
    value = value_of({"[concat('/x/', parameters('u'))]": {}})
    assert isinstance(value, dict)
    (key,) = value

    assert isinstance(key, OpenKey)
    assert (key, key.part) == ("/x/{u}", PartialText(("/x/", U)))


def _places(frame: Frame, value: JsonValue) -> tuple[str, int | None]:
    with pytest.raises((EvaluationProblem, SyntaxProblem)) as caught:
        evaluate(value, frame)
    where = caught.value.where
    assert isinstance(where, Place)
    return where.pointer, where.offset


@pytest.mark.parametrize(
    ("value", "pointer", "offset"),
    [
        ("[concat('a', add(1, 'b'))]", "", 13),
        ("[createArray(createObject('a', 1).b)]", "", 34),
        ("[createArray(1)[0][1]]", "", 18),
        ("[if(true(), nosuch(), 1)]", "", 12),
        ({"a/b": ["x", "[nosuch()]"]}, "/a~1b/1", 1),
        ({"[nosuch()]": 1}, "/[nosuch()]", None),
        (["[concat(]"], "/0", 8),
    ],
)
def test_an_error_has_the_place_of_the_innermost_call(
    frame: Frame, value: JsonValue, pointer: str, offset: int | None
) -> None:
    assert _places(frame, value) == (pointer, offset)


def test_an_error_is_shown_with_its_line(frame: Frame) -> None:
    text = "[concat(1, nosuch())]"
    shown = replace(frame, place=Place(source=SourceFile("main.json", text)))

    with pytest.raises(EvaluationProblem) as caught:
        evaluate_text(text, shown)

    assert str(caught.value) == "main.json:1:12: unknown function `nosuch`"


def test_a_secret_is_looked_into_but_stays_secret(value_of: ValueOf, refusal: Refusal) -> None:
    value = value_of("[parameters('so').A.b]")
    assert isinstance(value, Unknown)

    assert (value.label, value.cause) == ("so.A.b", Cause.SECURE)
    assert value_of("[length(parameters('so').a.b)]") == 6
    assert value_of("[max(length(parameters('so').l), 0)]") == 1
    assert value_of("[equals(parameters('so').l[0], 1)]") is True
    assert refusal("[parameters('so').x]") == "the secure value has no property or item `x`"


def test_the_same_expression_is_parsed_once(frame: Frame) -> None:
    evaluate(["[concat('a')]", "[concat('a')]"], frame)

    first = frame.budget.expressions.parse("[concat('a')]")
    assert frame.budget.expressions.parse("[concat('a')]") is first


def test_steps_are_counted(frame: Frame) -> None:
    budget = Budget(steps=20)
    evaluate("[concat(concat('a'), concat('b'))]", replace(frame, budget=budget))

    assert budget.steps == 4
    with pytest.raises(LimitExceeded, match="evaluation steps"):
        evaluate("[concat(concat('a'), concat('b'))]", replace(frame, budget=budget))


def test_a_limit_has_a_place_too(frame: Frame) -> None:
    with pytest.raises(LimitExceeded) as caught:
        evaluate({"a": "[concat(concat('a'))]"}, replace(frame, budget=Budget(steps=11)))

    assert getattr(caught.value.where, "offset", None) == 8


def test_nesting_of_values_is_bounded(frame: Frame) -> None:
    deep: JsonValue = "x"
    for _ in range(5000):
        deep = [deep]

    with pytest.raises(LimitExceeded, match="too deeply"):
        evaluate(deep, frame)
    assert frame.budget.nesting == 0


def test_nesting_is_given_back_after_an_error(frame: Frame) -> None:
    for _ in range(1000):
        with pytest.raises(EvaluationProblem):
            evaluate({"a": ["[concat(nosuch())]"]}, frame)

    assert frame.budget.nesting == 0


def test_objects_with_a_copy_array_go_to_the_hook(frame: Frame) -> None:
    def expand(members: Mapping[str, JsonValue], frame: Frame) -> Value:
        return [*sorted(members), frame.place.pointer]

    expanding = replace(frame, property_copies=expand)

    assert evaluate({"a": {"Copy": [], "b": 1}}, expanding) == {"a": ["Copy", "b", "/a"]}
    assert evaluate({"copy": {"x": "[add(1, 1)]"}}, expanding) == {"copy": {"x": 2}}
    assert evaluate({"copy": []}, frame) == {"copy": []}


def test_find_copy_is_without_case() -> None:
    assert find_copy({"a": 1, "cOpY": [1]}) == [1]
    assert find_copy({"a": 1}) is None


def test_the_position_decides_before_the_arguments(frame: Frame) -> None:
    with pytest.raises(EvaluationProblem, match="`reference` is not allowed here"):
        evaluate("[reference(fail('x'))]", replace(frame, position=Position.VARIABLE))


def test_what_names_a_value_many_times_is_as_large_as_that(
    frame: Frame, variables: dict[str, Value]
) -> None:
    variables["v"] = [0] * 1000

    with pytest.raises(LimitExceeded, match="more than 1,000,000 items") as caught:
        evaluate(["[variables('v')]"] * 1000, frame)

    assert caught.value.where == frame.place


@pytest.mark.parametrize("name", ["[nosuch]", "[concat('a', nosuch())]", "[1]"])
def test_an_error_in_a_property_name_is_placed_at_the_name(frame: Frame, name: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluate({"a": {name: 1}}, frame)

    assert caught.value.where == replace(frame.place, pointer=f"/a/{name}")
