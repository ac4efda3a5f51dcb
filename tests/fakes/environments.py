"""The environment of each place where the gate may run, as that place sets it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes import certificates, issuers, machine_identity, programs
from tests.fakes.rows import text

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

CONNECTION = "c0ffee00-5e7f-4c1b-9d2a-0a1b2c3d4e5f"
"""The service connection of Azure Pipelines."""
AUDIENCE = "https://management.azure.com"


def variables(azure: FakeAzure, kind: str, principal: str | None) -> dict[str, str]:
    """Return the variables of one way of signing in (see `KINDS`), and where the fake is."""
    chosen = (principal or azure.sign_ins.programs["az"].principal or "").lower()
    app_id = text(azure.tenant.principals.get(chosen, {}).get("appId")).lower()
    return {**place(azure), **KINDS[kind](azure, chosen, app_id)}


def place(azure: FakeAzure) -> dict[str, str]:
    """Return where the fake is, in the program's own variables."""
    return {
        "REQUESTS_CA_BUNDLE": str(azure.authority_file),
        "PREFLIGHT_ARM_ENDPOINT": azure.url,
        "PREFLIGHT_AUTHORITY": azure.authority,
        "PREFLIGHT_AUDIENCE": AUDIENCE,
        "PREFLIGHT_GRAPH_ENDPOINT": azure.graph_url,
        "NO_PROXY": "localhost,127.0.0.1",
    }


def _application(azure: FakeAzure, app_id: str) -> dict[str, str]:
    return {"AZURE_TENANT_ID": azure.tenant.id, "AZURE_CLIENT_ID": app_id}


def _token(azure: FakeAzure, principal: str, _app_id: str) -> dict[str, str]:
    return {"PREFLIGHT_AUTH": "token", "PREFLIGHT_TOKEN": azure.token(principal)}


def _secret(azure: FakeAzure, _principal: str, app_id: str) -> dict[str, str]:
    secret = azure.sign_ins.secret(app_id)
    return {**_application(azure, app_id), "AZURE_CLIENT_SECRET": secret}


def _certificate(azure: FakeAzure, _principal: str, app_id: str) -> dict[str, str]:
    file = azure.folder / f"{app_id}.pem"
    azure.sign_ins.certificates[app_id] = certificates.client_certificate(file)
    return {**_application(azure, app_id), "AZURE_CLIENT_CERTIFICATE_PATH": str(file)}


def _federated_file(azure: FakeAzure, _principal: str, app_id: str) -> dict[str, str]:
    file = Path(azure.folder) / f"{app_id}.jwt"
    subject = azure.sign_ins.federate(app_id, f"system:serviceaccount:gate:{app_id}")
    file.write_text(azure.sign_ins.assertion("https://cluster.example", subject), encoding="utf-8")
    return {**_application(azure, app_id), "AZURE_FEDERATED_TOKEN_FILE": str(file)}


def _pipelines(azure: FakeAzure, _principal: str, app_id: str) -> dict[str, str]:
    azure.sign_ins.connections[CONNECTION] = app_id
    azure.sign_ins.federate(app_id, issuers.subject(CONNECTION))
    return {
        "TF_BUILD": "True",
        "AZURESUBSCRIPTION_CLIENT_ID": app_id,
        "AZURESUBSCRIPTION_TENANT_ID": azure.tenant.id,
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": CONNECTION,
        "SYSTEM_ACCESSTOKEN": azure.sign_ins.system_access_token,
        "SYSTEM_OIDCREQUESTURI": azure.url + issuers.PIPELINES,
    }


def _oidc(azure: FakeAzure, _principal: str, app_id: str) -> dict[str, str]:
    azure.sign_ins.federate(app_id, issuers.GITHUB_SUBJECT)
    return {
        **_application(azure, app_id),
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{azure.url}{issuers.GITHUB}?version=2",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": azure.sign_ins.github_request_token,
    }


def _program(azure: FakeAzure, name: str, principal: str) -> dict[str, str]:
    azure.sign_ins.programs[name].principal = principal
    folder = azure.programs(name)
    return {"PATH": os.pathsep.join([str(folder), os.environ.get("PATH", os.defpath)])}


def _cli(azure: FakeAzure, principal: str, _app_id: str) -> dict[str, str]:
    profile = azure.folder / "az"
    profile.mkdir(exist_ok=True)
    account = programs.account(azure, azure.sign_ins.programs["az"], principal)
    document = json.dumps({"installationId": "fake", "subscriptions": [account]})
    (profile / "azureProfile.json").write_text(document, encoding="utf-8")
    return {**_program(azure, "az", principal), "AZURE_CONFIG_DIR": str(profile)}


def _azd(azure: FakeAzure, principal: str, _app_id: str) -> dict[str, str]:
    return _program(azure, "azd", principal)


def _powershell(azure: FakeAzure, principal: str, _app_id: str) -> dict[str, str]:
    return _program(azure, "pwsh", principal)


def _imds(azure: FakeAzure, principal: str, _app_id: str) -> dict[str, str]:
    azure.sign_ins.machine = principal
    return {
        "PREFLIGHT_AUTH": "managed-identity",
        "AZURE_POD_IDENTITY_AUTHORITY_HOST": azure.machine_url,
    }


def _app_service(azure: FakeAzure, principal: str, _app_id: str) -> dict[str, str]:
    azure.sign_ins.machine = principal
    return {
        "IDENTITY_ENDPOINT": azure.machine_url + machine_identity.APP_SERVICE,
        "IDENTITY_HEADER": azure.sign_ins.identity_header,
    }


KINDS = {
    "token": _token,
    "secret": _secret,
    "certificate": _certificate,
    "federated-file": _federated_file,
    "pipelines": _pipelines,
    "oidc": _oidc,
    "cli": _cli,
    "azd": _azd,
    "powershell": _powershell,
    "imds": _imds,
    "app-service": _app_service,
}
"""Every way of signing in, by name."""
