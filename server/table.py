"""The map as a table: the features that a view colours, sorted, filtered, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from layers.wide import SUBJECTS, drawn_things
from server.area import features_inside, read_area
from server.catalogue import column_of, find_view
from server.export import write_frame
from server.notice import notice_of
from twin.errors import NotFoundError, ZoneError
from twin.model import read_columns

if TYPE_CHECKING:
    from pathlib import Path

    from layers.contract import Column, Layer, View
    from server.database import ServedRelease

# What stands beside the view's own column: column, expression on the wide table `w`.
BESIDE = {
    "building": {"name": "coalesce(w.name_local, w.address)", "use": "w.use", "status": "w.status",
                 "year_built": "w.year_built", "height_m": "w.height_m", "floor_area_m2": "w.floor_area_m2"},
    "parcel": {"name": "w.cadastral_ref", "land_use": "w.land_use", "area_m2": "w.area_m2"},
    "energy_asset": {"name": "w.name_local", "kind": "w.kind", "status": "w.status", "capacity_kw": "w.capacity_kw"},
}
WORDS = frozenset({"use", "status", "land_use", "kind"})
ID = "id"


class TableQuery(BaseModel):
    """
    What is wanted of a table.

    Attributes
    ----------
    lang
        Language of the notice.
    sort
        Column to sort by; the view's own if not given. What has no value comes last.
    descending
        Whether the greatest come first.
    text
        Part of the id, name or a word.
    least, most
        Bounds of the view's own column, where it is a number; `most` itself is outside, as in the legend's classes.
        [unit of the column]
    hidden
        Words of the view's own column that are left out, with commas between them.
    box
        Only what has its inner point between west, south, east, north. [degrees]
    area
        Only what has its inner point in this polygon: longitude,latitude;longitude,latitude;… [degrees]
    limit, offset
        Rows of a page, and how many come before it.
    """

    model_config = ConfigDict(extra="forbid")

    lang: Literal["en", "zh", "fr", "de"] = "en"
    sort: str | None = Field(default=None, max_length=80)
    descending: bool = True
    text: str = Field(default="", max_length=200)
    least: float | None = Field(default=None, allow_inf_nan=False)
    most: float | None = Field(default=None, allow_inf_nan=False)
    hidden: str = Field(default="", max_length=2_000)
    box: list[float] | None = Field(default=None, min_length=4, max_length=4)
    area: str | None = Field(default=None, max_length=20_000)
    limit: int = Field(default=100, ge=1, le=500)
    offset: int = Field(default=0, ge=0, le=10_000_000)


def describe_table(served: ServedRelease, view_name: str, query: TableQuery) -> dict[str, Any]:
    """
    Return a page of the features that a view colours.

    Raises
    ------
    NotFoundError
        If there is no such view or column.
    ZoneError
        If the area cannot be read or holds nothing.
    """
    asked = _ask(served, view_name, query)
    layer, view, columns = asked.layer, asked.view, asked.columns
    total = served.row(f"select count(*) as number from ({asked.rows})", asked.parameters) or {"number": 0}
    rows = served.rows(f"select * from ({asked.rows}) {asked.ordered} limit $limit offset $offset",
                       asked.parameters | {"limit": query.limit, "offset": query.offset})
    return {
        "view": view.name, "subject": view.subject, "title_key": f"{layer.name}.view.{view.name}",
        "sort": query.sort or view.column, "descending": query.descending, "count": total["number"],
        "offset": query.offset, "rows": rows,
        "columns": [{"name": name} | described for name, described in columns.items()],
        "release_id": served.release.release_id, "notice": notice_of(served.release.manifest, query.lang),
    }


def write_table(served: ServedRelease, view_name: str, query: TableQuery, path: Path, *, most_rows: int) -> None:
    """
    Write all rows that pass a table's filters as CSV, in its order; the query's page does not cut them.

    Raises
    ------
    NotFoundError
        If there is no such view or column.
    ZoneError
        If there are more rows than a download may have, or the area cannot be read.
    StoreError
        If the file cannot be written.
    """
    asked = _ask(served, view_name, query)
    rows = served.rows(f"select * from ({asked.rows}) {asked.ordered} limit $limit",
                       asked.parameters | {"limit": most_rows + 1})
    if len(rows) > most_rows:
        message = f"the table has more than the {most_rows} rows of a download; filter it, or use `zonetwin export`"
        raise ZoneError(message)
    names = {name: f"{name} [{described['unit']}]" if described["unit"] else name
             for name, described in asked.columns.items()}
    wanted = [*asked.columns, *_bounds(asked.view, asked.columns)]
    frame = pd.DataFrame(rows, columns=wanted).rename(columns=names)
    write_frame(frame, path, asked.view.name, served.release, form="csv")


class _Asked(NamedTuple):
    """A table as it is asked for: its SELECT, ORDER BY and parameters; only names of ours stand in the two."""

    layer: Layer
    view: View
    columns: dict[str, dict[str, Any]]
    rows: str
    ordered: str
    parameters: dict[str, Any]


def _ask(served: ServedRelease, view_name: str, query: TableQuery) -> _Asked:
    """Return what a query asks of a view."""
    layer, view = find_view(served.layers, view_name)
    columns = _columns(served, layer, view, column_of(layer, view))
    order = query.sort or view.column
    if order not in columns:
        message = f"there is no column {order[:60]!r} to sort by; there are {', '.join(columns)}"
        raise NotFoundError(message)
    west, south, east, north = query.box or (None, None, None, None)
    return _Asked(
        layer, view, columns, _query(served, view, columns, is_number=view.ramp is not None),
        f'order by "{order}" {"desc" if query.descending else "asc"} nulls last, "{ID}"',
        {"text": " ".join(query.text.split()).lower(), "least": query.least, "most": query.most,
         "hidden": query.hidden.split(",") if query.hidden else [],
         "west": west, "south": south, "east": east, "north": north,
         "ids": None if query.area is None else features_inside(served, read_area(query.area), view.subject)})


def _bounds(view: View, columns: dict[str, dict[str, Any]]) -> list[str]:
    """Return the columns that bound the view's own."""
    return [name for side in ("low", "high") if (name := columns[view.column][side])]


