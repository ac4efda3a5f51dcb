"""A what-if result → Template of literal resources with their change kinds.

Whatever is declared is written: Azure sends a PUT for what is created, modified, not compared or
unchanged alike; `Delete` is deleted; `Ignore` is left alone. What the service could not look into
is a gap. Source: the REST specification of Microsoft.Resources deployments, "what-if" (change
types, diagnostics); Azure Resource Manager, "ARM template deployment what-if operation" (limits).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from preflight.errors import InputError
from preflight.model.template import (
    ChangeKind,
    Gap,
    GapKind,
    NotChecked,
    ResourceDeclaration,
    Template,
)
from preflight.model.value import JsonValue, label_of
from preflight.read.json_document import Document
from preflight.read.json_strings import escape_pointer, shown
from preflight.read.members import Member, Reader, plain
from preflight.read.what_if_shape import RUN_AGAIN, find_cut, fold, is_usable_id
from preflight.read.what_if_status import require_success

_CHANGES: Mapping[str, ChangeKind | None] = {
    "create": ChangeKind.WRITE,
    "modify": ChangeKind.WRITE,
    "deploy": ChangeKind.WRITE,
    "nochange": ChangeKind.WRITE,
    "unsupported": ChangeKind.WRITE,
    "delete": ChangeKind.DELETE,
    "ignore": None,
}
_SECTIONS = ("changes", "potentialchanges", "diagnostics")
_TEMPLATE_ITSELF = "run preflight on the template itself, which looks into everything"
_ONE_RESULT = f"the file may hold parts of two results; {RUN_AGAIN}"
_NESTED = frozenset(
    {"nesteddeploymentshortcircuited", "nesteddeploymentskippedfrominternalexpansion"}
)


def read_what_if(document: Document) -> Template:
    """Read a what-if result.

    Raises:
        InputError: it failed, is not finished, is a stack's, was cut short, or uses what cannot
            be understood; the help says what to run instead.
    """
    reader = _WhatIfReader(source=document.source, notes=list(document.notes))
    return reader.read(document.value)


@dataclass(slots=True, kw_only=True)
class _WhatIfReader(Reader):
    """Reads one result; the fields collect what it names."""

    rows: list[ResourceDeclaration] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    not_checked: list[NotChecked] = field(default_factory=list)
    deployments: dict[str, str] = field(default_factory=dict)
    """IDs of deployment records by folded ID."""
    left_alone: list[str] = field(default_factory=list)
    """IDs of what exists and is neither written nor deleted."""
    listed: set[str] = field(default_factory=set)
    """Folded IDs, or symbols, of everything that is listed."""
    certain: dict[str, ChangeKind] = field(default_factory=dict)
    """Folded ID of what certainly changes → what happens to it."""
    comparisons: int = 1_000_000
    """How often a shortened target may still be compared with a listed ID."""

    def read(self, value: JsonValue) -> Template:
        top = self._folded(value, "", "the what-if result")
        require_success(top, self.error)
        self._require_single_names()
        body = self._envelope(top)
        self._changes(body.get("changes"), potential=False)
        self._changes(body.get("potentialchanges"), potential=True)
        self._diagnostics(body.get("diagnostics"))
        return Template(
            source=self.source,
            literal=True,
            resources=tuple(self.rows),
            deployments=tuple(self.deployments.values()),
            left_alone=tuple(self.left_alone),
            gaps=tuple(self.gaps),
            notes=tuple(self.notes),
            not_checked=tuple(self.not_checked),
        )

    def _require_single_names(self) -> None:
        """Refuse a name that an object has twice: whichever counts, the other is lost."""
        double = next((note for note in self.notes if note.code == "duplicate-key"), None)
        if double is not None:
            raise InputError(double.message, help=_ONE_RESULT, where=double.origin)

    def _envelope(self, top: dict[str, Member]) -> dict[str, Member]:
        """Return the members that hold the lists: those of `properties`, else the top ones."""
        properties = top.get("properties")
        if properties is None or properties.value is None:
            return top
        inner = self._folded(properties.value, properties.pointer, "`properties`")
        for name in _SECTIONS:
            if (double := top.get(name)) is not None and double.value:
                message = f"`{double.name}` stands beside `properties`, which holds the result"
                raise self.error(message, double.pointer, advice=_ONE_RESULT)
        return inner

    def _folded(self, value: JsonValue, pointer: str, what: str) -> dict[str, Member]:
        """Return members by folded name; text instead of an object is a sign of a cut depth."""
        if isinstance(value, str):
            raise self._cut_short(pointer)
        found: dict[str, Member] = {}
        for name, item in self.object(value, pointer, what).items():
            folded = fold(name)
            member = Member(name=name, value=item, pointer=f"{pointer}/{escape_pointer(name)}")
            if folded in found:
                message = f"`{shown(name)}` is given twice, in two spellings"
                raise self.error(message, member.pointer, advice=_ONE_RESULT)
            found[folded] = member
        return found

    def _cut_short(self, pointer: str) -> InputError:
        message = "text stands where an object belongs: the result was saved with too small a depth"
        return self.error(message, pointer, advice=RUN_AGAIN)

    def _changes(self, section: Member | None, *, potential: bool) -> None:
        for pointer, value in self._items(section):
            change = self._folded(value, pointer, "a change")
            kind = self._kind(change.get("changetype"), pointer)
            identity = self._identity(change)
            # What has no ID is named by its symbol.
            self.listed.add((identity or _text(change.get("symbolicname"))).lower())
            if kind is None:
                # What names a deployment is declared by it, also where a limit was hit.
                self._deployment(change)
                self.left_alone += [identity] if identity else []
                continue
            if (
                identity
                and not potential
                and self.certain.setdefault(identity.lower(), kind) != kind
            ):
                message = f"`{shown(identity, 120)}` is listed twice: written and deleted"
                raise self.error(message, pointer, advice=_ONE_RESULT)
            self._written(change, kind, pointer=pointer, identity=identity, potential=potential)

    def _items(self, section: Member | None) -> Iterator[tuple[str, JsonValue]]:
        if section is None:
            return
        if isinstance(section.value, str):
            raise self._cut_short(section.pointer)
        for index, item in enumerate(self.array(section.value, section.pointer, section.name)):
            yield f"{section.pointer}/{index}", item

    def _kind(self, member: Member | None, pointer: str) -> ChangeKind | None:
        """Return what happens to the resource; None for what is left alone."""
        value = member.value if member is not None else None
        if isinstance(value, str) and fold(value) in _CHANGES:
            return _CHANGES[fold(value)]
        at = member.pointer if member is not None else pointer
        if isinstance(value, int) and not isinstance(value, bool):
            # The tools number their change types differently: any mapping would be a guess.
            message = (
                f"the change type is the number {value}, which means another thing in each tool"
            )
            raise self.error(message, at, advice=RUN_AGAIN)
        found = "missing" if value is None else f"`{shown(str(value))}`, which is not known"
        raise self.error(f"the change type is {found}", at, advice=_TEMPLATE_ITSELF)

    def _written(
        self,
        change: Mapping[str, Member],
        kind: ChangeKind,
        *,
        pointer: str,
        identity: str,
        potential: bool,
    ) -> None:
        deployment = self._deployment(change)
        if self._is_extension(change):
            self._extension(change)
            if not identity:
                return
        body = self._body(change.get("before" if kind is ChangeKind.DELETE else "after"))
        members = self._folded(body.value, body.pointer, "a resource") if body else {}
        if not identity:
            target = _described(change)
            self._gap(GapKind.UNRESOLVED_RESOURCE, target, pointer, _TEMPLATE_ITSELF)
            identity = _identity_in(members, change)
            if not identity:
                return
        self.rows.append(
            ResourceDeclaration(
                pointer=body.pointer if body else pointer,
                body=plain(members),
                change=kind,
                resource_id=identity,
                potential=potential,
                deployment=deployment,
            )
        )

    def _deployment(self, change: Mapping[str, Member]) -> str | None:
        """Return the ID of the deployment that declares the resource, where it is said."""
        member = change.get("deploymentid")
        record = _text(member).strip()
        if member is None or not record:
            return None
        self._require_id(record, member)
        if "[" not in record and "/microsoft.resources/deployments/" not in record.lower():
            return None
        return self.deployments.setdefault(record.lower(), record)

    def _require_id(self, text: str, member: Member) -> None:
        if not is_usable_id(text):
            message = f"`{shown(text, 120)}` is no resource ID"
            raise self.error(message, member.pointer, advice=RUN_AGAIN)

    def _identity(self, change: Mapping[str, Member]) -> str:
        """Return the resource's ID, possibly an expression; empty where there is none."""
        for name in ("resourceid", "fullyqualifiedresourceid"):
            member = change.get(name)
            if member is not None and member.value is not None:
                text = self.text(member.value, member.pointer, member.name).strip()
                if text:
                    self._require_id(text, member)
                return text
        scope, relative = _text(change.get("scope")), _text(change.get("relativeresourceid"))
        if not scope.startswith("/") or not relative:
            return ""
        between = "/" if relative.lower().startswith("resourcegroups/") else "/providers/"
        return scope.rstrip("/") + between + relative

    def _body(self, member: Member | None) -> Member | None:
        if member is None or member.value is None:
            return None
        if isinstance(member.value, str):
            raise self._cut_short(member.pointer)
        if (cut := find_cut(member.value, member.pointer)) is not None:
            raise self._cut_short(cut)
        return member if self.object(member.value, member.pointer, f"`{member.name}`") else None

    def _is_extension(self, change: Mapping[str, Member]) -> bool:
        members = (change.get("extension"), change.get("identifiers"))
        return any(member is not None and member.value for member in members)

    def _extension(self, change: Mapping[str, Member]) -> None:
        """Resources of a Bicep extension have no ID in Azure and need no Azure role."""
        extension = change.get("extension")
        name = ""
        if extension is not None and isinstance(extension.value, dict):
            parts = self._folded(extension.value, extension.pointer, "`extension`")
            name = _text(parts.get("name")) or _text(parts.get("alias"))
        symbol = _text(change.get("symbolicname"))
        called = f"`{shown(symbol)}`" if symbol else "a resource"
        owner = f"the extension `{shown(name)}`" if name else "a Bicep extension"
        why = "its resources need permissions of another system than Azure RBAC"
        self.not_checked.append(NotChecked(what=f"{called} of {owner}", why=why))

    def _diagnostics(self, section: Member | None) -> None:
        for pointer, value in self._items(section):
            parts = self._folded(value, pointer, "a diagnostic")
            target = _text(parts.get("target"))
            code = _text(parts.get("code"))
            folded = fold(code)
            settle = f"{_TEMPLATE_ITSELF} (what-if said `{shown(code)}`)"
            if folded in _NESTED:
                self._gap(GapKind.NESTED_DEPLOYMENT, target or code, pointer, settle)
                if target:
                    self.deployments.setdefault(target.lower(), target)
            elif "limitreached" in folded:
                self._gap(GapKind.LIMIT_REACHED, target or code, pointer, settle)
            elif folded == "unsupported":
                if not self._is_listed(target):
                    self._gap(GapKind.UNRESOLVED_RESOURCE, target or code, pointer, settle)
            elif not _harmless(parts.get("level")):
                self._gap(GapKind.DIAGNOSTIC, target or code, pointer, settle)

    def _is_listed(self, target: str) -> bool:
        """Whether a diagnostic's target is among the changes; it may be shortened with dots."""
        folded = target.strip().lower()
        if not folded or folded in self.listed:
            return bool(folded)
        head, dots, tail = folded.replace("…", "...").partition("...")
        head, tail = head.rstrip("'"), tail.lstrip("'")
        self.comparisons -= len(self.listed) if dots else 0
        return (
            bool(dots)
            and self.comparisons >= 0
            and any(name.startswith(head) and name.endswith(tail) for name in self.listed)
        )

    def _gap(self, kind: GapKind, target: str, pointer: str, settle: str) -> None:
        origin = self.place(pointer)
        self.gaps.append(Gap(kind=kind, target=target, origin=origin, settle=settle))


def _text(member: Member | None) -> str:
    return member.value if member is not None and isinstance(member.value, str) else ""


def _described(change: Mapping[str, Member]) -> str:
    """Name a change that has no ID: its symbol and its deployment."""
    parts = (_text(change.get("symbolicname")), _text(change.get("deploymentid")))
    return " in ".join(part for part in parts if part) or "a change without an ID"


def _identity_in(body: Mapping[str, Member], change: Mapping[str, Member]) -> str:
    """Return the ID of a change that has none: its body's, else one that is unknown.

    The links of its body and the write of its type are needed all the same. Without a body that
    says as much as the type, nothing follows from the change: empty.
    """
    text = _text(body.get("id")).strip()
    if text and is_usable_id(text):
        return text
    if "/" not in _text(body.get("type")):
        return ""
    return f"{{{label_of(_text(change.get('symbolicname')) or 'resource')}}}"


def _harmless(level: Member | None) -> bool:
    """Whether a diagnostic of an unknown code says that nothing is missing."""
    return _text(level).lower() in {"info", "warning"}
