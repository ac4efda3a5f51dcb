"""Conditions from any text: read whole or refused inside it; never a crash, never "allowed"."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from preflight.authorize.authorizer import Authorizer
from preflight.authorize.condition.ast import Chain, Condition, Joiner
from preflight.authorize.condition.evaluator import evaluate, truth_of
from preflight.authorize.condition.explain import explain
from preflight.authorize.condition.operators import OPERATORS, QUANTIFIERS, Family, like
from preflight.authorize.condition.parser import parse
from preflight.authorize.condition.request import ConditionRequest, attribute_table
from preflight.errors import SyntaxProblem
from preflight.model.access import AccessSnapshot, Principal, PrincipalId, RoleAssignment
from preflight.model.action import Action, ActionPattern
from preflight.model.decision import Reason, Verdict
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope
from preflight.model.truth import Truth
from preflight.model.value import JsonValue

GUID = "5e467623-bb1f-42f4-a55d-6e525e11384b"
PIECES = [
    "(", ")", "{", "}", ",", ":", "!", "NOT", "AND", "OR", "&&", "||", "'a'", "''", "'", "true",
    "5", "-1", "1.5", GUID, GUID.replace("-", ""), "@Request[x]", "@Resource[a/b:c]", "@Caller[x]",
    "@Request[", "Exists", "ActionMatches{'*'}", "ActionMatches{'*/write'}", " ", "\n", "\\'",
    "SubOperationMatches{'Blob.List'}", "ForAnyOfAnyValues:", "StringEquals", "GuidNotEquals",
    "NumericLessThan", "BoolEquals", "'2026-01-01T00:00:00Z'", "DateTimeGreaterThan", "StringLike",
]  # fmt: skip
pieces = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)
texts = st.one_of(st.text(max_size=80), pieces, st.lists(pieces, max_size=3).map("".join))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just(GUID))
values: st.SearchStrategy[JsonValue] = st.one_of(
    scalars, st.lists(scalars, max_size=3).map(list), st.floats(), st.just({"a": 1})
)
requests = st.dictionaries(st.sampled_from(["x", "a/b:c", "y"]), values).map(
    lambda row: ConditionRequest(
        action=Action("A/b/write"), attributes=attribute_table({"Request": row, "Resource": row})
    )
)

CONSTANTS = {
    Family.STRING: st.sampled_from(["'a'", "'b*'", "''"]),
    Family.NUMERIC: st.sampled_from(["1", "-2"]),
    Family.BOOL: st.sampled_from(["true", "False"]),
    Family.DATE_TIME: st.just("'2026-01-01T00:00:00Z'"),
    Family.GUID: st.sampled_from([GUID, GUID.replace("-", "")]),
}


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    operator = draw(st.sampled_from(sorted(OPERATORS)))
    row = OPERATORS[operator]
    sets = row.takes_sets and draw(st.booleans())
    constants = draw(st.lists(CONSTANTS[row.family], min_size=1, max_size=3 if sets else 1))
    right = f"{{{', '.join(constants)}}}" if sets else constants[0]
    prefix = f"{draw(st.sampled_from(sorted(QUANTIFIERS)))}:" if sets else ""
    return f"@{draw(st.sampled_from(['Request', 'resource']))}[x] {prefix}{operator} {right}"


leaves = st.one_of(
    comparisons(),
    st.sampled_from(["Exists @Request[x]", "ActionMatches{'*/write'}", "ActionMatches{'no'}"]),
)
mixed = st.tuples(leaves, leaves, leaves).map(lambda row: f"{row[0]} AND {row[1]} OR {row[2]}")
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda text: f"!({text})"),
        st.tuples(inner, st.sampled_from([" AND ", " or ", "&&", "||"]), inner).map(
            lambda row: f"({row[0]}){row[1]}({row[2]})"
        ),
        mixed,
    ),
    max_leaves=8,
)


def read(text: str) -> Condition | SyntaxProblem:
    try:
        return parse(text)
    except SyntaxProblem as problem:
        return problem


@given(texts, requests)
def test_any_text_is_read_or_refused_inside_it(text: str, request: ConditionRequest) -> None:
    found = read(text)

    if isinstance(found, SyntaxProblem):
        assert 0 <= found.offset <= len(text)
        assert found.message
    else:
        assert isinstance(evaluate(found, request), Truth)
        assert isinstance(explain(found, request, lambda _: None), tuple)


@given(texts)
def test_garbage_is_never_allowed(text: str) -> None:
    if not isinstance(read(text), SyntaxProblem):
        return
    scope = Scope("/subscriptions/s")
    owner = RoleDefinition(
        id=RoleId("o"), name="O", permissions=(Permission(actions=(ActionPattern("*"),)),)
    )
    row = RoleAssignment(
        id="a", scope=scope, principal=PrincipalId("me"), role=owner.id, condition=text
    )
    snapshot = AccessSnapshot(
        scopes=(scope,),
        role_definitions=(owner,),
        role_assignments=(row,),
        deny_assignments=(),
    )
    need = Requirement(
        action=Action("A.B/c/write"),
        scope=scope,
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.WRITE,
        why="",
        resource=scope,
    )
    who = Principal(object_id=PrincipalId("me"), member_of=frozenset())
    decision = Authorizer(snapshot, who).decide(need)

    assert decision.verdict is Verdict.UNDETERMINED
    assert decision.reason is Reason.CONDITION_UNDETERMINED


@given(conditions, requests)
def test_conditions_that_are_well_formed_are_read_and_explained(
    text: str, request: ConditionRequest
) -> None:
    condition = parse(text)
    truth = evaluate(condition, request)
    clauses = explain(condition, request, lambda _: None)

    assert (truth is Truth.TRUE) == (clauses == ())
    assert evaluate(parse(f"NOT ({text})"), request) is ~truth


@given(conditions, requests, st.sampled_from(["x", "y"]), values)
def test_knowing_more_never_overturns_an_answer(
    text: str, request: ConditionRequest, name: str, value: JsonValue
) -> None:
    if ("request", name) in request.attributes:
        return
    more = attribute_table({"Request": {name: value}}) | dict(request.attributes)
    before = evaluate(parse(text), request)
    after = evaluate(parse(text), ConditionRequest(action=request.action, attributes=more))

    assert before in {Truth.UNKNOWN, after}


@given(st.one_of(mixed, conditions), requests)
def test_mixed_chains_are_what_both_groupings_agree_on(
    text: str, request: ConditionRequest
) -> None:
    node = parse(text).root
    if isinstance(node, Chain) and node.joiners == (Joiner.AND, Joiner.OR):
        one, two, three = (truth_of(operand, request) for operand in node.operands)
        both = {(one & two) | three, one & (two | three)}

        assert truth_of(node, request) is (both.pop() if len(both) == 1 else Truth.UNKNOWN)


@given(st.text("ab*?\\", max_size=8), st.text("ab*?\\", max_size=6))
def test_like_agrees_with_trying_every_way(value: str, pattern: str) -> None:
    assert like(value, pattern) is tried(value, pattern)


def tried(value: str, pattern: str) -> bool:
    if not pattern:
        return not value
    head, rest = pattern[0], pattern[1:]
    if head == "\\" and rest[:1] in {"*", "?"}:
        return value[:1] == rest[0] and tried(value[1:], rest[1:])
    if head == "*":
        return any(tried(value[number:], rest) for number in range(len(value) + 1))
    return bool(value) and (head in {"?", value[0]}) and tried(value[1:], rest)
