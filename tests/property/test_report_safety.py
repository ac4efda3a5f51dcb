"""Nothing that a template or Azure writes can forge anything in a report.

One report is built twice: with harmless words, and with hostile text in every place that holds
text. Then each format is read back the way its readers do.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from xml.etree.ElementTree import Element, fromstring

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from preflight.model.access import (
    DenyAssignment,
    Principal,
    PrincipalId,
    RoleAssignment,
    Unreadable,
)
from preflight.model.action import Action
from preflight.model.advice import AlsoAllows, Recommendation, RecommendationKind
from preflight.model.decision import Decision, Reason, Settle, Verdict
from preflight.model.diagnosis import Diagnosis, Holding, Level, NearMiss, Rung
from preflight.model.outcome import Detail, ExitCode
from preflight.model.report import (
    EvidenceSource,
    Finding,
    Problem,
    Report,
    Row,
    Subject,
    Suppression,
)
from preflight.model.requirement import (
    Certainty,
    Derivation,
    Origin,
    Requirement,
    RequirementKind,
)
from preflight.model.role import RoleDefinition, RoleId
from preflight.model.scope import Scope
from preflight.model.source import Place, SourceFile
from preflight.model.template import Gap, GapKind, NotChecked, Note
from preflight.model.truth import Truth
from preflight.report.format import FORMATS
from preflight.report.requirements import REQUIREMENT_FORMATS
from preflight.report.view import View

Spice: TypeAlias = Callable[[str], str]

NASTY = (
    "::error::x", "\n::error file=a::b", "\r::set-output name=x::y", "\u2028::error::x",
    "\x0b::error::x", "\x85::error::x", "::\u200berror::x", " ::stop-commands::x", "::",
    "##vso[task.complete result=Succeeded]done", "##[error]x", "##[group]", "#", "##", "[",
    "##\u200b[group]", "##\xadvso[task.setvariable variable=x]y", "##VSO[a.b]", "vso[a.b]",
    "`", "``", "```\n", "~~~\n", "|", "\\|", "||", "\\", "a\\", "| a | b |\n|---|---|\n",
    "</details>", "</summary>", "<script>alert(1)</script>", "<img src=x>", "<!-- preflight:x -->",
    "-->", "]]>", "<![CDATA[", "&amp;", "&#60;", "<?xml", '"', "'", "='",
    "\x00", "\x1b[2J", "\x1b]0;t\x07", "\x9b31m", "\x7f", "\u202e", "\u2066", "\u200f", "\ufeff",
    "\ud800", "\udfff", "\uffff", "\U000e0041", "\ufe0f", "\u3164", "\u00a0", "\u3000",
    "@everyone", "a@b.example", "#12", "GH-12", "[x](http://evil.example)", "![i](http://e)",
    "[x]: http://e", "http://evil.example", "www.evil.example", "<http://e>", "$x$", ":tada:",
    "\n\n# h\n\n", "\n- item", "\n> q", "\n    code", "***", "_e_", "~~x~~", "---", "===", "1. ",
    "\t", " ", "\n", "{{ x }}", "{% x %}", "${x}", "%{x}", "{x}",
)  # fmt: skip
hostile = st.lists(
    st.sampled_from(NASTY) | st.text(min_size=1, max_size=6), min_size=1, max_size=4
).map("".join)
spices = st.builds(
    lambda text, how: {
        "alone": lambda _: text,
        "before": lambda word: text + word,
        "after": lambda word: word + text,
        "around": lambda word: text + word + text,
    }[how],
    hostile,
    st.sampled_from(["alone", "before", "after", "around"]),
)
unhurried = settings(deadline=None)
"""An example renders every format; on a busy machine that may take longer than the default."""
views = st.builds(
    View,
    detail=st.sampled_from(list(Detail)),
    verbosity=st.sampled_from([-1, 0, 1, 2]),
    width=st.sampled_from([0, 20, 40, 120]),
    colour=st.booleans(),
    utf8=st.booleans(),
    place=st.sampled_from(["github", "azure-pipelines", "terminal", "plain"]),
    max_chars=st.just(1_000_000),
    link_base=st.sampled_from(["", "https://github.com/o/r/blob/abc"]),
)

GUID = "11111111-0000-4000-8000-00000000000"


def plainly(word: str) -> str:
    return word


def world(spice: Spice) -> tuple[Report, Report]:
    """Return a report with every kind of content, and one that ended with an error."""
    source = SourceFile(spice("main.json"), "{}\n")
    place = Place(source=source, via=(Place(source=SourceFile(spice("outer.json"), "{}\n")),))
    scope = Scope(f"/subscriptions/{spice('sub')}/resourceGroups/{spice('rg')}")
    other = PrincipalId(f"{GUID}1")
    assignment = RoleAssignment(
        id=spice("/x/roleAssignments/ra"), scope=scope, principal=other, role=RoleId("role")
    )
    deny = DenyAssignment(
        id=spice("/x/denyAssignments/da"),
        name=spice("deny"),
        scope=scope,
        permissions=(),
        principals=frozenset({other}),
        excluded=frozenset(),
    )
    requirements = [
        Requirement(
            action=Action(spice(f"A.B/t{number}/write")),
            scope=Scope(f"{scope.text}/providers/A.B/t{number}/{spice('x')}"),
            certainty=certainty,
            kind=RequirementKind.WRITE,
            why=spice("it is written"),
            resource=scope,
            origins=(
                Origin(place=place, expression=spice("[parameters('x')]")),
                Origin(place=place),
            ),
            attributes={"principalId": spice(f"{GUID}2")},
        )
        for number, certainty in enumerate(
            (Certainty.REQUIRED, Certainty.CONDITIONAL, Certainty.REQUIRED, Certainty.POSSIBLE)
        )
    ]
    verdicts = (
        (Verdict.DENIED, Reason.WRONG_SCOPE),
        (Verdict.UNDETERMINED, Reason.CONDITION_UNDETERMINED),
        (Verdict.ALLOWED, Reason.GRANTED),
        (Verdict.DENIED, Reason.NO_ASSIGNMENT),
    )
    rows = tuple(
        Row(
            id=f"r{number}",
            decision=Decision(
                requirement=requirement,
                verdict=verdict,
                reason=reason,
                evidence=(assignment, deny),
                detail=spice("detail"),
            ),
            finding=f"f{number}",
            suppressed=Suppression(
                reason=spice("reason"), scope=scope, given_at=spice("preflight.toml:3")
            )
            if number == 1
            else None,
            gate=requirement.certainty is not Certainty.POSSIBLE,
        )
        for number, (requirement, (verdict, reason)) in enumerate(
            zip(requirements, verdicts, strict=True)
        )
    )
    findings = tuple(_finding(spice, row, assignment, deny) for row in rows if row.id != "r2")
    derivation = Derivation(
        source=spice("main.json"),
        scope=scope,
        resources=(),
        requirements=tuple(requirements),
        gaps=(
            Gap(
                kind=GapKind.LINKED_TEMPLATE,
                target=spice("https://example.com/x"),
                origin=place,
                settle=spice("put it beside this one"),
            ),
        ),
        notes=(Note(code="parameter-missing", message=spice("`x` has no value"), origin=place),),
        not_checked=(NotChecked(what=spice("policies"), why=spice("not read")),),
        catalogue=spice("2026-08-01"),
        settings={spice("subscription"): "--subscription"},
    )
    whole = Report(
        version="1.0",
        source=spice("main.json"),
        now=datetime(2026, 11, 24, tzinfo=UTC),
        derivation=derivation,
        subject=Subject(
            principal=Principal(
                object_id=PrincipalId(spice(f"{GUID}0")), display_name=spice("sp-shop")
            ),
            read_by=spice("somebody"),
            translated_from=spice("given"),
            tenant=spice("tenant"),
            credential=spice("az login"),
            token_age=timedelta(minutes=3),
            interactive=True,
        ),
        evidence=EvidenceSource(
            live=False,
            files=(spice("access.json"),),
            unreadable=(Unreadable(what=spice("locks"), scope=scope, error=spice("403")),),
            remarks=(spice("groups by Azure"),),
        ),
        rows=rows,
        findings=findings,
        warnings=(("locks-unread", spice("locks were not read")),),
        notes=(("remark", spice("a remark")),),
        loosened=(spice("accepts reason at scope"),),
        target=spice("prod"),
        names={f"/subscriptions/{spice('sub')}".lower(): spice("Shop")},
        parameter_files=(spice("prod.json"),),
    )
    failed = replace(
        whole,
        rows=(),
        findings=(),
        derivation=None,
        problem=Problem(
            message=spice("bad"),
            help=spice("do this"),
            where=spice("main.json:3:4"),
            excerpt=f"  3 | {spice('line')}\n    |  ^",
        ),
        problem_code=ExitCode.INPUT,
    )
    return whole, failed


def _finding(spice: Spice, row: Row, assignment: RoleAssignment, deny: DenyAssignment) -> Finding:
    holding = Holding(
        assignment=assignment,
        role_name=spice("Reader"),
        via=spice("grp"),
        grants=Truth.UNKNOWN,
        because=spice("role-lacks-action"),
    )
    rung = Rung(
        scope=assignment.scope, label=spice("rg"), holds=(holding,), deny_assignments=(deny,)
    )
    return Finding(
        id=row.finding or "",
        fingerprint="0123456789abcdef",
        requirements=(row.id,),
        diagnosis=Diagnosis(
            reason=row.decision.reason,
            level=Level.ERROR,
            title=spice("the role is elsewhere"),
            text=spice("`sp-shop` holds it elsewhere"),
            decisions=(row.decision,),
            rungs=(rung,),
            near_miss=NearMiss(
                assignment=assignment, role_name=spice("Reader"), lacks=spice("another group")
            ),
            settle=Settle(what=spice("read it"), who=spice("an administrator")),
            azure_says=spice("AuthorizationFailed"),
        ),
        recommendations=(
            Recommendation(
                kind=RecommendationKind.ASSIGN_ROLE,
                text=spice("assign Reader"),
                scope=assignment.scope,
                role=RoleDefinition(id=RoleId("r"), name=spice("Reader"), permissions=()),
                closes=(row.decision.requirement,),
                proven=True,
                also_allows=AlsoAllows(count=3, privileged=(spice("A.B/listKeys/action"),)),
                commands={"az": f"az role assignment create \\\n  --role {spice('Reader')}"},
            ),
        ),
    )


# --- logs ------------------------------------------------------------------------------------

OWN_FOLDS = re.compile(r"(::group::|##\[group\])[✓+] \d+ allowed|::endgroup::|##\[endgroup\]")
OWN_COLOUR = re.compile(r"\x1b\[(1;31|1;32|1;33|1|0)m")
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def as_compared(line: str) -> str:
    """Return a line as .NET compares it by culture: without what has no weight."""
    return "".join(char for char in line if unicodedata.category(char) not in UNSEEN)


def commands(text: str) -> Iterator[str]:
    """Yield every line that GitHub's runner or the Azure Pipelines agent would obey."""
    for line in re.split(r"\r\n|\r|\n", text):
        seen = as_compared(line)
        v2 = seen.lstrip().startswith("::")
        if (v2 or "##[" in seen or "##vso[" in seen.lower()) and not OWN_FOLDS.fullmatch(line):
            yield line


