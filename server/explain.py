"""How a figure came about: formula, rows, factors, buildings, source features, hashes of the inputs."""

from __future__ import annotations

import math
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from layers.contract import DOMAINS, TOLD, Column
from layers.ledger.formula import parse_terms
from server.catalogue import labels
from server.notice import notice_of
from twin.errors import NotFoundError
from twin.inputs import KnownTotal
from twin.model import read_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from layers.contract import Layer
    from server.database import ServedRelease

Subject = Literal["parcel", "building"]

MOST_ROWS = 200
CARRIERS = ("electricity", "gas", "heat")
# The layer of the energy of buildings, whose figures are those of rows of the ledger.
ENERGY = "construction"
FOOTPRINT = "footprint_kgco2e_per_a"
EQUATION = "the sum of activity x factor over the rows; activity = base x activity_factors x scale"
LEDGER_ROWS = """
select ledger.* exclude (parcel_id)
from ledger
inner join zone using (year)
where
    ($parcel_id is null or ledger.parcel_id = $parcel_id)
    and ($building_id is null or (ledger.subject_kind = 'building' and ledger.subject_id = $building_id))
    and ($carriers is null or (ledger.subject_kind = 'building' and list_contains($carriers, ledger.carrier)))
    and ledger.book = 'gpc'
    and ledger.gpc_level = 'BASIC'
    and coalesce(ledger.basis, 'location') = 'location'
    and ($domain is null or ledger.domain = $domain)
order by abs(ledger.emissions_kgco2e_per_a) desc nulls last, ledger.entry_id
"""
SUBJECTS = {
    "building": "select building_id as subject_id, source, use, use_source, use_raw, status, year_built, levels, "
                "height_m, height_source, floor_area_m2, floor_area_low_m2, floor_area_high_m2, residents, "
                "cadastral_ref from building where building_id in (select unnest($ids))",
    "road": "select road_id as subject_id, class, lanes, length_m from road where road_id in (select unnest($ids))",
    "asset": "select asset_id as subject_id, kind, source_fuel, capacity_kw, year_built from energy_asset "
             "where asset_id in (select unnest($ids))",
}
# Which input each source of features is read from; what a feature is called there is the end of its id.
ROLES = {"osm": "osm", "file": "buildings", "citygml": "buildings", "cityjson": "buildings"}


def explain(
    served: ServedRelease, feature_id: str, metric: str, language: str = "en", subject: Subject = "parcel"
) -> dict[str, Any]:
    """
    Return the chain from a figure down to the sources.

    Parameters
    ----------
    served
        The release.
    feature_id
        Id of the parcel or building, or its number in the cadastre where only one bears it.
    metric
        Name of a column of it, of the model or of a layer.
    language
        Of labels and notice.
    subject
        What it is.

    Raises
    ------
    NotFoundError
        If there is no such feature or column.
    """
    feature = _feature(served, subject, feature_id)
    layer, column = _column(served, subject, metric)
    texts = labels(served.layers, language)
    key = f"{layer.name}.{metric}" if layer else f"{subject}.{metric}"
    manifest, own = served.release.manifest, f"{subject}_id"
    answer = {
        "subject": subject, own: feature[own], "cadastral_ref": feature["cadastral_ref"], "metric": metric,
        "title": texts.get(key, metric), "meaning": texts.get(f"{key}.meaning", column.meaning),
        "value": feature[metric], "unit": column.unit,
        "low": feature[column.low] if column.low else None, "high": feature[column.high] if column.high else None,
        "evidence": feature[column.evidence] if column.evidence else None, "year": feature["zone_year"],
        "release_id": served.release.release_id, "notice": notice_of(manifest, language),
    }
    which = {f"{subject}_id": feature[own]}
    carriers = _carriers(metric) if layer is not None and layer.name == ENERGY else []
    if carriers or (subject == "parcel" and layer is not None and layer.name == "ledger"):
        answer |= _ledger_chain(served, metric, carriers=carriers or None, **which)
    else:
        buildings = _buildings(served, subject, feature[own])
        answer |= _layer_chain(served, layer, column, buildings, texts)
        parts = _parts(served, layer, feature, column) if subject == "parcel" else []
        answer |= {"parts": parts[:MOST_ROWS], "parts_left_out": max(len(parts) - MOST_ROWS, 0)}
    domains = sorted({row["domain"] for row in answer["rows"]})
    answer["formulas"] = _formulas(served, layer, domains, subject)
    answer["inputs"] = [{name: item[name] for name in ("role", "file", "sha256", "licence", "attribution", "date")}
                        for item in manifest["inputs"] if item.get("sha256")]
    return answer


