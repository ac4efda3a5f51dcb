"""Calls grow with subscriptions, never with resources, and every one of them only reads."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

from tests.fakes.azure import FakeAzure
from tests.fakes.documents import DEPLOYER, PROD, READER
from tests.fakes.exchange import Logged
from tests.fakes.large import full_subscription, into_groups, into_subscriptions, many_subscriptions
from tests.fakes.rows import Row, rows, text
from tests.fakes.tenant import subscription_of
from tests.integration.live.conftest import BOTH, STORAGE, Gate
from tests.integration.live.conftest import check_reads as only_reads


def written(folder: Path, template: Row) -> Path:
    file = folder / "main.json"
    file.write_text(json.dumps(template), encoding="utf-8")
    return file


def deciding(calls: Iterable[Logged]) -> list[Logged]:
    """Leave out the second witness, which is counted apart."""
    return [call for call in calls if not call.path.lower().endswith("/permissions")]


def check_reads(calls: Collection[Logged]) -> None:
    assert {call.caller for call in calls} == {DEPLOYER}
    only_reads(calls)


def test_a_full_subscription_takes_fifteen_calls(
    azure: FakeAzure, gate: Gate, tmp_path: Path
) -> None:
    azure.load(full_subscription())
    azure.sign_in(DEPLOYER)

    ended = gate("-l", "westeurope", source=written(tmp_path, into_groups(50)), scope=PROD)

    calls = azure.log.of("arm", "graph")
    assert ended.code == 0, ended.told
    assert len(deciding(calls)) <= 15, [call.path for call in deciding(calls)]
    assert len(calls) - len(deciding(calls)) <= 10
    assert f", {len(calls)} calls" in ended.told
    check_reads(calls)


def test_a_role_assignment_asks_once_more(azure: FakeAzure, gate: Gate, tmp_path: Path) -> None:
    template = json.loads(STORAGE.read_text(encoding="utf-8"))
    template["resources"].append(
        {
            "type": "Microsoft.Authorization/roleAssignments",
            "apiVersion": "2022-04-01",
            "name": "11111111-2222-4333-8444-555555555555",
            "properties": {
                "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{READER}",
                "principalId": DEPLOYER,
            },
        }
    )

    ended = gate(source=written(tmp_path, template))

    calls = deciding(azure.log.of("arm"))
    assert ended.code == 1, ended.told
    assert "could not read" not in ended.told
    assert "locks" not in ended.told
    assert {subscription_of(call.path) for call in calls} == {PROD, None}
    # The entities and the line above the group; who else holds something is asked after a denial.
    assert Counter(subscription_of(call.path) for call in calls)[PROD] <= 13


def test_sixty_subscriptions_take_eight_calls_each(
    azure: FakeAzure, gate: Gate, tmp_path: Path
) -> None:
    document = many_subscriptions(60)
    azure.load(document)
    azure.sign_in(DEPLOYER)
    home = text(rows(document["subscriptions"])[0]["id"])

    ended = gate(
        "-l", "westeurope", source=written(tmp_path, into_subscriptions(document)), scope=home
    )

    calls = deciding(azure.log.of("arm", "graph"))
    counted = Counter(subscription_of(call.path) for call in calls)
    assert ended.code == 0, ended.told
    assert len(counted) == 60 + 1
    assert max(count for place, count in counted.items() if place) <= 7, counted
    # the subscriptions, the entities, the line above the group, what is eligible and active
    assert counted[None] <= 5
    check_reads(calls)


def test_no_call_is_made_twice(azure: FakeAzure, gate: Gate) -> None:
    ended = gate(source=BOTH)

    asked = Counter((call.path, tuple(call.query.items())) for call in azure.log.of("arm"))
    assert ended.code == 0, ended.told
    assert set(asked.values()) == {1}
    check_reads(azure.log.of("arm", "graph"))


def test_offline_asks_nothing(azure: FakeAzure, gate: Gate) -> None:
    ended = gate("--offline")

    assert ended.code == 4, ended.told
    assert azure.log.of() == ()
