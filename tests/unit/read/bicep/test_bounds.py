"""Hostile Bicep is refused plainly, and quickly."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from tests.unit.read.bicep.lowered import lowered

from preflight.errors import InputError, LimitExceeded, SyntaxProblem
from preflight.read.bicep import budget, literal_types
from preflight.read.bicep.expressions import MAX_ROW

DEEP = 10_000


@pytest.mark.parametrize(
    "value",
    [
        "a" + ".a" * DEEP,
        "a" + "[0]" * DEEP,
        "(" * 70 + "a" + ")" * 70 + ".a" * DEEP,
        "'${" * 70 + "a" + "}'" * 70 + ".b" * DEEP,
        "1" + " + (1" * DEEP,
        "a ? b : " * DEEP + "c",
        "f(" * DEEP,
        "concat(" * 79 + "''" + ")" * 79 + ".a" * 105,
        "[" * 79 + "a" + "]" * 79,
        "{a:" * 70 + "b" + ".b" * 109 + "}" * 70,
    ],
)
def test_deep_values(tmp_path: Path, value: str) -> None:
    with pytest.raises(InputError):
        lowered(tmp_path, f"var v = {value}\n")


def test_long_rows_are_no_nesting(tmp_path: Path) -> None:
    lowered(tmp_path, "var v = 1" + " + 1" * MAX_ROW + "\n")


def test_too_long_a_row(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded, match="more than 1,000 operators stand in a row") as caught:
        lowered(tmp_path, "var u = 1\nvar v = 1" + " + 1" * 2_000 + "\n")

    assert caught.value.where is not None
    assert caught.value.where.label == "main.bicep:2:9"


@pytest.mark.parametrize(
    "kind", ["t" + ".a" * DEEP, "string" + "[]" * DEEP, "string" + "?" * DEEP, "t" + "[*]" * DEEP]
)
def test_deep_types(tmp_path: Path, kind: str) -> None:
    with pytest.raises(InputError):
        lowered(tmp_path, f"type t = {{ a: t }}\nparam p {kind}\n")


def test_long_chains_of_variables(tmp_path: Path) -> None:
    chain = [f"var v{n} = v{n - 1}" for n in range(1, 2_000)]
    lowered(tmp_path, "\n".join(["var v0 = 1", *chain, ""]))


def test_long_chains_of_inlined_variables(tmp_path: Path) -> None:
    chain = [f"var v{n} = v{n - 1}" for n in range(1, 2_000)]

    with pytest.raises(InputError):
        lowered(tmp_path, "\n".join(["var v0 = reference('x')", *chain, ""]))


def test_long_chains_of_constants(tmp_path: Path) -> None:
    chain = [f"var v{n} = '${{v{n - 1}}}'" for n in range(1, 2_000)]
    text = "\n".join(["var v0 = 'a'", *chain, "var x = loadTextContent(v1999)", ""])

    with pytest.raises(InputError, match="made of too many others"):
        lowered(tmp_path, text)


def test_long_chains_of_names(tmp_path: Path) -> None:
    first = "resource r0 'T.T/a@2020-01-01' existing = { name: 'a' }"
    rest = [
        f"resource r{n} 'T.T/a@2020-01-01' existing = {{ name: r{n - 1}.name }}"
        for n in range(1, 2_000)
    ]

    with pytest.raises(LimitExceeded, match="names of resources"):
        lowered(tmp_path, "\n".join([first, *rest, ""]))


def test_long_chains_of_modules(tmp_path: Path) -> None:
    files = {f"m{n}.bicep": f"module m 'm{n + 1}.bicep' = {{ name: 'm' }}\n" for n in range(300)}

    lowered(tmp_path, "module m 'm0.bicep' = { name: 'm' }\n", {**files, "m300.bicep": ""})


def test_long_chains_of_parents_are_no_circle(tmp_path: Path) -> None:
    parts = ["resource a0 'A.B/c@2020-01-01' = { name: 'x' }"]
    for n in range(1, 13):
        kind = f"A.B/{'/'.join(['c'] * (n + 1))}"
        parts.append(f"resource a{n} '{kind}@2020-01-01' = {{\n  parent: a{n - 1}\n  name: 'x'\n}}")

    with pytest.raises(InputError, match="has more than 10 resources above it"):
        lowered(tmp_path, "\n".join(parts) + "\n")


def test_too_long_a_file(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded, match="4,000,000 are read"):
        lowered(tmp_path, "// " + "x" * 4_000_000)


@pytest.mark.parametrize("text", ["{", "var a = 1\n", "'${1}'", "#", "@a()\n", "param\n"])
def test_too_many_tokens(tmp_path: Path, text: str) -> None:
    with pytest.raises(LimitExceeded, match=r"main\.bicep:\d+:\d+: .* 250,000 words and marks"):
        lowered(tmp_path, text * 250_001)


def test_many_errors_are_not_all_kept(tmp_path: Path) -> None:
    with pytest.raises(SyntaxProblem, match=r"main\.bicep:1:6: expected the name") as caught:
        lowered(tmp_path, "param\n" * 100_000)

    assert len(caught.value.others) == 19


@pytest.mark.parametrize("text", ["/* ", "/*'"])
def test_comments_that_are_not_closed(tmp_path: Path, text: str) -> None:
    with pytest.raises(SyntaxProblem, match=r"main\.bicep:1:1: .*comment"):
        lowered(tmp_path, text * 1_000_000)


@pytest.mark.parametrize("text", ["/*" + "*" * 3_000_000 + "*/", "\n " * 1_500_000])
def test_blanks_take_no_memory(tmp_path: Path, text: str) -> None:
    tracemalloc.start()
    lowered(tmp_path, text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 100_000_000


def test_long_unions(tmp_path: Path) -> None:
    values = [f"'{n}'" for n in range(100_000)]

    template = lowered(tmp_path, f"param a {'|'.join(values)}\n").template

    assert template.parameters["a"].schema["allowedValues"] == [value[1:-1] for value in values]


def test_a_union_keeps_values_that_are_equal_to_python(tmp_path: Path) -> None:
    template = lowered(tmp_path, "param a (1 | true | 0 | false)[]\n").template

    assert repr(template.parameters["a"].schema["allowedValues"]) == "[1, True, 0, False]"


@pytest.mark.parametrize("length", [300, 5_000])
def test_file_names_that_are_too_long(tmp_path: Path, length: int) -> None:
    with pytest.raises(InputError):
        lowered(tmp_path, f"module m '{'a' * length}.bicep' = {{}}\n")


def test_unions_that_double(tmp_path: Path) -> None:
    chain = [f"type t{n} = t{n - 1} | t{n - 1}" for n in range(1, 28)]
    lowered(tmp_path, "\n".join(["type t0 = 'a' | 'b'", *chain, "param p t27", ""]))


def test_inlined_variables_that_double(tmp_path: Path) -> None:
    chain = [f"var v{n} = '${{v{n - 1}}}${{v{n - 1}}}'" for n in range(1, 30)]
    state = "resource r 'A.B/c@2020-01-01' existing = { name: 'x' }\nvar v0 = r.properties.a"
    with pytest.raises(LimitExceeded, match="use each other"):
        lowered(tmp_path, "\n".join([state, *chain, "output o string = v29", ""]))


def test_names_that_double(tmp_path: Path) -> None:
    kind = "resource r{0} 'A.B/c@2020-01-01' = {{ name: {1} }}"
    chain = [kind.format(n, f"'${{r{n - 1}.name}}${{r{n - 1}.name}}'") for n in range(1, 30)]
    with pytest.raises(LimitExceeded, match="names of resources"):
        lowered(tmp_path, "\n".join([kind.format(0, "'x'"), *chain, ""]))


@pytest.mark.parametrize("joined", ["{0} | {0}", "{{ a: {0}, b: {0} }}"])
def test_types_of_outputs_that_double(tmp_path: Path, joined: str) -> None:
    chain = [f"type t{n} = {joined.format(f't{n - 1}')}" for n in range(1, 28)]
    library = "\n".join(["type t0 = 'a' | 'b'", *chain, "output o t27 = 'a'", "param p t27", ""])
    (tmp_path / "inner.bicep").write_text(library, encoding="utf-8")
    lowered(tmp_path, "module m 'inner.bicep' = { params: { p: 'a' } }\n")


UNION = "type t = " + "|".join(f"'{n}'" for n in range(2_000)) + "\n"


@pytest.mark.parametrize(
    "uses",
    [
        "type a{0} = t | 'x'\n",
        "param a{0} (t)[]\n",
        "type a{0} = t?\ntype b{0} = a{0} | 'x'\n",
        "type a{0} = (t | t)[]\n",
    ],
)
def test_many_types_over_one_large_union(
    tmp_path: Path, uses: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(literal_types, "MAX_LITERALS", 30_000)
    lowered(tmp_path, UNION + "".join(uses.format(n) for n in range(1)))

    with pytest.raises(
        LimitExceeded, match=r"main\.bicep:\d+:\d+: the types list more than 30,000"
    ):
        lowered(tmp_path, UNION + "".join(uses.format(n) for n in range(20)))


def test_discriminated_unions_that_double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(literal_types, "MAX_LITERALS", 30_000)
    chain = [f"@discriminator('k')\ntype d{n} = d{n - 1} | d{n - 1}" for n in range(1, 30)]

    with pytest.raises(LimitExceeded, match="the types list more than"):
        lowered(tmp_path, "\n".join(["type d0 = { k: 'a' }", *chain, ""]))


def test_a_discriminated_union_of_many_objects(tmp_path: Path) -> None:
    objects = "|".join(f"{{k:'{n}'}}" for n in range(3_000))

    lowered(tmp_path, f"@discriminator('k')\ntype d = {objects}\n")


def test_the_words_of_all_files_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_WORDS", 1_000)
    files = {f"m{n}.bicep": f"var a = [{'1,' * 150}]\n" for n in range(4)}

    def using(count: int) -> str:
        return "".join(f"module m{n} 'm{n}.bicep' = {{ name: 'm{n}' }}\n" for n in range(count))

    lowered(tmp_path, using(2), files)
    with pytest.raises(LimitExceeded, match=r"m\d\.bicep:1:1: the files of this source have more"):
        lowered(tmp_path, using(4), files)


def test_the_values_of_all_compiled_modules_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MAX_VALUES", 200)
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    template = {"$schema": schema, "contentVersion": "1.0.0.0", "resources": []}
    text = json.dumps({**template, "variables": {"a": [1] * 80}})
    files = {f"m{n}.json": text for n in range(3)}
    modules = [f"module m{n} 'm{n}.json' = {{ name: 'm{n}' }}\n" for n in range(3)]

    lowered(
        tmp_path, "".join([*modules[:2], "module again 'm0.json' = { name: 'again' }\n"]), files
    )
    with pytest.raises(LimitExceeded, match=r"main\.bicep:3:11: the compiled modules"):
        lowered(tmp_path, "".join(modules), files)


def test_many_extensions(tmp_path: Path) -> None:
    pairs = (
        f"extension 'br:x.io/e{n}:1' as e{n}\nresource r{n} 'q/{n}@1' = {{}}\n" for n in range(400)
    )

    lowered(tmp_path, "".join(pairs))
