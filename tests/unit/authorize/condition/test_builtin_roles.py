"""The built-in role definitions: every condition in them is read, every block is judged."""

from __future__ import annotations

from preflight.authorize.condition.parser import parse
from preflight.authorize.condition.request import ConditionRequest, attribute_table
from preflight.authorize.patterns import Patterns
from preflight.authorize.permissions import Conditions, RoleBook
from preflight.catalog.load import load_catalog
from preflight.model.action import Action
from preflight.model.role import RoleId
from preflight.model.truth import Truth

VAULT_ADMIN = RoleId("8b54135c-b56d-4d72-a534-26097cfdc8d8")
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


def test_every_condition_in_a_built_in_role_is_read() -> None:
    conditions = [
        block.condition
        for role in load_catalog().roles
        for block in role.permissions
        if block.condition is not None
    ]

    assert len(conditions) >= 31
    assert [parse(text).text for text in conditions] == conditions


def test_every_built_in_role_is_judged_as_its_blocks_say() -> None:
    roles = load_catalog().roles
    book = RoleBook({role.id: role for role in roles}, Conditions(), Patterns())

    assert len(roles) >= 928
    for text in ("Microsoft.Storage/storageAccounts/write", "Microsoft.Web/sites/read"):
        action = Action(text)
        for role in roles:
            answer = book.answer(role.id, action, data_action=False)

            assert answer is not None
            assert bool(answer.named) == (role.grants(action) is not Truth.FALSE)


def test_a_built_in_condition_limits_what_may_be_assigned() -> None:
    roles = {role.id: role for role in load_catalog().roles}
    book = RoleBook(roles, Conditions(), Patterns())
    action = Action("Microsoft.Authorization/roleAssignments/write")
    name = "Microsoft.Authorization/roleAssignments:RoleDefinitionId"

    def truth(role: str) -> Truth:
        table = attribute_table({"Request": {name: role}})
        request = ConditionRequest(action=action, attributes=table)
        return book.judge(VAULT_ADMIN, request, data_action=False).truth

    assert (truth(SECRETS_USER), truth(OWNER)) == (Truth.TRUE, Truth.FALSE)
