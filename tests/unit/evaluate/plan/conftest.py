"""Plans of templates written as Python values, at a known place unless a test says otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from preflight.evaluate.environment import Environment
from preflight.evaluate.evaluator import evaluate
from preflight.model.plan import Plan
from preflight.model.template import (
    DeploymentScope,
    GapKind,
    MissingTemplate,
    ParameterValue,
    Template,
)
from preflight.model.value import JsonValue
from preflight.read.arm import read_template
from preflight.read.json_document import parse_json

SCHEMAS = {
    DeploymentScope.RESOURCE_GROUP: "2019-04-01/deploymentTemplate.json#",
    DeploymentScope.SUBSCRIPTION: "2018-05-01/subscriptionDeploymentTemplate.json#",
    DeploymentScope.MANAGEMENT_GROUP: "2019-08-01/managementGroupDeploymentTemplate.json#",
    DeploymentScope.TENANT: "2019-08-01/tenantDeploymentTemplate.json#",
}
PLACE = Environment(
    subscription="11111111-1111-1111-1111-111111111111",
    resource_group="rg",
    management_group="corp",
    tenant="22222222-2222-2222-2222-222222222222",
    location="westeurope",
)
Json = dict[str, JsonValue]


def full(parts: Json, kind: DeploymentScope = DeploymentScope.RESOURCE_GROUP) -> Json:
    """Complete a template with what every template needs."""
    return {
        "$schema": f"https://schema.management.azure.com/schemas/{SCHEMAS[kind]}",
        "contentVersion": "1.0.0.0",
        "resources": [],
        **parts,
    }


@dataclass
class Templates:
    """A `TemplateSource` over templates in memory, by relative path."""

    linked_ones: dict[str, Json] = field(default_factory=dict)

    def inline(self, value: JsonValue, *, base: Template, pointer: str) -> Template:
        return read_template(value, base.source, pointer=pointer)

    def linked(
        self, reference: Mapping[str, JsonValue], *, base: Template
    ) -> Template | MissingTemplate:
        del base
        path = reference.get("relativePath")
        if isinstance(path, str) and path in self.linked_ones:
            document = parse_json(json.dumps(full(self.linked_ones[path])), path)
            return read_template(document.value, document.source)
        target = next(str(value) for value in reference.values())
        return MissingTemplate(
            kind=GapKind.LINKED_TEMPLATE, target=target, settle="have it at hand"
        )


@dataclass
class Planner:
    """Evaluates templates; `place` and `linked` may be changed before."""

    place: Environment = PLACE
    linked: dict[str, Json] = field(default_factory=dict)

    def at(self, kind: DeploymentScope) -> Planner:
        """Return a planner for another kind of place."""
        return replace(self, place=replace(self.place, kind=kind))

    def __call__(self, parts: Json, **parameters: JsonValue) -> Plan:
        """Evaluate a template, given without what every template has."""
        values = {name: ParameterValue(value=value) for name, value in parameters.items()}
        given = {**self.place.parameters, **values}
        text = json.dumps(full(parts, self.place.kind), indent=2)
        document = parse_json(text, "main.json")
        template = read_template(document.value, document.source)
        return evaluate(template, replace(self.place, parameters=given), Templates(self.linked))

    def resource(self, name: JsonValue = "x", of: str = "A.B/c", **members: JsonValue) -> Json:
        """Return a resource of a type."""
        return {"type": of, "apiVersion": "2020-01-01", "name": name, **members}

    def nested(
        self, name: JsonValue, parts: Json, *, inner: bool = True, **members: JsonValue
    ) -> Json:
        """Return a nested deployment; `parameters` goes into its properties."""
        properties: Json = {"mode": "Incremental", "template": full(parts)}
        if inner:
            properties["expressionEvaluationOptions"] = {"scope": "inner"}
        if "parameters" in members:
            properties["parameters"] = members.pop("parameters")
        return {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "2022-09-01",
            "name": name,
            "properties": properties,
            **members,
        }


@pytest.fixture
def plan() -> Planner:
    """Return a planner at a resource group where everything is given."""
    return Planner()
