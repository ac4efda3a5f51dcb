"""Every transport and policy list of the program: the only way out to the network.

What leaves is a GET or one of a few POSTs that read, to the one host that the token is for; no
provider is ever registered, no redirect followed. Retries are few, honour `Retry-After`, and
never outlast the deadline: the sign-in library's own pipeline, which would sleep an hour if told
so, gets the same transport.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeAlias
from urllib.parse import urlsplit

from azure.core import PipelineClient
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy, RetryPolicy, SansIOHTTPPolicy
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest, HttpResponse

from preflight._version import __version__
from preflight.access.deadline import Deadline
from preflight.access.json_text import MAXIMUM_BYTES
from preflight.errors import AccessError

Request: TypeAlias = "PipelineRequest[HttpRequest]"
Response: TypeAlias = "PipelineResponse[HttpRequest, HttpResponse]"
Client: TypeAlias = "PipelineClient[HttpRequest, HttpResponse]"
AskToken: TypeAlias = "Callable[[str | None, str | None], str]"
"""(claims that were asked for, the token that was refused) → the text of the one to use."""

CONNECT_S = 5.0
"""Longest wait for a connection."""
READ_S = 30.0
"""Longest silence while an answer is read."""
_TWO_WAYS = re.compile(r"[^!-~]|\\")
"""Backslashes, blanks, control characters, and what is not ASCII."""
MAXIMUM_RETRIES = 3
AGENT = f"preflight/{__version__}"


class _Answer(Protocol):
    """What of an answer of `requests` matters here: its body, unpacked part by part."""

    url: str
    iter_content: Callable[[int], Iterator[bytes]]


class DeadlineTransport(RequestsTransport):  # type: ignore[misc]  # azure-core exports it lazily, untyped
    """A transport that never waits past the deadline, neither for an answer nor for a retry.

    Proxies (`HTTPS_PROXY`, `NO_PROXY`) and authorities (`REQUESTS_CA_BUNDLE`) are taken from the
    environment, as the transport supports them.
    """

    def __init__(self, deadline: Deadline) -> None:
        """Keep the deadline."""
        super().__init__(connection_timeout=CONNECT_S, read_timeout=READ_S)
        self._deadline = deadline

    def open(self) -> None:
        """Begin a session whose answers are bounded."""
        super().open()
        self.session.hooks["response"] = [self._bound]

    def _bound(self, answer: _Answer, **_: object) -> None:
        """Keep what is small compressed and huge unpacked, or never ends, from being read."""
        whole = answer.iter_content

        def counted(size: int) -> Iterator[bytes]:
            return self._counted(whole(size), answer.url)

        answer.iter_content = counted

    def _counted(self, parts: Iterable[bytes], url: str) -> Iterator[bytes]:
        read = 0
        for part in parts:
            read += len(part)
            if read > MAXIMUM_BYTES:
                raise AccessError(
                    f"{urlsplit(url).path} answered more than {MAXIMUM_BYTES // 1_000_000} MB",
                    help="a proxy may have answered instead, or collect the evidence of fewer"
                    " scopes",
                )
            if self._deadline.over:
                raise self._deadline.error(f"reading the answer of {urlsplit(url).path}")
            yield part

    def sleep(self, duration: float) -> None:
        """Wait before a retry; refuse to wait past the deadline."""
        if duration >= self._deadline.remaining:
            raise AccessError(
                f"the service asks to wait {duration:.0f} s, which is past the deadline",
                help="try again later, or raise the limit with --deadline",
            )
        super().sleep(duration)

    def send(self, request: HttpRequest, **options: object) -> HttpResponse:
        """Send with time-outs that end at the deadline."""
        remaining = self._deadline.remaining
        if remaining <= 0:
            raise self._deadline.error(f"{request.method} {urlsplit(request.url).path}")
        for name, longest in (("connection_timeout", CONNECT_S), ("read_timeout", READ_S)):
            stated = options.get(name)
            given = stated if isinstance(stated, (int, float)) else longest
            options[name] = min(given, longest, remaining)
        response: HttpResponse = super().send(request, **options)
        return response


class _Retry(RetryPolicy[HttpRequest, HttpResponse]):
    """Few retries, none that would end past the deadline: the answer itself is returned then."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__(
            retry_total=MAXIMUM_RETRIES,
            retry_connect=2,
            retry_read=2,
            retry_status=MAXIMUM_RETRIES,
            retry_backoff_factor=0.4,
            retry_backoff_max=8,
            retry_on_methods=frozenset({"GET", "POST"}),
        )
        self._deadline = deadline

    def get_retry_after(self, response: Response) -> float | None:  # type: ignore[override]  # azure-core is generic in the request here
        """Return how long the service asks to wait; None where what it says is no time."""
        try:
            return super().get_retry_after(response)
        except (ValueError, OverflowError):
            return None

    def is_retry(self, settings: dict[str, object], response: Response) -> bool:  # type: ignore[override]  # azure-core types settings loosely
        """Whether to ask once more."""
        asked = self.get_retry_after(response) or 0
        return asked < self._deadline.remaining and super().is_retry(settings, response)


