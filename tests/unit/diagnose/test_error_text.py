"""Single wordings and frames, each told once; the suite `auth-errors` holds real ones."""

from __future__ import annotations

import html
import json
import quopri
import textwrap

import pytest

from preflight.diagnose.error_text import MAX_DENIALS, read_error_text
from preflight.model.explanation import Denial, DenialKind, ErrorText

ACTION = "Microsoft.Web/sites/write"
SCOPE = "/subscriptions/11111111-1111-4111-8111-000000000001/resourceGroups/rg-a"
CLIENT = "33333333-3333-4333-8333-000000000001"
OBJECT = "22222222-2222-4222-8222-000000000001"
PLAIN = (
    f"The client '{CLIENT}' with object id '{OBJECT}' does not have authorization to perform "
    f"action '{ACTION}' over scope '{SCOPE}' or the scope is invalid. If access was recently "
    "granted, please refresh your credentials."
)


def read(text: str) -> ErrorText:
    return read_error_text([text])


def only(text: str) -> Denial:
    (denial,) = read(text).denials
    return denial


def whole(denial: Denial) -> tuple[str, str | None, str | None, str | None]:
    return denial.action, denial.scope, denial.client, denial.object_id


EXPECTED = (ACTION, SCOPE, CLIENT, OBJECT)


def body() -> str:
    return json.dumps({"error": {"code": "AuthorizationFailed", "message": PLAIN}})


FRAMES = {
    "javascript": f"RestError: {PLAIN}\n    at x (y.js:1:2)\n  code: 'AuthorizationFailed',",
    "java": f'ManagementException: Status code 403, "{{"error":{{"code":"AuthorizationFailed",'
    f'"message":"{PLAIN}"}}}}": {PLAIN}',
    "ansible": 'fatal: [h]: FAILED! => {"msg": "Azure Error: AuthorizationFailed\\nMessage: '
    + PLAIN
    + '"}',
    "pulumi": f'error: autorest/azure: Status=403 Code="AuthorizationFailed" Message="{PLAIN}"',
    "operator": f"async create failed: [{{0 creating: unexpected status 403 (403 Forbidden) with "
    f"error: AuthorizationFailed: {PLAIN}  []}}]",
    "unicode escapes": '{"code":"AuthorizationFailed","message":"'
    + PLAIN.replace("'", "\\u0027")
    + '"}',
    "escaped twice": json.dumps(json.dumps({"code": "AuthorizationFailed", "message": PLAIN})),
    "html twice": html.escape(html.escape(f'{{"code":"AuthorizationFailed"}} {PLAIN}')),
    "reply": "\n".join(
        f"> > {line}" for line in textwrap.wrap(f"Code: AuthorizationFailed {PLAIN}", 70)
    ),
    "gitlab": f"\x1b[0;m\x1b[31;1mERROR: (AuthorizationFailed) {PLAIN}\x1b[0;m",
    "jenkins": "\n".join(
        f"[2026-11-24T10:00:00.123Z] {line}"
        for line in textwrap.wrap(f"ERROR: (AuthorizationFailed) {PLAIN}", 90)
    ),
    "csv": '2026-11-24,Failed,"' + body().replace('"', '""') + '"',
    "csv cells": f'"2026-11-24","AuthorizationFailed","{PLAIN}"',
    "table": f"| 10:00 | AuthorizationFailed | {PLAIN} |",
    "logfmt": f'time=2026-11-24T10:00:00Z level=error msg="AuthorizationFailed: {PLAIN}" ns=x',
    "chat": f"it failed: ```AuthorizationFailed: {PLAIN}```",
    "mail": quopri.encodestring(f"Status: AuthorizationFailed: {PLAIN}".encode()).decode(),
    "dash": f"Warning creating Role Assignment - AuthorizationFailed: {PLAIN}",
    "code without a colon": f"Operation failed. Code 'AuthorizationFailed', Message '{PLAIN}'",
    "header": f"X-Ms-Error-Code: [AuthorizationFailed]\n{PLAIN}",
    "broken inside words": "Code: AuthorizationFailed\n"
    + "\n".join(PLAIN[at : at + 60] for at in range(0, len(PLAIN), 60)),
}


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_changes_nothing(frame: str) -> None:
    said = read(FRAMES[frame])

    assert whole(only(FRAMES[frame])) == EXPECTED
    assert said.codes == ("AuthorizationFailed",)
    assert said.kind is DenialKind.AUTHORIZATION_FAILED


