"""`preflight snapshot`: a file that decides as the live run did."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from tests.fakes.azure import FakeAzure
from tests.fakes.documents import (
    ALICE,
    AUDITOR,
    CONTRIBUTOR,
    CORP,
    DEPLOYER,
    HUB,
    OTHER,
    PLATFORM,
    PROD,
    READER,
    STORAGE_WRITER,
    assignment,
    company,
    deny,
    eligibility,
    lock,
)
from tests.fakes.exchange import Fault
from tests.fakes.rows import Row, rows, text
from tests.integration.live.conftest import BOTH, ROOT, SHOP, STORAGE, Gate, Program

SCHEMA = ROOT / "src" / "preflight" / "report" / "schemas" / "access-1.schema.json"
WORLDS: dict[str, Row] = {
    "allowed": company(
        assignment(DEPLOYER, CONTRIBUTOR, PROD), assignment(DEPLOYER, CONTRIBUTOR, HUB)
    ),
    "through the management group": company(assignment(DEPLOYER, CONTRIBUTOR, CORP)),
    "at the wrong group": company(
        assignment(DEPLOYER, READER, PROD),
        assignment(DEPLOYER, CONTRIBUTOR, PROD + "/resourceGroups/rg-other"),
    ),
    "another principal holds it": company(
        assignment(DEPLOYER, READER, PROD), assignment(OTHER, STORAGE_WRITER, SHOP)
    ),
    "denied to everybody": company(
        assignment(DEPLOYER, CONTRIBUTOR, PROD),
        denyAssignments=[deny(SHOP, ["Microsoft.Storage/*"])],
    ),
    "locked": company(assignment(DEPLOYER, CONTRIBUTOR, PROD), locks=[lock(SHOP, "ReadOnly")]),
    "eligible only": company(
        assignment(DEPLOYER, READER, PROD),
        roleEligibilityScheduleInstances=[eligibility(DEPLOYER, CONTRIBUTOR, PROD)],
    ),
    "reads nothing that decides": company(
        assignment(DEPLOYER, READER, HUB), assignment(DEPLOYER, STORAGE_WRITER, PROD)
    ),
}


def verdicts(report: Row) -> dict[str, str]:
    return {
        f"{item['action']} at {item['scope']}": text(item["verdict"])
        for item in rows(report.get("requirements"))
    }


def saved(azure: FakeAzure, run: Program, file: Path, *arguments: str | Path) -> Row:
    ended = run("snapshot", "-o", file, *arguments, env=azure.environment("secret"))
    assert ended.returncode == 0, ended.stderr
    found: Row = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.validate(found, json.loads(SCHEMA.read_text(encoding="utf-8")))
    for secret in azure.secrets():
        assert secret not in file.read_text(encoding="utf-8") + ended.stdout + ended.stderr
    return found


@pytest.mark.parametrize("source", [STORAGE, BOTH], ids=["one", "two subscriptions"])
@pytest.mark.parametrize("world", WORLDS)
def test_the_same_verdicts_from_the_file(
    world: str, source: Path, azure: FakeAzure, gate: Gate, run: Program, tmp_path: Path
) -> None:
    azure.load(WORLDS[world])
    live = gate("--no-cross-check", source=source)
    if live.code == 4:
        ended = run(
            "snapshot", "-o", tmp_path / "access.json", source, "--scope", SHOP,
            env=azure.environment("secret"),
        )  # fmt: skip
        assert ended.returncode == 4
        return
    saved(azure, run, tmp_path / "access.json", source, "--scope", SHOP)
    azure.log.clear()
    offline = gate("--access", tmp_path / "access.json", source=source, kind=None)

    assert azure.log.of() == ()
    assert live.code == offline.code
    assert verdicts(live.report) == verdicts(offline.report)
    assert verdicts(live.report)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path=r"/denyAssignments\?", status=403),
        Fault(path=r"/denyAssignments/", status=403),
        Fault(path=r"/denyAssignments\?", status=500),
    ],
    ids=["refused", "not proven", "in trouble"],
)
def test_what_could_not_be_read_stands_in_the_file(
    fault: Fault, azure: FakeAzure, gate: Gate, run: Program, tmp_path: Path
) -> None:
    file = tmp_path / "access.json"
    azure.script(fault)

    ended = run("snapshot", "-o", file, STORAGE, "--scope", SHOP, env=azure.environment("secret"))
    found = json.loads(file.read_text(encoding="utf-8"))
    offline = gate("--access", file, kind=None)

    assert ended.returncode == 0, ended.stderr
    assert f"could not read denyAssignments at {PROD}" in ended.stderr
    assert {"denyAssignments"} == {item["what"] for item in found["unreadable"]}
    assert offline.code == 5, offline.told
    assert offline.undetermined() == {"evidence-unreadable"}
    assert "could not read: denyAssignments at" in offline.told


def test_a_deny_for_a_group_that_only_another_file_names(
    azure: FakeAzure, gate: Gate, run: Program, tmp_path: Path
) -> None:
    document = company(
        assignment(DEPLOYER, CONTRIBUTOR, PROD),
        assignment(DEPLOYER, CONTRIBUTOR, HUB),
        denyAssignments=[deny(HUB, ["*/write"], to=[PLATFORM])],
    )
    for holder in rows(document["principals"]):
        if holder["objectId"] == DEPLOYER:
            holder["memberOf"] = [PLATFORM]
    azure.load(document)
    files: list[str | Path] = []
    for who, place in ((DEPLOYER, PROD), (AUDITOR, HUB)):
        file = tmp_path / f"{who}.json"
        everyone = ["--everyone"] if who == AUDITOR else []
        azure.sign_in(who)
        ended = run(
            "snapshot", "-o", file, "--scope", place, *everyone,
            env=azure.environment("secret", who),
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        files += ["--access", file]

    ended_run = gate(*files, "--principal", DEPLOYER, source=BOTH, kind=None)

    there = {v for at, v in ended_run.reasons().items() if HUB in at and "/write at" in at}
    assert there == {"undetermined/groups-unknown"}, ended_run.reasons()
    assert ended_run.code == 5, ended_run.told


def test_only_rows_that_can_decide_unless_everybody_is_asked_for(
    azure: FakeAzure, run: Program, tmp_path: Path
) -> None:
    azure.load(
        company(assignment(DEPLOYER, CONTRIBUTOR, PROD), assignment(OTHER, STORAGE_WRITER, SHOP))
    )
    some = saved(azure, run, tmp_path / "some.json", "--scope", PROD)
    everybody = saved(azure, run, tmp_path / "all.json", "--scope", PROD, "--everyone")

    def holders(found: Row) -> set[str]:
        listed = rows(found["roleAssignments"])
        return {text(row["properties"]["principalId"]) for row in listed}  # type: ignore[index,call-overload]  # a row as ARM returns it

    assert holders(some) == {DEPLOYER}
    assert holders(everybody) == {DEPLOYER, OTHER, AUDITOR}
    assert {text(row["objectId"]) for row in rows(everybody["principals"])} >= {OTHER, AUDITOR}


def test_nothing_is_written_when_nothing_could_be_read(
    azure: FakeAzure, run: Program, tmp_path: Path
) -> None:
    azure.script(Fault(path="/roleAssignments", status=403))
    file = tmp_path / "access.json"
    file.write_text("what was there before", encoding="utf-8")
    ended = run("snapshot", "-o", file, "--scope", PROD, env=azure.environment("secret"))

    assert ended.returncode == 4
    assert file.read_text(encoding="utf-8") == "what was there before"
    assert [path.name for path in tmp_path.iterdir()] == ["access.json"]


def test_a_link_is_not_followed(azure: FakeAzure, run: Program, tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "elsewhere.json")
    ended = run(
        "snapshot", "-o", tmp_path / "link.json", "--scope", PROD, env=azure.environment("secret")
    )

    assert ended.returncode == 2
    assert not (tmp_path / "elsewhere.json").exists()


def test_a_place_is_needed(azure: FakeAzure, run: Program, tmp_path: Path) -> None:
    ended = run("snapshot", "-o", tmp_path / "a.json", env=azure.environment("secret"))

    assert ended.returncode == 2
    assert "nothing says what to look at" in ended.stderr


def test_it_is_read_for_whom_it_is_said(azure: FakeAzure, run: Program, tmp_path: Path) -> None:
    azure.sign_in(AUDITOR)
    azure.load(company(assignment(ALICE, READER, PROD, "User")))
    found = saved(azure, run, tmp_path / "a.json", "--scope", PROD, "--principal", ALICE)

    assert {text(row["objectId"]) for row in rows(found["principals"])} == {ALICE, AUDITOR}
    assert {row.get("principal") for row in rows(found["coverage"])} >= {ALICE, AUDITOR}
