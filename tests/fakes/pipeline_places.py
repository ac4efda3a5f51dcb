"""The places in which the pipeline integrations run: a GitHub job, an Azure Pipelines agent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.fakes.github_runner import Runner
from tests.fakes.rows import Row

ROOT = Path(__file__).resolve().parent.parent.parent
TASK = ROOT / "azure-pipelines-task" / "PreflightV1"
PROGRAM = f"""#!/bin/sh
exec "{sys.executable}" -m preflight "$@"
"""
INSTALLED = f"""
mkdir -p "$RUNNER_TEMP/preflight-venv/bin"
printf '#!/bin/sh\\nexec "%s" "$@"\\n' '{sys.executable}' > "$RUNNER_TEMP/preflight-venv/bin/python"
chmod 755 "$RUNNER_TEMP/preflight-venv/bin/python"
"""
"""In place of the action's own installation: the program of this environment."""


def job(
    action: Row, environment: Mapping[str, str], temp: Path, *, install: bool = False
) -> Runner:
    """Return a GitHub job that uses this repository's action."""
    return Runner(
        action=action,
        folder=ROOT,
        workspace=ROOT,
        temp=temp,
        environment=environment,
        instead={} if install else {"Install preflight": INSTALLED},
    )


def task(
    environment: Mapping[str, str],
    temp: Path,
    *,
    inputs: Mapping[str, str],
    agent: Mapping[str, str],
) -> subprocess.CompletedProcess[str]:
    """Run the task's script as an agent does: inputs and connections are variables."""
    program = temp / "preflight"
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    env = {**environment, "TF_BUILD": "True", "AGENT_TEMPDIRECTORY": str(temp), **agent}
    env |= {f"INPUT_{name.upper()}": value for name, value in inputs.items()}
    env["INPUT_PREFLIGHTPATH"] = str(program)
    return subprocess.run(
        ["node", str(TASK / "index.js")],
        cwd=ROOT,
        env=env,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=180,
    )
