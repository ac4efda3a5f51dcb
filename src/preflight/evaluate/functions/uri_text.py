"""URIs taken apart, normalised and put together the way .NET's `Uri` does.

Schemes that are known differ in what their addresses may hold (see `_SYNTAXES`); any other scheme
takes whatever follows. Source: .NET documentation of `System.Uri`; RFC 3986 section 5 for relative
references; corner cases from the deployment engine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from preflight.evaluate.functions.ip_address import IPV4_BITS, parse_address
from preflight.evaluate.functions.uri_escape import normalise

BLANKS = " \t\r\n"
"""What is cut off at both ends of a URI."""

_MOST_PORT = 65_535
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):(?P<rest>.*)", re.DOTALL)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_DRIVE_PATH = re.compile(r"/*(?P<path>[A-Za-z]:(?:/.*)?)", re.DOTALL)
_ESCAPED_SLASH = re.compile("%2[fF]|%5[cC]")
_ESCAPED_DOT = re.compile("%2[eE]")
_AUTHORITY = re.compile(
    r"(?:(?P<user>[^@]*)@)?(?P<host>\[[^\]]*\]|[^:\[\]@]*)(?::(?P<port>[0-9]*))?", re.DOTALL
)
_LABELS = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """What the addresses of a scheme may hold, and how they are normalised."""

    port: int | None = None
    """The port that is not written."""
    needs_host: bool = True
    backslashes: bool = True
    """Whether a backslash means a slash."""
    query: bool = True
    compress: bool = True
    """Whether `.` and `..` are resolved."""
    decode_slashes: bool = False
    """Whether an escaped slash is one all the same."""


_SYNTAXES: Mapping[str, Syntax] = {
    "http": Syntax(port=80),
    "https": Syntax(port=443),
    "ws": Syntax(port=80),
    "wss": Syntax(port=443),
    "ftp": Syntax(port=21, query=False),
    "gopher": Syntax(port=70, backslashes=False, query=False, compress=False),
    "nntp": Syntax(port=119, backslashes=False, query=False, compress=False),
    "telnet": Syntax(port=23, backslashes=False, query=False, compress=False),
    "ldap": Syntax(port=389, backslashes=False, compress=False),
    "net.tcp": Syntax(port=808, decode_slashes=True),
    "net.pipe": Syntax(decode_slashes=True),
    "file": Syntax(needs_host=False, decode_slashes=True),
    "mailto": Syntax(port=25, needs_host=False, backslashes=False, compress=False),
    "news": Syntax(needs_host=False, backslashes=False, query=False, compress=False),
    "uuid": Syntax(needs_host=False, backslashes=False, query=False, compress=False),
}
_GENERIC = Syntax(needs_host=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uri:
    """A normalised absolute URI. `host` is None where there is no authority.

    `query` and `fragment` keep their `?` and `#`; `port` is None for the scheme's own.
    """

    scheme: str
    user: str | None = None
    host: str | None = None
    port: int | None = None
    path: str = ""
    query: str = ""
    fragment: str = ""

    @property
    def syntax(self) -> Syntax:
        """The rules of the scheme."""
        return _SYNTAXES.get(self.scheme, _GENERIC)

    @property
    def server(self) -> str:
        """Everything in front of the path."""
        if self.host is None:
            return f"{self.scheme}:"
        user = "" if self.user is None else f"{self.user}@"
        port = "" if self.port is None else f":{self.port}"
        slashes = "" if self.scheme == "mailto" else "//"
        return f"{self.scheme}:{slashes}{user}{self.host}{port}"

    @property
    def drive(self) -> str:
        """The drive with a slash before it, of a `file` URI that has one: `/c:`."""
        has_one = self.scheme == "file" and not self.path.startswith("/")
        return f"/{self.path[:2]}" if has_one else ""

    @property
    def rooted_path(self) -> str:
        """The path behind the drive."""
        return self.path[2:] if self.drive else self.path

    @property
    def share(self) -> str:
        """The first segment of a `file` URI with a host: references do not leave it."""
        match = re.match("/[^/]*", self.path) if self.scheme == "file" and self.host else None
        return match[0] if match else ""

    @property
    def text(self) -> str:
        """The whole URI."""
        return self.server + self.drive + self.rooted_path + self.query + self.fragment


def parse_uri(text: str) -> Uri | None:
    """Return the absolute URI that a text spells, or None.

    A rooted path is a `file` URI, with or without a drive or a server.
    """
    text = text.strip(BLANKS)
    if _DRIVE.match(text) or text[:1] == "/" or text[:2] == "\\\\":
        return _parse("file", _literal_path(text))
    match = _SCHEME.fullmatch(text)
    return _parse(match["scheme"].lower(), match["rest"]) if match else None


def _literal_path(text: str) -> str:
    """Return a bare path as what follows `file:`; only its dots may be escaped."""
    text = _ESCAPED_DOT.sub(".", text.replace("\\", "/"))
    text = text.replace("%", "%25").replace("?", "%3F").replace("#", "%23")
    if text.startswith("//"):
        return text
    return f"//{text}" if text.startswith("/") else f"///{text}"


def _parse(scheme: str, rest: str) -> Uri | None:
    syntax = _SYNTAXES.get(scheme, _GENERIC)
    rest, fragment = _cut(rest, "#")
    rest, query = _cut(rest, "?") if syntax.query else (rest.replace("?", "%3F"), "")
    if rest.startswith("//") or scheme == "mailto":
        authority, slash, path = rest.removeprefix("//").partition("/")
        uri = _with_authority(scheme, authority, slash + path)
    else:
        uri = None if syntax.needs_host else Uri(scheme=scheme, path=_path(rest, scheme, None))
    return uri and replace(uri, query=normalise(query), fragment=normalise(fragment))


def _cut(text: str, mark: str) -> tuple[str, str]:
    before, found, after = text.partition(mark)
    return before, found + after


def _with_authority(scheme: str, authority: str, path: str) -> Uri | None:
    syntax = _SYNTAXES.get(scheme, _GENERIC)
    match = _AUTHORITY.fullmatch(authority)
    known = scheme in _SYNTAXES
    host = _host(match["host"], known=known) if match else None
    if match is None or host is None or (host == "" and syntax.needs_host):
        return None
    if scheme == "file" and match["host"] != authority:
        return None
    port = int(match["port"].lstrip("0")[:6] or "0") if match["port"] else None
    if (port or 0) > _MOST_PORT:
        return None
    return Uri(
        scheme=scheme,
        user=None if match["user"] is None else normalise(match["user"]),
        host=host,
        port=None if port == syntax.port else port,
        path=_path(path, scheme, host) or ("" if scheme == "mailto" else "/"),
    )


def _path(path: str, scheme: str, host: str | None) -> str:
    """Normalise a path; without an authority (`host` is None) its dots stay."""
    syntax = _SYNTAXES.get(scheme, _GENERIC)
    path = normalise(path.replace("\\", "/") if syntax.backslashes else path)
    if syntax.decode_slashes:
        path = _ESCAPED_SLASH.sub("/", path)
    drive = _DRIVE_PATH.fullmatch(path) if scheme == "file" and not host else None
    path = drive["path"] if drive else path
    return compress(path) if syntax.compress and host is not None else path


def _host(text: str, *, known: bool) -> str | None:
    """Return the normal spelling of a host; None for what is none.

    Short and hexadecimal IPv4 addresses are spelled out under a known scheme only.
    """
    if text.startswith("["):
        address = parse_address(text[1:-1].partition("%")[0])
        return f"[{address.text}]" if address and address.bits != IPV4_BITS else None
    address = parse_address(text) if known else None
    if address is not None:
        return address.text
    return text.lower() if not text or _LABELS.fullmatch(text) else None


def compress(path: str) -> str:
    """Resolve the segments `.` and `..`; the first one of a path without root stays as it is."""
    first, *segments = path.split("/")
    kept: list[str] = []
    for place, segment in enumerate(segments):
        last = place == len(segments) - 1
        if segment not in {".", ".."}:
            kept.append(segment)
            continue
        if segment == ".." and kept:
            kept.pop()
        if last:
            kept.append("")
    return "/".join((first, *kept))
