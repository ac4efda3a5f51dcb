"""The registry of sources."""

from __future__ import annotations

from pathlib import Path

from preflight.access.source import ACCESS_SOURCES, AccessRequest


def test_every_source_is_registered_under_its_name() -> None:
    assert {name: source.name for name, source in ACCESS_SOURCES.items()} == {"file": "file"}


def test_files_are_a_source(tmp_path: Path) -> None:
    path = tmp_path / "access.json"
    path.write_text('{"schema": "preflight.access/1", "roleAssignments": []}')
    found = ACCESS_SOURCES["file"].collect(AccessRequest(paths=(str(path),)))

    assert found.role_assignments == ()
    assert found.files == (path.as_posix(),)
