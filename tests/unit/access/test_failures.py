"""What is said of a call that failed."""

from __future__ import annotations

import pytest

from preflight.access.failures import answered, unanswered, without_secrets

CALL = "GET /subscriptions/s/providers/Microsoft.Authorization/roleAssignments"


def body(code: str) -> str:
    return f'{{"error": {{"code": "{code}", "message": "long"}}}}'


@pytest.mark.parametrize(
    ("status", "code", "meaning", "advice"),
    [
        (403, "AuthorizationFailed", "may not read this", "--reader-role"),
        (404, "SubscriptionNotFound", "not there", "whoami"),
        (401, "InvalidAuthenticationTokenTenant", "another tenant", "whoami"),
        (401, "ExpiredAuthenticationToken", "expired", "sign in again"),
        (429, "TooManyRequests", "throttles", "--deadline"),
        (503, "ServerBusy", "in trouble", "later"),
        (302, "", "no success", ""),
    ],
)
def test_the_call_what_it_means_and_what_to_do(
    status: int, code: str, meaning: str, advice: str
) -> None:
    error = answered(CALL, status, body(code) if code else "<html>")

    assert error.message.startswith(f"{CALL} answered {status}")
    assert meaning in error.message
    assert advice in error.help
    assert error.short == f"{status} {code}".strip()


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed", "not trusted"),
        ("Failed to resolve 'x' ([Errno -2] Name or service not known)", "cannot be resolved"),
        ("Cannot connect to proxy.", "proxy"),
        ("Read timed out. (read timeout=30)", "no answer in time"),
        ("IncompleteRead(5 bytes read)", "connection was lost"),
    ],
)
def test_no_answer_at_all(text: str, meaning: str) -> None:
    error = unanswered(CALL, OSError(text))

    assert meaning in error.message
    assert error.help
    assert error.status is None


@pytest.mark.parametrize("text", ["[]", "{", '{"error": 5}', '{"error": {"code": 7}}', "[" * 9999])
def test_an_odd_body_has_no_code(text: str) -> None:
    assert answered(CALL, 400, text).code == ""


def test_tokens_and_given_secrets_are_blotted_out() -> None:
    text = "failed for eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiIxIn0.c2ln with hunter2\nand more"

    found = without_secrets(text, ("hunter2",))

    assert found == "failed for *** with *** and more"


def test_ids_stay_in_print() -> None:
    text = "Application with identifier '9d3b6a71-0001-4c2e-8f5a-6b7c8d9e0f11' was not found"

    assert without_secrets(text) == text
    assert "Zx8~" not in without_secrets("client_secret=Zx8~0123456789012345678901234567890123")
