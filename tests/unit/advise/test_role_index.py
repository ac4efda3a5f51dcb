import pytest

from preflight.advise.role_index import Need, RoleIndex
from preflight.model.action import Action, ActionPattern
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.truth import Truth

READ = "Microsoft.Compute/virtualMachines/read"
WRITE = "Microsoft.Compute/virtualMachines/write"
BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"


def patterns(texts: str) -> tuple[ActionPattern, ...]:
    return tuple(ActionPattern(text) for text in texts.split())


def block(
    actions: str = "", but: str = "", data: str = "", condition: str | None = None
) -> Permission:
    return Permission(
        actions=patterns(actions),
        not_actions=patterns(but),
        data_actions=patterns(data),
        condition=condition,
    )


def role(name: str, *permissions: Permission) -> RoleDefinition:
    return RoleDefinition(id=RoleId(name), name=name, permissions=permissions)


ROLES = (
    role("literal", block(WRITE.upper())),
    role("prefix", block("Microsoft.Compute/*")),
    role("middle", block("Microsoft.Compute/*/write")),
    role("reader", block("*/read")),
    role("all", block("*")),
    role("except", block("*", "Microsoft.Compute/*/write")),
    role("two", block("*", "*/write"), block("Microsoft.Compute/*/write")),
    role("conditional", block(WRITE, condition="@Resource[x] BoolEquals true")),
    role("refused", block("Microsoft.*/virtualMachines/*")),
    role("data", block(data="Microsoft.Storage/*/read")),
)


def granting(*actions: str, data: bool = False) -> list[str]:
    needs = frozenset(Need(Action(action), data) for action in actions)
    return [found.name for found in RoleIndex(ROLES).granting(needs)]


def test_roles_are_found_by_text_prefix_and_wildcard() -> None:
    assert granting(WRITE) == ["literal", "prefix", "middle", "all", "two"]
    assert granting(READ) == ["prefix", "reader", "all", "except", "two"]


def test_every_need_must_be_granted() -> None:
    assert granting(READ, WRITE) == ["prefix", "all", "two"]


def test_a_data_action_is_looked_for_in_data_actions_only() -> None:
    assert granting(BLOB, data=True) == ["data"]
    assert "data" not in granting(BLOB)


def test_without_a_need_no_role_is_found() -> None:
    assert granting() == []


@pytest.mark.parametrize("action", [READ, WRITE, BLOB, "Microsoft.Network/x/write", "odd"])
def test_the_index_agrees_with_asking_every_role(action: str) -> None:
    plain = [
        found.name
        for found in ROLES
        if any(
            permission.grants(Action(action)) is Truth.TRUE and permission.condition is None
            for permission in found.permissions
        )
    ]

    assert granting(action) == plain
