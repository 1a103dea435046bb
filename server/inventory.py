"""The inventory of the zone: a line for each code of a book, totals with intervals, and the way to neutrality."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from layers.ledger.lines import LEVELS, books
from server.catalogue import labels
from server.neutrality import describe_neutrality
from server.notice import notice_of, title_of
from server.park import describe_intensity
from twin.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from server.database import ServedRelease

EMISSIONS = "emissions_kgco2e_per_a"
QUALITY = ("H", "M", "L")
GASES = ("CO2", "CH4", "N2O")
TENTH = 0.1  # of a line's emissions, from which on the worse quality is the line's
LINES = f"""
select line, item, {EMISSIONS}, {EMISSIONS}_low, {EMISSIONS}_high, share_measured
from ledger_total
where place_kind = 'zone' and book = $book and basis = $basis and year = $year
order by line, item
"""
CODES = f"""
select
    gpc_ref, any_value(scope) as scope, any_value(gpc_level) as level, any_value(domain) as domain,
    count({EMISSIONS}) as rows, count(*) - count({EMISSIONS}) as gaps,
    any_value(notation_key) filter ({EMISSIONS} is null) as notation_key,
    list_sort(list_distinct(list(reason) filter ({EMISSIONS} is null))) as reasons,
    list_sort(list_distinct(list(missing_quantity) filter (missing_quantity is not null)))[:12] as missing,
    list_sort(list_distinct(list(carrier) filter ({EMISSIONS} is not null))) as carriers,
    list_sort(list_distinct(list(method) filter ({EMISSIONS} is not null))) as methods,
    list_sort(list_distinct(list(evidence) filter (evidence is not null))) as evidence,
    list_sort(list_distinct(list(factor_id) filter ({EMISSIONS} is not null))) as factors
from ledger
where book in (select unnest($of_books)) and coalesce(basis, $basis) = $basis and year = $year
group by gpc_ref
"""
QUALITIES = f"""
select gpc_ref, kind, quality, sum(abs({EMISSIONS})) as weight
from (
    select
        gpc_ref, {EMISSIONS}, unnest(['activity', 'factor']) as kind,
        unnest([quality_activity, quality_factor]) as quality
    from ledger
    where book in (select unnest($of_books)) and coalesce(basis, $basis) = $basis and year = $year
        and {EMISSIONS} is not null
)
group by all
"""


def describe_inventory(
    served: ServedRelease, language: str = "en", *, book: str = "gpc", basis: str = "location", year: int | None = None
) -> dict[str, Any]:
    """
    Return the inventory of a book.

    Parameters
    ----------
    served
        The release.
    language
        Of titles and notice.
    book
        `gpc`, `park`, `building`, `embodied` or `consumption`.
    basis
        Electricity by `location` or `market`.
    year
        One of the inventory's years; the base year if not given. Later ones are projections.

    Raises
    ------
    NotFoundError
        If the release has no ledger, or no such book or year.
    """
    if "ledger_total" not in served.tables:
        message = "this release has no ledger; build the zone again"
        raise NotFoundError(message)
    known = list(dict.fromkeys(rule["book"] for rule in books()))
    if book not in known:
        message = f"there is no book {book[:40]!r}; there are {', '.join(known)}"
        raise NotFoundError(message)
    zone = _zone(served, year)
    lines = served.rows(LINES, {"book": book, "basis": basis, "year": zone["year"]})
    codes = _codes(served, language, book, basis, zone["year"], lines)
    totals = [_total(line, zone["population"], codes) for line in lines if line["line"] not in {"code", "gas"}]
    manifest = served.release.manifest
    return {
        "zone": manifest["zone"]["name"], "title": title_of(manifest, language), "year": zone["year"],
        "years": zone["years"], "is_projection": zone["year"] > zone["base_year"], "book": book,
        "books": known, "basis": basis, "population": zone["population"], "unit": "kgCO2e/a",
        "totals": totals, "codes": codes,
        "neutrality": describe_neutrality(served, basis) if book == "gpc" else None,
        "per_standard_coal": describe_intensity(served, basis, zone["year"])
        if book == "park" else None,
        "method": "layers/ledger/README.md", "release_id": served.release.release_id,
        "notice": notice_of(manifest, language),
    }


def _zone(served: ServedRelease, year: int | None) -> dict[str, Any]:
    """Return the years of the inventory, the one asked for, and who lives in the zone then."""
    row = served.row("select year as base_year, target_year from zone") or {}
    years = [item["year"] for item in served.rows("select distinct year from ledger_total order by year")]
    wanted = row["base_year"] if year is None else year
    if years and wanted not in years:
        message = f"the inventory has no year {wanted}; it has {', '.join(map(str, years))}"
        raise NotFoundError(message)
    return row | {"year": wanted, "years": years, "population": residents_of(served, wanted)}


def residents_of(served: ServedRelease, year: int) -> float | None:
    """Return how many people live in the zone in a year, None where nobody knows. [persons]"""
    row = served.row("select sum(residents) as number from building_year where year = $year and status = 'existing'",
                     {"year": year}) or {}
    return row.get("number")


def _total(line: dict[str, Any], population: float | None, codes: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return a sum with its interval, the same per head, and the codes of it that are not estimated, or in part."""
    per_head = {f"per_head_{name}": line[column] / population if population else None
                for name, column in (("kgco2e_per_a", EMISSIONS), ("low", f"{EMISSIONS}_low"),
                                     ("high", f"{EMISSIONS}_high"))}
    own = [code for code in codes if _belongs(code, line["line"], line["item"])]
    return {"line": line["line"], "item": line["item"], "value": line[EMISSIONS], "low": line[f"{EMISSIONS}_low"],
            "high": line[f"{EMISSIONS}_high"], "share_measured": line["share_measured"],
            "not_estimated": [code["gpc_ref"] for code in own if code["notation_key"] == "NE"],
            "partly_estimated": [code["gpc_ref"] for code in own if code["is_partial"]]} | per_head


