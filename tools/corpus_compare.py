"""Compare derived resources with what the official engine predicted for the same templates.

The file of snapshots holds `cases`, each with `file`, `scope`, `parameters` and either `error` or
`resources` (with optional `shortCircuited`). An `id` is finished when it starts with `/`; one that
starts with `[` is an expression that the engine could not finish offline.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from preflight.model.plan import Condition, PlannedResource
from preflight.model.value import JsonValue, OpenKey, PartialText, Unknown, Value

_IDENTITY = frozenset({"id", "type", "name", "apiVersion", "condition"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One template as the engine saw it; `error` is set where it was refused."""

    file: str
    scope: str
    parameters: Mapping[str, JsonValue]
    resources: tuple[Mapping[str, JsonValue], ...] = ()
    short_circuited: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How ours and the engine's rows agree; `differences` is empty when they do."""

    differences: tuple[str, ...]
    bodies: int
    """How many rows were compared body by body."""
    bodies_differ: tuple[str, ...]


def load_cases(path: Path) -> dict[str, Case]:
    """Return the cases by file."""
    document = json.loads(path.read_text(encoding="utf-8"))
    cases = (_case(row) for row in document["cases"])
    return {case.file: case for case in cases}


def _case(row: Mapping[str, JsonValue]) -> Case:
    parameters, resources = row["parameters"], row.get("resources", [])
    error = row.get("error")
    return Case(
        file=str(row["file"]),
        scope=str(row["scope"]),
        parameters=parameters if isinstance(parameters, dict) else {},
        resources=tuple(r for r in resources if isinstance(r, dict))
        if isinstance(resources, list)
        else (),
        short_circuited="shortCircuited" in row,
        error=None if error is None else str(error),
    )


def compare(case: Case, ours: Sequence[PlannedResource]) -> Comparison:
    """Compare one template's rows with a case that was not refused."""
    finished = [row for row in case.resources if _id(row).startswith("/")]
    open_types = {str(row["type"]).lower() for row in case.resources if _id(row).startswith("[")}
    known = {_id(row).lower() for row in finished}
    by_id: dict[str, list[PlannedResource]] = defaultdict(list)
    for resource in ours:
        by_id[resource.id.folded].append(resource)
    differences = [f"missing {_id(row)}" for row in finished if _id(row).lower() not in by_id]
    differences += [
        f"no row for an unfinished {kind}"
        for kind in sorted(open_types)
        if not any(r.type.lower() == kind and r.id.folded not in known for r in ours)
    ]
    if not case.short_circuited:
        differences += [
            f"extra {resource.id}"
            for resource in ours
            if not _may_be_extra(resource) and resource.id.folded not in known
            if resource.type.lower() not in open_types
        ]
    bodies, differ = _compare_bodies(finished, by_id)
    return Comparison(differences=tuple(differences), bodies=bodies, bodies_differ=tuple(differ))


def _id(row: Mapping[str, JsonValue]) -> str:
    return str(row.get("id", ""))


def _may_be_extra(resource: PlannedResource) -> bool:
    """Whether the engine does not list such a row."""
    hidden = {Condition.FALSE, Condition.UNKNOWN}
    return resource.deployment is not None or resource.existing or resource.condition in hidden


def _compare_bodies(
    finished: list[Mapping[str, JsonValue]], by_id: Mapping[str, list[PlannedResource]]
) -> tuple[int, list[str]]:
    """Compare every row with that of the engine's rows of its ID which it differs least from."""
    theirs: dict[str, list[dict[str, JsonValue]]] = defaultdict(list)
    for row in finished:
        body = {key: value for key, value in row.items() if key not in _IDENTITY}
        theirs[_id(row).lower()].append(body)
    count, differ = 0, []
    for folded, bodies in theirs.items():
        for resource in by_id.get(folded, ()):
            if _may_be_extra(resource):
                continue
            count += 1
            least = min((list(_leaves(dict(resource.body), body, "")) for body in bodies), key=len)
            if least:
                differ.append(f"{resource.id}: {least[0]}")
    return count, differ


def _leaves(ours: Value, theirs: JsonValue, path: str) -> Iterator[str]:
    """Yield where two bodies differ; what one of them leaves open does not count."""
    if isinstance(ours, Unknown | PartialText) or _is_open(theirs):
        return
    if isinstance(ours, dict) and isinstance(theirs, dict):
        yield from _members(ours, theirs, path)
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            yield f"{path}: {len(ours)} items, not {len(theirs)}"
        for index, (own, other) in enumerate(zip(ours, theirs, strict=False)):
            yield from _leaves(own, other, f"{path}/{index}")
    elif ours != theirs or isinstance(ours, bool) != isinstance(theirs, bool):
        yield f"{path}: {ours!r:.80}, not {theirs!r:.80}"


def _members(ours: dict[str, Value], theirs: dict[str, JsonValue], path: str) -> Iterator[str]:
    if any(isinstance(key, OpenKey) for key in ours) or any(map(_is_open, theirs)):
        return
    for key in sorted(ours.keys() | theirs.keys()):
        if key in ours and key in theirs:
            yield from _leaves(ours[key], theirs[key], f"{path}/{key}")
        elif (ours if key in ours else theirs)[key] is not None:
            if isinstance(ours.get(key), Unknown | PartialText) or _is_open(theirs.get(key)):
                continue
            yield f"{path}/{key}: only {'ours' if key in ours else 'theirs'}"


def _is_open(value: JsonValue) -> bool:
    """Whether the engine left a value as an expression."""
    return isinstance(value, str) and value.startswith("[") and value.endswith("]")
