"""Which front end reads a source, and what it says about what is none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from preflight.errors import InputError, LimitExceeded, UsageError
from preflight.model.value import JsonValue
from preflight.read.front_end import FRONT_ENDS, ReadOptions, read_source

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
TEMPLATE: dict[str, JsonValue] = {
    "$schema": SCHEMA,
    "contentVersion": "1.0.0.0",
    "resources": [{"type": "A.B/c", "apiVersion": "1", "name": "x"}],
}
WHAT_IF: dict[str, JsonValue] = {
    "status": "Succeeded",
    "changes": [
        {"resourceId": "/subscriptions/s/resourceGroups/g", "changeType": "Create", "after": {}}
    ],
}


def stdin(text: str) -> ReadOptions:
    return ReadOptions(stdin=text.encode)


def test_front_ends_have_distinct_names() -> None:
    assert ["bicepparam", "bicep", "what-if", "arm"] == [front_end.name for front_end in FRONT_ENDS]


def test_a_template_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.prod.json").write_text(json.dumps(TEMPLATE))
    monkeypatch.chdir(tmp_path)

    found = read_source(Path("infra") / "main.prod.json", ReadOptions())

    assert "main.prod" == found.base_name
    assert "infra/main.prod.json" == found.source.name == found.template.source.name
    assert tmp_path == found.root
    assert {} == found.parameters


def test_standard_input_and_parsed_objects() -> None:
    piped = read_source("-", stdin(json.dumps(TEMPLATE)))
    parsed = read_source(TEMPLATE, ReadOptions())

    assert ("stdin", "deployment1") == (piped.source.name, piped.base_name)
    assert ("template", "deployment1") == (parsed.source.name, parsed.base_name)
    assert piped.template.resources[0].body == parsed.template.resources[0].body


def test_standard_input_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no standard input"):
        read_source("-", ReadOptions())


def test_standard_input_counts_for_the_limit() -> None:
    with pytest.raises(LimitExceeded):
        read_source("-", ReadOptions(stdin=lambda: b"x" * 101, input_bytes=100))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_what_if_result_is_known_by_its_content(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "result.txt"
    path.write_bytes(json.dumps(WHAT_IF).encode(encoding))

    assert read_source(path, ReadOptions()).template.literal


def test_a_what_if_result_behind_warnings() -> None:
    warnings = "WARNING: a new release is available\n[warning] {x}\n\n"
    found = read_source("-", stdin(warnings + json.dumps(WHAT_IF, indent=1)))

    assert ["/subscriptions/s/resourceGroups/g"] == [
        row.resource_id for row in found.template.resources
    ]
    assert [("lines-skipped", "3 lines before the JSON were skipped")] == [
        (note.code, note.message) for note in found.template.notes
    ]
    assert (7, 3) == found.template.place("/changes/0").position


def test_a_template_behind_warnings_is_refused() -> None:
    with pytest.raises(InputError, match="stdin:1:1: found `WARNING`"):
        read_source("-", stdin("WARNING: x\n" + json.dumps(TEMPLATE)))


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        ("", "`stdin` is empty", "template"),
        ("param x string\n", "found `param`", ""),
        ("[]", "this is an array", "--access"),
        ('"x"', "this is text", ""),
        ("null", "this is null", ""),
        ("{}", "the template has no `$schema`", "$schema"),
        (
            '{"$schema": "https://schema.management.azure.com/x/deploymentParameters.json#"}',
            "this is a parameter file",
            "-p",
        ),
        ('{"parameters": {"a": {"value": 1}}}', "this is a parameter file", "-p"),
        ('{"schema": "preflight.access/1"}', "this is an access snapshot", "--access"),
        ('{"schema": "preflight.report/1"}', "this is a report of preflight", "template"),
        (
            '{"error": {"code": "AuthorizationFailed"}}',
            "an error that Azure returned",
            "give the template",
        ),
        (
            '{"code": "Forbidden", "message": "x"}',
            "an error that Azure returned",
            "give the template",
        ),
        ('{"properties": {"template": {}}}', "a deployment with a template inside", "-p"),
        ('{"properties": {"policyRule": {}}}', "a policy definition", "template"),
        (
            "Resource changes: 1 to create.\n",
            "the text that a what-if prints for people",
            "--no-pretty-print",
        ),
        ("ERROR: InvalidTemplate - x", "an error report", "mend what it names"),
    ],
)
def test_the_wrong_kind_of_text_is_named(text: str, message: str, advice: str) -> None:
    with pytest.raises(InputError) as caught:
        read_source("-", stdin(text))

    assert message in caught.value.message
    assert advice in caught.value.help


def test_a_file_that_is_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")

    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")

    for path in (
        tmp_path / "none.json",
        tmp_path,
        tmp_path / "pipe.json",
        tmp_path / "loop.json",
        tmp_path / "nul\0.json",
        tmp_path / ("long" * 1_000),
    ):
        with pytest.raises(InputError):
            read_source(path, ReadOptions())


def test_bicep_is_read_natively(tmp_path: Path) -> None:
    source = tmp_path / "main.bicep"
    source.write_text("param name string\nresource x 'A.B/c@2020-01-01' = { name: name }\n")

    found = read_source(source, ReadOptions(root=tmp_path))

    (resource,) = found.template.resources
    assert resource.body["type"] == "A.B/c"
    assert found.template.place(resource.pointer).label == "main.bicep:2:1"


def test_a_way_to_read_bicep_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "main.bicep").write_text("param x string\n")

    with pytest.raises(UsageError, match="`magic` is no way to read Bicep"):
        read_source(tmp_path / "main.bicep", ReadOptions(bicep="magic"))
