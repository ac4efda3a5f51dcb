"""What was probably meant."""

from __future__ import annotations

from preflight.read.bicep.suggest import did_you_mean


def test_the_closest_name() -> None:
    assert did_you_mean("locaton", ["location", "name"]) == "did you mean `location`?"


def test_nothing_close() -> None:
    assert did_you_mean("zzz", ["location", "name"]) == ""


def test_no_more_than_a_thousand_names_are_looked_at() -> None:
    looked: list[int] = []

    def names() -> str:
        looked.append(1)
        return "xyz"

    did_you_mean("location", (names() for _ in range(100_000)))

    assert len(looked) == 1_000
