"""The root rule: what may be read, and what never is."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from preflight.errors import InputError, LimitExceeded
from preflight.read.root import Files, find_root


def test_the_root_is_the_nearest_ancestor_with_git(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra" / "module").mkdir(parents=True)
    (tmp_path / "infra" / ".git").write_text("gitdir: elsewhere")

    assert tmp_path / "infra" == find_root(
        tmp_path / "infra" / "module" / "main.json", working_folder=tmp_path
    )
    assert tmp_path == find_root(tmp_path / "main.json", working_folder=Path("/"))


def test_without_git_it_is_the_working_folder_or_the_sources_own(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)

    assert tmp_path / "a" == find_root(folder / "main.json", working_folder=tmp_path / "a")
    assert folder == find_root(folder / "main.json", working_folder=tmp_path / "elsewhere")
    assert tmp_path == find_root(None, working_folder=tmp_path)


def test_links_are_resolved_before_the_root_is_sought(tmp_path: Path) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "main.json").write_text("{}")
    (tmp_path / "link.json").symlink_to(tmp_path / "repo" / "main.json")

    assert tmp_path / "repo" == find_root(tmp_path / "link.json", working_folder=tmp_path)


def test_names_are_relative_to_the_root(tmp_path: Path) -> None:
    (tmp_path / "root" / "real").mkdir(parents=True)
    (tmp_path / "root" / "link").symlink_to(tmp_path / "root" / "real")
    files = Files(tmp_path / "root")

    assert "link/main.json" == files.name(tmp_path / "root" / "link" / "main.json")
    assert "main.json" == files.name(tmp_path / "root" / "link" / ".." / "main.json")
    assert (tmp_path / "x.json").as_posix() == files.name(tmp_path / "x.json")


def test_what_leads_out_of_the_root_is_not_inside(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    (root / "link.json").symlink_to(tmp_path / "secret.json")
    (root / "loop").symlink_to(root / "loop")
    files = Files(root)

    assert root / "a.json" == files.inside(root / "b" / ".." / "a.json")
    assert files.inside(root / ".." / "secret.json") is None
    assert files.inside(root / "link.json") is None
    assert files.inside(Path("/etc/passwd")) is None
    assert files.inside(root / "nul\0.json") is None
    assert files.inside(root / "loop" / "x") in {None, root / "loop" / "x"}


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    files = Files(tmp_path)

    with pytest.raises(InputError, match="there is no file"):
        files.read(tmp_path / "none.json")
    with pytest.raises(InputError, match="is a folder"):
        files.read(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        files.read(tmp_path / "nul\0.json")


def test_special_files_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    files = Files(tmp_path)

    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError, match="no regular file"):
            files.read(path)


def test_the_bytes_of_all_files_together_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"x" * 600)
    files = Files(tmp_path, limit=1_000)

    assert 600 == len(files.read(tmp_path / "a.json"))
    with pytest.raises(LimitExceeded, match="more than 1,000 bytes") as caught:
        files.read(tmp_path / "a.json")
    assert "--max-input" in caught.value.help


def test_a_named_link_out_of_the_checkout_is_refused(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    (checkout / ".git").mkdir(parents=True)
    (checkout / "sub").mkdir()
    (tmp_path / "outside.json").write_text("{}")
    (checkout / "inside.json").write_text("{}")
    (checkout / "sub" / "out.json").symlink_to(tmp_path / "outside.json")
    (checkout / "sub" / "in.json").symlink_to(checkout / "inside.json")
    files = Files(checkout)

    assert files.read(checkout / "sub" / "in.json") == b"{}"
    with pytest.raises(InputError, match="leads out of its checkout"):
        files.read(checkout / "sub" / "out.json")


@pytest.mark.parametrize(("mark", "fits"), [("", True), ("ü", True), ("Ж", False), ("😀", False)])
def test_a_text_counts_as_it_is_kept_in_memory(tmp_path: Path, mark: str, *, fits: bool) -> None:
    path = tmp_path / "a.bicep"
    path.write_text(mark + "x" * 1_000, encoding="utf-8")
    files = Files(tmp_path, limit=1_500)

    if fits:
        assert files.text(path, "a.bicep").endswith("x")
    else:
        with pytest.raises(LimitExceeded, match="1,500 bytes"):
            files.text(path, "a.bicep")


def test_a_large_text_is_counted_before_it_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a.bicep"
    path.write_bytes("😀".encode() + b"x" * 9_000_000)
    tracemalloc.start()

    with pytest.raises(LimitExceeded, match="20,000,000 bytes"):
        Files(tmp_path, limit=20_000_000).text(path, "a.bicep")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 25_000_000


def test_nothing_is_read_once_the_limit_is_passed(tmp_path: Path) -> None:
    path = tmp_path / "a.bicep"
    path.write_text("x" * 100)
    files = Files(tmp_path, limit=10)
    with pytest.raises(LimitExceeded):
        files.charge(50)

    with pytest.raises(LimitExceeded):
        files.read(path)
    with pytest.raises(LimitExceeded):
        files.charge(0)
