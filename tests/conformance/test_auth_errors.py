"""Texts that people pasted, and what they say: compared as the suite's own conventions state."""

from __future__ import annotations

import preflight
from preflight.model.value import JsonValue

SUITES = ("auth-errors.json", "auth-errors-clients.json")
COMPARED_WHERE_EXPECTED = ("clientId", "objectId")


def member(value: JsonValue, key: str) -> JsonValue:
    assert isinstance(value, dict)
    return value.get(key)


def rows(value: JsonValue) -> list[dict[str, JsonValue]]:
    assert isinstance(value, list)
    return [row for row in value if isinstance(row, dict)]


def comparable(
    found: dict[str, JsonValue], wanted: dict[str, JsonValue] | None
) -> dict[str, JsonValue]:
    """Keep what is compared: action, scope, linked, and the IDs that the case expects."""
    keys = ["action", "scope", "linked"]
    keys += [key for key in COMPARED_WHERE_EXPECTED if wanted is not None and key in wanted]
    return {key: found.get(key) for key in keys}


def test_case(case: dict[str, JsonValue]) -> None:
    text, expected = case["text"], case["expected"]
    assert isinstance(text, str)
    assert isinstance(expected, dict)
    wanted = rows(expected["denials"])

    said = preflight.explain(text).to_dict()

    found = rows(said["denials"])
    pairs = [*wanted, *(None,) * max(0, len(found) - len(wanted))]
    compared = [comparable(row, row_wanted) for row, row_wanted in zip(found, pairs, strict=False)]
    assert compared == [comparable(row, row) for row in wanted]
    codes, wanted_codes = said["codes"], expected["codes"]
    assert isinstance(codes, list)
    assert isinstance(wanted_codes, list)
    assert sorted(map(str, codes)) == sorted(map(str, wanted_codes))
    assert said["kind"] == expected["kind"]
    assert said["correlationId"] == expected.get("correlationId")
