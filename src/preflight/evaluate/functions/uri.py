"""The functions that build URIs and take them apart.

Source: ARM template functions, "String"; corner cases from the deployment engine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from preflight.evaluate.functions.registry import OBJECT, STRING, Call, Function, kind_name
from preflight.evaluate.functions.uri_escape import escape, is_well_formed, readable
from preflight.evaluate.functions.uri_text import BLANKS, Uri, compress, parse_uri
from preflight.evaluate.values import find_key
from preflight.model.value import Value

_REFERENCE_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):")
_SERVER = re.compile(r"[^/?#]*//[^/?#]*")
_ONE_LETTER = re.compile(r"[A-Za-z]:.")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_MOST_PORT = 65_535


def combine(base: Uri, reference: str) -> str | None:
    """Resolve a reference against a base; None where .NET refuses it.

    Differs from RFC 3986 in one thing: a reference with the scheme of the base is relative.
    """
    reference = reference.strip(BLANKS)
    scheme = _REFERENCE_SCHEME.match(reference)
    if scheme and scheme["scheme"].lower() == base.scheme:
        return _resolve(base, reference[scheme.end() :])
    if scheme or _DRIVE.match(reference) or reference.startswith("\\\\"):
        return reference
    return None if _ONE_LETTER.match(reference) else _resolve(base, reference)


def _resolve(base: Uri, reference: str) -> str:
    """Resolve a reference without a scheme."""
    first, syntax = reference[:1], base.syntax
    whole = base.server + base.drive + base.rooted_path
    if reference.startswith("//"):
        return f"{base.scheme}:{reference}"
    if first == "/" or (first == "\\" and syntax.backslashes):
        return f"{base.server}{base.drive or base.share}/{reference[1:]}"
    if first == "?" and syntax.query:
        return whole + reference
    if first in {"#", ""}:
        return whole + base.query + (reference or base.fragment)
    return _merge(base, reference)


def _merge(base: Uri, reference: str) -> str:
    marks = "[?#]" if base.syntax.query else "#"
    cut = re.search(marks, reference)
    path, tail = (reference[: cut.start()], reference[cut.start() :]) if cut else (reference, "")
    folder, slash, _ = base.rooted_path.rpartition("/")
    path = path.replace("\\", "/") if base.syntax.backslashes else path
    return base.server + base.drive + compress(folder + slash + path) + tail


def _is_base(text: str) -> bool:
    """Tell whether a text has a scheme and nothing that needs escaping."""
    behind = _SERVER.sub("", text, count=1)
    brackets = "[" in behind or "]" in behind
    marks = text.count("#") > 1  # the second would have to be escaped
    unescaped = brackets or marks
    return bool(_REFERENCE_SCHEME.match(text)) and not unescaped and is_well_formed(text)


def _uri(call: Call) -> Value:
    given = call.text(0)
    base = parse_uri(given) if _is_base(given.strip(BLANKS)) else None
    if base is None:
        raise call.problem(
            f"`{given[:60]}` is not an absolute URI", help="it looks like `https://host/path/`"
        )
    combined = combine(base, call.text(1))
    result = parse_uri(combined) if combined is not None else None
    if result is None:
        raise call.problem(f"`{call.text(1)[:60]}` cannot be resolved against `{given[:60]}`")
    call.reserve(len(result.text))
    return result.text


def _parse_uri(call: Call) -> Value:
    uri = parse_uri(call.text(0))
    if uri is None:
        raise call.problem(f"`{call.text(0)[:60]}` is not an absolute URI")
    answer: dict[str, Value] = {"scheme": uri.scheme, "host": uri.host or "", "port": uri.port}
    if uri.path != "/":
        answer["path"] = uri.path
    if uri.query:
        answer["query"] = uri.query
    return answer


def _text_member(call: Call, members: Mapping[str, Value], name: str) -> str:
    key = find_key(members, name)
    value = "" if key is None else members[key]
    if not isinstance(value, str):
        raise call.problem(f"`{name}` must be a string, not {kind_name(value)}")
    return value


def _build_uri(call: Call) -> Value:
    members = call.object(0)
    scheme = _text_member(call, members, "scheme").partition(":")[0].lower()
    host = _text_member(call, members, "host")
    path = _text_member(call, members, "path").replace("\\", "/")
    query = _text_member(call, members, "query")
    if not host or not _SCHEME.fullmatch(scheme):
        raise call.problem("it needs a `scheme` and a `host`")
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    path = path if path.startswith("/") else f"/{path}"
    query = query if not query or query.startswith("?") else f"?{query}"
    slashes = "" if scheme == "mailto" else "//"
    server = f"{scheme}:{slashes}{host}{_port(call, members)}"
    uri = parse_uri(server + re.sub("[?#]", lambda mark: escape(mark[0]), path) + query)
    if uri is None:
        raise call.problem(f"`{host[:60]}` is not a host")
    return uri.server + readable(uri.text[len(uri.server) :])


def _port(call: Call, members: Mapping[str, Value]) -> str:
    key = find_key(members, "port")
    port = None if key is None else members[key]
    if port is None or port == -1:
        return ""
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= _MOST_PORT:
        raise call.problem(f"`port` must be an integer from 0 to {_MOST_PORT}")
    return f":{port}"


FUNCTIONS: tuple[Function, ...] = (
    Function("buildUri", _build_uri, (OBJECT,), steps=8),
    Function("parseUri", _parse_uri, (STRING,), steps=12),
    Function("uri", _uri, (STRING, STRING), steps=8),
)
