"""The release being served: one hardened, read-only DuckDB, a cursor for each thread, and the switch to the next."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from layers.discovery import discover_layers
from twin.database import connect, is_locked
from twin.errors import ReleaseError
from twin.store import find_damage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from layers.contract import Layer
    from server.settings import Settings
    from twin.store import Release, Store

logger = logging.getLogger(__name__)

HARDENING = (
    "set enable_external_access = false",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set allow_community_extensions = false",
    "set lock_configuration = true",
)


class ServedRelease:
    """
    A release opened for reading.

    Examples
    --------
    >>> served.rows("select name from zone")  # doctest: +SKIP
    [{'name': 'helsinki'}]
    """

    def __init__(self, release: Release, layers: Mapping[str, Layer], settings: Settings) -> None:
        if settings.verify and (damage := find_damage(release)):
            message = f"release {release.release_id} is damaged ({'; '.join(damage[:3])}); build the zone again"
            raise ReleaseError(message)
        self.release = release
        self.layers = {name: layer for name, layer in layers.items() if name in release.manifest["layers"]}
        self._seconds = settings.query_seconds
        self._connection = connect(release.cache, read_only=True)
        if not is_locked(self._connection):
            self._connection.execute(f"set global memory_limit = '{settings.memory_limit}'")
            for statement in HARDENING:
                self._connection.execute(statement)
        self._local = threading.local()
        self.tables = {row["table_name"] for row in self.rows("select distinct table_name from duckdb_columns()")}

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return this thread's cursor: answers of a shared one would reach the wrong thread."""
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._connection.cursor()
        return cursor

    def rows(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of a query as dicts; a query that takes too long is interrupted."""
        with self._asked(sql, parameters) as result:
            names = [item[0] for item in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def arrow(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> pa.Table:
        """Return the rows of a query as an Arrow table; a query that takes too long is interrupted."""
        with self._asked(sql, parameters) as result:
            return result.to_arrow_table()

    @contextmanager
    def _asked(
        self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] | None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Run a query, whose answer must be read before its time is up."""
        cursor = self.cursor()
        timer = threading.Timer(self._seconds, cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield cursor.execute(sql, parameters)
        finally:
            timer.cancel()

    def row(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> dict[str, Any] | None:
        """Return the first row of a query, None where there is none."""
        rows = self.rows(sql, parameters)
        return rows[0] if rows else None

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table, its geometry left out."""
        found = self.rows(
            "select column_name from duckdb_columns() where table_name = $table order by column_index", {"table": table}
        )
        return [row["column_name"] for row in found if row["column_name"] != "geometry"]

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


class ReleaseSwitch:
    """
    Gives each request one release from beginning to end, and takes up a new one between requests.

    A release that cannot be opened is logged and left aside: the one before it goes on being served.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._layers = discover_layers()
        self._lock = threading.Lock()
        self._users: dict[int, int] = {}
        self._refused: str | None = None
        release = store.open_release(settings.zone)
        self._zone = release.zone_name
        self._served = ServedRelease(release, self._layers, settings)

    @contextmanager
    def use(self) -> Iterator[ServedRelease]:
        """Lend the current release for one request."""
        with self._lock:
            self._take_up()
            served = self._served
            self._users[id(served)] = self._users.get(id(served), 0) + 1
        try:
            yield served
        finally:
            with self._lock:
                self._users[id(served)] -= 1
                if not self._users[id(served)]:
                    del self._users[id(served)]
                    if served is not self._served:
                        served.close()

    def _take_up(self) -> None:
        """Open the release that CURRENT names, if it is another one."""
        try:
            current = self._store.current_id(self._zone)
            if current in {self._served.release.release_id, self._refused}:
                return
            served = ServedRelease(self._store.open_release(self._zone, current), self._layers, self._settings)
        except Exception as error:  # noqa: BLE001 whatever is wrong with the new one, the old one goes on
            self._refused = locals().get("current")
            logger.error("the new release is not served: %s", error)  # noqa: TRY400 the sentence says it all
            return
        before, self._served = self._served, served
        if not self._users.get(id(before)):
            before.close()

    def close(self) -> None:
        """Close the release being served."""
        self._served.close()
