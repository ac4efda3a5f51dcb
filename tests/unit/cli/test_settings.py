from __future__ import annotations

import pytest

from preflight.cli.options import INPUT, LIMITS, PLACE, ROLLOUT, Params
from preflight.cli.settings import derive_settings
from preflight.errors import UsageError

DEFAULTS: Params = {
    option.name or "": option.default
    for group in (INPUT, PLACE, ROLLOUT, LIMITS)
    for option in group
}


def test_variables_and_cache_are_passed_on() -> None:
    given = {**DEFAULTS, "environment": ("A=1", "B=x=y", "A=2", "C="), "module_cache": "c"}

    settings = derive_settings(given)

    assert settings.environment == {"A": "2", "B": "x=y", "C": ""}
    assert settings.module_cache == "c"


@pytest.mark.parametrize("given", ["A", "=x", ""])
def test_a_variable_needs_a_name_and_a_value(given: str) -> None:
    with pytest.raises(UsageError, match="NAME=VALUE"):
        derive_settings({**DEFAULTS, "environment": (given,)})
