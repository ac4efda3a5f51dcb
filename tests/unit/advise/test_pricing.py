from preflight.advise.platform_roles import for_platform, leaving
from preflight.advise.pricing import Pricing
from preflight.advise.privileged import hands_out_keys
from preflight.advise.role_index import Need
from preflight.model.action import Action, ActionPattern
from preflight.model.advice import AlsoAllows
from preflight.model.role import Permission, RoleDefinition, RoleId

ACTIONS = (
    "Microsoft.Authorization/roleAssignments/read",
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Compute/virtualMachines/read",
    "Microsoft.Compute/virtualMachines/write",
    "Microsoft.Storage/storageAccounts/listKeys/action",
    "Microsoft.Storage/storageAccounts/read",
)


def role(
    actions: str, but: str = "", data: str = "", name: str = "r", *, custom: bool = False
) -> RoleDefinition:
    block = Permission(
        actions=tuple(ActionPattern(text) for text in actions.split()),
        not_actions=tuple(ActionPattern(text) for text in but.split()),
        data_actions=tuple(ActionPattern(text) for text in data.split()),
    )
    return RoleDefinition(id=RoleId(name), name=name, permissions=(block,), custom=custom)


def needs(*actions: str) -> frozenset[Need]:
    return frozenset(Need(Action(action), data_action=False) for action in actions)


def price(definition: RoleDefinition, *needed: str) -> AlsoAllows:
    return Pricing(ACTIONS).price(definition, needs(*needed))


def test_a_role_with_exactly_the_needs_opens_nothing() -> None:
    action = "microsoft.COMPUTE/virtualMachines/write"

    assert price(role(action), action) == AlsoAllows(count=0)


def test_further_actions_are_counted_over_the_catalogue() -> None:
    assert price(role("*/read"), "Microsoft.Compute/virtualMachines/read").count == 2
    assert price(role("Microsoft.Compute/*"), "Microsoft.Compute/virtualMachines/write").count == 1


def test_not_actions_are_not_counted() -> None:
    assert price(role("*", but="*/read")).count == 3


def test_actions_of_two_patterns_are_counted_once() -> None:
    assert price(role("Microsoft.Compute/* Microsoft.Compute/*/read")).count == 2


def test_data_actions_count_by_pattern() -> None:
    assert price(role("", data="Microsoft.Storage/*/read Microsoft.Storage/*/write")).count == 2


def test_the_privileged_ones_are_named() -> None:
    found = price(role("*"), "Microsoft.Storage/storageAccounts/read")

    assert "Microsoft.Authorization/roleAssignments/write" in found.privileged
    assert "Microsoft.Storage/storageAccounts/listKeys/action" in found.privileged


def test_what_is_needed_is_no_price() -> None:
    needed = "Microsoft.Authorization/roleAssignments/write"

    assert price(role(needed), needed).privileged == ()


def escalates(definition: RoleDefinition, *needed: str) -> tuple[str, ...]:
    return Pricing(ACTIONS).escalations(definition, needs(*needed))


def test_a_pattern_that_the_service_refuses_is_not_trusted() -> None:
    assert escalates(role("*", but="Microsoft.*/*")) != ()


def test_who_can_give_himself_more_escalates() -> None:
    assert escalates(role("*")) != ()
    assert escalates(role("*", but="Microsoft.Authorization/*")) == ()
    needed = "Microsoft.Authorization/roleAssignments/write"
    assert escalates(role(needed), needed) == ()


def test_keys_and_secrets_are_recognised_by_their_verb() -> None:
    assert hands_out_keys("microsoft.storage/storageaccounts/listkeys/action")
    assert hands_out_keys("microsoft.web/sites/config/listsecrets/action")
    assert not hands_out_keys("microsoft.web/sites/list/action")
    assert not hands_out_keys("microsoft.keyvault/vaults/keys/read")


def test_roles_of_the_platform_are_told_by_their_names() -> None:
    assert for_platform(role("*", name="Windows 365 Network User"))
    assert not for_platform(role("*", name="Network Contributor"))
    assert not for_platform(role("*", name="Contoso service role", custom=True))


def test_classic_and_deprecated_roles_are_on_their_way_out() -> None:
    assert leaving(role("*", name="Classic Network Contributor"))
    assert not leaving(role("*", name="Network Contributor"))
    assert not leaving(role("*", name="Classic app deployer", custom=True))
