"""A container registry that speaks TLS on this machine, with the faults that a test asks for."""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.ms.bicep.module.config.v1+json"
ARTIFACT = "application/vnd.ms.bicep.module.artifact"
LAYER = "application/vnd.ms.bicep.module.layer.v1+json"
TOKEN = "anonymous-token"  # noqa: S105 - nothing is protected by it


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass(frozen=True)
class Seen:
    """One request."""

    method: str
    path: str
    authorization: str | None


@dataclass
class FakeRegistry:
    """What the registry keeps, and how it misbehaves."""

    port: int = 0
    manifests: dict[tuple[str, str], bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    asks_for_token: bool = False
    realm: str | None = None
    """Where tokens are handed out; None for this registry itself."""
    challenge: str | None = None
    """The whole challenge, in place of one with `realm`."""
    gives_token: bool = True
    blob_redirect: str | None = None
    """Where a blob's URL leads; `{path}` stands for the path on this server."""
    manifest_redirect: str | None = None
    tampered: bool = False
    header_digest: str | None = None
    pause: float = 0.0
    """Seconds between the bytes of a blob."""
    drip: bytes = b""
    """What is sent again and again before an answer, twenty times a second."""
    endless: bool = False
    cut: bool = False
    status: int = 200
    seen: list[Seen] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def publish(
        self,
        repository: str,
        tag: str,
        template: bytes,
        *,
        layer: dict[str, object] | None = None,
        config: str = CONFIG,
        artifact: str | None = ARTIFACT,
    ) -> str:
        """Keep a module under a tag and its digest; return the digest."""
        main = {"mediaType": LAYER, "digest": digest_of(template), "size": len(template)}
        document = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": artifact,
            "config": {"mediaType": config, "digest": digest_of(b"{}"), "size": 2},
            "layers": [{**main, **(layer or {})}],
        }
        manifest = json.dumps(document).encode()
        digest = digest_of(manifest)
        self.manifests[repository, tag] = manifest
        self.manifests[repository, digest] = manifest
        self.blobs[digest_of(template)] = template
        return digest


@contextmanager
def serve(registry: FakeRegistry, context: ssl.SSLContext) -> Iterator[FakeRegistry]:
    """Run the registry until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            """Stay silent."""

        def do_GET(self) -> None:
            _answer(registry, self)

        def do_HEAD(self) -> None:
            registry.seen.append(Seen("HEAD", self.path, None))
            self.send_error(405)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    registry.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(registry: FakeRegistry, handler: BaseHTTPRequestHandler) -> None:
    authorization = handler.headers.get("Authorization")
    registry.seen.append(Seen("GET", handler.path, authorization))
    if registry.drip and not _drip(registry.drip, handler):
        return
    url = urlsplit(handler.path)
    parts = url.path.strip("/").split("/")
    if url.path == "/token":
        _give_token(registry, handler, parse_qs(url.query))
    elif registry.status != 200:
        _send(handler, registry.status, b"")
    elif parts[0] == "data":
        _send_blob(registry, handler, parts[-1])
    elif registry.asks_for_token and authorization != f"Bearer {TOKEN}":
        realm = registry.realm or f"https://{registry.host}/token"
        challenge = f'Bearer realm="{realm}",service="{registry.host}",scope="repository:x:pull"'
        challenge = registry.challenge or challenge
        _send(handler, 401, b"", {"WWW-Authenticate": challenge})
    elif "manifests" in parts:
        _give_manifest(registry, handler, "/".join(parts[1:-2]), parts[-1])
    elif registry.blob_redirect is not None:
        place = registry.blob_redirect.replace("{path}", f"/data/{parts[-1]}")
        _send(handler, 307, b"", {"Location": place})
    else:
        _send_blob(registry, handler, parts[-1])


def _drip(text: bytes, handler: BaseHTTPRequestHandler) -> bool:
    """Send a text for ten seconds; tell whether somebody listened for so long."""
    try:
        for _ in range(200):
            handler.wfile.write(text)
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        handler.close_connection = True
        return False
    return True


def _give_token(
    registry: FakeRegistry, handler: BaseHTTPRequestHandler, query: dict[str, list[str]]
) -> None:
    scoped = query.get("scope", [""])[0].startswith("repository:")
    answer = {"access_token": TOKEN} if registry.gives_token and scoped else {}
    _send(handler, 200, json.dumps(answer).encode())


def _give_manifest(
    registry: FakeRegistry, handler: BaseHTTPRequestHandler, repository: str, version: str
) -> None:
    if registry.manifest_redirect is not None:
        _send(handler, 302, b"", {"Location": registry.manifest_redirect})
        return
    manifest = registry.manifests.get((repository, version))
    if manifest is None:
        _send(handler, 404, b"{}")
        return
    digest = registry.header_digest or digest_of(manifest)
    _send(handler, 200, manifest, {"Docker-Content-Digest": digest})


def _send_blob(registry: FakeRegistry, handler: BaseHTTPRequestHandler, digest: str) -> None:
    content = registry.blobs.get(digest, b"")
    if registry.tampered:
        content = content[:-1] + b"?"
    handler.send_response(200)
    if not registry.endless:
        handler.send_header("Content-Length", str(len(content)))
    if registry.cut:
        content = content[: len(content) // 2]
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    try:
        for _ in range(1_000_000 if registry.endless else 1):
            for byte in content if registry.pause else ():
                handler.wfile.write(bytes([byte]))
                time.sleep(registry.pause)
            if not registry.pause:
                handler.wfile.write(content)
    except OSError:
        return  # the client has had enough


def _send(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None
) -> None:
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
