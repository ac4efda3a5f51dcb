"""Refusals in other languages than English: wordings, one row per language.

Azure Resource Manager itself answers in English; pages, portals and browsers translate it. Each
row was read off a translated page of Microsoft's documentation or off what a person pasted
(checked 2026-11-26): the troubleshooting pages of Azure Monitor for containers, of the Database
Migration Service, of Azure Attestation, of Azure Log Integration and of service principals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple


class Language(NamedTuple):
    """One language whose sentences have Azure's order: who, refusal, action, scope."""

    tag: str
    word: str
    """A word, in lower case, that every such sentence holds: without it nothing is searched."""
    refusal: str
    scope: str


LANGUAGES = (
    Language(
        "de",
        "aktion",
        r"(?:(?:hat|verfügt über|besitzt) )?(?:keine (?:Berechtigung|Autorisierung) zum Ausführen"
        r" der Aktion)|(?:ist|verfügt) nicht (?:zur Durchführung|(?:zum Ausführen|über die"
        r" Autorisierung zum Ausführen)) der Aktion",
        r"(?:über|für|im|in) (?:den |dem )?Bereich",
    ),
    Language(
        "es",
        "realizar",
        r"no (?:tiene|dispone de) (?:la )?autorización para realizar la acción"
        r"|no está autorizado (?:a|para) realizar la acción",
        r"(?:en|sobre) el ámbito",
    ),
    Language(
        "fr",
        "effectuer",
        r"n'(?:a pas l'autorisation d'|est pas autorisé à )effectuer l'action"
        r"|ne dispose pas de l'autorisation (?:nécessaire )?pour effectuer l'action",
        r"(?:sur|dans) (?:l'étendue|le périmètre)",
    ),
    Language(
        "it",
        "eseguire",
        r"non (?:ha l'|dispone dell'|dispone )autorizzazione (?:per|a) eseguire l'azione"
        r"|non è autorizzato a(?:d)? eseguire l'azione",
        r"(?:sull'|nell'|per l')ambito",
    ),
    Language(
        "nl",
        "actie",
        r"(?:heeft )?geen (?:autorisatie voor het uitvoeren van de actie"
        r"|(?:machtiging|autorisatie) om de actie)",
        r"(?:uit te voeren )?(?:(?:over|op|voor|binnen) )?(?:het )?bereik",
    ),
    Language("pl", "akcji", r"nie ma autoryzacji do wykonania akcji", r"w zakresie"),
    Language(
        "pt",
        "executar",
        r"não tem autorização para executar a ação",
        r"(?:sobre o|sobre|no|além do) escopo",
    ),
    Language(
        "sv",
        "righet",
        r"(?:inte har|har inte) behörighet att utföra åtgärden",
        r"(?:över|för|i) omfånget",
    ),
)
OBJECT_ID = (
    r"mit der Objekt-ID|con (?:el id\.|id\.|objeto de identificador)(?: de objeto)?"
    r"|avec (?:l'ID d'objet|l'objet id)|con (?:ID oggetto|oggetto id)|met object-id"
    r"|o identyfikatorze obiektu|com (?:a )?(?:ID de objeto|objeto id)"
)
"""What stands before the object ID, as `with object id` does."""
CLIENT = r"cliente|klient"
"""What stands before the client, where it is not `client`."""


def _loose(pattern: str) -> str:
    """Let a pattern match letters that lost their accents, or were decoded as something else."""
    letters = (
        char if char.isascii() else f"(?:{char}|{_plain(char)}|[^\\x00-\\x7f]{{1,2}})"
        for char in pattern
    )
    return "".join(letters).replace(" ", r"\s+")


def _plain(char: str) -> str:
    return unicodedata.normalize("NFD", char)[0]


_COMPILED = tuple(
    (row.word, re.compile(_loose(rf"(?:{row.refusal})\s*:?\s*"), re.IGNORECASE))
    for row in LANGUAGES
)
SCOPE = re.compile(
    _loose(r"\s*,?\s*(?:" + "|".join(row.scope for row in LANGUAGES) + r")\b\s*:?\s*"),
    re.IGNORECASE,
)


def refusals(text: str) -> Iterator[re.Match[str]]:
    """Yield the refusals after which an action stands, as `perform action` does in English."""
    folded = text.lower()
    for word, pattern in _COMPILED:
        if word in folded:
            yield from pattern.finditer(text)
