from __future__ import annotations

import pytest

from preflight.evaluate.frame import EvaluationProblem
from preflight.evaluate.types import Types
from preflight.model.value import Cause, JsonValue, OpenKey, PartialText, Unknown, Value

Json = dict[str, JsonValue]
U = Unknown(label="u", cause=Cause.PARAMETER)
OBJECT: Json = {
    "type": "object",
    "properties": {"a": {"type": "string"}, "b": {"type": "int", "nullable": True}},
}
SEALED: Json = {**OBJECT, "additionalProperties": False}
UNION: Json = {
    "type": "object",
    "discriminator": {
        "propertyName": "kind",
        "mapping": {
            "cat": {"type": "object", "properties": {"lives": {"type": "int"}}},
            "dog": {"$ref": "#/definitions/dog"},
        },
    },
}
DEFINITIONS: Json = {
    "short": {"type": "string", "maxLength": 3},
    "dog": {"type": "object", "properties": {"barks": {"type": "bool"}}},
    "node": {
        "type": "object",
        "properties": {"next": {"$ref": "#/definitions/node", "nullable": True}},
        "additionalProperties": {"type": "int"},
    },
    "a": {"$ref": "#/definitions/b"},
    "b": {"$ref": "#/definitions/A"},
}
TYPES = Types(definitions=DEFINITIONS)
TUPLE: Json = {"type": "array", "prefixItems": [{"type": "string"}, {"type": "int"}]}
REF: Json = {"$ref": "#/definitions/short"}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "a"),
        ({"type": "SecureString"}, "a"),
        ({"type": "int"}, 5),
        ({"type": "bool"}, False),
        ({"type": "array"}, []),
        ({"type": "secureObject"}, {}),
        ({}, "anything"),
        ({"type": "string", "allowedValues": ["a", "b"]}, "b"),
        ({"type": "string", "allowedValues": []}, "b"),
        ({"type": "array", "allowedValues": [1, 2]}, [2, 2, 1]),
        ({"type": "array", "allowedValues": [[1], [2, 3]]}, [2, 3]),
        ({"type": "object", "allowedValues": [{"a": 1, "b": 2}]}, {"b": 2, "a": 1}),
        ({"type": "object", "additionalProperties": False}, {"a": None}),
        ({"type": "object", "additionalProperties": {"type": "int"}}, {"a": None, "b": 1}),
        ({"type": "string", "minLength": 2, "maxLength": 2}, "ab"),
        ({"type": "int", "minValue": 1, "maxValue": 1}, 1),
        ({"type": "array", "items": {"type": "int"}}, [1, 2]),
        ({"type": "array", "items": {"type": "int", "nullable": True}}, [None]),
        (TUPLE, ["a", 1, "more"]),
        (OBJECT, {"a": "x"}),
        (OBJECT, {"A": "x", "b": None, "more": 1}),
        ({**OBJECT, "additionalProperties": {"type": "int"}}, {"a": "x", "c": 1}),
        (REF, "abc"),
        ({**REF, "maxLength": 5}, "abcde"),
        ({"$ref": "#/definitions/node"}, {"next": {"next": {"n": 1}}}),
        (UNION, {"kind": "cat", "lives": 7}),
        (UNION, {"Kind": "dog", "barks": True}),
    ],
)
def test_values_that_fit(schema: Json, value: Value) -> None:
    assert TYPES.mismatch(value, schema) is None


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "string"}, 1, "expected string, got integer"),
        ({"type": "int"}, "1", "expected int, got string"),
        ({"type": "int"}, True, "expected int, got boolean"),
        ({"type": "int"}, 1.0, "expected int, got float"),
        ({"type": "bool"}, 1, "expected bool, got integer"),
        ({"type": "array"}, {}, "expected array, got object"),
        ({"type": "object"}, [], "expected object, got array"),
        ({"type": "string", "allowedValues": ["a"]}, "A", "`A` is none of the allowed values"),
        ({"type": "int", "allowedValues": ["1"]}, 1, "`1` is none of the allowed values"),
        ({"type": "array", "allowedValues": [1]}, [1, 2], "it is none of the allowed values"),
        ({"type": "array", "allowedValues": [[1]]}, [], "it is none of the allowed values"),
        ({"type": "array", "allowedValues": [[1]]}, [[1]], "it is none of the allowed values"),
        ({"type": "array", "allowedValues": [[1], 2]}, [2], "it is none of the allowed values"),
        ({"type": "string", "minLength": 2}, "a", "its length is 1, at least 2 is required"),
        ({"type": "string", "maxLength": 2}, "\U0001f600a", "its length is 3, at most 2"),
        ({"type": "array", "maxLength": 0}, [1], "its length is 1, at most 0 is allowed"),
        ({"type": "int", "minValue": 2}, 1, "`1` is less than the minimum, 2"),
        ({"type": "int", "maxValue": 2}, 3, "`3` is more than the maximum, 2"),
        ({"type": "array", "items": {"type": "int"}}, [1, "a"], "`[1]`: expected int, got string"),
        ({"type": "array", "items": {"type": "int"}}, [None], "`[0]`: expected int, got null"),
        (TUPLE, ["a"], "2 items are required, 1 given"),
        (TUPLE, ["a", "b"], "`[1]`: expected int, got string"),
        ({**TUPLE, "items": False}, ["a", 1, 2], "2 items are allowed, 3 given"),
        ({**TUPLE, "items": {"type": "int"}}, ["a", 1, "x"], "`[2]`: expected int, got string"),
        (OBJECT, {}, "the property `a` is missing"),
        (OBJECT, {"a": None}, "the property `a` is missing"),
        (OBJECT, {"a": "x", "B": "1"}, "`.B`: expected int, got string"),
        (SEALED, {"a": "x", "c": 1}, "the property `c` is not allowed"),
        (REF, "abcd", "its length is 4, at most 3 is allowed"),
        ({**REF, "type": "int"}, "a", "expected int, got string"),
        (
            {"$ref": "#/definitions/node"},
            {"next": {"next": {"n": "x"}}},
            "`.next.next.n`: expected int, got string",
        ),
        (UNION, {"kind": "cat", "lives": "7"}, "`.lives`: expected int, got string"),
        (UNION, {"kind": "cow"}, "the discriminator property `kind` is none of `cat`, `dog`"),
        (UNION, {"kind": 1}, "the discriminator property `kind` is no string but integer"),
        (UNION, {}, "the discriminator property `kind` is missing"),
    ],
)
def test_values_that_do_not_fit(schema: Json, value: Value, expected: str) -> None:
    found = TYPES.mismatch(value, schema)

    assert found is not None
    assert found.startswith(expected)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "int"}, U),
        ({"type": "int"}, PartialText(("a", U))),
        ({"type": "string", "allowedValues": ["a"]}, U),
        ({"type": "array", "items": {"type": "int"}}, [U]),
        ({"type": "array", "allowedValues": [1]}, [U]),
        (OBJECT, {OpenKey(U): 1}),
        (OBJECT, {"a": U, "b": U}),
        (UNION, {"kind": U, "lives": "x"}),
        (UNION, {OpenKey(U): 1}),
    ],
)
def test_what_is_unknown_is_never_held_against_a_value(schema: Json, value: Value) -> None:
    assert TYPES.mismatch(value, schema) is None


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "float"},
        {"$ref": "#/definitions/nope"},
        {"$ref": "#/definitions/a"},
        {"type": "object", "discriminator": {}},
    ],
)
def test_declarations_that_arm_refuses(schema: Json) -> None:
    with pytest.raises(EvaluationProblem):
        TYPES.mismatch({}, schema)


