from __future__ import annotations

import pytest

from preflight.catalog.operations import LazyTables, Operations, Spelling, Types
from preflight.catalog.roles import read_roles
from preflight.errors import CatalogError

OPERATIONS = """\
Contoso.Net
. register/action
nets delete read Write
nets/Subs join/action read
!nets/packets read

Other.Net
nets read
"""
TYPES = """\
Contoso.Net
nets
nets/Subs
-nets/keys
"""


@pytest.mark.parametrize(
    ("action", "spelling"),
    [
        ("contoso.net/register/action", "Contoso.Net/register/action"),
        ("contoso.net/NETS/write", "Contoso.Net/nets/Write"),
        ("contoso.net/nets/subs/JOIN/action", "Contoso.Net/nets/Subs/join/action"),
        ("contoso.net/nets/packets/read", "Contoso.Net/nets/packets/read"),
        ("contoso.net/nets/subs/write", None),
        ("nowhere/nets/read", None),
        ("", None),
    ],
)
def test_operations_are_found_without_case(action: str, spelling: str | None) -> None:
    assert spelling == Operations(OPERATIONS).spelling(action)


def test_data_actions_are_not_listed_among_actions() -> None:
    listed = Operations(OPERATIONS).all()

    assert 7 == len(listed)
    assert "Contoso.Net/nets/packets/read" not in listed


def test_types_know_whether_they_have_a_get() -> None:
    types = Types(TYPES)

    assert "Contoso.Net/nets/keys" == types.spelling("contoso.net/NETS/keys")
    assert not types.readable("contoso.net/nets/keys")
    assert types.readable("Contoso.Net/nets")


def test_an_unknown_action_is_spelled_by_its_type() -> None:
    spelling = Spelling(Operations(OPERATIONS), Types(TYPES))

    assert "Contoso.Net/nets/Subs/write" == spelling.of("contoso.net/nets/SUBS/write")
    assert "Other.Net/nets/write" == spelling.of("other.net/NETS/write")
    assert "Contoso.Net/nets/keys/burn/action" == spelling.of("contoso.net/nets/KEYS/burn/action")
    assert "x" == spelling.of("x")


def test_tables_are_read_once() -> None:
    tables = LazyTables({"operations.txt": OPERATIONS, "types.txt": TYPES})

    assert tables.operations is tables.operations
    assert tables.types.readable("Contoso.Net/nets")


@pytest.mark.parametrize(
    "line", ["{", "[1]", '["id", "name", [[1, [], [], []]]]', '["a", "b", [7]]']
)
def test_damaged_roles_are_damage(line: str) -> None:
    with pytest.raises(CatalogError, match="built-in roles is damaged"):
        read_roles(line)


def test_a_role_with_a_condition() -> None:
    text = '["AB", "Name", [[["*/read"], [], [], ["x"], "@Resource[a] StringEquals \'b\'"]]]'
    (role,) = read_roles(text)

    assert "ab" == role.id
    assert "@Resource[a] StringEquals 'b'" == role.permissions[0].condition
