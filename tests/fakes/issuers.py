"""Where a pipeline gets its own OIDC token: GitHub's request URL, Azure Pipelines' endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.exchange import Answer, Request, failure

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

GITHUB = "/github/token"
PIPELINES = "/pipelines/oidctoken"
GITHUB_SUBJECT = "repo:fabrikam/shop:environment:prod"


def github(azure: FakeAzure, request: Request) -> Answer:
    """Answer GET `$ACTIONS_ID_TOKEN_REQUEST_URL&audience=…`."""
    expected = f"bearer {azure.sign_ins.github_request_token}"
    if request.method != "GET" or request.headers.get("authorization", "").lower() != (
        expected.lower()
    ):
        return failure(401, "Unauthorized", "the request token is not good")
    issuer = "https://token.actions.githubusercontent.com"
    audience = request.query.get("audience", "https://github.com/fabrikam")
    return Answer(body={"value": azure.sign_ins.assertion(issuer, GITHUB_SUBJECT, audience)})


def pipelines(azure: FakeAzure, request: Request) -> Answer:
    """Answer POST `$SYSTEM_OIDCREQUESTURI?api-version=…&serviceConnectionId=…`."""
    if request.headers.get("authorization") != f"Bearer {azure.sign_ins.system_access_token}":
        return Answer(status=302, headers={"Location": f"{request.base}/_signin"})
    connection = request.query.get("serviceConnectionId", "").lower()
    if request.method != "POST" or "api-version" not in request.query:
        return failure(400, "BadRequest", "POST with an api-version")
    if connection not in azure.sign_ins.connections:
        return failure(404, "NotFound", f"no service connection {connection}")
    issuer = "https://vstoken.dev.azure.com/fabrikam"
    return Answer(body={"oidcToken": azure.sign_ins.assertion(issuer, subject(connection))})


def subject(connection: str) -> str:
    """Return the federated subject of a service connection."""
    return f"sc://fabrikam/shop/{connection}"
