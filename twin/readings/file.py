"""Files of readings: CSV in UTF-8, read line by line, so that one bad line never costs another."""

from __future__ import annotations

import codecs
import csv
from typing import TYPE_CHECKING, BinaryIO

from twin.errors import SourceError
from twin.readings.row import OPTIONAL, REQUIRED, Reading, Refusal, RowError, parse_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAX_BYTES = 200_000_000
MAX_LINE = 20_000  # bytes: nine cells of 200 characters, four bytes each, are less


def read_rows(
    path: Path, progress: Callable[[float], None] = lambda _: None
) -> Iterator[tuple[int, Reading | Refusal]]:
    """
    Read a file of readings, a line at a time.

    Parameters
    ----------
    path
        CSV in UTF-8, with or without byte order mark, its columns separated by commas.
    progress
        Told now and then how much of the file is read. [1]

    Yields
    ------
    row, reading
        Line number, the header being the first, and what the line says or why it is refused.

    Raises
    ------
    SourceError
        If there is no file, or it is too large, empty, no CSV in UTF-8, or lacks a column or has one too many.
    """
    size, found = _size(path), False
    try:
        with path.open("rb") as file:
            columns = _columns(path, file.readline(MAX_LINE))
            for number, line in _lines(file):
                if number % 1000 == 0:
                    progress(file.tell() / size)
                if line.strip():
                    found = True
                    yield number, _parse(number, line, columns)
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); check its permissions"
        raise SourceError(message) from error
    if not found:
        message = f"{path} holds no readings, only a header; add rows"
        raise SourceError(message)


def _size(path: Path) -> int:
    """Return the size of a file that can be read. [bytes]"""
    if not path.is_file():
        message = f"{path} is no file; give a CSV file of readings"
        raise SourceError(message)
    size = path.stat().st_size
    if size == 0:
        message = f"{path} is empty; give a CSV file of readings"
        raise SourceError(message)
    if size > MAX_BYTES:
        message = f"{path} has {size / 1e6:,.0f} MB, more than {MAX_BYTES / 1e6:,.0f}; split it"
        raise SourceError(message)
    return size


def _columns(path: Path, line: bytes) -> list[str]:
    """Return the columns of the header, which must be those of readings."""
    try:
        (cells,) = csv.reader([line.removeprefix(codecs.BOM_UTF8).decode("utf-8").rstrip("\r\n")], strict=True)
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        message = f'{path} does not begin with a header of CSV in UTF-8; save it as "CSV UTF-8"'
        raise SourceError(message) from error
    columns = [cell.strip().lower() for cell in cells]
    missing = [name for name in REQUIRED if name not in columns]
    unknown = [name for name in columns if name not in REQUIRED + OPTIONAL]
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        message = f"{path} does not separate its columns by commas; save it as CSV with commas"
    elif missing:
        known = f"{', '.join(REQUIRED)} and, where a subject has several meters, meter_id"
        message = f"{path} lacks the column {', '.join(missing)}; columns are {known}"
    elif unknown:
        named = ", ".join(repr(name[:40]) for name in unknown[:10])
        message = f"{path} has columns that are not known: {named}; take them out"
    elif len(set(columns)) < len(columns):
        message = f"{path} has a column twice; take one out"
    else:
        return columns
    raise SourceError(message)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Return every line after the header with its number; one that is far too long is cut."""
    number = 1
    while line := file.readline(MAX_LINE):
        number += 1
        rest = line
        while len(rest) == MAX_LINE and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE)
        yield number, line


def _parse(number: int, line: bytes, columns: list[str]) -> Reading | Refusal:
    """Return what a line says, or why it is refused."""
    try:
        return parse_row(dict(zip(columns, _cells(line, len(columns)), strict=True)))
    except RowError as error:
        return Refusal(number, error.reason, str(error))


def _cells(line: bytes, wanted: int) -> list[str]:
    """
    Return the cells of a line.

    Raises
    ------
    RowError
        If it is too long, not UTF-8, has an open quote, or not as many cells as are wanted.
    """
    if len(line) >= MAX_LINE:
        raise RowError("cell too long", f"the line is longer than {MAX_LINE:,} bytes; shorten its cells")
    try:
        (cells,) = csv.reader([line.decode("utf-8").removesuffix("\n").removesuffix("\r")], strict=True)
    except UnicodeDecodeError as error:
        raise RowError("not UTF-8", 'the line is not UTF-8; save the file as "CSV UTF-8"') from error
    except (csv.Error, ValueError) as error:
        raise RowError("broken quotes", "a quote is not closed; close it, and keep each cell on one line") from error
    if len(cells) != wanted:
        raise RowError("wrong number of cells", f"the line has {len(cells)} cells, not {wanted}; look for a missing "
                       "comma or quote")
    return cells
