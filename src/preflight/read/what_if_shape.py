"""What-if results as people save them: which JSON or text is one, and which is of no use.

Member names compare without case and underscores: REST and `az` write camelCase, PowerShell
PascalCase, dumps of the Python SDK snake_case. Source: the REST specification of
Microsoft.Resources deployments (WhatIfOperationResult); Azure PowerShell's what-if models.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from preflight.errors import InputError
from preflight.expression.embedded import closing
from preflight.model.source import Place, SourceFile
from preflight.model.value import JsonValue
from preflight.read.json_strings import escape_pointer

RUN_AGAIN = (
    "save the result with `az deployment … what-if --no-pretty-print -o json`, or in PowerShell "
    "with `Get-Az…DeploymentWhatIfResult … | ConvertTo-Json -Depth 100 -EnumsAsStrings`"
)
"""How to save a result that can be read."""

_TEXT_RESULT = re.compile(
    r"^(?:Resource and property changes are indicated with|Resource changes: |Scope: /)",
    re.MULTILINE,
)
_TEXT_ERROR = re.compile(r"^(?:ERROR|Error): ?[\[({\"'A-Za-z]", re.MULTILINE)
_FIRST_BRACE = re.compile(r"^[ \t]*+\{", re.MULTILINE)

_BESIDE_STATUS = frozenset({"error", "properties", "diagnostics"})
"""What stands beside the status of a result without changes."""
_FINISHED = frozenset({"succeeded", "failed"})
"""A status of which a result may consist: members that are absent are like `null`."""

_CUT = re.compile(
    r"@\{[A-Za-z_$][\w.$-]{0,200}=.*|System\.(?:Object\[\]|Collections\.\S{1,200}"
    r"|Management\.Automation\.\S{1,200})",
    re.DOTALL,
)
"""What PowerShell writes for an object or a list below the depth that was asked for."""


def find_cut(body: JsonValue, pointer: str) -> str | None:
    """Return the pointer of a value that PowerShell cut to text, or None for a whole body."""
    for name, item in body.items() if isinstance(body, dict) else ():
        if name.lower() == "properties" and isinstance(item, str) and not item.startswith("["):
            return f"{pointer}/{name}"
    waiting: list[tuple[JsonValue, str]] = [(body, pointer)]
    while waiting:
        value, at = waiting.pop()
        if isinstance(value, str) and _CUT.fullmatch(value):
            return at
        if isinstance(value, dict):
            waiting += [(item, f"{at}/{escape_pointer(name)}") for name, item in value.items()]
        elif isinstance(value, list):
            waiting += [(item, f"{at}/{index}") for index, item in enumerate(value)]
    return None


def fold(name: str) -> str:
    """Return a member name as it is compared."""
    return name.replace("_", "").lower()


def is_what_if(value: JsonValue) -> bool:
    """Tell a what-if result, finished or not, also one of a deployment stack, by its content."""
    if not isinstance(value, dict):
        return False
    top = {fold(name): item for name, item in value.items()}
    if "$schema" in top or "resources" in top:
        return False
    inner = top.get("properties")
    inside = {fold(name) for name in inner} if isinstance(inner, dict) else set()
    return (
        not {"changes", "resourcechanges", "potentialchanges"}.isdisjoint(top.keys() | inside)
        or ("status" in top and not _BESIDE_STATUS.isdisjoint(top))
        or (len(top) == 1 and str(top.get("status")).lower() in _FINISHED)
        or is_stack(top)
    )


def is_stack(top: Mapping[str, JsonValue]) -> bool:
    """Tell the what-if result of a deployment stack; `top` has folded member names."""
    kind = top.get("type")
    if isinstance(kind, str) and kind.lower().endswith("/deploymentstackswhatifresults"):
        return True
    inner = top.get("properties")
    for holder in (top, inner, top.get("changes")):
        if isinstance(holder, dict):
            names = {fold(name): item for name, item in holder.items()}
            if "resourcechanges" in names:
                return True
            changes = names.get("changes")
            if isinstance(changes, dict) and any(fold(n) == "resourcechanges" for n in changes):
                return True
    return False


def json_start(text: str) -> int | None:
    """Return where JSON begins behind lines of warnings; None where no line begins with a brace."""
    match = _FIRST_BRACE.search(text)
    return match.end() - 1 if match else None


def text_problem(text: str, source: SourceFile) -> InputError | None:
    """Return the error for what a what-if prints to people, or None for any other text."""
    if _TEXT_RESULT.search(text):
        return InputError(
            "this is the text that a what-if prints for people, not its result",
            help=RUN_AGAIN,
            where=Place(source=source, offset=0),
        )
    if _TEXT_ERROR.search(text):
        return InputError(
            "this is an error report, not a template and not a what-if result",
            help="mend what it names (`preflight explain FILE` says more), then run the what-if "
            "again",
            where=Place(source=source, offset=0),
        )
    return None


def is_usable_id(text: str) -> bool:
    """Whether text names one resource: a whole expression, or an ID of complete pairs.

    An ID is a subscription, a resource group, or `/providers/NAMESPACE` and pairs of type and
    name behind either, behind nothing, or behind another resource. Where a bracket or a
    placeholder stands inside, the pairs are not counted.
    """
    if text.startswith("["):
        # `[[` is how a template writes text that begins with a bracket.
        return closing(text, 0) is not None and not text.startswith("[[")
    if not text.startswith("/") or text == "/":
        return False
    if "[" in text or "{" in text:
        return True
    segments = text.lower().strip("/").split("/")
    if not all(segments):
        return False
    rest = segments
    for place in ("subscriptions", "resourcegroups"):
        if rest[:1] != [place]:
            break
        if len(rest) == 1:
            return False
        rest = rest[2:]
    return not rest or _complete_pairs(rest)


def _complete_pairs(segments: list[str]) -> bool:
    """Check `providers NAMESPACE (TYPE NAME)+`, repeated."""
    if segments[0] != "providers" or len(segments) % 2:
        return False
    pairs = 1
    for word in segments[::2]:
        if word == "providers" and not pairs:
            return False
        pairs = 0 if word == "providers" else pairs + 1
    return pairs > 0
