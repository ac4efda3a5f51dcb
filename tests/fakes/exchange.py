"""One call: what was asked, what is answered, what is kept of it, what may go wrong with it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.rows import Row, row

from preflight.model.value import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whose token came with a call."""

    principal: str
    tenant: str
    audience: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call as it arrived; header names are in lower case."""

    method: str
    base: str
    """Scheme, host and port as the client addressed them."""
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    caller: Caller | None = None

    @property
    def document(self) -> Row:
        """The body as a JSON object; an empty one if it is none."""
        try:
            return row(json.loads(self.body or b"{}"))
        except ValueError:
            return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: JsonValue = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """Return the body's bytes; a text stays as it is."""
        if self.body is None:
            return b""
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body).encode()


def failure(status: int, code: str, message: str) -> Answer:
    """Return an error in the shape of ARM and Graph."""
    return Answer(status=status, body={"error": {"code": code, "message": message}})


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """What the log keeps of one call; no token, but whose it was."""

    surface: str
    """arm, graph, entra, github, pipelines, identity or program."""
    method: str
    base: str
    path: str
    query: Mapping[str, str]
    caller: str | None
    """Object ID of the token's principal, `?` for a token that is not ours, None without one."""
    status: int | None
    """None when the connection was cut."""
    user_agent: str
    document: Row
    """The body of a POST of ARM or Graph; empty elsewhere."""

    @property
    def api_version(self) -> str | None:
        """The version that was asked for."""
        return self.query.get("api-version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong with calls whose `METHOD /path?query` matches."""

    path: str
    """A regular expression, searched without regard to case."""
    on: Collection[int] | None = None
    """Which of the matching calls, from 1; None: all of them."""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: JsonValue = None
    delay_s: float = 0
    cut: Literal["connection", "body", "drip"] | None = None
    """Close without an answer, or in the middle of its body; or give it byte by byte."""
    rewrite: Callable[[Request, JsonValue], JsonValue] | None = None
    """Change the body of the faultless answer."""

    def apply(self, request: Request, answer: Answer) -> Answer:
        """Return the answer with the fault in it."""
        if self.status is not None:
            body = self.body
            if body is None:
                code = f"Fault{self.status}"
                body = {"error": {"code": code, "message": "as the fault script says"}}
            return Answer(status=self.status, body=body, headers=self.headers)
        body = self.rewrite(request, answer.body) if self.rewrite else answer.body
        return Answer(status=answer.status, body=body, headers={**answer.headers, **self.headers})


class FaultScript:
    """The faults in force, counting the calls that each one matches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[tuple[Fault, list[int]]] = []

    def add(self, *faults: Fault) -> None:
        """Put faults in force; the first that applies to a call is taken."""
        with self._lock:
            self._faults += [(fault, [0]) for fault in faults]

    def clear(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._faults.clear()

    def take(self, request: Request) -> Fault | None:
        """Return the fault for this call, and count it."""
        query = "&".join(f"{name}={value}" for name, value in request.query.items())
        line = f"{request.method} {request.path}?{query}"
        chosen: Fault | None = None
        with self._lock:
            for fault, count in self._faults:
                if re.search(fault.path, line, re.IGNORECASE):
                    count[0] += 1
                    if chosen is None and (fault.on is None or count[0] in fault.on):
                        chosen = fault
        return chosen
