"""What goes wrong live: one line that names the call, what it means and what to do."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import OTHER
from tests.fakes.exchange import Fault, Request
from tests.fakes.paging import link_to
from tests.fakes.rows import row
from tests.integration.live.conftest import Gate

from preflight.model.value import JsonValue

ASSIGNMENTS = r"GET .*/roleAssignments\?"
DENIES = r"GET .*/denyAssignments\?"
HANG_S = 300
"""What hangs, hangs for so long: no busy machine makes a run that is given up take that."""
BUSY_S = 100
DEFINITIONS = r"GET .*/roleDefinitions\?"


@dataclass(frozen=True, kw_only=True)
class Day:
    """What goes wrong, and how the gate must end."""

    faults: tuple[Fault, ...]
    code: int
    told: str = ""
    """A regular expression that the output matches."""
    undetermined: frozenset[str] = field(default_factory=frozenset)
    arguments: tuple[str, ...] = ()
    kind: str = "secret"


def endless(request: Request, body: JsonValue) -> JsonValue:
    """The next page is this one again."""
    return {**row(body), "nextLink": link_to(request, dict(request.query))}


_TURNS = itertools.count()


def ever_further(request: Request, body: JsonValue) -> JsonValue:
    """There is always one page more."""
    query = {**request.query, "$skiptoken": "0", "turn": str(next(_TURNS))}
    return {**row(body), "nextLink": link_to(request, query)}


UNREADABLE = frozenset({"evidence-unreadable"})
DAYS: dict[str, Day] = {
    "nothing goes wrong": Day(faults=(), code=0),
    "a token that is refused once": Day(
        faults=(Fault(path=ASSIGNMENTS, on={1}, status=401),), code=0
    ),
    "a token that is refused for ever": Day(
        faults=(Fault(path="GET /subscriptions", status=401),),
        code=4,
        told="the token was refused, and so was a fresh one",
    ),
    "role assignments may not be read": Day(
        faults=(
            Fault(path=ASSIGNMENTS, status=403),
            Fault(path="/permissions", status=403),
        ),
        code=4,
        told=r"roleAssignments.*403[\s\S]*reader role",
    ),
    "deny assignments may not be read": Day(
        faults=(Fault(path=DENIES, status=403),), code=5, undetermined=UNREADABLE, told="403"
    ),
    "role definitions may not be read": Day(
        faults=(Fault(path="/roleDefinitions", status=403),), code=0, told="built-in-roles-added"
    ),
    "nothing proves what the reader may read": Day(
        faults=(
            Fault(path="/roleDefinitions", status=403),
            Fault(path="/permissions", status=403),
        ),
        code=4,
        told="nothing shows that the identity that runs the gate may read them",
    ),
    "locks may not be read": Day(faults=(Fault(path="/locks", status=403),), code=0, told="lock"),
    "registrations may not be read": Day(faults=(Fault(path="/providers\\?", status=403),), code=0),
    "eligible roles may not be read": Day(
        faults=(Fault(path="ScheduleInstances", status=403),), code=0
    ),
    "the line above may not be read": Day(faults=(Fault(path="getEntities", status=403),), code=0),
    "the group is not there yet": Day(
        faults=(Fault(path="/resourceGroups/", status=404),), code=0
    ),
    "throttled for a moment": Day(
        faults=(Fault(path=ASSIGNMENTS, on={1, 2}, status=429, headers={"Retry-After": "1"}),),
        code=0,
    ),
    "throttled past the deadline": Day(
        faults=(Fault(path=ASSIGNMENTS, status=429, headers={"Retry-After": "3600"}),),
        code=4,
        told="429.*wait past the deadline",
    ),
    "a server in trouble for a moment": Day(
        faults=(
            Fault(path=ASSIGNMENTS, on={1}, status=503),
            Fault(path=DENIES, on={1}, status=500),
        ),
        code=0,
    ),
    "a server in trouble": Day(
        faults=(Fault(path=ASSIGNMENTS, status=502),), code=4, told="502.*in trouble"
    ),
    "deny assignments in trouble": Day(
        faults=(Fault(path=DENIES, status=500),), code=5, undetermined=UNREADABLE
    ),
    "no answer in time": Day(
        faults=(Fault(path=ASSIGNMENTS, delay_s=HANG_S),),
        code=4,
        told="not done within 3 s|no answer in time",
        arguments=("--deadline", "3s"),
    ),
    "deny assignments not in time": Day(
        faults=(Fault(path=DENIES, delay_s=HANG_S),),
        code=5,
        undetermined=UNREADABLE,
        arguments=("--deadline", "12s"),
    ),
    "a connection lost for a moment": Day(
        faults=(Fault(path=ASSIGNMENTS, on={1}, cut="connection"),), code=0
    ),
    "a page cut off for a moment": Day(
        faults=(Fault(path=ASSIGNMENTS, on={1}, cut="body"),), code=0
    ),
    "a page cut off": Day(
        faults=(Fault(path=DENIES, cut="body"),), code=5, undetermined=UNREADABLE
    ),
    "connections lost": Day(
        faults=(Fault(path=ASSIGNMENTS, cut="connection"),), code=4, told="connection was lost"
    ),
    "pages that come again": Day(
        faults=(Fault(path=ASSIGNMENTS, rewrite=endless),), code=4, told="never end"
    ),
    "pages without end": Day(
        faults=(Fault(path=DENIES, rewrite=ever_further),), code=5, undetermined=UNREADABLE
    ),
    "a page that is no JSON": Day(
        faults=(Fault(path=ASSIGNMENTS, status=200, body="<html>sign in to the network</html>"),),
        code=4,
        told="roleAssignments",
    ),
    "a list that is an object": Day(
        faults=(Fault(path=DENIES, status=200, body={"value": {"id": "x"}}),),
        code=5,
        undetermined=UNREADABLE,
    ),
    "a row that is not understood": Day(
        faults=(Fault(path=DENIES, status=200, body={"value": [{"properties": 7}]}),),
        code=5,
        undetermined=UNREADABLE,
    ),
    "a redirection": Day(
        faults=(
            Fault(path=ASSIGNMENTS, status=302, headers={"Location": "https://elsewhere.example/"}),
        ),
        code=4,
    ),
    "the sign-in is throttled for an hour": Day(
        faults=(Fault(path="/oauth2/", status=429, headers={"Retry-After": "3600"}),),
        code=4,
        told="sign-in|wait",
        arguments=("--deadline", "5s"),
    ),
    "the sign-in hangs": Day(
        faults=(Fault(path="/oauth2/", delay_s=HANG_S),),
        code=4,
        told="sign-in",
        arguments=("--deadline", "3s"),
    ),
    "az hangs": Day(
        faults=(Fault(path="/_program/az", delay_s=HANG_S),),
        code=4,
        told="az login",
        arguments=("--auth", "cli", "--deadline", "3s"),
        kind="cli",
    ),
    "az prints something else": Day(
        faults=(
            Fault(
                path="/_program/az",
                status=200,
                body={"stdout": "{}", "stderr": "", "code": 0},
            ),
        ),
        code=4,
        told="az login",
        arguments=("--auth", "cli"),
        kind="cli",
    ),
    "the machine's identity hangs": Day(
        faults=(Fault(path="/metadata/", delay_s=HANG_S),),
        code=4,
        told="managed identity",
        arguments=("--deadline", "3s"),
        kind="imds",
    ),
    "the directory answers byte by byte": Day(
        faults=(Fault(path="/v1.0/", cut="drip"),),
        code=4,
        arguments=("--principal", OTHER, "--deadline", "4s"),
    ),
    "Resource Manager answers byte by byte": Day(
        faults=(Fault(path=ASSIGNMENTS, cut="drip"),),
        code=4,
        told="not done within 4 s",
        arguments=("--deadline", "4s"),
    ),
    "the sign-in answers byte by byte": Day(
        faults=(Fault(path="/oauth2/", cut="drip"),),
        code=4,
        told="not done within 4 s",
        arguments=("--deadline", "4s"),
    ),
    "a certificate that is never read to its end": Day(
        faults=(),
        code=4,
        told="not done within 3 s",
        arguments=("--deadline", "3s"),
        kind="certificate",
    ),
    "GitHub's issuer refuses": Day(
        faults=(Fault(path="/github/token", status=403),), code=4, told="OIDC", kind="oidc"
    ),
    "GitHub's issuer hangs": Day(
        faults=(Fault(path="/github/token", delay_s=HANG_S),),
        code=4,
        told="OIDC",
        arguments=("--deadline", "3s"),
        kind="oidc",
    ),
    "the pipeline's issuer leads to a sign-in page": Day(
        faults=(
            Fault(
                path="/pipelines/oidctoken",
                status=302,
                headers={"Location": "https://dev.azure.example/_signin"},
            ),
        ),
        code=4,
        told="service connection",
        kind="pipelines",
    ),
    "the sign-in gives no token": Day(
        faults=(Fault(path="/oauth2/", status=200, body={"token_type": "Bearer"}),), code=4
    ),
    "the token is no token": Day(
        faults=(
            Fault(
                path="/oauth2/",
                status=200,
                body={"token_type": "Bearer", "expires_in": 3600, "access_token": "opaque"},
            ),
        ),
        code=4,
    ),
    "the sign-in is in trouble": Day(
        faults=(Fault(path="/oauth2/", status=503),),
        code=4,
        arguments=("--deadline", "10s"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAYS)
def test_a_bad_day(name: str, azure: FakeAzure, gate: Gate, tmp_path: Path) -> None:
    day = DAYS[name]
    azure.script(*day.faults)
    env = {}
    if day.kind == "certificate":
        os.mkfifo(tmp_path / "never.pem")
        env = {"AZURE_CLIENT_CERTIFICATE_PATH": str(tmp_path / "never.pem")}

    ended = gate(*day.arguments, kind=day.kind, env=env)

    assert ended.code == day.code, ended.told
    assert re.search(day.told, ended.told), ended.told
    assert ended.undetermined() >= day.undetermined, ended.reasons()
    assert ended.report["exitCode"] == day.code
    assert ended.seconds < BUSY_S
