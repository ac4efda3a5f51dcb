"""What-if results: IDs are final, text in brackets is settled where that is possible.

Source: the what-if API (`resourceId`, `after`, `deploymentId`): an expression that depends on
run-time state stays in brackets. What cannot be settled is unknown, never an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from preflight.evaluate.bodies import NOT_BODY
from preflight.evaluate.declared import Declared
from preflight.evaluate.environment import Environment
from preflight.evaluate.frame import Frame, Position, RuntimeRequest
from preflight.evaluate.instance import text_of
from preflight.evaluate.names import RecordingNames
from preflight.evaluate.runtime import Calls, Runtime
from preflight.evaluate.settle import Content, settle_id, settle_tree
from preflight.evaluate.targets import KINDS, scope_of
from preflight.evaluate.tree import Tree
from preflight.model.plan import Condition, DeploymentFacts, Plan, PlannedResource
from preflight.model.scope import Scope, ScopeKind
from preflight.model.source import Place
from preflight.model.template import (
    ChangeKind,
    DeploymentScope,
    GapKind,
    NotChecked,
    ResourceDeclaration,
    Template,
    UserFunction,
)
from preflight.model.value import (
    Cause,
    JsonValue,
    Unknown,
    Value,
    label_of,
)

_CONTENT: Mapping[str, tuple[str, ...]] = {
    "microsoft.authorization/policydefinitions": ("properties",),
    "microsoft.authorization/policysetdefinitions": ("properties",),
    "microsoft.insights/workbooks": ("properties",),
    "microsoft.insights/workbooktemplates": ("properties",),
    "microsoft.logic/workflows": ("properties", "definition"),
    "microsoft.resources/templatespecs/versions": ("properties",),
    "microsoft.resources/deploymentstacks": ("properties", "template"),
    "microsoft.blueprint/blueprints/artifacts": ("properties", "template"),
    "microsoft.solutions/applicationdefinitions": ("properties", "maintemplate"),
}
"""Type → path whose text is content with expressions of its own, not the template's."""
BEHIND_LINKS = NotChecked(
    what="linked templates and template specs",
    why="what-if does not look into them: give the template too, with --what-if FILE beside it",
)
_RECORD = "Microsoft.Resources/deployments"
_IMPLIED = "{deployment}"


