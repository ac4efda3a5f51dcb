"""Conditions against requests: true, false, unknown."""

from __future__ import annotations

import pytest

from preflight.authorize.condition.evaluator import evaluate
from preflight.authorize.condition.operators import like
from preflight.authorize.condition.parser import parse
from preflight.authorize.condition.request import (
    ConditionRequest,
    SubOperation,
    attribute_table,
)
from preflight.model.action import Action
from preflight.model.value import JsonValue

GUID = "5e467623-bb1f-42f4-a55d-6e525e11384b"
READ = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"


def answer(
    text: str,
    values: dict[str, JsonValue] | None = None,
    *,
    action: str = READ,
    sub_operation: str | SubOperation = SubOperation.UNKNOWN,
) -> str:
    request = ConditionRequest(
        action=Action(action),
        sub_operation=sub_operation,
        attributes=attribute_table({"Resource": values or {}}),
    )
    return evaluate(parse(text), request).name.lower()


@pytest.mark.parametrize(
    ("comparison", "value", "expected"),
    [
        ("StringEquals 'a'", "a", "true"),
        ("StringEquals 'a'", "A", "false"),
        ("StringEqualsIgnoreCase 'straße'", "STRAßE", "true"),
        ("StringEqualsIgnoreCase 'strasse'", "straße", "false"),
        ("StringNotEquals 'a'", "b", "true"),
        ("StringStartsWith 'up/'", "up/x", "true"),
        ("StringNotStartsWithIgnoreCase 'UP/'", "up/x", "false"),
        ("StringLike 'a*c?'", "abcd", "true"),
        ("StringNotLike 'a*c'", "abcd", "true"),
        (r"StringLike 'a\*'", "a*", "true"),
        (r"StringLike 'a\*'", "ab", "false"),
        ("StringLike '*'", "", "true"),
        ("StringLike '?'", "", "false"),
        ("NumericLessThan 5", 4, "true"),
        ("NumericGreaterThanEquals 5", 4, "false"),
        ("NumericEquals 5", "5", "unknown"),
        ("NumericEquals 1", True, "unknown"),
        ("BoolEquals true", True, "true"),
        ("BoolNotEquals true", True, "false"),
        ("BoolEquals true", "true", "unknown"),
        ("DateTimeLessThan '2026-01-01T00:00:00.0000001Z'", "2026-01-01T00:00:00Z", "true"),
        ("DateTimeEquals '2026-01-01T00:00:00Z'", "2026-01-01T00:00:00.0000001Z", "false"),
        ("DateTimeEquals '2026-01-01T00:00:00Z'", "yesterday", "unknown"),
        (f"GuidEquals {GUID}", f"/providers/x/roleDefinitions/{GUID.upper()}", "true"),
        (f"GuidEquals {GUID}", GUID.replace("-", ""), "true"),
        (f"GuidNotEquals {GUID}", "no-guid", "unknown"),
        ("StringEquals 'a'", ["a"], "true"),
        ("StringEquals 'a'", ["a", "b"], "unknown"),
        ("ForAnyOfAnyValues:StringEquals 'a'", [], "unknown"),
        ("ForAnyOfAnyValues:StringEquals 'a'", ["a", None], "unknown"),
        ("StringEquals 'a'", None, "false"),
        ("StringNotEquals 'a'", None, "unknown"),
        ("ForAllOfAllValues:StringNotEquals {'a'}", None, "unknown"),
        ("ForAllOfAnyValues:StringEquals {'a'}", None, "false"),
    ],
)
def test_comparison(comparison: str, value: JsonValue, expected: str) -> None:
    assert answer(f"@Resource[x] {comparison}", {"x": value}) == expected


@pytest.mark.parametrize(
    ("quantifier", "left", "expected"),
    [
        ("ForAnyOfAnyValues", ["a", "z"], "true"),
        ("ForAnyOfAnyValues", ["y", "z"], "false"),
        ("ForAllOfAnyValues", ["a", "b"], "true"),
        ("ForAllOfAnyValues", ["a", "z"], "false"),
        ("ForAnyOfAllValues", ["a", "b"], "false"),
        ("ForAllOfAllValues", ["a", "a"], "false"),
    ],
)
def test_sets(quantifier: str, left: list[JsonValue], expected: str) -> None:
    assert answer(f"@Resource[x] {quantifier}:StringEquals {{'a', 'b'}}", {"x": left}) == expected