@pytest.mark.parametrize("quote", ['"', "`", "''", "", "**"])
def test_quotes_of_every_kind(quote: str) -> None:
    assert whole(only(PLAIN.replace("'", quote))) == EXPECTED


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (f"perform action '{ACTION}' over scope '/subscriptions/1", None),
        (f"perform action '{ACTION}' over scope '/subscriptions/1...", None),
        (f"perform action '{ACTION}' over scope ...", None),
        (f"perform action '{ACTION}' over scope ''", None),
        (f"perform action '{ACTION}'...", None),
        (f"perform action '{ACTION}' over scope '/subscriptions/1.", "/subscriptions/1"),
        (
            f"perform action '{ACTION}' over scope '/subscriptions/1 or the scope",
            "/subscriptions/1",
        ),
        (f"perform action '{ACTION}' over scope /subscriptions/1 or the scope", "/subscriptions/1"),
    ],
)
def test_a_scope_is_whole_or_none(text: str, scope: str | None) -> None:
    assert only(f"The client 'a' does not have authorization to {text}").scope == scope


@pytest.mark.parametrize("cut", ["Microsoft.Web/sites/wri", "Microsoft.Web/sites/wr...'", "..."])
def test_an_action_that_is_cut_is_no_denial(cut: str) -> None:
    said = read(f"The client 'a' does not have authorization to perform action '{cut}")

    assert said.denials == ()
    assert said.kind is DenialKind.AUTHORIZATION_FAILED


LINKED = (
    "The client 'c' with object id 'o' has permission to perform action 'A.B/c/write' on scope "
    "'/x'; however, it does not have permission to perform action(s) '{actions}' on the linked "
    "scope(s) '{scopes}' (respectively) or the linked scope(s) are invalid."
)


@pytest.mark.parametrize(
    ("actions", "scopes", "pairs"),
    [
        ("A.B/c/read", "/1,/2", [("A.B/c/read", "/1"), ("A.B/c/read", "/2")]),
        ("A.B/c/read,A.B/d/read", "/1,/2", [("A.B/c/read", "/1"), ("A.B/d/read", "/2")]),
        ("A.B/c/read,A.B/d/read", "/1", [("A.B/c/read", "/1"), ("A.B/d/read", "/1")]),
        ("/read", "/group of, friends", [("/read", "/group of, friends")]),
    ],
)
def test_linked_lists_pair_by_position(
    actions: str, scopes: str, pairs: list[tuple[str, str]]
) -> None:
    said = read(LINKED.format(actions=actions, scopes=scopes))

    assert [(row.action, row.scope) for row in said.denials] == pairs
    assert {row.linked for row in said.denials} == {True}
    assert {row.holds for row in said.denials} == {("A.B/c/write", "/x")}
    assert {(row.client, row.object_id) for row in said.denials} == {("c", "o")}


def test_a_deny_assignment_is_named_with_its_place() -> None:
    denial = only(
        "The client 'c' with object id 'o' has permission to perform action 'A.B/c/write' on scope "
        "'/x'; however, the access is denied because of the deny assignment with name 'Deny "
        "assignment 'g' created by Deployment Stack 's'' and Id '1' at scope '/y'."
    )

    assert denial.kind is DenialKind.DENY_ASSIGNMENT
    assert (denial.action, denial.scope) == ("A.B/c/write", "/x")
    assert denial.blocked_by == "Deny assignment 'g' created by Deployment Stack 's'"
    assert denial.blocked_at == "/y"


def test_what_the_caller_holds_is_no_denial() -> None:
    said = read(
        "The client has permission to perform action 'A.B/c/write' on scope '/x', however the "
        "linked subscription 'y' was not found."
    )

    assert (said.denials, said.kind) == ((), DenialKind.NOT_FOUND)
    assert ("linked subscription", "y") in said.facts


def test_a_service_s_own_check() -> None:
    denial = only(
        "Request is blocked because principal [o] does not have required RBAC permissions to "
        "perform action [A.B/c/readMetadata] on resource [/]."
    )

    assert (denial.kind, denial.scope, denial.object_id) == (DenialKind.DATA_PLANE, None, "o")


def test_a_code_says_what_its_sentence_leaves_open() -> None:
    linked = only(
        "LinkedAuthorizationFailed: does not have permission to perform action 'A.B/c/d/action'"
    )
    plain = only(
        "Code: AuthorizationFailed\n"
        "The client lacks permission to perform action 'A.B/c/read' on resource x"
    )

    assert (linked.linked, linked.kind) == (True, DenialKind.LINKED)
    assert (plain.data_action, plain.kind) == (False, DenialKind.AUTHORIZATION_FAILED)


