"""Mobility: the traffic of every road, the fleet that makes it, and what electric cars charge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.contract import Column, Layer, Thing, View, bounded

if TYPE_CHECKING:
    import duckdb

    from layers.contract import Site


TRAFFIC = (
    Column("lanes", "1", "Lanes, both directions together; those that are usual where none are told"),
    Column("centrality", "1", "Share of all shortest ways in the zone that lead over the road"),
    Column("unscaled_vehicles_per_day", "vehicles/day",
           "Traffic by class, lanes and place in the network, before it was scaled to the zone's kilometres"),
    Column("traffic_share", "1", "Share of the road in the kilometres of the zone's light vehicles"),
    Column("carried_persons", "persons", "Residents whose kilometres are counted on the road"),
    *bounded("vehicles_per_day", "vehicles/day",
             "Vehicles on the mean day, both directions, were all kilometres of residents driven in the zone",
             evidence="traffic_evidence"),
    *bounded("light_vehicle_km_per_a", "km/a", "Kilometres of light vehicles in a year", evidence="traffic_evidence"),
    *bounded("heavy_vehicle_km_per_a", "km/a", "Kilometres of heavy vehicles in a year", evidence="traffic_evidence"),
    Column("traffic_evidence", "", "How the traffic is known", words="evidence"),
)

FLEET = (
    Column("vehicle_class", "", "Light or heavy vehicles", words="mobility.vehicle_class"),
    Column("share_year", "year", "Year that the shares of drives are of"),
    Column("share_of_class", "1", "Share of the vehicles of the class, and of their kilometres"),
    *bounded("vehicles", "vehicles", "Vehicles of the residents"),
    *bounded("vehicle_km_per_a", "km/a", "Kilometres of vehicles in a year"),
    Column("electric_share", "1", "Share of its kilometres that is driven on electricity"),
    *bounded("fuel_l_per_a", "L/a", "Petrol or diesel burnt in a year"),
    *bounded("electricity_kwh_per_a", "kWh/a", "Electricity charged in a year"),
)


def _compute(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    from layers.mobility.compute import compute_mobility

    compute_mobility(connection, site)


LAYER = Layer(
    name="mobility",
    domain="mobility",
    tables={
        "parcel_mobility": (
            *bounded("vehicle_km_per_a", "km/a", "Kilometres of vehicles in a year", evidence="mobility_evidence",
                     total=True),
            *bounded("heavy_vehicle_km_per_a", "km/a", "Kilometres of heavy vehicles in a year",
                     evidence="mobility_evidence", total=True),
            *bounded("vehicle_km_per_m2_a", "km/m2/a", "Kilometres of vehicles in a year per area of the parcel",
                     evidence="mobility_evidence"),
            *bounded("charging_kwh_per_a", "kWh/a", "Electricity that the cars of those who live there charge",
                     evidence="mobility_evidence", total=True),
            Column("mobility_evidence", "", "How the figures came about", words="evidence"),
            Column("mobility_notation_key", "", "Why there is no figure: NE not estimated"),
            Column("mobility_reason", "", "What is missing for a figure", words="mobility.mobility_reason"),
        ),
    },
    things={
        "road_traffic": Thing("road_id", TRAFFIC, is_drawn=False),
        "vehicle_fleet": Thing("fleet_id", FLEET, is_drawn=False),
    },
    needs=("parcel", "building", "building_parcel", "road", "road_parcel", "energy_asset", "zone", "factor_in_force"),
    quantities=("traffic.*", "heavy_per_light.*", "heavy_vehicle_level.default", "traffic_error.class_default",
                "centrality.*", "calendar.days", "road_lanes.*", "vehicle_km_per_head.light", "vehicles_per_head.light",
                "vehicle_share.plug_in", "plug_in_share.battery", "electric_driving.*", "fuel_use.petrol_car",
                "fuel_use.diesel_heavy", "electricity_use.electric_car", "motor_fuel_emission.petrol",
                "motor_fuel_emission.diesel", "grid_emission.location", "grid_loss.per_delivered"),
    views=(
        View("traffic", "parcel", "vehicle_km_per_m2_a", ramp="ember"),
        View("charging", "parcel", "charging_kwh_per_a", ramp="sea"),
    ),
    compute=_compute,
)
