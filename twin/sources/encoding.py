"""The character set of a shapefile that names none: UTF-8 where that fits, else Chinese, else Western European."""

from __future__ import annotations

import codecs
import zipfile
from typing import TYPE_CHECKING

from twin.sources.fault import SourceFault, shown

if TYPE_CHECKING:
    from pathlib import Path

    from twin.checks import Checks

DESCRIPTOR_BYTES = 32
END_OF_FIELDS = 0x0D
LANGUAGE_BYTE = 29
UNSAID = {0x00, 0x03, 0x57}  # nothing, or the "Windows ANSI" that many programs write whatever they mean
MOST_BYTES = 4 * 2**30
MOST_VALUES = 20_000


def known_encoding(name: str, role: str) -> str:
    """
    Return the name of a character set.

    Raises
    ------
    SourceFault
        If there is none of that name.
    """
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        reason = f"sources.{role}.encoding {shown(name)!r} is unknown"
        raise SourceFault(reason, "give one such as utf-8, gbk or latin-1") from error


def guess_encoding(path: Path, checks: Checks) -> str | None:
    """Return the character set of a shapefile (or a zipped one) that names none, None where GDAL knows better."""
    table = _table(path)
    if table is None or len(table) < DESCRIPTOR_BYTES or table[LANGUAGE_BYTE] not in UNSAID:
        return None
    texts = _texts(table)
    if not texts or all(_fits(text, "utf-8") for text in texts):
        return "utf-8"
    chinese = sum(_fits(text, "gb2312") for text in texts)
    guess = "gb18030" if all(_fits(text, "gb18030") for text in texts) and 2 * chinese >= len(texts) else "cp1252"
    checks.note(f"{shown(path.name)} names no character set and is read as {guess}; set encoding if names look wrong")
    return guess


def _table(path: Path) -> bytes | None:
    """Return the attribute table beside a shapefile without a .cpg."""
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return _zipped_table(path)
    if suffix != ".shp":
        return None
    beside = {file.suffix.lower(): file for file in path.parent.iterdir() if file.stem == path.stem}
    if ".cpg" in beside or ".dbf" not in beside or beside[".dbf"].stat().st_size > MOST_BYTES:
        return None
    return beside[".dbf"].read_bytes()


def _zipped_table(path: Path) -> bytes | None:
    try:
        with zipfile.ZipFile(path) as archive:
            tables = [item for item in archive.infolist() if item.filename.lower().endswith(".dbf")]
            named = any(name.lower().endswith(".cpg") for name in archive.namelist())
            if named or len(tables) != 1 or tables[0].file_size > MOST_BYTES:
                return None
            return archive.read(tables[0])
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return None


def _texts(table: bytes) -> list[bytes]:
    """Return the field names and values of a dBase table that go beyond ASCII."""
    header, width = int.from_bytes(table[8:10], "little"), int.from_bytes(table[10:12], "little")
    names, spans, start = [], [], 1
    for offset in range(DESCRIPTOR_BYTES, max(header - 1, 0), DESCRIPTOR_BYTES):
        field = table[offset : offset + DESCRIPTOR_BYTES]
        if len(field) < DESCRIPTOR_BYTES or field[0] == END_OF_FIELDS:
            break
        names.append(field[:11].split(b"\0")[0])
        if field[11:12] == b"C":
            spans.append((start, start + field[16]))
        start += field[16]
    found = {name for name in names if not name.isascii()}
    for row in range(header, len(table), max(width, start)):
        values = (table[row + first : row + last].strip(b" \0") for first, last in spans)
        found.update(value for value in values if value and not value.isascii())
        if len(found) > MOST_VALUES:
            break
    return sorted(found)


def _fits(text: bytes, encoding: str) -> bool:
    """Return whether bytes are text of a character set; a last character cut by the field's width is forgiven."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(text)
    except UnicodeDecodeError:
        return False
    return True