def test_what_aks_finds_missing_names_action_and_scope() -> None:
    denial = only(
        "Service principal or user-assigned identity must be given certain permissions to resource "
        "/subscriptions/s/resourceGroups/rg/providers/A.B/zones/x.y. Check access result not "
        "allowed for action A.B/zones/read."
    )

    assert whole(denial) == (
        "A.B/zones/read",
        "/subscriptions/s/resourceGroups/rg/providers/A.B/zones/x.y",
        None,
        None,
    )


def test_a_cmdlet_that_only_says_forbidden_was_refused() -> None:
    said = read(
        "New-AzRoleAssignment: setup.ps1:1\nLine |\n   1 | New-AzRoleAssignment -Scope $s\n"
        "     | Operation returned an invalid status code 'Forbidden'"
    )

    assert (said.kind, said.denials) == (DenialKind.AUTHORIZATION_FAILED, ())


@pytest.mark.parametrize(
    ("principal", "object_id"),
    [
        ("XXXXXXXX", "XXXXXXXX"),
        ("dana@example.org", "dana@example.org"),
        ("redacted:email", "redacted:email"),
        ("'[email protected]'", "[email protected]"),
        ("[o]", "o"),
        ("used", None),
        ("", None),
    ],
)
def test_a_principal_without_quotes_is_an_id_or_nobody(
    principal: str, object_id: str | None
) -> None:
    denial = only(f"The principal {principal} lacks the required data action `A.B/c/read` to do it")

    assert denial.object_id == object_id


def test_a_placeholder_that_holds_the_label_is_a_value() -> None:
    denial = only(PLAIN.replace(CLIENT, "{my account}").replace(OBJECT, "{my object id}"))

    assert whole(denial) == (ACTION, SCOPE, "{my account}", "{my object id}")


def test_an_ellipsis_in_a_value_stays_as_it_is() -> None:
    assert only(PLAIN.replace("resourceGroups", "…")).scope == SCOPE.replace("resourceGroups", "…")


def test_the_same_denial_is_told_once_and_a_cut_copy_not_at_all() -> None:
    said = read(f"{PLAIN}\n{PLAIN}\n{PLAIN.partition(' over scope')[0]}...")

    assert [row.scope for row in said.denials] == [SCOPE]


def test_many_denials_are_bounded_and_it_is_said() -> None:
    said = read("\n".join(PLAIN.replace("rg-a", f"rg-{n}") for n in range(MAX_DENIALS + 5)))

    assert len(said.denials) == MAX_DENIALS
    assert said.cut


@pytest.mark.parametrize(
    ("text", "correlation"),
    [
        ("Correlation ID: abc-1.", "abc-1"),
        ("correlation_id='abc'", "abc"),
        ('"correlationId": "***"', "***"),
        ("x-ms-correlation-request-id: 5", None),
        ("x-ms-client-request-id: 55555555-5555-4555-8555-000000000001", None),
        ("The tracking id is '66666666-6666-4666-8666-000000000006'", None),
        ("request correlation id '<guid>'", "guid"),
        ("correlationId: null", None),
        (
            "Correlation ID: 55555555\n      -5555-4555-8555-000000000001\r\nTimestamp: x",
            "55555555-5555-4555-8555-000000000001",
        ),
    ],
)
def test_correlation_ids_are_those_that_the_text_labels_so(
    text: str, correlation: str | None
) -> None:
    assert read(f"AuthorizationFailed: x\n(AuthorizationFailed) y\n{text}").correlation_id in {
        correlation,
        f"<{correlation}>",
    }


@pytest.mark.parametrize(
    "line",
    [
        "##[debug]exit code: 1",
        "rpc error: code = NotFound desc = x",
        "Error from server (Forbidden): pods is forbidden",
        "StatusCode: 403 ReasonPhrase: Forbidden",
        "unexpected status 403 (403 Forbidden)",
        "Error type: TypeError",
        "azure.core.exceptions.ClientAuthenticationError: x",
        "+ CategoryInfo : NotSpecified: (:) [x], Exception",
    ],
)
def test_words_that_are_no_codes(line: str) -> None:
    assert read(f"{PLAIN}\n{line}").codes == ()


@pytest.mark.parametrize(
    "unit", ["perform action ", "'", "\\", "object id '", "&#39;", "<b", "[", "**", "│ "]
)
def test_time_is_linear(unit: str) -> None:
    """A hundred thousand repetitions of what a pattern begins with end at once."""
    assert read(unit * (100_000 // len(unit))).denials == ()
