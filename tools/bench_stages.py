"""Print the seconds of single stages, one per line: `SECONDS LABEL`; see `bench.py`.

    python tools/bench_stages.py TEMPLATE SCOPE

Each figure is of one fresh process: what is measured first pays for reading the tables.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from preflight.access.snapshot_file import parse_snapshot
from preflight.api import DeriveSettings, derive_source
from preflight.catalog.load import load_catalog
from preflight.model.action import Action
from preflight.model.catalog import RuleCatalog
from preflight.model.source import SourceFile
from preflight.read.bicep.parser import parse_bicep

NOTHING = '{"schema": "preflight.access/1", "scopes": [], "roleAssignments": []}'
TYPES = ("Microsoft.Storage/storageAccounts", "Microsoft.Network/privateEndpoints")


def what_a_derivation_asks(catalog: RuleCatalog) -> None:
    """Read every table that deriving looks at."""
    for kind in TYPES:
        catalog.linked_rules(kind)
        catalog.companions(kind)
        catalog.also_registered(kind)
        catalog.unchecked(kind)
        catalog.join_actions(kind)
        catalog.readable(kind)
        catalog.knows(Action(catalog.spelled(f"{catalog.action_type(kind)}/write")))
    catalog.deployment_verbs("az")
    catalog.role_wildcard(Action("Microsoft.Web/sites/write"))


def bicep_text(size: int) -> str:
    """Return a Bicep file of about so many characters."""
    piece = """\
@description('What number {0} of the accounts is for, in some more words.')
param name{0} string = 'st${{uniqueString(resourceGroup().id)}}'

resource account{0} 'Microsoft.Storage/storageAccounts@2023-05-01' = if (!empty(name{0})) {{
  name: toLower('${{name{0}}}-{0}')
  location: resourceGroup().location
  tags: union({{ number: {0} }}, {{ kind: length(name{0}) > 3 ? 'long' : 'short' }})
  sku: {{
    name: 'Standard_LRS'
  }}
  properties: {{
    rules: [for i in range(0, 3): {{
      name: 'rule-${{i}}'
      value: name{0}.?length ?? i
    }}]
  }}
}}
"""
    count = size // len(piece.format(1000))
    return "\n".join(piece.format(number) for number in range(count))


def timed(label: str, call: Callable[[], object]) -> None:
    """Print how long one call takes."""
    started = time.perf_counter()
    call()
    print(f"{time.perf_counter() - started:.4f} {label}")


def main(arguments: Sequence[str]) -> int:
    """Measure the catalogue, then reading, evaluating and deriving a template."""
    template, scope = arguments
    settings = DeriveSettings(scope=scope, location="westeurope", root=Path(template).parent)
    catalog = load_catalog()
    timed("catalogue, what a derivation asks", lambda: what_a_derivation_asks(catalog))
    timed("catalogue, built-in roles", lambda: load_catalog().roles)
    derivation = derive_source(template, settings)
    timed("read, evaluate and derive 800 resources", lambda: derive_source(template, settings))
    again = derivation.again
    if again is not None:
        timed("derive 800 resources", lambda: again(parse_snapshot(NOTHING)))
    text = bicep_text(1_000_000)
    timed("parse 1 MB of Bicep", lambda: parse_bicep(SourceFile("main.bicep", text)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
