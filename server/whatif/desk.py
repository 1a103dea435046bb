"""A desk beside the release: the model's and the layers' own SQL, run over drafts and the parcels that they meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from layers.planning.compute import make_setting
from layers.solar.roof import RoofRule
from layers.solar.sills import read_blocks
from layers.solar.surfaces import Surfaces, find_surfaces
from server.whatif.alteration import lay_altered
from twin import model
from twin.build import TYPES, typed_frame, use_classes
from twin.database import connect, load_frame, run_select
from twin.settings import PlanningSettings, SolarSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.database import ServedRelease
    from server.whatif.draft import Draft

    Row = dict[str, Any]
    Table = dict[str, Row]

# The model's steps from sources to buildings, in its own order.
STEPS = ("footprint", "building_parcel", "storey", "known_height", "building_height", "building_part", "building")
LIMITS = ("far_max", "height_max_m", "coverage_max", "green_min")

# Homes' floor area by head in each quarter, and in the whole zone where the quarter is null
AREA_PER_RESIDENT = """
select neighbourhood_id, sum(building.floor_area_m2 * share.value) / sum(building.residents) as m2
from building
inner join factor_in_force as share on share.quantity = 'residential_share.' || building.use
where building.status = 'existing' and building.residents > 0 and (select population from zone) is not null
group by grouping sets ((neighbourhood_id), ())
having sum(building.residents) > 0 and (neighbourhood_id is not null or grouping(neighbourhood_id) = 1)
"""
AS_ITS_QUARTER = """
update building set residents = residents * room.m2 / lived.m2, dwellings = dwellings * room.m2 / lived.m2
from lived, lived as room
where lived.neighbourhood_id = building.neighbourhood_id and room.neighbourhood_id is null
"""
AROUND = """
select building.* from building where building_id in (
    select building_id from building_parcel where list_contains($parcels, parcel_id)
    union
    select other.building_id from building as other
    inner join parcel on st_intersects(other.geometry, parcel.geometry)
    where list_contains($parcels, parcel.parcel_id)
)
"""
GREEN = """
select land_cover.* from land_cover
inner join parcel on st_intersects(land_cover.geometry, parcel.geometry) where list_contains($parcels, parcel.parcel_id)
"""


@dataclass(frozen=True)
class Desk:
    """
    What the model says of drafts.

    Attributes
    ----------
    buildings
        The drafts as rows of the model's table building, by building_id.
    shares
        Rows of building_parcel: building_id of the draft, parcel_id, share.
    construction
        The drafts' energy and carbon: rows of building_construction, by building_id; empty without that layer.
    surfaces, blocks
        Their roofs and bodies, as the layer solar has them.
    parcels
        Parcels that drafts or what is removed stand on, with their limits, by parcel_id.
    before, after
        Figures of these parcels with bounds: rows of parcel_planning where every limit is one, by parcel_id.
    """

    buildings: Table
    shares: list[Row]
    construction: Table
    surfaces: Surfaces | None
    blocks: pd.DataFrame
    parcels: Table
    before: Table
    after: Table


class Drawer:
    """Works drafts out for one release, in a database of its own: nothing of them can enter the inventory."""

    def __init__(self, served: ServedRelease) -> None:
        self._served = served
        self._connection = connect()
        self._connection.execute("set memory_limit = '256MB'")
        settings = served.release.manifest["settings"]
        self.solar = SolarSettings.model_validate(settings["solar"])
        self.planning = PlanningSettings.model_validate(settings["planning"])
        for table in ("factor_in_force", "factor_by_age"):
            self._copy(table, f'from "{table}"')
        # People come with the building: its share of the zone's population would be that of all who live there
        self._copy("zone", "select * replace (null::double as population) from zone")
        self._copy("lived", AREA_PER_RESIDENT)
        self._connection.execute(
            "update factor_in_force set value = m2, low = least(low, m2), high = greatest(high, m2) from lived "
            "where quantity = 'floor_area_per_resident' and neighbourhood_id is null")
        factors = self._connection.execute("select quantity, value from factor_in_force").df().set_index("quantity")
        self.factors = {str(quantity): float(value) for quantity, value in factors["value"].items()}
        setting = make_setting(self.planning, self.solar.sunlight_day, factors, kinds=None)
        self.sunlight_hours = None if setting["sunlight_hours"].isna()[0] else float(setting["sunlight_hours"][0])
        load_frame(self._connection, "planning_setting", setting)
        load_frame(self._connection, "use_class", use_classes())
        nothing = gpd.GeoDataFrame({"geometry": []}, geometry="geometry")
        for table in ("source_land", "source_neighbourhood"):
            load_frame(self._connection, table, typed_frame(nothing, TYPES[table]))
        self._copy("roof_face", "from roof_face limit 0")

    def work_out(self, drafts: Sequence[Draft], removed: Sequence[str], ground_m: Sequence[float]) -> Desk:
        """
        Return what the model says of drafts.

        Parameters
        ----------
        drafts
            What is drawn.
        removed
            building_id of what goes.
        ground_m
            Ground of each draft. [m above datum]
        """
        self._copy("parcel", "from parcel")
        source = typed_frame(_sources(drafts, ground_m, self._base_year), TYPES["source_building"] | {"flag": ()})
        load_frame(self._connection, "source_building", source.assign(is_part=False))
        for step in STEPS:
            run_select(self._connection, step, (model.FOLDER / f"{step}.sql").read_text(encoding="utf-8"))
        self._connection.execute(AS_ITS_QUARTER)
        lay_altered(self._connection, self._copy, drafts, ground_m)
        buildings = _by_key(self._rows("select * exclude (geometry) from building order by building_id"))
        construction = self._run_layer("construction", "building_construction")
        surfaces = find_surfaces(self._connection, RoofRule.from_factors(self.factors)) if len(drafts) else None
        blocks = read_blocks(self._connection, None if surfaces is None else surfaces.frame)
        shares = self._rows("select building_id, parcel_id, share from building_parcel order by all")
        for table in ("building", "building_parcel"):
            self._connection.execute(f"create or replace table draft_{table} as from {table}")
        parcels, before, after = self._hold(shares, removed)
        return Desk(buildings, shares, construction, surfaces, blocks, parcels, before, after)

    @property
    def _base_year(self) -> int:
        row = self._connection.execute("select year from zone").fetchone()
        return int(row[0]) if row else 0

    def _hold(self, shares: list[Row], removed: Sequence[str]) -> tuple[Table, Table, Table]:
        """Return the parcels that something happens on, and their figures before and after."""
        left = self._served.rows(
            "select distinct parcel_id from building_parcel where list_contains($removed, building_id)",
            {"removed": list(removed)})
        met = {"parcels": sorted({row["parcel_id"] for row in [*shares, *left]})}
        parcels = self._served.rows(
            "select * exclude (geometry) from parcel where list_contains($parcels, parcel_id) order by parcel_id", met)
        # Against a limit of one each figure is itself, whether the plan has a limit or not
        ones = ", ".join(f"1.0::double as {limit}" for limit in LIMITS)
        self._copy("parcel", f"select * replace ({ones}) from parcel where list_contains($parcels, parcel_id)", met)
        self._copy("building", AROUND, met)
        self._copy("building_parcel", "from building_parcel where list_contains($parcels, parcel_id)", met)
        self._copy("building_planning", f"from building_planning semi join ({AROUND}) using (building_id)", met)
        self._copy("land_cover", GREEN, met)
        before = self._run_layer("planning", "parcel_planning")
        gone = {"removed": list(removed)}
        for table in ("building", "building_parcel"):
            self._connection.execute(f"delete from {table} where list_contains($removed, building_id)", gone)
        # A draft is as it is drawn; only a height that follows from the usual storey of its use has bounds. A building
        # whose storeys are left as they stand keeps the doubt about them
        self._connection.execute(
            "insert into building by name select * replace ("
            "case source when 'draft' then floor_area_m2 else floor_area_low_m2 end as floor_area_low_m2, "
            "case source when 'draft' then floor_area_m2 else floor_area_high_m2 end as floor_area_high_m2, "
            "case when source = 'draft' and height_source = 'tag' then height_m else height_low_m end as height_low_m, "
            "case when source = 'draft' and height_source = 'tag' then height_m else height_high_m end as height_high_m"
            ") from draft_building")
        self._connection.execute("insert into building_parcel by name from draft_building_parcel")
        self._connection.execute("insert into building_planning by name select building_id from draft_building")
        after = self._run_layer("planning", "parcel_planning")
        return _by_key(parcels), before, after

    def _run_layer(self, layer: str, table: str) -> Table:
        """Return a layer's table over what lies on the desk; nothing where the release has no such layer."""
        sql = self._served.layers[layer].sql(table) if layer in self._served.layers else None
        return {} if sql is None else _by_key(self._rows(sql))

    def _rows(self, sql: str) -> list[Row]:
        result = self._connection.execute(sql)
        names = [item[0] for item in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _copy(self, table: str, sql: str, parameters: dict[str, Any] | None = None) -> None:
        """Lay rows of the release on the desk."""
        self._connection.register("incoming", self._served.arrow(sql, parameters))
        self._connection.execute(f'create or replace table "{table}" as from incoming')
        self._connection.unregister("incoming")

    def close(self) -> None:
        """Clear the desk."""
        self._connection.close()


def _by_key(rows: list[Row]) -> Table:
    """Return rows by what stands in their first column."""
    return {str(next(iter(row.values()))): row for row in rows}


def _sources(drafts: Sequence[Draft], ground_m: Sequence[float], year: int) -> gpd.GeoDataFrame:
    """Return what is drawn as a source of buildings would tell of it."""
    rows = [{
        "source": "draft", "feature_id": draft.draft_id, "use": draft.drawn.use, "year_built": year,
        "levels": draft.drawn.storeys, "ground_m": ground, "roof_shape": draft.drawn.roof or "flat", "is_part": False,
        "height_m": draft.drawn.height_m,
    } for draft, ground in zip(drafts, ground_m, strict=True) if not draft.drawn.is_change]
    columns = ["source", "feature_id", "use", "year_built", "levels", "ground_m", "roof_shape", "is_part", "height_m"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry=[
        draft.outline for draft in drafts if not draft.drawn.is_change])
