"""What a token says of itself."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from preflight.access.claims import read_claims
from preflight.access.resolve import caller_of
from preflight.errors import NotSignedIn
from preflight.model.access import PrincipalType

OID = "2F4C8E10-0001-4A6B-9C3D-7E5F1A2B3C01"


def token(**claims: object) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{body}.sig"


def test_an_application() -> None:
    claims = read_claims(token(oid=OID, tid="T", appid="A", idtyp="app", iat=1_700_000_000))

    assert claims.object_id == OID.lower()
    assert claims.tenant_id == "t"
    assert claims.app_id == "A"
    assert claims.type is PrincipalType.SERVICE_PRINCIPAL
    assert claims.issued_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_a_user_is_told_by_its_scopes() -> None:
    claims = read_claims(token(oid=OID, tid="t", azp="A", scp="user_impersonation", upn="alice@x"))

    assert claims.type is PrincipalType.USER
    assert claims.display_name == "alice@x"
    assert claims.app_id == "A"


def test_a_managed_identity_is_called_as_its_resource_is() -> None:
    resource = (
        "/subscriptions/s/resourcegroups/rg/providers/Microsoft.X/userAssignedIdentities/id-gate"
    )
    claims = read_claims(token(oid=OID, tid="t", appid="A", idtyp="app", xms_mirid=resource))

    assert claims.display_name == "id-gate"
    assert claims.managed_identity == resource


@pytest.mark.parametrize(("kind", "app_id"), [("app", "A"), ("user", None)])
def test_the_program_that_a_user_signed_in_with_is_not_the_user(
    kind: str, app_id: str | None
) -> None:
    claims = read_claims(token(oid=OID, tid="t", appid="A", idtyp=kind))

    assert caller_of(claims).app_id == app_id


@pytest.mark.parametrize("moment", [True, "soon", 1e30, None])
def test_a_moment_that_is_none_is_not_known(moment: object) -> None:
    assert read_claims(token(oid=OID, tid="t", exp=moment)).expires_at is None


@pytest.mark.parametrize("claims", [{"tid": "t"}, {"oid": OID}, {"oid": "", "tid": "t"}])
def test_a_token_that_does_not_say_whose_it_is(claims: dict[str, object]) -> None:
    with pytest.raises(NotSignedIn, match="whose it is"):
        read_claims(token(**claims))


@pytest.mark.parametrize("text", ["", "secret-in-the-wrong-place", "a.%%%.c", "a.W10.c"])
def test_what_is_no_token_is_never_quoted(text: str) -> None:
    with pytest.raises(NotSignedIn) as caught:
        read_claims(text)

    assert "secret" not in str(caught.value)
