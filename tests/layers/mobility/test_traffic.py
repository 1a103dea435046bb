"""The traffic of roads in zones of two or three of them, worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from shapely import LineString, box

from tests.twin.model.conftest import make  # noqa: F401 a fixture
from tests.twin.model.zoned import house, lot
from twin.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twin.model.zoned import Zoned

HOME = house("h", box(0, 0, 10, 10), use="residential", levels=4.0)


def road(name: str, kind: str, line: list[tuple[float, float]], **facts: object) -> dict[str, Any]:
    return {"road_id": name, "class": kind, "one_way": False, "is_tunnel": False, "is_street": True, "width_m": 10.0,
            "geometry": LineString(line)} | facts


def far(kind: str, name: str, place: float, **facts: object) -> dict[str, Any]:
    """Return a road of a kilometre that meets no other."""
    return road(name, kind, [(-500, place), (500, place)], **facts)


def claims(zone: Zoned, code: str) -> list[dict[str, Any]]:
    found = zone.connection.execute("select * from ledger_mobility where gpc_ref = ? order by all", [code])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_roads_share_the_kilometres_of_residents_by_the_light_traffic_of_their_class(
    drive: Callable[..., Zoned],
) -> None:
    """Of 1000 vehicles 800 are light (a quarter of that is heavy), of 100 all: shares of 8/9 and 1/9 of 500,000 km."""
    zone = drive([HOME], [far("primary", "a", 100), far("residential", "b", 200)], population=100)
    traffic = zone.rows("road_traffic", "road_id")
    assert traffic["a"]["traffic_share"] == pytest.approx(8 / 9)
    assert traffic["a"]["light_vehicle_km_per_a"] == pytest.approx(500_000 * 8 / 9)
    assert traffic["a"]["heavy_vehicle_km_per_a"] == pytest.approx(500_000 * 2 / 9)
    assert traffic["a"]["vehicles_per_day"] == pytest.approx(500_000 * 10 / 9 / 365)
    assert traffic["b"]["light_vehicle_km_per_a"] == pytest.approx(500_000 / 9)
    assert traffic["b"]["heavy_vehicle_km_per_a"] == 0
    assert traffic["b"]["carried_persons"] == pytest.approx(100 / 9)


def test_the_light_kilometres_of_all_roads_are_those_of_the_residents(drive: Callable[..., Zoned]) -> None:
    roads = [road(f"r{number}", "primary" if number % 3 else "residential",
                  [(0, 0), (number * 7.3, 100), (number * 40.0, 300 + number)]) for number in range(1, 20)]
    zone = drive([HOME], roads, population=12_345)
    rows = zone.rows("road_traffic", "road_id").values()
    assert sum(row["light_vehicle_km_per_a"] for row in rows) == pytest.approx(12_345 * 5000, rel=1e-12)
    on_parcels = sum(row["base"] for row in claims(zone, "II.1.1") if row["carrier"] == "petrol")
    assert on_parcels == pytest.approx(12_345, rel=1e-12)


def test_a_road_with_twice_the_lanes_bears_twice_the_traffic(drive: Callable[..., Zoned]) -> None:
    zone = drive([HOME], [far("primary", "wide", 100, lanes=8.0), far("primary", "usual", 200)], population=100)
    traffic = zone.rows("road_traffic", "road_id")
    assert traffic["usual"]["lanes"] == 4
    assert traffic["wide"]["vehicles_per_day"] == pytest.approx(2 * traffic["usual"]["vehicles_per_day"])


def test_one_way_of_a_dual_carriageway_bears_half(drive: Callable[..., Zoned]) -> None:
    zone = drive([HOME], [far("primary", "half", 100, one_way=True), far("primary", "whole", 200)], population=100)
    traffic = zone.rows("road_traffic", "road_id")
    assert traffic["half"]["vehicles_per_day"] == pytest.approx(traffic["whole"]["vehicles_per_day"] / 2)


@pytest.mark.parametrize(("bound", "ratio"), [(1, 1), (1.2, 1.2 / (25 / 29)), (2, 9 / 5)])
def test_a_central_road_bears_more_within_bounds(drive: Callable[..., Zoned], bound: float, ratio: float) -> None:
    """
    A road of 100 m with two arms at either end: it is on the way of 9 of 15 pairs, each arm of 5.

    The mean of the class is 29 of 75, so that an arm bears 25/29 of it and the middle 45/29.
    """
    chain = [road("left", "primary", [(0, 100), (100, 100)]), road("middle", "primary", [(100, 100), (200, 100)]),
             road("right", "primary", [(200, 100), (300, 100)]), road("arm", "primary", [(100, 100), (100, 200)]),
             road("leg", "primary", [(200, 100), (200, 200)])]
    zone = drive([HOME], chain, population=100, factors={"centrality.greatest_ratio": (bound, None, None)})
    traffic = zone.rows("road_traffic", "road_id")
    assert traffic["middle"]["centrality"] == pytest.approx(9 / 15)
    assert traffic["left"]["centrality"] == pytest.approx(5 / 15)
    assert traffic["middle"]["vehicles_per_day"] / traffic["left"]["vehicles_per_day"] == pytest.approx(ratio)


def test_nobody_drives_on_a_footway(drive: Callable[..., Zoned]) -> None:
    zone = drive([HOME], [far("footway", "path", 100), far("residential", "street", 200)], population=100)
    assert set(zone.rows("road_traffic", "road_id")) == {"street"}


def test_the_traffic_of_one_road_is_less_sure_than_that_of_the_zone(drive: Callable[..., Zoned]) -> None:
    """75 % for the class and 20 %, 40 % for the kilometres: root of the sum of squares."""
    zone = drive([HOME], [far("residential", "b", 200)], population=100)
    row = zone.rows("road_traffic", "road_id")["b"]
    low, value, high = (row[f"light_vehicle_km_per_a{end}"] for end in ("_low", "", "_high"))
    assert low / value == pytest.approx(1 - (0.75**2 + 0.2**2) ** 0.5)
    assert high / value == pytest.approx(1 + (0.75**2 + 0.4**2) ** 0.5)
    assert {claim["base_low"] for claim in claims(zone, "II.1.1")} == {None}


def test_residents_that_follow_from_floor_area_are_as_unsure_as_that(drive: Callable[..., Zoned]) -> None:
    """40 m2 a head, 30 to 50: four fifths to four thirds of the people."""
    zone = drive([HOME], [far("residential", "b", 200)])
    for code in ("II.1.1", "II.1.2"):
        (claim, *_) = claims(zone, code)
        assert claim["base_low"] == pytest.approx(claim["base"] * 40 / 50)
        assert claim["base_high"] == pytest.approx(claim["base"] * 40 / 30)


def test_the_fleet_drives_what_the_roads_bear(drive: Callable[..., Zoned]) -> None:
    """A fifth of the cars is charged, half of them are hybrids that drive half on electricity: 15 % in all."""
    fleet = drive([HOME], [far("primary", "a", 100)], population=100).rows("vehicle_fleet", "fleet_id")
    assert fleet["light_petrol"]["vehicle_km_per_a"] == pytest.approx(400_000)
    assert fleet["light_battery"]["vehicles"] == pytest.approx(4)
    assert fleet["light_plug_in_hybrid"]["fuel_l_per_a"] == pytest.approx(25_000 * 0.08)
    assert fleet["heavy_diesel"]["fuel_l_per_a"] == pytest.approx(125_000 * 0.3)
    assert sum(row["electricity_kwh_per_a"] for row in fleet.values()) == pytest.approx(500_000 * 0.15 * 0.2)


def test_cars_are_charged_where_people_live(drive: Callable[..., Zoned]) -> None:
    """A house half on each of two parcels, 100 people: 50 x 5000 km x 15 % x 0.2 kWh/km."""
    lots = [lot("west", box(-1000, -1000, 5, 2000)), lot("east", box(5, -1000, 2000, 2000))]
    zone = drive([HOME], [far("primary", "a", 100)], parcels=lots, population=100)
    parcels = zone.rows("parcel_mobility", "parcel_id")
    assert [parcels[name]["charging_kwh_per_a"] for name in ("west", "east")] == pytest.approx([7500, 7500])
    assert [(row["subject_kind"], row["base"]) for row in claims(zone, "II.1.2")] == [
        ("parcel", pytest.approx(50)), ("parcel", pytest.approx(50))]


def test_a_zone_without_residents_has_no_figure_and_no_zero(drive: Callable[..., Zoned]) -> None:
    hall = house("h", box(0, 0, 10, 10), use="industrial", levels=1.0)
    zone = drive([hall], [far("primary", "a", 100)])
    row = zone.rows("road_traffic", "road_id")["a"]
    assert row["vehicles_per_day"] is None
    assert row["light_vehicle_km_per_a"] is None
    parcel = zone.rows("parcel_mobility", "parcel_id")["p"]
    assert (parcel["vehicle_km_per_a"], parcel["charging_kwh_per_a"]) == (None, None)
    assert (parcel["mobility_notation_key"], parcel["mobility_reason"]) == ("NE", "residents_unknown")
    for code, carriers in (("II.1.1", {"petrol", "diesel"}), ("II.1.2", {"electricity"})):
        found = claims(zone, code)
        assert {row["carrier"] for row in found} == carriers
        told = {(row["base"], row["notation_key"], row["reason"]) for row in found}
        assert told == {(None, "NE", "residents_unknown")}


def test_a_zone_without_roads_still_charges_its_cars(drive: Callable[..., Zoned]) -> None:
    zone = drive([HOME], [far("footway", "path", 100)], population=100)
    assert {(row["base"], row["reason"]) for row in claims(zone, "II.1.1")} == {(None, "no_roads")}
    assert [row["base"] for row in claims(zone, "II.1.2")] == pytest.approx([100])
    parcel = zone.rows("parcel_mobility", "parcel_id")["p"]
    assert parcel["charging_kwh_per_a"] == pytest.approx(100 * 5000 * 0.15 * 0.2)
    assert (parcel["vehicle_km_per_a"], parcel["mobility_reason"]) == (None, "no_roads")


def test_residents_without_homes_drive_but_charge_nowhere(drive: Callable[..., Zoned]) -> None:
    zone = drive([], [far("primary", "a", 100)], population=100)
    assert zone.rows("road_traffic", "road_id")["a"]["carried_persons"] == pytest.approx(100)
    assert [(row["base"], row["reason"]) for row in claims(zone, "II.1.2")] == [(None, "homes_unknown")]
    assert zone.rows("parcel_mobility", "parcel_id")["p"]["mobility_reason"] == "homes_unknown"


def test_without_a_factor_for_kilometres_nothing_is_told(drive: Callable[..., Zoned]) -> None:
    zone = drive([HOME], [far("primary", "a", 100)], population=100)
    zone.connection.execute("delete from factor_in_force where quantity = 'vehicle_km_per_head.light'")
    zone.connection.execute("delete from ledger_room")
    zone.run("mobility")
    row = zone.rows("road_traffic", "road_id")["a"]
    assert (row["traffic_share"], row["vehicles_per_day"], row["traffic_evidence"]) == (1, None, None)
    assert zone.rows("parcel_mobility", "parcel_id")["p"]["mobility_reason"] == "no_factor"
    told = {row["carrier"]: (row["notation_key"], row["reason"]) for row in claims(zone, "II.1.3")}
    assert told == {"all": ("NE", "no_factor"), "grid_losses": (None, None)}  # the ledger says which factor is missing


def test_a_parcel_of_houses_of_unknown_use_has_no_figure_of_charging(drive: Callable[..., Zoned]) -> None:
    lots = [lot("west", box(-1000, -1000, 100, 2000)), lot("east", box(100, -1000, 2000, 2000))]
    mute = house("m", box(500, 0, 510, 10), levels=2.0)
    zone = drive([HOME, mute], [far("primary", "a", 100)], parcels=lots, population=100)
    parcels = zone.rows("parcel_mobility", "parcel_id")
    assert zone.building("m")["use"] is None
    assert (parcels["east"]["charging_kwh_per_a"], parcels["east"]["mobility_reason"]) == (None, "use_unknown")
    assert parcels["west"]["charging_kwh_per_a"] == pytest.approx(15_000)


def test_stations_are_counted_with_the_homes_and_never_twice(drive: Callable[..., Zoned]) -> None:
    station = {"asset_id": "s", "kind": "charging_station", "status": "existing", "geometry": box(0, 0, 1, 1).centroid}
    zone = drive([HOME], [far("primary", "a", 100)], population=100, assets=[station])
    told = {row["subject_kind"]: (row["base"], row["notation_key"], row["reason"]) for row in claims(zone, "II.1.2")}
    assert told == {"parcel": (pytest.approx(100), None, None), "asset": (None, "IE", "charged_at_home")}


def test_kilometres_beyond_the_zones_edge_are_counted_with_those_inside(drive: Callable[..., Zoned]) -> None:
    zone = drive([HOME], [far("primary", "a", 100)], population=100)
    assert [(row["notation_key"], row["reason"]) for row in claims(zone, "II.1.3") if row["carrier"] == "all"] == [
        ("IE", "counted_inside")]
    nowhere = drive([HOME], [], population=100)
    assert [(row["notation_key"], row["reason"]) for row in claims(nowhere, "II.1.3") if row["carrier"] == "all"] == [
        ("NE", "no_roads")]


def test_the_grid_loses_on_the_way_to_the_cars_what_is_lost_per_kwh_delivered(drive: Callable[..., Zoned]) -> None:
    zone = drive([HOME], [far("primary", "a", 100)], population=100)
    (lost,) = (row for row in claims(zone, "II.1.3") if row["carrier"] == "grid_losses")
    (charged,) = claims(zone, "II.1.2")
    assert (lost["subject_kind"], lost["subject_id"], lost["base"]) == ("parcel", "p", pytest.approx(100))
    assert lost["activity_factors"] == f"{charged['activity_factors']} grid_loss.per_delivered"
    assert (lost["method"], lost["emission_factor"]) == ("grid_losses", "grid_emission.location")


def test_where_nobody_lives_nobody_charges_and_what_others_drive_is_not_known(drive: Callable[..., Zoned]) -> None:
    hall = house("h", box(0, 0, 10, 10), use="industrial", levels=1.0)
    zone = drive([hall], [far("primary", "a", 100)], population=0)
    for code, carriers in (("II.1.1", {"petrol", "diesel"}), ("II.1.2", {"electricity"}),
                           ("II.1.3", {"all", "grid_losses"})):
        found = claims(zone, code)
        assert {row["carrier"] for row in found} == carriers
        for row in found:
            key = "NO" if row["carrier"] in {"electricity", "grid_losses"} else "NE"
            assert (row["base"], row["notation_key"], row["reason"]) == (None, key, "no_residents")
    parcel = zone.rows("parcel_mobility", "parcel_id")["p"]
    assert (parcel["mobility_notation_key"], parcel["mobility_reason"]) == ("NE", "no_residents")


def test_a_missing_setting_is_named(make: Callable[..., Zoned]) -> None:  # noqa: F811 the fixture of that name
    zone = make([HOME], roads=[far("primary", "a", 100)], factors={"calendar.days": (365, 365, 365)})
    with pytest.raises(LayerError, match=r"layer mobility: no factor for centrality\.sources, .*region World"):
        zone.run("mobility")