class Guard(SansIOHTTPPolicy[HttpRequest, HttpResponse]):
    """Refuses whatever does not only read, or goes to another host."""

    def __init__(self, base: str, reads: Callable[[str], bool]) -> None:
        """Keep the only host and which paths may be asked with POST."""
        self._base = origin(base)
        self._reads = reads

    def on_request(self, request: Request) -> None:
        """Let a request pass or raise."""
        asked = request.http_request
        if not self._base or origin(asked.url) != self._base:
            raise AccessError(
                f"a call to another host than {self._base} was refused",
                help="no token is ever sent there; the service's answer is not to be trusted",
            )
        path = urlsplit(asked.url).path.lower()
        if asked.method != "GET" and not (asked.method == "POST" and self._reads(path)):
            raise AccessError(f"{asked.method} {path} is no call that only reads: it was refused")


class Bearer(HTTPPolicy[HttpRequest, HttpResponse]):
    """Puts the token on, and takes a fresh one once when it was refused (401)."""

    def __init__(self, base: str, token: AskToken) -> None:
        """Keep the only host that may see the token."""
        super().__init__()
        self._base = origin(base)
        self._token = token

    def send(self, request: Request) -> Response:
        """Send with the token; once more with a fresh one where it was refused."""
        token = self._token(None, None)
        response = self._sent(request, token)
        if response.http_response.status_code != 401:  # noqa: PLR2004 - unauthorized
            return response
        challenge = response.http_response.headers.get("WWW-Authenticate", "")
        fresh = self._token(_claims(challenge), token)
        return response if fresh == token else self._sent(request, fresh)

    def _sent(self, request: Request, token: str) -> Response:
        asked = request.http_request
        if origin(asked.url) != self._base or not self._base.startswith("https://"):
            raise AccessError("a token was about to go to another host than its own: refused")
        asked.headers["Authorization"] = f"Bearer {token}"
        return self.next.send(request)


def _claims(challenge: str) -> str | None:
    """Return the claims that a challenge asks for (continuous access evaluation)."""
    import base64  # noqa: PLC0415 - only after a refusal

    match = re.search(r'claims="([A-Za-z0-9+/_=-]+)"', challenge)
    if match is None:
        return None
    try:
        padded = match[1] + "=" * (-len(match[1]) % 4)
        return base64.b64decode(padded, altchars=b"-_").decode("utf-8")
    except ValueError:
        return None


def origin(url: str) -> str:
    r"""Return scheme, host and port of an address, folded; empty for text that is none.

    Parsers do not agree where a host ends: `https://a\@b` is `b` to this library and `a` to the
    one that connects. What they could read in two ways is no address.
    """
    if _TWO_WAYS.search(url) or "@" in url.partition("//")[2].partition("/")[0]:
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme.lower(), 0)
    except ValueError:
        return ""
    return f"{parts.scheme.lower()}://{(parts.hostname or '').lower()}:{port}"


def client(base: str, deadline: Deadline, reads: Callable[[str], bool], token: AskToken) -> Client:
    """Return a client of one service; `reads` says which paths may be asked with POST."""
    return _client(base, deadline, Guard(base, reads), Bearer(base, token))


def plain_client(base: str, deadline: Deadline, headers: Mapping[str, str]) -> Client:
    """Return a client that carries only these headers: for a pipeline's own token issuer."""
    return _client(base, deadline, Guard(base, lambda _: False), Headers(headers))


def _client(base: str, deadline: Deadline, guard: Guard, last: Bearer | Headers) -> Client:
    """Put the policy list together: nothing of azure-core's defaults is in it."""
    # Azure keeps the hierarchy of management groups for half an hour unless told otherwise.
    stated = {"User-Agent": AGENT, "Accept": "application/json", "Cache-Control": "no-cache"}
    identity = Headers(stated)
    policies: list[Headers | _Retry | Guard | Bearer] = [identity, _Retry(deadline), guard, last]
    return PipelineClient(base, policies=policies, transport=DeadlineTransport(deadline))


class Headers(SansIOHTTPPolicy[HttpRequest, HttpResponse]):
    """Puts fixed headers on."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """Keep them."""
        super().__init__()
        self._headers = dict(headers)

    def on_request(self, request: Request) -> None:
        """Put them on."""
        for name, value in self._headers.items():
            request.http_request.headers[name] = value
