"""What-if results: changes, gaps, and what cannot be used."""

from __future__ import annotations

import json

import pytest

from preflight.errors import InputError
from preflight.model.template import ChangeKind, GapKind, Template
from preflight.model.value import JsonValue
from preflight.read.json_document import parse_json
from preflight.read.what_if import read_what_if
from preflight.read.what_if_shape import is_usable_id, is_what_if

GROUP = "/subscriptions/s1/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
NESTED = f"{GROUP}/providers/Microsoft.Resources/deployments/app"
BODY: JsonValue = {"type": "Microsoft.KeyVault/vaults", "name": "kv"}


def change(kind: JsonValue = "Create", **members: JsonValue) -> dict[str, JsonValue]:
    return {"resourceId": VAULT, "changeType": kind, **members}


def read(value: JsonValue) -> Template:
    return read_what_if(parse_json(json.dumps(value, indent=1), "result.json"))


def rest(*changes: JsonValue, **members: JsonValue) -> Template:
    return read({"status": "Succeeded", "properties": {"changes": list(changes), **members}})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Create", [ChangeKind.WRITE]),
        ("Modify", [ChangeKind.WRITE]),
        ("nochange", [ChangeKind.WRITE]),
        ("Deploy", [ChangeKind.WRITE]),
        ("UNSUPPORTED", [ChangeKind.WRITE]),
        ("Delete", [ChangeKind.DELETE]),
        ("Ignore", []),
    ],
)
def test_change_types(kind: str, expected: list[ChangeKind]) -> None:
    assert expected == [row.change for row in rest(change(kind)).resources]


def test_rows_hold_the_id_and_the_body_that_is_sent() -> None:
    written, deleted = rest(
        change("Modify", before={"name": "old"}, after=BODY, delta=[{"path": "x"}]),
        {**change("Delete", before=BODY, after=None), "resourceId": f"{VAULT}-old"},
    ).resources

    assert (VAULT, BODY, "/properties/changes/0/after") == (
        written.resource_id,
        written.body,
        written.pointer,
    )
    assert (BODY, "/properties/changes/1/before") == (deleted.body, deleted.pointer)


def test_a_change_without_a_body_points_at_itself() -> None:
    row = rest(change("Deploy")).resources[0]

    assert ({}, "/properties/changes/0") == (row.body, row.pointer)


def test_potential_changes_are_marked() -> None:
    template = rest(change(), potentialChanges=[change("Delete"), change("Ignore")])

    assert [(ChangeKind.WRITE, False), (ChangeKind.DELETE, True)] == [
        (row.change, row.potential) for row in template.resources
    ]


@pytest.mark.parametrize(
    "envelope",
    [
        {"status": "succeeded", "error": None, "changes": [change(after=BODY)]},
        {
            "Status": "Succeeded",
            "Error": None,
            "Changes": [
                {
                    "FullyQualifiedResourceId": VAULT,
                    "RelativeResourceId": "Microsoft.KeyVault/vaults/kv",
                    "ChangeType": "Create",
                    "After": BODY,
                }
            ],
        },
        {
            "Status": "Succeeded",
            "Changes": [
                {
                    "Scope": GROUP,
                    "RelativeResourceId": "Microsoft.KeyVault/vaults/kv",
                    "ChangeType": "Create",
                    "After": BODY,
                }
            ],
        },
        {
            "status": "Succeeded",
            "potential_changes": None,
            "changes": [{"resource_id": VAULT, "change_type": "Create", "after": BODY}],
        },
        {"status": "Succeeded", "PROPERTIES": {"CHANGES": [change(after=BODY)]}, "unknown": 1},
    ],
)
def test_envelopes_and_spellings(envelope: JsonValue) -> None:
    assert is_what_if(envelope)
    assert [(VAULT, BODY)] == [(row.resource_id, row.body) for row in read(envelope).resources]


def test_a_resource_group_in_powershells_form() -> None:
    value: JsonValue = {
        "Scope": "/subscriptions/s1",
        "RelativeResourceId": "resourceGroups/rg",
        "ChangeType": "Create",
    }

    assert [GROUP] == [row.resource_id for row in rest(value).resources]


def test_nothing_to_change() -> None:
    empty: list[JsonValue] = []
    for changes in (empty, None):
        template = read({"status": "Succeeded", "changes": changes, "diagnostics": None})
        assert ((), (), True) == (template.resources, template.gaps, template.literal)


