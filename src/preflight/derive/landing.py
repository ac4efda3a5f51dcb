"""Where a check lands, when that is not at the linked ID or the resource itself.

The `at` of a rule is a scope with tokens:

| token | stands for |
|---|---|
| `<self>` `<self.parent>` `<self.group>` `<self.subscription>` `<self.name>` | the resource |
| `<id>` `<id.parent>` … | the linked ID |
| `<value>` | the text at the rule's path |
| `<host>` | the first label of the host of the URI at the rule's path |
| `<body:PATH>` | the text at another path; `{NAME}` (the path's last name) where it is absent |

A token that has no value (the group of a tenant resource) means that there is nothing to check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from preflight.derive.body import walk
from preflight.derive.paths import PathTree
from preflight.model.scope import Scope
from preflight.model.value import PartialText, Unknown, Value, label_of, printable

_TOKEN = re.compile(
    r"<(self|id)(?:\.(parent|group|subscription|name))?>|<(value|host)>|<body:([^>]+)>"
)
_HOST = re.compile(r"https?://([A-Za-z0-9-]{1,63})\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the tokens of an `at` may stand for."""

    itself: Scope
    body: Mapping[str, Value]
    linked: Scope | None = None
    value: str = ""


def land(at: str, ground: Ground) -> Scope | None:
    """Return the scope that `at` names, or None where there is nothing to check.

    A linked ID of which nothing is known stands for its own parents, too.
    """
    if not at:
        return ground.linked or ground.itself
    missing = False

    def fill(token: re.Match[str]) -> str:
        nonlocal missing
        text = _token(token, ground)
        missing = missing or text is None
        return text or ""

    text = _TOKEN.sub(fill, at)
    return None if missing else Scope(text)


def _token(token: re.Match[str], ground: Ground) -> str | None:
    subject, part, plain, path = token.groups()
    if path:
        return _body_text(path, ground.body)
    if plain == "value":
        return ground.value or None
    if plain == "host":
        found = _HOST.match(ground.value)
        return found.group(1) if found else None
    scope = ground.itself if subject == "self" else ground.linked
    return None if scope is None else _part(scope, part)


def _part(scope: Scope, part: str | None) -> str | None:
    if part is None or scope.text.startswith("{"):
        return scope.text
    if part == "name":
        return scope.name
    parts = {
        "parent": scope.parent,
        "group": scope.resource_group,
        "subscription": scope.subscription,
    }
    found = parts[part]
    return None if found is None else found.text


def _body_text(path: str, body: Mapping[str, Value]) -> str:
    for _, found in walk(body, PathTree([path])):
        match found.value:
            case str() | PartialText() | Unknown() as value if value != "":
                return printable(value)
            case _:
                pass
    return "{" + label_of(path.rpartition(".")[2] or path) + "}"
