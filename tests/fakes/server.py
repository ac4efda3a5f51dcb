"""The transport: HTTP/1.1 in threads, with or without TLS, on a port of its own."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.exchange import Answer, Request

Cut = Literal["connection", "body", "drip"]
Reply = tuple[Answer, Cut | None]
"""The answer, and how to break off instead of giving it whole."""


class Listener:
    """A server on 127.0.0.1 that hands every call to one function."""

    def __init__(self, reply: Callable[[Request], Reply], tls: ssl.SSLContext | None) -> None:
        self._server = _Server(reply, "https" if tls else "http")
        if tls is not None:
            # The handshake belongs to the connection's thread, not to the one that accepts.
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        """Stop listening; open connections end with their clients."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, reply: Callable[[Request], Reply], scheme: str) -> None:
        self.reply = reply
        self.scheme = scheme
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away or do not trust us."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout: ClassVar[float | None] = 30

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write nothing: the log is the fake's own."""

    @property
    def _server(self) -> _Server:
        assert isinstance(self.server, _Server)
        return self.server

    def _reply(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            base=f"{self._server.scheme}://{self.headers.get('Host', '')}",
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        answer, cut = self._server.reply(request)
        if cut == "connection":
            self._break_off()
            return
        body = b"" if self.command == "HEAD" else answer.encoded()
        lines = [f"HTTP/1.1 {answer.status} -", f"Content-Length: {len(body)}"]
        lines += ["Content-Type: application/json; charset=utf-8"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode()
        if cut == "body":
            self.wfile.write(head + body[: len(body) // 2])
            self._break_off()
            return
        if cut == "drip":
            self._drip(head + body)
            return
        self.wfile.write(head + body)

    def _drip(self, whole: bytes) -> None:
        """Give the answer so slowly that no single wait is too long."""
        for byte in whole:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(2)

    def _break_off(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Answer every method alike: the base class looks for `do_METHOD`."""
        if name.startswith("do_"):
            return self._reply
        raise AttributeError(name)
