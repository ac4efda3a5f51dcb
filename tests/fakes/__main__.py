"""Run the fake by hand.

    python -m tests.fakes SNAPSHOT OBJECT-ID [KIND]

Prints the variables of one way of signing in (default: secret) and serves until it is stopped.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from tests.fakes.azure import FakeAzure


def main(arguments: list[str]) -> None:
    """Serve one snapshot."""
    if len(arguments) not in {2, 3}:
        sys.exit(str(__doc__))
    document = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    with FakeAzure(document) as azure:
        azure.sign_in(arguments[1])
        kind = arguments[2] if len(arguments) == 3 else "secret"
        for name, value in azure.environment(kind).items():
            sys.stdout.write(f"export {name}='{value}'\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
