"""How a run ends, and the choices that shape it: small enums that start-up can afford."""

from __future__ import annotations

import enum

DENY_SETTINGS = ("none", "denyDelete", "denyWriteAndDelete")
"""Modes of a deployment stack's deny settings."""
ACTIONS_ON_UNMANAGE = ("detach", "delete")
"""What a deployment stack does with what it no longer manages."""


class ExitCode(enum.IntEnum):
    """How the program ends (docs/reference/exit-codes.md)."""

    ALLOWED = 0
    DENIED = 1
    USAGE = 2
    INPUT = 3
    ACCESS = 4
    UNDETERMINED = 5
    INTERNAL = 70
    INTERRUPTED = 130


class FailOn(enum.StrEnum):
    """The weakest verdict that fails the gate."""

    DENIED = "denied"
    UNDETERMINED = "undetermined"
    NEVER = "never"


class Detail(enum.StrEnum):
    """How much of other people's identities a report shows."""

    PUBLIC = "public"
    TEAM = "team"
