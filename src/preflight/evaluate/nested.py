"""Nested deployments: what they deploy, where to, with which values.

Source: Azure Resource Manager, "Using linked and nested templates" and "Deploy resources across
scopes"; the deployment engine for what it refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from preflight.errors import InputError
from preflight.evaluate.bodies import Bodies, Body
from preflight.evaluate.cost import cost_of
from preflight.evaluate.deployment_properties import Properties, member, shown_link
from preflight.evaluate.environment import Environment
from preflight.evaluate.frame import EvaluationProblem
from preflight.evaluate.instance import Instance, text_of
from preflight.evaluate.interpret import evaluate
from preflight.evaluate.outer import evaluate_outer
from preflight.evaluate.parameters import Given
from preflight.evaluate.targets import Target
from preflight.evaluate.tree import Tree
from preflight.evaluate.types import as_json
from preflight.model.scope import Scope
from preflight.model.source import Place
from preflight.model.template import DeploymentScope, Gap, GapKind, MissingTemplate, Template
from preflight.model.value import (
    Cause,
    JsonValue,
    PartialText,
    Unknown,
    Value,
    first_unknown,
    label_of,
    printable,
)

_APART = frozenset({"properties"})
_OUTER_PASSES = 4
"""How often a template of outer scope is walked before it is evaluated."""


@dataclass(slots=True, kw_only=True)
class Nested:
    """A nested deployment, ready to be evaluated; `template` is None where it is not at hand."""

    body: Body
    scope: Scope
    environment: Environment
    name: Value
    template: Template | None = None
    parameters: list[Given] = field(default_factory=list)
    complete: bool = True
    """Whether all given values are named here, so that a missing one is ARM's to refuse."""
    unknowns: Mapping[str, Value] = field(default_factory=dict)
    template_spec: Scope | None = None
    vaults: list[tuple[Scope, Place]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nesting:
    """Prepares the nested deployments of one template."""

    bodies: Bodies
    parent: Target
    tree: Tree
    read: dict[str, Template] = field(default_factory=dict)
    """Templates of inner scope by pointer: a loop has the same one in each iteration."""

    def prepare(self, instance: Instance) -> Nested:
        """Evaluate a deployment's own properties and find its template.

        Raises `EvaluationProblem` for what ARM refuses, `NeedsFirst` where the outputs of another
        deployment are read that is not evaluated yet.
        """
        body = self.bodies.evaluate(instance, without=_APART)
        target = self.parent if instance.target is None else instance.target
        nested = Nested(
            body=body,
            scope=target.scope,
            environment=self._environment(instance, target, body),
            name=instance.name,
        )
        key = next((k for k in instance.declaration.body if k.lower() == "properties"), "")
        frame = self.bodies.frame(instance, body.calls, key or "properties")
        properties = Properties.read(instance.declaration.body.get(key), frame)
        self._settings(nested, properties)
        self._parameters(nested, properties)
        self._template(nested, properties)
        return nested

    def _environment(self, instance: Instance, target: Target, body: Body) -> Environment:
        """Return what the nested deployment sees; its location must be said outside groups."""
        location = next((v for k, v in body.members.items() if k.lower() == "location"), None)
        in_group = target.environment.kind is DeploymentScope.RESOURCE_GROUP
        if in_group and location is not None:
            raise EvaluationProblem(
                f"`location` is not allowed for a deployment to a resource group: `{instance.id}`",
                help="remove the property",
                where=instance.place,
            )
        if not in_group and location is None and not instance.open_target:
            raise EvaluationProblem(
                f"`location` is missing for a deployment outside resource groups: `{instance.id}`",
                help="say where the deployment's record is to be kept",
                where=instance.place,
            )
        if in_group:
            location = self.tree.group_locations.get(target.scope)
        unsettled = dict(target.environment.unsettled)
        if isinstance(location, Unknown | PartialText):
            unsettled["location"] = location
        return replace(
            target.environment,
            location=location if isinstance(location, str) else None,
            unsettled=unsettled,
            deployment_name=instance.resource.name,
            mode="Incremental",
        )

    def _settings(self, nested: Nested, properties: Properties) -> None:
        """Evaluate what is neither template nor parameters, for the row's body."""
        settings: dict[str, Value] = {}
        for key, value in properties.members.items():
            if key.lower() not in {"template", "parameters"}:
                settings[key] = evaluate(value, properties.frame.at(f"/{key}"))
        nested.body.members["properties"] = settings

    def _parameters(self, nested: Nested, properties: Properties) -> None:
        link = _setting(nested, "parametersLink")
        if link is not None:
            nested.complete = False
            nested.gaps.append(
                Gap(
                    kind=GapKind.LINKED_TEMPLATE,
                    target=shown_link(link, properties.raw("parametersLink")),
                    origin=properties.at("parametersLink").place,
                    settle="give the parameters in the template itself",
                )
            )
        raw, frame = properties.raw("parameters"), properties.at("parameters")
        if isinstance(raw, dict):
            entries = {key: evaluate(raw[key], frame.at(f"/{key}")) for key in raw}
        else:
            value = evaluate(raw, frame)
            nested.complete = nested.complete and not isinstance(value, Unknown)
            entries = dict(value) if isinstance(value, dict) else {}
        for name, entry in entries.items():
            self._parameter(nested, name, entry, frame.at(f"/{name}").place)

    def _parameter(self, nested: Nested, name: str, entry: Value, place: Place) -> None:
        if not isinstance(entry, dict):
            unknown = first_unknown(entry)
            nested.parameters.append(Given(name=name, value=unknown, place=place))
            return
        members = {key.lower(): value for key, value in entry.items()}
        reference = members.get("reference")
        if isinstance(reference, dict):
            vault = _vault(reference)
            if vault is not None:
                nested.vaults.append((vault, place))
            secret = Unknown(label=label_of(name), cause=Cause.SECURE)
            nested.parameters.append(Given(name=name, value=secret, place=place))
            return
        value = members.get("value", first_unknown(entry))
        nested.parameters.append(Given(name=name, value=value, place=place))

    def _template(self, nested: Nested, properties: Properties) -> None:
        raw, link = properties.raw("template"), _setting(nested, "templateLink")
        place = properties.frame.place
        if raw is None and link is None:
            raise EvaluationProblem("a deployment needs `template` or `templateLink`", where=place)
        if raw is not None and link is not None:
            raise EvaluationProblem(
                "a deployment has both `template` and `templateLink`", where=place
            )
        if raw is None:
            self._linked(nested, properties, link)
        elif self._is_outer(_setting(nested, "expressionEvaluationOptions"), place):
            self._outer(nested, properties)
        else:
            self._inner(nested, properties, raw)

    def _is_outer(self, options: Value, place: Place) -> bool:
        """Whether the template is evaluated with the parent's names.

        That is the default, but for a parent with a `languageVersion`: there it is refused.
        """
        version = self.bodies.names.template.language_version
        scope = member(options, "scope")
        known = {"inner": False, "outer": True, "notspecified": version is None}
        if scope is None:
            return version is None
        if not isinstance(scope, str) or scope.lower() not in known:
            raise EvaluationProblem(
                "`expressionEvaluationOptions.scope` is neither `inner` nor `outer`", where=place
            )
        if version is not None and scope.lower() == "outer":
            raise EvaluationProblem(
                f"a template with `languageVersion` {version} cannot nest one of outer scope",
                help="say inner in `expressionEvaluationOptions.scope`",
                where=place,
            )
        return known[scope.lower()]

    def _inner(self, nested: Nested, properties: Properties, raw: JsonValue) -> None:
        frame = properties.at("template")
        base, pointer = self.bodies.names.template, frame.place.pointer
        written = properties.written and not isinstance(raw, str)
        if isinstance(raw, str):
            value = evaluate(raw, frame)
            if first_unknown(value) is not None:
                nested.gaps.append(_unreadable(properties, frame.place))
                return
            raw = as_json(value)
        if not written:
            nested.template = self.tree.templates.inline(raw, base=base, pointer=pointer)
            return
        if pointer not in self.read:
            self.read[pointer] = self.tree.templates.inline(raw, base=base, pointer=pointer)
        nested.template = self.read[pointer]

    def _outer(self, nested: Nested, properties: Properties) -> None:
        frame = properties.at("template")
        raw = properties.raw("template")
        frame.budget.spend(_OUTER_PASSES * cost_of(raw).steps)
        made = evaluate_outer(raw, frame)
        base, pointer = self.bodies.names.template, frame.place.pointer
        try:
            nested.template = self.tree.templates.inline(made.json, base=base, pointer=pointer)
        except InputError:
            if not made.unknowns:
                raise
            # What is unknown may be what gives the template its shape.
            nested.gaps.append(_unreadable(properties, frame.place))
        nested.unknowns = made.unknowns

    def _linked(self, nested: Nested, properties: Properties, link: Value) -> None:
        place = properties.at("templateLink").place
        spec = member(link, "id")
        if isinstance(spec, str | Unknown | PartialText):
            nested.template_spec = Scope(printable(spec))
        if isinstance(link, dict) and first_unknown(link) is None:
            base = self.bodies.names.template
            known = {key: as_json(value) for key, value in link.items()}
            found = self.tree.templates.linked(known, base=base)
        else:
            found = MissingTemplate(
                kind=GapKind.LINKED_TEMPLATE if spec is None else GapKind.TEMPLATE_SPEC,
                target=shown_link(link, properties.raw("templateLink")),
                settle="check the linked template on its own, or give a what-if result",
            )
        if isinstance(found, Template):
            nested.template = found
            return
        nested.gaps.append(
            Gap(kind=found.kind, target=found.target, origin=place, settle=found.settle)
        )


def _setting(nested: Nested, name: str) -> Value:
    """Return an evaluated setting, as `_settings` left it in the body."""
    return member(nested.body.members["properties"], name)


def _vault(reference: Value) -> Scope | None:
    identifier = text_of(member(member(reference, "keyVault"), "id"))
    return None if identifier is None else Scope(identifier)


def _unreadable(properties: Properties, place: Place) -> Gap:
    name = properties.frame.place.pointer
    return Gap(
        kind=GapKind.NESTED_DEPLOYMENT,
        target=name,
        origin=place,
        settle="make the shape of the template known before the deployment",
    )
