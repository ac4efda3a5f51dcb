"""Patterns of file names, as `loadDirectoryFileInfo()` takes them.

`*` stands for any characters. `?` stands for one, or for none where the name or a part of it ends
(`a?.txt` finds `a.txt` too). A dot before either may be missing at the end of a name, and `*.` at
the end of a pattern finds names without an extension. Case counts.

Source: .NET, System.IO.Enumeration.FileSystemName (how it reads patterns); the official compiler.
"""

from __future__ import annotations

_OPEN_DOT = '"'
_OPEN_CHARACTER = ">"


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern finds a name; the empty one finds every name."""
    if pattern in {"", "*", "*.*"}:
        return True
    if pattern.endswith("*."):
        # Names without an extension: one has no dot but, at most, at its end.
        stem = name.removesuffix(".")
        return "." not in stem and matches(pattern[:-1], stem)
    marks = _translated(pattern)
    states = _closed(marks, {0}, at_end=not name, dot=name[:1] == ".")
    for index, character in enumerate(name):
        moved = {
            state + (marks[state] != "*") for state in states if _takes(marks, state, character)
        }
        rest = name[index + 1 :]
        states = _closed(marks, moved, at_end=not rest, dot=rest[:1] == ".")
        if not states:
            return False
    return len(marks) in states


def _translated(pattern: str) -> list[str]:
    """Give the marks that may stand for nothing a letter of their own."""
    marks: list[str] = []
    for index, character in enumerate(pattern):
        following = pattern[index + 1 : index + 2]
        if character == "." and following and following in "?*":
            marks.append(_OPEN_DOT)
        else:
            marks.append(_OPEN_CHARACTER if character == "?" else character)
    return marks


def _takes(marks: list[str], state: int, character: str) -> bool:
    """Whether the mark at a state may consume a character; `*` then stays where it is."""
    if state == len(marks):
        return False
    mark = marks[state]
    if mark == "*":
        return True
    if mark == _OPEN_DOT:
        return character == "."
    if mark == _OPEN_CHARACTER:
        return True
    return mark == character


def _closed(marks: list[str], states: set[int], *, at_end: bool, dot: bool) -> set[int]:
    """Add the states that are reached without a character."""
    found, waiting = set(states), list(states)
    while waiting:
        state = waiting.pop()
        if state == len(marks):
            continue
        mark = marks[state]
        skips = mark == "*" or (mark == _OPEN_CHARACTER and (at_end or dot))
        if (skips or (mark == _OPEN_DOT and at_end)) and state + 1 not in found:
            found.add(state + 1)
            waiting.append(state + 1)
    return found
