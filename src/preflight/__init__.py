"""Know before you deploy: will an Azure rollout be stopped by a missing permission?

The public API; each name is imported when it is first used, so that `preflight --help` loads no
stage.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from preflight._version import __version__

if TYPE_CHECKING:
    from preflight.api import check, derive, evaluate_expression, explain, load_access, verify
    from preflight.errors import (
        AccessError,
        CatalogError,
        InputError,
        PreflightError,
        UsageError,
    )
    from preflight.model.access import AccessSnapshot
    from preflight.model.decision import Decision, Reason, Verdict
    from preflight.model.explanation import Explanation
    from preflight.model.report import Report
    from preflight.model.requirement import Certainty, Derivation, Requirement
    from preflight.model.value import Unknown
    from preflight.model.verification import Verification

__all__ = [
    "AccessError",
    "AccessSnapshot",
    "CatalogError",
    "Certainty",
    "Decision",
    "Derivation",
    "Explanation",
    "InputError",
    "PreflightError",
    "Reason",
    "Report",
    "Requirement",
    "Unknown",
    "UsageError",
    "Verdict",
    "Verification",
    "__version__",
    "check",
    "derive",
    "evaluate_expression",
    "explain",
    "load_access",
    "verify",
]

_HOMES = {
    "preflight.api": (
        "check",
        "derive",
        "evaluate_expression",
        "explain",
        "load_access",
        "verify",
    ),
    "preflight.errors": (
        "AccessError",
        "CatalogError",
        "InputError",
        "PreflightError",
        "UsageError",
    ),
    "preflight.model.access": ("AccessSnapshot",),
    "preflight.model.decision": ("Decision", "Reason", "Verdict"),
    "preflight.model.explanation": ("Explanation",),
    "preflight.model.report": ("Report",),
    "preflight.model.requirement": ("Certainty", "Derivation", "Requirement"),
    "preflight.model.value": ("Unknown",),
    "preflight.model.verification": ("Verification",),
}


def __getattr__(name: str) -> object:
    """Import a public name from its home."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module `preflight` has no attribute `{name}`")


class _Package(ModuleType):
    """This package, in which `derive` is the public function and never the stage of that name.

    Importing a submodule sets it as an attribute of its package, so that `preflight.derive` would
    turn from function to module with the first import of the stage. `import preflight.derive`
    and `from preflight.derive import …` are not affected.
    """

    @property
    def derive(self) -> object:
        """The public function."""
        return __getattr__("derive")

    @derive.setter
    def derive(self, _: object) -> None:
        """Ignore what the import system sets."""


sys.modules[__name__].__class__ = _Package
