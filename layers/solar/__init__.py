"""Solar: the sun on every roof and facade, and what photovoltaics there would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.contract import Column, Layer, Thing, View, bounded
from layers.solar.area import REASONS

if TYPE_CHECKING:
    import duckdb

    from layers.contract import Site

MONTHS = range(1, 13)
KWH_M2 = "kWh/m2/a"
EVIDENCE = "solar_evidence"
WHY = {
    "tilt_north": "too steep towards the pole",
    "setback": "too near to an edge",
    "parapet": "behind a parapet",
    "too_small": "too small or too narrow",
    "shade": "too much in the shade",
    "obstruction": "taken by equipment, stairs or windows",
}


def _subject(subject: str) -> tuple[Column, ...]:
    """Return the columns that a building and a parcel have alike."""
    reasons = [Column(f"roof_{reason}_m2", "m2", f"Roof that is {why}, of the {subject}", total=True)
               for reason, why in WHY.items()]
    return (
        Column("roof_m2", "m2", f"Roof of the {subject}, in the planes of its surfaces", total=True),
        *bounded("roof_irradiation_kwh_per_m2_a", KWH_M2, f"Irradiation of the {subject}'s roof in its own planes",
                 evidence=EVIDENCE),
        Column("roof_usable_m2", "m2", f"Roof of the {subject} that modules could stand on", total=True),
        *reasons,
        Column("pv_capacity_kwp", "kWp", f"Rated power of modules on the {subject}'s usable roof", total=True),
        *bounded("pv_yield_kwh_per_a", "kWh/a",
                 f"Alternating current that the {subject}'s roof would feed in, in half of all years (P50)",
                 evidence=EVIDENCE, total=True),
        Column("pv_yield_p90_kwh_per_a", "kWh/a",
               f"Yield of the {subject}'s roof that is exceeded in nine of ten years (P90)"),
        *bounded("pv_specific_yield_kwh_per_kwp_a", "kWh/kWp/a", f"Yield per rated power on the {subject}'s roof",
                 evidence=EVIDENCE),
        Column("pv_performance_ratio", "1", f"Performance ratio on the {subject}'s roof after IEC 61724-1"),
        Column("solar_evidence", "", "How the solar figures came about", words="evidence"),
    )


ROOF = (
    Column("building_id", "", "Building that bears it"),
    Column("part_id", "", "Part of the building that bears it"),
    Column("shape", "", "Shape of the roof that it belongs to", words="solar.shape"),
    Column("shape_source", "", "How the shape is known: city model, tag, assumed", words="solar.shape_source"),
    Column("tilt_deg", "degrees", "Angle to the horizontal"),
    Column("azimuth_deg", "degrees", "Direction that it faces, clockwise from north; south where level"),
    Column("area_m2", "m2", "Area in its own plane"),
    Column("plan_m2", "m2", "Area as seen from above"),
    Column("height_m", "m", "Height of its middle above ground"),
    *(Column(name, KWH_M2, meaning) for name, meaning in (
        ("irradiation_kwh_per_m2_a", "Irradiation in its plane, shaded"),
        ("irradiation_kwh_per_m2_a_low", "Irradiation in its plane, shaded: lower bound (2.5 %)"),
        ("irradiation_kwh_per_m2_a_high", "Irradiation in its plane, shaded: upper bound (97.5 %)"),
        ("irradiation_bright_kwh_per_m2_a", "Irradiation of its hardly shaded part"),
        ("irradiation_open_kwh_per_m2_a", "Irradiation of the same plane without any shade"),
    )),
    Column("sky_view_factor", "1", "Share of the light of a uniform sky that reaches it"),
    *(Column(f"irradiation_month_{month}_kwh_per_m2", "kWh/m2", f"Irradiation in month {month}") for month in MONTHS),
    Column("usable_m2", "m2", "Area that modules could stand on"),
    *(Column(f"{reason}_m2", "m2", f"Area that is {WHY[reason]}") for reason in REASONS),
    Column("mount", "", "rack: rows on a flat roof; flush: in the roof's plane", words="solar.mount"),
    Column("capacity_kwp", "kWp", "Rated power of modules on the usable area"),
    Column("yield_kwh_per_a", "kWh/a", "Alternating current fed in, in half of all years (P50)"),
    *(Column(f"yield_month_{month}_kwh", "kWh", f"Alternating current fed in in month {month}") for month in MONTHS),
    Column("performance_ratio", "1", "Performance ratio after IEC 61724-1"),
    *(Column(f"yield_{kind}_{level}_kwh", "kWh", f"Half-width of the {level} % bound, errors {which}")
      for level in (95, 90) for kind, which in (("common", "that all roofs share"), ("own", "of this roof alone"))),
)

FACADE = (
    Column("building_id", "", "Building that it belongs to"),
    Column("orientation", "", "Octant that it faces, by true north", words="solar.orientation"),
    Column("azimuth_deg", "degrees", "Direction that it faces, clockwise from north"),
    Column("area_m2", "m2", "Area outside"),
    Column("party_m2", "m2", "Area behind neighbouring buildings"),
    *(Column(name, KWH_M2, meaning) for name, meaning in (
        ("irradiation_kwh_per_m2_a", "Irradiation, shaded, with what ground and walls reflect"),
        ("irradiation_kwh_per_m2_a_low", "Irradiation: lower bound (2.5 %)"),
        ("irradiation_kwh_per_m2_a_high", "Irradiation: upper bound (97.5 %)"),
    )),
    *(Column(f"irradiation_month_{month}_kwh_per_m2", "kWh/m2", f"Irradiation in month {month}") for month in MONTHS),
    Column("sky_view_factor", "1", "Share of the light of a uniform sky that reaches it; 0.5 in the open"),
    Column("sunlight_h_min", "h", "Direct sun at the window with the least, lowest dwelling storey, on the rule's day"),
    Column("sunlight_h_mean", "h", "Direct sun at the sills of the lowest dwelling storey, mean, on the rule's day"),
)

THINGS = {
    "building_body": Thing("building_id", (
        Column("shape", "", "Shape of the roof", words="solar.shape"),
        Column("shape_source", "", "How the shape is known: city model, tag, assumed", words="solar.shape_source"),
    ), stands_for="building"),
    "roof_surface": Thing("surface_id", ROOF),
    "roof_signature": Thing("surface_id", (
        Column("azimuths", "1", "Sectors of the compass, the first centred on grid north"),
        Column("levels", "1", "Levels of elevation in each sector"),
        Column("seen", "", "Share of cells that see each level, sector by sector; two bytes each, 65535 is all"),
        Column("seen_bright", "", "The same of the hardly shaded cells"),
    ), is_drawn=False),
    "roof_power": Thing("building_id", (
        Column("power", "", "Alternating current of each hour over that of the greatest, from midnight of 1 January "
                            "on, local standard time; two bytes each, 65535 is the greatest"),
    ), is_drawn=False),
    "facade_surface": Thing("surface_id", FACADE),
    "solar_hour": Thing("hour", (
        Column("moment", "", "Moment in UTC whose sun stands for the hour"),
        Column("ghi_w_per_m2", "W/m2", "Global irradiance of the horizontal"),
        Column("dni_w_per_m2", "W/m2", "Direct irradiance of a plane that faces the sun"),
        Column("dhi_w_per_m2", "W/m2", "Diffuse irradiance of the horizontal"),
        Column("temp_air_degc", "degC", "Temperature of the air"),
        Column("wind_speed_m_per_s", "m/s", "Speed of the wind"),
        Column("pv_power_kw", "kW", "Alternating current of all usable roofs together"),
    ), is_drawn=False, key_unit="1"),
}  # fmt: skip


def _compute(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    from layers.solar.compute import compute_solar

    compute_solar(connection, site, THINGS)


LAYER = Layer(
    name="solar",
    domain="energy",
    tables={
        "building_solar": (
            *_subject("building"),
            Column("facade_m2", "m2", "Facades of the building", total=True),
            *bounded("facade_irradiation_kwh_per_m2_a", KWH_M2, "Irradiation of the building's facades",
                     evidence=EVIDENCE),
            Column("sunlight_h_min", "h", "Direct sun at its darkest window, sunniest side, lowest dwelling storey"),
            Column("sunlight_h_mean", "h", "Direct sun at its windows, sunniest side, lowest dwelling storey"),
            Column("solar_notation_key", "", "Why there is no figure: NE not estimated, NO not occurring"),
            Column("solar_reason", "", "What is missing for a figure", words="solar.solar_reason"),
        ),
        "parcel_solar": _subject("parcel's buildings"),
    },
    things=THINGS,
    needs=("building", "building_part", "building_parcel", "roof_face", "parcel", "zone", "factor_in_force"),
    quantities=("pv.*", "roof_pitch.*", "roof_tooth.*", "roof_rise.*", "facade.*"),
    views=(
        View("roof_irradiation", "roof_surface", "irradiation_kwh_per_m2_a", ramp="sun",
             edges=(0, 500, 800, 1000, 1150, 1250, 1350),
             steps=tuple(f"irradiation_month_{month}_kwh_per_m2" for month in MONTHS)),
        View("facade_irradiation", "facade_surface", "irradiation_kwh_per_m2_a", ramp="sun",
             edges=(0, 150, 300, 450, 600, 750, 900),
             steps=tuple(f"irradiation_month_{month}_kwh_per_m2" for month in MONTHS)),
        View("sunlight", "building", "sunlight_h_mean", ramp="sun", edges=(0, 1, 2, 3, 4, 5, 6)),
        View("pv_yield", "building", "pv_yield_kwh_per_a", ramp="sun"),
    ),
    compute=_compute,
)