def test_not_equal_to_any_is_true_even_for_a_listed_value() -> None:
    both = "{'a', 'b'}"

    assert answer(f"@Resource[x] ForAnyOfAnyValues:StringNotEquals {both}", {"x": "a"}) == "true"
    assert answer(f"@Resource[x] ForAnyOfAllValues:StringNotEquals {both}", {"x": "a"}) == "false"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Exists @Resource[there]", "true"),
        ("Exists @Resource[absent]", "false"),
        ("Exists @Resource[unknown]", "unknown"),
        ("Exists @Resource[empty]", "unknown"),
        ("NOT Exists @Resource[unknown]", "unknown"),
        ("Exists @Resource[unknown] AND Exists @Resource[absent]", "false"),
        ("Exists @Resource[unknown] OR Exists @Resource[there]", "true"),
        ("@Resource[unknown] StringEquals @Resource[absent]", "false"),
    ],
)
def test_what_is_not_known_stays_unknown(text: str, expected: str) -> None:
    assert answer(text, {"there": "x", "absent": None, "empty": []}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T AND T OR F", "true"),
        ("F AND F OR T", "unknown"),
        ("T OR F AND F", "unknown"),
        ("F OR T AND T", "true"),
        ("F OR F AND T", "false"),
        ("(F AND F) OR T", "true"),
        ("F AND (F OR T)", "false"),
        ("U OR F AND F", "unknown"),
        ("F OR F AND U", "false"),
    ],
)
def test_mixed_and_or_holds_only_where_both_groupings_agree(text: str, expected: str) -> None:
    words = {"T": "Exists @Resource[t]", "F": "Exists @Resource[f]", "U": "Exists @Resource[u]"}
    condition = " ".join(
        part.replace(part.strip("()"), words.get(part.strip("()"), part.strip("()")))
        for part in text.split()
    )

    assert answer(condition, {"t": 1, "f": None}) == expected


def test_functions_ask_the_action_and_its_sub_operation() -> None:
    assert answer(f"ActionMatches{{'{READ.upper()}'}}") == "true"
    assert answer("ActionMatches{'Microsoft.Storage/*/delete'}") == "false"
    assert answer("ActionMatches{'Microsoft.Storage/*/blobs/*'}") == "unknown"
    assert answer("SubOperationMatches{'Blob.List'}") == "unknown"
    assert answer("SubOperationMatches{'Blob.List'}", sub_operation=SubOperation.NONE) == "false"
    assert answer("SubOperationMatches{'Blob.List'}", sub_operation="blob.list") == "true"


def test_names_have_no_case_but_the_keys_of_tags_have() -> None:
    tag = "A/b/tags:{}<$key_case_sensitive$>"
    values: dict[str, JsonValue] = {"A/B:C": "x", tag.format("Key"): "x"}

    assert answer("@Resource[a/b:c] StringEquals 'x'", values) == "true"
    assert answer(f"@Resource[{tag.format('Key')}] StringEquals 'x'", values) == "true"
    assert answer(f"@Resource[{tag.format('key')}] StringEquals 'x'", values) == "unknown"


def test_work_is_bounded() -> None:
    text: JsonValue = "a" * 100_000
    many: JsonValue = ["a"] * 60_000

    assert answer(f"@Resource[x] StringLike '{'*a' * 200}b'", {"x": text}) == "unknown"
    assert answer("@Resource[x] ForAnyOfAnyValues:StringEquals {'b','c'}", {"x": many}) == "unknown"


@pytest.mark.parametrize(
    ("value", "pattern", "fits"),
    [
        ("uploads/contoso/2024/a.txt", "uploads/contoso/*", True),
        ("aXbXc", "a*b*c", True),
        ("ab", "a*b*c", False),
        ("aab", "*ab", True),
        ("line\nbreak", "line*", True),
        ("a?c", r"a\?c", True),
        ("abc", r"a\?c", False),
        ("a\\bc", r"a\b?", True),
    ],
)
def test_like(value: str, pattern: str, *, fits: bool) -> None:
    assert like(value, pattern) is fits


@pytest.mark.parametrize("name", ["RoleDefinitionId", "principalid"])
@pytest.mark.parametrize(
    "comparison",
    [
        f"StringNotEquals '{GUID}'",
        f"StringEquals '{GUID}'",
        "StringNotStartsWith '5e46'",
        "StringLike '*'",
        f"ForAnyOfAllValues:StringNotEquals {{'{GUID}', 'x'}}",
    ],
)
def test_a_guid_compared_as_text_is_not_known(name: str, comparison: str) -> None:
    """Whether Azure takes the GUID or the whole ID for it is not documented."""
    key = f"Microsoft.Authorization/roleAssignments:{name}"
    value = f"/providers/Microsoft.Authorization/roleDefinitions/{GUID}"
    assert answer(f"@Resource[{key}] {comparison}", {key: value}) == "unknown"
