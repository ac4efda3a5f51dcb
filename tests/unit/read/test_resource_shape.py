"""The JSON kinds that ARM takes for the members of a resource and of loops."""

from __future__ import annotations

import pytest

from preflight.errors import InputError
from preflight.model.source import SourceFile
from preflight.model.value import JsonValue
from preflight.read.members import Member, Reader, plain
from preflight.read.resource_shape import check_output, check_shape, is_existing

Json = dict[str, JsonValue]


def reader() -> Reader:
    return Reader(source=SourceFile("t", ""))


def members(value: Json) -> dict[str, Member]:
    return reader().members(value, "/resources/0", "a resource")


def shaped(value: Json) -> Json:
    found = members(value)
    check_shape(found, reader())
    return plain(found)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ({"name": 5, "Kind": True, "id": 1.5}, {"name": "5", "Kind": "True", "id": "1.5"}),
        ({"location": None, "scope": "/"}, {"location": None, "scope": "/"}),
        ({"dependsOn": ""}, {"dependsOn": None}),
        ({"asserts": "", "@options": {}}, {"asserts": "", "@options": {}}),
        ({"copy": {"Name": 1, "count": 2}}, {"copy": {"Name": "1", "count": 2}}),
        ({"copy": "x"}, {"copy": "x"}),
    ],
)
def test_what_arm_converts(written: Json, read_as: Json) -> None:
    assert shaped(written) == read_as


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"name": []}, "`name` is an array, not text"),
        ({"extension": {}}, "`extension` is an object, not text"),
        ({"asserts": 1}, "`asserts` is a number, not an object"),
        ({"@options": []}, "`@options` is an array, not an object"),
        ({"existing": "[true()]"}, "`existing` must be true or false"),
        ({"dependsOn": ["a", None]}, "an entry of `dependsOn` is null, not text"),
        ({"dependsOn": [["a"]]}, "an entry of `dependsOn` is an array, not text"),
        ({"existing": []}, "`existing` must be true or false"),
        ({"copy": {"input": 1}}, "`input` is no member of a copy loop"),
        ({"copy": {"mode": {}}}, "`mode` is an object, not text"),
    ],
)
def test_what_arm_refuses(written: Json, message: str) -> None:
    with pytest.raises(InputError) as caught:
        shaped(written)

    assert caught.value.message == message
    assert caught.value.where is not None


@pytest.mark.parametrize(
    ("written", "expected"),
    [({}, False), ({"existing": None}, False), ({"existing": 1}, True), ({"existing": 0}, False)],
)
def test_existing(written: Json, expected: bool) -> None:
    assert is_existing(members(written)) is expected


@pytest.mark.parametrize("loop", [{"name": "x"}, {"count": 1, "input": None}, {"input": ""}])
def test_an_output_loop_has_count_and_input(loop: Json) -> None:
    check_output({"Copy": {"count": 1, "input": 0}, "value": None}, "/outputs/o", reader())
    with pytest.raises(InputError):
        check_output({"Copy": loop}, "/outputs/o", reader())


def test_in_a_nested_template_only_what_makes_up_the_id_counts() -> None:
    found = members({"location": {}, "copy": {"name": "c", "count": 1, "foo": 1}})
    check_shape(found, reader(), nested=True)

    assert plain(found)["location"] == {}
    with pytest.raises(InputError, match="`scope` is an array"):
        check_shape(members({"scope": []}), reader(), nested=True)
