"""The official deployment engine, asked through `bicep jsonrpc`: what would deploying this write?

The program answers JSON-RPC messages on its standard streams, each after a `Content-Length`
header. A template goes in through a parameter file that uses it; the answer lists the predicted
resources. What the engine cannot know offline stays an expression string, `[…]`, in the answer.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from preflight.model.value import JsonValue

TENANT = "22222222-2222-2222-2222-222222222222"
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = "rg-app"
MANAGEMENT_GROUP = "contoso"
LOCATION = "westeurope"
DEPLOYMENT = "main"
SCOPES = {
    "resourceGroup": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}",
    "subscription": f"/subscriptions/{SUBSCRIPTION}",
    "managementGroup": f"/providers/Microsoft.Management/managementGroups/{MANAGEMENT_GROUP}",
    "tenant": "/",
}
"""Kind of deployment → the invented place that it goes to."""
SCHEMAS = {
    "resourceGroup": "2019-04-01/deploymentTemplate.json",
    "subscription": "2018-05-01/subscriptionDeploymentTemplate.json",
    "managementGroup": "2019-08-01/managementGroupDeploymentTemplate.json",
    "tenant": "2019-08-01/tenantDeploymentTemplate.json",
}
ANSWER_S = 20
"""Seconds: some ranges the engine walks item by item, for hours."""
_SCHEMA = "https://schema.management.azure.com/schemas/{}#"


class Refused(Exception):
    """The engine's own words why it takes something not."""


class Silent(Refused):
    """The engine was ended because it did not answer in time."""


class _Ended(Exception):
    """The program closed its streams."""


class Broken(Exception):
    """The program speaks another protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What the engine predicts for one template."""

    rows: tuple[dict[str, JsonValue], ...]
    short_circuited: bool
    """Whether it could not look into some nested deployment."""


class Engine:
    """One running program, started anew where a question was too much; a context manager."""

    def __init__(self, program: str) -> None:
        """Start the program; raises `OSError` where it cannot be."""
        self._program = program
        self._process = self._start()
        self._folder = tempfile.TemporaryDirectory(prefix="preflight-oracle-")
        self._asked = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End the program."""
        self._end()
        self._folder.cleanup()

    def call(self, method: str, parameters: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """Send one request and wait for its answer.

        Raises:
            Refused: the engine says no; `Silent` where it says nothing.
            Broken: the answer is no JSON-RPC.
        """
        self._asked += 1
        request = {"jsonrpc": "2.0", "id": self._asked, "method": f"bicep/{method}"}
        timer = threading.Timer(ANSWER_S, self._process.kill)
        timer.start()
        try:
            answer = self._answer(json.dumps({**request, "params": parameters}).encode())
        except _Ended:
            self._end()
            self._process = self._start()
            raise Silent(f"no answer in {ANSWER_S} s") from None
        finally:
            timer.cancel()
        match answer:
            case {"error": {"message": str(message)}}:
                raise Refused(message)
            case {"result": dict(result)}:
                return result
            case _:
                raise Broken(f"it answers {answer!r:.200}")

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [self._program, "jsonrpc", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def _end(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def _answer(self, body: bytes) -> dict[str, JsonValue]:
        """Send a request, and return the message that answers it."""
        to, back = _stream(self._process.stdin), _stream(self._process.stdout)
        to.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        to.flush()
        while (answer := _message(back)).get("id") != self._asked:
            pass
        return answer

    def predict(self, template: Mapping[str, JsonValue], scope: str) -> Prediction:
        """Return what deploying a template at an invented place would write."""
        folder = Path(self._folder.name)
        (folder / "main.json").write_text(json.dumps(template), encoding="utf-8")
        use = folder / "main.bicepparam"
        use.write_text("using './main.json'\n", encoding="utf-8")
        snapshot = self.call(
            "getSnapshot",
            {"path": str(use), "metadata": place_of(scope), "externalInputs": None},
        )
        found = json.loads(str(snapshot["snapshot"]))
        return Prediction(
            rows=tuple(row for row in found["predictedResources"] if isinstance(row, dict)),
            short_circuited="ShortCircuited" in json.dumps(found.get("diagnostics")),
        )


def document(scope: str, **sections: JsonValue) -> dict[str, JsonValue]:
    """Return a template of a scope with the sections given."""
    schema = _SCHEMA.format(SCHEMAS[scope])
    return {"$schema": schema, "contentVersion": "1.0.0.0", **sections}


def place_of(scope: str) -> dict[str, JsonValue]:
    """Return the metadata that a kind of deployment has; the others must be null."""
    in_subscription = scope in {"resourceGroup", "subscription"}
    return {
        "tenantId": TENANT,
        "subscriptionId": SUBSCRIPTION if in_subscription else None,
        "resourceGroup": GROUP if scope == "resourceGroup" else None,
        "managementGroupId": MANAGEMENT_GROUP if scope == "managementGroup" else None,
        "location": LOCATION,
        "deploymentName": DEPLOYMENT,
    }


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise Broken("it has no standard streams")
    return stream


def _message(stream: IO[bytes]) -> dict[str, JsonValue]:
    """Read one message: headers, an empty line, and as many bytes as they say."""
    length = None
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    if length is None:
        raise _Ended
    answer = json.loads(stream.read(length))
    return answer if isinstance(answer, dict) else {}
