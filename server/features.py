"""One feature with everything that is known of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from layers.wide import SUBJECTS
from server.catalogue import MODEL_WORDS, view_columns
from server.notice import is_synthetic, notice_of
from twin.errors import NotFoundError
from twin.model import read_columns

if TYPE_CHECKING:
    from layers.contract import Column
    from server.database import ServedRelease

# What the panel shows of the model itself, in this order.
SHOWN = {
    "building": ("use", "use_raw", "status", "year_built", "height_m", "levels", "footprint_m2", "floor_area_m2",
                 "residents", "dwellings", "roof_shape", "ground_m", "cadastral_ref", "source"),
    "parcel": ("land_use", "public_kind", "land_use_raw", "cadastral_ref", "area_m2", "tenure", "year", "far_max",
               "height_max_m", "coverage_max", "green_min", "source"),
    "energy_asset": ("kind", "status", "year_built", "voltage_v", "capacity_kw", "source_fuel"),
}
LEAST_CLASS = 10  # buildings of a use, from which on one can be ranked among them
NO_AMOUNT = frozenset({"year_built", "meter_rank"})  # numbers that are no more or less of anything
INTERVALS = {
    "height_m": ("height_low_m", "height_high_m"),
    "floor_area_m2": ("floor_area_low_m2", "floor_area_high_m2"),
}
EVIDENCE = {"height_m": ("height_source", "height_source"), "use": ("use_source", "use_source")}


def describe_feature(
    served: ServedRelease, subject: str, feature_id: str, language: str = "en"
) -> dict[str, Any]:
    """
    Return a building, parcel or energy asset: place, outline, links, its values in groups, and the zone's notice.

    Raises
    ------
    NotFoundError
        If nothing bears that id.
    """
    key = SUBJECTS[subject]
    row = served.row(f'select * exclude (geometry) from "wide_{subject}" where "{key}" = $id', {"id": feature_id})
    shapes = served.rows(
        f'select * from "map_{subject}" where feature_id = $id order by base_m', {"id": feature_id}
    )
    if row is None or not shapes:
        message = f"there is no {subject.replace('_', ' ')} {feature_id[:80]!r} in this release"
        raise NotFoundError(message)
    name = row.get("name_local") or row.get("address") or row.get("cadastral_ref")
    manifest = served.release.manifest
    ranks = _ranks(served, row) if subject == "building" else {}
    values = [_model_value(row, subject, column) | {"rank": ranks.get(column)} for column in SHOWN[subject]]
    groups = [{"key": f"{subject}.title", "values": [_told_invented(value, subject, manifest) for value in values]}]
    for layer in served.layers.values():
        values = [_layer_value(row, layer.name, column) | {"rank": ranks.get(column.name)}
                  for column in layer.tables.get(f"{subject}_{layer.name}", ()) if not column.hidden]
        if values:
            groups.append({"key": f"{layer.name}.title", "values": values})
    return {
        "kind": subject,
        "id": feature_id,
        "title": name or feature_id,
        "subtitle": " · ".join(_subtitle(row, name, feature_id)),
        "centre": [shapes[0]["lon"], shapes[0]["lat"]],
        "bbox": [min(shape["west"] for shape in shapes), min(shape["south"] for shape in shapes),
                 max(shape["east"] for shape in shapes), max(shape["north"] for shape in shapes)],
        "geometry": _outline(shapes),
        "release_id": served.release.release_id,
        "notice": notice_of(manifest, language),
        "synthetic": is_synthetic(manifest),
        "year": manifest["zone"].get("year"),
        "status": row.get("status"),
        "year_built": row.get("year_built"),
        "neighbourhood_id": row.get("neighbourhood_id"),
        "links": _links(served, subject, feature_id, row),
        "groups": groups,
    }


def _ranks(served: ServedRelease, row: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """
    Return where a building stands among the standing ones of its use: the share that lies below it, equals as half.

    Only of quantities that the map shows, where at least ten have a figure, and where less than half are its equals: an
    intensity that all of a use share ranks nobody.
    """
    use, status = row.get("use"), row.get("status")
    columns = [name for name in view_columns(served.layers, "building")
               if isinstance(row.get(name), float | int) and not isinstance(row.get(name), bool)
               and name not in NO_AMOUNT]
    if use is None or status != "existing" or not columns:
        return {}
    parts = [f'count("{name}") as "{name}/all", count(*) filter ("{name}" < ${name}) as "{name}/below", '
             f'count(*) filter ("{name}" = ${name}) as "{name}/equal"' for name in columns]
    found = served.row(f'select {", ".join(parts)} from "wide_building" where use = $use and status = \'existing\'',
                       {"use": use} | {name: row[name] for name in columns}) or {}
    ranks = {}
    for name in columns:
        count, below, equal = (found.get(f"{name}/{part}", 0) for part in ("all", "below", "equal"))
        if count >= LEAST_CLASS and equal < count / 2:
            ranks[name] = {"share_below": (below + equal / 2) / count, "count": count, "class_key": f"use.{use}"}
    return ranks


def _subtitle(row: dict[str, Any], name: str | None, feature_id: str) -> list[str]:
    """Return what stands under a title: the Latin name and address where they say more, and the id."""
    more = [row.get("name_latin"), row.get("address"), feature_id if name else None]
    return [text for text in dict.fromkeys(more) if text and text != name]


def _outline(shapes: list[dict[str, Any]]) -> dict[str, Any]:
    geometries = [json.loads(shape["geojson"]) for shape in shapes]
    return geometries[0] if len(geometries) == 1 else {"type": "GeometryCollection", "geometries": geometries}


def _model_value(row: dict[str, Any], subject: str, name: str) -> dict[str, Any]:
    unit, _ = read_columns()[subject][name]
    low, high = (row.get(column) for column in INTERVALS.get(name, ("", "")))
    value = row.get(name)
    evidence = row.get(EVIDENCE[name][0]) if name in EVIDENCE and value is not None else None
    return {
        "label_key": f"{subject}.{name}", "meaning_key": f"{subject}.{name}.meaning", "column": name, "value": value,
        "unit": unit, "low": low, "high": high, "evidence": evidence, "text": None,
        "evidence_key": f"{EVIDENCE[name][1]}.{evidence}" if evidence else None,
    } | ({"value_key": f"{name}.{value}"} if name in MODEL_WORDS and value is not None else {})


def _told_invented(value: dict[str, Any], subject: str, manifest: dict[str, Any]) -> dict[str, Any]:
    """Return a value which says, where it names an invented source, that this one is invented."""
    if value["column"] != "source" or value["value"] in {None, "derived", "public"}:
        return value
    role = "osm" if value["value"] == "osm" else f"{subject}s"
    return value | ({"value_key": "source.invented"} if is_synthetic(manifest, role) else {})


def _layer_value(row: dict[str, Any], layer: str, column: Column) -> dict[str, Any]:
    value = row.get(column.name)
    evidence = row.get(column.evidence) if column.evidence and value is not None else None
    words = f"{column.words}.{value}" if column.words and value is not None else None
    return {
        "label_key": f"{layer}.{column.name}", "meaning_key": f"{layer}.{column.name}.meaning", "column": column.name,
        "value": value, "unit": column.unit, "low": row.get(column.low) if column.low else None,
        "high": row.get(column.high) if column.high else None, "evidence": evidence, "text": None,
        "evidence_key": f"evidence.{evidence}" if evidence else None,
    } | ({"value_key": words} if words else {})


def _links(served: ServedRelease, subject: str, feature_id: str, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the features that belong to this one: parcels of a building, buildings of a parcel, an asset's parcel."""
    if subject == "building":
        found = served.rows(
            "select parcel_id as id, coalesce(parcel.cadastral_ref, parcel_id) as label, share from building_parcel "
            "inner join parcel using (parcel_id) where building_id = $id order by share desc limit 20",
            {"id": feature_id},
        )
        return [link | {"kind": "parcel"} for link in found]
    if subject == "parcel":
        found = served.rows(
            "select building_id as id, coalesce(building.name_local, building.address, building_id) as label, share "
            "from building_parcel inner join building using (building_id) where building_parcel.parcel_id = $id "
            "order by building.floor_area_m2 desc limit 50",
            {"id": feature_id},
        )
        return [link | {"kind": "building"} for link in found]
    parcel = row.get("parcel_id")
    return [{"kind": "parcel", "id": parcel, "label": parcel, "share": 1.0}] if parcel else []