def _columns(served: ServedRelease, layer: Layer, view: View, column: Column) -> dict[str, dict[str, Any]]:
    """Return the columns of a view's table, the view's own second, with unit and keys of their words."""
    beside = BESIDE.get(view.subject) or _owner(served, view)
    own = {view.column: {"label_key": _label(layer, view), "unit": column.unit, "low": column.low,
                         "high": column.high, "words": column.words}}
    known = read_columns().get(view.subject, {})
    others = {name: {"label_key": f"{view.subject}.{name}" if name in known else f"app.table.{name}",
                     "unit": known.get(name, ("",))[0], "low": None, "high": None,
                     "words": name if name in WORDS else None}
              for name in (ID, *beside) if name != view.column}
    first = {name: others.pop(name) for name in (ID, "name") if name in others}
    return first | own | others


def _label(layer: Layer, view: View) -> str:
    """Return the key of the name of a view's column."""
    is_own = any(column.name == view.column for columns in layer.described.values() for column in columns)
    return f"{layer.name}.{view.column}" if is_own else f"{view.subject}.{view.column}"


def _owner(served: ServedRelease, view: View) -> dict[str, str]:
    """Return what stands beside the column of a thing of a layer's own: the building that it belongs to."""
    return {"building_id": "w.building_id"} if "building_id" in served.columns(view.subject) else {}


def _query(
    served: ServedRelease, view: View, columns: dict[str, dict[str, Any]], *, is_number: bool
) -> str:
    """Return the query of all rows that pass the filters; only names of ours stand in it."""
    subject, thing = view.subject, drawn_things(served.layers).get(view.subject)
    table, key = (f"wide_{subject}", SUBJECTS[subject]) if thing is None else (subject, thing.key)
    beside = BESIDE.get(subject) or _owner(served, view)
    wanted = {name: beside.get(name, f'w."{name}"') for name in columns if name != ID}
    wanted |= {name: f'w."{name}"' for name in _bounds(view, columns)}
    listed = ", ".join(f'{expression} as "{name}"' for name, expression in wanted.items())
    told = " || ' ' || ".join(f"coalesce(({expression})::varchar, '')" for name, expression in wanted.items()
                              if name in {"name", "building_id", *WORDS})
    words = f"""lower(w."{key}" || ' ' || {told or "''"})"""
    within = (f'w."{key}" in (select feature_id from "map_{subject}" where lon between $west and $east '
              "and lat between $south and $north)")
    number = f'w."{view.column}"' if is_number else "null::double"
    word = "null::varchar" if is_number else beside.get(view.column, f'w."{view.column}"')
    return (f'select w."{key}" as "{ID}", {listed} from "{table}" as w where contains({words}, $text) '
            f"and ($least::double is null or {number} >= $least) and ($most::double is null or {number} < $most) "
            f"and not coalesce(list_contains($hidden::varchar[], {word}), false) "
            f"and ($west::double is null or {within}) "
            f'and ($ids::varchar[] is null or list_contains($ids, w."{key}"))')