def unseen(text: str) -> set[str]:
    """Return characters that a terminal obeys or nobody sees, our own colours apart."""
    bare = OWN_COLOUR.sub("", text)
    return {char for char in bare if char != "\n" and unicodedata.category(char) in UNSEEN}


def is_safe(text: str, name: str) -> None:
    assert list(commands(text)) == [], name
    assert unseen(text) == set(), name


@unhurried
@given(spices, views)
def test_formats_are_safe_in_a_log_and_always_the_same(spice: Spice, view: View) -> None:
    reports = world(spice)
    for name, form in FORMATS.items():
        text = form.render(reports, view)
        is_safe(text, name)
        assert text == form.render(world(spice), view), name
        assert view.utf8 or name != "console" or text.isascii()


@unhurried
@given(spices, views)
def test_requirement_formats_are_safe_in_a_log(spice: Spice, view: View) -> None:
    derivation = world(spice)[0].derivation
    assert derivation is not None
    for name, form in REQUIREMENT_FORMATS.items():
        is_safe(form.render([derivation], view), name)


# --- JSON ------------------------------------------------------------------------------------


@unhurried
@given(spices)
def test_json_reads_back_as_it_was(spice: Spice) -> None:
    reports = world(spice)
    text = FORMATS["json"].render(reports, View())

    assert text.isascii()
    assert json.loads(text)["reports"] == [report.to_dict() for report in reports]


