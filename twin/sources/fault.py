"""One file's fault, raised where it is found and noted where the file's name is known."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from twin.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from twin.checks import Checks

LONGEST_NAME = 80
SNIFFED_BYTES = 4096
# Beginnings of files that only lead to other files and services, or define entities of their own.
DIRECTIONS = re.compile(rb"<(OGRVRT|VRTDataset|OGRWFS|OGCAPI|GDAL_WMS|WMS_)|!DOCTYPE|!ENTITY", re.IGNORECASE)


class SourceFault(SourceError):  # noqa: N818  it is noted, like the faults of twin.checks
    """What is wrong with a file, and what its owner can do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.reason = reason
        self.remedy = remedy


@contextmanager
def noted(checks: Checks, path: Path) -> Iterator[None]:
    """Note a fault raised inside among the checks, under the file's name, and go on behind the block."""
    try:
        yield
    except SourceFault as fault:
        checks.fault(shown(path.name), fault.reason, fault.remedy)


def shown(text: object) -> str:
    """Return a text from a file as it may stand in a message: printable, on one line, not too long."""
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(text))
    return plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "…"


def listed(names: object, most: int = 20) -> str:
    """Return names for a message, the first few of them."""
    items = [shown(name) for name in names] if hasattr(names, "__iter__") else [shown(names)]
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more


def require_size(path: Path, most_bytes: int) -> None:
    """
    Refuse a file that is missing, empty or larger than the reader can hold.

    Raises
    ------
    SourceFault
        If the file is one of these.
    """
    if not path.exists():
        raise SourceFault("does not exist", "correct the path")
    if not path.is_file():
        return
    size = path.stat().st_size
    if size == 0:
        raise SourceFault("is empty", "give a file with features")
    if size > most_bytes:
        message = f"is larger than {most_bytes / 2**30:g} GiB"
        raise SourceFault(message, "cut it to the zone first")


def require_data(path: Path) -> None:
    """
    Refuse a file that is no data but leads elsewhere, or that defines entities of its own.

    Raises
    ------
    SourceFault
        If the file begins like one.
    """
    if path.is_file():
        with path.open("rb") as file:
            if DIRECTIONS.search(file.read(SNIFFED_BYTES).replace(b"\0", b"")):
                raise SourceFault("leads to other files instead of holding features", "give the file with the data")
