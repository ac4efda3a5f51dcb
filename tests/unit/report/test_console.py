from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from preflight.model.decision import Reason, Verdict
from preflight.model.outcome import ExitCode, FailOn
from preflight.model.report import EvidenceSource, Problem, Report, Suppression
from preflight.model.requirement import Certainty
from preflight.model.scope import Scope
from preflight.report.console import Console
from preflight.report.view import View

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make


def shown(report: Report, view: View | None = None) -> list[str]:
    return Console().render(report, view or View()).splitlines()


def test_verdict_first_identity_second_evidence_third(denied: Report) -> None:
    lines = shown(denied)

    assert lines[0] == "DENIED  main.json → rg-shop (Shop)   client az"
    assert lines[1].startswith(" 1 denied · 1 undetermined · 1 allowed")
    assert lines[2].startswith(" for     sp-shop  oid 22222222-0000")
    assert lines[3] == (
        " from    access.json, snapshot of 2026-11-24, 1 d old · catalogue 2026-08-01"
    )


def test_not_checked_and_exit_code_come_last(denied: Report) -> None:
    assert shown(denied)[-2:] == ["not checked  policy effects", "exit 1"]


def test_one_block_per_cause(denied: Report) -> None:
    assert shown(denied)[4:13] == [
        "✗ 1  role-lacks-action, 1 action: Reader at sub Shop does not grant storageAccounts/write",
        "  needs   Microsoft.Storage/storageAccounts/write",
        "  at      Shop / rg-shop / stshop",
        "  because main.json:1:1 [parameters('name')]: the resource is written",
        "  ladder  / -   sub Shop: Reader (grp-shop)",
        "  near    Reader at sub Shop: it only reads",
        "  Azure would say: AuthorizationFailed",
        (
            "  fix     assign Storage Account Contributor to sp-shop at rg-shop. "
            "Opens at least 12 further actions (catalogue"
        ),
        "          2026-08-01), privileged: a/listKeys/action. Proven: 1 denial → 0.",
    ]


def test_possible_requirements_fold_into_one_line(denied: Report) -> None:
    folded = [line for line in shown(denied) if "no-assignment" in line]
    unfolded = [line for line in shown(denied, View(verbosity=1)) if "no-assignment" in line]

    assert folded == [
        (
            "~ 3  no-assignment, 1 action possible, not held: "
            "Reader at sub Shop does not grant storageAccounts/write"
        )
    ]
    assert unfolded[0].startswith("~ 3  no-assignment, 1 action: ")


def test_allowed_rows_only_with_v(denied: Report) -> None:
    allowed = "Microsoft.Resources/deployments/write"

    assert not any(allowed in line for line in shown(denied))
    assert any(allowed in line for line in shown(denied, View(verbosity=1)))


def test_allowed_rows_fold_where_the_place_can(denied: Report) -> None:
    lines = shown(denied, View(verbosity=1, place="github"))
    first = lines.index("::group::✓ 1 allowed")

    assert lines[first + 3] == "::endgroup::"


def test_quiet_is_the_headline(denied: Report) -> None:
    loosened = replace(denied, loosened=("accepts x at / (preflight.toml:3)",))

    assert shown(loosened, View(verbosity=-1)) == [
        "DENIED  main.json → rg-shop (Shop)   client az",
        " loose   accepts x at / (preflight.toml:3)",
    ]


def test_what_loosens_the_gate_stands_on_top(denied: Report) -> None:
    loosened = replace(denied, loosened=("accepts x at / (preflight.toml:3)",))

    assert shown(loosened)[1] == " loose   accepts x at / (preflight.toml:3)"


def test_the_first_line_says_what_settles_the_place(denied: Report) -> None:
    derivation = denied.derivation
    assert derivation is not None
    open_ended = replace(
        derivation,
        scope=Scope("/subscriptions/{subscription}"),
        settings={"subscription": "--subscription"},
    )

    assert shown(replace(denied, derivation=open_ended), View(width=40))[0] == (
        "DENIED  main.json → sub {subscription}   client az   "
        "{subscription} is not known: --subscription"
    )


def test_advisory_is_said_in_headline_and_end(denied: Report) -> None:
    lines = shown(replace(denied, fail_on=FailOn.NEVER))

    assert lines[0].startswith("DENIED (advisory)  ")
    assert lines[-1] == "exit 0 (advisory: nothing fails the gate)"