# --- XML -------------------------------------------------------------------------------------


def shape(element: Element) -> tuple[str, list[str], list[object]]:
    """Return tag, attribute names and children; an error need not have a place."""
    attributes = sorted(name for name in element.attrib if name not in {"file", "line"})
    return element.tag, attributes, [shape(child) for child in element]


def parsed(reports: Sequence[Report], view: View) -> Element:
    return fromstring(FORMATS["junit"].render(reports, view))  # noqa: S314 - our own output


@unhurried
@given(spices, views)
def test_xml_keeps_its_structure(spice: Spice, view: View) -> None:
    assert shape(parsed(world(spice), view)) == shape(parsed(world(plainly), view))


VISIBLE = st.text(
    st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters=" "),
    min_size=1,
    max_size=20,
)


@unhurried
@given(VISIBLE.filter(lambda text: not list(commands(text)) and "##" not in text))
def test_xml_text_reads_back_as_it_was(text: str) -> None:
    whole, _ = world(lambda word: word + text)
    cases = list(parsed([whole], View()).iter("testcase"))

    assert [case.get("name") for case in cases[:4]] == [
        row.decision.requirement.action.text for row in whole.rows
    ]
    assert [case.get("classname") for case in cases[:4]] == [
        row.decision.requirement.scope.text for row in whole.rows
    ]


