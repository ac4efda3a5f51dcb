"""Paths into bodies, as rules write them.

A path is dotted: `properties.subnets[*].properties.routeTable.id`. `[*]` goes through an array,
`{*}` through an object (where the path ends there, the keys are what is looked for), `{**}` to
every object at any depth. Property names compare without case, as ARM reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_MARKS = ("[*]", "{*}", "{**}")


class PathTree:
    """Paths that are walked together: what they have in common is walked once.

    `names` has folded property names, `items`, `keys` and `anywhere` the other steps, `ends` the
    paths that end here.
    """

    __slots__ = ("anywhere", "ends", "items", "keys", "names")

    def __init__(self, paths: Iterable[str] = ()) -> None:
        """Take the paths apart."""
        self.names: dict[str, PathTree] = {}
        self.items: PathTree | None = None
        self.keys: PathTree | None = None
        self.anywhere: PathTree | None = None
        self.ends: list[str] = []
        for path in paths:
            self._add(path)

    @property
    def goes_on(self) -> bool:
        """Whether any path goes on from here."""
        return bool(self.names or self.items or self.keys or self.anywhere)

    def all(self) -> Iterator[str]:
        """Yield every path that ends here or below."""
        yield from self.ends
        yield from self.below()

    def below(self) -> Iterator[str]:
        """Yield every path that goes on from here."""
        for tree in (*self.names.values(), self.items, self.keys, self.anywhere):
            if tree is not None:
                yield from tree.all()

    def _add(self, path: str) -> None:
        tree = self
        for part in path.split("."):
            mark = next((one for one in _MARKS if part.endswith(one)), "")
            name = part.removesuffix(mark)
            if name:
                tree = tree.names.setdefault(name.lower(), PathTree())
            if mark:
                tree = tree._step(mark)  # noqa: SLF001 - another node of the same tree
        tree.ends.append(path)

    def _step(self, mark: str) -> PathTree:
        match mark:
            case "[*]":
                self.items = self.items or PathTree()
                return self.items
            case "{*}":
                self.keys = self.keys or PathTree()
                return self.keys
            case _:
                self.anywhere = self.anywhere or PathTree()
                return self.anywhere
