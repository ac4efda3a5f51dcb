from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from preflight.model.requirement import Certainty, Derivation
from preflight.model.scope import Scope
from preflight.report.requirements import REQUIREMENT_FORMATS
from preflight.report.view import View

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make


def rendered(name: str, *derivations: Derivation, view: View | None = None) -> str:
    return REQUIREMENT_FORMATS[name].render(derivations, view or View())


@pytest.fixture
def derivation(make: Make) -> Derivation:
    """Two actions at one scope, one at another; a gap and something unchecked."""
    group = "/subscriptions/11111111-0000-4000-8000-000000000001/resourceGroups/rg-shop"
    rows = [
        make.row(requirement=make.requirement("Microsoft.Resources/deployments/write", group)),
        make.row(requirement=make.requirement()),
        make.row(
            requirement=make.requirement(
                "Microsoft.Storage/storageAccounts/read", certainty=Certainty.POSSIBLE
            )
        ),
    ]
    found = make.report(*rows, gaps=[make.gap()]).derivation
    assert found is not None
    return found


def test_the_registry_knows_what_the_command_offers() -> None:
    assert list(REQUIREMENT_FORMATS) == [
        "table", "json", "markdown", "role", "role-arm", "role-bicep", "role-terraform"
    ]  # fmt: skip


def test_table_is_grouped_by_scope(derivation: Derivation) -> None:
    lines = rendered("table", derivation, view=View(width=0)).splitlines()
    group = "/subscriptions/11111111-0000-4000-8000-000000000001/resourceGroups/rg-shop"
    account = f"{group}/providers/Microsoft.Storage/storageAccounts/stshop"

    assert lines == [
        f"main.json → {group}   client az",
        " 2 required · 0 conditional · 1 possible · 1 gap · catalogue 2026-08-01",
        group,
        f"  {'Microsoft.Resources/deployments/write':<60}  required     main.json:1:1",
        account,
        f"  {'Microsoft.Storage/storageAccounts/write':<60}  required     main.json:1:1",
        f"  {'Microsoft.Storage/storageAccounts/read':<60}  possible     main.json:1:1",
        "? gap  linked-template: https://example.com/linked.json",
        "  because main.json:1:1",
        "  settle  put the template beside this one",
        "not checked  policy effects: policies are not evaluated",
    ]


def test_verbose_table_says_why(derivation: Derivation) -> None:
    lines = rendered("table", derivation, view=View(verbosity=1)).splitlines()

    assert "    because main.json:1:1 [parameters('name')]: the resource is written" in lines


def test_the_first_line_says_what_settles_the_place(derivation: Derivation) -> None:
    placed = replace(
        derivation, scope=Scope("{subscription}"), settings={"subscription": "--subscription"}
    )
    first = rendered("table", placed, view=View(width=40)).splitlines()[0]

    assert first.endswith("{subscription} is not known: --subscription")


def test_json_is_exactly_to_dict(derivation: Derivation) -> None:
    assert json.loads(rendered("json", derivation)) == derivation.to_dict()


def test_several_documents(derivation: Derivation) -> None:
    assert json.loads(rendered("json", derivation, derivation)) == {
        "schema": "preflight.reports/1",
        "reports": [derivation.to_dict(), derivation.to_dict()],
    }


def test_markdown_has_a_table_per_scope(derivation: Derivation) -> None:
    text = rendered("markdown", derivation)

    assert text.count("| Action | Certainty | From | Why |\n|---|---|---|---|\n") == 2
    assert (
        "| `Microsoft.Storage/storageAccounts/read` | possible | `main.json:1:1` | "
        "`the resource is written` |"
    ) in text
    assert text.endswith("\n\nnot checked: policy effects\n")


@pytest.mark.parametrize("limit", [500, 800, 1200])
def test_markdown_stays_below_its_limit(derivation: Derivation, limit: int) -> None:
    many = [derivation] * 20

    assert len(rendered("markdown", *many, view=View(max_chars=limit))) <= limit
