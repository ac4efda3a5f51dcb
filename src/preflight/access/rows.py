"""Rows of the lists that decide access → model, from the ARM shape or the one `az` prints.

Shapes: Microsoft.Authorization 2022-04-01 (role and deny assignments, role definitions with
conditions from 2022-05-01-preview), 2024-07-01-preview (effect of a deny assignment), 2020-10-01
(PIM), 2020-05-01 (locks).
"""

from __future__ import annotations

from preflight.access.items import Item, scope_of
from preflight.model.access import (
    EVERYONE,
    ActiveSchedule,
    DenyAssignment,
    Lock,
    LockLevel,
    PrincipalId,
    PrincipalType,
    ProviderRegistration,
    RoleAssignment,
    RoleEligibility,
    is_object_id,
    principal_id,
)
from preflight.model.action import ActionPattern
from preflight.model.naming import one_line
from preflight.model.role import Permission, RoleDefinition, role_id
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth

_TYPES = {kind.value.lower(): kind for kind in PrincipalType} | {
    # The directory no longer knows it; the word does not mean "some type or other".
    "unknown": PrincipalType.ORPHANED,
}
_NO_GROUP = {"user", "serviceprincipal", "device", "systemdefined", "everyone"}
_ALL = {"systemdefined", "everyone"}
"""Types that mean all principals, whatever the ID beside them."""
_MARKER = "/providers/microsoft.authorization/"


def principal_type(item: Item, key: str) -> PrincipalType:
    """Return the stated type; UNKNOWN where none is stated, or one that nobody knows."""
    text = item.maybe_text(key)
    return _TYPES.get((text or "").lower(), PrincipalType.UNKNOWN)


def _home(item: Item) -> Scope:
    """Return the scope of a row: as stated, else what its ID is an extension of."""
    stated = item.member("scope")
    if stated is not None:
        return stated.as_scope()
    found = _extended(item)
    if found is None:
        raise item.error("`scope` is missing here")
    return found


def _extended(item: Item) -> Scope | None:
    """Return what a row's ID is an extension of; None where it has none that says so."""
    identifier = item.maybe_text("id") or ""
    at = identifier.lower().rfind(_MARKER)
    return None if at < 0 else item.place(identifier[:at] or "/")


def _consistent(item: Item, scope: Scope, *, wider: bool) -> Scope:
    """Return the scope of a row whose ID does not contradict it.

    An ID above the scope is taken (deny assignments have such); `wider`: also one below it.
    """
    home = _extended(item)
    if home is None or home.kind is ScopeKind.MANAGEMENT_GROUP:
        return scope
    if wider and scope.kind is ScopeKind.MANAGEMENT_GROUP:
        return scope
    if home.covers(scope) is Truth.TRUE or (wider and scope.covers(home) is Truth.TRUE):
        return scope
    raise item.error(
        f"`scope` says `{scope.text}`, and `id` is one of `{home.text}`",
        advice="give the row as ARM returns it",
    )


def _id(item: Item, kind: str, scope: Scope) -> str:
    """Return the row's ID; a row that was written by hand may have none."""
    stated = item.maybe_text("id")
    if stated is not None:
        return stated
    parts = [item.maybe_text("name"), item.maybe_text("principalId")]
    role = item.maybe_text("roleDefinitionId")
    parts.append(role_id(role) if role else None)
    name = next((part for part in parts[:1] if part), "-".join(part for part in parts if part))
    prefix = "" if scope.text == "/" else scope.text
    return f"{prefix}/providers/Microsoft.Authorization/{kind}/{name or 'unnamed'}"


def _condition(item: Item) -> str | None:
    """Return a condition as it stands; an empty text is one that no parser will take."""
    found = item.member("condition")
    if found is None:
        return None
    if not isinstance(found.value, str):
        raise found.error("a text is expected here")
    return found.value


def role_assignment(item: Item) -> RoleAssignment:
    """Read a role assignment."""
    scope = _consistent(item, _home(item), wider=False)
    return RoleAssignment(
        id=_id(item, "roleAssignments", scope),
        scope=scope,
        principal=principal_id(item.text("principalId")),
        role=role_id(item.text("roleDefinitionId")),
        principal_type=principal_type(item, "principalType"),
        condition=_condition(item),
        created_on=item.time("createdOn"),
        updated_on=item.time("updatedOn"),
    )


def role_eligibility(item: Item) -> RoleEligibility:
    """Read a PIM eligibility."""
    scope = _home(item)
    return RoleEligibility(
        id=_id(item, "roleEligibilityScheduleInstances", scope),
        scope=scope,
        principal=principal_id(item.text("principalId")),
        role=role_id(item.text("roleDefinitionId")),
        principal_type=principal_type(item, "principalType"),
        condition=_condition(item),
        starts_on=item.time("startDateTime"),
        ends_on=item.time("endDateTime"),
    )


