"""The JUnit report: what test tabs show, in agreement with the exit code.

One test case per requirement and per gap, grouped by scope. `failure` is a denial; `error` is
undetermined, a gap, a denied `conditional`, a warning under `--strict`, or the error that ended
the run; `skipped` is outside the gate set or let through. Failures and errors are there exactly
when the exit code says so.

The model is built with junit-xml, but written here: that library's own writer fails on some
characters, prints sums of times that no schema accepts, and adds an attribute that is not in
the schema (junit-10.xsd of Jenkins' xunit plugin is what the output is valid against, `file`
and `line` of a case apart, which annotating readers want).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, ClassVar
from xml.etree.ElementTree import Element, indent, tostring

from preflight.model.report import Report
from preflight.report.headline import (
    coverage_text,
    evidence_text,
    identity,
    settling,
    subject_line,
    verdict_word,
    whose,
)
from preflight.report.junit_cases import Case, Kind, Suite, suites_of
from preflight.report.redact import Reports, shown
from preflight.report.text import clip, lines, plain, xml_text
from preflight.report.view import View

if TYPE_CHECKING:
    from junit_xml import (  # type: ignore[import-untyped]  # the library has no types
        TestCase,
        TestSuite,
    )

_NAME = 500
"""Characters of an attribute that are kept."""
_BODY = 4000
"""Characters of a failure's body that are kept."""
_SUMS = ("tests", "failures", "errors")


class Junit:
    """One suite per report and scope."""

    name: ClassVar[str] = "junit"

    def render(self, reports: Reports, view: View) -> str:
        """Return the reports as JUnit XML, ASCII only."""
        root = Element("testsuites")
        visible = shown(reports, view.detail)
        root.set("name", _one_line(" | ".join(_title(report) for report in visible)))
        for report in visible:
            for suite in _suites(report, several=len(visible) > 1):
                root.append(_suite_element(suite))
        for attribute in _SUMS:
            root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
        root.set("time", "0.000")
        return _serialised(root)


def _title(report: Report) -> str:
    return f"preflight {verdict_word(report)} {subject_line(report)}"


def _suites(report: Report, *, several: bool) -> Iterator[TestSuite]:
    """Yield the suites of a report; the first carries the headline as properties."""
    from junit_xml import TestSuite  # noqa: PLC0415 - loaded only for this format

    prefix = f"{report.target or report.source}: " if several else ""
    properties = _properties(report)
    for number, suite in enumerate(suites_of(report)):
        yield TestSuite(
            _one_line(prefix + suite.name),
            [_case(case, suite) for case in suite.cases],
            timestamp=_timestamp(report),
            properties=None if number else properties,
        )


def _case(case: Case, suite: Suite) -> TestCase:
    from junit_xml import TestCase  # noqa: PLC0415 - loaded only for this format

    built = TestCase(
        _one_line(case.name),
        classname=_one_line(suite.name),
        file=_one_line(case.file) or None,
        line=case.line or None,
    )
    message = _one_line(case.message)
    body = "\n".join(line for text in case.body for line in lines(clip(text, _BODY)))
    match case.kind:
        case Kind.FAILURE:
            built.add_failure_info(message, body, _one_line(case.type))
        case Kind.ERROR:
            built.add_error_info(message, body, _one_line(case.type))
        case Kind.SKIPPED:
            built.add_skipped_info(message)
        case Kind.PASSED:
            built.stdout = message or None
    return built


def _one_line(text: str) -> str:
    """Return an attribute's text: it may be printed again by whoever reads the file."""
    return "\n".join(lines(clip(plain(text), _NAME)))


def _timestamp(report: Report) -> str | None:
    """Return `now` in UTC without a zone, as the schema has it."""
    if report.now is None:
        return None
    now = report.now if report.now.tzinfo is None else report.now.astimezone(UTC)
    return now.strftime("%Y-%m-%dT%H:%M:%S")


def _properties(report: Report) -> Mapping[str, str]:
    """Return the headline: everything that the console says before the causes."""
    found = {"verdict": verdict_word(report), "exit code": str(report.exit_code)}
    settle = settling(report.derivation)
    found |= {"settle": settle} if settle else {}
    for number, text in enumerate(report.loosened, start=1):
        found[f"loosened {number}"] = text
    if report.subject is not None:
        doubt = whose(report.subject)
        found["principal"] = identity(report.subject) + (f"; {doubt}" if doubt else "")
    if report.evidence is not None:
        catalogue = report.derivation.catalogue if report.derivation else ""
        found["evidence"] = evidence_text(report.evidence, catalogue, report.names)
    coverage = coverage_text(report.derivation)
    found |= {"coverage": coverage} if coverage else {}
    rows = report.derivation.not_checked if report.derivation else ()
    unchecked = " · ".join(dict.fromkeys(row.what for row in rows))
    found |= {"not checked": unchecked} if unchecked else {}
    for number, (code, message) in enumerate(report.warnings, start=1):
        found[f"warning {number}"] = f"{code}: {message}"
    return {name: _one_line(text) for name, text in found.items()}


def _suite_element(suite: TestSuite) -> Element:
    """Return the library's element, put right for the schema."""
    element: Element = suite.build_xml_doc()
    element.attrib.pop("disabled", None)
    element.set("time", "0.000")
    for case in element.iter("testcase"):
        case.set("time", "0.000")
    return element


def _serialised(root: Element) -> str:
    """Return the document; whatever is not ASCII becomes a character reference."""
    for element in root.iter():
        element.text = xml_text(element.text) if element.text else element.text
        for name, value in element.attrib.items():
            element.set(name, xml_text(value))
    indent(root)
    text: str = tostring(root, encoding="us-ascii").decode("ascii")
    body = text.partition("?>")[2].strip() if text.startswith("<?xml") else text
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'
