"""Where answers contradict what the reader is said to hold."""

from __future__ import annotations

from dataclasses import replace

from preflight.access.doubts import Doubts, doubts_of
from preflight.access.failures import CallFailed
from preflight.access.items import Item
from preflight.access.json_text import Document
from preflight.access.proof import Rights
from preflight.access.readings import Answer, Reading
from preflight.errors import AccessError
from preflight.model.access import AccessList, principal_id
from preflight.model.action import ActionPattern
from preflight.model.role import Permission
from preflight.model.scope import Scope

ME = principal_id("me")
PLACE = Scope("/subscriptions/5a1e0c62-3f0b-4d1c-8e57-9b6a2d4c7f01")
ALL = Permission(actions=(ActionPattern("*"),))
REFUSED = CallFailed("GET it answered 403", status=403)


def rights(*, held: bool) -> Rights:
    return Rights(reader=ME, roles={}, permissions={PLACE: (ALL,)} if held else {})


def roles(error: AccessError | None = None, *, rows: int = 0) -> Answer:
    reading = Reading(
        list=AccessList.ROLE_ASSIGNMENTS, scope=PLACE, filter="assignedTo('me')", principal=ME
    )
    document = Document("GET it", "{}")
    items = tuple(Item(document, (), document.value) for _ in range(rows))
    return Answer(reading=reading, items=items, error=error)


def listed(wanted: AccessList) -> Answer:
    return Answer(reading=Reading(list=wanted, scope=PLACE))


def touched(doubts: Doubts) -> set[str]:
    lists = (AccessList.DENY_ASSIGNMENTS, AccessList.LOCKS)
    return {wanted.value for wanted in lists if doubts.touch(listed(wanted))}


def test_an_empty_answer_about_the_reader_refutes_itself() -> None:
    assert touched(doubts_of(rights(held=True), [roles()])) == {"denyAssignments", "locks"}


def test_a_row_of_the_reader_lets_proofs_count() -> None:
    assert touched(doubts_of(rights(held=True), [roles(rows=1)])) == set()


def test_a_refusal_of_what_is_held_touches_the_deny_assignments() -> None:
    assert touched(doubts_of(rights(held=True), [roles(REFUSED)])) == {"denyAssignments"}


def test_a_refusal_of_what_is_not_held_is_no_contradiction() -> None:
    assert touched(doubts_of(rights(held=False), [roles(REFUSED)])) == set()


def test_refused_deny_assignments_that_may_be_read_are_not_proven_further_down() -> None:
    refused = Answer(reading=listed(AccessList.DENY_ASSIGNMENTS).reading, error=REFUSED)
    below = Reading(
        list=AccessList.DENY_ASSIGNMENTS, scope=Scope(f"{PLACE.text}/resourceGroups/rg")
    )

    doubts = doubts_of(rights(held=True), [roles(rows=1), refused])

    assert doubts.touch(Answer(reading=below))


def test_no_answer_at_all_is_no_contradiction() -> None:
    lost = CallFailed("GET it failed: the connection was lost")

    assert touched(doubts_of(rights(held=True), [roles(lost)])) == set()


def test_one_row_that_may_not_be_asked_for_touches_them_too() -> None:
    barred = replace(listed(AccessList.DENY_ASSIGNMENTS), barred=REFUSED)

    assert touched(doubts_of(rights(held=True), [roles(rows=1), barred])) == {"denyAssignments"}
    assert touched(doubts_of(rights(held=False), [roles(rows=1), barred])) == set()
