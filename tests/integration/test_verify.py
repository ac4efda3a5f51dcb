"""`preflight verify`: enough is allowed, and not too much."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import pytest


class Run(Protocol):
    """The fixture `run`: one call of the program."""

    def __call__(
        self,
        *arguments: str | Path,
        cwd: Path = ...,
        stdin: str = ...,
        env: dict[str, str] | None = ...,
    ) -> CompletedProcess[str]: ...


SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-app"
HUB = f"{SUBSCRIPTION}/resourceGroups/rg-hub"
SUBNET = f"{HUB}/providers/Microsoft.Network/virtualNetworks/hub/subnets/pe"
ME = "22222222-2222-2222-2222-222222222222"
ROLES = "/providers/Microsoft.Authorization/roleDefinitions"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
NETWORK = "4d97b98b-1d4f-4787-a291-c67834d212e7"
RBAC_ADMINISTRATOR = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
ENDPOINT = {
    "type": "Microsoft.Network/privateEndpoints",
    "apiVersion": "2023-11-01",
    "name": "pe",
    "location": "westeurope",
    "properties": {"subnet": {"id": SUBNET}},
}


def assignment(role: str, scope: str, number: int, condition: str = "") -> dict[str, object]:
    name = f"{number:08d}-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
    properties = {
        "roleDefinitionId": f"{ROLES}/{role}",
        "principalId": ME,
        "principalType": "ServicePrincipal",
        "scope": scope,
    }
    if condition:
        properties |= {"condition": condition, "conditionVersion": "2.0"}
    identity = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
    return {"id": identity, "name": name, "properties": properties}


def arguments(folder: Path, *assignments: dict[str, object], **lists: object) -> list[str]:
    template = {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": [ENDPOINT]}
    if not (folder / "main.json").exists():
        (folder / "main.json").write_text(json.dumps(template))
    snapshot = {
        "schema": "preflight.access/1",
        "collectedAt": "2026-11-24T10:00:00Z",
        "scopes": [SUBSCRIPTION],
        "managementGroups": [],
        "subscriptions": [{"id": SUBSCRIPTION}],
        "principals": [{"objectId": ME, "type": "ServicePrincipal", "memberOf": []}],
        "roleAssignments": list(assignments),
        "denyAssignments": [],
        "locks": [],
        "providers": [],
        **lists,
    }
    (folder / "access.json").write_text(json.dumps(snapshot))
    options = ["--access", "access.json", "--scope", GROUP, "--principal", ME]
    return ["verify", "main.json", *options, "--now", "2026-11-24T12:00:00Z"]


APP = assignment(CONTRIBUTOR, GROUP, 1)
JOIN_ROLE: dict[str, object] = {
    "id": f"{ROLES}/33333333-3333-4333-8333-333333333333",
    "name": "33333333-3333-4333-8333-333333333333",
    "properties": {
        "roleName": "join one subnet",
        "type": "CustomRole",
        "assignableScopes": [HUB],
        "permissions": [{"actions": ["Microsoft.Network/virtualNetworks/subnets/join/action"]}],
    },
}
JOIN = assignment("33333333-3333-4333-8333-333333333333", SUBNET, 2)


def roles(*wanted: str) -> list[dict[str, object]]:
    known = {
        CONTRIBUTOR: (["*"], ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write",
                              "Microsoft.Authorization/elevateAccess/Action",
                              "Microsoft.Resources/deploymentStacks/manageDenySetting/action"]),
        OWNER: (["*"], []),
        NETWORK: (["Microsoft.Network/*"], []),
        RBAC_ADMINISTRATOR: (["Microsoft.Authorization/roleAssignments/write"], []),
    }  # fmt: skip
    found: list[dict[str, object]] = [JOIN_ROLE]
    for role in wanted:
        actions, not_actions = known[role]
        permissions = [{"actions": actions, "notActions": not_actions}]
        properties = {"roleName": role[:4], "type": "BuiltInRole", "permissions": permissions}
        found.append({"id": f"{ROLES}/{role}", "name": role, "properties": properties})
    return found


def test_the_narrow_fix_is_verified(tmp_path: Path, run: Run) -> None:
    command = arguments(tmp_path, APP, JOIN, roleDefinitions=roles(CONTRIBUTOR))
    ended = run(*command, cwd=tmp_path)

    assert 0 == ended.returncode, ended.stdout
    assert ended.stdout.startswith("VERIFIED  main.json")


def test_the_broad_fix_is_refuted_with_what_to_take_away(tmp_path: Path, run: Run) -> None:
    network = assignment(NETWORK, HUB, 3)
    command = arguments(tmp_path, APP, network, roleDefinitions=roles(CONTRIBUTOR, NETWORK))
    ended = run(*command, cwd=tmp_path)

    assert 1 == ended.returncode, ended.stdout
    assert "Microsoft.Network/virtualNetworks/subnets/write" in ended.stdout
    assert f"az role assignment delete --ids {network['id']}" in ended.stdout
    assert "1 required action must come from elsewhere" in ended.stdout
    assert "instead join one subnet at rg-hub. Opens nothing else. Proven" in ended.stdout


def test_owner_is_refuted_and_the_document_says_why(tmp_path: Path, run: Run) -> None:
    owner = assignment(OWNER, SUBSCRIPTION, 4)
    command = arguments(tmp_path, APP, JOIN, owner, roleDefinitions=roles(CONTRIBUTOR, OWNER))
    ended = run(*command, "-f", "json", cwd=tmp_path)

    document = json.loads(ended.stdout)
    assert (1, 1, "denied") == (ended.returncode, document["exitCode"], document["verdict"])
    assert "allowed" == document["report"]["verdict"]
    assert [owner["id"]] == [row["assignment"] for row in document["takeAway"]]
    assert [] == document["lost"]


def test_what_is_not_known_is_undetermined(tmp_path: Path, run: Run) -> None:
    maybe = assignment(
        RBAC_ADMINISTRATOR, GROUP, 5, "@Principal[Microsoft.Directory/x] StringEquals 'y'"
    )
    definitions = roles(CONTRIBUTOR, RBAC_ADMINISTRATOR)
    command = arguments(tmp_path, APP, JOIN, maybe, roleDefinitions=definitions)
    ended = run(*command, cwd=tmp_path)

    assert 5 == ended.returncode, ended.stdout
    assert "? not known whether held  at" in ended.stdout


def test_a_lock_is_no_proof(tmp_path: Path, run: Run) -> None:
    lock = {
        "id": f"{GROUP}/providers/Microsoft.Authorization/locks/l",
        "name": "l",
        "properties": {"level": "CanNotDelete"},
    }
    definitions = roles(CONTRIBUTOR)
    command = arguments(tmp_path, APP, JOIN, roleDefinitions=definitions, locks=[lock])
    must_not = "Microsoft.Resources/subscriptions/resourceGroups/delete"
    ended = run(*command, "--must-not", must_not, cwd=tmp_path)

    assert 1 == ended.returncode, ended.stdout
    assert must_not in ended.stdout


def test_one_s_own_list_at_one_scope(tmp_path: Path, run: Run) -> None:
    command = arguments(tmp_path, APP, JOIN, roleDefinitions=roles(CONTRIBUTOR))
    action = "microsoft.network/virtualNetworks/delete"
    there = run(*command, "--must-not", f"{action}@{GROUP}", cwd=tmp_path)
    elsewhere = run(*command, "--must-not", f"{action}@{HUB}", cwd=tmp_path)

    assert (1, 0) == (there.returncode, elsewhere.returncode)


def test_what_the_rollout_requires_is_asked_where_the_place_is_named(
    tmp_path: Path, run: Run
) -> None:
    command = arguments(tmp_path, APP, JOIN, roleDefinitions=roles(CONTRIBUTOR))
    ended = run(
        *command, "--must-not", f"Microsoft.Network/privateEndpoints/write@{GROUP}", cwd=tmp_path
    )

    assert 1 == ended.returncode, ended.stdout
    assert "Microsoft.Network/privateEndpoints/write" in ended.stdout


@pytest.mark.parametrize(
    ("must_not", "said"),
    [
        ("Microsoft.Network/virtualNetwork/delete", "names no action that the catalogue"),
        ("Microsoft.Network/*", "names no action that the catalogue"),
        ("Microsoft.Network/virtualNetworks/delete@rg", "names no scope"),
        ("Microsoft.Network/virtualNetworks/delete@", "names no scope"),
    ],
)
def test_a_slip_is_no_proof(must_not: str, said: str, tmp_path: Path, run: Run) -> None:
    command = arguments(tmp_path, APP, JOIN, roleDefinitions=roles(CONTRIBUTOR))
    ended = run(*command, "--must-not", must_not, cwd=tmp_path)

    assert 2 == ended.returncode
    assert said in ended.stderr
    assert "help: " in ended.stderr


def test_an_action_that_is_required_everywhere_is_wrong_usage(tmp_path: Path, run: Run) -> None:
    examples = Path(__file__).parents[2] / "examples"
    place = "/subscriptions/5a1e0c62-3f0b-4d1c-8e57-9b6a2d4c7f01/resourceGroups/rg-shop-web"
    command = ["verify", str(examples / "h-template-and-what-if/main.json"), "--scope", place]
    command += ["--access", str(examples / "access.json"), "--principal", "sp-shop-web"]
    ended = run(*command, "--must-not", "Microsoft.Web/sites/write", cwd=tmp_path)

    assert 2 == ended.returncode, ended.stdout
    assert "asks nothing" in ended.stderr


def test_bad_input_is_exit_3(tmp_path: Path, run: Run) -> None:
    (tmp_path / "main.json").write_text("{")
    command = arguments(tmp_path, APP, roleDefinitions=roles(CONTRIBUTOR))
    ended = run(*command, cwd=tmp_path)

    assert 3 == ended.returncode
    assert ended.stdout.startswith("ERROR  main.json")


def test_without_evidence_it_is_exit_4(tmp_path: Path, run: Run) -> None:
    arguments(tmp_path, APP)
    ended = run("verify", "main.json", "--scope", GROUP, "-f", "json", cwd=tmp_path)

    assert 4 == ended.returncode
    assert "preflight.verification/1" == json.loads(ended.stdout)["schema"]
