"""The pipeline integrations run the real program: the action's step, the task's script."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "examples" / "a-reader-creates-a-vm"
CASE = json.loads((EXAMPLE / "example.json").read_text(encoding="utf-8"))


def gate_script() -> str:
    """The `run` text of the action's last step."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    return textwrap.dedent(text.rpartition("run: |\n")[2])


def test_the_action_uses_no_expression_inside_a_script() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")

    scripts = re.findall(r"run: \|\n((?: {8}.*\n)+)", text)

    assert len(scripts) == 2
    assert not any("${{" in script for script in scripts)


def test_the_action_runs_the_gate(environment: dict[str, str], tmp_path: Path) -> None:
    programs = tmp_path / "preflight-venv" / "bin"
    programs.mkdir(parents=True)
    program = programs / "preflight"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m preflight "$@"\n')
    program.chmod(0o755)
    output, summary = tmp_path / "output", tmp_path / "summary"
    env = environment | {
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        "INPUT_SOURCE": "examples/a-reader-creates-a-vm/main.json\n",
        "PREFLIGHT_PARAMETERS": "examples/a-reader-creates-a-vm/main.parameters.json\n",
        "PREFLIGHT_SCOPE": CASE["scope"],
        "PREFLIGHT_LOCATION": "westeurope",
        "PREFLIGHT_PRINCIPAL": CASE["principal"],
        "PREFLIGHT_ACCESS": "examples/access.json",
        "PREFLIGHT_NOW": CASE["now"],
        "PREFLIGHT_FAIL_ON": "undetermined",
        "PREFLIGHT_CLIENT": "az",
    }

    ended = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", gate_script()],
        cwd=ROOT, env=env, check=False, capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "exit-code=1" in output.read_text()
    assert "DENIED" in summary.read_text().upper()
    assert "<testsuites" in (tmp_path / "preflight-reports" / "preflight.xml").read_text()


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed here")
def test_the_task_runs_the_gate(environment: dict[str, str], tmp_path: Path) -> None:
    program = tmp_path / "preflight"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m preflight "$@"\n')
    program.chmod(0o755)
    env = environment | {
        "TF_BUILD": "True",
        "AGENT_TEMPDIRECTORY": str(tmp_path),
        "INPUT_SOURCE": "examples/a-reader-creates-a-vm/main.json",
        "INPUT_PARAMETERS": "examples/a-reader-creates-a-vm/main.parameters.json",
        "INPUT_SCOPE": CASE["scope"],
        "INPUT_LOCATION": "westeurope",
        "INPUT_PRINCIPAL": CASE["principal"],
        "INPUT_ACCESS": "examples/access.json",
        "INPUT_PREFLIGHTPATH": str(program),
        "PREFLIGHT_NOW": CASE["now"],
    }
    script = ROOT / "azure-pipelines-task" / "PreflightV1" / "index.js"

    ended = subprocess.run(
        ["node", str(script)],
        cwd=ROOT, env=env, check=False, capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "##vso[task.complete result=Failed;]" in ended.stdout
    assert "##vso[results.publish type=JUnit;" in ended.stdout


def test_the_task_declares_the_inputs_that_its_script_reads() -> None:
    folder = ROOT / "azure-pipelines-task" / "PreflightV1"
    declared = {item["name"] for item in json.loads((folder / "task.json").read_text())["inputs"]}
    script = (folder / "index.js").read_text(encoding="utf-8")
    read = set(re.findall(r"(?:input|lines)\(\"(\w+)\"\)", script))
    read |= set(re.findall(r"PREFLIGHT_\w+: \"(\w+)\"", script))
    read |= set(re.findall(r"\[\"PREFLIGHT_\w+\", \"(\w+)\"\]", script))

    assert read == declared
