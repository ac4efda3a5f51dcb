"""`preflight wait`: until a grant holds and stays held."""

from __future__ import annotations

from typing import Protocol

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import AUDITOR, CONTRIBUTOR, DEPLOYER, PROD, READER, assignment, company
from tests.fakes.exchange import Fault, Request
from tests.integration.live.conftest import SHOP, STORAGE, Program

from preflight.model.value import JsonValue

QUICK = ("--interval", "1s", "--checks", "2")


class Wait(Protocol):
    """The fixture `waited`: exit code, stdout, stderr."""

    def __call__(self, *arguments: str, kind: str = ...) -> tuple[int, str, str]: ...


@pytest.fixture
def waited(azure: FakeAzure, run: Program) -> Wait:
    """Run `preflight wait` as one kind of identity."""

    def start(*arguments: str, kind: str = "secret") -> tuple[int, str, str]:
        ended = run(
            "wait", STORAGE, "--scope", SHOP, *QUICK, *arguments, env=azure.environment(kind)
        )
        for secret in azure.secrets():
            assert secret not in ended.stdout + ended.stderr
        return ended.returncode, ended.stdout, ended.stderr

    return start


def test_it_ends_after_some_rounds_in_a_row(azure: FakeAzure, waited: Wait) -> None:
    code, out, err = waited()

    assert code == 0, err
    assert "stable after" in out
    assert "everything holds (2 of 2 rounds)" in err
    tokens = [call for call in azure.log.of("entra") if call.path.endswith("/token")]
    assert len(tokens) >= 2, "each round has a token of its own"


def test_a_grant_that_is_listed_but_not_enforced_is_waited_for(
    azure: FakeAzure, waited: Wait
) -> None:
    azure.script(Fault(path="/permissions", on={1}, rewrite=lambda _request, _body: {"value": []}))
    code, out, err = waited("--timeout", "100s")

    assert code == 0, err
    assert "missing Microsoft." in err
    assert "held for the first time after" in out


def test_what_never_holds_is_told(azure: FakeAzure, waited: Wait) -> None:
    azure.load(company(assignment(DEPLOYER, READER, PROD)))
    code, out, _ = waited("--timeout", "3s")

    assert code == 1
    assert "not held and stable within 3 s" in out
    assert "missing Microsoft.Storage/storageAccounts/write at Prod / rg-shop" in out


def test_the_permissions_api_must_answer(azure: FakeAzure, waited: Wait) -> None:
    azure.permissions_refused.add(SHOP.lower())
    code, out, _ = waited("--timeout", "3s")

    assert code == 1
    assert "the Permissions API does not answer there" in out


def test_a_kept_token_is_refused(waited: Wait) -> None:
    code, _, err = waited(kind="cli")

    assert code == 2
    assert "az login keeps its token until" in err
    assert "--same-token" in err


def test_a_kept_token_may_be_taken_all_the_same(waited: Wait) -> None:
    code, _, err = waited("--same-token", kind="cli")

    assert code == 0, err


def test_for_somebody_else_the_window_is_waited_out(azure: FakeAzure, waited: Wait) -> None:
    new = assignment(DEPLOYER, CONTRIBUTOR, PROD, createdOn="2099-01-01T00:00:00Z")
    azure.load(company(new))
    azure.sign_in(AUDITOR)
    code, _, err = waited("--principal", DEPLOYER, "--timeout", "2s")

    assert code == 1
    assert "waiting out the window" in err


def test_nobody_signed_in_is_exit_4(run: Program) -> None:
    ended = run("wait", STORAGE, "--scope", SHOP, env={"PATH": ""})

    assert ended.returncode == 4


def test_a_sign_in_that_becomes_somebody_else_proves_nothing(
    azure: FakeAzure, waited: Wait
) -> None:
    az = azure.sign_ins.programs["az"]

    def other(_request: Request, body: JsonValue) -> JsonValue:
        az.cached.clear()
        az.principal = AUDITOR
        return body

    both = (assignment(DEPLOYER, READER, PROD), assignment(AUDITOR, CONTRIBUTOR, PROD))
    azure.load(company(*both))
    azure.script(Fault(path=r"/roleAssignments\?", on={1}, rewrite=other))
    code, out, err = waited("--same-token", "--timeout", "12s", kind="cli")

    assert code == 4, out + err
    assert f"the sign-in is {AUDITOR} now, it was {DEPLOYER} at the start" in err
