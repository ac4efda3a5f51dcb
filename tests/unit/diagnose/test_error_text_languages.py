"""Refusals in other languages: each row of the table, what no table knows, and cut copies."""

from __future__ import annotations

import pytest

from preflight.diagnose.error_text import read_error_text
from preflight.diagnose.error_text_languages import LANGUAGES
from preflight.model.explanation import Denial, DenialKind

ACTION = "Microsoft.Web/sites/write"
SCOPE = "/subscriptions/11111111-1111-4111-8111-000000000001/resourceGroups/rg-a"
CLIENT = "dana@example.org"
OBJECT = "22222222-2222-4222-8222-000000000001"
EXPECTED = (ACTION, SCOPE, CLIENT, OBJECT)
SENTENCES = {
    "de": "Der Client '{c}' mit der Objekt-ID '{o}' hat keine Berechtigung zum Ausführen der "
    "Aktion '{a}' über Bereich '{s}', oder der Bereich ist ungültig.",
    "es": "El cliente '{c}' con el id. de objeto '{o}' no tiene autorización para realizar la "
    "acción '{a}' en el ámbito '{s}' o el ámbito no es válido.",
    "fr": "Le client « {c} » avec l\u2019ID d\u2019objet « {o} » n\u2019est pas autorisé à "
    "effectuer l\u2019action « {a} » sur l\u2019étendue « {s} » ou l\u2019étendue est invalide.",
    "it": "Il client '{c}' con ID oggetto '{o}' non dispone dell'autorizzazione per eseguire "
    "l'azione '{a}' sull'ambito '{s}' o l'ambito non è valido.",
    "nl": "De client '{c}' met object-id '{o}' heeft geen machtiging om de actie '{a}' uit te "
    "voeren over bereik '{s}'.",
    "pl": "Klient '{c}' o identyfikatorze obiektu '{o}' nie ma autoryzacji do wykonania akcji "
    "'{a}' w zakresie '{s}'.",
    "pt": "O cliente '{c}' com a ID de objeto '{o}' não tem autorização para executar a ação "
    "'{a}' sobre o escopo '{s}' ou o escopo é inválido.",
    "sv": "Klient '{c}' with object id '{o}' har inte behörighet att utföra åtgärden '{a}' över "
    "omfånget '{s}'.",
    "zh-hans": "对象 ID 为 '{o}' 的客户端 '{c}' 无权执行作用域为 '{s}' 的操作 '{a}'。",
    "zh-hant": "具有物件識別碼 '{o}' 的用戶端 '{c}' 沒有授權\uff0c"
    "無法在範圍 '{s}' 中執行 '{a}' 動作。",
}


def sentence(tag: str) -> str:
    return SENTENCES[tag].format(a=ACTION, s=SCOPE, c=CLIENT, o=OBJECT)


def said(text: str) -> tuple[Denial, ...]:
    return read_error_text([text]).denials


def values(denial: Denial) -> tuple[str | None, ...]:
    return denial.action, denial.scope, denial.client, denial.object_id


def test_every_row_of_the_table_has_a_sentence() -> None:
    assert {row.tag for row in LANGUAGES} <= set(SENTENCES)


@pytest.mark.parametrize("tag", SENTENCES)
def test_a_refusal_is_read_whole(tag: str) -> None:
    found = read_error_text([sentence(tag)])

    assert [values(row) for row in found.denials] == [EXPECTED]
    assert (found.kind, found.codes) == (DenialKind.AUTHORIZATION_FAILED, ())


@pytest.mark.parametrize("tag", ["de", "es", "fr", "pt", "sv"])
@pytest.mark.parametrize("encoding", ["cp1252", "cp850"])
def test_letters_that_were_decoded_as_others_lose_nothing(tag: str, encoding: str) -> None:
    plain = sentence(tag).replace("\u2019", "'").replace("« ", "'").replace(" »", "'")
    broken = plain.encode(encoding).decode("utf-8", "replace")

    assert [values(row) for row in said(broken)] == [EXPECTED]


@pytest.mark.parametrize("tag", SENTENCES)
def test_a_cut_or_broken_refusal_holds_no_other_value(tag: str) -> None:
    text = sentence(tag)
    cuts = [text[:at] + tail for at in range(len(text)) for tail in ("", "...", "…", '"}')]
    wraps = [
        "\n".join(text[at : at + width] for at in range(0, len(text), width))
        for width in (60, 79, 80, 100, 120)
    ]

    for broken in (*cuts, *wraps):
        for denial in said(broken):
            for value, true in zip(values(denial), EXPECTED, strict=True):
                assert value in {true, None}


def test_what_the_code_says_needs_no_table() -> None:
    (denial,) = said(
        '{"code":"AuthorizationFailed","message":"オブジェクト ID が '
        f"'{OBJECT}' のクライアント '{CLIENT}' には、スコープ '{SCOPE}' に対してアクション "
        f"'{ACTION}' を実行する権限がありません。\"}}"
    )

    assert values(denial) == EXPECTED


@pytest.mark.parametrize(
    "text",
    [
        "スコープ '{s}' に対してアクション '{a}' を実行する権限がありません",
        "AuthorizationFailed: '{a}' и 'A.B/c/read' на '{s}'",
        "AuthorizationFailed: '{a}' на '{s}' или '/subscriptions/2'",
        "AuthorizationFailed: действие '{a}'",
        "no tiene autorización para realizar la acción 'iam:CreateRole' en el ámbito 'x'",
    ],
)
def test_nothing_is_guessed_from_an_unknown_language(text: str) -> None:
    assert said(text.format(a=ACTION, s=SCOPE)) == ()
