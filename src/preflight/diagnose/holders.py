"""Who else holds it: the other principal that a `wrong-principal` finding names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from preflight.model.access import (
    AccessSnapshot,
    Principal,
    PrincipalId,
    PrincipalType,
    RoleAssignment,
)
from preflight.model.decision import Verdict
from preflight.model.diagnosis import Decider, NearMiss
from preflight.model.naming import principal_label, role_label
from preflight.model.requirement import Requirement
from preflight.model.role import RoleId
from preflight.model.scope import Scope, ScopeKind
from preflight.model.truth import Truth

MAX_CANDIDATES = 16
"""Other principals that are tried per finding, those assigned nearest first."""
_BELOW = frozenset({ScopeKind.SUBSCRIPTION, ScopeKind.RESOURCE_GROUP, ScopeKind.RESOURCE})
_WORDS = {PrincipalType.USER: "user", PrincipalType.SERVICE_PRINCIPAL: "service principal"}


def type_word(kind: PrincipalType) -> str:
    """Return the word for a kind of principal."""
    return _WORDS.get(kind, "principal")


class Holders:
    """Finds another principal that holds all of a finding."""

    def __init__(self, access: AccessSnapshot, subject: Principal, decider: Decider) -> None:
        """Keep the evidence; assignments are indexed when the first finding asks."""
        self._access = access
        self._subject = subject
        self._decider = decider
        self._deciders: dict[PrincipalId, Decider] = {}

    @cached_property
    def _rows(self) -> Mapping[Scope, Mapping[RoleId, Sequence[RoleAssignment]]]:
        """Everybody's assignments at subscriptions and below, by scope and role."""
        rows: dict[Scope, dict[RoleId, list[RoleAssignment]]] = {}
        for row in self._access.role_assignments or ():
            if row.scope.kind in _BELOW and row.scope.subscription is not None:
                rows.setdefault(row.scope, {}).setdefault(row.role, []).append(row)
        return rows

    def other(self, requirements: Sequence[Requirement]) -> NearMiss | None:
        """Return another principal of the same type that holds every requirement, or None.

        It counts only what is assigned to it directly, at the subscription or below
        (docs/reference/reasons.md). A subject of unknown type is compared with
        users and service principals.
        """
        # One requirement of each action first: whoever lacks an action is dismissed soon.
        different = {row.action: row for row in reversed(requirements)}.values()
        for principal, row in self._candidates(requirements[0]):
            theirs = self._theirs(principal)
            if all(_holds(theirs, wanted) for wanted in (*different, *requirements)):
                return NearMiss(
                    assignment=row,
                    role_name=role_label(row, self._access),
                    lacks=f"held by {principal_label(principal)}",
                    principal=principal,
                )
        return None

    def _theirs(self, principal: Principal) -> Decider:
        """Return who answers for another principal; the same ones come up in many findings."""
        found = self._deciders.get(principal.object_id)
        if found is None:
            found = self._decider.for_principal(principal)
            self._deciders[principal.object_id] = found
        return found

    def _candidates(self, requirement: Requirement) -> Iterator[tuple[Principal, RoleAssignment]]:
        seen = {self._subject.object_id}
        for row in self._granting(requirement):
            if len(seen) > MAX_CANDIDATES:
                return
            if row.principal not in seen and self._same_type(self._type(row)):
                seen.add(row.principal)
                yield self._principal(row), row

    def _granting(self, requirement: Requirement) -> Iterator[RoleAssignment]:
        """Yield the assignments whose role grants the action, nearest rung first."""
        roles = self._access.role_definitions_by_id
        for rung in self._decider.rungs(requirement.scope):
            for role, rows in self._rows.get(rung, {}).items():
                known = roles.get(role)
                if known is None:
                    continue
                grants = known.grants(requirement.action, data_action=requirement.data_action)
                if grants is Truth.TRUE:
                    yield from rows

    def _principal(self, row: RoleAssignment) -> Principal:
        bare = Principal(object_id=row.principal)
        known = self._access.principals_by_id.get(row.principal, bare)
        return replace(known, type=self._type(row))

    def _type(self, row: RoleAssignment) -> PrincipalType:
        known = self._access.principals_by_id.get(row.principal)
        if known is not None and known.type is not PrincipalType.UNKNOWN:
            return known.type
        return row.principal_type

    def _same_type(self, other: PrincipalType) -> bool:
        if self._subject.type is PrincipalType.UNKNOWN:
            return other in _WORDS
        return other is self._subject.type and not other.may_be_group


def _holds(theirs: Decider, requirement: Requirement) -> bool:
    """Whether a principal holds a requirement directly, at the subscription or below."""
    if theirs.decide(requirement).verdict is not Verdict.ALLOWED:
        return False
    return any(
        row.grants is Truth.TRUE and row.via == "direct" and row.assignment.scope.kind in _BELOW
        for row in theirs.holdings(requirement)
    )
