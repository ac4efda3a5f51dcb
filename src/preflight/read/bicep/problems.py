"""What is wrong with the files of one source, told together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from preflight.errors import InputError, LimitExceeded, UnsupportedFeature
from preflight.model.source import Place

KEPT = 20
"""Most errors that are told of one source."""


class Problems:
    """Collects errors while reading goes on behind them."""

    __slots__ = ("_errors",)

    def __init__(self) -> None:
        """Start without any."""
        self._errors: list[InputError] = []

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep an error that the block ends with; raises what `keep` raises."""
        try:
            yield
        except InputError as error:
            self.keep(error)

    def keep(self, error: InputError) -> None:
        """Keep an error for later.

        Raises:
            LimitExceeded: it is a limit, behind which reading cannot go on.
            UnsupportedFeature: it is one, which another way of reading may know.
            InputError: it is the last one that is told.
        """
        if isinstance(error, LimitExceeded | UnsupportedFeature):
            raise error
        self._errors += (error, *error.others)
        if len(self._errors) >= KEPT:
            self.require_none()

    def require_none(self) -> None:
        """Raise the first error, if there is one, with the others."""
        if self._errors:
            raise together(self._errors)


def together(errors: list[InputError]) -> InputError:
    """Return the first error in the order of the text; it gets the others, one for each line.

    What one error leads to mostly stands on its own line. Errors in other files come last.
    """
    file = _place(errors[0])
    ordered = sorted(errors, key=lambda error: _order(error, file))
    found: dict[str, InputError] = {}
    for error in ordered:
        line = error.where.label.rpartition(":")[0] if error.where is not None else error.message
        found.setdefault(line, error)
    first, *others = found.values()
    first.others = tuple(others[: KEPT - 1])
    return first


def _order(error: InputError, file: Place | None) -> tuple[bool, int]:
    place = _place(error)
    if place is None or file is None:
        return True, 0
    return place.source is not file.source, place.offset or 0


def _place(error: InputError) -> Place | None:
    return error.where if isinstance(error.where, Place) else None