def test_deployment_records_are_collected_once() -> None:
    template = rest(
        change(deploymentId=NESTED),
        change(deploymentId=NESTED.upper()),
        change("Ignore", deploymentId=f"{NESTED}-2"),
    )

    assert (NESTED, f"{NESTED}-2") == template.deployments


def test_an_id_of_no_deployment_is_no_record() -> None:
    template = rest(change(deploymentId=GROUP), change(deploymentId=" "))

    assert () == template.deployments
    assert [None, None] == [row.deployment for row in template.resources]


def diagnostic(code: str, target: JsonValue = None, level: JsonValue = "Warning") -> JsonValue:
    return {"level": level, "code": code, "target": target, "message": "…"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (diagnostic("NestedDeploymentShortCircuited", NESTED), (GapKind.NESTED_DEPLOYMENT, NESTED)),
        (
            diagnostic("NestedDeploymentSkippedFromInternalExpansion", NESTED),
            (GapKind.NESTED_DEPLOYMENT, NESTED),
        ),
        (
            diagnostic("NestedDeploymentExpansionLimitReached"),
            (GapKind.LIMIT_REACHED, "NestedDeploymentExpansionLimitReached"),
        ),
        (diagnostic("Unsupported", VAULT), None),
        (diagnostic("Unsupported", VAULT.upper()), None),
        (
            diagnostic("Unsupported", f"{GROUP}/other"),
            (GapKind.UNRESOLVED_RESOURCE, f"{GROUP}/other"),
        ),
        (diagnostic("Unsupported"), (GapKind.UNRESOLVED_RESOURCE, "Unsupported")),
        (diagnostic("Anything", VAULT, "Error"), (GapKind.DIAGNOSTIC, VAULT)),
        (diagnostic("Anything", VAULT, 2), (GapKind.DIAGNOSTIC, VAULT)),
        (diagnostic("Anything", VAULT, "Info"), None),
        (diagnostic("Anything", VAULT, "warning"), None),
    ],
)
def test_diagnostics(given: JsonValue, expected: tuple[GapKind, str] | None) -> None:
    template = rest(change(), diagnostics=[given])

    assert ([expected] if expected else []) == [(gap.kind, gap.target) for gap in template.gaps]
    assert all("template itself" in gap.settle for gap in template.gaps)
    assert all(gap.origin.pointer == "/properties/diagnostics/0" for gap in template.gaps)


def test_a_short_circuited_deployment_is_a_record_too() -> None:
    template = rest(diagnostics=[diagnostic("NestedDeploymentShortCircuited", NESTED)])

    assert (NESTED,) == template.deployments


def test_a_shortened_target_is_found_among_the_changes() -> None:
    full = f"[extensionResourceId('{VAULT}', 'A.B/c', guid('x', reference('y').z))]"
    short = f"[extensionResourceId('{VAULT}', 'A.B/c', '...')]"
    template = rest(
        {"resourceId": full, "changeType": "Unsupported"},
        diagnostics=[diagnostic("Unsupported", short), diagnostic("Unsupported", "[other('...')]")],
    )

    assert ["[other('...')]"] == [gap.target for gap in template.gaps]
    assert [full] == [row.resource_id for row in template.resources]


def test_a_change_without_any_identity_is_a_gap() -> None:
    template = rest(
        {"changeType": "Unsupported", "symbolicName": "rules", "deploymentId": NESTED},
        {"changeType": "Create", "resourceId": " "},
        {"changeType": "Ignore"},
    )

    assert () == template.resources
    assert [
        (GapKind.UNRESOLVED_RESOURCE, f"rules in {NESTED}"),
        (GapKind.UNRESOLVED_RESOURCE, "a change without an ID"),
    ] == [(gap.kind, gap.target) for gap in template.gaps]


def test_a_diagnostic_may_name_a_listed_change_by_its_symbol() -> None:
    template = rest(
        {"changeType": "Unsupported", "symbolicName": "app", "extension": {"name": "Graph"}},
        diagnostics=[diagnostic("Unsupported", "App"), diagnostic("Unsupported", "other")],
    )

    assert ["other"] == [gap.target for gap in template.gaps]


