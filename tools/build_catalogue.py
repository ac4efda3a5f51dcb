"""Make the generated tables of the catalogue from reference data.

    python3 tools/build_catalogue.py REFERENCE_DIR [--date YYYY-MM-DD]

REFERENCE_DIR holds `builtin-roles.json`, `operations.json` and `resource-types.json`. Written are
names, GUIDs and action strings only, in a form that is small, quick to load and readable in a
diff, into `src/preflight/catalog/tables/generated/`; `catalog/load.py` reads them. A result that is
much smaller than what is there is refused: Azure grows, a broken download shrinks.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict, cast

TABLES = Path(__file__).resolve().parent.parent / "src/preflight/catalog/tables/generated"
SMALLEST_SHARE = 0.9
"""A new table with fewer than this share of the old one's lines is implausible."""


class Permission(TypedDict, total=False):
    """A permission block as Azure returns it."""

    actions: list[str]
    notActions: list[str]
    dataActions: list[str]
    notDataActions: list[str]
    condition: str


class Role(TypedDict):
    """A built-in role as the reference lists it."""

    id: str
    roleName: str
    permissions: list[Permission]


class Operations(TypedDict, total=False):
    """The operations of one namespace, without the namespace in front."""

    actions: list[str]
    dataActions: list[str]


class ResourceType(TypedDict):
    """A resource type; `readableScopes` is 0 where no GET exists."""

    type: str
    readableScopes: int


def operation_lines(table: dict[str, Operations]) -> Iterable[str]:
    """Yield blocks, one per namespace: its name, then `TYPE VERB VERB …` per line.

    `.` stands for the namespace itself, `!` before a type marks data actions.
    """
    for namespace in sorted(table, key=str.lower):
        yield namespace
        for mark, names in (("", "actions"), ("!", "dataActions")):
            grouped: dict[str, list[str]] = defaultdict(list)
            for name in cast("dict[str, list[str]]", table[namespace]).get(names, []):
                parts = name.strip().split("/")
                cut = len(parts) - (2 if parts[-1].lower() == "action" and len(parts) > 1 else 1)
                grouped["/".join(parts[:cut]) or "."].append("/".join(parts[cut:]))
            for kind in sorted(grouped, key=lambda text: (text.lower(), text)):
                yield f"{mark}{kind} {' '.join(sorted(grouped[kind], key=str.lower))}"
        yield ""


def type_lines(types: list[ResourceType]) -> Iterable[str]:
    """Yield blocks, one per namespace: its name, then a type per line (`-`: it has no GET)."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for row in types:
        namespace, _, name = row["type"].partition("/")
        grouped[namespace].append(name if row["readableScopes"] else f"-{name}")
    for namespace in sorted(grouped, key=str.lower):
        yield namespace
        yield from sorted(grouped[namespace], key=lambda text: text.lstrip("-").lower())
        yield ""


def role_lines(roles: list[Role]) -> Iterable[str]:
    """Yield one JSON array per role: GUID, name, permission blocks (four lists, condition)."""
    for role in sorted(roles, key=lambda row: (row["roleName"].lower(), row["id"])):
        blocks = [
            [
                block.get("actions", []),
                block.get("notActions", []),
                block.get("dataActions", []),
                block.get("notDataActions", []),
                *([block["condition"]] if block.get("condition") else []),
            ]
            for block in role["permissions"]
        ]
        row = [role["id"].lower(), role["roleName"], blocks]
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def write(name: str, lines: Iterable[str]) -> None:
    """Write one table unless it shrank implausibly."""
    target = TABLES / name
    text = "\n".join(lines).rstrip("\n") + "\n"
    if target.is_file():
        before, now = target.read_text(encoding="utf-8").count("\n"), text.count("\n")
        if now < before * SMALLEST_SHARE:
            sys.exit(f"{name}: {now} lines instead of {before}; delete the old file if that is so")
    target.write_text(text, encoding="utf-8", newline="\n")
    print(f"{name}: {text.count(chr(10))} lines, {len(text.encode())} bytes")


def main() -> None:
    """Read the reference, write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reference", type=Path)
    parser.add_argument("--date", default="2026-08-01", help="the date of the reference data")
    given = parser.parse_args()

    def load(name: str) -> object:
        return json.loads((given.reference / name).read_text(encoding="utf-8"))

    TABLES.mkdir(parents=True, exist_ok=True)
    write("operations.txt", operation_lines(cast("dict[str, Operations]", load("operations.json"))))
    write("types.txt", type_lines(cast("list[ResourceType]", load("resource-types.json"))))
    write("roles.jsonl", role_lines(cast("list[Role]", load("builtin-roles.json"))))
    write("date.txt", [given.date])


if __name__ == "__main__":
    main()
