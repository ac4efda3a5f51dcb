"""Template: what every front end produces and `evaluate` consumes.

A template keeps the *unevaluated* JSON of its parts (`JsonValue`, expressions as text in
brackets) beside what the front end could read from its shape. Everything has a `pointer`: a JSON
pointer into `source`, so that a position can be found when a report needs one.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from preflight.model.source import Place, SourceFile
from preflight.model.value import JsonValue, Value


class DeploymentScope(enum.StrEnum):
    """The kinds of scope that a deployment can have."""

    RESOURCE_GROUP = "resourceGroup"
    SUBSCRIPTION = "subscription"
    MANAGEMENT_GROUP = "managementGroup"
    TENANT = "tenant"


class ChangeKind(enum.StrEnum):
    """What a deployment does with a resource."""

    WRITE = "write"
    DELETE = "delete"
    EXISTING = "existing"
    """Declared, never written; read when something depends on it or reads its state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterDeclaration:
    """One entry of `parameters`, or of a user function's parameters.

    `schema` is the whole declaration as JSON (type, `$ref`, allowedValues, lengths, items …).
    """

    name: str
    schema: Mapping[str, JsonValue]
    pointer: str

    @property
    def has_default(self) -> bool:
        """Whether a `defaultValue` stands in the declaration; null is none."""
        return any(
            key.lower() == "defaultvalue" and value is not None
            for key, value in self.schema.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFunction:
    """A user-defined function; called as `namespace.name(...)`.

    `definitions` are the named types of its template, for `$ref` in its declarations.
    """

    namespace: str
    name: str
    parameters: tuple[ParameterDeclaration, ...]
    output: Mapping[str, JsonValue]
    pointer: str
    definitions: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDeclaration:
    """One output; `schema` holds type, value, copy, condition as written."""

    name: str
    schema: Mapping[str, JsonValue]
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDeclaration:
    """One resource as declared, children included.

    `body` is the whole declaration as JSON, keys as spelled; `get` reads a member without case.
    `symbol` is set in symbolic-name templates. `children` are the entries of a nested
    `resources` (their types and names are still relative). For literal rows of a what-if result
    `resource_id` holds the ID (possibly a bracketed expression), `change` what happens to it and
    `potential` whether even that is undecided; then nothing else needs evaluation but bracketed
    text in the body.
    """

    pointer: str
    body: Mapping[str, JsonValue]
    symbol: str | None = None
    children: tuple[ResourceDeclaration, ...] = ()
    change: ChangeKind = ChangeKind.WRITE
    resource_id: str | None = None
    potential: bool = False
    deployment: str | None = None
    """For a literal row: the ID of the deployment record that declares it, where that is said."""

    def get(self, key: str) -> JsonValue:
        """Return a member of the declaration without regard to case; None where absent."""
        if key in self.body:
            return self.body[key]
        folded = key.lower()
        return next((v for k, v in self.body.items() if k.lower() == folded), None)


class GapKind(enum.StrEnum):
    """Why a part of the rollout could not be expanded."""

    LINKED_TEMPLATE = "linked-template"
    TEMPLATE_SPEC = "template-spec"
    REGISTRY_MODULE = "registry-module"
    LOOP = "loop"
    INVENTORY = "inventory"
    NESTED_DEPLOYMENT = "nested-deployment"
    LIMIT_REACHED = "limit-reached"
    UNRESOLVED_RESOURCE = "unresolved-resource"
    DIAGNOSTIC = "diagnostic"
    NO_BODY = "no-body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that could not be expanded: the verdict is at best undetermined.

    `target` names what is missing (a URI, an ID, a path), `settle` what would close the gap.
    """

    kind: GapKind
    target: str
    origin: Place
    settle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark that changes no verdict: `code` is stable (`parameter-missing`, …)."""

    code: str
    message: str
    origin: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotChecked:
    """Something that RBAC cannot tell, listed so that it is never silently left out."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One template (root, nested or linked), read but not evaluated.

    `schema_scope` is what `$schema` says, None where it says nothing usable. `symbolic` is true
    for `languageVersion` 2.x (resources are an object keyed by symbol). `content_version` is what
    `deployment().properties.template.contentVersion` gives. `literal` is true for a
    what-if result: names and IDs are final, missing parameters play no part. `deployments` are
    IDs of deployment records that a what-if result names, `left_alone` IDs of resources that exist
    and that it neither writes nor deletes. `gaps`, `notes` and `not_checked` are
    what the front end itself noticed.
    """

    source: SourceFile
    pointer: str = ""
    schema_scope: DeploymentScope | None = None
    language_version: str | None = None
    content_version: str | None = None
    symbolic: bool = False
    api_profile: bool = False
    """Whether `apiProfile` stands in for the API versions that resources do not say."""
    literal: bool = False
    parameters: Mapping[str, ParameterDeclaration] = field(default_factory=dict)
    variables: Mapping[str, JsonValue] = field(default_factory=dict)
    functions: tuple[UserFunction, ...] = ()
    definitions: Mapping[str, JsonValue] = field(default_factory=dict)
    resources: tuple[ResourceDeclaration, ...] = ()
    outputs: Mapping[str, OutputDeclaration] = field(default_factory=dict)
    deployments: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notes: tuple[Note, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()

    def place(
        self, pointer: str, *, via: tuple[Place, ...] = (), offset: int | None = None
    ) -> Place:
        """Return the place of a node of this template; `pointer` is relative to the file."""
        return Place(source=self.source, pointer=pointer, via=via, offset=offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingTemplate:
    """Why a linked template is not at hand."""

    kind: GapKind
    target: str
    settle: str


class TemplateSource(Protocol):
    """Gives `evaluate` the templates that a deployment resource names or carries.

    Implemented in `read/`; an implementer owes templates with positions of their own file, keeps
    to the root rule (docs/explanation/security.md), and raises `InputError` for text that is no
    template.
    """

    def inline(self, value: JsonValue, *, base: Template, pointer: str) -> Template:
        """Parse `properties.template` (JSON, expressions unevaluated) found at `pointer`."""

    def linked(
        self, reference: Mapping[str, JsonValue], *, base: Template
    ) -> Template | MissingTemplate:
        """Find what an evaluated `templateLink` (`uri`, `id`, `relativePath`, …) names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretReference:
    """A Key Vault secret as a parameter's value.

    The vault's ID is as written: JSON, maybe an expression when it stands in a deployment.
    """

    vault: JsonValue
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """A value given for a parameter: literal JSON (never evaluated), or a vault secret."""

    value: JsonValue = None
    partial: Value = None
    """What a `.bicepparam` computes, where that is known in part only; then `value` is null."""
    secret: SecretReference | None = None
    external: str | None = None
    """What only the deploying tool can supply (`externalInput`): the value is unknown."""
    place: Place | None = None
    """Where the value was given; None for the command line."""
