"""Recommendation: a proposed change, with what it closes and what else it opens."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from preflight.model.access import PrincipalId
from preflight.model.requirement import Requirement
from preflight.model.role import RoleDefinition
from preflight.model.scope import Scope


class RecommendationKind(enum.StrEnum):
    """What is to be done."""

    ASSIGN_ROLE = "assign-role"
    CUSTOM_ROLE = "custom-role"
    EXCLUDE_FROM_DENY = "exclude-from-deny"
    ACTIVATE = "activate"
    WAIT = "wait"
    REFRESH_TOKEN = "refresh-token"  # noqa: S105 - a code, not a secret
    USE_PRINCIPAL = "use-principal"
    CHANGE_TEMPLATE = "change-template"
    REGISTER_PROVIDER = "register-provider"
    REMOVE_LOCK = "remove-lock"
    GIVE_EVIDENCE = "give-evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlsoAllows:
    """What a recommendation would open besides: at least `count` further actions."""

    count: int
    privileged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A proposed change.

    `proven` is true only when the requirements it closes were decided again with the change in
    place and came out allowed. `commands` maps a tool (`az`, `bicep`) to text to be pasted.
    """

    kind: RecommendationKind
    text: str
    scope: Scope | None = None
    role: RoleDefinition | None = None
    condition: str | None = None
    """The condition of the proposed role assignment (version 2.0), where it has one."""
    principal: PrincipalId | None = None
    closes: tuple[Requirement, ...] = ()
    proven: bool = False
    refused: bool = False
    """Whether who would run the commands may not make the grant; the text says who may."""
    also_allows: AlsoAllows | None = None
    commands: Mapping[str, str] = field(default_factory=dict)