def test_warnings_belong_to_the_header(denied: Report) -> None:
    lines = shown(replace(denied, warnings=(("locks-unread", "locks were not read"),)))

    assert lines[4] == " !       locks-unread: locks were not read"


def test_a_problem_has_three_parts(make: Make) -> None:
    failed = replace(
        make.report(),
        derivation=None,
        subject=None,
        evidence=None,
        problem=Problem(
            message="unknown function `resourcIds`",
            help="did you mean `resourceId`?",
            where="main.json:14:18",
            excerpt="   14 | x: [resourcIds()]\n      |     ^",
        ),
        problem_code=ExitCode.INPUT,
    )

    assert shown(failed) == [
        "ERROR  main.json",
        "main.json:14:18: unknown function `resourcIds`",
        "   14 | x: [resourcIds()]",
        "      |     ^",
        "help: did you mean `resourceId`?",
        "exit 3",
    ]


def test_gaps_say_where_and_what_settles_them(denied: Report) -> None:
    lines = shown(denied)
    first = lines.index("? gap  linked-template: https://example.com/linked.json")

    assert lines[first + 1 : first + 3] == [
        "  because main.json:1:1",
        "  settle  put the template beside this one",
    ]


def test_long_findings_are_cut_but_not_with_v(
    make: Make) -> None:  # fmt: skip
    rows = [
        make.row(
            id=f"r{n}", requirement=make.requirement(f"A.B/t{n}/write", f"/subscriptions/s{n}")
        )
        for n in range(9)
    ]
    found = make.report(*rows, findings=[make.finding(*rows)])

    assert "          … and at 6 more scopes (-v shows them)" in shown(found)
    assert sum("needs" in line for line in shown(found, View(verbosity=1))) == 9


def test_a_let_through_finding_is_one_line(make: Make) -> None:
    given = Suppression(reason="evidence-unreadable", scope=Scope("/"), given_at="--accept")
    accepted = replace(make.row(Verdict.UNDETERMINED, Reason.EVIDENCE_UNREADABLE), suppressed=given)
    lines = shown(make.report(accepted, findings=[make.finding(accepted)]))

    assert lines[0].startswith("ALLOWED")
    assert lines[4].startswith("~ 1  evidence-unreadable, 1 action let through by --accept")


def test_live_evidence(make: Make) -> None:
    base = make.report(make.row())
    assert base.evidence is not None
    live = EvidenceSource(live=True, collected_at=base.now, calls=7, remarks=("groups by Azure",))
    line = shown(replace(base, evidence=live))[3]

    assert line == " from    live 10:00:00Z, 7 calls · groups by Azure · catalogue 2026-08-01"


def test_an_interactive_user_is_told_so(make: Make) -> None:
    base = make.report(make.row())
    assert base.subject is not None
    subject = replace(
        base.subject, interactive=True, token_age=timedelta(minutes=3), credential="az login"
    )
    lines = shown(replace(base, subject=subject))

    assert lines[2].endswith("(token 3 min, az login)")
    assert lines[3] == (
        " !       decided for sp-shop (you), not for your pipeline: give --principal"
    )


def test_several_reports_have_a_block_each_and_a_summary(make: Make, denied: Report) -> None:
    lines = Console().render([denied, replace(make.report(), target="dev")], View()).splitlines()

    assert [line for line in lines if line.startswith("exit")] == ["exit 1", "exit 0"]
    assert lines[-3:] == [
        "2 reports",
        " DENIED  main.json → rg-shop (Shop)   1 denied, 1 undetermined, exit 1",
        " ALLOWED  dev: main.json → rg-shop (Shop)   0 denied, 0 undetermined, exit 0",
    ]


@pytest.mark.parametrize("certainty", list(Certainty))
def test_conditional_and_possible_denials_do_not_read_denied(
    make: Make, certainty: Certainty
) -> None:
    first = shown(make.report(make.row(requirement=make.requirement(certainty=certainty))))[0]
    expected = {"required": "DENIED", "conditional": "UNDETERMINED", "possible": "ALLOWED"}

    assert first.partition(" ")[0] == expected[certainty.value]
