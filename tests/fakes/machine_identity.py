"""Managed identity: IMDS and the endpoint of App Service, over plain HTTP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.fakes.exchange import Answer, Request
from tests.fakes.rows import Row

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

IMDS = "/metadata/identity/oauth2/token"
APP_SERVICE = "/msi/token"


def answer(azure: FakeAzure, request: Request) -> Answer:
    """Answer for the machine's own identity, or a user-assigned one by its application ID."""
    if request.path == IMDS:
        if request.headers.get("metadata", "").lower() != "true":
            return _refused(400, "the header Metadata is missing")
    elif request.headers.get("x-identity-header") != azure.sign_ins.identity_header:
        return _refused(401, "the header X-IDENTITY-HEADER is not good")
    client = request.query.get("client_id")
    principal = azure.tenant.by_app(client) if client else azure.sign_ins.machine
    if principal is None:
        return _refused(400, "Identity not found")
    issued = azure.tokens.issue(azure.tenant, principal, request.query.get("resource", ""))
    body: Row = {
        "access_token": issued.token,
        "client_id": client or "",
        "expires_in": str(issued.expires_on - int(time.time())),
        "expires_on": str(issued.expires_on),
        "resource": request.query.get("resource", ""),
        "token_type": "Bearer",
    }
    return Answer(body=body)


def _refused(status: int, message: str) -> Answer:
    body: Row = {"error": "invalid_request", "error_description": message}
    return Answer(status=status, body=body)
