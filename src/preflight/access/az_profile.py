"""What the sign-in of `az` left on this machine: read, never asked of the program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

_WITH_AZ = frozenset({"cli", "pipelines"})
"""Kinds of sign-in beside which `az` is signed in too: the task AzureCLI@2 does so."""


def az_account(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the account that `az` is signed in to by default, from its profile; {} without one."""
    home = environ.get("HOME") or environ.get("USERPROFILE")
    folder = environ.get("AZURE_CONFIG_DIR") or (str(Path(home, ".azure")) if home else None)
    if folder is None:
        # Never the working folder: it may be somebody else's checkout.
        return {}
    try:
        text = Path(folder, "azureProfile.json").read_text(encoding="utf-8-sig")
        rows = json.loads(text)["subscriptions"]
        return next((row for row in rows if row.get("isDefault")), {})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def default_subscription(environ: Mapping[str, str], kind: str) -> str | None:
    """Return the GUID of the subscription that is signed in to, where the place says it."""
    stated = environ.get("AZURE_SUBSCRIPTION_ID")
    if stated or kind not in _WITH_AZ:
        return stated
    found = az_account(environ).get("id")
    return found if isinstance(found, str) else None
