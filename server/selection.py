"""Sums over a drawn area: what stands in it, uses, emits and could give, and how a quantity is spread there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.wide import SUBJECTS
from server.area import ids_inside
from server.catalogue import column_of, find_view
from server.distribution import count_numbers
from server.notice import notice_of
from server.views import class_edges

if TYPE_CHECKING:
    from layers.contract import View
    from server.area import Area
    from server.database import ServedRelease

SHOWN_IDS = 5000
# What the model itself knows and can be added up: column, unit, bounds.
MODEL = {
    "building": (("floor_area_m2", "m2", ("floor_area_low_m2", "floor_area_high_m2")), ("footprint_m2", "m2", None),
                 ("residents", "persons", None), ("dwellings", "1", None)),
    "parcel": (("area_m2", "m2", None),),
    "energy_asset": (("capacity_kw", "kW", None),),
}
STANDING = {"building": "status = 'existing'", "parcel": "true", "energy_asset": "status = 'existing'"}


def describe_selection(
    served: ServedRelease, area: Area, language: str = "en", view: str | None = None
) -> dict[str, Any]:
    """
    Return what lies in an area, and the sums of all that can be added up.

    Sums are of what stands in the base year, by public values alone. Bounds are sums of bounds, as if all erred alike:
    never too sure. Where buildings and parcels know the same quantity it is summed once, over buildings.

    Parameters
    ----------
    served
        The release.
    area
        What was drawn; a feature is in it where its inner point is.
    language
        Of the notice.
    view
        The quantity whose spread is told, of the features that it colours.

    Raises
    ------
    NotFoundError
        If there is no such view.
    ZoneError
        If the area holds nothing.
    """
    found = {subject: ids_inside(served, area, subject) for subject in SUBJECTS}
    sums: list[dict[str, Any]] = []
    for subject, ids in found.items():
        sums += [line for line in _sums(served, subject, ids)
                 if line["column"] not in {known["column"] for known in sums}]
    planned = served.row("select count(*) as number from building where status = 'planned' "
                         "and building_id in (select unnest($ids))", {"ids": found["building"]}) or {"number": 0}
    return {
        "release_id": served.release.release_id, "notice": notice_of(served.release.manifest, language),
        "year": served.release.manifest["zone"].get("year"), "planned_buildings": planned["number"],
        "counts": {subject: len(ids) for subject, ids in found.items()}, "sums": sums,
        "ids": {subject: ids[:SHOWN_IDS] for subject, ids in found.items()},
        "distribution": _distribution(served, view, found) if view else None,
    }


def _sums(served: ServedRelease, subject: str, ids: list[str]) -> list[dict[str, Any]]:
    """Return the sums over features of one subject, with how many of them have no figure."""
    own = [(name, unit, bounds, f"{subject}.{name}") for name, unit, bounds in MODEL[subject]]
    for layer in served.layers.values():
        own += [(column.name, column.unit, (column.low, column.high) if column.low and column.high else None,
                 f"{layer.name}.{column.name}")
                for column in layer.tables.get(f"{subject}_{layer.name}", ()) if column.total and not column.gap]
    if not ids:
        return []
    parts = [f'sum("{name}") as "{name}", count(*) - count("{name}") as "{name}/gaps"' for name, *_ in own]
    parts += [f'sum("{bound}") as "{name}/{side}"' for name, _, bounds, _ in own if bounds
              for side, bound in zip(("low", "high"), bounds, strict=True)]
    row = served.row(f'select {", ".join(parts)} from "wide_{subject}" where {STANDING[subject]} '
                     f'and "{SUBJECTS[subject]}" in (select unnest($ids))', {"ids": ids}) or {}
    return [{"subject": subject, "column": name, "label_key": key, "unit": unit, "value": row[name],
             "low": row.get(f"{name}/low"), "high": row.get(f"{name}/high"), "without_figure": row[f"{name}/gaps"]}
            for name, unit, _, key in own if row.get(name) is not None]


def _distribution(served: ServedRelease, name: str, found: dict[str, list[str]]) -> dict[str, Any] | None:
    """Return how many of the features that a view colours lie in each of its classes."""
    layer, view = find_view(served.layers, name)
    if view.subject not in SUBJECTS:
        return None
    column, ids = column_of(layer, view), {"ids": found[view.subject]}
    answer = {"view": view.name, "subject": view.subject, "column": view.column, "unit": column.unit,
              "title_key": f"{layer.name}.view.{view.name}"}
    where = f'"{SUBJECTS[view.subject]}" in (select unnest($ids))'
    missing = served.row(f'select count(*) as number from "wide_{view.subject}" where {where} '
                         f'and "{view.column}" is null', ids) or {"number": 0}
    if view.ramp is None:
        words = served.rows(
            f'select "{view.column}"::varchar as word, count(*) as count from "wide_{view.subject}" where {where} '
            f'and "{view.column}" is not null group by word order by count desc, word', ids)
        return answer | {"missing": missing["number"], "classes": [
            {"key": f"{column.words}.{row['word']}" if column.words else row["word"], "count": row["count"]}
            for row in words]}
    return answer | {"missing": missing["number"], **_counted(served, view, where, ids)}


def _counted(served: ServedRelease, view: View, where: str, ids: dict[str, Any]) -> dict[str, Any]:
    edges = class_edges(served, view)
    return {"edges": edges, "counts": count_numbers(served, f"wide_{view.subject}", view.column, edges, where, ids)}
