"""`preflight explain` with the evidence of a live tenant."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fakes.azure import FakeAzure
from tests.fakes.documents import DEPLOYER, HUB, OTHER, PROD
from tests.fakes.exchange import Fault
from tests.fakes.rows import Row, row, rows
from tests.integration.live.conftest import SHOP, Program

SUBNET = f"{HUB}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/v/subnets/s"


def denial(object_id: str, action: str, scope: str) -> str:
    return (
        f"ERROR: (AuthorizationFailed) The client 'x' with object id '{object_id}' does not have "
        f"authorization to perform action '{action}' over scope '{scope}' or the scope is invalid."
    )


def explained(run: Program, azure: FakeAzure, file: Path, *arguments: str) -> Row:
    ended = run(
        "explain", file, "--auth", "env", "-f", "json", "--detail", "team", *arguments,
        env=azure.environment("secret"),
    )  # fmt: skip
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 0, ended.stderr
    return row(json.loads(ended.stdout))


def test_a_denial_is_decided_by_the_live_tenant(
    run: Program, azure: FakeAzure, tmp_path: Path
) -> None:
    file = tmp_path / "log.txt"
    action = "Microsoft.Authorization/roleAssignments/write"
    file.write_text(denial(DEPLOYER, action, SHOP), encoding="utf-8")

    (found,) = rows(explained(run, azure, file)["denials"])

    assert row(found["decision"])["reason"] == "excluded-by-not-actions"
    assert found["principal"] == DEPLOYER


def test_another_identity_than_the_signed_in_one_is_said(
    run: Program, azure: FakeAzure, tmp_path: Path
) -> None:
    file = tmp_path / "log.txt"
    file.write_text(denial(OTHER, "Microsoft.Web/sites/write", SHOP), encoding="utf-8")

    (found,) = rows(explained(run, azure, file)["denials"])

    assert found["principal"] == OTHER
    assert "another-principal" in {note["code"] for note in rows(found["notes"])}


def test_nothing_is_asked_of_azure_without_a_word(
    run: Program, azure: FakeAzure, tmp_path: Path
) -> None:
    file = tmp_path / "log.txt"
    file.write_text(denial(DEPLOYER, "Microsoft.Web/sites/write", PROD), encoding="utf-8")

    ended = run("explain", file, "-f", "json", env=azure.environment("secret"))

    assert ended.returncode == 0
    assert "decision" not in rows(row(json.loads(ended.stdout))["denials"])[0]
    assert azure.log.of() == ()


OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
CORRELATION = "0c1d2e3f-4a5b-4c6d-8e7f-90a1b2c3d4e5"
DEPLOYMENT = f"{SHOP}/providers/Microsoft.Resources/deployments/main"


def event(at: str, *, scope: str = SHOP, message: str = "", status: str = "Failed") -> Row:
    return {
        "eventTimestamp": at,
        "status": {"value": status},
        "subStatus": {"value": "Forbidden"},
        "operationName": {"value": "Microsoft.Web/sites/write"},
        "authorization": {"action": "Microsoft.Web/sites/write", "scope": scope},
        "resourceId": scope,
        "caller": "x@contoso.example",
        "claims": {OBJECT_ID: DEPLOYER},
        "correlationId": CORRELATION,
        "properties": {"statusMessage": message} if message else {},
    }


def since(run: Program, azure: FakeAzure, *arguments: str) -> tuple[int, Row, str]:
    ended = run(
        "explain", "--since", "1h", "--scope", SHOP, "--now", "2026-11-24T12:00:00Z",
        "-f", "json", *arguments, env=azure.environment("secret"),
    )  # fmt: skip
    assert "Traceback" not in ended.stderr
    found = row(json.loads(ended.stdout)) if ended.stdout.startswith("{") else {}
    return ended.returncode, found, ended.stderr


def test_recent_denials_are_grouped_and_counted(run: Program, azure: FakeAzure) -> None:
    body = json.dumps(
        {
            "error": {
                "code": "AuthorizationFailed",
                "message": denial(DEPLOYER, "Microsoft.Storage/storageAccounts/write", SHOP),
            }
        }
    )
    azure.events = [
        event("2026-11-24T10:30:00Z"),
        event("2026-11-24T11:10:00Z", message=body),
        event("2026-11-24T11:20:00Z", message=body),
        event("2026-11-24T11:30:00Z"),
        event("2026-11-24T11:40:00Z", scope=HUB),
        event("2026-11-24T11:50:00Z", status="Succeeded"),
    ]

    code, found, told = since(run, azure)

    assert code == 0, told
    denials = {str(item["action"]): item for item in rows(found["denials"])}
    assert set(denials) == {"Microsoft.Web/sites/write", "Microsoft.Storage/storageAccounts/write"}
    seen = {
        action: next(str(note["message"]) for note in rows(item["notes"]) if note["code"] == "seen")
        for action, item in denials.items()
    }
    assert seen["Microsoft.Storage/storageAccounts/write"].startswith("2 times, last at 2026-11-24")
    assert seen["Microsoft.Web/sites/write"].startswith("once, at 2026-11-24T11:30:00Z")
    assert denials["Microsoft.Web/sites/write"]["objectId"] == DEPLOYER
    assert "log-delay" in {note["code"] for note in rows(found["notes"])}
    assert all("decision" in item for item in denials.values())


def test_a_quiet_log_is_an_answer(run: Program, azure: FakeAzure) -> None:
    code, found, told = since(run, azure)

    assert code == 0, told
    assert found["denials"] == []
    assert {"no-denials", "log-delay"} <= {str(note["code"]) for note in rows(found["notes"])}


def test_a_log_that_may_not_be_read_is_said(run: Program, azure: FakeAzure) -> None:
    azure.tenant.document["roleAssignments"] = []

    code, _, told = since(run, azure)

    assert code == 4
    assert "eventtypes/management/values" in told
    assert "reader role" in told


def test_an_unreadable_log_does_not_spoil_an_explanation(
    run: Program, azure: FakeAzure, tmp_path: Path
) -> None:
    azure.faults.add(Fault(path="eventtypes", status=403))
    file = tmp_path / "log.txt"
    text = denial(DEPLOYER, "Microsoft.Authorization/locks/write", SHOP)
    file.write_text(f"{text}\nCorrelation ID: {CORRELATION}\n", encoding="utf-8")

    found = explained(run, azure, file)

    assert "activity-log-unread" in {str(note["code"]) for note in rows(found["notes"])}
    assert row(rows(found["denials"])[0]["decision"])["verdict"] == "denied"


def test_a_correlation_id_names_operation_and_template_resource(
    run: Program, azure: FakeAzure, tmp_path: Path
) -> None:
    azure.events = [event("2026-11-24T11:30:00Z", scope=DEPLOYMENT)]
    azure.deployments = [
        {
            "id": DEPLOYMENT,
            "name": "main",
            "operations": [
                {
                    "properties": {
                        "provisioningState": "Failed",
                        "targetResource": {
                            "id": f"{SHOP}/providers/Microsoft.Web/sites/app",
                            "resourceType": "Microsoft.Web/sites",
                            "resourceName": "app",
                        },
                        "statusMessage": {"error": {"code": "AuthorizationFailed"}},
                    }
                }
            ],
        }
    ]
    file = tmp_path / "log.txt"
    text = denial(DEPLOYER, "Microsoft.Authorization/locks/write", SHOP)
    file.write_text(f"{text}\nCorrelation ID: {CORRELATION}\n", encoding="utf-8")

    found = explained(run, azure, file, "--now", "2026-11-24T12:00:00Z")

    notes = {str(note["code"]): str(note["message"]) for note in rows(found["notes"])}
    assert notes["operation"].startswith("Microsoft.Web/sites/write at ")
    assert notes["template-resource"] == (
        "in deployment main: Microsoft.Web/sites app: AuthorizationFailed"
    )


def test_a_log_that_may_not_be_read_names_what_it_takes(run: Program, azure: FakeAzure) -> None:
    azure.faults.add(Fault(path="eventtypes", status=403))

    code, _, told = since(run, azure)

    assert code == 4
    assert "Microsoft.Insights/eventtypes/values/read" in told
    assert "--reader-role" not in told
