from __future__ import annotations

import pytest

from preflight.report.text import (
    ascii_only,
    cell,
    clip,
    code,
    fence,
    lines,
    log_line,
    plain,
    words,
    xml_text,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rg-shop", "rg-shop"),
        ("größe 日本 émile", "größe 日本 émile"),
        ("a\r\nb\rc\nd\te", "a b c d e"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("abc\u202ecba", "abc\\u202ecba"),
        ("a\u200bb\ufeffc\xadd", "a\\u200bb\\ufeffc\\xadd"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("a\u2028b\x85c", "a\\u2028b\\x85c"),
        ("##vso[task.setvariable x]y", "##vso [task.setvariable x]y"),
        ("x##[error]y", "x## [error]y"),
        ("####VSO[a]", "####VSO [a]"),
    ],
)
def test_plain_shows_what_is_not_seen(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_an_invisible_character_cannot_hide_a_command() -> None:
    assert plain("##\u200bvso[x]") == "##\\u200bvso[x]"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("::error::x", ": :error::x"),
        ("   ::error::x", "   : :error::x"),
        (":::error::x", ": ::error::x"),
        ("a::error::x", "a::error::x"),
    ],
)
def test_a_line_never_starts_with_a_command(line: str, expected: str) -> None:
    assert log_line(line) == expected


def test_lines_keep_only_real_line_breaks() -> None:
    assert lines("a\r\n::b\nc\x0bd") == ("a", ": :b", "c\\x0bd")


def test_clip_says_that_something_was_cut() -> None:
    assert [clip("abcdef", 6), clip("abcdefg", 6)] == ["abcdef", "abcde…"]


def test_ascii_only_spells_our_own_marks() -> None:
    assert ascii_only("✗ a → ü …") == "x a -> \\xfc ..."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a*b", "`a*b`"),
        ("a`b", "``a`b``"),
        ("`a``", "``` `a`` ```"),
        ("", "` `"),
        ("x\ny", "`x y`"),
        ("<!-- preflight:x -->", "`<! -- preflight:x -->`"),
    ],
)
def test_code_spans(text: str, expected: str) -> None:
    assert code(text) == expected


def test_a_cell_has_no_bar() -> None:
    assert [cell("a b"), cell("a|b")] == ["`a b`", "<code>a&#124;b</code>"]


def test_an_address_in_a_cell_is_no_link() -> None:
    assert cell("|x@y.z") == "<code>&#124;x</code><code>&#64;</code><code>y&#46;z</code>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Reader at rg-shop (direct), 3 d.", "Reader at rg-shop (direct), 3 d."),
        ("the role `a b` lacks it", "the role `a b` lacks it"),
        ("a <script> tag", "a `<script>` tag"),
        ("ask @team now", "ask `@team` now"),
        ("see #12 and [x](y)", "see `#12` and `[x](y)`"),
        ("go to www.example.com", "go to `www.example.com`"),
        ("- 1. x", "`-` 1. x"),
        ("1. x", "`1.` x"),
        ("", "` `"),
        ("--- `a` ``", "`---` `a` ``` `` ```"),
        ("`a`<b>", "`a` `<b>`"),
        ("odd ` tick", "odd `` ` `` tick"),
        ("snake_case *bold*", "`snake_case` `*bold*`"),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert words(text) == expected


def test_a_fence_is_longer_than_what_it_holds() -> None:
    assert fence("echo ```\n::error::x") == "````sh\necho ```\n: :error::x\n````"


def test_xml_text_drops_what_no_document_may_hold() -> None:
    assert xml_text("a\x00b\ufffec\ud800") == "a\ufffdb\ufffdc\ufffd"
