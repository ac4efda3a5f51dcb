"""Entra: discovery documents and the token endpoint, for applications."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from tests.fakes.exchange import Answer, Request
from tests.fakes.rows import Row, row, text
from tests.fakes.sign_ins import EXCHANGE
from tests.fakes.tokens import decode

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure

ROUTE = re.compile(r"/(?P<tenant>[^/]+)/(?:v2\.0/)?(?P<rest>\.well-known/.+|oauth2/.+)")
DISCOVERY = "/common/discovery/instance"


def refused(code: int, error: str, message: str, status: int = 401) -> Answer:
    """Return an error of the token endpoint."""
    described = f"AADSTS{code}: {message} Trace ID: 0f0f Correlation ID: 1e1e"
    body: Row = {"error": error, "error_description": described, "error_codes": [code]}
    return Answer(status=status, body=body)


def answer(azure: FakeAzure, request: Request) -> Answer:
    """Answer a call to the login host."""
    if request.path == DISCOVERY:
        discovery = f"{request.base}/{azure.tenant.id}/v2.0/.well-known/openid-configuration"
        body: Row = {
            "tenant_discovery_endpoint": discovery,
            "api-version": "1.1",
            "metadata": [],
        }
        return Answer(body=body)
    found = ROUTE.fullmatch(request.path)
    if found is None:
        return refused(900144, "invalid_request", "The request is malformed.", 400)
    named = found.group("tenant").lower()
    if named not in {azure.tenant.id, "common", "organizations"}:
        return refused(90002, "invalid_request", f"Tenant '{named}' not found.", 400)
    if found.group("rest") == ".well-known/openid-configuration":
        return Answer(body=_configuration(azure, request.base))
    form = dict(parse_qsl(request.body.decode(errors="replace")))
    if request.method != "POST" or not found.group("rest").endswith("token"):
        return refused(900561, "invalid_request", "The endpoint only accepts POST requests.", 400)
    return _token(azure, form)


def _configuration(azure: FakeAzure, base: str) -> Row:
    here = f"{base}/{azure.tenant.id}"
    return {
        "token_endpoint": f"{here}/oauth2/v2.0/token",
        "authorization_endpoint": f"{here}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{here}/oauth2/v2.0/devicecode",
        "issuer": f"{here}/v2.0",
        "jwks_uri": f"{here}/discovery/v2.0/keys",
        "response_types_supported": ["code"],
    }


def _token(azure: FakeAzure, form: Mapping[str, str]) -> Answer:
    app_id = form.get("client_id", "").lower()
    principal = azure.tenant.by_app(app_id)
    if principal is None:
        message = f"Application with identifier '{app_id}' was not found in the directory."
        return refused(700016, "unauthorized_client", message, 400)
    problem = _unproven(azure, app_id, form)
    if problem is not None:
        return problem
    audience = form.get("scope", "").split(" ")[0].removesuffix("/.default")
    if not azure.known_audience(audience):
        message = f"The resource principal named {audience} was not found in the tenant."
        return refused(500011, "invalid_resource", message, 400)
    issued = azure.tokens.issue(azure.tenant, principal, audience)
    left = issued.expires_on - int(time.time())
    body: Row = {
        "token_type": "Bearer",
        "expires_in": left,
        "ext_expires_in": left,
        "access_token": issued.token,
    }
    return Answer(body=body)


def _unproven(azure: FakeAzure, app_id: str, form: Mapping[str, str]) -> Answer | None:
    """Return the refusal of a client's proof, or None when it is good."""
    if "client_assertion" in form:
        return _bad_assertion(azure, app_id, form["client_assertion"])
    if azure.sign_ins.client_secrets.get(app_id) != form.get("client_secret", ""):
        message = f"Invalid client secret provided for app '{app_id}'."
        return refused(7000215, "invalid_client", message)
    return None


def _bad_assertion(azure: FakeAzure, app_id: str, assertion: str) -> Answer | None:
    claims = azure.sign_ins.assertion_claims(assertion)
    if claims is None:
        certificate = azure.sign_ins.certificates.get(app_id)
        if certificate is not None and _signed_by(assertion, certificate):
            return None
        return refused(700027, "invalid_client", "The certificate is not registered.")
    if int(str(claims["exp"])) < time.time():
        message = "Client assertion is not within its valid time range."
        return refused(700024, "invalid_client", message)
    if claims.get("aud") != EXCHANGE or azure.sign_ins.app_of_subject(claims) != app_id:
        message = f"No matching federated identity record found for '{claims.get('sub')}'."
        return refused(700213, "invalid_request", message, 400)
    return None


def _signed_by(assertion: str, certificate: x509.Certificate) -> bool:
    signed, _, signature = assertion.rpartition(".")
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or not row(decode(assertion)):
        return False
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    head = text(row(decode("." + signed.partition(".")[0] + ".")).get("alg"))
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.AUTO)
    pad = pss if head == "PS256" else padding.PKCS1v15()
    try:
        key.verify(raw, signed.encode(), pad, hashes.SHA256())
    except InvalidSignature:
        return False
    return True
