"""Formats of `preflight requirements`: what a rollout needs, nothing decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

from preflight.model.requirement import Derivation
from preflight.report.requirements_json import RequirementsJson
from preflight.report.requirements_markdown import RequirementsMarkdown
from preflight.report.requirements_table import RequirementsTable
from preflight.report.role import role_of
from preflight.report.role_formats import RoleArm, RoleBicep, RoleJson, RoleTerraform
from preflight.report.view import View

__all__ = ["REQUIREMENT_FORMATS", "RequirementFormat", "remarks_of"]


class RequirementFormat(Protocol):
    """Turns derivations into text.

    An implementer owes what a `ReportFormat` owes: the same text for the same input, every
    text that a template wrote escaped, libraries imported inside `render` only.
    """

    name: ClassVar[str]

    def render(self, derivations: Sequence[Derivation], view: View) -> str:
        """Return the text of one derivation or of several, with a final line break."""


_ALL: tuple[RequirementFormat, ...] = (
    RequirementsTable(),
    RequirementsJson(),
    RequirementsMarkdown(),
    RoleJson(),
    RoleArm(),
    RoleBicep(),
    RoleTerraform(),
)
REQUIREMENT_FORMATS: Mapping[str, RequirementFormat] = {item.name: item for item in _ALL}
"""Every format of the command by the name that `--format` takes."""


def remarks_of(name: str, derivations: Sequence[Derivation], view: View) -> tuple[str, ...]:
    """Return what a format's reader has to know besides its text: the remarks on a role."""
    return role_of(derivations, view).remarks if name.startswith("role") else ()
