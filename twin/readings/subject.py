"""What may have a meter, and how much of a carrier it can use at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin import model
from twin.database import connect, run_select
from twin.errors import ReleaseError
from twin.readings.row import RowError
from twin.readings.units import carriers

if TYPE_CHECKING:
    import duckdb

    from twin.readings.row import Reading
    from twin.store import Release

TABLES = ("parcel", "building", "building_parcel", "energy_asset", "factor_in_force")
SHOWN = 60  # letters of an id that a message repeats


@dataclass(frozen=True, slots=True)
class Subjects:
    """
    The parcels, buildings and assets of a zone.

    Attributes
    ----------
    areas
        Gross floor area and ground of each, by kind and id; None where it has none. [m2]
    refs
        Parcels by their number in the cadastre.
    limits
        Greatest amount per day by quantity, such as `reading_limit.gas`. [see the factors]
    """

    areas: dict[tuple[str, str], dict[str, float | None]]
    refs: dict[str, list[str]]
    limits: dict[str, float]

    def identify(self, kind: str, given: str) -> str:
        """
        Return the model's id of a subject, which may be given by its number in the cadastre if it is a parcel.

        Raises
        ------
        RowError
            If the zone has no such subject, or several.
        """
        if (kind, given) in self.areas:
            return given
        found = self.refs.get(given, []) if kind == "parcel" else []
        if len(found) > 1:
            raise RowError("ambiguous subject", f"cadastral_ref {given[:SHOWN]!r} is that of {len(found)} parcels; "
                           f"give a parcel_id, such as {found[0]!r}")
        if not found:
            names = {"parcel": "parcel_id or cadastral_ref", "building": "building_id", "asset": "asset_id"}
            raise RowError("unknown subject", f"the zone has no {kind} {given[:SHOWN]!r}; give its {names[kind]} as in "
                           "the zone's tables")
        return found[0]

    def require_plausible(self, reading: Reading) -> None:
        """
        Refuse an amount that no subject of this size can have used or made.

        Raises
        ------
        RowError
            If the amount per day is above the limit of the carrier.
        """
        area_m2 = self.areas[reading.subject_kind, reading.subject_id][carriers()[reading.carrier]["area"]]
        quantity = f"reading_limit.{reading.carrier}" if area_m2 else f"reading_limit_whole.{reading.carrier}"
        limit = self.limits[quantity] * (area_m2 or 1)
        per_day = reading.amount / reading.days
        if per_day > limit:
            unit = carriers()[reading.carrier]["unit"]
            raise RowError("absurd value", f"{per_day:,.4g} {unit} a day is more than the {limit:,.4g} that {quantity} "
                           "allows; check value and unit, or raise that factor")


def read_subjects(connection: duckdb.DuckDBPyConnection) -> Subjects:
    """
    Return what may have a meter, out of a database that holds the model.

    Raises
    ------
    ReleaseError
        If a limit of a carrier is missing.
    """
    rows = connection.execute(
        "select subject_kind, subject_id, cadastral_ref, floor_area_m2, ground_m2 from reading_subject"
    ).fetchall()
    areas = {(kind, subject): {"floor": floor, "ground": ground} for kind, subject, _, floor, ground in rows}
    refs: dict[str, list[str]] = {}
    for _, subject, ref, _, _ in rows:
        if ref is not None:
            refs.setdefault(ref, []).append(subject)
    limits = dict(connection.execute(
        "select quantity, value from factor_in_force where starts_with(quantity, 'reading_limit')"
    ).fetchall())
    wanted = {f"{name}.{carrier}" for name in ("reading_limit", "reading_limit_whole") for carrier in carriers()}
    if missing := sorted(wanted - set(limits)):
        message = f"the zone has no factor {', '.join(missing)}; build it again with this version, or add the factors"
        raise ReleaseError(message)
    return Subjects(areas=areas, refs=refs, limits=limits)


def release_subjects(release: Release) -> Subjects:
    """Return what may have a meter in a release."""
    with connect() as connection:
        for table in TABLES:
            path = str(release.table(table)).replace("'", "''")
            connection.execute(f"create view \"{table}\" as from read_parquet('{path}')")
        sql = (model.FOLDER / "reading_subject.sql").read_text(encoding="utf-8")
        run_select(connection, "reading_subject", sql)
        return read_subjects(connection)
