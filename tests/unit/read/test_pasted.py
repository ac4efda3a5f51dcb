"""What is read of a log: all of a small one, of a large one what stands around telling words."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest

from preflight.diagnose.error_text import read_error_text
from preflight.errors import LimitExceeded
from preflight.read import pasted
from preflight.read.pasted import Pasted

SENTENCE = (
    "The client 'c' with object id 'o' does not have authorization to perform action "
    "'Microsoft.Web/sites/write' over scope '/subscriptions/s{0}' or the scope is invalid."
)
NOISE = "2026-11-24T10:00:00.0000000Z copying layer ✓ step 7 of 12\n"


def log(*at: int, size: int = 3_000_000, step: int = 65_537) -> Iterator[bytes]:
    """A log with a sentence at some offsets, in blocks whose size divides nothing."""
    text, rest = bytearray(), list(at)
    while len(text) < size:
        if rest and len(text) >= rest[0]:
            text += SENTENCE.format(rest.pop(0)).encode() + b"\n"
        text += NOISE.encode()
    for start in range(0, len(text), step):
        yield bytes(text[start : start + step])


def scopes(reader: Pasted) -> list[str | None]:
    return [denial.scope for denial in read_error_text(reader.pieces()).denials]


@pytest.mark.parametrize("step", [1_000, 65_537, 1_048_576])
def test_a_large_log_gives_every_denial_whole(step: int) -> None:
    places = (0, 262_100, 262_144, 524_200, 1_500_000, 1_507_900, 2_999_000)

    found = scopes(Pasted(log(*places, step=step)))

    assert found == [f"/subscriptions/s{place}" for place in places]


def test_a_small_text_is_one_piece() -> None:
    assert list(Pasted([b"a", b"b\r\n", b"c"]).pieces()) == ["ab\r\nc"]


def test_what_was_not_read_is_said() -> None:
    everywhere = (f"{SENTENCE.format(number)}\n".encode() * 50 for number in range(400))
    reader = Pasted(everywhere)

    found = scopes(reader)

    assert reader.skipped
    assert found[0] == "/subscriptions/s0"


def test_memory_does_not_grow_with_the_log() -> None:
    tracemalloc.start()
    found = scopes(Pasted(block for _ in range(8) for block in log(2_000_000)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == ["/subscriptions/s2000000"]
    assert peak < 16_000_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    data = SENTENCE.format(1).encode(encoding)

    assert scopes(Pasted([data[:1], data[1:7], data[7:]])) == ["/subscriptions/s1"]


def test_a_log_beyond_any_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pasted, "LARGEST", 2_000_000)

    with pytest.raises(LimitExceeded, match="more than 2,000,000 bytes"):
        list(Pasted(log()).pieces())


@pytest.mark.parametrize(
    ("data", "binary"),
    [
        (bytes(4096) + b"\xff\xfe" * 40, True),
        (bytes(range(256)) * 16, True),
        (b"\x1b[31mError\x1b[0m: \t no\r\n" * 90, False),
        ("Überprüfung läuft \u2713\n".encode() * 90, False),
    ],
)
def test_binary_is_noticed(data: bytes, binary: bool) -> None:
    reader = Pasted([data])
    list(reader.pieces())

    assert reader.binary is binary


@pytest.mark.parametrize(
    "sentence",
    [
        "hat keine Berechtigung zum Ausführen der Aktion 'A.B/c/read' über Bereich '/s'",
        "no tiene autorización para realizar la acción 'A.B/c/read' en el ámbito '/s'",
        "n'est pas autorisé à effectuer l'action 'A.B/c/read' sur l'étendue '/s'",
        "não tem autorização para executar a ação 'A.B/c/read' sobre o escopo '/s'",
        "non è autorizzato a eseguire l'azione 'A.B/c/read' sull'ambito '/s'",
        "geen autorisatie voor het uitvoeren van de actie 'A.B/c/read' over bereik '/s'",
        "nie ma autoryzacji do wykonania akcji 'A.B/c/read' w zakresie '/s'",
        "har inte behörighet att utföra åtgärden 'A.B/c/read' för omfånget '/s'",
        "对象 ID 为 'o' 的客户端 'c' 无权执行作用域为 '/s' 的操作 'A.B/c/read'",
        "具有物件識別碼 'o' 的用戶端 'c' 沒有授權, 無法在範圍 '/s' 中執行 'A.B/c/read' 動作",
        "'/s' 범위에 대해 'A.B/c/read' 작업을 수행할 권한이 없습니다",
    ],
)
def test_a_large_log_gives_refusals_in_every_language(sentence: str) -> None:
    half = (NOISE * 30_000).encode()

    assert scopes(Pasted([half, f"{sentence}\n".encode(), half])) == ["/s"]
