"""Lists in the documents match the code."""

from __future__ import annotations

import re
from pathlib import Path

from preflight.catalog.load import PackagedCatalog
from preflight.cli.options import CLIENTS
from preflight.model.decision import Reason

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_reason_has_its_section() -> None:
    text = (ROOT / "docs" / "reference" / "reasons.md").read_text(encoding="utf-8")

    sections = re.findall(r"^### (\S+)$", text, re.MULTILINE)

    assert sorted(sections) == sorted(code.value for code in Reason)


def test_the_table_of_clients_is_the_catalogue_s() -> None:
    text = (ROOT / "docs" / "reference" / "clients.md").read_text(encoding="utf-8")
    table = text.partition("| At | Action |")[2].partition("\n\n")[0].splitlines()
    shown = {
        (cells[0], cells[1].strip("`"), cells[2], client, certainty)
        for cells in ([cell.strip() for cell in line[1:-1].split("|")] for line in table[2:])
        for client, certainty in zip(CLIENTS, cells[3:], strict=True)
        if certainty
    }
    catalog = PackagedCatalog()
    known = {
        (verb.at.value, verb.action, verb.when, client, verb.certainty.value)
        for client in CLIENTS
        for verb in catalog.deployment_verbs(client)
    }

    assert known == shown
    assert sorted(CLIENTS) == list(catalog.clients)


def test_every_reason_says_what_it_means_and_what_not_to_do() -> None:
    text = (ROOT / "docs" / "reference" / "reasons.md").read_text(encoding="utf-8")
    sections = re.split(r"^### (\S+)$", text, flags=re.MULTILINE)[1:]
    lacking = []
    for name, body in zip(sections[::2], sections[1::2], strict=True):
        own = body.partition("\n## ")[0].strip()
        meaning = own.partition("\n")[0]
        told = [re.search(rf"^\*{word}\.\* \S.{{5,}}", own, re.MULTILINE) for word in PARTS]
        if not meaning or meaning.startswith("*") or not all(told):
            lacking.append(name)

    assert lacking == []


PARTS = ("Example", "Remedy", "Wrong fix")