def active_schedule(item: Item) -> ActiveSchedule:
    """Read the PIM schedule instance behind an active role assignment."""
    scope = _home(item)
    return ActiveSchedule(
        id=_id(item, "roleAssignmentScheduleInstances", scope),
        scope=scope,
        principal=principal_id(item.text("principalId")),
        role=role_id(item.text("roleDefinitionId")),
        assignment=item.maybe_text("originRoleAssignmentId"),
        activated=(item.maybe_text("assignmentType") or "").lower() == "activated",
        starts_on=item.time("startDateTime"),
        ends_on=item.time("endDateTime"),
    )


def permission(item: Item) -> Permission:
    """Read one permission block."""
    return Permission(
        actions=_patterns(item, "actions"),
        not_actions=_patterns(item, "notActions"),
        data_actions=_patterns(item, "dataActions"),
        not_data_actions=_patterns(item, "notDataActions"),
        condition=_condition(item),
    )


def _patterns(item: Item, key: str) -> tuple[ActionPattern, ...]:
    return tuple(ActionPattern(text) for text in item.texts(key))


def role_definition(item: Item) -> RoleDefinition:
    """Read a role definition (`az` says `roleType` where ARM says `type` in the properties)."""
    identifier = item.maybe_text("id") or item.text("name")
    kind = item.maybe_text("roleType")
    if kind is None and isinstance(item.value, dict):
        properties = item.value.get("properties")
        stated = properties.get("type") if isinstance(properties, dict) else None
        kind = stated if isinstance(stated, str) else None
    return RoleDefinition(
        id=role_id(identifier),
        name=item.maybe_text("roleName") or role_id(identifier),
        permissions=tuple(permission(block) for block in item.members("permissions")),
        custom=(kind or "").lower() == "customrole",
        full_id=identifier,
        assignable_scopes=tuple(scope_of(text) for text in item.texts("assignableScopes")),
    )


def deny_assignment(item: Item) -> DenyAssignment:
    """Read a deny assignment; an effect other than `audit` counts as enforced."""
    scope = _consistent(item, _home(item), wider=True)
    principals, groups = _principals(item, "principals")
    excluded, excluded_groups = _principals(item, "excludePrincipals")
    permissions = tuple(permission(block) for block in item.members("permissions"))
    if not principals or not any(row.actions or row.data_actions for row in permissions):
        # Azure has none of this kind; to read it as one that denies nothing could allow.
        raise item.error(
            "a deny assignment without principals or without actions cannot be weighed",
            advice="give it as ARM returns it, with `principals` and `permissions`",
        )
    return DenyAssignment(
        id=_id(item, "denyAssignments", scope),
        name=item.maybe_text("denyAssignmentName") or item.maybe_text("name") or "",
        scope=scope,
        permissions=permissions,
        principals=principals,
        excluded=excluded,
        group_principals=groups,
        group_excluded=excluded_groups,
        only_this_scope=item.flag("doNotApplyToChildScopes", default=False),
        audit=(item.maybe_text("denyAssignmentEffect") or "").lower() == "audit",
        condition=_condition(item),
        system=item.flag("isSystemProtected", default=False),
    )


def _principals(item: Item, key: str) -> tuple[frozenset[PrincipalId], frozenset[PrincipalId]]:
    """Return the listed principals, and those of them that are, or may be, groups."""
    everybody: set[PrincipalId] = set()
    groups: set[PrincipalId] = set()
    for row in item.members(key):
        kind = (row.maybe_text("type") or "").lower()
        identifier = principal_id(row.text("id"))
        if key == "principals" and kind in _ALL:
            identifier = EVERYONE
        if not is_object_id(identifier):
            raise row.error(
                f"`{one_line(identifier)}` is no object ID: whom this names cannot be told",
                advice="give the deny assignment as ARM returns it",
            )
        everybody.add(identifier)
        if identifier != EVERYONE and kind not in _NO_GROUP:
            groups.add(identifier)
    return frozenset(everybody), frozenset(groups)


def lock(item: Item) -> Lock | None:
    """Read a lock; None for the level `NotSpecified`, which forbids nothing."""
    level = item.text("level").lower()
    if level == "notspecified":
        return None
    known = {kind.value.lower(): kind for kind in LockLevel}
    if level not in known:
        raise (item.member("level") or item).error(
            f"`{item.text('level')}` is no lock level", advice="it is CanNotDelete or ReadOnly"
        )
    scope = _home(item)
    identifier = _id(item, "locks", scope)
    name = item.maybe_text("name") or identifier.rpartition("/")[2]
    return Lock(id=identifier, name=name, scope=scope, level=known[level])


def provider(item: Item) -> ProviderRegistration:
    """Read a provider's registration; `az provider list` has the subscription in the ID."""
    subscription = (
        item.scope("subscription")
        if item.member("subscription") is not None
        else scope_of(item.text("id")).subscription
    )
    if subscription is None:
        raise item.error("`subscription` is missing here")
    return ProviderRegistration(
        subscription=subscription,
        namespace=item.text("namespace"),
        state=item.text("registrationState"),
    )


def resource(item: Item) -> Scope:
    """Read an existing resource: its ID, however odd; that it exists grants nothing."""
    return scope_of(item.text("id"))
