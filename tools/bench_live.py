"""Time whole live runs against the local fake of Azure, 50 milliseconds per call.

    python tools/bench_live.py

Prints seconds, calls, the exit code and a label per run; `tools/bench.py` shows them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.fakes.azure import FakeAzure  # noqa: E402 - found through the line above
from tests.fakes.documents import DEPLOYER, PROD  # noqa: E402 - the same
from tests.fakes.large import (  # noqa: E402 - the same
    full_subscription,
    into_groups,
    into_subscriptions,
    many_subscriptions,
)
from tests.fakes.rows import Row, rows, text  # noqa: E402 - the same

LATENCY_S = 0.05


def live(label: str, document: Row, template: Row, scope: str) -> None:
    """Run the gate once, as the deployer of a tenant, and print what it took."""
    with tempfile.TemporaryDirectory() as folder, FakeAzure(document, latency_s=LATENCY_S) as azure:
        azure.sign_in(DEPLOYER)
        file = Path(folder) / "main.json"
        file.write_text(json.dumps(template), encoding="utf-8")
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        command = [sys.executable, "-m", "preflight", "run", str(file), "--scope", scope]
        started = time.perf_counter()
        ended = subprocess.run(
            [*command, "--location", "westeurope"],
            check=False,
            cwd=folder,
            env={**kept, **azure.environment("secret")},
            stdout=subprocess.DEVNULL,
        )
        seconds = time.perf_counter() - started
        print(f"{seconds:.3f} {len(azure.log.of('arm', 'graph'))} {ended.returncode} {label}")


def main() -> None:
    """Run a full subscription, then many small ones."""
    full = full_subscription()
    live("4,000 assignments, 1,000 definitions, 50 groups", full, into_groups(50), PROD)
    many = many_subscriptions(60)
    home = text(rows(many["subscriptions"])[0]["id"])
    live("60 subscriptions", many, into_subscriptions(many), home)


if __name__ == "__main__":
    main()
