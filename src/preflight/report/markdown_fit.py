"""Fitting a Markdown report into a number of characters, without cutting through anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from preflight.report.text import words
from preflight.report.wording import plural

_TAIL = 600
"""Characters of the not-checked line that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece that is kept or left out as a whole.

    `kind` is the word for it where it is left out; `gap` stands between it and what is before.
    """

    kind: str
    text: str
    gap: str = "\n\n"


def fit(head: Sequence[str], parts: Sequence[Part], unchecked: str, limit: int) -> str:
    """Join head, as many parts as fit, the not-checked line, and what was left out.

    `unchecked` is plain text, still to be escaped. The head is always kept; it is short.
    """
    tail = _tail(unchecked, min(_TAIL, limit // 16))
    whole = _joined(head, parts, tail)
    if len(whole) <= limit:
        return whole
    room = limit - len(_joined(head, (), tail)) - len(_left_out(parts, limit)) - 2
    kept: list[Part] = []
    for part in parts:
        room -= len(part.gap) + len(part.text)
        if room < 0:
            break
        kept.append(part)
    note = _left_out(parts[len(kept) :], limit)
    cut = _joined(head, kept, [note, *tail])
    return cut if len(cut) <= limit else _joined(head, (), [note])


def _tail(unchecked: str, limit: int) -> list[str]:
    return [f"not checked: {words(unchecked, limit)}"] if unchecked else []


def _joined(head: Sequence[str], parts: Sequence[Part], tail: Sequence[str]) -> str:
    body = "".join(part.gap + part.text for part in parts)
    return "\n\n".join(head) + body + "".join(f"\n\n{line}" for line in tail)


def _left_out(parts: Sequence[Part], limit: int) -> str:
    kinds = Counter(part.kind for part in parts)
    named = ", ".join(plural(number, kind) for kind, number in kinds.items())
    return f"Left out to stay below {limit + 1} characters: {named}."
