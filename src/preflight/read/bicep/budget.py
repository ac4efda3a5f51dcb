"""How much the files of one source may hold together: each alone is bounded too."""

from __future__ import annotations

from preflight.errors import LimitExceeded
from preflight.model.source import Place, SourceFile
from preflight.read.bicep.syntax import File

MAX_WORDS = 400_000
"""Words and marks of all Bicep files; the largest public source that was counted has 103,000."""
MAX_VALUES = 600_000
"""Values of all compiled modules, by their punctuation; the largest public module has 64,000."""
_ADVICE = "check its modules one by one"


class Budget:
    """What is left for one source."""

    __slots__ = ("_values", "_words")

    def __init__(self) -> None:
        """Start with everything."""
        self._words = MAX_WORDS
        self._values = MAX_VALUES

    def bicep(self, file: File, source: SourceFile) -> None:
        """Take a parsed file off; raises `LimitExceeded` when it is one too many."""
        self._words -= file.words
        if self._words < 0:
            raise LimitExceeded(
                f"the files of this source have more than {MAX_WORDS:,} words and marks",
                help=_ADVICE,
                where=Place(source=source, offset=0),
            )

    def compiled(self, text: str, place: Place) -> None:
        """Take a compiled module off; raises `LimitExceeded` when it is one too many."""
        self._values -= text.count(",") + text.count("{") + text.count("[")
        if self._values < 0:
            raise LimitExceeded(
                f"the compiled modules of this source hold more than {MAX_VALUES:,} values",
                help=_ADVICE,
                where=place,
            )
