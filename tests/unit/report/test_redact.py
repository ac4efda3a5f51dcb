from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from preflight.model.access import (
    EVERYONE,
    DenyAssignment,
    Principal,
    PrincipalId,
    PrincipalType,
    Unreadable,
)
from preflight.model.advice import Recommendation, RecommendationKind
from preflight.model.diagnosis import Rung
from preflight.model.outcome import Detail
from preflight.model.private import Private
from preflight.model.report import Report
from preflight.model.scope import Scope
from preflight.report.format import FORMATS
from preflight.report.redact import shown
from preflight.report.view import View

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make

OTHER = "33333333-0000-4000-8000-000000000003"
TEAM = "44444444-0000-4000-8000-000000000004"
SELF = "22222222-0000-4000-8000-000000000002"
NAME = "55555555-0000-4000-8000-000000000005"
SECRETS = (OTHER, TEAM, NAME, "sp-other", "grp-shop", "denied-one", "66666666-", "77777777-")


def public(report: Report) -> Report:
    return shown(report, Detail.PUBLIC)[0]


@pytest.fixture
def telling(make: Make) -> Report:
    """A report that names others wherever a report can."""
    scope = f"/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/{NAME}"
    deny = DenyAssignment(
        id=f"/x/denyAssignments/{NAME}",
        name="made for sp-other",
        scope=Scope("/x"),
        permissions=(),
        principals=frozenset({EVERYONE, PrincipalId(OTHER)}),
        excluded=frozenset({PrincipalId("66666666-0000-4000-8000-000000000006")}),
    )
    found = make.row(
        requirement=make.requirement(
            scope=scope, attributes={"principalId": OTHER, "principalType": "User"}
        ),
        evidence=(make.assignment(TEAM), deny),
        finding="f1",
    )
    base = make.finding(found, text=f"sp-other ({OTHER}) holds it, `SP-OTHER` too")
    near = base.diagnosis.near_miss
    assert near is not None
    diagnosis = replace(
        base.diagnosis,
        title="held by sp-other, not by sp-shop",
        rungs=(*base.diagnosis.rungs, Rung(scope=Scope("/x"), label="x", deny_assignments=(deny,))),
        near_miss=replace(
            near,
            lacks="held by sp-other",
            principal=Principal(object_id=PrincipalId(OTHER), display_name="sp-other"),
        ),
    )
    use = Recommendation(
        kind=RecommendationKind.USE_PRINCIPAL,
        text="deploy as sp-other",
        principal=PrincipalId(OTHER),
        commands={"az": f"az login --username {OTHER} # sp-other"},
    )
    whole = replace(
        make.report(found, findings=[replace(base, diagnosis=diagnosis, recommendations=(use,))]),
        warnings=(("x", f"denied-one reads {OTHER.upper()}"),),
        private=Private(
            ids=frozenset({OTHER, "77777777-0000-4000-8000-000000000007"}),
            names=frozenset({"denied-one"}),
        ),
    )
    assert whole.evidence is not None
    assert whole.subject is not None
    error = "client 77777777-0000-4000-8000-000000000007 may not read"
    unreadable = (Unreadable(what="locks", scope=Scope("/x"), error=error),)
    return replace(
        whole,
        evidence=replace(whole.evidence, unreadable=unreadable),
        subject=replace(whole.subject, read_by="denied-one"),
    )


@pytest.mark.parametrize("name", list(FORMATS))
def test_no_format_shows_others(telling: Report, name: str) -> None:
    text = FORMATS[name].render(telling, View(detail=Detail.PUBLIC, verbosity=2)).lower()

    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("name", list(FORMATS))
def test_team_shows_them(telling: Report, name: str) -> None:
    text = FORMATS[name].render(telling, View(detail=Detail.TEAM, verbosity=2))

    assert "sp-other" in text


