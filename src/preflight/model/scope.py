"""Scopes: resource IDs at which access is granted or needed.

Sources: Azure RBAC "Understand scope" (formats, inheritance); Azure Resource Manager "Extension
resource types" (an extension is a child of what it extends).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from preflight.model.truth import Truth

PLACEHOLDER = re.compile(r"\{[A-Za-z0-9_.-]{1,64}\}")
"""An unknown part of a scope as it is printed."""


class ScopeKind(enum.StrEnum):
    """The rungs of the scope ladder, and what cannot be placed on it."""

    TENANT = "tenant"
    MANAGEMENT_GROUP = "management-group"
    SUBSCRIPTION = "subscription"
    RESOURCE_GROUP = "resource-group"
    RESOURCE = "resource"
    UNKNOWN = "unknown"
    """The text begins with a placeholder, or is no resource ID."""


class Scope:
    """One scope, printed as given and compared without case.

    Parts that are unknown before the deployment stand as placeholders (`{label}`). A placeholder
    inside a segment stands for text without `/`; a scope that begins with one may be anything.
    """

    __slots__ = ("__dict__", "text")

    ROOT: Scope

    def __init__(self, text: str) -> None:
        """Normalise the ends: one leading `/` (unless a placeholder leads), no trailing `/`."""
        stripped = text.strip().rstrip("/")
        if not stripped.startswith("{"):
            stripped = "/" + stripped.lstrip("/")
        self.text = stripped

    def __repr__(self) -> str:
        """Show the text."""
        return f"Scope({self.text!r})"

    def __str__(self) -> str:
        """Return the text as given."""
        return self.text

    def __eq__(self, other: object) -> bool:
        """Compare without case."""
        return isinstance(other, Scope) and self.folded == other.folded

    def __hash__(self) -> int:
        """Hash the folded text."""
        return hash(self.folded)

    @cached_property
    def folded(self) -> str:
        """The text in lower case: the key for lookups."""
        return self.text.lower()

    @property
    def segments(self) -> tuple[str, ...]:
        """The path segments as spelled; empty for the tenant root.

        Not kept: a rollout has tens of thousands of scopes, and these are most of their memory.
        """
        return tuple(part for part in self.text.split("/") if part)

    @cached_property
    def has_placeholder(self) -> bool:
        """Whether any part is unknown before the deployment."""
        return "{" in self.text and PLACEHOLDER.search(self.text) is not None

    @cached_property
    def kind(self) -> ScopeKind:
        """The rung this scope is on."""
        parts = self.folded.strip("/").split("/") if self.text != "/" else []
        match parts:
            case []:
                return ScopeKind.TENANT
            case ["subscriptions", _]:
                return ScopeKind.SUBSCRIPTION
            case ["subscriptions", _, "resourcegroups", _]:
                return ScopeKind.RESOURCE_GROUP
            case ["providers", "microsoft.management", "managementgroups", _]:
                return ScopeKind.MANAGEMENT_GROUP
            case ["providers" | "subscriptions", _, *_] if not parts[0].startswith("{"):
                return ScopeKind.RESOURCE
        return ScopeKind.UNKNOWN

    @cached_property
    def subscription(self) -> Scope | None:
        """The subscription this scope is in or is; None elsewhere."""
        parts = self._leading(2)
        if len(parts) >= 2 and parts[0].lower() == "subscriptions":  # noqa: PLR2004 - two segments
            return Scope("/" + "/".join(parts))
        return None

    def _leading(self, count: int) -> Sequence[str]:
        """Return the first segments."""
        if "//" in self.text:
            return self.segments[:count]
        return self.text.removeprefix("/").split("/", count)[:count]

    @cached_property
    def resource_group(self) -> Scope | None:
        """The resource group this scope is in or is; None elsewhere."""
        parts = self._leading(4)
        if len(parts) >= 4 and parts[2].lower() == "resourcegroups" and self.subscription:  # noqa: PLR2004
            return Scope("/" + "/".join(parts))
        return None

    @cached_property
    def resource_type(self) -> str | None:
        """The type of the last resource of the ID (`Microsoft.Web/sites/slots`), as spelled.

        Subscriptions and resource groups have their ARM types; None for the tenant root and
        for text that is no resource ID.
        """
        match self.kind:
            case ScopeKind.SUBSCRIPTION:
                return "Microsoft.Resources/subscriptions"
            case ScopeKind.RESOURCE_GROUP:
                return "Microsoft.Resources/resourceGroups"
            case ScopeKind.TENANT | ScopeKind.UNKNOWN:
                return None
            case ScopeKind.MANAGEMENT_GROUP | ScopeKind.RESOURCE:
                tail = self._tail()
                return None if tail is None else "/".join([tail[0], *tail[1::2]])

    @property
    def shown_type(self) -> str | None:
        """The resource type that the text shows, also where its beginning is unknown.

        None where the type itself has an unknown part (`{id}`, `/providers/{namespace}/x/y`).
        """
        shown = self.resource_type
        if shown is None and self.kind is ScopeKind.UNKNOWN:
            start, mark, tail = self.text.rpartition("/providers/")
            parts = tail.split("/")
            shown = "/".join([parts[0], *parts[1::2]]) if start and mark else None
        return None if shown is None or "{" in shown or "/" not in shown else shown

    @property
    def name(self) -> str:
        """The last segment; `/` for the tenant root."""
        return self.text.rpartition("/")[2] or "/"

    def _tail(self) -> tuple[str, ...] | None:
        """Return the segments behind the last `providers`, or None."""
        parts = self.segments
        for index in range(len(parts) - 1, -1, -1):
            if parts[index].lower() == "providers":
                return parts[index + 1 :] or None
        return None

    @cached_property
    def parent(self) -> Scope | None:
        """The next rung up that the text itself shows; None where only the hierarchy knows.

        Resource → parent resource or extended resource → resource group → subscription.
        A tenant-level resource's parent is `/`; that of a subscription or a management group
        is not in the text (`AccessSnapshot.ancestors`).
        """
        if self.kind in {ScopeKind.TENANT, ScopeKind.SUBSCRIPTION, ScopeKind.MANAGEMENT_GROUP}:
            return None
        if self.kind is ScopeKind.UNKNOWN:
            return None
        if self.kind is ScopeKind.RESOURCE_GROUP:
            return self.subscription
        parts = self.segments
        tail = self._tail()
        if tail is None or len(tail) < 3:  # noqa: PLR2004 - namespace, type, name
            keep = parts[:-1] if tail is None else parts[: len(parts) - len(tail) - 1]
        elif len(tail) <= 4:  # noqa: PLR2004 - one type/name pair: the next rung is before `providers`
            odd = len(tail) == 4  # noqa: PLR2004 - a dangling child type without a name
            keep = parts[:-1] if odd else parts[: len(parts) - len(tail) - 1]
        else:
            keep = parts[: len(parts) - (2 if len(tail) % 2 else 1)]
        return Scope("/" + "/".join(keep))

    def ladder(self) -> Iterator[Scope]:
        """Yield this scope and every rung above it that the text shows, nearest first.

        Ends at the subscription, the management group or `/`; what is above a subscription or
        a management group is the snapshot's to say.
        """
        rung: Scope | None = self
        while rung is not None:
            yield rung
            rung = rung.parent

    def covers(self, other: Scope) -> Truth:
        """Whether this scope, as text, is `other` or an ancestor of it.

        Only text is looked at: a management group against a subscription is FALSE here and for
        the hierarchy to decide. `/` covers all. Where `other` has placeholders, the answer is
        UNKNOWN if some value of them would make this scope an ancestor. An ancestor is a prefix
        of whole segments (Azure RBAC, "Understand scope").
        """
        if self.text == "/":
            return Truth.TRUE
        if not other.has_placeholder:
            mine, theirs = self.folded, other.folded
            return Truth.of(theirs == mine or theirs.startswith(mine + "/"))
        return self._covers_placeholder(other)

    def _covers_placeholder(self, other: Scope) -> Truth:
        if other.text.startswith("{"):
            return Truth.UNKNOWN
        mine, theirs = self.folded.split("/")[1:], other.folded.split("/")[1:]
        if len(mine) > len(theirs):
            return Truth.FALSE
        answer = Truth.TRUE
        for own, given in zip(mine, theirs, strict=False):
            if own == given:
                # The same placeholder text may stand for another value elsewhere.
                answer &= Truth.UNKNOWN if PLACEHOLDER.search(given) else Truth.TRUE
            elif PLACEHOLDER.search(given):
                if not segment_pattern(given).fullmatch(own):
                    return Truth.FALSE
                answer = Truth.UNKNOWN
            else:
                return Truth.FALSE
        return answer


Scope.ROOT = Scope("/")


def segment_pattern(segment: str) -> re.Pattern[str]:
    """Return what a segment with placeholders may turn out to be (case is folded)."""
    first, *pieces = PLACEHOLDER.split(segment)
    # Each piece is looked for once, as early as it can stand: a hostile segment full of
    # placeholders costs no backtracking.
    middle = "".join(f"(?>[^/]*?{re.escape(piece)})" for piece in pieces[:-1] if piece)
    last = f"[^/]*{re.escape(pieces[-1])}" if pieces else ""
    return re.compile(re.escape(first) + middle + last, re.IGNORECASE)


def management_group(name: str) -> Scope:
    """Return the scope of a management group by its name."""
    return Scope(f"/providers/Microsoft.Management/managementGroups/{name}")
