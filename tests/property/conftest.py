"""Hypothesis settings: 100 examples in `make test`, 500 where PREFLIGHT_DEEP is set.

Both are derandomised: the same inputs for the same code and the same tests before them (hypothesis
draws on the constants of what is imported). `make deep` looks further, and compares the
authorization engine with its model on 10,000 worlds; `make deep SEED=N` sets PREFLIGHT_SEED and
looks elsewhere.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

DEEP = os.environ.get("PREFLIGHT_DEEP") == "1"

settings.register_profile(
    "preflight",
    max_examples=500 if DEEP else 100,
    deadline=None,
    derandomize="PREFLIGHT_SEED" not in os.environ,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("preflight")
