"""`az`, `azd` and `pwsh` as programs on PATH: small relays that ask the fake what to print."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes.exchange import Answer, Request
from tests.fakes.rows import Row, text, texts
from tests.fakes.sign_ins import Program
from tests.fakes.tokens import Issued

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

ROUTE = "/_program/"
RELAY = """#!{python}
import json, ssl, sys, urllib.request
context = ssl.create_default_context(cafile={authority!r})
body = json.dumps({{"arguments": sys.argv[1:]}}).encode()
request = urllib.request.Request({url!r}, data=body, method="POST")
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({{}}), urllib.request.HTTPSHandler(context=context)
)
with opener.open(request, timeout=60) as answer:
    told = json.load(answer)
sys.stdout.write(told["stdout"])
sys.stderr.write(told["stderr"])
sys.exit(told["code"])
"""
NOT_SIGNED_IN = {
    "az": "ERROR: Please run 'az login' to setup account.\n",
    "azd": "ERROR: not logged in, run `azd auth login` to login\n",
    "pwsh": "Run Connect-AzAccount to login.\n",
}


def install(azure: FakeAzure, folder: Path, names: Sequence[str] = ("az", "azd", "pwsh")) -> Path:
    """Write the programs into a folder for PATH; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        script = RELAY.format(
            python=sys.executable, authority=str(azure.authority_file), url=azure.url + ROUTE + name
        )
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def answer(azure: FakeAzure, request: Request) -> Answer:
    """Say what a program prints, and how it ends."""
    name = request.path.removeprefix(ROUTE)
    program = azure.sign_ins.programs[name]
    arguments = texts(request.document.get("arguments"))
    if program.error is not None:
        return _ended(stderr=program.error, code=1)
    if name == "az" and arguments[:1] in (["version"], ["--version"]):
        return _ended(json.dumps({"azure-cli": "2.75.0"}))
    if program.principal is None:
        return _ended(stderr=NOT_SIGNED_IN[name], code=1)
    match name:
        case "az":
            return _az(azure, program, arguments)
        case "azd":
            return _azd(azure, program, arguments)
        case _:
            return _pwsh(azure, program, arguments)


def _ended(stdout: str = "", stderr: str = "", code: int = 0) -> Answer:
    body: Row = {"stdout": stdout, "stderr": stderr, "code": code}
    return Answer(body=body)


def _token(azure: FakeAzure, program: Program, audience: str) -> Issued:
    """Return the token that the program keeps until shortly before it ends."""
    kept = program.cached.get(audience)
    if kept is None or kept.expires_on < time.time() + 300:
        kept = azure.tokens.issue(azure.tenant, program.principal or "", audience)
        program.cached[audience] = kept
    return kept


def _option(arguments: Sequence[str], *names: str) -> str:
    found = (arguments[at + 1] for at, item in enumerate(arguments[:-1]) if item in names)
    return next(found, "")


def _local(moment: int, pattern: str) -> str:
    return dt.datetime.fromtimestamp(moment, tz=dt.UTC).astimezone().strftime(pattern)


def _az(azure: FakeAzure, program: Program, arguments: Sequence[str]) -> Answer:
    if list(arguments[:2]) == ["account", "show"]:
        return _ended(json.dumps(account(azure, program, program.principal or "")))
    if list(arguments[:2]) == ["account", "list"]:
        return _ended(json.dumps([account(azure, program, program.principal or "")]))
    if list(arguments[:2]) != ["account", "get-access-token"]:
        return _ended(stderr=f"ERROR: '{' '.join(arguments)}' is not in the command list\n", code=2)
    tenant = _option(arguments, "--tenant", "-t")
    if tenant and tenant.lower() != azure.tenant.id:
        message = f"ERROR: AADSTS90002: Tenant '{tenant}' not found.\n"
        return _ended(stderr=message, code=1)
    scope = _option(arguments, "--scope", "--scopes").removesuffix("/.default")
    issued = _token(azure, program, _option(arguments, "--resource") or scope)
    body: Row = {
        "accessToken": issued.token,
        "expiresOn": _local(issued.expires_on, "%Y-%m-%d %H:%M:%S.%f"),
        "expires_on": issued.expires_on,
        "subscription": text(account(azure, program, program.principal or "")["id"]),
        "tenant": azure.tenant.id,
        "tokenType": "Bearer",
    }
    return _ended(json.dumps(body))


def account(azure: FakeAzure, program: Program, principal: str) -> Row:
    """Return the account that `az` shows and keeps in its profile."""
    subscriptions = azure.tenant.listed("subscriptions")
    ids = [text(item["id"]).rpartition("/")[2] for item in subscriptions]
    active = program.subscription or next(iter(ids), azure.tenant.id)
    names = {
        text(item["id"]).rpartition("/")[2]: text(item.get("displayName")) for item in subscriptions
    }
    known = azure.tenant.principals.get(principal, {})
    user = text(known.get("type")) == "User"
    who: Row = {
        "name": text(known.get("displayName")) if user else text(known.get("appId")),
        "type": "user" if user else "servicePrincipal",
    }
    return {
        "environmentName": "AzureCloud", "homeTenantId": azure.tenant.id, "id": active,
        "isDefault": True, "managedByTenants": [], "name": names.get(active, ""),
        "state": "Enabled", "tenantId": azure.tenant.id, "user": who,
    }  # fmt: skip


def _azd(azure: FakeAzure, program: Program, arguments: Sequence[str]) -> Answer:
    if list(arguments[:2]) != ["auth", "token"]:
        return _ended(stderr="ERROR: unknown command\n", code=1)
    issued = _token(azure, program, _option(arguments, "--scope").removesuffix("/.default"))
    ends = _local(issued.expires_on, "%Y-%m-%dT%H:%M:%SZ")
    return _ended(json.dumps({"token": issued.token, "expiresOn": ends}))


def _pwsh(azure: FakeAzure, program: Program, arguments: Sequence[str]) -> Answer:
    encoded = _option(arguments, "-EncodedCommand")
    script = base64.b64decode(encoded).decode("utf-16-le") if encoded else " ".join(arguments)
    found = re.search(r"'ResourceUrl' = '([^']*)'", script)
    if found is None:
        return _ended(stderr="the term is not recognized\n", code=1)
    issued = _token(azure, program, found.group(1))
    return _ended(f"azsdk%{issued.token}%{issued.expires_on}\n")
