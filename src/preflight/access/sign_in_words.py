"""What each kind of sign-in is called and needs, and what its failures mean."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote_plus

from preflight.access.failures import network_trouble, without_secrets
from preflight.errors import NotSignedIn

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "token": "PREFLIGHT_TOKEN",
        "env": "AZURE_ variables",
        "pipelines": "service connection",
        "oidc": "GitHub OIDC",
        "cli": "az login",
        "azd": "azd auth login",
        "powershell": "Connect-AzAccount",
        "managed-identity": "managed identity",
    }
)
"""Kind → where the token came from, for print."""
NEEDS: Mapping[str, str] = MappingProxyType(
    {
        "token": "PREFLIGHT_TOKEN",
        "env": "AZURE_TENANT_ID, AZURE_CLIENT_ID, and AZURE_CLIENT_SECRET, "
        "AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE",
        "pipelines": "AZURESUBSCRIPTION_TENANT_ID, AZURESUBSCRIPTION_CLIENT_ID, "
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID and SYSTEM_ACCESSTOKEN",
        "oidc": "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN (the job needs "
        "`permissions: id-token: write`), AZURE_CLIENT_ID and AZURE_TENANT_ID",
        "cli": "`az` on PATH, and `az login`",
        "azd": "`azd` on PATH, and `azd auth login`",
        "powershell": "`pwsh` on PATH with the Az.Accounts module, and `Connect-AzAccount`",
        "managed-identity": "a managed identity of this machine",
    }
)
"""Kind → what it needs, for messages."""
_CODE = re.compile(r"AADSTS\d+")
_BY_CODE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "AADSTS700024": (
            "the assertion that was signed in with has expired",
            "sign in right before the gate: an assertion of a pipeline lives 5 to 10 minutes",
        ),
        "AADSTS7000215": ("the client secret is wrong", "give the secret's value, not its ID"),
        "AADSTS7000222": ("the client secret has expired", "make a new one"),
        "AADSTS90002": ("there is no such tenant", "check AZURE_TENANT_ID and --tenant"),
        "AADSTS700016": (
            "the application is not in this tenant",
            "check AZURE_CLIENT_ID and AZURE_TENANT_ID",
        ),
        "AADSTS700213": (
            "no federated credential of the application matches this pipeline",
            "compare its subject with the one that the message of the sign-in names",
        ),
        "AADSTS50076": ("another factor is asked for", "sign in again, interactively"),
        "AADSTS53003": ("conditional access blocks the sign-in", "ask whoever manages it"),
        "AADSTS700082": ("the sign-in has expired", "sign in again"),
    }
)
PIPELINES_STEP = (
    "a script step after AzureCLI@2 is signed out again: run preflight inside one, "
    "`- task: AzureCLI@2` with `inputs: {azureSubscription: CONNECTION, scriptType: bash, "
    "scriptLocation: inlineScript, inlineScript: preflight run …}` and "
    "`env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}`"
)


_SECRETS = (
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "SYSTEM_ACCESSTOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "PREFLIGHT_TOKEN",
)
"""Variables whose values no message repeats, however short they are."""


def _hidden() -> tuple[str, ...]:
    """Return the secrets of this place, as they are and as a form sends them."""
    values = [os.environ[name].strip() for name in _SECRETS if os.environ.get(name)]
    return (*values, *map(quote_plus, values))


class Unavailable(NotSignedIn):
    """A program is there, but nobody is signed in with it."""


def refusal(kind: str, error: Exception) -> NotSignedIn:
    """Return the error of a sign-in that failed, in one line and without any secret."""
    text = without_secrets(str(error), _hidden())
    if type(error).__name__ == "CredentialUnavailableError":
        return Unavailable(
            f"nobody is signed in with {LABELS[kind]}",
            help=PIPELINES_STEP if os.environ.get("TF_BUILD") else f"it needs {NEEDS[kind]}",
        )
    if "Unable to get authority configuration" in text:
        return NotSignedIn(
            f"the sign-in with {LABELS[kind]} failed: the sign-in host knows no such tenant, or "
            "gave no usable answer",
            help="check AZURE_TENANT_ID, --tenant, --cloud and --authority, or try again later",
        )
    code = _CODE.search(text)
    known = _BY_CODE.get(code[0]) if code else None
    if code and known:
        return NotSignedIn(
            f"the sign-in with {LABELS[kind]} failed ({code[0]}): {known[0]}", help=known[1]
        )
    trouble = None if code else network_trouble(text)
    if trouble is not None:
        return NotSignedIn(f"the sign-in with {LABELS[kind]} failed: {trouble[0]}", help=trouble[1])
    named = f" ({code[0]})" if code else ""
    return NotSignedIn(
        f"the sign-in with {LABELS[kind]} failed{named}: {text.partition('Trace ID')[0].strip()}",
        help=f"it needs {NEEDS[kind]}",
    )
