"""Calls to one service: pages joined, every answer strict JSON, every failure one line."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from azure.core.exceptions import AzureError
from azure.core.rest import HttpRequest

from preflight.access.deadline import Deadline, within
from preflight.access.failures import CallFailed, answered, unanswered
from preflight.access.http import AskToken, client, origin
from preflight.access.items import Item
from preflight.access.json_text import AnswerDocument, Document
from preflight.access.versions import OLDER, UNKNOWN_VERSION, VERSIONS
from preflight.errors import AccessError
from preflight.model.value import JsonValue

MAXIMUM_PAGES = 500
"""Pages of one list that are followed; a page has up to 1,000 rows."""
_SAFE = "/$()'=,:@!-._~ "
_NEXT = ("nextLink", "@nextLink", "@odata.nextLink", "odata.nextLink")
_GOES_ON = re.compile(r"next|skip.?token|continuation|truncated", re.IGNORECASE)
"""Members of a page that may say in some other way that more rows follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that was made, for `-v` and `whoami --probe`: no token, no body."""

    method: str
    path: str
    filter: str
    status: int | None
    """None where no answer came."""
    rows: int | None
    seconds: float


class CallLog:
    """Every call of a run, in the order of their ends."""

    def __init__(self, say: Callable[[Call], None] | None = None) -> None:
        """Start empty; `say` hears of each call as it ends."""
        self._calls: list[Call] = []
        self._say = say
        self._lock = threading.Lock()

    def add(self, call: Call) -> None:
        """Keep a call."""
        with self._lock:
            self._calls.append(call)
            if self._say is not None:
                self._say(call)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls so far."""
        with self._lock:
            return tuple(self._calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a service. `kind` gives the api-version, and names the call in messages."""

    path: str
    kind: str
    filter: str = ""
    options: Mapping[str, str] | None = None
    version: str | None = None
    """Instead of the kind's own api-version."""
    body: JsonValue = None
    """Set for the few POSTs that read; an empty object is sent as no body at all."""

    @property
    def label(self) -> str:
        """The call as messages name it."""
        return f"{'GET' if self.body is None else 'POST'} {self.path or '/'}"

    @property
    def url(self) -> str:
        """Path and query, encoded."""
        stated = {"api-version": self.version or VERSIONS.get(self.kind, "")}
        stated |= {"$filter": self.filter} if self.filter else {}
        stated |= self.options or {}
        query = "&".join(
            f"{name}={quote(value, safe=_SAFE).replace(' ', '%20')}"
            for name, value in stated.items()
            if value
        )
        path = quote(self.path, safe=_SAFE).replace(" ", "%20")
        return f"{path}?{query}" if query else path


class Service:
    """Resource Manager or Graph, asked with one identity's tokens."""

    def __init__(
        self, base: str, deadline: Deadline, reads: Callable[[str], bool], token: AskToken,
        *, log: CallLog,
    ) -> None:  # fmt: skip
        """Make the client; nothing is sent yet."""
        self.base = base
        self._client = client(base, deadline, reads, token)
        self._log = log
        self._deadline = deadline

    def one(self, question: Question) -> Item:
        """Ask for one thing.

        Raises:
            CallFailed: no answer, or one that is no success.
            AccessError: the answer is no JSON object.
        """
        document, status, seconds = self._ask(question, self.base + question.url)
        self._note(question, status, None, seconds)
        return Item(document, (), document.value)

    def rows(self, question: Question) -> tuple[Item, ...]:
        """Ask for a list, page by page to its end: a list that was not read whole is an error.

        Raises:
            CallFailed: a page gave no answer, or one that is no success.
            AccessError: a page is no list, or the next one is somewhere else.
        """
        try:
            return tuple(self._pages(question))
        except CallFailed as error:
            older = OLDER.get(question.kind)
            if older is None or error.status != 400 or error.code.lower() not in UNKNOWN_VERSION:  # noqa: PLR2004 - bad request
                raise
        return tuple(self._pages(replace(question, version=older)))

    def _pages(self, question: Question) -> Iterator[Item]:
        url = self.base + question.url
        seen: set[str] = set()
        for _ in range(MAXIMUM_PAGES):
            document, status, seconds = self._ask(question, url)
            page = Item(document, (), document.value)
            items = _items(page)
            self._note(question, status, len(items), seconds)
            yield from items
            following = self._next(page, question)
            if following is None:
                return
            if following in seen:
                raise AccessError(f"{question.label}: the pages of the answer never end")
            seen.add(following)
            url, question = following, _followed(question)
        raise AccessError(f"{question.label}: the answer has more than {MAXIMUM_PAGES} pages")

    def _next(self, page: Item, question: Question) -> str | None:
        """Return where the next page is; refuse one at another host."""
        found = (text for key in _NEXT if (text := page.maybe_text(key)))
        # Azure leaves blanks of a filter as they are.
        following = next((text.replace(" ", "%20") for text in found), None)
        if following is not None and origin(following) != origin(self.base):
            raise AccessError(
                f"{question.label}: the next page is said to be at another host, it was refused",
                help="no token was sent there; do not trust what answers at this address",
            )
        return following

    def _ask(self, question: Question, url: str) -> tuple[Document, int, float]:
        request = _request(question, url)
        began = time.monotonic()

        def sent() -> tuple[int, str]:
            response = self._client.send_request(request)
            return response.status_code, response.text()

        try:
            # Names that do not resolve and answers that drip hold a thread, never the program.
            status, text = within(self._deadline, question.label, sent)
        except AccessError:
            self._note(question, None, None, time.monotonic() - began)
            raise
        except AzureError as error:
            self._note(question, None, None, time.monotonic() - began)
            raise unanswered(question.label, error) from None
        except (UnicodeDecodeError, LookupError):
            self._note(question, None, None, time.monotonic() - began)
            raise CallFailed(f"{question.label}: the answer is no text") from None
        seconds = time.monotonic() - began
        if status != 200:  # noqa: PLR2004 - the one success of a call that reads
            self._note(question, status, None, seconds)
            raise answered(question.label, status, text)
        try:
            return AnswerDocument(question.label, text), status, seconds
        except AccessError:
            self._note(question, status, None, seconds)
            raise CallFailed(
                f"{question.label}: the answer is no JSON that can be read",
                help="a proxy, or a page to sign in to a network, may have answered instead",
            ) from None

    def _note(
        self, question: Question, status: int | None, rows: int | None, seconds: float
    ) -> None:
        method = "GET" if question.body is None else "POST"
        self._log.add(
            Call(
                method=method, path=question.path or "/", filter=question.filter,
                status=status, rows=rows, seconds=seconds,
            )
        )  # fmt: skip


def _items(page: Item) -> tuple[Item, ...]:
    """Return the rows of a page; refuse one that may not tell all of them."""
    inner = page.member("value")
    if inner is None or page.has_properties:
        raise page.error("a list with `value` is expected here")
    if page.member("error") is not None:
        raise page.error("an error stands beside `value`: the list may not be whole")
    odd = [name for name in page.names() if name not in _NEXT and _GOES_ON.search(name)]
    if odd:
        raise page.error(f"`{odd[0]}` stands beside `value`: the list may not be whole")
    return tuple(inner.items())


def _request(question: Question, url: str) -> HttpRequest:
    if question.body is None:
        return HttpRequest("GET", url)
    return (
        HttpRequest("POST", url, json=question.body) if question.body else HttpRequest("POST", url)
    )


def _followed(question: Question) -> Question:
    """Return the question of a further page: always a GET."""
    return Question(path=question.path, kind=question.kind, filter=question.filter)
