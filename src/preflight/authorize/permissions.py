"""Which permission block of a role definition grants an action, and under which condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from preflight.authorize.condition.ast import Condition
from preflight.authorize.condition.evaluator import evaluate
from preflight.authorize.condition.explain import Clause, RoleNames, explain
from preflight.authorize.condition.parser import parse
from preflight.authorize.condition.request import ConditionRequest
from preflight.authorize.patterns import Block, Matching, Patterns
from preflight.errors import SyntaxProblem
from preflight.model.action import Action
from preflight.model.decision import Reason
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.truth import Truth, all_of

_MAXIMUM_CLAUSES = 3


class Judgement(NamedTuple):
    """What permission blocks and conditions say of one action.

    `reason` is None where `truth` is TRUE. `blocking` are the conditions that keep it from being
    so.
    """

    truth: Truth
    reason: Reason | None = None
    blocking: tuple[str, ...] = ()


_MISSING = Judgement(Truth.UNKNOWN, Reason.ROLE_DEFINITION_MISSING)
_EXCLUDED = Judgement(Truth.FALSE, Reason.EXCLUDED_BY_NOT_ACTIONS)
_LACKING = Judgement(Truth.FALSE, Reason.ROLE_LACKS_ACTION)
_GRANTED = Judgement(Truth.TRUE)


class Named(NamedTuple):
    """A permission block that names the action and does not exclude it.

    UNKNOWN where only a pattern that the service would refuse decides.
    """

    permission: Permission
    truth: Truth


class RoleAnswer(NamedTuple):
    """What a role's blocks say of one action, conditions apart."""

    named: tuple[Named, ...]
    excluded: bool
    """Whether a block names the action and its own `notActions` take it away."""


class Conditions:
    """Parsed conditions by text; each is parsed once, also when it does not parse."""

    def __init__(self) -> None:
        """Start with none."""
        self._parsed: dict[str, Condition | SyntaxProblem] = {}

    def parsed(self, text: str) -> Condition | SyntaxProblem:
        """Return the parsed condition, or why it does not parse."""
        found = self._parsed.get(text)
        if found is None:
            try:
                found = parse(text)
            except SyntaxProblem as problem:
                found = problem
            self._parsed[text] = found
        return found

    def evaluate(self, text: str | None, request: ConditionRequest) -> Truth:
        """Evaluate a condition: TRUE where there is none, UNKNOWN where it does not parse."""
        if text is None:
            return Truth.TRUE
        condition = self.parsed(text)
        if isinstance(condition, SyntaxProblem):
            return Truth.UNKNOWN
        return evaluate(condition, request)

    def clauses(
        self, texts: Iterable[str], request: ConditionRequest, role_names: RoleNames
    ) -> tuple[Clause, ...]:
        """Return the clauses at fault in several conditions, the first few of them."""
        found: list[Clause] = []
        for text in texts:
            condition = self.parsed(text)
            if isinstance(condition, SyntaxProblem):
                found.append(Clause(text[:60], Truth.UNKNOWN, f"{condition.message}", ""))
            else:
                found += explain(condition, request, role_names)
        return tuple(dict.fromkeys(found))[:_MAXIMUM_CLAUSES]


