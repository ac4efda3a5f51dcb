"""Every requirement points at the line that causes it, through the modules on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import preflight
from preflight.model.requirement import Derivation
from preflight.model.value import JsonValue

HERE = Path(__file__).resolve().parent
CASES = HERE.parent / "conformance" / "templates"
EXAMPLES = HERE.parent.parent / "examples"
JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"
GROUP = "/subscriptions/5a0e1b7c-0000-4000-8000-000000000001/resourceGroups/rg-app"
CALL = re.compile(r"(reference|list\w+)\(")
"""A call has a place of its own inside the expression."""
Place = tuple[str, int, int]


def sources() -> list[Path]:
    """Return the description of every case and example that has a JSON source."""
    found = [*sorted(CASES.glob("*/case.json")), *sorted(EXAMPLES.glob("*/example.json"))]
    described = [(file, json.loads(file.read_text(encoding="utf-8"))) for file in found]
    return [
        file
        for file, case in described
        if "error" not in case and str(case["source"]).endswith(".json")
    ]


def derive(file: Path) -> Derivation:
    case = json.loads(file.read_text(encoding="utf-8"))
    given = case.get("parameters", {})
    return preflight.derive(
        file.parent / case["source"],
        scope=case["scope"],
        parameters=given if isinstance(given, dict) else [str(file.parent / one) for one in given],
        mode=case.get("mode", "incremental"),
        root=file.parent,
    )


def places(derivation: Derivation) -> Iterator[tuple[Place, str | None]]:
    """Yield file, line and column of everything that the document points at, with its path."""
    document = derivation.to_dict()
    rows = document["requirements"]
    assert isinstance(rows, list)
    for row in rows:
        assert isinstance(row, dict)
        assert row["origins"]
        assert isinstance(row["origins"], list)
        for origin in row["origins"]:
            assert isinstance(origin, dict)
            yield _place(origin), str(origin["path"])
            via = origin.get("via", [])
            assert isinstance(via, list)
            for step in via:
                assert isinstance(step, dict)
                yield _place(step), None


def _place(row: dict[str, JsonValue]) -> Place:
    line, column = row["line"], row["column"]
    assert isinstance(line, int)
    assert isinstance(column, int)
    return str(row["file"]), line, column


def text_at(folder: Path, place: Place) -> str:
    """Return what stands at a place, to the end of the line."""
    file, line, column = place
    return (folder / file).read_text(encoding="utf-8").splitlines()[line - 1][column - 1 :]


def resolve(document: JsonValue, pointer: str) -> JsonValue:
    """Follow a JSON pointer (RFC 6901)."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        assert isinstance(document, dict | list)
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


@pytest.mark.parametrize("file", sources(), ids=lambda file: file.parent.name)
def test_every_origin_stands_where_its_path_leads(file: Path) -> None:
    for place, path in places(derive(file)):
        text = text_at(file.parent, place)
        if path is None:
            assert text.startswith("{")
        elif path:
            source = json.loads((file.parent / place[0]).read_text(encoding="utf-8-sig"))
            resolve(source, path)
            name = path.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
            named = text.startswith(json.dumps(name)) or name.isdigit()
            assert named or CALL.match(text)
        else:
            assert place[1:] == (1, 1)


def test_five_places_are_five_origins() -> None:
    derivation = preflight.derive(
        HERE / "data" / "five-places.json", scope=GROUP, root=HERE / "data"
    )
    rows = json.loads(json.dumps(derivation.to_dict()))["requirements"]
    (join,) = [row for row in rows if row["action"] == JOIN]
    chains = [[step["line"] for step in one.get("via", [])] for one in join["origins"]]
    found = [(one["line"], one["expression"]) for one in join["origins"]]

    variable, parameter = "[variables('subnet')]", "[parameters('subnet')]"
    assert [[], [], [], [27], [27, 48]] == chains
    assert [
        (15, variable),
        (16, variable),
        (25, variable),
        (46, parameter),
        (66, parameter),
    ] == found


BICEP = [
    ("Microsoft.Storage/storageAccounts/write", "resource account ", ["module storage "]),
    (
        "Microsoft.Storage/storageAccounts/blobServices/write",
        "resource blobs ",
        ["module storage "],
    ),
    ("Microsoft.KeyVault/vaults/read", "vault.properties.vaultUri", []),
    ("Microsoft.KeyVault/vaults/deploy/action", "key: vault.getSecret(", []),
    ("Microsoft.Authorization/locks/write", "resource lock ", []),
    ("Microsoft.Network/virtualNetworks/write", "resource network ", ["module network "]),
]


@pytest.mark.parametrize(("action", "begins", "via"), BICEP)
def test_origins_in_bicep(action: str, begins: str, via: list[str]) -> None:
    folder = CASES / "bicep-modules"
    rows = [row for row in derive(folder / "case.json").requirements if str(row.action) == action]

    origins = [origin.place for row in rows for origin in row.origins]
    found = [
        place
        for place in origins
        if text_at(folder, (place.source.name, *place.position)).startswith(begins)
    ]

    assert found
    for place in found:
        steps = [text_at(folder, (step.source.name, *step.position)) for step in place.via]
        assert len(steps) == len(via)
        assert all(text.startswith(start) for text, start in zip(steps, via, strict=True))
