"""What changed between two releases, attributed in a fixed order: geometry, data, factor, formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq

from layers.ledger.formula import parse_terms
from layers.ledger.recompute.units import read_unit
from twin.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twin.store import Release

CAUSES = ("geometry", "data", "factor", "formula")
KEY = ["domain", "gpc_ref", "subject_kind", "subject_id", "parcel_id", "carrier", "factor_quantity"]
SHAPES = {"building": ("building_id", "footprint_m2"), "parcel": ("parcel_id", "area_m2"),
          "road": ("road_id", "length_m"), "asset": ("asset_id", None)}
EMISSIONS = "emissions_kgco2e_per_a"
RESIDUAL = 1e-9  # of the larger total, beyond which something was not attributed


@dataclass(frozen=True)
class Changes:
    """
    How two releases differ.

    Attributes
    ----------
    before, after
        Total emissions. [kgCO2e/a]
    rows
        What changed of each subject's activity: the key, and a column for each cause. [kgCO2e/a]
    """

    before: float
    after: float
    rows: pd.DataFrame

    def by(self, *columns: str) -> pd.DataFrame:
        """Return the sums of the causes by columns of the key."""
        return self.rows.groupby(list(columns), dropna=False)[list(CAUSES)].sum().reset_index()


@dataclass(frozen=True)
class Side:
    """One of the two releases: its rows by key, the factors it took, what its features measure, its formulas."""

    rows: Mapping[tuple[Any, ...], Mapping[Any, Any]]
    factors: Mapping[Any, Mapping[Any, Any]]
    sizes: Mapping[tuple[str, str], float]
    shares: Mapping[tuple[str, str], float]
    formulas: Mapping[str, str]
    rooms: Mapping[str, str]
    total: float


def find_changes(before: Release, after: Release, *, book: str = "gpc", basis: str = "location") -> Changes:
    """
    Attribute the difference of two releases of a zone.

    The order is fixed: what a subject measures and whether it is there at all (geometry); what is told of it, meters
    and totals included (data); values of factors; formulas. Each step starts from the one before, so the four add up
    to the difference.

    Parameters
    ----------
    before, after
        The releases.
    book, basis
        What is compared.

    Raises
    ------
    ReleaseError
        If a release has no ledger, or something is left over.
    """
    sides = _read(before, book, basis, _new_names(before, after)), _read(after, book, basis, {})
    rows = []
    for key in sorted(set(sides[0].rows) | set(sides[1].rows), key=str):
        parts = _attribute(key, *sides)
        if any(parts.values()):
            rows.append(dict(zip(KEY, key, strict=True)) | parts)
    found = pd.DataFrame(rows, columns=[*KEY, *CAUSES])
    totals = [side.total for side in sides]
    left = totals[1] - totals[0] - float(found[list(CAUSES)].to_numpy(float).sum())
    if abs(left) > RESIDUAL * max(map(abs, totals), default=0.0) + 1e-9:
        message = f"{left:.3g} kgCO2e/a of the difference cannot be attributed; report this as a mistake of the program"
        raise ReleaseError(message)
    return Changes(totals[0], totals[1], found)


def _new_names(before: Release, after: Release) -> dict[str, dict[str, str]]:
    """Return the new names of features that only bear another one: the same outline, the old name gone."""
    found = {}
    for kind, (key, _) in SHAPES.items():
        was, is_now = (_outlines(release, kind, key) for release in (before, after))
        gone = {name: shape for name, shape in was.items() if name not in is_now}
        fresh = {shape: name for name, shape in is_now.items() if name not in was}
        found[kind] = {name: fresh[shape] for name, shape in gone.items() if shape in fresh}
    return found


def _outlines(release: Release, kind: str, key: str) -> dict[str, bytes]:
    path = release.table("energy_asset" if kind == "asset" else kind)
    if not path.is_file():
        return {}
    table = pq.read_table(path, columns=[key, "geometry"])
    return dict(zip(table[key].to_pylist(), table["geometry"].to_pylist(), strict=True))


def _read(release: Release, book: str, basis: str, names: Mapping[str, Mapping[str, str]]) -> Side:
    """Return one side, its features by their new names where they have any."""
    if not release.table("ledger").is_file():
        message = f"release {release.release_id} has no ledger; build the zone again"
        raise ReleaseError(message)
    ledger = pd.read_parquet(release.table("ledger"))
    is_of_year = ledger["year"] == release.manifest["zone"]["year"]
    ledger = ledger[is_of_year & (ledger["book"] == book) & (ledger["basis"].fillna(basis) == basis)]
    parcels = names.get("parcel", {})
    ledger = ledger.assign(parcel_id=ledger["parcel_id"].replace(parcels), subject_id=[
        names.get(kind, {}).get(subject, subject)
        for kind, subject in zip(ledger["subject_kind"], ledger["subject_id"], strict=True)])
    plain = ledger.astype(object).where(ledger.notna(), None)
    rows: dict[tuple[Any, ...], dict[Any, Any]] = {
        tuple(row[name] for name in KEY): row for row in plain.to_dict("records")}
    factors = pd.read_parquet(release.table("factor_in_force")).set_index("quantity").to_dict("index")
    sizes: dict[tuple[str, str], float] = {}
    for kind, (key, size) in SHAPES.items():
        table = pd.read_parquet(release.table("energy_asset" if kind == "asset" else kind),
                                columns=[key] + ([size] if size else []))
        sizes |= {(kind, names.get(kind, {}).get(name, name)): number for name, number in
                  zip(table[key], table[size] if size else [1.0] * len(table), strict=True)}
    shares = {(names.get(kind, {}).get(row[0], row[0]), parcels.get(row[1], row[1])): row[2]
              for kind in ("building", "road")
              for row in pd.read_parquet(release.table(f"{kind}_parcel")).itertuples(index=False)}
    formulas = {name: sha for name, sha in release.manifest["files"].items() if name.startswith("formulas/")}
    return Side({key: row for key, row in rows.items() if row["parcel_id"]}, factors, sizes, shares, formulas,
                release.manifest["layers"], float(ledger[EMISSIONS].sum()))


def _attribute(key: tuple[Any, ...], before: Side, after: Side) -> dict[str, float]:
    """Return what each cause adds to the emissions of one activity."""
    old, new = before.rows.get(key), after.rows.get(key)
    was, is_now = (float(row[EMISSIONS]) if row is not None and _has(row) else 0.0 for row in (old, new))
    subject, parts = (str(key[2]), str(key[3])), dict.fromkeys(CAUSES, 0.0)
    if old is None or new is None or not _has(old) or not _has(new):
        cause = _cause_of_existence(subject, old, new, before, after)
        valued = is_now if new is None or cause == "factor" else is_now * _revaluation(new, after, before)
        parts[cause] += valued - was
        parts["factor"] += is_now - valued
        return parts
    shaped = was * _growth(subject, str(key[4]), before, after)
    if _is_formula_changed(str(key[0]), before, after):
        told = shaped * _ratio(new["scale"], old["scale"])
        valued = told * _revaluation(old, before, after)
    else:
        told, valued = is_now * _revaluation(new, after, before), is_now
    parts |= {"geometry": shaped - was, "data": told - shaped, "factor": valued - told, "formula": is_now - valued}
    return parts


def _cause_of_existence(
    subject: tuple[str, str], old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, before: Side, after: Side
) -> str:
    """Return why an activity has an emission in one release alone."""
    if (subject in before.sizes) != (subject in after.sizes):
        return "geometry"
    gaps = [row["missing_quantity"] for row in (old, new) if row is not None and not _has(row)]
    if any(quantity is not None for quantity in gaps):
        return "factor"
    return "data"


def _growth(subject: tuple[str, str], parcel: str, before: Side, after: Side) -> float:
    """Return how much larger a subject's part on a parcel became."""
    grown = _ratio(after.sizes.get(subject), before.sizes.get(subject))
    return grown * _ratio(after.shares.get((subject[1], parcel)), before.shares.get((subject[1], parcel)))


