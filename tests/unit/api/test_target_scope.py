"""A Bicep file is derived only at a place of the kind that it is written for."""

from __future__ import annotations

from pathlib import Path

import pytest

import preflight
from preflight.errors import UsageError

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg"


def test_a_place_of_another_kind_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "main.bicep"
    source.write_text("targetScope = 'subscription'\n")

    with pytest.raises(UsageError, match="written for a subscription deployment"):
        preflight.derive(source, scope=GROUP, root=tmp_path)


def test_a_place_of_its_own_kind(tmp_path: Path) -> None:
    source = tmp_path / "main.bicep"
    source.write_text("resource a 'T.T/a@2020-01-01' = { name: 'a' }\n")

    derived = preflight.derive(source, scope=GROUP, root=tmp_path)

    (row,) = [resource for resource in derived.resources if resource.type == "T.T/a"]
    assert str(row.id) == f"{GROUP}/providers/T.T/a/a"