def test_what_a_change_without_an_id_sends_is_kept() -> None:
    kind = "Microsoft.KeyVault/vaults"
    template = rest(
        {"changeType": "Unsupported", "symbolicName": "my rules", "after": {"type": kind}},
        {"changeType": "Create", "after": {"type": kind}},
        {"changeType": "Create", "after": {"id": VAULT, "type": kind}},
        {"changeType": "Delete", "before": {"id": VAULT}, "after": {"id": GROUP}},
        {"changeType": "Create", "after": {"id": "kv", "type": "text"}},
    )

    assert [
        ("{my-rules}", ChangeKind.WRITE),
        ("{resource}", ChangeKind.WRITE),
        (VAULT, ChangeKind.WRITE),
        (VAULT, ChangeKind.DELETE),
    ] == [(row.resource_id, row.change) for row in template.resources]
    assert [GapKind.UNRESOLVED_RESOURCE] * 5 == [gap.kind for gap in template.gaps]


def test_extension_resources_are_not_checked() -> None:
    graph: JsonValue = {"alias": "graph", "name": "MicrosoftGraph"}
    template = rest(
        {"changeType": "Create", "symbolicName": "app", "extension": graph, "deploymentId": NESTED},
        {"changeType": "Ignore", "extension": graph},
    )

    assert ["`app` of the extension `MicrosoftGraph`"] == [row.what for row in template.not_checked]
    assert ((), (), (NESTED,)) == (template.resources, template.gaps, template.deployments)


@pytest.mark.parametrize(
    ("value", "message", "advice"),
    [
        ({"status": "Running", "properties": None}, "its status is `Running`", "once it has"),
        ({"status": None, "changes": []}, "it has no status", "--no-pretty-print"),
        (
            {"status": "Failed", "error": {"code": "X"}, "changes": [change()]},
            "failed (`X`)",
            "run the what-if again",
        ),
        (
            {"status": "Succeeded", "error": {"code": "X"}, "changes": []},
            "failed (`X`)",
            "what-if again",
        ),
        ({"resourceChanges": []}, "deployment stack", "--client stack"),
        ({"properties": {"changes": {"resourceChanges": []}}}, "deployment stack", "stack"),
        (
            {"status": "Succeeded", "Changes": [change(0)]},
            "the change type is the number 0",
            "-EnumsAsStrings",
        ),
        (
            {"status": "Succeeded", "Changes": [change(After="{\r\n}")]},
            "too small a depth",
            "-Depth 100",
        ),
        ({"status": "Succeeded", "Changes": ["@{Scope=}"]}, "too small a depth", "-Depth 100"),
        ({"status": "Succeeded", "Changes": "x"}, "too small a depth", "-Depth 100"),
        ({"status": "Succeeded", "changes": [change("Move")]}, "`Move`, which is not known", ""),
        ({"status": "Succeeded", "changes": [change(None)]}, "the change type is missing", ""),
        ({"status": "Succeeded", "changes": [change(kind=True)]}, "`True`, which is not known", ""),
        ({"status": "Succeeded", "changes": [], "Changes": []}, "given twice", ""),
        ({"status": "Succeeded", "changes": {}}, "changes is an object, not an array", ""),
        (
            {
                "status": "Succeeded",
                "changes": [{"resourceId": "vaults/kv", "changeType": "Create"}],
            },
            "`vaults/kv` is no resource ID",
            "",
        ),
        (
            {"status": "Succeeded", "changes": [change(deploymentId="app")]},
            "`app` is no resource ID",
            "",
        ),
        (
            {"status": "Succeeded", "changes": [change(after={"id": VAULT, "ID": VAULT})]},
            "`ID` is given twice",
            "parts of two results",
        ),
        ({"status": "Failed"}, "the what-if failed", "run the what-if again"),
        (
            {"status": "Succeeded", "changes": [{"resourceId": 5, "changeType": "Create"}]},
            "resourceId is a number",
            "",
        ),
        (
            {"status": "Succeeded", "changes": [change(after=[1])]},
            "`after` is an array, not an object",
            "",
        ),
    ],
)
def test_results_that_cannot_be_used(value: JsonValue, message: str, advice: str) -> None:
    assert is_what_if(value)
    with pytest.raises(InputError) as caught:
        read(value)

    assert message in caught.value.message
    assert advice in caught.value.help
    assert str(caught.value).startswith("result.json:")


@pytest.mark.parametrize(
    "text",
    [
        '{"status": "Succeeded", "changes": [1], "changes": []}',
        '{"status": "Succeeded", "properties": {"changes": [1], "changes": null}}',
        '{"status": "Failed", "status": "Succeeded"}',
        '{"status": "Succeeded", "changes": [{"resourceId": "/a", "resourceId": "/b"}]}',
        '{"status": "Succeeded", "changes": [{"after": {"properties": {"a": 1, "a": 2}}}]}',
    ],
)
def test_a_name_that_stands_twice_is_refused_not_dropped(text: str) -> None:
    with pytest.raises(InputError, match="given twice in one object") as caught:
        read_what_if(parse_json(text, "result.json"))

    assert "parts of two results" in caught.value.help
    assert str(caught.value).startswith("result.json:1:")


