"""When grants begin, end, and are too young."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from preflight.authorize.times import Times
from preflight.model.access import (
    AccessSnapshot,
    ActiveSchedule,
    PrincipalId,
    RoleAssignment,
    RoleEligibility,
)
from preflight.model.role import RoleId
from preflight.model.scope import Scope

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ME, SUB, ROLE = PrincipalId("me"), Scope("/subscriptions/s"), RoleId("r")


def assigned(
    *,
    created: datetime | None = None,
    updated: datetime | None = None,
    condition: str | None = None,
) -> RoleAssignment:
    return RoleAssignment(
        id="/A",
        scope=SUB,
        principal=ME,
        role=ROLE,
        condition=condition,
        created_on=created,
        updated_on=updated,
    )


def schedule(
    ends: datetime | None, *, starts: datetime | None = None, assignment: str | None = "/a"
) -> ActiveSchedule:
    return ActiveSchedule(
        id="s",
        scope=SUB,
        principal=ME,
        role=ROLE,
        assignment=assignment,
        starts_on=starts,
        ends_on=ends,
    )


def times(*rows: ActiveSchedule, now: datetime | None = NOW) -> Times:
    return Times(AccessSnapshot(schedules=rows), now)


@pytest.mark.parametrize("assignment", ["/a", None, "/other"])
def test_a_schedule_is_found_by_its_assignment_or_by_what_it_binds(assignment: str | None) -> None:
    assert times(schedule(NOW + HOUR, assignment=assignment)).ends_on(assigned()) == NOW + HOUR


def test_the_latest_end_counts_and_a_permanent_schedule_wins() -> None:
    both = schedule(NOW), schedule(NOW + HOUR)

    assert times(*both).ends_on(assigned()) == NOW + HOUR
    assert times(*both, schedule(None)).ends_on(assigned()) is None
    assert times().ends_on(assigned()) is None


def test_in_force_from_the_start_to_just_before_the_end() -> None:
    assert times().in_force(assigned())
    assert times(schedule(NOW + HOUR, starts=NOW)).in_force(assigned())
    assert not times(schedule(NOW)).in_force(assigned())
    assert not times(schedule(None, starts=NOW + HOUR)).in_force(assigned())
    assert times(schedule(NOW - HOUR), now=None).in_force(assigned())


def test_a_schedule_that_ended_and_one_to_come_are_no_grant_now() -> None:
    ended, to_come = schedule(NOW - HOUR), schedule(None, starts=NOW + HOUR)

    assert not times(ended, to_come).in_force(assigned())
    assert times(ended, to_come, schedule(NOW + HOUR)).in_force(assigned())
    assert times(ended, to_come, schedule(NOW + HOUR)).ends_on(assigned()) == NOW + HOUR


def test_ends_within_the_run() -> None:
    row = assigned()

    assert times(schedule(NOW + HOUR)).ends_within(row, 2 * HOUR)
    assert not times(schedule(NOW + HOUR)).ends_within(row, HOUR)
    assert not times(schedule(None)).ends_within(row, HOUR)
    assert not times(schedule(NOW + HOUR), now=None).ends_within(row, 2 * HOUR)


@pytest.mark.parametrize(
    ("condition", "minutes", "recent"), [("x", 4, True), ("x", 5, False), (None, 1, False)]
)
def test_a_changed_condition_takes_five_minutes(
    condition: str | None, minutes: int, *, recent: bool
) -> None:
    changed = NOW - timedelta(minutes=minutes)
    row = assigned(created=NOW - 9 * HOUR, updated=changed, condition=condition)

    assert times().recent(row, ME) is recent


def test_nothing_is_recent_without_a_clock_or_a_date() -> None:
    assert not times(now=None).recent(assigned(created=NOW), ME)
    assert not times().recent(assigned(), ME)


@pytest.mark.parametrize(
    ("starts", "ends", "eligible"),
    [(None, None, True), (NOW, NOW + HOUR, True), (NOW + HOUR, None, False), (None, NOW, False)],
)
def test_an_eligibility_counts_while_it_can_be_activated(
    starts: datetime | None, ends: datetime | None, *, eligible: bool
) -> None:
    row = RoleEligibility(
        id="e", scope=SUB, principal=ME, role=ROLE, starts_on=starts, ends_on=ends
    )

    assert times().eligible(row) is eligible
    assert times(now=None).eligible(row)


def test_the_ends_of_time() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

    assert not times().recent(assigned(created=first), ME)
    assert times().recent(assigned(created=last), ME)
    assert not times(schedule(last), now=last - HOUR).ends_within(assigned(), HOUR / 2)
    assert times(schedule(last), now=last - HOUR).ends_within(assigned(), 2 * HOUR)
