"""The log of readings: a folder of files that are written once, each whole or not at all, and never changed."""

from __future__ import annotations

import contextlib
import hashlib
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from twin.durable import held, sync
from twin.errors import StoreError
from twin.store import hash_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from twin.readings.row import Reading

COLUMNS = pa.schema([
    ("reading_id", pa.string()), ("subject_kind", pa.string()), ("subject_id", pa.string()),
    ("meter_id", pa.string()), ("carrier", pa.string()), ("start", pa.date32()), ("end", pa.date32()),
    ("value", pa.float64()), ("unit", pa.string()), ("amount", pa.float64()), ("source", pa.string()),
    ("received_at", pa.string()), ("supersedes", pa.string()),
])
# What a reading says, as against how and when it was brought.
CONTENT = ("reading_id", "subject_kind", "subject_id", "meter_id", "carrier", "start", "end", "amount", "source",
           "supersedes")
NAME = re.compile(r"(\d{8})-([0-9a-f]{16})\.parquet")
DRAFT = ".incoming-"  # a file until it has its name


@dataclass(frozen=True, slots=True)
class Entry:
    """A reading that the log lacks, its id, and that of the reading it corrects."""

    reading: Reading
    reading_id: str
    supersedes: str | None


@dataclass(frozen=True, slots=True)
class ReadingLog:
    """
    The readings of a zone, in the order in which they came.

    Each ingest adds one file, named by its number and the hash of its bytes.

    Examples
    --------
    >>> log = ReadingLog(Path("store/helsinki/readings"))
    >>> log.read().num_rows  # doctest: +SKIP
    30000
    """

    folder: Path

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """
        Keep every other ingest waiting, and sweep away what a killed one left.

        Raises
        ------
        StoreError
            If the folder cannot be made or held.
        """
        try:
            self._make_folder()
            with held(self.folder):
                for draft in self.folder.glob(f"{DRAFT}*"):
                    draft.unlink(missing_ok=True)
                yield
        except OSError as error:
            reason = error.strerror or error
            message = f"{self.folder} cannot be written ({reason}); free space or choose another --store"
            raise StoreError(message) from error

    def _make_folder(self) -> None:
        """Make the folder, and have it on disk before anything lies in it."""
        made = [path for path in (self.folder, *self.folder.parents) if not path.exists()]
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in made:
            sync(path.parent)

    def files(self) -> list[Path]:
        """
        Return the files of the log in their order.

        Raises
        ------
        StoreError
            If one is missing between others.
        """
        found = sorted(path for path in self.folder.glob("*.parquet") if NAME.fullmatch(path.name))
        for number, path in enumerate(found, start=1):
            if int(path.name[:8]) != number:
                message = f"{self.folder} lacks the file numbered {number:08d}; bring it back from a copy of the store"
                raise StoreError(message)
        return found

    def read(self) -> pa.Table:
        """
        Return every reading, corrected ones too.

        Raises
        ------
        StoreError
            If a file was altered or cannot be read.
        """
        tables = [COLUMNS.empty_table()]
        for path in self.files():
            try:
                content = path.read_bytes()
                if hashlib.sha256(content).hexdigest()[:16] != path.name[9:25]:
                    message = f"{path} was altered; bring it back from a copy of the store"
                    raise StoreError(message)
                tables.append(pq.read_table(pa.BufferReader(content)).cast(COLUMNS))
            except (OSError, pa.ArrowException) as error:
                message = f"{path} cannot be read ({error}); bring it back from a copy of the store"
                raise StoreError(message) from error
        return pa.concat_tables(tables)

    def append(self, entries: Sequence[Entry], received_at: str) -> Path:
        """
        Add readings in one file; whoever calls must hold the log.

        The file is on disk before it has its name, and its name before this returns.
        """
        number = len(self.files()) + 1
        sink = pa.BufferOutputStream()
        pq.write_table(_table(entries, received_at), sink, compression="zstd", write_page_checksum=True)
        content = sink.getvalue().to_pybytes()
        path = self.folder / f"{number:08d}-{hashlib.sha256(content).hexdigest()[:16]}.parquet"
        draft = self.folder / f"{DRAFT}{uuid.uuid4().hex[:12]}"
        try:
            draft.write_bytes(content)
            sync(draft)
            draft.rename(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        sync(self.folder)
        return path


def _table(entries: Sequence[Entry], received_at: str) -> pa.Table:
    """Return entries as the log holds them."""
    columns: dict[str, list[Any]] = {
        "reading_id": [entry.reading_id for entry in entries],
        "received_at": [received_at] * len(entries),
        "supersedes": [entry.supersedes for entry in entries],
    }
    for name in COLUMNS.names:
        if name not in columns:
            columns[name] = [getattr(entry.reading, name) for entry in entries]
    return pa.table([pa.array(columns[field.name], field.type) for field in COLUMNS], schema=COLUMNS)


def digest(readings: pa.Table) -> str:
    """Return the SHA-256 of what readings say, whatever their order, and whenever and in whichever unit they came."""
    table = readings.select(CONTENT).sort_by("reading_id")
    rows = zip(*(column.cast(pa.string()).to_pylist() if pa.types.is_date(column.type) else column.to_pylist()
                 for column in table.columns), strict=True)
    return hash_json([list(row) for row in rows])
