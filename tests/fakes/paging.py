"""Pages of a list, joined by absolute links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from tests.fakes.exchange import Answer, Request, failure
from tests.fakes.rows import Row

from preflight.model.value import JsonValue

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure


def paged(
    azure: FakeAzure, request: Request, items: Sequence[Row], link: str = "nextLink"
) -> Answer:
    """Return one page of a list, with the link to the next under its name in that list."""
    token = request.query.get("$skiptoken", "0")
    if not token.isdecimal():
        return failure(400, "InvalidSkipToken", "The skip token is not one of ours.")
    start, end = int(token), int(token) + azure.page_size
    page: list[JsonValue] = list(items[start:end])
    body: Row = {"value": page}
    if end < len(items):
        body[link] = link_to(request, {**request.query, "$skiptoken": str(end)})
    return Answer(body=body)


def link_to(request: Request, query: dict[str, str]) -> str:
    """Return the absolute address of this call with another query."""
    return f"{request.base}{quote(request.path)}?{urlencode(query, safe='$()')}"
