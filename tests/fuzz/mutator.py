"""Inputs for a fuzz target: grown from its grammar, bent from its seeds, or plain soup.

Each input has a number and is the same for one seed on every machine, so that a defect is found
again by its number. Pure Python: no instrumentation, no compiled fuzzer.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Protocol, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Slot: TypeAlias = "tuple[list[Json], int] | tuple[dict[str, Json], str]"
"""A container and the place in it."""

ODD: tuple[Json, ...] = (
    None, True, False, 0, 1, -1, 2**31, -(2**31) - 1, 2**63, 10**400, 0.5, 1e308, -0.0,
    "", " ", "[", "]", "[]", "[[", "[[x]", "[x]", "{x}", "/", "//", "*", "a/b", "~1~0", "\x00",
    "\ud800", "\U0001f600", "\u0130\u212a", "a\nb\r\n::error::x", "a" * 3000, [], {}, [[]], [{}],
    {"": ""},
)  # fmt: skip
"""Values that stand at the edges of something."""

_SYMBOL = re.compile(r"(<[a-z_]+>)")
_NUMBER = re.compile(rb"-?\d+")
_NUMBERS = (b"0", b"-1", b"1e999", b"99999999999", b"9223372036854775808", b"2147483648", b"007")
_GROWTH = 40_000
"""Most characters that are grown for one input."""
_MOST_SLOTS = 3_000
"""A larger tree is bent no further: copies of copies would fill the memory."""
_LARGEST = 200_000
"""Most bytes of an input."""


class Target(Protocol):
    """What a fuzz module defines. The first alternative of each symbol ends by itself."""

    SEEDS: Sequence[bytes]
    WORDS: Sequence[str]
    GRAMMAR: Mapping[str, Sequence[str]]
    """Symbol → alternatives, in which `<symbol>` stands for another; begins at `start`."""

    def fuzz(self, data: bytes) -> None:
        """Raise only on a real defect."""


class Mutator:
    """Makes the inputs of one target."""

    def __init__(self, target: Target, seed: int) -> None:
        """Prepare seeds and grammar."""
        self._seed = seed
        self._seeds = tuple(target.SEEDS)
        self._words = tuple(target.WORDS)
        self._grammar = {
            symbol: [_SYMBOL.split(alternative) for alternative in alternatives]
            for symbol, alternatives in target.GRAMMAR.items()
        }
        self._documents = [text for text in self._seeds if _parsed(text) is not None]

    def make(self, number: int) -> bytes:
        """Return the input of that number."""
        rng = random.Random(f"{self._seed}:{number}")  # noqa: S311 - has to be reproducible
        roll = rng.random()
        if roll < 0.05:
            data = self._soup(rng)
        elif self._documents and roll < 0.75:
            data = self._bent(rng, _parsed(rng.choice(self._documents)))
        elif self._grammar and roll < 0.85:
            data = self._grown(rng).encode("utf-8", "surrogatepass")
        else:
            data = self._broken(rng, rng.choice(self._seeds))
        if rng.random() < 0.12:
            data = self._broken(rng, data)
        return data[:_LARGEST]

    def change(self, data: bytes, seed: int) -> bytes:
        """Return a variant of an input that somebody else made."""
        rng = random.Random(seed)  # noqa: S311 - has to be reproducible
        tree = _parsed(data)
        if tree is None:
            return self._broken(rng, data)
        return self._bent(rng, tree)

    def _soup(self, rng: random.Random) -> bytes:
        words = [rng.choice(self._words) for _ in range(rng.randrange(1, 30))]
        return rng.choice(("", "", " ")).join(words).encode("utf-8", "surrogatepass")

    # --- grown from the grammar -----------------------------------------------------------------

    def _grown(self, rng: random.Random) -> str:
        pieces: list[str] = []
        self._grow(rng, "start", rng.randrange(1, 9), pieces)
        return "".join(pieces)[:_GROWTH]

    def _grow(self, rng: random.Random, symbol: str, depth: int, pieces: list[str]) -> None:
        alternatives = self._grammar[symbol]
        enough = depth <= 0 or len(pieces) > 400
        for part in alternatives[0] if enough else rng.choice(alternatives):
            if _SYMBOL.fullmatch(part):
                self._grow(rng, part[1:-1], depth - 1, pieces)
            elif part == "\\w":
                pieces.append(rng.choice(self._words))
            else:
                pieces.append(part)

    # --- bent trees -----------------------------------------------------------------------------

    def _bent(self, rng: random.Random, tree: Json) -> bytes:
        root: list[Json] = [tree]
        for _ in range(rng.choice((1, 1, 2, 3, 6))):
            slots = _slots(root)
            if len(slots) > _MOST_SLOTS:
                break
            self._bend(rng, rng.choice(slots))
        indent = rng.choice((None, None, 1))
        text = json.dumps(root[0], ensure_ascii=rng.random() < 0.5, indent=indent)
        encoding = rng.choice(("utf-8",) * 20 + ("utf-16", "utf-8-sig"))
        return text.encode(encoding, "surrogatepass")

    def _bend(self, rng: random.Random, slot: Slot) -> None:
        container, key = slot
        match rng.randrange(9):
            case 0:
                _put(slot, deepcopy(rng.choice(ODD)))
            case 1 | 2:
                _put(slot, self._text(rng))
            case 3 if container:
                _remove(slot)
            case 4:
                source = rng.choice(self._documents or self._seeds)
                other: list[Json] = [_parsed(source)]
                _put(slot, _get(rng.choice(_slots(other))))
            case 5 if isinstance(container, dict):
                name = rng.choice(self._words) if rng.random() < 0.8 else self._text(rng)
                container[name] = container.get(str(key))
            case 6 if isinstance(container, dict):
                value = container.pop(str(key))
                container[str(key).swapcase()] = value
            case 7 if isinstance(container, list) and len(container) < 500:
                container.extend(container[: rng.choice((1, 2, 50))])
            case _:
                value = _get(slot)
                _put(slot, rng.choice(([value], {"value": value}, [value] * 20, str(value)[:200])))

    def _text(self, rng: random.Random) -> str:
        if self._grammar and rng.random() < 0.7:
            return self._grown(rng)
        return rng.choice(self._words)

    # --- broken bytes ---------------------------------------------------------------------------

    def _broken(self, rng: random.Random, data: bytes) -> bytes:
        for _ in range(rng.choice((1, 1, 2, 4, 8))):
            at, length = rng.randrange(len(data) + 1), rng.choice((1, 1, 2, 8, 64))
            before, after = data[:at], data[at:]
            match rng.randrange(8):
                case 0:
                    data = before + after[length:]
                case 1:
                    data = before + after[:length] * rng.choice((2, 3, 30)) + after[length:]
                case 2:
                    data = before + rng.choice(self._words).encode("utf-8", "replace") + after
                case 3:
                    data = before + rng.randbytes(length) + after
                case 4:
                    data = before + rng.randbytes(1) + after[1:]
                case 5:
                    other = rng.choice(self._seeds)
                    data = before + other[rng.randrange(len(other) + 1) :]
                case 6:
                    found = _NUMBER.search(data, at)
                    if found:
                        data = data[: found.start()] + rng.choice(_NUMBERS) + data[found.end() :]
                case _:
                    data = before if rng.random() < 0.3 else before + after.swapcase()
            data = data[:_LARGEST]
        return data


def _parsed(data: bytes) -> Json:
    """Return the tree of a seed, None where it is no object or array."""
    try:
        value: Json = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _slots(root: list[Json]) -> list[Slot]:
    slots: list[Slot] = []
    stack: list[Json] = [root]
    while stack and len(slots) <= _MOST_SLOTS:
        item = stack.pop()
        if isinstance(item, list):
            slots.extend((item, index) for index in range(len(item)))
            stack.extend(item)
        elif isinstance(item, dict):
            slots.extend((item, key) for key in item)
            stack.extend(item.values())
    return slots


def _get(slot: Slot) -> Json:
    container, key = slot
    if isinstance(container, dict):
        return container[str(key)]
    return container[int(key)]


def _put(slot: Slot, value: Json) -> None:
    container, key = slot
    if isinstance(container, dict):
        container[str(key)] = value
    else:
        container[int(key)] = value


def _remove(slot: Slot) -> None:
    container, key = slot
    if isinstance(container, dict):
        del container[str(key)]
    else:
        # The root's own slot has to stay.
        container[int(key)] = None
