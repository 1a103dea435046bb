"""The claims worked out with pandas in zones where something is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from shapely import LineString, box

from layers.contract import CLAIM
from layers.mobility.recompute import claims
from tests.twin.model.zoned import house

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twin.model.zoned import Zoned

TABLES = ("zone", "building", "building_parcel", "road", "road_parcel", "road_traffic", "energy_asset",
          "factor_in_force")
HOME = house("h", box(0, 0, 10, 10), use="residential", levels=4.0)
HALL = house("h", box(0, 0, 10, 10), use="industrial", levels=1.0)
STATION = {"asset_id": "s", "kind": "charging_station", "status": "existing", "geometry": box(0, 0, 1, 1).centroid}


def road(name: str, kind: str, line: list[tuple[float, float]], **facts: object) -> dict[str, Any]:
    return {"road_id": name, "class": kind, "one_way": False, "is_tunnel": False, "is_street": True, "width_m": 10.0,
            "geometry": LineString(line)} | facts


ROADS = [
    road("a", "primary", [(0, 100), (500, 100)], lanes=6.0), road("b", "primary", [(500, 100), (900, 100)]),
    road("c", "primary", [(500, 100), (500, 400)], one_way=True), road("d", "residential", [(500, 400), (700, 420)]),
    road("e", "residential", [(500, 400), (300, 400)], one_way=True), road("f", "footway", [(0, 0), (9, 9)]),
]


@pytest.mark.parametrize(("buildings", "roads", "population", "without"), [
    ([HOME], ROADS, 1000, None),
    ([HOME], ROADS, None, None),
    ([HALL], ROADS, None, None),
    ([HALL], ROADS, 1000, None),
    ([HOME], ROADS[5:], 1000, None),
    ([], ROADS, 0, None),
    ([HALL], ROADS, 0, None),
    ([HOME], ROADS, 1000, "vehicle_km_per_head.light"),
    ([HOME], ROADS, 1000, "fuel_use.diesel_heavy"),
], ids=["whole", "uncounted", "nobody", "homeless", "roadless", "empty", "no home", "no kilometres", "no diesel"])
def test_pandas_claims_what_sql_claims(
    drive: Callable[..., Zoned], buildings: list[Any], roads: list[Any], population: int | None, without: str | None
) -> None:
    zone = drive(buildings, roads, population=population, assets=[STATION])
    if without:
        zone.connection.execute("delete from factor_in_force where quantity = ?", [without])
        zone.connection.execute("delete from ledger_room")
        zone.run("mobility")
    read = {name: zone.connection.execute(f'select * from "{name}"').df() for name in TABLES}
    told, again = zone.connection.execute("select * from ledger_mobility").df(), claims(read)
    told, again = (
        rows.astype(object).where(rows.notna(), None)[list(CLAIM)]
        .sort_values(["gpc_ref", "carrier", "subject_kind", "subject_id"]).reset_index(drop=True)
        for rows in (told, again)
    )
    pd.testing.assert_frame_equal(told, again, check_dtype=False, rtol=1e-12)
