from __future__ import annotations

import itertools

import pytest

from preflight.model.truth import Truth, all_of, any_of


@pytest.mark.parametrize(("left", "right"), list(itertools.product(Truth, repeat=2)))
def test_kleene_tables(left: Truth, right: Truth) -> None:
    assert (left & right).value == min(left.value, right.value)
    assert (left | right).value == max(left.value, right.value)
    assert ~(left & right) is (~left | ~right)


def test_a_truth_is_no_bool() -> None:
    with pytest.raises(TypeError):
        bool(Truth.TRUE)


def test_over_many() -> None:
    assert any_of([]) is Truth.FALSE
    assert all_of([]) is Truth.TRUE
    assert any_of([Truth.FALSE, Truth.UNKNOWN]) is Truth.UNKNOWN
    assert all_of([Truth.TRUE, Truth.UNKNOWN]) is Truth.UNKNOWN
    assert any_of([Truth.UNKNOWN, Truth.TRUE]) is Truth.TRUE
    assert all_of([Truth.UNKNOWN, Truth.FALSE]) is Truth.FALSE
