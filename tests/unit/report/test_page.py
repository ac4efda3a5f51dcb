from __future__ import annotations

import pytest

from preflight.report.page import Page, Style
from preflight.report.view import View


def test_an_entry_wraps_below_its_text() -> None:
    page = Page(View(width=40))
    page.entry("because", "the resource is written by somebody who may not write")

    assert page.text() == (
        "  because the resource is written by\n          somebody who may not write\n"
    )


def test_items_wide_apart_are_kept_together() -> None:
    page = Page(View(width=33))
    page.entry("ladder", "/ -   sub Hub: Reader (grp)   rg-hub -   vnet -")

    assert page.text() == (
        "  ladder  / -\n          sub Hub: Reader (grp)\n          rg-hub -   vnet -\n"
    )


def test_a_label_keeps_its_text_beside_it() -> None:
    page = Page(View(width=30))
    page.entry("at", "/subscriptions/00000000-0000/resourceGroups/rg")

    assert page.text() == "  at      /subscriptions/00000000-0000/resourceGroups/rg\n"


def test_a_long_word_stays_whole() -> None:
    page = Page(View(width=20))
    page.write("at /subscriptions/00000000-0000/resourceGroups/rg and more")

    assert page.text() == "at\n  /subscriptions/00000000-0000/resourceGroups/rg\n  and more\n"


def test_width_zero_never_wraps() -> None:
    page = Page(View(width=0))
    page.write("a " * 500)

    assert page.text().count("\n") == 1


@pytest.mark.parametrize("width", [20, 80])
def test_a_command_is_broken_up_wherever_a_line_begins(width: int) -> None:
    page = Page(View(width=width))
    page.write("::error::first")
    page.write("aaaaaaaaaaaaaaaaa ::error::second")
    page.verbatim("x\n  ::error::third")

    assert not any(line.lstrip().startswith("::") for line in page.text().splitlines())


def test_a_wrapped_line_may_not_begin_with_a_command() -> None:
    page = Page(View(width=20))
    page.write("aaaaaaaaaaaaaaaaa ::error::second")

    assert page.text() == "aaaaaaaaaaaaaaaaa\n  : :error::second\n"


def test_colour_is_around_the_first_word_only() -> None:
    page = Page(View(colour=True))
    page.write("✗ 1  denied", indent=1, style=Style.BAD)

    assert page.text() == " \x1b[1;31m✗\x1b[0m 1  denied\n"


def test_without_utf8_everything_is_ascii() -> None:
    page = Page(View(utf8=False))
    page.write("✗ größe → 日本")
    page.verbatim("ü")
    page.fold("✓ 3")

    assert page.text() == "x gr\\xf6\\xdfe -> \\u65e5\\u672c\n\\xfc\n+ 3\n"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("github", "::group::3 allowed\n::endgroup::\n"),
        ("azure-pipelines", "##[group]3 allowed\n##[endgroup]\n"),
        ("terminal", "3 allowed\n"),
        ("plain", "3 allowed\n"),
    ],
)
def test_folds_where_the_place_knows_them(place: str, expected: str) -> None:
    page = Page(View(place=place))
    page.fold("3 allowed")
    page.unfold()

    assert page.text() == expected
