"""Print the speed and memory of whole runs: the figures that README and docs quote.

    python tools/bench.py [--runs N] [--bicep FILE]

Each figure is the median of N processes after one warm-up, with the operating system's own
accounting: seconds of wall clock, megabytes at the peak. Then come single stages inside a process
(`bench_stages.py`), last whole live runs against the local fake of Azure (`bench_live.py`).
Input is generated, except the first two rows.
Nothing is asserted here: a slow machine is no failure.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from hostile import TEMPLATES

ROOT = Path(__file__).resolve().parent.parent
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-0"
PRINCIPAL = "00000000-0000-4000-8000-000000000001"
WASTEFUL = ("map in map", "tags with computed names", "lists of keys", "texts formatted")
"""Hostile templates that take longest, each in its way; `tools/hostile.py` has all of them."""
PREFLIGHT = [sys.executable, "-m", "preflight"]
WORLDS = {
    **{f"{rows:,} assignments": (rows, 10) for rows in (1000, 2000, 4000, 8000)},
    **{f"{rows:,} definitions": (40, rows) for rows in (500, 1000, 2000, 4000)},
    **{f"{rows:,} groups of the principal": (40, 10, rows) for rows in (500, 1000, 2000, 4000)},
}
"""Assignments, definitions and groups of the snapshots whose cost is compared."""


def measure(command: Sequence[str], runs: int) -> tuple[float, float, int]:
    """Return median seconds, peak megabytes and the exit code of a command."""
    seconds, megabytes, code = [], [], 0
    for run in range(runs + 1):
        started = time.perf_counter()
        child = os.posix_spawn(
            command[0],
            list(command),
            dict(os.environ),
            file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
        )
        _, status, usage = os.wait4(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if run:
            seconds.append(time.perf_counter() - started)
            megabytes.append(usage.ru_maxrss / 1024)
    return statistics.median(seconds), statistics.median(megabytes), code


def template(resources: int) -> dict[str, object]:
    """Return a template with a loop of storage accounts, half of them with a private endpoint."""
    account = {
        "type": "Microsoft.Storage/storageAccounts",
        "apiVersion": "2023-05-01",
        "name": "[concat('st', uniqueString(resourceGroup().id, string(copyIndex())))]",
        "location": "[resourceGroup().location]",
        "copy": {"name": "accounts", "count": "[parameters('count')]"},
        "sku": {"name": "Standard_LRS"},
        "kind": "StorageV2",
    }
    endpoint = {
        "type": "Microsoft.Network/privateEndpoints",
        "apiVersion": "2023-11-01",
        "name": "[format('pe-{0}', copyIndex())]",
        "location": "[resourceGroup().location]",
        "copy": {"name": "endpoints", "count": "[parameters('count')]"},
        "properties": {
            "subnet": {
                "id": "[resourceId('rg-1', 'Microsoft.Network/virtualNetworks/subnets', 'v', 's')]"
            }
        },
    }
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"count": {"type": "int", "defaultValue": resources // 2}},
        "resources": [account, endpoint],
    }


def nested(depth: int) -> dict[str, object]:
    """Return a template that nests inner-scope deployments `depth` deep."""
    inner = template(2)
    for level in range(depth):
        deployment = {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "2022-09-01",
            "name": f"level-{level}",
            "properties": {
                "mode": "Incremental",
                "expressionEvaluationOptions": {"scope": "inner"},
                "template": inner,
            },
        }
        inner = {**template(0), "parameters": {}, "resources": [deployment]}
    return inner


def spread(groups: int) -> dict[str, object]:
    """Return a template that deploys into many resource groups: a cause, and a fix, for each."""
    one = {**template(0), "parameters": {}}
    place = {"type": "Microsoft.Web/serverfarms", "apiVersion": "2023-12-01", "name": "plan"}
    deployments = [
        {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "2022-09-01",
            "name": f"into-{number}",
            "resourceGroup": f"rg-{number}",
            "properties": {"mode": "Incremental", "template": {**one, "resources": [place]}},
        }
        for number in range(groups)
    ]
    return {**one, "resources": deployments}


def access(assignments: int, definitions: int, groups: int = 1) -> dict[str, object]:
    """Return a snapshot in which the principal's one grant stands among many others.

    It holds the grant through the last of its groups.
    """
    member_of = [f"{number:08x}-0000-4000-8000-000000000060" for number in range(groups)]
    prefix = "/providers/Microsoft.Authorization/roleDefinitions"
    roles = [f"{number:08x}-0000-4000-8000-0000000000d0" for number in range(definitions)]
    rows = []
    for number in range(assignments):
        mine = number == assignments - 1
        group = "rg-0" if mine else f"rg-{number % 50}"
        scope = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}"
        name = f"{number:08x}-0000-4000-8000-0000000000a0"
        rows.append(
            {
                "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
                "name": name,
                "properties": {
                    "roleDefinitionId": f"{prefix}/{roles[0 if mine else number % definitions]}",
                    "principalId": member_of[-1]
                    if mine
                    else f"{number:08x}-0000-4000-8000-00000000000f",
                    "principalType": "Group" if mine else "ServicePrincipal",
                    "scope": scope,
                },
            }
        )
    return {
        "schema": "preflight.access/1",
        "collectedAt": "2026-11-24T10:00:00Z",
        "scopes": [f"/subscriptions/{SUBSCRIPTION}"],
        "managementGroups": [],
        "subscriptions": [{"id": f"/subscriptions/{SUBSCRIPTION}", "displayName": "Bench"}],
        "principals": [
            {"objectId": PRINCIPAL, "type": "ServicePrincipal", "memberOf": member_of},
            *({"objectId": group, "type": "Group"} for group in member_of),
        ],
        "roleDefinitions": [
            {
                "id": f"{prefix}/{role}",
                "name": role,
                "properties": {
                    "roleName": f"role {number}",
                    "type": "CustomRole",
                    "assignableScopes": ["/"],
                    "permissions": [
                        {"actions": ["*"] if number == 0 else [f"Microsoft.Web/{number}/*/read"]}
                    ],
                },
            }
            for number, role in enumerate(roles)
        ],
        "roleAssignments": rows,
        "denyAssignments": [],
        "locks": [],
        "providers": [],
    }


def gate(folder: Path, name: str, content: Mapping[str, object], snapshot: Path) -> list[str]:
    """Write a template and return the command that gates it."""
    file = folder / f"{name}.json"
    file.write_text(json.dumps(content))
    place = ["--scope", GROUP, "--principal", PRINCIPAL, "--location", "westeurope"]
    now = ["--now", "2026-11-24T12:00:00Z"]
    return [*PREFLIGHT, "run", str(file), "--access", str(snapshot), *place, *now]


def commands(folder: Path, bicep: Sequence[str]) -> dict[str, list[str]]:
    """Return every measured command by its label; `bicep` are files to read as well."""
    example = ROOT / "examples" / "a-reader-creates-a-vm"
    case = json.loads((example / "example.json").read_text())
    small, large = folder / "small.json", folder / "large.json"
    small.write_text(json.dumps(access(40, 10)))
    large.write_text(json.dumps(access(4000, 1000)))
    found = {
        "bare python": [sys.executable, "-c", "pass"],
        "preflight --help": [*PREFLIGHT, "--help"],
        "one ordinary template, offline snapshot": [
            *PREFLIGHT, "run", str(example / "main.json"),
            "-p", str(example / "main.parameters.json"),
            "--access", str(ROOT / "examples" / "access.json"), "--scope", case["scope"],
            "--principal", case["principal"], "--now", case["now"],
        ],
    }  # fmt: skip
    for file in bicep:
        found[f"requirements of {Path(file).parent.name}/{Path(file).name}"] = [
            *PREFLIGHT, "requirements", file, "--scope", GROUP, "--location", "westeurope",
            "--root", Path(file).resolve().anchor,
        ]  # fmt: skip
    for count in (10, 100, 200, 400, 800):
        found[f"{count} resources, 40 assignments"] = gate(
            folder, f"r{count}", template(count), small
        )
    for depth in (5, 10, 20):
        found[f"nested {depth} deep"] = gate(folder, f"n{depth}", nested(depth - 1), small)
    for name in WASTEFUL:
        found[f"hostile: {name}"] = gate(folder, f"h{len(found)}", TEMPLATES[name](), small)
    found["800 resources, 4,000 assignments, 1,000 definitions"] = gate(
        folder, "big", template(800), large
    )
    bare = access(0, 0)
    del bare["roleDefinitions"]
    (folder / "bare.json").write_text(json.dumps(bare))
    found["200 denied requirements in 100 groups, 928 roles to choose from"] = gate(
        folder, "spread", spread(100), folder / "bare.json"
    )
    for label, size in WORLDS.items():
        snapshot = folder / f"{'-'.join(map(str, size))}.json"
        snapshot.write_text(json.dumps(access(*size)))
        found[f"100 resources, {label}"] = gate(folder, "r100", template(100), snapshot)
    return found | explaining(folder)


def stages(folder: Path, runs: int) -> dict[str, float]:
    """Return the median seconds of single stages, each in processes of their own."""
    file = folder / "stages.json"
    file.write_text(json.dumps(template(800)))
    command = [sys.executable, str(ROOT / "tools" / "bench_stages.py"), str(file), GROUP]
    found: dict[str, list[float]] = {}
    for _ in range(runs):
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for line in printed.splitlines():
            seconds, _, label = line.partition(" ")
            found.setdefault(label, []).append(float(seconds))
    return {label: statistics.median(seconds) for label, seconds in found.items()}


def live() -> None:
    """Print the runs against the local fake of Azure: seconds, calls, exit code."""
    command = [sys.executable, str(ROOT / "tools" / "bench_live.py")]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in printed.splitlines():
        seconds, calls, code, label = line.split(" ", 3)
        what = f"live, 50 ms per call, {calls} calls: {label}"
        print(f"{float(seconds):8.3f}  {'':6}  {code:>4}  {what}")


LOG_BYTES = 64_000_000
ACTIONS = (
    "Microsoft.Web/sites/write", "Microsoft.Sql/servers/write", "Microsoft.Compute/disks/write",
    "Microsoft.Network/virtualNetworks/write", "Microsoft.Network/networkInterfaces/write",
    "Microsoft.Compute/virtualMachines/write", "Microsoft.KeyVault/vaults/write",
    "Microsoft.Storage/storageAccounts/write", "Microsoft.Resources/deployments/write",
    "Microsoft.Insights/components/write", "Microsoft.Network/publicIPAddresses/write",
    "Microsoft.Network/loadBalancers/write", "Microsoft.Cache/redis/write",
    "Microsoft.Authorization/locks/read", "Microsoft.DocumentDB/databaseAccounts/write",
    "Microsoft.EventHub/namespaces/write", "Microsoft.ServiceBus/namespaces/write",
    "Microsoft.App/containerApps/write", "Microsoft.ContainerRegistry/registries/write",
    "Microsoft.Logic/workflows/write",
)  # fmt: skip


def denial(number: int) -> str:
    """Return a denial as `az` prints it."""
    return (
        f"ERROR: (AuthorizationFailed) The client 'app' with object id '{PRINCIPAL}' does not have "
        f"authorization to perform action 'Microsoft.Web/sites/write' over scope '{GROUP}/providers"
        f"/Microsoft.Web/sites/site-{number}' or the scope is invalid.\nCode: AuthorizationFailed\n"
    )


def log(folder: Path, name: str, line: str, every: int) -> str:
    """Write a log of 64 MB with a denial after every so many lines; return its name."""
    file = folder / f"{name}.log"
    written = number = 0
    with file.open("w", encoding="utf-8") as out:
        while written < LOG_BYTES:
            number += 1
            written += out.write(line * every + denial(number))
    return str(file)


def explaining(folder: Path) -> dict[str, list[str]]:
    """Return the commands that read denials and rank roles."""
    quiet = "2026-11-24T10:00:00.0000000Z ##[debug]copying layer \u2502 step 7 of 12\n"
    noisy = "2026-11-24T10:00:00.0000000Z ##[debug]permission check, exit code: 0, correlation x\n"
    return {
        "explain one denial": [
            *PREFLIGHT, "explain", str(ROOT / "examples" / "c-other-identity" / "denial.txt"),
        ],
        "explain a log of 64 MB": [*PREFLIGHT, "explain", log(folder, "quiet", quiet, 50_000)],
        "explain a log of 64 MB that speaks of permissions": [
            *PREFLIGHT, "explain", log(folder, "noisy", noisy, 5_000),
        ],
        "explain a log of 64 MB of denials": [*PREFLIGHT, "explain", log(folder, "all", "", 1)],
        "roles for 20 actions": [*PREFLIGHT, "roles", *ACTIONS],
    }  # fmt: skip


def main(options: Sequence[str]) -> int:
    """Print one row per figure."""
    runs = int(options[options.index("--runs") + 1]) if "--runs" in options else 5
    bicep = [options[options.index("--bicep") + 1]] if "--bicep" in options else []
    print(f"{'seconds':>8}  {'MB':>6}  exit")
    with tempfile.TemporaryDirectory() as folder:
        for label, command in commands(Path(folder), bicep).items():
            seconds, megabytes, code = measure(command, runs)
            print(f"{seconds:8.3f}  {megabytes:6.1f}  {code:>4}  {label}", flush=True)
        for label, seconds in stages(Path(folder), runs).items():
            print(f"{seconds:8.3f}  {'':6}  {'':>4}  stage: {label}", flush=True)
    live()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
