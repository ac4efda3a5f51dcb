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
from dataclasses import dataclass, field, replace

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
from preflight.read.declarations import (
    FUNCTION_OUTPUT,
    FUNCTION_PARAMETER,
    OUTPUT,
    PARAMETER,
    Declarations,
    names_of,
)
from preflight.read.json_strings import shown
from preflight.read.members import Member, Reader, plain
from preflight.read.resource_shape import check_output, check_shape, is_existing

_SCHEMA = re.compile(r"/(|subscription|managementgroup|tenant)deploymenttemplate\.json#?$")
_SCHEMA_VERSIONS = ("2014-04-01-preview", "2015-01-01", "2018-05-01", "2019-04-01", "2019-08-01")
"""One of them must stand somewhere in `$schema`: the list of ARM's own message."""
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
_SECTIONS = ("parameters", "variables", "functions", "definitions", "outputs")
_OBJECT_MEMBERS = ("metadata", "imports", "extensions", "asserts")
_FUNCTION_NAME = re.compile(r"\w+")
_FUNCTION_GROUP = frozenset({"namespace", "members", "metadata"})
_FUNCTION_MEMBERS = frozenset({"parameters", "output", "metadata"})
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
    declarations: Declarations = field(init=False)

    def read(self, value: JsonValue) -> Template:
        members = self.members(value, self.pointer, "the template")
        scope = self._schema_scope(members)
        for required in ("contentVersion", "resources"):
            if required.lower() not in members:
                raise self.error(f"the template has no `{required}`", self.pointer)
        self._known(members, _TEMPLATE_MEMBERS, "a template")
        self._check_kinds(members)
        resources = members["resources"]
        version = self._language_version(members)
        self.declarations = Declarations(
            reader=self, symbolic=version is not None, nested=self.nested
        )
        return Template(
            source=self.source,
            pointer=self.pointer,
            schema_scope=scope,
            language_version=version,
            content_version=_version(members["contentversion"]),
            symbolic=isinstance(resources.value, dict),
            api_profile="apiprofile" in members,
            parameters=dict(self._parameters(members.get("parameters"))),
            variables={
                member.name: member.value
                for member in names_of(
                    self.named(members.get("variables"), "`variables`"), self, "a variable"
                )
            },
            functions=tuple(self._functions(members.get("functions"))),
            definitions=dict(self._definitions(members.get("definitions"))),
            resources=tuple(self._resources(resources)),
            outputs=dict(self._outputs(members.get("outputs"))),
            notes=tuple(self.notes),
        )

    def _check_kinds(self, members: dict[str, Member]) -> None:
        """Refuse what has another JSON kind than ARM reads; empty text stands for an absent one."""
        version = members["contentversion"]
        if version.value is None or version.value == "" or isinstance(version.value, list | dict):
            raise self.error("`contentVersion` must be text such as `1.0.0.0`", version.pointer)
        profile = members.get("apiprofile")
        if profile is not None and isinstance(profile.value, list | dict):
            raise self.error("`apiProfile` must be text", profile.pointer)
        for name in (*_SECTIONS, *_OBJECT_MEMBERS):
            if name in members and members[name].value == "":
                members[name] = replace(members[name], value=None)
        for name in _OBJECT_MEMBERS:
            if name in members and members[name].value is not None:
                member = members[name]
                self.object(member.value, member.pointer, f"`{shown(member.name)}`")

    def _schema_scope(self, members: Mapping[str, Member]) -> DeploymentScope | None:
        schema = members.get("$schema")
        if schema is None or schema.value is None:
            raise self.error("the template has no `$schema`", self.pointer, advice=_SCHEMA_HELP)
        text = self.text(schema.value, schema.pointer, "`$schema`")
        match = _SCHEMA.search(text.lower())
        if not any(version in text.lower() for version in _SCHEMA_VERSIONS):
            message = f"the version of `{shown(text)}` is not supported by ARM"
            known = ", ".join(_SCHEMA_VERSIONS)
            raise self.error(message, schema.pointer, advice=f"supported are {known}")
        if match is None and self.nested:
            return None
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
        for member in names_of(self.named(section, "`parameters`"), self, "a parameter"):
            schema = self._declaration(member, f"the parameter `{shown(member.name)}`", PARAMETER)
            declaration = ParameterDeclaration(
                name=member.name, schema=schema, pointer=member.pointer
            )
            yield member.name, declaration

    def _definitions(self, section: Member | None) -> Iterator[tuple[str, JsonValue]]:
        if section is not None and section.value is not None and not self.declarations.symbolic:
            raise self.error("`definitions` need language version 2.0", section.pointer)
        for member in self.named(section, "`definitions`"):
            what = f"the type `{shown(member.name)}`"
            yield member.name, self._declaration(member, what, frozenset())

    def _outputs(self, section: Member | None) -> Iterator[tuple[str, OutputDeclaration]]:
        for member in names_of(self.entries(section, "`outputs`"), self, "an output"):
            what = f"the output `{shown(member.name)}`"
            schema = self._declaration(member, what, OUTPUT)
            if not self.nested:
                check_output(schema, member.pointer, self)
            output = OutputDeclaration(name=member.name, schema=schema, pointer=member.pointer)
            yield member.name, output

    def _declaration(self, member: Member, what: str, own: frozenset[str]) -> dict[str, JsonValue]:
        members = self.members(member.value, member.pointer, what)
        return self.declarations.read(members, what, own)

    def _functions(self, section: Member | None) -> Iterator[UserFunction]:
        if section is None:
            return
        groups = self.array(section.value, section.pointer, "`functions`")
        for index, group in enumerate(groups):
            at = f"{section.pointer}/{index}"
            parts = self.members(group, at, "a group of functions")
            self._known(parts, _FUNCTION_GROUP, "a group of functions")
            namespace, functions = parts.get("namespace"), parts.get("members")
            if namespace is None:
                raise self.error("a group of functions has no `namespace`", at)
            if functions is None or functions.value is None:
                raise self.error("a group of functions has no `members`", at)
            name = self.text(namespace.value, namespace.pointer, "`namespace`")
            self._function_name(name, namespace.pointer)
            for member in self.named(functions, "`members`"):
                yield self._function(name, member)

    def _function_name(self, name: str, pointer: str) -> None:
        if not _FUNCTION_NAME.fullmatch(name):
            raise self.error(
                f"`{shown(name)}` cannot be part of a function's name",
                pointer,
                advice="it consists of letters, digits and underscores",
            )

    def _function(self, namespace: str, member: Member) -> UserFunction:
        called = f"the function `{shown(namespace)}.{shown(member.name)}`"
        self._function_name(member.name, member.pointer)
        parts = self.members(member.value, member.pointer, called)
        self._known(parts, _FUNCTION_MEMBERS, "a function")
        output = parts.get("output")
        if output is None:
            raise self.error(f"{called} has no `output`", member.pointer)
        schema = self._declaration(output, f"the output of {called}", FUNCTION_OUTPUT)
        if not any(key.lower() == "value" and item is not None for key, item in schema.items()):
            raise self.error(f"the output of {called} has no `value`", output.pointer)
        return UserFunction(
            namespace=namespace,
            name=member.name,
            parameters=tuple(self._function_parameters(parts.get("parameters"), called)),
            output=schema,
            pointer=member.pointer,
        )

    def _function_parameters(
        self, section: Member | None, called: str
    ) -> Iterator[ParameterDeclaration]:
        if section is None:
            return
        seen: set[str] = set()
        declared = self.array(section.value, section.pointer, f"the parameters of {called}")
        for index, item in enumerate(declared):
            at = f"{section.pointer}/{index}"
            what = f"a parameter of {called}"
            parts = self.members(item, at, what)
            name = parts.get("name")
            if name is None or name.value == "":
                raise self.error(f"{what} has no `name`", at)
            text = self.text(name.value, name.pointer, "`name`")
            if text.lower() in seen:
                raise self.error(f"{called} has two parameters `{shown(text)}`", at)
            seen.add(text.lower())
            schema = self.declarations.read(parts, what, FUNCTION_PARAMETER)
            yield ParameterDeclaration(name=text, schema=schema, pointer=at)

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
        check_shape(members, self, nested=self.nested)
        self._deployment(members)
        children = members.get("resources")
        nested = () if children is None or children.value is None else self._resources(children)
        return ResourceDeclaration(
            pointer=pointer,
            body=plain(members),
            symbol=symbol,
            children=tuple(nested),
            change=ChangeKind.EXISTING if is_existing(members) else ChangeKind.WRITE,
        )

    def _deployment(self, members: dict[str, Member]) -> None:
        """Keep of two spellings of a deployment's `template` or `scope` the one that counts."""
        properties = members.get("properties")
        if str(members["type"].value).lower() != _DEPLOYMENT or properties is None:
            return
        if isinstance(properties.value, dict):
            parts = self.members(properties.value, properties.pointer, "`properties`")
            members["properties"] = replace(properties, value=plain(parts))


def _version(member: Member) -> str | None:
    """Return `contentVersion` where it is text."""
    return member.value if isinstance(member.value, str) else None
