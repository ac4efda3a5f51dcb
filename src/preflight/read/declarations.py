"""What the declaration of a parameter, an output or a type may say, as ARM's own parser has it.

Every keyword has the types that may carry it; those of language version 2.0 are refused without
it. Unknown keywords are refused, in nested templates overlooked. Numbers may be written as text.

Source: the deployment engine, asked for every keyword, type and section; Azure Resource Manager,
"Understand the structure and syntax of ARM templates", the table of parameter properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from preflight.model.value import JsonValue
from preflight.read.json_strings import shown
from preflight.read.members import Member, Reader, kind_of, plain

_TEXTS = frozenset({"string", "securestring", "array"})
_NUMBERS = frozenset({"int"})
_ARRAYS = frozenset({"array"})
_OBJECTS = frozenset({"object", "secureobject"})
_ANY: frozenset[str] = frozenset()
_TOO_LARGE = 2**63
_NUMBER_TEXT = re.compile(r"[-+]?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class _Keyword:
    """The types that may carry a keyword (all where empty), the kind of its value, since when."""

    types: frozenset[str] = _ANY
    kinds: tuple[type, ...] = ()
    """The JSON kinds it may have beside null; any where empty."""
    symbolic: bool = False
    """Whether it needs language version 2.0."""


_KEYWORDS: Mapping[str, _Keyword] = {
    "type": _Keyword(kinds=(str, int)),
    "metadata": _Keyword(kinds=(dict,)),
    "allowedvalues": _Keyword(kinds=(list,)),
    "minlength": _Keyword(_TEXTS, (int, float, str)),
    "maxlength": _Keyword(_TEXTS, (int, float, str)),
    "minvalue": _Keyword(_NUMBERS, (int, float, str)),
    "maxvalue": _Keyword(_NUMBERS, (int, float, str)),
    "nullable": _Keyword(symbolic=True),
    "$ref": _Keyword(symbolic=True),
    "items": _Keyword(_ARRAYS, symbolic=True),
    "prefixitems": _Keyword(_ARRAYS, symbolic=True),
    "properties": _Keyword(_OBJECTS, symbolic=True),
    "additionalproperties": _Keyword(_OBJECTS, symbolic=True),
    "discriminator": _Keyword(_OBJECTS, symbolic=True),
}
_BOUNDS = frozenset({"minlength", "maxlength", "minvalue", "maxvalue"})
PARAMETER = frozenset({"defaultvalue"})
"""What the declaration of a template's parameter may say beside what any type may."""
OUTPUT = frozenset({"value", "copy", "condition"})
"""The same for an output."""
FUNCTION_PARAMETER = frozenset({"name"})
"""The same for a parameter of a function."""
FUNCTION_OUTPUT = frozenset({"value"})
"""The same for the output of a function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarations:
    """Checks the declarations of one template."""

    reader: Reader
    symbolic: bool
    """Whether the template has a language version."""
    nested: bool
    """Whether unknown keywords are overlooked."""

    def read(
        self, members: Mapping[str, Member], what: str, own: frozenset[str]
    ) -> dict[str, JsonValue]:
        """Return a declaration as an object; bounds are integers in it.

        Raises:
            InputError: ARM refuses the declaration, with the place.
        """
        kind = self._type_of(members)
        for folded, member in members.items():
            if folded in own:
                continue
            keyword = _KEYWORDS.get(folded)
            if keyword is not None:
                self._check(keyword, member, kind, what)
            elif not self.nested:
                message = f"`{shown(member.name)}` is no keyword of {what}"
                raise self.reader.error(message, member.pointer, advice="ARM refuses it: remove it")
        schema = plain(members)
        for folded, member in members.items():
            if folded in _BOUNDS and member.value is not None:
                schema[member.name] = self._bound(member)
        return schema

    def _type_of(self, members: Mapping[str, Member]) -> str | None:
        member = members.get("type")
        return member.value.lower() if member and isinstance(member.value, str) else None

    def _check(self, keyword: _Keyword, member: Member, kind: str | None, what: str) -> None:
        name = f"`{shown(member.name)}`"
        if keyword.symbolic and not self.symbolic:
            raise self.reader.error(
                f"{name} needs language version 2.0",
                member.pointer,
                advice='write `"languageVersion": "2.0"` and key the resources by name',
            )
        if keyword.types and kind is not None and kind not in keyword.types:
            raise self.reader.error(
                f"{name} is for {' and '.join(sorted(keyword.types))}, not for {shown(kind)}",
                member.pointer,
            )
        value = member.value
        if keyword.kinds and value is not None and not isinstance(value, keyword.kinds):
            raise self.reader.error(f"{name} of {what} cannot be {kind_of(value)}", member.pointer)

    def _bound(self, member: Member) -> int:
        """Return a length or a limit as the engine's parser converts it."""
        value = member.value
        if isinstance(value, bool | int | float) and abs(value) < _TOO_LARGE:
            return round(value)
        if isinstance(value, str) and _NUMBER_TEXT.fullmatch(value.strip()):
            return int(value)
        raise self.reader.error(f"`{shown(member.name)}` is not an integer", member.pointer)


def names_of(members: Iterator[Member], reader: Reader, what: str) -> Iterator[Member]:
    """Pass on the entries of a section; raises `InputError` for one without a name."""
    for member in members:
        if not member.name:
            raise reader.error(f"{what} has no name", member.pointer)
        yield member
