"""Templates that ask for an enormous amount of work are refused, and the refusal says why.

A twentieth of the usual steps is enough to see that each of them comes to a bound;
`python tools/hostile.py` prints what they cost under the usual bounds.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hostile import TEMPLATES
from hostile_shapes import linked

from preflight.cli.main import main

BOUNDS = (
    "evaluation steps",
    "1,000,000 items",
    "16,000,000 characters and items",
    "characters or items",
    "500 deployments",
    "20,000 resources",
    "131,072 characters",
    "requirements",
)
"""What the messages name; the last but one is a bound of ARM itself, without an option."""
OF_ARM = "131,072 characters"


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_is_refused_by_a_bound(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "main.json"
    file.write_text(json.dumps(TEMPLATES[name]()))
    with pytest.raises(SystemExit) as ended:
        main(["requirements", str(file), "-g", "rg", "--max-steps", "100000"])
    said = capsys.readouterr()

    assert ended.value.code == 3
    assert "main.json:" in said.err
    assert any(bound in said.err for bound in BOUNDS)
    assert OF_ARM in said.err or "--max-" in said.err


def test_many_requirements_of_few_resources_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "main.json"
    file.write_text(json.dumps(linked(2)))
    with pytest.raises(SystemExit) as ended:
        main(["requirements", str(file), "-g", "rg", "--max-requirements", "1000"])
    said = capsys.readouterr()

    assert ended.value.code == 3
    assert "more than 1,000 requirements" in said.err
    assert "--max-requirements" in said.err
