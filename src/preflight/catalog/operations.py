"""Operations and resource types, a namespace at a time.

The files are blocks apart by an empty line: a namespace, then one line per type. Only the blocks
of namespaces that are asked for are taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from preflight.catalog.files import read_table

_JOIN_VERBS = ("join/action", "assign/action", "deploy/action")
_FOLLOWED = (
    "azureasyncoperation", "operationresults", "operationsstatus", "operationstatus",
    "operationstatuses",
)  # fmt: skip
_JOIN_VARIANT = re.compile(r"[a-z]*join(?!perimeter)[a-z]*/action")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Namespace:
    """The operations of one namespace, and what stands before their verbs: folded → spelling."""

    actions: Mapping[str, str]
    data_actions: Mapping[str, str]
    types: Mapping[str, str]


class Operations:
    """The operations that Azure knows, by namespace."""

    def __init__(self, text: str) -> None:
        """Keep the blocks (`TYPE VERB VERB …`; `.` is the namespace, `!` marks data actions)."""
        self._blocks = _blocks(text)
        self._parsed: dict[str, _Namespace] = {}

    def spelling(self, action: str) -> str | None:
        """Return an action or data action as Azure spells it, or None when it is unknown."""
        folded = action.lower()
        namespace = self._namespace(folded.partition("/")[0])
        return namespace.actions.get(folded) or namespace.data_actions.get(folded)

    def is_data_action(self, action: str) -> bool:
        """Whether the text names a data action, and no action of the control plane."""
        folded = action.lower()
        namespace = self._namespace(folded.partition("/")[0])
        return folded in namespace.data_actions and folded not in namespace.actions

    def type_spelling(self, resource_type: str) -> str | None:
        """Return a type as it is spelled in its operations, or None where it has none."""
        folded = resource_type.lower()
        return self._namespace(folded.partition("/")[0]).types.get(folded)

    def joins(self, resource_type: str) -> tuple[str, ...]:
        """Return the operations of a type by which something else joins it, sorted.

        `join/action`, `assign/action` and `deploy/action`; where a type has none of them, its
        variants of joining (`joinIpConfiguration/action`). Network security perimeters are joined
        through resources of their own.
        """
        folded = resource_type.lower()
        actions = self._namespace(folded.partition("/")[0]).actions
        plain = [actions[name] for verb in _JOIN_VERBS if (name := f"{folded}/{verb}") in actions]
        return tuple(plain) or tuple(
            actions[name]
            for name in sorted(actions)
            if name.startswith(f"{folded}/") and _JOIN_VARIANT.fullmatch(name[len(folded) + 1 :])
        )

    def followed(self, resource_type: str) -> tuple[str, ...]:
        """Return the reads of a type's own operations, by which a write of it is followed."""
        folded = resource_type.lower()
        actions = self._namespace(folded.partition("/")[0]).actions
        names = (f"{folded}/{name}/read" for name in _FOLLOWED)
        return tuple(actions[name] for name in names if name in actions)

    def all(self) -> tuple[str, ...]:
        """Return every control-plane action, sorted without regard to case."""
        found = [
            action
            for namespace in self._blocks
            for action in self._namespace(namespace).actions.values()
        ]
        return tuple(sorted(found, key=str.lower))

    def _namespace(self, folded: str) -> _Namespace:
        if folded not in self._parsed:
            self._parsed[folded] = _parse(self._blocks.get(folded, ""))
        return self._parsed[folded]


class Types:
    """The resource types that Azure knows."""

    def __init__(self, text: str) -> None:
        """Keep the blocks (a type per line, `-` before one that has no GET)."""
        self._blocks = _blocks(text)
        self._parsed: dict[str, Mapping[str, tuple[str, bool]]] = {}

    def spelling(self, resource_type: str) -> str | None:
        """Return a type as Azure spells it, or None when it is unknown."""
        row = self._row(resource_type)
        return row[0] if row else None

    def readable(self, resource_type: str) -> bool:
        """Whether the type has a GET; True for an unknown type."""
        row = self._row(resource_type)
        return row is None or row[1]

    def _row(self, resource_type: str) -> tuple[str, bool] | None:
        folded = resource_type.lower()
        namespace = folded.partition("/")[0]
        if namespace not in self._parsed:
            self._parsed[namespace] = dict(_types(self._blocks.get(namespace, "")))
        return self._parsed[namespace].get(folded)


class Spelling:
    """How Azure spells actions, from its operations and, where those are silent, its types."""

    def __init__(self, operations: Operations, types: Types) -> None:
        """Keep both tables."""
        self._operations = operations
        self._types = types
        self._known: dict[str, str] = {}

    def of(self, action: str) -> str:
        """Return the action as Azure spells it, or as given."""
        if action not in self._known:
            self._known[action] = self._operations.spelling(action) or self._by_type(action)
        return self._known[action]

    def _by_type(self, action: str) -> str:
        parts = action.split("/")
        verbs = 2 if parts[-1].lower() == "action" else 1
        kind = "/".join(parts[:-verbs])
        spelled = self._operations.type_spelling(kind) or self._types.spelling(kind)
        return "/".join([spelled, *parts[-verbs:]]) if spelled else action


class LazyTables:
    """Operations and types, read when first asked for."""

    def __init__(self, read: Mapping[str, str] | None = None) -> None:
        """`read` replaces the packaged files by name (tests)."""
        self._given = read or {}

    def _text(self, name: str) -> str:
        return self._given[name] if name in self._given else read_table(f"generated/{name}")

    @cached_property
    def operations(self) -> Operations:
        """The operations table."""
        return Operations(self._text("operations.txt"))

    @cached_property
    def types(self) -> Types:
        """The types table."""
        return Types(self._text("types.txt"))


def _blocks(text: str) -> dict[str, str]:
    """Return folded namespace → its block."""
    blocks = text.rstrip("\n").split("\n\n")
    return {block.partition("\n")[0].lower(): block for block in blocks}


def _parse(block: str) -> _Namespace:
    name, _, rest = block.partition("\n")
    tables: tuple[dict[str, str], dict[str, str]] = ({}, {})
    types: dict[str, str] = {}
    for line in rest.splitlines():
        kind, *verbs = line.split(" ")
        data = kind.startswith("!")
        kind = kind[1:] if data else kind
        prefix = name if kind == "." else f"{name}/{kind}"
        types.setdefault(prefix.lower(), prefix)
        for verb in verbs:
            action = f"{prefix}/{verb}"
            tables[data][action.lower()] = action
    return _Namespace(actions=tables[0], data_actions=tables[1], types=types)


def _types(block: str) -> Iterator[tuple[str, tuple[str, bool]]]:
    name, _, rest = block.partition("\n")
    for line in rest.splitlines():
        spelled = f"{name}/{line.lstrip('-')}"
        yield spelled.lower(), (spelled, not line.startswith("-"))
