"""A what-if result composed from a template's plan needs what the template needs.

But for reads, deployment records, secrets of vaults, template specs and calls in outputs, of which
a result shows nothing, and for links whose whole value is a parameter without a value: nobody can
ask a what-if without it. Also: the template and that result together need exactly what the template
needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import preflight
from preflight.model.plan import Condition, PlannedResource, RuntimeCall
from preflight.model.requirement import Derivation, Requirement, RequirementKind
from preflight.model.scope import PLACEHOLDER
from preflight.model.template import ChangeKind
from preflight.model.value import JsonValue, PartialText, Unknown, Value

Json = dict[str, JsonValue]
Rows = dict[tuple[str, str, str], str]

_HERE = Path(__file__).resolve().parent
_EXAMPLES = _HERE.parent.parent / "examples"
_NOT_SHOWN = {RequirementKind.READ, RequirementKind.DEPLOY}
_NOT_SHOWN_ACTIONS = {
    "microsoft.keyvault/vaults/deploy/action",
    "microsoft.resources/templatespecs/read",
    "microsoft.resources/templatespecs/versions/read",
}


ELSEWHERE = "marketplace-terms"
"""All that it writes lies in another subscription: its result looks like another rollout's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A template with its place and what is given for it."""

    source: Path
    scope: str
    parameters: object = field(default_factory=dict)
    location: str | None = None
    tenant: str | None = None
    client: str = "az"
    access: Path | None = None


def cases() -> Iterator[object]:
    for file in sorted((_HERE / "templates").glob("*/case.json")):
        case = json.loads(file.read_text(encoding="utf-8"))
        if "error" in case or case.get("mode") == "complete":
            continue
        given = case.get("parameters", {})
        if isinstance(given, list):
            given = [str(file.parent / name) for name in given]
        found = Case(
            source=file.parent / case["source"],
            scope=case["scope"],
            parameters=given,
            location=case.get("location"),
            tenant=case.get("tenant"),
            client=case.get("client", "az"),
            access=file.parent / case["access"] if "access" in case else None,
        )
        yield pytest.param(found, id=file.parent.name)
    for file in sorted(_EXAMPLES.glob("*/example.json")):
        case = json.loads(file.read_text(encoding="utf-8"))
        if case["source"] != "main.json":
            continue
        found = Case(
            source=file.parent / "main.json",
            scope=case["scope"],
            parameters=[str(file.parent / name) for name in case["parameters"]],
            location=case["location"],
        )
        yield pytest.param(found, id=f"examples/{file.parent.name}")


def derived(case: Case, source: Path, *, beside: Path | None = None) -> Derivation:
    template = source == case.source
    inventory = preflight.load_access(case.access) if case.access else None
    return preflight.derive(
        source,
        scope=case.scope,
        parameters=case.parameters if template else (),  # type: ignore[arg-type]  # as a case has it
        location=case.location,
        tenant=case.tenant,
        client=case.client,
        deployment_name="main",
        root=source.parent,
        what_if=beside,
        inventory=inventory,
    )


# --- composing --------------------------------------------------------------------------------


def composed(derivation: Derivation) -> Json:
    """Return the what-if result that a service with the same knowledge would give."""
    changes: dict[bool, list[JsonValue]] = {False: [], True: []}
    root = derivation.resources[0]
    for row in derivation.resources:
        shown = row.change is ChangeKind.WRITE and row.deployment is None
        if shown and row.condition is not Condition.FALSE:
            record = expression((row.within or root.id).text)
            changes[row.undecided].append({**change(row), "deploymentId": record})
    properties: Json = {"changes": changes[False], "potentialChanges": changes[True]}
    return {"status": "Succeeded", "properties": properties}


