"""Finds the declared resource that `dependsOn`, `reference()` or `list*()` names.

A symbol (`storage`, `storage[1]`) in symbolic-name templates; elsewhere a name, a relative ID
(`NS/type/name`), the name of a loop; a full ID everywhere. Names compare without case, symbols
with it. Source: Azure Resource Manager, "Resource functions" and "Define the order".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from preflight.evaluate.instance import Instance
from preflight.evaluate.resource_id import split
from preflight.model.plan import Condition
from preflight.model.scope import Scope
from preflight.model.value import PartialText, Unknown, Value, label_of, printable

_ELEMENT = re.compile(r"(.+)\[([0-9]{1,9})\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What an argument or a dependency means: declared instances, or an ID that is not ours."""

    target: Scope | None
    instances: tuple[Instance, ...] = ()
    symbol: str | None = None
    bare: str | None = None
    """A name that nothing in this template has."""
    label: str = "reference"
    """The placeholder label of what is read."""


@dataclass(slots=True, kw_only=True)
class Declared:
    """The instances of one template, by what they are called."""

    symbolic: bool
    _symbols: dict[str, list[Instance]] = field(default_factory=dict)
    _ids: dict[str, list[Instance]] = field(default_factory=dict)
    _names: dict[str, list[Instance]] = field(default_factory=dict)
    _found: dict[str, Reference] = field(default_factory=dict)
    """What was asked for before: a loop asks for the same names in each iteration."""

    def add(self, instances: Iterable[Instance]) -> None:
        """Index instances."""
        self._found.clear()
        for instance in instances:
            self._ids.setdefault(instance.id.folded, []).append(instance)
            if instance.declaration.symbol is not None:
                self._symbols.setdefault(instance.declaration.symbol, []).append(instance)
            names = {instance.resource.name.lower(), _relative(instance)}
            if instance.loop.name is not None:
                names.add(instance.loop.name.lower())
            for name in names:
                self._names.setdefault(name, []).append(instance)

    def find(self, value: Value) -> Reference:
        """Return what an evaluated argument means."""
        if isinstance(value, Unknown):
            return Reference(target=Scope(value.placeholder), label=value.label)
        if not isinstance(value, str | PartialText):
            return Reference(target=None)
        text = printable(value)
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def _find(self, text: str) -> Reference:
        if text.startswith(("/", "{")):
            found = _strongest_first(self._ids.get(Scope(text).folded, ()))
            return Reference(target=Scope(text), instances=found, label=_label(text, found))
        found = self._by_symbol(text) if self.symbolic else self._by_name(text)
        first = _strongest_first(found)[0] if found else None
        return Reference(
            target=None if first is None else first.id,
            instances=found,
            symbol=None if first is None else first.declaration.symbol,
            bare=text if first is None else None,
            label=_label(text, found),
        )

    def _by_symbol(self, text: str) -> tuple[Instance, ...]:
        if text in self._symbols:
            return tuple(self._symbols[text])
        element = _ELEMENT.fullmatch(text)
        loop = self._symbols.get(element[1], []) if element else []
        if element is not None and loop and loop[0].loop.unknown is None:
            return tuple(i for i in loop if i.loop.index == int(element[2]))
        # An unknown index, or an element of a loop of unknown length: any iteration.
        return tuple(loop or self._symbols.get(text.partition("[")[0], ()))

    def _by_name(self, text: str) -> tuple[Instance, ...]:
        return tuple(self._names.get("/".join(split(text)).lower(), ()))

    def __len__(self) -> int:
        """Return how many IDs are declared."""
        return len(self._ids)


def _relative(instance: Instance) -> str:
    """Return the relative ID, `NS/type/name`, folded."""
    namespace, *kinds = split(instance.resource.type)
    pairs = [p for pair in zip(kinds, instance.resource.segments, strict=True) for p in pair]
    return "/".join([namespace, *pairs]).lower()


def _strongest_first(found: Iterable[Instance]) -> tuple[Instance, ...]:
    """Order instances by how surely they are deployed."""
    order = {Condition.NONE: 0, Condition.TRUE: 0, Condition.UNKNOWN: 1, Condition.FALSE: 2}
    return tuple(sorted(found, key=lambda instance: order[instance.condition]))


def _label(text: str, found: tuple[Instance, ...]) -> str:
    symbol = found[0].declaration.symbol if found else None
    return label_of(symbol or (split(text) or ["reference"])[-1])
