"""The fake itself: one tenant behind real HTTPS.

    with FakeAzure(document) as azure:
        azure.sign_in(principal)
        subprocess.run(["preflight", …], env={…, **azure.environment("secret")})
        assert azure.log.of("arm")

ARM and Entra are at `https://localhost:PORT`, Graph at `https://127.0.0.1:PORT`, managed
identity at `http://127.0.0.1:OTHER`.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fakes import (
    arm,
    certificates,
    entra,
    environments,
    graph,
    issuers,
    machine_identity,
    programs,
)
from tests.fakes.exchange import Answer, Fault, FaultScript, Logged, Request
from tests.fakes.rows import Row, text
from tests.fakes.server import Listener, Reply
from tests.fakes.sign_ins import SignIns
from tests.fakes.tenant import Tenant
from tests.fakes.tokens import Tokens

ARM_AUDIENCE = "https://management.azure.com"
GRAPH_AUDIENCE = "https://graph.microsoft.com"


class Log:
    """Every call, in the order of arrival."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Logged] = []

    def add(self, call: Logged) -> None:
        """Keep one call."""
        with self._lock:
            self._calls.append(call)

    def clear(self) -> None:
        """Forget all calls so far."""
        with self._lock:
            self._calls.clear()

    def of(self, *surfaces: str) -> tuple[Logged, ...]:
        """Return the calls of these surfaces; of all without one."""
        with self._lock:
            return tuple(call for call in self._calls if not surfaces or call.surface in surfaces)


class FakeAzure:
    """A tenant that answers; use it as a context manager."""

    def __init__(self, document: Row, *, latency_s: float = 0, page_size: int = 1000) -> None:
        self.tenant = Tenant(document=document)
        self.tokens = Tokens()
        self.sign_ins = SignIns()
        self.faults = FaultScript()
        self.log = Log()
        self.latency_s = latency_s
        """What every call of ARM and Graph takes."""
        self.page_size = page_size
        self.arm_audiences = {ARM_AUDIENCE, "https://management.core.windows.net"}
        self.graph_audiences = {GRAPH_AUDIENCE}
        self.graph_allowed = True
        self.graph_names = True
        """False: Graph gives IDs and types, but no names."""
        self.empty_when_refused: set[str] = set()
        """Lists (names in lower case) that answer with nothing to whom may not read them."""
        self.permissions_refused: set[str] = set()
        """Folded scopes at which the Permissions API answers 403."""
        self.not_enforced: set[str] = set()
        """IDs (in lower case) of assignments that are listed, but not enforced yet."""
        self.deployments: list[Row] = []
        self.events: list[Row] = []
        self.what_if: Row | None = None
        self._stopping = threading.Event()
        self._folder = tempfile.TemporaryDirectory(prefix="fake-azure-")
        self.folder = Path(self._folder.name)
        files = certificates.issue(self.folder)
        self.authority_file = files.authority
        self._listener = Listener(self._reply, files.context())
        self._machine = Listener(self._reply, None)
        self.url = f"https://localhost:{self._listener.port}"
        self.authority = self.url
        self.graph_url = f"https://127.0.0.1:{self._listener.port}"
        self.graph_audiences.add(self.graph_url)
        self.arm_audiences.add(self.url)
        self.machine_url = f"http://127.0.0.1:{self._machine.port}"

    def __enter__(self) -> Self:
        """Return the running fake."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.close()

    def close(self) -> None:
        """Stop listening and remove the certificates."""
        self._stopping.set()
        self._listener.close()
        self._machine.close()
        self._folder.cleanup()

    def load(self, document: Row) -> None:
        """Be another tenant from now on."""
        self.tenant = Tenant(document=document)

    def known_audience(self, audience: str) -> bool:
        """Whether a token can be asked for this service."""
        return audience.rstrip("/") in self.arm_audiences | self.graph_audiences

    def sign_in(self, principal: str) -> None:
        """Let every way of signing in lead to this principal, where it can."""
        oid = principal.lower()
        app_id = text(self.tenant.principals[oid].get("appId")).lower()
        for program in self.sign_ins.programs.values():
            program.principal = oid
            program.cached.clear()
        if app_id:
            self.sign_ins.machine = oid
            self.sign_ins.secret(app_id)
            self.sign_ins.connections[environments.CONNECTION] = app_id
            self.sign_ins.federate(app_id, issuers.GITHUB_SUBJECT)
            self.sign_ins.federate(app_id, issuers.subject(environments.CONNECTION))

    def environment(self, kind: str, principal: str | None = None) -> dict[str, str]:
        """Return the variables with which a place offers one way of signing in."""
        return environments.variables(self, kind, principal)

    def token(self, principal: str, audience: str = ARM_AUDIENCE) -> str:
        """Give out a token directly."""
        return self.tokens.issue(self.tenant, principal.lower(), audience).token

    def programs(self, *names: str) -> Path:
        """Write `az`, `azd` and `pwsh` (or some of them) into a folder for PATH."""
        return programs.install(self, self.folder / "bin", names or ("az", "azd", "pwsh"))

    def secrets(self) -> Iterable[str]:
        """Return everything that no output may ever show."""
        return [*self.tokens.all(), *self.sign_ins.all()]

    def script(self, *faults: Fault) -> None:
        """Put faults in force."""
        self.faults.add(*faults)

    def _reply(self, request: Request) -> Reply:
        surface = _surface(request)
        authorization = request.headers.get("authorization", "")
        caller = self.tokens.caller(authorization) if authorization else None
        known = Request(
            method=request.method, base=request.base, path=request.path, query=request.query,
            headers=request.headers, body=request.body, caller=caller,
        )  # fmt: skip
        fault = self.faults.take(known)
        delay = (fault.delay_s if fault else 0) + (
            self.latency_s if surface in {"arm", "graph"} else 0
        )
        if delay:
            self._stopping.wait(delay)
        answer = Answer() if fault and fault.status is not None else self._answer(surface, known)
        if fault is not None:
            answer = fault.apply(known, answer)
        cut = fault.cut if fault else None
        self.log.add(
            Logged(
                surface=surface,
                method=request.method,
                base=request.base,
                path=request.path,
                query=request.query,
                caller=caller.principal if caller else "?" if authorization else None,
                status=None if cut == "connection" else answer.status,
                user_agent=request.headers.get("user-agent", ""),
                document=request.document if surface in {"arm", "graph"} else {},
            )
        )
        return answer, cut

    def _answer(self, surface: str, request: Request) -> Answer:
        return _SURFACES[surface](self, request)


_SURFACES: Mapping[str, Callable[[FakeAzure, Request], Answer]] = {
    "arm": arm.answer,
    "entra": entra.answer,
    "graph": graph.answer,
    "github": issuers.github,
    "pipelines": issuers.pipelines,
    "identity": machine_identity.answer,
    "program": programs.answer,
}


def _surface(request: Request) -> str:
    path = request.path
    prefixes = {
        graph.PREFIX: "graph",
        issuers.GITHUB: "github",
        issuers.PIPELINES: "pipelines",
        machine_identity.IMDS: "identity",
        machine_identity.APP_SERVICE: "identity",
        programs.ROUTE: "program",
        entra.DISCOVERY: "entra",
    }
    for prefix, surface in prefixes.items():
        if path.startswith(prefix):
            return surface
    return "entra" if entra.ROUTE.fullmatch(path) else "arm"
