"""Pulls from a container registry over HTTPS: anonymous, digest checked, bounded.

Only the hosts that the user gave are spoken to, and for a blob the data endpoints that belong to
one of them by name: a registry of Azure answers a blob with a redirect there. No credential is
ever sent but the anonymous token that the registry itself handed out, and that to it alone.

Source: OCI distribution specification ("Pulling manifests", "Pulling blobs"); Docker registry
token authentication (the challenge); Azure Container Registry, "Dedicated data endpoints" (blobs
answer 307, `NAME.REGION.data.azurecr.io`) and "Client firewall rules for MCR"
(`*.data.mcr.microsoft.com`).
"""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse

from preflight._version import __version__
from preflight.access.deadline import Deadline, side_by_side
from preflight.errors import AccessError, Forbidden, Unreachable
from preflight.model.artifact import PUBLIC_REGISTRY

MANIFEST_BYTES = 1_000_000
TOKEN_BYTES = 100_000
_REDIRECTS = 3
_CHUNK = 65_536
_REQUEST_SECONDS = 20.0
_UNAUTHORIZED = 401
_REDIRECT_CODES = frozenset({301, 302, 303, 307, 308})
_ADVICE = {
    400: "check the module's path and version",
    403: "the registry does not give the module to everybody",
    404: "check the module's path and version",
}
_PARAMETER = re.compile(r'(?<![a-zA-Z_])([a-zA-Z_]++)="([^"]*+)"')
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a registry sent: the headers by lower-case name, and the whole body."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class RegistryClient:
    """Pulls manifests and blobs from registries that the user named."""

    hosts: tuple[str, ...]
    """Hosts that may be spoken to, with a port where it is not 443."""
    seconds: float
    """Time for everything that this client does."""
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    _until: float = field(init=False)
    _tokens: dict[tuple[str, str], str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Start the clock."""
        self._until = time.monotonic() + self.seconds

    def allows(self, host: str) -> bool:
        """Whether a host was given by the user."""
        return host.lower() in {known.lower() for known in self.hosts}

    def manifest(self, registry: str, repository: str, version: str, accept: str) -> Answer:
        """Return a manifest by tag or digest; one named by its digest is checked.

        Raises:
            AccessError: the registry may not be asked, refuses, or answers something else.
        """
        url = f"https://{registry}/v2/{repository}/manifests/{version}"
        answer = self._pull(url, repository, limit=MANIFEST_BYTES, accept=accept)
        expected = version if ":" in version else answer.headers.get("docker-content-digest", "")
        if expected and expected != digest_of(answer.body):
            raise AccessError(f"the manifest from `{registry}` is not the one of its digest")
        return answer

    def blob(self, registry: str, repository: str, digest: str, size: int) -> bytes:
        """Return a blob whose digest and size the manifest tells.

        Raises:
            AccessError: as `manifest`, or the content is another.
        """
        url = f"https://{registry}/v2/{repository}/blobs/{digest}"
        body = self._pull(url, repository, limit=size, accept="*/*").body
        if len(body) != size or digest_of(body) != digest:
            raise AccessError(f"the content from `{registry}` is not the one of its digest")
        return body

    def _pull(self, url: str, repository: str, *, limit: int, accept: str) -> Answer:
        """Get what a registry keeps, with an anonymous token where it asks for one."""
        host = urllib.parse.urlsplit(url).netloc
        if not self.allows(host):
            raise Forbidden(
                f"the registry `{host}` may not be asked", help=f"name it with --registry {host}"
            )
        headers = {"Accept": accept}
        if (host, repository) in self._tokens:
            headers["Authorization"] = f"Bearer {self._tokens[host, repository]}"
        try:
            return self._get(url, headers, limit)
        except _AskedForTokenError as asked:
            if "Authorization" in headers:
                raise Forbidden(f"`{host}` does not give `{repository}` to everybody") from None
            token = self._token(host, repository, asked.challenge)
        self._tokens[host, repository] = token
        try:
            return self._get(url, {**headers, "Authorization": f"Bearer {token}"}, limit)
        except _AskedForTokenError:
            raise Forbidden(f"`{host}` does not give `{repository}` to everybody") from None

    def _token(self, host: str, repository: str, challenge: str) -> str:
        """Fetch an anonymous token from where the registry says, if that host may be asked."""
        scheme, _, rest = challenge.partition(" ")
        parameters = dict(_PARAMETER.findall(rest))
        realm = _address(parameters.get("realm", ""))
        if scheme.lower() != "bearer" or realm is None or not realm.netloc:
            raise Forbidden(f"`{host}` asks for a sign-in that is not anonymous")
        if realm.scheme != "https" or not self.allows(realm.netloc):
            raise Forbidden(
                f"`{host}` hands out tokens at `{realm.scheme}://{realm.netloc}`, "
                "which may not be asked",
                help=f"name it with --registry {realm.netloc}",
            )
        query = {"scope": f"repository:{repository}:pull"}
        if "service" in parameters:
            query["service"] = parameters["service"]
        url = f"https://{realm.netloc}{realm.path}?{urllib.parse.urlencode(query)}"
        try:
            answer = self._get(url, {}, TOKEN_BYTES)
        except _AskedForTokenError:
            raise Forbidden(f"`{host}` gives no anonymous token") from None
        return _token_of(answer.body, host)

    def _get(self, url: str, headers: Mapping[str, str], limit: int) -> Answer:
        """Get a URL, and give it up when the time is over.

        A server that drips the header of its answer, or says `100 Continue` for ever, is heard
        out by the library, whose limit counts for each read alone.
        """
        host = urllib.parse.urlsplit(url).netloc
        deadline = Deadline(self._left(host))
        (found,) = side_by_side(deadline, [(host, lambda: self._answer(url, headers, limit))])
        if isinstance(found, AccessError):
            self._left(host)
            raise found
        return found

    def _answer(self, url: str, headers: Mapping[str, str], limit: int) -> Answer:
        """Get a URL; a redirect is followed where it leads to a data endpoint of that host."""
        origin = urllib.parse.urlsplit(url).netloc
        for _ in range(_REDIRECTS + 1):
            try:
                response = self._open(url, headers)
            except urllib.error.HTTPError as error:
                with error:
                    url, headers = self._redirected(error, url, origin), {}
                continue
            with response:
                names = {key.lower(): value for key, value in response.headers.items()}
                return Answer(headers=names, body=self._body(response, limit, origin))
        raise Unreachable(f"`{origin}` redirects more than {_REDIRECTS} times")

    def _open(self, url: str, headers: Mapping[str, str]) -> HTTPResponse:
        agent = {"User-Agent": f"preflight/{__version__}"}
        request = urllib.request.Request(url, headers={**agent, **headers})  # noqa: S310 - https, see below
        opener = urllib.request.OpenerDirector()
        # No handler for `http`, files, credentials or redirects: only these are there.
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPSHandler(context=self.context),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
        ):
            opener.add_handler(handler)
        host = urllib.parse.urlsplit(url).netloc
        try:
            response = opener.open(request, timeout=min(_REQUEST_SECONDS, self._left(host)))
        except urllib.error.HTTPError:
            raise
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise Unreachable(f"`{host}` does not answer: {reason}") from error
        if not isinstance(response, HTTPResponse):
            raise Unreachable(f"`{host}` was not asked: its address is no `https` one")
        return response

    def _redirected(self, error: urllib.error.HTTPError, url: str, origin: str) -> str:
        """Return where an answer that is no success sends us, or say why that is the end."""
        host = urllib.parse.urlsplit(url).netloc
        if error.code == _UNAUTHORIZED:
            raise _AskedForTokenError(error.headers.get("WWW-Authenticate", "")) from None
        if error.code not in _REDIRECT_CODES:
            raise Unreachable(
                f"`{host}` answers {error.code}", help=_ADVICE.get(error.code, "try again later")
            ) from None
        target = _address(error.headers.get("Location", ""), base=url)
        if target is None:
            raise Forbidden(f"`{origin}` redirects to what is no address") from None
        place = target.netloc
        if target.scheme != "https" or not (self.allows(place) or is_data_endpoint(place, origin)):
            raise Forbidden(
                f"`{origin}` redirects to `{target.scheme}://{place}`, which may not be asked",
                help=f"name it with --registry {place}",
            ) from None
        return target.geturl()

    def _body(self, response: HTTPResponse, limit: int, host: str) -> bytes:
        """Read a body piece by piece: neither its length nor its pace is to be trusted."""
        pieces: list[bytes] = []
        size = 0
        while True:
            self._left(host)
            try:
                piece = response.read1(_CHUNK)
            except (OSError, HTTPException) as error:
                raise Unreachable(f"`{host}` stopped in the middle: {error}") from error
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise AccessError(f"`{host}` sends more than the {limit:,} bytes that it may")

    def _left(self, host: str) -> float:
        """Return the seconds that are left; raises `Unreachable` when the time is over."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise Unreachable(f"restoring took more than {self.seconds:g} s (at `{host}`)")
        return left


class _AskedForTokenError(Exception):
    """A registry wants a token; `challenge` says from where. Caught in this file."""

    def __init__(self, challenge: str) -> None:
        super().__init__(challenge)
        self.challenge = challenge


def digest_of(content: bytes) -> str:
    """Return the digest of some content, as registries write it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _address(text: str, *, base: str = "") -> urllib.parse.SplitResult | None:
    """Split an address that a server gave; None where it is none."""
    try:
        return urllib.parse.urlsplit(urllib.parse.urljoin(base, text))
    except ValueError:
        return None


def is_data_endpoint(host: str, registry: str) -> bool:
    """Whether a host serves the blobs of a registry of Azure, which its own name tells."""
    host, registry = host.lower(), registry.lower()
    if registry == PUBLIC_REGISTRY:
        return re.fullmatch(rf"[a-z0-9-]+\.data\.{re.escape(registry)}", host) is not None
    name, dot, domain = registry.partition(".")
    if not dot or domain not in {"azurecr.io", "azurecr.us", "azurecr.cn"}:
        return False
    return (
        re.fullmatch(rf"{re.escape(name)}\.[a-z0-9]+\.data\.{re.escape(domain)}", host) is not None
    )


def _token_of(body: bytes, host: str) -> str:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreachable(f"`{host}` hands out a token that is no JSON") from error
    members = answer if isinstance(answer, dict) else {}
    token = members.get("token") or members.get("access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise Unreachable(f"`{host}` hands out no token")
    return token
