"""Texts that were cut or broken at any place: every value is whole, or None, never another."""

from __future__ import annotations

import html
import json
import textwrap
from collections.abc import Callable

import pytest

from preflight.diagnose.error_text import read_error_text
from preflight.model.explanation import Denial

ACTION = "Microsoft.Compute/virtualMachines/write"
SCOPE = (
    "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/rg-shop/providers/"
    "Microsoft.Compute/virtualMachines/vm-1"
)
CLIENT = "d1c8a7e2-0000-4b7f-9a10-3e3f6f1d2a11"
OBJECT = "2f4c8e10-0003-4a6b-9c3d-7e5f1a2b3c03"
PLAIN = (
    f"The client '{CLIENT}' with object id '{OBJECT}' does not have authorization to perform "
    f"action '{ACTION}' over scope '{SCOPE}' or the scope is invalid. If access was recently "
    "granted, please refresh your credentials."
)
NEXT = (
    "The client 'bob@example.org' with object id 'o2' does not have authorization to perform "
    "action 'A.B/c/write' over scope '/subscriptions/s2' or the scope is invalid."
)
VALUES = (ACTION, SCOPE, CLIENT, OBJECT)
OTHERS = ("A.B/c/write", "/subscriptions/s2", "bob@example.org", "o2")
LOGFMT = 'time="2026-11-24T10:00:00Z" level=error msg='


def body(text: str) -> str:
    return json.dumps({"error": {"code": "AuthorizationFailed", "message": text}})


def prefixed(prefix: str) -> Callable[[str], str]:
    return lambda text: "\n".join(prefix + line for line in text.split("\n"))


FRAMES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "az": lambda text: f"ERROR: (AuthorizationFailed) {text}\nCode: AuthorizationFailed",
    "body": body,
    "body in a body": lambda text: json.dumps({"message": body(text)}),
    "terraform": lambda text: prefixed("│ ")(f"Error: creating VM: AuthorizationFailed: {text}"),
    "actions": prefixed("2026-11-24T10:00:00.1234567Z ##[error]"),
    "actions as gh prints them": prefixed("deploy\tarm-deploy\t2026-11-24T10:00:00.1234567Z "),
    "gitlab": prefixed("2026-11-24T10:00:00.123456Z 01O "),
    "jenkins": prefixed("[Pipeline] "),
    "syslog": prefixed("Nov 24 10:00:00 host app[123]: "),
    "html": lambda text: f"<p>{html.escape(text)}</p>",
    "html twice": lambda text: html.escape(html.escape(body(text))),
    "logfmt": prefixed(LOGFMT),
    "unknown prefix": prefixed("worker-3 INFO: "),
}
READ_WHOLE = frozenset(FRAMES) - {"logfmt", "unknown prefix"}


def hard(text: str, width: int) -> str:
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def soft(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


def said(text: str) -> tuple[Denial, ...]:
    return read_error_text([text]).denials


def values(denial: Denial) -> tuple[str | None, ...]:
    return denial.action, denial.scope, denial.client, denial.object_id


@pytest.mark.parametrize("width", [79, 80, 100, 119, 120, 132])
@pytest.mark.parametrize("frame", FRAMES)
def test_lines_broken_inside_a_frame(frame: str, width: int) -> None:
    for wrap in (hard, soft):
        for denial in said(FRAMES[frame](wrap(PLAIN, width))):
            for value, true in zip(values(denial), VALUES, strict=True):
                assert value in {true, None}


@pytest.mark.parametrize("width", [79, 80, 100, 119, 120, 132])
@pytest.mark.parametrize("frame", sorted(READ_WHOLE))
def test_a_frame_broken_by_a_terminal(frame: str, width: int) -> None:
    (denial,) = said(hard(FRAMES[frame](PLAIN), width))

    assert (denial.action, denial.scope) == VALUES[:2]
    assert denial.client in {CLIENT, None}
    assert denial.object_id in {OBJECT, None}


@pytest.mark.parametrize("frame", sorted(READ_WHOLE))
def test_lines_broken_at_blanks_are_read_whole(frame: str) -> None:
    assert [values(row) for row in said(FRAMES[frame](soft(PLAIN, 80)))] == [VALUES]


@pytest.mark.parametrize("between", ["", "\n", "...", "... ", "\n2026-11-24T10:00:00Z "])
def test_a_cut_sentence_does_not_run_into_the_next(between: str) -> None:
    for cut in range(0, len(PLAIN), 3):
        denials = said(PLAIN[:cut] + between + NEXT)

        assert values(denials[-1]) == OTHERS
        for denial in denials[:-1]:
            for value, true in zip(values(denial), VALUES, strict=True):
                assert value in {true, None}


def test_a_break_inside_a_value_leaves_no_escape_in_it() -> None:
    broken = PLAIN.replace("virtualMachines/write", "virtualM\\nachines/write").replace(
        "rg-shop", "rg-\\r\\nshop"
    )
    assert [values(row) for row in said(broken)] == [VALUES]


@pytest.mark.parametrize("width", range(60, 140, 7))
def test_a_broken_denial_is_not_lost_beside_a_whole_one(width: int) -> None:
    second = NEXT.replace("'o2'", "'11111111-2222-3333-4444-555555555555'")
    for text in (hard(PLAIN, width) + "\n" + second, second + "\n" + hard(PLAIN, width)):
        assert {row.scope for row in said(text)} == {SCOPE, "/subscriptions/s2"}


@pytest.mark.parametrize("quote", ['"}', '\\"}'])
def test_a_message_that_was_cut_inside_json_ends_no_value(quote: str) -> None:
    """The quote that follows closes the string around the message, not the value."""
    for at in range(len(PLAIN)):
        for denial in said(body(PLAIN[:at])[:-2] + quote):
            for value, true in zip(values(denial), VALUES, strict=True):
                assert value in {true, None}


KEY_VAULT = (
    f"Caller is not authorized to perform action on resource.\nCaller: appid={CLIENT};oid={OBJECT};"
    f"iss=https://sts.windows.net/t/\nAction: '{ACTION}'\nResource: '{SCOPE}'\n"
    "Assignment: (not found)\nVault: v;location=x\n"
)


@pytest.mark.parametrize("width", range(40, 140, 3))
def test_a_key_vault_s_broken_lines_hold_no_half_id(width: int) -> None:
    for cut in (len(KEY_VAULT), 2 * width):
        broken = "\n".join(hard(line, width) for line in KEY_VAULT[:cut].split("\n"))
        for denial in said(broken):
            for value, true in zip(values(denial), VALUES, strict=True):
                assert value in {true, None}


def test_a_scope_without_quotes_is_whole_only_where_the_sentence_goes_on() -> None:
    bare = PLAIN.replace("'", "")
    for at in range(len(bare)):
        for tail in ("", "...", "…", "\n"):
            for denial in said(bare[:at] + tail):
                assert denial.scope in {SCOPE, None}
