"""Neighbourhoods: who lives there, and what was measured, as far as it may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.notice import is_synthetic, notice_of

if TYPE_CHECKING:
    from server.database import ServedRelease

COLUMNS = "carrier, year, meters, amount, coverage, unit, is_public, reason"


def describe_neighbourhoods(served: ServedRelease, language: str = "en") -> dict[str, Any]:
    """Return every neighbourhood with its measured cells, the measured totals of the zone, and the zone's notice."""
    manifest = served.release.manifest
    rows = served.rows(
        "select neighbourhood_id as id, coalesce(name_local, neighbourhood_id) as name, name_latin, source, "
        "population, households, median_year_built, area_m2, lon, lat "
        "from neighbourhood left join map_neighbourhood on feature_id = neighbourhood_id order by id"
    )
    cells, totals = _measured(served)
    neighbourhoods = [
        {key: value for key, value in row.items() if key not in {"lon", "lat"}}
        | {"centre": [row["lon"], row["lat"]], "measured": cells.get(row["id"], [])}
        for row in rows
    ]
    return {
        "release_id": served.release.release_id,
        "notice": notice_of(manifest, language),
        "synthetic": is_synthetic(manifest),
        "year": manifest["zone"].get("year"),
        "neighbourhoods": neighbourhoods,
        "measured": totals,
    }


def _measured(served: ServedRelease) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    """Return the measured cells by neighbourhood, and those of the zone; the withheld ones with their reason only."""
    if "coverage" not in served.columns("reading_cell"):  # a release of an earlier version, with other sums or none
        return {}, []
    cells: dict[str, list[dict[str, Any]]] = {}
    for row in served.rows(f"select neighbourhood_id, {COLUMNS} from reading_cell order by all"):
        cells.setdefault(row.pop("neighbourhood_id"), []).append(_with_words(row))
    totals = served.rows(f"select {COLUMNS} from reading_total order by all")
    return cells, [_with_words(row) for row in totals]


def _with_words(cell: dict[str, Any]) -> dict[str, Any]:
    """Return a cell with the keys of its words."""
    reason = cell["reason"]
    return cell | {"carrier_key": f"carrier.{cell['carrier']}", "reason_key": f"withheld.{reason}" if reason else None}
