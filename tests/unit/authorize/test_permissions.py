"""Permission blocks: patterns, notActions, conditions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from preflight.authorize.condition.request import ConditionRequest
from preflight.authorize.patterns import Patterns
from preflight.authorize.permissions import Conditions, Judgement, RoleBook, with_condition
from preflight.model.action import Action, ActionPattern
from preflight.model.decision import Reason
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.truth import Truth

ACTION = "Microsoft.Web/sites/write"
TRUE, FALSE = "ActionMatches{'*'}", "!(ActionMatches{'*'})"
UNKNOWN, BROKEN = "Exists @Resource[x]", "("
ROLE = RoleId("role")


def block(
    *actions: str,
    but: Sequence[str] = (),
    data: Sequence[str] = (),
    condition: str | None = None,
) -> Permission:
    def patterns(texts: Sequence[str]) -> tuple[ActionPattern, ...]:
        return tuple(ActionPattern(text) for text in texts)

    return Permission(
        actions=patterns(actions),
        not_actions=patterns(but),
        data_actions=patterns(data),
        condition=condition,
    )


def judge(*blocks: Permission, action: str = ACTION, data_action: bool = False) -> Judgement:
    definition = RoleDefinition(id=ROLE, name="Role", permissions=blocks)
    book = RoleBook({ROLE: definition}, Conditions(), Patterns())
    return book.judge(ROLE, ConditionRequest(action=Action(action)), data_action=data_action)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([block("*")], (Truth.TRUE, None)),
        ([block()], (Truth.FALSE, Reason.ROLE_LACKS_ACTION)),
        ([block("*/read")], (Truth.FALSE, Reason.ROLE_LACKS_ACTION)),
        ([block("*", but=["*/WRITE"])], (Truth.FALSE, Reason.EXCLUDED_BY_NOT_ACTIONS)),
        ([block("*", but=["*/write"]), block(ACTION)], (Truth.TRUE, None)),
        ([block("Microsoft.*/sites/*")], (Truth.UNKNOWN, Reason.PATTERN_UNSUPPORTED)),
        ([block("*", but=["Microsoft.*/*"])], (Truth.UNKNOWN, Reason.PATTERN_UNSUPPORTED)),
        ([block("*", condition=TRUE)], (Truth.TRUE, None)),
        ([block("*", condition=FALSE)], (Truth.FALSE, Reason.CONDITION_NOT_MET)),
        ([block("*", condition=UNKNOWN)], (Truth.UNKNOWN, Reason.CONDITION_UNDETERMINED)),
        ([block("*", condition=BROKEN)], (Truth.UNKNOWN, Reason.CONDITION_UNDETERMINED)),
        ([block("*", condition=FALSE), block(ACTION)], (Truth.TRUE, None)),
        (
            [block("*", condition=FALSE), block("*", condition=UNKNOWN)],
            (Truth.UNKNOWN, Reason.CONDITION_UNDETERMINED),
        ),
        ([block(data=["*"])], (Truth.FALSE, Reason.ROLE_LACKS_ACTION)),
    ],
)
def test_blocks_join_and_not_actions_stay_in_their_own(
    blocks: list[Permission], expected: tuple[Truth, Reason | None]
) -> None:
    found = judge(*blocks)

    assert (found.truth, found.reason) == expected


def test_data_actions_are_decided_by_data_actions_only() -> None:
    assert judge(block("*"), data_action=True).truth is Truth.FALSE
    assert judge(block(data=["*"]), data_action=True).truth is Truth.TRUE


def test_the_conditions_that_stand_in_the_way_are_kept() -> None:
    other = "!(ActionMatches{'*/write'})"
    found = judge(block("*", condition=FALSE), block(ACTION, condition=other))

    assert found.blocking == (FALSE, other)


def test_a_role_that_is_not_in_the_evidence_is_unknown() -> None:
    book = RoleBook({}, Conditions(), Patterns())
    request = ConditionRequest(action=Action(ACTION))

    assert book.judge(ROLE, request, data_action=False) == Judgement(
        Truth.UNKNOWN, Reason.ROLE_DEFINITION_MISSING
    )
    added = book.extended([RoleDefinition(id=ROLE, name="Role", permissions=(block("*"),))])
    assert added.judge(ROLE, request, data_action=False).truth is Truth.TRUE


@pytest.mark.parametrize(
    ("role", "condition", "expected"),
    [
        ([block("*")], None, (Truth.TRUE, None)),
        ([block("*")], TRUE, (Truth.TRUE, None)),
        ([block("*")], FALSE, (Truth.FALSE, Reason.CONDITION_NOT_MET)),
        ([block("*")], BROKEN, (Truth.UNKNOWN, Reason.CONDITION_UNDETERMINED)),
        ([block("*", condition=UNKNOWN)], FALSE, (Truth.FALSE, Reason.CONDITION_NOT_MET)),
        ([block("*", condition=FALSE)], UNKNOWN, (Truth.FALSE, Reason.CONDITION_NOT_MET)),
        ([block("*", condition=UNKNOWN)], TRUE, (Truth.UNKNOWN, Reason.CONDITION_UNDETERMINED)),
        ([block("*/read")], FALSE, (Truth.FALSE, Reason.ROLE_LACKS_ACTION)),
    ],
)
def test_the_condition_of_the_assignment_must_hold_too(
    role: list[Permission], condition: str | None, expected: tuple[Truth, Reason | None]
) -> None:
    request = ConditionRequest(action=Action(ACTION))
    found = with_condition(judge(*role), condition, request, Conditions())

    assert (found.truth, found.reason) == expected


def test_a_condition_that_does_not_parse_says_why() -> None:
    request = ConditionRequest(action=Action(ACTION))
    (clause,) = Conditions().clauses([BROKEN], request, lambda _: None)

    assert "expected an attribute or a value" in clause.found
    assert clause.truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    "text",
    ["*", "*/read", "Microsoft.Web/*", "Microsoft.Web/sites/write", " microsoft.web/*/WRITE ",
     "Microsoft.Web/sites/", "*/*/write", "Microsoft.We*", "", "?"],
)  # fmt: skip
def test_patterns_mean_what_they_mean_one_by_one(text: str) -> None:
    pattern = ActionPattern(text)
    patterns = Patterns()
    taken_in = patterns.block(Permission(actions=(pattern,)), data_action=False)

    for action in (Action(ACTION), Action("Microsoft.Web/read"), Action("microsoft.web/x/y/WRITE")):
        expected = Truth.of(pattern.matches(action))
        if expected is Truth.TRUE and not pattern.supported:
            expected = Truth.UNKNOWN

        assert patterns.matching(action).any_in(taken_in.actions) is expected


def test_patterns_met_later_count_for_actions_met_before() -> None:
    patterns = Patterns()
    action = Action(ACTION)
    before = patterns.matching(action)
    late = patterns.block(block("Microsoft.Web/*"), data_action=False)

    assert before.any_in(late.actions) is Truth.FALSE
    assert patterns.matching(action).any_in(late.actions) is Truth.TRUE
