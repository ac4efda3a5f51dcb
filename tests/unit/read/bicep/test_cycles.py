from __future__ import annotations

from pathlib import Path

import pytest

from preflight.errors import InputError
from preflight.model.source import SourceFile
from preflight.read.bicep_source import BicepReader
from preflight.read.module_cache import ModuleCache
from preflight.read.root import Files


def read(root: Path, text: str) -> None:
    (root / "m.bicep").write_text("param a string\noutput o string = a\n")
    files = Files(root)
    reader = BicepReader(files=files, cache=ModuleCache(files, root / "none"))
    reader.template(root / "main.bicep", SourceFile("main.bicep", text))


RESOURCE = "resource {0} 'A.B/c@2020-01-01' = {{\n  name: {1}\n}}\n"


@pytest.mark.parametrize(
    ("text", "circle"),
    [
        ("var a = a\n", "`a` refers to itself"),
        ("var a = b\nvar b = [c]\nvar c = '${a}'\n", "in a circle: `a` → `b` → `c` → `a`"),
        ("param a string = a\n", "`a` refers to itself"),
        ("type a = a\n", "`a` refers to itself"),
        ("type a = (b.x)?\ntype b = a | 'y'\n", "in a circle: `a` → `b` → `a`"),
        (RESOURCE.format("a", "a.id"), "`a` refers to itself"),
        (RESOURCE.format("a", "b.name") + RESOURCE.format("b", "a.name"), "`a` → `b` → `a`"),
        ("module m 'm.bicep' = {\n  params: { a: m.outputs.o }\n}\n", "`m` refers to itself"),
    ],
)
def test_a_declaration_that_needs_itself_is_refused(tmp_path: Path, text: str, circle: str) -> None:
    with pytest.raises(InputError, match=r"^main\.bicep:\d+:\d+: ") as caught:
        read(tmp_path, text)

    assert circle in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "type a = { next: a?, all: (a?)[] }\n",
        "var a = map([1], a => a + 1)\n",
        "var b = { a: 1 }\nvar a = b.a\n",
        RESOURCE.format("a", "'a'\n  resource k 'k' = {\n    name: a.name\n  }"),
        "resource a 'A.B/c@2020-01-01' = [for a in ['x']: {\n  name: a\n}]\n",
    ],
)
def test_what_only_looks_like_a_circle_is_taken(tmp_path: Path, text: str) -> None:
    read(tmp_path, text)


def test_a_long_chain_is_no_circle(tmp_path: Path) -> None:
    chain = "".join(f"var v{index} = v{index + 1}\n" for index in range(3_000))

    read(tmp_path, chain + "var v3000 = 1\n")
