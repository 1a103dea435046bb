"""Land-use codes of the Chinese classifications as words of the model: the longest prefix of a code decides."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from twin.classes import read_classes
from twin.sources.fault import SourceFault, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCHEME = "scheme"
JOINTS = re.compile("[/+,;\N{IDEOGRAPHIC COMMA}\N{FULLWIDTH COMMA}\N{FULLWIDTH SEMICOLON}\N{FULLWIDTH PLUS SIGN}]")
CODE = re.compile(r"[A-Za-z]?\d*")


def split_scheme(words: Mapping[str, str], table: str, role: str) -> tuple[dict[str, str], Callable[[str], str | None]]:
    """
    Return a value map without its scheme, and the look-up of that scheme (which finds nothing where none is named).

    Parameters
    ----------
    words
        Value map of the zone's description; its key `scheme` names a code table.
    table
        Class table with the columns scheme, code and the word, such as `land_use`.

    Raises
    ------
    SourceFault
        If there is no such scheme.
    """
    rest = {value: word for value, word in words.items() if value != SCHEME}
    if SCHEME not in words:
        return rest, lambda _code: None
    wanted = _plain(words[SCHEME])
    schemes = list(dict.fromkeys(row["scheme"] for row in read_classes(table)))
    scheme = next((name for name in schemes if wanted.startswith(_plain(name))), None)
    if scheme is None:
        reason = f"sources.{role}.values names the scheme {shown(words[SCHEME])!r}, which is unknown"
        raise SourceFault(reason, f"known are {', '.join(schemes)}")
    return rest, lambda code: code_word(code, table, scheme)


def code_word(code: str, table: str, scheme: str) -> str | None:
    """
    Return the model's word for a code; several codes in one (`R2/B1`) are `mixed` unless they agree.

    Examples
    --------
    >>> code_word("R22", "land_use", "GB50137"), code_word("R2/B1", "land_use", "GB50137")
    ('residential', 'mixed')
    """
    words = {_longest_prefix(part.strip(), _codes(table, scheme)) for part in JOINTS.split(code) if part.strip()}
    if None in words or not words:
        return None
    return words.pop() if len(words) == 1 else "mixed"


def _longest_prefix(code: str, codes: Mapping[str, str]) -> str | None:
    match = CODE.match(code)
    start = match[0].upper() if match else ""
    return next((codes[start[:end]] for end in range(len(start), 0, -1) if start[:end] in codes), None)


@cache
def _codes(table: str, scheme: str) -> dict[str, str]:
    """Return code to word of one scheme."""
    word = next(name for name in read_classes(table)[0] if name not in {"scheme", "code"})
    return {row["code"].upper(): row[word] for row in read_classes(table) if row["scheme"] == scheme}


def _plain(name: str) -> str:
    """Return a scheme's name without signs, so that `GB/T 21010-2017` and `GBT21010` are one."""
    return re.sub(r"[^A-Z0-9]", "", name.upper())
