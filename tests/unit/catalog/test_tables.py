"""The curated tables themselves: complete rows, known names, no row twice."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from preflight.catalog.files import read_rows, read_table
from preflight.catalog.load import PackagedCatalog
from preflight.catalog.rows import (
    companion_rule,
    deployment_verb,
    linked_rule,
    registration_rule,
    unchecked_rule,
)
from preflight.model.action import Action
from preflight.model.requirement import Certainty

TABLES = (
    "action-names",
    "companions",
    "content",
    "deployments",
    "links",
    "registrations",
    "role-wildcards",
    "unchecked",
)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_an_id_a_source_and_a_date(table: str) -> None:
    rows = read_rows(table)
    ids = Counter(row.text("id") for row in rows)

    assert [] == [name for name, count in ids.items() if count > 1]
    assert all(row.text("source") for row in rows)
    assert {"2026-08-01"} == {row.text("checked") for row in rows}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_one_row_per_line(table: str) -> None:
    lines = read_table(f"curated/{table}.json").splitlines()

    assert ("[", "]") == (lines[0], lines[-1])
    assert all(isinstance(json.loads(line.rstrip(",")), dict) for line in lines[1:-1])


def test_every_rule_reads() -> None:
    registrations = [row for row in read_rows("registrations") if row.has("type")]

    assert all(companion_rule(row).action for row in read_rows("companions"))
    assert all(deployment_verb(row).clients for row in read_rows("deployments"))
    assert all(registration_rule(row).namespace for row in registrations)
    assert all(unchecked_rule(row).why for row in read_rows("unchecked"))


def test_required_links_are_known_or_measured() -> None:
    """What the catalogue does not know and nobody measured must not block a rollout."""
    catalog = PackagedCatalog()
    rules = [linked_rule(row) for row in read_rows("links")]
    unknown = {
        rule.action
        for rule in rules
        if rule.certainty is Certainty.REQUIRED
        and "<linkedType>" not in rule.action
        and not catalog.knows(Action(rule.action))
    }

    assert {
        # Documented, seen in refusals, or covered by a pattern of a built-in role: the operations
        # list is older than they are.
        "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/join/action",
        "Microsoft.Network/virtualNetworkGateways/join/action",
        "Microsoft.Automation/automationAccounts/PrivateEndpointConnectionsApproval/action",
        "Microsoft.Databricks/workspaces/privateEndpointConnectionsApproval/action",
        "Microsoft.DocumentDB/databaseAccounts/joinPerimeter/action",
        "Microsoft.ElasticSan/elasticSans/volumeGroups/PrivateEndpointConnectionsApproval/action",
        "Microsoft.Monitor/accounts/privateEndpointConnectionsApproval/action",
        "Microsoft.Insights/eventtypes/management/read",
    } == unknown


def test_actions_are_spelled_as_azure_spells_them() -> None:
    catalog = PackagedCatalog()
    rows = (*read_rows("links"), *read_rows("companions"), *read_rows("deployments"))
    actions = [row.text("action") for row in rows if not row.text("action").startswith("<")]

    assert [] == [action for action in actions if catalog.spelled(action) != action]
