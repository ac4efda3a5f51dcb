"""One file of evidence as a part of a snapshot, whatever its shape.

A file is a snapshot of ours, a raw REST answer (`{"value": […]}`), or a bare array as `az`
prints it; the last two are recognised by their elements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from preflight.access import header, rows
from preflight.access.group_tree import is_group_tree, read_group_tree
from preflight.access.items import Item
from preflight.access.json_text import Document
from preflight.model.access import AccessList, AccessSnapshot, Coverage, Reach, Unreadable
from preflight.model.naming import one_line
from preflight.model.role import RoleId, role_id
from preflight.model.scope import Scope, ScopeKind
from preflight.model.value import JsonValue

SCHEMA = "preflight.access/1"
HEADER = (
    "schema", "$schema", "collectedAt", "cloud", "tenantId", "scopes", "managementGroups",
    "subscriptions", "caller", "principals", "coverage", "unreadable",
)  # fmt: skip
"""Members of a snapshot beside its lists."""
POLICY_LISTS = (
    "policyAssignments",
    "policyDefinitions",
    "policySetDefinitions",
    "policyExemptions",
)

_Row = TypeVar("_Row")

_BY_TYPE: Mapping[str, AccessList] = MappingProxyType(
    {f"microsoft.authorization/{wanted.value.lower()}": wanted for wanted in AccessList}
)
_AUTHORIZATION = "microsoft.authorization/"
_UNFINISHED = ("nextlink", "skiptoken")
"""How the members of a raw answer end that say that there is another page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one file holds.

    `bare`: a list alone, read for one scope; nothing says when. `incomplete` are lists of which
    only the first page is there.
    """

    snapshot: AccessSnapshot
    bare: bool = False
    incomplete: frozenset[AccessList] = frozenset()
    without_condition: Mapping[RoleId, tuple[bool, ...]] = field(default_factory=dict)
    """Role GUID → per permission block, whether the key `condition` was missing."""
    unknown: tuple[str, ...] = ()
    """Members that no snapshot has, in the order of the file: most likely misspelled."""


def read_part(document: Document, scope: Scope | None) -> Part:
    """Read one file; `scope` is what a bare list speaks about.

    Raises:
        AccessError: the file is no evidence, or of another version.
    """
    root = Item(document, (), document.value)
    if isinstance(document.value, list):
        return _bare(root, scope)
    if isinstance(document.value, dict):
        if "schema" in document.value:
            return _snapshot(root)
        if isinstance(document.value.get("value"), list):
            return _bare(root, scope)
        if is_group_tree(root):
            return _tree(root)
    raise root.error(
        "the file is no access snapshot",
        advice=f'it has `"schema": "{SCHEMA}"`, or is what `az` or the REST API lists',
    )


def _snapshot(root: Item) -> Part:
    schema = root.member("schema")
    if schema is None or schema.value != SCHEMA:
        raise (schema or root).error(
            f"the snapshot is not of version `{SCHEMA}`",
            advice="collect it again with this version of preflight",
        )
    lists = _Lists({wanted: root.member(wanted.value) for wanted in AccessList})
    unreadable = _all(root.members("unreadable"), header.read_unreadable)
    collected = root.member("coverage")
    if collected is None and root.has("coverage"):
        raise root.error(
            "`coverage` is null", advice="leave it out where everything was read at `scopes`"
        )
    snapshot = AccessSnapshot(
        collected_at=root.time("collectedAt"),
        cloud=root.maybe_text("cloud") or "AzureCloud",
        tenant_id=root.maybe_text("tenantId"),
        scopes=tuple(item.as_scope() for item in root.members("scopes")),
        management_groups=_all(root.members("managementGroups"), header.read_management_group),
        subscriptions=_all(root.members("subscriptions"), header.read_subscription),
        caller=header.read_caller(caller) if (caller := root.member("caller")) else None,
        principals=_all(root.members("principals"), header.read_principal),
        coverage=None if collected is None else _coverage(collected, unreadable),
        unreadable=unreadable,
        policies=_policies(root),
        files=(root.document.name,),
    )
    known = {*HEADER, *POLICY_LISTS, *(wanted.value for wanted in AccessList)}
    unknown = tuple(key for key in root.names() if key not in known)
    return lists.into(Part(snapshot=snapshot, unknown=unknown))


def _coverage(collected: Item, unreadable: tuple[Unreadable, ...]) -> tuple[Coverage, ...]:
    """Return the readings; what the same file calls unreadable at that very scope was not read."""
    failed = {(row.what.lower(), row.scope) for row in unreadable}
    return tuple(
        replace(row, read_proven=False)
        if row.principal is None and (row.list.value.lower(), row.scope) in failed
        else row
        for row in header.read_coverage(collected.items())
    )


def _tree(root: Item) -> Part:
    tree = read_group_tree(root)
    snapshot = AccessSnapshot(
        tenant_id=root.maybe_text("tenantId"),
        management_groups=tree.groups,
        subscriptions=tree.subscriptions,
        coverage=(),
        files=(root.document.name,),
    )
    return Part(snapshot=snapshot, bare=True)


def _policies(root: Item) -> dict[str, tuple[Mapping[str, JsonValue], ...]]:
    found: dict[str, tuple[Mapping[str, JsonValue], ...]] = {}
    for name in POLICY_LISTS:
        if root.member(name) is not None:
            items = (item.value for item in _elements(root.member(name) or root))
            found[name] = tuple(value for value in items if isinstance(value, dict))
    return found


def _bare(root: Item, scope: Scope | None) -> Part:
    """Read a bare array or a raw answer; all its elements are of one list."""
    wanted = _recognise(root)
    if scope is None:
        raise root.error(
            f"nothing says for which scope these {wanted.value} were listed",
            advice="say it with `--scope ID`",
        )
    # A list at a management group holds nothing of the subscriptions below it.
    reach = Reach.AT_ABOVE if scope.kind is ScopeKind.MANAGEMENT_GROUP else Reach.AT_ABOVE_BELOW
    snapshot = AccessSnapshot(
        scopes=(scope,),
        coverage=(Coverage(list=wanted, scope=scope, reach=reach),),
        files=(root.document.name,),
    )
    return _Lists({wanted: root}).into(Part(snapshot=snapshot, bare=True))


def _recognise(root: Item) -> AccessList:
    kinds = {_kind(item) for item in _elements(root)}
    if not kinds:
        raise root.error(
            "an empty array does not say which list it is",
            advice=f'name it in a snapshot: `{{"schema": "{SCHEMA}", "denyAssignments": []}}`',
        )
    if len(kinds) > 1:
        raise root.error("the array holds rows of several lists", advice="give one file each")
    return kinds.pop()


def _kind(item: Item) -> AccessList:
    """Tell of which list an element is: by its type, else by what only that list has."""
    kind = item.value.get("type") if isinstance(item.value, dict) else None
    found = _BY_TYPE.get(kind.lower()) if isinstance(kind, str) else None
    if found is not None:
        return found
    marks = (
        ("registrationState", AccessList.PROVIDERS),
        ("level", AccessList.LOCKS),
        ("principals", AccessList.DENY_ASSIGNMENTS),
        ("permissions", AccessList.ROLE_DEFINITIONS),
        ("principalId", AccessList.ROLE_ASSIGNMENTS),
    )
    for key, wanted in marks:
        if item.member(key) is not None:
            if wanted is AccessList.ROLE_ASSIGNMENTS:
                _refuse_other(item, wanted)
            return wanted
    raise item.error(
        "this is no row that decides access",
        advice="role assignments, role definitions, deny assignments, locks are known",
    )


def _refuse_other(item: Item, wanted: AccessList) -> None:
    """Refuse a row whose type or ID says that it belongs to another list.

    A request or an eligibility has what a role assignment has, and gives nothing.
    """
    row = item.value if isinstance(item.value, dict) else {}
    stated, identifier = row.get("type"), row.get("id")
    kinds = [stated.lower()] if isinstance(stated, str) else []
    if isinstance(identifier, str):
        _, _, tail = identifier.lower().rpartition(f"/providers/{_AUTHORIZATION}")
        kinds += [_AUTHORIZATION + tail.partition("/")[0]] if tail != identifier.lower() else []
    for kind in kinds:
        if kind.startswith(_AUTHORIZATION) and _BY_TYPE.get(kind) is not wanted:
            raise item.error(
                f"this row is one of `{one_line(kind)}`, not of {wanted.value}",
                advice="put each row into the list that Azure returned it in",
            )


def _elements(item: Item) -> Iterator[Item]:
    """Yield the rows of an array, or of a raw answer that holds one."""
    inner = item.member("value") if isinstance(item.value, dict) else item
    if item.names() and item.member("error") is not None:
        raise item.error("this is an answer with an error: the list was not read")
    if inner is None:
        raise item.error("an array, or an answer with `value`, is expected here")
    return inner.items()


def _all(items: Iterator[Item], read: Callable[[Item], _Row]) -> tuple[_Row, ...]:
    return tuple(read(item) for item in items)


class _Lists:
    """The lists of one file, by name; None where the file has none."""

    def __init__(self, found: Mapping[AccessList, Item | None]) -> None:
        self._found = found

    def _rows(self, wanted: AccessList, read: Callable[[Item], _Row]) -> tuple[_Row, ...] | None:
        item = self._found.get(wanted)
        if item is None:
            return None
        found = []
        for row in _elements(item):
            if wanted is AccessList.ROLE_ASSIGNMENTS:
                _refuse_other(row, wanted)
            found.append(read(row))
        return tuple(found)

    def into(self, part: Part) -> Part:
        """Return the part with its lists read."""
        locks = self._rows(AccessList.LOCKS, rows.lock)
        definitions = self._found.get(AccessList.ROLE_DEFINITIONS)
        snapshot = replace(
            part.snapshot,
            role_definitions=self._rows(AccessList.ROLE_DEFINITIONS, rows.role_definition),
            role_assignments=self._rows(AccessList.ROLE_ASSIGNMENTS, rows.role_assignment),
            deny_assignments=self._rows(AccessList.DENY_ASSIGNMENTS, rows.deny_assignment),
            eligibilities=self._rows(AccessList.ELIGIBILITIES, rows.role_eligibility),
            schedules=self._rows(AccessList.SCHEDULES, rows.active_schedule),
            locks=None if locks is None else tuple(row for row in locks if row is not None),
            providers=self._rows(AccessList.PROVIDERS, rows.provider),
            resources=self._rows(AccessList.RESOURCES, rows.resource),
        )
        return replace(
            part,
            snapshot=snapshot,
            incomplete=frozenset(self._incomplete()),
            without_condition={} if definitions is None else _without_condition(definitions),
        )

    def _incomplete(self) -> Iterator[AccessList]:
        for wanted, item in self._found.items():
            raw = item.value if item is not None else None
            if isinstance(raw, dict) and any(_more(name) and raw[name] for name in raw):
                yield wanted


def _more(name: str) -> bool:
    return name.lower().endswith(_UNFINISHED)


def _without_condition(definitions: Item) -> dict[RoleId, tuple[bool, ...]]:
    """Return, by role GUID, which blocks were exported without the key `condition`."""
    return {
        role_id(item.maybe_text("id") or item.text("name")): tuple(
            not block.has("condition") for block in item.members("permissions")
        )
        for item in _elements(definitions)
    }
