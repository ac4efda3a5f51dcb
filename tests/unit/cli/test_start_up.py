from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ("azure", "jinja2", "junit_xml", "msal", "requests")
PROBE = """
import json, sys
sys.argv = ["preflight", *{arguments!r}]
from preflight.cli.main import main
try:
    main()
except SystemExit as end:
    code = end.code
print("MODULES" + json.dumps([code, sorted(sys.modules)]))
"""


def modules_after(*arguments: str) -> tuple[int, set[str]]:
    """Run the program in a fresh process; return its exit code and what it imported."""
    script = PROBE.format(arguments=list(arguments))
    ended = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    code, modules = json.loads(ended.stdout.rpartition("MODULES")[2])
    return code, set(modules)


def test_help_imports_nothing_heavy_and_no_stage() -> None:
    code, modules = modules_after("--help")

    assert code == 0
    assert not {name for name in modules if name.partition(".")[0] in HEAVY}
    assert not {
        name for name in modules if name.startswith(("preflight.read", "preflight.evaluate"))
    }


def test_help_of_a_command_imports_nothing_heavy() -> None:
    code, modules = modules_after("run", "--help")

    assert code == 0
    assert not {name for name in modules if name.partition(".")[0] in HEAVY}


def test_the_package_itself_is_lazy() -> None:
    script = "import sys, preflight; print('preflight.api' in sys.modules, preflight.__version__)"
    ended = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert ended.stdout.startswith("False 0.")
