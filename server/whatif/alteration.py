"""Standing buildings that are changed: their rows of the release, with only that changed which is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from twin.database import load_frame, run_select
from twin.errors import DraftError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import duckdb

    from server.whatif.draft import Draft

TYPES = {"draft_id": "string", "building_id": "string", "storeys": "float64", "use": "string", "roof": "string",
         "ground_m": "float64"}
# Of each table on the desk: the rows of the release that a changed building takes from it.
COPIED = {"standing": "building", "standing_part": "building_part", "standing_parcel": "building_parcel",
          "standing_face": "roof_face"}
ADDED = (
    "insert into building by name from altered_building",
    "insert into building_part by name from altered_part",
    ("insert into building_parcel by name select draft_id as building_id, parcel_id, share "
     "from asked inner join standing_parcel using (building_id)"),
    # Faces of a roof stand at their own height: of another form or height they say nothing
    ("insert into roof_face by name select draft_id || '/' || face_id as face_id, draft_id as building_id, "
     "standing_face.geometry from asked inner join standing_face using (building_id) "
     "inner join standing using (building_id) where coalesce(asked.storeys, standing.levels) = standing.levels "
     "and nullif(asked.roof, standing.roof_shape) is null"),
)
# Drafts that cannot be: of a building whose parts tell too little, or of which nothing is left.
NOT_TOP = """
select asked.draft_id from asked
inner join standing using (building_id)
inner join standing_part using (building_id)
where asked.storeys > standing.levels
group by asked.draft_id, standing.levels
having max(standing_part.base_levels + standing_part.levels) < standing.levels
order by all limit 1
"""
NOTHING_LEFT = """
select asked.draft_id from asked
inner join standing using (building_id)
inner join altered_building on altered_building.building_id = asked.draft_id
where standing.floor_area_m2 > 0 and altered_building.floor_area_m2 <= 0
order by all limit 1
"""


def lay_altered(
    connection: duckdb.DuckDBPyConnection, copy: Callable[..., None], drafts: Sequence[Draft],
    ground_m: Sequence[float],
) -> None:
    """
    Add the changed ones among drafts to the rows of buildings on the desk.

    Parameters
    ----------
    connection
        The desk, on which the drawn ones lie already.
    copy
        Lays rows of the release on it: name of the table, SELECT, parameters.
    drafts
        Drawn and changed ones.
    ground_m
        Ground of each draft, for those of which the release knows none. [m above datum]

    Raises
    ------
    DraftError
        If storeys are added to a building none of whose parts reaches its top, or nothing is left of one.
    """
    rows = [(draft.draft_id, draft.drawn.replaces, draft.drawn.storeys, draft.drawn.use, draft.drawn.roof, ground)
            for draft, ground in zip(drafts, ground_m, strict=True) if draft.drawn.is_change]
    connection.execute("delete from roof_face")
    if not rows:
        return
    asked = pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)
    load_frame(connection, "asked", asked)
    for name, table in COPIED.items():
        copy(name, f"from {table} where list_contains($asked, building_id)", {"asked": asked["building_id"].tolist()})
    _refuse(connection, NOT_TOP, "no_top",
            "its parts do not say which of them is the highest, so no storeys can be added")
    for name in ("altered_part", "altered_building"):
        run_select(connection, name, (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8"))
    _refuse(connection, NOTHING_LEFT, "nothing_left", "all of it stands above so few storeys, so nothing would be left")
    for sql in ADDED:
        connection.execute(sql)


def _refuse(connection: duckdb.DuckDBPyConnection, sql: str, key: str, reason: str) -> None:
    """Refuse the first draft that a query finds, if any."""
    if (found := connection.execute(sql).fetchone()) is not None:
        number = found[0].removeprefix("draft:")
        message = f"building {number}: {reason}; draw another in its place"
        raise DraftError(message, f"whatif.refused.{key}", number=number)
