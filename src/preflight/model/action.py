"""Actions and the patterns of role definitions that match them.

Source: Azure RBAC "Understand role definitions" (format, wildcards); behaviour of `/*/` and data
anomalies: the built-in role definitions themselves (docs/explanation/wildcards.md).
"""

from __future__ import annotations

import re
from functools import cached_property


class Action:
    """One concrete operation, printed as Azure spells it and compared without case."""

    __slots__ = ("__dict__", "text")

    def __init__(self, text: str) -> None:
        """Keep the spelling; blanks around it are dropped."""
        self.text = text.strip()

    def __repr__(self) -> str:
        """Show the text."""
        return f"Action({self.text!r})"

    def __str__(self) -> str:
        """Return the text as given."""
        return self.text

    def __eq__(self, other: object) -> bool:
        """Compare without case."""
        return isinstance(other, Action) and self.folded == other.folded

    def __hash__(self) -> int:
        """Hash the folded text."""
        return hash(self.folded)

    @cached_property
    def folded(self) -> str:
        """The text in lower case: the key for lookups."""
        return self.text.lower()

    @property
    def verb(self) -> str:
        """The last segment in lower case: read, write, delete or action."""
        return self.folded.rpartition("/")[2]

    @property
    def namespace(self) -> str:
        """The provider's namespace as spelled (`Microsoft.Network`)."""
        return self.text.partition("/")[0]

    @property
    def has_wildcard(self) -> bool:
        """Whether this is no concrete action (then no verdict can be given for it)."""
        return "*" in self.text


class ActionPattern:
    """A string of `actions`, `notActions`, `dataActions` or `notDataActions`.

    One `*` stands for any text, `/` included; `/*/` also for no segment at all. Compared without
    case. A string with more than one `*` is refused by the service; `supported` is False for it,
    and a match of it is not to be trusted. A string that ends in `/` matches nothing.
    """

    __slots__ = ("__dict__", "text")

    def __init__(self, text: str) -> None:
        """Keep the pattern; blanks around it are dropped."""
        self.text = text.strip()

    def __repr__(self) -> str:
        """Show the text."""
        return f"ActionPattern({self.text!r})"

    def __eq__(self, other: object) -> bool:
        """Compare without case."""
        return isinstance(other, ActionPattern) and self.text.lower() == other.text.lower()

    def __hash__(self) -> int:
        """Hash the folded text."""
        return hash(self.text.lower())

    @property
    def supported(self) -> bool:
        """Whether the service would accept this pattern: at most one `*`."""
        return self.text.count("*") <= 1

    @cached_property
    def _shape(self) -> tuple[str, str, str | None]:
        """Folded text before and after the `*`, and the text that `/*/` may shrink to."""
        folded = self.text.lower()
        before, _, after = folded.partition("*")
        shrunk = before + after[1:] if before.endswith("/") and after.startswith("/") else None
        return before, after, shrunk

    def matches(self, action: Action) -> bool:
        """Whether the action is one of those this pattern names (read plainly if unsupported)."""
        wanted = action.folded
        if "*" not in self.text:
            return self.text.lower() == wanted
        if not self.supported:
            return self._plain.fullmatch(wanted) is not None
        before, after, shrunk = self._shape
        if wanted == shrunk:
            return True
        return (
            len(wanted) >= len(before) + len(after)
            and wanted.startswith(before)
            and wanted.endswith(after)
        )

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        return re.compile(
            ".*".join(re.escape(part) for part in self.text.lower().split("*")), re.DOTALL
        )
