"""Correlation, request and tenant IDs, and what texts without an action name."""

from __future__ import annotations

import re
from collections.abc import Iterator

_GUID = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
_CORRELATION = re.compile(
    r"\bcorrelation(?:[\s_-]{0,3}request)?[\s_-]{0,3}id\b"
    rf"(?:\s{{0,3}}(?:is\s|of\s|[:='\"`*_|\n\[(]){{1,9}}\s{{0,9}}['\"`(\[<]?|\s+(?={_GUID}))"
    r"(?P<id>(?<=<)[^\s<>]{1,100}|[^\s'\"`,;()\[\]{}|]{1,200})",
    re.IGNORECASE,
)
_BROKEN_GUID = re.compile(
    r"\s?".join(
        part for length in (8, 4, 4, 4, 12) for part in (*["[0-9A-Fa-f]"] * length, "-")
    ).removesuffix(r"\s?-")
)
"""A GUID in whose midst a narrow frame broke the line."""
_REQUEST = re.compile(
    rf"(?:x-ms-request-id|OperationID|(?<![\w-])request[\s_-]?id)['\"`]?\s{{0,9}}[:=]\s{{0,9}}"
    rf"['\"`]?({_GUID})",
    re.IGNORECASE,
)
_TENANT = re.compile(
    r"(?:sts\.windows\.net|login\.microsoftonline\.(?:com|us)|login\.windows\.net)/"
    rf"({_GUID})|\bcurrent\s+tenant\s+['\"`]([^'\"`\n]{{1,100}})['\"`]",
    re.IGNORECASE,
)
_REQUEST_WORD = re.compile(r"request|OperationI[Dd]")
_TENANT_WORD = re.compile(r"sts\.windows|login\.|current")
"""Without one of these words the pattern, which is slower, matches nowhere."""
_NO_VALUES = frozenset(["null", "none", "undefined", "is", "was", "of", "for", "and", "the"])
_FACTS: tuple[tuple[str, str, str], ...] = (
    (
        "locked scope",
        "locked",
        r"following\s+scope\(s\)\s+are\s+locked:\s*['\"`]([^'\"`\n]{1,2000})['\"`]",
    ),
    (
        "refused scope",
        "perform",
        r"\bscope\s+['\"`]([^'\"`\n]{1,2000})['\"`]\s+cannot\s+perform",
    ),
    (
        "resource",
        "disallowed",
        r"\bresource\s+['\"`]([^'\"`\n]{1,300})['\"`]\s+was\s+disallowed",
    ),
    (
        "policy assignment",
        "policyassignment",
        (
            r"['\"]?policyAssignment(?:Id)?['\"]?\s*:\s*(?:\{[^{}]{0,400}?['\"]id['\"]\s*:\s*)?"
            r"['\"]([^'\"\n]{1,600})['\"]"
        ),
    ),
    ("namespace", "namespace", r"to\s+use\s+namespace\s+['\"`]([\w.]{1,100})['\"`]"),
    (
        "linked subscription",
        "subscription",
        r"\blinked\s+subscription\s+['\"`]([^'\"`\n]{1,100})['\"`]",
    ),
    (
        "deny assignment",
        "deny",
        r"\bdeny\s+assignment\s+with\s+name\s+['\"`](.{1,400}?)['\"`](?:\s+and|\s*\.|$)",
    ),
)
"""Label, a word that every text with the fact holds (in lower case), where the value stands."""
_COMPILED = tuple(
    (label, word, re.compile(pattern, re.IGNORECASE)) for label, word, pattern in _FACTS
)
_MOST = 5
"""Different values of one fact that are kept."""


def correlation_id(text: str) -> str | None:
    """Return the first value that the text itself labels a correlation ID."""
    for match in _CORRELATION.finditer(text):
        broken = _BROKEN_GUID.match(text, match.start("id"))
        if broken and "\n" in broken.group():
            return re.sub(r"\s", "", broken.group())
        value = match.group("id").rstrip(".:").strip("*_<>" if "*" not in match.group("id") else "")
        if len(value) > 1 and value.lower() not in _NO_VALUES:
            return value
    return None


def request_id(text: str) -> str | None:
    """Return the first request ID (a GUID); the caller's own `client-request-id` is none."""
    match = _REQUEST.search(text) if _REQUEST_WORD.search(text) else None
    return match.group(1) if match else None


def tenant_id(text: str) -> str | None:
    """Return the tenant of the token, as far as an issuer or the text names it."""
    match = _TENANT.search(text) if _TENANT_WORD.search(text) else None
    return (match.group(1) or match.group(2)) if match else None


def facts(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a text without an action names: label and value."""
    folded = text.lower()
    for label, word, pattern in _COMPILED:
        if word not in folded:
            continue
        values = dict.fromkeys(match.group(1).strip() for match in pattern.finditer(text))
        yield from ((label, value) for value in list(values)[:_MOST])