def _belongs(code: dict[str, Any], line: str, item: str) -> bool:
    """Return whether a total counts a code, as far as it has a figure."""
    if line == "total":
        return code["level"] in LEVELS[item] if item in LEVELS else True
    if line == "domain_plus":
        return code["level"] in LEVELS["BASIC+"] and code["domain"] == item
    return code["level"] == "BASIC" and str(code[line]) == item


def _codes(
    served: ServedRelease, language: str, book: str, basis: str, year: int, lines: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return a line for every code that the book counts, with its figure or its notation key."""
    rules = [rule for rule in books() if rule["book"] == book]
    told = {"of_books": sorted({rule["of_book"] for rule in rules}), "basis": basis, "year": year}
    sums = {line["item"]: line for line in lines if line["line"] == "code"}
    of_gas = {line["item"]: line for line in lines if line["line"] == "gas"}
    worst = _worst(served.rows(QUALITIES, told))
    texts = labels(served.layers, language)
    found = []
    for row in served.rows(CODES, told):
        code = row["gpc_ref"]
        if not _counts(rules, code):
            continue
        figure = sums.get(code, {})
        is_partial = bool(figure) and row["gaps"] > 0
        found.append({
            "gpc_ref": code, "title": texts.get(f"ledger.gpc_ref.{code}", code), "scope": row["scope"],
            "level": row["level"], "domain": row["domain"], "value": figure.get(EMISSIONS),
            "low": figure.get(f"{EMISSIONS}_low"), "high": figure.get(f"{EMISSIONS}_high"),
            "notation_key": None if figure else row["notation_key"], "is_partial": is_partial,
            "reasons": row["reasons"] or [], "missing": row["missing"] or [], "carriers": row["carriers"] or [],
            "methods": row["methods"] or [], "evidence": row["evidence"] or [], "factors": row["factors"] or [],
            "gases": _gases(code, of_gas, has_figure=bool(figure)), "share_measured": figure.get("share_measured"),
            "quality_activity": worst.get((code, "activity")), "quality_factor": worst.get((code, "factor")),
        })
    return sorted(found, key=lambda line: _order(line["gpc_ref"]))


def _counts(rules: Iterable[dict[str, str]], code: str) -> bool:
    return any(fnmatchcase(code or "", rule["pattern"]) for rule in rules)


def _gases(
    code: str, of_gas: dict[str, dict[str, Any]], *, has_figure: bool
) -> dict[str, dict[str, float] | str | None]:
    """Return the gases of a line in kilograms of what warms as much, with intervals; what a factor leaves out is NE."""
    if not has_figure:
        return dict.fromkeys(GASES)
    gap = "IE" if f"{code}/CO2e" in of_gas else "NE"
    lines = {name: of_gas.get(f"{code}/{name}") for name in GASES}
    return {name: {"value": line[EMISSIONS], "low": line[f"{EMISSIONS}_low"], "high": line[f"{EMISSIONS}_high"]}
            if line else gap for name, line in lines.items()}


def _worst(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Return for each code the worst quality that a tenth of its emissions have; of known zeros the worst of all."""
    weights: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows:
        weights.setdefault((row["gpc_ref"], row["kind"]), {})[row["quality"]] = row["weight"]
    return {key: next(quality for quality in reversed(QUALITY) if of.get(quality, -1) >= TENTH * sum(of.values()))
            for key, of in weights.items()}


def _order(code: str) -> tuple[int, ...]:
    roman = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
    parts = code.split(".")
    return (roman.get(parts[0], 9), *(int(part) if part.isdigit() else 0 for part in parts[1:]))
