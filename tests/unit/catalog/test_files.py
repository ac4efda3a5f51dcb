from __future__ import annotations

import pytest

from preflight.catalog.files import read_rows, read_table
from preflight.errors import CatalogError


def test_a_missing_table_is_damage() -> None:
    with pytest.raises(CatalogError, match=r"`generated/nothing.txt` is missing or damaged"):
        read_table("generated/nothing.txt")


def test_rows_of_a_table() -> None:
    assert "resource-groups" == read_rows("action-names")[0].text("id")


@pytest.mark.parametrize("data", [None, b"\xff\xfe", b"{", b'{"a": 1}', b'[{"id": 1}, 7]'])
def test_a_damaged_table_is_damage(data: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkgutil.get_data", lambda _package, _path: data)

    with pytest.raises(CatalogError, match=r"`curated/links.json` is missing or damaged") as found:
        read_rows("links")

    assert "install preflight again" == found.value.help
