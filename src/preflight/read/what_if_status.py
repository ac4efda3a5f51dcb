"""Whether a what-if result can be used at all: finished, successful, and not a stack's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol

from preflight.errors import InputError, WhatIfFailed
from preflight.read.json_strings import shown
from preflight.read.members import Member, plain
from preflight.read.what_if_shape import RUN_AGAIN, fold, is_stack


class MakesError(Protocol):
    """Makes the error for a node of the result: `Reader.error`."""

    def __call__(self, message: str, pointer: str, *, advice: str) -> InputError:
        """Return the error; `advice` becomes its help."""


def require_success(top: Mapping[str, Member], error_at: MakesError) -> None:
    """Refuse a result that says nothing about changes; `top` are its members by folded name.

    Raises:
        InputError: it failed, is not finished, or is a stack's; the help says what to run.
    """
    if is_stack(plain(top)):
        raise error_at(
            "this is the what-if result of a deployment stack, which has another form",
            "",
            advice="give the template of the stack, with --client stack",
        )
    status, error = top.get("status"), top.get("error")
    failed = error is not None and bool(error.value)
    text = status.value if status is not None else None
    if isinstance(text, str) and text.lower() == "succeeded" and not failed:
        return
    where = status.pointer if status is not None else ""
    if failed or str(text).lower() == "failed":
        found = error_at(
            f"the what-if failed{_code_of(error)}: it says nothing about changes",
            where,
            advice="the error inside it says what failed, `preflight explain FILE` why; mend "
            "that and run the what-if again",
        )
        answer = json.dumps(error.value if error is not None else None)
        raise WhatIfFailed(found.message, answer=answer, help=found.help, where=found.where)
    said = f"its status is `{shown(str(text))}`" if text is not None else "it has no status"
    raise error_at(
        f"the what-if has not succeeded: {said}", where, advice=f"once it has, {RUN_AGAIN}"
    )


def _code_of(error: Member | None) -> str:
    """Return the code of a failed result, in brackets."""
    if error is None or not isinstance(error.value, dict):
        return ""
    code = next((v for k, v in error.value.items() if fold(k) == "code"), None)
    return f" (`{shown(code)}`)" if isinstance(code, str) else ""