@pytest.mark.parametrize("name", list(FORMATS))
def test_the_deploying_principal_is_shown(telling: Report, name: str) -> None:
    text = FORMATS[name].render(telling, View(detail=Detail.PUBLIC))

    assert SELF in text
    assert "sp-shop" in text


def test_the_same_word_is_hidden_the_same_way(telling: Report) -> None:
    diagnosis = public(telling).findings[0].diagnosis
    mask = diagnosis.title.removeprefix("held by ").partition(",")[0]

    assert mask.startswith("hidden-")
    assert diagnosis.text.endswith(f"holds it, `{mask}` too")


def test_assignment_ids_are_gone_from_the_structure(telling: Report) -> None:
    found = public(telling)
    finding = found.findings[0].diagnosis

    assert [item.id for item in found.rows[0].decision.evidence] == ["", ""]
    assert finding.rungs[1].holds[0].assignment.id == ""
    assert finding.rungs[1].holds[0].via == "group"
    assert finding.rungs[2].deny_assignments[0].principals == {EVERYONE}
    assert finding.rungs[2].deny_assignments[0].excluded == frozenset()


def test_a_known_principal_being_given_a_role_is_hidden(telling: Report) -> None:
    attributes = public(telling).rows[0].decision.requirement.attributes

    assert attributes is not None
    assert attributes["principalId"].startswith("{hidden-")
    assert attributes["principalType"] == "User"


@pytest.mark.parametrize("value", [SELF, "{principalId}"])
def test_oneself_and_placeholders_stay(make: Make, value: str) -> None:
    found = make.report(make.row(requirement=make.requirement(attributes={"principalId": value})))

    assert public(found).rows == found.rows


def test_recommendations_still_close_their_rows(denied: Report) -> None:
    found = public(denied)

    assert found.findings[0].recommendations[0].closes == (found.rows[0].decision.requirement,)


def test_names_are_looked_for_as_words(denied: Report) -> None:
    secret = replace(denied, private=Private(names=frozenset({"rant", "shop"})))
    diagnosis = public(secret).findings[0].diagnosis

    assert diagnosis.title == "Reader at sub hidden-1 does not grant storageAccounts/write"


def test_names_are_not_looked_for_in_ids(denied: Report) -> None:
    secret = replace(denied, private=Private(names=frozenset({"stshop", "main.json"})))

    found = public(secret)

    assert found.rows[0] == denied.rows[0]
    assert found.source == "main.json"


def test_a_name_that_was_cut_off_is_hidden_too(denied: Report) -> None:
    secret = replace(
        denied,
        private=Private(names=frozenset({"sp-very-long-name-of-a-team"})),
        warnings=(("x", "held by sp-very-long-na…"), ("y", "cut here…")),
    )

    assert public(secret).warnings == (("x", "held by hidden…"), ("y", "cut here…"))


def test_a_name_is_found_as_other_stages_print_it(denied: Report) -> None:
    secret = replace(
        denied,
        private=Private(names=frozenset({"two  blanks\tand more"})),
        warnings=(("x", "held by two blanks and more"),),
    )

    assert public(secret).warnings == (("x", "held by hidden-1"),)


def test_an_own_name_is_never_private(denied: Report) -> None:
    secret = replace(denied, private=Private(names=frozenset({"sp-shop"})))

    assert public(secret).findings[0].recommendations == denied.findings[0].recommendations


def test_no_subject_hides_everybody(telling: Report) -> None:
    found = public(replace(telling, subject=None))

    assert found.findings[0].recommendations[0].principal is None


def test_roles_and_subscriptions_keep_their_names(denied: Report) -> None:
    named = replace(denied, names={**denied.names, "role": "Reader"})

    assert set(public(named).names) == set(named.names) - {TEAM}


def test_a_reader_who_is_not_the_subject_is_not_named(telling: Report) -> None:
    subject = public(telling).subject

    assert subject is not None
    assert subject.read_by == "another principal"
    assert subject.principal.type is PrincipalType.SERVICE_PRINCIPAL
