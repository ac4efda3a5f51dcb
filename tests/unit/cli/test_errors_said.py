from __future__ import annotations

import pytest

from preflight.cli.main import say_error
from preflight.errors import InputError
from preflight.model.source import Place, SourceFile

BREAKS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\r"


@pytest.mark.parametrize("end", BREAKS)
def test_no_source_line_begins_a_workflow_command(
    end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = SourceFile("main.bicep", f"var a = 'x{end}::stop-commands::x{end}##vso[task.x]y\n")

    say_error(InputError("it is wrong", where=Place(source=source, offset=8)))

    said = capsys.readouterr().err
    assert end not in said
    assert not any(line.lstrip().startswith("::") for line in said.splitlines())
    assert "##vso[" not in said
    assert said.count("\n") == 3
