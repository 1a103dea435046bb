"""Names of places for people: the local one, and one in Latin letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def latin_name(name: str | None, tags: Mapping[str, str] | None = None) -> str | None:
    """
    Return a name in Latin letters: as tagged, else the name itself where it is Latin, else its pinyin.

    Examples
    --------
    >>> latin_name("太仓站")
    'Tai Cang Zhan'
    """
    for key in ("name:en", "int_name", "name:latin", "name:zh_pinyin"):
        if tags and tags.get(key):
            return tags[key]
    if not name:
        return None
    if not HAN.search(name):
        return name if LATIN.search(name) or name.isascii() else None
    from pypinyin import Style, lazy_pinyin

    return " ".join(word.strip().capitalize() for word in lazy_pinyin(name, style=Style.NORMAL) if word.strip())


def postal_address(tags: Mapping[str, str]) -> str | None:
    """Return street and house number in the order in which they are read where the street lies."""
    if tags.get("addr:full"):
        return tags["addr:full"]
    street = tags.get("addr:street") or tags.get("addr:place")
    number = tags.get("addr:housenumber")
    if not street:
        return None
    return f"{street}{number or ''}" if HAN.search(street) else " ".join(part for part in (street, number) if part)
