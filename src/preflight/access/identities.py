"""`--auth` values → one azure-identity class each; never its default chain.

Every class gets the transport that ends at the deadline; those that run a program get what is
left of it. Source: azure-identity's own documentation of each class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError
from azure.core.rest import HttpRequest
from azure.identity import (
    AzureCliCredential,
    AzureDeveloperCliCredential,
    AzurePipelinesCredential,
    AzurePowerShellCredential,
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from preflight.access.clouds import Cloud
from preflight.access.deadline import Deadline
from preflight.access.failures import answered, unanswered
from preflight.access.http import DeadlineTransport, plain_client
from preflight.access.items import Item
from preflight.access.json_text import AnswerDocument
from preflight.errors import AccessError, NotSignedIn

EXCHANGE = "api://AzureADTokenExchange"
"""The audience of a token that is exchanged for one of Entra."""
_PROCESS_S = 20


class Credential(Protocol):
    """What gives tokens."""

    def get_token(self, *scopes: str) -> AccessToken:
        """Return a token for one scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What every class is made from."""

    cloud: Cloud
    environ: Mapping[str, str]
    tenant: str | None
    deadline: Deadline

    def get(self, *names: str) -> str:
        """Return the first variable that is set, without blanks around it; empty for none."""
        return next((self.environ[name].strip() for name in names if self.environ.get(name)), "")


def _network(place: Place) -> dict[str, object]:
    return {
        "transport": DeadlineTransport(place.deadline),
        "authority": place.cloud.authority,
        "disable_instance_discovery": not place.cloud.known_authority,
    }


def _seconds(place: Place) -> int:
    return max(1, min(_PROCESS_S, int(place.deadline.remaining)))


def _pipelines(place: Place) -> Credential:
    return AzurePipelinesCredential(
        tenant_id=place.get("AZURESUBSCRIPTION_TENANT_ID"),
        client_id=place.get("AZURESUBSCRIPTION_CLIENT_ID"),
        service_connection_id=place.get("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"),
        system_access_token=place.get("SYSTEM_ACCESSTOKEN"),
        **_network(place),
    )


def _env(place: Place) -> Credential:
    tenant, client_id = place.get("AZURE_TENANT_ID"), place.get("AZURE_CLIENT_ID")
    if secret := place.get("AZURE_CLIENT_SECRET"):
        return ClientSecretCredential(tenant, client_id, secret, **_network(place))
    if certificate := place.get("AZURE_CLIENT_CERTIFICATE_PATH"):
        password = place.get("AZURE_CLIENT_CERTIFICATE_PASSWORD") or None
        return CertificateCredential(
            tenant, client_id, certificate, password=password, **_network(place)
        )
    return WorkloadIdentityCredential(
        tenant_id=tenant,
        client_id=client_id,
        token_file_path=place.get("AZURE_FEDERATED_TOKEN_FILE"),
        **_network(place),
    )


def _oidc(place: Place) -> Credential:
    return ClientAssertionCredential(
        place.get("AZURE_TENANT_ID"),
        place.get("AZURE_CLIENT_ID"),
        lambda: github_assertion(place),
        **_network(place),
    )


def github_assertion(place: Place) -> str:
    """Return the token that GitHub's own issuer gives this job.

    Raises:
        NotSignedIn: the issuer gives none.
    """
    url = place.get("ACTIONS_ID_TOKEN_REQUEST_URL")
    if urlsplit(url).scheme != "https":
        raise NotSignedIn("ACTIONS_ID_TOKEN_REQUEST_URL is no https:// address")
    token = place.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    issuer = plain_client(url, place.deadline, {"Authorization": f"bearer {token}"})
    join = "&" if urlsplit(url).query else "?"
    call = "GET GitHub's OIDC token"
    try:
        response = issuer.send_request(HttpRequest("GET", f"{url}{join}audience={EXCHANGE}"))
        status, body = response.status_code, response.text()
    except AzureError as error:
        raise unanswered(call, error) from None
    if status != 200:  # noqa: PLR2004 - the one success
        raise answered(call, status, "")
    document = AnswerDocument(call, body)
    return Item(document, (), document.value).text("value")


def _cli(place: Place) -> Credential:
    return AzureCliCredential(tenant_id=place.tenant or "", process_timeout=_seconds(place))


def _azd(place: Place) -> Credential:
    return AzureDeveloperCliCredential(
        tenant_id=place.tenant or "", process_timeout=_seconds(place)
    )


def _powershell(place: Place) -> Credential:
    return AzurePowerShellCredential(tenant_id=place.tenant or "", process_timeout=_seconds(place))


def _managed_identity(place: Place) -> Credential:
    return ManagedIdentityCredential(
        client_id=place.get("AZURE_CLIENT_ID") or None, transport=DeadlineTransport(place.deadline)
    )


IDENTITIES: Mapping[str, Callable[[Place], Credential]] = MappingProxyType(
    {
        "pipelines": _pipelines,
        "env": _env,
        "cli": _cli,
        "oidc": _oidc,
        "azd": _azd,
        "powershell": _powershell,
        "managed-identity": _managed_identity,
    }
)
"""Value of `--auth` → what makes its credential (`token` has none)."""


def make(kind: str, place: Place) -> Credential:
    """Make the credential of a kind.

    Raises:
        NotSignedIn: what it needs is not there, or not of its form.
    """
    try:
        return IDENTITIES[kind](place)
    except AccessError:
        raise
    except (ValueError, OSError, AzureError) as error:
        # Their texts may quote a secret; the kind of the error is enough.
        raise NotSignedIn(
            f"`--auth {kind}` cannot be used here: {type(error).__name__}",
            help="docs/how-to/live.md says what each kind of sign-in needs",
        ) from None
