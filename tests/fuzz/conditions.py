"""Fuzz target: conditions of role assignments never crash, and garbage never allows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from preflight.authorize.authorizer import Authorizer
from preflight.authorize.condition.ast import Condition
from preflight.authorize.condition.evaluator import evaluate
from preflight.authorize.condition.explain import explain
from preflight.authorize.condition.parser import parse
from preflight.authorize.condition.request import ConditionRequest, SubOperation, attribute_table
from preflight.errors import SyntaxProblem
from preflight.model.access import AccessSnapshot, Principal, PrincipalId, RoleAssignment
from preflight.model.action import Action, ActionPattern
from preflight.model.decision import Verdict
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.role import Permission, RoleDefinition, RoleId
from preflight.model.scope import Scope
from preflight.model.truth import Truth

_DATA = Path(__file__).resolve().parent.parent / "conformance" / "data" / "abac-conditions.json"
SEEDS = [
    case["condition"].encode("utf-8", "surrogatepass")
    for case in json.loads(_DATA.read_text(encoding="utf-8"))["cases"]
]
_ROLE = "b24988ac-6180-42a0-ab88-20f7382dd24c"
_TYPE = "Microsoft.Authorization/roleAssignments"
WORDS = (
    "(", ")", "!", "NOT", "AND", "OR", "&&", "||", "Exists", "ActionMatches{'", "'}", "{", "}", ",",
    "SubOperationMatches{'Blob.List'}", "@Request[", "@Resource[", "@Principal[", "@Environment[",
    "]", "'",
    "StringEquals", "StringLike", "StringNotLikeIgnoreCase", "GuidEquals", "GuidNotEquals",
    "BoolEquals",
    "NumericGreaterThan", "DateTimeLessThan", "ForAnyOfAnyValues:", "ForAllOfAllValues:", " ", "*",
    "?",
    "\\", "true", "false", "1", "-9999999999999999999", _ROLE, f"{_TYPE}:RoleDefinitionId",
    "UtcNow", "'2026-01-31T12:00:00.0Z'",
    "Microsoft.Storage/storageAccounts:tags<$key_case_sensitive$>:x",
)  # fmt: skip
GRAMMAR = {
    "start": ("<clause>", "<any>", "(<any>) AND (<any>)", "(<guard>) OR (<any>)"),
    "any": (
        "<clause>", "(<any> AND <any>)", "(<any> OR <any>)", "!(<any>)", "NOT <any>",
        "<any> && <any> || <any>", "(<any>)", "<guard>",
    ),
    "guard": ("ActionMatches{'*'}",
    "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/<verb>'}))"),
    "verb": ("write", "delete", "*"),
    "clause": (
        "@Request[<key>] StringEquals 'User'", "@<source>[<key>] <operator> <literal>",
        "<literal> <operator> @<source>[<key>]", "@<source>[<key>] <set>:<operator> {<literals>}",
        "Exists @<source>[<key>]", "SubOperationMatches{'Blob.List'}",
        "<literal> <operator> <literal>",
        "@<source>[<key>] <operator> @<source>[<key>]",
    ),
    "source": ("Request", "Resource", "Principal", "Environment"),
    "key": (
        f"{_TYPE}:PrincipalType", f"{_TYPE}:RoleDefinitionId", f"{_TYPE}:PrincipalId", "UtcNow",
        "x:list",
        "Microsoft.Directory/CustomSecurityAttributes/Id:E_P",
    ),
    "operator": (
        "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike",
        "StringStartsWith", "NumericEquals", "NumericLessThan", "BoolEquals", "BoolNotEquals",
        "GuidEquals", "GuidNotEquals", "DateTimeEquals", "DateTimeGreaterThan", "TimeOfDayEquals",
    ),
    "set": ("ForAnyOfAnyValues", "ForAllOfAnyValues", "ForAnyOfAllValues", "ForAllOfAllValues"),
    "literals": ("<literal>", "<literal>, <literals>", "<literal>,<literal>,<literal>"),
    "literal": (
        "'User'", "'U*?r'", "7", "-1", "true", "false", _ROLE, "'2026-01-31T12:00:00.0Z'", "''",
        "'a*b*c*d'",
    ),
}  # fmt: skip

_WRITE, _DELETE = Action(f"{_TYPE}/write"), Action(f"{_TYPE}/delete")
_DECIDE_EVERY = 8
"""A condition that may hold is decided for every eighth text (by its length)."""
_BLOB = Action("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read")
_KNOWN = attribute_table(
    {
        source: {
            f"{_TYPE}:PrincipalType": "User",
            f"{_TYPE}:RoleDefinitionId": f"/x/{_ROLE}",
            f"{_TYPE}:PrincipalId": None,
            "UtcNow": "2026-01-31T12:00:00Z",
            "x:list": ["a", "aaab", 7, True, None, []],
            "Microsoft.Directory/CustomSecurityAttributes/Id:E_P": ["User", "U*?r"],
        }
        for source in ("Request", "Resource", "Principal", "Environment")
    }
)
_SCOPE = Scope("/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg")
_PRINCIPAL = Principal(object_id=PrincipalId("a" * 8), member_of=frozenset())
_REQUIREMENTS = tuple(
    Requirement(
        action=action,
        scope=_SCOPE,
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.OTHER,
        why="it is asked for",
        resource=_SCOPE,
        attributes={"roleDefinitionId": _ROLE, "principalType": "{type}"},
    )
    for action in (_WRITE,)
)


def fuzz(data: bytes) -> None:
    """Parse, evaluate, explain, and decide with nothing but this conditional grant."""
    text = data.decode("utf-8", "surrogateescape")
    condition = _parsed(text)
    if condition is None:
        assert Verdict.ALLOWED not in _verdicts(text), "garbage allows"
        return
    answers = []
    for action in (_WRITE, _DELETE, _BLOB):
        unknown = ConditionRequest(action=action)
        answers.append(evaluate(condition, unknown))
        for sub_operation in ("Blob.List", SubOperation.NONE):
            known = ConditionRequest(action=action, sub_operation=sub_operation, attributes=_KNOWN)
            answers.append(evaluate(condition, known))
            explain(condition, known, _unnamed)
            # What is true or false whatever the attributes are stays so once they are known.
            assert evaluate(condition, unknown) in {Truth.UNKNOWN, evaluate(condition, known)}
        explain(condition, unknown, _unnamed)
    never = set(answers) == {Truth.FALSE}
    if never or len(text) % _DECIDE_EVERY == 0:
        allows = Verdict.ALLOWED in _verdicts(text)
        assert not (never and allows), "a condition that never holds allows"


def _parsed(text: str) -> Condition | None:
    offset = 0
    try:
        return parse(text)
    except SyntaxProblem as problem:
        offset = problem.offset
    assert 0 <= offset <= len(text)
    return None


def _unnamed(_: str) -> None:
    """Know no role's name."""


def _verdicts(condition: str) -> set[Verdict]:
    """Decide with the condition on the assignment and inside the role definition."""
    verdicts = set()
    for on_assignment, in_role in ((condition, None), (None, condition)):
        # What Azure returns for "no condition" is no condition.
        if not condition.strip():
            break
        authorizer = Authorizer(_snapshot(on_assignment, in_role), _PRINCIPAL)
        verdicts |= {authorizer.decide(wanted).verdict for wanted in _REQUIREMENTS}
    return verdicts


@cache
def _everything() -> tuple[ActionPattern, ...]:
    return (ActionPattern("*"),)


def _snapshot(on_assignment: str | None, in_role: str | None) -> AccessSnapshot:
    permission = Permission(actions=_everything(), condition=in_role)
    role = RoleDefinition(id=RoleId(_ROLE), name="r", permissions=(permission,))
    grant = RoleAssignment(
        id="/g",
        scope=_SCOPE,
        principal=_PRINCIPAL.object_id,
        role=role.id,
        condition=on_assignment,
    )
    return AccessSnapshot(
        scopes=(_SCOPE,),
        principals=(_PRINCIPAL,),
        role_definitions=(role,),
        role_assignments=(grant,),
        deny_assignments=(),
    )