def _feature(served: ServedRelease, subject: Subject, feature_id: str) -> dict[str, Any]:
    own = f"{subject}_id"
    found = served.rows(
        f'select wide.* exclude (geometry), zone.year as zone_year from "wide_{subject}" as wide cross join zone '
        f"where {own} = $id or cadastral_ref = $id order by {own} = $id desc limit 2", {"id": feature_id})
    if not found or (len(found) > 1 and found[0][own] != feature_id):
        many = f"more than one {subject} bears" if found else f"there is no {subject}"
        message = f"{many} {feature_id[:80]!r}; give a {own}, as the search or the table `{subject}` has it"
        raise NotFoundError(message)
    return found[0]


def _column(served: ServedRelease, subject: Subject, metric: str) -> tuple[Layer | None, Column]:
    known = {column.name: (layer, column) for layer in served.layers.values()
             for column in layer.tables.get(f"{subject}_{layer.name}", ())}
    if metric in known:
        return known[metric]
    if metric in read_columns()[subject] and metric != "geometry":
        unit, meaning = read_columns()[subject][metric]
        return None, Column(metric, unit, meaning)
    names = ", ".join(name for name, (_, column) in known.items() if not column.hidden)
    message = f"a {subject} has no metric {metric[:60]!r}; it has {names}"
    raise NotFoundError(message)


def _buildings(served: ServedRelease, subject: Subject, feature_id: str) -> list[dict[str, Any]]:
    """Return the buildings that a figure is of, as subjects."""
    if subject == "building":
        return [{"subject_id": feature_id, "subject_kind": "building"}]
    return served.rows("select building_id as subject_id, 'building' as subject_kind from building_parcel "
                       "where parcel_id = $id order by building_id", {"id": feature_id})


def _carriers(metric: str) -> list[str]:
    """Return the carriers whose rows of the ledger a figure of the energy of buildings is the sum of, if it is one."""
    return list(CARRIERS) if metric == "emissions_kgco2e_per_a" else [
        carrier for carrier in CARRIERS if metric == f"{carrier}_kwh_per_a"]


def _parts(
    served: ServedRelease, layer: Layer | None, feature: dict[str, Any], column: Column
) -> list[dict[str, Any]]:
    """Return what each building adds to a parcel's figure, by the share of its outline; nothing where it is no sum."""
    table = f"building_{layer.name}" if layer else ""
    if layer is None or not any(item.name == column.name for item in layer.tables.get(table, ())):
        return []
    rows = served.rows(
        f'select building_id as subject_id, share, "{column.name}"::double as value from building_parcel '
        f'inner join "{table}" using (building_id) where parcel_id = $id and "{column.name}" is not null '
        "order by share * value desc, building_id", {"id": feature["parcel_id"]}) if column.total else []
    total = sum(row["share"] * row["value"] for row in rows)
    is_sum = feature[column.name] is not None and math.isclose(total, feature[column.name], rel_tol=1e-6)
    return rows if is_sum else []


def _ledger_chain(
    served: ServedRelease, metric: str, *, carriers: list[str] | None, parcel_id: str | None = None,
    building_id: str | None = None,
) -> dict[str, Any]:
    """Return the rows of the ledger behind a figure, their subjects and factors."""
    name = metric.removesuffix("_kgco2e_per_a")
    rows = served.rows(LEDGER_ROWS, {"parcel_id": parcel_id, "building_id": building_id,
                                     "domain": name if name in DOMAINS else None, "carriers": carriers})
    told = [row for row in rows if row["emissions_kgco2e_per_a"] is not None]
    quantities = {term.quantity for row in told for term in parse_terms(row["activity_factors"])}
    quantities |= {TOLD[row["evidence"]] for row in told if row["evidence"] in TOLD}
    factors = _factors(served, sorted(quantities | {row["factor_quantity"] for row in told}))
    for row in rows:
        row["formula"] = _written(row, {factor["quantity"]: factor for factor in factors})
    is_sum = metric.endswith("_kgco2e_per_a")
    return {
        "equation": EQUATION if is_sum else f"{metric} of the rows and queries below",
        "sum_kgco2e_per_a": sum(row["emissions_kgco2e_per_a"] for row in told),
        "row_sum": sum(row["emissions_kgco2e_per_a" if is_sum else "activity"] for row in told)
                   if is_sum or carriers else None,
        "rows": rows[:MOST_ROWS], "rows_left_out": max(len(rows) - MOST_ROWS, 0),
        "left_out_kgco2e_per_a": sum(row["emissions_kgco2e_per_a"] or 0 for row in rows[MOST_ROWS:]),
        "subjects": _subjects(served, rows[:MOST_ROWS]), "factors": factors, "totals": _totals(served, told),
    }


