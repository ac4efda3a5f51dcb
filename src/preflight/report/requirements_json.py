"""Requirements as JSON: `preflight.requirements/1`, several in `preflight.reports/1`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from preflight.model.requirement import Derivation
from preflight.report.json import dump, several
from preflight.report.view import View


class RequirementsJson:
    """Exactly `Derivation.to_dict()`."""

    name: ClassVar[str] = "json"

    def render(self, derivations: Sequence[Derivation], view: View) -> str:
        """Return the derivations as JSON, ASCII only."""
        del view
        return dump(several([derivation.to_dict() for derivation in derivations]))
