from __future__ import annotations

from preflight.model.value import (
    Cause,
    Hidden,
    PartialText,
    Unknown,
    first_unknown,
    join_text,
    label_of,
    printable,
)

NAME = Unknown(label="name", cause=Cause.PARAMETER)


def test_known_text_is_kept_around_unknown_parts() -> None:
    text = join_text(iter(["vm", "-", NAME, "", PartialText(("-", NAME))]))

    assert isinstance(text, PartialText)
    assert text.parts == ("vm-", NAME, "-", NAME)
    assert text.text == "vm-{name}-{name}"


def test_wholly_known_text_is_a_str() -> None:
    assert join_text(iter(["a", "b"])) == "ab"
    assert join_text(iter([])) == ""
    assert join_text(iter([NAME])) is NAME


def test_first_unknown_at_any_depth() -> None:
    assert first_unknown({"a": [1, {"b": PartialText(("x", NAME))}]}) is NAME
    assert first_unknown({"a": [1, "x", None]}) is None


def test_labels_fit_the_placeholder_grammar() -> None:
    assert label_of("my name!") == "my-name"
    assert label_of("") == "unknown"
    assert len(label_of("x" * 100)) == 64


def test_a_hidden_value_is_never_shown() -> None:
    secret = Unknown(label="pw", cause=Cause.SECURE, hidden=Hidden(value="hunter2"))

    assert "hunter2" not in repr(secret)
    assert printable(secret) == "{pw}"
