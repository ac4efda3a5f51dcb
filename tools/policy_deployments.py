"""Derive the deployments that Azure's own policies make, and compare with their publishers' roles.

    make corpus POLICIES=FILE

FILE is a suite of deployments with the built-in roles that the publisher of each policy gives to
the identity that runs it. The roles are what the publisher found sufficient: with them assigned
at `/`, no required action may be missing. Where two roles are given, each usually is there for
something: a role that no derived requirement explains is a sign of a link that we miss.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, cast

import preflight
from preflight.catalog.load import load_catalog
from preflight.model.requirement import Certainty, Derivation, Requirement, RequirementKind
from preflight.model.role import RoleDefinition, role_id
from preflight.model.truth import Truth
from preflight.model.value import JsonValue

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
SCOPES = {"resourceGroup": f"{SUBSCRIPTION}/resourceGroups/rg-app", "subscription": SUBSCRIPTION}
SHOWN = 40
ENOUGH = 0.98
"""The share of cases in which no required action may be missing."""


class Case(TypedDict):
    """One deployment of the suite."""

    id: str
    file: str
    scope: str
    roles: list[str]
    parameters: dict[str, JsonValue]
    template: dict[str, JsonValue]


@dataclass(slots=True)
class Figures:
    """What is printed."""

    derived: int = 0
    refused: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    several_roles: int = 0
    unexplained: list[str] = field(default_factory=list)


def holds(role: RoleDefinition, requirement: Requirement) -> bool:
    """Whether a role grants a requirement, wherever it is assigned."""
    granted = role.grants(requirement.action, data_action=requirement.data_action)
    return granted is Truth.TRUE


def missing(derivation: Derivation, roles: Sequence[RoleDefinition]) -> Iterator[Requirement]:
    """Yield the required actions that no role grants."""
    for one in derivation.requirements:
        if one.certainty is Certainty.REQUIRED and not any(holds(role, one) for role in roles):
            yield one


def explains(derivation: Derivation, role: RoleDefinition) -> bool:
    """Whether a requirement other than the deployment's own record needs what a role grants."""
    plain = {RequirementKind.DEPLOY, RequirementKind.REGISTER}
    return any(holds(role, one) for one in derivation.requirements if one.kind not in plain)


def judge(case: Case, roles: Sequence[RoleDefinition], figures: Figures) -> None:
    """Derive one case and count it."""
    values: dict[str, JsonValue] = {
        "parameters": {name: {"value": value} for name, value in case["parameters"].items()}
    }
    try:
        derivation = preflight.derive(
            case["template"],
            scope=SCOPES[case["scope"]],
            parameters=[values],
            location="westeurope",
            client="rest",
        )
    except preflight.PreflightError as error:
        figures.refused.append(f"{case['id']} {case['file']}: {error}")
        return
    figures.derived += 1
    lacks = [f"{one.action} at {one.scope} ({one.why})" for one in missing(derivation, roles)]
    if lacks:
        figures.denied.append(f"{case['id']} {case['file']}: {'; '.join(lacks)}")
    if len(roles) > 1:
        figures.several_roles += 1
        idle = [role.name for role in roles if not explains(derivation, role)]
        if idle:
            figures.unexplained.append(f"{case['id']} {case['file']}: {', '.join(idle)}")


def run(path: Path) -> int:
    """Print the figures of a suite; return 1 where less than 98 % have all that is required."""
    suite = json.loads(path.read_text(encoding="utf-8"))
    cases = cast("list[Case]", suite["cases"])
    known = load_catalog().roles_by_id
    figures, started = Figures(), time.perf_counter()
    for case in cases:
        found = [known[role_id(role)] for role in case["roles"] if role_id(role) in known]
        judge(case, found, figures)
    complete = figures.derived - len(figures.denied)
    share = complete / max(1, len(cases))
    explained = figures.several_roles - len(figures.unexplained)
    print(f"policy deployments     {len(cases)}")
    print(f"derived                {figures.derived}")
    print(f"seconds                {time.perf_counter() - started:.1f}")
    print(f"nothing required lacks {complete} ({share:.1%})")
    print(f"with several roles     {figures.several_roles}")
    print(f"each role explained    {explained}")
    for title, rows in (
        ("refused", figures.refused),
        ("lacks", figures.denied),
        ("unexplained", figures.unexplained),
    ):
        for row in rows[:SHOWN]:
            print(f"{title}: {row}")
    return int(share < ENOUGH)
