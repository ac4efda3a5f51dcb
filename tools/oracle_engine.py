"""The official deployment engine, asked through `bicep jsonrpc`: what would deploying this write?

The program answers JSON-RPC messages on its standard streams, each after a `Content-Length`
header. A template goes in through a parameter file that uses it; the answer lists the predicted
resources. What the engine cannot know offline stays an expression string, `[…]`, in the answer.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
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
_SCHEMA = "https://schema.management.azure.com/schemas/{}#"


class Refused(Exception):
    """The engine's own words why it takes something not."""


class Broken(Exception):
    """The program ended, or speaks another protocol."""


class Engine:
    """One running program; use it as a context manager."""

    def __init__(self, program: str) -> None:
        """Start the program; raises `OSError` where it cannot be."""
        self._process = subprocess.Popen(
            [program, "jsonrpc", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._folder = tempfile.TemporaryDirectory(prefix="preflight-oracle-")
        self._asked = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """End the program."""
        self._process.terminate()
        self._process.wait(10)
        self._folder.cleanup()

    def call(self, method: str, parameters: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """Send one request and wait for its answer; raises `Refused` or `Broken`."""
        self._asked += 1
        request = {"jsonrpc": "2.0", "id": self._asked, "method": f"bicep/{method}"}
        body = json.dumps({**request, "params": parameters}).encode()
        to, back = _stream(self._process.stdin), _stream(self._process.stdout)
        to.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        to.flush()
        answer = _message(back)
        while answer.get("id") != self._asked:
            answer = _message(back)
        match answer:
            case {"error": {"message": str(message)}}:
                raise Refused(message)
            case {"result": dict(result)}:
                return result
        raise Broken(f"it answers {answer!r:.200}")

    def predict(self, template: Mapping[str, JsonValue], scope: str) -> list[dict[str, JsonValue]]:
        """Return the rows that deploying a template at an invented place would write."""
        path = Path(self._folder.name) / "main.json"
        path.write_text(json.dumps(template), encoding="utf-8")
        return self.predict_file(path, scope)

    def predict_file(self, path: Path, scope: str) -> list[dict[str, JsonValue]]:
        """Return the rows for a template file, with its parameters' default values."""
        use = Path(self._folder.name) / "main.bicepparam"
        use.write_text(f"using '{_escaped(path, use.parent)}'\n", encoding="utf-8")
        snapshot = self.call(
            "getSnapshot",
            {"path": str(use), "metadata": _place(scope), "externalInputs": None},
        )
        rows = json.loads(str(snapshot["snapshot"]))["predictedResources"]
        return [row for row in rows if isinstance(row, dict)]


def document(scope: str, **sections: JsonValue) -> dict[str, JsonValue]:
    """Return a template of a scope with the sections given."""
    schema = _SCHEMA.format(SCHEMAS[scope])
    return {"$schema": schema, "contentVersion": "1.0.0.0", **sections}


def _place(scope: str) -> dict[str, JsonValue]:
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


def _escaped(path: Path, folder: Path) -> str:
    """Return a path for a Bicep string, relative to a folder."""
    relative = os.path.relpath(path.resolve(), folder.resolve())
    return f"./{Path(relative).as_posix()}".replace("'", "\\'")


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
        raise Broken("it ended")
    answer = json.loads(stream.read(length))
    return answer if isinstance(answer, dict) else {}
