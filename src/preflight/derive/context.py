"""What every rule of one derivation reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from preflight.derive.body import value_is
from preflight.derive.options import DeriveOptions
from preflight.derive.paths import PathTree
from preflight.derive.rows import is_written
from preflight.model.catalog import LinkedRule, LinkTest, RuleCatalog
from preflight.model.plan import Plan, PlannedResource
from preflight.model.scope import Scope
from preflight.model.truth import Truth


@dataclass(frozen=True, slots=True)
class PathRules:
    """The linked rules that look at one path: alternatives by linked type, and the others."""

    by_type: Mapping[str, tuple[LinkedRule, ...]]
    """Folded linked type → its rules."""
    any_type: tuple[LinkedRule, ...]
    """Rules that take the type from the ID."""
    text: tuple[LinkedRule, ...]
    """Rules whose value is no ID."""

    @staticmethod
    def of(rules: Iterable[LinkedRule]) -> PathRules:
        """Sort rules by what they look for."""
        by_type: dict[str, tuple[LinkedRule, ...]] = {}
        for rule in rules:
            folded = rule.linked_type.lower()
            by_type[folded] = (*by_type.get(folded, ()), rule)
        any_type, text = by_type.pop("*", ()), by_type.pop("", ())
        return PathRules(by_type, any_type, text)


@dataclass(frozen=True, slots=True)
class TypeRules:
    """The linked rules of one type: their paths together, and the rules at each path."""

    tree: PathTree
    rules: Mapping[str, PathRules]


class Context:
    """The plan, the catalogue and the options, with what is looked up in them often."""

    def __init__(self, plan: Plan, catalog: RuleCatalog, options: DeriveOptions) -> None:
        """Keep all three; nothing is computed before it is asked for."""
        self.plan = plan
        self.catalog = catalog
        self.options = options
        self._rules: dict[str, TypeRules] = {}
        self._paths: dict[str, PathTree] = {}
        self._ids: dict[str, tuple[Scope, str | None]] = {}

    @cached_property
    def written(self) -> frozenset[Scope]:
        """The IDs that the rollout writes."""
        return frozenset(row.id for row in self.plan.resources if is_written(row))

    def action(self, resource_type: str, verb: str) -> str:
        """Return an action of a type as Azure spells it (`listKeys/action` is a verb here)."""
        return self.catalog.spelled(f"{self.catalog.action_type(resource_type)}/{verb}")

    def rules(self, resource_type: str) -> TypeRules:
        """Return the linked rules of a type, by path."""
        folded = resource_type.lower()
        if folded not in self._rules:
            by_path: dict[str, list[LinkedRule]] = {}
            for rule in self.catalog.linked_rules(resource_type):
                by_path.setdefault(rule.path, []).append(rule)
            rules = {path: PathRules.of(found) for path, found in by_path.items()}
            self._rules[folded] = TypeRules(PathTree(by_path), rules)
        return self._rules[folded]

    def identify(self, text: str) -> tuple[Scope, str | None]:
        """Return an ID and the type that it shows; the same IDs stand in many bodies."""
        found = self._ids.get(text)
        if found is None:
            scope = Scope(text)
            found = self._ids[text] = (scope, scope.shown_type)
        return found

    def path(self, text: str) -> PathTree:
        """Return one path, taken apart once."""
        if text not in self._paths:
            self._paths[text] = PathTree([text])
        return self._paths[text]

    def holds(self, test: LinkTest | None, row: PlannedResource) -> Truth:
        """Whether a rule's test on the body holds."""
        if test is None:
            return Truth.TRUE
        answer = value_is(row.body, self.path(test.path), test)
        return ~answer if test.negated else answer