@pytest.mark.parametrize(
    "value",
    [
        {"status": "Succeeded"},
        {"Status": "Succeeded", "Diagnostics": []},
        {"status": "succeeded", "error": None},
        {"status": "Succeeded", "properties": None},
    ],
)
def test_a_result_without_any_list_changes_nothing(value: JsonValue) -> None:
    assert is_what_if(value)
    template = read(value)

    assert ((), (), True) == (template.resources, template.gaps, template.literal)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"$schema": "x", "resources": [], "changes": []},
        {"error": {}},
        {"status": "x"},
        {"properties": {"provisioningState": "Succeeded"}},
    ],
)
def test_what_is_no_what_if_result(value: JsonValue) -> None:
    assert not is_what_if(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/subscriptions/s", True),
        (GROUP, True),
        (VAULT, True),
        (f"{VAULT}/secrets/x", True),
        (f"{VAULT}/providers/A.B/c/d", True),
        ("/providers/Microsoft.Management/managementGroups/mg/providers/A.B/c/d", True),
        (f"{GROUP}/providers/A.B/c/providers", True),
        ("[resourceId('A.B/c', 'd')]", True),
        (f"{GROUP}/providers/A.B/c/[guid('a/b')]", True),
        ("[subscription().id]/resourceGroups/g", True),
        ("[concat('/a', ']')]", True),
        ("[concat('/a'", False),
        ("[concat('/a]')", False),
        ("/", False),
        ("/subscriptions", False),
        ("/subscriptions/s/resourceGroups", False),
        ("/resourceGroups/g", False),
        (f"{GROUP}/providers/A.B", False),
        (f"{GROUP}/providers/A.B/c", False),
        (f"{GROUP}/providers/A.B/providers/C.D/e/f", False),
        (f"{VAULT}/secrets", False),
        (f"{GROUP}//providers/A.B/c/d", False),
        ("subscriptions/s", False),
        ("[[x]", False),
    ],
)
def test_usable_ids(text: str, expected: bool) -> None:
    assert expected == is_usable_id(text)


@pytest.mark.parametrize(
    "body",
    [
        {"properties": "@{subnet=; privateLinkServiceConnections=System.Object[]}"},
        {"properties": '{"subnet": {}}'},
        {"properties": {"ipConfigurations": ["@{name=ip; properties=}"]}},
        {"properties": {"ipConfigurations": "System.Object[]"}},
        {"identity": "System.Collections.Hashtable"},
    ],
)
def test_a_body_that_was_cut_to_text_is_refused(body: JsonValue) -> None:
    with pytest.raises(InputError, match="too small a depth"):
        rest(change(after=body))


@pytest.mark.parametrize(
    "body",
    [
        {"properties": "[reference('x')]"},
        {"properties": {"definition": {"inputs": "@{triggerBody()?['a=b']}"}}},
        {"properties": {"command": "New-Object System.Object[] 3"}},
    ],
)
def test_text_that_only_resembles_a_cut_is_content(body: JsonValue) -> None:
    assert len(rest(change(after=body)).resources) == 1


def test_an_envelope_that_was_cut_to_text_is_refused() -> None:
    with pytest.raises(InputError, match="too small a depth"):
        read({"status": "Succeeded", "properties": "@{changes=System.Object[]}"})
    with pytest.raises(InputError, match="`properties` is an array"):
        read({"status": "Succeeded", "properties": []})


@pytest.mark.parametrize("name", ["changes", "PotentialChanges", "diagnostics"])
def test_lists_in_both_places_are_refused_not_dropped(name: str) -> None:
    with pytest.raises(InputError, match="stands beside `properties`"):
        read({"status": "Succeeded", name: [change()], "properties": {"changes": []}})
    both: JsonValue = {"status": "Succeeded", name: None, "properties": {"changes": [change()]}}
    assert len(read(both).resources) == 1


def test_a_resource_with_an_id_is_written_even_where_it_names_an_extension() -> None:
    template = rest(change(extension={"name": "kubernetes"}))
    assert [row.resource_id for row in template.resources] == [VAULT]
    assert len(template.not_checked) == 1
