"""Types, names, scopes and members of resources that the official compiler refuses.

Each text was given to the compiler: it refuses the first list and takes the second.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import lowered, refusal, template

V = "2020-01-01"
FILES = {"m.bicep": "param a string = 'x'\noutput o string = a\n"}
GROUP = "'Microsoft.Resources/resourceGroups@2023-07-01'"
MANAGEMENT = "'Microsoft.Management/managementGroups@2021-04-01'"
SUBSCRIPTION = "targetScope = 'subscription'\n"
OTHER = f"resource x 'T.T/a@{V}' existing = {{ name: 'x', scope: resourceGroup('o') }}\n"

NO_TYPES = [
    "T.T/a@latest",
    "T.T/a@2020-1-1",
    "T.T/a@v1",
    "T.T/a@2020-01-01-foo",
    "T.T/a@2020-01-01-preview1",
    "T.T/a@2020-01-01-",
    "T.T/a@2020-01-01 ",
    "T.T/a@@2020-01-01",
    "T.T/a@2020-01-01@2020-01-01",
    "T.T/a@",
    " T.T/a@2020-01-01",
    "T.T//a@2020-01-01",
    "/T.T/a@2020-01-01",
    "T.T/a/@2020-01-01",
    "T.T/b a@2020-01-01",
    "T-T/a@2020-01-01",
    "T_T/a@2020-01-01",
    ".T/a@2020-01-01",
    "T.T/b.a@2020-01-01",
    "T.T/b_a@2020-01-01",
    "T.T/-@2020-01-01",
    "T.T/bär@2020-01-01",
    "T.T/*@2020-01-01",
    "az::T.T/a@2020-01-01",
    "az: T.T/a@2020-01-01",
]
NO_SEGMENTS = ["b@latest", "b/c", "T.T/a/b@2020-01-01", "b.c", "b_c", "b c", "b@", "ä", "-", " "]
TYPES = [
    "T.T/a@2020-01-01-preview",
    "T.T/a@2020-01-01-Preview",
    "T.T/a@2020-01-01-alpha",
    "T.T/a@2020-01-01-beta",
    "T.T/a@2020-01-01-rc",
    "T.T/a@2020-01-01-privatepreview",
    "T/a@2020-01-01",
    "1/2@2020-01-01",
    "T.T.T/b-a@2020-01-01",
    "T../a@2020-01-01",
    "az:T.T/a@2020-01-01",
]

REFUSED = [
    (f"resource a 'sys:T.T/a@{V}' = {{ name: 'a' }}", "1:12", "`sys` has no resources"),
    (f"resource a 'foo:T.T/a@{V}' = {{ name: 'a' }}", "1:12", "no namespace `foo`"),
    # Names
    (f"resource a 'T.T/a@{V}' existing = {{ name: 'a/b' }}", "1:50", "needs 0 `/` in the name"),
    (f"resource a 'T.T/a/b@{V}' existing = {{ name: 'a' }}", "1:52", "needs 1 `/` in the name"),
    (f"resource a 'T.T/a/b@{V}' existing = {{ name: 'a/b/c' }}", "1:52", "needs 1 `/`"),
    (f"param p string\nresource a 'T.T/a@{V}' = {{ name: 'a/${{p}}' }}", "2:41", "needs 0 `/`"),
    (
        f"resource a 'T.T/a/b@{V}' = [for i in range(0, 2): {{ name: 'a' }}]",
        "1:66",
        "needs 1 `/` in the name",
    ),
    (
        (
            f"resource x 'T.T/a@{V}' existing = {{ name: 'x' }}\n"
            f"resource y 'T.T/a/b@{V}' existing = {{ name: 'x/y', parent: x }}"
        ),
        "2:52",
        "with a parent has no `/`",
    ),
    (
        (
            f"param p string\nresource x 'T.T/a@{V}' = {{\n  name: 'x'\n"
            "  resource y 'b' = { name: 'x/${p}' }\n}"
        ),
        "4:28",
        "with a parent has no `/`",
    ),
    # Scopes
    (f"resource a 'T.T/a@{V}' = {{ name: 'a', scope: subscription() }}", "1:53", "another scope"),
    (f"resource a 'T.T/a@{V}' = {{ name: 'a', scope: resourceGroup('g') }}", "1:53", "by a module"),
    (
        f"var s = resourceGroup('g')\nresource a 'T.T/a@{V}' = {{ name: 'a', scope: s }}",
        "2:53",
        "another scope",
    ),
    (
        f"{SUBSCRIPTION}resource a 'T.T/a@{V}' = {{ name: 'a', scope: subscription('s') }}",
        "2:53",
        "another scope",
    ),
    (f"{OTHER}resource a 'T.T/b@{V}' = {{ name: 'a', scope: x }}", "2:53", "another scope"),
    (f"{OTHER}resource a 'T.T/a/b@{V}' = {{ name: 'a', parent: x }}", "2:10", "another scope"),
    (
        (
            f"{SUBSCRIPTION}resource g {GROUP} existing = {{ name: 'g' }}\n"
            f"resource a 'T.T/a@{V}' = {{ name: 'a', scope: g }}"
        ),
        "3:53",
        "another scope",
    ),
    (f"resource g {GROUP} = {{ name: 'g', location: 'x' }}", "1:10", "scope `subscription` only"),
    (f"resource g {GROUP} existing = {{ name: 'g' }}", "1:10", "scope `subscription` only"),
    (f"resource m {MANAGEMENT} existing = {{ name: 'm' }}", "1:10", "scope `tenant` only"),
    # Members
    (f"resource a 'T.T/a@{V}' = {{ name: 'a', condition: false }}", "1:46", "have `condition`"),
    (f"resource a 'T.T/a@{V}' = {{ name: 'a', comments: 'b' }}", "1:46", "have `comments`"),
    (f"resource a 'T.T/a@{V}' = {{ name: 'a', resources: [] }}", "1:46", "have `resources`"),
    (f"resource a 'T.T/a@{V}' = {{ name: 'a', copy: {{}} }}", "1:46", "have `copy`"),
    (f"resource a 'T.T/a@{V}' = {{ name: 'a', existing: true }}", "1:46", "have `existing`"),
    (f"resource a 'T.T/a@{V}' = {{ name: 'a', import: 'b' }}", "1:46", "have `import`"),
    (f"resource a 'T.T/a@{V}' = {{ name: 'a', resourceGroup: 'b' }}", "1:46", "`resourceGroup`"),
    (f"resource a 'T.T/a@{V}' = {{ name: 'a', Properties: {{}} }}", "1:46", "have `Properties`"),
    (f"resource a 'T.T/a@{V}' = {{ name: 'a', Name: 'b' }}", "1:46", "have `Name`"),
    ("module m 'm.bicep' = { tags: {} }", "1:24", "a module cannot have `tags`"),
    ("module m 'm.bicep' = {}\noutput o string? = m.?outputs.zz", "2:31", "no output `zz`"),
]
TAKEN = [
    (
        "resource a 'Microsoft.Storage/storageAccounts@2023-01-01' = { name: 'aaaa', "
        "location: 'x', kind: 'Storage', sku: { name: 'Standard_LRS' }, id: 'x', "
        "apiVersion: '2022-01-01' }"
    ),
    f"resource a 'T.T/a/b@{V}' existing = {{ name: ('a') }}",
    f"param p string\nresource a 'T.T/a/b@{V}' existing = {{ name: '${{p}}x' }}",
    f"var n = 'a'\nresource a 'T.T/a/b@{V}' existing = {{ name: n }}",
    f"resource a 'T.T/a@{V}' = {{ name: 'a', scope: resourceGroup() }}",
    f"resource a 'T.T/a@{V}' = {{ name: 'a', scope: tenant() }}",
    f"{OTHER}resource a 'T.T/a/b@{V}' existing = {{ name: 'a', parent: x }}",
    (
        f"resource x 'T.T/a@{V}' existing = {{ name: 'x', scope: tenant() }}\n"
        f"resource a 'T.T/a/b@{V}' = {{ name: 'a', parent: x }}"
    ),
    f"{SUBSCRIPTION}resource a 'T.T/a@{V}' = {{ name: 'a', scope: subscription() }}",
    f"resource g {GROUP} existing = {{ name: 'g', scope: subscription('s') }}",
    f"targetScope = 'managementGroup'\nresource m {MANAGEMENT} = {{ name: 'm', scope: tenant() }}",
    (
        "resource d 'Microsoft.Resources/deployments@2023-07-01' = "
        "{ name: 'x', resourceGroup: 'x', properties: { mode: 'Incremental' } }"
    ),
    (
        f"resource x 'T.T/a@{V}' existing = [for i in range(0, 2): {{\n"
        "  name: 'a${i}'\n  location: 'x'\n  properties: { a: i }\n}]\noutput o string = x[0].id"
    ),
    "module m 'm.bicep' = {}\noutput o string? = m.?outputs.?zz",
    "module m 'm.bicep' = {}\noutput o string? = m.outputs[?'zz']",
]
REFUSED += [
    (f"resource a '{kind}' existing = {{ name: 'a' }}", "1:12", "is no type of a resource")
    for kind in NO_TYPES
]
REFUSED += [
    (
        (
            f"resource a 'T.T/a@{V}' existing = {{\n  name: 'a'\n"
            f"  resource b '{kind}' existing = {{ name: 'b' }}\n}}"
        ),
        "3:14",
        "is no type of a resource",
    )
    for kind in NO_SEGMENTS
]
TAKEN += [f"resource a '{kind}' existing = {{ name: 'a' }}" for kind in TYPES]


@pytest.mark.parametrize(("text", "place", "message"), REFUSED)
def test_refused(tmp_path: Path, text: str, place: str, message: str) -> None:
    where, error = refusal(tmp_path, text, FILES)

    assert message in f"{error.message} {error.help}"
    assert where == f"main.bicep:{place}"


@pytest.mark.parametrize("text", TAKEN)
def test_taken(tmp_path: Path, text: str) -> None:
    lowered(tmp_path, text, FILES)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("", "az:T.T/a"),
        ("extension az\n", "T.T/a"),
        ("extension az\n", "az:T.T/a"),
        ("extension az as foo\n", "foo:T.T/a"),
        ("extension sys\n", "T.T/a"),
        ("extension kubernetes with { namespace: 'x', kubeConfig: '' }\n", "az:T.T/a"),
    ],
)
def test_a_type_of_azure_by_its_namespace(tmp_path: Path, head: str, kind: str) -> None:
    made = template(tmp_path, f"{head}resource a '{kind}@{V}' = {{ name: 'a' }}")

    resources = made["resources"]
    listed = list(resources.values()) if isinstance(resources, dict) else resources
    assert listed == [{"type": "T.T/a", "apiVersion": V, "name": "a"}]


def test_a_type_of_an_extension_by_its_namespace(tmp_path: Path) -> None:
    text = (
        "extension kubernetes with { namespace: 'x', kubeConfig: '' } as k8s\n"
        "resource a 'k8s:core/Service@v1' = { metadata: { name: 'x' } }"
    )

    resources = template(tmp_path, text)["resources"]

    assert isinstance(resources, dict)
    assert resources["a"] == {
        "import": "k8s",
        "type": "core/Service@v1",
        "properties": {"metadata": {"name": "x"}},
    }