def evaluate_literal(
    template: Template, environment: Environment, tree: Tree, root: PlannedResource
) -> Plan:
    """Return the plan of a what-if result; `root` is the row of the deployment itself.

    Raises `LimitExceeded` past a bound of the environment.
    """
    reader = _Literal(template=template, environment=environment, tree=tree)
    rows = [reader.row(declaration) for declaration in template.resources]
    records = {row.id.folded: row for row in reader.records(root)}
    known = frozenset(scope_of_deployment(row) for row in records.values())
    implied = _implied(root, rows, template.resources, known)
    for row in sorted(implied, key=lambda row: row.undecided):
        records.setdefault(row.id.folded, row)
    return Plan(
        literal=True,
        scope=scope_of(environment),
        kind=environment.kind,
        resources=(root, *records.values(), *rows),
        gaps=template.gaps,
        notes=template.notes,
        not_checked=(*template.not_checked, BEHIND_LINKS),
        left_alone=tuple(Scope(text) for text in template.left_alone),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenNames:
    """Names in text that what-if has left open: nothing is declared, all is known at run time."""

    def parameter(self, name: str) -> Value:
        """Return an unknown: a value left open by the service is one of the run."""
        return Unknown(label=label_of(name), cause=Cause.RUNTIME)

    def variable(self, name: str) -> Value:
        """Return an unknown."""
        return Unknown(label=label_of(name), cause=Cause.RUNTIME)

    def user_function(self, namespace: str, name: str) -> UserFunction | None:
        """Return None: a result carries no functions."""
        del namespace, name
        return None

    def runtime(self, request: RuntimeRequest) -> Value:
        """Return an unknown; calls are recorded by `RecordingNames`."""
        return Unknown(label=label_of(request.function), cause=Cause.RUNTIME)

    def deployment(self) -> Value:
        """Return an unknown: which of the deployments is meant is not said."""
        return Unknown(label="deployment", cause=Cause.RUNTIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Literal:
    """Reads the rows of one what-if result."""

    template: Template
    environment: Environment
    tree: Tree

    def row(self, declaration: ResourceDeclaration) -> PlannedResource:
        place = self.template.place(declaration.pointer)
        self.tree.count_resource(place)
        calls = Calls(undecided=declaration.potential)
        raw = declaration.resource_id or ""
        identity = Scope(self._text(raw, place, calls))
        kind = identity.shown_type or _stated(declaration, "type") or ""
        body = self._body(declaration, kind, calls)
        return PlannedResource(
            id=identity,
            type=kind,
            name=identity.name,
            api_version=_stated(declaration, "apiVersion"),
            change=declaration.change,
            condition=Condition.UNKNOWN if declaration.potential else Condition.NONE,
            undecided=declaration.potential,
            place=place,
            expression=raw if identity.has_placeholder else None,
            location=text_of(body.get("location")),
            body=body,
            calls=tuple(calls.made),
            no_body=not declaration.body,
        )

    def records(self, root: PlannedResource) -> Iterator[PlannedResource]:
        """Yield rows for the deployment records that the result names.

        One at the scope of the root deployment is the root's own, unless what-if did not look
        into it.
        """
        closed = {
            gap.target.lower()
            for gap in self.template.gaps
            if gap.kind is GapKind.NESTED_DEPLOYMENT
        }
        for text in self.template.deployments:
            identity = Scope(self._text(text, root.place, Calls()))
            target = identity.parent or Scope.ROOT
            short = text.lower() in closed
            if identity.kind is ScopeKind.UNKNOWN:
                yield _record(identity, identity, root, expanded=not short)
            elif identity.kind is ScopeKind.RESOURCE and (
                short or target != scope_of(self.environment)
            ):
                yield _record(identity, target, root, expanded=not short)

    def _frame(self, place: Place, calls: Calls) -> Frame:
        runtime = Runtime(declared=Declared(symbolic=True), budget=self.tree.budget)
        return Frame(
            names=RecordingNames(names=_OpenNames(), answer=runtime.answering(calls)),
            environment=self.environment,
            place=place,
            budget=self.tree.budget,
            position=Position.RESOURCE,
            undecided=calls.undecided,
        )

    def _text(self, text: str, place: Place, calls: Calls) -> str:
        """Return an ID with what could be settled; placeholders for the rest."""
        return text_of(settle_id(text, self._frame(place, calls))) or "{expression}"

    def _body(self, declaration: ResourceDeclaration, kind: str, calls: Calls) -> dict[str, Value]:
        place = self.template.place(declaration.pointer)
        frame = self._frame(place, calls)
        members: dict[str, JsonValue] = {
            key: value
            for key, value in declaration.body.items()
            if key.lower() not in NOT_BODY and value is not None
        }
        path = _CONTENT.get(kind.lower())
        aside = self._frame(place, Calls())
        content = None if path is None else Content(path=path, frame=aside)
        settled = settle_tree(members, frame, content)
        return settled if isinstance(settled, dict) else {}


def _stated(declaration: ResourceDeclaration, member: str) -> str | None:
    value = declaration.get(member)
    return value if isinstance(value, str) else None


def _record(
    identity: Scope, target: Scope, root: PlannedResource, *, expanded: bool = True
) -> PlannedResource:
    return PlannedResource(
        id=identity,
        type=_RECORD,
        name=identity.name,
        api_version=None,
        change=ChangeKind.WRITE,
        condition=Condition.NONE,
        undecided=False,
        place=root.place,
        within=root.id,
        deployment=DeploymentFacts(
            root=False,
            target=target,
            kind=KINDS.get(target.kind, DeploymentScope.RESOURCE_GROUP),
            expanded=expanded,
        ),
    )


def _implied(
    root: PlannedResource,
    rows: list[PlannedResource],
    declarations: tuple[ResourceDeclaration, ...],
    known: frozenset[Scope],
) -> Iterator[PlannedResource]:
    """Yield records that a change elsewhere implies: nobody else named the deployment there."""
    here = scope_of_deployment(root)
    if here.has_placeholder:
        return
    for row, declaration in zip(rows, declarations, strict=True):
        target = _deployed_at(row.id)
        if target is None or target in known or declaration.deployment is not None:
            continue
        if target != here and row.change is not ChangeKind.DELETE:
            identity = Scope(f"{target.text}/providers/{_RECORD}/{_IMPLIED}")
            record = _record(identity, target, root)
            yield replace(record, condition=row.condition, undecided=row.undecided)


def scope_of_deployment(row: PlannedResource) -> Scope:
    """Return the scope that a deployment's row deploys to."""
    return row.id if row.deployment is None else row.deployment.target


def _deployed_at(identity: Scope) -> Scope | None:
    """Return the group or subscription whose deployment writes a resource."""
    if identity.kind is ScopeKind.RESOURCE_GROUP:
        return identity.subscription
    return identity.resource_group or identity.subscription
