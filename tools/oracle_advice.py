"""The Bicep that advice prints: the official program compiles it, and finds our data in it."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from itertools import cycle, product
from pathlib import Path

from preflight.advise.bicep import grant_in_bicep
from preflight.model.access import principal_id
from preflight.model.action import ActionPattern
from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope
from preflight.model.value import JsonValue

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-hub"
SCOPES = (
    "/providers/Microsoft.Management/managementGroups/corp",
    SUBSCRIPTION,
    GROUP,
    f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st",
    f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v-${{x}}'net/subnets/pe",
    f"{GROUP}/providers/Contoso.Unknown/things/a\\b",
)
NAMES = ("preflight rg-hub 0a1b2c3d", "O'Brien ${danger} \\ \n//", "𝄞 \u2028 '''", "${", "\\${x}'")
CONDITIONS = (
    None,
    "((!(ActionMatches{'Microsoft.Authorization/*'})) OR (@Request[x] StringEquals '$${}'))",
)
GUID = "33333333-3333-4333-8333-333333333333"


def compare_advice(program: str) -> list[str]:
    """Compile every form of a grant; return what the program refuses or reads otherwise."""
    rows = list(_grants())
    with tempfile.TemporaryDirectory(prefix="preflight-oracle-") as text:
        found = [difference for row in rows for difference in _compare(program, Path(text), row)]
    print(f"printed bicep    {len(rows)} compiled, {len(found)} unexpected")
    return found


def _grants() -> Iterator[Recommendation]:
    """Yield each kind of grant at each kind of scope, with the names in turn."""
    kinds = (RecommendationKind.ASSIGN_ROLE, RecommendationKind.CUSTOM_ROLE)
    for (scope, condition, kind), name in zip(
        product(SCOPES, CONDITIONS, kinds), cycle(NAMES), strict=False
    ):
        place = Scope(scope)
        block = Permission(
            actions=(ActionPattern("Microsoft.Web/sites/write"), ActionPattern("A.B/*/read")),
            data_actions=() if condition else (ActionPattern("Contoso.X/y/read"),),
        )
        yield Recommendation(
            kind=kind,
            text=name,
            scope=place,
            role=RoleDefinition(
                id=RoleId(GUID),
                name=name,
                permissions=(block,),
                assignable_scopes=(place.resource_group or place,),
            ),
            condition=condition,
            principal=principal_id("22222222-2222-2222-2222-222222222222"),
        )


def _compare(program: str, folder: Path, row: Recommendation) -> Iterator[str]:
    text = grant_in_bicep(row, "ServicePrincipal")
    label = f"{row.kind.value} of {row.text!r} at {row.scope}"
    if text is None:
        yield f"{label}: nothing is printed"
        return
    file = folder / "grant.bicep"
    file.write_text(text, encoding="utf-8")
    command = [program, "build", str(file), "--stdout"]
    ended = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    if ended.returncode:
        yield f"{label}: {ended.stderr.strip()}"
        return
    strings = set(_strings(json.loads(ended.stdout)))
    wanted = [row.principal or "", row.condition or row.principal or "", row.text]
    if row.kind is RecommendationKind.ASSIGN_ROLE:
        wanted = wanted[:2]
    missing = [one for one in wanted if one not in strings and f"[{one}" not in strings]
    if missing:
        yield f"{label}: compiled without {missing}"


def _strings(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
