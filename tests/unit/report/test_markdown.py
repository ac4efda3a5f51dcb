from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from preflight.model.decision import Reason, Verdict
from preflight.model.outcome import ExitCode
from preflight.model.report import Problem, Report
from preflight.report.markdown import Markdown
from preflight.report.view import View

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make


def shown(*reports: Report, view: View | None = None) -> str:
    return Markdown().render(reports, view or View())


def test_a_row_per_target(make: Make, denied: Report) -> None:
    lines = shown(denied, replace(make.report(), target="dev")).splitlines()
    first = lines.index("| Target | Verdict | Denied | Undetermined | Allowed | Gaps | Exit |")

    assert lines[first + 1 : first + 4] == [
        "|---|---|---|---|---|---|---|",
        "| `main.json → rg-shop (Shop)` | DENIED | 1 | 1 | 1 | 1 | 1 |",
        "| `dev: main.json → rg-shop (Shop)` | ALLOWED | 0 | 0 | 0 | 0 | 0 |",
    ]


def test_the_headline_names_the_verdict(make: Make, denied: Report) -> None:
    assert shown(denied).splitlines()[2] == "## preflight: DENIED"
    assert shown(denied, make.report()).splitlines()[2] == "## preflight: 1 DENIED · 1 ALLOWED"


def test_the_marker_is_first_and_depends_on_the_target_only(make: Make, denied: Report) -> None:
    first = shown(replace(denied, target="prod")).splitlines()[0]

    assert first == shown(replace(make.report(), target="prod")).splitlines()[0]
    assert first.startswith("<!-- preflight:prod:")
    assert first != shown(replace(make.report(), target="prod-")).splitlines()[0]


def test_a_finding_links_its_line_and_folds_its_fix(denied: Report) -> None:
    text = shown(denied, view=View(link_base="https://github.com/o/r/blob/abc/"))

    assert "- because [`main.json:1`](<https://github.com/o/r/blob/abc/main.json#L1>)" in text
    assert (
        "<details><summary>fix: assign-role, proven</summary>\n\n"
        "assign Storage Account Contributor to sp-shop at rg-shop."
    ) in text
    assert "```sh\naz role assignment create" in text


@pytest.mark.parametrize(
    ("base", "source"),
    [
        ("", "main.json"),
        ("javascript:alert(1)", "main.json"),
        ("https://x/y)", "main.json"),
        ("https://x/y", "/etc/passwd"),
        ("https://x/y", "../main.json"),
    ],
)
def test_no_link_without_a_safe_address(denied: Report, base: str, source: str) -> None:
    first = denied.rows[0].decision.requirement.origins[0]
    first.place.source.name, before = source, first.place.source.name
    try:
        text = shown(denied, view=View(link_base=base))
    finally:
        first.place.source.name = before

    assert f"- because `{source}:1`:" in text


def test_at_most_ten_findings_the_heaviest_first(
    make: Make) -> None:  # fmt: skip
    rows = [
        make.row(
            Verdict.DENIED if n > 8 else Verdict.UNDETERMINED,
            Reason.NO_ASSIGNMENT,
            id=f"r{n}",
            requirement=make.requirement(f"A.B/t{n}/write"),
        )
        for n in range(12)
    ]
    findings = [make.finding(item, id=f"f{n}") for n, item in enumerate(rows)]
    text = shown(make.report(*rows, findings=findings))
    headings = [line for line in text.splitlines() if line.startswith("### ")]

    assert [line[:6] for line in headings[:4]] == ["### ✗ ", "### ✗ ", "### ✗ ", "### ? "]
    assert len(headings) == 10
    assert "… and 2 more findings in the other reports" in text


def test_possible_findings_are_left_to_the_other_reports(denied: Report) -> None:
    assert shown(denied).count("### ") == 2


def test_not_checked_comes_last(denied: Report) -> None:
    assert shown(denied).splitlines()[-1] == "not checked: policy effects"


def test_a_problem(make: Make) -> None:
    failed = replace(
        make.report(),
        derivation=None,
        problem=Problem(message="bad `x`", where="a.json:3:4", help="look", excerpt="  3 | x"),
        problem_code=ExitCode.INPUT,
    )

    assert "✗ `a.json:3:4` bad `x`\n\n```text\n  3 | x\n```\n\nhelp: look" in shown(failed)


def test_what_does_not_fit_is_left_out_whole_and_said(denied: Report) -> None:
    whole = shown(denied)
    text = shown(denied, view=View(max_chars=len(whole) - 1))

    assert len(text) < len(whole)
    assert text.count("### ") == 2
    assert text.splitlines()[-3:] == [
        f"Left out to stay below {len(whole) - 1} characters: 1 gap.",
        "",
        "not checked: policy effects",
    ]


@pytest.mark.parametrize("limit", [500, 700, 900, 1200, 2000, 5000])
def test_never_longer_than_asked(denied: Report, limit: int) -> None:
    many = [replace(denied, target=f"target-{n}" * 5) for n in range(40)]
    text = shown(*many, view=View(max_chars=limit))

    assert len(text) <= limit
    assert text.count("```") % 2 == 0
    assert text.count("<details>") == text.count("</details>")
