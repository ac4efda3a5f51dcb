"""guid(), uniqueString() and newGuid().

Sources: RFC 4122 version 5 for guid(), with the name space that the service uses;
uniqueString() is a 64-bit variant of MurmurHash3 printed in base 32. Both take the UTF-8 text of
the arguments joined with `-`.
"""

from __future__ import annotations

import uuid

from preflight.evaluate.frame import Position
from preflight.evaluate.functions.array import bounded_text
from preflight.evaluate.functions.registry import STRING, Call, Checked, Function
from preflight.evaluate.functions.utf16 import utf8
from preflight.model.value import Cause, Value

_NAMESPACE = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
_SYMBOLS = "abcdefghijklmnopqrstuvwxyz234567"
_SYMBOL_COUNT = 13
_MASK = 0xFFFFFFFF
_FIRST, _SECOND = 0x239B961B, 0xAB0E9789
_BLOCK, _HALF = 8, 4
_BYTES_PER_STEP = 2


def _joined(call: Call) -> bytes:
    """Return the arguments as one text, for which ARM has the same bound as for results."""
    text = "-".join(call.text(index) for index in range(len(call)))
    return utf8(bounded_text(call, text))


def _guid(call: Call) -> Value:
    # uuid.uuid5 takes only str in Python 3.11, so that lone surrogates need the bytes' detour.
    return str(uuid.uuid5(_NAMESPACE, _joined(call).decode()))


def _unique_string(call: Call) -> Value:
    data = _joined(call)
    call.spend(len(data) // _BYTES_PER_STEP)
    number = hash64(data)
    symbols = [_SYMBOLS[(number >> shift) & 31] for shift in range(59, -1, -5)]
    # The last symbol has the four bits that are left, as the upper ones of its five.
    symbols.append(_SYMBOLS[(number << 1) & 31])
    return "".join(symbols[:_SYMBOL_COUNT])


def hash64(data: bytes) -> int:
    """Return the 64-bit hash behind uniqueString()."""
    first = second = 0
    whole = len(data) - len(data) % _BLOCK
    for start in range(0, whole, _BLOCK):
        first = (first ^ _scramble(_word(data, start), _FIRST, 15, _SECOND)) & _MASK
        first = (5 * (_rotate(first, 19) + second) + 0x561CCD1B) & _MASK
        second ^= _scramble(_word(data, start + _HALF), _SECOND, 17, _FIRST)
        second = (5 * (_rotate(second, 13) + first) + 0x0BCAA747) & _MASK
    tail = data[whole:]
    if tail:
        first ^= _scramble(_word(tail, 0), _FIRST, 15, _SECOND)
    if len(tail) > _HALF:
        second ^= _scramble(_word(tail, _HALF), _SECOND, 17, _FIRST)
    return _finish(first ^ len(data), second ^ len(data))


def _word(data: bytes, start: int) -> int:
    return int.from_bytes(data[start : start + _HALF], "little")


def _scramble(word: int, before: int, turn: int, after: int) -> int:
    return (after * _rotate((word * before) & _MASK, turn)) & _MASK


def _rotate(word: int, turn: int) -> int:
    return ((word << turn) | (word >> (32 - turn))) & _MASK


def _finish(first: int, second: int) -> int:
    first = (first + second) & _MASK
    second = (second + first) & _MASK
    first, second = _mix(first), _mix(second)
    first = (first + second) & _MASK
    second = (second + first) & _MASK
    return (second << 32) | first


def _mix(word: int) -> int:
    """Spread every bit over the word: the 32-bit finaliser of MurmurHash3."""
    word = ((word ^ (word >> 16)) * 0x85EBCA6B) & _MASK
    word = ((word ^ (word >> 13)) * 0xC2B2AE35) & _MASK
    return word ^ (word >> 16)


def _new_guid(call: Call) -> Value:
    guid = call.frame.environment.guid
    return call.unknown(Cause.GUID) if guid is None else guid


FUNCTIONS: tuple[Function, ...] = (
    Function("guid", _guid, (STRING,), rest=STRING, checked=Checked.EACH),
    Function("newGuid", _new_guid, only_in=frozenset({Position.PARAMETER_DEFAULT})),
    Function("uniqueString", _unique_string, (STRING,), rest=STRING, checked=Checked.EACH),
)
