"""There is one way out to the network, and it only reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import preflight

SOURCE = Path(preflight.__file__).parent
OUTWARD = {
    "http", "socket", "ssl", "urllib.request", "urllib3", "requests", "httpx", "aiohttp",
    "ftplib", "smtplib", "telnetlib", "xmlrpc", "subprocess", "asyncio", "webbrowser",
}  # fmt: skip
SDK = {"azure", "msal"}
ALLOWED = {
    "access/http.py": SDK,
    "access/calls.py": SDK,
    "access/identities.py": SDK,
    "access/tokens.py": SDK,
    "access/oci.py": {"http", "ssl", "socket", "urllib.request"},
    "access/registry.py": {"ssl"},
    "read/bounded_process.py": {"subprocess"},
}
"""Who may import what reaches the network or another program (registries are asked only with
`--restore`, and never with a token for Azure)."""
SENDERS = {"access/http.py", "access/calls.py", "access/identities.py"}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reaches(name: str, roots: set[str]) -> bool:
    return any(name == root or name.startswith(root + ".") for root in roots)


def test_nothing_else_imports_what_reaches_the_network() -> None:
    found: dict[str, set[str]] = {}
    for path in modules():
        module = path.relative_to(SOURCE).as_posix()
        names = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
        outward = {name for name in names if reaches(name, OUTWARD | SDK)}
        allowed = ALLOWED.get(module, set())
        beyond = {name for name in outward if not reaches(name, allowed)}
        if beyond:
            found[module] = beyond

    assert {} == found


def test_a_pipeline_is_built_in_one_place_only() -> None:
    makers = {"PipelineClient", "RequestsTransport", "Pipeline"}
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in modules()
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.rpartition(".")[2] in makers
    }

    assert {"access/http.py"} == found


def test_requests_are_gets_and_posts_only() -> None:
    methods: set[str] = set()
    for name in SENDERS:
        tree = ast.parse((SOURCE / name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "HttpRequest":
                first = node.args[0]
                methods |= (
                    {str(first.value)} if isinstance(first, ast.Constant) else {ast.unparse(first)}
                )

    assert {"GET", "POST"} == methods


def test_no_generated_client_is_used() -> None:
    names = {
        name
        for path in modules()
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.startswith("azure.mgmt")
    }

    assert set() == names
