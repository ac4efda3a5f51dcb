"""Every kind of credential that the gate uses signs in against the fake with its real class."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import azure.identity
import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CredentialUnavailableError
from tests.fakes import issuers, tokens
from tests.fakes.azure import ARM_AUDIENCE, FakeAzure
from tests.fakes.environments import CONNECTION, KINDS
from tests.fakes.rows import Row

APP = "9d3b6a71-0001-4c2e-8f5a-6b7c8d9e0f11"
DEPLOYER = "2f4c8e10-0001-4a6b-9c3d-7e5f1a2b3c01"
TENANT = "7b0c3f5e-8d41-4c8a-9a8e-2f6d1c0e4a10"
SCOPE = ARM_AUDIENCE + "/.default"
DOCUMENT: Row = {
    "tenantId": TENANT,
    "principals": [
        {
            "objectId": DEPLOYER,
            "appId": APP,
            "displayName": "sp-shop-deploy",
            "type": "ServicePrincipal",
            "memberOf": [],
        }
    ],
}


@pytest.fixture
def fake() -> Iterator[FakeAzure]:
    with FakeAzure(DOCUMENT) as started:
        started.sign_in(DEPLOYER)
        yield started


def place(fake: FakeAzure, kind: str, patch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("AZURE_", "IDENTITY_", "SYSTEM_", "MSI_")):
            patch.delenv(name)
    for name, value in fake.environment(kind).items():
        patch.setenv(name, value)


def common(fake: FakeAzure) -> dict[str, str]:
    return {"tenant_id": TENANT, "client_id": APP, "authority": fake.authority}


def secret(fake: FakeAzure) -> AccessToken:
    made = azure.identity.ClientSecretCredential(
        **common(fake),
        client_secret=os.environ["AZURE_CLIENT_SECRET"],
        disable_instance_discovery=True,
    )
    with made:
        return made.get_token(SCOPE)


def certificate(fake: FakeAzure) -> AccessToken:
    made = azure.identity.CertificateCredential(
        **common(fake),
        certificate_path=os.environ["AZURE_CLIENT_CERTIFICATE_PATH"],
        disable_instance_discovery=True,
    )
    with made:
        return made.get_token(SCOPE)


def federated_file(fake: FakeAzure) -> AccessToken:
    made = azure.identity.WorkloadIdentityCredential(
        **common(fake),
        token_file_path=os.environ["AZURE_FEDERATED_TOKEN_FILE"],
        disable_instance_discovery=True,
    )
    with made:
        return made.get_token(SCOPE)


def pipelines(fake: FakeAzure) -> AccessToken:
    made = azure.identity.AzurePipelinesCredential(
        **common(fake),
        service_connection_id=CONNECTION,
        system_access_token=os.environ["SYSTEM_ACCESSTOKEN"],
        disable_instance_discovery=True,
    )
    with made:
        return made.get_token(SCOPE)


def oidc(fake: FakeAzure) -> AccessToken:
    made = azure.identity.ClientAssertionCredential(
        **common(fake),
        func=lambda: fake.sign_ins.assertion("https://issuer", issuers.GITHUB_SUBJECT),
        disable_instance_discovery=True,
    )
    with made:
        return made.get_token(SCOPE)


def cli(_fake: FakeAzure) -> AccessToken:
    with closing(azure.identity.AzureCliCredential()) as made:
        return AccessToken(*made.get_token(SCOPE))


def azd(_fake: FakeAzure) -> AccessToken:
    with closing(azure.identity.AzureDeveloperCliCredential()) as made:
        return AccessToken(*made.get_token(SCOPE))


def powershell(_fake: FakeAzure) -> AccessToken:
    with closing(azure.identity.AzurePowerShellCredential()) as made:
        return AccessToken(*made.get_token(SCOPE))


def machine(_fake: FakeAzure) -> AccessToken:
    with closing(azure.identity.ManagedIdentityCredential()) as made:
        return AccessToken(*made.get_token(SCOPE))


SIGN_INS: dict[str, Callable[[FakeAzure], AccessToken]] = {
    "secret": secret,
    "certificate": certificate,
    "federated-file": federated_file,
    "pipelines": pipelines,
    "oidc": oidc,
    "cli": cli,
    "azd": azd,
    "powershell": powershell,
    "imds": machine,
    "app-service": machine,
}


def test_every_way_of_signing_in_is_tried() -> None:
    assert set(SIGN_INS) == set(KINDS) - {"token"}


@pytest.mark.parametrize("kind", SIGN_INS)
def test_signs_in(kind: str, fake: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    place(fake, kind, monkeypatch)

    token = SIGN_INS[kind](fake)

    claims = tokens.decode(token.token)
    assert (claims["oid"], claims["tid"], claims["aud"]) == (DEPLOYER, TENANT, ARM_AUDIENCE)
    assert time.time() < token.expires_on <= time.time() + tokens.LIFETIME_S + 1


def test_a_wrong_secret_is_refused(fake: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    place(fake, "secret", monkeypatch)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "guessed")

    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        secret(fake)


def test_a_certificate_of_somebody_else_is_refused(
    fake: FakeAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(fake, "certificate", monkeypatch)
    held = Path(os.environ["AZURE_CLIENT_CERTIFICATE_PATH"]).read_bytes()
    place(fake, "certificate", monkeypatch)
    Path(os.environ["AZURE_CLIENT_CERTIFICATE_PATH"]).write_bytes(held)

    with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
        certificate(fake)


def test_an_old_assertion_is_refused(fake: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.sign_ins.assertion_age_s = 600
    place(fake, "pipelines", monkeypatch)

    with pytest.raises(ClientAuthenticationError, match="AADSTS700024"):
        pipelines(fake)


def test_an_untrusted_subject_is_refused(fake: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    place(fake, "oidc", monkeypatch)
    fake.sign_ins.subjects.clear()

    with pytest.raises(ClientAuthenticationError, match="AADSTS700213"):
        oidc(fake)


@pytest.mark.parametrize(
    ("kind", "program", "message"),
    [
        ("cli", "az", "az login"),
        ("azd", "azd", "azd auth login"),
        ("powershell", "pwsh", "Connect-AzAccount"),
    ],
)
def test_a_program_that_is_signed_out(
    kind: str, program: str, message: str, fake: FakeAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(fake, kind, monkeypatch)
    fake.sign_ins.programs[program].principal = None

    with pytest.raises(CredentialUnavailableError, match=message):
        SIGN_INS[kind](fake)


def test_az_keeps_its_token(fake: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    place(fake, "cli", monkeypatch)

    assert cli(fake).token == cli(fake).token
