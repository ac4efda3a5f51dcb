from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, TypeAlias

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from preflight.model.outcome import Detail, ExitCode, FailOn
from preflight.model.report import Problem, Report, Suppression
from preflight.model.scope import Scope
from preflight.model.value import JsonValue
from preflight.report.json import Json, dump
from preflight.report.view import View

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make

Schema: TypeAlias = "bool | Mapping[str, object]"
SCHEMAS = (
    "access-1", "explanation-1", "ledger-1", "report-1", "reports-1", "requirements-1", "roles-1",
)  # fmt: skip


def schema(name: str) -> dict[str, JsonValue]:
    file = resources.files("preflight.report") / "schemas" / f"{name}.schema.json"
    document: dict[str, JsonValue] = json.loads(file.read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def registry() -> Registry[Schema]:
    """Every schema by its file name, as their references name them."""
    return Registry[Schema]().with_resources(
        (f"{name}.schema.json", Resource.from_contents(schema(name))) for name in SCHEMAS
    )


@pytest.fixture(scope="module")
def errors(registry: Registry[Schema]) -> Callable[[str, JsonValue], list[str]]:
    """What a schema says about a document."""

    def check(name: str, document: JsonValue) -> list[str]:
        validator = Draft202012Validator(schema(name), registry=registry)
        return [error.message for error in validator.iter_errors(document)]

    return check


Errors = Callable[[str, JsonValue], list[str]]


def document(*reports: Report, detail: Detail = Detail.TEAM) -> dict[str, JsonValue]:
    text = Json().render(reports, View(detail=detail))
    found: dict[str, JsonValue] = json.loads(text)
    return found


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


def _open(node: JsonValue, path: str = "") -> list[str]:
    """Return every object schema with properties that lets further members in."""
    if isinstance(node, list):
        return [found for n, part in enumerate(node) for found in _open(part, f"{path}/{n}")]
    if not isinstance(node, dict):
        return []
    own = "properties" in node and node.get("additionalProperties") is not False
    inner = [found for key, part in node.items() for found in _open(part, f"{path}/{key}")]
    return ([path] if own and path.rpartition("/")[2] != "properties" else []) + inner


@pytest.mark.parametrize("name", ["report-1", "reports-1", "requirements-1"])
def test_no_further_members_anywhere(name: str) -> None:
    assert _open(schema(name)) == []


def test_only_arm_rows_of_a_snapshot_are_open() -> None:
    rows = {path.split("/")[2] for path in _open(schema("access-1"))}

    assert rows == {
        "roleDefinition", "roleAssignment", "denyAssignment", "schedule", "lock", "resource"
    }  # fmt: skip


@pytest.mark.parametrize("detail", list(Detail))
def test_a_report_validates(denied: Report, errors: Errors, detail: Detail) -> None:
    assert errors("report-1", document(denied, detail=detail)) == []


def test_a_report_has_exactly_these_keys(denied: Report) -> None:
    assert list(document(denied)) == [
        "schema", "tool", "verdict", "exitCode", "advisory", "now", "target", "source",
        "deploymentScope", "principal", "evidenceSource", "resources", "requirements", "findings",
        "gaps", "notes", "notChecked",
    ]  # fmt: skip


def test_several_reports(make: Make, denied: Report, errors: Errors) -> None:
    found = document(denied, make.report())

    assert found["schema"] == "preflight.reports/1"
    assert errors("reports-1", found) == []


def test_a_failed_report_validates_and_keeps_the_error(make: Make, errors: Errors) -> None:
    failed = replace(
        make.report(),
        derivation=None,
        subject=None,
        evidence=None,
        now=None,
        problem=Problem(message="bad", help="do this", where="a.json:3:4"),
        problem_code=ExitCode.INPUT,
    )
    found = document(failed)

    assert errors("report-1", found) == []
    assert found["notes"] == [
        {"code": "input-error", "message": "bad; do this", "file": "a.json", "line": 3, "column": 4}
    ]
    assert (found["verdict"], found["exitCode"]) == ("undetermined", 3)


def test_what_has_no_key_stands_in_the_notes(denied: Report) -> None:
    whole = replace(
        denied,
        loosened=("accepts x (a.toml:1)",),
        warnings=(("locks-unread", "unread"),),
        notes=(("remark", "text"),),
    )

    assert document(whole)["notes"] == [
        {"code": "gate-loosened", "message": "accepts x (a.toml:1)"},
        {"code": "locks-unread", "message": "unread"},
        {"code": "remark", "message": "text"},
        {"code": "parameter-missing", "message": "`name` has no value"},
    ]


def test_a_suppression_is_spelled_out(denied: Report, errors: Errors) -> None:
    given = Suppression(reason="evidence-unreadable", scope=Scope("/"), given_at="--accept")
    rows = (replace(denied.rows[1], suppressed=given), *denied.rows[2:])
    found = document(replace(denied, rows=rows))

    assert errors("report-1", found) == []
    requirements = found["requirements"]
    assert isinstance(requirements, list)
    assert isinstance(requirements[0], dict)
    assert requirements[0]["suppressed"] == {
        "reason": "evidence-unreadable",
        "scope": "/",
        "givenAt": "--accept",
    }


def test_advisory(denied: Report) -> None:
    found = document(replace(denied, fail_on=FailOn.NEVER))

    assert (found["verdict"], found["exitCode"], found["advisory"]) == ("denied", 0, True)


def test_the_api_gives_the_same_document(denied: Report) -> None:
    assert document(denied) == denied.to_dict()


def test_text_is_ascii_and_safe_in_a_log() -> None:
    text = dump({"x": "##vso[a] ü \x7f \u202e ::error::"})

    assert text == '{\n  "x": "#\\u0023vso[a] \\u00fc \\u007f \\u202e ::error::"\n}\n'
    assert json.loads(text) == {"x": "##vso[a] ü \x7f \u202e ::error::"}


def test_a_snapshot_as_the_documentation_shows_it(errors: Errors) -> None:
    snapshot: dict[str, JsonValue] = {
        "schema": "preflight.access/1",
        "collectedAt": "2026-11-24T10:00:00Z",
        "scopes": ["/subscriptions/s"],
        "subscriptions": [{"id": "/subscriptions/s", "inheritsFrom": []}],
        "principals": [{"objectId": "a", "memberOf": None}],
        "roleAssignments": [
            {
                "id": "/x",
                "type": "t",
                "properties": {"principalId": "p", "roleDefinitionId": "r", "more": 1},
            },
            {"id": "/y", "principalId": "p", "roleDefinitionId": "r", "principalName": "n"},
        ],
        "coverage": [{"list": "roleAssignments", "scope": "/subscriptions/s"}],
    }

    assert errors("access-1", snapshot) == []
    assert errors("access-1", snapshot | {"more": 1}) != []
    assert errors("access-1", snapshot | {"roleAssignments": [{"id": "/x"}]}) != []
    assert errors("access-1", snapshot | {"principals": [{"objectId": "a", "x": 1}]}) != []