def _revaluation(row: Mapping[str, Any], own: Side, other: Side) -> float:
    """Return what a row's emissions are multiplied with by the other release's factors, where it knows them."""
    ratio = 1.0
    # what is scaled to meters or to a known total does not move with the factors of its model
    is_told = row["evidence"] in {"measured", "reported"}
    for term in (*parse_terms(None if is_told else row["activity_factors"]), *parse_terms(row["factor_quantity"])):
        mine, given = own.factors.get(term.quantity), other.factors.get(term.quantity)
        if mine is None or given is None:
            continue
        unit = read_unit(str(given["unit"]))[0] / read_unit(str(mine["unit"]))[0]
        told = term.value(float(mine["value"]))
        ratio *= term.value(float(given["value"]) * unit) / told if told else 1.0
    return ratio


def _is_formula_changed(domain: str, before: Side, after: Side) -> bool:
    rooms = [room for room, of in after.rooms.items() if of == domain]
    names = ["formulas/ledger.sql", "formulas/ledger_based.sql", *(f"formulas/ledger_{room}.sql" for room in rooms)]
    return any(before.formulas.get(name) != after.formulas.get(name) for name in names)


def _has(row: Mapping[str, Any]) -> bool:
    return row[EMISSIONS] is not None


def _ratio(new: float | None, old: float | None) -> float:
    return new / old if new and old else 1.0
