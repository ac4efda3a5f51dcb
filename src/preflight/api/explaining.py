"""An error text → what Azure refused, the cause of each denial, the smallest fix.

Without evidence: the causes that stay possible. With evidence: the decision of the gate for the
caller, action and scope that the text names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from preflight._version import __version__
from preflight.advise.failures import failure_of
from preflight.advise.possible import form_of, never, possible_causes
from preflight.api.denial_evidence import Evidence, decided
from preflight.api.denied import asked_by
from preflight.catalog.load import load_catalog
from preflight.diagnose.error_text import read_error_text
from preflight.model.action import Action
from preflight.model.catalog import RuleCatalog
from preflight.model.explanation import (
    MASK,
    Denial,
    DenialKind,
    ErrorText,
    ExplainedDenial,
    Explanation,
)
from preflight.model.requirement import Derivation
from preflight.model.scope import Scope
from preflight.read.pasted import Pasted

NO_TEXT = ("an empty text", "a binary file")
"""What a text looks like that is nobody's error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is known beside the text: evidence, the template that was being deployed."""

    evidence: Evidence | None = None
    derivation: Derivation | None = None


def read_log(blocks: Iterable[bytes]) -> ErrorText:
    """Read what a log says, given as blocks of bytes in any encoding.

    Raises:
        LimitExceeded: the log is larger than any that is read.
    """
    pasted = Pasted(blocks)
    text = read_error_text(pasted.pieces())
    if text.kind is DenialKind.NONE and not text.looks_like:
        return replace(text, looks_like=_nothing(pasted))
    return replace(text, cut=text.cut or pasted.skipped)


def _nothing(pasted: Pasted) -> str:
    """Return what a text without any error looks like."""
    if not pasted.size:
        return NO_TEXT[0]
    return NO_TEXT[1] if pasted.binary else ""


def place_of_denials(text: ErrorText) -> Scope | None:
    """Return the scope of the deployment as far as the first denial shows it."""
    if not text.denials:
        return None
    first = text.denials[0]
    scope = first.holds[1] if first.holds else first.scope
    return None if scope is None or MASK.search(scope) else Scope(scope)


def explain_error(text: ErrorText, name: str, background: Background) -> Explanation:
    """Explain what a text says; one without an Azure error keeps the kind `none`.

    Raises:
        AccessError: the evidence holds no role assignments.
        UsageError: a setting of the evidence cannot be understood.
    """
    catalog = load_catalog()
    denials = tuple(_explained(denial, background, catalog) for denial in text.denials)
    explanation = Explanation(
        version=__version__,
        catalogue=catalog.date,
        name=name,
        text=text,
        denials=denials,
        never=never(denial.kind for denial in text.denials),
        notes=tuple(_notes(text, background)),
    )
    if not text.denials:
        return explanation if text.kind is DenialKind.NONE else _failure(explanation)
    if background.evidence is None:
        return explanation
    return decided(explanation, background.evidence, background.derivation)


def _failure(explanation: Explanation) -> Explanation:
    found = failure_of(explanation.text)
    return replace(
        explanation,
        causes=found.causes,
        proves=found.proves,
        leaves_open=found.leaves_open,
        never=(found.never,) if found.never else (),
    )


def _explained(denial: Denial, background: Background, catalog: RuleCatalog) -> ExplainedDenial:
    known = replace(
        denial, data_action=denial.data_action or catalog.is_data_action(Action(denial.action))
    )
    form = form_of(denial.kind)
    asked = asked_by(denial, background.derivation)
    notes = list(_missing(denial))
    masked = MASK.search(denial.action) is not None
    if background.derivation is not None and asked is None and not masked:
        what = f"nothing in {background.derivation.source} asks for {denial.action}"
        gaps = len(background.derivation.gaps)
        gap = f" ({gaps} parts of it could not be looked into)" if gaps else ""
        notes.append(("not-in-source", f"{what} there{gap}: another step made the call"))
    return ExplainedDenial(
        denial=known,
        proves=form.proves,
        leaves_open=form.leaves_open,
        causes=possible_causes(known),
        source=asked.origins[0].place if asked and asked.origins else None,
        notes=tuple(notes),
    )


def _missing(denial: Denial) -> Iterator[tuple[str, str]]:
    """Yield what the text does not say and an answer would need."""
    if MASK.search(denial.action):
        yield "action-masked", "the action is masked: which right was missing is not known"
    if denial.scope is None:
        yield "scope-missing", "the text names no scope: it is cut, or the service does not say it"
    elif MASK.search(denial.scope):
        yield "scope-masked", "parts of the scope are masked; they are taken as unknown"
    if denial.object_id is None and denial.client is None:
        yield "caller-missing", "the text names no caller"


def _notes(text: ErrorText, background: Background) -> Iterator[tuple[str, str]]:
    if text.cut:
        yield (
            "not-all-read",
            "the log holds more than was read: there may be further denials in it",
        )
    if text.denials and background.evidence is None:
        yield (
            "no-evidence",
            (
                "what is certain needs evidence: run `preflight explain` again with `--auth auto`, "
                "which asks Azure, or with `--access FILE` (docs/how-to/access-snapshot.md)"
            ),
        )
