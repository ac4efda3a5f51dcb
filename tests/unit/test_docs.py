"""Lists in the documents match the code."""

from __future__ import annotations

import re
from pathlib import Path

from preflight.model.decision import Reason

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_reason_has_its_section() -> None:
    text = (ROOT / "docs" / "reference" / "reasons.md").read_text(encoding="utf-8")

    sections = re.findall(r"^### (\S+)$", text, re.MULTILINE)

    assert sorted(sections) == sorted(code.value for code in Reason)
