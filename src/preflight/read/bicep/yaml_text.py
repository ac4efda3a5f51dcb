"""YAML → JSON values, as `loadYamlContent()` makes them.

PyYAML splits the text into events; what they mean is decided here, for the compiler's reader
follows neither YAML 1.1 nor 1.2 to the letter: `yes` and dates stay text, tags are overlooked,
numbers may have underscores, a value that is left out is null in a block and empty text in a flow
mapping, and of merged mappings the last one counts.

Source: the official compiler (what it answers for each of these).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from preflight.model.value import JsonValue
from preflight.read.json_spans import DEPTH_LIMIT

if TYPE_CHECKING:
    import yaml

_VALUES = 500_000
"""Most values, those counted again that an alias repeats."""
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9_]*[0-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?")
_DIGITS = 400
"""Longest text that is taken for a number."""
_LARGEST = 2**63
_BASES = {"0b": 2, "0o": 8, "0x": 16}
_MERGE = "<<"


class YamlError(ValueError):
    """The text is no YAML, or none of which JSON can be made."""


@dataclass(slots=True, kw_only=True)
class _Container:
    """A collection that is being read; a mapping alternates keys and values."""

    mapping: bool
    flow: bool
    anchor: str | None
    items: list[JsonValue] = field(default_factory=list)
    members: dict[str, JsonValue] = field(default_factory=dict)
    merged: list[JsonValue] = field(default_factory=list)
    key: str | None = None

    @property
    def value(self) -> JsonValue:
        if not self.mapping:
            return self.items
        found: dict[str, JsonValue] = {}
        for item in self.merged:
            sources = item if isinstance(item, list) else [item]
            for source in sources:
                if not isinstance(source, dict):
                    raise YamlError("a merge key `<<` has no mapping")
                found.update(source)
        return {**found, **self.members}

    def put(self, value: JsonValue) -> None:
        if not self.mapping:
            self.items.append(value)
        elif self.key is None:
            self.key = _key(value)
            if self.key in self.members:
                raise YamlError(f"the key `{self.key}` is given twice")
        elif self.key == _MERGE:
            self.merged.append(value)
            self.key = None
        else:
            self.members[self.key] = value
            self.key = None


def parse_yaml(text: str) -> JsonValue:
    """Return the first document of a YAML text.

    Raises:
        YamlError: it is no YAML, has no document, or has what JSON cannot hold.
    """
    import yaml  # noqa: PLC0415 - loaded for files that need it alone

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.DocumentEndEvent):
                break
            builder.take(event)
    except yaml.YAMLError as error:
        reason = getattr(error, "problem", None) or "it is malformed"
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise YamlError(f"{reason}{where}") from error
    if not builder.done:
        raise YamlError("it has no document")
    return builder.result


@dataclass(slots=True, kw_only=True)
class _Builder:
    """Builds a value of events, without recursion."""

    stack: list[_Container] = field(default_factory=list)
    anchors: dict[str, tuple[JsonValue, int]] = field(default_factory=dict)
    """Value of each anchor, and how many values it stands for."""
    result: JsonValue = None
    done: bool = False
    values: int = 0
    counts: list[int] = field(default_factory=list)

    def take(self, event: yaml.Event) -> None:
        import yaml  # noqa: PLC0415 - as above

        match event:
            case yaml.AliasEvent(anchor=anchor):
                if anchor not in self.anchors:
                    raise YamlError(f"the alias `*{anchor}` has no anchor before it")
                value, size = self.anchors[anchor]
                self._count(size)
                self._put(value)
            case yaml.ScalarEvent():
                self._count(1)
                flow = bool(self.stack) and self.stack[-1].mapping and self.stack[-1].flow
                value = _scalar(event.value, plain=bool(event.implicit[0]), flow=flow)
                self._keep(event.anchor, value, 1)
                self._put(value)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                if len(self.stack) >= DEPTH_LIMIT:
                    raise YamlError(f"it is nested deeper than {DEPTH_LIMIT} levels")
                self.counts.append(self.values)
                self._count(1)
                self.stack.append(
                    _Container(
                        mapping=isinstance(event, yaml.MappingStartEvent),
                        flow=bool(event.flow_style),
                        anchor=event.anchor,
                    )
                )
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                container = self.stack.pop()
                value = container.value
                self._keep(container.anchor, value, self.values - self.counts.pop())
                self._put(value)
            case _:
                pass  # the stream and its documents begin and end

    def _put(self, value: JsonValue) -> None:
        if self.stack:
            self.stack[-1].put(value)
        else:
            self.result, self.done = value, True

    def _keep(self, anchor: str | None, value: JsonValue, size: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = (value, size)

    def _count(self, size: int) -> None:
        self.values += size
        if self.values > _VALUES:
            raise YamlError(f"it holds more than {_VALUES:,} values")


def _key(value: JsonValue) -> str:
    if isinstance(value, (dict, list)):
        raise YamlError("a key is a mapping or a sequence")
    if isinstance(value, str):
        return value
    return "null" if value is None else str(value).lower()


def _scalar(text: str, *, plain: bool, flow: bool) -> JsonValue:
    """Return what a scalar stands for; one in quotes or with a tag of its own is text."""
    if not plain or len(text) > _DIGITS:
        return text
    folded = text.lower()
    if text in {"", "~"} or folded == "null":
        return "" if text == "" and flow else None
    if folded in {"true", "false"}:
        return folded == "true"
    if _INTEGER.fullmatch(text):
        return _integer(folded.replace("_", ""))
    if folded.lstrip("+-").lstrip(".") in {"inf", "nan", "infinity"}:
        raise YamlError(f"`{text}` is no number of JSON")
    if _FLOAT.fullmatch(text):
        number = float(text.replace("_", ""))
        if not math.isfinite(number):
            raise YamlError(f"`{text}` is too large")
        return number
    return text


def _integer(text: str) -> JsonValue:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    base = _BASES.get(digits[:2], 10)
    number = sign * int(digits[2:] if base != 10 else digits, base)  # noqa: PLR2004 - decimal
    return number if -_LARGEST <= number < _LARGEST else float(number)
