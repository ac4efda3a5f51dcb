"""What went wrong with a call: which call, what it means, what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType

from preflight.errors import AccessError
from preflight.model.naming import one_line

READER_ROLE = (
    "give the identity that runs the gate its reader role: `preflight init --reader-role` prints it"
)
_SIGN_IN = "sign in again, right before the gate"

_BY_CODE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "invalidauthenticationtokentenant": (
            "the subscription belongs to another tenant than the token",
            "sign in to the subscription's tenant; `preflight whoami` shows the one in use",
        ),
        "subscriptionnotfound": (
            "the subscription is not there, or this identity holds nothing in it",
            "check --subscription and `preflight whoami`, or " + READER_ROLE,
        ),
        "resourcegroupnotfound": ("the resource group does not exist yet", ""),
        "expiredauthenticationtoken": ("the token has expired", _SIGN_IN),
        "readonlydisabledsubscription": ("the subscription is disabled", ""),
    }
)
_BY_STATUS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        400: (
            "the service does not take this question",
            "deciding for a group is not supported; else please report it with the output of -v",
        ),
        401: ("the token was refused, and so was a fresh one", _SIGN_IN),
        403: ("the identity that runs the gate may not read this", READER_ROLE),
        404: ("there is nothing of that name, or this identity may not see it", ""),
        408: ("the service took too long", "try again later"),
        429: (
            "the service throttles, and asks to wait past the deadline",
            "try again later, or raise the limit with --deadline",
        ),
    }
)
_SERVER = ("the service is in trouble", "try again later")
_NETWORK: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        # The message of the transport quotes the header, and with it the secret.
        re.compile(r"header (?:value|name)|invalid header", re.IGNORECASE),
        "a token or secret of this place holds a character that no header takes",
        "set it once more, on one line",
    ),
    (
        re.compile(r"past the deadline"),
        "the service throttles, and asks to wait past the deadline",
        "try again later, or raise the limit with --deadline",
    ),
    (
        re.compile(r"CERTIFICATE_VERIFY_FAILED|SSLError|SSL:|certificate", re.IGNORECASE),
        "the server's certificate is not trusted",
        "behind a private authority set REQUESTS_CA_BUNDLE to its certificate",
    ),
    (
        re.compile(r"proxy", re.IGNORECASE),
        "the proxy does not let it pass",
        "look at HTTPS_PROXY and NO_PROXY",
    ),
    (
        re.compile(r"resolve|getaddrinfo|Name or service|nodename", re.IGNORECASE),
        "the host's name cannot be resolved",
        "look at the network, and at --cloud, --authority and --arm-endpoint",
    ),
    (
        re.compile(r"timed? ?out|timeout", re.IGNORECASE),
        "no answer in time",
        "look at the network and the proxy settings",
    ),
    (
        re.compile(r"Connection (?:refused|reset|aborted)|RemoteDisconnected", re.IGNORECASE),
        "the connection was lost",
        "look at the network and the proxy settings",
    ),
)
_GUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"
_SECRET = re.compile(
    r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*"
    rf"|(?<=[=:\s\"'])(?!{_GUID})[A-Za-z0-9~_.-]{{34,}}"
)
"""Tokens, and whatever is as long as a secret; IDs stay."""
_CODE = re.compile(r"(?!eyJ)[A-Za-z][A-Za-z0-9_.-]{0,79}")
"""An error code of a service: a name; anything else is not repeated."""


class CallFailed(AccessError):
    """A call that gave no usable answer. `status` is None where there was no answer at all."""

    def __init__(
        self, message: str, *, help: str = "", status: int | None = None, code: str = ""
    ) -> None:
        """Keep what the service said."""
        super().__init__(message, help=help)
        self.status = status
        self.code = code

    @property
    def refused(self) -> bool:
        """Whether the service answered, and said no."""
        return self.status in {401, 403, 404}

    @property
    def short(self) -> str:
        """The error in a word: `403 AuthorizationFailed`."""
        if self.status is None:
            return self.message
        return f"{self.status} {self.code}".strip()


def answered(call: str, status: int, body: str) -> CallFailed:
    """Return the error of an answer that is no success."""
    code = _code(body)
    known = _BY_CODE.get(code.lower()) or _BY_STATUS.get(status)
    meaning, advice = known or (_SERVER if status >= 500 else ("the answer is no success", ""))  # noqa: PLR2004 - the server's own errors
    said = f"{status} {code}".strip()
    return CallFailed(f"{call} answered {said}: {meaning}", help=advice, status=status, code=code)


def unanswered(call: str, error: Exception) -> CallFailed:
    """Return the error of a call to which no whole answer came."""
    meaning, advice = network_trouble(str(error)) or ("the connection was lost", "try again")
    return CallFailed(f"{call} failed: {meaning}", help=advice)


def network_trouble(said: str) -> tuple[str, str] | None:
    """Return what an error of the transport means and what to do; None for other errors."""
    return next(((what, how) for mark, what, how in _NETWORK if mark.search(said)), None)


def _code(body: str) -> str:
    """Return the error code of ARM or Graph; nothing where there is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = value.get("error") if isinstance(value, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def without_secrets(text: str, hidden: tuple[str, ...] = ()) -> str:
    """Return the text on one line, with tokens and the given secrets blotted out."""
    for secret in hidden:
        if secret:
            text = text.replace(secret, "***")
    return one_line(_SECRET.sub("***", text), limit=300)