class RoleBook:
    """Role definitions by GUID, with what each says of an action computed once."""

    def __init__(
        self,
        definitions: Mapping[RoleId, RoleDefinition],
        conditions: Conditions,
        patterns: Patterns,
    ) -> None:
        """Keep the definitions."""
        self._definitions = definitions
        self._conditions = conditions
        self._patterns = patterns
        self._blocks: dict[tuple[RoleId, bool], tuple[Block, ...]] = {}
        self._answers: dict[tuple[RoleId, str, bool], RoleAnswer] = {}

    def extended(self, more: Sequence[RoleDefinition]) -> RoleBook:
        """Return a book with further definitions; they win over those of the same GUID."""
        definitions = {**self._definitions, **{row.id: row for row in more}}
        return RoleBook(definitions, self._conditions, self._patterns)

    def definition(self, role: RoleId) -> RoleDefinition | None:
        """Return a role definition, None where it is not in the evidence."""
        return self._definitions.get(role)

    def judge(self, role: RoleId, request: ConditionRequest, *, data_action: bool) -> Judgement:
        """Whether a role grants the request's action, conditions of its blocks included."""
        answer = self.answer(role, request.action, data_action=data_action)
        if answer is None:
            return _MISSING
        if not answer.named:
            return _EXCLUDED if answer.excluded else _LACKING
        return judge_blocks(answer.named, request, self._conditions)

    def answer(self, role: RoleId, action: Action, *, data_action: bool) -> RoleAnswer | None:
        """Return what a role's blocks say of an action; None where the role is not known."""
        key = (role, action.folded, data_action)
        found = self._answers.get(key)
        if found is None:
            blocks = self._blocks_of(role, data_action=data_action)
            if blocks is None:
                return None
            found = self._answers[key] = named_blocks(blocks, self._patterns.matching(action))
        return found

    def _blocks_of(self, role: RoleId, *, data_action: bool) -> tuple[Block, ...] | None:
        found = self._blocks.get((role, data_action))
        definition = self._definitions.get(role)
        if found is None and definition is not None:
            found = self._blocks[role, data_action] = tuple(
                self._patterns.block(permission, data_action=data_action)
                for permission in definition.permissions
            )
        return found


def named_blocks(blocks: Iterable[Block], matching: Matching) -> RoleAnswer:
    """Return the blocks that name an action; `notActions` count within their own block only."""
    named: list[Named] = []
    excluded = False
    for block in blocks:
        names = matching.any_in(block.actions)
        if names is Truth.FALSE:
            continue
        truth = names & ~matching.any_in(block.not_actions)
        if truth is Truth.FALSE:
            excluded = True
        else:
            named.append(Named(block.permission, truth))
    return RoleAnswer(tuple(named), excluded)


def judge_blocks(
    named: Sequence[Named], request: ConditionRequest, conditions: Conditions
) -> Judgement:
    """Join blocks that name the action (the strongest wins) with their conditions."""
    best = Judgement(Truth.FALSE, Reason.CONDITION_NOT_MET)
    for block in named:
        condition = conditions.evaluate(block.permission.condition, request)
        truth = block.truth & condition
        if truth is Truth.TRUE:
            return _GRANTED
        text = block.permission.condition
        blocking = (text,) if text is not None and condition is not Truth.TRUE else ()
        if truth is Truth.UNKNOWN and best.truth is Truth.FALSE:
            open_condition = condition is Truth.UNKNOWN
            reason = Reason.CONDITION_UNDETERMINED if open_condition else Reason.PATTERN_UNSUPPORTED
            best = Judgement(truth, reason, blocking)
        elif truth is Truth.FALSE and best.truth is Truth.FALSE:
            best = Judgement(truth, best.reason, (*best.blocking, *blocking))
    return best


def with_condition(
    judgement: Judgement, text: str | None, request: ConditionRequest, conditions: Conditions
) -> Judgement:
    """Join a judgement of a role with the condition on the assignment; both must hold."""
    if text is None or judgement.reason in {
        Reason.ROLE_LACKS_ACTION,
        Reason.EXCLUDED_BY_NOT_ACTIONS,
    }:
        return judgement
    condition = conditions.evaluate(text, request)
    truth = all_of((judgement.truth, condition))
    if condition is Truth.TRUE:
        return judgement
    if condition is Truth.FALSE:
        return Judgement(truth, Reason.CONDITION_NOT_MET, (text,))
    if judgement.truth is Truth.FALSE:
        return judgement
    reason = judgement.reason or Reason.CONDITION_UNDETERMINED
    return Judgement(truth, reason, (*judgement.blocking, text))
