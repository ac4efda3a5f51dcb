"""What stands around the lists: the subscriptions themselves, and what is above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from preflight.access.ancestry import ENTITIES, Ancestry, line_question, read_entities, read_line
from preflight.access.asker import Asker, Task, Told
from preflight.access.calls import Question
from preflight.access.failures import CallFailed
from preflight.access.header import read_subscription
from preflight.access.wanted import Wanted
from preflight.errors import AccessError
from preflight.model.access import SUBSCRIPTIONS, Subscription, Unreadable
from preflight.model.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The subscriptions, the line above them, and what of it could not be read."""

    subscriptions: tuple[Subscription, ...]
    ancestry: Ancestry
    failures: tuple[Unreadable, ...]


class Surroundings:
    """Asks for them: one call where one subscription is wanted, one list for more.

    Without a subscription's tenant nobody knows whether access is delegated there.
    """

    def __init__(self, asker: Asker, wanted: Wanted) -> None:
        """Keep what is asked."""
        self._asker = asker
        self._wanted = wanted
        self._tenant = asker.session.signed_in.claims.tenant_id

    def tasks(self) -> tuple[Task, ...]:
        """Return what is asked beside the lists: the subscriptions, then the entities."""
        places = self._wanted.subscriptions
        found: list[Task] = []
        if len(places) == 1:
            found.append(self._asker.one(_subscription(places[0])))
        elif places:
            found.append(self._list)
        if places or any(place != Scope.ROOT for place in self._wanted.above):
            found.append(self._asker.rows(ENTITIES))
        return tuple(found)

    def read(self, told: Sequence[Told]) -> Around:
        """Read what the tasks gave, and ask once more for what is still open."""
        answers = list(told)
        first = answers.pop(0) if self._wanted.subscriptions else ()
        subscriptions, failures = self._subscriptions(first)
        ancestry, unread = self._ancestry(answers[0] if answers else ())
        return Around(subscriptions=subscriptions, ancestry=ancestry, failures=(*failures, *unread))

    def _subscriptions(
        self, first: Told
    ) -> tuple[tuple[Subscription, ...], tuple[Unreadable, ...]]:
        wanted = self._wanted.subscriptions
        found = _by_id(first)
        missing = [place for place in wanted if place not in found]
        many = len(wanted) > 1
        # What may not be asked for by itself may stand in the list, and the other way round.
        one_more = (self._asker.one(_subscription(row)) if many else self._list for row in missing)
        errors: dict[Scope, Told] = {}
        for place, got in zip(missing, self._asker.ask([*one_more]), strict=True):
            found |= _by_id(got)
            errors[place] = got if many else first
        failures = [
            _unread(SUBSCRIPTIONS, place, _why(errors.get(place)))
            for place in wanted
            if place not in found or found[place].tenant_id is None
        ]
        return tuple(found[place] for place in wanted if place in found), tuple(failures)

    @property
    def _list(self) -> Task:
        question = Question(path="/subscriptions", kind="subscriptions")
        return self._asker.rows(question)

    def _ancestry(self, told: Told) -> tuple[Ancestry, tuple[Unreadable, ...]]:
        wanted = self._wanted
        try:
            if isinstance(told, AccessError):
                raise told
            places = frozenset((*wanted.subscriptions, *wanted.above))
            found = read_entities(told, self._tenant, places)
        except AccessError as error:
            return Ancestry(), (_unread("managementGroups", Scope.ROOT, error),)
        open_ends = found.open_ends(wanted.subscriptions, wanted.above)
        asked = self._asker.ask([self._asker.one(line_question(row)) for row in open_ends])
        for group, got in zip(open_ends, asked, strict=True):
            line = _line(got)
            found = found if line is None else found.with_line(group, line)
        return found, ()


def _by_id(told: Told) -> dict[Scope, Subscription]:
    """Return the subscriptions of an answer; one of another shape tells nothing."""
    try:
        items = () if isinstance(told, AccessError) else told
        return {row.id: row for row in map(read_subscription, items)}
    except AccessError:
        return {}


def _line(told: Told) -> tuple[Scope, ...] | None:
    """Return the line above a group; None where it is not told, or in another shape."""
    try:
        return None if isinstance(told, AccessError) else read_line(told[0])
    except AccessError:
        return None


def _subscription(place: Scope) -> Question:
    return Question(path=place.text, kind="subscriptions")


def _why(told: Told | None) -> AccessError:
    return told if isinstance(told, AccessError) else AccessError("no answer told its tenant")


def _unread(what: str, place: Scope, error: AccessError) -> Unreadable:
    said = error.short if isinstance(error, CallFailed) else error.message
    return Unreadable(what=what, scope=place, error=said)
