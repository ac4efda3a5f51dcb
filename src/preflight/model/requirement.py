"""Requirement: one action at one scope that the rollout needs, and why."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from preflight.model.access import AccessSnapshot
from preflight.model.action import Action
from preflight.model.plan import PlannedResource
from preflight.model.scope import Scope
from preflight.model.source import Place
from preflight.model.template import Gap, NotChecked, Note
from preflight.model.value import JsonValue


class Certainty(enum.StrEnum):
    """How sure it is that Azure asks for the action; strongest first."""

    REQUIRED = "required"
    """Azure refuses the deployment without it."""
    CONDITIONAL = "conditional"
    """Whether the requirement exists is undecided before the rollout."""
    POSSIBLE = "possible"
    """Some clients or providers ask for it."""

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return list(Certainty).index(self)


class RequirementKind(enum.StrEnum):
    """What in the rollout needs the action."""

    WRITE = "write"
    DELETE = "delete"
    READ = "read"
    LINK = "link"
    LIST = "list"
    DEPLOY = "deploy"
    REGISTER = "register"
    ASSIGN_ROLE = "assign-role"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where in the source a requirement comes from.

    `path` is the JSON pointer of the node inside the source, as far as the source has it;
    `expression` the expression whose value it is (absent for literals): the one given here, else
    what stands at the node. File, line, column and `via` come from the place.
    """

    place: Place
    expression: str | None = None

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the wire form of `preflight.requirements/1`."""
        line, column = self.place.position
        row: dict[str, JsonValue] = {
            "file": self.place.source.name,
            "line": line,
            "column": column,
            "path": self.place.source.node(self.place.pointer),
        }
        expression = self.expression or self.place.source.expression(self.place.pointer)
        if expression is not None:
            row["expression"] = expression
        if self.place.via:
            row["via"] = [
                {
                    "file": step.source.name,
                    "line": step.position.line,
                    "column": step.position.column,
                }
                for step in self.place.via
            ]
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One action at one scope that the deployment needs.

    `attributes` carries what an ABAC condition may ask of a role assignment being written or
    deleted: `roleDefinitionId` (full ID), `principalId`, `principalType`; an unknown value is its
    placeholder, a key that the template leaves out is left out; None where it plays no part.
    """

    action: Action
    scope: Scope
    certainty: Certainty
    kind: RequirementKind
    why: str
    resource: Scope
    """The ID of the row that causes the requirement."""
    data_action: bool = False
    origins: tuple[Origin, ...] = ()
    attributes: Mapping[str, str] | None = None

    @property
    def key(self) -> tuple[str, str, bool, tuple[tuple[str, str], ...]]:
        """What makes two requirements the same (they merge, their origins add up)."""
        attributes = tuple(sorted((self.attributes or {}).items()))
        return (self.scope.folded, self.action.folded, self.data_action, attributes)

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the wire form of `preflight.requirements/1`."""
        row: dict[str, JsonValue] = {
            "action": self.action.text,
            "scope": self.scope.text,
            "dataAction": self.data_action,
            "certainty": self.certainty.value,
            "kind": self.kind.value,
            "why": self.why,
            "resource": self.resource.text,
            "origins": [origin.to_dict() for origin in self.origins],
        }
        if self.attributes is not None:
            row["attributes"] = dict(self.attributes)
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """Everything that was derived from one source; `preflight.derive` returns it.

    `resources` are the rows of the plan after merging (docs/reference/formats.md). `scope` is the
    scope of the root deployment.
    """

    source: str
    scope: Scope
    resources: tuple[PlannedResource, ...]
    requirements: tuple[Requirement, ...]
    gaps: tuple[Gap, ...] = ()
    notes: tuple[Note, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    client: str = "az"
    mode: str = "incremental"
    catalogue: str = ""
    """The date of the catalogue that was used."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What settles placeholders of the place: label (`subscription`) → option."""

    what_if: str = ""
    """The what-if result that was used: the source itself, or a file given beside it."""
    parameter_files: tuple[str, ...] = ()
    """Parameter files as they were given, for the headline."""
    again: Callable[[AccessSnapshot], Derivation] | None = field(
        default=None, compare=False, repr=False
    )
    """Derives once more with an inventory (registrations, existing resources); None when the
    derivation already had one."""

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the wire form: exactly `preflight requirements --format json`."""
        return {
            "schema": "preflight.requirements/1",
            "source": self.source,
            "deploymentScope": self.scope.text,
            "resources": [resource_row(resource) for resource in self.resources],
            "requirements": [requirement.to_dict() for requirement in self.requirements],
            "gaps": [gap_row(gap) for gap in self.gaps],
            "notes": [note_row(note) for note in self.notes],
            "notChecked": [{"what": row.what, "why": row.why} for row in self.not_checked],
        }


def resource_row(resource: PlannedResource) -> dict[str, JsonValue]:
    """Return one row of `resources`: `condition` is left out when there is none."""
    row: dict[str, JsonValue] = {
        "id": resource.id.text,
        "type": resource.type,
        "apiVersion": resource.api_version,
        "name": resource.name,
        "existing": resource.existing,
    }
    match resource.condition.value:
        case "true":
            row["condition"] = True
        case "false":
            row["condition"] = False
        case "unknown":
            row["condition"] = "unknown"
        case _:
            pass
    if resource.location is not None:
        row["location"] = resource.location
    return row


def gap_row(gap: Gap) -> dict[str, JsonValue]:
    """Return one row of `gaps`."""
    return {
        "kind": gap.kind.value,
        "target": gap.target,
        "origin": Origin(place=gap.origin).to_dict(),
        "settle": gap.settle,
    }


def note_row(note: Note) -> dict[str, JsonValue]:
    """Return one row of `notes`."""
    row: dict[str, JsonValue] = {"code": note.code, "message": note.message}
    if note.origin is not None:
        line, column = note.origin.position
        row |= {"file": note.origin.source.name, "line": line, "column": column}
    return row
