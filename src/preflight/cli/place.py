"""Where the program runs: a terminal, a plain log, GitHub Actions, Azure Pipelines."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from preflight.model.outcome import Detail

_EVENT_LIMIT = 10_000_000


def place() -> str:
    """Return `github`, `azure-pipelines`, `terminal` or `plain`."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        return "github"
    if os.environ.get("TF_BUILD"):
        return "azure-pipelines"
    return "terminal" if sys.stdout.isatty() else "plain"


def default_detail() -> Detail:
    """Return how much of other people's identities reports show when nobody says.

    `team` outside CI, and where the CI's own event says that the repository is private and the
    change is not a fork's; else `public`.
    """
    if place() == "github":
        return Detail.TEAM if _private_github_event() else Detail.PUBLIC
    in_ci = place() == "azure-pipelines" or os.environ.get("CI", "").lower() in {"true", "1"}
    return Detail.PUBLIC if in_ci else Detail.TEAM


def _private_github_event() -> bool:
    """Whether GitHub's event file says: private repository, and no fork's change."""
    try:
        path = Path(os.environ["GITHUB_EVENT_PATH"])
        if path.stat().st_size > _EVENT_LIMIT:
            return False
        event = json.loads(path.read_text(encoding="utf-8"))
        repository = event["repository"]
        if repository["private"] is not True:
            return False
        pull_request = event.get("pull_request")
        return pull_request is None or (
            pull_request["head"]["repo"]["full_name"] == repository["full_name"]
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        # No usable event: the careful answer.
        return False


def link_base() -> str:
    """Return the address of the repository's files at this commit, on GitHub; else nothing."""
    server, repository, commit = (
        os.environ.get(name, "")
        for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA")
    )
    known = place() == "github" and server.startswith("https://") and repository and commit
    return f"{server}/{repository}/blob/{commit}" if known else ""


def use_colour(choice: str) -> bool:
    """Whether to colour the console: `--color`, else NO_COLOR, else a terminal."""
    if choice != "auto":
        return choice == "always"
    return (
        not os.environ.get("NO_COLOR") and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    )


def speaks_utf8() -> bool:
    """Whether stdout can show characters beyond ASCII."""
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
