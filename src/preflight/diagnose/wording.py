"""What a finding says: one line of title, one line of text, per reason.

No assignment ID stands in them; another principal is named by its display name, which reports of
`--detail public` hide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from preflight.diagnose.facts import Facts, listed
from preflight.diagnose.holders import type_word
from preflight.model.access import (
    DenyAssignment,
    Lock,
    PrincipalType,
    RoleAssignment,
    RoleEligibility,
)
from preflight.model.decision import Evidence, Reason, Verdict
from preflight.model.naming import one_line, principal_label, role_label, scope_label, scope_path
from preflight.model.requirement import Requirement, RequirementKind
from preflight.model.scope import Scope


class Words(NamedTuple):
    """Title and text of a finding."""

    title: str
    text: str


def words(facts: Facts) -> Words:
    """Return title and text of a finding, each on one line."""
    denied = facts.group.verdict is Verdict.DENIED
    said = (_DENIALS.get(facts.group.reason, _other) if denied else _other)(facts)
    return Words(one_line(said.title, limit=300), one_line(said.text, limit=600))


def _deny(facts: Facts) -> Words:
    row = next((r for r in _evidence(facts) if isinstance(r, DenyAssignment)), None)
    if row is None:
        return Words(f"a deny assignment blocks {facts.what}", f"at {facts.where}{facts.detail}")
    reach = "this scope only" if row.only_this_scope else "everything below too"
    name = one_line(row.name) or "it"
    text = f"{name} at {_path(facts, row.scope)} ({reach}) wins over every role of {facts.who}"
    if row.excluded:
        text += f"; principals excluded from it: {len(row.excluded)}"
    return Words(f"a deny assignment at {_label(facts, row.scope)} blocks {facts.what}", text)


def _lock(facts: Facts) -> Words:
    row = next((r for r in _evidence(facts) if isinstance(r, Lock)), None)
    if row is None:
        return Words(f"a lock blocks {facts.what}", f"at {facts.where}{facts.detail}")
    name = one_line(row.name)
    where = _path(facts, row.scope)
    return Words(
        title=f"a {row.level.value} lock at {_label(facts, row.scope)} blocks {facts.what}",
        text=f"lock {name} at {where} stops everybody there and below, whatever roles they hold",
    )


def _conflict(facts: Facts) -> Words:
    text = (
        "the same principal, role and scope exist under another name, or the same name for "
        f"another principal or role{facts.detail}"
    )
    return Words(f"a role assignment at {facts.where} clashes with one that exists", text)


def _policy(facts: Facts) -> Words:
    title = f"a policy denies {facts.what} at {facts.where}"
    return Words(title, f"policy is weighed after roles{facts.detail}")


def _condition(facts: Facts) -> Words:
    role, at = _held(facts)
    return Words(
        title=f"the condition on {role} at {at} is not met",
        text=f"{facts.who} holds {facts.what} only under that condition{facts.detail}",
    )


def _excluded(facts: Facts) -> Words:
    role, at = _held(facts)
    lacks = facts.near.lacks if facts.near else "its notActions exclude the action"
    return Words(
        title=f"{role} at {at} excludes {facts.what}",
        text=f"{lacks}, and no other role of {facts.who} grants it at {facts.where}",
    )


def _eligible(facts: Facts) -> Words:
    row = facts.group.cause
    if not isinstance(row, RoleEligibility):
        return Words(f"{facts.what} is eligible, not active", f"at {facts.where}{facts.detail}")
    hint = (
        "it grants nothing until it is activated"
        if facts.subject.type is PrincipalType.USER
        else "only a user can activate a role"
    )
    role = role_label(row, facts.access)
    return Words(
        title=f"{role} at {_label(facts, row.scope)} is eligible, not active",
        text=f"{facts.who} would hold {facts.what} through it; {hint}",
    )


def _wrong_scope(facts: Facts) -> Words:
    near = facts.near
    if near is None:
        title = f"{facts.who} holds {facts.what} elsewhere, not at {facts.where}"
        return Words(title, f"no assignment that grants it reaches {facts.where}")
    at = near.assignment.scope
    through = f"{near.role_name} at {_path(facts, at)} ({near.lacks})"
    return Words(
        title=f"{near.role_name} is assigned at {_label(facts, at)}, "
        f"not at {_label(facts, facts.place)}",
        text=f"{facts.who} holds {facts.what} through {through}; needed at {facts.where}",
    )


def _lacks(facts: Facts) -> Words:
    role, at = _held(facts)
    lacks = f": {facts.near.lacks}" if facts.near else ""
    return Words(
        title=f"{role} at {at} does not grant {facts.what}",
        text=f"no role that reaches {facts.where} grants it to {facts.who}{lacks}",
    )


def _wrong_principal(facts: Facts) -> Words:
    near = facts.near
    if near is None or near.principal is None:
        return _nothing(facts)
    other = f"{principal_label(near.principal)} (object ID {near.principal.object_id})"
    through = f"{near.role_name} at {_label(facts, near.assignment.scope)}"
    return Words(
        title=f"another {type_word(near.principal.type)} holds what {facts.who} lacks "
        f"at {facts.where}",
        text=f"{facts.who} holds nothing on the ladder; {other} holds {facts.what} "
        f"through {through}",
    )


def _nothing(facts: Facts) -> Words:
    return Words(
        title=f"{facts.who} holds nothing on the ladder of {facts.where}",
        text=f"no role assignment reaches {facts.who} there, not through a group either; "
        f"needed: {facts.what}{facts.detail}",
    )


def _provider(facts: Facts) -> Words:
    names = listed([namespace_of(row.requirement) for row in facts.group.decisions])
    return Words(
        title=f"{names} not registered in {_label(facts, facts.place)}",
        text=f"a rollout registers a provider only if {facts.who} holds register/action there",
    )


def namespace_of(requirement: Requirement) -> str:
    """Return the resource provider that a requirement is about."""
    if requirement.kind is RequirementKind.REGISTER:
        return one_line(requirement.action.namespace)
    kind = requirement.resource.resource_type or requirement.action.text
    return one_line(kind.partition("/")[0])


def _other(facts: Facts) -> Words:
    phrase = _PHRASES.get(facts.group.reason, facts.group.reason.value)
    return Words(f"{phrase}{facts.detail}", f"{facts.what} at {facts.where}: {phrase}")


def _held(facts: Facts) -> tuple[str, str]:
    """Return role and place of the assignment that comes close, else of the first weighed."""
    if facts.near is not None:
        return facts.near.role_name, _label(facts, facts.near.assignment.scope)
    row = next((r for r in _evidence(facts) if isinstance(r, RoleAssignment)), None)
    if row is not None:
        return role_label(row, facts.access), _label(facts, row.scope)
    return "the role held", _label(facts, facts.place)


def _evidence(facts: Facts) -> tuple[Evidence, ...]:
    return facts.group.decisions[0].evidence


def _label(facts: Facts, scope: Scope) -> str:
    return scope_label(scope, facts.access)


def _path(facts: Facts, scope: Scope) -> str:
    return scope_path(scope, facts.access)


_DENIALS: Mapping[Reason, Callable[[Facts], Words]] = {
    Reason.DENY_ASSIGNMENT: _deny,
    Reason.SCOPE_LOCKED: _lock,
    Reason.ROLE_ASSIGNMENT_CONFLICT: _conflict,
    Reason.POLICY_DENIES: _policy,
    Reason.CONDITION_NOT_MET: _condition,
    Reason.EXCLUDED_BY_NOT_ACTIONS: _excluded,
    Reason.ELIGIBLE_NOT_ACTIVE: _eligible,
    Reason.WRONG_SCOPE: _wrong_scope,
    Reason.ROLE_LACKS_ACTION: _lacks,
    Reason.WRONG_PRINCIPAL: _wrong_principal,
    Reason.NO_ASSIGNMENT: _nothing,
    Reason.PROVIDER_NOT_REGISTERED: _provider,
}

_PHRASES: Mapping[Reason, str] = {
    Reason.GRANTED_RECENTLY: "the grant is so recent that it may not be in force yet",
    Reason.EXPIRES_DURING_RUN: "every grant ends before the run is over",
    Reason.GRANTED_THROUGH_GROUP: "granted to a group only, and the token may lag it by a day",
    Reason.ARM_PREFLIGHT_MAY_REFUSE: "the only grant is inherited from a management group above",
    Reason.PROVIDER_NOT_REGISTERED: "the resource provider is not registered, the rollout does it",
    Reason.CONDITION_UNDETERMINED: "a condition decides, and its answer is not known",
    Reason.SCOPE_UNKNOWN: "the scope is not known before the rollout",
    Reason.SCOPE_CREATED_HERE: "this rollout creates the scope",
    Reason.GROUPS_UNKNOWN: "the groups of the principal are not known",
    Reason.HIERARCHY_UNKNOWN: "the management groups above are not known",
    Reason.ROLE_DEFINITION_MISSING: "a role definition is missing",
    Reason.EVIDENCE_UNREADABLE: "what decides access was not read",
    Reason.EVIDENCE_STALE: "the evidence is too old",
    Reason.WRONG_TENANT: "the principal belongs to another tenant",
    Reason.DELEGATED_ACCESS: "access may be delegated from another tenant",
    Reason.PATTERN_UNSUPPORTED: "a role holds a pattern that Azure would refuse",
}
