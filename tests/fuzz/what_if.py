"""Fuzz target: what-if results; refused with a place, or derived."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import gettempdir

from tests.fuzz.judging import judge
from tests.fuzz.templates import GRAMMAR as TEMPLATE

from preflight.api import DeriveSettings, derive_source
from preflight.model.value import JsonValue

_ROOT = Path(__file__).resolve().parent.parent.parent
_DATA = _ROOT / "tests" / "conformance" / "data" / "what-if.json"
_LARGEST_SEED = 6_000


def _recorded() -> list[bytes]:
    seeds = []
    for case in json.loads(_DATA.read_text(encoding="utf-8"))["cases"]:
        given = case["whatIf"]
        text = given if isinstance(given, str) else json.dumps(given)
        seeds.append(text.encode("utf-8", "surrogatepass"))
    return [seed for seed in seeds if len(seed) <= _LARGEST_SEED]


SEEDS = [*_recorded(), (_ROOT / "examples" / "g-what-if-deletes" / "what-if.json").read_bytes()]
WORDS = (
    "status", "Succeeded", "Failed", "properties", "changes", "potentialChanges", "diagnostics",
    "error",
    "resourceId", "changeType", "Create", "Delete", "Modify", "Deploy", "NoChange", "Ignore",
    "Unsupported",
    "before", "after", "delta", "unsupportedReason", "symbolicName", "identifiers", "extension",
    "deploymentId", "level", "code", "NestedDeploymentShortCircuited", "target", "resource_id",
    "change_type",
    "ChangeType", "id", "type", "name", "apiVersion", "scope", "/subscriptions/x/resourceGroups/y",
    "[", "]",
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/A.B/c/d", "{",
    "}", ":",
    "/providers/Microsoft.Management/managementGroups/m", "[reference('x').y]", "[concat(", '"',
    ",", "null",
    "WARNING: x\n", "System.Object[]", "...", "7", "[guid('/a/b', reference('x').y)]", "/[",
)  # fmt: skip
GRAMMAR = TEMPLATE
SCOPES = (
    None,
    "/subscriptions/7d3f0a10-1c41-4c00-8a00-0000000000a1/resourceGroups/rg-orchard",
    "/subscriptions/7d3f0a10-1c41-4c00-8a00-0000000000a1",
    "/providers/Microsoft.Management/managementGroups/corp",
)


_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def _resource(kind: str, name: str, **members: JsonValue) -> JsonValue:
    return {"type": kind, "apiVersion": "2023-01-01", "name": name, **members}


_INNER: JsonValue = {
    "$schema": _SCHEMA,
    "contentVersion": "1.0.0.0",
    "resources": [_resource("Microsoft.Web/serverfarms", "plan-spring")],
}
_NESTED: dict[str, JsonValue] = {"mode": "Incremental", "template": _INNER}
_LINKED: dict[str, JsonValue] = {"mode": "Incremental", "templateLink": {"uri": "https://x/y"}}
BESIDE: dict[str, JsonValue] = {
    "$schema": _SCHEMA,
    "contentVersion": "1.0.0.0",
    "parameters": {"name": {"type": "string"}, "on": {"type": "bool"}, "n": {"type": "int"}},
    "resources": [
        _resource("Microsoft.KeyVault/vaults", "kv-plum", condition="[parameters('on')]"),
        _resource("Microsoft.Web/sites", "[parameters('name')]", properties={"x": "[newGuid()]"}),
        _resource("Microsoft.Web/sites", "app-cider", condition=False),
        _resource(
            "A.B/c", "[parameters('name')]", copy={"name": "l", "count": "[parameters('n')]"}
        ),
        _resource("Microsoft.Resources/deployments", "app", properties=_NESTED),
        _resource("Microsoft.Resources/deployments", "other", properties=_LINKED),
    ],
}
"""A template with open names, beside which some inputs stand."""


def fuzz(data: bytes) -> None:
    """Read, evaluate and derive; scope, mode and a template beside it follow from the input."""
    beside = len(data) % 3 == 0
    settings = DeriveSettings(
        scope=SCOPES[len(data) % len(SCOPES)],
        mode="complete" if len(data) % 7 == 0 else "incremental",
        stdin=lambda: data,
        root=f"{gettempdir()}/no-such-root",
        what_if="-" if beside else None,
    )
    judge(lambda: derive_source(BESIDE if beside else "-", settings))
