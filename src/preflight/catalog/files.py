"""The packaged files of the catalogue."""

from __future__ import annotations

import json
import pkgutil

from preflight.catalog.rows import Row
from preflight.errors import CatalogError


def read_table(path: str) -> str:
    """Return the text of `tables/PATH`.

    `pkgutil` reads from wheels and zip files alike, and costs a tenth of `importlib.resources`.

    Raises:
        CatalogError: the file is not in the package, or is not UTF-8.
    """
    try:
        data = pkgutil.get_data("preflight.catalog", f"tables/{path}")
    except OSError as error:
        raise _damaged(path) from error
    if data is None:
        raise _damaged(path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _damaged(path) from error


def read_rows(name: str) -> tuple[Row, ...]:
    """Return the rows of `tables/curated/NAME.json`; what is in them is read on use.

    Raises:
        CatalogError: the file is no JSON array of objects.
    """
    path = f"curated/{name}.json"
    try:
        table = json.loads(read_table(path))
    except json.JSONDecodeError as error:
        raise _damaged(path) from error
    if not isinstance(table, list) or not all(isinstance(row, dict) for row in table):
        raise _damaged(path)
    return tuple(Row(name, row) for row in table)


def _damaged(path: str) -> CatalogError:
    return CatalogError(
        f"the packaged table `{path}` is missing or damaged", help="install preflight again"
    )
