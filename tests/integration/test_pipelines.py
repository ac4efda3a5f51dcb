"""The pipeline integrations run the real program: the action's steps, the task's script."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.fakes.github_runner import Runner
from tests.fakes.pipeline_places import ROOT, TASK, job, task

EXAMPLE = ROOT / "examples" / "a-reader-creates-a-vm"
CASE = json.loads((EXAMPLE / "example.json").read_text(encoding="utf-8"))
yaml = pytest.importorskip("yaml", reason="the dev extra brings PyYAML: set .venv up once more")
needs_node = pytest.mark.skipif(
    shutil.which("node") is None, reason="no node here: `make pipelines` brings one"
)


def runner(environment: dict[str, str], temp: Path, *, install: bool = False) -> Runner:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return job(action, environment, temp, install=install)


def offline_inputs() -> dict[str, str]:
    return {
        "source": "examples/a-reader-creates-a-vm/main.json\n",
        "parameters": "examples/a-reader-creates-a-vm/main.parameters.json\n",
        "scope": CASE["scope"],
        "location": "westeurope",
        "principal": CASE["principal"],
        "access": "examples/access.json",
    }


def test_the_action_uses_no_expression_inside_a_script() -> None:
    steps = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]

    assert len(steps) == 2
    assert not any("${{" in step["run"] for step in steps)


def test_the_action_runs_the_gate(environment: dict[str, str], tmp_path: Path) -> None:
    environment["PREFLIGHT_NOW"] = CASE["now"]

    outcome = runner(environment, tmp_path).run(offline_inputs())

    assert outcome.code == 1, outcome.log
    assert outcome.outputs["exit-code"] == "1"
    assert "DENIED" in outcome.summary.upper()
    assert "<testsuites" in Path(outcome.outputs["junit-file"]).read_text(encoding="utf-8")
    assert Path(outcome.outputs["markdown-file"]).is_file()


def test_the_action_takes_names_that_a_shell_would_run(
    environment: dict[str, str], tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    odd = f"it's $(touch {marker}) `touch {marker}`.json"

    outcome = runner(environment, tmp_path).run({"source": odd, "access": "examples/access.json"})

    assert (outcome.code, outcome.outputs["exit-code"]) == (3, "3"), outcome.log
    assert not marker.exists()


def test_the_action_shows_no_reports_of_an_earlier_run(
    environment: dict[str, str], tmp_path: Path
) -> None:
    earlier = tmp_path / "preflight-reports"
    earlier.mkdir()
    (earlier / "preflight.md").write_text("ALLOWED", encoding="utf-8")
    (earlier / "preflight.xml").write_text("<testsuites/>", encoding="utf-8")

    outcome = runner(environment, tmp_path).run({**offline_inputs(), "source": "\n"})

    assert (outcome.code, outcome.outputs["exit-code"]) == (2, "2"), outcome.log
    assert outcome.summary == ""
    assert (outcome.outputs["junit-file"], outcome.outputs["markdown-file"]) == ("", "")


def hostile(folder: Path, marker: Path) -> Path:
    """A checkout with what Python would import, and a shell would start, if it were let."""
    folder.mkdir()
    for name in ("click", "preflight", "sitecustomize"):
        text = f"open({str(marker)!r}, 'w').close()\n"
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    for name in ("preflight", "az", "python", "python3"):
        (folder / name).write_text(f"#!/bin/sh\ntouch '{marker}'\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def test_the_action_imports_nothing_of_the_checkout(
    environment: dict[str, str], tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    checkout = hostile(tmp_path / "checkout", marker)
    started = runner({**environment, "PYTHONPATH": str(checkout)}, tmp_path)
    started.workspace = checkout

    outcome = started.run({"source": str(EXAMPLE / "main.json"), "scope": CASE["scope"]})

    assert outcome.code == 4, outcome.log
    assert not marker.exists()


@pytest.mark.pipelines
@needs_node
@pytest.mark.parametrize(("named", "code"), [("preflight", 70), ("./preflight", 2), ("", 70)])
def test_the_task_starts_nothing_of_the_checkout(
    named: str, code: int, environment: dict[str, str], tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    checkout = hostile(tmp_path / "checkout", marker)
    node = shutil.which("node")
    assert node is not None

    ended = subprocess.run(
        [node, str(TASK / "index.js")],
        cwd=checkout,
        env={
            **environment,
            "PATH": f":{tmp_path}:.",
            "INPUT_SOURCE": "main.json",
            "INPUT_PREFLIGHTPATH": named,
        },
        check=False,
        capture_output=True,
        encoding="utf-8",
    )

    assert ended.returncode == code, ended.stdout + ended.stderr
    assert not marker.exists()


@pytest.mark.pipelines
def test_the_action_installs_itself(environment: dict[str, str], tmp_path: Path) -> None:
    environment["PREFLIGHT_NOW"] = CASE["now"]
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}

    outcome = runner(environment | kept, tmp_path, install=True).run(offline_inputs())

    assert outcome.code == 1, outcome.log


@pytest.mark.pipelines
@needs_node
def test_the_task_runs_the_gate(environment: dict[str, str], tmp_path: Path) -> None:
    environment["PREFLIGHT_NOW"] = CASE["now"]

    ended = task(environment, tmp_path, inputs=offline_inputs(), agent={})

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "##vso[task.complete result=Failed;]" in ended.stdout
    assert "##vso[results.publish type=JUnit;" in ended.stdout
    summary = re.search(r"##vso\[task\.uploadsummary\](.+)", ended.stdout)
    assert summary
    assert Path(summary.group(1)).is_file()


@pytest.mark.pipelines
@needs_node
@pytest.mark.parametrize(
    ("inputs", "agent", "told"),
    [
        ({"source": ""}, {}, "the input `source` is empty"),
        (
            {"source": "a.json", "azureSubscription": "c1"},
            {},
            "the service connection is not known to this agent",
        ),
        (
            {"source": "a.json", "azureSubscription": "c1", "auth": "cli"},
            {},
            "exclude each other",
        ),
        (
            {"source": "a.json", "azureSubscription": "c1"},
            {"ENDPOINT_AUTH_SCHEME_c1": "Certificate"},
            "states no `serviceprincipalid`",
        ),
    ],
)
def test_what_the_task_refuses(
    inputs: dict[str, str],
    agent: dict[str, str],
    told: str,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    ended = task(environment, tmp_path, inputs=inputs, agent=agent)

    assert ended.returncode in {2, 4}
    lines = ended.stdout.splitlines()
    assert [line.startswith("##vso[task.complete result=Failed;]") for line in lines] == [True]
    assert told in lines[0]
    assert ended.stderr == ""


def test_the_task_declares_the_inputs_that_its_script_reads() -> None:
    declared = {item["name"] for item in json.loads((TASK / "task.json").read_text())["inputs"]}
    script = (TASK / "index.js").read_text(encoding="utf-8")
    read = set(re.findall(r"(?:input|lines)\(\"(\w+)\"\)", script))
    read |= set(re.findall(r"PREFLIGHT_\w+: \"(\w+)\"[,}\s]", script.partition("const options")[2]))
    read |= set(re.findall(r"\[\"PREFLIGHT_\w+\", \"(\w+)\"\]", script))

    assert read == declared