def _totals(served: ServedRelease, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the known totals that rows were scaled to, as the zone's description gives them, with their source."""
    used = {row["total_id"] for row in rows}
    return [total for total in served.release.manifest["settings"]["sources"].get("totals", [])
            if KnownTotal.model_validate(total).total_id in used]


def _written(row: dict[str, Any], factors: Mapping[str, dict[str, Any]]) -> str:
    """Return a row's formula with its numbers, as one would write it."""
    if row["emissions_kgco2e_per_a"] is None:
        return f"{row['notation_key']}: {row['missing_quantity'] or row['reason']}"
    words = [f"{row['base']:.6g} {row['base_unit']}"]
    signs = {"*": "x", "/": "/", "~": "x (1 -"}
    for term in parse_terms(row["activity_factors"]):
        factor = factors[term.quantity]
        words.append(f"{signs[term.way]} {factor['value']:.6g} {factor['unit']}{')' if term.way == '~' else ''}")
    if row["scale"] != 1:
        words.append(f"x {row['scale']:.4g} ({row['evidence']})")
    words.append(f"= {row['activity']:.6g} {row['activity_unit']}; x {row['factor_value']:.6g} {row['factor_unit']}")
    words.append(f"= {row['emissions_kgco2e_per_a']:.6g} kgCO2e/a")
    return " ".join(words)


def _subjects(served: ServedRelease, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what acts, with the feature of the source that it is, and that source's file."""
    inputs = {item["role"]: item for item in served.release.manifest["inputs"]}
    found = []
    for kind, sql in SUBJECTS.items():
        ids = sorted({row["subject_id"] for row in rows if row["subject_kind"] == kind})
        for subject in served.rows(sql, {"ids": ids}) if ids else []:
            scheme, _, feature = str(subject["subject_id"]).partition(":")
            source = inputs.get(ROLES.get(scheme, scheme)) or inputs.get("osm") or {}
            found.append({"subject_kind": kind} | subject | {
                "source_feature": feature, "source_file": source.get("file"), "source_sha256": source.get("sha256")})
    return sorted(found, key=lambda item: (item["subject_kind"], item["subject_id"]))


def _layer_chain(
    served: ServedRelease, layer: Layer | None, column: Column, buildings: list[dict[str, Any]],
    texts: Mapping[str, str],
) -> dict[str, Any]:
    """Return buildings and the factors that a figure is computed from, those of other uses left out."""
    patterns = column.factors or (layer.quantities if layer else ())
    known = [row["quantity"] for row in served.rows("select quantity from factor_in_force order by quantity")]
    subjects = _subjects(served, buildings[:MOST_ROWS])
    absent = {key.removeprefix("use.") for key in texts if key.startswith("use.")} - {
        subject.get("use") for subject in subjects}
    used = [name for name in known if any(fnmatchcase(name, pattern) for pattern in patterns)
            and absent.isdisjoint(name.split(".")[1:])]
    return {"equation": "the SELECT below", "subjects": subjects, "rows": [], "rows_left_out": 0,
            "factors": _factors(served, used)}


def _factors(served: ServedRelease, quantities: list[str]) -> list[dict[str, Any]]:
    return served.rows(
        "select factor_in_force.* exclude (zone_year), factor.note from factor_in_force left join factor "
        "using (factor_id) where factor_in_force.quantity in (select unnest($names)) order by factor_in_force.quantity",
        {"names": quantities})


def _formulas(
    served: ServedRelease, layer: Layer | None, domains: list[str], subject: Subject
) -> list[dict[str, Any]]:
    """Return the SELECTs behind a table, its own first, then what it is made from."""
    folder, files = served.release.folder / "formulas", served.release.manifest["files"]
    names = {path.stem for path in folder.glob("*.sql")}
    wanted = [f"{subject}_{layer.name}" if layer else subject]
    if layer is not None:
        own = folder / f"{wanted[0]}.sql"
        sql = own.read_text(encoding="utf-8") if own.is_file() else ""
        wanted += [name for name in re.findall(r"(?:from|join) (\w+)", sql) if name.endswith(f"_{layer.name}")]
    if domains:
        claimants = [f"ledger_{room.name}" for room in served.layers.values() if room.domain in domains]
        wanted += ["ledger_total", "ledger", "ledger_based", *claimants, "factor_in_force"]
    told = [name for name in dict.fromkeys(wanted) if name in names]
    return [{"name": f"{name}.sql", "sha256": files.get(f"formulas/{name}.sql"),
             "sql": (folder / f"{name}.sql").read_text(encoding="utf-8")} for name in told]
