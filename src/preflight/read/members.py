"""Typed getters over the JSON of an input file, without regard to case, that name the place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from preflight.errors import InputError
from preflight.expression.ast import ParsedText
from preflight.model.source import Place, SourceFile
from preflight.model.template import Note
from preflight.model.value import JsonValue
from preflight.read.json_strings import escape_pointer, shown

_KINDS = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "text",
    list: "an array",
    dict: "an object",
    ParsedText: "an expression",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A property of an object: its name as spelled, its value, and where it stands."""

    name: str
    value: JsonValue
    pointer: str


def kind_of(value: JsonValue) -> str:
    """Name the JSON type of a value in words."""
    return _KINDS[type(value)]


def plain(members: Mapping[str, Member]) -> dict[str, JsonValue]:
    """Return an object again of what `Reader.members` found: without overruled spellings."""
    return {member.name: member.value for member in members.values()}


@dataclass(slots=True, kw_only=True)
class Reader:
    """Reads parts of one file; `notes` collects what was noticed on the way."""

    source: SourceFile
    notes: list[Note] = field(default_factory=list)

    def place(self, pointer: str) -> Place:
        """Return the place of a node."""
        return Place(source=self.source, pointer=pointer)

    def error(self, message: str, pointer: str, *, advice: str = "") -> InputError:
        """Return an error at a node."""
        return InputError(message, help=advice, where=self.place(pointer))

    def note(self, code: str, message: str, pointer: str) -> None:
        """Keep a remark about a node."""
        self.notes.append(Note(code=code, message=message, origin=self.place(pointer)))

    def object(self, value: JsonValue, pointer: str, what: str) -> Mapping[str, JsonValue]:
        """Return an object, or raise `InputError` saying what stands there instead."""
        if not isinstance(value, dict):
            raise self.error(f"{what} is {kind_of(value)}, not an object", pointer)
        return value

    def array(self, value: JsonValue, pointer: str, what: str) -> list[JsonValue]:
        """Return an array; `null` counts as an empty one."""
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(f"{what} is {kind_of(value)}, not an array", pointer)
        return value

    def text(self, value: JsonValue, pointer: str, what: str) -> str:
        """Return text, or raise `InputError` saying what stands there instead."""
        if not isinstance(value, str):
            raise self.error(f"{what} is {kind_of(value)}, not text", pointer)
        return value

    def members(self, value: JsonValue, pointer: str, what: str) -> dict[str, Member]:
        """Return the properties of an object by folded name; of several the last one counts."""
        found: dict[str, Member] = {}
        for name, item in self.object(value, pointer, what).items():
            folded = name.lower()
            at = f"{pointer}/{escape_pointer(name)}"
            if folded in found:
                message = f"`{shown(name)}` is given twice, in two spellings: the last one counts"
                self.note("duplicate-key", message, at)
            found[folded] = Member(name=name, value=item, pointer=at)
        return found

    def entries(self, section: Member | None, what: str) -> Iterator[Member]:
        """Yield the entries of a section whose names heed case; absent and `null` have none."""
        if section is not None and section.value is not None:
            for name, item in self.object(section.value, section.pointer, what).items():
                at = f"{section.pointer}/{escape_pointer(name)}"
                yield Member(name=name, value=item, pointer=at)

    def named(self, section: Member | None, what: str) -> Iterator[Member]:
        """Yield the entries of a section whose names do not; absent and `null` have none."""
        if section is not None and section.value is not None:
            yield from self.members(section.value, section.pointer, what).values()
