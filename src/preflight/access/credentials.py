"""`--auth` → a signed-in identity: which one this place offers, and which others it does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from preflight.access.az_profile import az_account
from preflight.access.claims import Claims, read_claims
from preflight.access.clouds import Cloud
from preflight.access.deadline import Deadline
from preflight.access.identities import Credential, Place, make
from preflight.access.sign_in_words import LABELS, NEEDS, PIPELINES_STEP, Unavailable
from preflight.access.tokens import Given, Tokens
from preflight.errors import NotSignedIn, UsageError
from preflight.model.access import PrincipalType

ORDER = ("pipelines", "env", "cli", "oidc", "azd", "powershell", "managed-identity")
"""The kinds that `auto` looks at, first one wins."""
AUTHS = (
    "auto",
    "token",
    "env",
    "pipelines",
    "oidc",
    "cli",
    "azd",
    "powershell",
    "managed-identity",
)
INTERACTIVE = frozenset({"cli", "azd", "powershell"})
"""Kinds that a user at a keyboard signs in with."""
_PROGRAMS = {"cli": "az", "azd": "azd", "powershell": "pwsh"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How to sign in."""

    cloud: Cloud
    deadline: Deadline
    auth: str = "auto"
    tenant: str | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def place(self) -> Place:
        """What the identity classes are made from."""
        return Place(
            cloud=self.cloud, environ=self.environ, tenant=self.tenant, deadline=self.deadline
        )

    def has(self, *names: str) -> bool:
        """Whether all these variables are set."""
        return all(self.environ.get(name) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """An identity that is signed in."""

    kind: str
    tokens: Tokens
    claims: Claims
    cloud: Cloud
    warnings: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """Where the token came from."""
        return LABELS[self.kind]

    @property
    def interactive(self) -> bool:
        """Whether it is a user who signed in at a keyboard."""
        return self.kind in INTERACTIVE and self.claims.type is PrincipalType.USER


def sign_in(how: SignIn) -> SignedIn:
    """Sign in with the kind that was asked for, or with the first that is complete here.

    Raises:
        NotSignedIn: nothing can be signed in with, or the sign-in failed.
        UsageError: an unknown kind.
    """
    if how.auth not in AUTHS:
        raise UsageError(f"`{how.auth}` is no `--auth`", help=f"it is one of {', '.join(AUTHS)}")
    if how.auth != "auto":
        return _signed_in(how, how.auth)
    for kind in ORDER:
        if not complete(how, kind):
            continue
        if kind not in _PROGRAMS:
            return _signed_in(how, kind)
        try:
            return _signed_in(how, kind)
        except Unavailable:
            continue
    raise _nothing(how)


def complete(how: SignIn, kind: str) -> bool:
    """Whether the environment holds everything that a kind needs."""
    match kind:
        case "token":
            return how.has("PREFLIGHT_TOKEN")
        case "pipelines":
            return how.has(
                "AZURESUBSCRIPTION_CLIENT_ID",
                "AZURESUBSCRIPTION_TENANT_ID",
                "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
                "SYSTEM_ACCESSTOKEN",
            )
        case "env":
            proofs = (
                "AZURE_CLIENT_SECRET",
                "AZURE_CLIENT_CERTIFICATE_PATH",
                "AZURE_FEDERATED_TOKEN_FILE",
            )
            identity = how.has("AZURE_CLIENT_ID", "AZURE_TENANT_ID")
            return identity and any(how.has(name) for name in proofs)
        case "oidc":
            return how.has(
                "ACTIONS_ID_TOKEN_REQUEST_URL",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                "AZURE_CLIENT_ID",
                "AZURE_TENANT_ID",
            )
        case "managed-identity":
            return how.has("IDENTITY_ENDPOINT") or how.has("MSI_ENDPOINT")
        case _:
            return _on_path(how, _PROGRAMS[kind])


def _on_path(how: SignIn, program: str) -> bool:
    """Whether a program is there to be started: never from the working folder.

    Windows looks there first, an empty part of PATH leads there, and it may be somebody else's
    checkout.
    """
    found = shutil.which(program, path=how.environ.get("PATH"))
    return found is not None and Path(found).is_absolute()


def _signed_in(how: SignIn, kind: str) -> SignedIn:
    if kind != "managed-identity" and not complete(how, kind):
        raise NotSignedIn(f"`--auth {kind}` is not complete here", help=f"it needs {NEEDS[kind]}")
    tokens = Tokens(kind, how.deadline, lambda: _credential(how, kind))
    claims = read_claims(tokens.text(how.cloud.arm_scope))
    warnings = tuple(_others(how, kind, claims))
    return SignedIn(kind=kind, tokens=tokens, claims=claims, cloud=how.cloud, warnings=warnings)


def _credential(how: SignIn, kind: str) -> Credential:
    if kind == "token":
        return Given(how.environ["PREFLIGHT_TOKEN"].strip(), how.cloud.arm_scope)
    return make(kind, how.place)


def _nothing(how: SignIn) -> NotSignedIn:
    both = "sign in (`az login`, or --auth), or give a snapshot with `--access FILE`"
    if how.has("TF_BUILD"):
        return NotSignedIn("nobody is signed in to Azure in this step", help=PIPELINES_STEP)
    if how.has("GITHUB_ACTIONS"):
        both = (
            "run azure/login right before, or give the job `permissions: id-token: write` with "
            "AZURE_CLIENT_ID and AZURE_TENANT_ID, or give a snapshot with `--access FILE`"
        )
    return NotSignedIn("nobody is signed in to Azure, and no evidence was given", help=both)


def _others(how: SignIn, chosen: str, claims: Claims) -> Iterator[tuple[str, str]]:
    """Yield a warning for each other complete identity that belongs to another client."""
    mine = (claims.app_id or "").lower()
    for kind, client in _clients(how):
        if kind != chosen and client.lower() not in {mine, str(claims.object_id)}:
            shown = claims.display_name or claims.app_id or claims.object_id
            text = (
                f"decided as {shown} ({LABELS[chosen]}), but {LABELS[kind]} would sign in as "
                f"{client}: the deployment may run as the other (choose with --auth)"
            )
            yield "other-identity-available", text


def _clients(how: SignIn) -> Iterator[tuple[str, str]]:
    """Yield the complete identities whose client can be told without signing in."""
    names = {
        "pipelines": "AZURESUBSCRIPTION_CLIENT_ID",
        "env": "AZURE_CLIENT_ID",
        "oidc": "AZURE_CLIENT_ID",
    }
    for kind, name in names.items():
        if complete(how, kind):
            yield kind, how.environ[name]
    if complete(how, "cli"):
        user = az_account(how.environ).get("user")
        if isinstance(user, dict) and user.get("type") == "servicePrincipal":
            yield "cli", str(user.get("name"))
