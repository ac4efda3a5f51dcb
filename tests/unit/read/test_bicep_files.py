"""The root rule for what a Bicep compiler would read."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from preflight.errors import InputError, LimitExceeded, UnsupportedFeature
from preflight.read import bicep_files
from preflight.read.bicep_files import require_inside, used_template
from preflight.read.root import Files


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "outside.txt").write_text("secret")
    (tmp_path / "outside.bicep").write_text("")
    root = tmp_path / "repo"
    (root / "infra").mkdir(parents=True)
    (root / "shared.bicep").write_text("var x = 1\n")
    (root / "link.bicep").symlink_to(tmp_path / "outside.bicep")
    return root


def check(repo: Path, text: str) -> None:
    (repo / "infra" / "main.bicep").write_text(text)
    require_inside(repo / "infra" / "main.bicep", Files(repo))


@pytest.mark.parametrize(
    "text",
    [
        "module m '../shared.bicep' = {\n}",
        "module m 'br/public:avm/res/x:1.0' = {}\nmodule n 'ts:s/g/x:1' = {}",
        "import { a } from '../shared.bicep'\nimport * as b from '../shared.bicep'",
        "var x = loadTextContent('./none.txt', 'utf-8')",
        "var x = '../../outside.txt'\nvar y = { from: '../../outside.txt' }",
        "// loadTextContent('../../outside.txt')\n/* loadTextContent('../../outside.txt') */",
        "var x = 'loadTextContent(\\'../../outside.txt\\')'",
        "var loadTextContent = 1\nvar y = '''\nmodule m '../../outside.bicep'\n'''",
        "var x = '${'a${'b'}'}' // ${\nvar y = {a: {b: '${{c: 1}.c}'}}",
        "var x = 'it''s' + '\\${'",
    ],
)
def test_what_stays_inside_is_let_through(repo: Path, text: str) -> None:
    check(repo, text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("module m '../../outside.bicep' = {}", "1:10"),
        ("module m '../link.bicep' = {}", "1:10"),
        ("import * as b from '../../outside.bicep'", "1:20"),
        ("var x = loadTextContent('../../outside.txt')", "1:9"),
        ("var x = sys.loadJsonContent (\n'../../outside.txt' , '$.a')", "1:13"),
        ("var x = loadFileAsBase64(/* c */ '''../../outside.txt''')", "1:9"),
        ("var x = loadYamlContent('\\u{2e}./../outside.txt')", "1:9"),
        ("var x = '${'x'}${loadTextContent('../../outside.txt')}'", "1:18"),
        ("var x = '${{a: '}'}}${loadDirectoryFileInfo('../../')}'", "1:23"),
        ("module m 'sub/../../../outside.bicep' = {}", "1:10"),
    ],
)
def test_what_leads_out_is_refused_with_its_place(repo: Path, text: str, place: str) -> None:
    with pytest.raises(InputError, match="leads out of the folder `repo`") as caught:
        check(repo, text)

    assert str(caught.value).startswith(f"infra/main.bicep:{place}: ")
    assert "--root" in caught.value.help


@pytest.mark.parametrize(
    "text",
    [
        "var d = '..'\nvar x = loadTextContent('${d}/../outside.txt')",
        "var x = loadTextContent(true ? '../../outside.txt' : '')",
        "var p = '../../outside.txt'\nvar x = loadTextContent(p)",
        "var x = loadTextContent('a' == 'b' ? 'c' : 'd')",
        "var x = $'''a ${loadTextContent('../../outside.txt')}'''",
    ],
)
def test_a_computed_path_cannot_be_checked(repo: Path, text: str) -> None:
    with pytest.raises(UnsupportedFeature, match="path of this file is computed"):
        check(repo, text)


def test_modules_are_followed(repo: Path) -> None:
    (repo / "shared.bicep").write_text(
        "module m 'infra/main.bicep' = {}\nmodule n '../outside.bicep'\n"
    )

    with pytest.raises(InputError, match=r"^shared\.bicep:2:10"):
        check(repo, "module m '../shared.bicep' = {}")


def test_the_bytes_of_modules_count(repo: Path) -> None:
    (repo / "shared.bicep").write_text(" " * 1_000)
    (repo / "main.bicep").write_text("module m 'shared.bicep' = {}")

    with pytest.raises(LimitExceeded):
        require_inside(repo / "main.bicep", Files(repo, limit=1_000))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("using './main.bicep'\n", "./main.bicep"),
        ("// using 'x'\n\nusing /* y */ 'br/public:x:1' with {}", "br/public:x:1"),
        ("using none\nparam x = 'using'", None),
        ("", None),
    ],
)
def test_the_template_that_a_parameter_file_uses(text: str, expected: str | None) -> None:
    assert expected == used_template(text)


def test_a_long_parameter_file_takes_little_memory() -> None:
    tracemalloc.start()

    used = used_template("{" * 10_000 + "using 'main.bicep'")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert used == "main.bicep"
    assert peak < 300_000


def test_too_many_words(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bicep_files, "TOKEN_LIMIT", 100)

    with pytest.raises(LimitExceeded, match=r"infra/main\.bicep:1:101: .* more than 100 words"):
        check(repo, "{" * 200 + "module m 'x.bicep' = {}")
    assert used_template("{" * 200 + "using 'main.bicep'") is None


def test_long_strings_take_little_memory(repo: Path) -> None:
    path = repo / "infra" / "main.bicep"
    path.write_text("var a = '" + r"\n" * 20_000 + "'\n")
    files = Files(repo, limit=100_000)
    tracemalloc.start()

    require_inside(path, files)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 3_000_000
