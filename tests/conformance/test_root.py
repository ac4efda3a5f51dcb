"""The conformance root itself: one that holds no suite at all is a mistake, not a success."""

from pathlib import Path


def test_the_root_holds_at_least_one_suite(root: Path) -> None:
    suites = sorted(path.name for path in root.glob("*.json"))

    assert suites, f"no suite in {root}"
