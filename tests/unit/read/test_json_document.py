"""JSON files: the fast path, the scanner behind it, and the bounds of both."""

from __future__ import annotations

import pytest

from preflight.errors import InputError, LimitExceeded, SyntaxProblem
from preflight.model.source import Place
from preflight.model.value import JsonValue
from preflight.read.json_document import NOTES_SHOWN, document_of, parse_json
from preflight.read.json_spans import DEPTH_LIMIT


def test_standard_json_has_positions_when_they_are_asked_for() -> None:
    document = parse_json('{\n  "a": [\n    true\n  ]\n}', "dir/f.json")

    assert {"a": [True]} == document.value
    assert () == document.notes
    assert "dir/f.json:3:5" == Place(source=document.source, pointer="/a/0").label
    assert "dir/f.json:2:3" == Place(source=document.source, pointer="/a/7/x").label


def test_what_is_not_standard_is_read_and_noted_with_its_place() -> None:
    document = parse_json('{"a": 1, // one\n "a": 2,}', "f.json")

    assert {"a": 2} == document.value
    notes = [(note.code, note.origin.label if note.origin else "") for note in document.notes]
    assert [("duplicate-key", "f.json:2:2"), ("trailing-comma", "f.json:2:9")] == notes
    assert "f.json:2:2" == Place(source=document.source, pointer="/a").label


def test_repeated_leniencies_do_not_flood_the_notes() -> None:
    document = parse_json("[" + "[1,]," * 50 + "1]", "f.json")

    assert NOTES_SHOWN == len(document.notes)


@pytest.mark.parametrize("text", ["[NaN]", "[1e999]", "[Infinity]", "[-Infinity]"])
def test_numbers_that_json_has_not_are_refused(text: str) -> None:
    with pytest.raises(SyntaxProblem):
        parse_json(text, "f")


def test_control_characters_and_surrogates() -> None:
    assert ["\t\x01\n"] == parse_json('["\t\x01\n"]', "f").value
    expected: JsonValue = {"k\ufffd": ["\ufffd😀"]}

    assert expected == parse_json(r'{"k\ud800": ["\udc00\ud83d\ude00"]}', "f").value


@pytest.mark.parametrize("depth", [DEPTH_LIMIT + 1, 900, 100_000])
def test_depth_is_bounded(depth: int) -> None:
    with pytest.raises(LimitExceeded, match="nested deeper"):
        parse_json("[" * depth + "]" * depth, "f")

    assert parse_json("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT, "f").value


def test_the_number_of_values_is_bounded_before_memory_is_spent() -> None:
    with pytest.raises(LimitExceeded, match="more than 500,000 values"):
        parse_json("[" + "[]," * 600_000 + "0]", "f")


def test_a_parsed_object_gets_positions_of_its_printed_form() -> None:
    document = document_of({"a": {"b": [1]}}, "template")

    assert "template:3:5" == Place(source=document.source, pointer="/a/b").label


def test_a_parsed_object_must_be_json() -> None:
    endless: dict[str, JsonValue] = {}
    endless["a"] = endless
    broken: list[JsonValue] = [float("nan")]

    with pytest.raises(LimitExceeded, match="in itself"):
        document_of(endless, "template")
    with pytest.raises(InputError, match="no JSON value"):
        document_of({"a": broken}, "template")
    with pytest.raises(InputError, match="holds a set"):
        document_of({"a": {1}}, "template")  # type: ignore[dict-item] # what callers may do
    with pytest.raises(InputError, match="no text"):
        document_of({"a": {1: 2}}, "template")  # type: ignore[dict-item] # what callers may do
