"""Evidence from any text: read, or refused with `AccessError`; what is written is read again."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from preflight.access.snapshot_file import dump_snapshot, parse_snapshot
from preflight.authorize.authorizer import Authorizer
from preflight.errors import AccessError
from preflight.model.access import AccessSnapshot, Principal, PrincipalId
from preflight.model.action import Action
from preflight.model.decision import Verdict
from preflight.model.requirement import Certainty, Requirement, RequirementKind
from preflight.model.scope import Scope
from preflight.model.value import JsonValue

SUB = "/subscriptions/11111111-1111-4111-8111-111111111111"
KEYS = [
    "schema", "scopes", "collectedAt", "managementGroups", "subscriptions", "principals", "caller",
    "roleDefinitions", "roleAssignments", "denyAssignments", "roleEligibilityScheduleInstances",
    "roleAssignmentScheduleInstances", "locks", "providers", "resources", "coverage", "unreadable",
    "id", "name", "type", "scope", "properties", "principalId", "roleDefinitionId", "condition",
    "permissions", "actions", "principals", "excludePrincipals", "level", "list", "reach", "value",
    "what", "parent", "objectId", "memberOf", "nextLink", "createdOn", "subscription", "namespace",
]  # fmt: skip
WORDS = [
    "preflight.access/1", SUB, "/", "", "*", "*/write", "me", "at", "at-above-below", "ReadOnly",
    "denyAssignments", "roleAssignments", "Microsoft.Authorization/locks", "{name}", "owner",
    "2026-11-24T10:00:00Z", "\u0000", "🙂", "/" * 50,
]  # fmt: skip
scalars: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(WORDS), st.text(max_size=6)
)
documents: st.SearchStrategy[JsonValue] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(list),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=6).map(dict),
    ),
    max_leaves=20,
)


def row(**members: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    return st.fixed_dictionaries({}, optional=members).map(dict)


scopes: st.SearchStrategy[JsonValue] = st.sampled_from(
    [SUB, "/", f"{SUB}/resourceGroups/a", "/providers/Microsoft.Management/managementGroups/m"]
)
names: st.SearchStrategy[JsonValue] = st.sampled_from(["me", "other", "owner", "reader"])
times: st.SearchStrategy[JsonValue] = st.sampled_from(["2026-11-24T10:00:00Z", None])
texts: st.SearchStrategy[JsonValue] = st.sampled_from([None, "ActionMatches{'*'}", "(", ""])
patterns: st.SearchStrategy[JsonValue] = st.lists(
    st.sampled_from(["*", "*/read", "A/*/b/*", " x "]), max_size=2
).map(list)
blocks = row(actions=patterns, notActions=patterns, dataActions=patterns, condition=texts)
people: st.SearchStrategy[JsonValue] = st.lists(
    st.fixed_dictionaries({"id": names}, optional={"type": st.sampled_from(["Group", "User"])}),
    max_size=2,
).map(list)


def many(rows: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    return st.lists(rows, max_size=3).map(list)


bound = st.fixed_dictionaries(
    {"scope": scopes, "principalId": names, "roleDefinitionId": names},
    optional={"condition": texts, "createdOn": times, "endDateTime": times, "principalType": names},
).map(dict)
MEMBERS: dict[str, st.SearchStrategy[JsonValue]] = {
    "collectedAt": times,
    "tenantId": st.just("t"),
    "scopes": many(scopes),
    "managementGroups": many(
        st.fixed_dictionaries({"id": st.just("m")}, optional={"parent": st.just(None)}).map(dict)
    ),
    "subscriptions": many(
        st.fixed_dictionaries(
            {"id": st.just(SUB)}, optional={"managementGroup": st.just("m"), "tenantId": names}
        ).map(dict)
    ),
    "principals": many(row(objectId=names, appId=names, displayName=names, memberOf=many(names))),
    "roleDefinitions": many(
        st.fixed_dictionaries({"id": names, "permissions": many(blocks)}).map(dict)
    ),
    "roleAssignments": many(bound),
    "denyAssignments": many(
        st.fixed_dictionaries(
            {"scope": scopes, "permissions": many(blocks), "principals": people},
            optional={"excludePrincipals": people, "condition": texts},
        ).map(dict)
    ),
    "roleEligibilityScheduleInstances": many(bound),
    "roleAssignmentScheduleInstances": many(bound),
    "locks": many(
        st.fixed_dictionaries(
            {"id": st.just(f"{SUB}/providers/Microsoft.Authorization/locks/l"),
             "level": st.sampled_from(["ReadOnly", "CanNotDelete"])}
        ).map(dict)
    ),
    "coverage": many(
        st.fixed_dictionaries(
            {"list": st.sampled_from(["roleAssignments", "denyAssignments", "locks"]),
             "scope": scopes, "reach": st.sampled_from(["at", "at-above", "at-above-below"])},
            optional={"principal": names, "readProven": st.booleans()},
        ).map(dict)
    ),
    "unreadable": many(st.fixed_dictionaries({"what": names, "scope": scopes}).map(dict)),
}  # fmt: skip
snapshots = st.fixed_dictionaries({"schema": st.just("preflight.access/1")}, optional=MEMBERS).map(
    json.dumps
)


def decide(snapshot: AccessSnapshot) -> Verdict:
    need = Requirement(
        action=Action("A.B/c/write"),
        scope=Scope(f"{SUB}/resourceGroups/a"),
        certainty=Certainty.REQUIRED,
        kind=RequirementKind.WRITE,
        why="",
        resource=Scope(SUB),
    )
    who = Principal(object_id=PrincipalId("me"), member_of=None)
    return Authorizer(snapshot, who).decide(need).verdict


def read(text: str) -> AccessSnapshot | AccessError:
    try:
        return parse_snapshot(text, scope=Scope(SUB))
    except AccessError as error:
        return error


@given(st.one_of(st.text(max_size=60), documents.map(json.dumps)))
def test_any_text_is_evidence_or_refused_and_never_allows(text: str) -> None:
    found = read(text)

    if isinstance(found, AccessError):
        assert found.message
        assert found.where is None or found.where.label.startswith("access.json:")
    else:
        assert decide(found) is not Verdict.ALLOWED


@given(snapshots)
def test_what_is_written_is_read_again(text: str) -> None:
    found = read(text)
    if isinstance(found, AccessError):
        return
    again = parse_snapshot(dump_snapshot(found))

    assert replace(again, warnings=(), notes=()) == replace(found, warnings=(), notes=())
    assert dump_snapshot(again) == dump_snapshot(found)
    assert decide(again) is decide(found)