def change(row: PlannedResource) -> Json:
    body: Json = {key: as_json(value) for key, value in row.body.items()}
    body |= {"type": row.type, "apiVersion": row.api_version, "name": expression(row.name)}
    calls: list[JsonValue] = [called(call) for call in row.calls if call.target is not None]
    if calls:
        body["preflightCalls"] = calls
    return {"resourceId": expression(row.id.text), "changeType": "Create", "after": body}


def as_json(value: Value) -> JsonValue:
    """Return an evaluated value with what is unknown as the service leaves it: an expression."""
    if isinstance(value, Unknown):
        return left_open(value)
    if isinstance(value, PartialText):
        parts = (quoted(part) if isinstance(part, str) else opened(part) for part in value.parts)
        return f"[concat({', '.join(parts)})]"
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, str) and value.startswith("["):
        return f"[{value}"
    return value


def left_open(value: Unknown) -> str:
    return f"[{opened(value)}]"


def opened(value: Unknown) -> str:
    # A variable keeps its label; it is no more known than what it stands for.
    return f"variables('{value.label}')"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def expression(text: str) -> str:
    """Return text as it is, or as an expression where it holds placeholders."""
    if not PLACEHOLDER.search(text):
        return text
    known = [quoted(part) for part in PLACEHOLDER.split(text)]
    open_parts = [f"variables('{match[1:-1]}')" for match in PLACEHOLDER.findall(text)]
    parts = [part for pair in zip(known, open_parts, strict=False) for part in pair]
    return f"[concat({', '.join([*parts, known[-1]])})]"


def called(call: RuntimeCall) -> JsonValue:
    assert call.target is not None
    text = expression(call.target.text)
    target = text[1:-1] if text.startswith("[") else quoted(text)
    version = quoted(call.api_version or "2024-01-01")
    inner = f"{call.function}({target}, {version})"
    return f"[if(variables('undecided'), {inner}, '')]" if call.undecided else f"[{inner}]"


# --- comparing --------------------------------------------------------------------------------


def compared(derivation: Derivation) -> Rows:
    return {key_of(row): row.certainty.value for row in derivation.requirements if is_shown(row)}


def is_shown(row: Requirement) -> bool:
    if PLACEHOLDER.fullmatch(row.scope.text):
        return False
    if all(origin.place.pointer.startswith("/outputs/") for origin in row.origins):
        return False
    return row.kind not in _NOT_SHOWN and row.action.folded not in _NOT_SHOWN_ACTIONS


def key_of(row: Requirement) -> tuple[str, str, str]:
    attributes = json.dumps(dict(row.attributes or {}), sort_keys=True).lower()
    return row.action.folded, row.scope.folded, attributes


def difference(one: Rows, other: Rows) -> dict[tuple[str, str, str], object]:
    keys = one.keys() | other.keys()
    return {key: (one.get(key), other.get(key)) for key in keys if one.get(key) != other.get(key)}


@pytest.mark.parametrize("case", list(cases()))
def test_the_result_needs_what_the_template_needs(case: Case, tmp_path: Path) -> None:
    template = derived(case, case.source)
    file = tmp_path / "what-if.json"
    file.write_text(json.dumps(composed(template), indent=1), encoding="utf-8")

    if case.source.parent.name == ELSEWHERE:
        with pytest.raises(preflight.InputError, match="is about"):
            derived(case, file)
        return
    assert {} == difference(compared(template), compared(derived(case, file)))


@pytest.mark.parametrize("case", list(cases()))
def test_template_and_result_together_need_what_the_template_needs(
    case: Case, tmp_path: Path
) -> None:
    template = derived(case, case.source)
    file = tmp_path / "what-if.json"
    file.write_text(json.dumps(composed(template), indent=1), encoding="utf-8")
    together = derived(case, case.source, beside=file)

    wanted = {key_of(row): row.certainty.value for row in template.requirements}
    found = {key_of(row): row.certainty.value for row in together.requirements}
    assert {} == difference(wanted, found)
    assert [] == [note for note in together.notes if note.code == "what-if-differs"]
