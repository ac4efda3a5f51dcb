"""One signed-in look at Azure: who asks, through which services, until when."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from preflight.access.calls import Call, CallLog, Service
from preflight.access.clouds import Cloud
from preflight.access.credentials import SignedIn, SignIn, sign_in
from preflight.access.deadline import Deadline
from preflight.access.versions import GRAPH_POSTS_THAT_READ, POSTS_THAT_READ


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """How to reach Azure."""

    cloud: Cloud
    auth: str = "auto"
    tenant: str | None = None
    deadline_s: float = 120.0
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    say: Callable[[Call], None] | None = None
    """Hears of each call as it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in identity with its services."""

    signed_in: SignedIn
    deadline: Deadline
    log: CallLog
    arm: Service
    graph: Service


def open_session(options: SessionOptions) -> Session:
    """Sign in; the deadline runs from here.

    Raises:
        NotSignedIn: nobody is signed in, or the sign-in failed.
        Unreachable: it was not done within the deadline.
        UsageError: an unknown `--auth`.
    """
    deadline = Deadline(options.deadline_s)
    how = SignIn(
        cloud=options.cloud,
        deadline=deadline,
        auth=options.auth,
        tenant=options.tenant,
        environ=options.environ,
    )
    signed_in = sign_in(how)
    cloud, tokens, log = options.cloud, signed_in.tokens, CallLog(options.say)

    def arm_token(claims: str | None, refused: str | None) -> str:
        return tokens.text(cloud.arm_scope, claims, refused)

    def graph_token(claims: str | None, refused: str | None) -> str:
        return tokens.text(cloud.graph_scope, claims, refused)

    return Session(
        signed_in=signed_in,
        deadline=deadline,
        log=log,
        arm=Service(cloud.arm, deadline, _reads_in_arm, arm_token, log=log),
        graph=Service(cloud.graph, deadline, _reads_in_graph, graph_token, log=log),
    )


def _reads_in_arm(path: str) -> bool:
    return path.rstrip("/") in POSTS_THAT_READ


def _reads_in_graph(path: str) -> bool:
    return path.rstrip("/").rpartition("/")[2] in GRAPH_POSTS_THAT_READ
