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
QUOTE = b'"'


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
    first = last = 0  # lines of the last cell that runs over several
    try:
        with path.open("rb") as file:
            columns = _columns(path, file.readline(MAX_LINE))
            for number, line, quotes in _lines(file):
                if number % 1000 == 0:
                    progress(file.tell() / size)
                if not line.strip():
                    continue
                found = True
                if number <= last:
                    yield number, Refusal(number, "broken quotes", f"the line is part of a cell that begins in row "
                                          f"{first}; keep each cell on one line")
                    continue
                if quotes % 2:
                    first, last = number, _end_of_cell(file, number, line)
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


def _lines(file: BinaryIO, number: int = 1) -> Iterator[tuple[int, bytes, int]]:
    """Return every line after the one of a number, with its number and its quotes; one that is far too long is cut."""
    while line := file.readline(MAX_LINE):
        number += 1
        rest, quotes = line, line.count(QUOTE)
        while len(rest) == MAX_LINE and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE)
            quotes += rest.count(QUOTE)
        yield number, line, quotes


def _end_of_cell(file: BinaryIO, number: int, line: bytes) -> int:
    """
    Return the line that closes the quote which a line leaves open, the line itself where none does.

    What stands between is text of one cell and no row, however much it looks like one: whoever may write a remark into
    somebody's table must not write readings with it. A quote that is not closed, or not where a cell ends, is a slip
    and costs its own line only.
    """
    if not _is_open(line):
        return number
    place = file.tell()
    try:
        for last, further, quotes in _lines(file, number):
            if quotes % 2:
                return last if _is_one_row(line, further) else number
    finally:
        file.seek(place)
    return number


def _is_open(line: bytes) -> bool:
    try:
        list(csv.reader([line.decode("utf-8", "replace")], strict=True))
    except csv.Error:
        return True
    return False


def _is_one_row(line: bytes, further: bytes) -> bool:
    """Return whether two lines are the beginning and the end of one row; those that were cut may always be."""
    if max(len(line), len(further)) >= MAX_LINE:
        return True
    text = [part.decode("utf-8", "replace") for part in (line, further)]
    try:
        return len(list(csv.reader(text, strict=True))) == 1
    except csv.Error:
        return False


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
