"""ARM JSON → Template, at every deployment scope.

Only the shape of a template is read here; every expression stays text. Names of the template's own
members compare without case, and where one is given twice, in whatever case, the last one counts:
both as the official engine was seen to do. What it refuses because of the shape alone is refused
here, with the place.

Sources: Azure Resource Manager, "Understand the structure and syntax of ARM templates" (members of
a template and of a resource); the official engine (what is required, what is refused).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from preflight.errors import UnsupportedFeature
from preflight.model.source import SourceFile
from preflight.model.template import (
    ChangeKind,
    DeploymentScope,
    OutputDeclaration,
    ParameterDeclaration,
    ResourceDeclaration,
    Template,
    UserFunction,
)
from preflight.model.value import JsonValue
from preflight.read.json_strings import shown
from preflight.read.members import Member, Reader, plain

_SCHEMA = re.compile(r"/(|subscription|managementgroup|tenant)deploymenttemplate\.json#?$")
_SCOPES = {
    "": DeploymentScope.RESOURCE_GROUP,
    "subscription": DeploymentScope.SUBSCRIPTION,
    "managementgroup": DeploymentScope.MANAGEMENT_GROUP,
    "tenant": DeploymentScope.TENANT,
}
_SCHEMA_HELP = (
    '"$schema" of a template is '
    "`https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#`, "
    "or its sibling for subscriptions, management groups or the tenant"
)

_TEMPLATE_MEMBERS = frozenset(
    {
        "$schema",
        "apiprofile",
        "asserts",
        "contentversion",
        "definitions",
        "extensions",
        "functions",
        "imports",
        "languageversion",
        "metadata",
        "outputs",
        "parameters",
        "resources",
        "variables",
    }
)
_RESOURCE_MEMBERS = frozenset(
    {
        "@options",
        "apiversion",
        "asserts",
        "comments",
        "condition",
        "copy",
        "dependson",
        "existing",
        "extendedlocation",
        "extension",
        "id",
        "identity",
        "import",
        "kind",
        "location",
        "managedby",
        "managedbyextended",
        "metadata",
        "name",
        "placement",
        "plan",
        "properties",
        "resourcegroup",
        "resources",
        "scope",
        "sku",
        "subscriptionid",
        "symbolicname",
        "tags",
        "type",
        "zones",
    }
)
_DEPLOYMENT = "microsoft.resources/deployments"
_LANGUAGE_VERSIONS = frozenset(
    {"1.9-experimental", "1.10-experimental", "2.0", "2.1-experimental", "2.2-experimental"}
)


def read_template(
    value: JsonValue, source: SourceFile, *, pointer: str = "", nested: bool = False
) -> Template:
    """Read one template; `pointer` is where it stands in the file.

    In a nested or linked template ARM overlooks members that it does not know; they give a note.

    Raises:
        InputError: the JSON is no template, or ARM refuses its shape, with the place.
    """
    return _TemplateReader(source=source, pointer=pointer, nested=nested).read(value)


@dataclass(slots=True, kw_only=True)
class _TemplateReader(Reader):
    """Reads one template; `notes` collects what was noticed."""

    pointer: str
    nested: bool

    def read(self, value: JsonValue) -> Template:
        members = self.members(value, self.pointer, "the template")
        scope = self._schema_scope(members)
        for required in ("contentVersion", "resources"):
            if required.lower() not in members:
                raise self.error(f"the template has no `{required}`", self.pointer)
        self._known(members, _TEMPLATE_MEMBERS, "a template")
        resources = members["resources"]
        return Template(
            source=self.source,
            pointer=self.pointer,
            schema_scope=scope,
            language_version=self._language_version(members),
            content_version=_version(members["contentversion"]),
            symbolic=isinstance(resources.value, dict),
            api_profile="apiprofile" in members,
            parameters=dict(self._parameters(members.get("parameters"))),
            variables={
                member.name: member.value
                for member in self.named(members.get("variables"), "`variables`")
            },
            functions=tuple(self._functions(members.get("functions"))),
            definitions={
                member.name: member.value
                for member in self.named(members.get("definitions"), "`definitions`")
            },
            resources=tuple(self._resources(resources)),
            outputs=dict(self._outputs(members.get("outputs"))),
            notes=tuple(self.notes),
        )

    def _schema_scope(self, members: Mapping[str, Member]) -> DeploymentScope:
        schema = members.get("$schema")
        if schema is None or schema.value is None:
            raise self.error("the template has no `$schema`", self.pointer, advice=_SCHEMA_HELP)
        text = self.text(schema.value, schema.pointer, "`$schema`")
        match = _SCHEMA.search(text.lower())
        if match is None:
            message = f"`{shown(text)}` is no schema of a template"
            raise self.error(message, schema.pointer, advice=_SCHEMA_HELP)
        return _SCOPES[match[1]]

    def _language_version(self, members: Mapping[str, Member]) -> str | None:
        version = members.get("languageversion")
        if version is None or version.value is None:
            return None
        text = self.text(version.value, version.pointer, "`languageVersion`")
        if text not in _LANGUAGE_VERSIONS:
            raise UnsupportedFeature(
                f"the language version `{shown(text)}` of templates is not known",
                help=f"known are {', '.join(sorted(_LANGUAGE_VERSIONS))}",
                where=self.place(version.pointer),
            )
        return text

    def _known(self, members: Mapping[str, Member], known: frozenset[str], what: str) -> None:
        """Refuse a member that ARM does not know; in nested templates ARM overlooks it."""
        for folded, member in members.items():
            if folded in known:
                continue
            message = f"`{shown(member.name)}` is no member of {what}"
            if not self.nested:
                raise self.error(message, member.pointer, advice="ARM refuses it: remove it")
            self.note("unknown-member", message, member.pointer)

    def _parameters(self, section: Member | None) -> Iterator[tuple[str, ParameterDeclaration]]:
        for member in self.named(section, "`parameters`"):
            what = f"the declaration of `{shown(member.name)}`"
            schema = plain(self.members(member.value, member.pointer, what))
            declaration = ParameterDeclaration(
                name=member.name, schema=schema, pointer=member.pointer
            )
            yield member.name, declaration

    def _outputs(self, section: Member | None) -> Iterator[tuple[str, OutputDeclaration]]:
        for member in self.entries(section, "`outputs`"):
            what = f"the output `{shown(member.name)}`"
            schema = plain(self.members(member.value, member.pointer, what))
            output = OutputDeclaration(name=member.name, schema=schema, pointer=member.pointer)
            yield member.name, output

    def _functions(self, section: Member | None) -> Iterator[UserFunction]:
        if section is None:
            return
        groups = self.array(section.value, section.pointer, "`functions`")
        for index, group in enumerate(groups):
            at = f"{section.pointer}/{index}"
            parts = self.members(group, at, "a group of functions")
            namespace = parts.get("namespace")
            if namespace is None:
                raise self.error("a group of functions has no `namespace`", at)
            name = self.text(namespace.value, namespace.pointer, "`namespace`")
            for member in self.named(parts.get("members"), "`members`"):
                yield self._function(name, member)

    def _function(self, namespace: str, member: Member) -> UserFunction:
        called = f"the function `{shown(namespace)}.{shown(member.name)}`"
        parts = self.members(member.value, member.pointer, called)
        output = parts.get("output")
        if output is None:
            raise self.error(f"{called} has no `output`", member.pointer)
        return UserFunction(
            namespace=namespace,
            name=member.name,
            parameters=tuple(self._function_parameters(parts.get("parameters"), called)),
            output=plain(self.members(output.value, output.pointer, f"the output of {called}")),
            pointer=member.pointer,
        )

    def _function_parameters(
        self, section: Member | None, called: str
    ) -> Iterator[ParameterDeclaration]:
        if section is None:
            return
        declared = self.array(section.value, section.pointer, f"the parameters of {called}")
        for index, item in enumerate(declared):
            at = f"{section.pointer}/{index}"
            parts = self.members(item, at, f"a parameter of {called}")
            name = parts.get("name")
            if name is None:
                raise self.error(f"a parameter of {called} has no `name`", at)
            yield ParameterDeclaration(
                name=self.text(name.value, name.pointer, "`name`"),
                schema=plain(parts),
                pointer=at,
            )

    def _resources(self, section: Member) -> Iterator[ResourceDeclaration]:
        """Read `resources`: an array, or in symbolic templates an object keyed by symbol."""
        if isinstance(section.value, dict):
            for member in self.entries(section, "`resources`"):
                yield self._resource(member.value, member.pointer, symbol=member.name)
            return
        if section.value is None:
            raise self.error("`resources` is null", section.pointer)
        for index, item in enumerate(self.array(section.value, section.pointer, "`resources`")):
            yield self._resource(item, f"{section.pointer}/{index}", symbol=None)

    def _resource(
        self, value: JsonValue, pointer: str, *, symbol: str | None
    ) -> ResourceDeclaration:
        members = self.members(value, pointer, "a resource")
        kind = members.get("type")
        if kind is None:
            raise self.error("the resource has no `type`", pointer)
        self.text(kind.value, kind.pointer, "`type`")
        self._known(members, _RESOURCE_MEMBERS, "a resource")
        self._deployment(members)
        children = members.get("resources")
        nested = () if children is None or children.value is None else self._resources(children)
        return ResourceDeclaration(
            pointer=pointer,
            body=plain(members),
            symbol=symbol,
            children=tuple(nested),
            change=ChangeKind.EXISTING if _is_existing(members) else ChangeKind.WRITE,
        )

    def _deployment(self, members: dict[str, Member]) -> None:
        """Keep of two spellings of a deployment's `template` or `scope` the one that counts."""
        properties = members.get("properties")
        if str(members["type"].value).lower() != _DEPLOYMENT or properties is None:
            return
        if isinstance(properties.value, dict):
            parts = self.members(properties.value, properties.pointer, "`properties`")
            members["properties"] = replace(properties, value=plain(parts))


def _is_existing(members: Mapping[str, Member]) -> bool:
    existing = members.get("existing")
    return existing is not None and str(existing.value).lower() == "true"


def _version(member: Member) -> str | None:
    """Return `contentVersion` where it is text."""
    return member.value if isinstance(member.value, str) else None
