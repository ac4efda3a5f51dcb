"""Whether a text is a resource ID at which access can be granted, denied or locked.

A text that is none would cover nothing, or everything: a deny assignment there would be lost.
Source: Azure RBAC "Understand scope" (formats).
"""

from __future__ import annotations

import re

_ODD = re.compile(r"[\\{}\x00-\x1f\x7f]|[^\S ]")
_ODD_PLACE = re.compile(r"[?#%*:\s]")
_GROUP_PARTS = 4
"""Segments of a resource group's ID."""


def scope_fault(text: str) -> str | None:
    """Return why a text is no scope; None where it is one."""
    stripped = text.strip()
    if stripped == "/":
        return None
    if not stripped:
        return "it is empty"
    if _ODD.search(stripped) or not stripped.isprintable():
        return "it holds a character that no resource ID has"
    parts = stripped.removeprefix("/").removesuffix("/").lower().split("/")
    if any(part in {"", ".", ".."} for part in parts):
        return "a segment of it is empty, or only dots"
    return _parts(parts)


def _parts(parts: list[str]) -> str | None:
    if parts[0] == "subscriptions":
        return _in_subscription(parts)
    if parts[0] != "providers":
        return "it begins neither with `/subscriptions/` nor with `/providers/`"
    if len(parts) == 2:  # noqa: PLR2004 - `/providers/Microsoft.Capacity`
        return None
    return _resource(parts)


def _in_subscription(parts: list[str]) -> str | None:
    if len(parts) == 1:
        return "the subscription is missing"
    if any(_ODD_PLACE.search(part) for part in parts[:_GROUP_PARTS]):
        return "it holds a character that no resource ID has"
    rest = parts[2:]
    if rest and rest[0] == "resourcegroups":
        if len(rest) == 1:
            return "the resource group is missing"
        rest = rest[2:]
    return _resource(rest) if rest else None


def _resource(parts: list[str]) -> str | None:
    """Look at what stands behind the place: `providers`, a namespace, types with names."""
    tail: list[str] = []
    for part in parts:
        if part == "providers" and len(tail) % 2 == 0:
            if tail and len(tail) < 4:  # noqa: PLR2004 - providers, namespace, type, name
                return "a type or a name is missing"
            tail = [part]
        elif not tail:
            return f"`{part}` is neither `resourceGroups` nor `providers`"
        else:
            tail.append(part)
    complete = len(tail) >= 4 and len(tail) % 2 == 0  # noqa: PLR2004 - as above
    return None if complete else "a type or a name is missing"