# --- Markdown --------------------------------------------------------------------------------

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = {"<details><summary>fix: assign-role, proven</summary>", "</details>"}
MARKER = re.compile(r"<!-- preflight:[A-Za-z0-9-]*:[0-9a-f]{12} -->")
INLINE = {"code_inline", "strong_open", "strong_close", "link_close", "softbreak"}
LIVE = re.compile(r"@|#\d|https?://|www\.|:[a-z]+:|\$|GH-\d|[<>\[\]*_~`|\\]")
"""What GitHub makes something of in text that is not code."""


def blocks(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """Return the block structure: types, and the HTML word for word."""
    return [
        (token.type, MARKER.sub("marker", token.content.strip()) if "html" in token.type else "")
        for token in tokens
    ]


def check(text: str, benign: str, link_base: str) -> None:
    """Read Markdown back: the benign structure, only inline code, links of ours, dead text."""
    tokens = READER.parse(text)

    assert blocks(tokens) == blocks(READER.parse(benign))
    for token in tokens:
        if token.type == "html_block":
            assert MARKER.sub("", token.content.strip()) in {*OURS, ""}
        check_inline(token.children or (), link_base)


def check_inline(children: Sequence[Token], link_base: str) -> None:
    """Look at one paragraph, heading or cell."""
    coded = False
    for child in children:
        if child.type == "html_inline":
            assert child.content == ("</code>" if coded else "<code>")
            coded = not coded
        elif child.type == "link_open":
            assert link_base
            assert str(child.attrs["href"]).startswith(link_base + "/")
        elif child.type == "text":
            assert coded or not LIVE.search(child.content)
        else:
            assert child.type in INLINE
    assert not coded


@unhurried
@given(spices, views)
def test_markdown_keeps_its_structure(spice: Spice, view: View) -> None:
    render = FORMATS["markdown"].render

    check(render(world(spice), view), render(world(plainly), view), view.link_base)


@unhurried
@given(spices, views)
def test_requirements_markdown_keeps_its_structure(spice: Spice, view: View) -> None:
    def rendered(how: Spice) -> str:
        derivation = world(how)[0].derivation
        assert derivation is not None
        return REQUIREMENT_FORMATS["markdown"].render([derivation], view)

    check(rendered(spice), rendered(plainly), "")


@unhurried
@given(hostile, st.integers(min_value=500, max_value=6000))
def test_markdown_is_never_longer_than_asked(text: str, limit: int) -> None:
    whole = FORMATS["markdown"].render(world(lambda word: word + text), View(max_chars=limit))

    assert len(whole) <= limit
    assert whole.startswith("<!-- preflight:")
    assert whole.count("<details>") == whole.count("\n</details>\n")


# --- roles -----------------------------------------------------------------------------------

BICEP_STRING = re.compile(r"'((?:[^'\\$]|\$(?!\{)|\\(?:['\\nrt$]|u\{[0-9a-f]+\}))*)'")
TERRAFORM_STRING = re.compile(
    r'"((?:[^"\\$%]|\$(?!\{)|%(?!\{)|\$\$\{|%%\{|\\["\\nrt]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*)"'
)


def statements(text: str, literal: re.Pattern[str]) -> set[str]:
    """Return the lines that are no comment, with what is in quotes left out."""
    lines = {line.strip() for line in literal.sub("S", text).splitlines()}
    return {line for line in lines if not line.startswith(("//", "#"))}


@unhurried
@given(spices)
def test_role_formats_are_one_literal_per_text(spice: Spice) -> None:
    derivation = world(spice)[0].derivation
    assert derivation is not None
    for name, literal in (("role-bicep", BICEP_STRING), ("role-terraform", TERRAFORM_STRING)):
        text = REQUIREMENT_FORMATS[name].render([derivation], View())
        benign = world(plainly)[0].derivation
        assert benign is not None
        expected = REQUIREMENT_FORMATS[name].render([benign], View())

        assert statements(text, literal) <= statements(expected, literal), name


@unhurried
@given(spices)
def test_role_json_reads_back(spice: Spice) -> None:
    derivation = world(spice)[0].derivation
    assert derivation is not None
    role = json.loads(REQUIREMENT_FORMATS["role"].render([derivation], View(gate_reads=False)))
    wanted = {
        row.action.text.lower()
        for row in derivation.requirements
        if row.certainty is not Certainty.POSSIBLE
    }

    assert {action.lower() for action in role["Actions"]} == wanted


# --- detail ----------------------------------------------------------------------------------

NAMES = st.text("qxzäß -.'", min_size=4, max_size=20).map(lambda text: f"zq{text.strip()}qz")


@unhurried
@given(NAMES, views)
def test_public_names_nobody_else(name: str, view: View) -> None:
    def told(word: str) -> str:
        return f"{word} {name}" if word in {"another group", "the role is elsewhere"} else word

    whole, failed = world(told)
    (first, *others) = whole.findings
    near = first.diagnosis.near_miss
    assert near is not None
    near = replace(near, principal=Principal(object_id=PrincipalId(f"{GUID}9"), display_name=name))
    findings = (replace(first, diagnosis=replace(first.diagnosis, near_miss=near)), *others)
    reports = (replace(whole, findings=findings), failed)
    public = replace(view, detail=Detail.PUBLIC, verbosity=2, width=0)
    for form, renderer in FORMATS.items():
        text = renderer.render(reports, public)
        assert name not in text, form
        assert json.dumps(name)[1:-1] not in text, form
