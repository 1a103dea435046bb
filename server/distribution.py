"""How the values of a column are distributed: the table beside every legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.wide import SUBJECTS
from server.catalogue import find_column
from server.views import class_edges, count_planned

if TYPE_CHECKING:
    from layers.contract import View
    from server.database import ServedRelease

BINS = 24
CLASSES = 100  # most words that a table names
NUMBERS = {"DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UINTEGER", "UBIGINT"}


def describe_distribution(
    served: ServedRelease, layer: str, column: str, subject: str | None = None
) -> dict[str, Any]:
    """
    Return how often the values of a layer's column occur.

    Numbers are counted between the bounds of the legend that shows them, else in bins of one width; words each. What is
    planned is counted with the rest, and once more by itself.

    Raises
    ------
    NotFoundError
        If the layer or the column does not exist.
    """
    table, described = find_column(served.layers, layer, column, subject)
    name = described.name
    row = served.row(
        f'select min("{name}") as low, max("{name}") as high, count(*) filter ("{name}" is null) as missing, '
        f'any_value(typeof("{name}")) as kind from "{table}"'
    ) or {}
    kind = next((one for one in SUBJECTS if table == one or table.startswith(f"{one}_")), table)
    answer = {"table": table, "column": name, "unit": described.unit, "missing": row.get("missing", 0),
              "planned": count_planned(served, kind)}
    if row.get("kind") is not None and row["kind"] not in NUMBERS:
        return answer | {"classes": _count_words(served, table, name, described.words)}
    if row.get("low") is None:
        return answer | {"edges": [], "counts": []}
    views = [view for view in served.layers[layer].views if view.column == name and table.startswith(view.subject)]
    edges = _bounds(served, views[0] if views else None, float(row["low"]), float(row["high"]))
    return answer | {"edges": edges, "counts": count_numbers(served, table, name, edges)}


def _bounds(served: ServedRelease, view: View | None, low: float, high: float) -> list[float]:
    """Return the bounds of the classes, the outer ones so that no value lies beyond them."""
    if view is None or view.ramp is None:
        width = (high - low) / BINS or 1.0
        return [low + step * width for step in range(BINS)] + [max(high, low + BINS * width)]
    edges = class_edges(served, view)
    return [min(low, edges[0]), *edges[1:-1], max(high, edges[-1])]


def count_numbers(
    served: ServedRelease, table: str, name: str, edges: list[float], where: str = "true",
    parameters: dict[str, Any] | None = None,
) -> list[int]:
    """Return how many values lie in each class: from its lower bound on, below its upper one."""
    counted = served.rows(
        f'select len(list_filter($inner::double[], lambda bound: bound <= "{name}")) as class, count(*) as number '
        f'from "{table}" where "{name}" is not null and {where} group by all',
        {"inner": edges[1:-1]} | (parameters or {}),
    )
    counts = {item["class"]: item["number"] for item in counted}
    return [counts.get(number, 0) for number in range(len(edges) - 1)]


def _count_words(served: ServedRelease, table: str, name: str, prefix: str | None) -> list[dict[str, Any]]:
    """Return how often each word occurs, the most frequent first, under the key of its label."""
    key = f"'{prefix}.' || word" if prefix else "word"
    return served.rows(
        f'with said as (select "{name}"::varchar as word from "{table}" where "{name}" is not null) '
        f"select {key} as key, count(*) as count from said group by word order by count desc, word limit {CLASSES}"
    )
