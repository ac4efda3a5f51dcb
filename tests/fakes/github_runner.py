"""A runner that executes a composite action's steps as GitHub's does, without Docker.

Inputs are checked against the action's own, `${{ … }}` is filled in, every step runs in bash with
a clean environment and fresh GITHUB_ files, outputs go from step to step and to the caller.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.rows import Row, row, rows, text

_EXPRESSION = re.compile(r"\$\{\{\s*([^}]+?)\s*\}\}")
_STEP_KEYS = {"name", "id", "shell", "run", "env"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an action ended."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str


@dataclass(kw_only=True)
class Runner:
    """One job on one machine; `action` is the parsed action.yml in `folder`."""

    action: Row
    folder: Path
    workspace: Path
    temp: Path
    environment: Mapping[str, str]
    instead: Mapping[str, str] = field(default_factory=dict)
    """Scripts that run in place of a step's own, by the step's name."""
    timeout_s: float = 120

    def run(self, given: Mapping[str, str]) -> Outcome:
        """Run the action with inputs."""
        inputs = self._inputs(given)
        steps: dict[str, Mapping[str, str]] = {}
        log, code, summary = "", 0, ""
        runs = row(self.action["runs"])
        assert runs["using"] == "composite"
        for number, step in enumerate(rows(runs["steps"])):
            assert set(step) <= _STEP_KEYS, f"this runner does not know {set(step) - _STEP_KEYS}"
            assert step["shell"] == "bash"
            folder = self.temp / f"_step{number}"
            folder.mkdir()
            ended = self._step(step, inputs, steps, folder)
            log += ended.stdout
            summary += (folder / "summary").read_text(encoding="utf-8")
            if step.get("id"):
                steps[text(step["id"])] = _pairs((folder / "output").read_text(encoding="utf-8"))
            code = ended.returncode
            if code:
                break
        stated = row(self.action.get("outputs"))
        outputs = {
            name: _filled(text(row(item)["value"]), inputs, steps) for name, item in stated.items()
        }
        return Outcome(code=code, log=log, outputs=outputs, summary=summary)

    def _inputs(self, given: Mapping[str, str]) -> dict[str, str]:
        declared = {name: row(item) for name, item in row(self.action["inputs"]).items()}
        unknown = set(given) - set(declared)
        assert not unknown, f"unexpected inputs: {unknown}"
        for name, item in declared.items():
            assert name in given or "default" in item or not item.get("required"), name
        return {name: given.get(name, text(item.get("default"))) for name, item in declared.items()}

    def _step(
        self,
        step: Row,
        inputs: Mapping[str, str],
        steps: Mapping[str, Mapping[str, str]],
        folder: Path,
    ) -> subprocess.CompletedProcess[str]:
        script = self.instead.get(text(step.get("name"))) or text(step["run"])
        file = folder / "script.sh"
        file.write_text(_filled(script, inputs, steps), encoding="utf-8")
        env = {**self.environment, "CI": "true", "GITHUB_ACTIONS": "true", "RUNNER_OS": "Linux"}
        env |= {"GITHUB_WORKSPACE": str(self.workspace), "GITHUB_ACTION_PATH": str(self.folder)}
        env["RUNNER_TEMP"] = str(self.temp)
        for name in ("output", "env", "path", "step_summary"):
            made = folder / name.replace("step_", "")
            made.touch()
            env[f"GITHUB_{name.upper()}"] = str(made)
        env |= {
            name: _filled(text(value), inputs, steps)
            for name, value in row(step.get("env")).items()
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(file)],
            cwd=self.workspace,
            env=env,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=self.timeout_s,
        )


def _filled(source: str, inputs: Mapping[str, str], steps: Mapping[str, Mapping[str, str]]) -> str:
    def value(found: re.Match[str]) -> str:
        parts = found.group(1).split(".")
        if parts[0] == "inputs":
            return inputs[".".join(parts[1:])]
        assert (parts[0], parts[2]) == ("steps", "outputs"), found.group()
        return steps.get(parts[1], {}).get(parts[3], "")

    return _EXPRESSION.sub(value, source)


def _pairs(source: str) -> dict[str, str]:
    """Read a GITHUB_OUTPUT file: `name=value`, or `name<<END` up to END."""
    found: dict[str, str] = {}
    lines = iter(source.splitlines())
    for line in lines:
        name, heredoc, end = line.partition("<<")
        if heredoc and "=" not in name:
            taken: list[str] = []
            for inner in lines:
                if inner == end:
                    break
                taken.append(inner)
            found[name] = "\n".join(taken)
        else:
            name, _, value = line.partition("=")
            found[name] = value
    return found
