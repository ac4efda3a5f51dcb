"""What the README and the tutorial show is what the program prints.

A line that ends with `…` stands for one that begins so; everything else is compared to the letter.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.integration.conftest import ROOT, Run

PAGES = ("README.md", *(str(page.relative_to(ROOT)) for page in ROOT.glob("docs/tutorial/*.md")))
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FULL_REPORTS = {"run", "explain"}
"""Commands whose default for --detail depends on where they run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A command of a page with what the page says it prints."""

    page: str
    folder: Path
    command: tuple[str, ...]
    printed: tuple[str, ...]


def shown(page: str) -> Iterator[Shown]:
    """Yield the commands of a page's console blocks; each block starts in the project's folder."""
    for block in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
        folder = ROOT
        for turn in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            typed, _, printed = turn.replace("\\\n", " ").partition("\n")
            command = tuple(shlex.split(typed))
            if command[0] == "cd":
                folder = ROOT / command[1]
                continue
            lines = tuple(printed.splitlines())
            yield Shown(page=page, folder=folder, command=command, printed=lines)


SHOWN = [each for page in PAGES for each in shown(page)]


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: f"{case.page}-{' '.join(case.command)}")
def test_a_page_shows_what_is_printed(case: Shown, run: Run) -> None:
    program, *arguments = case.command
    if program == "cat":
        answer = (case.folder / arguments[0]).read_text(encoding="utf-8")
    else:
        assert program == "preflight"
        told = ["--detail", "team"] if arguments[0] in FULL_REPORTS else []
        answer = run(*arguments, *told, cwd=case.folder).stdout

    printed = answer.rstrip("\n").splitlines()
    for said, line in zip(case.printed, printed, strict=True):
        assert line.startswith(said.removesuffix("…")) if said.endswith("…") else said == line


def test_every_page_shows_something() -> None:
    assert {case.page for case in SHOWN} == set(PAGES)
