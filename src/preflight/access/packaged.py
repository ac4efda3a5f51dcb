"""What the catalogue adds to evidence: built-in role definitions, and conditions left out.

Source: role definitions of API version 2022-04-01 come without the conditions inside them
(docs/explanation/conditions.md); without them Key Vault Data Access Administrator, to name one,
would look like an unrestricted role administrator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from preflight.access.part import Part
from preflight.model.catalog import Catalog
from preflight.model.role import Permission, RoleDefinition, RoleId


def with_packaged_conditions(part: Part, catalog: Catalog) -> tuple[Part, tuple[str, ...]]:
    """Return the part with the conditions that its export left out, and the roles concerned."""
    bare = {role for role, missing in part.without_condition.items() if any(missing)}
    definitions = part.snapshot.role_definitions
    if not bare or definitions is None:
        return part, ()
    packaged = catalog.roles_by_id
    completed = tuple(
        _completed(row, packaged, part.without_condition.get(row.id, ())) for row in definitions
    )
    changed = tuple(
        new.name for old, new in zip(definitions, completed, strict=True) if old is not new
    )
    snapshot = replace(part.snapshot, role_definitions=completed)
    return replace(part, snapshot=snapshot), changed


def _completed(
    row: RoleDefinition, packaged: Mapping[RoleId, RoleDefinition], missing: tuple[bool, ...]
) -> RoleDefinition:
    known = packaged.get(row.id)
    if known is None or all(block.condition is None for block in known.permissions):
        return row
    pairs = zip(row.permissions, missing, strict=False)
    blocks = tuple(
        replace(block, condition=_condition(block, number, known)) if lacks else block
        for number, (block, lacks) in enumerate(pairs)
    )
    return row if blocks == row.permissions else replace(row, permissions=blocks)


def _condition(block: Permission, number: int, known: RoleDefinition) -> str | None:
    """Return the packaged condition of a block: of the same block, else of the same place.

    Where neither can be told any condition of the role applies: it can only narrow the grant.
    """
    for candidate in known.permissions:
        if _patterns(candidate) == _patterns(block):
            return candidate.condition
    if number < len(known.permissions) and known.permissions[number].condition is not None:
        return known.permissions[number].condition
    return next((other.condition for other in known.permissions if other.condition), None)


def _patterns(block: Permission) -> tuple[frozenset[object], ...]:
    return (
        frozenset(block.actions),
        frozenset(block.not_actions),
        frozenset(block.data_actions),
        frozenset(block.not_data_actions),
    )
