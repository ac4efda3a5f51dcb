"""Parameter files and mappings → parameter values.

A file's entries hold `value`, a Key Vault `reference`, or an `expression` that the deploying tool
evaluates. Its `$schema` plays no part: a file for one deployment scope serves any other. Source:
Azure Resource Manager, "Create Resource Manager parameter file" and "Use Azure Key Vault to pass
secure parameter value"; Azure/bicep, `build-params` (`expression`, `externalInputDefinitions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from preflight.errors import ParameterProblem
from preflight.model.template import Note, ParameterValue, SecretReference
from preflight.model.value import JsonValue, label_of
from preflight.read.json_document import Document, document_of
from preflight.read.json_strings import shown
from preflight.read.members import Member, Reader

_WRAPPERS = frozenset({"expression", "metadata", "reference", "value"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSet:
    """Values by name as spelled, and what was noticed while they were read."""

    values: Mapping[str, ParameterValue]
    notes: tuple[Note, ...] = ()


def read_parameter_document(document: Document) -> ParameterSet:
    """Read a parameter file, or the bare object inside one.

    Raises:
        InputError: the JSON is no parameter file, with the place.
    """
    reader = _ParameterReader(source=document.source, notes=list(document.notes))
    return ParameterSet(values=reader.file(document.value), notes=tuple(reader.notes))


def read_parameter_mapping(mapping: Mapping[str, JsonValue]) -> ParameterSet:
    """Read a Python mapping: a parameter file's content, name → entry, or name → plain value.

    An object counts as an entry when it has a `value`, a `reference` or an `expression`, and
    nothing else but `metadata`. The values have no place.

    Raises:
        InputError: the mapping is no JSON, or an entry is malformed.
    """
    document = document_of(dict(mapping), "parameters")
    document.source.private = True
    reader = _ParameterReader(source=document.source)
    return ParameterSet(values=reader.mapping(document.value), notes=tuple(reader.notes))


@dataclass(slots=True, kw_only=True)
class _ParameterReader(Reader):
    """Reads one file or mapping."""

    def file(self, value: JsonValue) -> dict[str, ParameterValue]:
        section = self._section(value)
        return {entry.name: self._entry(entry) for entry in self.named(section, "`parameters`")}

    def mapping(self, value: JsonValue) -> dict[str, ParameterValue]:
        section = self._section(value)
        return {
            entry.name: self._entry(entry)
            if _is_entry(entry.value)
            else ParameterValue(value=entry.value)
            for entry in self.named(section, "`parameters`")
        }

    def _section(self, value: JsonValue) -> Member:
        """Return the object that holds the entries: `parameters`, or the whole file."""
        members = self.members(value, "", "the parameter file")
        if "resources" in members and "parameters" in members:
            raise self.error(
                "this is a template, not a parameter file",
                "",
                advice="give the template as SOURCE and a file of values with -p",
            )
        if "parameters" in members:
            return members["parameters"]
        entries: dict[str, JsonValue] = {
            member.name: member.value
            for folded, member in members.items()
            if folded not in {"$schema", "contentversion"}
        }
        return Member(name="", value=entries, pointer="")

    def _entry(self, entry: Member) -> ParameterValue:
        called = f"the parameter `{shown(entry.name)}`"
        parts = self.members(entry.value, entry.pointer, called)
        found = [name for name in ("value", "reference", "expression") if name in parts]
        if len(found) != 1:
            has = "both a value and a reference" if found else "neither `value` nor `reference`"
            raise ParameterProblem(f"{called} has {has}", where=self.place(entry.pointer))
        part = parts[found[0]]
        if found[0] == "value":
            return ParameterValue(value=part.value, place=self.place(entry.pointer))
        if found[0] == "reference":
            secret = self._secret(part, entry.name)
            return ParameterValue(secret=secret, place=self.place(entry.pointer))
        expression = self.text(part.value, part.pointer, "`expression`")
        message = f"the value of {called} is known only to the deploying tool: it stays unknown"
        self.note("external-input", message, entry.pointer)
        return ParameterValue(external=expression, place=self.place(entry.pointer))

    def _secret(self, reference: Member, name: str) -> SecretReference:
        if isinstance(reference.value, str):
            # A token that the pipeline replaces before it deploys: some vault, not yet named.
            message = f"the reference of `{shown(name)}` names no key vault: which one is unknown"
            self.note("vault-unknown", message, reference.pointer)
            vault = "{" + label_of(name) + "}"
            return SecretReference(vault=vault, place=self.place(reference.pointer))
        parts = self.members(reference.value, reference.pointer, "`reference`")
        holder = parts.get("keyvault")
        if holder is None:
            raise self.error("the reference names no `keyVault`", reference.pointer)
        identity = self.members(holder.value, holder.pointer, "`keyVault`").get("id")
        if identity is None:
            raise self.error("the key vault of the reference has no `id`", holder.pointer)
        text = self.text(identity.value, identity.pointer, "`id`")
        return SecretReference(vault=text, place=self.place(identity.pointer))


def _is_entry(value: JsonValue) -> bool:
    """Whether an object looks like an entry of a parameter file rather than like a value."""
    if not isinstance(value, dict):
        return False
    names = {name.lower() for name in value}
    return names <= _WRAPPERS and not names <= {"metadata"}
