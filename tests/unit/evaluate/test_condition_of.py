"""What an evaluated `condition` decides."""

from __future__ import annotations

import pytest

from preflight.evaluate.instance import condition_of
from preflight.model.plan import Condition
from preflight.model.value import Value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Condition.NONE),
        (True, Condition.TRUE),
        (False, Condition.FALSE),
        ("true", Condition.TRUE),
        (" True ", Condition.TRUE),
        ("false", Condition.UNKNOWN),
        ("FALSE", Condition.UNKNOWN),
        ("no", Condition.UNKNOWN),
        (0, Condition.UNKNOWN),
    ],
)
def test_only_a_boolean_leaves_a_resource_out(value: Value, expected: Condition) -> None:
    """The deployment engine keeps a resource whose condition is the text `false`."""
    assert condition_of(value) is expected