def test_values_of_secure_types_are_not_printed() -> None:
    found = TYPES.mismatch("geheim", {"type": "securestring", "allowedValues": ["a"]})

    assert found == "it is none of the allowed values"


def test_secure_and_nullable_look_through_references() -> None:
    types = Types(definitions={"s": {"type": "secureString", "nullable": True}})
    schema: Json = {"$ref": "#/definitions/S"}

    assert (types.is_secure(schema), types.is_nullable(schema)) == (True, True)


def test_deep_values_need_no_deep_stack() -> None:
    value: Value = {}
    for _ in range(5000):
        value = {"next": value}

    assert TYPES.mismatch(value, {"$ref": "#/definitions/node"}) is None


PARTS = Types(
    definitions={
        "a/b": {"type": "object", "properties": {"x~y": {"type": "int"}}},
        "list": {"type": "array", "items": {"type": "string"}, "prefixItems": [{"type": "bool"}]},
        "map": {"type": "object", "additionalProperties": {"$ref": "#/definitions/list/items"}},
    }
)


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        ("a~1b/properties/x~0y", "int"),
        ("LIST/items", "string"),
        ("list/prefixItems/0", "bool"),
        ("map/additionalProperties", "string"),
    ],
)
def test_a_reference_may_lead_into_a_type(way: str, kind: str) -> None:
    assert PARTS.resolve({"$ref": f"#/definitions/{way}"})["type"] == kind


@pytest.mark.parametrize("way", ["list/x", "list/prefixItems/1", "list/type/x", "map/properties/a"])
def test_a_reference_to_no_part_of_a_type(way: str) -> None:
    with pytest.raises(EvaluationProblem, match=f"the type `{way}` is not defined"):
        PARTS.resolve({"$ref": f"#/definitions/{way}"})
