"""The JSON kinds that ARM's parser takes for the members of a resource and of loops.

Source: the deployment engine: a number or a boolean in place of text becomes text, empty text in
place of an array or object stands for none, anything else is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from preflight.model.value import JsonValue
from preflight.read.json_strings import escape_pointer, shown
from preflight.read.members import Member, Reader, kind_of

_IDENTITY = ("name", "apiversion", "scope", "subscriptionid", "resourcegroup")
_TEXTS = (*_IDENTITY, "location", "kind", "managedby", "comments", "id", "import", "extension")
_OBJECTS = ("asserts", "@options")
_LOOP = frozenset({"name", "count", "mode", "batchsize"})
_OUTPUT_LOOP = frozenset({"count", "input"})


def check_shape(members: dict[str, Member], reader: Reader, *, nested: bool = False) -> None:
    """Refuse what has another kind than ARM reads; revise `members` where ARM converts.

    In a nested template ARM looks at what makes up the resource's ID only.

    Raises:
        InputError: ARM refuses the resource, with the place.
    """
    for name in _IDENTITY if nested else _TEXTS:
        if name in members:
            members[name] = _text(members[name], reader)
    after = members.get("dependson")
    if after is not None and after.value == "":
        members["dependson"] = replace(after, value=None)
    elif after is not None and isinstance(after.value, list):
        _check_order(after.value, after.pointer, reader)
    for name in _OBJECTS:
        member = members.get(name)
        if member is not None and member.value not in (None, ""):
            reader.object(member.value, member.pointer, f"`{shown(member.name)}`")
    existing = members.get("existing")
    if existing is not None and not _is_switch(existing.value):
        raise reader.error("`existing` must be true or false", existing.pointer)
    loop = members.get("copy")
    if loop is not None and isinstance(loop.value, dict) and not nested:
        members["copy"] = _loop(loop, reader)


def is_existing(members: Mapping[str, Member]) -> bool:
    """Whether a resource whose shape was checked is only referred to."""
    existing = members.get("existing")
    if existing is None or isinstance(existing.value, str):
        return existing is not None and str(existing.value).strip().lower() == "true"
    return bool(existing.value)


def check_output(schema: Mapping[str, JsonValue], pointer: str, reader: Reader) -> None:
    """Refuse the loop of an output that says more than a count and an input."""
    for name, loop in schema.items():
        if name.lower() != "copy" or not isinstance(loop, dict):
            continue
        at = f"{pointer}/{escape_pointer(name)}"
        parts = reader.members(loop, at, "`copy`")
        _refuse_others(parts, _OUTPUT_LOOP, reader)
        source = parts.get("input")
        if source is not None and source.value in (None, ""):
            raise reader.error("`input` of the loop is empty", source.pointer)


def _check_order(entries: list[JsonValue], pointer: str, reader: Reader) -> None:
    for index, entry in enumerate(entries):
        if entry is None or isinstance(entry, list | dict):
            message = f"an entry of `dependsOn` is {kind_of(entry)}, not text"
            raise reader.error(message, f"{pointer}/{index}")


def _text(member: Member, reader: Reader) -> Member:
    if member.value is None or isinstance(member.value, str):
        return member
    if isinstance(member.value, list | dict):
        message = f"`{shown(member.name)}` is {kind_of(member.value)}, not text"
        raise reader.error(message, member.pointer)
    return replace(member, value=str(member.value))


def _is_switch(value: JsonValue) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in {"true", "false"}
    return value is None or isinstance(value, bool | int | float)


def _loop(loop: Member, reader: Reader) -> Member:
    """Return a resource's loop with text for its name and mode."""
    parts = reader.members(loop.value, loop.pointer, "`copy`")
    _refuse_others(parts, _LOOP, reader)
    for name in ("name", "mode"):
        if name in parts:
            parts[name] = _text(parts[name], reader)
    return replace(loop, value={part.name: part.value for part in parts.values()})


def _refuse_others(parts: Mapping[str, Member], known: frozenset[str], reader: Reader) -> None:
    for folded, part in parts.items():
        if folded not in known:
            message = f"`{shown(part.name)}` is no member of a copy loop"
            raise reader.error(message, part.pointer, advice="ARM refuses it: remove it")
