"""Loop and lambda variables hide what the file declares, inside their bodies only."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import template

ACCOUNT = "'Microsoft.Storage/storageAccounts@2023-01-01'"
DECLARED = f"""
param accounts array
resource account {ACCOUNT} = {{ name: 'fixed' }}
"""


def test_a_loop_variable_is_not_the_resource_of_its_name(tmp_path: Path) -> None:
    text = DECLARED + "var names = [for account in accounts: account.properties.name]\n"

    made = template(tmp_path, text)

    assert made["variables"] == {
        "copy": [
            {
                "name": "names",
                "count": "[length(parameters('accounts'))]",
                "input": "[parameters('accounts')[copyIndex('names')].properties.name]",
            }
        ]
    }


def test_nor_is_a_lambda_variable(tmp_path: Path) -> None:
    text = DECLARED + "var names = map(accounts, account => account.properties.name)\n"

    names = "lambda('account', lambdaVariables('account').properties.name)"
    assert template(tmp_path, text)["variables"] == {
        "names": f"[map(parameters('accounts'), {names})]"
    }


def test_beside_the_lambda_the_resource_is_meant(tmp_path: Path) -> None:
    text = DECLARED + (
        "var names = union(map(accounts, account => account.name), [account.properties.name])\n"
    )

    assert "variables" not in template(tmp_path, text)


@pytest.mark.parametrize("value", ["account", "[account]", "{ a: account }"])
def test_a_loop_variable_called_like_a_collection_needs_no_symbols(
    tmp_path: Path, value: str
) -> None:
    text = f"""
param accounts array
resource account {ACCOUNT} = [for account in accounts: {{
  name: account.name
  properties: {value}
}}]
"""
    assert "languageVersion" not in template(tmp_path, text)


def test_a_lambda_may_stand_in_parentheses(tmp_path: Path) -> None:
    text = "var a = map([1], ((i => i)))\n"

    assert template(tmp_path, text)["variables"] == {
        "a": "[map(createArray(1), lambda('i', lambdaVariables('i')))]"
    }


def test_an_identifier_in_brackets_is_no_state(tmp_path: Path) -> None:
    text = DECLARED + "var id = account['id']\nvar ids = [for i in range(0, 2): account['id']]\n"

    variables = template(tmp_path, text)["variables"]

    assert isinstance(variables, dict)
    assert list(variables) == ["copy", "id"]
