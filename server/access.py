"""Who may see what is not public: the readings of single parcels, buildings and assets."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from twin.errors import AccessError
from twin.model import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Iterable


def opens(key: str, hashes: Iterable[str]) -> bool:
    """Return whether a key is one of those whose SHA-256 is known; how long it takes says nothing of the key."""
    given = hashlib.sha256(key.encode()).hexdigest()
    return any(hmac.compare_digest(given, known) for known in hashes)


def require_open(table: str, *, is_owner: bool) -> None:
    """
    Raise an error where a table is private and the asker has no key to it.

    Raises
    ------
    AccessError
        If there is no key, or it is not known.
    """
    if table in PRIVATE and not is_owner:
        message = f"table {table} holds readings of single meters; send a key in the header `Authorization: Bearer KEY`"
        raise AccessError(message)
